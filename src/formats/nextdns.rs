//! NextDNS' log as its customers download it: a table with a header row.
//!
//! The columns are told by programs that read the download (<https://github.com/marceldupr/nextdns-report-viewer>); NextDNS
//! documents the fields with its API (<https://nextdns.github.io/api/>). Columns go by their names, since order and number have
//! changed.
//!
//! ```text
//! timestamp,domain,query_type,dnssec,protocol,client_ip,status,reasons,destination_country,root_domain,device_id,device_name,...
//! 2024-03-12T08:13:03.412Z,www.notion.so,A,,DoH,198.51.100.77,default,,US,notion.so,AB12C,Alice laptop,MacBook,192.0.2.25,,
//! ```

use std::sync::Arc;

use bumpalo::Bump;

use super::fields::delimited::Cells;
use super::fields::dns::look_up;
use super::fields::{number::present, time};
use super::{About, Assume, Format, Framing, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Tells, Vote};
use crate::event::{Action, parse_ip};

/// NextDNS.
pub struct NextDns;

impl Format for NextDns {
    fn id(&self) -> &'static str {
        "nextdns"
    }

    fn about(&self) -> About {
        About {
            name: "NextDNS",
            summary: "The download of NextDNS' logs: who looked up which name, on which device, and what was blocked.",
            reference: "https://nextdns.github.io/api/",
            proof: Proof::Documentation,
            variants: &[],
        }
    }

    fn framing(&self) -> Framing {
        Framing::QuotedLines
    }

    fn sniff(&self, head: &Head<'_>, assume: &Assume) -> Guess {
        let Some(table) = head.lines.first().and_then(|line| Table::bind(line)) else { return Guess::NO };
        let mut rows = Rows { bound: Arc::new(Bound { table, assume: assume.clone() }) };
        let arena = Bump::new();
        let share = head.vote(|line| match rows.record(line, &arena) {
            Parsed::Skip("header") => Vote::Abstain,
            Parsed::Event(_) | Parsed::Skip(_) => Vote::Yes,
            _ => Vote::No,
        });
        let why = format!("the header row of NextDNS; {} of {} rows fit it", share.yes, share.of);
        match share.of {
            0 => Guess::new(90, why),
            _ => Guess::new(share.score(97), why),
        }
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let table = head.lines.first().and_then(|line| Table::bind(line)).ok_or(Problem::new("no header row", 0))?;
        let tells = Tells { client: true, host: true, action: table.has(Column::Status), ..Tells::default() };
        Ok(Layout::new(tells, Bound { table, assume: assume.clone() }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Rows { bound: layout.get() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "name the devices in NextDNS after the people who use them",
            Gap::Client => "let NextDNS log the clients' addresses, and identify devices",
            Gap::BytesUp | Gap::BytesDown | Gap::Path | Gap::Visits => {
                "look-ups carry no traffic: add the log of a proxy or a firewall to see what was visited and how much was moved"
            }
            Gap::Host | Gap::Action => return None,
        })
    }
}

struct Bound {
    table: Table,
    assume: Assume,
}

/// The columns that matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Timestamp,
    Domain,
    Status,
    DeviceName,
    DeviceLocalIp,
    ClientIp,
}

const COLUMNS: [(&str, Column); 6] = [
    ("timestamp", Column::Timestamp),
    ("domain", Column::Domain),
    ("status", Column::Status),
    ("device_name", Column::DeviceName),
    ("device_local_ip", Column::DeviceLocalIp),
    ("client_ip", Column::ClientIp),
];

/// Where they stand.
#[derive(Debug)]
struct Table {
    /// By column.
    columns: Vec<Option<Column>>,
    header: Vec<u8>,
}

impl Table {
    /// `None`: another header, or none.
    fn bind(line: &[u8]) -> Option<Table> {
        if line.len() > 4096 {
            return None;
        }
        let line = bare(line);
        let names: Vec<&[u8]> = Cells::new(line, b',').map(|cell| cell.raw.trim_ascii()).collect();
        let columns = names.iter().map(|name| {
            COLUMNS.iter().find(|(known, _)| name.eq_ignore_ascii_case(known.as_bytes())).map(|(_, column)| *column)
        });
        let table = Table { columns: columns.collect(), header: line.to_vec() };
        let named = |wanted: &str| names.iter().any(|name| name.eq_ignore_ascii_case(wanted.as_bytes()));
        let ours = ["root_domain", "query_type", "dnssec", "protocol", "device_id", "reasons", "destination_country"];
        let fits = table.has(Column::Timestamp)
            && table.has(Column::Domain)
            && ours.iter().filter(|name| named(name)).count() >= 3
            && (named("root_domain") || named("device_id"));
        fits.then_some(table)
    }

