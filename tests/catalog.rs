//! The data: signatures, and what a broken catalog earns.
//!
//! Tests over `signatures/` say nothing while that folder does not exist. `UPDATE_EXPECT=1` repairs the normal form and the
//! expected messages.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use umbrascope::catalog::{Catalog, Code, normal_form};
use umbrascope::diag::{Style, render};
use umbrascope::event::{Destination, normalize, split_url};

/// Hosts of `tests/labels.tsv` that go to the right app. Only ever raise it.
const LABELS_RIGHT: usize = 4422;

/// Entries that somebody went through as a whole. Only ever raise it.
const REVIEWED: usize = 3500;

#[test]
fn every_entry_keeps_its_promises() {
    let Some(dir) = signatures() else { return };
    let (catalog, problems) = Catalog::from_dir(&dir);
    assert!(problems.is_empty(), "{} problems\n\n{}", problems.len(), render(&problems, Style::Plain));
    assert!(!catalog.is_empty());
}

#[test]
fn the_built_in_catalog_is_that_of_the_folder() {
    let Some(dir) = signatures() else { return };
    let (folder, _) = Catalog::from_dir(&dir);
    let built_in = Catalog::built_in();
    let ids = |catalog: &Catalog| catalog.apps().map(|app| app.id().to_owned()).collect::<Vec<_>>();
    assert_eq!(ids(&built_in), ids(&folder));
    assert_eq!(built_in.digest(), folder.digest());
    for (embedded, read) in built_in.apps().zip(folder.apps()) {
        assert_eq!(embedded, read);
    }
    for ((embedded, _), (read, _)) in built_in.rules().zip(folder.rules()) {
        assert_eq!(embedded, read);
    }
    // Every entry finds itself in the table that the build made.
    for (rule, app) in built_in.rules() {
        let hit = built_in.lookup(rule.host(), Some(rule.path())).expect("a claimed host is found");
        assert_eq!((hit.rule, hit.app.id()), (rule.as_str(), app.id()));
    }
}

/// Alternatives are worth something if jobs are narrow, told apart and not alone.
#[test]
fn jobs_are_defined_and_done() {
    let Some(dir) = signatures() else { return };
    let catalog = Catalog::built_in();
    let text = read(&dir.join("jobs.toml"));
    let written: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("[jobs.")?.strip_suffix(']')).collect();
    assert!(written.is_sorted(), "jobs.toml is sorted by id");
    let mut apps: BTreeMap<&str, usize> = BTreeMap::new();
    for app in catalog.apps() {
        if let Some(job) = app.job() {
            *apps.entry(job).or_default() += 1;
        }
    }
    for job in catalog.jobs() {
        assert!(job.about().ends_with('.') && !job.name().is_empty(), "{}: say it in a sentence", job.id());
        let count = apps.get(job.id()).copied().unwrap_or_default();
        assert!(count >= 3, "{}: {count} apps are no choice", job.id());
        assert!(count <= 260, "{}: {count} apps are not one job", job.id());
    }
    assert!(catalog.jobs().len() >= 60);
    let with_job: usize = apps.values().sum();
    assert!(with_job >= 7_900, "only {with_job} apps have a job");
}

/// An address accuses as a name does: every range is the vendor's own word.
#[test]
fn ranges_have_a_page_of_the_vendor() {
    let catalog = Catalog::built_in();
    let mut ranges = 0;
    for app in catalog.apps() {
        for range in app.ranges() {
            ranges += 1;
            assert!(range.source().starts_with("https://"), "{}: {} is no page", app.id(), range.source());
            let first = range.net().split('/').next().and_then(|text| text.parse().ok()).expect("a network");
            assert_eq!(catalog.lookup_address(first).map(|hit| hit.app.id()), Some(app.id()));
        }
    }
    assert!(ranges >= 70, "only {ranges} ranges");
    let app = |address: &str| catalog.lookup_address(address.parse().expect("an address")).map(|hit| hit.app.id());
    assert_eq!(app("52.113.7.9"), Some("microsoft-teams"));
    assert_eq!(app("149.154.167.51"), Some("telegram"));
    // Clouds and content networks: many apps live there.
    for address in ["13.107.42.14", "104.16.1.1", "151.101.1.69", "17.1.2.3", "3.5.1.1", "10.0.0.1", "192.0.2.1", "::1"]
    {
        assert_eq!(app(address), None, "{address}");
    }
}

