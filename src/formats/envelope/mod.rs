//! What carried a record here: syslog headers, collectors' JSON. Taken off before a format sees the record.
//!
//! An envelope is settled once per file, from its head, and then opened record by record. Its time is a fallback for
//! formats that carry none; its host is where the log was sent from, never the client.
//!
//! ```text
//! <13>Mar 10 08:15:42 proxy1 squid[911]: 1773130542.871 ...                      RFC 3164, also ISO dates
//! <13>1 2026-03-10T08:15:42.871Z proxy1 squid 911 - - 1773130542.871 ...          RFC 5424
//! {"log":"1773130542.871 ...\n","stream":"stdout","time":"2026-03-10T08:15:42Z"}  Docker and other collectors
//! 2026-03-10T08:15:42.871393847Z stdout F 1773130542.871 ...                      Kubernetes
//! ```

mod head;

use std::sync::{Arc, LazyLock};

use bumpalo::Bump;

use self::head::Header;
use super::fields::time;
use super::json_lines::scan::{self, Keys};
use super::{Assume, Problem};
use crate::event::Timestamp;

/// The layers around each record of a file, outermost first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Envelope {
    layers: Vec<Layer>,
}

/// One layer.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Layer {
    /// RFC 6587: the length of the record before it, `123 <13>...`.
    Count,
    /// RFC 3164 and what passes for it. The host may be missing; the tag is taken off where one stands.
    Bsd { host: bool },
    /// RFC 5424.
    Syslog,
    /// A word that some relay or product puts before the record.
    Word(&'static str),
    /// Kubernetes' `TIME stdout F `.
    Cri,
    /// A collector's object: the record is the text under this key.
    Json(Carrier),
    /// rsyslog's `#011` for a tab and its like.
    Escapes,
}

/// Which keys of a collector's object matter.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Carrier {
    key: &'static str,
    /// The record, then times.
    keys: Arc<Keys>,
}

/// Keys under which collectors keep the record, the surer ones first.
const RECORDS: [&str; 17] = [
    "event.original",
    "_raw",
    "result._raw",
    "log",
    "MESSAGE",
    "message",
    "msg",
    "Message",
    "raw_event",
    "rawmsg",
    "full_message",
    "short_message",
    "line",
    "full_log",
    "_source.message",
    "textPayload",
    "event",
];

/// Keys under which they keep its time.
const TIMES: [&str; 12] = [
    "time",
    "@timestamp",
    "timestamp",
    "_time",
    "result._time",
    "__REALTIME_TIMESTAMP",
    "timereported",
    "ISODATE",
    "EventReceivedTime",
    "date",
    "ts",
    "_source.@timestamp",
];

/// Words before a record: Cisco's and Untangle's log levels, the mark of JSON in syslog.
const WORDS: [&str; 3] = ["Info: ", "INFO  uvm[0]: ", "@cee:"];

/// One object of keys for every key of [`RECORDS`].
static CARRIERS: LazyLock<[Carrier; RECORDS.len()]> = LazyLock::new(|| {
    RECORDS.map(|key| Carrier { key, keys: Arc::new(Keys::new([key].into_iter().chain(TIMES), &[])) })
});

/// A record out of its envelope.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'a> {
    /// The record itself.
    pub line: &'a [u8],
    /// When the innermost layer that has a time says it was sent.
    pub at: Option<Timestamp>,
}

/// What one layer makes of a line.
enum Opened<'a> {
    /// The line is in that layer.
    Inside(&'a [u8], Option<Timestamp>),
    /// It is not.
    Bare,
}

/// Shorter texts are no records.
const SHORTEST: usize = 12;
/// How many layers are looked through.
const MAX_LAYERS: usize = 4;
/// How many envelopes are proposed for one file: each is tried with every format.
const MAX_CANDIDATES: usize = 12;

impl Envelope {
    /// The envelopes that the head of a file may be in, the bare record always first. At most four layers each.
    pub fn candidates(lines: &[&[u8]], assume: &Assume) -> Vec<Envelope> {
        let arena = Bump::new();
        let mut found = vec![Envelope::default()];
        // Breadth first: fewer layers are the simpler explanation.
        let mut open = vec![(Envelope::default(), lines.to_vec())];
        while !open.is_empty() && found.len() < MAX_CANDIDATES {
            let mut deeper: Vec<(Envelope, Vec<&[u8]>)> = Vec::new();
            for (envelope, lines) in &open {
                let siblings = deeper.len();
                for layer in Layer::around(lines, &envelope.layers, assume) {
                    let inner: Vec<&[u8]> = lines
                        .iter()
                        .filter_map(|line| match layer.open(line, assume, &arena) {
                            Ok(Opened::Inside(inner, _)) => Some(inner),
                            _ => None,
                        })
                        .filter(|inner| inner.len() >= SHORTEST)
                        .collect();
                    if inner.len() * 100 < lines.len() * 60 || inner.is_empty() {
                        continue;
                    }
                    // Two readings of a header that come to the same.
                    if deeper[siblings..].iter().any(|(_, lines)| *lines == inner) {
                        continue;
                    }
                    let mut layers = envelope.layers.clone();
                    layers.push(layer);
                    deeper.push((Envelope { layers }, inner));
                }
            }
            found.extend(deeper.iter().map(|(envelope, _)| envelope.clone()));
            deeper.retain(|(envelope, _)| envelope.layers.len() < MAX_LAYERS);
            open = deeper;
        }
        found.truncate(MAX_CANDIDATES);
        found
    }

    /// Whether records stand bare.
    pub fn is_none(&self) -> bool {
        self.layers.is_empty()
    }

