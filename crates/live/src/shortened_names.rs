//! The live state without full names, for a slice of the log.

use std::sync::Arc;

use wallboard_domain::{NameShortener, SiteConfig};

use super::LiveState;

impl LiveState {
    /// Makes the rule for names in this state, as the settings of `site` require.
    pub fn name_shortener<'s>(&self, site: &'s SiteConfig) -> NameShortener<'s> {
        NameShortener::new(site, self.snapshot.queues.keys())
    }

    /// Shortens all names of people.
    pub fn shorten_names(&mut self, names: &NameShortener<'_>) {
        let snapshot = &mut self.snapshot;
        snapshot.site = Arc::new(names.shorten_site(&snapshot.site));
        for agent in snapshot.agents.values_mut() {
            names.shorten_name(&mut agent.name);
            names.shorten_name(&mut agent.display_name);
            names.remove_address(&mut agent.email);
            names.remove_external_ids(&mut agent.external_ids);
        }
    }
}
