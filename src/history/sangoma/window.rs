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
    shelf::Shelf,
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
/// The same by agent.
type ByAgent = HashMap<(i64, i64), AgentCounters>;
/// What agents did, by their ids.
type People = BTreeMap<i64, Presence>;

/// Figures by queue and quarter, within the window.
#[derive(Default)]
struct Queues {
    by_start: ByQuarter,
    by_event: ByQuarter,
}

impl Facts<'_> {
    /// Of the window as much as `part`, but not which days it settles and sums.
    pub(super) fn reckon(
        &self,
        rows: &mut FactRows,
        window: Span,
        part: Part,
    ) -> Result<Reckoned, StoreError> {
        let mut stays = Stays::read((self.view, self.shelf), rows, self.meaning, window)?;
        let (agents, breakdowns) = match part {
            Part::Whole => {
                let agents = self.agents(rows, &mut stays, window)?;
                (agents, self.breakdowns(rows, &stays, window)?)
            }
            Part::Queues => {
                let from = (self.view, self.shelf);
                stays.end_talks(from, &mut rows.details, window)?;
                (Vec::new(), Vec::new())
            }
        };
        Ok(Reckoned {
            source: self.source.clone(),
            window: (window.start, window.end),
            part,
            queues: self.queues(rows, &stays, window)?,
            agents,
            breakdowns,
            days: Vec::new(),
            settled: Vec::new(),
        })
    }

    fn queues(
        &self,
        rows: &mut FactRows,
        stays: &Stays,
        window: Span,
    ) -> Result<Vec<QueueRow>, StoreError> {
        let mut queues = Queues::default();
        for stay in &stays.all {
            let limits = self.meaning.limits(stay.queue);
            for (by, counters) in queues.both() {
                count(&stay.contact, &limits, by, |at, change| {
                    if window.contains(at) {
                        change(counters.entry((stay.queue, quarter(at))).or_default());
                    }
                });
            }
        }
        for linked in surveys::of_window(self, rows, window)? {
            for (by, counters) in queues.both() {
                count_survey(&linked.survey, linked.joined, by, |at, change| {
                    if window.contains(at) {
                        change(counters.entry((linked.queue, quarter(at))).or_default());
                    }
                });
            }
        }
        Ok(queues.rows())
    }

    /// Ends the talks of `stays` too.
    fn agents(
        &self,
        rows: &mut FactRows,
        stays: &mut Stays,
        window: Span,
    ) -> Result<Vec<AgentRow>, StoreError> {
        let mut people = People::default();
        let mut agents = ByAgent::default();
        for WrapUp { agent, span } in stays.wrap_ups.values() {
            if let Some(agent) = agent {
                people.entry(*agent).or_default().wrap_up.push(*span);
            }
        }
        self.calls(rows, stays, &mut people, window)?;
        self.attempts(rows, &mut people, &mut agents, window)?;
        self.pauses(rows, &mut people, window)?;
        for stay in &stays.all {
            let Some(agent) = stay.agent else { continue };
            count_for_agent(&stay.contact, |at, change| {
                if window.contains(at) {
                    change(agents.entry((agent, quarter(at))).or_default());
                }
            });
            if let Some(talk) = stay.talk() {
                people.entry(agent).or_default().talk.push(talk);
            }
        }
        for (agent, presence) in people {
            measure(&presence, window, |at, change| {
                change(agents.entry((agent, at)).or_default());
            });
        }
        Ok(agent_rows(agents))
    }

    /// Logins, and what is known of calls: when those from queues ended, and which of
    /// the others an agent had.
    fn calls(
        &self,
        rows: &mut FactRows,
        stays: &mut Stays,
        people: &mut People,
        window: Span,
    ) -> Result<(), StoreError> {
        let (from, files) = ((self.view, self.shelf), around(window));
        let mut extensions: HashMap<Hashed, Vec<(Span, i64)>> = HashMap::new();
        rows.logins.within(from, files, |_, login| {
            let Login { agent, span, .. } = login;
            people.entry(agent).or_default().logged_in.push(span);
            if let Some(extension) = login.extension {
                extensions.entry(extension).or_default().push((span, agent));
            }
        })?;
        rows.details.within(from, files, |_, details| {
            stays.hear(&details);
            let Some(answered) = details.answered.filter(|_| !stays.has(&details)) else {
                return;
            };
            let Some(span) = Span::new(answered, details.end) else {
                return;
            };
            for number in details.numbers.into_iter().flatten() {
                for (login, agent) in extensions.get(&number).into_iter().flatten() {
                    if login.contains(answered) {
                        people.entry(*agent).or_default().other.push(span);
                    }
                }
            }
        })?;
        stays.complete();
        Ok(())
    }

    fn attempts(
        &self,
        rows: &mut FactRows,
        people: &mut People,
        agents: &mut ByAgent,
        window: Span,
    ) -> Result<(), StoreError> {
        let (from, files) = ((self.view, self.shelf), (window.start, window.end));
        rows.attempts.within(from, files, |_, attempt| {
            let Attempt { agent, start, .. } = attempt;
            if attempt.is_missed && window.contains(start) {
                let counters = agents.entry((agent, quarter(start))).or_default();
                counters.add(AgentCounter::Missed, 1);
            }
            if let Some(span) = attempt.end.and_then(|end| Span::new(start, end)) {
                people.entry(agent).or_default().ringing.push(span);
            }
        })
    }

    fn pauses(
        &self,
        rows: &mut FactRows,
        people: &mut People,
        window: Span,
    ) -> Result<(), StoreError> {
        let (from, files) = ((self.view, self.shelf), (window.start, window.end));
        rows.pauses.within(from, files, |_, pause| {
            let pauses = &mut people.entry(pause.agent).or_default().not_ready;
            pauses.entry(pause.code).or_default().push(pause.span);
        })
    }

    fn breakdowns(
        &self,
        rows: &mut FactRows,
        stays: &Stays,
        window: Span,
    ) -> Result<Vec<BreakdownRow>, StoreError> {
        let mut counts: HashMap<(NameClass, i64, i64, i64), i64> = HashMap::new();
        let began = |stay: &&Stay| window.contains(stay.contact.joined);
        let mut calls: HashMap<i64, (i64, i64)> = HashMap::new();
        for stay in stays.all.iter().filter(began) {
            let at = quarter(stay.contact.joined);
            calls.insert(stay.id, (at, stay.queue));
            for class in [NameClass::Reason, NameClass::Type, NameClass::EndBy] {
                if let Some(key) = stay.code(class) {
                    *counts.entry((class, at, stay.queue, key)).or_default() += 1;
                }
            }
        }
        // Issues have no time of their own: what counts is the file in which one came.
        let day = |at: i64| at.div_euclid(DAY);
        let days = day(window.start) - 1..=day(window.end) + LATE;
        rows.issues.each(
            (self.view, self.shelf),
            |file| file.day.is_none_or(|day| days.contains(&day)),
            |file, _, Issue { call, issue }| {
                let Some((at, queue)) = calls.get(&call) else {
                    return;
                };
                if file.day.is_none_or(|file| file <= day(*at) + LATE) {
                    let key = (NameClass::Issue, *at, *queue, issue);
                    *counts.entry(key).or_default() += 1;
                }
            },
        )?;
        let row = |((class, start, queue, key), contacts): ((NameClass, i64, i64, i64), i64)| {
            BreakdownRow {
                class,
                queue: queue.to_string(),
                start,
                key: key.to_string(),
                contacts,
            }
        };
        let mut rows: Vec<_> = counts.into_iter().map(row).collect();
        let place = |row: &BreakdownRow| (row.class.name(), row.start);
        rows.sort_unstable_by(|a, b| {
            (place(a), &a.queue, &a.key).cmp(&(place(b), &b.queue, &b.key))
        });
        Ok(rows)
    }
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

fn agent_rows(agents: ByAgent) -> Vec<AgentRow> {
    let row = |((agent, start), counters): ((i64, i64), AgentCounters)| AgentRow {
        agent: agent.to_string(),
        start,
        length: QUARTER,
        counters,
    };
    let mut rows: Vec<_> = agents.into_iter().map(row).collect();
    rows.sort_unstable_by(|a, b| (a.start, &a.agent).cmp(&(b.start, &b.agent)));
    rows
}
