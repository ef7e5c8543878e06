//! A queue or a group at the start of a turn, and the pool that its forecast begins with.

use std::collections::HashMap;

use wallboard_domain::{ForecastGap, QueueId, QueueTarget};
use wallboard_forecast::{
    AgentPool, ExpectedArrivals, POOL_QUEUES_MAX, PoolAgent, QueueForecast, StaffingOutlook,
    forecast_queue,
};

use super::{
    Calibration, ForecastBasis,
    counted_agents::CountedAgents,
    live_pool::{LiveQueue, NeighborLoad, PresentAgent, SharedAgents, build_pool},
    queue_load::QueueLoad,
};

/// The part of a queue's signed-in agents who must be known one by one, or they are only counted.
const KNOWN_SHARE: f64 = 0.9;

/// The queues of a turn.
pub(super) type ObservedQueues = HashMap<QueueId, ObservedQueue>;

pub(super) struct ObservedQueue {
    pub(super) target: QueueTarget,
    pub(super) counted: Option<CountedAgents>,
    pub(super) load: Option<QueueLoad>,
    pub(super) slots: u32,
    /// No contact of it is known, neither of the past nor of today.
    pub(super) is_unused: bool,
    pub(super) calibration: Calibration,
    pub(super) state: Result<(LiveQueue, StaffingOutlook), ForecastGap>,
}

pub(super) struct ObservedGroup {
    pub(super) id: QueueId,
    /// Its queues that are open.
    pub(super) members: Vec<QueueId>,
    /// Why it can't have a forecast now.
    pub(super) gap: Option<ForecastGap>,
}

/// The pool of a forecast, with the contacts and targets of its queues.
pub(super) struct ForecastInput {
    pool: AgentPool,
    arrivals: ExpectedArrivals,
    targets: Vec<QueueTarget>,
    /// `None` if agents are only counted.
    pub(super) shared: Option<SharedAgents>,
    /// `None` of a group.
    pub(super) basis: Option<ForecastBasis>,
}

impl ForecastInput {
    pub(super) fn forecast(&self, length_s: f64) -> Result<QueueForecast, ForecastGap> {
        let forecast = forecast_queue(&self.pool, self.arrivals, &self.targets, length_s);
        Ok(forecast?)
    }
}

impl ObservedQueue {
    pub(super) fn build_input(
        &self,
        id: &QueueId,
        queues: &ObservedQueues,
        agents: &[PresentAgent],
    ) -> Result<ForecastInput, ForecastGap> {
        let (live, staffing) = self.state.as_ref().map_err(|gap| *gap)?;
        let (pool, shared) = if let Some(counted) = self.find_counted(id, agents)? {
            let pool = AgentPool {
                queues: vec![live.pool_queue(1.0)],
                agents: counted,
                staffing: *staffing,
            };
            (pool, None)
        } else {
            let find = |id: &QueueId| neighbor_load(queues, id);
            let (pool, shared) = build_pool(&[(id, live)], find, agents, *staffing);
            (pool, Some(shared))
        };
        Ok(ForecastInput {
            pool,
            arrivals: live.arrivals,
            targets: vec![self.target],
            shared,
            basis: Some(live.basis),
        })
    }

    /// Returns the agents by the queue's own figures; `None` if they are known one by one. Where neither says who is
    /// here now, nobody knows.
    fn find_counted(
        &self,
        id: &QueueId,
        agents: &[PresentAgent],
    ) -> Result<Option<Vec<PoolAgent>>, ForecastGap> {
        let mine = || agents.iter().filter(|agent| agent.serves(id));
        let known = mine().filter(|agent| agent.has_current_status()).count();
        let current = mine().filter(|agent| agent.is_current()).count();
        let by_load = || Some(self.load?.pool_agents(id, agents, self.slots));
        let counted = self.counted.map(|counted| counted.pool_agents(self.slots));
        match counted.or_else(by_load) {
            Some(counted) if is_few(known, counted.len()) => Ok(Some(counted)),
            None if is_few(current, mine().count()) => Err(ForecastGap::OutOfDate),
            None if known == 0 => Err(ForecastGap::UnknownAgents),
            _ => Ok(None),
        }
    }
}

impl ObservedGroup {
    /// Returns what all queues of the group have together. Agents who are only counted may serve several of
    /// them, so that their number is unknown.
    pub(super) fn build_input(
        &self,
        queues: &ObservedQueues,
        agents: &[PresentAgent],
    ) -> Result<ForecastInput, ForecastGap> {
        if let Some(gap) = self.gap {
            return Err(gap);
        }
        if POOL_QUEUES_MAX < self.members.len() {
            return Err(ForecastGap::SeveralQueues);
        }
        let mut subjects = Vec::with_capacity(self.members.len());
        let mut outlooks = Vec::with_capacity(self.members.len());
        let mut targets = Vec::with_capacity(self.members.len());
        for id in &self.members {
            let queue = queues.get(id).ok_or(ForecastGap::HiddenQueue)?;
            let (live, staffing) = queue.state.as_ref().map_err(|gap| *gap)?;
            if queue.find_counted(id, agents)?.is_some() {
                return Err(ForecastGap::UnknownSharing);
            }
            subjects.push((id, live));
            outlooks.push((live.arrivals.mean, *staffing));
            targets.push(queue.target);
        }
        let staffing = mean_staffing(&outlooks);
        let find = |id: &QueueId| neighbor_load(queues, id);
        let (pool, shared) = build_pool(&subjects, find, agents, staffing);
        Ok(ForecastInput {
            pool,
            arrivals: ExpectedArrivals::sum(subjects.iter().map(|(_, queue)| queue.arrivals)),
            targets,
            shared: Some(shared),
            basis: None,
        })
    }
}

/// Returns the contacts of a queue that shares agents with others, as far as they're known.
fn neighbor_load<'q>(queues: &'q ObservedQueues, id: &QueueId) -> NeighborLoad<'q> {
    match queues.get(id).map(|queue| (&queue.state, queue.is_unused)) {
        Some((Ok((live, _)), _)) => NeighborLoad::Model(live),
        Some((Err(ForecastGap::Closed), _) | (Err(_), true)) => NeighborLoad::None,
        Some((Err(_), false)) | None => NeighborLoad::Unknown,
    }
}

/// The mean outlook of several queues, by their contacts.
fn mean_staffing(outlooks: &[(f64, StaffingOutlook)]) -> StaffingOutlook {
    let arrivals: f64 = outlooks.iter().map(|(arrivals, _)| arrivals).sum();
    if arrivals <= 0.0 {
        return StaffingOutlook::default();
    }
    let mean = |value: fn(&StaffingOutlook) -> f64| {
        let weighted = outlooks
            .iter()
            .map(|(weight, outlook)| weight * value(outlook));
        weighted.sum::<f64>() / arrivals
    };
    StaffingOutlook {
        end_ratio: mean(|outlook| outlook.end_ratio),
        pause_share: mean(|outlook| outlook.pause_share),
        pause_s: mean(|outlook| outlook.pause_s),
    }
}

/// Whether so few of a queue's agents are known one by one that the others would be missed.
#[expect(clippy::cast_precision_loss, reason = "numbers of agents")]
fn is_few(known: usize, counted: usize) -> bool {
    (known as f64) < counted as f64 * KNOWN_SHARE
}
