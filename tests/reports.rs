//! One document, one stored text per renderer.
//!
//! `tests/reports/document.json` is written by hand; its names are as hostile as names in a log can be. After a change
//! on purpose, run with `UPDATE_EXPECT=1` and read the difference.

use std::io::Read as _;

use expect_test::expect_file;
use umbrascope::report::document::{Records, Report, Status};
use umbrascope::report::{Include, Renderer, View, csv, json, markdown, ndjson, table, words, xlsx};

fn document() -> Report {
    serde_json::from_str(include_str!("reports/document.json")).expect("a document")
}

/// A report of files in which nothing was found.
fn empty() -> Report {
    let mut report = document();
    report.apps.clear();
    report.uncataloged.clear();
    report.inputs.clear();
    report.troubles.clear();
    report.totals = Default::default();
    report.coverage = Default::default();
    report
}

fn shown(report: &Report, render: Renderer, view: &View) -> String {
    let mut out = Vec::new();
    render(report, view, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("text")
}

fn at(width: usize) -> View {
    View { width, ..View::default() }
}

#[test]
fn renderers() {
    let report = document();
    let check = |render: Renderer, view: View, file: &str| {
        expect_file![format!("{}/tests/reports/{file}", env!("CARGO_MANIFEST_DIR"))]
            .assert_eq(&shown(&report, render, &view));
    };
    check(table::write, at(40), "table-40.txt");
    check(table::write, at(80), "table-80.txt");
    check(table::write, at(160), "table-160.txt");
    check(table::write, View { color: true, top: Some(3), ..at(80) }, "table-color-top.txt");
    check(table::write, View { verbose: true, include: Include::new(["all"]), ..at(120) }, "table-verbose.txt");
    check(json::write, View::default(), "json.json");
    check(ndjson::write, View::default(), "lines.ndjson");
    check(csv::write, View::default(), "apps.csv");
    check(csv::write, View { csv_of: csv::Of::Uncataloged, ..View::default() }, "uncataloged.csv");
    check(csv::write, View { csv_of: csv::Of::Inputs, ..View::default() }, "inputs.csv");
    check(markdown::write, View::default(), "page.md");
}

#[test]
fn a_workbook_has_numbers_and_no_formulas() {
    let mut report = document();
    report.apps[0].name = "=HYPERLINK(\"https://example.com\")\u{1b}[31m".to_owned();
    let book = |report: &Report| {
        let mut out = Vec::new();
        xlsx::write(report, &View { include: Include::new(["all"]), ..View::default() }, &mut out).expect("a workbook");
        out
    };
    let bytes = book(&report);
    assert_eq!(bytes, book(&report), "the same document, the same bytes");
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a zip");
    let mut part = |name: &str| {
        let mut text = String::new();
        zip.by_name(name).expect(name).read_to_string(&mut text).expect("text");
        text
    };
    let sheet = part("xl/worksheets/sheet1.xml");
    assert!(!sheet.contains("<f>") && !sheet.contains('\u{1b}'), "{sheet}");
    let texts = part("xl/sharedStrings.xml");
    assert!(texts.contains("HYPERLINK") && !texts.contains('\u{1b}'), "the name is text");
    assert!(sheet.contains("<v>") && sheet.contains("autoFilter") && sheet.contains("state=\"frozen\""));
    let names = part("xl/workbook.xml");
    assert!(names.contains("name=\"apps\"") && names.contains("name=\"inputs\""), "{names}");
    let last = report.totals.traffic.last_seen.as_deref().and_then(|seen| seen.get(..10)).expect("a last sighting");
    assert!(part("docProps/core.xml").contains(last), "made on the last day of its logs, whatever the clock says");
}

#[test]
fn tables_fit_any_terminal() {
    let mut huge = document();
    for app in &mut huge.apps {
        app.people = u64::MAX;
        app.traffic.requests = u64::MAX;
        app.traffic.bytes_up = Some(u64::MAX);
    }
    for report in [document(), empty(), many_files(), lookups_only(), huge] {
        for width in 40..=200 {
            for verbose in [false, true] {
                let text = shown(
                    &report,
                    table::write,
                    &View { verbose, include: Include::new(verbose.then_some("all")), ..at(width) },
                );
                for line in text.lines() {
                    assert!(words::width(line) <= width, "{width}: {line}");
                    assert_eq!(line, line.trim_end(), "blanks at the end");
                }
            }
        }
    }
}

/// What a terminal, a spreadsheet or a browser would act on must not get through.
#[test]
fn hostile_names_stay_text() {
    let report = document();
    let wide = View { verbose: true, include: Include::new(["all"]), ..at(400) };
    let mut pages = vec![
        shown(&report, table::write, &wide),
        shown(&report, json::write, &wide),
        shown(&report, ndjson::write, &wide),
        shown(&report, markdown::write, &wide),
    ];
    let tables = [csv::Of::Apps, csv::Of::Uncataloged, csv::Of::Inputs]
        .map(|csv_of| shown(&report, csv::write, &View { csv_of, ..wide.clone() }));
    pages.extend(tables.iter().cloned());
    for page in &pages {
        let mut chars = page.chars();
        let bad = chars.find(|c| *c != '\n' && (c.is_control() || "\u{202e}\u{200b}".contains(*c)));
        assert_eq!(bad, None, "{page}");
    }

    for table in &tables {
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(table.as_bytes());
        for record in reader.records() {
            for cell in &record.expect("every row has the columns of the header") {
                assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
            }
        }
    }

    let page = shown(&report, markdown::write, &wide);
    let outside = outside_of_code(&page);
    for bad in ["<img", "<script", "<b>", "www.evil", "](javascript", "http://"] {
        assert!(!outside.contains(bad), "{bad} in {outside}");
    }
    // Every row of a table has the bars of its header: a name has neither made nor closed a cell.
    let bars = |line: &str| line.matches('|').count();
    let mut header = None;
    for line in page.lines() {
        match (line.starts_with('|'), header) {
            (false, _) => header = None,
            (true, None) => header = Some(bars(line)),
            (true, Some(count)) => assert_eq!(bars(line), count, "{line}"),
        }
    }
}

/// Takes out what stands between fences of the same length, as CommonMark does.
fn outside_of_code(page: &str) -> String {
    let mut out = String::new();
    let mut rest = page;
    while let Some(start) = rest.find('`') {
        let escaped = rest[..start].ends_with('\\');
        let fence = rest[start..].chars().take_while(|c| *c == '`').count();
        out.push_str(&rest[..start]);
        rest = &rest[start + fence..];
        if escaped {
            continue;
        }
        let mut end = 0;
        while let Some(found) = rest[end..].find('`') {
            let run = rest[end + found..].chars().take_while(|c| *c == '`').count();
            end += found + run;
            if run == fence {
                break;
            }
        }
        rest = &rest[end..];
    }
    out + rest
}

#[test]
fn json_is_the_document() {
    let report = document();
    let back: Report = serde_json::from_str(&shown(&report, json::write, &View::default())).expect("JSON");
    assert_eq!(back, report);
}

#[test]
fn lines_are_the_documents_parts() {
    let report = document();
    let lines: Vec<serde_json::Value> = shown(&report, ndjson::write, &View::default())
        .lines()
        .map(|line| serde_json::from_str(line).expect("an object per line"))
        .collect();
    let of = |kind: &str| lines.iter().filter(|line| line["kind"] == kind).collect::<Vec<_>>();
    assert_eq!(lines[0]["kind"], "report");
    assert_eq!(of("app").len(), report.apps.len());
    assert_eq!(of("uncataloged").len(), report.uncataloged.len());
    assert_eq!(of("input").len(), report.inputs.len());
    let mut first = of("app")[0].clone();
    first.as_object_mut().expect("an object").remove("kind");
    assert_eq!(first, serde_json::to_value(&report.apps[0]).expect("a value"));
}

#[test]
fn top_is_told_and_totals_stay() {
    let report = document();
    let view = View { top: Some(2), ..View::default() };
    let short: Report = serde_json::from_str(&shown(&report, json::write, &view)).expect("JSON");
    assert_eq!((short.apps.len(), short.uncataloged.len(), short.settings.top), (2, 2, Some(2)));
    assert_eq!((&short.totals, &short.coverage), (&report.totals, &report.coverage));
}

#[test]
fn the_committed_schema_is_the_types() {
    let schema = serde_json::to_string_pretty(&schemars::schema_for!(Report)).expect("JSON") + "\n";
    expect_file![format!("{}/schema/report-1.json", env!("CARGO_MANIFEST_DIR"))].assert_eq(&schema);
}

#[test]
fn json_keeps_the_schema() {
    let schema = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/schema/report-1.json")).expect("a file");
    let schema = serde_json::from_slice(&schema).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    for report in [document(), empty(), many_files(), lookups_only()] {
        for top in [None, Some(1)] {
            let text = shown(&report, json::write, &View { top, ..View::default() });
            let value = serde_json::from_str(&text).expect("JSON");
            let errors: Vec<String> = schema.iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:#?}");
        }
    }
    let mut wrong = serde_json::to_value(document()).expect("a value");
    wrong["apps"][0]["people"] = "many".into();
    assert!(!schema.is_valid(&wrong), "the schema asks for something");
}

#[test]
fn many_files_are_told_by_folder() {
    let text = shown(&many_files(), table::write, &at(100));
    let reading = text.split("What was read").nth(1).expect("a reading account");
    let rows: Vec<&str> = reading.lines().filter(|line| line.starts_with("logs/")).collect();
    assert_eq!(rows.len(), 3, "{reading}");
    assert!(rows.iter().any(|row| row.contains("30") && row.contains("squid-native")), "{reading}");
    assert_eq!(rows.iter().filter(|row| row.contains("declined")).count(), 1, "{reading}");
}

#[test]
fn nothing_is_told_kindly() {
    let check = |report: &Report, start: &str| {
        let text = shown(report, table::write, &at(100));
        assert!(text.starts_with(start), "{text}");
    };
    let mut report = empty();
    check(&report, "Nothing was read: there is no file among the paths.");
    report.inputs = document().inputs;
    check(&report, "No traffic was found since 2026-03-09T00:00:00+01:00 in 7 files.");
    for input in &mut report.inputs {
        input.records = Records::default();
    }
    check(&report, "No traffic was found in 7 files; the reading account below tells why.");
}

#[test]
fn look_ups_are_no_visits() {
    let text = shown(&lookups_only(), table::write, &at(100));
    assert!(text.replace('\n', " ").contains("Look-ups tell what was asked for, not what was visited."), "{text}");
    assert!(text.contains("look-ups") && !text.contains("requests"), "{text}");
    assert!(!text.contains("  up") && !text.contains("people  "), "what is not known has no column: {text}");
}

/// More files than are told one by one.
fn many_files() -> Report {
    let mut report = document();
    let read = report.inputs.iter().find(|input| input.status == Status::Read).expect("a file").clone();
    let declined = report.inputs.iter().find(|input| input.status == Status::Declined).expect("one").clone();
    report.inputs.clear();
    for index in 0..40 {
        let mut input = if index % 4 == 3 { declined.clone() } else { read.clone() };
        input.path = format!("logs/proxy/access.log.{index:02}");
        if input.status == Status::Read {
            input.format = Some("squid-native".into());
        }
        report.inputs.push(input.clone());
        if index == 0 {
            input.path = "logs/fw/a.log".into();
            report.inputs.push(input);
        }
    }
    report
}

/// A report of DNS logs.
fn lookups_only() -> Report {
    let mut report = document();
    report.apps.retain(|app| app.id == "signal");
    report.uncataloged.retain(|site| site.site == "198.51.100.23");
    report.totals.people = 0;
    report.totals.traffic.requests = 0;
    report.totals.traffic.bytes_up = None;
    report.totals.traffic.bytes_down = None;
    report.coverage.bytes = Default::default();
    report
}

/// A pipe that nobody reads any more.
struct ClosedPipe;

impl std::io::Write for ClosedPipe {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_pipe_is_told_as_one() {
    for render in [table::write, json::write, ndjson::write, csv::write, markdown::write] as [Renderer; 5] {
        let error = render(&document(), &View::default(), &mut ClosedPipe).expect_err("closed");
        assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe);
    }
}

proptest::proptest! {
    /// Whatever the names are: tables fit, and no renderer lets through what cannot be seen.
    #[test]
    fn any_name_is_safe(name in "\\PC{0,20}|.{0,40}|[ -~\u{300}-\u{310}\u{200b}\u{1f3fb}\u{1f44d}]{0,60}", width in 40_usize..120) {
        let mut report = document();
        report.apps[0].name.clone_from(&name);
        report.apps[1].category.clone_from(&name);
        report.uncataloged[0].site.clone_from(&name);
        report.inputs[0].path.clone_from(&name);
        report.inputs[1].bad_samples[0].excerpt.clone_from(&name);
        report.inputs[2].losses[0].clone_from(&name);
        for render in [table::write, json::write, ndjson::write, csv::write, markdown::write] as [Renderer; 5] {
            let text = shown(&report, render, &at(width));
            proptest::prop_assert!(!text.chars().any(|c| c != '\n' && c.is_control()), "{text}");
        }
        for line in shown(&report, table::write, &at(width)).lines() {
            proptest::prop_assert!(words::width(line) <= width, "{width}: {line:?}");
        }
    }
}
