//! All cases that are remembered, what each has been counted as, and who has
//! which. Changing a case takes back what it had counted and counts it anew.

use std::collections::{BTreeSet, HashSet};

use jiff::Timestamp;

use crate::domain::{AgentId, CaseId, Counter, QueueId, Site, SourceId};
use crate::live::picture::{Case, CaseState, Map};

use super::{
    count::{self, Verdict},
    days::{Days, Entry, Key},
    life::{Leg, Life},
    step::Step,
    talks::Talks,
};

/// Closed cases are remembered for this long, in seconds …
const REMEMBER: i64 = 48 * 3600;
/// … and cases of one kind (settled, or going on) up to this many: two days of a large
/// center. With what the picture shows of it a case takes about 2 kB, so each kind up to 100 MB.
const MOST: usize = 50_000;

#[derive(Debug, Default)]
pub(crate) struct File {
    pub(crate) steps: Vec<Step>,
    pub(crate) verdict: Verdict,
    /// It must have ended unseen: its queue talks to nobody.
    pub(crate) presumed_ended: bool,
}

impl File {
    pub(crate) fn life(&self, source: &SourceId, site: &Site) -> Life {
        let setup = site.source(source);
        Life::of(&self.steps, |life| {
            let map = &setup?.queue_of;
            let to = [&life.solution, &life.case_type]
                .into_iter()
                .flatten()
                .find_map(|id| map.get(id.as_ref()))?;
            Some(QueueId::new(source, to))
        })
    }

    pub(crate) fn last(&self) -> Option<&Step> {
        self.steps.last()
    }

    pub(crate) fn state(&self, life: &Life) -> CaseState {
        match life.state() {
            CaseState::Waiting | CaseState::Open if self.presumed_ended => CaseState::Closed,
            CaseState::Waiting | CaseState::Open if self.verdict.unconfirmed => {
                CaseState::Unconfirmed
            }
            CaseState::Waiting if self.verdict.abandoned => CaseState::Abandoned,
            state => state,
        }
    }
}

/// What a change touched, to be shown.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    pub(crate) books: Vec<Key>,
    pub(crate) agents: Vec<AgentId>,
    pub(crate) case: Option<Case>,
}

/// Where a case stands in the indexes.
#[derive(Clone, Debug)]
struct Standing {
    state: CaseState,
    agent: Option<AgentId>,
    /// Who talks with it, where it is open or may be; few of those remembered are.
    talking: Option<Box<Leg>>,
    /// Queue entry of who waits, else the last event; on our clock.
    on: Timestamp,
}

#[derive(Debug, Default)]
pub(crate) struct Cases {
    pub(crate) days: Days,
    files: Map<CaseId, File>,
    standings: Map<CaseId, Standing>,
    /// Who waits and counts as waiting, the longest first.
    pub(crate) waiting: Map<SourceId, BTreeSet<(Timestamp, CaseId)>>,
    pub(crate) talks: Talks,
    /// Who may talk still: of the unconfirmed, those that were open.
    pub(crate) doubted: Talks,
    pub(crate) unconfirmed: Map<SourceId, HashSet<CaseId>>,
    settled: BTreeSet<(Timestamp, CaseId)>,
}

impl Cases {
    pub(crate) fn file(&self, id: &CaseId) -> Option<&File> {
        self.files.get(id)
    }

    /// Changes one case by `change`; nothing is counted again where it says that
    /// nothing changed.
    pub(crate) fn change(
        &mut self,
        id: &CaseId,
        site: &Site,
        change: impl FnOnce(&mut File) -> bool,
    ) -> Touched {
        let mut file = self.files.remove(id).unwrap_or_default();
        let before = self.entries(&file, &file.life(&id.source, site), id, site);
        if !change(&mut file) {
            if !file.steps.is_empty() {
                self.files.insert(id.clone(), file);
            }
            return Touched::default();
        }

        for entry in &before {
            self.days.take_back(entry, site);
        }
        let gone = self.leave(id);
        let life = file.life(&id.source, site);
        file.verdict.not_queued = is_not_queued(&life, &id.source, site);
        let after = self.entries(&file, &life, id, site);
        for entry in &after {
            self.days.add(entry, site);
        }
        let case = picture(id, &file, &life);
        let agent = self.enter(id, &case, &file, &life);
        if matches!(case.state, CaseState::Closed | CaseState::Abandoned) {
            file.steps.shrink_to_fit();
        }
        self.files.insert(id.clone(), file);

        Touched {
            books: each_once(before.into_iter().chain(after).map(|e| e.key)),
            agents: each_once([gone, agent].into_iter().flatten()),
            case: Some(case),
        }
    }

    /// Counts and places everything anew, after the settings have changed. Who
    /// waits too long is looked at again by other targets; cases of a source that
    /// is no more are forgotten.
    pub(crate) fn recount(&mut self, now: Timestamp, site: &Site) -> Vec<Case> {
        self.days.clear(now, &site.zone);
        let files = std::mem::take(&mut self.files);
        let mut cases = Vec::with_capacity(files.len());
        for (id, mut file) in files {
            self.leave(&id);
            if site.source(&id.source).is_none() {
                continue;
            }
            let life = file.life(&id.source, site);
            file.verdict.not_queued = is_not_queued(&life, &id.source, site);
            file.verdict.late_in_queue = false;
            file.verdict.late_on_site = false;
            for entry in self.entries(&file, &life, &id, site) {
                self.days.add(&entry, site);
            }
            let case = picture(&id, &file, &life);
            self.enter(&id, &case, &file, &life);
            self.files.insert(id, file);
            cases.push(case);
        }
        cases
    }

