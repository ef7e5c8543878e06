//! The forecast of a queue or a group: contacts, service level and longest wait, with the agents who are there
//! and with some more or fewer.

use wallboard_domain::{ForecastGap, QueueTarget, ServiceLevelFormula};

use super::{
    agent_pool::{AgentPool, PoolAgent, PoolQueue},
    arrival_model::ExpectedArrivals,
    erlang_c::ErlangC,
    forecast_range::ForecastRange,
    simulation::simulate_period,
};

/// Simulated half hours for each number of agents.
const RUNS: u64 = 110;
/// The most steps of a simulated event: agents looked at. Larger pools have fewer runs.
const WORK_MAX: f64 = 400_000.0;
const RUNS_MIN: u64 = 30;
/// The most agents that a forecast asks for.
const MISSING_MAX: u32 = 40;

/// A queue's forecast from now until the end of a period.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueForecast {
    /// Contacts that arrive.
    pub contacts: ForecastRange,
    pub outlook: ServiceOutlook,
    /// The same with one agent fewer, one more and two more. `None` without anybody to spare.
    pub with_one_less: Option<ServiceOutlook>,
    pub with_one_more: ServiceOutlook,
    pub with_two_more: ServiceOutlook,
    /// The service level to reach, in percent: of several queues, what they reach together if each
    /// reaches its own.
    pub goal_percent: f64,
    /// How many more agents reach it; `None` if forty don't.
    pub missing_agents: Option<u32>,
    /// The agents who are here and aren't on a break.
    pub agents: u32,
    /// The agents that Erlang C requires for the expected contacts.
    pub erlang_agents: u32,
}

/// Service level and longest wait with a number of agents.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ServiceOutlook {
    /// In percent, of the contacts that are answered or leave until the end; `None` if hardly any
    /// are expected.
    pub service_level: Option<ForecastRange>,
    /// Of all who wait until the end, in seconds.
    pub longest_wait_s: ForecastRange,
}

/// The reason why a queue has no forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoForecast {
    /// Fewer than three past days of this weekday are known.
    FewDays,
    /// Fewer contacts are expected than a range could be made of.
    FewContacts,
    /// Nobody serves the queue.
    NoAgents,
    /// No contact was handled in the last weeks.
    UnknownHandleTime,
}

impl From<NoForecast> for ForecastGap {
    fn from(reason: NoForecast) -> Self {
        match reason {
            NoForecast::FewDays => Self::FewDays,
            NoForecast::FewContacts => Self::FewContacts,
            NoForecast::NoAgents => Self::NoAgents,
            NoForecast::UnknownHandleTime => Self::UnknownHandleTime,
        }
    }
}

/// The fewest expected contacts of a forecast.
const CONTACTS_MIN: f64 = 2.0;

/// Forecasts the first queues of a pool over `length_s` seconds, all together. `arrivals`: of all of
/// them; `targets`: of each. The same input gives the same forecast.
pub fn forecast_queue(
    pool: &AgentPool,
    arrivals: ExpectedArrivals,
    targets: &[QueueTarget],
    length_s: f64,
) -> Result<QueueForecast, NoForecast> {
    if arrivals.mean < CONTACTS_MIN {
        return Err(NoForecast::FewContacts);
    }
    let contacts = arrivals.range().ok_or(NoForecast::FewContacts)?;
    let run = |change: i32, runs: u64| {
        let pool = pool.with_change(change, targets.len())?;
        simulate_outlook(&pool, targets, length_s, runs)
    };
    let outlook = run(0, RUNS).ok_or(NoForecast::NoAgents)?;
    let with_one_more = run(1, RUNS).ok_or(NoForecast::NoAgents)?;
    let with_two_more = run(2, RUNS).ok_or(NoForecast::NoAgents)?;
    let goal_percent = pool.goal_percent(targets);
    let required_slots = required_slots(pool, arrivals, targets, length_s);
    let reaches = |outlook: &ServiceOutlook| {
        let middle = outlook.service_level.map(|range| range.middle);
        middle.is_none_or(|middle| goal_percent <= middle)
    };
    let missing_agents = if reaches(&outlook) {
        Some(0)
    } else if reaches(&with_one_more) {
        Some(1)
    } else if reaches(&with_two_more) {
        Some(2)
    } else {
        let here: u32 = pool
            .agents_of_first(targets.len())
            .map(|agent| agent.slots)
            .sum();
        let guess = required_slots.saturating_sub(here);
        let is_enough = |change: u32| {
            let outlook = run(change.cast_signed(), RUNS / 2);
            outlook.as_ref().is_some_and(reaches)
        };
        find_fewest(3, guess, is_enough)
    };
    Ok(QueueForecast {
        contacts,
        outlook,
        with_one_less: run(-1, RUNS),
        with_one_more,
        with_two_more,
        goal_percent,
        missing_agents,
        agents: pool.count_working(targets.len()),
        erlang_agents: required_slots.div_ceil(pool.slots_of_first(targets.len())),
    })
}

