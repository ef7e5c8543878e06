//! Shortens names of people for good, in what leaves the site: a slice of the input log. The rule is
//! `[privacy] agent_names`; ids stay, because figures belong to them.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{
    AgentId, EntityKind, EntityProfile, ExternalIdList, Fact, Input, MetricSubject, NameVisibility,
    PersonName, QueueId, SiteConfig, Update,
};

/// Shortens names as a site's settings require. With `full`, every name stays.
#[derive(Debug)]
pub struct NameShortener<'s> {
    site: &'s SiteConfig,
    /// The ids of queues. In `[names]`, every other id may be a person's.
    queues: HashSet<String>,
}

impl<'s> NameShortener<'s> {
    /// Makes one from the site whose settings apply, and all known queues.
    pub fn new<'q>(site: &'s SiteConfig, queues: impl Iterator<Item = &'q QueueId>) -> Self {
        Self {
            site,
            queues: queues.map(ToString::to_string).collect(),
        }
    }

    /// Shortens the names in an input.
    pub fn shorten_input(&self, input: &mut Input) {
        match input {
            Input::Update(Update {
                fact: Fact::Profile(profile),
                ..
            })
            | Input::StoredProfile(profile) => self.shorten_profile(profile),
            Input::SiteConfig(site) => *site = Arc::new(self.shorten_site(site)),
            Input::Update(_)
            | Input::Connection(..)
            | Input::Diagnostic(..)
            | Input::Forgotten { .. }
            | Input::Tick
            | Input::Started { .. } => {}
        }
    }

    fn shorten_profile(&self, profile: &mut EntityProfile) {
        if profile.kind != EntityKind::Agent {
            return;
        }
        self.shorten_name(&mut profile.name);
        self.shorten_name(&mut profile.display_name);
        self.remove_address(&mut profile.email);
        if let Some(ids) = &mut profile.external_ids {
            self.remove_external_ids(ids);
        }
    }

    /// Returns a site with shortened names, which are then shown as they are.
    pub fn shorten_site(&self, site: &SiteConfig) -> SiteConfig {
        let mut short = site.clone();
        if !self.is_full() {
            self.shorten_configured(&mut short.names, &site_queues(site));
            for person in &mut short.people {
                person.name = self.shorten_text(&person.name);
            }
            for agent in site_agents(site) {
                let name = || self.site.format_name(&PersonName::from_id(&agent.external));
                short.names.entry(agent.to_string()).or_insert_with(name);
            }
        }
        // "AK" would be shortened again, to "A".
        short.agent_names = match self.site.agent_names {
            NameVisibility::None => NameVisibility::None,
            _ => NameVisibility::Full,
        };
        short
    }

    fn shorten_configured(
        &self,
        names: &mut HashMap<String, String>,
        site_queues: &HashSet<String>,
    ) {
        for (id, name) in names {
            if !self.queues.contains(id) && !site_queues.contains(id) {
                *name = self.shorten_text(name);
            }
        }
    }

    /// Shortens a reported name. A blank one stays blank.
    pub fn shorten_name(&self, name: &mut Option<Arc<str>>) {
        if let Some(name) = name
            && !name.trim().is_empty()
            && !self.is_full()
        {
            *name = self.shorten_text(name).into();
        }
    }

    /// Removes an email address, which is a name. What was reported stays reported.
    pub fn remove_address(&self, address: &mut Option<Arc<str>>) {
        if let Some(address) = address
            && !self.is_full()
        {
            *address = "".into();
        }
    }

    /// Removes a person's ids in other systems, which may be names or addresses.
    pub fn remove_external_ids(&self, ids: &mut ExternalIdList) {
        if !self.is_full() {
            *ids = Arc::default();
        }
    }

    fn shorten_text(&self, name: &str) -> String {
        self.site.format_name(&PersonName::from_name(name))
    }

    fn is_full(&self) -> bool {
        self.site.agent_names == NameVisibility::Full
    }
}

/// The ids of queues that a configuration mentions as such.
fn site_queues(site: &SiteConfig) -> HashSet<String> {
    let groups = site.groups.iter();
    let groups = groups.flat_map(|group| std::iter::once(&group.id).chain(&group.queues));
    let linked = site.linked_queues.iter();
    let linked = linked.flat_map(|(queue, linked)| std::iter::once(queue).chain(linked));
    let subjects = site.sources.iter().flat_map(|source| &source.provides);
    let provided = subjects.filter_map(|provided| match &provided.subject {
        MetricSubject::Queue(queue) => Some(queue),
        MetricSubject::Agent(_) => None,
    });
    let queues = groups.chain(linked).chain(provided);
    queues.map(ToString::to_string).collect()
}

/// The agents that are configured one by one: without a name, pages show their ids.
fn site_agents(site: &SiteConfig) -> impl Iterator<Item = &AgentId> {
    let subjects = site.sources.iter().flat_map(|source| &source.provides);
    subjects.filter_map(|provided| match &provided.subject {
        MetricSubject::Agent(agent) => Some(agent),
        MetricSubject::Queue(_) => None,
    })
}
