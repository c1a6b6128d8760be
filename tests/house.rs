//! The structure: which way the doors open, order, and everything documented and sampled.
//!
//! Every exception stands in a table with its reason, and the tests ask for its removal once it is no longer needed.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use umbrascope::formats::{Gap, REGISTRY};

/// Each room with the rooms it may use, and all that those may use. `pipeline` sees them all, `cli` sees `pipeline`.
const DOORS: &[(&str, &[&str])] = &[
    ("diag", &[]),
    ("event", &[]),
    ("words", &[]),
    ("input", &[]),
    ("formats", &["diag", "event"]),
    ("traffic", &["diag", "event"]),
    ("catalog", &["diag", "event"]),
    ("people", &["traffic"]),
    ("store", &["traffic"]),
    ("classify", &["formats", "traffic", "catalog"]),
    ("inventory", &["classify", "people"]),
    ("risk", &["inventory", "words"]),
    ("policy", &["risk"]),
    ("report", &["policy"]),
    ("pipeline", &["report", "store", "input"]),
    ("cli", &["pipeline"]),
];

/// Files that may be long, and why.
const LONG: &[(&str, &str)] = &[
    ("src/cli/args.rs", "every option with the words of its help; split by subcommand when it grows"),
    ("src/formats/w3c_elff.rs", "columns, verdicts and the shapes without a header; each could be a file of its own"),
    ("src/formats/zeek_tsv.rs", "one header grammar and a short function for each kind of log"),
    ("src/report/sections.rs", "one section after the other, in the order of reading"),
];

/// How long a file may be, its tests not counted, before somebody has to say why.
const LINES: usize = 600;

/// Code that may panic, and why it cannot, or should.
const PANICS: &[(&str, &str, &str)] = &[
    ("src/formats/mod.rs", "a layout met another format", "a mistake in the program, which ends the one file"),
    ("src/formats/json_lines/keys/mod.rs", "no row has this path", "evaluated while compiling: it ends the build"),
];

/// Where `unsafe` may stand, and why.
const UNSAFE: &[(&str, &str)] =
    &[("src/formats/fields/kernel/lanes.rs", "std::arch loads through pointers, held against its scalar twin")];

/// What only the shell may touch, and which files are shell besides the rooms `cli`, `input` and `store`.
const SHELL_ONLY: &[&str] = &[
    "std::fs",
    "fs::",
    "File::",
    "std::net::Tcp",
    "std::process",
    "std::env::",
    "SystemTime",
    "Instant::now",
    "println!",
    "eprintln!",
    "print!",
    "eprint!",
    "dbg!",
    "Zoned::now",
    "Timestamp::now",
    "stdin()",
    "stdout()",
    "stderr()",
    "thread::",
];
const SHELL: &[(&str, &str)] = &[
    ("src/main.rs", "the way in"),
    ("src/catalog/load.rs", "reads the user's folder of signatures"),
    ("src/pipeline/feed.rs", "starts the workers"),
    ("src/pipeline/mod.rs", "asks how many workers fit the machine"),
];