/// What "reviewed" promises at least.
#[test]
fn reviewed_entries_are_complete() {
    let catalog = Catalog::built_in();
    let (mut reviewed, mut with_job) = (0, 0);
    for app in catalog.apps().filter(|app| app.reviewed().is_some()) {
        reviewed += 1;
        with_job += usize::from(app.job().is_some());
        assert!(app.vendor().is_some(), "{} is reviewed and has no vendor", app.id());
        assert!(catalog.category(app.category()).is_some(), "{} is reviewed and has no category", app.id());
        let claims = catalog.rules_of(app.id()).count() + catalog.patterns_of(app.id()).count();
        assert!(claims > 0, "{} is reviewed and claims nothing", app.id());
        // Where the customer's name stands must lead back to the app.
        for tenant in app.tenants() {
            let place = tenant.replace("{tenant}", "contoso");
            let (host, path) = place.split_at(place.find('/').unwrap_or(place.len()));
            let owner = catalog.lookup(host, Some(path)).map(|hit| hit.app.id());
            assert_eq!(owner, Some(app.id()), "`{tenant}` of {} leads elsewhere", app.id());
        }
    }
    assert!(reviewed >= REVIEWED, "{reviewed} entries are reviewed, {REVIEWED} were");
    // Some apps are one of a kind.
    assert!(with_job * 100 >= reviewed * 95, "only {with_job} of {reviewed} reviewed apps have a job");
}

#[test]
fn every_app_proves_itself() {
    for (path, app) in tables() {
        let id = text(&app, "id");
        for key in ["hits", "misses", "references"] {
            assert!(!words(&app, key).is_empty(), "{}: `{id}` has no `{key}`", path.display());
        }
        assert!(!text(&app, "name").contains('('), "{}: former names of `{id}` are aliases", path.display());
        for reference in words(&app, "references") {
            assert!(reference.starts_with("https://"), "{}: `{reference}` of `{id}` is no web page", path.display());
        }
    }
}

#[test]
fn files_are_in_normal_form() {
    for path in files() {
        let text = read(&path);
        let normal = normal_form(&text).unwrap_or_else(|| panic!("{} has problems", path.display()));
        assert_eq!(
            normal_form(&normal).as_deref(),
            Some(&*normal),
            "{}: the normal form has another one",
            path.display()
        );
        expect_file![absolute(&path)].assert_eq(&normal);
    }
}

/// Told by other means than the catalog's own: this is the rule that hurts most when it is broken.
#[test]
fn a_domain_has_one_owner() {
    let mut owners: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, app) in tables() {
        let mut claims = words(&app, "domains");
        for (_, entries) in app.get("roles").and_then(|roles| roles.as_table()).into_iter().flatten() {
            claims.extend(strings(entries));
        }
        for claim in claims {
            owners.entry(claim).or_default().push(format!("{} in {}", text(&app, "id"), path.display()));
        }
    }
    owners.retain(|_, owners| owners.len() > 1);
    assert!(owners.is_empty(), "{owners:#?}");
}

#[test]
fn nobody_claims_quiet_hosts() {
    let catalog = Catalog::built_in();
    let (mut hosts, mut loud) = (0, Vec::new());
    for line in read(Path::new("tests/quiet-hosts.txt")).lines() {
        let host = line.split('#').next().unwrap_or_default().trim();
        if host.is_empty() {
            continue;
        }
        hosts += 1;
        assert_eq!(normal(host), host, "write quiet hosts in their normal form");
        if let Some(hit) = catalog.lookup(host, Some("/")) {
            loud.push(format!("{host} goes to {} by `{}` of {}:{}", hit.app.id(), hit.rule, hit.file, hit.line));
        }
    }
    assert!(hosts >= 150, "only {hosts} quiet hosts");
    assert!(loud.is_empty(), "{loud:#?}");
}

#[test]
fn labels_only_rise() {
    if signatures().is_none() {
        return;
    }
    let catalog = Catalog::built_in();
    let (mut total, mut right, mut wrong) = (0, 0, Vec::new());
    let mut seen = BTreeSet::new();
    for line in read(Path::new("tests/labels.tsv")).lines().filter(|line| !line.starts_with('#')) {
        let (place, id) = line.split_once('\t').unwrap_or_else(|| panic!("no tab in `{line}`"));
        assert!(seen.insert(place.to_owned()), "{place} is labeled twice");
        let parts = split_url(place.as_bytes());
        let path = std::str::from_utf8(parts.path).ok();
        let hit = catalog.lookup(&normal(place.split('/').next().unwrap_or_default()), path);
        total += 1;
        match hit.map(|hit| hit.app.id()) {
            Some(found) if found == id => right += 1,
            found => wrong.push(format!("{place}: {} instead of {id}", found.unwrap_or("nothing"))),
        }
    }
    println!("{right} of {total} labels are right");
    assert!(total >= 300, "only {total} labels");
    assert!(right >= LABELS_RIGHT, "{right} of {total} are right, {LABELS_RIGHT} were:\n{}", wrong.join("\n"));
    // The other way round: forgetting to raise the bar is how it sinks.
    assert!(right < LABELS_RIGHT + 25, "{right} of {total} labels are right: raise LABELS_RIGHT\n{}", wrong.join("\n"));
}

