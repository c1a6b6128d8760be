//! Stub.

use super::{About, Assume, Format, Guess, Head, Layout, Problem, Reader};

/// Stub.
pub struct W3cElff;

impl Format for W3cElff {
    fn id(&self) -> &'static str {
        "w3c-elff"
    }

    fn about(&self) -> About {
        About { name: "W3C extended log file format", summary: "", reference: "" }
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
