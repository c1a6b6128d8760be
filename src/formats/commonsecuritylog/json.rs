//! The table as JSON lines, as data export rules and queries of the API write it.
//!
//! ```text
//! {"TimeGenerated":"2026-03-10T08:15:42.412Z","DeviceVendor":"Fortinet","DeviceProduct":"Fortigate","Activity":"traffic:forward close",...}
//! ```

use std::sync::{Arc, LazyLock};

use bumpalo::Bump;

use super::{COLUMNS, Column};
use crate::formats::cef::said::{Book, Header, Said, Shelf};
use crate::formats::cef::told::{self, Habits};
use crate::formats::cef::{ALL, BOOKS, Bound, advice};
use crate::formats::json_lines::scan::{self, Keys};
use crate::formats::leef::cells;
use crate::formats::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Vote};

/// Sentinel's CommonSecurityLog as JSON lines.
pub struct CommonSecurityLogJson;

/// The columns, also below the objects in which hubs and hits keep them.
static KEYS: LazyLock<Keys> =
    LazyLock::new(|| Keys::new(COLUMNS.iter().map(|(name, _)| *name), &["properties", "_source"]));

impl Format for CommonSecurityLogJson {
    fn id(&self) -> &'static str {
        "commonsecuritylog-json"
    }

    fn about(&self) -> About {
        About {
            name: "Microsoft Sentinel CommonSecurityLog, JSON",
            summary: "The table of CEF records, one JSON object a line.",
            reference: "https://learn.microsoft.com/azure/sentinel/cef-name-mapping",
            proof: Proof::Documentation,
            variants: &[],
        }
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let arena = Bump::new();
        let share = head.vote(|line| {
            let row = Row::of(line, &arena);
            // A vendor and a product alone are also those of other schemas.
            let marked = row.has(Column::Vendor) && row.has(Column::Product) && row.has(Column::Name);
            if marked && row.has(Column::Key(super::TIME)) { Vote::Yes } else { Vote::No }
        });
        match share.score(98) {
            0 => Guess::NO,
            score => Guess::new(score, format!("{} of {} lines are rows of CommonSecurityLog", share.yes, share.of)),
        }
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let mut shelf = Shelf::new(&BOOKS);
        let mut habits = Habits::default();
        let arena = Bump::new();
        for line in &head.lines {
            let (header, said, (number, book)) = Row::of(line, &arena).read(&mut shelf);
            if let Ok((kind, _)) = told::kind(book.vendor, &header, &said) {
                habits.note(number, kind);
            }
        }
        // The table keeps its times in UTC.
        let assume = Assume { newest: assume.newest, ..Assume::default() };
        Ok(Layout::new(ALL, Bound { habits, assume }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Rows { bound: layout.get(), shelf: Shelf::new(&BOOKS) })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        advice(gap)
    }
}

struct Rows {
    bound: Arc<Bound>,
    shelf: Shelf,
}

impl Reader for Rows {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let row = Row::of(line, arena);
        let (header, mut said, found) = row.read(&mut self.shelf);
        match row.broken {
            Some(at) if header.name.is_empty() => return Parsed::Bad(Problem::new("the JSON is broken", at)),
            None if header.name.is_empty() && header.vendor.is_empty() => {
                return Parsed::Bad(Problem::new("no vendor, product and activity", 0));
            }
            // What stands before a cut is used if it says enough.
            _ => {}
        }
        self.shelf.settle(&mut said);
        told::tell(found, &header, &said, self.bound.habits, (b"", &self.bound.assume), arena)
    }
}

/// The values of one object, by column.
struct Row<'a> {
    values: [Option<&'a [u8]>; COLUMNS.len()],
    /// Where the object breaks off, if it does.
    broken: Option<usize>,
}

