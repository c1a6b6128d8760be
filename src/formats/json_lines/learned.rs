//! Lines that are written like those before them, read without a parser.
//!
//! One program writes the lines of a log, so the text *between* values hardly changes: `","email":"`, `},"source":{"ip":"`.
//! Such a text says everything about structure: which objects end and begin there, and whose value comes next. A line
//! that the scanner has read is learned as its values and the texts between them; a line of the same make is then
//! a few comparisons of 32 bytes and a search for the end of each value.
//!
//! What may follow a value depends only on the objects and arrays that are open there, a [`Place`]. Texts are kept by
//! place, so that keys may be missing or trade places and arrays may have any length, as long as each text has been
//! seen at its place. Anything else is a surprise, and the scanner reads the line. What is accepted here the scanner
//! would accept, with the same values in the same order: results do not depend on what was learned.

use bumpalo::Bump;

use super::scan::{Keys, Value, is_scalar, unescape};
use crate::formats::fields::kernel::first_of_two;

/// Most texts that are kept. Where keys are data, the rest is left to the scanner.
const MAX_STEPS: usize = 512;
/// Longest text between two values, and deepest nesting, that are learned.
const MAX_TEXT: usize = 512;
const MAX_DEPTH: usize = 32;
/// Bytes of a piece.
const PIECE: usize = 32;
/// Longest value that is kept, and how often another one may stand there: a block has some thousand lines.
const MAX_USUAL: usize = PIECE;
const TRUST: u8 = 40;
/// A surprise costs this many lines that held none; without credit, so many lines go straight to the scanner.
const SURPRISE: u32 = 4;
const CREDIT: u32 = 64;
const REST: u32 = 512;

/// What the lines so far have shown.
pub(in crate::formats) struct Learned {
    /// The texts of all steps; each begins with a piece of its own.
    pieces: Vec<Piece>,
    /// The first stands before every line.
    steps: Vec<Step>,
    /// The first is the beginning of a line.
    places: Vec<Place>,
    credit: u32,
    rest: u32,
}

/// A text between two values, and what comes behind it.
#[derive(Debug, Clone, Copy)]
struct Step {
    text: Text,
    then: Then,
    /// A string that stood there, with the quote that closes it. Most fields that nobody wants hold the same in every
    /// line; to compare is quicker than to look for the end, since it need not be waited for.
    usual: Text,
    /// How often something else may stand there until it is not looked for any more.
    trust: u8,
    /// The place behind the value.
    place: u16,
    /// The steps that followed lately, the last one first.
    next: [u16; 2],
}

/// A text in [`Learned::pieces`].
#[derive(Debug, Clone, Copy, Default)]
struct Text {
    piece: u32,
    len: u16,
}

/// A piece of a text: all of it, mostly. Always compared as a whole, so that the processor has no loop to guess at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    words: [u64; PIECE / 8],
    /// The bytes that belong to the text.
    masks: [u64; PIECE / 8],
}

/// What stands behind a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// A string, whose quote is the last byte of the text.
    Text(Option<u8>),
    /// A number or a word.
    Scalar(Option<u8>),
    /// The object has ended.
    End,
}

/// What is open between two values, outermost first, and the steps that were seen there.
#[derive(Debug, Default)]
struct Place {
    open: Vec<Open>,
    steps: Vec<u16>,
}

/// An open object or array, with what its values or elements are to [`Keys`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Object(Option<u16>),
    Array(Option<u8>, Option<u16>),
}

impl Text {
    #[inline(always)]
    fn len(self) -> usize {
        usize::from(self.len)
    }

    /// Whether the text stands there. An empty text stands nowhere.
    #[inline(always)]
    fn is_at(self, pieces: &[Piece], line: &[u8], at: usize) -> bool {
        let Some(piece) = pieces.get(self.piece as usize).filter(|_| self.len > 0) else { return false };
        match line.get(at..).and_then(|rest| rest.first_chunk()) {
            Some(text) => {
                piece.is(text)
                    && (self.len() <= PIECE || self.is(pieces, line.get(at..at + self.len()).unwrap_or_default()))
            }
            // The end of the line is near.
            None => self.is(pieces, line.get(at..at + self.len()).unwrap_or_default()),
        }
    }

