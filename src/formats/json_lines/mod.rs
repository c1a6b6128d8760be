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
//! The keys in the head settle the dialect for the whole file. A line may be cut: what stands before the cut is used if
//! it names a destination.

mod flat;
mod keys;
pub(in crate::formats) mod scan;

use std::sync::{Arc, LazyLock};

use bumpalo::Bump;
use serde::de::IgnoredAny;

use self::flat::Flat;
use self::keys::{DIALECTS, Dialect, How, MAX_ROWS, Values, names_destination};
use self::scan::{Broken, Keys};
use super::fields::draft::{self, Draft, NO_DESTINATION, not_outbound};
use super::fields::name::not_a_web_name;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Reader, Share, Tells};
use crate::event::{Evidence, Timestamp};

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
        if let Some((dialect, share)) = study.dialect {
            let name = DIALECTS[dialect].name;
            if DIALECTS[dialect].mixed && !study.destinations {
                return Guess::decline(60, format!("JSON with {name} keys, but no line names a destination"));
            }
            let (yes, of) = (share.yes, share.of);
            return Guess::new(
                share.score(DIALECTS[dialect].best),
                format!("{yes} of {of} lines are JSON objects with {name} keys"),
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
        let (keys, dialect) = match study.dialect {
            Some((at, _)) => (Arc::clone(&KEYS[at]), Some(DIALECTS[at])),
            None => (Arc::new(study.flat.bind()), None),
        };
        Ok(Layout::new(study.tells, Bound { keys, dialect, questions: study.questions, assume: assume.clone() }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Lines { bound: layout.get() })
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
    #[inline]
    fn read<'a>(&self, line: &'a [u8], arena: &'a Bump, values: &mut Values<'a>) -> Result<usize, Broken> {
        scan::scan(line, &self.keys, arena, &mut |slot, value| {
            let Some(place) = values.0.get_mut(slot) else { return };
            if place.is_some() {
                return;
            }
            if let Some(How::Among(check, ..)) = self.hows.get(slot)
                && !check(value.text)
            {
                return;
            }
            *place = Some(value.text);
        })
    }
}

/// What a layout holds.
struct Bound {
    keys: Arc<Wanted>,
    /// `None`: the aliases are all that is known about the keys.
    dialect: Option<&'static Dialect>,
    questions: bool,
    assume: Assume,
}

/// What the head of a file says about its objects.
struct Study {
    objects: Share,
    /// Which of [`DIALECTS`], and how many lines are of it.
    dialect: Option<(usize, Share)>,
    /// Some line of that dialect names a destination.
    destinations: bool,
    questions: bool,
    tells: Tells,
    flat: Flat,
}

impl Study {
    fn of(head: &Head<'_>) -> Study {
        let mut arena = Bump::new();
        let bodies: Vec<&[u8]> =
            head.lines.iter().map(|line| body(line).0).filter(|line| !is_between(line) && !is_bulk(line)).collect();
        let mut objects = Share { yes: 0, of: bodies.len() };
        let nothing = Keys::new([], &[]);
        for line in &bodies {
            objects.yes += usize::from(match scan::scan(line, &nothing, &arena, &mut |_, _| {}) {
                Ok(_) => true,
                // At least a key and a colon before the cut.
                Err(broken) => broken.cut && line.len() > 8,
            });
        }
        let mut study = Study {
            objects,
            dialect: None,
            destinations: false,
            questions: false,
            tells: Tells::default(),
            flat: Flat::default(),
        };
        if objects.yes == 0 {
            return study;
        }
        for (at, (dialect, wanted)) in DIALECTS.iter().zip(KEYS.iter()).enumerate() {
            let mut share = Share { yes: 0, of: bodies.len() };
            let (mut questions, mut destinations) = (false, false);
            let mut seen = [false; MAX_ROWS];
            for line in &bodies {
                let mut values = Values::new();
                let _ = wanted.read(line, &arena, &mut values);
                if !(dialect.fits)(&values) {
                    continue;
                }
                share.yes += 1;
                questions |= (dialect.asks)(&values);
                for ((seen, value), how) in seen.iter_mut().zip(values.0).zip(&wanted.hows) {
                    *seen |= value.is_some();
                    destinations |=
                        matches!((value, how.field()), (Some(value), Some(field)) if names_destination(field, value));
                }
            }
            if share.percent() >= 60 && study.dialect.is_none_or(|(_, best)| share.yes > best.yes) {
                let fields = wanted.hows.iter().zip(seen).filter(|(_, seen)| *seen).filter_map(|(how, _)| how.field());
                study.tells = draft::tells(fields);
                (study.dialect, study.questions, study.destinations) = (Some((at, share)), questions, destinations);
            }
            arena.reset();
        }
        study.flat = Flat::of(&bodies);
        if study.dialect.is_none() {
            study.tells = draft::tells(study.flat.fields());
        }
        study
    }
}

struct Lines {
    bound: Arc<Bound>,
}

impl Reader for Lines {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let bound = &*self.bound;
        let (line, before) = body(line);
        if is_between(line) {
            return Parsed::Skip("between the objects");
        }
        let mut values = Values::new();
        let broken = match bound.keys.read(line, arena, &mut values) {
            Ok(end) => match after(&line[end..]) {
                After::Nothing => None,
                After::Another(at) => {
                    return Parsed::Bad(Problem::new("more than one object on a line", before + end + at));
                }
                After::Junk(at) => return Parsed::Bad(Problem::new("not a JSON object", before + end + at)),
            },
            Err(broken) => Some(broken),
        };
        if let Some(broken) = broken
            && !broken.cut
        {
            return Parsed::Bad(diagnose(line, before, broken));
        }
        if let Some(dialect) = bound.dialect {
            if broken.is_none() && !(dialect.fits)(&values) {
                return Parsed::Skip(if is_bulk(line) {
                    "between the objects"
                } else {
                    "keys of another kind of record"
                });
            }
            if let Some(why) = (dialect.leaves)(&values, bound.questions) {
                return Parsed::Skip(why);
            }
        }
        let parsed = bound.event(&values, arena);
        match (parsed, broken) {
            // A line that was cut is as good as what it still says.
            (Parsed::Event(event), Some(_)) if event.at.is_some() => Parsed::Event(event),
            (_, Some(broken)) => Parsed::Bad(diagnose(line, before, broken)),
            (parsed, None) => parsed,
        }
    }
}

impl Bound {
    fn event<'a>(&self, values: &Values<'a>, arena: &'a Bump) -> Parsed<'a> {
        if let Some(whole) = self.dialect.and_then(|dialect| dialect.whole) {
            return whole(values, arena);
        }
        let mut draft = Draft::default();
        draft.utc = self.dialect.is_some();
        if let Some(dialect) = self.dialect {
            (dialect.before)(values, &mut draft.event);
        }
        for (value, how) in values.0.iter().zip(&self.keys.hows) {
            let Some(value) = value else { continue };
            match how {
                How::Is(field) => draft.set(*field, value, &self.assume),
                How::Means(_, set) | How::Among(_, _, set) => set(&mut draft.event, value),
                How::Mark => {}
            }
        }
        let mut event = match draft.finish(&self.assume, arena) {
            Parsed::Event(event) => event,
            // Streams carry events of all kinds.
            Parsed::Bad(problem) if problem.reason == NO_DESTINATION => return Parsed::Skip(NO_DESTINATION),
            other => return other,
        };
        if let Some(dialect) = self.dialect {
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
            event.host.and_then(not_a_web_name)
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
