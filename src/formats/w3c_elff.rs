//! The W3C extended log file format: `#Fields:` names the columns, white space parts them.
//!
//! Written by Blue Coat / Symantec ProxySG, Microsoft TMG and ISA, Cisco's Secure Web Appliance and many others. Defined at
//! <https://www.w3.org/TR/WD-logfile.html>; what the devices made of it is in the comments below.
//!
//! ```text
//! #Fields: date time time-taken c-ip cs-username sc-filter-result sc-status s-action cs-method cs-uri-scheme cs-host ...
//! 2026-03-10 08:15:42 137 192.0.2.41 EXAMPLE\alice OBSERVED 200 TCP_TUNNELED CONNECT tcp www.dropbox.com ...
//! ```

use std::sync::Arc;

use bumpalo::Bump;

use super::fields::alias::{self, Field};
use super::fields::draft::{self, Draft, NO_DESTINATION};
use super::fields::{delimited, number, time};
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Tells, Vote};
use crate::event::{Action, parse_ip};

/// The W3C extended log file format.
pub struct W3cElff;

impl Format for W3cElff {
    fn id(&self) -> &'static str {
        "w3c-elff"
    }

    fn about(&self) -> About {
        About {
            name: "W3C extended log (Blue Coat ProxySG, Microsoft TMG, Cisco WSA)",
            summary: "Proxy logs that name their columns in a #Fields line, and ProxySG's default layouts without one.",
            reference: "https://www.w3.org/TR/WD-logfile.html",
            proof: Proof::Verified,
            variants: &["proxysg", "proxysg-headerless", "iis", "tmg"],
        }
    }

    fn directive(&self) -> Option<u8> {
        Some(b'#')
    }

    fn sniff(&self, head: &Head<'_>, assume: &Assume) -> Guess {
        let software = head.lines.iter().find_map(|line| directive(line, b"software"));
        let Some(fields) = head.lines.iter().find_map(|line| directive(line, b"fields")) else {
            return match headerless(head) {
                Some((form, yes, of)) => Guess::new(
                    (92 * yes / of) as u8,
                    format!("{yes} of {of} lines have the columns of ProxySG's {} log, without its header", form.name),
                ),
                None => Guess::NO,
            };
        };
        let columns = Columns::bind(fields, false);
        if columns.names.len() < 2 {
            return Guess::NO;
        }
        let software = software.map(|name| String::from_utf8_lossy(name.trim_ascii()));
        let by = match &software {
            Some(name) => format!("`#Software: {name}` and `#Fields:`"),
            None => "`#Fields:`".to_owned(),
        };
        if columns.is_web_server(software.as_deref()) && !absolute(head, &columns) {
            return Guess::decline(
                95,
                format!("{by}: a web server's log of visits to itself, not of people going out"),
            );
        }
        if !columns.has_time() {
            return Guess::decline(70, format!("{by} without a time: the columns are {}", columns.list()));
        }
        if !columns.has_destination() {
            return Guess::decline(70, format!("{by} without a destination: the columns are {}", columns.list()));
        }
        let arena = Bump::new();
        let mut reader = Records::new(Arc::new(columns), assume.clone());
        let share = head.vote(|line| match reader.record(line, &arena) {
            Parsed::Event(_) => Vote::Yes,
            Parsed::Bad(_) => Vote::No,
            Parsed::Skip(_) | Parsed::Layout(_) | Parsed::Identity(_) => Vote::Abstain,
        });
        let best = if software.is_some() { 99 } else { 96 };
        match share.of {
            // A header alone: an empty log.
            0 => Guess::new(best - 4, format!("{by}, no records")),
            _ if share.score(best) == 0 => {
                Guess::new(60, format!("{by}, but only {} of {} records fit it", share.yes, share.of))
            }
            _ => Guess::new(share.score(best), format!("{by}; {} of {} records fit it", share.yes, share.of)),
        }
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        for (at, line) in head.lines.iter().enumerate() {
            if let Some(fields) = directive(line, b"fields") {
                let local = head.lines[..at].iter().any(|line| is_local(line));
                let columns = Columns::bind(fields, local);
                if !columns.has_time() || !columns.has_destination() {
                    return Err(Problem {
                        reason: format!("no time or no destination among the columns {}", columns.list()).into(),
                        at: 0,
                    });
                }
                return Ok(columns.into_layout(assume));
            }
        }
        match headerless(head) {
            Some((form, ..)) => Ok(Columns::bind(form.columns.as_bytes(), false).into_layout(assume)),
            None => Err(Problem::new("no #Fields line", 0)),
        }
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        let bound = layout.get::<Bound>();
        Box::new(Records::new(Arc::clone(&bound.columns), bound.assume.clone()))
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "add cs-username to the access log format (ProxySG: Access Logging > Formats)",
            Gap::Client => "add c-ip to the access log format",
            Gap::Host => "add cs-host to the access log format",
            Gap::BytesUp => "add cs-bytes to the access log format",
            Gap::BytesDown => "add sc-bytes to the access log format",
            Gap::Path => "add cs-uri-path to the access log format",
            Gap::Action => "add sc-filter-result, s-action and x-exception-id to the access log format",
            Gap::Visits => return None,
        })
    }
}

/// What a layout holds.
struct Bound {
    columns: Arc<Columns>,
    assume: Assume,
}

/// What a column is to us, in the order in which values are preferred: where two columns carry the same field, the one
/// whose role stands first wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    Field(Field),
    /// A column that carries the field, but only speaks when the better one is silent.
    Second(Field),
    Third(Field),
    /// `cs-uri-stem`: a path, or with a forward proxy a whole URL.
    Stem,
    Scheme,
    /// `sc-filter-result`.
    FilterResult,
    /// `s-action`, `sc-result-code`: `TCP_DENIED` and its kin.
    ResultCode,
    /// `TCP_MISS/200`, both in one.
    ResultAndStatus,
    /// `x-exception-id`.
    Exception,
    /// The ACL decision tag of Cisco's proxy.
    AclTag,
    /// `time-taken`: milliseconds as everybody writes it, or seconds with a fraction, as the draft says.
    Taken,
    /// `path` of the Windows firewall: `SEND` or `RECEIVE`.
    Direction,
}