    fn entries(&mut self, file: &File, life: &Life, id: &CaseId, site: &Site) -> Vec<Entry> {
        count::entries(life, file.verdict, &id.source, |key| {
            self.days.target(key, site)
        })
    }

    fn enter(&mut self, id: &CaseId, case: &Case, file: &File, life: &Life) -> Option<AgentId> {
        let last = file.last().map(|step| step.placed).unwrap_or_default();
        let entered = life.waiting().and_then(|stay| stay.entered);
        let may_talk = matches!(case.state, CaseState::Open | CaseState::Unconfirmed);
        let standing = Standing {
            state: case.state,
            agent: case.agent.clone(),
            talking: life.talking().filter(|_| may_talk).cloned().map(Box::new),
            on: entered.unwrap_or(last),
        };
        match standing.state {
            CaseState::Waiting if !file.verdict.not_queued => {
                let waiting = self.waiting.entry(id.source.clone()).or_default();
                waiting.insert((standing.on, id.clone()));
            }
            CaseState::Open => {
                if let Some(leg) = &standing.talking {
                    self.talks.begin(id, leg);
                }
            }
            CaseState::Unconfirmed => {
                let set = self.unconfirmed.entry(id.source.clone()).or_default();
                set.insert(id.clone());
                if let Some(leg) = &standing.talking {
                    self.doubted.begin(id, leg);
                }
            }
            CaseState::Closed | CaseState::Abandoned => {
                self.settled.insert((standing.on, id.clone()));
            }
            CaseState::Waiting => {}
        }
        let agent = standing.agent.clone();
        self.standings.insert(id.clone(), standing);
        agent
    }

    /// Takes a case out of the indexes; returns who had it.
    fn leave(&mut self, id: &CaseId) -> Option<AgentId> {
        let standing = self.standings.remove(id)?;
        let place = (standing.on, id.clone());
        if let Some(waiting) = self.waiting.get_mut(&id.source) {
            waiting.remove(&place);
        }
        if let Some(set) = self.unconfirmed.get_mut(&id.source) {
            set.remove(id);
        }
        self.settled.remove(&place);
        if let Some(leg) = &standing.talking {
            let talks = match standing.state {
                CaseState::Unconfirmed => &mut self.doubted,
                _ => &mut self.talks,
            };
            talks.end(id, leg);
        }
        standing.agent
    }

    /// Forgets what is long over, and what is beyond all bounds. What it has
    /// counted stays counted. Returns the cases to take off the picture.
    pub(crate) fn forget(&mut self, now: Timestamp) -> Vec<CaseId> {
        let mut gone = Vec::new();
        while let Some((on, _)) = self.settled.first() {
            let old = now.as_second() - on.as_second() > REMEMBER;
            if !old && self.settled.len() <= MOST {
                break;
            }
            gone.extend(self.settled.pop_first().map(|(_, id)| id));
        }
        let going_on = self.files.len() - gone.len() - self.settled.len();
        if going_on > MOST {
            let mut live: Vec<(Timestamp, CaseId)> = self
                .standings
                .iter()
                .filter(|(_, s)| !matches!(s.state, CaseState::Closed | CaseState::Abandoned))
                .map(|(id, s)| (s.on, id.clone()))
                .collect();
            live.sort_unstable();
            gone.extend(live.into_iter().take(going_on - MOST).map(|(_, id)| id));
        }
        for id in &gone {
            self.leave(id);
            self.files.remove(id);
        }
        gone
    }

    /// Contacts of today whose queue was not known when they entered.
    pub(crate) fn unplaced_today(&self, source: &SourceId) -> i64 {
        let unplaced = self.days.today(&Key::Unplaced(source.clone()));
        unplaced.count(Counter::Offered)
    }

    /// All of a source that go on, confirmed or not.
    pub(crate) fn going_on(&self, source: &SourceId) -> Vec<CaseId> {
        self.standings
            .iter()
            .filter(|(id, standing)| {
                id.source == *source
                    && matches!(standing.state, CaseState::Waiting | CaseState::Open)
            })
            .map(|(id, _)| id.clone())
            .collect()
    }
}

/// The few that a change touches, before and after it.
fn each_once<T: PartialEq>(touched: impl Iterator<Item = T>) -> Vec<T> {
    let mut once = Vec::new();
    for one in touched {
        if !once.contains(&one) {
            once.push(one);
        }
    }
    once
}

fn is_not_queued(life: &Life, source: &SourceId, site: &Site) -> bool {
    let solution = life.solution.as_deref();
    site.source(source).is_some_and(|setup| {
        setup
            .not_queued
            .iter()
            .any(|id| Some(id.as_str()) == solution)
    })
}

fn picture(id: &CaseId, file: &File, life: &Life) -> Case {
    let closed_at = if life.state() == CaseState::Closed {
        life.closed_at
    } else {
        None
    };
    Case {
        id: id.clone(),
        state: file.state(life),
        queue: life.queue().cloned(),
        agent: life.agent().cloned(),
        created_at: life.created_at,
        opened_at: life.first_opening(),
        closed_at,
        outcome: life.outcome,
        closure: life.closure.clone(),
        transfers: life.transfers.clone(),
        waits_since: life.waiting().and_then(|stay| stay.entered_at),
        reopened: life.reopened,
        opportunity: life.opportunity.clone(),
        solution: life.solution.clone(),
        case_type: life.case_type.clone(),
        transcript: life.transcript,
    }
}
