//! The report in the order in which people read it, common to the renderers for people: the headline, what is worth a
//! look, the apps, what spreads, departments, the unknown, the reading account, coverage.
//!
//! Nothing is cleaned here: [`Text`] and [`Cell`] keep the words of strangers apart from ours, and each renderer cleans
//! them in its own way.

mod judged;

use std::collections::BTreeMap;

use super::document::{App, Input, Part, Report, Site, Status, Traffic, Verdicts};
use super::{View, words};

/// Uncataloged destinations that are shown where nobody asked for a number.
const SITES: usize = 20;

/// More files than this are told by folder.
const FILES: usize = 12;

/// More folders than this are not told one by one.
const FOLDERS: usize = 40;

/// Items of one kind in the reading account, unless more is asked for.
const ITEMS: usize = 5;

/// A piece of the page.
pub(super) enum Block {
    Heading(&'static str),
    Paragraph(Text),
    Grid(Grid),
    /// A remark below a grid.
    Note(Text),
    Items(Vec<Item>),
}

/// A labeled remark.
pub(super) struct Item {
    pub label: &'static str,
    /// It tells that something is missing.
    pub grave: bool,
    pub text: Text,
}

/// A sentence of our words, names and a stranger's words.
#[derive(Default)]
pub(super) struct Text(pub Vec<Span>);

/// A part of a [`Text`].
pub(super) enum Span {
    /// Ours.
    Say(String),
    /// From a catalog or a format: text, but not ours.
    Name(String),
    /// From a log or a file system.
    Quote(String),
}

impl Text {
    fn say(mut self, words: impl Into<String>) -> Text {
        self.0.push(Span::Say(words.into()));
        self
    }

    fn name(mut self, name: impl Into<String>) -> Text {
        self.0.push(Span::Name(name.into()));
        self
    }

    fn quote(mut self, quote: impl Into<String>) -> Text {
        self.0.push(Span::Quote(quote.into()));
        self
    }

    fn names<'a>(self, names: impl Iterator<Item = &'a str>) -> Text {
        names.enumerate().fold(self, |text, (index, name)| text.say(if index > 0 { ", " } else { "" }).name(name))
    }

    fn quotes<'a>(self, quotes: impl Iterator<Item = &'a str>) -> Text {
        quotes.enumerate().fold(self, |text, (index, quote)| text.say(if index > 0 { ", " } else { "" }).quote(quote))
    }
}

/// A table.
pub(super) struct Grid {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<String>>,
}

/// A column of a [`Grid`].
pub(super) struct Column {
    pub title: &'static str,
    pub kind: Kind,
    /// Who goes last when there is no room: 0 never goes.
    pub rank: u8,
}

/// What stands in a column.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Numbers, sizes and dates of ours: to the right, never cut.
    Number,
    /// Names that may be cut at their end, down to so many columns.
    Name(usize),
    /// A stranger's words, which may be cut at their end.
    Quote(usize),
    /// A path, which may be cut in its middle.
    Path(usize),
}

/// The whole page.
pub(super) fn page(report: &Report, view: &View) -> Vec<Block> {
    let mut page = vec![Block::Paragraph(headline(report))];
    judged::findings(report, view, &mut page);
    apps(report, view, &mut page);
    judged::edge(report, view, &mut page);
    judged::departments(report, view, &mut page);
    sites(report, view, &mut page);
    reading(report, view, &mut page);
    page.push(Block::Paragraph(coverage(report)));
    page
}

