//! From what was typed to what will be done: common to all commands that read logs.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context;

use super::Streams;
use super::args::{AssumeArgs, CatalogArgs, InputArgs, PeopleArgs};
use super::catalog::Change;
use super::ui::Progress;
use crate::catalog::Catalog;
use crate::diag::{Diagnostic, Level, Style, render};
use crate::formats::{self, Assume};
use crate::input::{Discovery, Kind, Options, Origin, Source, discover};
use crate::people::{Account, Directory};
use crate::pipeline::{Plan, Reading, Watch};

/// The plan of a run over logs, without what only some commands ask for.
pub fn plan(args: &InputArgs) -> anyhow::Result<Plan> {
    let period = args.period()?;
    let mut plan = Plan {
        assume: assume(&args.assume)?,
        forced: args.input_format.and_then(formats::by_id),
        since: period.since,
        until: period.until,
        ..Plan::default()
    };
    if let Some(threads) = args.threads {
        plan.threads = threads.get();
    }
    if let Some(size) = args.block_size {
        plan.block_size = size.get();
    }
    Ok(plan)
}

/// What is assumed where a log does not say.
pub fn assume(args: &AssumeArgs) -> anyhow::Result<Assume> {
    let mut logformats: Vec<String> = args.logformat.iter().map(|text| bare_logformat(text).to_owned()).collect();
    if let Some(path) = &args.squid_conf {
        let text = std::fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        let found = formats::logformats_in_squid_conf(&String::from_utf8_lossy(&text));
        if found.is_empty() {
            anyhow::bail!("`{}` has no `logformat` line: give the format with --logformat", path.display());
        }
        logformats.extend(found.into_iter().map(|(_, text)| text));
    }
    Ok(Assume { zone: args.timezone.zone.clone(), newest: None, logformats })
}

/// A format string as it was copied out of squid.conf, without `logformat NAME`.
fn bare_logformat(text: &str) -> &str {
    let text = text.trim();
    match text.strip_prefix("logformat").filter(|rest| rest.starts_with(char::is_whitespace)) {
        Some(rest) => rest.trim_start().split_once(char::is_whitespace).map_or("", |(_, format)| format.trim_start()),
        None => text,
    }
}

/// The sources behind the paths. Trouble with a path is told at once; the others are read.
pub fn sources(paths: &[PathBuf], streams: &mut Streams<'_>) -> Discovery {
    let paths: Vec<OsString> = paths.iter().map(|path| path.clone().into_os_string()).collect();
    let found = discover(&paths, &Options::default());
    for trouble in &found.troubles {
        streams.warn(&trouble.to_string());
    }
    if streams.ui.verbose > 0 {
        for passed in &found.passed_over {
            streams.note(&format!("{}: passed over: {}", passed.path.display(), passed.reason));
        }
    }
    found
}

/// Refuses to write over a log that is to be read.
pub fn spare_inputs<'a>(outputs: impl IntoIterator<Item = Option<&'a Path>>, sources: &[Source]) -> anyhow::Result<()> {
    for output in outputs.into_iter().flatten() {
        let Ok(real) = output.canonicalize() else { continue };
        if sources.iter().any(|source| source.path.canonicalize().is_ok_and(|path| path == real)) {
            anyhow::bail!("`{}` is one of the logs to read: write to another file", output.display());
        }
    }
    Ok(())
}

/// The catalog: the built-in one, with the user's folder laid over it. Problems in that folder are all told; its good
/// entries count, and `true` says that there were errors.
pub fn catalog(args: &CatalogArgs, streams: &mut Streams<'_>) -> anyhow::Result<(Catalog, bool)> {
    let catalog = Catalog::built_in();
    let Some(dir) = &args.signatures else { return Ok((catalog, false)) };
    if !Path::new(dir).is_dir() {
        anyhow::bail!("--signatures: `{}` is no folder", dir.display());
    }
    let known: Vec<String> = catalog.apps().map(|app| app.id().to_owned()).collect();
    let (catalog, problems) = catalog.with_overlay(dir);
    let failed = tell(&problems, streams);
    streams.note(&format!("--signatures: {}", Change::of(&known, &catalog, dir)));
    Ok((catalog, failed))
}

