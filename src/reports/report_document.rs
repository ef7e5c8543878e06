//! All reports' progress as one record of all nodes, with what was sent.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use wallboard_store::{RecordId, RecordKind};

use super::ReportPlan;

pub(super) const REPORTS: RecordKind = RecordKind::new("reports");
/// Attempts that are listed; older ones are forgotten.
const SENT_MAX: usize = 100;
/// A report that couldn't be sent for so long is given up.
const GIVEN_UP_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// The answer of a mail server, or why there is none. In characters.
const ANSWER_LENGTH_MAX: usize = 300;

/// An attempt to send a report.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct SentReport {
    pub report: String,
    pub channel: String,
    /// When it was due; `None`: somebody sent it.
    pub due: Option<Timestamp>,
    pub at: Timestamp,
    /// Its sender; empty if it was due.
    #[serde(default)]
    pub by: String,
    pub is_accepted: bool,
    /// The mail server's answer, or why it wasn't accepted.
    pub answer: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct ReportDocument {
    /// By report, until when it is sent or given up.
    settled: BTreeMap<String, Timestamp>,
    /// The newest first.
    pub(super) sent: Vec<SentReport>,
}

/// A report to send now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DueReport {
    pub(super) plan: ReportPlan,
    pub(super) due: Timestamp,
}

impl ReportDocument {
    /// Notes reports that are new, or no longer there. A new one isn't due before its next time. Returns whether
    /// that changed something.
    pub(super) fn follow(&mut self, plans: &[ReportPlan], now: Timestamp) -> bool {
        let before = self.settled.len();
        let is_there = |name: &String| plans.iter().any(|plan| plan.name == *name);
        self.settled.retain(|name, _| is_there(name));
        let mut has_changed = self.settled.len() < before;
        for plan in plans {
            has_changed |= !self.settled.contains_key(&plan.name);
            self.settled.entry(plan.name.clone()).or_insert(now);
        }
        has_changed
    }

    pub(super) fn find_due(
        &self,
        plans: &[ReportPlan],
        now: Timestamp,
        zone: &TimeZone,
    ) -> Vec<DueReport> {
        let due = plans.iter().filter_map(|plan| {
            let due = plan.schedule.last_due(now, zone)?;
            let is_settled = (self.settled.get(&plan.name)).is_none_or(|settled| due <= *settled);
            (!is_settled).then(|| DueReport {
                plan: plan.clone(),
                due,
            })
        });
        due.collect()
    }

    /// Notes an attempt. What isn't accepted is due until a day is over.
    pub(super) fn note(&mut self, mut sent: SentReport) {
        if let Some(due) = sent.due {
            let is_over = GIVEN_UP_AFTER <= sent.at.duration_since(due);
            if sent.is_accepted || is_over {
                self.settled.insert(sent.report.clone(), due);
            }
            if is_over && !sent.is_accepted {
                sent.answer.push_str(" Given up after a day.");
            }
            // Only the last attempt is listed.
            let is_same = |one: &SentReport| one.report == sent.report && one.due == sent.due;
            self.sent.retain(|one| !is_same(one));
        }
        if let Some((at, _)) = sent.answer.char_indices().nth(ANSWER_LENGTH_MAX) {
            sent.answer.truncate(at);
        }
        self.sent.insert(0, sent);
        self.sent.truncate(SENT_MAX);
    }
}

/// The ID of the only record.
pub(super) fn record_id() -> RecordId {
    RecordId::parse("all").expect("a short word is an ID")
}