/// The columns of one `#Fields` line, bound.
#[derive(Debug)]
struct Columns {
    names: Vec<String>,
    /// By column: its place in `roles`, for the wanted ones.
    slots: Vec<Option<u8>>,
    /// Sorted.
    roles: Vec<Role>,
    tab: bool,
    /// Times are in the assumed zone: the Windows firewall says so, everybody else writes UTC.
    local: bool,
    /// Where a surplus of values is put: the first column whose values tend to hold unquoted blanks.
    greedy: Option<usize>,
}

/// Most wanted columns of one record.
const MAX_WANTED: usize = 40;

impl Columns {
    fn bind(fields: &[u8], local: bool) -> Columns {
        let fields = String::from_utf8_lossy(fields.trim_ascii());
        let tab = fields.contains('\t');
        let names: Vec<String> = if tab {
            fields.split('\t').map(|name| name.trim().to_ascii_lowercase()).collect()
        } else {
            fields.split_ascii_whitespace().map(str::to_ascii_lowercase).collect()
        };
        let named = names.iter().any(|name| matches!(meaning(name), Some(Role::Field(Field::Host | Field::Url))));
        let mut wanted: Vec<(Role, usize)> = Vec::new();
        for (column, name) in names.iter().enumerate() {
            // `cs-ip` is the destination of a transparent proxy and the proxy itself of an explicit one.
            if let Some(role) = meaning(name).filter(|_| !(named && name == "cs-ip")) {
                // Of columns with the same name the first counts.
                if !wanted.iter().any(|(had, at)| *had == role && names[*at] == *name) {
                    wanted.push((role, column));
                }
            }
        }
        wanted.sort();
        wanted.truncate(MAX_WANTED);
        let mut slots = vec![None; names.len()];
        for (slot, (_, column)) in wanted.iter().enumerate() {
            slots[*column] = Some(slot as u8);
        }
        let greedy = ["cs(user-agent)", "c-agent", "cs-user-agent", "cs-categories", "cs-uri-query", "cs-uri"]
            .iter()
            .find_map(|greedy| names.iter().position(|name| name == greedy));
        Columns { names, slots, roles: wanted.into_iter().map(|(role, _)| role).collect(), tab, local, greedy }
    }

    fn has(&self, wanted: impl Fn(Field) -> bool) -> bool {
        self.roles.iter().any(|role| role.field().is_some_and(&wanted))
    }

    fn has_time(&self) -> bool {
        // A clock without a date, which stands in `#Date:` then, was last written in the nineties.
        self.has(|field| field == Field::Ts)
            || (self.has(|field| field == Field::Date) && self.has(|field| field == Field::Time))
    }

    fn has_destination(&self) -> bool {
        self.has(|field| matches!(field, Field::Host | Field::Url | Field::Sni | Field::DstIp))
            || self.roles.contains(&Role::Stem)
    }

    /// Columns of IIS, or of a content delivery network in front of one's own site.
    fn is_web_server(&self, software: Option<&str>) -> bool {
        let named = |name: &str| self.names.iter().any(|have| have == name);
        software.is_some_and(|name| name.contains("Internet Information Services"))
            || named("sc-win32-status")
            || named("sc-substatus")
            || named("x-edge-location")
            || (named("cs-uri-stem") && named("s-ip") && !named("cs-uri") && !named("r-host"))
    }

    fn list(&self) -> String {
        const SHOWN: usize = 12;
        let mut list = self.names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
        if self.names.len() > SHOWN {
            list.push_str(", ...");
        }
        list
    }

    fn into_layout(self, assume: &Assume) -> Layout {
        let mut tells = draft::tells(self.roles.iter().filter_map(|role| role.field()));
        for role in &self.roles {
            match role {
                Role::Stem => tells.path = true,
                Role::FilterResult | Role::ResultCode | Role::ResultAndStatus | Role::Exception | Role::AclTag => {
                    tells.action = true
                }
                _ => {}
            }
        }
        // What the sum of both directions leaves after one of them is told, too.
        if self.has(|field| field == Field::BytesTotal) && tells.bytes_up != tells.bytes_down {
            tells = Tells { bytes_up: true, bytes_down: true, ..tells };
        }
        Layout::new(tells, Bound { columns: Arc::new(self), assume: assume.clone() })
    }
}

impl Role {
    fn field(self) -> Option<Field> {
        match self {
            Role::Field(field) | Role::Second(field) | Role::Third(field) => Some(field),
            _ => None,
        }
    }
}

