//! Any text, as a signature file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use umbrascope::catalog::{Catalog, normal_form};

fuzz_target!(|text: &str| {
    let Ok(dir) = tempfile::tempdir() else { return };
    if std::fs::write(dir.path().join("any.toml"), text).is_err() {
        return;
    }
    let (catalog, problems) = Catalog::from_dir(dir.path());
    for problem in &problems {
        let _ = problem.to_string();
    }
    for app in catalog.apps() {
        assert!(catalog.app(app.id()).is_some(), "an app that its own id does not find");
    }
    for (rule, app) in catalog.rules() {
        let _ = (rule, app);
    }
    let _ = catalog.lookup("www.example.com", Some("/a"));
    let _ = normal_form(text);
});
