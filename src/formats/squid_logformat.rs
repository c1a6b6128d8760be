//! Stub.

use super::{About, Assume, Format, Guess, Head, Layout, Problem, Reader};

/// Stub.
pub struct SquidLogformat;

impl Format for SquidLogformat {
    fn id(&self) -> &'static str {
        "squid-logformat"
    }

    fn about(&self) -> About {
        About { name: "Squid logformat", summary: "", reference: "" }
    }

    fn sniff(&self, _head: &Head<'_>, _assume: &Assume) -> Guess {
        Guess::NO
    }

    fn layout(&self, _head: &Head<'_>, _assume: &Assume) -> Result<Layout, Problem> {
        Err(Problem::new("stub", 0))
    }

    fn reader(&self, _layout: &Layout) -> Box<dyn Reader> {
        panic!("stub")
    }
}

/// The `logformat` definitions of a squid.conf, in order: `(name, format string)`.
pub fn logformats_in_squid_conf(text: &str) -> Vec<(String, String)> {
    let _ = text;
    Vec::new()
}
