//! Guesses a file's format from its head: what it is, how sure, why, and what else it might have been.
//!
//! Every format is asked about every envelope that the head may be in, and the best answer wins. A file that no format is
//! sure of is declined with a reason, never guessed into: a wrong inventory is worse than a missing file.

use std::borrow::Cow;

use bumpalo::Bump;

use super::envelope::Envelope;
use super::framing::{record_len, trim};
use super::{Assume, Format, Framing, Guess, Head, Layout, REGISTRY};

/// Below this score a file is declined.
pub const SURE_ENOUGH: u8 = 50;

/// How much of a file is looked at.
pub const HEAD_BYTES: usize = 256 << 10;

/// What a file is.
pub enum Detected {
    /// A log that can be read.
    Log(Box<Log>),
    /// Something else.
    Declined(Declined),
}

/// A log that can be read.
pub struct Log {
    /// Its format.
    pub format: &'static dyn Format,
    /// What its records are wrapped in.
    pub envelope: Envelope,
    /// Where its records end.
    pub framing: Framing,
    /// The columns in force at its beginning.
    pub layout: Layout,
    /// How sure, and why.
    pub guess: Guess,
    /// The next best format.
    pub runner_up: Option<RunnerUp>,
}

/// A file that is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declined {
    /// Lower case, without a full stop.
    pub why: Cow<'static, str>,
    /// 0 to 100: how sure it is that the file is no traffic log.
    pub score: u8,
    /// The format that came nearest.
    pub runner_up: Option<RunnerUp>,
}

/// The second place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunnerUp {
    /// Its id.
    pub format: &'static str,
    /// Its score.
    pub score: u8,
}

struct Candidate {
    format: &'static dyn Format,
    envelope: Envelope,
    framing: Framing,
    guess: Guess,
}

/// What the file is that begins with `head`. `whole` says that the head is all there is. With `forced`, only that
/// format is tried, and however unsure it is, it is taken.
pub fn detect(head: &[u8], whole: bool, assume: &Assume, forced: Option<&'static dyn Format>) -> Detected {
    if let Some(why) = not_text(head) {
        return Detected::Declined(Declined { why, score: 99, runner_up: None });
    }
    let mut found = Vec::new();
    let arena = Bump::new();
    for framing in framings(head) {
        let lines = head_lines(head, whole, framing);
        if lines.is_empty() {
            continue;
        }
        for envelope in Envelope::candidates(&lines, assume) {
            let opened = lines.iter().filter_map(|line| envelope.open(line, assume, &arena).ok());
            let head = Head { lines: opened.map(|letter| letter.line).filter(|line| !line.is_empty()).collect() };
            for format in forced.map_or_else(|| REGISTRY.to_vec(), |format| vec![format]) {
                let framing = match (framing, format.framing()) {
                    (Framing::OctetCounted, _) => Framing::OctetCounted,
                    (framing, wanted) if framing == wanted => framing,
                    _ => continue,
                };
                let guess = format.sniff(&head, assume);
                if guess.score > 0 || forced.is_some() {
                    found.push(Candidate { format, envelope: envelope.clone(), framing, guess });
                }
            }
        }
    }
    // The sort is stable: among equals, the bare record and the alphabet decide.
    found.sort_by_key(|candidate| std::cmp::Reverse(candidate.guess.score));
    let runner_up = |best: &str| {
        found
            .iter()
            .find(|other| other.format.id() != best)
            .map(|other| RunnerUp { format: other.format.id(), score: other.guess.score })
    };
    let Some(best) = found.first() else {
        let why = if head.iter().all(u8::is_ascii_whitespace) {
            "the file is empty"
        } else {
            "no known format fits; `umbrascope formats list` shows those that are known"
        };
        return Detected::Declined(Declined { why: why.into(), score: 0, runner_up: None });
    };
    let second = runner_up(best.format.id());
    if forced.is_none() && (best.guess.declined || best.guess.score < SURE_ENOUGH) {
        let here = RunnerUp { format: best.format.id(), score: best.guess.score };
        return Detected::Declined(if best.guess.declined {
            Declined { why: best.guess.why.clone(), score: best.guess.score, runner_up: second }
        } else {
            let why = format!("not sure enough of any format: {} ({})", best.format.id(), best.guess.why);
            Declined { why: why.into(), score: 0, runner_up: Some(here) }
        });
    }
    let lines = head_lines(head, whole, best.framing);
    let opened = lines.iter().filter_map(|line| best.envelope.open(line, assume, &arena).ok());
    let bound = Head { lines: opened.map(|letter| letter.line).filter(|line| !line.is_empty()).collect() };
    match best.format.layout(&bound, assume) {
        Ok(layout) => Detected::Log(Box::new(Log {
            format: best.format,
            envelope: best.envelope.clone(),
            framing: best.framing,
            layout,
            guess: best.guess.clone(),
            runner_up: second,
        })),
        Err(problem) => Detected::Declined(Declined {
            why: format!("{}: {}", best.format.id(), problem.reason).into(),
            score: best.guess.score,
            runner_up: second,
        }),
    }
}

