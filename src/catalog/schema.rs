//! The shape of signature files as a JSON Schema, for editors that check TOML while it is written.

use serde_json::{Map, Value, json};

use super::fact::{FACTS, Values};
use super::model::Role;

/// The schema of a signature file, categories included.
///
/// ```
/// let schema = umbrascope::catalog::schema();
/// assert_eq!(schema["properties"]["app"]["items"]["required"][0], "id");
/// ```
pub fn schema() -> Value {
    let text = json!({ "type": "string", "minLength": 1 });
    let texts = |about: &str, pattern: Option<&str>| {
        let mut item = text.clone();
        if let Some(pattern) = pattern {
            item["pattern"] = json!(pattern);
        }
        json!({ "description": about, "type": "array", "items": item, "uniqueItems": true })
    };
    const ENTRY: &str = r"^[a-z0-9_-]+(\.[a-z0-9_-]+)+(/[^?#\s]+)?$";
    let roles: Map<String, Value> = Role::ALL
        .iter()
        .map(|role| (role.as_str().to_owned(), texts("Hosts, or hosts with a path, of this role.", Some(ENTRY))))
        .collect();
    let app = json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["id", "name", "category"],
        "anyOf": [{ "required": ["domains"] }, { "required": ["roles"] }, { "required": ["patterns"] },
            { "required": ["ranges"] }],
        "properties": {
            "id": { "description": "Stable for ever.", "type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$" },
            "name": { "description": "What people call it.", "type": "string", "minLength": 1 },
            "aliases": texts("Former and other names.", None),
            "vendor": { "description": "Who makes it.", "type": "string", "minLength": 1 },
            "category": { "description": "One of categories.toml; also the folder.", "type": "string", "minLength": 1 },
            "job": { "description": "One of jobs.toml: what a person gets done with it.", "type": "string", "minLength": 1 },
            "domains": texts("Each with everything under it; a person works here.", Some(ENTRY)),
            "roles": {
                "description": "Hosts that are not for working.",
                "type": "object",
                "additionalProperties": false,
                "properties": roles,
            },
            "patterns": {
                "description": "One label with a `*`, where domains do not do.",
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["host", "why"],
                    "properties": { "host": text, "why": text },
                },
            },
            "ranges": {
                "description": "Networks that the vendor publishes as this app's, and nobody else's.",
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["net", "source", "as_of"],
                    "properties": {
                        "net": { "type": "string", "pattern": r"^[0-9a-f.:]+/\d{1,3}$" },
                        "source": text,
                        "as_of": { "type": "string", "pattern": r"^\d{4}(-\d{2})?$" },
                    },
                },
            },
            "tenants": texts("Where the customer's name stands: {tenant}.slack.com.", Some(r"\{tenant\}")),
            "facts": {
                "description": "What a source says of it. What is not known is not written.",
                "type": "array",
                "items": { "oneOf": FACTS.iter().map(fact).collect::<Vec<_>>() },
            },
            "reviewed": {
                "description": "When somebody went through the whole entry.",
                "type": "string",
                "pattern": r"^\d{4}(-\d{2})?$",
            },
            "references": texts("Pages where the facts come from.", Some("^https?://")),
            "hits": texts("Hosts that must be found to be this app.", None),
            "misses": texts("Hosts that must not.", None),
        },
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "umbrascope signatures",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "app": { "type": "array", "items": app },
            "categories": {
                "type": "object",
                "additionalProperties": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["name"],
                    "properties": {
                        "name": text,
                        "about": text,
                        "risk": { "type": ["string", "integer"] },
                        "why": text,
                        "job": { "description": "Of its apps that name none.", "type": "string", "minLength": 1 },
                    },
                },
            },
            "jobs": {
                "type": "object",
                "additionalProperties": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["name"],
                    "properties": { "name": text, "about": text },
                },
            },
        },
    })
}

fn fact(kind: &super::FactKind) -> Value {
    let value = match kind.values {
        Values::Yes => json!({ "const": "yes" }),
        Values::One(words) => json!({ "enum": words }),
        Values::Some(words) => {
            let any = words.join("|");
            json!({ "type": "string", "pattern": format!(r"^({any})(\+({any}))*$") })
        }
        Values::Country => json!({ "type": "string", "pattern": "^[A-Z]{2}$" }),
        Values::Host => json!({ "type": "string", "pattern": r"^[^/\s]+\.[^/\s]+$" }),
    };
    json!({
        "description": kind.meaning,
        "type": "object",
        "additionalProperties": false,
        "required": ["is", "value", "source", "as_of"],
        "properties": {
            "is": { "const": kind.id },
            "value": value,
            "source": { "description": "The id of a list in SOURCES.md, or a page.", "type": "string", "minLength": 1 },
            "as_of": { "type": "string", "pattern": r"^\d{4}(-\d{2})?$" },
        },
    })
}