/// What a column's name, in lower case, means.
///
/// The prefix tells who speaks to whom: `cs` client to server, `sc` server to client, `rs` and `sr` the proxy's own
/// leg to the origin, whose bytes are not the client's. `s-ip` and `s-port` are the proxy, except on Cisco's, where nothing
/// tells so: they are never taken for the destination.
fn meaning(name: &str) -> Option<Role> {
    use Role::{Field as First, Second, Third};
    Some(match name {
        "date" => First(Field::Date),
        "time" => First(Field::Time),
        "timestamp" | "x-timestamp-unix" | "x-timestamp" | "gmt-time" | "date-time" => First(Field::Ts),
        "gmttime" | "localtime" | "x-timestamp-unix-utc" => Second(Field::Ts),
        "cs-username" | "cs-user" | "x-cs-username" => First(Field::User),
        "cs-userdn" | "x-cs-user" | "c-username" | "x-authenticated-user" => Second(Field::User),
        "c-ip" | "x-client-address" | "x-client-ip" => First(Field::SrcIp),
        "cs(x-forwarded-for)" | "src-ip" => Second(Field::SrcIp),
        "c-dns" | "x-client-device-name" | "c-hostname" | "c-computername" => First(Field::Device),
        "cs-host" | "cs-uri-hostname" | "urldesthost" => First(Field::Host),
        "r-host" | "s-hostname" | "cs(host)" | "r-dns" | "cs-uri-host" => Second(Field::Host),
        "cs-sni" | "x-sni" | "x-ssl-sni" | "x-cs-sni" => First(Field::Sni),
        "x-rs-certificate-hostname" => Second(Field::Sni),
        "cs-uri" | "cs-url" | "c-uri" | "x-cs-uri" => First(Field::Url),
        "cs-uri-path" => First(Field::Path),
        "cs-uri-stem" => Role::Stem,
        "cs-uri-scheme" => Role::Scheme,
        "r-ip" => First(Field::DstIp),
        "s-supplier-ip" | "cs-uri-address" | "dst-ip" => Second(Field::DstIp),
        "cs-ip" => Third(Field::DstIp),
        "cs-uri-port" => First(Field::DstPort),
        "r-port" | "dst-port" => Second(Field::DstPort),
        "cs-method" | "s-operation" => First(Field::Method),
        "sc-status" | "sc-http-status" => First(Field::Status),
        "x-resultcode-httpstatus" => Role::ResultAndStatus,
        "sc-filter-result" => Role::FilterResult,
        "s-action" | "sc-result-code" => Role::ResultCode,
        "x-exception-id" => Role::Exception,
        "x-acltag" => Role::AclTag,
        "action" => First(Field::Action),
        "cs-bytes" => First(Field::BytesUp),
        "sc-bytes" => First(Field::BytesDown),
        "bytes" => First(Field::BytesTotal),
        "time-taken" => Role::Taken,
        "x-elapsed-time" => First(Field::DurationMs),
        "duration" | "x-duration" => First(Field::DurationSeconds),
        "cs(user-agent)" | "c-agent" | "cs-user-agent" => First(Field::UserAgent),
        "cs(referer)" | "cs-referred" | "cs-referer" | "cs-referrer" => First(Field::Referer),
        "cs-categories" | "cs-category" | "x-webcat-code-full" | "urlcategory" => First(Field::Category),
        "sc-filter-category" | "x-cs-category" => Second(Field::Category),
        "x-bluecoat-application-name" | "x-avc-app" | "x-cs-app" | "cs-app" => First(Field::App),
        "cs-auth-group" | "cs-auth-groups" => First(Field::Groups),
        "path" => Role::Direction,
        // The size of one packet in the Windows firewall's log, and of objects elsewhere.
        "size" | "status" | "method" => return None,
        // The proxy's own leg and what it says about itself.
        _ if ["s-", "r-", "rs-", "sr-", "rs(", "sr(", "x-", "sc(", "cs("].iter().any(|leg| name.starts_with(leg)) => {
            return None;
        }
        // Products that borrow the header line but not the names.
        _ => Third(alias::flat(&alias::normal(name))?),
    })
}

/// What follows `#Name:`, in any case, with or without a blank before the name.
fn directive<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let rest = line.strip_prefix(b"#")?.trim_ascii_start();
    let (head, rest) = rest.split_at_checked(name.len())?;
    if !head.eq_ignore_ascii_case(name) {
        return None;
    }
    rest.trim_ascii_start().strip_prefix(b":")
}

fn is_local(line: &[u8]) -> bool {
    directive(line, b"time format").is_some_and(|format| format.trim_ascii().eq_ignore_ascii_case(b"local"))
}

/// Whether the records of a web server's log ask for whole URLs, as a forward proxy's do.
fn absolute(head: &Head<'_>, columns: &Columns) -> bool {
    let Some(stem) = columns.names.iter().position(|name| name == "cs-uri-stem") else { return false };
    let share = head.vote(|line| {
        if line.first() == Some(&b'#') {
            return Vote::Abstain;
        }
        let value = Values { rest: line, tab: columns.tab, quote: b'"' }.nth(stem);
        if value.is_some_and(|value| memchr::memmem::find(value.raw, b"://").is_some()) { Vote::Yes } else { Vote::No }
    });
    share.of > 0 && share.percent() >= 60
}

/// One of ProxySG's default layouts.
struct Form {
    name: &'static str,
    columns: &'static str,
    /// Releases add columns at the end.
    open_end: bool,
}

const FORMS: [Form; 5] = [
    Form {
        name: "main (SGOS 5)",
        columns: "date time time-taken c-ip sc-status s-action sc-bytes cs-bytes cs-method cs-uri-scheme cs-host \
                  cs-uri-port cs-uri-path cs-uri-query cs-username cs-auth-group s-hierarchy s-supplier-name \
                  rs(Content-Type) cs(Referer) cs(User-Agent) sc-filter-result cs-categories x-virus-id s-ip",
        open_end: false,
    },
    Form {
        name: "main (SGOS 3)",
        columns: "date time time-taken c-ip sc-status s-action sc-bytes cs-bytes cs-method cs-uri-scheme cs-host \
                  cs-uri-path cs-uri-query cs-username s-hierarchy s-supplier-name rs(Content-Type) cs(User-Agent) \
                  sc-filter-result sc-filter-category x-virus-id s-ip s-sitename x-virus-details x-icap-error-code \
                  x-icap-error-details",
        open_end: false,
    },
    Form {
        name: "bcreportermain_v1",
        columns: "date time time-taken c-ip cs-username cs-auth-group x-exception-id sc-filter-result cs-categories \
                  cs(Referer) sc-status s-action cs-method rs(Content-Type) cs-uri-scheme cs-host cs-uri-port \
                  cs-uri-path cs-uri-query cs-uri-extension cs(User-Agent) s-ip sc-bytes cs-bytes x-virus-id",
        open_end: false,
    },
    Form {
        name: "bcreportermain_v1 (SGOS 6.5)",
        columns: "date time time-taken c-ip cs-username cs-auth-group x-exception-id sc-filter-result cs-categories \
                  cs(Referer) sc-status s-action cs-method rs(Content-Type) cs-uri-scheme cs-host cs-uri-port \
                  cs-uri-path cs-uri-query cs-uri-extension cs(User-Agent) s-ip sc-bytes cs-bytes x-virus-id \
                  x-bluecoat-application-name x-bluecoat-application-operation",
        open_end: true,
    },
    Form {
        name: "bcreportermain_v1 (SGOS 7)",
        columns: "date time time-taken c-ip cs-username cs-auth-group s-supplier-name s-supplier-ip s-supplier-country \
                  s-supplier-failures x-exception-id sc-filter-result cs-categories cs(Referer) sc-status s-action \
                  cs-method rs(Content-Type) cs-uri-scheme cs-host cs-uri-port cs-uri-path cs-uri-query \
                  cs-uri-extension cs(User-Agent) s-ip sc-bytes cs-bytes x-virus-id",
        open_end: true,
    },
];