/// The directory, or none. All its problems are told; with an error among them there is no directory and no run.
pub fn directory(args: &PeopleArgs, streams: &mut Streams<'_>) -> anyhow::Result<Option<Directory>> {
    let Some(path) = &args.directory else { return Ok(Some(Directory::default())) };
    let bytes = std::fs::read(path).with_context(|| format!("--directory: cannot read `{}`", path.display()))?;
    let name = path.to_string_lossy().replace('\\', "/");
    let (directory, problems) = Directory::read(&name, &bytes);
    let failed = tell(&problems, streams);
    Ok((!failed).then_some(directory))
}

/// How well the directory and the leases fit the logs, in one remark.
pub fn told_of_people(account: &Account, streams: &mut Streams<'_>) {
    let Account { rows, listed, matched, unmatched, .. } = *account;
    if rows > 0 {
        let logins = matched + unmatched;
        streams.note(&format!(
            "--directory: {listed} people in {rows} rows; {matched} of {logins} logins in the logs are theirs, \
             {} addresses lie where it says",
            account.addresses_listed
        ));
    }
    let Account { addresses_named: named, addresses_partly: partly, addresses_ambiguous: ambiguous, .. } = *account;
    if named + partly + ambiguous > 0 {
        streams.note(&format!(
            "leases and sign-ins name {named} addresses, {partly} more in part; {ambiguous} were somebody else's by turns"
        ));
    }
}

/// Tells problems of a file that a person wrote; says whether any is an error.
fn tell(problems: &[Diagnostic], streams: &mut Streams<'_>) -> bool {
    let shown: Vec<Diagnostic> =
        problems.iter().filter(|problem| !streams.ui.quiet || problem.level() == Level::Error).cloned().collect();
    let style = if streams.ui.color_err { Style::Colored } else { Style::Plain };
    // Where messages cannot be written there is nobody to tell.
    let _ = streams.err.write_all(render(&shown, style).as_bytes());
    problems.iter().any(|problem| problem.level() == Level::Error)
}

/// Progress over the sources.
pub struct Watcher {
    progress: Progress,
    counter: Arc<AtomicU64>,
}

impl Watcher {
    /// Starts; the total is known unless something comes from a pipe.
    pub fn start(sources: &[Source], streams: &Streams<'_>) -> Watcher {
        let total = sources.iter().try_fold(0u64, |sum, source| match source.kind {
            Kind::File { len, .. } => Some(sum + len),
            _ => None,
        });
        let progress = Progress::start(&streams.ui, total);
        Watcher { counter: progress.counter(), progress }
    }
}

impl Watch for Watcher {
    fn opened(&self, path: &str) {
        self.progress.file(path);
    }

    fn advanced(&self, bytes: u64) {
        self.counter.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// Whether a run was not whole, and the remarks that its user should see: files that were named and declined, and, when
/// asked for more, what each file was taken for.
pub fn remarks(readings: &[Reading], sources: &[Source], streams: &mut Streams<'_>) {
    for reading in readings {
        for loss in &reading.losses {
            streams.warn(&format!("{}: {loss}", reading.path));
        }
        let named = sources.iter().any(|source| source.display == reading.path && source.origin == Origin::Named);
        match reading.format {
            None if reading.losses.is_empty() && (named || streams.ui.verbose > 0) => {
                streams.note(&format!("{}: not read: {}", reading.path, reading.why));
            }
            Some(format) if streams.ui.verbose > 0 => {
                streams.note(&format!("{}: {format}, {} % sure: {}", reading.path, reading.score, reading.why));
            }
            _ => {}
        }
    }
}
