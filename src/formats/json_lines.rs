//! Stub.

use super::{About, Assume, Format, Guess, Head, Layout, Problem, Reader};

/// Stub.
pub struct JsonLines;

impl Format for JsonLines {
    fn id(&self) -> &'static str {
        "json-lines"
    }

    fn about(&self) -> About {
        About { name: "JSON lines", summary: "", reference: "" }
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
