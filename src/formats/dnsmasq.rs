//! Stub.

use super::{About, Assume, Format, Guess, Head, Layout, Problem, Reader};

/// Stub.
pub struct Dnsmasq;

impl Format for Dnsmasq {
    fn id(&self) -> &'static str {
        "dnsmasq"
    }

    fn about(&self) -> About {
        About { name: "dnsmasq, Pi-hole", summary: "", reference: "" }
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
