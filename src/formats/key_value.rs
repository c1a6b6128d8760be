//! Lines of `key=value` by any product that nobody here knows by name.
//!
//! The keys are those of tables ([`alias`](super::fields::alias)), and what is ambiguous among them is settled as there: by
//! the other keys and by what the values look like. A log is taken only if its records name a time, a client and a
//! destination; formats that know their product know better.
//!
//! ```text
//! time="2026-03-10 08:15:42" user=alice src=192.0.2.41 dst=203.0.113.80:443 url="https://www.dropbox.com/" action=allow sent=1310 rcvd=5240
//! ```

use std::sync::Arc;

use bumpalo::Bump;
use hashbrown::HashMap;

use super::csv_header::{Role, is_destination, is_time, role, scaled, settle};
use super::fields::alias::Field;
use super::fields::draft::{self, Draft, NO_DESTINATION};
use super::fields::pairs::{Found, Keys, begins_with_pair, pairs};
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Tells, Vote};
use crate::event::{Evidence, parse_ip};

/// Lines of `key=value`.
pub struct KeyValue;

impl Format for KeyValue {
    fn id(&self) -> &'static str {
        "key-value"
    }

    fn about(&self) -> About {
        About {
            name: "key=value lines",
            summary: "Any log of pairs whose keys name a time, a client and a destination.",
            reference: "https://brandur.org/logfmt",
            proof: Proof::Verified,
            variants: &[],
        }
    }

    fn sniff(&self, head: &Head<'_>, assume: &Assume) -> Guess {
        let Some(bound) = Bound::find(head, assume) else { return Guess::NO };
        if let Some(lacks) = bound.lacks() {
            // A log of something else; whoever knows it better says so with a higher score.
            return if bound.known() >= 3 {
                Guess::decline(40, format!("key=value without a {lacks}: the keys are {}", bound.list()))
            } else {
                Guess::NO
            };
        }
        let why = format!("key=value, time in `{}`, destination in `{}`", bound.name_of(is_time), bound.destination());
        let arena = Bump::new();
        let mut reader = Records::new(Arc::new(bound));
        let share = head.vote(|line| match reader.record(line, &arena) {
            Parsed::Event(event) if event.at.is_some() => Vote::Yes,
            Parsed::Event(_)
            | Parsed::Bad(_)
            | Parsed::Layout(_)
            | Parsed::Identity(_)
            | Parsed::Skip(NO_DESTINATION) => Vote::No,
            Parsed::Skip(_) => Vote::Yes,
        });
        match share.score(BEST) {
            0 => Guess::NO,
            // An envelope that can be opened should be.
            score if 2 * head.lines.iter().filter(|line| begins_with_pair(line)).count() < share.yes => {
                Guess::new(score - 3, format!("{why}; {} of {} records fit it", share.yes, share.of))
            }
            score => Guess::new(score, format!("{why}; {} of {} records fit it", share.yes, share.of)),
        }
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let bound = Bound::find(head, assume).ok_or(Problem::new("no key=value", 0))?;
        if let Some(lacks) = bound.lacks() {
            let reason = format!("key=value without a {lacks}: the keys are {}", bound.list());
            return Err(Problem { reason: reason.into(), at: 0 });
        }
        let fields = || bound.roles[..bound.late].iter().filter_map(|role| role.field());
        let mut tells = draft::tells(fields());
        if fields().any(|field| field == Field::BytesTotal) && tells.bytes_up != tells.bytes_down {
            tells = Tells { bytes_up: true, bytes_down: true, ..tells };
        }
        Ok(Layout::new(tells, bound))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Records::new(layout.get()))
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "let the device log the user's name",
            Gap::Client => "let the device log the client's address",
            Gap::Host => "let the device log the destination's name or the URL",
            Gap::BytesUp => "let the device log the bytes sent by the client",
            Gap::BytesDown => "let the device log the bytes received by the client",
            Gap::Path => "let the device log the URL",
            Gap::Action => "let the device log the action",
            Gap::Visits => return None,
        })
    }
}

