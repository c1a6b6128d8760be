//! One pass over a JSON object that stops only at the keys which are wanted.
//!
//! Log lines are many short fields of which a dozen matter. A tree of values per record costs three times the reading;
//! here keys are looked up as they pass, values are slices of the line, and what nobody wants is skipped unread. The
//! scanner is lenient where a device's habits do no harm (numbers such as `00`, raw tabs in a text, bytes that are not
//! UTF-8) and strict about structure. It never looks back, so a line that was cut still yields what stood before the cut.

use bumpalo::Bump;

/// Deepest nesting that is followed: that of serde_json.
pub(in crate::formats) const MAX_DEPTH: usize = 128;

/// The wanted keys of an object and of the objects in it.
///
/// A dotted path finds its value however the object nests it: `{"a":{"b":1}}`, `{"a.b":1}`. Arrays are seen
/// through: each element stands at the array's own path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::formats) struct Keys {
    nodes: Vec<Node>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Node {
    edges: Vec<Edge>,
    /// 1-based numbers of edges at the place that [`hash`] gives their key or at the next free one; 0 is free.
    table: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Edge {
    key: Box<[u8]>,
    slot: Option<u8>,
    node: Option<u16>,
}

impl Keys {
    /// The `n`th path is reported as slot `n`. Objects under a wrapper's path are read as if they were the record.
    pub(in crate::formats) fn new<'p>(paths: impl IntoIterator<Item = &'p str>, wrappers: &[&str]) -> Keys {
        let mut keys = Keys { nodes: vec![Node::default()] };
        for (slot, path) in paths.into_iter().enumerate() {
            let parts: Vec<&str> = path.split('.').collect();
            keys.add(0, &parts, &mut |edge| {
                edge.slot = edge.slot.or(u8::try_from(slot).ok());
            });
        }
        for wrapper in wrappers {
            let parts: Vec<&str> = wrapper.split('.').collect();
            keys.add(0, &parts, &mut |edge| {
                edge.node = edge.node.or(Some(0));
            });
        }
        for node in &mut keys.nodes {
            node.index();
        }
        keys
    }

    /// Adds every way in which the parts may be grouped into keys.
    fn add(&mut self, node: usize, parts: &[&str], mark: &mut dyn FnMut(&mut Edge)) {
        for taken in 1..=parts.len() {
            let key = parts[..taken].join(".");
            let at = self.nodes[node].edge(key.as_bytes());
            if taken == parts.len() {
                mark(&mut self.nodes[node].edges[at]);
                continue;
            }
            let next = match self.nodes[node].edges[at].node {
                Some(next) => usize::from(next),
                None => {
                    let next = self.nodes.len();
                    // More objects than that are in no table of keys; the rest would simply not be found.
                    let Ok(number) = u16::try_from(next) else { return };
                    self.nodes.push(Node::default());
                    self.nodes[node].edges[at].node = Some(number);
                    next
                }
            };
            self.add(next, &parts[taken..], mark);
        }
    }

    /// The slot and the node of a key, where it has them.
    pub(super) fn meaning(&self, node: u16, key: &[u8]) -> (Option<u8>, Option<u16>) {
        self.find(node, key).map_or((None, None), |edge| (edge.slot, edge.node))
    }

    #[inline]
    fn find(&self, node: u16, key: &[u8]) -> Option<&Edge> {
        let node = self.nodes.get(usize::from(node))?;
        let mask = node.table.len().wrapping_sub(1);
        let mut place = hash(key) & mask;
        loop {
            let number = *node.table.get(place)?;
            let edge = node.edges.get(usize::from(number).checked_sub(1)?)?;
            if *edge.key == *key {
                return Some(edge);
            }
            place = (place + 1) & mask;
        }
    }
}

impl Node {
    fn edge(&mut self, key: &[u8]) -> usize {
        self.edges.iter().position(|edge| *edge.key == *key).unwrap_or_else(|| {
            self.edges.push(Edge { key: key.into(), slot: None, node: None });
            self.edges.len() - 1
        })
    }

