//! Case tracking: cases and their timelines, the counters of today and yesterday, and the
//! estimate of abandons.

mod case_counting;
mod case_record;
mod case_store;
mod case_timeline;
mod columns;
mod day_totals;
mod open_conversations;
mod stored_cases;
mod surplus_detector;
mod timed_case_event;

pub(super) use case_record::CaseRecord;
pub(super) use case_store::{CaseChange, CaseStore};
pub(super) use case_timeline::CaseTimeline;
pub(super) use day_totals::{DayChange, DayOwner};
pub(super) use open_conversations::AgentConversations;
pub(super) use surplus_detector::SurplusDetector;
pub(super) use timed_case_event::{TimedCaseEvent, insert_event};
