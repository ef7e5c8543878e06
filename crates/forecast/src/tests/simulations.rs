//! The simulation against Erlang's formulas, with which it shares no code, and what more agents and
//! shared agents change.

use wallboard_domain::{Counter, Counters, QueueTarget, ServiceLevelFormula};

use crate::{
    AgentPool, ErlangA, ErlangC, ExpectedArrivals, HandleTime, NoForecast, OpenContact, PoolAgent,
    PoolQueue, forecast_queue, handle_time::draw_rest, queue_forecast::find_fewest,
    random_stream::RandomStream, simulate_period,
};

const HOUR_S: f64 = 3600.0;

fn queue(arrivals: f64) -> PoolQueue {
    PoolQueue {
        arrivals,
        // Poisson, but for a thousandth.
        arrival_shape: 1e6,
        handle_time: HandleTime::certain(240.0),
        patience_s: 120.0,
        answer_delay_s: 0.0,
        missed_share: 0.0,
        waiting_s: Vec::new(),
    }
}

fn agents(count: usize, queues: u64) -> Vec<PoolAgent> {
    let agent = PoolAgent {
        queues,
        slots: 1,
        ..PoolAgent::default()
    };
    vec![agent; count]
}

fn pool(queues: Vec<PoolQueue>, agents: Vec<PoolAgent>) -> AgentPool {
    AgentPool {
        queues,
        agents,
        ..AgentPool::default()
    }
}

/// Every abandon counts, within the target or not.
fn target() -> QueueTarget {
    QueueTarget {
        formula: ServiceLevelFormula::Negative,
        short_abandon_ms: -1,
        ..QueueTarget::default()
    }
}

/// Sums the counters of many simulated times.
fn simulate(pool: &AgentPool, length_s: f64, runs: u64) -> Counters {
    let mut sum = Counters::LIVE;
    for seed in 0..runs {
        sum.merge(&simulate_period(pool, &[target()], length_s, seed).counters);
    }
    sum
}

fn service_level(counters: &Counters) -> f64 {
    counters
        .service_level(ServiceLevelFormula::Negative)
        .unwrap()
}

fn expected(pool: &AgentPool) -> ExpectedArrivals {
    ExpectedArrivals {
        mean: pool.queues[0].arrivals,
        shape: pool.queues[0].arrival_shape,
    }
}

/// Long runs, so that the empty start hardly counts. Lognormal handle times vary less than the
/// formula's exponential ones, which shortens the queue a little.
#[test]
fn single_queue_is_as_erlang_a_says() {
    for count in [13, 16, 19] {
        let pool = pool(vec![queue(20.0 * 240.0)], agents(count, 1));
        let counters = simulate(&pool, 20.0 * HOUR_S, 12);

        let formula = ErlangA::new(240.0 / HOUR_S, 240.0, 120.0, count.try_into().unwrap());
        let abandoned = counters.abandon_rate_by_event().unwrap() / 100.0;
        let level = service_level(&counters) / 100.0;
        assert!(
            (abandoned - formula.abandon_probability()).abs() < 0.015,
            "{count}: {abandoned}"
        );
        assert!(
            (level - formula.service_level(20.0)).abs() < 0.03,
            "{count}: {level}"
        );
    }
}

#[test]
fn endless_patience_is_as_erlang_c_says() {
    let mut patient = queue(20.0 * 240.0);
    patient.patience_s = 1e12;
    let counters = simulate(&pool(vec![patient], agents(18, 1)), 20.0 * HOUR_S, 12);

    let formula = ErlangC::new(16.0, 18).unwrap().service_level(20.0, 240.0);
    let level = service_level(&counters) / 100.0;
    assert!(
        (level - formula).abs() < 0.05,
        "{level} instead of {formula}"
    );
    assert_eq!(counters.count(Counter::Abandoned), 0);
}