/// The default layout that at least 60 % of the lines have, and how many.
fn headerless(head: &Head<'_>) -> Option<(&'static Form, usize, usize)> {
    // Most heads are settled by their first line.
    head.lines.iter().take(8).find(|line| starts_like_proxysg(line))?;
    FORMS
        .iter()
        .filter_map(|form| {
            let columns = Columns::bind(form.columns.as_bytes(), false);
            let share = head.vote(|line| match line.first() {
                Some(b'#') => Vote::Abstain,
                _ if starts_like_proxysg(line) && form.fits(line, &columns) => Vote::Yes,
                _ => Vote::No,
            });
            (share.percent() >= 60).then_some((form, share.yes, share.of))
        })
        .rev()
        .max_by_key(|(_, yes, _)| *yes)
}

/// `2026-03-10 08:15:42 137 192.0.2.41 `
fn starts_like_proxysg(line: &[u8]) -> bool {
    let mut values = Values { rest: line, tab: false, quote: b'"' };
    let mut next = || values.next().map_or(&b""[..], |value| value.raw);
    time::date_and_time(next(), next(), true, &Assume::default()).is_some()
        && number::unsigned(next()).is_some()
        && parse_ip(next()).is_some()
}

impl Form {
    fn fits(&self, line: &[u8], columns: &Columns) -> bool {
        let mut count = 0;
        for value in (Values { rest: line, tab: false, quote: b'"' }) {
            let fits = match columns.names.get(count).map(String::as_str) {
                Some("sc-filter-result") => matches!(value.raw, b"OBSERVED" | b"PROXIED" | b"DENIED"),
                Some("s-action") => value.raw.iter().all(|b| b.is_ascii_uppercase() || *b == b'_'),
                Some("sc-status") => value.raw.len() <= 3 && is_number(value.raw),
                Some("sc-bytes" | "cs-bytes") => is_number(value.raw),
                _ => true,
            };
            if !fits {
                return false;
            }
            count += 1;
        }
        count == columns.names.len() || (self.open_end && count > columns.names.len())
    }
}

fn is_number(value: &[u8]) -> bool {
    value == b"-" || number::unsigned(value).is_some()
}

/// The values of one record.
struct Values<'a> {
    rest: &'a [u8],
    tab: bool,
    quote: u8,
}

#[derive(Clone, Copy)]
struct Value<'a> {
    raw: &'a [u8],
    doubled: bool,
    /// The quote was never closed.
    open: bool,
}

impl<'a> Values<'a> {
    /// The value in quotes that `text` begins after. A quote closes if white space or nothing follows; devices do not
    /// double those in a user agent.
    fn quoted(&mut self, text: &'a [u8]) -> Value<'a> {
        let mut doubled = false;
        let mut from = 0;
        while let Some(found) = memchr::memchr(self.quote, &text[from..]) {
            let at = from + found;
            match text.get(at + 1) {
                None | Some(b' ' | b'\t') => {
                    self.rest = text.get(at + 2..).unwrap_or(&[]);
                    return Value { raw: &text[..at], doubled, open: false };
                }
                Some(next) if *next == self.quote => {
                    doubled = true;
                    from = at + 2;
                }
                Some(_) => from = at + 1,
            }
        }
        self.rest = &[];
        Value { raw: text, doubled, open: true }
    }
}

impl<'a> Iterator for Values<'a> {
    type Item = Value<'a>;

    #[inline]
    fn next(&mut self) -> Option<Value<'a>> {
        if self.tab {
            if self.rest.is_empty() {
                return None;
            }
            let end = memchr::memchr(b'\t', self.rest).unwrap_or(self.rest.len());
            let raw = &self.rest[..end];
            self.rest = self.rest.get(end + 1..).unwrap_or(&[]);
            return Some(match raw {
                [b'"', inner @ .., b'"'] => {
                    Value { raw: inner, doubled: memchr::memmem::find(inner, b"\"\"").is_some(), open: false }
                }
                _ => Value { raw, doubled: false, open: false },
            });
        }
        // Blanks are collapsed.
        while let [b' ' | b'\t', rest @ ..] = self.rest {
            self.rest = rest;
        }
        match self.rest {
            [] => None,
            [first, text @ ..] if *first == self.quote => Some(self.quoted(text)),
            [b'[', ..] => {
                // `[10/Mar/2026:08:15:42 +0000]` is one value; any other bracket is a letter like others.
                let end = match self.rest.get(27..) {
                    Some([b']', ..]) if self.rest[3] == b'/' => 28,
                    _ => self.blank(),
                };
                Some(self.plain(end))
            }
            _ => {
                let end = self.blank();
                Some(self.plain(end))
            }
        }
    }
}

