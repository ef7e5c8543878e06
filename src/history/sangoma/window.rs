//! The facts of a window of time, folded into the figures of its quarters.

use std::collections::BTreeMap;

use foldhash::{HashMap, HashMapExt};

use crate::{
    domain::{AgentCounter, AgentCounters, CountBy, Counters, SourceId},
    history::intervals::{
        Presence, QUARTER, Span, count, count_for_agent, count_survey, measure, quarter,
    },
    store::{AgentRow, BreakdownRow, NameClass, Part, QueueRow, Reckoned, StoreError, View},
};

use super::{
    fact_rows::{Attempt, FactRows, Hashed, Issue, Login, WrapUp},
    meaning::Meaning,
    shelf::{Filed, Shelf},
    stays::{Stay, Stays, around},
    surveys,
};

const DAY: i64 = 86_400;
/// A call's issue counts when it comes at most so many days after the call.
pub(super) const LATE: i64 = 7;

/// What is needed besides the window itself.
pub(super) struct Facts<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) shelf: &'a Shelf,
    pub(super) meaning: &'a Meaning,
    pub(super) source: &'a SourceId,
}

/// By queue and the start of the quarter, in Unix seconds.
type ByQuarter = HashMap<(i64, i64), Counters>;
/// By agent, then by the start of the quarter.
type ByAgent = BTreeMap<i64, BTreeMap<i64, AgentCounters>>;
/// What agents did, by their ids.
type People = BTreeMap<i64, Presence>;

/// Figures by queue and quarter, within the window.
#[derive(Default)]
struct Queues {
    by_start: ByQuarter,
    by_event: ByQuarter,
}

/// What a window amounts to, while its rows come.
struct Sums<'a> {
    meaning: &'a Meaning,
    window: Span,
    part: Part,
    queues: Queues,
    agents: ByAgent,
    people: People,
    /// Contacts that began in the window, by their codes.
    codes: HashMap<(NameClass, i64, i64, i64), i64>,
    /// The quarter and the queue of each of those.
    calls: HashMap<i64, (i64, i64)>,
}

impl Facts<'_> {
    /// Of the window as much as `part`, but not which days it settles and sums.
    pub(super) fn reckon(
        &self,
        rows: &mut FactRows,
        window: Span,
        part: Part,
    ) -> Result<Reckoned, StoreError> {
        let from = (self.view, self.shelf);
        let mut sums = Sums::new(self.meaning, window, part);
        let add = |stay| sums.add(&stay);
        let stays = Stays::read(from, rows, self.meaning, window, add)?;
        match part {
            Part::Whole => {
                self.calls(rows, stays, &mut sums)?;
                self.attempts(rows, &mut sums)?;
                self.pauses(rows, &mut sums)?;
                self.issues(rows, &mut sums)?;
            }
            Part::Queues => {
                let add = |stay| sums.add(&stay);
                stays.end_by_details(from, &mut rows.details, window, add)?;
            }
        }
        for linked in surveys::of_window(self, rows, window)? {
            for (by, counters) in sums.queues.both() {
                count_survey(&linked.survey, linked.joined, by, |at, change| {
                    if window.contains(at) {
                        change(counters.entry((linked.queue, quarter(at))).or_default());
                    }
                });
            }
        }
        Ok(Reckoned {
            source: self.source.clone(),
            window: (window.start, window.end),
            part,
            breakdowns: breakdowns(sums.codes),
            queues: sums.queues.rows(),
            agents: agents(sums.agents, sums.people, window),
            days: Vec::new(),
            settled: Vec::new(),
        })
    }

    /// Logins, and what is known of calls: when those from queues ended, and which of
    /// the others an agent had.
    fn calls(
        &self,
        rows: &mut FactRows,
        mut stays: Stays,
        sums: &mut Sums<'_>,
    ) -> Result<(), StoreError> {
        let (from, files) = ((self.view, self.shelf), around(sums.window));
        for WrapUp { agent, span } in stays.wrap_ups() {
            if let Some(agent) = agent {
                sums.person(agent.get()).wrap_up.push(*span);
            }
        }
        let mut extensions: HashMap<Hashed, Vec<(Span, i64)>> = HashMap::new();
        rows.logins.within(from, files, |_, login| {
            let Login { agent, span, .. } = login;
            sums.person(agent).logged_in.push(span);
            if let Some(extension) = login.extension {
                extensions.entry(extension).or_default().push((span, agent));
            }
        })?;
        rows.details.within(from, files, |_, details| {
            stays.hear(&details);
            let Some(answered) = details.answered.filter(|_| !stays.has(&details)) else {
                return;
            };
            let answered = answered.get();
            let Some(span) = Span::new(answered, details.end) else {
                return;
            };
            for number in details.numbers.into_iter().flatten() {
                for (login, agent) in extensions.get(&number).into_iter().flatten() {
                    if login.contains(answered) {
                        sums.person(*agent).other.push(span);
                    }
                }
            }
        })?;
        stays.end(|stay| sums.add(&stay));
        Ok(())
    }

    fn attempts(&self, rows: &mut FactRows, sums: &mut Sums<'_>) -> Result<(), StoreError> {
        let window = sums.window;
        let (from, files) = ((self.view, self.shelf), (window.start, window.end));
        rows.attempts.within(from, files, |_, attempt| {
            let Attempt { agent, start, .. } = attempt;
            if attempt.is_missed && window.contains(start) {
                let quarters = sums.agents.entry(agent).or_default();
                let counters = quarters.entry(quarter(start)).or_default();
                counters.add(AgentCounter::Missed, 1);
            }
            if let Some(span) = attempt.end.and_then(|end| Span::new(start, end.get())) {
                sums.person(agent).ringing.push(span);
            }
        })
    }

    fn pauses(&self, rows: &mut FactRows, sums: &mut Sums<'_>) -> Result<(), StoreError> {
        let (from, window) = ((self.view, self.shelf), sums.window);
        rows.pauses
            .within(from, (window.start, window.end), |_, pause| {
                let pauses = &mut sums.person(pause.agent).not_ready;
                pauses.entry(pause.code).or_default().push(pause.span);
            })
    }

    /// Issues have no time of their own: what counts is the file in which one came.
    fn issues(&self, rows: &mut FactRows, sums: &mut Sums<'_>) -> Result<(), StoreError> {
        let day = |at: i64| at.div_euclid(DAY);
        let window = sums.window;
        let ids = sums.calls.keys();
        let Some((first, last)) = ids.clone().min().zip(ids.max()) else {
            return Ok(());
        };
        let ids = (*first, *last + 1);
        let is_in_time = |file: &Filed, last| file.since.is_none_or(|since| since <= last + LATE);
        let is_later = |file: &Filed| file.day.is_none_or(|file| day(window.start) - 1 <= file);
        rows.issues.of_calls(
            (self.view, self.shelf),
            ids,
            |file| is_later(file) && is_in_time(file, day(window.end)),
            |file, _, Issue { call, issue }| {
                let Some((at, queue)) = sums.calls.get(&call) else {
                    return;
                };
                if is_in_time(file, day(*at)) {
                    let key = (NameClass::Issue, *at, *queue, issue);
                    *sums.codes.entry(key).or_default() += 1;
                }
            },
        )
    }
}

