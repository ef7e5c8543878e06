//! Agents who were forgotten: in inputs and in the live state, their IDs become others, and their names
//! and addresses are removed. Everything else stays, and so do all figures.

use std::{fmt, sync::Arc};

use wallboard_domain::{
    AgentId, EntityKind, EntityProfile, ExternalIdList, Fact, Id, Input, MetricSubject, Pattern,
    SiteConfig, Update,
};

use super::{
    LiveState, case_tracking::DayOwner, fast_map::FastMap, site_links::SiteLinks,
    snapshot::AgentSnapshot,
};

/// Returns the ID that takes the place of an agent's, if they were forgotten.
type ReplaceAgent = dyn Fn(&AgentId) -> Option<AgentId> + Send + Sync;

/// Puts others in the place of agents who were forgotten.
pub struct ForgottenAgents {
    replace: Box<ReplaceAgent>,
    /// Its results so far.
    known: FastMap<Id, Option<Id>>,
}

impl fmt::Debug for ForgottenAgents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForgottenAgents").finish_non_exhaustive()
    }
}

impl ForgottenAgents {
    pub fn new(replace: impl Fn(&AgentId) -> Option<AgentId> + Send + Sync + 'static) -> Self {
        Self {
            replace: Box::new(replace),
            known: FastMap::default(),
        }
    }

    /// Takes them out of an input, before it is applied to a state without them.
    pub fn forget_in_input(&mut self, input: &mut Input) {
        match input {
            Input::Update(Update { fact, .. }) => match fact {
                Fact::Case(_, event) => {
                    event.agent_mut().map(|agent| self.replace(agent));
                }
                Fact::EventReadings(MetricSubject::Agent(agent), _)
                | Fact::VendorFigure(MetricSubject::Agent(agent), _) => {
                    self.replace(agent);
                }
                Fact::Profile(profile) => self.forget_profile(profile),
                Fact::EventReadings(MetricSubject::Queue(_), _)
                | Fact::VendorFigure(MetricSubject::Queue(_), _)
                | Fact::CustomFigure(_)
                | Fact::Unused => {}
            },
            Input::StoredProfile(profile) => self.forget_profile(profile),
            Input::SiteConfig(site) => *site = self.forget_in_site(site),
            // Nothing that follows has them.
            Input::Forgotten { agents, .. } => {
                agents.retain(|(agent, _)| self.find(agent).is_none());
            }
            Input::Connection(..) | Input::Diagnostic(..) | Input::Tick | Input::Started { .. } => {
            }
        }
    }

    fn find(&mut self, id: &Id) -> Option<Id> {
        let Self { replace, known } = self;
        let found = known.entry(id.clone()).or_insert_with(|| replace(id));
        found.clone()
    }

    /// Replaces an ID, and returns whether it did.
    fn replace(&mut self, id: &mut Id) -> bool {
        let other = self.find(id);
        let is_found = other.is_some();
        *id = other.unwrap_or_else(|| id.clone());
        is_found
    }

    fn forget_profile(&mut self, profile: &mut EntityProfile) {
        if profile.kind == EntityKind::Agent && self.replace(&mut profile.id) {
            let names = [&mut profile.name, &mut profile.display_name];
            forget_names(&profile.id, names, &mut profile.email);
            if let Some(ids) = &mut profile.external_ids {
                *ids = ExternalIdList::default();
            }
        }
    }

    /// Takes them out of the names and people of a configuration. A person with a forgotten agent was
    /// forgotten, too.
    fn forget_in_site(&mut self, site: &SiteConfig) -> Arc<SiteConfig> {
        let mut site = site.clone();
        site.names = (site.names.into_iter())
            .map(|(id, name)| match self.find_text(&id) {
                Some(other) => (other.to_string(), other.external.to_string()),
                None => (id, name),
            })
            .collect();
        for person in &mut site.people {
            let mut forgotten = None;
            for agent in &mut person.agents {
                if self.replace(agent) {
                    forgotten = Some(Arc::clone(&agent.external));
                }
            }
            if let Some(name) = forgotten {
                let other = Id::new(&person.id.source, &name);
                self.known.insert(person.id.clone(), Some(other.clone()));
                (person.id, person.name) = (other, name.to_string());
            }
        }
        let patterns = site.thresholds.0.iter_mut().map(|(pattern, _)| pattern);
        for Pattern(pattern) in patterns.chain(&mut site.hidden_agents) {
            if let Some(other) = self.find_text(pattern) {
                *pattern = other.to_string();
            }
        }
        let sources = site.sources.iter_mut();
        for provided in sources.flat_map(|source| &mut source.provides) {
            if let MetricSubject::Agent(agent) = &mut provided.subject {
                self.replace(agent);
            }
        }
        Arc::new(site)
    }

    /// Finds the ID in place of one that is written as a text.
    fn find_text(&mut self, text: &str) -> Option<Id> {
        let (source, external) = text.split_once('/')?;
        self.find(&Id::new(&source.into(), external))
    }
}

impl LiveState {
    /// Takes agents out of the state.
    pub fn forget_agents(&mut self, forgotten: &mut ForgottenAgents) {
        self.snapshot.site = forgotten.forget_in_site(&self.snapshot.site);
        // Those found before name them.
        self.snapshot.links = SiteLinks::default();
        let mut replace = |id: &mut Id| forgotten.replace(id);
        let site = Arc::clone(&self.snapshot.site);
        if let Some(cases) = self.cases.replace_agents(&mut replace, &site) {
            self.snapshot.cases = cases;
        }
        self.snapshot.status_history.replace_agents(&mut replace);
        for source_state in self.source_states.values_mut() {
            source_state.replace_agents(&mut replace);
        }
        let known: Vec<AgentId> = self.snapshot.agents.keys().cloned().collect();
        for id in known {
            let mut other = id.clone();
            if replace(&mut other)
                && let Some(agent) = self.snapshot.agents.remove(&id)
            {
                self.put_other(agent, other);
            }
        }
    }

    /// Applies that agents were forgotten.
    pub(super) fn apply_forgotten(&mut self, agents: &[(AgentId, AgentId)]) {
        let others: FastMap<AgentId, AgentId> = agents.iter().cloned().collect();
        let mut forgotten = ForgottenAgents::new(move |id| others.get(id).cloned());
        let sources = self.snapshot.site.sources.clone();
        self.forget_agents(&mut forgotten);
        // Sources continue to report the agents that the configuration names.
        let mut site = SiteConfig::clone(&self.snapshot.site);
        site.sources = sources;
        self.snapshot.site = Arc::new(site);
        self.register_provided(&Arc::clone(&self.snapshot.site));
    }

    /// Puts an agent back under another ID, where an agent may be who was forgotten before.
    fn put_other(&mut self, agent: AgentSnapshot, other: AgentId) {
        let mut agent = AgentSnapshot {
            id: other.clone(),
            external_ids: ExternalIdList::default(),
            ..agent
        };
        let names = [&mut agent.name, &mut agent.display_name];
        forget_names(&other, names, &mut agent.email);
        let has_report = agent.report.is_some();
        let before = self.snapshot.agents.insert(other.clone(), agent);
        if before.is_some() && !has_report {
            self.refresh_agent(&other);
            self.refresh_day(&DayOwner::Agent(other));
        }
    }
}

/// Replaces names and empties the address. What was reported stays reported.
fn forget_names(id: &AgentId, names: [&mut Option<Arc<str>>; 2], email: &mut Option<Arc<str>>) {
    for name in names.into_iter().flatten() {
        *name = id.external.clone();
    }
    if let Some(email) = email {
        *email = "".into();
    }
}

#[cfg(test)]
mod tests;
