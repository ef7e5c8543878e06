//! A queue as it is now: its agents, their other queues, and who waits.

use std::collections::HashMap;

use wallboard_domain::{AgentStatus, Metric, MetricValue, Moment, QueueId, moment};
use wallboard_forecast::{
    AgentPool, ExpectedArrivals, HandleTime, HandledContacts, OpenContact, POOL_QUEUES_MAX,
    PoolAgent, PoolQueue, StaffingOutlook,
};
use wallboard_live::{AgentPresence, Freshness, QueueSnapshot, Snapshot};

use super::{ForecastBasis, handled_notes::handled_contacts};

/// The most agents of a queue, and contacts that wait in it.
const COUNT_MAX: f64 = 10_000.0;

/// An agent who is signed in, with the queues that this agent serves.
pub(super) struct PresentAgent {
    queues: Vec<QueueId>,
    slots: u32,
    /// Whether its status is up to date. Otherwise, it may no longer serve these queues.
    is_current: bool,
    is_paused: bool,
    /// Its source reports a status, so that it is here also without a contact.
    has_status: bool,
    contacts: Vec<PresentContact>,
}

struct PresentContact {
    queue: Option<QueueId>,
    /// Whether it is over but for the wrap-up.
    is_wrap_up: bool,
    elapsed_s: Option<f64>,
}

/// The agents of a forecast, and how many of them serve which other queues too, most first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SharedAgents {
    pub agents: u32,
    pub others: Vec<(QueueId, u32)>,
    /// Other queues whose contacts are unknown, so that they aren't simulated: what is forecast is the best case.
    pub unmodeled: Vec<QueueId>,
}

/// The contacts of another queue that a pool's agents serve, as far as they're known.
#[derive(Clone, Copy)]
pub(super) enum NeighborLoad<'q> {
    Model(&'q LiveQueue),
    /// It is closed, or was never used.
    None,
    Unknown,
}

/// A queue of a pool, before the pool's share of it is known.
pub(super) struct LiveQueue {
    pub(super) basis: ForecastBasis,
    pub(super) arrivals: ExpectedArrivals,
    pub(super) handle_time: HandleTime,
    pub(super) patience_s: f64,
    pub(super) answer_delay_s: f64,
    pub(super) waiting_s: Vec<f64>,
}

/// Returns everybody who was signed in last, each person once. `slots`: the most cases that an agent of a queue
/// has at once.
pub(super) fn present_agents(
    snapshot: &Snapshot,
    now: Moment,
    slots: impl Fn(&QueueId) -> u32,
) -> Vec<PresentAgent> {
    let presences = snapshot.all_presences(now);
    let present = presences.iter().filter(|presence| {
        !matches!(
            presence.status,
            AgentStatus::LoggedOut | AgentStatus::Unknown
        )
    });
    present
        .map(|presence| PresentAgent::new(presence, now, &slots))
        .collect()
}

impl PresentAgent {
    fn new(presence: &AgentPresence<'_>, now: Moment, slots: &impl Fn(&QueueId) -> u32) -> Self {
        let agents = &presence.agents;
        let mut queues: Vec<QueueId> = (agents.iter())
            .flat_map(|agent| agent.queues.iter().chain(&agent.case_queues))
            .cloned()
            .collect();
        queues.sort_unstable();
        queues.dedup();
        let mut contacts: Vec<PresentContact> = (agents.iter())
            .filter(|agent| agent.report.is_none())
            .flat_map(|agent| {
                (0..agent.cases as usize).map(|index| PresentContact {
                    queue: agent
                        .case_queues
                        .get(index)
                        .or(agent.case_queues.last())
                        .cloned(),
                    is_wrap_up: false,
                    elapsed_s: None,
                })
            })
            .collect();
        let is_busy = matches!(
            presence.status,
            AgentStatus::Talking
                | AgentStatus::Hold
                | AgentStatus::Ringing
                | AgentStatus::WrapUp
                | AgentStatus::Busy
        );
        if is_busy && contacts.is_empty() {
            let since = presence
                .since
                .map(|since| moment::millis_between(since, now.wall));
            #[expect(clippy::cast_precision_loss, reason = "some hours at most")]
            let elapsed_s = since.map(|millis| millis.max(0) as f64 / 1000.0);
            contacts.push(PresentContact {
                queue: None,
                is_wrap_up: presence.status == AgentStatus::WrapUp,
                elapsed_s,
            });
        }
        let queues_of_cases = (agents.iter())
            .filter(|agent| agent.report.is_none())
            .flat_map(|agent| agent.queues.iter().chain(&agent.case_queues));
        let has_old_cases = (presence.open_cases()).is_some_and(|cases| 0 < cases)
            && presence.cases_freshness != Freshness::UpToDate;
        Self {
            queues,
            slots: queues_of_cases.map(slots).max().unwrap_or(1),
            is_current: presence.freshness == Freshness::UpToDate && !has_old_cases,
            is_paused: presence.status == AgentStatus::NotReady,
            has_status: presence.has_reported_status(),
            contacts,
        }
    }

