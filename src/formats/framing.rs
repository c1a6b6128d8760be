//! Where records end, and how to cut a stream into blocks there.

use std::io::{self, Read};

use super::Framing;

/// A longer record is cut here and called bad: memory must not follow what a broken file does.
pub const MAX_RECORD: usize = 16 << 20;

/// A quoted CSV field may span this many lines; more is a stray quote, and the line is taken alone.
const MAX_QUOTED_LINES: usize = 64;

/// The length of the first record in `bytes`, its line end included, or `None` if it does not end here. `last` says
/// that nothing follows `bytes`.
///
/// ```
/// # use umbrascope::formats::{Framing, framing::record_len};
/// assert_eq!(record_len(Framing::Lines, b"one\ntwo", false), Some(4));
/// assert_eq!(record_len(Framing::Lines, b"two", false), None);
/// assert_eq!(record_len(Framing::QuotedLines, b"\"a\nb\",c\nd\n", false), Some(8));
/// assert_eq!(record_len(Framing::OctetCounted, b"5 <13>a<14>b", false), Some(7));
/// ```
#[inline]
pub fn record_len(framing: Framing, bytes: &[u8], last: bool) -> Option<usize> {
    if bytes.is_empty() {
        return None;
    }
    match framing {
        Framing::Lines => line_len(bytes, last),
        Framing::QuotedLines => quoted_len(bytes, last),
        Framing::OctetCounted => octet_len(bytes, last),
    }
}

#[inline]
fn line_len(bytes: &[u8], last: bool) -> Option<usize> {
    match memchr::memchr(b'\n', bytes) {
        Some(newline) => Some(newline + 1),
        None => last.then_some(bytes.len()),
    }
}

fn quoted_len(bytes: &[u8], last: bool) -> Option<usize> {
    let first = line_len(bytes, last)?;
    let mut end = first;
    let mut odd = memchr::memchr_iter(b'"', &bytes[..end]).count() % 2 == 1;
    let mut lines = 1;
    while odd {
        if lines == MAX_QUOTED_LINES || end >= MAX_RECORD {
            return Some(first);
        }
        match line_len(&bytes[end..], last) {
            Some(more) if more > 0 => {
                odd ^= memchr::memchr_iter(b'"', &bytes[end..end + more]).count() % 2 == 1;
                end += more;
                lines += 1;
            }
            _ => return last.then_some(first),
        }
    }
    Some(end)
}

fn octet_len(bytes: &[u8], last: bool) -> Option<usize> {
    let digits = bytes.iter().take(7).take_while(|b| b.is_ascii_digit()).count();
    if bytes.len() <= digits && !last {
        return None;
    }
    // The count is believed only as far as it fits what a record can be.
    let count = std::str::from_utf8(&bytes[..digits]).ok().and_then(|digits| digits.parse::<usize>().ok());
    match count {
        Some(count) if digits < 7 && bytes.get(digits) == Some(&b' ') && bytes.get(digits + 1) == Some(&b'<') => {
            let mut end = digits + 1 + count;
            if end > bytes.len() {
                return last.then_some(bytes.len());
            }
            // Senders that count and end the line all the same.
            while bytes.get(end) == Some(&b'\n') {
                end += 1;
            }
            Some(end)
        }
        _ => line_len(bytes, last),
    }
}

/// The record without line end and NUL padding.
#[inline]
pub fn trim(record: &[u8]) -> &[u8] {
    let record = record.strip_suffix(b"\n").unwrap_or(record);
    let record = record.strip_suffix(b"\r").unwrap_or(record);
    match record {
        [0, ..] | [.., 0] => {
            let start = record.iter().position(|b| *b != 0).unwrap_or(record.len());
            let end = record.iter().rposition(|b| *b != 0).map_or(start, |last| last + 1);
            &record[start..end]
        }
        _ => record,
    }
}

/// How many NULs stand before a record. A log that was truncated while its writer went on has a hole there, which is
/// no part of any record.
#[inline]
pub fn hole_len(bytes: &[u8]) -> usize {
    if bytes.first() == Some(&0) { bytes.iter().position(|b| *b != 0).unwrap_or(bytes.len()) } else { 0 }
}

/// A run of whole records.
#[derive(Debug)]
pub struct Block {
    /// Bytes; those before `start` belong to earlier records and are there to look back at.
    pub bytes: Vec<u8>,
    /// Where the block's own records begin.
    pub start: usize,
    /// Where they end.
    pub end: usize,
    /// Offset of `start` in the decoded stream.
    pub offset: u64,
    /// The first record is the beginning of one that is too long, and its rest is left out.
    pub overlong: bool,
}