    /// A quarter full at most, so that a key which is not wanted is mostly turned away at the first look.
    fn index(&mut self) {
        self.edges.truncate(usize::from(u8::MAX));
        self.table = vec![0; (self.edges.len().max(1) * 4).next_power_of_two()];
        let mask = self.table.len() - 1;
        for (number, edge) in self.edges.iter().enumerate() {
            let mut place = hash(&edge.key) & mask;
            while self.table[place] != 0 {
                place = (place + 1) & mask;
            }
            self.table[place] = number as u8 + 1;
        }
    }
}

/// Tells the keys of logs apart well enough; the table is ours, so nobody can aim at it.
#[inline]
fn hash(key: &[u8]) -> usize {
    let (Some(first), Some(last)) = (key.first(), key.last()) else { return 0 };
    let middle = key[key.len() / 2];
    let sum = usize::from(*first) | usize::from(middle) << 8 | usize::from(*last) << 16 | (key.len() & 0xff) << 24;
    let mixed = sum.wrapping_mul(0x9e37_79b1);
    (mixed >> 15) ^ (mixed >> 24)
}

/// A value that was wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::formats) struct Value<'a> {
    /// A text without its quotes and escapes, a number or `true` as written.
    pub(in crate::formats) text: &'a [u8],
    /// Whether it was written as a text.
    pub(in crate::formats) quoted: bool,
}

/// Where the scanner could not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::formats) struct Broken {
    /// 0-based.
    pub(in crate::formats) at: usize,
    /// The line ended before the object did; everything before it was well-formed.
    pub(in crate::formats) cut: bool,
}

/// Reads the object that begins at the first byte and hands out each wanted value, in the order of the line. `null` is
/// not a value. Returns where the object ends.
pub(in crate::formats) fn scan<'a>(
    line: &'a [u8],
    keys: &Keys,
    arena: &'a Bump,
    found: &mut impl FnMut(usize, Value<'a>),
) -> Result<usize, Broken> {
    let mut scanner = Scanner { line, at: 0, keys, arena, found };
    scanner.expect(b'{')?;
    scanner.object(0, 1)?;
    Ok(scanner.at)
}

struct Scanner<'a, 'k, F> {
    line: &'a [u8],
    at: usize,
    keys: &'k Keys,
    arena: &'a Bump,
    found: &'k mut F,
}

/// A string between its quotes.
#[derive(Clone, Copy)]
struct Span {
    start: usize,
    end: usize,
    escaped: bool,
}

impl<'a, F: FnMut(usize, Value<'a>)> Scanner<'a, '_, F> {
    /// Behind the `{`.
    fn object(&mut self, node: u16, depth: usize) -> Result<(), Broken> {
        if self.peek()? == b'}' {
            self.at += 1;
            return Ok(());
        }
        loop {
            let span = self.string()?;
            self.expect(b':')?;
            let edge = if span.escaped {
                let key = self.text(span);
                self.keys.find(node, key)
            } else {
                self.keys.find(node, &self.line[span.start..span.end])
            };
            match edge {
                Some(edge) => {
                    let (slot, node) = (edge.slot, edge.node);
                    self.value(slot, node, depth)?;
                }
                None => self.skip(depth)?,
            }
            match self.peek()? {
                b',' => self.at += 1,
                b'}' => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(self.broken()),
            }
        }
    }

    fn value(&mut self, slot: Option<u8>, node: Option<u16>, depth: usize) -> Result<(), Broken> {
        match (self.peek()?, slot, node) {
            (b'"', Some(slot), _) => {
                let span = self.string()?;
                let text = self.text(span);
                (self.found)(usize::from(slot), Value { text, quoted: true });
                Ok(())
            }
            (b'{', _, Some(node)) => {
                self.deeper(depth)?;
                self.at += 1;
                self.object(node, depth + 1)
            }
            (b'[', ..) => {
                self.deeper(depth)?;
                self.at += 1;
                self.array(slot, node, depth + 1)
            }
            (b'"' | b'{', ..) => self.skip(depth),
            (_, Some(slot), _) => {
                let (start, end) = self.scalar()?;
                let text = &self.line[start..end];
                if text != b"null" {
                    (self.found)(usize::from(slot), Value { text, quoted: false });
                }
                Ok(())
            }
            _ => self.scalar().map(|_| ()),
        }
    }

