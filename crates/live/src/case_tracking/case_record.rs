//! The record of one case: its events, and what they don't say.

use jiff::Timestamp;
use serde::Deserialize;

use crate::snapshot::CaseState;
use wallboard_domain::{QueueId, SiteConfig, SourceId};

use super::{
    case_counting::CaseAssessment, case_timeline::CaseTimeline, timed_case_event::TimedCaseEvent,
};

#[derive(Debug, Default, PartialEq, Deserialize)]
pub(crate) struct CaseRecord {
    pub(crate) events: Vec<TimedCaseEvent>,
    pub(crate) assessment: CaseAssessment,
    /// It must have ended unseen: no queue has it.
    pub(crate) presumed_ended: bool,
}

impl CaseRecord {
    pub(crate) fn build_timeline(&self, source: &SourceId, site: &SiteConfig) -> CaseTimeline {
        let setup = site.find_source(source);
        CaseTimeline::from_events(&self.events, |timeline| {
            let map = &setup?.entry_queues;
            let to = [&timeline.solution, &timeline.case_type]
                .into_iter()
                .flatten()
                .find_map(|id| map.get(id.as_ref()))?;
            Some(QueueId::new(source, to))
        })
    }

    /// Reassesses the case after an event that says where it is. An event from before `lost_until` may have
    /// been followed by a lost one, so it confirms nothing.
    pub(crate) fn on_activity(&mut self, at: Timestamp, lost_until: Option<Timestamp>) {
        let is_certain = |at: Timestamp| lost_until.is_none_or(|until| until <= at);
        let mut activity = self.events.iter().filter(|event| event.is_activity());
        if !is_certain(at) && activity.any(|event| is_certain(event.at)) {
            return;
        }
        self.assessment.unconfirmed = !is_certain(at);
        self.assessment.has_left_queue = false;
        self.assessment.abandoned = false;
        self.presumed_ended = false;
    }

    /// Whether its last events may be unknown.
    pub(crate) fn is_uncertain(&self) -> bool {
        self.assessment.unconfirmed || self.presumed_ended
    }

    pub(crate) fn last_event(&self) -> Option<&TimedCaseEvent> {
        self.events.last()
    }

    pub(crate) fn resolve_state(&self, timeline: &CaseTimeline) -> CaseState {
        match timeline.case_state() {
            CaseState::Waiting | CaseState::Open if self.presumed_ended => CaseState::Closed,
            CaseState::Waiting | CaseState::Open if self.assessment.unconfirmed => {
                CaseState::Unconfirmed
            }
            CaseState::Waiting if self.assessment.abandoned => CaseState::Abandoned,
            state => state,
        }
    }
}