#[test]
fn agents_of_two_queues_count_once() {
    let [alone, busy_neighbor] = [0.0, 60.0].map(|arrivals| {
        let pool = pool(vec![queue(30.0), queue(arrivals)], agents(5, 0b11));
        service_level(&simulate(&pool, 1800.0, 200))
    });
    assert!(busy_neighbor + 30.0 < alone, "{busy_neighbor} {alone}");
    let pool = pool(vec![queue(30.0), queue(60.0)], agents(5, 0b01));
    let separate = service_level(&simulate(&pool, 1800.0, 200));
    assert!((separate - alone).abs() < 5.0, "{separate} {alone}");
}

#[test]
fn queues_of_a_group_are_counted_together() {
    let pool = pool(vec![queue(30.0), queue(60.0)], agents(14, 0b11));
    let targets = [80.0, 95.0].map(|service_level_percent| QueueTarget {
        service_level_percent,
        ..target()
    });
    let arrivals = ExpectedArrivals::sum(pool.queues.iter().map(|queue| ExpectedArrivals {
        mean: queue.arrivals,
        shape: queue.arrival_shape,
    }));
    assert!((arrivals.mean - 90.0).abs() < 1e-9, "{arrivals:?}");

    let both = forecast_queue(&pool, arrivals, &targets, 1800.0).unwrap();

    assert!(both.contacts.contains(90.0), "{:?}", both.contacts);
    assert!(
        (both.goal_percent - 90.0).abs() < 1e-9,
        "{}",
        both.goal_percent
    );
    // Agents who serve both queues work as one team, for which all contacts are of one queue.
    let one = simulate_both(&pool, &targets);
    let merged = AgentPool {
        queues: vec![queue(90.0)],
        agents: agents(14, 1),
        ..pool
    };
    let single = service_level(&simulate(&merged, 1800.0, 200));
    assert!((one - single).abs() < 4.0, "{one} {single}");
}

fn simulate_both(pool: &AgentPool, targets: &[QueueTarget]) -> f64 {
    let mut sum = Counters::LIVE;
    for seed in 0..200 {
        sum.merge(&simulate_period(pool, targets, 1800.0, seed).counters);
    }
    service_level(&sum)
}

#[test]
fn two_slots_of_one_agent_are_as_good_as_two_agents() {
    let mut pairs = pool(vec![queue(40.0)], agents(4, 1));
    for agent in &mut pairs.agents {
        agent.slots = 2;
    }
    let singles = pool(vec![queue(40.0)], agents(8, 1));
    let [pairs, singles] =
        [pairs, singles].map(|pool| service_level(&simulate(&pool, 1800.0, 200)));
    assert!((pairs - singles).abs() < 2.0, "{pairs} {singles}");
}

#[test]
fn waiting_contacts_and_busy_agents_delay_those_who_come() {
    let idle = pool(vec![queue(20.0)], agents(4, 1));
    let mut busy = idle.clone();
    busy.queues[0].waiting_s = vec![90.0, 60.0, 30.0];
    for agent in &mut busy.agents {
        agent.contacts = vec![OpenContact {
            queue: Some(0),
            elapsed_s: Some(10.0),
        }];
    }
    let [idle, busy] = [idle, busy].map(|pool| {
        let forecast = forecast_queue(&pool, expected(&pool), &[target()], 1800.0).unwrap();
        forecast.outlook
    });
    let [level_idle, level_busy] = [idle, busy].map(|outlook| outlook.service_level.unwrap());
    assert!(level_busy.middle < level_idle.middle);
    assert!(idle.longest_wait_s.middle < busy.longest_wait_s.middle);
    assert!(90.0 <= busy.longest_wait_s.low);
}

#[test]
fn busy_agents_are_missed_until_they_finish() {
    let idle = pool(vec![queue(20.0)], agents(4, 1));
    let level = |elapsed_s: Option<f64>| {
        let mut busy = idle.clone();
        for agent in &mut busy.agents {
            agent.contacts = vec![OpenContact {
                queue: Some(0),
                elapsed_s,
            }];
        }
        service_level(&simulate(&busy, 1800.0, 300))
    };
    let idle = service_level(&simulate(&idle, 1800.0, 300));
    assert!(level(Some(1.0)) + 3.0 < idle);
    assert!(level(None) + 2.0 < idle);
}

