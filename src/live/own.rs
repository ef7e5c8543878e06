//! What a case's event speaks of, by the ids that the picture already holds: a day
//! has very many events and few agents and queues, and each event is kept.

use std::sync::Arc;

use crate::domain::{CaseEvent, CaseId, Class, Id, SourceId};

use super::picture::{Map, Picture};

impl Picture {
    /// The case's id as it is known.
    pub(super) fn own_case(&self, id: &CaseId) -> CaseId {
        own(&self.cases, id)
    }

    /// The event with ids that are shared where they are known.
    pub(super) fn own_event(&self, source: &SourceId, event: &CaseEvent) -> CaseEvent {
        let agent = |id: &Option<Id>| id.as_ref().map(|id| own(&self.agents, id));
        let queue = |id: &Option<Id>| id.as_ref().map(|id| own(&self.queues, id));
        let named =
            |class, id: &Option<Arc<str>>| id.as_ref().map(|id| self.own_named(class, source, id));
        match event {
            CaseEvent::Created {
                opportunity,
                solution,
                case_type,
            } => CaseEvent::Created {
                opportunity: named(Class::Opportunity, opportunity),
                solution: named(Class::Solution, solution),
                case_type: named(Class::CaseType, case_type),
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

    fn own_named(&self, class: Class, source: &SourceId, external: &Arc<str>) -> Arc<str> {
        let known = self.find_named(class, source, external);
        known.map_or(external, |known| &known.id.external).clone()
    }
}

fn own<T>(known: &Map<Id, T>, id: &Id) -> Id {
    known
        .get_key_value(id)
        .map_or_else(|| id.clone(), |(own, _)| own.clone())
}
