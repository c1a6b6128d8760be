//! The normal form of a signature file, so that every change shows as a small diff.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::model::Role;
use super::raw::{self, RawApp, Word};

/// Columns of a line, beyond which a list is written one item per line.
const WIDTH: usize = 110;

/// The file in normal form: apps by id, keys in a fixed order and aligned, lists sorted, comments kept in front of what
/// they stand at. `None` if the file has problems, which come first. A file with categories or jobs is left
/// as it is.
///
/// ```
/// use umbrascope::catalog::normal_form;
/// let text = "[[app]]\nname = 'Box'\nid = \"box\"\ncategory=\"cloud-storage\"\ndomains=[\"box.net\",'box.com']\n";
/// assert_eq!(normal_form(text).unwrap(), r#"[[app]]
/// id         = "box"
/// name       = "Box"
/// category   = "cloud-storage"
/// domains    = ["box.com", "box.net"]
/// "#);
/// assert_eq!(normal_form("[[app]]\nid = 1"), None);
/// ```
pub fn normal_form(text: &str) -> Option<String> {
    let file = raw::read(text);
    if !file.problems.is_empty() {
        return None;
    }
    if !file.categories.is_empty() || !file.jobs.is_empty() {
        return Some(text.to_owned());
    }
    let elements = Elements::of(text);
    let mut comments = Comments::of(text, &elements);
    let mut out = comments.head();
    let mut apps: Vec<RawApp> = file.apps;
    apps.sort_by(|a, b| a.id.text.cmp(&b.id.text));
    for (at, app) in apps.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        comments.before(app.span.start, &mut out);
        out.push_str("[[app]]\n");
        let owned = elements.of_app(app.span.start);
        let mut key = |name: &str, out: &mut String| {
            if let Some((_, start)) = owned.iter().find(|(key, _)| key == name) {
                comments.before(*start, out);
            }
        };
        let mut plain = |name: &str, value: Option<String>, out: &mut String| {
            if let Some(value) = value {
                key(name, out);
                out.push_str(&format!("{name:<10} = {value}\n"));
            }
        };
        plain("id", Some(quoted(&app.id.text)), &mut out);
        plain("name", Some(quoted(&app.name.text)), &mut out);
        plain("aliases", list(&app.aliases), &mut out);
        plain("vendor", app.vendor.as_ref().map(|word| quoted(&word.text)), &mut out);
        plain("category", Some(quoted(&app.category.text)), &mut out);
        plain("job", app.job.as_ref().map(|word| quoted(&word.text)), &mut out);
        plain("domains", list(&app.domains), &mut out);
        let roles = roles(app);
        let inline: Vec<String> = roles.iter().map(|(role, words)| format!("{role} = {}", one_line(words))).collect();
        let inline = format!("{{ {} }}", inline.join(", "));
        let fits = "roles      = ".len() + inline.chars().count() <= WIDTH;
        plain("roles", (fits && !roles.is_empty()).then_some(inline), &mut out);
        let mut patterns: Vec<(&str, String)> = app
            .patterns
            .iter()
            .map(|raw| {
                let item = format!("{{ host = {}, why = {} }}", quoted(&raw.host.text), quoted(&raw.why));
                (raw.host.text.as_str(), item)
            })
            .collect();
        patterns.sort();
        plain("patterns", broken(patterns.into_iter().map(|(_, item)| item).collect()), &mut out);
        let mut ranges: Vec<String> = app
            .ranges
            .iter()
            .map(|raw::RawRange { net, source, as_of }| {
                let [net, source, as_of] = [net, source, as_of].map(|word| quoted(&word.text));
                format!("{{ net = {net}, source = {source}, as_of = {as_of} }}")
            })
            .collect();
        ranges.sort();
        plain("ranges", broken(ranges), &mut out);
        plain("tenants", list(&app.tenants), &mut out);
        let mut facts: Vec<String> = app
            .facts
            .iter()
            .map(|raw::RawFact { is, value, source, as_of }| {
                let [is, value, source, as_of] = [is, value, source, as_of].map(|word| quoted(&word.text));
                format!("{{ is = {is}, value = {value}, source = {source}, as_of = {as_of} }}")
            })
            .collect();
        facts.sort();
        plain("facts", broken(facts), &mut out);
        plain("reviewed", app.reviewed.as_ref().map(|word| quoted(&word.text)), &mut out);
        plain("references", list(&app.references), &mut out);
        plain("hits", list(&app.hits), &mut out);
        plain("misses", list(&app.misses), &mut out);
        if !fits {
            key("roles", &mut out);
            out.push_str("[app.roles]\n");
            for (role, words) in &roles {
                key(&format!("roles.{role}"), &mut out);
                out.push_str(&format!("{role:<10} = {}\n", broken(words.clone()).unwrap_or_default()));
            }
        }
    }
    out.push_str(&comments.rest());
    Some(out)
}

/// Roles by name, each with its quoted and sorted entries; empty ones are left out.
fn roles(app: &RawApp) -> Vec<(&'static str, Vec<String>)> {
    let mut roles: Vec<(&str, Vec<String>)> = app
        .roles
        .iter()
        .filter(|(_, words)| !words.is_empty())
        .map(|(role, words): &(Role, Vec<Word>)| (role.as_str(), sorted(words)))
        .collect();
    roles.sort();
    roles
}

