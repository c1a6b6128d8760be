//! JSON, one object a line, under whatever names.
//!
//! Reads the Elastic Common Schema (<https://www.elastic.co/guide/en/ecs/current/>), OCSF (<https://schema.ocsf.io>), Zeek
//! and Corelight (<https://docs.zeek.org/en/master/logs/>), Suricata's EVE
//! (<https://docs.suricata.io/en/latest/output/eve/eve-json-format.html>), the products in `keys/`, and any other objects
//! whose keys go by the names of [`super::fields::alias`].
//!
//! ```text
//! {"@timestamp":"2026-03-10T08:15:42.000Z","user":{"name":"alice"},"source":{"ip":"192.0.2.41","bytes":1843},...}
//! {"ts":1773130542.8,"uid":"CHhAvVGS1DHFjwGM9","id.orig_h":"192.0.2.25","server_name":"www.dropbox.com",...}
//! ```
//!
//! The keys of each record say which dialect it is of, among those that the head has shown: collectors mix them. Keys by
//! their usual names are bound once, from the head. A line may be cut: what stands before the cut is used if it names a
//! destination.

mod flat;
mod keys;
mod learned;
pub(in crate::formats) mod scan;

use std::sync::{Arc, LazyLock};

use bumpalo::Bump;
use serde::de::IgnoredAny;

use self::flat::Flat;
use self::keys::{DIALECTS, Dialect, How, Values, names_destination};
use self::learned::Learned;
use self::scan::{Broken, Keys, Value};
use super::fields::alias::Field;
use super::fields::dns::{self, least_ttl};
use super::fields::draft::{self, Draft, NO_DESTINATION, not_a_site, not_outbound};
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share};
use crate::event::{Event, Evidence, Timestamp};

/// JSON lines.
pub struct JsonLines;

