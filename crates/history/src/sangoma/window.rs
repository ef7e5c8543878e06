//! Computes the figures of a window's quarters from its facts.

use std::{collections::BTreeMap, num::NonZeroI64};

use foldhash::{HashMap, HashMapExt};

use crate::intervals::{
    AgentActivity, DAY, QUARTER, TimeSpan, count_contact, count_for_agent, count_survey,
    measure_activity, measure_staffing, quarter_start, record_wait,
};
use wallboard_domain::{AgentCounter, AgentCounters, ContactFigures, CountBy, SourceId, Staffing};
use wallboard_store::{
    AgentIntervalRow, BreakdownRow, ComputedPart, ComputedWindow, NameClass, QueueIntervalRow,
    QueueStaffRow, StoreError, StoreView,
};

use super::{
    fact_rows::{
        CallAttemptRow, CallIssueRow, FactRowCaches, LoginRow, ShortText, TextHash, WrapUpRow,
    },
    file_catalog::{CatalogFile, FileCatalog},
    linked_surveys,
    queue_legs::{QueueLeg, QueueLegs, file_range},
    reference_data::SangomaReferenceData,
};

/// An issue counts if its file comes at most so many days after the call.
pub(super) const ISSUE_DELAY_DAYS_MAX: i64 = 7;

/// The inputs for computing a window.
pub(super) struct SangomaFacts<'a> {
    pub(super) view: &'a StoreView<'a>,
    pub(super) files: &'a FileCatalog,
    pub(super) reference: &'a SangomaReferenceData,
    pub(super) source: &'a SourceId,
}

/// Figures by queue and the start of the quarter, in Unix seconds.
type FiguresByInterval = HashMap<(i64, i64), ContactFigures>;
/// Counters by agent, then by the start of the quarter.
type CountersByAgent = BTreeMap<i64, BTreeMap<i64, AgentCounters>>;
/// Activities by agent id.
type ActivityByAgent = BTreeMap<i64, AgentActivity>;

/// A class, a quarter, a queue or an agent, and a code.
type CodeKey = (NameClass, i64, i64, Code);

/// The vendor's id of a code, or a text that is its own id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Code {
    Id(i64),
    Text(ShortText),
}

impl Code {
    fn to_key(self) -> String {
        match self {
            Self::Id(id) => id.to_string(),
            Self::Text(text) => text.as_str().to_owned(),
        }
    }
}

/// The figures of queues by quarter, within the window.
#[derive(Default)]
struct QueueFigures {
    by_start: FiguresByInterval,
    by_event: FiguresByInterval,
}

/// The totals of a window while its rows are read.
struct WindowTotals<'a> {
    reference: &'a SangomaReferenceData,
    window: TimeSpan,
    part: ComputedPart,
    queues: QueueFigures,
    agents: CountersByAgent,
    activities: ActivityByAgent,
    /// Contacts that joined in the window, by class, quarter, queue and code; sign-outs by agent
    /// instead of queue.
    codes: HashMap<CodeKey, i64>,
    /// The agent and the time of each login.
    logins: HashMap<i64, (i64, TimeSpan)>,
    /// The quarter and the queue of each of those calls.
    calls: HashMap<i64, (i64, i64)>,
    /// The same of those that may have a number called, by the call.
    called: Vec<(TextHash, i64, i64)>,
    /// The number called, by call.
    numbers: HashMap<TextHash, ShortText>,
}

