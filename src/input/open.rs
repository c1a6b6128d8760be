//! One source becomes its streams: opened, recognized by its first bytes, unpacked, decoded.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::decode::{Encoding, Text};
use super::layers::{BUFFER, Guard, Outer, Peeked, Shared, decoder};
use super::loss::{Fault, Limits, Loss, LossKind};
use super::magic::{Codec, HEAD, Magic, recognize};
use super::part::Whole;
use super::source::{Kind, Source, seconds};

/// One log, ready to be read: a plain file, or a member of a package.
pub struct Stream<'a> {
    /// Where it stands: `logs.zip:proxy/access.log`. A member's name is a stranger's text, and never a path.
    pub path: String,
    /// UTF-8 if it was Unicode at all. Reads of any size are good; large ones go straight to the file or the decoder.
    ///
    /// An error is the last thing that comes, after all that could be read; [`Loss::of`] tells what it means.
    pub reader: &'a mut dyn Read,
    /// When it was written, in Unix seconds: the member's own time, or else that of the file around it.
    pub modified: Option<i64>,
    /// It was unpacked on the way; [`progress`](Stream::progress) then runs slower than the reader.
    pub compressed: bool,
    /// How it was encoded before.
    pub encoding: Encoding,
    /// Bytes of the outer file that are consumed, shared by all its members. Compare with the length in its
    /// [`Kind`].
    pub progress: Arc<AtomicU64>,
    /// The same bytes as a file, if they are a file's own: parts of it can then be read side by side.
    pub whole: Option<Whole>,
}

/// What to do after a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Go on with the next member. A stream that was not read to its end is skipped; that is no loss.
    Continue,
    /// Leave this source.
    Stop,
}

/// Shows every stream of a source to `visit`, in the order in which they lie in it, and returns what could not be read,
/// in the same order.
///
/// gzip (any number of members, zeros behind them), zstd, bzip2, xz, tar and zip are unpacked, also in each other up to
/// [`Limits::max_depth`]. Nothing is held in memory as a whole, nothing is written to disk, links and devices in
/// packages are skipped. A damaged file is delivered up to the damage, a damaged member leaves the others alone.
///
/// ```
/// # use umbrascope::input::{Flow, Limits, LossKind, Options, discover, read};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("old.7z");
/// std::fs::write(&path, b"7z\xbc\xaf\x27\x1c..")?;
/// let found = discover(&[path.into()], &Options::default());
/// let losses = read(&found.sources[0], &Limits::default(), &mut |_| Flow::Continue);
/// assert_eq!(losses[0].kind, LossKind::Unsupported);
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "what could not be read belongs in the report"]
pub fn read(source: &Source, limits: &Limits, visit: &mut dyn FnMut(Stream<'_>) -> Flow) -> Vec<Loss> {
    let open = || -> io::Result<(File, Option<i64>, u64)> {
        let file = File::open(&source.path)?;
        let meta = file.metadata()?;
        Ok((file, seconds(&meta), meta.len()))
    };
    match source.kind {
        Kind::Stdin => read_from(&source.display, &mut io::stdin().lock(), limits, visit),
        Kind::Pipe => match open() {
            Ok((mut file, ..)) => read_from(&source.display, &mut file, limits, visit),
            Err(error) => vec![Fault::of_system(&error).at(&source.display, 0, 0)],
        },
        Kind::File { .. } => match open() {
            Ok((file, modified, len)) => {
                let shared = Shared::new(limits, Some(len));
                let mut walk = Walk { shared: &shared, visit, losses: Vec::new() };
                walk.file(Place { path: source.display.clone(), modified, compressed: false }, file);
                walk.losses
            }
            Err(error) => vec![Fault::of_system(&error).at(&source.display, 0, 0)],
        },
    }
}

/// The same for bytes that come from elsewhere: standard input, a socket, a test. `path` is their name in the streams.
///
/// ```
/// # use umbrascope::input::{Flow, Limits, read_from};
/// let mut names = Vec::new();
/// let losses = read_from("stdin", &mut &b"one line\n"[..], &Limits::default(), &mut |stream| {
///     names.push(stream.path);
///     Flow::Continue
/// });
/// assert!(losses.is_empty());
/// assert_eq!(names, ["stdin"]);
/// ```
#[must_use = "what could not be read belongs in the report"]
pub fn read_from(
    path: &str,
    reader: &mut dyn Read,
    limits: &Limits,
    visit: &mut dyn FnMut(Stream<'_>) -> Flow,
) -> Vec<Loss> {
    let shared = Shared::new(limits, None);
    let mut walk = Walk { shared: &shared, visit, losses: Vec::new() };
    let mut outer = Outer { inner: reader, shared: Some(&shared) };
    walk.unpack(Place { path: path.to_owned(), modified: None, compressed: false }, &mut outer, Depth::default());
    walk.losses
}

/// A stream or a package, on the way.
#[derive(Clone)]
pub(super) struct Place {
    pub path: String,
    pub modified: Option<i64>,
    pub compressed: bool,
}

/// How many packages lie around.
#[derive(Clone, Copy, Default)]
pub(super) struct Depth {
    packages: usize,
    /// The innermost is a compressed stream, which makes one package with a tar in it.
    in_codec: bool,
}

impl Depth {
    /// In one archive.
    pub fn first() -> Depth {
        Depth { packages: 1, in_codec: false }
    }
}

/// The walk through one source.
pub(super) struct Walk<'v> {
    pub shared: &'v Shared<'v>,
    pub visit: &'v mut dyn FnMut(Stream<'_>) -> Flow,
    pub losses: Vec<Loss>,
}

