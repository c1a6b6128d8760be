//! Tables with a header row: what fifty products, SIEMs and people export as CSV or TSV.
//!
//! The header is found among the first lines, its names are looked up in [`alias`], and the few names that mean two things
//! are settled by what stands beneath them. A table is taken only if it has a time and a destination.
//!
//! ```text
//! "time","user","src ip","dst ip","dst port","host","action","bytes_sent","bytes_received"
//! "2026-03-10 08:15:42","alice","192.0.2.41","203.0.113.80","443","www.dropbox.com","allow","1798200","55110"
//! ```

use std::sync::Arc;

use bumpalo::Bump;

use super::fields::alias::{self, Field};
use super::fields::columns::Columns;
use super::fields::delimited::Cells;
use super::fields::draft::{self, Draft, NO_DESTINATION};
use super::fields::number;
use super::{About, Assume, Format, Framing, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Tells, Vote};
use crate::event::{parse_ip, split_url};

/// Tables with a header row.
pub struct CsvHeader;

impl Format for CsvHeader {
    fn id(&self) -> &'static str {
        "csv-header"
    }

    fn about(&self) -> About {
        About {
            name: "CSV or TSV with a header row",
            summary: "Any table of traffic whose first row names a time and a destination.",
            reference: "https://www.rfc-editor.org/rfc/rfc4180",
            proof: Proof::Verified,
            variants: &[],
        }
    }

    fn framing(&self) -> Framing {
        Framing::QuotedLines
    }

    fn sniff(&self, head: &Head<'_>, assume: &Assume) -> Guess {
        let Some(table) = Table::find(head) else { return Guess::NO };
        if !table.has_time() || !table.has_destination() {
            // A table of something else; whoever knows it better says so with a higher score.
            let lacks = if table.has_destination() { "time" } else { "destination" };
            return if table.known() >= 2 && table.is_square(head) {
                Guess::decline(40, format!("a table without a {lacks} column: columns are {}", table.list()))
            } else {
                Guess::NO
            };
        }
        let why = format!(
            "a header row of {} columns, time in `{}`, destination in `{}`",
            table.names.len(),
            table.name_of(is_time),
            table.name_of(is_destination),
        );
        let arena = Bump::new();
        let mut reader = Records::new(Arc::new(table), assume.clone());
        let share = head.vote(|line| match reader.record(line, &arena) {
            Parsed::Event(event) if event.at.is_some() => Vote::Yes,
            Parsed::Event(_) | Parsed::Bad(_) | Parsed::Layout(_) | Parsed::Identity(_) => Vote::No,
            Parsed::Skip("title row" | "header") => Vote::Abstain,
            Parsed::Skip(_) => Vote::Yes,
        });
        match share.of {
            0 => Guess::new(60, format!("{why}, no records")),
            _ if share.score(BEST) == 0 => {
                Guess::new(20, format!("{why}, but only {} of {} rows fit it", share.yes, share.of))
            }
            _ => Guess::new(share.score(BEST), format!("{why}; {} of {} rows fit it", share.yes, share.of)),
        }
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let table = Table::find(head).ok_or(Problem::new("no header row", 0))?;
        for (has, what) in [(table.has_time(), "time"), (table.has_destination(), "destination")] {
            if !has {
                let reason = format!("a table without a {what} column: columns are {}", table.list());
                return Err(Problem { reason: reason.into(), at: 0 });
            }
        }
        let mut tells = draft::tells(table.roles.iter().filter_map(|role| role.field()));
        if table.roles.iter().any(|role| role.field() == Some(Field::BytesTotal)) && tells.bytes_up != tells.bytes_down
        {
            tells = Tells { bytes_up: true, bytes_down: true, ..tells };
        }
        Ok(Layout::new(tells, Bound { table: Arc::new(table), assume: assume.clone() }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        let bound = layout.get::<Bound>();
        Box::new(Records::new(Arc::clone(&bound.table), bound.assume.clone()))
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "add the user's name to the columns of the export",
            Gap::Client => "add the client's address to the columns of the export",
            Gap::Host => "add the destination's name or the URL to the columns of the export",
            Gap::BytesUp => "add the bytes sent by the client to the columns of the export",
            Gap::BytesDown => "add the bytes received by the client to the columns of the export",
            Gap::Path => "add the URL to the columns of the export",
            Gap::Action => "add the action to the columns of the export",
            Gap::Visits => return None,
        })
    }
}

