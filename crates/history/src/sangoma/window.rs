//! Computes the figures of a window's quarters from its facts.

use std::{collections::BTreeMap, num::NonZeroI64};

use foldhash::{HashMap, HashMapExt};

use crate::intervals::{DAY, TimeSpan, count_survey, measure_staffing, quarter_start};
use wallboard_domain::{AgentCounter, SourceId, Staffing};
use wallboard_store::{ComputedPart, ComputedWindow, NameClass, QueueStaffRow, StoreError};

use super::{
    fact_rows::{CallAttemptRow, CallIssueRow, FactRowCaches, LoginRow, TextHash, WrapUpRow},
    file_catalog::{CatalogFile, StoredFiles},
    linked_surveys,
    queue_legs::{QueueLegs, file_range},
    reference_data::SangomaReferenceData,
    window_totals::{Code, WindowTotals, agent_rows, breakdown_rows},
};

/// An issue counts if its file comes at most so many days after the call.
pub(super) const ISSUE_DELAY_DAYS_MAX: i64 = 7;

/// The inputs for computing a window.
pub(super) struct SangomaFacts<'a> {
    pub(super) files: StoredFiles<'a>,
    pub(super) reference: &'a SangomaReferenceData,
    pub(super) source: &'a SourceId,
}

impl SangomaFacts<'_> {
    /// Computes the given part of a window. The caller adds its days and settled marks.
    pub(super) fn compute_window(
        &self,
        rows: &mut FactRowCaches,
        window: TimeSpan,
        part: ComputedPart,
    ) -> Result<ComputedWindow, StoreError> {
        let mut totals = WindowTotals::new(self.reference, window, part);
        let add = |leg| totals.add_leg(&leg);
        let legs = QueueLegs::read_window(self, rows, window, add)?;
        let mut staff = Vec::new();
        match part {
            ComputedPart::Whole => {
                self.add_calls(rows, legs, &mut totals)?;
                self.add_attempts(rows, &mut totals)?;
                self.add_pauses(rows, &mut totals)?;
                self.add_issues(rows, &mut totals)?;
                staff = self.load_staff(rows, &totals)?;
            }
            ComputedPart::Queues => {
                let add = |leg| totals.add_leg(&leg);
                legs.emit_open_from_details(self.files, &mut rows.details, window, add)?;
            }
        }
        for linked in linked_surveys::load_for_window(self, rows, window)? {
            for (by, figures) in totals.queues.both_bases() {
                count_survey(&linked.survey, linked.joined, by, |at, change| {
                    if window.contains(at) {
                        let figures = figures.entry((linked.queue, quarter_start(at)));
                        change(&mut figures.or_default().counters);
                    }
                });
            }
        }
        Ok(ComputedWindow {
            source: self.source.clone(),
            window: window.start..window.end,
            part,
            breakdowns: breakdown_rows(totals.codes),
            queues: totals.queues.into_rows(),
            agents: agent_rows(totals.agents, totals.activities, window),
            staff,
            days: Vec::new(),
            cleared_days: Vec::new(),
        })
    }

    /// Adds logins and call details: the ends of queue calls, and the agents' other calls.
    fn add_calls(
        &self,
        rows: &mut FactRowCaches,
        mut legs: QueueLegs,
        totals: &mut WindowTotals<'_>,
    ) -> Result<(), StoreError> {
        let (files, around) = (self.files, file_range(totals.window));
        for WrapUpRow { agent, span } in legs.wrap_ups() {
            if let Some(agent) = agent {
                totals.agent_activity(agent.get()).wrap_up.push(*span);
            }
        }
        let mut extensions: HashMap<TextHash, Vec<(TimeSpan, i64)>> = HashMap::new();
        rows.logins.for_each_within(files, around, |id, login| {
            let LoginRow { agent, span, .. } = login;
            totals.logins.insert(id, (agent, span));
            totals.agent_activity(agent).logged_in.push(span);
            totals.add_logoff(&login);
            if let Some(extension) = login.extension {
                extensions.entry(extension).or_default().push((span, agent));
            }
        })?;
        rows.details.for_each_within(files, around, |_, details| {
            legs.record_end(&details);
            if let Some((uuid, did)) = details.uuid.zip(details.did) {
                // Rows of later files come first.
                totals.numbers.entry(uuid).or_insert(did);
            }
            let Some(answered) = details.answered.filter(|_| !legs.was_queued(&details)) else {
                return;
            };
            let answered = answered.get();
            let Some(span) = TimeSpan::new(answered, details.end) else {
                return;
            };
            for number in details.numbers.into_iter().flatten() {
                for (login, agent) in extensions.get(&number).into_iter().flatten() {
                    if login.contains(answered) {
                        totals.agent_activity(*agent).other.push(span);
                    }
                }
            }
        })?;
        legs.emit_open(|leg| totals.add_leg(&leg));
        totals.add_numbers();
        Ok(())
    }

    fn add_attempts(
        &self,
        rows: &mut FactRowCaches,
        totals: &mut WindowTotals<'_>,
    ) -> Result<(), StoreError> {
        let (files, window) = (self.files, totals.window);
        rows.attempts.for_each_within(files, window, |_, attempt| {
            let CallAttemptRow { agent, start, .. } = attempt;
            if attempt.is_missed && window.contains(start) {
                let quarters = totals.agents.entry(agent).or_default();
                let counters = quarters.entry(quarter_start(start)).or_default();
                counters.add(AgentCounter::Missed, 1);
            }
            if let Some(span) = attempt.end.and_then(|end| TimeSpan::new(start, end.get())) {
                totals.agent_activity(agent).ringing.push(span);
            }
        })
    }

    fn add_pauses(
        &self,
        rows: &mut FactRowCaches,
        totals: &mut WindowTotals<'_>,
    ) -> Result<(), StoreError> {
        let (files, window) = (self.files, totals.window);
        rows.pauses.for_each_within(files, window, |_, pause| {
            let pauses = &mut totals.agent_activity(pause.agent).not_ready;
            // 0 if no code is reported.
            let code = pause.code.map_or(0, NonZeroI64::get);
            pauses.entry(code).or_default().push(pause.span);
        })
    }

    /// Loads who was signed in to each queue. Such rows come in the files of their logins' days.
    fn load_staff(
        &self,
        rows: &mut FactRowCaches,
        totals: &WindowTotals<'_>,
    ) -> Result<Vec<QueueStaffRow>, StoreError> {
        let window = totals.window;
        let (first, last) = (window.start.div_euclid(DAY), window.end.div_euclid(DAY));
        let is_near = |file: &CatalogFile| {
            let begins = file
                .since
                .or(file.day)
                .is_none_or(|since| since <= last + 1);
            begins && file.day.is_none_or(|day| first - 1 <= day)
        };
        let mut spans: BTreeMap<(i64, i64), Vec<TimeSpan>> = BTreeMap::new();
        rows.queue_logins.for_each_of_calls(
            self.files,
            i64::MIN..i64::MAX,
            is_near,
            |_, _, row| {
                if let Some((agent, span)) = totals.logins.get(&row.login) {
                    spans.entry((row.queue, *agent)).or_default().push(*span);
                }
            },
        )?;
        let mut staff: BTreeMap<(i64, i64), Staffing> = BTreeMap::new();
        for ((queue, agent), in_queue) in spans {
            if let Some(activity) = totals.activities.get(&agent) {
                measure_staffing(activity, &in_queue, window, |at, change| {
                    change(staff.entry((at, queue)).or_default());
                });
            }
        }
        let row = |((start, queue), staffing): ((i64, i64), Staffing)| QueueStaffRow {
            queue: queue.to_string(),
            start,
            staffing,
        };
        Ok(staff.into_iter().map(row).collect())
    }

    /// Adds issues. They have no time of their own, so the date of their file counts.
    fn add_issues(
        &self,
        rows: &mut FactRowCaches,
        totals: &mut WindowTotals<'_>,
    ) -> Result<(), StoreError> {
        let day = |at: i64| at.div_euclid(DAY);
        let window = totals.window;
        let ids = totals.calls.keys();
        let Some((first, last)) = ids.clone().min().zip(ids.max()) else {
            return Ok(());
        };
        let ids = *first..*last + 1;
        let is_in_time = |file: &CatalogFile, last| {
            file.since
                .is_none_or(|since| since <= last + ISSUE_DELAY_DAYS_MAX)
        };
        let is_later =
            |file: &CatalogFile| file.day.is_none_or(|file| day(window.start) - 1 <= file);
        rows.issues.for_each_of_calls(
            self.files,
            ids,
            |file| is_later(file) && is_in_time(file, day(window.end)),
            |file, _, CallIssueRow { call, issue }| {
                let Some((at, queue)) = totals.calls.get(&call).copied() else {
                    return;
                };
                if is_in_time(file, day(at)) {
                    totals.add_code((NameClass::Issue, at, queue, Code::Id(issue)));
                }
            },
        )
    }
}