    /// Takes a record out. A line that is not in this envelope is returned as it is, so that a stray bare line among
    /// wrapped ones is still read; only a broken envelope is a problem.
    pub fn open<'a>(&self, line: &'a [u8], assume: &Assume, arena: &'a Bump) -> Result<Letter<'a>, Problem> {
        let mut letter = Letter { line, at: None };
        for layer in &self.layers {
            match layer.open(letter.line, assume, arena)? {
                Opened::Inside(inner, at) => letter = Letter { line: inner, at: at.or(letter.at) },
                // The layers inside it may still be there: a relay that leaves out its own header at times.
                Opened::Bare => {}
            }
        }
        Ok(letter)
    }

    /// The layers' names, for people: `RFC 5424 syslog, JSON "message"`. Empty for a bare record.
    pub fn describe(&self) -> String {
        let names: Vec<String> = self.layers.iter().map(Layer::name).collect();
        names.join(", ")
    }
}

impl Layer {
    fn name(&self) -> String {
        match self {
            Layer::Count => "octet count".to_owned(),
            Layer::Bsd { host: true } => "RFC 3164 syslog".to_owned(),
            Layer::Bsd { host: false } => "RFC 3164 syslog without a host".to_owned(),
            Layer::Syslog => "RFC 5424 syslog".to_owned(),
            Layer::Word(word) => format!("\"{}\"", word.trim_ascii_end()),
            Layer::Cri => "Kubernetes".to_owned(),
            Layer::Json(carrier) => format!("JSON \"{}\"", carrier.key),
            Layer::Escapes => "control characters as #nnn".to_owned(),
        }
    }

    /// The layers that may come next, the likelier first. What they share is a first look at some lines; whether they
    /// hold is then tried on all.
    fn around(lines: &[&[u8]], outer: &[Layer], assume: &Assume) -> Vec<Layer> {
        let mostly = |test: &dyn Fn(&[u8]) -> bool| {
            lines.iter().filter(|line| test(line)).count() * 100 >= lines.len() * 60 && !lines.is_empty()
        };
        let mut next = Vec::new();
        if mostly(&|line| head::octet_count(line).is_some()) && !outer.contains(&Layer::Count) {
            next.push(Layer::Count);
            return next;
        }
        if mostly(&|line| head::rfc5424(line, assume).is_ok_and(|header| header.is_some())) {
            next.push(Layer::Syslog);
            return next;
        }
        for host in [true, false] {
            if mostly(&|line| head::rfc3164(line, host, assume).is_some()) {
                next.push(Layer::Bsd { host });
            }
        }
        if mostly(&|line| head::cri(line, assume).is_some()) {
            next.insert(0, Layer::Cri);
        }
        for word in WORDS {
            if mostly(&|line| line.starts_with(word.as_bytes())) {
                next.push(Layer::Word(word));
            }
        }
        if mostly(&|line| line.first() == Some(&b'{')) {
            next.extend(CARRIERS.iter().map(|carrier| Layer::Json(carrier.clone())));
        }
        let wrapped = outer.iter().any(|layer| matches!(layer, Layer::Bsd { .. } | Layer::Syslog));
        if wrapped && !outer.contains(&Layer::Escapes) && mostly(&|line| head::has_escapes(line)) {
            next.insert(0, Layer::Escapes);
        }
        next
    }

    fn open<'a>(&self, line: &'a [u8], assume: &Assume, arena: &'a Bump) -> Result<Opened<'a>, Problem> {
        let header = match self {
            Layer::Count => return Ok(head::octet_count(line).map_or(Opened::Bare, |rest| Opened::Inside(rest, None))),
            Layer::Word(word) => {
                let rest = line.strip_prefix(word.as_bytes()).map(<[u8]>::trim_ascii_start);
                return Ok(rest.map_or(Opened::Bare, |rest| Opened::Inside(rest, None)));
            }
            Layer::Escapes => return Ok(Opened::Inside(head::unescape(line, arena), None)),
            Layer::Json(carrier) => return carrier.open(line, assume, arena),
            Layer::Bsd { host } => head::syslog(line, *host, assume)?,
            Layer::Syslog => head::syslog(line, true, assume)?,
            Layer::Cri => head::cri(line, assume),
        };
        Ok(header.map_or(Opened::Bare, |Header { at, message }| Opened::Inside(message, at)))
    }
}

impl Carrier {
    fn open<'a>(&self, line: &'a [u8], assume: &Assume, arena: &'a Bump) -> Result<Opened<'a>, Problem> {
        let line = line.trim_ascii();
        if line.first() != Some(&b'{') {
            return Ok(Opened::Bare);
        }
        let mut record = None;
        let mut times = [None; TIMES.len()];
        let read = scan::scan(line, &self.keys, arena, &mut |slot, value| match slot {
            // A number or a word is not a record.
            0 if value.quoted && record.is_none() => record = Some(value.text),
            0 => {}
            slot => {
                if let Some(place) = times.get_mut(slot - 1)
                    && place.is_none()
                {
                    *place = Some(value.text);
                }
            }
        });
        let Some(record) = record else {
            return match read {
                Err(broken) if broken.cut => Err(Problem::new("the JSON around the record is cut off", broken.at)),
                Err(broken) => Err(Problem::new("the JSON around the record is broken", broken.at)),
                Ok(_) => Ok(Opened::Bare),
            };
        };
        // Docker keeps the line end, rsyslog the blank after the tag.
        let record = record.trim_ascii();
        let at = times.iter().flatten().find_map(|text| time::any(text, assume));
        Ok(Opened::Inside(record, at))
    }
}

#[cfg(test)]
mod tests;
