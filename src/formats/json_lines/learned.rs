//! Lines that are written like those before them, read without a parser.
//!
//! One program writes the lines of a log, so the text *between* values hardly changes: `","email":"`, `},"source":{"ip":"`.
//! Such a text says everything about structure: which objects end and begin there, and whose value comes next. A line
//! that the scanner has read is learned as its values and the texts between them; a line of the same make is then
//! a few comparisons of eight bytes and a search for the end of each value.
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
/// A surprise costs this many lines that held none; without credit, so many lines go straight to the scanner.
const SURPRISE: u32 = 4;
const CREDIT: u32 = 64;
const REST: u32 = 512;

/// What the lines so far have shown.
pub(in crate::formats) struct Learned {
    /// The texts of all steps, in words of eight bytes; a text begins with a word of its own.
    words: Vec<u64>,
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
    /// Where the text begins in [`Learned::words`].
    word: usize,
    len: usize,
    /// The bytes of the last word that belong to the text.
    mask: u64,
    then: Then,
    /// The place behind that value.
    place: usize,
    /// The steps that followed lately, the last one first.
    next: [u16; 2],
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

/// The step before the first.
const START: Step = Step { word: 0, len: 0, mask: 0, then: Then::End, place: 0, next: [0; 2] };

impl Default for Learned {
    fn default() -> Learned {
        Learned { words: Vec::new(), steps: vec![START], places: vec![Place::default()], credit: CREDIT, rest: 0 }
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
            let [guess, other] = self.steps[before].next.map(usize::from);
            let step = if self.is_at(guess, line, at) {
                guess
            } else {
                let step = if self.is_at(other, line, at) { other } else { self.look_up(before, line, at)? };
                self.steps[before].next = [step as u16, guess as u16];
                step
            };
            let Step { len, then, .. } = self.steps[step];
            at += len;
            let start = at;
            match then {
                Then::Text(slot) => {
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
            before = step;
        }
    }

    /// Whether the step's text stands there, and its value can follow.
    #[inline(always)]
    fn is_at(&self, step: usize, line: &[u8], at: usize) -> bool {
        let Step { word, len, mask, then, .. } = self.steps[step];
        let words = &self.words[word..word + len.div_ceil(8)];
        let Some((last, most)) = words.split_last() else { return false };
        let same = match line.get(at..at + words.len() * 8).map(|text| text.as_chunks::<8>().0) {
            Some([text @ .., end]) => {
                let mut differ = (u64::from_le_bytes(*end) ^ last) & mask;
                for (text, word) in text.iter().zip(most) {
                    differ |= u64::from_le_bytes(*text) ^ word;
                }
                differ == 0
            }
            // The end of the line is near.
            _ => line.get(at..at + len).is_some_and(|text| {
                text.chunks(8).zip(words).all(|(text, word)| text == &word.to_le_bytes()[..text.len()])
            }),
        };
        // `"a":` is the beginning of `"a":"` and of `"a":{`.
        same && (!matches!(then, Then::Scalar(_)) || line.get(at + len).is_some_and(|byte| is_scalar(*byte)))
    }

    #[cold]
    fn look_up(&self, before: usize, line: &[u8], at: usize) -> Option<usize> {
        let steps = &self.places[self.steps[before].place].steps;
        steps.iter().map(|step| usize::from(*step)).find(|step| self.is_at(*step, line, at))
    }

    /// Learns a line that the scanner has read. Lines that it leaves out, for their length or their escaped keys, stay
    /// surprises.
    #[cold]
    pub(super) fn learn(&mut self, line: &[u8], keys: &Keys) {
        if self.rest == 0 && self.steps.len() < MAX_STEPS {
            let _ = Lesson { learned: self, line, keys, at: 0, text: 0, before: 0, open: Vec::new() }.take();
        }
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
                    loop {
                        self.at = first_of_two(self.line, self.at, b'"', b'\\');
                        match self.line.get(self.at)? {
                            b'"' => break,
                            _ => self.at += 2,
                        }
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
        let from = learned.steps[*before].place;
        let known = learned.places[from].steps.iter().copied().find(|step| {
            let Step { word, len, then: known, .. } = learned.steps[usize::from(*step)];
            let words = &learned.words[word..word + len.div_ceil(8)];
            known == then
                && len == text.len()
                && text.chunks(8).zip(words).all(|(text, word)| text == &word.to_le_bytes()[..text.len()])
        });
        let step = match known {
            Some(step) => step,
            None => {
                if text.len() > MAX_TEXT || learned.steps.len() >= MAX_STEPS {
                    return None;
                }
                let place = learned.place(open);
                let word = learned.words.len();
                learned.words.extend(text.chunks(8).map(|text| {
                    let mut word = [0; 8];
                    word[..text.len()].copy_from_slice(text);
                    u64::from_le_bytes(word)
                }));
                let mask = u64::MAX >> (8 * (8 - 1 - (text.len() + 7) % 8));
                let step = learned.steps.len() as u16;
                learned.steps.push(Step { word, len: text.len(), mask, then, place, next: [0; 2] });
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
        assert!(learned.steps.len() <= MAX_STEPS && learned.words.len() <= MAX_STEPS * MAX_TEXT);
    }
}