#[test]
fn rest_of_a_contact_is_as_long_as_renewal_theory_says() {
    let mut random = RandomStream::new(3);
    let mut mean_rest = |elapsed_s: Option<f64>| {
        let rests = (0..40_000).map(|_| draw_rest(240.0, elapsed_s, &mut random));
        rests.sum::<f64>() / 40_000.0
    };
    assert!((mean_rest(Some(0.0)) - 240.0).abs() < 5.0);
    // Half of the mean square, divided by the mean: 240 · (1 + 0.8²) / 2.
    assert!((mean_rest(None) - 196.8).abs() < 6.0);
    assert!(100.0 < mean_rest(Some(600.0)));
}

#[test]
fn more_agents_are_better_and_the_missing_ones_reach_the_target() {
    let pool = pool(vec![queue(60.0)], agents(6, 1));
    let forecast = forecast_queue(&pool, expected(&pool), &[target()], 1800.0).unwrap();

    let less = forecast.with_one_less.unwrap();
    let outlooks = [
        less,
        forecast.outlook,
        forecast.with_one_more,
        forecast.with_two_more,
    ];
    let levels = outlooks.map(|outlook| outlook.service_level.unwrap().middle);
    assert!(
        levels.windows(2).all(|pair| pair[0] < pair[1]),
        "{levels:?}"
    );
    let missing = forecast.missing_agents.unwrap();
    assert!((3..8).contains(&missing), "{missing}");
    let staffed = AgentPool {
        agents: agents(6 + missing as usize, 1),
        ..pool.clone()
    };
    let staffed = forecast_queue(&staffed, expected(&pool), &[target()], 1800.0).unwrap();
    assert!(staffed.missing_agents.unwrap() <= 1);
    assert!(75.0 < staffed.outlook.service_level.unwrap().middle);
}

#[test]
fn fewest_agents_are_found_from_any_guess() {
    for guess in [0, 3, 7, 40, 1000] {
        for enough in [3, 4, 11, 39, 40] {
            let found = find_fewest(3, guess, |agents| enough <= agents);
            assert_eq!(found, Some(enough), "from {guess}");
        }
        assert_eq!(find_fewest(3, guess, |_| false), None);
    }
}

#[test]
fn forecast_repeats_itself() {
    let pool = pool(vec![queue(30.0), queue(10.0)], agents(7, 0b11));
    let forecast = || forecast_queue(&pool, expected(&pool), &[target()], 1800.0);
    assert_eq!(forecast(), forecast());
}

#[test]
fn thin_queue_and_queue_without_agents_have_no_forecast() {
    let thin = pool(vec![queue(1.0)], agents(3, 1));
    let forecast = forecast_queue(&thin, expected(&thin), &[target()], 1800.0);
    assert_eq!(forecast, Err(NoForecast::FewContacts));
    let alone = pool(vec![queue(30.0)], agents(3, 0b10));
    let forecast = forecast_queue(&alone, expected(&alone), &[target()], 1800.0);
    assert_eq!(forecast, Err(NoForecast::NoAgents));
}

#[test]
fn staff_who_leave_pause_or_miss_contacts_cost_service_level() {
    let all = pool(vec![queue(60.0)], agents(10, 1));
    let mut leaving = all.clone();
    leaving.staffing.end_ratio = 0.4;
    let mut pausing = all.clone();
    pausing.staffing.pause_share = 0.4;
    let mut missing = all.clone();
    missing.queues[0].missed_share = 0.2;
    let mut coming = all.clone();
    coming.staffing.end_ratio = 1.6;
    let level = |pool: &AgentPool| service_level(&simulate(pool, 1800.0, 200));
    let usual = level(&all);
    assert!(level(&leaving) + 10.0 < usual);
    assert!(level(&pausing) + 10.0 < usual);
    assert!(level(&missing) + 4.0 < usual);
    assert!(usual + 2.0 < level(&coming));
}