impl Format for JsonLines {
    fn id(&self) -> &'static str {
        "json-lines"
    }

    fn about(&self) -> About {
        About {
            name: "JSON lines: ECS, OCSF, Zeek, Suricata EVE, others",
            summary: "One JSON object a line; the keys tell which product or schema wrote it.",
            reference: "https://www.elastic.co/guide/en/ecs/current/ecs-field-reference.html",
            proof: Proof::Verified,
            variants: &[
                "adguard-home",
                "aws-network-firewall",
                "azure-firewall",
                "check-point",
                "cloudflare-gateway",
                "defender-device-network-events",
                "dnstap",
                "ecs",
                "forcepoint-one",
                "gcp",
                "iboss",
                "jamf-protect",
                "menlo",
                "netskope",
                "netskope-transaction",
                "nextdns",
                "ocsf",
                "powerdns",
                "route53-resolver",
                "skyhigh-swg",
                "suricata-eve",
                "symantec-cloud-swg",
                "untangle",
                "zeek",
                "zscaler-nss",
            ],
        }
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let study = Study::of(head);
        let Share { yes, of } = study.objects;
        if study.objects.percent() < 60 {
            return Guess::NO;
        }
        if let Some(inbound) = study.flat.inbound {
            return Guess::decline(97, format!("JSON, but {inbound}"));
        }
        let known = study.known();
        // Streams of everything are read for what they have of traffic.
        if known.percent() >= 60 || known.percent() >= 20 && study.destination() {
            let names: Vec<&str> = study.dialects.iter().map(|seen| DIALECTS[seen.at].name).collect();
            let names = names.join(" and ");
            if !study.destination() {
                return Guess::decline(60, format!("JSON with {names} keys, but no line names a destination"));
            }
            let best = study.dialects.iter().map(|seen| DIALECTS[seen.at].best).min().unwrap_or_default();
            let score = known.score(best).max(study.objects.score(70));
            return Guess::new(
                score,
                format!("{} of {} lines are JSON objects with {names} keys", known.yes, known.of),
            );
        }
        if !study.flat.destination {
            return Guess::decline(50, "JSON, but no line names a destination");
        }
        let why = format!("{yes} of {of} lines are JSON objects; {}", study.flat.names());
        Guess::new(study.objects.score(if study.flat.usual() { 72 } else { 45 }), why)
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let study = Study::of(head);
        if study.objects.yes == 0 {
            return Err(Problem::new("no line is a JSON object", 0));
        }
        let flat = (study.flat.destination || study.dialects.is_empty()).then(|| study.flat.bind());
        let fields = study.fields.into_iter().chain(study.flat.fields().filter(|_| flat.is_some()));
        let tells = draft::tells(fields);
        let dialects = study.dialects.iter().map(|seen| Spoken {
            dialect: DIALECTS[seen.at],
            wanted: Arc::clone(&KEYS[seen.at]),
            questions: seen.questions,
        });
        Ok(Layout::new(tells, Bound { dialects: dialects.collect(), flat, assume: assume.clone() }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        let bound: Arc<Bound> = layout.get();
        let learned = bound.dialects.iter().map(|_| Learned::default()).collect();
        Box::new(Lines { bound, learned, flat: Learned::default() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "turn on user identification where the log is made; a network sensor never sees names",
            Gap::BytesUp | Gap::BytesDown => {
                "Suricata: enable `flow` in eve-log and scan it with the rest; Zeek: scan conn.log too; Cloudflare: add the network sessions"
            }
            Gap::Host => {
                "Suricata: enable `tls`, `http`, `quic` and `dns` in eve-log; Zeek: scan ssl.log, http.log and dns.log too"
            }
            Gap::Visits => "look-ups only: a proxy's or a sensor's log of connections tells what was visited",
            _ => return None,
        })
    }
}

/// The keys that are looked for, and what is done with the value of each.
struct Wanted {
    keys: Keys,
    hows: Vec<How>,
}

/// The tables of [`DIALECTS`], ready to be scanned with.
static KEYS: LazyLock<[Arc<Wanted>; DIALECTS.len()]> = LazyLock::new(|| {
    DIALECTS.map(|dialect| {
        Arc::new(Wanted {
            keys: Keys::new(dialect.rows.iter().map(|(path, _)| *path), dialect.wrappers),
            hows: dialect.rows.iter().map(|(_, how)| *how).collect(),
        })
    })
});

impl Wanted {
    /// The wanted values of one object; the first of each row stays. A broken object may have filled in some.
    fn read<'a>(&self, line: &'a [u8], arena: &'a Bump, values: &mut Values<'a>) -> Result<usize, Broken> {
        scan::scan(line, &self.keys, arena, &mut |slot, value| self.take(values, slot, value, line))
    }

    /// The same, faster where the line is like those before it.
    #[inline]
    fn reread<'a>(
        &self,
        line: &'a [u8],
        arena: &'a Bump,
        values: &mut Values<'a>,
        learned: &mut Learned,
    ) -> Result<usize, Broken> {
        if let Some(end) = learned.follow(line, arena, &mut |slot, value| self.take(values, slot, value, line)) {
            return Ok(end);
        }
        *values = Values::new();
        let read = self.read(line, arena, values);
        if read.is_ok() {
            learned.learn(line, &self.keys);
        }
        read
    }

    #[inline]
    fn take<'a>(&self, values: &mut Values<'a>, slot: usize, value: Value<'a>, line: &'a [u8]) {
        let Some(place) = values.0.get_mut(slot) else { return };
        if let Some(before) = place {
            match self.hows.get(slot) {
                Some(How::Answers) => *before = through(before, value.text, line),
                Some(How::Lasts) if least_ttl(value.text) < least_ttl(before) => *before = value.text,
                _ => {}
            }
            return;
        }
        if let Some(How::Among(check, ..)) = self.hows.get(slot)
            && !check(value.text)
        {
            return;
        }
        *place = Some(value.text);
    }
}

/// What a layout holds.
struct Bound {
    /// The dialects of the head, in the order of [`DIALECTS`].
    dialects: Vec<Spoken>,
    /// Keys by their usual names, for records of no dialect.
    flat: Option<Wanted>,
    assume: Assume,
}

/// A dialect that a file has.
struct Spoken {
    dialect: &'static Dialect,
    wanted: Arc<Wanted>,
    /// The file has questions to a resolver in it, so that answers repeat them.
    questions: bool,
}

/// What the head of a file says about its objects.
struct Study {
    objects: Share,
    /// In the order of [`DIALECTS`].
    dialects: Vec<Seen>,
    /// What the values of those can tell.
    fields: Vec<Field>,
    /// Of the objects of no dialect.
    flat: Flat,
}

/// One of [`DIALECTS`] in the head.
struct Seen {
    at: usize,
    lines: usize,
    /// Some line names a destination.
    destination: bool,
    questions: bool,
}

