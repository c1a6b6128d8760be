//! Command lines as data: what is typed, what comes out, which exit code. The README's own examples are among them.
//!
//! `TRYCMD=overwrite cargo test --test cli` rewrites what is stored; read the difference before you keep it.

use umbrascope::catalog::Catalog;

#[test]
fn command_lines() {
    let catalog = Catalog::built_in();
    trycmd::TestCases::new()
        // A better catalog is no other command line.
        .insert_var("[DIGEST]", catalog.digest())
        .expect("a name in brackets")
        .insert_var("[APPS]", catalog.len().to_string())
        .expect("a name in brackets")
        .env("NO_COLOR", "1")
        .env("UMBRASCOPE_TIMEZONE", "UTC")
        .case("tests/cli/*.toml")
        .case("README.md");
}