fn headline(report: &Report) -> Text {
    let totals = &report.totals;
    let visits = totals.traffic.requests;
    if visits == 0 && totals.traffic.lookups == 0 {
        return nothing(report);
    }
    let used: Vec<&App> = report.apps.iter().filter(|app| !app.touched_only && app.verdict != "tried").collect();
    let when = match period(&totals.traffic) {
        Some((first, last)) => format!("{}, ", capital(words::period(first, last))),
        None => String::new(),
    };
    let who = words::list(&who(totals.people, totals.devices));
    let mut text = Text::default();
    let apps = words::counted(used.len() as u64, "app", "apps");
    if used.is_empty() {
        text = text.say(format!("{when}{who} went to no place where an app of the catalog works."));
    } else if visits == 0 {
        text =
            text.say(format!("{when}{who} looked up {apps}. Look-ups tell what was asked for, not what was visited."));
    } else {
        let sent: Option<u64> = used.iter().filter_map(|app| app.traffic.bytes_up).reduce(u64::saturating_add);
        let sent = sent.map(|sent| format!(" and sent {}", words::bytes(sent))).unwrap_or_default();
        text = text.say(format!("{when}{who} used {apps}{sent}."));
    }
    if let Some(first) = used.first() {
        let count = match first.verdicts.used {
            0 => first.people.saturating_add(first.devices),
            used => used,
        };
        let all = totals.people.saturating_add(totals.devices);
        text = text.say(" Most used is ").name(&first.name).say(format!(
            " (by {} of {})",
            words::count(count),
            words::count(all)
        ));
        // The first of equals, so that the order of the report decides.
        let most = used
            .iter()
            .filter(|app| app.traffic.bytes_up.is_some_and(|bytes| bytes > 0))
            .rev()
            .max_by_key(|app| app.traffic.bytes_up);
        text = match (most, most.and_then(|app| app.traffic.bytes_up)) {
            (Some(app), Some(sent)) => {
                text.say("; most was sent to ").name(&app.name).say(format!(" ({}).", words::bytes(sent)))
            }
            _ => text.say("."),
        };
    }
    let explained = match visits {
        0 => report.coverage.requests.share.map(|share| format!("{} of the look-ups", words::share(share))),
        _ => report.coverage.requests.share.map(|share| format!("{} of the requests", words::share(share))),
    };
    let bytes = report.coverage.bytes.share.map(|share| format!("{} of the bytes", words::share(share)));
    let explained: Vec<String> = explained.into_iter().chain(bytes).collect();
    if !explained.is_empty() {
        text = text.say(format!(" The catalog explains {}", words::list(&explained)));
        text = match report.uncataloged.len() as u64 {
            0 => text.say("."),
            1 => text.say("; 1 destination is not in it."),
            many => text.say(format!("; {} destinations are not in it.", words::count(many))),
        };
    }
    text
}

/// The headline of a report without traffic: what may be the reason.
fn nothing(report: &Report) -> Text {
    let files = words::counted(report.inputs.len() as u64, "file", "files");
    let settings = &report.settings;
    let text = Text::default();
    if report.inputs.is_empty() {
        return text.say("Nothing was read: there is no file among the paths.");
    }
    let events = report.inputs.iter().map(|input| input.records.event).fold(0, u64::saturating_add);
    if events == 0 {
        return text.say(format!("No traffic was found in {files}; the reading account below tells why."));
    }
    let limits: Vec<String> = [("since", &settings.since), ("until", &settings.until)]
        .into_iter()
        .filter_map(|(word, limit)| limit.as_ref().map(|limit| format!("{word} {limit}")))
        .collect();
    match limits.as_slice() {
        [] => text.say(format!("There is no traffic of people in {files}.")),
        _ => text.say(format!("No traffic was found {} in {files}.", limits.join(" and "))),
    }
}

fn who(people: u64, devices: u64) -> Vec<String> {
    let mut who = Vec::new();
    if people > 0 || devices == 0 {
        who.push(words::counted(people, "person", "people"));
    }
    if devices > 0 {
        who.push(words::counted(devices, "device", "devices"));
    }
    who
}

fn capital(text: String) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn period(traffic: &Traffic) -> Option<(jiff::civil::Date, jiff::civil::Date)> {
    Some((words::date(traffic.first_seen.as_deref()?)?, words::date(traffic.last_seen.as_deref()?)?))
}

