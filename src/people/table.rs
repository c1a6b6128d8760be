//! A directory as text: rows with keys and attributes, each with its place for messages.

use std::borrow::Cow;
use std::io::Read;
use std::ops::Range as Bytes;
use std::sync::Arc;

use encoding_rs_io::DecodeReaderBytes;

use super::columns::Column;
use super::diags::Code;
use super::networks::Range;
use super::texts::{TextId, Texts};
use crate::diag::nearest::nearest;
use crate::diag::{Diagnostic, Level, Source, Span};
use crate::traffic::{bare_device, bare_login};

/// What a row is found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    /// A person's number.
    Id(String),
    /// In lower case.
    Mail(String),
    /// As facts write it.
    Login(String),
    Range(Range),
    Device(String),
}

/// One row.
#[derive(Debug)]
pub(super) struct Row {
    /// Where it begins in the text.
    pub at: usize,
    /// With the column in which each stands.
    pub keys: Vec<(u16, Key)>,
    pub name: TextId,
    pub department: TextId,
    pub site: TextId,
    pub manager: TextId,
}

/// All rows that are about anybody or anything.
pub(super) struct Table {
    pub rows: Vec<Row>,
    /// Rows without a key.
    pub keyless: u64,
    pub problems: Problems,
}

/// What is wrong, with a limit for each kind: a wrong column would be told fifty thousand times.
pub(super) struct Problems {
    source: Arc<Source>,
    delimiter: u8,
    told: Vec<Diagnostic>,
    counts: [u64; Code::ALL.len()],
}

/// How many problems of one kind are told.
const TOLD: u64 = 20;

impl Problems {
    /// Notes a problem with a cell.
    pub fn cell(
        &mut self,
        (code, level): (Code, Level),
        (row, column): (usize, u16),
        message: impl FnOnce() -> String,
        label: &str,
        help: &str,
    ) -> Option<&mut Diagnostic> {
        let count = &mut self.counts[code as usize];
        *count += 1;
        if *count > TOLD {
            return None;
        }
        let span = Span::new(&self.source, cell(self.source.text(), row, column, self.delimiter), label);
        self.told.push(Diagnostic::new(code.as_str(), level, message()).at(span).help(help));
        self.told.last_mut()
    }

    /// Notes a problem between two cells, the first of which was there before.
    pub fn two_cells(
        &mut self,
        (code, level): (Code, Level),
        first: (usize, u16),
        second: (usize, u16),
        message: impl FnOnce() -> String,
        help: &str,
    ) {
        let before = Span::new(&self.source, cell(self.source.text(), first.0, first.1, self.delimiter), "and here");
        if let Some(told) = self.cell((code, level), second, message, "here", help) {
            *told = told.clone().and(before);
        }
    }

    /// Notes a problem with the whole.
    fn whole(&mut self, code: Code, message: impl Into<String>, bytes: Bytes<usize>, label: &str, help: String) {
        self.counts[code as usize] += 1;
        let span = Span::new(&self.source, bytes, label);
        self.told.push(Diagnostic::new(code.as_str(), Level::Error, message).at(span).help(help));
    }

    /// Everything, in the order of the file; what was left out is told as a number.
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        let mut told = self.told;
        told.sort_by_key(|problem| problem.primary().map_or(0, |span| span.range().start));
        for (code, count) in Code::ALL.iter().zip(self.counts) {
            if count > TOLD {
                let level = told.iter().find(|one| one.code() == code.as_str()).map_or(Level::Error, Diagnostic::level);
                let message = format!("{} more of this kind in `{}`", count - TOLD, self.source.name());
                told.push(Diagnostic::new(code.as_str(), level, message).help(code.description()));
            }
        }
        told
    }
}