    /// Whether this is the text.
    fn is(self, pieces: &[Piece], text: &[u8]) -> bool {
        let pieces = pieces.get(self.piece as usize..).unwrap_or_default();
        self.len() == text.len() && text.chunks(PIECE).zip(pieces).all(|(text, piece)| Piece::of(text) == *piece)
    }
}

impl Piece {
    fn of(text: &[u8]) -> Piece {
        let word = |n: usize| {
            let text = text.get(8 * n..).unwrap_or_default();
            let (mut word, mut mask) = ([0; 8], [0; 8]);
            for ((byte, word), mask) in text.iter().zip(&mut word).zip(&mut mask) {
                (*word, *mask) = (*byte, 0xff);
            }
            (u64::from_le_bytes(word), u64::from_le_bytes(mask))
        };
        Piece { words: std::array::from_fn(|n| word(n).0), masks: std::array::from_fn(|n| word(n).1) }
    }

    #[inline(always)]
    fn is(&self, text: &[u8; PIECE]) -> bool {
        let mut differ = 0;
        for ((text, word), mask) in text.as_chunks::<8>().0.iter().zip(&self.words).zip(&self.masks) {
            differ |= (u64::from_le_bytes(*text) ^ word) & mask;
        }
        differ == 0
    }
}

impl Step {
    /// Whether the text stands there, and the value can follow.
    #[inline(always)]
    fn is_at(&self, pieces: &[Piece], line: &[u8], at: usize) -> bool {
        // `"a":` is the beginning of `"a":"` and of `"a":{`.
        let follows = |then| match then {
            Then::Scalar(_) => line.get(at + self.text.len()).is_some_and(|byte| is_scalar(*byte)),
            Then::Text(_) | Then::End => true,
        };
        self.text.is_at(pieces, line, at) && follows(self.then)
    }
}

impl Default for Learned {
    fn default() -> Learned {
        let start =
            Step { text: Text::default(), then: Then::End, usual: Text::default(), trust: 0, place: 0, next: [0; 2] };
        Learned { pieces: Vec::new(), steps: vec![start], places: vec![Place::default()], credit: CREDIT, rest: 0 }
    }
}

impl Learned {
    /// Reads the object at the line's first byte as [`super::scan::scan`] does, and returns where it ends. `None` is a
    /// surprise, whatever has been found by then.
    #[inline]
    pub(super) fn follow<'a>(
        &mut self,
        line: &'a [u8],
        arena: &'a Bump,
        found: &mut impl FnMut(usize, Value<'a>),
    ) -> Option<usize> {
        if self.rest > 0 {
            self.rest -= 1;
            return None;
        }
        let end = self.walk(line, arena, found);
        match end {
            Some(_) => self.credit = (self.credit + 1).min(CREDIT),
            None if self.credit < SURPRISE => (self.credit, self.rest) = (CREDIT / 2, REST),
            None => self.credit -= SURPRISE,
        }
        end
    }