impl<'a> Row<'a> {
    #[inline]
    fn of(line: &'a [u8], arena: &'a Bump) -> Row<'a> {
        // Rows of an array that was written over many lines.
        let line = line.trim_ascii();
        let line = line.strip_prefix(b"[").or_else(|| line.strip_prefix(b",")).unwrap_or(line).trim_ascii_start();
        let mut values = [None; COLUMNS.len()];
        let read = scan::scan(line, &KEYS, arena, &mut |slot, value| {
            if let Some(place) = values.get_mut(slot) {
                *place = Some(value.text);
            }
        });
        Row { values, broken: read.err().map(|broken| broken.at) }
    }

    fn has(&self, column: Column) -> bool {
        self.pairs().any(|(other, _)| other == column)
    }

    fn pairs(&self) -> impl Iterator<Item = (Column, &'a [u8])> {
        COLUMNS.iter().zip(self.values).filter_map(|((_, column), value)| Some((*column, value?)))
    }

    /// The header of the record, its values and its vendor.
    fn read(&self, shelf: &mut Shelf) -> (Header<'a>, Said<'a>, (usize, &'static Book)) {
        let mut header = Header::default();
        for (column, value) in self.pairs() {
            match column {
                Column::Vendor => header.vendor = value,
                Column::Product => header.product = value,
                Column::Id => header.id = value,
                Column::Name => header.name = value,
                _ => {}
            }
        }
        let (number, book) = shelf.book(&header);
        let mut said = Said::new();
        for (column, value) in self.pairs() {
            match column {
                Column::Key(name) => {
                    if let Some(key) = book.key(name.as_bytes()) {
                        said.take(key, value);
                    }
                }
                Column::Extensions => cells(value, b';', book, &mut said),
                _ => {}
            }
        }
        (header, said, (number, book))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Action;

    fn told(lines: &[&str]) -> String {
        let lines: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
        let layout = CommonSecurityLogJson.layout(&Head { lines: lines.clone() }, &Assume::default()).unwrap();
        let arena = Bump::new();
        match CommonSecurityLogJson.reader(&layout).record(lines[lines.len() - 1], &arena) {
            Parsed::Event(event) => {
                let text = |value: Option<&[u8]>| {
                    value.map_or("-".into(), |value| String::from_utf8_lossy(value).into_owned())
                };
                let action = event.action.map_or("-", Action::as_str);
                format!(
                    "{} {} {action} {:?} {:?} {}",
                    text(event.host.or(event.dst_ip)),
                    text(event.user),
                    event.bytes_up,
                    event.bytes_down,
                    event.at.map_or("-".into(), |at| (at.0 - 1_773_130_542_000).to_string()),
                )
            }
            Parsed::Skip(why) => format!("skip: {why}"),
            Parsed::Bad(problem) => format!("bad: {}", problem.reason),
            Parsed::Layout(_) | Parsed::Identity(_) => "layout".into(),
        }
    }

    #[test]
    fn an_object_is_a_row() {
        let start = r#"{"TimeGenerated":"2026-03-10T08:15:42Z","DeviceVendor":"Palo Alto Networks","DeviceProduct":"PAN-OS","DeviceEventClassID":"start","Activity":"TRAFFIC","SourceIP":"192.0.2.26","DestinationIP":"203.0.113.81","DestinationPort":443,"SentBytes":1,"ReceivedBytes":2}"#;
        let end = start
            .replace("start", "end")
            .replace("\"SentBytes\":1", "\"SourceUserName\":\"example\\\\bob\",\"SentBytes\":30");
        assert_eq!(told(&[&end]), r"203.0.113.81 example\bob - Some(2) Some(30) 0");
        assert_eq!(told(&[&end, start]), "skip: the start of a session, counted at its end");
        let wrapped = format!("{{\"properties\":{end}}}");
        assert_eq!(told(&[&wrapped]), told(&[&end]));
        for (line, want) in [
            (
                r#"{"TimeGenerated":"2026-03-10T08:15:42Z","DeviceVendor":"Any","DeviceProduct":"Gate","Activity":"web","RequestURL":"https://trello.com/","AdditionalExtensions":"suser=alice;act=deny","SentB"#,
                "trello.com alice blocked None None 0",
            ),
            (r#"{"TimeGenerated":"2026-03-10T08:15:42Z","Device"#, "bad: the JSON is broken"),
            ("{}", "bad: no vendor, product and activity"),
            ("[", "bad: the JSON is broken"),
        ] {
            assert_eq!(told(&[line]), want, "{line}");
        }
    }
}
