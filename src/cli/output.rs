//! Where results go: to stdout, or to a file that is written aside and renamed.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::args::ShowArgs;
use super::{Streams, ui};
use crate::report::{Report, View, csv, tables};

impl Streams<'_> {
    /// Lets `write` write to `path`, or to stdout without one (also for `-`).
    ///
    /// A file is whole or untouched: it is written beside its place, synced and renamed. What is no regular file (a
    /// pipe, `/dev/null`) is written to directly.
    pub fn deliver(
        &mut self,
        path: Option<&Path>,
        write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        match path {
            Some(path) if path != Path::new("-") => whole_file(path, write),
            _ => {
                write(self.out)?;
                Ok(self.out.flush()?)
            }
        }
    }
}

impl Streams<'_> {
    /// Writes a report as asked for: to stdout, to a file, or as CSV files into a folder.
    pub fn report(&mut self, report: &Report, show: &ShowArgs, view: &View) -> anyhow::Result<()> {
        let Some(folder) = show.folder() else {
            return self.deliver(show.output.as_deref(), |out| Ok(show.format().renderer()(report, view, out)?));
        };
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
        for table in tables::tables(report, view) {
            let path = folder.join(table.of.name()).with_extension("csv");
            whole_file(&path, |out| Ok(csv::write_table(&table, out)?))?;
        }
        Ok(())
    }
}

/// Writes a file whole or not at all.
pub fn whole_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let told = || format!("cannot write `{}`", path.display());
    // A link stays a link: what it points to is replaced.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let old = fs::metadata(&target).ok();
    if old.as_ref().is_some_and(|meta| meta.is_dir()) {
        anyhow::bail!("{}: it is a folder", told());
    }
    if old.as_ref().is_some_and(|meta| !meta.is_file()) {
        let mut file = BufWriter::new(File::create(&target).with_context(told)?);
        write(&mut file).with_context(told)?;
        return file.flush().with_context(told);
    }
    let mut aside = Aside::create(&target).with_context(told)?;
    if let (Some(old), Some(file)) = (&old, &aside.file) {
        let _ = file.get_ref().set_permissions(old.permissions());
    }
    if let Some(file) = &mut aside.file {
        write(file).with_context(told)?;
    }
    aside.commit(&target).with_context(told)
}

/// A file beside its future place, removed unless it gets there.
struct Aside {
    path: PathBuf,
    file: Option<BufWriter<File>>,
}

impl Aside {
    fn create(target: &Path) -> io::Result<Aside> {
        let name = target.file_name().ok_or_else(|| io::Error::other("it names no file"))?;
        for attempt in 0..100 {
            let mut aside = std::ffi::OsString::from(".");
            aside.push(name);
            aside.push(format!(".{}-{attempt}.tmp", std::process::id()));
            let path = target.with_file_name(aside);
            match File::create_new(&path) {
                Ok(file) => {
                    ui::begin_aside(path.clone());
                    return Ok(Aside { path, file: Some(BufWriter::with_capacity(1 << 16, file)) });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::other("too many half-written files beside it"))
    }

    fn commit(mut self, target: &Path) -> io::Result<()> {
        if let Some(file) = self.file.take() {
            let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync_all()?;
        }
        fs::rename(&self.path, target)?;
        ui::end_aside(&self.path);
        self.path = PathBuf::new();
        Ok(())
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            drop(self.file.take());
            let _ = fs::remove_file(&self.path);
            ui::end_aside(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_leaves_the_old_file_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("report.json");
        whole_file(&path, |out| Ok(out.write_all(b"old")?)).unwrap();
        let failed = whole_file(&path, |out| {
            out.write_all(b"half")?;
            anyhow::bail!("the logs are gone")
        });
        assert!(format!("{:#}", failed.unwrap_err()).ends_with("report.json`: the logs are gone"));
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_gets_a_file_for_each_table() {
        let dir = tempfile::tempdir().unwrap();
        let folder = format!("{}/tables/", dir.path().display());
        let line =
            ["umbrascope", "scan", "tests/cli/logs/access.log", "--quiet", "--format", "csv", "--output", &folder];
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let exit = super::super::run(line.map(Into::into), &mut out, &mut err, ui::Terminal::NONE);
        assert_eq!((exit, String::from_utf8_lossy(&err).as_ref()), (super::super::exit::Exit::Done, ""));
        assert!(out.is_empty());
        for name in ["apps", "hosts", "inputs"] {
            let text = fs::read_to_string(dir.path().join("tables").join(name).with_extension("csv")).unwrap();
            assert!(text.lines().count() > 1, "{name}: {text}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_links() {
        let dir = tempfile::tempdir().unwrap();
        let (file, link) = (dir.path().join("file"), dir.path().join("link"));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        whole_file(&link, |out| Ok(out.write_all(b"new")?)).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&file).unwrap(), b"new");
    }

    #[test]
    fn folders_and_missing_folders_are_told() {
        let dir = tempfile::tempdir().unwrap();
        let to = |path: &Path| format!("{:#}", whole_file(path, |_| Ok(())).unwrap_err());
        assert!(to(dir.path()).ends_with("it is a folder"));
        assert!(to(&dir.path().join("no/report")).contains("cannot write"));
    }
}
