//! Tests of a queue's last four hours.

use proptest::prelude::*;

use crate::{LiveState, SERIES_STEPS, SeriesStep};
use wallboard_domain::{ConnectionEvent, Discontinuity, Metric, MetricValue, moment};

use super::{LiveScenario, chat_id};

/// A scenario that starts at 08:00 with a single queue.
fn scenario_with_waiting(waiting: u64) -> LiveScenario {
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", waiting, 0, 1);
    scenario
}

impl LiveScenario {
    /// Lets time pass with timers, which are due while customers wait.
    fn advance_with_timers(&mut self, millis: i64) {
        for _ in 0..millis / 10_000 {
            let reading = (Metric::AverageWait, Some(MetricValue::Seconds(9.0)));
            self.send_readings(self.now.wall, "sales", &[reading]);
            self.advance_time(10_000);
        }
    }

    fn recent_steps(&self) -> Vec<SeriesStep> {
        let queue = &self.state.snapshot().queues[&chat_id("sales")];
        queue.recent_series.steps(self.now).collect()
    }

    /// The most that waited in each of the last steps; the current one is last.
    fn waited_in_steps<const N: usize>(&self) -> [Option<u64>; N] {
        let steps = self.recent_steps();
        std::array::from_fn(|n| steps[SERIES_STEPS - N + n].waiting)
    }
}

#[test]
fn a_step_shows_the_most_that_waited_in_it() {
    let mut scenario = scenario_with_waiting(2);
    scenario.advance_with_timers(60_000);
    scenario.send_load("sales", 7, 0, 1);
    scenario.advance_time(1_000);
    scenario.send_load("sales", 1, 0, 1);
    assert_eq!(scenario.waited_in_steps(), [None, Some(7)]);

    scenario.advance_with_timers(300_000);
    scenario.send_load("sales", 0, 0, 1);
    scenario.advance_time(600_000);
    assert_eq!(
        scenario.waited_in_steps(),
        [Some(7), Some(1), Some(0), Some(0)]
    );
    let last = *scenario.recent_steps().last().unwrap();
    assert!(last.is_partial);
    assert_eq!(last.start, "2026-11-20T08:15:00Z".parse().unwrap());
}

#[test]
fn a_value_continues_into_the_next_steps_without_a_tick() {
    let mut scenario = scenario_with_waiting(0);
    scenario.advance_time(2_000);
    scenario.now = scenario.now.plus_millis(2 * 3_600_000);

    let known = scenario
        .recent_steps()
        .iter()
        .filter(|s| s.waiting == Some(0))
        .count();
    assert_eq!(known, 25);
    assert!(
        scenario.recent_steps()[..SERIES_STEPS - 25]
            .iter()
            .all(|s| s.waiting.is_none())
    );
}

#[test]
fn the_longest_wait_continues_within_its_steps() {
    let mut scenario = scenario_with_waiting(1);
    for waited in (10..=400).step_by(10) {
        scenario.send_timers("sales", f64::from(waited));
        scenario.advance_time(10_000);
    }
    // It began ten seconds before 08:00, and it is 08:06:40.
    let longest: Vec<_> = scenario
        .recent_steps()
        .iter()
        .map(|s| s.longest_wait)
        .collect();
    assert_eq!(longest[SERIES_STEPS - 2..], [Some(310.0), Some(410.0)]);

    scenario.send_load("sales", 0, 0, 1);
    scenario.advance_time(300_000);
    let longest: Vec<_> = scenario
        .recent_steps()
        .iter()
        .map(|s| s.longest_wait)
        .collect();
    assert_eq!(longest[SERIES_STEPS - 2..], [Some(410.0), Some(0.0)]);
}

#[test]
fn a_mostly_unknown_step_is_a_gap() {
    let mut scenario = scenario_with_waiting(0);
    scenario.advance_time(300_000 + 60_000);
    scenario.disconnect_source();
    scenario.advance_time(600_000);
    scenario.connect_source(Some(Discontinuity::TooLong));
    // It is 08:16, without a report since the discontinuity.
    assert_eq!(scenario.waited_in_steps(), [Some(0), None, None, None]);

    scenario.send_load("sales", 3, 0, 1);
    scenario.send_timers("sales", 1.0);
    scenario.advance_time(1_000);
    assert_eq!(scenario.waited_in_steps(), [Some(0), None, None, Some(3)]);
    scenario.send_load("sales", 0, 0, 1);
    scenario.advance_time(240_000);
    assert_eq!(
        scenario.waited_in_steps(),
        [Some(0), None, None, Some(3), Some(0)]
    );
}

#[test]
fn a_short_outage_leaves_no_gap_but_a_discontinuity_without_reports_does() {
    let mut scenario = scenario_with_waiting(4);
    scenario.send_timers("sales", 1.0);
    scenario.advance_time(10_000);
    scenario.disconnect_source();
    scenario.advance_time(10_000);
    scenario.send_connection_event(ConnectionEvent::CatchingUp {
        discontinuity: None,
    });
    scenario.send_connection_event(ConnectionEvent::Connected);
    for waited in (20..300).step_by(10) {
        scenario.send_timers("sales", f64::from(waited));
        scenario.advance_time(10_000);
    }
    assert_eq!(scenario.waited_in_steps(), [Some(4), Some(4)]);

    scenario.connect_source(Some(Discontinuity::Upstream));
    scenario.advance_time(600_000);
    assert_eq!(scenario.waited_in_steps(), [Some(4), None, None, None]);
}

