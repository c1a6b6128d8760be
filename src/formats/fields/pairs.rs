//! Records of `key=value`, as firewalls write them: forty pairs, of which a dozen are wanted.
//!
//! ```text
//! date=2026-03-10 time=08:15:42 devname="FGT-EDGE" srcip=192.0.2.41 url="https://www.dropbox.com/a?b=c" user="" utm
//! ```
//!
//! A separator (a blank, a comma, a tab) ends a pair unless quotes surround it; a run of separators is one. What stands
//! before the first `=` of a pair is its key, a pair without `=` is a word and passed over. A value that begins with a quote
//! is what stands between its quotes, and there `\"` and `\\` mean `"` and `\`; any other backslash is one.
//!
//! Devices break this in three ways: they forget to escape a quote, they end a value in a backslash (`"C:\temp\"`), and
//! relays double or escape every quote (`user=""alice""`, `user=\"alice\"`). All of them show: a quote closes where no
//! separator follows, or a quote is escaped where none is open. Such a record is read again, more slowly, and there a quote
//! closes only if the record ends behind it or another key follows.
//!
//! A value whose quote is never closed was cut: half a host is another host, so it is left out.

use std::ops::ControlFlow;

use bumpalo::Bump;
use hashbrown::HashMap;

use super::delimited::Cells;
use super::kernel::{Bits, Escapes, Inside, LANES, blocks};

/// The keys of a kind of record: which of them are wanted, and which follows which.
///
/// Devices write their keys in much the same order all day. So each key remembers what came after it last time, and a pair
/// is known by comparing a few bytes; only where the order changes is a key looked up. This makes reading faster and
/// changes nothing of what is read.
///
/// ```
/// # use umbrascope::formats::fields::pairs::Keys;
/// let arena = bumpalo::Bump::new();
/// let mut keys = Keys::new(|key| [&b"user"[..], b"url"].iter().position(|want| *want == key));
/// let mut values = [None; 2];
/// let pairs = keys.read(br#"a=1 user="EXAMPLE\\alice" url=http://a.example/?b=c user=bob"#, b' ', &mut values, &arena);
/// assert_eq!(values, [Some(&br"EXAMPLE\alice"[..]), Some(b"http://a.example/?b=c")]);
/// assert_eq!(pairs, 4);
/// ```
pub struct Keys {
    slot_of: SlotOf,
    /// The first is no key but the beginning of a record.
    known: Vec<Known>,
    by_name: HashMap<Box<[u8]>, u16>,
}

/// Where the value of a key goes; `None` for keys that are not wanted.
type SlotOf = Box<dyn Fn(&[u8]) -> Option<usize>>;

/// A key and its value, which is `None` where it was cut.
pub type Found<'a> = (&'a [u8], Option<&'a [u8]>);

/// A key that was seen.
#[derive(Debug)]
struct Known {
    /// The key and its `=`.
    literal: Box<[u8]>,
    /// The first eight bytes of it, and which of them count.
    head: u64,
    mask: u64,
    slot: Option<u8>,
    /// What followed it last time.
    next: u16,
}

/// More keys are not remembered: no device has as many, but a broken file may.
const MAX_KNOWN: usize = 1024;
/// Longer ones neither.
const MAX_KEY: usize = 64;

/// One pair of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pair<'a> {
    /// From the key to the end of the value, quotes included.
    text: &'a [u8],
    /// Its quote is never closed.
    open: bool,
}

impl Keys {
    /// `slot_of` says where the value of a key goes. It is asked once for most keys and must always give the same answer.
    pub fn new(slot_of: impl Fn(&[u8]) -> Option<usize> + 'static) -> Keys {
        let start = Known { literal: Box::default(), head: 0, mask: 0, slot: None, next: 0 };
        Keys { slot_of: Box::new(slot_of), known: vec![start], by_name: HashMap::new() }
    }

    /// Puts the values of the wanted keys of `record` into `values`, where whatever was there is lost. Of several pairs with
    /// the same slot the first counts. Gives back how many pairs the record has.
    pub fn read<'a>(
        &mut self,
        record: &'a [u8],
        separator: u8,
        values: &mut [Option<&'a [u8]>],
        arena: &'a Bump,
    ) -> usize {
        values.fill(None);
        let (mut last, mut count) = (0, 0);
        let sound = split(record, separator, |pair| count += usize::from(self.take(pair, &mut last, values, arena)));
        if sound {
            return count;
        }
        values.fill(None);
        count = 0;
        split_slowly(record, separator, |key, value| {
            count += 1;
            if let Some(slot) = self.slot(key).and_then(|slot| values.get_mut(slot)) {
                *slot = slot.or(value);
            }
        });
        count
    }

