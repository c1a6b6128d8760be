//! Tar and zip: the members, one after the other.

use std::borrow::Cow;
use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use tar::EntryType;
use zip::ZipArchive;
use zip::extra_fields::ExtraField;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::layers::{BUFFER, Outer};
use super::loss::{Fault, LossKind};
use super::open::{Depth, Flow, Place, Walk};

/// Names and attributes of one tar member may take this much; they are held in memory.
const TAR_HEADERS: u64 = 4 << 20;

/// Only spreadsheets and documents hold a member of this name; their sheets are no logs.
const OFFICE: &[u8] = b"[Content_Types].xml";

impl Place {
    fn inside(&self, name: &[u8], modified: Option<i64>, compressed: bool) -> Place {
        Place {
            path: format!("{}:{}", self.path, String::from_utf8_lossy(name)),
            modified: modified.or(self.modified),
            compressed: self.compressed || compressed,
        }
    }
}

impl Walk<'_> {
    pub(super) fn tar(&mut self, place: Place, input: &mut dyn BufRead, depth: Depth) -> Flow {
        let left = Cell::new(TAR_HEADERS);
        let ended = Cell::new(false);
        let mut archive = tar::Archive::new(Fence { inner: input, left: &left, ended: &ended });
        let mut entries = match archive.entries() {
            Ok(entries) => entries,
            Err(error) => return self.lose_error(&place.path, "tar", &error),
        };
        let mut skip = 0;
        let mut short = false;
        loop {
            left.set(TAR_HEADERS.saturating_add(skip));
            let mut entry = match entries.next() {
                None => return Flow::Continue,
                Some(Ok(entry)) => entry,
                // The loss of the member that was cut says it all.
                Some(Err(_)) if short => return Flow::Continue,
                Some(Err(error)) => {
                    // `tar` says "unexpected EOF" in an error of another kind.
                    let error = if ended.get() { io::ErrorKind::UnexpectedEof.into() } else { error };
                    return self.lose_error(&place.path, "tar", &error);
                }
            };
            // What is left of a member is skipped by the next call. A sparse member's size is not what it takes.
            let kind = entry.header().entry_type();
            let stored = entry.header().entry_size().unwrap_or(0);
            skip = if kind == EntryType::GNUSparse { stored } else { stored.max(entry.size()) };
            if !matches!(kind, EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse) {
                continue;
            }
            let modified = entry.header().mtime().ok().and_then(|time| i64::try_from(time).ok()).filter(|&t| t > 0);
            let member = place.inside(&entry.path_bytes(), modified, false);
            // A file named `folder/` is how the oldest archives write a folder.
            if member.path.ends_with('/') {
                continue;
            }
            left.set(u64::MAX);
            let size = entry.size();
            let sparse = kind == EntryType::GNUSparse;
            let mut whole = Whole { inner: &mut entry, left: size, short: &mut short };
            let place = Place { compressed: member.compressed || sparse, ..member };
            if self.member(place, "tar", &mut whole, depth) == Flow::Stop {
                return Flow::Stop;
            }
        }
    }

    /// A zip file on disk: its directory at the end says what is in it.
    pub(super) fn zip_file(&mut self, place: Place, file: Outer<'_, File>) -> Flow {
        let depth = Depth::first();
        let progress = self.shared.progress.clone();
        let again = file.inner.try_clone();
        let mut archive = match ZipArchive::new(BufReader::with_capacity(BUFFER, file)) {
            Ok(archive) => archive,
            // Without the directory the members can still be found one after the other.
            Err(error) => {
                let reason = self.shared.explain(|| zip_fault(&error));
                progress.store(0, std::sync::atomic::Ordering::Relaxed);
                let again = again.and_then(|mut file| file.rewind().map(|()| file));
                let Ok(file) = again else {
                    return reason.map_or(Flow::Continue, |fault| self.lose(&place.path, fault));
                };
                let losses = self.losses.len();
                let inner = BufReader::with_capacity(BUFFER, file);
                let shared = Some(self.shared);
                let flow = self.zip_stream(place.clone(), &mut Outer { inner, shared }, depth);
                if self.losses.len() == losses
                    && let Some(fault) = reason
                {
                    return self.lose(&place.path, fault);
                }
                return flow;
            }
        };
        // The directory was read first; the members come now.
        progress.store(0, std::sync::atomic::Ordering::Relaxed);
        if archive.index_for_name_raw(OFFICE).is_some() {
            return self.office(&place);
        }
        for index in 0..archive.len() {
            let name = archive.by_index_data(index).map(|entry| entry.name_raw().to_vec()).unwrap_or_default();
            let flow = match archive.by_index(index) {
                Ok(mut file) => self.zip_member(&place, &mut file, depth),
                Err(error) => {
                    let fault = self.shared.explain(|| zip_fault(&error));
                    let member = place.inside(&name, None, false).path;
                    fault.map_or(Flow::Continue, |fault| self.lose(&member, fault))
                }
            };
            if flow == Flow::Stop {
                return Flow::Stop;
            }
        }
        Flow::Continue
    }

    fn zip_member<R: Read>(&mut self, place: &Place, file: &mut ZipFile<'_, R>, depth: Depth) -> Flow {
        if !file.is_file() {
            return Flow::Continue;
        }
        let name =
            file.name().map(Cow::into_owned).unwrap_or_else(|_| String::from_utf8_lossy(file.name_raw()).into_owned());
        let member = place.inside(name.as_bytes(), zip_time(file), true);
        self.member(member, "zip", file, depth)
    }

    fn office(&mut self, place: &Place) -> Flow {
        let mut fault = Fault::new(LossKind::Unsupported, "this is a spreadsheet or a document, which is not read");
        fault.hint = "export it as CSV and read that";
        self.lose(&place.path, fault)
    }

    /// A zip that comes as a stream: in another package, from standard input, or without its directory.
    pub(super) fn zip_stream(&mut self, place: Place, input: &mut dyn BufRead, depth: Depth) -> Flow {
        let mut before = self.losses.len();
        loop {
            // The loss of the member that was cut says it all.
            let cut = self.losses[before..].iter().any(|loss| loss.kind == LossKind::Cut);
            before = self.losses.len();
            let header = match LocalHeader::read(input) {
                Ok(Some(header)) => header,
                Ok(None) => return Flow::Continue,
                Err(error) if cut && error.kind() == io::ErrorKind::UnexpectedEof => {
                    self.shared.forget();
                    return Flow::Continue;
                }
                Err(error) => return self.lose_error(&place.path, "zip", &error),
            };
            if header.name == OFFICE {
                return self.office(&place);
            }
            let next = if header.encrypted() {
                let member = place.inside(&header.name, None, true).path;
                let flow = self.lose(&member, Fault::new(LossKind::Encrypted, "a password is needed"));
                if flow == Flow::Stop { Ok(flow) } else { header.skip(input).map(|()| flow) }
            } else if header.unsized_deflate() {
                self.deflated(&place, &header, input, depth)
            } else {
                match self.sized(&place, &header, input, depth) {
                    Ok(flow) => Ok(flow),
                    Err(error) => {
                        let fault = self.shared.explain(|| zip_fault(&error));
                        let member = place.inside(&header.name, None, true).path;
                        let flow = fault.map_or(Flow::Continue, |fault| self.lose(&member, fault));
                        if flow == Flow::Stop { Ok(flow) } else { header.skip(input).map(|()| flow) }
                    }
                }
            };
            match next {
                Ok(Flow::Continue) => {}
                Ok(Flow::Stop) => return Flow::Stop,
                Err(error) => return self.lose_error(&place.path, "zip", &error),
            }
        }
    }

    /// A member whose length stands before it. The crate's reader knows all methods, and leaves the stream behind the
    /// member when it is dropped.
    fn sized(
        &mut self,
        place: &Place,
        header: &LocalHeader,
        input: &mut dyn BufRead,
        depth: Depth,
    ) -> Result<Flow, ZipError> {
        let mut again = header.bytes.as_slice().chain(input);
        let file = zip::read::read_zipfile_from_stream(&mut again)?;
        Ok(file.map_or(Flow::Continue, |mut file| self.zip_member(place, &mut file, depth)))
    }

    /// A member whose length stands behind it, as in every zip that was written as a stream. The deflated data knows
    /// its end; `zip` refuses these, since it reads ahead.
    fn deflated(
        &mut self,
        place: &Place,
        header: &LocalHeader,
        input: &mut dyn BufRead,
        depth: Depth,
    ) -> io::Result<Flow> {
        let losses = self.losses.len();
        let mut reader = Checked { inner: DeflateDecoder::new(&mut *input), crc: Crc::new() };
        let mut flow = Flow::Continue;
        let name = String::from_utf8_lossy(&header.name).into_owned();
        let member = place.inside(name.as_bytes(), None, true);
        let path = member.path.clone();
        if !name.ends_with('/') {
            flow = self.member(member, "zip", &mut reader, depth);
        }
        if flow == Flow::Stop {
            return Ok(flow);
        }
        // Whatever the visitor left unread.
        let mut rest = super::layers::Guard::new(&mut reader, "zip", usize::MAX, self.shared);
        let drained = io::copy(&mut rest, &mut io::sink());
        if let Err(error) = drained {
            // Where the next member begins is not known; the loss of this one says it all.
            if self.losses.len() == losses {
                self.lose_error(&path, "zip", &error);
            } else {
                self.shared.forget();
            }
            return Ok(Flow::Stop);
        }
        let (packed, unpacked) = (reader.inner.total_in(), reader.inner.total_out());
        let sum = reader.crc.sum();
        let told = descriptor(input, packed, unpacked)?;
        if told != sum {
            self.lose(&path, Fault::new(LossKind::Corrupt, "the zip data is damaged: its checksum is wrong"));
        }
        Ok(flow)
    }
}

