//! Command lines as data: what is typed, what comes out, which exit code. The README's own examples are among them.
//!
//! `TRYCMD=overwrite cargo test --test cli` rewrites what is stored; read the difference before you keep it.

#[test]
fn command_lines() {
    trycmd::TestCases::new()
        .env("NO_COLOR", "1")
        .env("UMBRASCOPE_TIMEZONE", "UTC")
        .case("tests/cli/*.toml")
        .case("README.md");
}
