//! Microsoft Sentinel's table CommonSecurityLog: CEF with a column for each of its keys. CSV here, JSON in [`json`].
//!
//! Defined at <https://learn.microsoft.com/azure/sentinel/cef-name-mapping>. A column means what its key means to the vendor
//! in [`super::cef`]; keys that have no column stand in `AdditionalExtensions`. Any selection of columns may be exported,
//! in any order; the portal puts `[UTC]` behind the names of times. A selection without `Activity`, which says what kind of
//! record it is, is a table like any other and left to [`super::csv_header`].
//!
//! ```text
//! TimeGenerated [UTC],DeviceVendor,DeviceProduct,DeviceEventClassID,Activity,DeviceAction,SourceIP,DestinationIP,...
//! "3/10/2026, 8:15:42.412 AM",Fortinet,Fortigate,00013,traffic:forward close,close,192.0.2.25,203.0.113.80,...
//! ```

mod json;

use std::sync::Arc;

use bumpalo::Bump;

pub use json::CommonSecurityLogJson;

use super::cef::said::{Book, Header, Said, Shelf};
use super::cef::told::{self, Habits};
use super::cef::{ALL, BOOKS, advice};
use super::fields::delimited::Cells;
use super::leef::cells;
use super::{About, Assume, Format, Framing, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader};

/// Sentinel's CommonSecurityLog.
pub struct CommonSecurityLog;

impl Format for CommonSecurityLog {
    fn id(&self) -> &'static str {
        "commonsecuritylog"
    }

    fn about(&self) -> About {
        About {
            name: "Microsoft Sentinel CommonSecurityLog",
            summary: "The table of CEF records, exported as CSV.",
            reference: "https://learn.microsoft.com/azure/sentinel/cef-name-mapping",
            proof: Proof::Verified,
            variants: &[],
        }
    }

    fn framing(&self) -> Framing {
        Framing::QuotedLines
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        match Table::find(head) {
            Some((_, table)) => {
                Guess::new(97, format!("a header row of CommonSecurityLog with {} columns", table.columns.len()))
            }
            None => Guess::NO,
        }
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let (at, table) = Table::find(head).ok_or(Problem::new("no header row of CommonSecurityLog", 0))?;
        let mut shelf = Shelf::new(&BOOKS);
        let mut habits = Habits::default();
        let arena = Bump::new();
        for line in &head.lines[at + 1..] {
            let (header, said, (number, book)) = table.read(line, &mut shelf, &arena);
            if let Ok((kind, _)) = told::kind(book.vendor, &header, &said) {
                habits.note(number, kind);
            }
        }
        // The table keeps its times in UTC.
        let assume = Assume { newest: assume.newest, ..Assume::default() };
        Ok(Layout::new(ALL, Bound { table, habits, assume }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Rows { bound: layout.get(), shelf: Shelf::new(&BOOKS) })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        advice(gap)
    }
}

/// What a layout holds.
struct Bound {
    table: Table,
    habits: Habits,
    assume: Assume,
}

struct Rows {
    bound: Arc<Bound>,
    shelf: Shelf,
}

impl Reader for Rows {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let table = &self.bound.table;
        if table.is_header(line) {
            return Parsed::Skip("header");
        }
        let (header, mut said, found) = table.read(line, &mut self.shelf, arena);
        if header.vendor.is_empty() && header.product.is_empty() && header.name.is_empty() {
            return Parsed::Bad(Problem::new("no vendor, product and activity", 0));
        }
        self.shelf.settle(&mut said);
        told::tell(found, &header, &said, self.bound.habits, (b"", &self.bound.assume), arena)
    }
}

/// The columns of a header row.
struct Table {
    delimiter: u8,
    columns: Vec<Column>,
    /// As written.
    header: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Vendor,
    Product,
    Id,
    Name,
    /// `key=value;key=value`
    Extensions,
    /// A key of CEF.
    Key(&'static str),
    Other,
}

impl Table {
    /// Finds the header row among the first lines.
    fn find(head: &Head<'_>) -> Option<(usize, Table)> {
        head.lines.iter().take(4).enumerate().find_map(|(at, line)| Some((at, Table::of(line)?)))
    }

    fn of(line: &[u8]) -> Option<Table> {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        let delimiter = [b',', b'\t', b';'].into_iter().find(|delimiter| Cells::new(line, *delimiter).count() > 3)?;
        let arena = Bump::new();
        let columns: Vec<Column> =
            Cells::new(line, delimiter).map(|cell| column(cell.value(&arena).trim_ascii())).collect();
        let has = |column: Column| columns.contains(&column);
        // Vendor and product are those of other tables, too; without the activity no rule knows what happened.
        let marked = has(Column::Vendor) && has(Column::Product) && has(Column::Name);
        (marked && has(Column::Key(TIME))).then(|| Table { delimiter, columns, header: line.to_vec() })
    }

    fn is_header(&self, line: &[u8]) -> bool {
        line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) == self.header
    }