fn sorted(words: &[Word]) -> Vec<String> {
    let mut texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    texts.sort_unstable();
    texts.dedup();
    texts.into_iter().map(quoted).collect()
}

fn list(words: &[Word]) -> Option<String> {
    broken(sorted(words))
}

fn one_line(items: &[String]) -> String {
    format!("[{}]", items.join(", "))
}

fn broken(items: Vec<String>) -> Option<String> {
    let line = one_line(&items);
    match items.is_empty() {
        true => None,
        false if "references = ".len() + line.chars().count() <= WIDTH => Some(line),
        false => Some(format!("[\n    {},\n]", items.join(",\n    "))),
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// What a comment can stand at: headers and keys, in order of place.
struct Elements {
    /// Start, end, start of the app's header, dotted key.
    list: Vec<(usize, usize, usize, String)>,
    /// Texts and keys: a `#` within is no comment.
    strings: Vec<Range<usize>>,
}

impl Elements {
    fn of(text: &str) -> Elements {
        let (document, _) = DeTable::parse_recoverable(text);
        let mut elements = Elements { list: Vec::new(), strings: Vec::new() };
        let apps = document.get_ref().get("app").and_then(|value| value.get_ref().as_array());
        for app in apps.into_iter().flatten() {
            let header = app.span().start;
            elements.list.push((header, app.span().end, header, String::new()));
            let Some(table) = app.get_ref().as_table() else { continue };
            for (key, value) in table {
                let name: &str = key.get_ref();
                // A sub-table's key stands within its own header.
                let (start, end) = match value.span().start <= key.span().start {
                    true => (value.span().start, value.span().end),
                    false => (key.span().start, value.span().end),
                };
                elements.list.push((start, end, header, name.to_owned()));
                elements.text(value.get_ref(), value.span());
                elements.strings.push(key.span());
                let Some(inner) = value.get_ref().as_table() else { continue };
                for (key, value) in inner {
                    elements.strings.push(key.span());
                    let dotted = format!("{name}.{}", key.get_ref());
                    elements.list.push((key.span().start, value.span().end, header, dotted));
                }
            }
        }
        elements.list.sort();
        elements
    }

    fn text(&mut self, value: &DeValue<'_>, span: Range<usize>) {
        match value {
            DeValue::String(_) => self.strings.push(span),
            DeValue::Array(items) => items.iter().for_each(|item| self.text(item.get_ref(), item.span())),
            DeValue::Table(table) => table.iter().for_each(|(_, item)| self.text(item.get_ref(), item.span())),
            _ => {}
        }
    }

    fn of_app(&self, header: usize) -> Vec<(String, usize)> {
        self.list.iter().filter(|row| row.2 == header).map(|row| (row.3.clone(), row.0)).collect()
    }
}

/// Comments that still have to be written, each with the element that it stands at.
struct Comments {
    head: Vec<String>,
    /// Start of the element, text.
    at: Vec<(usize, String)>,
    rest: Vec<String>,
}

impl Comments {
    fn of(text: &str, elements: &Elements) -> Comments {
        let mut comments = Comments { head: Vec::new(), at: Vec::new(), rest: Vec::new() };
        let mut next = 0;
        for (start, _) in text.match_indices('#') {
            if start < next || elements.strings.iter().any(|string| string.contains(&start)) {
                continue;
            }
            let end = text[start..].find('\n').map_or(text.len(), |len| start + len);
            next = end;
            let comment = text[start..end].trim_end().to_owned();
            let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
            // Behind something in its line, or between the lines of a list: that. Else what follows.
            let around = elements.list.iter().rev().find(|row| row.0 < start && (row.0 >= line || start < row.1));
            let following = elements.list.iter().find(|row| row.0 > start);
            match around.or(following) {
                Some(row) => comments.at.push((row.0, comment)),
                None => comments.rest.push(comment),
            }
        }
        // A block at the top, set off by an empty line, is about the file.
        let top = elements.list.first().filter(|_| text.starts_with('#'));
        if let Some(gap) = top.and_then(|first| text[..first.0].find("\n\n")) {
            let lines = text[..gap].lines().count().min(comments.at.len());
            comments.head = comments.at.drain(..lines).map(|(_, comment)| comment).collect();
        }
        comments
    }

    fn head(&mut self) -> String {
        let head = std::mem::take(&mut self.head);
        if head.is_empty() { String::new() } else { format!("{}\n\n", head.join("\n")) }
    }

    /// Writes the comments of an element; a second call writes nothing.
    fn before(&mut self, element: usize, out: &mut String) {
        self.at.retain(|(at, comment)| {
            if *at == element {
                out.push_str(comment);
                out.push('\n');
            }
            *at != element
        });
    }

    /// What found no place, so that nothing is lost.
    fn rest(&mut self) -> String {
        let rest = self.at.drain(..).map(|(_, comment)| comment).chain(self.rest.drain(..));
        rest.map(|comment| comment + "\n").collect()
    }
}