    /// The same for a row of cells, each of which holds one pair: `"date=2026-03-10","devid=""FG100F"""`.
    pub fn read_cells<'a>(
        &mut self,
        record: &'a [u8],
        delimiter: u8,
        values: &mut [Option<&'a [u8]>],
        arena: &'a Bump,
    ) -> usize {
        values.fill(None);
        let (mut last, mut count) = (0, 0);
        for cell in Cells::new(record, delimiter) {
            let pair = Pair { text: cell.value(arena), open: cell.open };
            count += usize::from(self.take(pair, &mut last, values, arena));
        }
        count
    }

    fn slot(&mut self, key: &[u8]) -> Option<usize> {
        match self.by_name.get(key) {
            Some(at) => self.known[usize::from(*at)].slot.map(usize::from),
            None => (self.slot_of)(key),
        }
    }

    /// Takes one pair, given the key before it. False for a word.
    #[inline(always)]
    fn take<'a>(&mut self, pair: Pair<'a>, last: &mut u16, values: &mut [Option<&'a [u8]>], arena: &'a Bump) -> bool {
        let expected = self.known[usize::from(*last)].next;
        let known = &self.known[usize::from(expected)];
        let (slot, from) = if expected != 0 && known.begins(pair.text) {
            *last = expected;
            let Some(slot) = known.slot else { return true };
            (usize::from(slot), known.literal.len())
        } else {
            match self.look_up(pair.text, last) {
                Some((Some(slot), from)) => (slot, from),
                Some((None, _)) => return true,
                None => return false,
            }
        };
        if let Some(value) = values.get_mut(slot)
            && value.is_none()
        {
            *value = plain(&pair.text[from..], pair.open, arena);
        }
        true
    }

    /// The slot of a pair's key and where its value begins; `None` for a word. The key becomes the one expected there.
    #[cold]
    #[inline(never)]
    fn look_up(&mut self, pair: &[u8], last: &mut u16) -> Option<(Option<usize>, usize)> {
        let equals = memchr::memchr(b'=', pair)?;
        let key = &pair[..equals];
        let at = match self.by_name.get(key) {
            Some(at) => *at,
            None => {
                let slot = (self.slot_of)(key);
                if self.known.len() >= MAX_KNOWN || equals > MAX_KEY || slot.is_some_and(|slot| slot > 0xff) {
                    return Some((slot, equals + 1));
                }
                let at = self.known.len() as u16;
                self.known.push(Known::new(&pair[..=equals], slot.map(|slot| slot as u8)));
                self.by_name.insert(key.into(), at);
                at
            }
        };
        self.known[usize::from(*last)].next = at;
        *last = at;
        Some((self.known[usize::from(at)].slot.map(usize::from), equals + 1))
    }
}

impl Known {
    fn new(literal: &[u8], slot: Option<u8>) -> Known {
        let mut head = [0; 8];
        let len = literal.len().min(8);
        head[..len].copy_from_slice(&literal[..len]);
        let mask = if len == 8 { u64::MAX } else { (1 << (8 * len)) - 1 };
        Known { literal: literal.into(), head: u64::from_le_bytes(head), mask, slot, next: 0 }
    }

    /// Whether a pair has this key.
    #[inline(always)]
    fn begins(&self, pair: &[u8]) -> bool {
        let Some(first) = pair.first_chunk() else { return pair.starts_with(&self.literal) };
        if u64::from_le_bytes(*first) & self.mask != self.head {
            return false;
        }
        self.literal.len() <= 8 || pair.get(8..self.literal.len()) == Some(&self.literal[8..])
    }
}

/// What a value means: without its quotes, and without the backslashes that are no part of it.
#[inline(always)]
fn plain<'a>(value: &'a [u8], open: bool, arena: &'a Bump) -> Option<&'a [u8]> {
    match value {
        [b'"', inner @ .., b'"'] if !open => Some(match memchr::memchr(b'\\', inner) {
            None => inner,
            Some(first) => unescaped(inner, first, arena),
        }),
        [b'"', ..] if open => None,
        _ => Some(value),
    }
}

#[cold]
fn unescaped<'a>(value: &'a [u8], first: usize, arena: &'a Bump) -> &'a [u8] {
    let escapes = |at: usize| value[at] == b'\\' && matches!(value.get(at + 1), Some(b'"' | b'\\'));
    if !(first..value.len()).any(escapes) {
        return value;
    }
    let text = arena.alloc_slice_copy(value);
    let (mut from, mut to) = (0, 0);
    while from < value.len() {
        from += usize::from(escapes(from));
        text[to] = value[from];
        from += 1;
        to += 1;
    }
    &text[..to]
}