impl Block {
    /// The block's records.
    pub fn records(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// The records before, to look back at.
    pub fn before(&self) -> &[u8] {
        &self.bytes[..self.start]
    }
}

/// Cuts a stream into [`Block`]s at record ends. Reuses the buffers that it is given.
#[derive(Debug)]
pub struct Cutter {
    framing: Framing,
    directive: Option<u8>,
    lookback: usize,
    size: usize,
    /// Read but not yet handed out, from `taken` on.
    carry: Vec<u8>,
    /// How much of `carry` is in the block that is being made, or was in an earlier one.
    taken: usize,
    /// The last records handed out.
    tail: Vec<u8>,
    offset: u64,
    ended: bool,
    /// Drop everything up to the next newline: the rest of an overlong record.
    skipping: bool,
    error: Option<io::Error>,
}

impl Cutter {
    /// Blocks of about `size` bytes; a block larger than the longest record has no use.
    pub fn new(size: usize) -> Cutter {
        Cutter {
            framing: Framing::Lines,
            directive: None,
            lookback: 0,
            size: size.clamp(64, MAX_RECORD),
            carry: Vec::new(),
            taken: 0,
            tail: Vec::new(),
            offset: 0,
            ended: false,
            skipping: false,
            error: None,
        }
    }

    /// Reads ahead up to `want` bytes and shows them, without handing them out. Before the first block only.
    pub fn peek(&mut self, reader: &mut dyn Read, want: usize) -> &[u8] {
        while self.carry.len() < want && !self.ended {
            let mut carry = std::mem::take(&mut self.carry);
            let filled = carry.len();
            carry.resize(filled + (64 << 10), 0);
            let read = self.read(reader, &mut carry[filled..]);
            carry.truncate(filled + read);
            self.carry = carry;
        }
        &self.carry
    }

    /// Whether the stream ends with what was peeked at.
    pub fn at_end(&self) -> bool {
        self.ended
    }

    /// The stream begins at this byte of a longer one. Before the first block only.
    pub fn begin_at(&mut self, offset: u64) {
        self.offset = offset;
    }

    /// Settles how records end, once the format is known. Before the first block only.
    pub fn settle(&mut self, framing: Framing, directive: Option<u8>, lookback: usize) {
        self.framing = framing;
        self.directive = directive;
        self.lookback = lookback;
    }

    /// The error that ended the stream, if one did. What was read before it has been handed out.
    pub fn take_error(&mut self) -> Option<io::Error> {
        self.error.take()
    }

    /// Decoded bytes handed out so far, padding included.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The next block, in `buffer`, or the buffer back when the stream is over.
    pub fn next(&mut self, reader: &mut dyn Read, mut buffer: Vec<u8>) -> Result<Block, Vec<u8>> {
        let start = self.tail.len();
        let mut len = start;
        if buffer.len() < start + self.size {
            buffer.resize(start + self.size, 0);
        }
        // A buffer that grew for a long record, or for what stands before, must not move the ends of other blocks.
        let mut full = start + self.size;
        buffer[..start].copy_from_slice(&self.tail);
        loop {
            while len < full && !self.is_drained() {
                len += self.fill(reader, &mut buffer[len..full]);
            }
            len = self.drop_padding(&mut buffer, start, len);
            if self.skipping {
                let (kept, found) = drop_line(&mut buffer, start, len);
                self.offset += (len - kept) as u64;
                len = kept;
                self.skipping = !found;
            }
            if len == start && self.is_drained() {
                return Err(buffer);
            }
            if len < full && !self.is_drained() {
                continue;
            }
            let end = self.cut(&buffer, start, len);
            if end > start {
                return Ok(self.hand_out(buffer, start, end, len, false));
            }
            if len - start >= MAX_RECORD {
                self.skipping = true;
                return Ok(self.hand_out(buffer, start, len, len, true));
            }
            // One record is longer than the block.
            full = full.saturating_mul(2).min(start + MAX_RECORD).max(len + 1);
            if buffer.len() < full {
                buffer.resize(full, 0);
            }
        }
    }

    fn hand_out(&mut self, buffer: Vec<u8>, start: usize, end: usize, len: usize, overlong: bool) -> Block {
        if self.taken < self.carry.len() {
            // The rest came from there and is still there.
            self.taken -= len - end;
        } else {
            self.carry.clear();
            self.taken = 0;
            self.carry.extend_from_slice(&buffer[end..len]);
        }
        if self.lookback > 0 {
            let from = lines_back(&buffer[..end], self.lookback);
            self.tail.clear();
            self.tail.extend_from_slice(&buffer[from..end]);
        }
        let block = Block { bytes: buffer, start, end, offset: self.offset, overlong };
        self.offset += (end - start) as u64;
        block
    }

    /// Whether nothing is left, neither here nor in the stream.
    fn is_drained(&self) -> bool {
        self.ended && self.taken == self.carry.len()
    }

    /// The next bytes: first those that were read ahead.
    fn fill(&mut self, reader: &mut dyn Read, into: &mut [u8]) -> usize {
        let ahead = &self.carry[self.taken..];
        if ahead.is_empty() {
            return self.read(reader, into);
        }
        let count = ahead.len().min(into.len());
        into[..count].copy_from_slice(&ahead[..count]);
        self.taken += count;
        count
    }

