//! Interning of the ids in case events. A day has very many stored events but few agents and
//! queues.

use std::sync::Arc;

use wallboard_domain::{CaseEvent, CaseId, EntityKind, Id, SourceId};

use super::{fast_map::FastMap, snapshot::Snapshot};

impl Snapshot {
    /// Returns the case's id, shared with the known one.
    pub(super) fn intern_case(&self, id: &CaseId) -> CaseId {
        intern_id(&self.cases, id)
    }

    /// Returns the event with its ids shared where they are known.
    pub(super) fn intern_event(&self, source: &SourceId, event: &CaseEvent) -> CaseEvent {
        let agent = |id: &Option<Id>| id.as_ref().map(|id| intern_id(&self.agents, id));
        let queue = |id: &Option<Id>| id.as_ref().map(|id| intern_id(&self.queues, id));
        let named = |kind, id: &Option<Arc<str>>| {
            id.as_ref()
                .map(|id| self.intern_external_id(kind, source, id))
        };
        match event {
            CaseEvent::Created {
                opportunity,
                solution,
                case_type,
            } => CaseEvent::Created {
                opportunity: named(EntityKind::Opportunity, opportunity),
                solution: named(EntityKind::Solution, solution),
                case_type: named(EntityKind::CaseType, case_type),
            },
            CaseEvent::Opened {
                agent: agent_id,
                queue: queue_id,
            } => CaseEvent::Opened {
                agent: agent(agent_id),
                queue: queue(queue_id),
            },
            CaseEvent::Transferred {
                from_agent,
                from_queue,
                to_queue,
            } => CaseEvent::Transferred {
                from_agent: agent(from_agent),
                from_queue: queue(from_queue),
                to_queue: queue(to_queue),
            },
            CaseEvent::Closed { .. } | CaseEvent::Transcript(_) => event.clone(),
        }
    }

    fn intern_external_id(
        &self,
        kind: EntityKind,
        source: &SourceId,
        external: &Arc<str>,
    ) -> Arc<str> {
        let known = self.find_entity(kind, source, external);
        known.map_or(external, |known| &known.id.external).clone()
    }
}

fn intern_id<T>(known: &FastMap<Id, T>, id: &Id) -> Id {
    known
        .get_key_value(id)
        .map_or_else(|| id.clone(), |(interned, _)| interned.clone())
}