/// A header of names is good evidence, but any format that knows its product knows better.
const BEST: u8 = 78;

/// How far down the header may stand: some exports begin with a title, a date range, a filter.
const TITLE_ROWS: usize = 10;

/// Most wanted columns of one record.
const MAX_WANTED: usize = 40;

/// What a layout holds.
struct Bound {
    table: Arc<Table>,
    assume: Assume,
}

/// What a column is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// The field, and by how much its number is to be multiplied.
    Field(Field, u64),
    /// The product that a SIEM's row came from.
    Product,
}

impl Role {
    pub(super) fn field(self) -> Option<Field> {
        match self {
            Role::Field(field, _) => Some(field),
            Role::Product => None,
        }
    }
}

/// A table, once its header is understood.
#[derive(Debug)]
struct Table {
    delimiter: u8,
    names: Vec<String>,
    /// By column, up to the last wanted one.
    slots: Vec<Option<u8>>,
    /// By slot.
    columns: Vec<usize>,
    roles: Vec<Role>,
    /// The header row as it stands, to know it again: it is repeated where files were joined.
    header: Vec<u8>,
    /// What stands above it.
    titles: Vec<Vec<u8>>,
}

pub(super) fn is_time(field: Field) -> bool {
    matches!(field, Field::Ts | Field::Date)
}

pub(super) fn is_destination(field: Field) -> bool {
    matches!(field, Field::Host | Field::Url | Field::Sni | Field::Query | Field::DstIp)
}

impl Table {
    /// The first row that reads like a header, under the delimiter that gives it most columns.
    fn find(head: &Head<'_>) -> Option<Table> {
        for (at, line) in head.lines.iter().enumerate().take(TITLE_ROWS) {
            let best = [b',', b';', b'\t', b'|']
                .into_iter()
                .filter_map(|delimiter| Some((header(line, delimiter)?, delimiter)))
                .max_by_key(|(names, _)| names.len());
            if let Some((names, delimiter)) = best {
                let rows: Vec<Vec<Vec<u8>>> =
                    head.lines[at + 1..].iter().filter(|row| *row != line).map(|row| values(row, delimiter)).collect();
                return Some(Table::bind(names, delimiter, line, &head.lines[..at], &rows));
            }
        }
        None
    }

    fn bind(names: Vec<String>, delimiter: u8, header: &[u8], titles: &[&[u8]], rows: &[Vec<Vec<u8>>]) -> Table {
        let mut roles: Vec<Option<Role>> = names.iter().map(|name| role(name)).collect();
        settle(&names, &mut roles, rows);
        let mut wanted: Vec<(Role, usize)> =
            roles.into_iter().enumerate().filter_map(|(column, role)| Some((role?, column))).collect();
        wanted.sort();
        let fields = || wanted.iter().filter_map(|(role, _)| role.field());
        let look_ups = fields().any(|field| field == Field::Query)
            && !fields().any(|field| field != Field::Query && is_destination(field));
        if look_ups {
            // Sizes are those of the questions and answers, not of visits.
            wanted.retain(|(role, _)| {
                !matches!(role.field(), Some(Field::BytesUp | Field::BytesDown | Field::BytesTotal))
            });
        }
        wanted.truncate(MAX_WANTED);
        let mut slots = vec![None; wanted.iter().map(|(_, column)| column + 1).max().unwrap_or(0)];
        for (slot, (_, column)) in wanted.iter().enumerate() {
            slots[*column] = Some(slot as u8);
        }
        Table {
            delimiter,
            slots,
            columns: wanted.iter().map(|(_, column)| *column).collect(),
            roles: wanted.into_iter().map(|(role, _)| role).collect(),
            header: bare(header).to_vec(),
            titles: titles.iter().map(|title| bare(title).to_vec()).collect(),
            names,
        }
    }

    fn has(&self, wanted: impl Fn(Field) -> bool) -> bool {
        self.roles.iter().any(|role| role.field().is_some_and(&wanted))
    }

    fn has_time(&self) -> bool {
        self.has(is_time)
    }