impl<'a> Sums<'a> {
    fn new(meaning: &'a Meaning, window: Span, part: Part) -> Self {
        Self {
            meaning,
            window,
            part,
            queues: Queues::default(),
            agents: ByAgent::default(),
            people: People::default(),
            codes: HashMap::new(),
            calls: HashMap::new(),
        }
    }

    fn person(&mut self, agent: i64) -> &mut Presence {
        self.people.entry(agent).or_default()
    }

    /// Adds a stay whose end is known, as far as it ever will be.
    fn add(&mut self, stay: &Stay) {
        let window = self.window;
        let limits = self.meaning.limits(stay.queue);
        for (by, counters) in self.queues.both() {
            count(&stay.contact, &limits, by, |at, change| {
                if window.contains(at) {
                    change(counters.entry((stay.queue, quarter(at))).or_default());
                }
            });
        }
        if self.part == Part::Queues {
            return;
        }
        if window.contains(stay.contact.joined) {
            self.add_codes(stay);
        }
        let Some(agent) = stay.agent else { return };
        count_for_agent(&stay.contact, |at, change| {
            if window.contains(at) {
                let quarters = self.agents.entry(agent).or_default();
                change(quarters.entry(quarter(at)).or_default());
            }
        });
        if let Some(talk) = stay.talk() {
            self.person(agent).talk.push(talk);
        }
    }

    fn add_codes(&mut self, stay: &Stay) {
        let at = quarter(stay.contact.joined);
        self.calls.insert(stay.id, (at, stay.queue));
        for class in [NameClass::Reason, NameClass::Type, NameClass::EndBy] {
            if let Some(code) = stay.code(class) {
                *self.codes.entry((class, at, stay.queue, code)).or_default() += 1;
            }
        }
    }
}

fn breakdowns(codes: HashMap<(NameClass, i64, i64, i64), i64>) -> Vec<BreakdownRow> {
    let row =
        |((class, start, queue, key), contacts): ((NameClass, i64, i64, i64), i64)| BreakdownRow {
            class,
            queue: queue.to_string(),
            start,
            key: key.to_string(),
            contacts,
        };
    let mut rows: Vec<_> = codes.into_iter().map(row).collect();
    let place = |row: &BreakdownRow| (row.class.name(), row.start);
    rows.sort_unstable_by(|a, b| (place(a), &a.queue, &a.key).cmp(&(place(b), &b.queue, &b.key)));
    rows
}

impl Queues {
    fn both(&mut self) -> [(CountBy, &mut ByQuarter); 2] {
        [
            (CountBy::Start, &mut self.by_start),
            (CountBy::Event, &mut self.by_event),
        ]
    }

    /// In the order of the table, so that rows are appended to it.
    fn rows(self) -> Vec<QueueRow> {
        let mut rows = Vec::with_capacity(self.by_start.len() + self.by_event.len());
        for (by, counters) in [
            (CountBy::Start, self.by_start),
            (CountBy::Event, self.by_event),
        ] {
            let row = |((queue, start), counters): ((i64, i64), Counters)| QueueRow {
                queue: queue.to_string(),
                by,
                start,
                length: QUARTER,
                counters,
            };
            let begin = rows.len();
            rows.extend(counters.into_iter().map(row));
            rows[begin..].sort_unstable_by(|a, b| (a.start, &a.queue).cmp(&(b.start, &b.queue)));
        }
        rows
    }
}

/// The rows of agents, one agent after the other, so that little is there twice.
fn agents(mut counted: ByAgent, people: People, window: Span) -> Vec<AgentRow> {
    let mut rows = Vec::new();
    let mut add = |agent: i64, quarters: BTreeMap<i64, AgentCounters>| {
        rows.extend(quarters.into_iter().map(|(start, counters)| AgentRow {
            agent: agent.to_string(),
            start,
            length: QUARTER,
            counters,
        }));
    };
    for (agent, presence) in people {
        let mut quarters = counted.remove(&agent).unwrap_or_default();
        measure(&presence, window, |at, change| {
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