fn apps(report: &Report, view: &View, page: &mut Vec<Block>) {
    page.push(Block::Heading("Apps in use"));
    let shown = view.apps(report);
    if shown.is_empty() {
        page.push(Block::Note(Text::default().say("None.")));
    } else {
        let table = Rows::new(report, shown.iter().map(|app| (app.people, app.devices, &app.traffic)));
        let mut grid = Builder::default();
        grid.column("app", Kind::Name(20), 0, shown.iter().map(|app| app.name.clone()));
        grid.column("category", Kind::Name(12), 5, shown.iter().map(|app| app.category.clone()));
        if shown.iter().any(|app| app.verdicts != Verdicts::default()) {
            verdicts(&mut grid, view, &shown);
        } else {
            table.who(&mut grid);
            if view.include.any() {
                grid.column("touched", Kind::Number, 4, shown.iter().map(|app| words::short_count(app.touched)));
            }
        }
        table.traffic(&mut grid);
        judgement(&mut grid, &shown);
        if shown.iter().any(|app| app.active_minutes > 0) {
            grid.column(
                "active",
                Kind::Number,
                10,
                shown.iter().map(|app| match app.active_minutes {
                    0 => String::new(),
                    minutes => words::minutes(minutes),
                }),
            );
        }
        let strongest = |app: &App| app.evidence.first().cloned().unwrap_or_default();
        grid.column("known by", Kind::Name(8), 12, shown.iter().map(|app| strongest(app)));
        page.push(Block::Grid(grid.0));
    }
    let all = report.apps.iter().filter(|app| view.include.shows(app)).count();
    if all > shown.len() {
        page.push(Block::Note(Text::default().say(format!(
            "The first {} of {} apps; without --top all are shown.",
            words::count(shown.len() as u64),
            words::count(all as u64)
        ))));
    }
    passed_over(report, view, page);
}

/// The apps that are not in the table, by verdict.
fn passed_over(report: &Report, view: &View, page: &mut Vec<Block>) {
    let hidden: Vec<&App> = report.apps.iter().filter(|app| !view.include.shows(app)).collect();
    if hidden.is_empty() {
        return;
    }
    let mut text = Text::default().say("and ");
    let kinds = [("touched", "only touched"), ("background", "used by programs alone"), ("blocked", "always blocked")];
    let verdict = |app: &App| match app.verdict.as_str() {
        known @ ("background" | "blocked") => known.to_owned(),
        _ => "touched".to_owned(),
    };
    let mut told = 0;
    for (kind, words) in kinds {
        let some: Vec<&&App> = hidden.iter().filter(|app| verdict(app) == kind).collect();
        if some.is_empty() {
            continue;
        }
        let count = match told {
            0 => words::counted(some.len() as u64, "app", "apps"),
            _ => words::count(some.len() as u64),
        };
        let such = if some.len() > ITEMS { ", such as" } else { ":" };
        text = text
            .say(if told > 0 { "; " } else { "" })
            .say(format!("{count} {words}{such} "))
            .names(some.iter().take(ITEMS).map(|app| app.name.as_str()));
        told += 1;
    }
    let shows = if told > 1 {
        "all"
    } else {
        kinds.map(|(kind, _)| kind)
            [kinds.iter().position(|(kind, _)| hidden.iter().any(|app| verdict(app) == *kind)).unwrap_or(0)]
    };
    let them = if hidden.len() == 1 { "it" } else { "them" };
    page.push(Block::Note(text.say(format!("; --include {shows} shows {them}."))));
}

fn sites(report: &Report, view: &View, page: &mut Vec<Block>) {
    if report.uncataloged.is_empty() {
        return;
    }
    page.push(Block::Heading("Uncataloged destinations"));
    let shown: &[Site] = match view.top {
        Some(_) => view.sites(report),
        None => &report.uncataloged[..report.uncataloged.len().min(SITES)],
    };
    let table = Rows::new(report, shown.iter().map(|site| (site.people, site.devices, &site.traffic)));
    let mut grid = Builder::default();
    grid.column("site", Kind::Quote(20), 0, shown.iter().map(|site| site.site.clone()));
    table.who(&mut grid);
    table.traffic(&mut grid);
    grid.column("hosts", Kind::Number, 10, shown.iter().map(|site| words::short_count(site.host_count)));
    page.push(Block::Grid(grid.0));
    let more = report.uncataloged.len() - shown.len();
    if more > 0 {
        page.push(Block::Note(Text::default().say(format!(
            "and {} more; --top {} shows all of them.",
            words::count(more as u64),
            report.uncataloged.len()
        ))));
    }
}

