//! What the user typed becomes a sorted list of things to read.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, FileType, Metadata};
use std::io;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use ignore::WalkBuilder;

/// Something to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// As named, or as found under a named folder. `-` for standard input.
    pub path: PathBuf,
    /// For people. Not clean: file names may hold anything.
    pub display: String,
    /// Whether the user asked for this very file.
    pub origin: Origin,
    /// What it is.
    pub kind: Kind,
}

/// Who chose a source. Named files deserve louder errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The user, by name or by pattern.
    Named,
    /// We, in a folder.
    Found,
}

/// What a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File {
        /// Bytes; 0 is a file too.
        len: u64,
        /// When it was last written, in Unix seconds.
        modified: Option<i64>,
    },
    /// A named pipe, or what the shell makes of `<(command)`.
    Pipe,
    /// Standard input.
    Stdin,
}

/// How to look for sources.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Follows links found in folders. Named links are always followed.
    pub follow_links: bool,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Discovery {
    /// Each file once, standard input first, then sorted by path.
    pub sources: Vec<Source>,
    /// What was asked for and is not there, in the order it was asked for.
    pub troubles: Vec<Trouble>,
    /// What lies in the folders and is no file, sorted by path.
    pub passed_over: Vec<PassedOver>,
}

/// Something that was asked for and cannot be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What was asked for, or the place below it that made trouble.
    pub path: String,
    /// Lower case, without a full stop.
    pub reason: String,
    /// What to do.
    pub hint: &'static str,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.path, self.reason, self.hint)
    }
}

impl std::error::Error for Trouble {}

/// Something in a folder that is no log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// Where it lies.
    pub path: PathBuf,
    /// What it is: `a link`.
    pub reason: &'static str,
}

/// Finds the files behind `paths`: files, folders with all that is in them (hidden and git-ignored files included, logs
/// often are), patterns (`*`, `?`, `[a-z]`, `{a,b}`, `**` for any depth) where no file has that very name, and `-` for
/// standard input. A file that is reached in two ways is read once.
///
/// ```
/// # use umbrascope::input::{Options, Origin, discover};
/// let found = discover(&["no-such.log".into(), "-".into()], &Options::default());
/// assert_eq!(found.sources[0].origin, Origin::Named);
/// assert_eq!(found.troubles[0].reason, "there is no such file or folder");
/// ```
pub fn discover(paths: &[OsString], options: &Options) -> Discovery {
    let mut search = Search { options, found: HashMap::new(), discovery: Discovery::default() };
    for path in paths {
        search.path(path);
    }
    let mut discovery = search.discovery;
    discovery.sources = search.found.into_values().collect();
    discovery.sources.sort_by(|a, b| (a.kind != Kind::Stdin, &a.path).cmp(&(b.kind != Kind::Stdin, &b.path)));
    discovery.passed_over.sort_by(|a, b| a.path.cmp(&b.path));
    discovery.passed_over.dedup();
    discovery
}

/// When a file was last written, in Unix seconds.
pub(super) fn seconds(meta: &Metadata) -> Option<i64> {
    let time = meta.modified().ok()?;
    match time.duration_since(std::time::UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).ok(),
        Err(before) => i64::try_from(before.duration().as_secs()).ok().map(|seconds| -seconds),
    }
}

struct Search<'o> {
    options: &'o Options,
    /// By canonical path.
    found: HashMap<PathBuf, Source>,
    discovery: Discovery,
}