impl<'a> Values<'a> {
    fn blank(&self) -> usize {
        memchr::memchr2(b' ', b'\t', self.rest).unwrap_or(self.rest.len())
    }

    fn plain(&mut self, end: usize) -> Value<'a> {
        let (raw, rest) = self.rest.split_at(end);
        self.rest = rest;
        Value { raw, doubled: false, open: false }
    }
}

/// A reader.
struct Records {
    columns: Arc<Columns>,
    assume: Assume,
    local: bool,
}

type Slots<'a> = [Option<Value<'a>>; MAX_WANTED];

impl Records {
    fn new(columns: Arc<Columns>, assume: Assume) -> Records {
        let local = columns.local;
        Records { columns, assume, local }
    }

    #[cold]
    fn comment<'a>(&mut self, line: &[u8]) -> Parsed<'a> {
        if is_local(line) {
            // Only Windows writes this, and only above its one `#Fields`; kept in the layout for what follows.
            self.local = true;
        }
        let Some(fields) = directive(line, b"fields") else { return Parsed::Skip("comment") };
        let columns = Columns::bind(fields, self.local);
        if columns.names == self.columns.names && columns.tab == self.columns.tab {
            return Parsed::Skip("header");
        }
        let layout = columns.into_layout(&self.assume);
        self.columns = Arc::clone(&layout.get::<Bound>().columns);
        Parsed::Layout(layout)
    }

    /// Puts each wanted value into its slot. Counts the values; says whether the last one was cut in a quote.
    #[inline]
    fn split<'a>(&self, values: Values<'a>, slots: &mut Slots<'a>) -> (usize, bool) {
        let mut count = 0;
        let mut open = false;
        for value in values {
            if let Some(Some(slot)) = self.columns.slots.get(count) {
                slots[usize::from(*slot)] = Some(value);
            }
            open = value.open;
            count += 1;
        }
        (count, open)
    }

    /// What can be saved of a record whose values are not as many as the columns.
    #[cold]
    fn mend<'a>(&self, line: &'a [u8], count: usize, open: bool, slots: &mut Slots<'a>) -> Result<(), Problem> {
        let columns = &*self.columns;
        let want = columns.names.len();
        // A header with blanks over records with tabs, or the reverse.
        *slots = [None; MAX_WANTED];
        let tab = !columns.tab;
        if (!tab || memchr::memchr(b'\t', line).is_some())
            && self.split(Values { rest: line, tab, quote: b'"' }, slots).0 == want
            && self.plausible(slots)
        {
            return Ok(());
        }
        // Some collectors make `'` of `"`.
        if !columns.tab && memchr::memchr(b'\'', line).is_some() && memchr::memchr(b'"', line).is_none() {
            *slots = [None; MAX_WANTED];
            if self.split(Values { rest: line, tab: false, quote: b'\'' }, slots).0 == want && self.plausible(slots) {
                return Ok(());
            }
        }
        *slots = [None; MAX_WANTED];
        if count < want {
            let mut last = 0;
            for (column, value) in (Values { rest: line, tab: columns.tab, quote: b'"' }).enumerate() {
                last = column;
                if let Some(Some(slot)) = columns.slots.get(column) {
                    slots[usize::from(*slot)] = Some(value);
                }
            }
            // The last value may have lost its end: text is still of use, half a number or half a host is not.
            if let Some(Some(slot)) = columns.slots.get(last).copied() {
                let slot = usize::from(slot);
                if !open && columns.roles[slot].field() != Some(Field::UserAgent) {
                    slots[slot] = None;
                }
            }
            let told = |wanted: &dyn Fn(Field) -> bool| {
                columns
                    .roles
                    .iter()
                    .zip(slots.iter())
                    .any(|(role, value)| value.is_some() && role.field().is_some_and(wanted))
            };
            let time = told(&|field| matches!(field, Field::Ts | Field::Time));
            let place = told(&|field| matches!(field, Field::Host | Field::Url | Field::Sni));
            return if time && place && self.plausible(slots) {
                Ok(())
            } else {
                Err(Problem::new("fewer values than columns", line.len()))
            };
        }
        // A surplus: blanks in a value without quotes. What stands before the likeliest column is counted from the left,
        // what stands behind it from the right, and the surplus is its.
        let surplus = count - want;
        let Some(greedy) = columns.greedy else { return Err(Problem::new("more values than columns", 0)) };
        let mut first: Option<&'a [u8]> = None;
        for (place, value) in (Values { rest: line, tab: columns.tab, quote: b'"' }).enumerate() {
            let column = if place < greedy {
                place
            } else if place <= greedy + surplus {
                first.get_or_insert(value.raw);
                greedy
            } else {
                place - surplus
            };
            if let Some(Some(slot)) = columns.slots.get(column) {
                let slot = &mut slots[usize::from(*slot)];
                let value = match (column == greedy, first) {
                    // From the first value of the surplus to the end of the last: both are slices of the line.
                    (true, Some(first)) => {
                        let start = offset(line, first);
                        let end = offset(line, value.raw) + value.raw.len();
                        Value { raw: line.get(start..end).unwrap_or(first), ..value }
                    }
                    _ => value,
                };
                *slot = Some(value);
            }
        }
        if self.plausible(slots) { Ok(()) } else { Err(Problem::new("more values than columns", 0)) }
    }

    /// Whether the values of columns that have a strict shape have it: the witness that a mended record is in step.
    fn plausible(&self, slots: &Slots<'_>) -> bool {
        self.columns.roles.iter().zip(slots).all(|(role, value)| {
            let Some(value) = value.map(|value| value.raw) else { return true };
            match role {
                Role::Field(Field::Status | Field::BytesUp | Field::BytesDown | Field::DstPort) => is_number(value),
                Role::Field(Field::SrcIp | Field::DstIp) => value == b"-" || parse_ip(value).is_some(),
                Role::Field(Field::Method) => value.len() < 24 && !value.iter().any(u8::is_ascii_digit),
                Role::Field(Field::Date) => value.len() == 10,
                Role::Field(Field::Host) => memchr::memchr2(b'/', b';', value).is_none(),
                Role::FilterResult => matches!(value, b"-" | b"OBSERVED" | b"PROXIED" | b"DENIED"),
                Role::Scheme => value.len() < 12,
                _ => true,
            }
        })
    }
}

