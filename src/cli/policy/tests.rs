//! The commands as somebody types them.

use std::ffi::OsString;

use super::super::ui::Terminal;
use super::*;
use crate::policy::FindingCode;

fn ran(args: &[&str]) -> (Exit, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let args = std::iter::once("umbrascope").chain(args.iter().copied()).map(OsString::from);
    let exit = super::super::run(args, &mut out, &mut err, Terminal::NONE);
    (exit, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

#[test]
fn a_policy_is_checked() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("policy.toml");
    let check = |text: &str| {
        fs::write(&path, text).unwrap();
        ran(&["policy", "check", path.to_str().unwrap()])
    };
    let (exit, out, _) = check("[[decision]]\napp = \"slack\"\nstate = \"sanctioned\"\nreason = \"chat\"\n");
    assert_eq!((exit, out.as_str()), (Exit::Done, "1 decision, 0 rules, all is well\n"));
    let (exit, out, _) = check("[[decision]]\napp = \"slakc\"\nstate = \"sanctoined\"\n");
    assert_eq!(exit, Exit::Incomplete);
    assert!(out.contains("did you mean `slack`?") && out.ends_with("3 errors: the policy is not in force\n"), "{out}");
    let (exit, _, err) = ran(&["policy", "check", "no-such-policy.toml"]);
    assert!(exit == Exit::Incomplete && err.contains("cannot read the policy no-such-policy.toml"), "{err}");
}

#[test]
fn a_draft_asks_for_every_decision() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("report.json");
    let report = r#"{ "generator": "umbrascope 0.1.0", "schema": "umbrascope.report/1", "apps": [
        { "id": "slack", "name": "Slack", "category": "messaging", "people": 9, "devices": 0, "state": "sanctioned" },
        { "id": "trello", "name": "Trello\n[own]", "category": "project-management", "people": 4, "devices": 1,
          "verdict": "used", "state": "unreviewed", "departments": [{ "name": "Sales", "people": 4 }],
          "risk": { "score": 22, "level": "low" }, "advice": { "action": "watch" } },
        { "id": "deepl", "name": "DeepL", "category": "translation", "people": 2 },
        { "id": "doubleclick", "name": "DoubleClick", "category": "ads-tracking", "people": 60 } ] }"#;
    fs::write(&path, report).unwrap();
    let (exit, out, err) = ran(&["policy", "draft", path.to_str().unwrap()]);
    assert_eq!((exit, err.as_str()), (Exit::Done, ""));
    let comment = "# Trello\u{fffd}[own] (project-management): 4 people and 1 device, most in Sales; risk 22 (low); advice: watch";
    assert!(out.contains(comment), "{out}");
    let problems = Policy::parse("draft.toml", &out, &Catalog::built_in()).unwrap_err();
    // A state and a reason for each of two apps.
    assert_eq!(problems.iter().filter(|problem| problem.message().ends_with("is empty")).count(), 4);
    assert_eq!(problems.len(), 4, "{}", render(&problems, Style::Plain));
    let (_, none, _) = ran(&["policy", "draft", path.to_str().unwrap(), "--people", "100"]);
    assert!(none.starts_with("# nothing to draft"));
    let (exit, _, err) = ran(&["policy", "draft", "Cargo.toml"]);
    assert!(exit == Exit::Incomplete && err.contains("is no report"), "{err}");
}

#[test]
fn files_to_begin_with() {
    let (exit, out, _) = ran(&["policy", "init"]);
    assert!(exit == Exit::Done && Policy::parse("policy.toml", &out, &Catalog::built_in()).is_ok());
    let (exit, out, _) = ran(&["policy", "schema"]);
    assert!(exit == Exit::Done && out.contains("umbrascope policy"));
}

#[test]
fn a_run_ends_with_1_only_if_asked_to() {
    let finding = Finding {
        code: FindingCode::HEAVY_UPLOAD,
        level: crate::policy::Level::High,
        title: String::new(),
        text: String::new(),
        app: None,
        department: None,
        tenant: None,
        numbers: Default::default(),
        ask: String::new(),
    };
    let exit = |gates: &[&str]| {
        let fail_on = gates.iter().map(|gate| FailOn::parse(gate).unwrap()).collect();
        PolicyArgs { fail_on, ..PolicyArgs::default() }.exit(std::slice::from_ref(&finding))
    };
    assert_eq!(exit(&[]), Exit::Done);
    assert_eq!(exit(&["critical", "U001"]), Exit::Done);
    assert_eq!(exit(&["critical", "heavy-upload"]), Exit::Found);
    assert_eq!(exit(&["medium"]), Exit::Found);
}

#[test]
fn a_wrong_policy_stops_the_run() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("policy.toml");
    fs::write(&path, "[tresholds]\n").unwrap();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let global = super::super::args::Global { quiet: false, verbose: 0, color: super::super::args::ColorWhen::Never };
    let ui = super::super::ui::Ui::new(&global, Terminal::NONE);
    let mut streams = Streams { out: &mut out, err: &mut err, ui };
    let args = PolicyArgs { policy: Some(path), ..PolicyArgs::default() };
    assert!(args.load(&Catalog::built_in(), &mut streams).unwrap().is_none());
    let err = String::from_utf8(err).unwrap();
    assert!(err.contains("did you mean `thresholds`?") && err.contains("is not in force"), "{err}");
}
