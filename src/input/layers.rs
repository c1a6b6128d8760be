//! The readers that lie on top of each other between a file and a stream of text.

use std::cell::{Cell, RefCell};
use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use zstd::stream::read::Decoder as ZstdDecoder;

use super::loss::{Fault, Limits, LossKind};
use super::magic::{Codec, HEAD};
use super::members::{Bzip2, Gzip, Members, Xz};

/// Packed bytes are read in pieces of this size.
pub(super) const BUFFER: usize = 256 << 10;

/// What all layers of one source share.
pub(super) struct Shared<'l> {
    pub limits: &'l Limits,
    /// Bytes of the outer file consumed so far.
    pub progress: Arc<AtomicU64>,
    /// The outer file's length, if it has one.
    pub len: Option<u64>,
    /// Unpacked bytes delivered so far.
    pub total: Cell<u64>,
    /// The first failure of a layer, until somebody makes a loss of it.
    pending: RefCell<Option<Fault>>,
    /// An error came from a layer whose failure is known already.
    echo: Cell<bool>,
    /// A limit was reached: nothing more is read from this source.
    pub spent: Cell<bool>,
}

impl<'l> Shared<'l> {
    pub fn new(limits: &'l Limits, len: Option<u64>) -> Shared<'l> {
        Shared {
            limits,
            progress: Arc::default(),
            len,
            total: Cell::new(0),
            pending: RefCell::new(None),
            echo: Cell::new(false),
            spent: Cell::new(false),
        }
    }

    pub fn raw(&self) -> u64 {
        self.progress.load(Relaxed)
    }

    /// Remembers a failure, unless it is the consequence of one that is known.
    fn fail(&self, fault: impl FnOnce() -> Fault) {
        let mut pending = self.pending.borrow_mut();
        if pending.is_none() && !self.echo.get() {
            *pending = Some(fault());
        }
    }

    /// The failure behind an error that a reader returned; `None` if it has been told before.
    pub fn explain(&self, own: impl FnOnce() -> Fault) -> Option<Fault> {
        let told = self.echo.take();
        match self.pending.borrow_mut().take() {
            Some(fault) => Some(fault),
            None if told => None,
            None => Some(own()),
        }
    }

    /// A failure that nobody has asked about.
    pub fn leftover(&self) -> Option<Fault> {
        self.pending.borrow_mut().take()
    }

    /// Drops a failure that only repeats what is known.
    pub fn forget(&self) {
        self.pending.borrow_mut().take();
        self.echo.set(false);
    }

    /// Whether `out` unpacked bytes are still believable. The packed bytes are those consumed, but never more than there
    /// are: the members of a zip bomb share theirs.
    pub fn check(&self, out: u64) -> io::Result<()> {
        let limits = self.limits;
        let packed = self.raw().min(self.len.unwrap_or(u64::MAX)).max(1);
        let reason = if out > limits.ratio_after && out / packed > limits.max_ratio {
            format!("unpacks to more than {} times its size", limits.max_ratio)
        } else if out > limits.max_total {
            format!("unpacks to more than {} bytes", limits.max_total)
        } else {
            return Ok(());
        };
        self.fail(|| Fault::new(LossKind::TooLarge, reason));
        self.spent.set(true);
        Err(io::Error::other("a limit was reached"))
    }
}

/// A reader whose first bytes can be looked at. Behind them, reads go straight to the inner reader.
pub(super) struct Peeked<R> {
    head: Vec<u8>,
    at: usize,
    error: Option<io::Error>,
    inner: Option<R>,
}

impl<R> Peeked<R> {
    /// Nothing at all.
    pub fn empty() -> Peeked<R> {
        Peeked { head: Vec::new(), at: 0, error: None, inner: None }
    }

    /// A reader that has been looked at by other means.
    pub fn unseen(inner: R) -> Peeked<R> {
        Peeked { inner: Some(inner), ..Peeked::empty() }
    }

    /// The bytes that were looked at and are not yet read.
    pub fn head(&self) -> &[u8] {
        &self.head[self.at..]
    }