/// The bytes of a cell, found again from where its row begins. Only messages ask.
fn cell(text: &str, row: usize, column: u16, delimiter: u8) -> Bytes<usize> {
    let bytes = text.as_bytes();
    let mut at = row.min(bytes.len());
    while matches!(bytes.get(at), Some(b'\r' | b'\n')) {
        at += 1;
    }
    let (mut start, mut left, mut quoted) = (at, column, false);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => quoted = !quoted,
            b'\r' | b'\n' if !quoted => break,
            byte if *byte == delimiter && !quoted => {
                if left == 0 {
                    break;
                }
                left -= 1;
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    let inner = text.get(start..at).unwrap_or_default();
    let start = start + (inner.len() - inner.trim_start().len());
    start..(start + inner.trim().len()).max(start)
}

/// As text: UTF-8 with or without a mark, UTF-16, and else the letters of Western Europe.
fn decoded(bytes: &[u8]) -> String {
    let mut text = Vec::with_capacity(bytes.len());
    // Reading from memory does not fail.
    let _ = DecodeReaderBytes::new(bytes).read_to_end(&mut text);
    match String::from_utf8(text) {
        Ok(text) => text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text),
        Err(error) => error.as_bytes().iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// The columns that mean something: what, how good a name, where.
type Columns = Vec<(Column, usize, u16)>;

fn columns(header: &csv::StringRecord) -> Columns {
    let known = |(index, name): (usize, &str)| {
        let (column, place) = Column::of(name)?;
        Some((column, place, u16::try_from(index).ok()?))
    };
    let mut columns: Columns = header.iter().enumerate().filter_map(known).collect();
    columns.sort_unstable();
    columns
}

fn records(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    let mut builder = csv::ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(delimiter).trim(csv::Trim::All);
    builder.from_reader(text.as_bytes())
}

/// Where the header begins, and the delimiter: the one that Excel names in a line of its own, else the one by which most
/// headers are known.
fn delimiter(text: &str) -> (usize, u8) {
    if let Some(rest) = text.strip_prefix("sep=")
        && let Some(delimiter @ (b',' | b';' | b'\t' | b'|')) = rest.bytes().next()
    {
        return (text.find('\n').map_or(text.len(), |newline| newline + 1), delimiter);
    }
    let known = |delimiter: u8| {
        let mut header = csv::StringRecord::new();
        let read = records(text, delimiter).read_record(&mut header).unwrap_or(false);
        if read { (columns(&header).len(), header.len()) } else { (0, 0) }
    };
    // The last of equals wins.
    let best = [b'|', b'\t', b';', b','].into_iter().max_by_key(|delimiter| known(*delimiter));
    (0, best.unwrap_or(b','))
}

impl Table {
    /// Reads a file under the name by which its user knows it.
    pub fn read(name: &str, bytes: &[u8], texts: &mut Texts) -> Table {
        let source = Arc::new(Source::new(name, decoded(bytes)));
        let text = source.text();
        let (from, delimiter) = delimiter(text);
        let problems =
            Problems { source: Arc::clone(&source), delimiter, told: Vec::new(), counts: [0; Code::ALL.len()] };
        let mut table = Table { rows: Vec::new(), keyless: 0, problems };
        let body = &text[from..];
        if body.trim().is_empty() {
            let help = "give a CSV file with a header: user,name,department,site".to_owned();
            table.problems.whole(Code::Empty, "the directory is empty", 0..0, "nothing here", help);
            return table;
        }
        let mut reader = records(body, delimiter);
        let mut record = csv::StringRecord::new();
        let mut header = csv::StringRecord::new();
        if !reader.read_record(&mut header).unwrap_or(false) {
            return table;
        }
        let head = from + header.position().map_or(0, |position| position.byte() as usize);
        let mut columns = columns(&header);
        if !columns.iter().any(|(column, ..)| *column <= Column::Name || *column >= Column::Address) {
            let near = header.iter().find_map(|name| nearest(&name.to_lowercase(), Column::key_names()));
            let help = match near {
                Some(near) => format!("did you mean `{near}`? the first row must name the columns, one of them `user`, `mail`, `address`, `network` or `device`"),
                None => "the first row must name the columns: `user`, `mail`, `address`, `network` or `device`, and `name`, `department`, `site`, `manager`".to_owned(),
            };
            let line = head..head + text[head..].lines().next().unwrap_or_default().len();
            let message = "no column says whom a row is about";
            table.problems.whole(Code::NoKeyColumn, message, line, "none of these names is known", help);
            return table;
        }
        table.drop_postal(&mut columns, body, delimiter);
        loop {
            match reader.read_record(&mut record) {
                Ok(true) => {
                    let at = from + record.position().map_or(0, |position| position.byte() as usize);
                    table.row(at, &record, header.len(), &columns, texts);
                }
                Ok(false) => break,
                // Text in memory that is UTF-8 has no errors; and a flexible reader minds no lengths.
                Err(_) => {}
            }
        }
        if memchr::memchr_iter(b'"', body.as_bytes()).count() % 2 == 1 {
            let at = open_quote(text, from, delimiter);
            let help = "close it, or write a quotation mark inside of quotes twice".to_owned();
            let message = "a quotation mark is opened and never closed";
            table.problems.whole(Code::OpenQuote, message, at..at + 1, "opened here", help);
        }
        table
    }

    /// A column `address` may hold streets: then no cell of it is an address of the network.
    fn drop_postal(&self, columns: &mut Columns, body: &str, delimiter: u8) {
        if !columns.iter().any(|(column, ..)| *column == Column::Address) {
            return;
        }
        let (mut ranges, mut others) = ([false; 64], [false; 64]);
        let mut record = csv::StringRecord::new();
        let mut reader = records(body, delimiter);
        let _ = reader.read_record(&mut record);
        while reader.read_record(&mut record).unwrap_or(false) {
            for (column, _, index) in columns.iter().filter(|(_, _, index)| *index < 64) {
                let cell = record.get(usize::from(*index)).unwrap_or_default();
                if *column == Column::Address && !cell.is_empty() && !ranges[usize::from(*index)] {
                    let is = parts(cell).any(|part| Range::read(part).is_some());
                    ranges[usize::from(*index)] |= is;
                    others[usize::from(*index)] |= !is;
                }
            }
        }
        columns.retain(|(column, _, index)| {
            let index = usize::from(*index);
            *column != Column::Address || index >= 64 || ranges[index] || !others[index]
        });
    }

    fn row(&mut self, at: usize, record: &csv::StringRecord, width: usize, columns: &Columns, texts: &mut Texts) {
        if record.iter().all(str::is_empty) {
            return;
        }
        if record.len() > width && record.iter().skip(width).any(|cell| !cell.is_empty()) {
            let message = || format!("a row has {} cells, the header has {width}", record.len());
            let help = "put cells that hold the delimiter in quotation marks";
            self.problems.cell(
                (Code::TooManyCells, Level::Error),
                (at, width as u16),
                message,
                "one cell too many",
                help,
            );
            return;
        }
        let mut row = Row {
            at,
            keys: Vec::new(),
            name: TextId::NONE,
            department: TextId::NONE,
            site: TextId::NONE,
            manager: TextId::NONE,
        };
        let (mut given, mut family) = ("", "");
        for (column, _, index) in columns {
            let cell = record.get(usize::from(*index)).unwrap_or_default();
            if cell.is_empty() || cell == "-" {
                continue;
            }
            let mut fill = |place: &mut TextId| {
                if *place == TextId::NONE {
                    *place = texts.id(cell);
                }
            };
            match column {
                Column::Name => fill(&mut row.name),
                Column::Department => fill(&mut row.department),
                Column::Site => fill(&mut row.site),
                Column::Manager => fill(&mut row.manager),
                Column::GivenName if given.is_empty() => given = cell,
                Column::Surname if family.is_empty() => family = cell,
                Column::GivenName | Column::Surname => {}
                _ => self.keys(&mut row, *column, *index, cell),
            }
        }
        if row.name == TextId::NONE && !(given.is_empty() && family.is_empty()) {
            row.name = texts.id(format!("{given} {family}").trim());
        }
        if row.keys.is_empty() && row.name == TextId::NONE {
            self.keyless += 1;
            return;
        }
        self.rows.push(row);
    }

    fn keys(&mut self, row: &mut Row, column: Column, index: u16, cell: &str) {
        for part in parts(cell) {
            let key = match column {
                Column::Id => Some(Key::Id(part.to_lowercase())),
                Column::Login => bare_login(part.as_bytes()).map(Key::Login),
                Column::Mail => Some(Key::Mail(mail(part))),
                Column::Alias if part.contains('@') => Some(Key::Mail(mail(part))),
                Column::Alias => bare_login(part.as_bytes()).map(Key::Login),
                Column::Device => bare_device(part.as_bytes()).map(Key::Device),
                Column::Address | Column::Network => match Range::read(part) {
                    Some(range) => Some(Key::Range(range)),
                    None => {
                        let (code, what, help) = match column {
                            Column::Address => (Code::BadAddress, "address", "write it as 10.1.2.3 or 2001:db8::7"),
                            _ => (
                                Code::BadNetwork,
                                "network",
                                "write it as 10.1.0.0/16, 10.1.0.0/255.255.0.0 or 10.1.0.1-10.1.0.99",
                            ),
                        };
                        let message = || format!("`{part}` is no {what}");
                        self.problems.cell((code, Level::Error), (row.at, index), message, "here", help);
                        None
                    }
                },
                _ => None,
            };
            row.keys.extend(key.map(|key| (index, key)));
        }
    }
}

/// The values of a cell: `;`, `|` and line ends stand between them. The delimiter of the file is one of them at most
/// where the cell is quoted.
fn parts(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([';', '|', '\n']).map(str::trim).filter(|part| !part.is_empty())
}

/// `smtp:Alice@Example.com` of Exchange without its scheme.
fn mail(text: &str) -> String {
    let lower = text.to_lowercase();
    let bare: Cow<'_, str> = match lower.split_once(':') {
        Some((_, address)) => Cow::Owned(address.to_owned()),
        None => Cow::Borrowed(&lower),
    };
    bare.into_owned()
}

/// Where the quotation mark stands that opens and is not closed: that of the first cell that runs over the end of its
/// line. Cells with line ends are rare, and one of them must be the wrong one.
fn open_quote(text: &str, from: usize, delimiter: u8) -> usize {
    let (mut opened, mut before, mut last) = (None, b'\n', from);
    for (at, byte) in text.bytes().enumerate().skip(from) {
        match byte {
            b'"' if opened.is_some() => opened = None,
            b'"' if before == delimiter || before == b'\n' || before == b'"' => {
                opened = Some(at);
                last = at;
            }
            b'\n' if opened.is_some() => break,
            _ => {}
        }
        before = byte;
    }
    opened.unwrap_or(last)
}