/// How many used and tried it, and what became of the others.
fn verdicts(grid: &mut Builder, view: &View, shown: &[&App]) {
    let any = |what: fn(&Verdicts) -> u64| shown.iter().any(|app| what(&app.verdicts) > 0);
    if view.include.any() {
        grid.column("verdict", Kind::Name(7), 1, shown.iter().map(|app| app.verdict.clone()));
    }
    grid.column("used by", Kind::Number, 1, shown.iter().map(|app| words::short_count(app.verdicts.used)));
    if any(|counts| counts.tried) {
        grid.column("tried", Kind::Number, 4, shown.iter().map(|app| words::short_count(app.verdicts.tried)));
    }
    if view.include.any() {
        grid.column("touched", Kind::Number, 4, shown.iter().map(|app| words::short_count(app.verdicts.touched)));
    }
}

/// What was judged: the stage of life, the risk, and what was decided.
fn judgement(grid: &mut Builder, shown: &[&App]) {
    if shown.iter().any(|app| app.life.is_some()) {
        let stage = |app: &&App| app.life.as_ref().map(|life| life.stage.clone()).unwrap_or_default();
        grid.column("stage", Kind::Name(6), 5, shown.iter().map(stage));
    }
    if shown.iter().any(|app| app.risk.is_some()) {
        let risk = |app: &&App| app.risk.as_ref().map(|risk| risk.score.to_string()).unwrap_or_default();
        grid.column("risk", Kind::Number, 3, shown.iter().map(risk));
    }
    if shown.iter().any(|app| !app.state.is_empty()) {
        grid.column("state", Kind::Name(8), 4, shown.iter().map(|app| app.state.clone()));
    }
    if shown.iter().any(|app| app.advice.is_some()) {
        let advice = |app: &&App| app.advice.as_ref().map(|advice| advice.action.clone()).unwrap_or_default();
        grid.column("advice", Kind::Name(6), 6, shown.iter().map(advice));
    }
}

/// The columns that apps and sites have in common.
struct Rows<'a> {
    rows: Vec<(u64, u64, &'a Traffic)>,
    years: bool,
    people: bool,
}

