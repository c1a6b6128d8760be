//! The page: closed to the world by how it is made. What it does in a browser is not tested here.

// `json!` with many fields.
#![recursion_limit = "256"]

#[path = "page/documents.rs"]
mod documents;

use std::io::Read;

use base64::prelude::{BASE64_STANDARD, Engine};
use documents::{HOSTILE, company, hostile};
use serde_json::Value;
use sha2::{Digest, Sha256};
use umbrascope::report::html::{self, Place};
use umbrascope::report::{Locale, Report, View};

fn page(document: &Value) -> String {
    let mut out = Vec::new();
    html::page(document, Locale::English, Place::File, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("text")
}

/// What stands in each element of a kind, with its attributes.
fn elements<'a>(page: &'a str, tag: &str) -> Vec<(&'a str, &'a str)> {
    let begin = format!("<{tag}");
    page.split(&begin)
        .skip(1)
        .map(|part| {
            let (attributes, rest) = part.split_once('>').expect("a whole tag");
            (attributes, rest.split_once(&format!("</{tag}>")).expect("an end").0)
        })
        .collect()
}

/// The document of a page.
fn embedded(page: &str) -> Value {
    let scripts = elements(page, "script");
    let (attributes, text) =
        scripts.iter().find(|(attributes, _)| attributes.contains("application/json")).expect("it");
    if !attributes.contains("deflate-raw") {
        return serde_json::from_str(text).expect("JSON");
    }
    let packed = BASE64_STANDARD.decode(text).expect("base64");
    let mut json = String::new();
    flate2::read::DeflateDecoder::new(&packed[..]).read_to_string(&mut json).expect("deflated text");
    serde_json::from_str(&json).expect("JSON")
}

#[test]
fn the_page_holds_the_document_and_nothing_else() {
    for document in [company(8), hostile(20), company(400)] {
        assert_eq!(embedded(&page(&document)), document);
    }
    let report: Report = serde_json::from_str(include_str!("reports/document.json")).expect("a document");
    let shown = |view: &View| {
        let mut out = Vec::new();
        html::write(&report, view, &mut out).expect("memory takes everything");
        embedded(&String::from_utf8(out).expect("text"))
    };
    assert_eq!(serde_json::from_value::<Report>(shown(&View::default())).expect("a report"), report);
    let short = shown(&View { top: Some(1), ..View::default() });
    assert_eq!((short["apps"].as_array().map(Vec::len), &short["settings"]["top"]), (Some(1), &Value::from(1)));
}

#[test]
fn a_page_of_2_000_apps_can_be_mailed() {
    let document = company(2_000);
    let (json, html) = (document.to_string().len(), page(&document).len());
    assert!(html < 2_000_000, "{html} bytes for {json} bytes of JSON");
}

#[test]
fn only_its_own_style_and_script_are_allowed() {
    let text = page(&hostile(20));
    let policy = text.split_once("http-equiv=\"Content-Security-Policy\" content=\"").expect("a policy").1;
    let policy = policy.split_once('"').expect("its end").0;
    let fingerprint = |text: &str| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)));
    let scripts = elements(&text, "script");
    let code: Vec<&str> =
        scripts.iter().filter(|(attributes, _)| !attributes.contains("json")).map(|(_, text)| *text).collect();
    let styles = elements(&text, "style");
    assert_eq!((scripts.len(), code.len(), styles.len()), (2, 1, 1), "the document has made no element");
    for part in [
        "default-src 'none'".to_owned(),
        format!("script-src {}", fingerprint(code[0])),
        format!("style-src {}", fingerprint(styles[0].1)),
        "require-trusted-types-for 'script'".to_owned(),
    ] {
        assert!(policy.split("; ").any(|rule| rule == part), "{part} is not in {policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains("connect-src"), "{policy}");
    let mut served = Vec::new();
    html::page(&company(8), Locale::German, Place::Served, &mut served).expect("memory takes everything");
    let served = String::from_utf8(served).expect("text");
    assert!(served.contains("connect-src 'self'; ") && served.contains("data-locale=\"de\" data-live"));
}

#[test]
fn nothing_leads_out_of_the_page() {
    let text = page(&hostile(20));
    let markup = text.split("<script").next().expect("the head and the body");
    for part in ["src=", "href="] {
        for rest in markup.split(part).skip(1) {
            assert!(rest.starts_with("\"#") || rest.starts_with("\"data:,"), "{part}{:.40}", rest);
        }
    }
    let scripts = elements(&text, "script");
    let json = scripts[0].1;
    assert!(!json.contains(['<', '>', '&', '\u{2028}', '\u{2029}', '\u{202e}', '\u{7f}']));
    assert!(HOSTILE.iter().any(|name| embedded(&text).to_string().contains(name)));
    let (style, script) = (elements(&text, "style")[0].1, scripts[1].1);
    for bad in ["http:", "https:", "url(", "@import"] {
        assert!(!style.contains(bad), "{bad} in the style");
    }
    for bad in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "https:"] {
        assert!(!script.contains(bad), "{bad} in the script");
    }
}