impl Search<'_> {
    fn path(&mut self, typed: &OsString) {
        if typed == "-" {
            let path = PathBuf::from("-");
            let source =
                Source { path: path.clone(), display: "stdin".into(), origin: Origin::Named, kind: Kind::Stdin };
            self.found.insert(path, source);
            return;
        }
        let path = Path::new(typed);
        match fs::metadata(path) {
            Ok(meta) => self.named(path, &meta),
            Err(error) => match typed.to_str().filter(|text| text.contains(['*', '?', '[', '{'])) {
                Some(pattern) => self.pattern(pattern),
                None => self.missing(path, &error),
            },
        }
    }

    fn missing(&mut self, path: &Path, error: &io::Error) {
        let (reason, hint) = match error.kind() {
            io::ErrorKind::NotFound if fs::symlink_metadata(path).is_ok() => {
                ("the link leads nowhere".to_owned(), "name the file itself")
            }
            io::ErrorKind::NotFound => {
                ("there is no such file or folder".to_owned(), "check the spelling, and where you are")
            }
            io::ErrorKind::PermissionDenied => {
                ("you may not read it".to_owned(), "run as a user who may, or read a copy")
            }
            _ => (format!("cannot be read: {error}"), "check that it is a file or a folder"),
        };
        self.trouble(path, reason, hint);
    }

    fn trouble(&mut self, path: &Path, reason: impl Into<String>, hint: &'static str) {
        self.discovery.troubles.push(Trouble { path: path.display().to_string(), reason: reason.into(), hint });
    }

    /// A path that exists and that the user chose.
    fn named(&mut self, path: &Path, meta: &Metadata) {
        if meta.is_dir() {
            let before = self.found.len() + self.discovery.troubles.len();
            let mut files = 0;
            self.folder(path, &mut files);
            if files == 0 && self.found.len() + self.discovery.troubles.len() == before {
                self.trouble(path, "the folder holds no files", "name the folder that the logs are in");
            }
        } else if meta.is_file() {
            self.add(path, Origin::Named, meta);
        } else if is_pipe(meta.file_type()) {
            let display = path.display().to_string();
            let source = Source { path: path.to_owned(), display, origin: Origin::Named, kind: Kind::Pipe };
            self.found.insert(path.to_owned(), source);
        } else {
            self.trouble(
                path,
                "this is neither a file nor a folder nor a pipe",
                "pipe its content in, and name it `-`",
            );
        }
    }

    fn folder(&mut self, root: &Path, files: &mut usize) {
        let walk = WalkBuilder::new(root).standard_filters(false).follow_links(self.options.follow_links).build();
        for entry in walk {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.walk_error(root, &error);
                    continue;
                }
            };
            let Some(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                continue;
            }
            if !kind.is_file() {
                // The root itself may be a link; it is followed.
                if entry.depth() > 0 {
                    let reason = what(kind);
                    self.discovery.passed_over.push(PassedOver { path: entry.path().to_owned(), reason });
                }
                continue;
            }
            match fs::metadata(entry.path()) {
                Ok(meta) => {
                    *files += 1;
                    self.add(entry.path(), Origin::Found, &meta);
                }
                // Rotated away between the listing and now.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => self.missing(entry.path(), &error),
            }
        }
    }

    fn walk_error(&mut self, root: &Path, error: &ignore::Error) {
        match error {
            ignore::Error::WithPath { path, err } => match (&**err, err.io_error()) {
                (ignore::Error::Loop { .. }, _) => {
                    self.discovery
                        .passed_over
                        .push(PassedOver { path: path.clone(), reason: "a link to a folder around it" });
                }
                (_, Some(io)) if io.kind() == io::ErrorKind::NotFound => {
                    self.discovery
                        .passed_over
                        .push(PassedOver { path: path.clone(), reason: "a link that leads nowhere" });
                }
                (_, Some(io)) => self.missing(path, io),
                (other, None) => self.trouble(path, format!("cannot be read: {other}"), "name the files in it"),
            },
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
                self.walk_error(root, err)
            }
            ignore::Error::Loop { child, .. } => {
                let reason = "a link to a folder around it";
                self.discovery.passed_over.push(PassedOver { path: child.clone(), reason });
            }
            other => self.trouble(root, format!("cannot be read: {other}"), "name the files in it"),
        }
    }

    fn pattern(&mut self, pattern: &str) {
        let glob = GlobBuilder::new(pattern).literal_separator(true).build();
        let matcher = match glob {
            Ok(glob) => glob.compile_matcher(),
            Err(error) => {
                let reason = format!("the pattern cannot be read: {}", error.kind());
                return self.trouble(Path::new(pattern), reason, "close every bracket and brace");
            }
        };
        let (base, depth) = base_of(pattern);
        let mut any = false;
        if base.is_dir() {
            any = self.matching(&base, depth, &matcher);
        }
        if !any {
            self.trouble(Path::new(pattern), "no file has such a name", "check the pattern, and where you are");
        }
    }

    /// Adds what matches, as if a shell had listed it. True if anything does.
    fn matching(&mut self, base: &Path, depth: Option<usize>, matcher: &GlobMatcher) -> bool {
        let mut any = false;
        let walk = WalkBuilder::new(base).standard_filters(false).max_depth(depth).follow_links(false).build();
        // What cannot be listed cannot match; the folders that do match are looked at again, with their errors.
        for entry in walk.flatten().filter(|entry| entry.depth() > 0) {
            let path = entry.path().strip_prefix("./").unwrap_or(entry.path());
            if !matcher.is_match(path) {
                continue;
            }
            match fs::metadata(path) {
                Ok(meta) if meta.is_dir() || meta.is_file() => {
                    any = true;
                    self.named(path, &meta);
                }
                Ok(meta) => {
                    let reason = what(meta.file_type());
                    self.discovery.passed_over.push(PassedOver { path: path.to_owned(), reason });
                }
                Err(error) => {
                    any = true;
                    self.missing(path, &error);
                }
            }
        }
        any
    }

    fn add(&mut self, path: &Path, origin: Origin, meta: &Metadata) {
        // Two names of one file are one file.
        let key = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let kind = Kind::File { len: meta.len(), modified: seconds(meta) };
        let source = Source { path: path.to_owned(), display: path.display().to_string(), origin, kind };
        let rank = |source: &Source| (source.origin == Origin::Found, source.path.clone());
        match self.found.get(&key) {
            // Which name it keeps must not depend on the order of the arguments.
            Some(known) if rank(known) <= rank(&source) => {}
            _ => {
                self.found.insert(key, source);
            }
        }
    }
}

/// The folder to look in, and how deep: the components before the first with a pattern in it.
fn base_of(pattern: &str) -> (PathBuf, Option<usize>) {
    let mut base = PathBuf::new();
    let mut rest = 0;
    for component in Path::new(pattern).components() {
        let magic = |text: &str| text.contains(['*', '?', '[', '{']);
        let special = matches!(component, Component::Normal(name) if name.to_str().is_some_and(magic));
        if rest > 0 || special {
            rest += 1;
        } else {
            base.push(component);
        }
    }
    if base.as_os_str().is_empty() {
        base.push(".");
    }
    // A brace may hold a separator, so that components do not count the depth.
    let depth = if pattern.contains("**") || pattern.contains('{') { None } else { Some(rest) };
    (base, depth)
}

fn what(kind: FileType) -> &'static str {
    if kind.is_symlink() {
        "a link"
    } else if is_pipe(kind) {
        "a pipe"
    } else {
        "a socket or a device"
    }
}

#[cfg(unix)]
fn is_pipe(kind: FileType) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&kind)
}

#[cfg(not(unix))]
fn is_pipe(_kind: FileType) -> bool {
    false
}