    #[inline]
    fn walk<'a>(&mut self, line: &'a [u8], arena: &'a Bump, found: &mut impl FnMut(usize, Value<'a>)) -> Option<usize> {
        let (mut at, mut before) = (0, 0);
        loop {
            let [guess, other] = self.steps[before].next;
            let mut number = usize::from(guess);
            let mut step = self.steps[number];
            if !step.is_at(&self.pieces, line, at) {
                number = self.look_up(before, usize::from(other), line, at)?;
                step = self.steps[number];
                self.steps[before].next = [number as u16, guess];
            }
            at += step.text.len();
            let start = at;
            match step.then {
                Then::Text(slot) if step.trust > 0 && step.usual.is_at(&self.pieces, line, at) => {
                    at += step.usual.len() - 1;
                    if let Some(slot) = slot {
                        found(usize::from(slot), Value { text: &line[start..at], quoted: true });
                    }
                }
                Then::Text(slot) => {
                    self.steps[number].trust = step.trust.saturating_sub(1);
                    at = first_of_two(line, at, b'"', b'\\');
                    let escaped = line.get(at) == Some(&b'\\');
                    while line.get(at) == Some(&b'\\') {
                        at = first_of_two(line, at + 2, b'"', b'\\');
                    }
                    let text = line.get(start..at).filter(|_| at < line.len())?;
                    if let Some(slot) = slot {
                        let text = if escaped { unescape(text, arena) } else { text };
                        found(usize::from(slot), Value { text, quoted: true });
                    }
                }
                Then::Scalar(slot) => {
                    at = scalar_end(line, at)?;
                    let text = &line[start..at];
                    if let Some(slot) = slot.filter(|_| text != b"null") {
                        found(usize::from(slot), Value { text, quoted: false });
                    }
                }
                Then::End => return Some(at),
            }
            before = number;
        }
    }

    /// The step that comes after `before`, most likely `other`.
    #[cold]
    fn look_up(&self, before: usize, other: usize, line: &[u8], at: usize) -> Option<usize> {
        let is_at = |step: usize| self.steps[step].is_at(&self.pieces, line, at);
        if is_at(other) {
            return Some(other);
        }
        let steps = &self.places[usize::from(self.steps[before].place)].steps;
        steps.iter().map(|step| usize::from(*step)).find(|step| is_at(*step))
    }

    /// Learns a line that the scanner has read. Lines that it leaves out, for their length or their escaped keys, stay
    /// surprises.
    #[cold]
    pub(super) fn learn(&mut self, line: &[u8], keys: &Keys) {
        if self.rest == 0 && self.steps.len() < MAX_STEPS {
            let _ = Lesson { learned: self, line, keys, at: 0, text: 0, before: 0, open: Vec::new() }.take();
        }
    }

    fn text(&mut self, text: &[u8]) -> Option<Text> {
        let (piece, len) = (u32::try_from(self.pieces.len()).ok()?, u16::try_from(text.len()).ok()?);
        self.pieces.extend(text.chunks(PIECE).map(Piece::of));
        Some(Text { piece, len })
    }

    fn place(&mut self, open: &[Open]) -> usize {
        self.places.iter().position(|place| place.open == open).unwrap_or_else(|| {
            self.places.push(Place { open: open.to_vec(), steps: Vec::new() });
            self.places.len() - 1
        })
    }
}

/// Behind the number or word that begins at `at`, if it ends as one may.
#[inline(always)]
fn scalar_end(line: &[u8], mut at: usize) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // Digits at one go: how many there are differs from line to line, and no loop should have to guess.
    while let Some(word) = line.get(at..).and_then(|rest| rest.first_chunk()) {
        let digits = u64::from_le_bytes(*word) ^ (ONES * b'0' as u64);
        let others = (((digits & (ONES * 0x7f)) + ONES * 0x76) | digits) & (ONES * 0x80);
        at += others.trailing_zeros() as usize / 8;
        if others != 0 {
            break;
        }
    }
    loop {
        match line.get(at)? {
            byte if is_scalar(*byte) => at += 1,
            b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n' => return Some(at),
            _ => return None,
        }
    }
}

/// A line that is being learned.
struct Lesson<'l> {
    learned: &'l mut Learned,
    line: &'l [u8],
    keys: &'l Keys,
    at: usize,
    /// Where the text since the last value begins.
    text: usize,
    /// The step before that text.
    before: usize,
    open: Vec<Open>,
}