impl Study {
    fn of(head: &Head<'_>) -> Study {
        let mut arena = Bump::new();
        let mut lines: Vec<&[u8]> =
            head.lines.iter().map(|line| body(line).0).filter(|line| !is_between(line) && !is_bulk(line)).collect();
        let of = lines.len();
        let nothing = Keys::new([], &[]);
        lines.retain(|line| match scan::scan(line, &nothing, &arena, &mut |_, _| {}) {
            Ok(_) => true,
            // At least a key and a colon before the cut.
            Err(broken) => broken.cut && line.len() > 8,
        });
        let objects = Share { yes: lines.len(), of };
        let mut dialects = Vec::new();
        let mut fields = Vec::new();
        // A line is of the first dialect that it fits; the others need not look at it.
        for (at, (dialect, wanted)) in DIALECTS.iter().zip(KEYS.iter()).enumerate() {
            let mut seen = Seen { at, lines: 0, destination: false, questions: false };
            lines.retain(|line| {
                let mut values = Values::new();
                let _ = wanted.read(line, &arena, &mut values);
                if !(dialect.fits)(&values) {
                    return true;
                }
                seen.lines += 1;
                seen.questions |= (dialect.asks)(&values);
                for (value, how) in values.0.iter().zip(&wanted.hows) {
                    if let (Some(value), Some(field)) = (value, how.field()) {
                        fields.push(field);
                        seen.destination |= names_destination(field, value);
                    }
                }
                false
            });
            if seen.lines > 0 {
                dialects.push(seen);
            }
            arena.reset();
        }
        Study { objects, dialects, fields, flat: Flat::of(&lines) }
    }

    /// Some line of a dialect names a destination, or is bound to come.
    fn destination(&self) -> bool {
        self.dialects.iter().any(|seen| seen.destination || !DIALECTS[seen.at].mixed)
    }

    /// How many lines are of a dialect.
    fn known(&self) -> Share {
        Share { yes: self.dialects.iter().map(|seen| seen.lines).sum(), of: self.objects.of }
    }
}

struct Lines {
    bound: Arc<Bound>,
    /// What the lines of each of [`Bound::dialects`] look like, and the others. One for each set of keys.
    learned: Vec<Learned>,
    flat: Learned,
}

impl Reader for Lines {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let bound = &*self.bound;
        let (line, before) = body(line);
        if is_between(line) {
            return Parsed::Skip("between the objects");
        }
        let mut read = Ok(line.len());
        for (spoken, learned) in bound.dialects.iter().zip(&mut self.learned) {
            let mut values = Values::new();
            read = spoken.wanted.reread(line, arena, &mut values, learned);
            if (spoken.dialect.fits)(&values) {
                let read = read.map(|end| (end, (spoken.dialect.leaves)(&values, spoken.questions)));
                return bound.close(line, before, read, || {
                    bound.event(Some(spoken.dialect), &spoken.wanted, &values, line, arena)
                });
            }
        }
        match &bound.flat {
            Some(wanted) => {
                let mut values = Values::new();
                let read = wanted.reread(line, arena, &mut values, &mut self.flat).map(|end| (end, None));
                bound.close(line, before, read, || bound.event(None, wanted, &values, line, arena))
            }
            None => {
                let why = if is_bulk(line) { "between the objects" } else { "keys of another kind of record" };
                bound.close(line, before, read.map(|end| (end, Some(why))), || Parsed::Skip(why))
            }
        }
    }
}

