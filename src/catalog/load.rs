//! Folders of signature files: the one place of this room that touches the disk.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diag::{Diagnostic, Level, Source};

use super::diags::Code;
use super::lookup::Catalog;
use super::raw;
use super::validate::{Input, validate};

impl Catalog {
    /// The catalog of a folder alone, and everything that is wrong with it. What is right is in the catalog.
    pub fn from_dir(dir: &Path) -> (Catalog, Vec<Diagnostic>) {
        let (inputs, mut problems) = read(dir);
        let (catalog, more) = validate(inputs, None);
        problems.extend(more);
        (catalog, problems)
    }

    /// This catalog with a folder laid over it.
    ///
    /// An app of the folder replaces the app of the same id as a whole. An entry that it claims is taken from the app that
    /// had it, with a note; longer names and paths stay where they are.
    pub fn with_overlay(self, dir: &Path) -> (Catalog, Vec<Diagnostic>) {
        let (inputs, mut problems) = read(dir);
        let (catalog, more) = validate(inputs, Some(self));
        problems.extend(more);
        (catalog, problems)
    }
}

/// Every `*.toml` below a folder, in order of path.
fn read(dir: &Path) -> (Vec<Input>, Vec<Diagnostic>) {
    let (mut inputs, mut problems) = (Vec::new(), Vec::new());
    let mut unreadable = |path: &Path, error: &io::Error| {
        let message = format!("cannot read {}: {error}", shown(path));
        let problem = Diagnostic::new(Code::Unreadable.as_str(), Level::Error, message);
        problems.push(problem.help("name a folder of signature files that you may read"));
    };
    for path in files(dir, &mut unreadable) {
        let text = match std::fs::read(&path) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => text,
                Err(error) => {
                    unreadable(&path, &io::Error::new(io::ErrorKind::InvalidData, error.utf8_error()));
                    continue;
                }
            },
            Err(error) => {
                unreadable(&path, &error);
                continue;
            }
        };
        let folder = path.parent().and_then(|parent| parent.strip_prefix(dir).ok());
        let folder = folder.and_then(|folder| folder.file_name()).map(|name| name.to_string_lossy().into_owned());
        let raw = raw::read(&text);
        inputs.push(Input { source: Arc::new(Source::new(shown(&path), text)), folder, raw });
    }
    if inputs.is_empty() && problems.is_empty() {
        let message = format!("there is no signature file below {}", shown(dir));
        let problem = Diagnostic::new(Code::NoFiles.as_str(), Level::Warning, message);
        problems.push(problem.help("signature files end in `.toml`"));
    }
    (inputs, problems)
}

fn files(dir: &Path, unreadable: &mut impl FnMut(&Path, &io::Error)) -> Vec<PathBuf> {
    let mut found = Vec::new();
    // A signature folder may well be git-ignored: no filter but the file name. Links are not followed, so that no loop exists.
    for entry in ignore::WalkBuilder::new(dir).standard_filters(false).hidden(true).build() {
        match entry {
            Ok(entry) => {
                let is_file = entry.file_type().is_some_and(|kind| kind.is_file() || kind.is_symlink());
                if is_file && entry.path().extension().is_some_and(|extension| extension == "toml") {
                    found.push(entry.into_path());
                }
            }
            Err(error) => {
                let text = error.to_string();
                let error = error.into_io_error().unwrap_or_else(|| io::Error::other(text));
                unreadable(dir, &error);
            }
        }
    }
    found.sort();
    found
}

/// With the same slashes everywhere, so that outputs agree.
fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