/// What a zip error means for a member or an archive.
fn zip_fault(error: &ZipError) -> Fault {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
            Fault::new(LossKind::Encrypted, "a password is needed")
        }
        ZipError::Io(error) => Fault::of_decoder("zip", error),
        ZipError::UnsupportedArchive(why) => {
            Fault::new(LossKind::Unsupported, format!("the zip data cannot be unpacked: {}", why.to_lowercase()))
        }
        ZipError::CompressionMethodNotSupported(id) => {
            Fault::new(LossKind::Unsupported, format!("the zip data cannot be unpacked: method {id} is not known here"))
        }
        error => Fault::new(LossKind::Corrupt, format!("the zip data is damaged: {error}")),
    }
}

/// The member's time: the one in UTC if it is there, else the wall clock of whoever packed it, taken as UTC.
fn zip_time<R: Read>(file: &ZipFile<'_, R>) -> Option<i64> {
    let exact = file.extra_data_fields().find_map(|field| match field {
        ExtraField::ExtendedTimestamp(time) => time.mod_time(),
        _ => None,
    });
    if let Some(time) = exact {
        return Some(i64::from(time));
    }
    let t = file.last_modified()?;
    let part = |n: u8| i8::try_from(n).ok();
    let (month, day, hour) = (part(t.month())?, part(t.day())?, part(t.hour())?);
    let civil = jiff::civil::DateTime::new(
        i16::try_from(t.year()).ok()?,
        month,
        day,
        hour,
        part(t.minute())?,
        part(t.second())?,
        0,
    );
    civil.ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp().as_second())
}