    pub(super) fn is_current(&self) -> bool {
        self.is_current
    }

    /// Whether it is known to be here now, also without a contact.
    pub(super) fn has_current_status(&self) -> bool {
        self.is_current && self.has_status
    }

    /// Whether it is known to be here now, by its contacts alone.
    pub(super) fn has_only_contacts(&self) -> bool {
        self.is_current && !self.has_status
    }

    pub(super) fn serves(&self, queue: &QueueId) -> bool {
        self.queues.contains(queue)
    }

    pub(super) fn contact_count(&self) -> usize {
        self.contacts.len()
    }

    pub(super) fn contacts_in(&self, queue: &QueueId) -> usize {
        let queues = self.contacts.iter().filter_map(|one| one.queue.as_ref());
        queues.filter(|one| *one == queue).count()
    }
}

impl LiveQueue {
    /// Returns how long contacts have waited in a queue, as far as it is known: how many there are and
    /// the longest wait. `None` if it isn't known how many wait.
    pub(super) fn waiting_s(
        snapshot: &Snapshot,
        queue: &QueueSnapshot,
        now: Moment,
    ) -> Option<Vec<f64>> {
        let count = current_count(snapshot, queue, Metric::Waiting, now)?;
        let longest_s = current(snapshot, queue, Metric::LongestWait, now).unwrap_or_default();
        let share = |index: u32| 1.0 - f64::from(index) / f64::from(count);
        Some((0..count).map(|index| longest_s * share(index)).collect())
    }

    /// Returns what was handled today, if that is known: as we count it, or else by the vendor's mean.
    pub(super) fn handled_today(
        snapshot: &Snapshot,
        queue: &QueueSnapshot,
        now: Moment,
    ) -> Option<HandledContacts> {
        let mean_s = current(snapshot, queue, Metric::AverageHandleTime, now)?;
        if queue.provided_metrics.is_none() {
            return handled_contacts(&queue.today.counters);
        }
        let answered = current(snapshot, queue, Metric::Answered, now)?;
        Some(HandledContacts::of_mean(answered, mean_s))
    }
}

/// A figure that is up to date.
pub(super) fn current(
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    metric: Metric,
    now: Moment,
) -> Option<f64> {
    let figure = snapshot.queue_figure(queue, metric, now)?;
    let is_current = figure.freshness == Freshness::UpToDate;
    figure
        .value
        .filter(|_| is_current)
        .map(MetricValue::as_number)
}

/// A number of agents or waiting contacts that is up to date; a false one doesn't fill the memory.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of people, and a cast of a float saturates"
)]
pub(super) fn current_count(
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    metric: Metric,
    now: Moment,
) -> Option<u32> {
    let number = current(snapshot, queue, metric, now)?;
    Some(number.min(COUNT_MAX) as u32)
}