/// Shows the pairs of a record in turn. False if its quotes make no sense; some pairs have been shown then.
#[inline(always)]
fn split<'a>(record: &'a [u8], separator: u8, mut show: impl FnMut(Pair<'a>)) -> bool {
    let (mut escapes, mut inside) = (Escapes::default(), Inside::default());
    let (mut start, mut closed) = (0, 0);
    let sound = blocks(record, |at, block| {
        let marks = block.mask(b'"');
        let escaped = escapes.next(block.mask(b'\\'));
        let quotes = marks & !escaped;
        let within = inside.next(quotes);
        let separators = block.mask(separator) & !within;
        // A quote must not be closed but by a separator or the end, nor be escaped where none is open.
        let valid = u64::MAX >> LANES.saturating_sub(record.len() - at);
        let closing = quotes & !within;
        if ((closing << 1 | closed) & !separators & valid) | (marks & escaped & !within) != 0 {
            return ControlFlow::Break(());
        }
        closed = closing >> (LANES - 1);
        for bit in Bits(separators) {
            let end = at + bit;
            if start < end {
                show(Pair { text: &record[start..end], open: false });
            }
            start = end + 1;
        }
        ControlFlow::Continue(())
    });
    if sound.is_break() {
        return false;
    }
    if start < record.len() {
        show(Pair { text: &record[start..], open: inside.is_open() });
    }
    true
}

/// The same for records whose quotes make no sense: a quote closes only where the record ends or another key follows.
#[cold]
fn split_slowly<'a>(record: &'a [u8], separator: u8, mut show: impl FnMut(&'a [u8], Option<&'a [u8]>)) {
    let mut at = 0;
    loop {
        at += record[at..].iter().take_while(|byte| **byte == separator).count();
        let rest = &record[at..];
        let Some(stop) = rest.iter().position(|byte| *byte == separator || *byte == b'=') else { return };
        at += stop;
        if record[at] == separator {
            continue;
        }
        let key = &rest[..stop];
        at += 1;
        let value = &record[at..];
        let mark: &[u8] = match value {
            [b'\\', b'"', ..] => br#"\""#,
            // Nothing between quotes, or every quote doubled.
            [b'"', b'"', next, ..] if *next != separator => br#""""#,
            [b'"', ..] => b"\"",
            _ => b"",
        };
        if mark.is_empty() {
            let end = memchr::memchr(separator, value).unwrap_or(value.len());
            show(key, Some(&value[..end]));
            at += end;
            continue;
        }
        let end = memchr::memmem::find_iter(&value[mark.len()..], mark)
            .map(|found| found + mark.len())
            .find(|end| key_follows(&value[end + mark.len()..], separator));
        match end {
            Some(end) => {
                show(key, Some(&value[mark.len()..end]));
                at += end + mark.len();
            }
            None => {
                show(key, None);
                return;
            }
        }
    }
}

/// Whether the record ends here or goes on with a separator and a key.
fn key_follows(rest: &[u8], separator: u8) -> bool {
    let blanks = rest.iter().take_while(|byte| **byte == separator).count();
    rest.len() == blanks || blanks > 0 && is_pair(&rest[blanks..])
}

fn is_pair(text: &[u8]) -> bool {
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let key = text.iter().take(MAX_KEY).take_while(|byte| word(byte)).count();
    key > 0 && text.get(key) == Some(&b'=')
}

/// Whether a record begins with a key, or with a cell that does: nothing that carried it here stands before it.
pub fn begins_with_pair(record: &[u8]) -> bool {
    is_pair(record.strip_prefix(b"\"").unwrap_or(record))
}

/// The place of a key in a table of keys. Asked while compiling only; a key that is not there gives a place behind the last,
/// and the first use of it ends the build.
pub const fn place(keys: &[&str], key: &str) -> usize {
    let (mut place, key) = (0, key.as_bytes());
    while place < keys.len() {
        let other = keys[place].as_bytes();
        let mut same = 0;
        while same < key.len() && key.len() == other.len() && key[same] == other[same] {
            same += 1;
        }
        if same == key.len() {
            return place;
        }
        place += 1;
    }
    keys.len()
}