#[test]
fn a_queue_with_overdue_reports_has_a_gap() {
    let mut scenario = scenario_with_waiting(3);
    scenario.send_timers("sales", 1.0);
    scenario.advance_time(900_000);

    assert_eq!(scenario.waited_in_steps(), [None, None, None, None]);
}

#[test]
fn nothing_is_known_from_before_the_start() {
    let mut scenario = scenario_with_waiting(5);
    scenario.advance_time(3_600_000);
    scenario.has_bypassed_log = true;
    scenario.state = LiveState::default();
    scenario.apply_input(&wallboard_domain::Input::SiteConfig(
        super::site_with_entries(&[], &[]).into(),
    ));
    scenario.connect_source(Some(Discontinuity::Start));
    scenario.send_load("sales", 6, 0, 1);

    let known: Vec<_> = scenario
        .recent_steps()
        .iter()
        .filter_map(|s| s.waiting)
        .collect();
    assert_eq!(known, [6]);
}

#[test]
fn a_corrected_wall_clock_changes_no_step() {
    for hours in [-30, -1, 1, 5] {
        let mut scenario = scenario_with_waiting(9);
        scenario.advance_with_timers(290_000);
        scenario.advance_time(9_000);
        scenario.send_load("sales", 0, 0, 1);
        scenario.advance_time(600_000);
        scenario.now.wall = moment::plus_millis(scenario.now.wall, hours * 3_600_000);
        scenario.apply_input(&wallboard_domain::Input::Tick);

        assert_eq!(
            scenario.waited_in_steps(),
            [None, Some(9), Some(0), Some(0)],
            "{hours}"
        );
    }
}

#[test]
fn a_day_with_a_clock_change_has_the_same_steps() {
    // In Stockholm 03:00 becomes 02:00 at 01:00 UTC.
    let mut scenario = LiveScenario::new();
    let change = "2026-10-25T01:00:00Z".parse().unwrap();
    scenario.now.wall = moment::plus_millis(change, -3_600_000);
    scenario.apply_input(&wallboard_domain::Input::Tick);
    scenario.connect_source(None);
    scenario.send_load("sales", 0, 0, 1);
    scenario.advance_time(2 * 3_600_000);

    let steps = scenario.recent_steps();
    let distance = |pair: &[SeriesStep]| moment::millis_between(pair[0].start, pair[1].start);
    assert!(steps.windows(2).all(|pair| distance(pair) == 300_000));
    assert_eq!(steps.iter().filter(|s| s.waiting == Some(0)).count(), 25);
}

#[test]
fn within_a_minute_the_last_whole_minute_is_reported() {
    let mut scenario = scenario_with_waiting(2);
    scenario.advance_time(10_000);
    scenario.send_load("sales", 8, 0, 1);
    let values = |scenario: &LiveScenario| {
        let queue = &scenario.state.snapshot().queues[&chat_id("sales")];
        (
            queue.recent_series.values_at_minute(scenario.now).0,
            queue.recent_series.changes_after_minute(scenario.now),
        )
    };

    // At 08:00:00 nothing had been reported.
    assert_eq!(values(&scenario), (None, true));
    scenario.advance_with_timers(50_000);
    scenario.send_load("sales", 1, 0, 1);
    assert_eq!(values(&scenario).0, Some(8));
    scenario.send_load("sales", 0, 0, 1);
    scenario.advance_time(60_000);
    assert_eq!(values(&scenario), (Some(0), false));
}

proptest! {
    /// A step shows the most recorded in it, however often values are recorded and read.
    #[test]
    fn steps_match_a_second_by_second_record(
        changes in prop::collection::vec((0..900i64, prop::option::of(0..50u64)), 1..60),
    ) {
        let mut scenario = scenario_with_waiting(0);
        scenario.has_bypassed_log = true;
        let start = scenario.now.wall.as_millisecond();
        let mut record: Vec<Option<u64>> = Vec::new();
        let mut value = Some(0);
        for (seconds, next) in changes {
            record.extend((0..seconds).map(|_| value));
            scenario.now = scenario.now.plus_millis(seconds * 1_000);
            let queue = scenario.state.snapshot.queues.get_mut(&chat_id("sales")).unwrap();
            let series_value = crate::recent_series::SeriesValue { waiting: next, ..Default::default() };
            queue.recent_series.record_value(series_value, scenario.now);
            value = next;
        }
        record.push(value);

        for step in scenario.recent_steps() {
            let from = (step.start.as_millisecond() - start) / 1_000;
            let in_step = record.iter().enumerate().filter(|(second, _)| {
                (from..from + 300).contains(&second.cast_signed().try_into().unwrap())
            });
            let known: Vec<u64> = in_step.filter_map(|(_, second_value)| *second_value).collect();
            let most = known.iter().max().copied();
            let expected = most.filter(|_| step.is_partial || 150 <= known.len());
            prop_assert_eq!(step.waiting, expected, "{}", step.start);
        }
    }
}
