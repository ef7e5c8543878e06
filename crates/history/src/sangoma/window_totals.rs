//! The totals of a window while its rows are read, and their rows for the store.

use std::collections::BTreeMap;

use foldhash::{HashMap, HashMapExt};

use crate::intervals::{
    AgentActivity, QUARTER, TimeSpan, count_contact, count_for_agent, measure_activity,
    quarter_start, record_wait,
};
use wallboard_domain::{AgentCounters, ContactFigures, CountBy, HandledTime};
use wallboard_store::{AgentIntervalRow, BreakdownRow, ComputedPart, NameClass, QueueIntervalRow};

use super::{
    fact_rows::{LoginRow, ShortText, TextHash},
    queue_legs::QueueLeg,
    reference_data::SangomaReferenceData,
};

/// Figures by queue and the start of the quarter, in Unix seconds.
type FiguresByInterval = HashMap<(i64, i64), ContactFigures>;
/// Counters by agent, then by the start of the quarter.
type CountersByAgent = BTreeMap<i64, BTreeMap<i64, AgentCounters>>;
/// Activities by agent id.
type ActivityByAgent = BTreeMap<i64, AgentActivity>;

/// A class, a quarter, a queue or an agent, and a code.
type CodeKey = (NameClass, i64, i64, Code);

/// The contacts or sign-outs with a code.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CodeCount {
    contacts: i64,
    handled: HandledTime,
}

/// The vendor's id of a code, or a text that is its own id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Code {
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
pub(super) struct QueueFigures {
    by_start: FiguresByInterval,
    by_event: FiguresByInterval,
}

/// The totals of a window while its rows are read.
pub(super) struct WindowTotals<'a> {
    reference: &'a SangomaReferenceData,
    pub(super) window: TimeSpan,
    part: ComputedPart,
    pub(super) queues: QueueFigures,
    pub(super) agents: CountersByAgent,
    pub(super) activities: ActivityByAgent,
    /// Contacts that joined in the window, by class, quarter, queue and code; sign-outs by agent
    /// instead of queue.
    pub(super) codes: HashMap<CodeKey, CodeCount>,
    /// The agent and the time of each login.
    pub(super) logins: HashMap<i64, (i64, TimeSpan)>,
    /// The quarter and the queue of each of those calls.
    pub(super) calls: HashMap<i64, (i64, i64)>,
    /// The same of those that may have a number called, by the call.
    called: Vec<(TextHash, i64, i64)>,
    /// The number called, by call.
    pub(super) numbers: HashMap<TextHash, ShortText>,
}

impl<'a> WindowTotals<'a> {
    pub(super) fn new(
        reference: &'a SangomaReferenceData,
        window: TimeSpan,
        part: ComputedPart,
    ) -> Self {
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

    pub(super) fn agent_activity(&mut self, agent: i64) -> &mut AgentActivity {
        self.activities.entry(agent).or_default()
    }

    /// Adds a leg whose end is known, as far as it ever will be.
    pub(super) fn add_leg(&mut self, leg: &QueueLeg) {
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
                let count = self.add_code((class, at, leg.queue, Code::Id(code)));
                let handled = leg.contact.handled_time().unwrap_or_default();
                count.handled.merge(&handled);
            }
        }
        if let Some(key) = leg.exit_key {
            self.add_code((NameClass::ExitKey, at, leg.queue, Code::Text(key)));
        }
        self.called
            .extend(leg.uuid.map(|uuid| (uuid, at, leg.queue)));
    }

    /// Counts one contact or sign-out with a code.
    pub(super) fn add_code(&mut self, key: CodeKey) -> &mut CodeCount {
        let count = self.codes.entry(key).or_default();
        count.contacts += 1;
        count
    }

    /// Counts the numbers called, once the details of all calls are read.
    pub(super) fn add_numbers(&mut self) {
        for (uuid, at, queue) in std::mem::take(&mut self.called) {
            if let Some(number) = self.numbers.get(&uuid).copied() {
                self.add_code((NameClass::Number, at, queue, Code::Text(number)));
            }
        }
    }

    /// Counts the reason of a sign-out when it happened.
    pub(super) fn add_logoff(&mut self, login: &LoginRow) {
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

pub(super) fn breakdown_rows(codes: HashMap<CodeKey, CodeCount>) -> Vec<BreakdownRow> {
    let row = |((class, start, queue, code), count): (CodeKey, CodeCount)| BreakdownRow {
        class,
        queue: queue.to_string(),
        start,
        key: code.to_key(),
        contacts: count.contacts,
        handled: matches!(
            class,
            NameClass::Reason | NameClass::Type | NameClass::EndBy
        )
        .then_some(count.handled),
    };
    let mut rows: Vec<_> = codes.into_iter().map(row).collect();
    let sort_key = |row: &BreakdownRow| (row.class.into_str(), row.start);
    rows.sort_unstable_by(|a, b| {
        (sort_key(a), &a.queue, &a.key).cmp(&(sort_key(b), &b.queue, &b.key))
    });
    rows
}

impl QueueFigures {
    pub(super) fn both_bases(&mut self) -> [(CountBy, &mut FiguresByInterval); 2] {
        [
            (CountBy::Start, &mut self.by_start),
            (CountBy::Event, &mut self.by_event),
        ]
    }

    /// Returns rows in the order of the table, so that inserts append to it.
    pub(super) fn into_rows(self) -> Vec<QueueIntervalRow> {
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
pub(super) fn agent_rows(
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