#[test]
fn doors_open_one_way() {
    let mut wrong = Vec::new();
    for file in sources() {
        let Some(room) = file.room() else { continue };
        let Some(allowed) = reach(room) else {
            wrong.push(format!("{}: `{room}` is a room that tests/house.rs does not know", file.name));
            continue;
        };
        for (number, line) in file.code() {
            for used in rooms_in(line) {
                if used != room && !allowed.contains(used) {
                    wrong.push(format!("{}:{number}: `{room}` must not use `{used}`: {}", file.name, line.trim()));
                }
            }
            // From here that many steps up lead out of the room.
            if line.contains(&"super::".repeat(file.depth())) || line.contains("umbrascope::") {
                wrong.push(format!("{}:{number}: name other rooms as `crate::`: {}", file.name, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_way_in_only_calls_the_shell() {
    let main = fs::read_to_string("src/main.rs").expect("src/main.rs");
    for line in main.lines().filter(|line| line.contains("umbrascope::") && !line.trim().starts_with("//")) {
        assert!(line.contains("umbrascope::cli::"), "src/main.rs: {line}");
    }
    assert!(main.lines().count() < 40, "src/main.rs collects the arguments and calls `cli::run`, nothing else");
}

#[test]
fn files_clocks_and_terminals_stay_in_the_shell() {
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for file in sources() {
        if matches!(file.room(), Some("cli" | "input" | "store")) {
            continue;
        }
        for (number, line) in file.code() {
            if let Some(what) = SHELL_ONLY.iter().find(|what| contains_word(line, what)) {
                match SHELL.iter().find(|(name, _)| *name == file.name) {
                    Some((name, _)) => drop(used.insert(*name)),
                    None => {
                        wrong.push(format!("{}:{number}: `{what}` belongs in the shell: {}", file.name, line.trim()))
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (name, why) in SHELL {
        assert!(used.contains(name), "{name} ({why}) touches nothing of the shell any more: take it out of the table");
    }
}

#[test]
fn nothing_panics_on_what_it_reads() {
    let traps =
        [".unwrap()", ".unwrap_err()", ".unwrap_unchecked", "panic!(", "unreachable!(", "todo!(", "unimplemented!("];
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for file in sources() {
        for (number, line) in file.code() {
            // `expect` of a scanner takes a byte and returns a `Result`; that of the library takes the reason.
            let expects = line.contains(".expect(") && !line.contains(".expect(b");
            if !expects && !traps.iter().any(|trap| line.contains(trap)) {
                continue;
            }
            match PANICS.iter().find(|(name, text, _)| *name == file.name && line.contains(text)) {
                Some((_, text, _)) => drop(used.insert(*text)),
                None => wrong.push(format!("{}:{number}: {}", file.name, line.trim())),
            }
        }
    }
    assert!(wrong.is_empty(), "these may panic:\n{}", wrong.join("\n"));
    for (name, text, why) in PANICS {
        assert!(used.contains(text), "{name} says `{text}` ({why}) no more: take it out of the table");
    }
}

#[test]
fn unsafe_code_is_where_it_is_expected() {
    let mut used = BTreeSet::new();
    for file in sources() {
        let door = UNSAFE.iter().find(|(name, _)| *name == file.name);
        for (number, line) in file.code().filter(|(_, line)| contains_word(line, "unsafe")) {
            match door {
                Some((name, _)) => drop(used.insert(*name)),
                None => panic!("{}:{number}: {}", file.name, line.trim()),
            }
        }
    }
    for (name, why) in UNSAFE {
        assert!(used.contains(name), "{name} ({why}) is safe by now: take it out of the table");
    }
}

#[test]
fn long_files_have_a_reason() {
    let mut wrong = Vec::new();
    for file in sources() {
        let lines = file.text.lines().count() - file.test_lines();
        let reason = LONG.iter().find(|(name, _)| *name == file.name);
        match (lines > LINES, reason) {
            (true, None) => wrong.push(format!("{}: {lines} lines: look for the second subject in it", file.name)),
            (false, Some(_)) => wrong.push(format!("{}: {lines} lines: take it out of the table", file.name)),
            _ => {}
        }
    }
    for (name, _) in LONG {
        assert!(Path::new(name).is_file(), "{name} is gone: take it out of the table");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_is() {
    for file in sources() {
        assert!(file.text.starts_with("//!") || file.is_test(), "{} has no page of docs at its top", file.name);
    }
}

#[test]
fn every_room_is_on_the_map() {
    let rooms: BTreeSet<String> = fs::read_dir("src")
        .expect("src")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .map(|path| common::file_name(&path))
        .collect();
    for room in &rooms {
        assert!(DOORS.iter().any(|(name, _)| name == room), "src/{room}/ is a room that tests/house.rs does not know");
    }
}

#[test]
fn the_registry_is_in_alphabetical_order() {
    let ids: Vec<&str> = REGISTRY.iter().map(|format| format.id()).collect();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(ids, sorted);
    for id in ids {
        assert!(is_kebab(id), "`{id}` is not kebab-case");
        assert_eq!(umbrascope::formats::by_id(id).map(|format| format.id()), Some(id));
    }
}

#[test]
fn every_format_says_what_it_is() {
    let mut names = BTreeMap::new();
    for format in REGISTRY {
        let (id, about) = (format.id(), format.about());
        assert!(about.name.chars().count() >= 3, "{id}: a name");
        assert!(about.summary.split(' ').count() >= 4, "{id}: a sentence");
        assert!(about.reference.starts_with("http"), "{id}: where it is defined, not `{}`", about.reference);
        if let Some(other) = names.insert(about.name, id) {
            panic!("{id} and {other} have one name");
        }
        for gap in GAPS {
            if let Some(advice) = format.advice(gap) {
                assert!(advice.split(' ').count() >= 3, "{id}: advice on {gap:?} is no sentence: `{advice}`");
                assert!(!advice.ends_with('.'), "{id}: `{advice}` ends in a full stop");
            }
        }
    }
}

#[test]
fn every_gap_is_documented() {
    let mut ids = BTreeSet::new();
    for gap in GAPS {
        assert!(is_kebab(gap.id()), "{gap:?}");
        assert!(ids.insert(gap.id()), "{gap:?}: `{}` is taken", gap.id());
        assert!(gap.meaning().split(' ').count() >= 3, "{gap:?}: `{}`", gap.meaning());
        assert!(!gap.meaning().ends_with('.'), "{gap:?}");
    }
}

/// Every gap; a new one does not compile until it stands here.
const GAPS: [Gap; 8] = {
    let all = [Gap::User, Gap::Client, Gap::Host, Gap::BytesUp, Gap::BytesDown, Gap::Path, Gap::Action, Gap::Visits];
    let mut at = 0;
    while at < all.len() {
        match all[at] {
            Gap::User | Gap::Client | Gap::Host | Gap::BytesUp => {}
            Gap::BytesDown | Gap::Path | Gap::Action | Gap::Visits => {}
        }
        at += 1;
    }
    all
};

#[test]
fn the_scanner_of_these_tests_sees() {
    assert_eq!(rooms_in("use crate::{event::Event, formats::{self, Gap}, diag};"), ["event", "formats", "diag"]);
    assert_eq!(rooms_in("    let at = crate::event::Timestamp(0);"), ["event"]);
    assert!(contains_word("unsafe { x }", "unsafe") && !contains_word("unsafely", "unsafe"));
    assert!(reach("report").is_some_and(|rooms| rooms.contains("event") && !rooms.contains("input")));
    assert!(sources().iter().any(|file| file.test_lines() > 20));
}

// ---- how the source is looked at ----

struct SourceFile {
    /// With slashes, from the root of the package.
    name: String,
    text: String,
}

fn sources() -> Vec<SourceFile> {
    let is_rust = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "rs");
    common::files_below(Path::new("src"))
        .into_iter()
        .filter(is_rust)
        .map(|path| SourceFile {
            name: path.to_string_lossy().replace('\\', "/"),
            text: fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
        })
        .collect()
}

impl SourceFile {
    /// The folder below `src`; none for the front hall.
    fn room(&self) -> Option<&str> {
        let mut parts = self.name.split('/').skip(1);
        let room = parts.next()?;
        parts.next().map(|_| room)
    }

    /// How many modules deep.
    fn depth(&self) -> usize {
        self.name.split('/').count() - 1 - usize::from(self.name.ends_with("/mod.rs"))
    }

    /// A file that holds nothing but tests.
    fn is_test(&self) -> bool {
        self.name.ends_with("/tests.rs")
    }

    /// Tests stand last.
    fn tests_from(&self) -> usize {
        if self.is_test() { 0 } else { self.text.find("#[cfg(test)]\nmod ").unwrap_or(self.text.len()) }
    }

    fn test_lines(&self) -> usize {
        self.text[self.tests_from()..].lines().count()
    }

    /// The lines of code with their numbers, without comments and tests.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let code = self.text[..self.tests_from()].lines().enumerate();
        code.filter(|(_, line)| !line.trim_start().starts_with("//")).map(|(at, line)| (at + 1, line))
    }
}

/// The rooms that a line names after `crate::`, in a list too.
fn rooms_in(line: &str) -> Vec<&str> {
    let mut rooms = Vec::new();
    for (at, _) in line.match_indices("crate::") {
        let rest = &line[at + "crate::".len()..];
        let Some(list) = rest.strip_prefix('{') else {
            rooms.push(word(rest));
            continue;
        };
        let mut depth = 0;
        let mut fresh = true;
        for (at, letter) in list.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => fresh = true,
                letter if fresh && !letter.is_whitespace() => {
                    rooms.push(word(&list[at..]));
                    fresh = false;
                }
                _ => {}
            }
        }
    }
    rooms.retain(|room| DOORS.iter().any(|(name, _)| name == room));
    rooms
}

fn word(text: &str) -> &str {
    let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(text.len());
    &text[..end]
}

fn contains_word(line: &str, word: &str) -> bool {
    let joins = |letter: char| letter.is_alphanumeric() || letter == '_';
    let ends_open = word.ends_with(|letter: char| !joins(letter));
    line.match_indices(word).any(|(at, _)| {
        let after = line[at + word.len()..].chars().next();
        !line[..at].ends_with(joins) && (ends_open || !after.is_some_and(joins))
    })
}

/// All rooms that a room may use.
fn reach(room: &str) -> Option<BTreeSet<&'static str>> {
    let (_, doors) = DOORS.iter().find(|(name, _)| *name == room)?;
    let mut all = BTreeSet::new();
    for door in *doors {
        all.insert(*door);
        all.extend(reach(door)?);
    }
    Some(all)
}

fn is_kebab(id: &str) -> bool {
    !id.is_empty()
        && id
            .split('-')
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}