    fn has_destination(&self) -> bool {
        self.has(is_destination)
    }

    fn known(&self) -> usize {
        self.roles.iter().filter(|role| role.field().is_some()).count()
    }

    /// The name of the column that is best at being this.
    fn name_of(&self, wanted: fn(Field) -> bool) -> &str {
        let slot = self.roles.iter().position(|role| role.field().is_some_and(wanted));
        let column = self.slots.iter().position(|has| has.map(usize::from) == slot && slot.is_some());
        column.map_or("", |column| &self.names[column])
    }

    /// Whether the rows have as many cells as the header.
    fn is_square(&self, head: &Head<'_>) -> bool {
        let share =
            head.vote(
                |line| {
                    if Cells::new(line, self.delimiter).count() == self.names.len() { Vote::Yes } else { Vote::No }
                },
            );
        share.of >= 2 && share.percent() >= 80
    }

    /// Takes the wanted cells of a row in which some quote stands where it should not, and says how many cells it had
    /// up to the last of them.
    fn split_odd<'a>(&self, line: &'a [u8], arena: &'a Bump, slots: &mut [Option<&'a [u8]>; MAX_WANTED]) -> usize {
        let mut cells = Cells::new(line, self.delimiter);
        let mut count = 0;
        for slot in &self.slots {
            let Some(cell) = cells.next() else { break };
            count += 1;
            if let Some(slot) = slot {
                // Half a number is worse than none.
                let number = matches!(
                    self.roles[usize::from(*slot)].field(),
                    Some(Field::BytesUp | Field::BytesDown | Field::BytesTotal)
                );
                if !(cell.open && number) {
                    slots[usize::from(*slot)] = Some(cell.value(arena));
                }
            }
        }
        count
    }

    fn list(&self) -> String {
        const SHOWN: usize = 12;
        let mut list = self.names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
        if self.names.len() > SHOWN {
            list.push_str(", ...");
        }
        list
    }
}