impl<'a> Rows<'a> {
    fn new(report: &Report, rows: impl Iterator<Item = (u64, u64, &'a Traffic)>) -> Rows<'a> {
        let years = period(&report.totals.traffic).is_some_and(|(first, last)| first.year() != last.year());
        Rows { rows: rows.collect(), years, people: report.totals.people > 0 }
    }

    fn who(&self, grid: &mut Builder) {
        // Where no log names people, a column of zeros would say that there were none.
        if self.people {
            grid.column("people", Kind::Number, 1, self.rows.iter().map(|row| words::short_count(row.0)));
        }
        if !self.people || self.rows.iter().any(|row| row.1 > 0) {
            grid.column("devices", Kind::Number, 2, self.rows.iter().map(|row| words::short_count(row.1)));
        }
    }

    /// Columns in which nothing is known are left out.
    fn traffic(&self, grid: &mut Builder) {
        let any = |what: fn(&Traffic) -> bool| self.rows.iter().any(|row| what(row.2));
        let (visits, lookups) = (any(|row| row.requests > 0), any(|row| row.lookups > 0));
        if visits || !lookups {
            // A row built on look-ups alone says so, at any width.
            let requests = |row: &Traffic| match (row.requests, row.lookups) {
                (0, 1..) => "dns only".to_string(),
                (requests, _) => words::short_count(requests),
            };
            grid.column("requests", Kind::Number, 3, self.rows.iter().map(|row| requests(row.2)));
        }
        if lookups {
            let rank = if visits { 11 } else { 3 };
            grid.column("look-ups", Kind::Number, rank, self.rows.iter().map(|row| words::short_count(row.2.lookups)));
        }
        if any(|row| row.blocked > 0) {
            grid.column("blocked", Kind::Number, 6, self.rows.iter().map(|row| words::short_count(row.2.blocked)));
        }
        let size = |bytes: Option<u64>| bytes.map(words::bytes).unwrap_or_default();
        if any(|row| row.bytes_up.is_some()) {
            grid.column("up", Kind::Number, 4, self.rows.iter().map(|row| size(row.2.bytes_up)));
        }
        if any(|row| row.bytes_down.is_some()) {
            grid.column("down", Kind::Number, 8, self.rows.iter().map(|row| size(row.2.bytes_down)));
        }
        let day = |instant: &Option<String>| {
            instant.as_deref().and_then(words::date).map(|date| words::day(date, self.years)).unwrap_or_default()
        };
        if any(|row| row.first_seen.is_some()) {
            grid.column("first", Kind::Number, 9, self.rows.iter().map(|row| day(&row.2.first_seen)));
        }
        if any(|row| row.last_seen.is_some()) {
            grid.column("last", Kind::Number, 7, self.rows.iter().map(|row| day(&row.2.last_seen)));
        }
    }
}

struct Builder(Grid);

impl Default for Builder {
    fn default() -> Builder {
        Builder(Grid { columns: Vec::new(), rows: Vec::new() })
    }
}

impl Builder {
    fn column(&mut self, title: &'static str, kind: Kind, rank: u8, cells: impl Iterator<Item = String>) {
        self.0.columns.push(Column { title, kind, rank });
        for (index, cell) in cells.enumerate() {
            match self.0.rows.get_mut(index) {
                Some(row) => row.push(cell),
                None => self.0.rows.push(vec![cell]),
            }
        }
    }
}

/// A line of the reading account: a file, or the files of one kind in a folder.
struct Account<'a> {
    path: &'a str,
    kind: String,
    files: u64,
    records: [u64; 4],
    bytes: u64,
}

fn reading(report: &Report, view: &View, page: &mut Vec<Block>) {
    page.push(Block::Heading("What was read"));
    if report.inputs.is_empty() {
        page.push(Block::Note(Text::default().say("No file.")));
    } else {
        let by_folder = report.inputs.len() > FILES && !view.verbose;
        let accounts = accounts(&report.inputs, by_folder);
        let shown = if by_folder { &accounts[..accounts.len().min(FOLDERS)] } else { &accounts[..] };
        let mut grid = Builder::default();
        let title = if by_folder { "folder" } else { "file" };
        grid.column(title, Kind::Path(16), 0, shown.iter().map(|account| account.path.to_string()));
        if by_folder {
            grid.column("files", Kind::Number, 4, shown.iter().map(|account| words::short_count(account.files)));
        }
        grid.column("format", Kind::Name(14), 1, shown.iter().map(|account| account.kind.clone()));
        let records = [("records", 2), ("events", 5), ("skipped", 6), ("bad", 3)];
        for (index, (title, rank)) in records.into_iter().enumerate() {
            let cells = shown.iter().map(|account| words::count(account.records[index]));
            grid.column(title, Kind::Number, rank, cells);
        }
        grid.column("size", Kind::Number, 7, shown.iter().map(|account| words::bytes(account.bytes)));
        page.push(Block::Grid(grid.0));
        if accounts.len() > shown.len() {
            page.push(Block::Note(Text::default().say(format!(
                "and {} more folders; -v shows every file.",
                words::count((accounts.len() - shown.len()) as u64)
            ))));
        }
    }
    let mut items = Vec::new();
    troubles(report, view, &mut items);
    cannot_tell(&report.inputs, &mut items);
    reasons(report, view, &mut items);
    if !items.is_empty() {
        page.push(Block::Items(items));
    }
}

fn accounts(inputs: &[Input], by_folder: bool) -> Vec<Account<'_>> {
    let mut accounts: BTreeMap<(&str, String, usize), Account<'_>> = BTreeMap::new();
    for (index, input) in inputs.iter().enumerate() {
        let kind = match (input.status, &input.format) {
            (Status::Read, Some(format)) => format.clone(),
            (Status::Lost, Some(format)) => format!("{format}, part"),
            (status, _) => status.id().to_string(),
        };
        let (path, unique) = if by_folder { (folder(&input.path), 0) } else { (input.path.as_str(), index) };
        let account = accounts.entry((path, kind.clone(), unique)).or_insert(Account {
            path,
            kind,
            files: 0,
            records: [0; 4],
            bytes: 0,
        });
        account.files += 1;
        let records = &input.records;
        for (sum, count) in account.records.iter_mut().zip([records.total, records.event, records.skipped, records.bad])
        {
            *sum = sum.saturating_add(count);
        }
        account.bytes = account.bytes.saturating_add(input.bytes);
    }
    accounts.into_values().collect()
}

