//! What could not be read, why, and what to do about it; and how much is too much.

use std::error::Error;
use std::fmt;
use std::io;

/// How far unpacking may go. The defaults let every honest log pass and stop a bomb.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Unpacked bytes per packed byte, looked at once [`ratio_after`](Limits::ratio_after) bytes are unpacked.
    pub max_ratio: u64,
    /// Unpacked bytes below which no ratio is too high.
    pub ratio_after: u64,
    /// Unpacked bytes of one source, all its members together. Plain files have no limit.
    pub max_total: u64,
    /// Bytes of memory a single decoder may ask for (xz dictionaries, zstd windows).
    pub max_memory: u64,
    /// How many packages may lie in each other; `tar.gz` counts as one.
    pub max_depth: usize,
}

impl Default for Limits {
    /// 1000 to 1 after the first GiB, 4 TiB, 256 MiB of memory, three packages in each other.
    fn default() -> Limits {
        Limits { max_ratio: 1000, ratio_after: 1 << 30, max_total: 4 << 40, max_memory: 256 << 20, max_depth: 3 }
    }
}

/// Something that could not be read, or not to its end. What was read before it has been delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// The stream or the package it concerns, as in [`Stream::path`](super::Stream::path).
    pub path: String,
    /// Bytes of the stream that were delivered before.
    pub at: u64,
    /// Bytes of the outer file that were consumed by then.
    pub raw: u64,
    /// What kind of loss.
    pub kind: LossKind,
    /// Lower case, without a full stop.
    pub reason: String,
    /// What to do.
    pub hint: &'static str,
}

/// Kinds of loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LossKind {
    /// The data ends early.
    Cut,
    /// The data is damaged.
    Corrupt,
    /// Something that is no data stands behind the last member; all members were read.
    Trailing,
    /// A password is needed.
    Encrypted,
    /// A limit was reached: ratio, total or memory.
    TooLarge,
    /// Packages in packages in packages.
    TooDeep,
    /// Recognized as something that is not read here.
    Unsupported,
    /// The system does not let us read.
    Unreadable,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.told())
    }
}

impl Error for Loss {}

impl Loss {
    /// What happened and what to do, for where the path is told anyway.
    pub fn told(&self) -> String {
        let after = if self.at > 0 { format!(" (after {} bytes)", self.at) } else { String::new() };
        format!("{}{after}; {}", self.reason, self.hint)
    }

    /// The loss in an error that a [`Stream`](super::Stream)'s reader returned.
    pub fn of(error: &io::Error) -> Option<&Loss> {
        error.get_ref()?.downcast_ref()
    }
}

/// A loss that does not know its place yet.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    pub kind: LossKind,
    pub reason: String,
    pub hint: &'static str,
}

impl Fault {
    pub fn new(kind: LossKind, reason: impl Into<String>) -> Fault {
        let hint = match kind {
            LossKind::Cut => "if it was still being written or copied, read it again when it is complete",
            LossKind::Corrupt => "fetch it again from where it came from",
            LossKind::Trailing => "everything before was read; look at how the file was put together",
            LossKind::Encrypted => "unpack it with its password and read the unpacked files",
            LossKind::TooLarge => "if you trust it, unpack it and read the unpacked files",
            LossKind::TooDeep => "unpack the outer package and read the unpacked files",
            LossKind::Unsupported => "unpack or export it as text and read that",
            LossKind::Unreadable => "check that the file is there and that you may read it",
        };
        Fault { kind, reason: reason.into(), hint }
    }

    /// What an error of a decoder means; `what` is the packing: `gzip`.
    pub fn of_decoder(what: &str, error: &io::Error) -> Fault {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            return Fault::new(LossKind::Cut, format!("the {what} data ends early"));
        }
        let text = error.to_string();
        let inner = error.get_ref();
        if inner.and_then(|e| e.downcast_ref()) == Some(&liblzma::stream::Error::MemLimit)
            || text.contains("too much memory")
        {
            return Fault::new(LossKind::TooLarge, format!("unpacking the {what} data takes more memory than allowed"));
        }
        // A first frame of zstd is only unpacked after it was recognized, so a missing mark is that of a later one.
        if inner.is_some_and(|e| e.is::<Trailing>()) || text.contains("Unknown frame descriptor") {
            return Fault::new(LossKind::Trailing, format!("bytes that are no {what} data follow the last member"));
        }
        if error.kind() == io::ErrorKind::Unsupported {
            return Fault::new(LossKind::Unsupported, format!("the {what} data cannot be unpacked: {text}"));
        }
        Fault::new(LossKind::Corrupt, format!("the {what} data is damaged: {text}"))
    }

    /// What an error of the system means.
    pub fn of_system(error: &io::Error) -> Fault {
        Fault::new(LossKind::Unreadable, format!("cannot be read: {error}"))
    }

    pub fn at(self, path: &str, at: u64, raw: u64) -> Loss {
        Loss { path: path.to_owned(), at, raw, kind: self.kind, reason: self.reason, hint: self.hint }
    }
}

/// The error of a decoder that met something else after its last member.
#[derive(Debug)]
pub(super) struct Trailing;

impl fmt::Display for Trailing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("trailing bytes")
    }
}

impl Error for Trailing {}