/// Where `part` begins in `line`, of which it is a slice.
fn offset(line: &[u8], part: &[u8]) -> usize {
    (part.as_ptr() as usize).saturating_sub(line.as_ptr() as usize).min(line.len())
}

impl Reader for Records {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.first() == Some(&b'#') {
            return self.comment(line);
        }
        let columns = &*self.columns;
        let mut slots: Slots<'a> = [None; MAX_WANTED];
        let (count, open) = self.split(Values { rest: line, tab: columns.tab, quote: b'"' }, &mut slots);
        if count != columns.names.len() || open {
            // The Windows firewall leaves a blank at the end, and nothing else is as harmless.
            if let Err(problem) = self.mend(line, count, open, &mut slots) {
                return Parsed::Bad(problem);
            }
        }
        let mut draft = Draft::default();
        draft.utc = !columns.local;
        let mut verdict = Verdict::default();
        let mut scheme = None;
        for (role, value) in columns.roles.iter().zip(slots) {
            let Some(value) = value else { continue };
            let raw = if value.doubled { delimited::undouble(value.raw, arena) } else { value.raw };
            match role {
                Role::Field(field) | Role::Second(field) | Role::Third(field) => {
                    let raw = match field {
                        // TMG marks a name that it did not check.
                        Field::User => raw.strip_suffix(b"(?)").unwrap_or(raw),
                        // The first of `client, proxy, proxy`.
                        Field::SrcIp => &raw[..memchr::memchr(b',', raw).unwrap_or(raw.len())],
                        _ => raw,
                    };
                    draft.set(*field, raw, &self.assume);
                }
                Role::Stem if raw.first() == Some(&b'/') => draft.set(Field::Path, raw, &self.assume),
                Role::Stem => draft.set(Field::Url, raw, &self.assume),
                Role::Scheme => scheme = number::present(raw),
                Role::FilterResult => verdict.filter = raw,
                Role::ResultCode => verdict.result = raw,
                Role::ResultAndStatus => {
                    let slash = memchr::memchr(b'/', raw).unwrap_or(raw.len());
                    verdict.result = &raw[..slash];
                    draft.set(Field::Status, raw.get(slash + 1..).unwrap_or(&[]), &self.assume);
                }
                Role::Exception => verdict.exception = raw,
                Role::AclTag => verdict.tag = raw,
                Role::Taken if memchr::memchr(b'.', raw).is_some() => {
                    draft.set(Field::DurationSeconds, raw, &self.assume);
                }
                Role::Taken => draft.set(Field::DurationMs, raw, &self.assume),
                Role::Direction if raw == b"RECEIVE" => return Parsed::Skip("inbound"),
                Role::Direction => {}
            }
        }
        if let Some(action) = verdict.action(draft.event.status) {
            draft.event.action = Some(action);
        }
        if draft.event.dst_port.is_none() {
            draft.event.dst_port = match scheme {
                Some(b"http" | b"ws") => Some(80),
                Some(b"https" | b"wss" | b"ssl") => Some(443),
                _ => None,
            };
        }
        match draft.finish(&self.assume, arena) {
            // A request that was none, a connection that was closed: nobody went anywhere.
            Parsed::Bad(problem) if problem.reason == NO_DESTINATION => Parsed::Skip(NO_DESTINATION),
            Parsed::Event(event) => match draft::not_outbound(&event) {
                Some(why) if event.path.is_none() => Parsed::Skip(why),
                _ => Parsed::Event(event),
            },
            other => other,
        }
    }
}

/// What the columns say about the outcome.
#[derive(Default)]
pub(super) struct Verdict<'a> {
    /// `sc-filter-result`
    pub filter: &'a [u8],
    /// `s-action` and its like.
    pub result: &'a [u8],
    /// `x-exception-id`
    pub exception: &'a [u8],
    /// Cisco's decision.
    pub tag: &'a [u8],
}