/// The ways in which records may end, as far as the first bytes allow.
fn framings(head: &[u8]) -> Vec<Framing> {
    let digits = head.iter().take(7).take_while(|b| b.is_ascii_digit()).count();
    if (1..7).contains(&digits) && head[digits..].starts_with(b" <") {
        return vec![Framing::OctetCounted, Framing::Lines, Framing::QuotedLines];
    }
    vec![Framing::Lines, Framing::QuotedLines]
}

/// The first records that are not blank.
fn head_lines(head: &[u8], whole: bool, framing: Framing) -> Vec<&[u8]> {
    let mut lines = Vec::new();
    let mut at = 0;
    while lines.len() < Head::MAX_LINES {
        let Some(len) = record_len(framing, &head[at..], whole) else { break };
        let line = trim(&head[at..at + len]);
        if !line.trim_ascii().is_empty() {
            lines.push(line);
        }
        at += len;
    }
    // A single line longer than the head is still worth a look.
    if lines.is_empty() && !head.is_empty() && at == 0 {
        lines.push(trim(head));
    }
    lines
}

/// Why these bytes are no text, if they are not.
fn not_text(head: &[u8]) -> Option<Cow<'static, str>> {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"\x89PNG\r\n\x1a\n", "a PNG image"),
        (b"\xff\xd8\xff", "a JPEG image"),
        (b"GIF8", "a GIF image"),
        (b"%PDF-", "a PDF document"),
        (b"\x7fELF", "a program"),
        (b"MZ\x90\x00", "a Windows program"),
        (b"SQLite format 3\0", "an SQLite database: export the table as CSV"),
        (b"\xd4\xc3\xb2\xa1", "a packet capture: let Zeek or Suricata write logs from it"),
        (b"\xa1\xb2\xc3\xd4", "a packet capture: let Zeek or Suricata write logs from it"),
        (b"\x0a\x0d\x0d\x0a", "a packet capture: let Zeek or Suricata write logs from it"),
        (b"PAR1", "a Parquet file"),
        (b"ElfFile\0", "a Windows event log: export it as CSV or XML"),
        (b"<!DOCTYPE html", "a web page"),
        (b"<html", "a web page"),
        (b"<?xml", "an XML document"),
    ];
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(Cow::Owned(format!("{what}, no log")));
    }
    let sample = &head[..head.len().min(4096)];
    let sample = &sample[sample.iter().position(|b| *b != 0).unwrap_or(sample.len())..];
    let odd = sample.iter().filter(|b| matches!(b, 0..=8 | 14..=26 | 28..=31 | 127)).count();
    (odd * 20 > sample.len()).then_some(Cow::Borrowed("binary data, no text"))
}

impl std::fmt::Debug for Detected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Detected::Log(log) => write!(f, "Log({} {})", log.format.id(), log.guess.score),
            Detected::Declined(declined) => write!(f, "{declined:?}"),
        }
    }
}