    fn has(&self, wanted: Column) -> bool {
        self.columns.contains(&Some(wanted))
    }
}

/// A row without the marks that only the first row of a file has.
fn bare(line: &[u8]) -> &[u8] {
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

struct Rows {
    bound: Arc<Bound>,
}

impl Reader for Rows {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let table = &self.bound.table;
        if bare(line) == table.header {
            return Parsed::Skip("header");
        }
        let mut values: [Option<&'a [u8]>; COLUMNS.len()] = [None; COLUMNS.len()];
        let mut count = 0;
        for (cell, column) in Cells::new(line, b',').zip(&table.columns) {
            count += 1;
            if let Some(column) = column {
                values[*column as usize] = present(cell.value(arena));
            }
        }
        if count < 2 {
            return Parsed::Bad(Problem::new("fewer cells than columns", line.len()));
        }
        let value = |column: Column| values[column as usize];
        let Some(at) = value(Column::Timestamp).and_then(|text| time::any(text, &self.bound.assume)) else {
            return Parsed::Bad(Problem::new("the time is not readable", 0));
        };
        let Some(name) = value(Column::Domain) else { return Parsed::Skip("a look-up without a name") };
        let action = match value(Column::Status) {
            Some(b"blocked") => Some(Action::Blocked),
            Some(b"error") => Some(Action::Error),
            // By an allow list, or by no list at all.
            Some(b"allowed" | b"default" | b"relayed") => Some(Action::Allowed),
            None if table.has(Column::Status) && count == table.columns.len() => Some(Action::Allowed),
            _ => None,
        };
        // The public address is that of the whole office.
        let client = value(Column::DeviceLocalIp).or(value(Column::ClientIp)).filter(|text| parse_ip(text).is_some());
        match look_up(Some(at), name, client, action) {
            Parsed::Event(mut event) => {
                event.device = value(Column::DeviceName);
                Parsed::Event(event)
            }
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::fields::dns::testing;

    const HEADER: &str = "timestamp,domain,query_type,dnssec,protocol,client_ip,status,reasons,destination_country,root_domain,device_id,device_name,device_model,device_local_ip,matched_name,client_name";

    #[test]
    fn rows_by_name() {
        testing::check(
            &NextDns,
            &[
                (HEADER, "(header)"),
                (
                    "2024-03-12T08:13:03.412Z,www.notion.so,A,,DoH,198.51.100.77,default,,US,notion.so,AB12C,Alice laptop,MacBook,192.0.2.25,,",
                    "www.notion.so Alice laptop allowed",
                ),
                (
                    "2024-03-12T08:13:04.412Z,mega.nz,A,,DoH,198.51.100.77,blocked,blocklist:oisd,NZ,mega.nz,AB12C,\"Bob, phone\",,192.0.2.26,,",
                    "mega.nz Bob, phone blocked",
                ),
                (
                    "2024-03-12T08:13:05.412Z,zoom.us,A,,UDP,198.51.100.77,,,US,zoom.us,,,,,,",
                    "zoom.us 198.51.100.77 allowed",
                ),
                (
                    "2024-03-12T08:13:06.412Z,1.2.0.192.in-addr.arpa,PTR,,UDP,198.51.100.77,,,US,arpa,,,,,,",
                    "(a reverse look-up)",
                ),
                (HEADER, "(header)"),
                ("yesterday,zoom.us,A,,UDP,198.51.100.77,,,US,zoom.us,,,,,,", "bad: the time is not readable"),
                ("2024-03-12T08:13:05.412Z,zoom.us,A", "zoom.us - -"),
                ("2024-03-12T08:1", "bad: fewer cells than columns"),
            ],
        );
    }

    #[test]
    fn a_subset_in_another_order() {
        testing::check(
            &NextDns,
            &[
                ("domain,timestamp,protocol,status,root_domain,device_id", "(header)"),
                ("box.com,2024-03-12T08:13:03Z,DoT,allowed,box.com,AB12C", "box.com - allowed"),
            ],
        );
        assert!(Table::bind(b"timestamp,domain,action,user").is_none());
    }
}
