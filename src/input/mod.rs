//! Bytes from the world: paths become streams of text.
//!
//! This room knows files, folders and packages, and nothing about what stands in them. It uses no other room.
//!
//! - [`source`]: what the user typed becomes a sorted list of things to read ([`discover`], [`Source`]);
//! - [`open`]: one source becomes its streams, unpacked on the way ([`read`], [`Stream`]);
//! - [`decode`]: UTF-16 becomes UTF-8, a byte order mark disappears ([`text`], [`Encoding`]);
//! - [`loss`]: what could not be read, why, and what to do ([`Loss`]), and how much is too much ([`Limits`]).
//!
//! Beneath: `magic` recognizes a package by its first bytes, never by its name; `layers` are the readers that lie on
//! top of each other; `members` decodes gzip, bzip2 and xz, `archive` walks through tar and zip, `part` reads a piece of a
//! plain file.
//!
//! Reading always succeeds: [`read`] delivers what can be read and returns an account of the rest.
//!
//! ```
//! use std::io::Read;
//! use umbrascope::input::{Flow, Limits, Options, discover, read};
//!
//! # let folder = tempfile::tempdir()?;
//! # std::fs::write(folder.path().join("access.log"), "GET https://www.dropbox.com/\n")?;
//! # let paths = [folder.path().as_os_str().to_owned()];
//! let found = discover(&paths, &Options::default());
//! assert!(found.troubles.is_empty());
//! let mut bytes = 0;
//! for source in &found.sources {
//!     let losses = read(source, &Limits::default(), &mut |stream| {
//!         let mut block = vec![0; 1 << 20];
//!         while let Ok(1..) = stream.reader.read(&mut block).inspect(|n| bytes += n) {}
//!         Flow::Continue
//!     });
//!     assert!(losses.is_empty());
//! }
//! assert_eq!(bytes, 29);
//! # Ok::<(), std::io::Error>(())
//! ```

pub mod decode;
pub mod loss;
pub mod open;
pub mod source;

mod archive;
mod layers;
mod magic;
mod members;
mod part;

pub use decode::{Encoding, Text, text};
pub use loss::{Limits, Loss, LossKind};
pub use open::{Flow, Stream, read, read_from};
pub use part::{Part, Whole};
pub use source::{Discovery, Kind, Options, Origin, PassedOver, Source, Trouble, discover};