    /// Behind the `[`.
    fn array(&mut self, slot: Option<u8>, node: Option<u16>, depth: usize) -> Result<(), Broken> {
        if self.peek()? == b']' {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.value(slot, node, depth)?;
            match self.peek()? {
                b',' => self.at += 1,
                b']' => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(self.broken()),
            }
        }
    }

    /// Passes over a value of any kind.
    fn skip(&mut self, depth: usize) -> Result<(), Broken> {
        match self.peek()? {
            b'"' => self.string().map(|_| ()),
            b'{' | b'[' => self.skip_nested(depth),
            _ => self.scalar().map(|_| ()),
        }
    }

    /// Passes over an object or an array: only its strings and brackets are looked at.
    fn skip_nested(&mut self, depth: usize) -> Result<(), Broken> {
        // One bit a level: 1 for an object.
        let mut open = 0u128;
        let mut levels = 0;
        while let Some(byte) = self.line.get(self.at) {
            match byte {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => {
                    self.deeper(depth + levels)?;
                    open = open << 1 | u128::from(*byte == b'{');
                    levels += 1;
                }
                b'}' | b']' => {
                    if (open & 1 == 1) != (*byte == b'}') {
                        return Err(self.broken());
                    }
                    open >>= 1;
                    levels -= 1;
                    if levels == 0 {
                        self.at += 1;
                        return Ok(());
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
        Err(self.broken())
    }

    /// A number or a word, from its first byte to the one before a delimiter.
    fn scalar(&mut self) -> Result<(usize, usize), Broken> {
        let start = self.at;
        while let Some(byte) = self.line.get(self.at) {
            match byte {
                byte if is_scalar(*byte) => self.at += 1,
                b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n' if self.at > start => return Ok((start, self.at)),
                _ => return Err(self.broken()),
            }
        }
        // Half a number is another number.
        Err(self.broken())
    }

    /// A string, from its opening quote to behind its closing one.
    #[inline]
    fn string(&mut self) -> Result<Span, Broken> {
        self.expect(b'"')?;
        let start = self.at;
        let mut escaped = false;
        let mut at = start;
        loop {
            at = quote_or_backslash(self.line, at);
            match self.line.get(at) {
                Some(b'"') => {
                    self.at = at + 1;
                    return Ok(Span { start, end: at, escaped });
                }
                Some(_) => {
                    escaped = true;
                    at += 2;
                }
                None => {
                    self.at = self.line.len();
                    return Err(self.broken());
                }
            }
        }
    }

    #[inline]
    fn text(&self, span: Span) -> &'a [u8] {
        let text = &self.line[span.start..span.end];
        if span.escaped { unescape(text, self.arena) } else { text }
    }

    /// The next byte that is not white space.
    #[inline]
    fn peek(&mut self) -> Result<u8, Broken> {
        loop {
            match self.line.get(self.at) {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.at += 1,
                Some(byte) => return Ok(*byte),
                None => return Err(self.broken()),
            }
        }
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Result<(), Broken> {
        if self.peek()? != byte {
            return Err(self.broken());
        }
        self.at += 1;
        Ok(())
    }

    fn deeper(&self, depth: usize) -> Result<(), Broken> {
        if depth < MAX_DEPTH { Ok(()) } else { Err(self.broken()) }
    }

    fn broken(&self) -> Broken {
        Broken { at: self.at, cut: self.at >= self.line.len() }
    }
}

/// Whether a byte may be in a number or a word.
#[inline]
pub(super) fn is_scalar(byte: u8) -> bool {
    SCALAR[usize::from(byte)]
}

static SCALAR: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0u8;
    while byte < 0x80 {
        table[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+');
        byte += 1;
    }
    table
};

/// The first `"` or `\` at or after `at`, or the length. Eight bytes a step: strings in logs are too short for a call
/// into a SIMD search to pay.
#[inline]
fn quote_or_backslash(line: &[u8], mut at: usize) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    while let Some(word) = line.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*word);
        let quote = word ^ (ONES * b'"' as u64);
        let slash = word ^ (ONES * b'\\' as u64);
        // The lowest bit that is set marks the first byte that became zero.
        let hits = (quote.wrapping_sub(ONES) & !quote | slash.wrapping_sub(ONES) & !slash) & HIGHS;
        if hits != 0 {
            return at + hits.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while at < line.len() && !matches!(line[at], b'"' | b'\\') {
        at += 1;
    }
    at
}

/// A text without its escapes. By hand and not by serde_json, since a lone surrogate or a byte that is not UTF-8 must
/// not cost the record: what cannot be read stays as it is.
pub(in crate::formats) fn unescape<'a>(text: &[u8], arena: &'a Bump) -> &'a [u8] {
    // No escape is shorter than what it stands for.
    let out = arena.alloc_slice_fill_copy(text.len(), 0u8);
    let mut len = 0;
    let mut put = |bytes: &[u8]| {
        out[len..len + bytes.len()].copy_from_slice(bytes);
        len += bytes.len();
    };
    let mut rest = text;
    while let Some(slash) = memchr::memchr(b'\\', rest) {
        put(&rest[..slash]);
        rest = &rest[slash + 1..];
        let Some((kind, tail)) = rest.split_first() else {
            put(b"\\");
            break;
        };
        rest = tail;
        match kind {
            b'n' => put(b"\n"),
            b't' => put(b"\t"),
            b'r' => put(b"\r"),
            b'b' => put(&[8]),
            b'f' => put(&[12]),
            b'"' | b'\\' | b'/' => put(&[*kind]),
            b'u' => match character(tail) {
                Some((character, len)) => {
                    put(character.encode_utf8(&mut [0; 4]).as_bytes());
                    rest = &tail[len..];
                }
                None => put(b"\\u"),
            },
            _ => put(&[b'\\', *kind]),
        }
    }
    put(rest);
    &out[..len]
}

/// What follows `\u`: a character and the number of bytes it took.
fn character(text: &[u8]) -> Option<(char, usize)> {
    let high = hex4(text)?;
    if let Some(character) = char::from_u32(high) {
        return Some((character, 4));
    }
    let low = hex4(text.get(4..)?.strip_prefix(b"\\u")?)?;
    if !(0xd800..0xdc00).contains(&high) || !(0xdc00..0xe000).contains(&low) {
        return None;
    }
    char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)).map(|character| (character, 10))
}