    /// Drops bytes of the head.
    pub fn skip(&mut self, bytes: usize) {
        self.at = (self.at + bytes).min(self.head.len());
    }
}

impl<R: Read> Peeked<R> {
    /// Reads [`HEAD`] bytes or up to the end. An error is kept until the bytes before it are read.
    pub fn new(mut inner: R) -> Peeked<R> {
        let mut head = Vec::new();
        let error = (&mut inner).take(HEAD as u64).read_to_end(&mut head).err();
        Peeked { head, at: 0, error, inner: Some(inner) }
    }
}

impl<R: Read> Read for Peeked<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.at < self.head.len() {
            let n = (&self.head[self.at..]).read(buf)?;
            self.at += n;
            return Ok(n);
        }
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        self.inner.as_mut().map_or(Ok(0), |inner| inner.read(buf))
    }
}

/// Counts the bytes of the outer file, if it lies on one, and remembers the system's errors.
pub(super) struct Outer<'s, R> {
    pub inner: R,
    pub shared: Option<&'s Shared<'s>>,
}

impl<R> Outer<'_, R> {
    fn note(&self, n: usize) {
        if let Some(shared) = self.shared {
            shared.progress.fetch_add(n as u64, Relaxed);
        }
    }
}

fn system<T>(shared: Option<&Shared<'_>>, result: io::Result<T>) -> io::Result<T> {
    if let (Err(error), Some(shared)) = (&result, shared) {
        shared.fail(|| Fault::of_system(error));
    }
    result
}

impl<R: Read> Read for Outer<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.inner.read(buf) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => {
                    let n = system(self.shared, result)?;
                    self.note(n);
                    return Ok(n);
                }
            }
        }
    }
}

impl<R: BufRead> BufRead for Outer<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let shared = self.shared;
        system(shared, self.inner.fill_buf())
    }

    fn consume(&mut self, n: usize) {
        self.note(n);
        self.inner.consume(n);
    }
}

impl<R: io::Seek> io::Seek for Outer<'_, R> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// Lies on a decoder: explains its errors, stays failed once it has failed, and stops bombs.
pub(super) struct Guard<'s, R> {
    inner: R,
    what: &'static str,
    shared: &'s Shared<'s>,
    out: u64,
    slice: usize,
    failed: bool,
}

impl<'s, R: Read> Guard<'s, R> {
    pub fn new(inner: R, what: &'static str, slice: usize, shared: &'s Shared<'s>) -> Guard<'s, R> {
        Guard { inner, what, shared, out: 0, slice, failed: false }
    }
}

impl<R: Read> Read for Guard<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.failed {
            self.shared.echo.set(true);
            return Err(io::Error::other("the packed data has failed before"));
        }
        let len = buf.len().min(self.slice);
        let result = self.inner.read(&mut buf[..len]).and_then(|n| {
            self.out += n as u64;
            self.shared.check(self.out).map(|()| n)
        });
        if let Err(error) = &result {
            self.failed = true;
            self.shared.fail(|| Fault::of_decoder(self.what, error));
        }
        result
    }
}

/// Opens a decoder on packed bytes.
pub(super) fn decoder<'a>(
    codec: Codec,
    input: &'a mut dyn BufRead,
    shared: &'a Shared<'a>,
) -> io::Result<Guard<'a, Box<dyn Read + 'a>>> {
    let memory = shared.limits.max_memory.max(1 << 20);
    let inner: Box<dyn Read + 'a> = match codec {
        Codec::Gzip => Box::new(Members::new(input, Gzip::new())),
        Codec::Bzip2 => Box::new(Members::new(input, Bzip2::new())),
        Codec::Xz => Box::new(Members::new(input, Xz::new(memory)?)),
        Codec::Zstd => {
            let mut decoder = ZstdDecoder::with_buffer(input)?;
            // The format knows windows of up to 2^31 bytes.
            decoder.window_log_max(memory.ilog2().clamp(20, 31))?;
            // A call that fails takes along what it decoded before it met the damage, so the steps are small.
            return Ok(Guard::new(Box::new(decoder), codec.name(), 128 << 10, shared));
        }
    };
    Ok(Guard::new(inner, codec.name(), BUFFER, shared))
}