/// Any format that knows its product knows better; a header row is better evidence, too.
const BEST: u8 = 76;
/// Most different keys of a head.
const MAX_NAMES: usize = 200;
/// Most wanted ones.
const MAX_WANTED: usize = 40;
/// Fields that mean the same in every log, whose keys are understood even if no record of the head has them.
const LATE: [Field; 16] = [
    Field::User,
    Field::Device,
    Field::Sni,
    Field::Url,
    Field::DstPort,
    Field::Method,
    Field::Status,
    Field::Action,
    Field::BytesUp,
    Field::BytesDown,
    Field::UserAgent,
    Field::Referer,
    Field::Category,
    Field::App,
    Field::Department,
    Field::Groups,
];

/// What a layout holds.
struct Bound {
    assume: Assume,
    separator: u8,
    /// The keys of the head, in order of their first appearance.
    names: Vec<String>,
    /// By key: its place in `roles`; `None` for those that are not wanted.
    slots: HashMap<Vec<u8>, Option<usize>>,
    /// Those of the head, the preferred ones first, then [`LATE`].
    roles: Vec<Role>,
    late: usize,
}

impl Bound {
    /// The keys of a head, under the separator that makes most pairs.
    fn find(head: &Head<'_>, assume: &Assume) -> Option<Bound> {
        let lines = || head.lines.iter().filter(|line| !is_other(line));
        let count = |separator: u8| lines().map(|line| pairs(line, separator).len()).sum::<usize>();
        // The first of equals, which `max_by_key` does not give.
        let (separator, found) = [b' ', b',', b'\t', b';', b'|']
            .into_iter()
            .map(|separator| (separator, count(separator)))
            .reduce(|best, other| if other.1 > best.1 { other } else { best })?;
        if found < 4 * head.lines.len() {
            return None;
        }
        let mut names: Vec<&[u8]> = Vec::new();
        let rows: Vec<Vec<Found<'_>>> = lines().map(|line| pairs(line, separator)).collect();
        for (key, _) in rows.iter().flatten() {
            if names.len() < MAX_NAMES && !names.contains(key) {
                names.push(key);
            }
        }
        let cells: Vec<Vec<Vec<u8>>> = rows
            .iter()
            .map(|row| {
                let value = |name: &&[u8]| row.iter().find(|(key, _)| key == name).and_then(|(_, value)| *value);
                names.iter().map(|name| value(name).map_or_else(Vec::new, |value| endpoint(value).0.to_vec())).collect()
            })
            .collect();
        Some(Bound::bind(&names, separator, &cells, assume))
    }

    fn bind(keys: &[&[u8]], separator: u8, rows: &[Vec<Vec<u8>>], assume: &Assume) -> Bound {
        let names: Vec<String> = keys.iter().map(|key| String::from_utf8_lossy(key).into_owned()).collect();
        let mut roles: Vec<Option<Role>> = names.iter().map(|name| role(name)).collect();
        settle(&names, &mut roles, rows);
        let mut slots: HashMap<Vec<u8>, Option<usize>> = keys.iter().map(|key| (key.to_vec(), None)).collect();
        let mut wanted: Vec<(Role, usize)> =
            roles.into_iter().enumerate().filter_map(|(key, role)| Some((role?, key))).collect();
        wanted.sort();
        wanted.truncate(MAX_WANTED);
        for (slot, (_, key)) in wanted.iter().enumerate() {
            slots.insert(keys[*key].to_vec(), Some(slot));
        }
        let late = wanted.len();
        let roles = wanted.into_iter().map(|(role, _)| role).chain(LATE.map(|field| Role::Field(field, 1))).collect();
        Bound { assume: assume.clone(), separator, names, slots, roles, late }
    }

    /// Where the value of a key goes. The same for the same key, wherever it is asked.
    fn slot(&self, key: &[u8]) -> Option<usize> {
        if let Some(slot) = self.slots.get(key) {
            return *slot;
        }
        let name = String::from_utf8_lossy(key);
        // Alone, `host` says nothing.
        match role(&name).filter(|_| !name.to_ascii_lowercase().contains("host"))? {
            Role::Field(field, 1) => LATE.iter().position(|late| *late == field).map(|at| self.late + at),
            _ => None,
        }
    }

    fn has(&self, wanted: impl Fn(Field) -> bool) -> bool {
        self.roles[..self.late].iter().any(|role| role.field().is_some_and(&wanted))
    }

