//! Any text, as a signature file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use umbrascope::catalog::{Catalog, normal_form};
use umbrascope::diag::{Style, render};

fuzz_target!(|text: &str| {
    let Ok(dir) = tempfile::tempdir() else { return };
    if std::fs::write(dir.path().join("any.toml"), text).is_err() {
        return;
    }
    let (catalog, problems) = Catalog::from_dir(dir.path());
    let told = render(&problems, Style::Plain);
    assert_eq!(told.is_empty(), problems.is_empty(), "a problem that is not told");
    for app in catalog.apps() {
        assert!(catalog.app(app.id()).is_some(), "an app that its own id does not find");
    }
    let _ = catalog.lookup("www.example.com", Some("/a"));
    if let Some(normal) = normal_form(text) {
        assert_eq!(normal_form(&normal).as_ref(), Some(&normal), "the normal form has another normal form");
    }
});
