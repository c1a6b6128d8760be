//! The report as one page: a file that loads nothing and survives the way through a mail program.
//!
//! The page is `html/page.html` with its style, its script and the document inside, which is all that it knows; there is
//! no build step. Its Content-Security-Policy allows that style and that script by their fingerprints and nothing else:
//! no network, no script in an attribute, and no way for the script to turn a text into markup.

use std::io::{self, Write};

use askama::Template;
use base64::prelude::{BASE64_STANDARD, Engine};
use flate2::{Compression, write::DeflateEncoder};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Locale, Report, View, clean};

/// Larger documents are deflated. Smaller ones can be read in the source of the page.
const READABLE: usize = 600_000;

const STYLE: &str = include_str!("html/page.css");

/// One script in the scope of one function; each piece knows one subject and those before it.
const SCRIPT: &str = concat!(
    "'use strict';\n(() => {\n",
    include_str!("html/base.js"),
    include_str!("html/model.js"),
    include_str!("html/charts.js"),
    include_str!("html/grid.js"),
    include_str!("html/sections.js"),
    include_str!("html/drawer.js"),
    include_str!("html/main.js"),
    "})();\n",
);

/// Where a page will be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Place {
    /// Anywhere: it never touches the network.
    #[default]
    File,
    /// On the server that it comes from, which it asks whether there is a newer report.
    Served,
}

#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    locale: &'a str,
    live: bool,
    packed: bool,
    policy: String,
    style: &'a str,
    script: &'a str,
    document: String,
}

/// Writes the page, with the whole document in it. `--top` is honored and told in `settings`.
pub fn write(report: &Report, options: &View, out: &mut dyn Write) -> io::Result<()> {
    page(&*options.shorten(report), options.locale, Place::File, out)
}

/// Writes the page for a document that has the shape of a [`Report`].
///
/// ```
/// use umbrascope::report::{Locale, html};
/// let mut page = Vec::new();
/// html::page(&serde_json::json!({"apps": ["</script>"]}), Locale::English, html::Place::File, &mut page)?;
/// assert!(String::from_utf8_lossy(&page).contains(r#"{"apps":["\u003c/script\u003e"]}"#));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn page(document: &impl Serialize, locale: Locale, place: Place, out: &mut dyn Write) -> io::Result<()> {
    let document = serde_json::to_string(document)?;
    let packed = document.len() > READABLE;
    let page = Page {
        locale: locale.id(),
        live: place == Place::Served,
        packed,
        policy: policy(STYLE, Some(SCRIPT), place),
        style: STYLE,
        script: SCRIPT,
        document: if packed { pack(&document)? } else { embed(&document) },
    };
    page.write_into(out)?;
    out.flush()
}

/// What a page may do: use its own style and script, known by their fingerprints.
pub(super) fn policy(style: &str, script: Option<&str>, place: Place) -> String {
    let fingerprint = |text: &str| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)));
    let script = script.map(|script| format!("script-src {}; ", fingerprint(script))).unwrap_or_default();
    let connect = if place == Place::Served { "connect-src 'self'; " } else { "" };
    format!(
        "default-src 'none'; {script}style-src {}; img-src data:; {connect}base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
        fingerprint(style)
    )
}

/// JSON that can stand in a script element and in an editor: what HTML or an eye could take for something else is
/// escaped. All of it can only stand in strings, so the document stays the same.
fn embed(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + json.len() / 16);
    for c in json.chars() {
        match c {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            c => out.push(c),
        }
    }
    // U+2028 and U+2029, which once ended lines of scripts, are among what cannot be seen.
    clean::json(&out).unwrap_or(out)
}

fn pack(json: &str) -> io::Result<String> {
    let mut deflate = DeflateEncoder::new(Vec::with_capacity(json.len() / 8), Compression::best());
    deflate.write_all(json.as_bytes())?;
    Ok(BASE64_STANDARD.encode(deflate.finish()?))
}