    /// The header of the record, its values and its vendor.
    fn read<'a>(
        &self,
        line: &'a [u8],
        shelf: &mut Shelf,
        arena: &'a Bump,
    ) -> (Header<'a>, Said<'a>, (usize, &'static Book)) {
        let mut header = Header::default();
        let cells_of = || self.columns.iter().zip(Cells::new(line, self.delimiter));
        for (column, cell) in cells_of() {
            match column {
                Column::Vendor => header.vendor = cell.raw,
                Column::Product => header.product = cell.raw,
                Column::Id => header.id = cell.raw,
                Column::Name => header.name = cell.raw,
                _ => {}
            }
        }
        let (number, book) = shelf.book(&header);
        let mut said = Said::new();
        for (column, cell) in cells_of() {
            match column {
                Column::Key(name) if !cell.raw.is_empty() => {
                    if let Some(key) = book.key(name.as_bytes()) {
                        said.take(key, cell.value(arena));
                    }
                }
                Column::Extensions => cells(cell.value(arena), b';', book, &mut said),
                _ => {}
            }
        }
        (header, said, (number, book))
    }
}

/// The key that the time of the table stands for.
const TIME: &str = "rt";

/// What a column is, by its name in whatever case, with or without ` [UTC]`.
fn column(name: &[u8]) -> Column {
    let name = name.strip_suffix(b" [UTC]").unwrap_or(name);
    COLUMNS
        .iter()
        .find(|(known, _)| name.eq_ignore_ascii_case(known.as_bytes()))
        .map_or(Column::Other, |(_, column)| *column)
}

