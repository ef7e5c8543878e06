//! Any order and repetition of a contact center's events, with discontinuities in between, ends
//! in the true state or out of date. At no step is a value up to date that isn't the newest
//! reported.

use jiff::Timestamp;
use proptest::prelude::*;

use wallboard_domain::{CaseEvent, moment};

use super::LiveScenario;
use crate::testing::{CaseAction, EventPropertyRun, SimulatedCenter, case_action, message_delay};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_repetition_and_discontinuity_ends_true_or_out_of_date(
        steps in prop::collection::vec((case_action(), message_delay()), 1..80),
    ) {
        let mut run = EventPropertyRun::new();
        for (action, delay) in steps {
            run.run_step(action, delay);
        }
        run.settle_all();
        run.check_final_state();
    }

    #[test]
    fn loads_reveal_a_lost_event(
        steps in prop::collection::vec((case_action(), message_delay()), 1..60),
        loses in 0..40usize,
    ) {
        let mut run = EventPropertyRun::new();
        run.loses = Some(loses);
        let is_not_a_break = |action: &CaseAction| !matches!(action, CaseAction::Breaks { .. });
        for (action, delay) in steps.into_iter().filter(|(action, _)| is_not_a_break(action)) {
            run.run_step(action, delay);
        }
        run.settle_all();
        // Three intervals, which a cut may make as long as itself.
        run.stay_idle(90);
        run.check_no_false_claims();
        run.send_all();
        run.deliver_all();
        run.stay_idle(35);
        run.check_no_false_claims();
    }

    #[test]
    fn order_and_repetition_change_no_figure_of_the_day(
        actions in prop::collection::vec((case_action(), message_delay()), 1..60),
        order in any::<prop::sample::Index>(),
        seed in any::<u64>(),
    ) {
        let mut center = SimulatedCenter::default();
        let mut events = Vec::new();
        let start = LiveScenario::new().now.wall;
        for (n, (action, _)) in (0..).zip(actions) {
            let at = moment::plus_millis(start, n * 7_000);
            if let Some((case, event, _)) = center.perform_action(action) {
                events.push((at, format!("c{case}"), event));
            }
        }
        let end = moment::plus_millis(start, 3_600_000);
        let replay = |events: &[(Timestamp, String, CaseEvent)]| {
            let mut scenario = LiveScenario::new();
            scenario.now = scenario.now.plus_millis(moment::millis_between(scenario.now.wall, end));
            for (at, case, event) in events {
                scenario.send_case_event_at(*at, case, event.clone());
            }
            let snapshot = scenario.state.snapshot();
            let mut days: Vec<_> = snapshot
                .queues
                .values()
                .map(|queue| (queue.id.clone(), queue.today.counters))
                .collect();
            days.sort_by(|a, b| a.0.cmp(&b.0));
            let mut cases: Vec<_> = snapshot.cases.values().cloned().collect();
            cases.sort_by(|a, b| a.id.cmp(&b.id));
            (snapshot.today.counters, days, cases)
        };

        let in_order = replay(&events);
        let mut shuffled = events.clone();
        if !events.is_empty() {
            shuffled.extend(events.iter().skip(order.index(events.len())).cloned());
        }
        shuffle_list(&mut shuffled, seed);
        prop_assert_eq!(replay(&shuffled), in_order);
    }
}

/// A Fisher–Yates shuffle with a small built-in generator, since the order is the test's input.
fn shuffle_list<T>(list: &mut [T], mut seed: u64) {
    for n in (1..list.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        list.swap(n, (seed >> 33) as usize % (n + 1));
    }
}
