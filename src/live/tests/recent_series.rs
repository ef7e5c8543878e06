//! The last four hours of a queue.

use proptest::prelude::*;

use crate::domain::{ConnectionEvent, Discontinuity, Metric, MetricValue, moment};
use crate::live::{LiveState, SERIES_STEPS, SeriesStep};

use super::{LiveScenario, chat_id};

/// A world that starts at 08:00, with its one queue.
fn scenario_with_waiting(waiting: u64) -> LiveScenario {
    let mut world = LiveScenario::new();
    world.send_load("sales", waiting, 0, 1);
    world
}

impl LiveScenario {
    /// Lets time pass in which the timers speak, as they must where somebody waits.
    fn keep_reporting(&mut self, millis: i64) {
        for _ in 0..millis / 10_000 {
            let said = (Metric::AverageWait, Some(MetricValue::Seconds(9.0)));
            self.send_readings(self.now.wall, "sales", &[said]);
            self.advance_time(10_000);
        }
    }

    fn recent_steps(&self) -> Vec<SeriesStep> {
        let queue = &self.state.snapshot().queues[&chat_id("sales")];
        queue.recent_series.steps(self.now).collect()
    }

    /// The most that waited in the last steps, the one under way last.
    fn waited_in_steps<const N: usize>(&self) -> [Option<u64>; N] {
        let steps = self.recent_steps();
        std::array::from_fn(|n| steps[SERIES_STEPS - N + n].waiting)
    }
}

#[test]
fn a_step_shows_the_most_that_waited_in_it() {
    let mut world = scenario_with_waiting(2);
    world.keep_reporting(60_000);
    world.send_load("sales", 7, 0, 1);
    world.advance_time(1_000);
    world.send_load("sales", 1, 0, 1);
    assert_eq!(world.waited_in_steps(), [None, Some(7)]);

    world.keep_reporting(300_000);
    world.send_load("sales", 0, 0, 1);
    world.advance_time(600_000);
    assert_eq!(
        world.waited_in_steps(),
        [Some(7), Some(1), Some(0), Some(0)]
    );
    let last = *world.recent_steps().last().unwrap();
    assert!(last.is_partial);
    assert_eq!(last.start, "2026-11-20T08:15:00Z".parse().unwrap());
}

#[test]
fn what_holds_goes_on_into_the_next_steps_and_nobody_ticks_for_it() {
    let mut world = scenario_with_waiting(0);
    world.advance_time(2_000);
    assert!(world.state.next_due().is_none_or(|due| {
        // Only the end of the day, or what follows the last message.
        moment::millis_between(world.now.wall, due.wall) > 50_000
    }));
    world.advance_time(2 * 3_600_000);

    let known = world
        .recent_steps()
        .iter()
        .filter(|s| s.waiting == Some(0))
        .count();
    assert_eq!(known, 25);
    assert!(
        world.recent_steps()[..SERIES_STEPS - 25]
            .iter()
            .all(|s| s.waiting.is_none())
    );
}

#[test]
fn the_longest_wait_runs_on_within_its_steps() {
    let mut world = scenario_with_waiting(1);
    for waited in (10..=400).step_by(10) {
        world.send_timers("sales", f64::from(waited));
        world.advance_time(10_000);
    }
    // It began ten seconds before 08:00, and it is 08:06:40.
    let longest: Vec<_> = world
        .recent_steps()
        .iter()
        .map(|s| s.longest_wait)
        .collect();
    assert_eq!(longest[SERIES_STEPS - 2..], [Some(310.0), Some(410.0)]);

    world.send_load("sales", 0, 0, 1);
    world.advance_time(300_000);
    let longest: Vec<_> = world
        .recent_steps()
        .iter()
        .map(|s| s.longest_wait)
        .collect();
    assert_eq!(longest[SERIES_STEPS - 2..], [Some(410.0), Some(0.0)]);
}

#[test]
fn a_step_that_was_mostly_unknown_is_a_gap() {
    let mut world = scenario_with_waiting(0);
    world.advance_time(300_000 + 60_000);
    world.disconnect_source();
    world.advance_time(600_000);
    world.connect_source(Some(Discontinuity::TooLong));
    // 08:16, and nothing said since the break.
    assert_eq!(world.waited_in_steps(), [Some(0), None, None, None]);

    world.send_load("sales", 3, 0, 1);
    world.send_timers("sales", 1.0);
    world.advance_time(1_000);
    assert_eq!(world.waited_in_steps(), [Some(0), None, None, Some(3)]);
    world.send_load("sales", 0, 0, 1);
    world.advance_time(240_000);
    assert_eq!(
        world.waited_in_steps(),
        [Some(0), None, None, Some(3), Some(0)]
    );
}