    fn read(&mut self, reader: &mut dyn Read, into: &mut [u8]) -> usize {
        loop {
            match reader.read(into) {
                Ok(0) => {
                    self.ended = true;
                    return 0;
                }
                Ok(read) => return read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.ended = true;
                    self.error = Some(error);
                    return 0;
                }
            }
        }
    }

    /// A hole may be far larger than a record.
    fn drop_padding(&mut self, buffer: &mut [u8], start: usize, len: usize) -> usize {
        if len == start || buffer[start] != 0 {
            return len;
        }
        let nuls = hole_len(&buffer[start..len]);
        buffer.copy_within(start + nuls..len, start);
        self.offset += nuls as u64;
        len - nuls
    }

    /// Where the last whole record ends.
    fn cut(&self, buffer: &[u8], start: usize, len: usize) -> usize {
        let last = self.is_drained();
        let mut end = match self.framing {
            Framing::Lines if last => len,
            Framing::Lines => memchr::memrchr(b'\n', &buffer[start..len]).map_or(start, |newline| start + newline + 1),
            Framing::QuotedLines | Framing::OctetCounted => {
                let mut at = start;
                loop {
                    let record = at + hole_len(&buffer[at..len]);
                    match record_len(self.framing, &buffer[record..len], last) {
                        Some(more) => at = record + more,
                        None if last => break len,
                        None => break at,
                    }
                }
            }
        };
        // A header of several lines stays in one block, so that a block's first reader sees it whole.
        if let (Some(directive), false) = (self.directive, last) {
            while end > start {
                let line = memchr::memrchr(b'\n', &buffer[start..end - 1]).map_or(start, |newline| start + newline + 1);
                let letter = line + hole_len(&buffer[line..end]);
                if buffer.get(letter) != Some(&directive) || line == start {
                    break;
                }
                end = line;
            }
        }
        end
    }
}

/// Removes everything up to the first newline; says what is left and whether there was one.
fn drop_line(buffer: &mut [u8], start: usize, len: usize) -> (usize, bool) {
    match memchr::memchr(b'\n', &buffer[start..len]) {
        Some(newline) => {
            buffer.copy_within(start + newline + 1..len, start);
            (len - newline - 1, true)
        }
        None => (start, false),
    }
}

/// Where the last `count` lines begin.
fn lines_back(bytes: &[u8], count: usize) -> usize {
    let end = bytes.len() - usize::from(bytes.last() == Some(&b'\n'));
    memchr::memrchr_iter(b'\n', &bytes[..end]).nth(count - 1).map_or(0, |newline| newline + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(text: &[u8], framing: Framing, size: usize, lookback: usize) -> Vec<(String, String)> {
        let mut cutter = Cutter::new(size);
        cutter.settle(framing, None, lookback);
        let mut reader = text;
        let mut out = Vec::new();
        let mut buffer = Vec::new();
        while let Ok(block) = cutter.next(&mut reader, buffer) {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            out.push((text(block.before()), text(block.records())));
            buffer = block.bytes;
        }
        out
    }

    #[test]
    fn blocks_joined_are_the_stream() {
        let mut text = Vec::new();
        for line in 0..500 {
            text.extend_from_slice(format!("{line},\"{}\"\n", "x\n".repeat(line % 3)).as_bytes());
        }
        for framing in [Framing::Lines, Framing::QuotedLines, Framing::OctetCounted] {
            for size in [64, 65, 100, 1000, 100_000] {
                let joined: String = blocks(&text, framing, size, 0).into_iter().map(|(_, own)| own).collect();
                assert_eq!(joined.as_bytes(), text, "{framing:?} {size}");
            }
        }
    }

    #[test]
    fn what_stands_before_is_shown_again() {
        let text: String = (0..100).map(|line| format!("line {line}\n")).collect();
        let mut seen = String::new();
        for (before, own) in blocks(text.as_bytes(), Framing::Lines, 64, 3) {
            let lines: Vec<&str> = seen.lines().collect();
            let want: String = lines[lines.len().saturating_sub(3)..].iter().map(|line| format!("{line}\n")).collect();
            assert_eq!(before, want);
            seen += &own;
        }
        assert_eq!(seen, text);
    }

    #[test]
    fn padding_and_overlong_records_do_not_grow_the_buffer() {
        let mut text = vec![0u8; 100_000];
        text.extend_from_slice(b"after the hole\n");
        assert_eq!(blocks(&text, Framing::Lines, 64, 0), [(String::new(), "after the hole\n".to_owned())]);

        let mut text = vec![b'x'; MAX_RECORD + 1000];
        text.extend_from_slice(b"\nnext\n");
        let found = blocks(&text, Framing::Lines, 1 << 20, 0);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].1.len(), MAX_RECORD);
        assert_eq!(found[1].1, "next\n");
    }
}