impl Bound {
    /// What a line is, given how far its object was read, why it is left out if it is, and what it says otherwise.
    fn close<'a>(
        &self,
        line: &[u8],
        before: usize,
        read: Result<(usize, Option<&'static str>), Broken>,
        says: impl FnOnce() -> Parsed<'a>,
    ) -> Parsed<'a> {
        match read {
            Ok((end, left)) => match (after(&line[end..]), left) {
                (After::Another(at), _) => {
                    Parsed::Bad(Problem::new("more than one object on a line", before + end + at))
                }
                (After::Junk(at), _) => Parsed::Bad(Problem::new("not a JSON object", before + end + at)),
                // What it is an answer to is an event of its own.
                (After::Nothing, Some(dns::ANSWER)) => match says() {
                    Parsed::Event(event) if event.answers.is_some() => {
                        Parsed::Event(Event { aside: Some(dns::ANSWER), ..event })
                    }
                    _ => Parsed::Skip(dns::ANSWER),
                },
                (After::Nothing, Some(why)) => Parsed::Skip(why),
                (After::Nothing, None) => says(),
            },
            // A line that was cut is as good as what it still says.
            Err(broken) if broken.cut => match says() {
                Parsed::Event(event) if event.at.is_some() => Parsed::Event(event),
                _ => Parsed::Bad(diagnose(line, before, broken)),
            },
            Err(broken) => Parsed::Bad(diagnose(line, before, broken)),
        }
    }

    fn event<'a>(
        &self,
        dialect: Option<&'static Dialect>,
        wanted: &Wanted,
        values: &Values<'a>,
        line: &'a [u8],
        arena: &'a Bump,
    ) -> Parsed<'a> {
        if let Some(whole) = dialect.and_then(|dialect| dialect.whole) {
            return whole(values, arena);
        }
        let mut draft = Draft::default();
        draft.utc = dialect.is_some();
        if let Some(dialect) = dialect {
            (dialect.before)(values, &mut draft.event);
        }
        for (value, how) in values.0.iter().zip(&wanted.hows) {
            let Some(value) = value else { continue };
            match how {
                How::Is(field) => draft.set(*field, value, &self.assume),
                How::Means(_, set) | How::Among(_, _, set) => set(&mut draft.event, value),
                How::Answers => {
                    let before = draft.event.answers.unwrap_or(value);
                    draft.event.answers = Some(through(before, value, line));
                }
                How::Lasts => draft.event.ttl = least_ttl(value),
                How::Mark => {}
            }
        }
        draft.event.names_address = dialect.is_none_or(|dialect| dialect.names_address);
        let mut event = match draft.finish(&self.assume, arena) {
            Parsed::Event(event) => event,
            // Streams carry events of all kinds.
            Parsed::Bad(problem) if problem.reason == NO_DESTINATION => return Parsed::Skip(NO_DESTINATION),
            other => return other,
        };
        if let Some(dialect) = dialect {
            (dialect.after)(values, &mut event);
        }
        if event.evidence == Evidence::Vendor && event.app.is_some() && event.host.is_none() && event.dst_ip.is_none() {
            // Most logs call a service or a program "app"; without any destination it is none of ours.
            return Parsed::Skip(NO_DESTINATION);
        }
        let left = if event.evidence == Evidence::Dns {
            // Those of the resolver.
            event.dst_ip = None;
            event.dst_port = None;
            event.host.and_then(not_a_site)
        } else {
            // A path says that somebody asked for a page, wherever it lies.
            not_outbound(&event).filter(|_| event.path.is_none())
        };
        if let Some(why) = left {
            return Parsed::Skip(why);
        }
        event.at = event.at.filter(|at: &Timestamp| at.is_plausible());
        Parsed::Event(event)
    }
}

/// From one value of a line through a later one, with what stands between them.
fn through<'a>(first: &'a [u8], last: &[u8], line: &'a [u8]) -> &'a [u8] {
    let offset = |text: &[u8]| text.as_ptr().addr().checked_sub(line.as_ptr().addr());
    match (offset(first), offset(last)) {
        (Some(from), Some(to)) => line.get(from..to + last.len()).unwrap_or(first),
        // One was unescaped, and does not stand in the line as it is.
        _ => first,
    }
}

/// The line without white space and without the bracket of an array that was written one element a line, and how many
/// bytes were taken off its front.
fn body(line: &[u8]) -> (&[u8], usize) {
    let mut rest = line.trim_ascii_start();
    if let [b'[', tail @ ..] = rest {
        let tail = tail.trim_ascii_start();
        if tail.first() == Some(&b'{') {
            rest = tail;
        }
    }
    let before = line.len() - rest.len();
    (rest.trim_ascii_end(), before)
}

/// A bracket or a comma of an array that was written one element a line.
fn is_between(line: &[u8]) -> bool {
    matches!(line, [] | b"[" | b"]" | b"," | b"[]" | b"],")
}

/// The line between the documents of an Elasticsearch bulk file.
fn is_bulk(line: &[u8]) -> bool {
    line.starts_with(b"{\"index\":{") || line.starts_with(b"{\"create\":{")
}

enum After {
    Nothing,
    Another(usize),
    Junk(usize),
}

/// What stands behind an object.
fn after(rest: &[u8]) -> After {
    for (at, byte) in rest.iter().enumerate() {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' | b']' | 0 => {}
            b'{' => return After::Another(at),
            _ => return After::Junk(at),
        }
    }
    After::Nothing
}

/// serde_json's word on what is wrong, where it finds something.
fn diagnose(line: &[u8], before: usize, broken: Broken) -> Problem {
    match serde_json::from_slice::<IgnoredAny>(line) {
        Err(error) if error.is_eof() && line.first() == Some(&b'{') => {
            Problem::new("the JSON object is cut off", before + line.len())
        }
        Err(error) => Problem::new("not a JSON object", before + error.column().saturating_sub(1)),
        Ok(_) => Problem::new("not a JSON object", before + broken.at),
    }
}

#[cfg(test)]
mod tests;
