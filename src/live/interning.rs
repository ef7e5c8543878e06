//! What a case's event speaks of, by the ids that the picture already holds: a day
//! has very many events and few agents and queues, and each event is kept.

use std::sync::Arc;

use crate::domain::{CaseEvent, CaseId, EntityKind, Id, SourceId};

use super::snapshot::{FastMap, Snapshot};

impl Snapshot {
    /// The case's id as it is known.
    pub(super) fn intern_case(&self, id: &CaseId) -> CaseId {
        intern_id(&self.cases, id)
    }

    /// The event with ids that are shared where they are known.
    pub(super) fn intern_event(&self, source: &SourceId, event: &CaseEvent) -> CaseEvent {
        let agent = |id: &Option<Id>| id.as_ref().map(|id| intern_id(&self.agents, id));
        let queue = |id: &Option<Id>| id.as_ref().map(|id| intern_id(&self.queues, id));
        let named = |class, id: &Option<Arc<str>>| {
            id.as_ref()
                .map(|id| self.intern_external_id(class, source, id))
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
                agent: who,
                queue: place,
            } => CaseEvent::Opened {
                agent: agent(who),
                queue: queue(place),
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
        class: EntityKind,
        source: &SourceId,
        external: &Arc<str>,
    ) -> Arc<str> {
        let known = self.find_entity(class, source, external);
        known.map_or(external, |known| &known.id.external).clone()
    }
}

fn intern_id<T>(known: &FastMap<Id, T>, id: &Id) -> Id {
    known
        .get_key_value(id)
        .map_or_else(|| id.clone(), |(own, _)| own.clone())
}