/// Simulates a pool often, each time with the seed of its turn, so that other numbers of agents
/// meet the same contacts.
fn simulate_outlook(
    pool: &AgentPool,
    targets: &[QueueTarget],
    length_s: f64,
    runs: u64,
) -> Option<ServiceOutlook> {
    if !pool
        .agents
        .iter()
        .any(|agent| agent.serves_first(targets.len()))
    {
        return None;
    }
    let arrivals: f64 = pool.queues.iter().map(|queue| queue.arrivals).sum();
    #[expect(clippy::cast_precision_loss, reason = "thousands of agents at most")]
    let work = arrivals * pool.agents.len() as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "within the range of a number of runs"
    )]
    let affordable = (WORK_MAX / work.max(1.0)).min(1e6) as u64;
    let runs = runs.min(affordable).max(RUNS_MIN);
    let periods = (0..runs).map(|seed| simulate_period(pool, targets, length_s, seed));
    let formula = shared_formula(targets);
    let (mut levels, mut waits) = (Vec::new(), Vec::new());
    for period in periods {
        levels.extend(formula.and_then(|formula| period.counters.service_level(formula)));
        waits.push(period.longest_wait_s);
    }
    let is_usual = waits.len() <= 2 * levels.len();
    Some(ServiceOutlook {
        service_level: ForecastRange::from_outcomes(levels).filter(|_| is_usual),
        longest_wait_s: ForecastRange::from_outcomes(waits)?,
    })
}

/// Returns how many contacts at once Erlang C requires, as if the agents had no other queues.
fn required_slots(
    pool: &AgentPool,
    arrivals: ExpectedArrivals,
    targets: &[QueueTarget],
    length_s: f64,
) -> u32 {
    let handle_s = pool.mean_of_first(targets.len(), |queue| {
        queue.handle_time.mean_s + queue.answer_delay_s
    });
    let shortest_ms = targets.iter().map(|target| target.threshold_ms).min();
    #[expect(clippy::cast_precision_loss, reason = "targets are some minutes")]
    let within_s = shortest_ms.unwrap_or_default() as f64 / 1000.0;
    let share = (pool.goal_percent(targets) / 100.0).min(0.99);
    let erlangs = arrivals.mean * handle_s / length_s;
    ErlangC::agents_required(erlangs, within_s, handle_s, share)
}

/// Finds the smallest number that is enough, from a guess, by doubling and halving.
pub(crate) fn find_fewest(least: u32, guess: u32, is_enough: impl Fn(u32) -> bool) -> Option<u32> {
    let (mut low, mut high) = (least, guess.clamp(least, MISSING_MAX));
    while !is_enough(high) {
        if high == MISSING_MAX {
            return None;
        }
        (low, high) = (high + 1, (high * 2).min(MISSING_MAX));
    }
    while low < high {
        let middle = u32::midpoint(low, high);
        if is_enough(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Some(high)
}

/// The formula of all targets; `None` if they differ, so that there is no service level of all.
fn shared_formula(targets: &[QueueTarget]) -> Option<ServiceLevelFormula> {
    let first = targets.first()?.formula;
    let is_shared = targets.iter().all(|target| target.formula == first);
    is_shared.then_some(first)
}

impl AgentPool {
    /// The percent that the first queues reach together if each reaches its own.
    #[expect(clippy::float_cmp, reason = "numbers of the configuration")]
    fn goal_percent(&self, targets: &[QueueTarget]) -> f64 {
        let mut percents = targets.iter().map(|target| target.service_level_percent);
        let first = percents.next().unwrap_or_default();
        if percents.all(|percent| percent == first) {
            return first;
        }
        let goals = self.queues.iter().zip(targets);
        let reached = goals.map(|(queue, target)| queue.arrivals * target.service_level_percent);
        let arrivals: f64 = self.queues[..targets.len()]
            .iter()
            .map(|queue| queue.arrivals)
            .sum();
        reached.sum::<f64>() / arrivals
    }

    /// The mean of a value of the first queues, by their contacts.
    fn mean_of_first(&self, count: usize, value: impl Fn(&PoolQueue) -> f64) -> f64 {
        let queues = &self.queues[..count];
        let sum: f64 = queues
            .iter()
            .map(|queue| queue.arrivals * value(queue))
            .sum();
        sum / queues.iter().map(|queue| queue.arrivals).sum::<f64>()
    }

    fn agents_of_first(&self, count: usize) -> impl Iterator<Item = &PoolAgent> {
        (self.agents.iter()).filter(move |agent| agent.serves_first(count))
    }

    fn count_working(&self, count: usize) -> u32 {
        let working = self.agents_of_first(count).filter(|agent| !agent.is_paused);
        u32::try_from(working.count()).unwrap_or(u32::MAX)
    }

    /// The most contacts at once of an agent who serves the first queues.
    fn slots_of_first(&self, count: usize) -> u32 {
        let slots = self.agents_of_first(count).map(|agent| agent.slots);
        slots.max().unwrap_or(1).max(1)
    }

    /// Returns the pool with more agents who serve only the first queues, or with fewer of those who
    /// do. `None` if there are too few.
    fn with_change(&self, change: i32, first: usize) -> Option<Self> {
        let mut pool = self.clone();
        let slots = self.slots_of_first(first);
        for _ in 0..change {
            pool.agents.push(PoolAgent {
                queues: (1 << first) - 1,
                slots,
                ..PoolAgent::default()
            });
        }
        for _ in change..0 {
            let agents = pool.agents.iter().enumerate();
            let here = agents.filter(|(_, agent)| agent.serves_first(first) && !agent.is_paused);
            let (least_busy, _) = here.min_by_key(|(_, agent)| agent.contacts.len())?;
            pool.agents.remove(least_busy);
        }
        Some(pool)
    }
}