impl SangomaFacts<'_> {
    /// Computes the given part of a window. The caller adds its days and settled marks.
    pub(super) fn compute_window(
        &self,
        rows: &mut FactRowCaches,
        window: TimeSpan,
        part: ComputedPart,
    ) -> Result<ComputedWindow, StoreError> {
        let from = (self.view, self.files);
        let mut totals = WindowTotals::new(self.reference, window, part);
        let add = |leg| totals.add_leg(&leg);
        let legs = QueueLegs::read_window(from, rows, self.reference, window, add)?;
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
                legs.emit_open_from_details(from, &mut rows.details, window, add)?;
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
            window: (window.start, window.end),
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
        let (from, files) = ((self.view, self.files), file_range(totals.window));
        for WrapUpRow { agent, span } in legs.wrap_ups() {
            if let Some(agent) = agent {
                totals.agent_activity(agent.get()).wrap_up.push(*span);
            }
        }
        let mut extensions: HashMap<TextHash, Vec<(TimeSpan, i64)>> = HashMap::new();
        rows.logins.for_each_within(from, files, |id, login| {
            let LoginRow { agent, span, .. } = login;
            totals.logins.insert(id, (agent, span));
            totals.agent_activity(agent).logged_in.push(span);
            totals.add_logoff(&login);
            if let Some(extension) = login.extension {
                extensions.entry(extension).or_default().push((span, agent));
            }
        })?;
        rows.details.for_each_within(from, files, |_, details| {
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
        let window = totals.window;
        let (from, files) = ((self.view, self.files), (window.start, window.end));
        rows.attempts.for_each_within(from, files, |_, attempt| {
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
        let (from, window) = ((self.view, self.files), totals.window);
        rows.pauses
            .for_each_within(from, (window.start, window.end), |_, pause| {
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
            (self.view, self.files),
            (i64::MIN, i64::MAX),
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
        let ids = (*first, *last + 1);
        let is_in_time = |file: &CatalogFile, last| {
            file.since
                .is_none_or(|since| since <= last + ISSUE_DELAY_DAYS_MAX)
        };
        let is_later =
            |file: &CatalogFile| file.day.is_none_or(|file| day(window.start) - 1 <= file);
        rows.issues.for_each_of_calls(
            (self.view, self.files),
            ids,
            |file| is_later(file) && is_in_time(file, day(window.end)),
            |file, _, CallIssueRow { call, issue }| {
                let Some((at, queue)) = totals.calls.get(&call) else {
                    return;
                };
                if is_in_time(file, day(*at)) {
                    let key = (NameClass::Issue, *at, *queue, Code::Id(issue));
                    *totals.codes.entry(key).or_default() += 1;
                }
            },
        )
    }
}

impl<'a> WindowTotals<'a> {
    fn new(reference: &'a SangomaReferenceData, window: TimeSpan, part: ComputedPart) -> Self {
        Self {
            reference,
            window,
            part,
            queues: QueueFigures::default(),
            agents: CountersByAgent::default(),
            activities: ActivityByAgent::default(),
            codes: HashMap::new(),
            logins: HashMap::new(),
            calls: HashMap::new(),
            called: Vec::new(),
            numbers: HashMap::new(),
        }
    }

    fn agent_activity(&mut self, agent: i64) -> &mut AgentActivity {
        self.activities.entry(agent).or_default()
    }

    /// Adds a leg whose end is known, as far as it ever will be.
    fn add_leg(&mut self, leg: &QueueLeg) {
        let window = self.window;
        let limits = self.reference.queue_limits(leg.queue);
        for (by, figures) in self.queues.both_bases() {
            count_contact(&leg.contact, &limits, by, |at, change| {
                if window.contains(at) {
                    let figures = figures.entry((leg.queue, quarter_start(at)));
                    change(&mut figures.or_default().counters);
                }
            });
            record_wait(&leg.contact, &limits, by, |at, change| {
                if window.contains(at) {
                    let figures = figures.entry((leg.queue, quarter_start(at)));
                    change(figures.or_default().waits.get_or_insert_default());
                }
            });
        }
        if self.part == ComputedPart::Queues {
            return;
        }
        if window.contains(leg.contact.joined) {
            self.add_codes(leg);
        }
        let Some(agent) = leg.agent else { return };
        count_for_agent(&leg.contact, |at, change| {
            if window.contains(at) {
                let quarters = self.agents.entry(agent).or_default();
                change(quarters.entry(quarter_start(at)).or_default());
            }
        });
        if let Some(talk) = leg.talk_span() {
            self.agent_activity(agent).talk.push(talk);
        }
    }

    fn add_codes(&mut self, leg: &QueueLeg) {
        let at = quarter_start(leg.contact.joined);
        self.calls.insert(leg.id, (at, leg.queue));
        for class in [NameClass::Reason, NameClass::Type, NameClass::EndBy] {
            if let Some(code) = leg.code_of_class(class) {
                self.add_code((class, at, leg.queue, Code::Id(code)));
            }
        }
        if let Some(key) = leg.exit_key {
            self.add_code((NameClass::ExitKey, at, leg.queue, Code::Text(key)));
        }
        self.called
            .extend(leg.uuid.map(|uuid| (uuid, at, leg.queue)));
    }

    fn add_code(&mut self, key: CodeKey) {
        *self.codes.entry(key).or_default() += 1;
    }

    /// Counts the numbers called, once the details of all calls are read.
    fn add_numbers(&mut self) {
        for (uuid, at, queue) in std::mem::take(&mut self.called) {
            if let Some(number) = self.numbers.get(&uuid).copied() {
                self.add_code((NameClass::Number, at, queue, Code::Text(number)));
            }
        }
    }

    /// Counts the reason of a sign-out when it happened.
    fn add_logoff(&mut self, login: &LoginRow) {
        let at = login.span.end;
        if let Some(reason) = login.logoff_reason.filter(|_| self.window.contains(at)) {
            let code = Code::Id(reason.get());
            let key = (
                NameClass::LogoffReason,
                quarter_start(at),
                login.agent,
                code,
            );
            self.add_code(key);
        }
    }
}

fn breakdown_rows(codes: HashMap<CodeKey, i64>) -> Vec<BreakdownRow> {
    let row = |((class, start, queue, code), contacts): (CodeKey, i64)| BreakdownRow {
        class,
        queue: queue.to_string(),
        start,
        key: code.to_key(),
        contacts,
    };
    let mut rows: Vec<_> = codes.into_iter().map(row).collect();
    let sort_key = |row: &BreakdownRow| (row.class.into_str(), row.start);
    rows.sort_unstable_by(|a, b| {
        (sort_key(a), &a.queue, &a.key).cmp(&(sort_key(b), &b.queue, &b.key))
    });
    rows
}

impl QueueFigures {
    fn both_bases(&mut self) -> [(CountBy, &mut FiguresByInterval); 2] {
        [
            (CountBy::Start, &mut self.by_start),
            (CountBy::Event, &mut self.by_event),
        ]
    }

    /// Returns rows in the order of the table, so that inserts append to it.
    fn into_rows(self) -> Vec<QueueIntervalRow> {
        let mut rows = Vec::with_capacity(self.by_start.len() + self.by_event.len());
        for (by, figures) in [
            (CountBy::Start, self.by_start),
            (CountBy::Event, self.by_event),
        ] {
            let row = |((queue, start), figures): ((i64, i64), ContactFigures)| QueueIntervalRow {
                queue: queue.to_string(),
                by,
                start,
                length: QUARTER,
                counters: figures.counters,
                waits: figures.waits,
            };
            let begin = rows.len();
            rows.extend(figures.into_iter().map(row));
            rows[begin..].sort_unstable_by(|a, b| (a.start, &a.queue).cmp(&(b.start, &b.queue)));
        }
        rows
    }
}

/// Builds the rows of agents one agent at a time, to limit the memory held twice.
fn agent_rows(
    mut counted: CountersByAgent,
    activities: ActivityByAgent,
    window: TimeSpan,
) -> Vec<AgentIntervalRow> {
    let mut rows = Vec::new();
    let mut add = |agent: i64, quarters: BTreeMap<i64, AgentCounters>| {
        rows.extend(
            quarters
                .into_iter()
                .map(|(start, counters)| AgentIntervalRow {
                    agent: agent.to_string(),
                    start,
                    length: QUARTER,
                    counters,
                }),
        );
    };
    for (agent, activity) in activities {
        let mut quarters = counted.remove(&agent).unwrap_or_default();
        measure_activity(&activity, window, |at, change| {
            change(quarters.entry(at).or_default());
        });
        add(agent, quarters);
    }
    for (agent, quarters) in counted {
        add(agent, quarters);
    }
    rows.sort_unstable_by(|a, b| (a.start, &a.agent).cmp(&(b.start, &b.agent)));
    rows
}