impl Lesson<'_> {
    fn take(&mut self) -> Option<()> {
        self.byte(b'{')?;
        self.open.push(Open::Object(Some(0)));
        // An object or an array may end where its first member would stand.
        let mut first = true;
        while let Some(open) = self.open.last().copied() {
            let close = if matches!(open, Open::Object(_)) { b'}' } else { b']' };
            if self.peek()? == close {
                self.at += 1;
                self.open.pop();
                first = false;
                continue;
            }
            if !first {
                self.byte(b',')?;
            }
            let (slot, node) = match open {
                Open::Object(node) => {
                    self.byte(b'"')?;
                    let key = self.at;
                    self.at = first_of_two(self.line, self.at, b'"', b'\\');
                    let key = &self.line[key..self.at];
                    self.byte(b'"')?;
                    self.byte(b':')?;
                    node.map_or((None, None), |node| self.keys.meaning(node, key))
                }
                Open::Array(slot, node) => (slot, node),
            };
            first = false;
            match self.peek()? {
                b'{' => {
                    self.open.push(Open::Object(node));
                    self.at += 1;
                    first = true;
                }
                b'[' => {
                    self.open.push(Open::Array(slot, node));
                    self.at += 1;
                    first = true;
                }
                b'"' => {
                    self.at += 1;
                    self.step(Then::Text(slot))?;
                    let start = self.at;
                    let mut escaped = false;
                    loop {
                        self.at = first_of_two(self.line, self.at, b'"', b'\\');
                        match self.line.get(self.at)? {
                            b'"' => break,
                            _ => self.at += 2,
                        }
                        escaped = true;
                    }
                    let text = &self.line[start..=self.at];
                    if self.learned.steps[self.before].usual.len == 0 && text.len() <= MAX_USUAL && !escaped {
                        let usual = self.learned.text(text)?;
                        let step = &mut self.learned.steps[self.before];
                        (step.usual, step.trust) = (usual, TRUST);
                    }
                    self.text = self.at;
                    self.at += 1;
                }
                byte if is_scalar(byte) => {
                    self.step(Then::Scalar(slot))?;
                    self.at = scalar_end(self.line, self.at)?;
                    self.text = self.at;
                }
                _ => return None,
            }
            if self.open.len() > MAX_DEPTH {
                return None;
            }
        }
        self.step(Then::End)
    }

    /// Keeps the text up to here.
    fn step(&mut self, then: Then) -> Option<()> {
        let Lesson { learned, line, at, text, before, open, .. } = self;
        let text = &line[*text..*at];
        let from = usize::from(learned.steps[*before].place);
        let known = learned.places[from].steps.iter().copied().find(|step| {
            let step = &learned.steps[usize::from(*step)];
            step.then == then && step.text.is(&learned.pieces, text)
        });
        let step = match known {
            Some(step) => step,
            None => {
                if text.len() > MAX_TEXT || learned.steps.len() >= MAX_STEPS {
                    return None;
                }
                let place = learned.place(open) as u16;
                let text = learned.text(text)?;
                let step = learned.steps.len() as u16;
                learned.steps.push(Step { text, then, usual: Text::default(), trust: 0, place, next: [0; 2] });
                learned.places[from].steps.push(step);
                step
            }
        };
        let next = &mut learned.steps[*before].next;
        if next[0] != step {
            *next = [step, next[0]];
        }
        *before = usize::from(step);
        Some(())
    }

    fn byte(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.line.get(self.at)? {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                byte => return Some(*byte),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value as Tree;

    use super::super::scan::{Broken, scan};
    use super::*;

    type Found = Vec<(usize, Vec<u8>, bool)>;

    fn scanned(line: &[u8], keys: &Keys) -> (Result<usize, Broken>, Found) {
        let (arena, mut out) = (Bump::new(), Vec::new());
        let end = scan(line, keys, &arena, &mut |slot, value| out.push((slot, value.text.to_vec(), value.quoted)));
        (end, out)
    }

    /// What one line was read as from what is learned, if it was; it is learned if the scanner can read it.
    fn followed(learned: &mut Learned, line: &[u8], keys: &Keys) -> Option<(Result<usize, Broken>, Found)> {
        let (arena, mut out) = (Bump::new(), Vec::new());
        let end = learned.follow(line, &arena, &mut |slot, value| out.push((slot, value.text.to_vec(), value.quoted)));
        if end.is_none() && scanned(line, keys).0.is_ok() {
            learned.learn(line, keys);
        }
        Some((Ok(end?), out))
    }

    fn keys() -> Keys {
        Keys::new(["a", "b", "a.b", "b.a", "c.a.b", "a.a", "c"], &["d", "d.c"])
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof!["[a-c]{0,12}", "[\"\\\\{}\\[\\],:a ]{0,9}", "\\PC{0,40}"]
    }

    fn tree() -> impl Strategy<Value = Tree> {
        let leaf = prop_oneof![
            Just(Tree::Null),
            any::<bool>().prop_map(Tree::Bool),
            any::<i64>().prop_map(|number| Tree::Number(number.into())),
            text().prop_map(Tree::String),
            text().prop_map(Tree::String),
        ];
        leaf.prop_recursive(4, 24, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Tree::Array),
                prop::collection::btree_map("[a-e]", inner, 0..5)
                    .prop_map(|members| Tree::Object(members.into_iter().collect())),
            ]
        })
    }

    /// Members in any order, some of them twice.
    fn line() -> impl Strategy<Value = String> {
        let member = ("[a-e]|a\\.b|[\\PC--\"\\\\]{1,3}", tree()).prop_map(|(key, value)| format!("\"{key}\":{value}"));
        let flat = prop_oneof![text().prop_map(Tree::String), any::<u16>().prop_map(Tree::from)];
        let flat = ("[a-e]", flat).prop_map(|(key, value)| format!("\"{key}\":{value}"));
        let members = prop_oneof![prop::collection::vec(flat, 0..7), prop::collection::vec(member, 0..7)];
        (members, prop_oneof![4 => Just(","), 1 => Just(", ")], prop_oneof![4 => Just(""), 1 => Just("\r")])
            .prop_map(|(members, comma, end)| format!("{{{}}}{end}", members.join(comma)))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn every_line_is_read_as_the_scanner_reads_it(
            lines in prop::collection::vec(line(), 1..30),
            damage in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 0..9),
        ) {
            let (keys, mut learned) = (keys(), Learned::default());
            let mut lines: Vec<Vec<u8>> = lines.into_iter().map(String::into_bytes).collect();
            let whole = lines.clone();
            for (line, at, byte) in damage {
                let line = line.index(lines.len());
                let at = at.index(lines[line].len());
                if byte < 64 {
                    lines[line].truncate(at);
                } else {
                    lines[line][at] = b"\"\\{}[],: nx0"[usize::from(byte) % 12];
                }
                if lines[line].is_empty() {
                    lines[line].push(b'{');
                }
            }
            for line in whole.iter().chain(&lines).chain(&whole).chain(&lines) {
                if let Some(read) = followed(&mut learned, line, &keys) {
                    prop_assert_eq!(read, scanned(line, &keys), "{}", String::from_utf8_lossy(line));
                }
            }
        }

        #[test]
        fn a_line_that_was_learned_is_no_surprise(line in line()) {
            let (keys, mut learned) = (keys(), Learned::default());
            prop_assume!(scanned(line.as_bytes(), &keys).0.is_ok());
            followed(&mut learned, line.as_bytes(), &keys);
            prop_assert_eq!(followed(&mut learned, line.as_bytes(), &keys), Some(scanned(line.as_bytes(), &keys)));
        }
    }

    #[test]
    fn keys_may_be_missing_or_trade_places() {
        let (keys, mut learned) = (keys(), Learned::default());
        let lines = [r#"{"a":"x","b":12,"e":["p","q"],"c":"n"}"#, r#"{"b":1,"a":"y"}"#, r#"{"e":[],"c":"z"}"#];
        for line in lines {
            assert_eq!(followed(&mut learned, line.as_bytes(), &keys), None, "{line}");
        }
        for line in
            [r#"{"a":"q\"","b":1,"e":["1","2","3"],"c":"r"}"#, r#"{"b":2,"a":"}"}"#, r#"{"a":"","b":3,"a":"again"}"#]
        {
            let read = followed(&mut learned, line.as_bytes(), &keys);
            assert_eq!(read, Some(scanned(line.as_bytes(), &keys)), "{line}");
        }
    }

    #[test]
    fn keys_that_are_data_are_given_up() {
        let (keys, mut learned) = (keys(), Learned::default());
        for n in 0..100_000 {
            followed(&mut learned, format!("{{\"key {n}\":1,\"a\":2}}").as_bytes(), &keys);
        }
        assert!(learned.steps.len() <= MAX_STEPS && learned.pieces.len() <= MAX_STEPS * (MAX_TEXT + MAX_USUAL));
    }
}