/// What stands before the last slash.
fn folder(path: &str) -> &str {
    path.rfind(['/', '\\']).map_or(".", |end| if end == 0 { "/" } else { &path[..end] })
}

/// What was lost, and what was not read.
fn troubles(report: &Report, view: &View, items: &mut Vec<Item>) {
    let limit = |view: &View| if view.verbose { usize::MAX } else { ITEMS * 4 };
    let grave = |label, text| Item { label, grave: true, text };
    for trouble in &report.troubles {
        items.push(grave("trouble", Text::default().quote(trouble)));
    }
    let losses: Vec<(&str, &str)> = report
        .inputs
        .iter()
        .flat_map(|input| input.losses.iter().map(|loss| (input.path.as_str(), loss.as_str())))
        .collect();
    for (path, loss) in losses.iter().take(limit(view)) {
        items.push(grave("lost", Text::default().quote(*path).say(": ").quote(*loss)));
    }
    if losses.len() > limit(view) {
        let more = words::count((losses.len() - limit(view)) as u64);
        items.push(grave("lost", Text::default().say(format!("and {more} more; -v shows all"))));
    }
    let mut declined: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for input in report.inputs.iter().filter(|input| input.status == Status::Declined) {
        declined.entry(&input.why).or_default().push(&input.path);
    }
    for (why, paths) in declined {
        let some = if view.verbose { paths.len() } else { paths.len().min(3) };
        let mut text = Text::default().quotes(paths.iter().take(some).copied());
        if paths.len() > some {
            text = text.say(format!(" and {} more", words::count((paths.len() - some) as u64)));
        }
        items.push(Item { label: "not read", grave: false, text: text.say(": ").quote(why) });
    }
}

/// What the logs cannot tell, told once for all files of which it is true.
fn cannot_tell(inputs: &[Input], items: &mut Vec<Item>) {
    let mut gaps: BTreeMap<(&str, &str, &str, Option<&str>), u64> = BTreeMap::new();
    for input in inputs {
        let format = input.format.as_deref().unwrap_or_default();
        for gap in &input.cannot_tell {
            *gaps.entry((&gap.id, format, &gap.meaning, gap.advice.as_deref())).or_default() += 1;
        }
    }
    for ((_, format, meaning, advice), files) in gaps {
        let mut text = Text::default().name(format);
        if inputs.len() > 1 {
            text = text.say(format!(" ({})", words::counted(files, "file", "files")));
        }
        text = text.say(": ").name(meaning);
        if let Some(advice) = advice {
            text = text.say(". To get it: ").name(advice);
        }
        items.push(Item { label: "cannot tell", grave: false, text });
    }
}

