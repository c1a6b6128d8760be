//! Parts of a plain file, to be read side by side.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

/// A plain file of lines, from behind its byte order mark. Clones share the open file, so that a log which is rotated
/// away meanwhile stays the same log for all of them.
#[derive(Debug, Clone)]
pub struct Whole {
    file: Arc<File>,
    start: u64,
    len: u64,
}

impl Whole {
    pub(super) fn of(file: &File, start: u64) -> Option<Whole> {
        let file = file.try_clone().ok()?;
        let len = file.metadata().ok()?.len().saturating_sub(start);
        Some(Whole { file: Arc::new(file), start, len })
    }

    /// Bytes when it was opened. It may grow.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The lines that begin in `from..to`, counted from the beginning of the stream; without `to`, all that begin at or
    /// after `from`. Parts that touch each other have every line once.
    ///
    /// ```
    /// # use std::io::Read;
    /// # use umbrascope::input::{Flow, Limits, Options, discover, read};
    /// # let folder = tempfile::tempdir()?;
    /// # std::fs::write(folder.path().join("a.log"), "one\ntwo\nthree\n")?;
    /// # let found = discover(&[folder.path().as_os_str().to_owned()], &Options::default());
    /// # let losses = read(&found.sources[0], &Limits::default(), &mut |stream| {
    /// let whole = stream.whole.unwrap();
    /// let text = |from, to| {
    ///     let mut text = String::new();
    ///     whole.part(from, to).and_then(|mut part| part.read_to_string(&mut text)).unwrap();
    ///     text
    /// };
    /// assert_eq!(text(0, Some(5)), "one\ntwo\n");
    /// assert_eq!(text(5, None), "three\n");
    /// # Flow::Continue });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn part(&self, from: u64, to: Option<u64>) -> io::Result<Part> {
        let mut part =
            Part { file: Arc::clone(&self.file), start: self.start, at: from, to: to.unwrap_or(u64::MAX), done: false };
        if from > 0 {
            part.at = part.after_newline(from - 1)?;
        }
        // The first line may end behind the part.
        part.done = part.at >= part.to;
        Ok(part)
    }
}

/// Some lines of a file. Reads never move the file's own position.
#[derive(Debug)]
pub struct Part {
    file: Arc<File>,
    start: u64,
    at: u64,
    to: u64,
    done: bool,
}

/// How far is read at once to find the end of the last line.
const STEP: usize = 64 << 10;

impl Part {
    /// Where the next line, or the rest of one, stands in the stream.
    pub fn at(&self) -> u64 {
        self.at
    }

    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize> {
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(&*self.file, into, self.start + at);
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(&*self.file, into, self.start + at);
        read
    }

    /// The first byte behind the first newline at or after `from`, or the end of the file.
    fn after_newline(&self, from: u64) -> io::Result<u64> {
        let mut step = vec![0; STEP];
        let mut at = from;
        loop {
            match self.read_at(&mut step, at) {
                Ok(0) => return Ok(at),
                Ok(read) => match memchr::memchr(b'\n', &step[..read]) {
                    Some(newline) => return Ok(at + newline as u64 + 1),
                    None => at += read as u64,
                },
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Read for Part {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.done || into.is_empty() {
            return Ok(0);
        }
        let inside = self.to.saturating_sub(self.at);
        if inside > 0 {
            let want = usize::try_from(inside).map_or(into.len(), |inside| into.len().min(inside));
            let read = self.read_at(&mut into[..want], self.at)?;
            self.at += read as u64;
            // A line that begins right at the end belongs to the next part.
            self.done = read == 0 || (self.at == self.to && into[read - 1] == b'\n');
            return Ok(read);
        }
        // The last line goes on.
        let want = into.len().min(STEP);
        let read = self.read_at(&mut into[..want], self.at)?;
        let line = memchr::memchr(b'\n', &into[..read]).map(|newline| newline + 1);
        self.done = read == 0 || line.is_some();
        let read = line.unwrap_or(read);
        self.at += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::*;

    fn file(text: &[u8]) -> File {
        let mut file = tempfile::tempfile().expect("a temporary file");
        file.write_all(text).expect("room for it");
        file
    }

    fn texts(whole: &Whole, cuts: &[u64]) -> Vec<Vec<u8>> {
        let mut from = 0;
        let ends = cuts.iter().copied().map(Some).chain([None]);
        ends.map(|to| {
            let mut text = Vec::new();
            let mut part = whole.part(from, to).expect("the file is there");
            let begin = part.at();
            part.read_to_end(&mut text).expect("the file is there");
            assert_eq!(part.at() - begin, text.len() as u64);
            from = to.unwrap_or(0);
            text
        })
        .collect()
    }

    proptest! {
        #[test]
        fn parts_joined_are_the_file(lines in prop::collection::vec("[a-c]{0,9}", 0..30), last: bool, cuts in prop::collection::vec(1u64..200, 0..5)) {
            let mut text = lines.join("\n");
            if last {
                text.push('\n');
            }
            let mut cuts = cuts;
            cuts.sort_unstable();
            cuts.dedup();
            let whole = Whole::of(&file(text.as_bytes()), 0).expect("a file");
            let parts = texts(&whole, &cuts);
            prop_assert_eq!(parts.concat(), text.as_bytes());
            for part in parts.iter().rev().skip(1) {
                prop_assert!(part.is_empty() || part.ends_with(b"\n") || text.as_bytes().ends_with(part));
            }
        }
    }

    #[test]
    fn a_line_longer_than_a_part_is_read_once() {
        let text = [vec![b'x'; 300_000], b"\nend\n".to_vec()].concat();
        let whole = Whole::of(&file(&text), 0).expect("a file");
        let parts = texts(&whole, &[100_000, 200_000, 300_001, 300_003]);
        let lens: Vec<usize> = parts.iter().map(Vec::len).collect();
        assert_eq!(lens, [300_001, 0, 0, 4, 0]);
    }
}