/// Lets through no more than it is told: the names in a hostile tar must not fill the memory.
struct Fence<'a> {
    inner: &'a mut dyn BufRead,
    left: &'a Cell<u64>,
    /// Whether the end was met.
    ended: &'a Cell<bool>,
}

impl Read for Fence<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let left = self.left.get();
        if left == 0 && !buf.is_empty() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the name of a member is too long"));
        }
        let len = usize::try_from(left).unwrap_or(usize::MAX).min(buf.len());
        let n = self.inner.read(&mut buf[..len])?;
        self.left.set(left - n as u64);
        self.ended.set(n == 0 && !buf.is_empty());
        Ok(n)
    }
}

/// Says so when a member ends before its size: `tar` itself just ends.
struct Whole<'a, R> {
    inner: R,
    left: u64,
    short: &'a mut bool,
}

impl<R: Read> Read for Whole<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.left = self.left.saturating_sub(n as u64);
        if n == 0 && self.left > 0 && !buf.is_empty() {
            *self.short = true;
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(n)
    }
}

/// Sums up what is read.
struct Checked<R> {
    inner: R,
    crc: Crc,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.crc.update(&buf[..n]);
        Ok(n)
    }
}

/// The header in front of a zip member.
struct LocalHeader {
    bytes: Vec<u8>,
    name: Vec<u8>,
    flags: u16,
    method: u16,
    packed: u32,
}

