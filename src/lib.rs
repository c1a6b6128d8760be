//! umbrascope finds the web apps that people actually use, from proxy, firewall and DNS logs, without a byte leaving the
//! house.
//!
//! # The house
//!
//! Data flows one way. Each module is a room that knows one subject:
//!
//! ```text
//! bytes  ->  record  ->  event  ->  facts    ->  apps                 ->  judgement   ->  report
//! input      formats     event      traffic      classify, inventory      risk, policy    report
//!                                   people       catalog
//! ```
//!
//! - [`input`] turns paths into streams of bytes: folders, patterns, pipes; gzip, zstd, bzip2, xz, zip, tar; UTF-16.
//! - [`formats`] knows what a record is and what it says; one file for each kind of log, and the detection.
//! - [`event`] is what happened, in our words.
//! - [`traffic`] folds events into facts: on this day, this destination, this person.
//! - [`catalog`] knows the apps, and [`classify`] asks it about each destination.
//! - [`people`] says whose facts they are: a directory, and who sat at which address when.
//! - [`inventory`] groups facts by app and by site, and tells what is used from what is merely touched.
//! - [`risk`] adds up what is known and what was seen; [`policy`] holds it against what a company decided.
//! - [`report`] is the one document that is shown, and its renderers.
//! - [`pipeline`] is the spine that runs all this; read it first. [`cli`] is the shell around it, [`diag`] its messages,
//!   [`words`] how it speaks of numbers.
//!
//! # Three ideas hold it up
//!
//! - **Facts are stored, opinions are derived.** Facts hold hosts and counts, never app names: a better catalog judges the
//!   same facts anew.
//! - **Reading always succeeds.** A file yields what could be understood and an account of what could not.
//! - **Same logs, same bytes out**, with one thread or sixty-four.
//!
//! # Example
//!
//! ```
//! use umbrascope::catalog::Catalog;
//! use umbrascope::input::{Options, discover};
//! use umbrascope::people::{Directory, People};
//! use umbrascope::pipeline::{Plan, Unwatched, document, run};
//! use umbrascope::traffic::Splits;
//!
//! let folder = tempfile::tempdir()?;
//! std::fs::write(
//!     folder.path().join("access.log"),
//!     "1773130542.871    318 192.0.2.41 TCP_TUNNEL/200 48211 CONNECT files.slack.com:443 alice HIER_DIRECT/203.0.113.80 -\n",
//! )?;
//!
//! let catalog = Catalog::built_in();
//! let plan = Plan { splits: Splits::new(catalog.path_entries()), ..Plan::default() };
//! let found = discover(&[folder.path().as_os_str().to_owned()], &Options::default());
//! let outcome = run(&plan, &found.sources, &Unwatched, &mut std::io::sink())?;
//! let people = People::new(&outcome.facts, &Directory::default());
//! let report = document::report(&outcome, &catalog, &people, &document::Frame::default());
//! assert_eq!(report.apps[0].name, "Slack");
//! assert_eq!(report.apps[0].people, 1);
//! # Ok::<(), std::io::Error>(())
//! ```

#![deny(unsafe_code)]

pub mod catalog;
pub mod classify;
pub mod cli;
pub mod diag;
pub mod event;
pub mod formats;
pub mod input;
pub mod inventory;
pub mod people;
pub mod pipeline;
pub mod policy;
pub mod report;
pub mod risk;
pub mod traffic;
pub mod words;