/// Returns the pool of queues whose agents are known: those of a group, or one. `find`: the contacts of another queue.
pub(super) fn build_pool<'q>(
    subjects: &[(&QueueId, &LiveQueue)],
    find: impl Fn(&QueueId) -> NeighborLoad<'q>,
    agents: &[PresentAgent],
    staffing: StaffingOutlook,
) -> (AgentPool, SharedAgents) {
    let is_subject = |id: &QueueId| subjects.iter().any(|(subject, _)| *subject == id);
    let mine: Vec<&PresentAgent> = agents
        .iter()
        .filter(|agent| agent.is_current && agent.queues.iter().any(is_subject))
        .collect();
    let mut others: HashMap<&QueueId, u32> = HashMap::new();
    for id in mine.iter().flat_map(|agent| &agent.queues) {
        if !is_subject(id) {
            *others.entry(id).or_default() += 1;
        }
    }
    let mut others: Vec<(&QueueId, u32)> = others.into_iter().collect();
    others.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let mut neighbors = Vec::new();
    let mut unmodeled = Vec::new();
    for (id, mine) in &others {
        let has_room = neighbors.len() + subjects.len() < POOL_QUEUES_MAX;
        match find(id) {
            NeighborLoad::Model(queue) if has_room => neighbors.push((*id, *mine, queue)),
            NeighborLoad::None => {}
            _ => unmodeled.push(QueueId::clone(id)),
        }
    }
    let shared = SharedAgents {
        unmodeled,
        agents: u32::try_from(mine.len()).unwrap_or(u32::MAX),
        others: (others.iter().take(POOL_QUEUES_MAX))
            .map(|(id, count)| (QueueId::clone(id), *count))
            .collect(),
    };
    let index_of = |id: &QueueId| {
        let ids = subjects.iter().map(|(id, _)| *id);
        ids.chain(neighbors.iter().map(|(id, ..)| *id))
            .position(|other| other == id)
    };
    let handle_s = subjects.iter().map(|(_, queue)| queue.handle_time.mean_s);
    #[expect(clippy::cast_precision_loss, reason = "some queues")]
    let handle_s = handle_s.sum::<f64>() / subjects.len() as f64;
    let mut queues: Vec<PoolQueue> = (subjects.iter())
        .map(|(_, queue)| queue.pool_queue(1.0))
        .collect();
    for (id, mine, queue) in &neighbors {
        let theirs = agents.iter().filter(|agent| agent.serves(id)).count();
        let theirs = u32::try_from(theirs).unwrap_or(u32::MAX).max(1);
        queues.push(queue.pool_queue(f64::from(*mine) / f64::from(theirs)));
    }
    let agents = mine.iter().map(|agent| {
        let bits = agent.queues.iter().filter_map(index_of);
        let contacts = agent.contacts.iter().map(|contact| OpenContact {
            queue: contact.queue.as_ref().and_then(index_of),
            elapsed_s: contact.elapsed_s.map(|elapsed_s| {
                let talk_s = if contact.is_wrap_up { handle_s } else { 0.0 };
                talk_s + elapsed_s
            }),
        });
        PoolAgent {
            queues: bits.fold(0, |bits, index| bits | 1 << index),
            slots: agent.slots,
            contacts: contacts.collect(),
            is_paused: agent.is_paused,
            idle_s: 0.0,
        }
    });
    let pool = AgentPool {
        agents: agents.collect(),
        queues,
        staffing,
    };
    (pool, shared)
}

impl LiveQueue {
    pub(super) fn pool_queue(&self, share: f64) -> PoolQueue {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            clippy::cast_sign_loss,
            reason = "a number of contacts"
        )]
        let waiting = (self.waiting_s.len() as f64 * share).round() as usize;
        PoolQueue {
            arrivals: self.arrivals.mean * share,
            arrival_shape: self.arrivals.shape,
            handle_time: self.handle_time,
            patience_s: self.patience_s,
            answer_delay_s: self.answer_delay_s,
            // Histories say who missed a contact, but not of which queue.
            missed_share: 0.0,
            waiting_s: self.waiting_s[..waiting].to_vec(),
        }
    }
}