impl LocalHeader {
    const LEN: usize = 30;

    /// `None` at the directory, which ends the members.
    fn read(input: &mut dyn BufRead) -> io::Result<Option<LocalHeader>> {
        let mut mark = [0; 4];
        input.read_exact(&mut mark)?;
        if &mark == b"PK\x07\x08" {
            // Archives that were meant to be split and then were not begin with this.
            input.read_exact(&mut mark)?;
        }
        match &mark {
            b"PK\x03\x04" => {}
            b"PK\x01\x02" | b"PK\x05\x06" | b"PK\x06\x06" | b"PK\x06\x08" => return Ok(None),
            _ => return Err(io::Error::new(io::ErrorKind::InvalidData, "no member begins where one should")),
        }
        let mut bytes = vec![0; Self::LEN];
        bytes[..4].copy_from_slice(&mark);
        input.read_exact(&mut bytes[4..])?;
        let short = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        let (flags, method, name, extra) = (short(6), short(8), usize::from(short(26)), usize::from(short(28)));
        let packed = u32::from_le_bytes([bytes[18], bytes[19], bytes[20], bytes[21]]);
        bytes.resize(Self::LEN + name + extra, 0);
        input.read_exact(&mut bytes[Self::LEN..])?;
        let name = bytes[Self::LEN..Self::LEN + name].to_vec();
        Ok(Some(LocalHeader { bytes, name, flags, method, packed }))
    }

    fn encrypted(&self) -> bool {
        self.flags & 1 != 0
    }

    fn unsized_deflate(&self) -> bool {
        self.flags & 8 != 0 && self.method == 8
    }

    /// Steps over the data, if it is known how much there is.
    fn skip(&self, input: &mut dyn BufRead) -> io::Result<()> {
        if self.flags & 8 != 0 || self.packed == u32::MAX {
            let reason = "the members behind this one cannot be found";
            return Err(io::Error::new(io::ErrorKind::Unsupported, reason));
        }
        let skipped = io::copy(&mut input.take(u64::from(self.packed)), &mut io::sink())?;
        if skipped < u64::from(self.packed) { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }
}

/// Reads what stands behind a member of unknown length, with or without a mark, in 32 or in 64 bits. Returns its
/// checksum.
fn descriptor(input: &mut dyn BufRead, packed: u64, unpacked: u64) -> io::Result<u32> {
    let mut word = || -> io::Result<u32> {
        let mut bytes = [0; 4];
        input.read_exact(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    };
    let mut sum = word()?;
    if sum == u32::from_le_bytes(*b"PK\x07\x08") {
        sum = word()?;
    }
    let (first, second) = (word()?, word()?);
    let wide = u64::from(first) | u64::from(second) << 32 == packed;
    let narrow = u64::from(second) == unpacked & 0xffff_ffff;
    // An empty member fits both; then the next mark tells.
    if wide && (!narrow || !input.fill_buf()?.starts_with(b"PK")) {
        input.read_exact(&mut [0; 8])?;
    }
    Ok(sum)
}