/// Each `tests/diags/<case>.toml` is a catalog with mistakes; `<case>.txt` beside it holds what they earn.
///
/// A line `#--- some/file.toml` opens another file, `#=== overlay` ends the built-in catalog and opens the user's folder.
#[test]
fn broken_catalogs_earn_their_messages() {
    let mut shown = String::new();
    for case in toml_files(Path::new("tests/diags")) {
        let text = read(&case);
        let (base, overlay) = match text.split_once("#=== overlay\n") {
            Some((base, overlay)) => (base, Some(overlay)),
            None => (&*text, None),
        };
        let dir = tempfile::tempdir().unwrap();
        let base_dir = write_case(&dir.path().join("signatures"), base);
        let (catalog, mut problems) = Catalog::from_dir(&base_dir);
        if let Some(overlay) = overlay {
            assert!(problems.is_empty(), "{}: {}", case.display(), render(&problems, Style::Plain));
            problems = catalog.with_overlay(&write_case(&dir.path().join("ours"), overlay)).1;
        }
        let found = render(&problems, Style::Plain).replace(&format!("{}/", dir.path().display()), "");
        shown.push_str(&found);
        expect_file![absolute(&case.with_extension("txt"))].assert_eq(&found);
    }
    for code in Code::ALL.into_iter().filter(|code| !matches!(code, Code::Unreadable | Code::NoFiles)) {
        assert!(shown.contains(&format!("[{}]", code.as_str())), "no case in tests/diags shows {}", code.as_str());
    }
}

#[test]
fn codes_are_kebab_case_and_described() {
    let names: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(names.len(), Code::ALL.len());
    for code in Code::ALL {
        let name = code.as_str().strip_prefix("catalog/").expect("the room comes first");
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{name}");
        assert!(code.description().ends_with('.'), "{name}");
    }
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let (catalog, problems) = Catalog::built_in().with_overlay(Path::new("tests/no-such-folder"));
    assert_eq!(catalog.digest(), Catalog::built_in().digest());
    assert_eq!(problems.iter().map(|problem| problem.code()).collect::<Vec<_>>(), ["catalog/unreadable"]);
    let empty = tempfile::tempdir().unwrap();
    let (_, problems) = Catalog::from_dir(empty.path());
    assert_eq!(problems.iter().map(|problem| problem.code()).collect::<Vec<_>>(), ["catalog/no-files"]);
}

#[test]
fn an_app_of_the_user_replaces_the_whole_app() {
    let dir = tempfile::tempdir().unwrap();
    let base = write_case(
        &dir.path().join("base"),
        r#"
        [categories.crm]
        name = "CRM"
        [[app]]
        id = "acme"
        name = "Acme"
        category = "crm"
        domains = ["acme.example", "acme-old.example"]
        roles = { cdn = ["cdn.acme.example"] }
        [[app]]
        id = "other"
        name = "Other"
        category = "crm"
        domains = ["other.example", "other-mail.example"]
        "#,
    );
    let ours = write_case(
        &dir.path().join("ours"),
        r#"
        [[app]]
        id = "acme"
        name = "Acme of ours"
        category = "crm"
        domains = ["acme.example", "other-mail.example"]
        "#,
    );
    let (catalog, problems) = Catalog::from_dir(&base);
    assert!(problems.is_empty(), "{}", render(&problems, Style::Plain));
    let before = catalog.digest();
    let (catalog, problems) = catalog.with_overlay(&ours);
    assert_eq!(problems.iter().map(|problem| problem.code()).collect::<Vec<_>>(), ["catalog/taken-domain"]);
    let find = |host: &str| catalog.lookup(host, None).map(|hit| (hit.app.name(), hit.role.as_str()));
    assert_eq!(catalog.len(), 2);
    assert_eq!(find("cdn.acme.example"), Some(("Acme of ours", "app")));
    assert_eq!(find("acme-old.example"), None);
    assert_eq!(find("other-mail.example"), Some(("Acme of ours", "app")));
    assert_eq!(find("www.other.example"), Some(("Other", "app")));
    assert_ne!(catalog.digest(), before);
}