/// A row without the marks that only the first row of a file has.
fn bare(line: &[u8]) -> &[u8] {
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The cells of a row, as they are meant.
fn values(line: &[u8], delimiter: u8) -> Vec<Vec<u8>> {
    let arena = Bump::new();
    Cells::new(bare(line), delimiter).map(|cell| cell.value(&arena).trim_ascii().to_vec()).collect()
}

/// The names in a row, if it reads like a header: at least three cells, all of them words, two of them known.
fn header(line: &[u8], delimiter: u8) -> Option<Vec<String>> {
    let line = bare(line);
    if line.first().is_none_or(|first| matches!(first, b'{' | b'<')) || memchr::memchr(delimiter, line).is_none() {
        return None;
    }
    // Zeek's and W3C's headers are not ours.
    if line.len() > 7 && line[..7].eq_ignore_ascii_case(b"#fields") {
        return None;
    }
    let names: Vec<String> = values(line.strip_prefix(b"#").unwrap_or(line), delimiter)
        .into_iter()
        .map(|name| String::from_utf8_lossy(&name).into_owned())
        .collect();
    // Trailing delimiters make nameless columns.
    let words = names.iter().all(|name| {
        name.is_empty()
            || (name.len() <= 80
                && name.chars().any(char::is_alphabetic)
                && !name.contains(['=', '{'])
                && !name.as_bytes()[0].is_ascii_digit()
                && parse_ip(name.as_bytes()).is_none())
    });
    let known = names.iter().filter(|name| role(name).is_some()).count();
    (names.len() >= 3 && words && known >= 2).then_some(names)
}

/// What a column of this name is by its name alone.
pub(super) fn role(name: &str) -> Option<Role> {
    let normal = alias::normal(name);
    if normal == "deviceproduct" {
        return Some(Role::Product);
    }
    if matches!(normal.as_str(), "host" | "hostname" | "host_name") {
        return Some(Role::Field(Field::Host, 1));
    }
    if let Some(field) = alias::flat(&normal) {
        return Some(Role::Field(field, 1));
    }
    // `Bytes Sent (KB)`. Whoever counts in kilobytes means 1,024 of them: these are the displays of devices.
    let (stem, unit) = normal.rsplit_once('_')?;
    let factor = match unit {
        "bytes" | "byte" | "b" => 1,
        "kb" | "kib" | "kbytes" | "k" => 1 << 10,
        "mb" | "mib" | "mbytes" | "m" => 1 << 20,
        "gb" | "gib" | "gbytes" | "g" => 1 << 30,
        _ => return time_unit(stem, unit),
    };
    match alias::flat(stem)? {
        field @ (Field::BytesUp | Field::BytesDown | Field::BytesTotal) => Some(Role::Field(field, factor)),
        _ => None,
    }
}

/// `Duration (ms)`, `Time [UTC]`.
fn time_unit(stem: &str, unit: &str) -> Option<Role> {
    let field = alias::flat(stem)?;
    let duration = matches!(field, Field::DurationMs | Field::DurationSeconds);
    Some(Role::Field(
        match unit {
            "ms" | "msec" | "milliseconds" if duration => Field::DurationMs,
            "s" | "sec" | "secs" | "seconds" if duration => Field::DurationSeconds,
            "utc" | "gmt" if matches!(field, Field::Ts | Field::Date | Field::Time) => field,
            _ => return None,
        },
        1,
    ))
}

/// Settles the names that mean one thing here and another there, by the other columns and by the rows.
pub(super) fn settle(names: &[String], roles: &mut [Option<Role>], rows: &[Vec<Vec<u8>>]) {
    let normals: Vec<String> = names.iter().map(|name| alias::normal(name)).collect();
    let cells = |column: usize| {
        rows.iter()
            .filter_map(move |row| row.get(column).map(Vec::as_slice))
            .filter(|cell| number::present(cell).is_some())
    };
    let mostly = |column: usize, test: &dyn Fn(&[u8]) -> bool| {
        let (yes, of) = cells(column).fold((0, 0), |(yes, of), cell| (yes + usize::from(test(cell)), of + 1));
        of > 0 && yes * 2 > of
    };
    let carries =
        |roles: &[Option<Role>], column: usize, field: Field| roles[column].and_then(Role::field) == Some(field);
    let is_host = |column: usize| matches!(normals[column].as_str(), "host" | "hostname" | "host_name");

    // A clock beside a date, a whole instant alone: `date, time` and `time` mean different things by `time`.
    let date = (0..roles.len()).find(|column| carries(roles, *column, Field::Date));
    if date.is_some_and(|date| !mostly(date, &|cell| cell.len() > 12)) {
        for column in 0..roles.len() {
            if normals[column] == "time" && !mostly(column, &|cell| cell.len() > 15) {
                roles[column] = Some(Role::Field(Field::Time, 1));
            }
        }
    }
    // Columns of addresses that hold names, and columns of names that hold addresses.
    for column in 0..roles.len() {
        if carries(roles, column, Field::DstIp) && mostly(column, &|cell| parse_ip(split_url(cell).host).is_none()) {
            let name = mostly(column, &|cell| !cell.contains(&b' '));
            roles[column] = name.then_some(Role::Field(Field::Host, 1));
        } else if carries(roles, column, Field::SrcIp)
            && mostly(column, &|cell| parse_ip(split_url(cell).host).is_none())
        {
            // `source` is a file or an input where a SIEM wrote the table.
            let name = mostly(column, &|cell| !cell.iter().any(|b| matches!(b, b'/' | b':' | b' ')));
            roles[column] = name.then_some(Role::Field(Field::Device, 1));
        }
    }
    // A firewall's service is a port, or the name of one.
    for column in 0..roles.len() {
        let is_port = |cell: &[u8]| {
            number::unsigned(cell).is_some() || [&b"http"[..], b"https", b"domain", b"ssh", b"smtp"].contains(&cell)
        };
        if normals[column] == "service" && mostly(column, &is_port) {
            roles[column] = Some(Role::Field(Field::DstPort, 1));
        }
    }
    // `host` is the client beside another name of the destination, unless it says the same as that one.
    let other = (0..roles.len()).find(|column| {
        !is_host(*column)
            && [Field::Host, Field::Url, Field::Sni, Field::Query].iter().any(|field| carries(roles, *column, *field))
    });
    for column in (0..roles.len()).filter(|column| is_host(*column)) {
        let destination = match other {
            Some(other) => {
                let (same, of) = rows.iter().fold((0, 0), |(same, of), row| {
                    let (Some(host), Some(other)) = (row.get(column), row.get(other)) else { return (same, of) };
                    if number::present(host).is_none() || number::present(other).is_none() {
                        return (same, of);
                    }
                    let agrees = other.first() == Some(&b'/')
                        || split_url(other).host.eq_ignore_ascii_case(split_url(host).host);
                    (same + usize::from(agrees), of + 1)
                });
                of > 0 && same * 2 > of
            }
            // Destinations have dots, machines on the desk do not.
            None => cells(column).next().is_none() || mostly(column, &|cell| cell.contains(&b'.')),
        };
        roles[column] = Some(Role::Field(if destination { Field::Host } else { Field::Device }, 1));
    }
    // A machine that is the same in all rows, whoever the clients are, is the one that wrote the log.
    let distinct = |column: usize| {
        let mut seen: Vec<&[u8]> = cells(column).collect();
        let count = seen.len();
        seen.sort_unstable();
        seen.dedup();
        (seen.len(), count)
    };
    let clients = (0..roles.len())
        .find(|column| carries(roles, *column, Field::SrcIp) || carries(roles, *column, Field::User))
        .map_or(0, |column| distinct(column).0);
    let siem = normals.iter().any(|name| name == "devicevendor");
    for column in 0..roles.len() {
        if !carries(roles, column, Field::Device) {
            continue;
        }
        let (different, count) = distinct(column);
        let reporter = siem && !normals[column].starts_with("source");
        if reporter || (different == 1 && count >= 4 && clients > 1) {
            roles[column] = None;
        }
    }
}

/// A reader.
struct Records {
    table: Arc<Table>,
    assume: Assume,
    columns: Columns,
}

impl Reader for Records {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let table = &*self.table;
        if let Some(why) = self.above_or_header(line) {
            return Parsed::Skip(why);
        }
        let mut slots: [Option<&'a [u8]>; MAX_WANTED] = [None; MAX_WANTED];
        let count = match self.columns.split(line, table.slots.len()) {
            Some(row) => {
                for (slot, column) in slots.iter_mut().zip(&table.columns) {
                    *slot = row.cell(*column).map(|cell| cell.value(arena));
                }
                row.count()
            }
            None => table.split_odd(line, arena, &mut slots),
        };
        if count < 2 {
            return Parsed::Bad(Problem::new("fewer cells than columns", line.len()));
        }
        let mut draft = Draft::default();
        let mut swapped = false;
        for (role, value) in table.roles.iter().zip(slots) {
            let Some(value) = value else { continue };
            match role {
                Role::Field(field, 1) => draft.set(*field, value, &self.assume),
                Role::Field(field, factor) => {
                    let bytes = scaled(value.trim_ascii(), *factor);
                    match field {
                        Field::BytesUp => draft.event.bytes_up = draft.event.bytes_up.or(bytes),
                        Field::BytesDown => draft.event.bytes_down = draft.event.bytes_down.or(bytes),
                        _ => draft.total(bytes),
                    }
                }
                // Palo Alto's own CEF template names the bytes from the far end, and the SIEM copies that.
                Role::Product => swapped = value == b"PAN-OS",
            }
        }
        if swapped {
            std::mem::swap(&mut draft.event.bytes_up, &mut draft.event.bytes_down);
        }
        match draft.finish(&self.assume, arena) {
            Parsed::Event(event) => {
                let skip = match event.evidence {
                    crate::event::Evidence::Dns => event.host.and_then(draft::not_a_site),
                    _ => draft::not_outbound(&event).filter(|_| event.path.is_none()),
                };
                skip.map_or(Parsed::Event(event), Parsed::Skip)
            }
            Parsed::Bad(problem) if problem.reason == NO_DESTINATION && count >= table.slots.len() => {
                Parsed::Skip(NO_DESTINATION)
            }
            other => other,
        }
    }
}

impl Records {
    fn new(table: Arc<Table>, assume: Assume) -> Records {
        let columns = Columns::new(table.delimiter);
        Records { table, assume, columns }
    }

    /// Whether the row is the header, once more, or stands above it.
    #[inline]
    fn above_or_header(&self, line: &[u8]) -> Option<&'static str> {
        let table = &*self.table;
        let near = |known: &[u8]| (known.len()..known.len() + 5).contains(&line.len()) && bare(line) == known;
        if near(&table.header) {
            return Some("header");
        }
        table.titles.iter().any(|title| near(title)).then_some("title row")
    }
}