/// A key without the `<134>` that syslog puts before the first one where it puts nothing else.
///
/// ```
/// # use umbrascope::formats::fields::pairs::without_priority;
/// assert_eq!(without_priority(b"<134>id"), b"id");
/// ```
pub fn without_priority(key: &[u8]) -> &[u8] {
    match key {
        [b'<', rest @ ..] => memchr::memchr(b'>', &rest[..rest.len().min(4)]).map_or(key, |end| &rest[end + 1..]),
        _ => key,
    }
}

/// The pairs of a record, key and value, for those who look at a record once. Values are as written between their quotes.
///
/// ```
/// # use umbrascope::formats::fields::pairs::pairs;
/// let found = pairs(br#"a=1 word b="x y" c="cut"#, b' ');
/// assert_eq!(found, [(&b"a"[..], Some(&b"1"[..])), (b"b", Some(b"x y")), (b"c", None)]);
/// ```
pub fn pairs(record: &[u8], separator: u8) -> Vec<Found<'_>> {
    let mut found = Vec::new();
    let sound = split(record, separator, |pair| {
        if let Some(equals) = memchr::memchr(b'=', pair.text) {
            let value = match &pair.text[equals + 1..] {
                [b'"', ..] if pair.open => None,
                [b'"', inner @ .., b'"'] => Some(inner),
                value => Some(value),
            };
            found.push((&pair.text[..equals], value));
        }
    });
    if !sound {
        found.clear();
        split_slowly(record, separator, |key, value| found.push((key, value)));
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WANTED: [&[u8]; 4] = [b"a", b"srcip", b"destination", b"a_key_of_more_than_16"];

    fn slot_of(key: &[u8]) -> Option<usize> {
        WANTED.iter().position(|wanted| *wanted == key)
    }

    type Owned = Vec<(Vec<u8>, Option<Vec<u8>>)>;

    /// Byte by byte, as the head of the file tells it: the pairs, or `None` where quotes make no sense.
    fn reference(record: &[u8], separator: u8) -> Option<Owned> {
        let (mut pairs, mut text) = (Owned::new(), Vec::new());
        let (mut open, mut escaped, mut closed) = (false, false, false);
        let mut push = |text: &mut Vec<u8>, open: bool| {
            if let Some(equals) = text.iter().position(|byte| *byte == b'=') {
                let value = &text[equals + 1..];
                let value = match value {
                    [b'"', ..] if open => None,
                    [b'"', inner @ .., b'"'] => {
                        let (mut plain, mut rest) = (Vec::new(), inner);
                        while let [first, tail @ ..] = rest {
                            match rest {
                                [b'\\', next @ (b'"' | b'\\'), tail @ ..] => {
                                    plain.push(*next);
                                    rest = tail;
                                }
                                _ => {
                                    plain.push(*first);
                                    rest = tail;
                                }
                            }
                        }
                        Some(plain)
                    }
                    _ => Some(value.to_vec()),
                };
                pairs.push((text[..equals].to_vec(), value));
            }
            text.clear();
        };
        for byte in record {
            if closed && *byte != separator {
                return None;
            }
            closed = false;
            if escaped {
                escaped = false;
                if *byte == b'"' && !open {
                    return None;
                }
            } else if *byte == b'\\' {
                escaped = true;
            } else if *byte == b'"' {
                closed = open;
                open = !open;
            }
            if *byte == separator && !open {
                push(&mut text, false);
            } else {
                text.push(*byte);
            }
        }
        push(&mut text, open);
        Some(pairs)
    }

    fn read(keys: &mut Keys, record: &[u8]) -> (Vec<Option<Vec<u8>>>, usize) {
        let arena = Bump::new();
        let mut values = [Some(&b"left over"[..]); WANTED.len()];
        let count = keys.read(record, b' ', &mut values, &arena);
        (values.iter().map(|value| value.map(<[u8]>::to_vec)).collect(), count)
    }

    fn keys() -> Keys {
        Keys::new(slot_of)
    }

    #[track_caller]
    fn check(record: &str, want: &[(&str, &str)]) {
        let mut want_values = vec![None; WANTED.len()];
        for (key, value) in want {
            want_values[slot_of(key.as_bytes()).expect("a wanted key")] = Some(value.as_bytes().to_vec());
        }
        assert_eq!(read(&mut keys(), record.as_bytes()).0, want_values, "{record}");
    }

    #[test]
    fn values_are_what_is_meant() {
        check("a=1 srcip=2", &[("a", "1"), ("srcip", "2")]);
        check("  a=1   srcip=2  ", &[("a", "1"), ("srcip", "2")]);
        check(r#"a="x y" srcip="""#, &[("a", "x y"), ("srcip", "")]);
        check("a= srcip=", &[("a", ""), ("srcip", "")]);
        check("a=b=c&d=e srcip", &[("a", "b=c&d=e")]);
        check(r#"a="say \"hi\" b=c" srcip=1"#, &[("a", r#"say "hi" b=c"#), ("srcip", "1")]);
        check(r#"a="EXAMPLE\alice" srcip="C:\\x""#, &[("a", r"EXAMPLE\alice"), ("srcip", r"C:\x")]);
        check("a=1 a=2", &[("a", "1")]);
        check("b=a=1 xa=2", &[]);
        check(
            "destination=x a_key_of_more_than_16=y destinatiom=z",
            &[("destination", "x"), ("a_key_of_more_than_16", "y")],
        );
    }

    #[test]
    fn a_value_that_was_cut_is_left_out() {
        check(r#"a=1 srcip="www.drop"#, &[("a", "1")]);
        check(r#"a=1 srcip="#, &[("a", "1"), ("srcip", "")]);
        check(r#"a=1 srcip=""#, &[("a", "1")]);
    }

    #[test]
    fn quotes_that_make_no_sense_are_read_by_the_keys_behind_them() {
        check(r#"a="say "hi" there" srcip=1"#, &[("a", r#"say "hi" there"#), ("srcip", "1")]);
        check(r#"a="C:\temp\" srcip="1" destination=2"#, &[("a", r"C:\temp\"), ("srcip", "1"), ("destination", "2")]);
        check(r#"a=""x y"" srcip="" destination=""z"""#, &[("a", "x y"), ("srcip", ""), ("destination", "z")]);
        check(r#"a=\"x y\" srcip=\"1\" destination=2"#, &[("a", "x y"), ("srcip", "1"), ("destination", "2")]);
        check(r#"a=5" b="x" srcip=1"#, &[("a", "5\""), ("srcip", "1")]);
        check(r#"b="x"y a="z srcip=1"#, &[]);
    }

    #[test]
    fn pairs_may_be_cells() {
        let arena = Bump::new();
        let mut values = [None; WANTED.len()];
        let row = br#""a=x, y","srcip=""FW 1""",destination=3,"a_key"#;
        assert_eq!(keys().read_cells(row, b',', &mut values, &arena), 3);
        assert_eq!(values, [Some(&b"x, y"[..]), Some(b"FW 1"), Some(b"3"), None]);
    }

    #[test]
    fn too_many_keys_are_read_all_the_same() {
        let mut keys = keys();
        for n in 0..2 * MAX_KNOWN {
            let record = format!("k{n}=x a={n} {}=1", "l".repeat(100));
            let (values, count) = read(&mut keys, record.as_bytes());
            assert_eq!((values[0].as_deref(), count), (Some(n.to_string().as_bytes()), 3));
        }
        assert!(keys.known.len() <= MAX_KNOWN);
    }

    /// Records in which all that matters is frequent, longer than a block.
    fn records() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            4 => prop::sample::select(vec!["a=", "srcip=", "destination=", "a_key_of_more_than_16=", "other=", "a_key="]),
            4 => Just(" "),
            3 => Just("\""),
            1 => prop::sample::select(vec!["\\", "=", "\"\"", "\\\"", "\" ", "=\""]),
            4 => prop::sample::select(vec!["x", "192.0.2.1", "https://www.dropbox.com/a?b=c", "\u{fc}", "\0"]),
        ];
        prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat().into_bytes())
    }

    proptest! {
        #[test]
        fn a_record_is_split_as_byte_by_byte(records in prop::collection::vec(records(), 1..8)) {
            let mut keys = keys();
            for record in &records {
                let got = read(&mut keys, record);
                // What was learned changes nothing.
                prop_assert_eq!(&got, &read(&mut self::keys(), record));
                if let Some(pairs) = reference(record, b' ') {
                    let first = |wanted: &[u8]| {
                        pairs.iter().filter(|(key, _)| key == wanted).find_map(|(_, value)| value.clone())
                    };
                    prop_assert_eq!(got, (WANTED.iter().map(|wanted| first(wanted)).collect(), pairs.len()));
                } else {
                    let sound = split(record, b' ', |_| {});
                    prop_assert!(!sound);
                }
            }
        }

        #[test]
        fn any_bytes_are_split(record in prop::collection::vec(any::<u8>(), 0..200), separator in any::<u8>()) {
            let arena = Bump::new();
            let mut values = [None; WANTED.len()];
            keys().read(&record, separator, &mut values, &arena);
            keys().read_cells(&record, separator, &mut values, &arena);
            pairs(&record, separator);
        }
    }
}
