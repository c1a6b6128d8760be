//! Objects that follow no schema we know: keys by their usual names.

use serde_json::Value as Tree;

use super::Wanted;
use super::keys::{How, MAX_ROWS, names_destination};
use super::scan::Keys;
use crate::formats::fields::alias::{self, Field};

/// What the keys of the head seem to carry.
#[derive(Debug, Default)]
pub(super) struct Flat {
    /// In the order in which they first came.
    rows: Vec<(String, Field)>,
    /// Some value can be a destination.
    pub(super) destination: bool,
    /// What it is instead of traffic of people.
    pub(super) inbound: Option<&'static str>,
}

/// Objects that stand around the fields or group them without saying more.
const WRAPPERS: [&str; 12] = [
    "_source",
    "result",
    "event",
    "data",
    "fields",
    "properties",
    "payload",
    "jsonPayload",
    "log",
    "record",
    "request",
    "http",
];

impl Flat {
    pub(super) fn of(lines: &[&[u8]]) -> Flat {
        let mut seen: Vec<(String, Vec<String>)> = Vec::new();
        for line in lines {
            let Some(Ok(tree)) = serde_json::Deserializer::from_slice(line).into_iter::<Tree>().next() else {
                continue;
            };
            walk("", &tree, &mut seen);
        }
        let has = |path: &str| seen.iter().any(|(seen, _)| seen == path);
        let mut flat = Flat::default();
        if has("ClientRequestHost") && has("EdgeResponseStatus") {
            flat.inbound = Some("a log of requests to one's own site");
        }
        if has("LogTimestamp")
            && ["ClientZEN", "Connector", "ConnectorZEN", "Exporter", "ZEN"].iter().any(|key| has(key))
        {
            flat.inbound = Some("Zscaler Private Access: it leads to apps of one's own");
        }
        let mut hosts = Vec::new();
        for (path, values) in &seen {
            let field = match field(path) {
                Some(field) => field,
                None if is_host(path) => {
                    hosts.push((path, values));
                    continue;
                }
                None => continue,
            };
            flat.destination |= values.iter().any(|value| names_destination(field, value.as_bytes()));
            flat.rows.push((path.clone(), field));
        }
        // `host` is the client's name, or the program's own machine, where another key names the destination or where a
        // level and a message make it a program's diary.
        let diary = has("level") || has("severity") || has("log.level");
        for (path, values) in hosts {
            let named = flat
                .rows
                .iter()
                .any(|(_, field)| matches!(field, Field::Host | Field::Sni | Field::Query | Field::Url));
            let names = values.iter().any(|value| names_destination(Field::Host, value.as_bytes()));
            if named || diary || !names {
                flat.rows.push((path.clone(), Field::Device));
            } else {
                flat.destination = true;
                flat.rows.push((path.clone(), Field::Host));
            }
        }
        flat.rows.truncate(MAX_ROWS);
        flat
    }

    pub(super) fn fields(&self) -> impl Iterator<Item = Field> + '_ {
        self.rows.iter().map(|(_, field)| *field)
    }

    /// A time, a client and a destination: what a log of traffic usually has.
    pub(super) fn usual(&self) -> bool {
        let any = |wanted: &[Field]| self.fields().any(|field| wanted.contains(&field));
        any(&[Field::Ts, Field::Date]) && any(&[Field::User, Field::SrcIp, Field::Device])
    }

    /// The keys that were bound to what matters most, for people.
    pub(super) fn names(&self) -> String {
        let mut out = String::new();
        for (what, fields) in [
            ("time", &[Field::Ts, Field::Date][..]),
            ("destination", &[Field::Host, Field::Url, Field::Sni, Field::Query, Field::DstIp]),
            ("client", &[Field::User, Field::SrcIp, Field::Device]),
        ] {
            let found = fields.iter().find_map(|wanted| self.rows.iter().find(|(_, field)| field == wanted));
            if let Some((path, _)) = found {
                let comma = if out.is_empty() { "" } else { ", " };
                out.push_str(&format!("{comma}`{path}` is the {what}"));
            }
        }
        out
    }

    pub(super) fn bind(&self) -> Wanted {
        Wanted {
            keys: Keys::new(self.rows.iter().map(|(path, _)| path.as_str()), &[]),
            hows: self.rows.iter().map(|(_, field)| How::Is(*field)).collect(),
        }
    }
}

fn field(path: &str) -> Option<Field> {
    alias::flat(&alias::normal(path)).or_else(|| alias::flat(&alias::normal(unwrapped(path)?)))
}

fn is_host(path: &str) -> bool {
    let host = |path: &str| matches!(alias::normal(path).as_str(), "host" | "hostname" | "host_name");
    host(path) || unwrapped(path).is_some_and(host)
}

fn unwrapped(path: &str) -> Option<&str> {
    path.split_once('.').filter(|(first, _)| WRAPPERS.contains(first)).map(|(_, rest)| rest)
}

/// Collects the paths of scalars with a few of their values. A head has few lines, but its objects may be hostile.
fn walk(path: &str, tree: &Tree, seen: &mut Vec<(String, Vec<String>)>) {
    const MAX_PATHS: usize = 400;
    const MAX_VALUES: usize = 8;
    let value = match tree {
        Tree::Null => return,
        Tree::Object(members) => {
            for (key, value) in members {
                if path.is_empty() {
                    walk(key, value, seen);
                } else {
                    walk(&format!("{path}.{key}"), value, seen);
                }
            }
            return;
        }
        Tree::Array(elements) => {
            elements.iter().take(MAX_VALUES).for_each(|element| walk(path, element, seen));
            return;
        }
        Tree::String(text) => text.clone(),
        other => other.to_string(),
    };
    if let Some((_, values)) = seen.iter_mut().find(|(seen, _)| seen == path) {
        if values.len() < MAX_VALUES {
            values.push(value);
        }
    } else if seen.len() < MAX_PATHS {
        seen.push((path.to_owned(), vec![value]));
    }
}