#[test]
fn the_normal_form_keeps_comments() {
    let text = r##"# About the file.

# About b.
[[app]]
id = "b" # The id.
name = "# no comment"
category = "crm"
domains = [
    "z.example", # The second.
    # The first.
    "a.example",
]
roles = { site = ["help.z.example"], cdn = [] }

# About a.
# And more.
[[app]]
name = "A"
id = "a"
category = "crm"
[app.roles]
# About the parts that are loaded by other pages.
embed = ["e.a.example"]
app = ["a.example/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "a.example/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"]
# The end.
"##;
    let normal = r##"# About the file.

# About a.
# And more.
[[app]]
id         = "a"
name       = "A"
category   = "crm"
[app.roles]
app        = [
    "a.example/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "a.example/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
]
# About the parts that are loaded by other pages.
embed      = ["e.a.example"]

# About b.
[[app]]
# The id.
id         = "b"
name       = "# no comment"
category   = "crm"
# The second.
# The first.
domains    = ["a.example", "z.example"]
roles      = { site = ["help.z.example"] }
# The end.
"##;
    assert_eq!(normal_form(text).unwrap(), normal);
    assert_eq!(normal_form(normal).unwrap(), normal);
}

fn signatures() -> Option<PathBuf> {
    let dir = PathBuf::from("signatures");
    dir.is_dir().then_some(dir)
}

fn files() -> Vec<PathBuf> {
    signatures().map(|dir| toml_files(&dir)).unwrap_or_default()
}

fn toml_files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(toml_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Every app of `signatures/`, read without the catalog's help.
fn tables() -> Vec<(PathBuf, toml::Table)> {
    let mut apps = Vec::new();
    for path in files() {
        let table: toml::Table = read(&path).parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for app in table.get("app").and_then(|apps| apps.as_array()).into_iter().flatten() {
            apps.push((path.clone(), app.as_table().unwrap().clone()));
        }
    }
    apps
}

fn text<'t>(app: &'t toml::Table, key: &str) -> &'t str {
    app.get(key).and_then(|value| value.as_str()).unwrap_or_default()
}

fn words(app: &toml::Table, key: &str) -> Vec<String> {
    app.get(key).map(strings).unwrap_or_default()
}

fn strings(value: &toml::Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).replace("\r\n", "\n")
}

fn absolute(path: &Path) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn normal(host: &str) -> String {
    match normalize(host.as_bytes()) {
        Some(Destination::Host(host)) => host.into_owned(),
        other => panic!("`{host}` is {other:?}"),
    }
}

fn write_case(dir: &Path, text: &str) -> PathBuf {
    let mut name = "case.toml".to_owned();
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for line in text.split_inclusive('\n') {
        match line.strip_prefix("#--- ") {
            Some(next) => name = next.trim().to_owned(),
            None => files.entry(name.clone()).or_default().push_str(line),
        }
    }
    for (name, text) in files {
        let path = dir.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir.to_owned()
}

/// The schema for editors is the one in `schema/`, and every signature file fits it.
#[test]
fn signature_files_fit_their_schema() {
    let schema = umbrascope::catalog::schema();
    let text = serde_json::to_string_pretty(&schema).expect("JSON") + "\n";
    expect_test::expect_file![concat!(env!("CARGO_MANIFEST_DIR"), "/schema/signatures-1.json")].assert_eq(&text);
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for path in toml_files(Path::new("signatures")) {
        let text = fs::read_to_string(&path).expect("a signature file");
        let value: serde_json::Value = toml::from_str(&text).expect("TOML");
        if let Err(error) = validator.validate(&value) {
            panic!("{}: {error} at {}", path.display(), error.instance_path());
        }
    }
}

/// Whoever says a fact is named in `SOURCES.md`, or is a page.
#[test]
fn facts_have_a_source_that_is_credited() {
    let sources = fs::read_to_string("signatures/SOURCES.md").expect("the list of sources");
    let credited: BTreeSet<&str> = sources
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .flat_map(|row| row.split(" | ").next().unwrap_or_default().split(", "))
        .map(|id| id.trim_matches('`'))
        .collect();
    let catalog = Catalog::built_in();
    let mut facts = 0;
    for app in catalog.apps() {
        for fact in app.facts() {
            facts += 1;
            let known = credited.contains(fact.source()) || fact.source().starts_with("https://");
            assert!(known, "{}: nobody is called `{}` in SOURCES.md", app.id(), fact.source());
        }
    }
    assert!(facts > 9_000, "only {facts} facts");
}