fn hex4(text: &[u8]) -> Option<u32> {
    let digits = text.get(..4)?;
    digits.iter().try_fold(0, |value, digit| Some(value << 4 | char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value as Tree;

    use super::*;

    /// The (path, text) pairs of a tree, in the order of the line.
    fn flatten(path: &str, tree: &Tree, out: &mut Vec<(String, String)>) {
        match tree {
            Tree::Null => {}
            Tree::Object(members) => {
                for (key, value) in members {
                    flatten(&if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, value, out);
                }
            }
            Tree::Array(elements) => elements.iter().for_each(|element| flatten(path, element, out)),
            Tree::String(text) => out.push((path.to_owned(), text.clone())),
            other => out.push((path.to_owned(), other.to_string())),
        }
    }

    fn scanned(line: &[u8], paths: &[&str]) -> Result<Vec<(String, String)>, Broken> {
        let arena = Bump::new();
        let keys = Keys::new(paths.iter().copied(), &[]);
        let mut out = Vec::new();
        scan(line, &keys, &arena, &mut |slot, value| {
            out.push((paths[slot].to_owned(), String::from_utf8_lossy(value.text).into_owned()));
        })?;
        Ok(out)
    }

    fn tree() -> impl Strategy<Value = Tree> {
        let leaf = prop_oneof![
            Just(Tree::Null),
            any::<bool>().prop_map(Tree::Bool),
            any::<i64>().prop_map(|number| Tree::Number(number.into())),
            "\\PC{0,20}".prop_map(Tree::String),
            any::<String>().prop_map(Tree::String),
        ];
        let value = leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Tree::Array),
                prop::collection::btree_map("[a-c\"\\\\é\n]{1,2}", inner, 0..5)
                    .prop_map(|members| Tree::Object(members.into_iter().collect())),
            ]
        });
        prop::collection::btree_map("[a-d]{1,2}|[\\PC--.]{1,12}", value, 0..6)
            .prop_map(|members| Tree::Object(members.into_iter().collect()))
    }

    proptest! {
        #[test]
        fn finds_what_serde_json_finds(tree in tree(), pretty: bool, wanted: u64) {
            let line = if pretty { serde_json::to_vec_pretty(&tree) } else { serde_json::to_vec(&tree) }.unwrap();
            let mut all = Vec::new();
            flatten("", &tree, &mut all);
            let mut paths: Vec<&str> = all.iter().map(|(path, _)| path.as_str()).collect();
            paths.sort_unstable();
            paths.dedup();
            let mut bit = 0;
            paths.retain(|_| { bit += 1; wanted >> (bit % 64) & 1 == 1 });
            let expected: Vec<_> = all.iter().filter(|(path, _)| paths.contains(&path.as_str())).cloned().collect();
            prop_assert_eq!(scanned(&line, &paths), Ok(expected));
        }

        #[test]
        fn never_panics_and_a_cut_line_is_a_cut_line(tree in tree(), at: prop::sample::Index, junk: u8) {
            let mut line = serde_json::to_vec(&tree).unwrap();
            let at = at.index(line.len());
            let cut = scanned(&line[..at], &["a", "b.a", "c.a.b"]);
            prop_assert_eq!(cut, Err(Broken { at, cut: true }));
            line[at] = junk;
            let _ = scanned(&line, &["a", "b.a", "c.a.b"]);
        }

        #[test]
        fn unescapes_as_serde_json_does(text: String) {
            let arena = Bump::new();
            let escaped = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(unescape(&escaped.as_bytes()[1..escaped.len() - 1], &arena), text.as_bytes());
        }
    }

    #[test]
    fn dotted_and_nested_keys_are_one() {
        for line in [
            r#"{"a":{"b":{"c":1}}}"#,
            r#"{"a.b":{"c":1}}"#,
            r#"{"a":{"b.c":1}}"#,
            r#"{"a.b.c":1}"#,
            r#"{"a":[{"b":[{"c":[1]}]}]}"#,
        ] {
            assert_eq!(scanned(line.as_bytes(), &["a.b.c"]).unwrap(), [("a.b.c".to_owned(), "1".to_owned())], "{line}");
        }
    }

    #[test]
    fn wrappers_are_seen_through() {
        let arena = Bump::new();
        let keys = Keys::new(["a.b"], &["x.y"]);
        let mut seen = 0;
        scan(br#"{"x":{"y":{"a":{"b":1}}},"a":{"b":2}}"#, &keys, &arena, &mut |_, _| seen += 1).unwrap();
        assert_eq!(seen, 2);
    }

    #[test]
    fn broken_lines_are_broken_where_they_break() {
        for (line, at, cut) in [
            ("", 0, true),
            ("{", 1, true),
            ("x", 0, false),
            (r#"{"a" 1}"#, 5, false),
            (r#"{"a":1 2}"#, 7, false),
            (r#"{"a":}"#, 5, false),
            (r#"{"a":{"b":[}]}}"#, 11, false),
            (r#"{a:1}"#, 1, false),
            (r#"{"a":"x\"#, 8, true),
            (r#"{"a":12"#, 7, true),
        ] {
            assert_eq!(scanned(line.as_bytes(), &["q"]), Err(Broken { at, cut }), "{line}");
        }
    }

    #[test]
    fn depth_is_limited() {
        for wanted in ["q", "a"] {
            let deep = |levels: usize| format!("{{\"a\":{}1{}}}", "[".repeat(levels), "]".repeat(levels));
            assert!(scanned(deep(MAX_DEPTH - 1).as_bytes(), &[wanted]).is_ok());
            assert!(scanned(deep(MAX_DEPTH).as_bytes(), &[wanted]).is_err());
            assert!(scanned(deep(100_000).as_bytes(), &[wanted]).is_err());
        }
    }
}