#[test]
fn a_short_cut_leaves_no_gap_and_a_break_that_is_never_healed_does() {
    let mut world = scenario_with_waiting(4);
    world.send_timers("sales", 1.0);
    world.advance_time(10_000);
    world.disconnect_source();
    world.advance_time(10_000);
    world.send_connection_event(ConnectionEvent::CatchingUp { broken: None });
    world.send_connection_event(ConnectionEvent::Connected);
    for waited in (20..300).step_by(10) {
        world.send_timers("sales", f64::from(waited));
        world.advance_time(10_000);
    }
    assert_eq!(world.waited_in_steps(), [Some(4), Some(4)]);

    world.connect_source(Some(Discontinuity::Upstream));
    world.advance_time(600_000);
    assert_eq!(world.waited_in_steps(), [Some(4), None, None, None]);
}

#[test]
fn a_queue_that_should_speak_and_does_not_is_a_gap() {
    let mut world = scenario_with_waiting(3);
    world.send_timers("sales", 1.0);
    world.advance_time(900_000);

    assert_eq!(world.waited_in_steps(), [None, None, None, None]);
}

#[test]
fn a_start_knows_nothing_of_what_was_before() {
    let mut world = scenario_with_waiting(5);
    world.advance_time(3_600_000);
    world.state = LiveState::default();
    world.apply_input(&crate::domain::Input::SiteConfig(
        super::site_with_entries(&[], &[]).into(),
    ));
    world.connect_source(Some(Discontinuity::Start));
    world.send_load("sales", 6, 0, 1);

    let known: Vec<_> = world
        .recent_steps()
        .iter()
        .filter_map(|s| s.waiting)
        .collect();
    assert_eq!(known, [6]);
}

#[test]
fn a_wall_clock_put_right_changes_no_age() {
    for hours in [-30, -1, 1, 5] {
        let mut world = scenario_with_waiting(9);
        world.keep_reporting(290_000);
        world.advance_time(9_000);
        world.send_load("sales", 0, 0, 1);
        world.advance_time(600_000);
        world.now.wall = moment::plus_millis(world.now.wall, hours * 3_600_000);
        world.apply_input(&crate::domain::Input::Tick);

        assert_eq!(
            world.waited_in_steps(),
            [None, Some(9), Some(0), Some(0)],
            "{hours}"
        );
    }
}

#[test]
fn the_day_on_which_clocks_change_has_steps_like_any_other() {
    // In Stockholm 03:00 becomes 02:00 at 01:00 UTC.
    let mut world = LiveScenario::new();
    let change = "2026-10-25T01:00:00Z".parse().unwrap();
    world.now.wall = moment::plus_millis(change, -3_600_000);
    world.apply_input(&crate::domain::Input::Tick);
    world.connect_source(None);
    world.send_load("sales", 0, 0, 1);
    world.advance_time(2 * 3_600_000);

    let steps = world.recent_steps();
    let apart = |pair: &[SeriesStep]| moment::millis_between(pair[0].start, pair[1].start);
    assert!(steps.windows(2).all(|pair| apart(pair) == 300_000));
    assert_eq!(steps.iter().filter(|s| s.waiting == Some(0)).count(), 25);
}

#[test]
fn within_a_minute_the_last_whole_one_is_told() {
    let mut world = scenario_with_waiting(2);
    world.advance_time(10_000);
    world.send_load("sales", 8, 0, 1);
    let told = |world: &LiveScenario| {
        let queue = &world.state.snapshot().queues[&chat_id("sales")];
        (
            queue.recent_series.values_at_minute(world.now).0,
            queue.recent_series.changes_after_minute(world.now),
        )
    };

    // It was 08:00:00 when nothing had been said.
    assert_eq!(told(&world), (None, true));
    world.keep_reporting(50_000);
    world.send_load("sales", 1, 0, 1);
    assert_eq!(told(&world).0, Some(8));
    world.send_load("sales", 0, 0, 1);
    world.advance_time(60_000);
    assert_eq!(told(&world), (Some(0), false));
}

proptest! {
    /// However often it is noted and asked, a step shows the most that was held in it.
    #[test]
    fn steps_are_what_a_second_by_second_record_would_be(
        story in prop::collection::vec((0..900i64, prop::option::of(0..50u64)), 1..60),
    ) {
        let mut world = scenario_with_waiting(0);
        let start = world.now.wall.as_millisecond();
        let mut record: Vec<Option<u64>> = Vec::new();
        let mut held = Some(0);
        for (seconds, next) in story {
            record.extend((0..seconds).map(|_| held));
            world.now = world.now.plus_millis(seconds * 1_000);
            let queue = world.state.snapshot.queues.get_mut(&chat_id("sales")).unwrap();
            let noted = crate::live::recent_series::SeriesValue { waiting: next, ..Default::default() };
            queue.recent_series.record_value(noted, world.now);
            held = next;
        }
        record.push(held);

        for step in world.recent_steps() {
            let from = (step.start.as_millisecond() - start) / 1_000;
            let of_step = record.iter().enumerate().filter(|(second, _)| {
                (from..from + 300).contains(&second.cast_signed().try_into().unwrap())
            });
            let known: Vec<u64> = of_step.filter_map(|(_, value)| *value).collect();
            let most = known.iter().max().copied();
            let expected = most.filter(|_| step.is_partial || 150 <= known.len());
            prop_assert_eq!(step.waiting, expected, "{}", step.start);
        }
    }
}