const COLUMNS: &[(&str, Column)] = {
    use Column::{Extensions, Id, Key, Name, Product, Vendor};
    &[
        ("TimeGenerated", Key(TIME)),
        ("DeviceVendor", Vendor),
        ("DeviceProduct", Product),
        ("DeviceEventClassID", Id),
        ("Activity", Name),
        ("AdditionalExtensions", Extensions),
        ("SourceIP", Key("src")),
        ("SourceUserName", Key("suser")),
        ("SourceUserID", Key("suid")),
        ("SourceHostName", Key("shost")),
        ("SourceTranslatedAddress", Key("sourceTranslatedAddress")),
        ("SourceUserPrivileges", Key("spriv")),
        ("DestinationIP", Key("dst")),
        ("DestinationPort", Key("dpt")),
        ("DestinationHostName", Key("dhost")),
        ("DestinationUserName", Key("duser")),
        ("DestinationDnsDomain", Key("destinationDnsDomain")),
        ("DestinationServiceName", Key("destinationServiceName")),
        ("RequestURL", Key("request")),
        ("RequestMethod", Key("requestMethod")),
        ("RequestClientApplication", Key("requestClientApplication")),
        ("RequestContext", Key("requestContext")),
        ("DeviceAction", Key("act")),
        ("SimplifiedDeviceAction", Key("deviceAction")),
        ("EventOutcome", Key("outcome")),
        ("ApplicationProtocol", Key("app")),
        ("SentBytes", Key("out")),
        ("ReceivedBytes", Key("in")),
        ("Reason", Key("reason")),
        ("ExternalID", Key("externalId")),
        ("ExtID", Key("externalId")),
        ("DeviceEventCategory", Key("cat")),
        ("DeviceCustomIPv6Address2", Key("c6a2")),
        ("DeviceCustomIPv6Address3", Key("c6a3")),
        ("DeviceCustomString1", Key("cs1")),
        ("DeviceCustomString2", Key("cs2")),
        ("DeviceCustomString3", Key("cs3")),
        ("DeviceCustomString4", Key("cs4")),
        ("DeviceCustomString5", Key("cs5")),
        ("DeviceCustomString6", Key("cs6")),
        ("DeviceCustomString1Label", Key("cs1Label")),
        ("DeviceCustomString2Label", Key("cs2Label")),
        ("DeviceCustomString3Label", Key("cs3Label")),
        ("DeviceCustomString4Label", Key("cs4Label")),
        ("DeviceCustomString5Label", Key("cs5Label")),
        ("DeviceCustomString6Label", Key("cs6Label")),
        ("DeviceCustomNumber1", Key("cn1")),
        ("DeviceCustomNumber2", Key("cn2")),
        ("DeviceCustomNumber3", Key("cn3")),
        ("FieldDeviceCustomNumber1", Key("cn1")),
        ("FieldDeviceCustomNumber2", Key("cn2")),
        ("FieldDeviceCustomNumber3", Key("cn3")),
        ("DeviceCustomNumber1Label", Key("cn1Label")),
        ("DeviceCustomNumber2Label", Key("cn2Label")),
        ("DeviceCustomNumber3Label", Key("cn3Label")),
        ("FlexString1", Key("flexString1")),
        ("FlexString2", Key("flexString2")),
        ("FlexString1Label", Key("flexString1Label")),
        ("FlexString2Label", Key("flexString2Label")),
        ("FlexNumber1", Key("flexNumber1")),
        ("FlexNumber2", Key("flexNumber2")),
        ("FlexNumber1Label", Key("flexNumber1Label")),
        ("FlexNumber2Label", Key("flexNumber2Label")),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Action;

    const HEADER: &str = "TenantId,TimeGenerated [UTC],DeviceVendor,DeviceProduct,DeviceEventClassID,Activity,DeviceAction,\
                          SourceIP,SourceUserName,DestinationIP,DestinationPort,DestinationHostName,RequestURL,SentBytes,\
                          ReceivedBytes,DeviceCustomString1,DeviceCustomString1Label,AdditionalExtensions";

    fn told(rows: &[&str]) -> String {
        let lines: Vec<&[u8]> = std::iter::once(HEADER).chain(rows.iter().copied()).map(str::as_bytes).collect();
        let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
        let assume = Assume { zone, ..Assume::default() };
        let layout = CommonSecurityLog.layout(&Head { lines: lines.clone() }, &assume).unwrap();
        let arena = Bump::new();
        match CommonSecurityLog.reader(&layout).record(lines[lines.len() - 1], &arena) {
            Parsed::Event(event) => {
                let text = |value: Option<&[u8]>| {
                    value.map_or("-".into(), |value| String::from_utf8_lossy(value).into_owned())
                };
                let number = |value: Option<u64>| value.map_or("-".into(), |value| value.to_string());
                [
                    text(event.host.or(event.dst_ip)),
                    text(event.user),
                    event.action.map_or("-", Action::as_str).to_owned(),
                    number(event.bytes_up),
                    number(event.bytes_down),
                    text(event.app),
                    text(event.department),
                    event.at.map_or("-".into(), |at| (at.0 - 1_773_130_542_000).to_string()),
                ]
                .join(" ")
            }
            Parsed::Skip(why) => format!("skip: {why}"),
            Parsed::Bad(problem) => format!("bad: {}", problem.reason),
            Parsed::Layout(_) | Parsed::Identity(_) => "layout".into(),
        }
    }

    #[test]
    fn a_column_means_what_its_key_means_to_the_vendor() {
        for (row, want) in [
            (
                r#"0,"3/10/2026, 8:15:42.412 AM",Fortinet,Fortigate,00013,traffic:forward close,close,192.0.2.25,,203.0.113.80,443,,,1798200,55110,,,FTNTFGTapp=Dropbox;FTNTFGTduration=64;duser=alice"#,
                "203.0.113.80 alice allowed 1798200 55110 Dropbox - 412",
            ),
            (
                r#"0,"3/10/2026, 8:15:42.412 AM",Fortinet,Fortigate,00020,traffic:forward accept,accept,192.0.2.25,alice,203.0.113.80,443,,,1798200,55110,,,FTNTFGTsentdelta=10;FTNTFGTrcvddelta=20;cat=traffic"#,
                "203.0.113.80 alice announced 10 20 - - 412",
            ),
            (
                "0,2026-03-10T08:15:42Z,Fortinet,Fortigate,00014,traffic:local close,close,192.0.2.25,alice,203.0.113.80,443,,,1,2,,,cat=traffic",
                "skip: traffic of the device itself",
            ),
            (
                r"0,2026-03-10T08:15:42Z,Palo Alto Networks,PAN-OS,end,TRAFFIC,allow,192.0.2.25,example\bob,203.0.113.80,443,,,55110,1798200,,,PanOSx=1",
                r"203.0.113.80 example\bob allowed 1798200 55110 - - 0",
            ),
            (
                "0,2026-03-10T08:15:42Z,Zscaler,NSSWeblog,Allowed,Allowed,Allowed,192.0.2.25,carol@example.com,203.0.113.80,,mega.nz,mega.nz/fm,1,2,Finance,dept,",
                "mega.nz carol@example.com allowed 1 2 - Finance 0",
            ),
            // The portal leaves trailing cells out.
            (
                "0,2026-03-10T08:15:42Z,Any,Gate,1,web,allow,192.0.2.25,,203.0.113.80,443",
                "203.0.113.80 - allowed - - - - 0",
            ),
            // The destination is the collector, as far as anybody can tell.
            (
                "0,2026-03-10T08:15:42Z,Cisco,ASA,106023,,,,,123.0.0,,vm03,,,,,,",
                "skip: not traffic: no URL, no bytes, no port",
            ),
            (HEADER, "skip: header"),
            ("0,2026-03-10T08:15:42Z", "bad: no vendor, product and activity"),
            ("", "bad: no vendor, product and activity"),
        ] {
            assert_eq!(told(&[row]), want, "{row}");
        }
    }

    #[test]
    fn every_key_is_one_of_cef() {
        for (name, column) in COLUMNS {
            if let Column::Key(key) = column {
                assert!(BOOKS.iter().any(|book| book.key(key.as_bytes()).is_some()), "{name}: {key}");
            }
        }
    }

    #[test]
    fn other_tables_are_not_taken() {
        let sniff =
            |line: &str| CommonSecurityLog.sniff(&Head { lines: vec![line.as_bytes()] }, &Assume::default()).score;
        assert_eq!(sniff(HEADER), 97);
        assert_eq!(sniff("TimeGenerated,DeviceVendor,DeviceProduct,Message"), 0);
        assert_eq!(sniff("time,user,src ip,dst ip"), 0);
    }
}
