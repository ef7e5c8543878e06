//! Takes agents out of the log: their IDs become others, and their names and addresses are removed.
//! Everything else stays, so that replay gives the same figures.

use std::sync::Arc;

use wallboard_domain::{
    AgentId, EntityKind, EntityProfile, ExternalIdList, Fact, Id, Input, LogEntry, MetricSubject,
    SiteConfig, Update,
};

use super::codec::{self, CodecError, ValueRenaming};

/// Takes agents out of encoded entries and snapshots.
#[derive(Clone, Debug)]
pub struct AgentForgetter {
    renaming: ValueRenaming,
    /// Their new IDs.
    ids: Vec<AgentId>,
}

impl AgentForgetter {
    /// Makes one for agents of one person, each with the vendor's ID that takes the place of its own,
    /// and the person's names and addresses.
    pub fn new(agents: &[(AgentId, String)], texts: &[String]) -> Self {
        let id_text = |id: &AgentId| [id.source.to_string(), id.external.to_string()];
        let name = agents.first().map_or("forgotten", |(_, other)| other);
        Self {
            renaming: ValueRenaming {
                ids: (agents.iter())
                    .map(|(id, other)| (id_text(id), other.clone()))
                    .collect(),
                texts: (texts.iter())
                    .map(|text| (text.clone(), name.to_owned()))
                    .collect(),
            },
            ids: (agents.iter())
                .map(|(id, other)| Id::new(&id.source, other))
                .collect(),
        }
    }

    /// Takes them out of entries. Returns the new bytes and how many entries changed; `None` if they
    /// aren't in it.
    pub fn forget_entries(&self, bytes: &[u8]) -> Result<Option<(Vec<u8>, u64)>, CodecError> {
        let Some(renamed) = self.renaming.rename_encoded(bytes)? else {
            return Ok(None);
        };
        let before = codec::decode_entries(bytes)?;
        let mut entries = codec::decode_entries(&renamed)?;
        for input in entries.iter_mut().flat_map(|entry| &mut entry.inputs) {
            self.forget_input(input)?;
        }
        let pairs = before.iter().zip(&entries);
        let changed = pairs.filter(|(before, after): &(&LogEntry, _)| before != after);
        let count = changed.count() as u64;
        Ok(Some((codec::encode_entries(&entries)?, count)))
    }

    /// Takes them out of a snapshot; `None` if they aren't in it.
    pub fn forget_state(&self, bytes: &[u8]) -> Result<Option<Vec<u8>>, CodecError> {
        let Some(renamed) = self.renaming.rename_encoded(bytes)? else {
            return Ok(None);
        };
        let mut state = codec::decode_state(&renamed)?;
        let snapshot = &mut state.snapshot;
        if self.ids.iter().any(|id| snapshot.queues.contains_key(id)) {
            return Err(CodecError::SharedId);
        }
        for id in &self.ids {
            if let Some(agent) = snapshot.agents.get_mut(id) {
                let names = [&mut agent.name, &mut agent.display_name];
                forget_names(id, names, &mut agent.email);
                agent.external_ids = ExternalIdList::default();
            }
        }
        snapshot.site = Arc::new(self.forget_site(&snapshot.site));
        Ok(Some(codec::encode_state(&state)?))
    }

    fn forget_input(&self, input: &mut Input) -> Result<(), CodecError> {
        match input {
            Input::Update(Update {
                fact: Fact::Profile(profile),
                ..
            })
            | Input::StoredProfile(profile) => self.forget_profile(profile)?,
            Input::Update(Update {
                fact:
                    Fact::EventReadings(MetricSubject::Queue(queue), _)
                    | Fact::VendorFigure(MetricSubject::Queue(queue), _),
                ..
            }) if self.ids.contains(queue) => return Err(CodecError::SharedId),
            Input::SiteConfig(site) => *site = Arc::new(self.forget_site(site)),
            Input::Update(_)
            | Input::Connection(..)
            | Input::Diagnostic(..)
            | Input::Tick
            | Input::Started { .. } => {}
        }
        Ok(())
    }

    fn forget_profile(&self, profile: &mut EntityProfile) -> Result<(), CodecError> {
        if !self.ids.contains(&profile.id) {
            return Ok(());
        }
        if profile.kind != EntityKind::Agent {
            return Err(CodecError::SharedId);
        }
        let names = [&mut profile.name, &mut profile.display_name];
        forget_names(&profile.id, names, &mut profile.email);
        if let Some(ids) = &mut profile.external_ids {
            *ids = ExternalIdList::default();
        }
        Ok(())
    }

    fn forget_site(&self, site: &SiteConfig) -> SiteConfig {
        let mut site = site.clone();
        for id in &self.ids {
            if let Some(name) = site.names.get_mut(&id.to_string()) {
                *name = id.external.to_string();
            }
        }
        for person in &mut site.people {
            if let Some(id) = self.ids.iter().find(|id| person.agents.contains(id)) {
                person.name = id.external.to_string();
            }
        }
        site
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
