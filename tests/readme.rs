//! The README tells the truth: its table of formats is that of the registry. Its examples are run by `tests/cli.rs`.

use std::fmt::Write;
use std::path::Path;

use umbrascope::formats::REGISTRY;

/// Replaces what stands between two markers, or says that it differs; `UPDATE_EXPECT=1` repairs.
fn check(name: &str, want: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = std::fs::read_to_string(&path).expect("the README");
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let start = text.find(&open).expect("the opening marker") + open.len();
    let end = text.find(&close).expect("the closing marker");
    if text[start..end] == *want {
        return;
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let text = format!("{}{want}{}", &text[..start], &text[end..]);
        std::fs::write(&path, text).expect("the README is written");
        return;
    }
    panic!("README.md, {name}: run the tests with UPDATE_EXPECT=1\nwanted:\n{want}\nfound:\n{}", &text[start..end]);
}

#[test]
fn the_table_of_formats_is_that_of_the_registry() {
    let mut table = String::from("| id | log | what is read |\n|---|---|---|\n");
    for format in REGISTRY {
        let about = format.about();
        writeln!(table, "| `{}` | {} | {} |", format.id(), about.name, about.summary).expect("strings grow");
    }
    check("formats", &table);
}