impl Walk<'_> {
    /// A regular file: plain text is read from it directly, zip by its directory.
    fn file(&mut self, place: Place, mut file: File) -> Flow {
        let mut head = Vec::new();
        let looked = (&file).take(HEAD as u64).read_to_end(&mut head);
        if let Err(error) = looked {
            return self.lose(&place.path, Fault::of_system(&error));
        }
        let magic = recognize(&head);
        // Going back instead of keeping the head lets every block of the caller come straight from the file, aligned.
        let encoding = Encoding::of(&head);
        let start = if magic == Magic::Plain { encoding.mark(&head) } else { 0 };
        if let Err(error) = file.seek(SeekFrom::Start(start as u64)) {
            return self.lose(&place.path, Fault::of_system(&error));
        }
        let shared = Some(self.shared);
        match magic {
            Magic::Plain => {
                let wide = matches!(encoding, Encoding::Utf16Le | Encoding::Utf16Be);
                let whole = if wide { None } else { Whole::of(&file, start as u64) };
                let outer = Outer { inner: file, shared };
                let reader = if wide { Peeked::new(outer) } else { Peeked::unseen(outer) };
                self.deliver(place, Text::known(encoding, reader), whole)
            }
            Magic::Zip => self.zip_file(place, Outer { inner: file, shared }),
            magic => {
                let mut input = Outer { inner: BufReader::with_capacity(BUFFER, file), shared };
                self.package(place, magic, &head, &mut input, Depth::default())
            }
        }
    }

    /// A stream that may be a package.
    pub fn unpack(&mut self, place: Place, reader: &mut dyn Read, depth: Depth) -> Flow {
        let peeked = Peeked::new(reader);
        match recognize(peeked.head()) {
            Magic::Plain => self.deliver(place, Text::peeked(peeked), None),
            magic => {
                let head = peeked.head().to_vec();
                self.package(place, magic, &head, &mut BufReader::with_capacity(BUFFER, peeked), depth)
            }
        }
    }

    fn package(&mut self, place: Place, magic: Magic, head: &[u8], input: &mut dyn io::BufRead, depth: Depth) -> Flow {
        let joined = magic == Magic::Tar && depth.in_codec;
        let deeper =
            Depth { packages: depth.packages + usize::from(!joined), in_codec: matches!(magic, Magic::Packed(_)) };
        let deepest = self.shared.limits.max_depth;
        match magic {
            Magic::Plain => self.unpack(place, input, depth),
            Magic::Shadow => Flow::Continue,
            Magic::Foreign(what) => {
                self.lose(&place.path, Fault::new(LossKind::Unsupported, format!("this is {what}, which is not read")))
            }
            _ if deeper.packages > deepest => {
                let reason = format!("more than {deepest} packages lie in each other");
                self.lose(&place.path, Fault::new(LossKind::TooDeep, reason))
            }
            Magic::Tar => self.tar(place, input, deeper),
            Magic::Zip => self.zip_stream(place, input, deeper),
            Magic::Packed(codec) => self.packed(place, codec, head, input, deeper),
        }
    }

    fn packed(
        &mut self,
        mut place: Place,
        codec: Codec,
        head: &[u8],
        input: &mut dyn io::BufRead,
        depth: Depth,
    ) -> Flow {
        place.compressed = true;
        if let (Codec::Gzip, Some(&[a, b, c, d])) = (codec, head.get(4..8).and_then(|time| time.first_chunk())) {
            // Zero means that it is not known, as with everything that was compressed in a pipe.
            let time = i64::from(u32::from_le_bytes([a, b, c, d]));
            place.modified = Some(time).filter(|&time| time != 0).or(place.modified);
        }
        let shared = self.shared;
        match decoder(codec, input, shared) {
            Ok(mut guard) => self.unpack(place, &mut guard, depth),
            Err(error) => self.lose(&place.path, Fault::of_decoder(codec.name(), &error)),
        }
    }

    /// A member of an archive: whatever it is, it is guarded, since sparse members and deflated ones can be bombs.
    pub fn member(&mut self, place: Place, what: &'static str, reader: &mut dyn Read, depth: Depth) -> Flow {
        let shared = self.shared;
        self.unpack(place, &mut Guard::new(reader, what, usize::MAX, shared), depth)
    }

    /// Shows a stream to the visitor.
    fn deliver<R: Read>(&mut self, place: Place, text: Text<R>, whole: Option<Whole>) -> Flow {
        let encoding = text.encoding();
        let mut leaf = Leaf {
            path: &place.path,
            text,
            shared: self.shared,
            limited: place.compressed,
            out: 0,
            loss: None,
            failed: false,
        };
        let flow = (self.visit)(Stream {
            path: place.path.clone(),
            reader: &mut leaf,
            modified: place.modified,
            compressed: place.compressed,
            encoding,
            progress: Arc::clone(&self.shared.progress),
            whole,
        });
        let (loss, out) = (leaf.loss.take(), leaf.out);
        self.losses.extend(loss);
        // The visitor may have left before it met the error that is waiting.
        if let Some(fault) = self.shared.leftover() {
            self.losses.push(fault.at(&place.path, out, self.shared.raw()));
        }
        if self.shared.spent.get() { Flow::Stop } else { flow }
    }

    /// Notes a loss, and goes on.
    pub fn lose(&mut self, path: &str, fault: Fault) -> Flow {
        self.losses.push(fault.at(path, 0, self.shared.raw()));
        if self.shared.spent.get() { Flow::Stop } else { Flow::Continue }
    }

    /// Notes why a package's own structure could not be read further, unless that is known.
    pub fn lose_error(&mut self, path: &str, what: &str, error: &io::Error) -> Flow {
        match self.shared.explain(|| Fault::of_decoder(what, error)) {
            Some(fault) => self.lose(path, fault),
            None => Flow::Continue,
        }
    }
}

/// What the visitor reads: counts, and turns an error into a [`Loss`].
struct Leaf<'a, R: Read> {
    path: &'a str,
    text: Text<R>,
    shared: &'a Shared<'a>,
    limited: bool,
    out: u64,
    loss: Option<Loss>,
    failed: bool,
}

impl<R: Read> Read for Leaf<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.failed {
            return Ok(0);
        }
        let result = self.text.read(buf).and_then(|n| {
            if self.limited {
                self.shared.total.set(self.shared.total.get() + n as u64);
                self.shared.check(self.shared.total.get())?;
            }
            Ok(n)
        });
        match result {
            Ok(n) => {
                self.out += n as u64;
                Ok(n)
            }
            Err(error) => {
                self.failed = true;
                let fault = self.shared.explain(|| Fault::of_system(&error));
                let fault = fault.unwrap_or_else(|| Fault::new(LossKind::Cut, "the package around it ends early"));
                let loss = fault.at(self.path, self.out, self.shared.raw());
                self.loss = Some(loss.clone());
                Err(io::Error::new(error.kind(), loss))
            }
        }
    }
}