/// Why records did not become events.
fn reasons(report: &Report, view: &View, items: &mut Vec<Item>) {
    let sum = |of: fn(&Input) -> &[super::document::Reason]| {
        let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
        for reason in report.inputs.iter().flat_map(of) {
            let sum = sums.entry(&reason.reason).or_default();
            *sum = sum.saturating_add(reason.count);
        }
        let mut sums: Vec<_> = sums.into_iter().collect();
        sums.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        sums
    };
    let limit = if view.verbose { usize::MAX } else { ITEMS };
    let mut tell = |label, what: &str, sums: Vec<(&str, u64)>| {
        if sums.is_empty() {
            return;
        }
        let more = sums.len().saturating_sub(limit);
        let mut text = Text::default();
        for (index, (reason, count)) in sums.iter().take(limit).enumerate() {
            let between = if index > 0 { "; " } else { "" };
            let what = if index > 0 { "" } else { what };
            let what = if *count == 1 { what.trim_end_matches('s') } else { what };
            text = text.say(format!("{between}{}{what}: ", words::count(*count))).quote(*reason);
        }
        if more > 0 {
            text = text.say(format!("; and {} more reasons", words::count(more as u64)));
        }
        items.push(Item { label, grave: false, text });
    };
    if view.verbose {
        tell("skipped", " records", sum(|input| &input.skipped));
    }
    tell("bad", " records", sum(|input| &input.bad));
    let samples: Vec<_> =
        report.inputs.iter().flat_map(|input| input.bad_samples.iter().map(move |bad| (&input.path, bad))).collect();
    for (path, bad) in samples.iter().take(limit) {
        let text = Text::default()
            .quote(format!("{path}:{}", bad.line))
            .say(format!(" (byte {}): ", words::count(bad.offset)))
            .quote(&bad.reason)
            .say(": ")
            .quote(&bad.excerpt);
        items.push(Item { label: "bad record", grave: false, text });
    }
    if samples.len() > limit {
        let text = Text::default().say("--bad-lines FILE writes all of them");
        items.push(Item { label: "bad record", grave: false, text });
    }
    if view.verbose {
        for input in report.inputs.iter().filter(|input| input.status != Status::Declined) {
            let mut text = Text::default()
                .quote(&input.path)
                .say(": ")
                .name(input.format.as_deref().unwrap_or("unknown"))
                .say(format!(", {}%: ", input.confidence))
                .quote(&input.why);
            if let Some(envelope) = &input.envelope {
                text = text.say("; in ").name(envelope);
            }
            if let Some(second) = &input.runner_up {
                text = text.say("; next best ").name(&second.format).say(format!(", {}%", second.confidence));
            }
            items.push(Item { label: "taken for", grave: false, text });
        }
    }
}

fn coverage(report: &Report) -> Text {
    let coverage = &report.coverage;
    let lookups = report.totals.traffic.requests == 0 && report.totals.traffic.lookups > 0;
    let what = match (lookups, report.totals.traffic.lookups) {
        (true, _) => "look-ups",
        (false, 0) => "requests",
        (false, _) => "requests and look-ups",
    };
    let part = |part: &Part, write: fn(u64) -> String, what: &str| {
        part.share.map(|share| {
            format!("{} of the {what} ({} of {})", words::share(share), write(part.known), write(part.total))
        })
    };
    let parts: Vec<String> =
        [part(&coverage.requests, words::count, what), part(&coverage.bytes, words::bytes, "bytes")]
            .into_iter()
            .flatten()
            .collect();
    if parts.is_empty() {
        return Text::default().say("Coverage: there was nothing to explain.");
    }
    let text = Text::default().say(format!("Coverage: the catalog explains {}", words::list(&parts)));
    let who = if report.totals.devices == 0 { "people" } else { "people and devices" };
    let text = match part(&coverage.people, words::count, who) {
        Some(people) => text.say(format!("; {people} were seen with one of its apps.")),
        None => text.say("."),
    };
    match coverage.names.as_ref().and_then(|names| Some((names, names.share?))) {
        Some((names, share)) => text.say(format!(
            " Of {} known by address alone, {} got a name from DNS answers and other records.",
            words::counted(names.total, "sighting", "sightings"),
            words::share(share)
        )),
        None => text,
    }
}