/// A decimal number of units, in bytes, rounded down.
pub(super) fn scaled(text: &[u8], factor: u64) -> Option<u64> {
    let dot = memchr::memchr(b'.', text).unwrap_or(text.len());
    let whole = number::unsigned(&text[..dot])?.saturating_mul(factor);
    let (mut part, mut of) = (0u64, 1u64);
    // Nine digits of a gigabyte are a byte.
    for digit in text.get(dot + 1..).unwrap_or(&[]).iter().take(9) {
        match digit.wrapping_sub(b'0') {
            digit @ 0..=9 => (part, of) = (part * 10 + u64::from(digit), of * 10),
            _ => return None,
        }
    }
    Some(whole.saturating_add((u128::from(part) * u128::from(factor) / u128::from(of)) as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the rows under a header say, in short: `user|device|source|host|address|up|down|action`, or a reason.
    fn check(table: &str, want: &[&str]) {
        let lines: Vec<&[u8]> = table.lines().map(str::as_bytes).collect();
        let head = Head { lines: lines.clone() };
        let assume = Assume::default();
        let layout = CsvHeader.layout(&head, &assume).unwrap();
        let mut reader = CsvHeader.reader(&layout);
        let arena = Bump::new();
        let got: Vec<String> = lines
            .iter()
            .filter_map(|line| match reader.record(line, &arena) {
                Parsed::Event(event) => {
                    let text = |value: Option<&[u8]>| {
                        value.map(|v| String::from_utf8_lossy(v).into_owned()).unwrap_or_default()
                    };
                    let count = |value: Option<u64>| value.map(|v| v.to_string()).unwrap_or_default();
                    Some(format!(
                        "{}|{}|{}|{}|{}|{}|{}|{}",
                        text(event.user),
                        text(event.device),
                        text(event.src_ip),
                        text(event.host),
                        text(event.dst_ip),
                        count(event.bytes_up),
                        count(event.bytes_down),
                        event.action.map_or("", |action| action.as_str()),
                    ))
                }
                Parsed::Skip("header") => None,
                Parsed::Skip(why) => Some(format!("skip: {why}")),
                Parsed::Bad(problem) => Some(format!("bad: {}", problem.reason)),
                Parsed::Layout(_) | Parsed::Identity(_) => Some("layout".to_owned()),
            })
            .collect();
        assert_eq!(got, want, "{table}");
    }

    const T: &str = "2026-03-10 08:15:42";

    #[test]
    fn delimiters_and_titles() {
        check(&format!("time,user,url\n{T},alice,https://a.example/x"), &["alice|||a.example||||"]);
        check(&format!("time;user;url\n{T};alice;https://a.example/x,y"), &["alice|||a.example||||"]);
        check(&format!("time\tuser\turl\n{T}\talice\thttps://a.example/x"), &["alice|||a.example||||"]);
        check(&format!("time|user|url\n{T}|alice|https://a.example/x"), &["alice|||a.example||||"]);
        check(
            &format!("Report\nFrom here, to there\nTime,User,Site\n{T},alice,a.example"),
            &["skip: title row", "skip: title row", "alice|||a.example||||"],
        );
    }

    #[test]
    fn a_host_is_the_destination_or_the_client_by_its_neighbors() {
        let rows = |a: &str, b: &str| format!("{T},{a}\n{T},{b}");
        check(
            &format!("time,host,user,bytes_sent\n{}", rows("a.example,alice,5", "b.example,bob,6")),
            &["alice|||a.example||5||", "bob|||b.example||6||"],
        );
        check(
            &format!("time,host,user,url\n{}", rows("PC1,alice,http://a.example/", "PC2,bob,http://b.example/")),
            &["alice|PC1||a.example||||", "bob|PC2||b.example||||"],
        );
        check(
            &format!("time,host,user,url\n{}", rows("a.example,alice,/x", "b.example,bob,/y")),
            &["alice|||a.example||||", "bob|||b.example||||"],
        );
        check(
            &format!("time,hostname,src_ip,dst_ip\n{}", rows("PC1,192.0.2.1,203.0.113.1", "PC2,192.0.2.2,203.0.113.2")),
            &["|PC1|192.0.2.1||203.0.113.1|||", "|PC2|192.0.2.2||203.0.113.2|||"],
        );
    }

    #[test]
    fn the_machine_that_wrote_the_log_is_no_client() {
        let rows: Vec<String> = (1..=4).map(|n| format!("{T},proxy1,192.0.2.{n},http://a.example/")).collect();
        let want: Vec<String> = (1..=4).map(|n| format!("||192.0.2.{n}|a.example||||")).collect();
        let want: Vec<&str> = want.iter().map(String::as_str).collect();
        check(&format!("time,host,src,url\n{}", rows.join("\n")), &want);
    }

    #[test]
    fn a_destination_may_be_a_name_or_an_address() {
        check(
            &format!("time,source,destination\n{T},192.0.2.1,203.0.113.1\n{T},192.0.2.1,a.example:8443"),
            &["||192.0.2.1|203.0.113.1|203.0.113.1|||", "||192.0.2.1|a.example||||"],
        );
        check(&format!("time,src,dest\n{T},PC1,a.example"), &["|PC1||a.example||||"]);
        check(&format!("time,source,dest\n{T},udp:514,a.example"), &["|||a.example||||"]);
    }

    #[test]
    fn units_are_those_of_the_header() {
        check(
            &format!("time,site,sent (KB),received (MB)\n{T},a.example,1.5,0.25\n{T},a.example,-,x"),
            &["|||a.example||1536|262144|", "|||a.example||||"],
        );
        // A sum with one part tells the other; alone it tells nothing.
        check(&format!("time,site,bytes,bytes_in\n{T},a.example,100,30"), &["|||a.example||70|30|"]);
        check(&format!("time,site,bytes\n{T},a.example,100"), &["|||a.example||||"]);
    }

    #[test]
    fn rows_may_be_short() {
        check(
            &format!("time,site,user,sent\n{T},a.example\n{T}\n{T},a.example,alice,\"12"),
            &["|||a.example||||", "bad: fewer cells than columns", "alice|||a.example||||"],
        );
    }

    #[test]
    fn what_is_no_table_of_traffic_is_not_taken() {
        let sniff = |text: &str| {
            let head = Head { lines: text.lines().map(str::as_bytes).collect() };
            CsvHeader.sniff(&head, &Assume::default())
        };
        for text in [
            "",
            "just a line of text",
            "{\"time\":1,\"user\":\"alice\",\"url\":\"x\"}",
            "1773130542.871 481 192.0.2.41 TCP_MISS/200 6916 GET http://a.example/ - DIRECT/- -",
            "#fields\tts\tuid\thost\tquery\n1\t2\t3\t4",
            "time=1,user=alice,url=x",
        ] {
            assert_eq!(sniff(text).score, 0, "{text}");
        }
        let declined = sniff("time,user,action\n2026-03-10 08:15:42,alice,login\n2026-03-10 08:15:43,bob,login");
        assert!(declined.declined);
        assert_eq!(declined.why, "a table without a destination column: columns are time, user, action");
    }

    #[test]
    fn nothing_panics() {
        let table = format!(
            "\u{feff}time,user,\"host\",url,sent (KB),deviceproduct\r\n{T},\"a \"\"b\"\"\",h,http://[::1]:9/x,1.5,PAN-OS\r\n"
        );
        let head = Head { lines: table.lines().map(str::as_bytes).collect() };
        let layout = CsvHeader.layout(&head, &Assume::default()).unwrap();
        let mut reader = CsvHeader.reader(&layout);
        let line = table.lines().nth(1).unwrap().as_bytes().to_vec();
        let arena = Bump::new();
        for at in 0..line.len() {
            let _ = reader.record(&line[..at], &arena);
            let _ =
                CsvHeader.sniff(&Head { lines: vec![&table.as_bytes()[..at + 10], &line[at..]] }, &Assume::default());
            for byte in [0, b'"', b',', b'\r', 0xff, b':'] {
                let mut line = line.clone();
                line[at] = byte;
                let _ = reader.record(&line, &arena);
            }
        }
    }
}
