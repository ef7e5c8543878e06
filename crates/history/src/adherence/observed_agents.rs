//! Known times of the agents of a person, in one system or several.

use wallboard_domain::AgentId;

use super::ObservedTime;

/// An agent, or the agents of a person by system.
#[derive(Clone, Debug, Default)]
pub struct ObservedAgents {
    systems: Vec<Vec<(AgentId, ObservedTime)>>,
}

impl ObservedAgents {
    /// `systems`: the agents of each. The first source that knows a time counts.
    pub fn new(systems: Vec<Vec<AgentId>>) -> Self {
        let unknown = |id: AgentId| (id, ObservedTime::default());
        let systems = systems.into_iter();
        Self {
            systems: systems
                .map(|agents| agents.into_iter().map(unknown).collect())
                .collect(),
        }
    }

    pub fn agents(&self) -> impl Iterator<Item = &AgentId> {
        self.systems.iter().flatten().map(|(id, _)| id)
    }

    /// Adds what another source knows of each agent, at times that aren't known yet.
    pub fn complete_with(&mut self, observe: impl Fn(&AgentId) -> ObservedTime) {
        for (id, observed) in self.systems.iter_mut().flatten() {
            observed.complete_with(&observe(id));
        }
    }

    /// Returns what is known of the person: in a system what any source of it knows, and of several systems
    /// what all of them know.
    pub fn combine(&self) -> ObservedTime {
        let systems: Vec<ObservedTime> = self.systems.iter().map(|one| of_system(one)).collect();
        ObservedTime::of_all(&systems)
    }
}

fn of_system(agents: &[(AgentId, ObservedTime)]) -> ObservedTime {
    let mut known = ObservedTime::default();
    for of_source in agents.chunk_by(|one, other| one.0.source == other.0.source) {
        known.complete_with(&ObservedTime::of_all(
            of_source.iter().map(|(_, time)| time),
        ));
    }
    known
}
