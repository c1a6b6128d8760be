//! The shape of a policy as a JSON Schema, for editors that check TOML while it is written, and as a table for people.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::keys::{Key, Kind, SECTIONS, told};
use crate::inventory::{Measures, Verdict};
use crate::risk::Weights;

/// The schema of a policy file.
///
/// ```
/// let schema = umbrascope::policy::schema();
/// assert_eq!(schema["properties"]["decision"]["items"]["required"][0], "state");
/// ```
pub fn schema() -> Value {
    let mut properties = Map::new();
    for section in SECTIONS {
        let mut value = match section.name {
            "risk" => risk(),
            "use" => use_rule(),
            _ => table(section.keys),
        };
        if section.name == "decision" {
            let subjects = ["app", "category", "vendor", "host"];
            value["oneOf"] = subjects.iter().map(|subject| json!({ "required": [subject] })).collect();
        }
        if section.many {
            value = json!({ "type": "array", "items": value });
        }
        value["description"] = json!(section.about);
        properties.insert(section.name.to_owned(), value);
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "umbrascope policy",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    })
}

fn table(keys: &[Key]) -> Value {
    let properties: Map<String, Value> = keys
        .iter()
        .map(|key| {
            let mut value = kind(key.kind);
            value["description"] = json!(key.about);
            (key.name.to_owned(), value)
        })
        .collect();
    let required: Vec<&str> = keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties })
}

fn kind(kind: Kind) -> Value {
    let one_or_many = |item: Value| json!({ "anyOf": [item, { "type": "array", "items": item }] });
    match kind {
        Kind::Text => json!({ "type": "string", "minLength": 1 }),
        Kind::Texts => one_or_many(json!({ "type": "string", "minLength": 1 })),
        Kind::Word(words) => json!({ "enum": words }),
        Kind::Words(words) => one_or_many(json!({ "enum": words })),
        Kind::Date => json!({ "type": "string", "format": "date" }),
        Kind::Time => json!({ "type": "string", "pattern": r"^\d{1,2}:00(:00)?$" }),
        Kind::Bytes => {
            json!({ "type": ["integer", "string"], "minimum": 1, "pattern": r"^[0-9.]+ ?([kKmMgGtT]i?)?[bB]?$" })
        }
        Kind::Count => json!({ "type": "integer", "minimum": 1 }),
        Kind::Percent => {
            json!({ "type": ["integer", "string"], "minimum": 0, "maximum": 100, "pattern": r"^\d{1,3} ?%$" })
        }
        Kind::Table(keys) => table(keys),
    }
}

/// Each part with its own range.
fn risk() -> Value {
    let weights = Weights::built_in();
    let points = |least: i32, most: i32| json!({ "type": "integer", "minimum": least, "maximum": most });
    let mut parts: Map<String, Value> = weights
        .parts()
        .map(|(id, part)| {
            let (least, most) = part.range;
            let names: Map<String, Value> = part.points.keys().map(|key| (key.clone(), points(least, most))).collect();
            // Thresholds and countries may be added, words not.
            let others = if part.is_banded() || id == "hq" { points(least, most) } else { json!(false) };
            let value = json!({
                "description": part.why,
                "type": "object",
                "properties": names,
                "additionalProperties": others,
            });
            (id.to_owned(), value)
        })
        .collect();
    let levels = ["medium", "high", "critical"].map(|level| (level.to_owned(), points(1, 100)));
    parts.insert(
        "levels".to_owned(),
        json!({
            "description": "From which score on a level begins.",
            "type": "object",
            "properties": Map::from_iter(levels),
            "additionalProperties": false,
        }),
    );
    json!({ "type": "object", "properties": parts, "additionalProperties": false })
}

fn use_rule() -> Value {
    let range = json!({ "type": ["integer", "string"] });
    let measures: Map<String, Value> =
        Measures::default().iter().map(|(name, _)| (name.to_owned(), range.clone())).collect();
    let text = json!({ "type": "string", "minLength": 1 });
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["id", "verdict", "reason"],
        "properties": {
            "id": text,
            "verdict": { "enum": Verdict::ALL.map(Verdict::as_str) },
            "reason": text,
            "when": { "type": "object", "additionalProperties": false, "properties": measures },
        },
    })
}

/// Every section and key as Markdown, as it stands in `docs/policy.md`.
pub fn keys_table() -> String {
    let mut out = String::new();
    for section in SECTIONS {
        let name = if section.many { format!("[[{}]]", section.name) } else { format!("[{}]", section.name) };
        let _ = writeln!(out, "### `{name}`\n\n{}\n", section.about);
        if section.keys.is_empty() {
            continue;
        }
        out.push_str("| key | holds | means |\n|---|---|---|\n");
        rows(&mut out, "", section.keys);
        out.push('\n');
    }
    out
}

fn rows(out: &mut String, before: &str, keys: &[Key]) {
    for key in keys {
        let must = if key.required { " (must be there)" } else { "" };
        let _ = writeln!(out, "| `{before}{}` | {} | {}{must} |", key.name, told(key.kind), key.about);
        if let Kind::Table(inner) = key.kind {
            rows(out, &format!("{before}{}.", key.name), inner);
        }
    }
}