impl Verdict<'_> {
    pub fn action(&self, status: Option<u16>) -> Option<Action> {
        let Verdict { filter, result, exception, tag } = *self;
        // A challenge is logged as DENIED too, so it is asked for first.
        if exception.starts_with(b"authentication_")
            || exception.starts_with(b"authorization_")
            // TCP_AUTH_HIT and TCP_AUTH_MISS were served; these two were answered with a form.
            || matches!(result, b"TCP_AUTH_REDIRECT" | b"TCP_AUTH_FORM")
            || status == Some(407)
        {
            return Some(Action::Auth);
        }
        if tag.starts_with(b"BLOCK_CONTINUE") {
            return Some(Action::Warned);
        }
        if filter.eq_ignore_ascii_case(b"DENIED")
            || result.starts_with(b"TCP_DENIED")
            || result == b"DENIED"
            || exception.ends_with(b"denied")
            || exception == b"virus_detected"
            || tag.starts_with(b"BLOCK_")
            || tag.starts_with(b"DROP_")
        {
            return Some(Action::Blocked);
        }
        const FAILED: [&[u8]; 7] = [b"tcp_error", b"dns_", b"gateway_", b"invalid_", b"icap_", b"ssl_", b"internal_"];
        if FAILED.iter().any(|failed| exception.starts_with(failed))
            || matches!(result, b"FAILED" | b"TCP_ERR_MISS")
            || (result == b"NONE" && status.is_some_and(|status| status >= 500))
        {
            return Some(Action::Error);
        }
        let said = [filter, result, tag].iter().any(|said| number::present(said).is_some());
        said.then_some(Action::Allowed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the records of a log say, in short: `user|source|host|address:port|path|up|down|action`, or a reason.
    fn check(log: &str, want: &[&str]) {
        let lines: Vec<&[u8]> = log.lines().filter(|line| !line.is_empty()).map(str::as_bytes).collect();
        let assume = Assume::default();
        let layout = W3cElff.layout(&Head { lines: lines.clone() }, &assume).unwrap();
        let mut reader = W3cElff.reader(&layout);
        let arena = Bump::new();
        let mut got = Vec::new();
        for line in lines {
            match reader.record(line, &arena) {
                Parsed::Event(event) => {
                    let text = |value: Option<&[u8]>| {
                        value.map(|value| String::from_utf8_lossy(value).into_owned()).unwrap_or_default()
                    };
                    let count = |value: Option<u64>| value.map(|value| value.to_string()).unwrap_or_default();
                    assert!(event.at.is_some(), "{log}");
                    got.push(format!(
                        "{}|{}|{}|{}:{}|{}|{}|{}|{}",
                        text(event.user),
                        text(event.src_ip),
                        text(event.host),
                        text(event.dst_ip),
                        count(event.dst_port.map(u64::from)),
                        text(event.path),
                        count(event.bytes_up),
                        count(event.bytes_down),
                        event.action.map_or("", |action| action.as_str()),
                    ));
                }
                Parsed::Skip("comment" | "header") => {}
                Parsed::Skip(why) => got.push(format!("skip: {why}")),
                Parsed::Bad(problem) => got.push(format!("bad: {}", problem.reason)),
                Parsed::Identity(who) => got.push(super::super::told::identity(&who)),
                // As whoever drives us does.
                Parsed::Layout(layout) => reader = W3cElff.reader(&layout),
            }
        }
        assert_eq!(got, want, "{log}");
    }

    /// One record under these columns.
    fn one(fields: &str, record: &str, want: &str) {
        check(&format!("#Fields: date time {fields}\n2026-03-10 08:15:42 {record}"), &[want]);
    }

    #[test]
    fn the_proxy_is_not_the_destination() {
        one("c-ip cs-host s-ip", "192.0.2.1 a.example 192.0.2.3", "|192.0.2.1|a.example|:||||");
        one(
            "c-ip cs-host s-ip r-ip",
            "192.0.2.1 a.example 192.0.2.3 203.0.113.1",
            "|192.0.2.1|a.example|203.0.113.1:||||",
        );
        one("c-ip cs-host cs-ip", "192.0.2.1 a.example 192.0.2.3", "|192.0.2.1|a.example|:||||");
        // Without any name the address that was asked for is what there is.
        one("c-ip cs-ip s-ip", "192.0.2.1 203.0.113.1 192.0.2.3", "|192.0.2.1||203.0.113.1:||||");
        // The better column first, wherever it stands.
        one("cs-host s-supplier-ip r-ip", "a.example 198.51.100.1 203.0.113.1", "||a.example|203.0.113.1:||||");
        one("cs-host rs-bytes sr-bytes cs-bytes sc-bytes", "a.example 1 2 3 4", "||a.example|:||3|4|");
    }

    #[test]
    fn actions_of_proxysg() {
        let fields = "cs-host sc-status s-action sc-filter-result x-exception-id";
        for (record, action) in [
            ("200 TCP_NC_MISS OBSERVED -", "allowed"),
            ("200 TCP_TUNNELED PROXIED -", "allowed"),
            // The origin said no, not the proxy.
            ("403 TCP_NC_MISS OBSERVED -", "allowed"),
            ("403 TCP_DENIED DENIED policy_denied", "blocked"),
            ("200 TCP_HIT OBSERVED content_filter_denied", "blocked"),
            ("403 DENIED - -", "blocked"),
            ("403 TCP_DENIED DENIED silent_denied", "blocked"),
            ("407 TCP_DENIED DENIED authentication_failed", "auth"),
            ("403 TCP_DENIED DENIED authorization_failed", "auth"),
            ("407 TCP_DENIED DENIED -", "auth"),
            ("302 TCP_AUTH_REDIRECT OBSERVED -", "auth"),
            ("200 TCP_AUTH_MISS OBSERVED -", "allowed"),
            ("503 TCP_ERR_MISS PROXIED tcp_error", "error"),
            ("404 TCP_ERR_MISS PROXIED dns_unresolved_hostname", "error"),
            ("0 FAILED PROXIED -", "error"),
            ("200 - - -", ""),
        ] {
            one(fields, &format!("a.example {record}"), &format!("||a.example|:||||{action}"));
        }
    }

    #[test]
    fn tunnels_urls_and_paths() {
        let fields = "cs-method cs-uri-scheme cs-host cs-uri-port cs-uri-path";
        one(fields, "CONNECT tcp a.example 443 /", "||a.example|:443||||");
        one(fields, "CONNECT tcp a.example - -", "||a.example|:443||||");
        one(fields, "GET https a.example - /x", "||a.example|:443|/x|||");
        one(fields, "GET http a.example 8080 /x", "||a.example|:8080|/x|||");
        one(fields, "unknown - - 0 -", "skip: no destination");
        one("cs-method cs-uri", "CONNECT a.example:8443", "||a.example|:8443||||");
        one("cs-method cs-uri", "GET http://a.example/x?y", "||a.example|:80|/x|||");
        one("cs-method cs-url", "CONNECT tunnel://a.example:443/", "||a.example|:443||||");
        one("cs-host cs-uri-stem", "a.example /x", "||a.example|:|/x|||");
    }

    #[test]
    fn values_in_quotes_and_what_is_left_of_them() {
        let fields = "cs-host cs(User-Agent) sc-bytes cs-bytes";
        let want = "||a.example|:||8|7|";
        one(fields, "a.example \"b c\" 7 8", want);
        one(fields, "a.example   \"\"  7   8  ", want);
        one(fields, "a.example \"b \"\"c\"\" d\" 7 8", want);
        one(fields, "a.example \"b \"c\" d\" 7 8", want);
        one(fields, "a.example b c d 7 8", want);
        one(fields, "a.example 'b c' 7 8", want);
        one(fields, "a.example b 7", "||a.example|:||||");
        one(fields, "a.example \"b c", "||a.example|:||||");
        // Out of step, and it shows.
        one(fields, "a.example b c d 7", "bad: more values than columns");
        one("c-ip cs-host sc-status", "a.example 200", "bad: fewer values than columns");
        one("cs-username cs-host sc-status cs-bytes", "a b a.example 200 5", "bad: more values than columns");
    }

    #[test]
    fn columns_change_in_mid_file() {
        check(
            "#Fields: date time cs-host cs-bytes\n2026-03-10 08:15:42 a.example 5\n# fields: cs-bytes cs-host time date\n\
             6 b.example 08:15:42 2026-03-10\n#Fields: date\ttime\tcs-host\tcs-username\n\
             2026-03-10\t08:15:42\tc.example\tEXAMPLE\\bob (?)",
            &["||a.example|:||5||", "||b.example|:||6||", "EXAMPLE\\bob||c.example|:||||"],
        );
    }

    #[test]
    fn times() {
        let at = |log: &str, zone: &str| {
            let assume = Assume { zone: jiff::tz::TimeZone::get(zone).unwrap(), ..Assume::default() };
            let lines: Vec<&[u8]> = log.lines().map(str::as_bytes).collect();
            let layout = W3cElff.layout(&Head { lines: lines.clone() }, &assume).unwrap();
            let arena = Bump::new();
            match W3cElff.reader(&layout).record(lines[lines.len() - 1], &arena) {
                Parsed::Event(event) => event.at.unwrap().0,
                other => panic!("{other:?}"),
            }
        };
        // UTC, whatever is assumed; only Windows says otherwise.
        let want = 1_773_130_542_000;
        assert_eq!(at("#Fields: date time cs-host\n2026-03-10 08:15:42 a.example", "Europe/Berlin"), want);
        assert_eq!(
            at("#Time Format: Local\n#Fields: date time dst-ip\n2026-03-10 09:15:42 203.0.113.1", "Europe/Berlin"),
            want
        );
        assert_eq!(at("#Fields: timestamp cs-host\n1773130542.000 a.example", "Europe/Berlin"), want);
        assert_eq!(at("#Fields: localtime cs-host\n[10/Mar/2026:09:15:42 +0100] a.example", "UTC"), want);
    }

    #[test]
    fn what_it_is_sure_of() {
        let sniff =
            |log: &str| W3cElff.sniff(&Head { lines: log.lines().map(str::as_bytes).collect() }, &Assume::default());
        let sure = sniff("#Software: SGOS 7\n#Fields: date time cs-host\n2026-03-10 08:15:42 a.example");
        assert_eq!((sure.score, sure.declined), (99, false), "{}", sure.why);
        let iis = sniff("#Fields: date time s-ip cs-uri-stem sc-win32-status\n2026-03-10 08:15:42 192.0.2.8 /x 0");
        assert!(iis.declined, "{}", iis.why);
        let nowhere = sniff("#Fields: date time c-ip cs-username\n2026-03-10 08:15:42 192.0.2.8 alice");
        assert!(nowhere.declined && nowhere.why.contains("without a destination"), "{}", nowhere.why);
        for other in ["", "#separator \\x09\n#fields\tts\tuid", "#Fields:", "2026-03-10 08:15:42 192.0.2.1 x", "{}"] {
            assert_eq!(sniff(other).score, 0, "{other}");
        }
    }

    #[test]
    fn default_layouts_are_known_by_their_shape() {
        for form in &FORMS {
            let record: Vec<&str> = form
                .columns
                .split_ascii_whitespace()
                .map(|name| match name {
                    "date" => "2026-03-10",
                    "time" => "08:15:42",
                    "c-ip" => "192.0.2.1",
                    "time-taken" | "cs-bytes" | "sc-bytes" => "12",
                    "sc-status" => "200",
                    "s-action" => "TCP_NC_MISS",
                    "sc-filter-result" => "OBSERVED",
                    "cs-host" => "a.example",
                    "cs-uri-path" => "/x",
                    "cs(User-Agent)" => "\"b c\"",
                    _ => "-",
                })
                .collect();
            let record = record.join(" ");
            let head = Head { lines: vec![record.as_bytes(); 3] };
            assert_eq!(headerless(&head).map(|(form, ..)| form.name), Some(form.name), "{record}");
            check(&record, &["|192.0.2.1|a.example|:|/x|12|12|allowed"]);
        }
    }

    #[test]
    fn nothing_panics() {
        let log = "#Fields: date time c-ip cs(User-Agent) cs-uri sc-bytes x-resultcode-httpstatus\n\
                   2026-03-10 08:15:42 192.0.2.1 \"b \"\"c\"\"\" http://a.example:80/x?y 12 TCP_MISS/200";
        let arena = Bump::new();
        for at in 0..log.len() {
            for byte in [0, b'\t', b' ', b'\n', b'#', b'"', b'\'', 0xff, b':', b'['] {
                let mut log = log.as_bytes().to_vec();
                log[at] = byte;
                let lines: Vec<&[u8]> = log.split(|b| *b == b'\n').collect();
                let head = Head { lines: lines.clone() };
                let _ = W3cElff.sniff(&head, &Assume::default());
                let Ok(layout) = W3cElff.layout(&head, &Assume::default()) else { continue };
                let mut reader = W3cElff.reader(&layout);
                for line in lines {
                    let _ = reader.record(line, &arena);
                    let _ = reader.record(&line[..line.len() / 2], &arena);
                    let _ = reader.record(&line[line.len() / 3..], &arena);
                }
            }
        }
    }
}
