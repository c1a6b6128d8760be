//! Policies seen from outside: what a broken one earns, and that the documentation tells what the code does.
//!
//! `UPDATE_EXPECT=1` repairs the expected messages and the tables of `docs/`.

use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use umbrascope::catalog::Catalog;
use umbrascope::diag::{Style, render};
use umbrascope::policy::{Code, FindingCode, Policy, SECTIONS, STARTER, findings_table, keys_table, schema};

/// Each `tests/policies/<case>.toml` is a policy with mistakes; `<case>.txt` beside it holds what they earn.
#[test]
fn broken_policies_earn_their_messages() {
    let catalog = Catalog::built_in();
    let mut cases: Vec<PathBuf> = fs::read_dir("tests/policies")
        .expect("tests/policies")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    cases.sort();
    let mut shown = String::new();
    for case in cases {
        let name = format!("{}.toml", case.file_stem().unwrap_or_default().to_string_lossy());
        let problems = Policy::parse(&name, &read(&case), &catalog).expect_err(&name);
        let text = render(&problems, Style::Plain);
        shown.push_str(&text);
        expect_file![absolute(&case.with_extension("txt"))].assert_eq(&text);
    }
    for code in Code::ALL {
        assert!(shown.contains(&format!("[{}]", code.as_str())), "no case in tests/policies shows {}", code.as_str());
        assert!(code.description().ends_with('.'), "{}", code.as_str());
    }
}

/// The policy of the bundled company is a right one, and so is the file to begin with, commented out or not.
#[test]
fn the_policies_that_are_shown_are_right() {
    let catalog = Catalog::built_in();
    let right = |name: &str, text: &str| {
        Policy::parse(name, text, &catalog).unwrap_or_else(|problems| panic!("{}", render(&problems, Style::Plain)))
    };
    let sample = right("docs/sample/policy.toml", &read(Path::new("docs/sample/policy.toml")));
    assert!(sample.decisions().len() > 8 && !sample.rules().is_empty());
    assert!(right("starter.toml", STARTER).decisions().is_empty());
    // The prose of the starter has a blank behind its `#`, and so have the examples; only the latter are TOML.
    let is_example = |line: &&str| {
        let line = line.trim_start_matches("# ");
        line.starts_with('[') || line.split_once(" = ").is_some_and(|(key, _)| !key.trim().contains(' '))
    };
    let examples: Vec<&str> = STARTER.lines().filter(is_example).map(|line| line.trim_start_matches("# ")).collect();
    let starter = right("starter.toml", &examples.join("\n"));
    assert_eq!((starter.decisions().len(), starter.rules().len()), (4, 2));
    for section in SECTIONS {
        assert!(STARTER.contains(&format!("[{}", section.name)), "{} is not in the starter", section.name);
    }
}

#[test]
fn the_documentation_has_the_tables_of_the_code() {
    for (path, table) in [("docs/findings.md", findings_table()), ("docs/policy.md", keys_table())] {
        let text = read(Path::new(path));
        // The table stands last.
        let start = text.find(table.lines().next().unwrap_or_default()).unwrap_or(text.len());
        expect_file![absolute(Path::new(path))].assert_eq(&format!("{}{table}", &text[..start]));
    }
}

/// The schema agrees with the reader on the policies that are shown, and refuses what is misspelled.
#[test]
fn the_schema_knows_a_policy() {
    let schema = jsonschema::validator_for(&schema()).expect("a schema");
    let valid = |text: &str| {
        let mut value: serde_json::Value =
            serde_json::to_value(toml::from_str::<toml::Value>(text).expect("TOML")).expect("JSON");
        dates(&mut value);
        schema.is_valid(&value)
    };
    assert!(valid(&read(Path::new("docs/sample/policy.toml"))));
    assert!(valid("[thresholds]\nheavy-upload = \"2 GB\"\nplain-http = \"20%\"\n[risk.hq]\nRU = 3\n"));
    for wrong in [
        "[tresholds]\n",
        "[[decision]]\napp = \"slack\"\nreason = \"x\"\n",
        "[[decision]]\napp = \"slack\"\nvendor = \"x\"\nstate = \"tolerated\"\nreason = \"x\"\n",
        "[[rule]]\nwhen = { risk = \"hihg\" }\nreason = \"x\"\n",
        "[risk.mfa]\nnona = 3\n",
        "[risk.mfa]\nnone = 300\n",
        "[[use]]\nid = \"x\"\nverdict = \"liked\"\nreason = \"y\"\n",
    ] {
        assert!(!valid(wrong), "{wrong}");
    }
}

/// TOML has dates, JSON writes them as texts.
fn dates(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(map) => match map.get("$__toml_private_datetime") {
            Some(date) => *value = date.clone(),
            None => map.values_mut().for_each(dates),
        },
        serde_json::Value::Array(items) => items.iter_mut().for_each(dates),
        _ => {}
    }
}

#[test]
fn a_finding_is_found_by_any_of_its_names() {
    for code in FindingCode::ALL {
        assert_eq!(FindingCode::from_name(&code.code().to_lowercase()), Some(*code));
        assert_eq!(FindingCode::from_name(code.id()), Some(*code));
    }
    assert_eq!(FindingCode::from_name("U999"), None);
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).replace("\r\n", "\n")
}

fn absolute(path: &Path) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
