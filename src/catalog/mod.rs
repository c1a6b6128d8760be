//! The apps we know, and which of them a host belongs to.
//!
//! Signature files (`signatures/<category>/<vendor>.toml`) are read into what is written ([`diags`](Code) tells what can
//! be wrong with it), checked against each other, and become a [`Catalog`]: a catalog in hand is a correct one. The
//! program carries one inside ([`Catalog::built_in`]); a folder of the user, written in the same way, is laid over it
//! ([`Catalog::with_overlay`]).
//!
//! A domain claims itself and everything below it, and the longest suffix wins over the whole catalog:
//!
//! ```
//! # use umbrascope::catalog::Catalog;
//! # let dir = tempfile::tempdir().unwrap();
//! # std::fs::write(dir.path().join("google.toml"), r#"
//! # [[app]]
//! # id = "google-search"
//! # name = "Google Search"
//! # category = "news-reference"
//! # domains = ["google.com"]
//! # [[app]]
//! # id = "google-maps"
//! # name = "Google Maps"
//! # category = "news-reference"
//! # domains = ["google.com/maps"]
//! # [[app]]
//! # id = "google-drive"
//! # name = "Google Drive"
//! # category = "personal-storage"
//! # domains = ["drive.google.com"]
//! # "#).unwrap();
//! let (catalog, problems) = Catalog::from_dir(dir.path());
//! assert!(problems.is_empty());
//! let app = |host, path| catalog.lookup(host, path).map(|hit| hit.app.id());
//! assert_eq!(app("clients6.drive.google.com", None), Some("google-drive"));
//! assert_eq!(app("www.google.com", None), Some("google-search"));
//! assert_eq!(app("www.google.com", Some("/maps/place/Bonn")), Some("google-maps"));
//! assert_eq!(app("notgoogle.com", None), None);
//! ```

mod builtin;
mod diags;
mod entry;
mod fact;
mod load;
mod lookup;
mod model;
mod normal;
mod packed;
mod raw;
mod schema;
mod tenant;
mod validate;

// `raw` is shared with the build script and looks for it next door.
use crate::diag::nearest;

pub use diags::Code;
pub use fact::{FACTS, FactKind, Values, fact_kind};
pub use lookup::{Catalog, Hit, HitKind};
pub use model::{App, Category, Fact, Job, Pattern, Range, Role, Rule, Text};
pub use normal::normal_form;
pub use schema::schema;