    /// What is missing for a log of traffic.
    fn lacks(&self) -> Option<&'static str> {
        if !self.has(is_time) {
            Some("time")
        } else if !self.has(is_destination) {
            Some("destination")
        } else if !self.has(|field| matches!(field, Field::User | Field::SrcIp | Field::Device)) {
            // Applications write such lines about their own visitors.
            Some("client")
        } else {
            None
        }
    }

    fn known(&self) -> usize {
        self.roles[..self.late].iter().filter(|role| role.field().is_some()).count()
    }

    /// The key that is best at being this.
    fn name_of(&self, wanted: impl Fn(Field) -> bool) -> &str {
        let slot = self.roles[..self.late].iter().position(|role| role.field().is_some_and(&wanted));
        let of = |name: &&String| self.slots.get(name.as_bytes()).is_some_and(|has| has.is_some() && *has == slot);
        self.names.iter().find(of).map_or("", String::as_str)
    }

    fn destination(&self) -> &str {
        self.name_of(is_destination)
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

/// Lines that have pairs in them and are something else.
fn is_other(line: &[u8]) -> bool {
    let head = &line[..line.len().min(300)];
    matches!(line.first(), None | Some(b'{' | b'#' | b'"'))
        || memchr::memmem::find(head, b"CEF:").is_some()
        || memchr::memmem::find(head, b"LEEF:").is_some()
}

/// An address and the port behind it: `203.0.113.80:443`, and `203.0.113.80:443:X1`, as firewalls name the interface too.
/// Other values are left as they are.
fn endpoint(value: &[u8]) -> (&[u8], Option<&[u8]>) {
    let Some(colon) = memchr::memchr(b':', value) else { return (value, None) };
    // IPv6 has no dots before its first colon, names are no addresses.
    if !value[..colon].contains(&b'.') || parse_ip(&value[..colon]).is_none() {
        return (value, None);
    }
    (&value[..colon], value[colon + 1..].split(|byte| *byte == b':').next())
}

/// A reader.
struct Records {
    bound: Arc<Bound>,
    keys: Keys,
}

impl Records {
    fn new(bound: Arc<Bound>) -> Records {
        let asked = Arc::clone(&bound);
        Records { bound, keys: Keys::new(move |key| asked.slot(key)) }
    }
}

impl Reader for Records {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let (bound, assume) = (&*self.bound, &self.bound.assume);
        let mut values = [None; MAX_WANTED + LATE.len()];
        let values = &mut values[..bound.roles.len()];
        if self.keys.read(line, bound.separator, values, arena) < 2 {
            return Parsed::Bad(Problem::new("no key=value", 0));
        }
        let mut draft = Draft::default();
        for (role, value) in bound.roles.iter().zip(values) {
            let (Some(value), Role::Field(field, factor)) = (*value, *role) else { continue };
            match field {
                Field::SrcIp => draft.set(field, endpoint(value).0, assume),
                Field::DstIp | Field::Host => {
                    let (address, port) = endpoint(value);
                    draft.set(field, address, assume);
                    if let Some(port) = port {
                        draft.set(Field::DstPort, port, assume);
                    }
                }
                Field::BytesUp | Field::BytesDown | Field::BytesTotal if factor != 1 => {
                    let bytes = scaled(value.trim_ascii(), factor);
                    match field {
                        Field::BytesUp => draft.event.bytes_up = draft.event.bytes_up.or(bytes),
                        Field::BytesDown => draft.event.bytes_down = draft.event.bytes_down.or(bytes),
                        _ => draft.total(bytes),
                    }
                }
                _ => draft.set(field, value, assume),
            }
        }
        match draft.finish(assume, arena) {
            Parsed::Event(mut event) => {
                if event.host.is_none() && event.dst_ip.and_then(parse_ip).is_none() {
                    return Parsed::Skip(NO_DESTINATION);
                }
                let skip = match event.evidence {
                    Evidence::Dns => {
                        // Sizes are those of the question and the answer.
                        (event.bytes_up, event.bytes_down) = (None, None);
                        event.host.and_then(draft::not_a_site)
                    }
                    _ => draft::not_outbound(&event).filter(|_| event.path.is_none()),
                };
                skip.map_or(Parsed::Event(event), Parsed::Skip)
            }
            Parsed::Bad(problem) if problem.reason == NO_DESTINATION => Parsed::Skip(NO_DESTINATION),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests;
