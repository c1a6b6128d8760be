//! Which app each destination belongs to, with the evidence. Asked once for each distinct destination, never per line.

use rayon::prelude::*;

use crate::catalog::{Catalog, Hit, Role};
use crate::traffic::{DestId, Facts, Shard};

/// What the catalog says of every destination of one [`Facts`].
pub struct Classified<'c> {
    /// By shard and place.
    hits: Vec<Vec<Option<Hit<'c>>>>,
}

impl<'c> Classified<'c> {
    /// Asks the catalog about each destination. Most addresses belong to no app, since many live behind one; those that
    /// a vendor publishes as the app's own do.
    pub fn new(catalog: &'c Catalog, facts: &Facts) -> Classified<'c> {
        let ask = |shard: &Shard| {
            let look = |id| {
                let dest = shard.dest_name(id);
                match dest.is_address {
                    true => dest.host.parse().ok().and_then(|address| catalog.lookup_address(address)),
                    false => catalog.lookup(dest.host, dest.path),
                }
            };
            shard.dest_ids().map(look).collect()
        };
        // Below some thousands of destinations the hand-over costs more than the look-ups.
        let hits = if facts.dest_count() < 4096 {
            facts.shards().iter().map(ask).collect()
        } else {
            facts.shards().par_iter().map(ask).collect()
        };
        Classified { hits }
    }

    /// The app of a destination, with the proof.
    #[inline]
    pub fn get(&self, id: DestId) -> Option<&Hit<'c>> {
        self.hits.get(id.shard())?.get(id.place())?.as_ref()
    }
}

/// Categories that no person chooses: content networks, certificate services, updaters, advertising. They explain
/// traffic, and nobody works with them, whatever a host's role.
const BACKGROUND: [&str; 2] = ["ads-tracking", "cdn-infrastructure"];

/// Whether somebody who reaches this destination works with its app. Reading its brochure, signing in for something else,
/// loading its pixels or fonts on other people's pages is not work.
pub fn is_work(hit: &Hit<'_>) -> bool {
    match hit.role {
        Role::App | Role::Api | Role::Upload => !BACKGROUND.contains(&hit.app.category()),
        Role::Site | Role::Login | Role::Embed | Role::Cdn | Role::Telemetry => false,
    }
}
