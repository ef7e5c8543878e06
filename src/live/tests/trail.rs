//! The last four hours of a queue.

use proptest::prelude::*;

use crate::domain::{Break, Line, Metric, Value, moment};
use crate::live::{STEPS, State, Step};

use super::{World, id};

/// A world that starts at 08:00, with its one queue.
fn world(waiting: u64) -> World {
    let mut world = World::new();
    world.load("sales", waiting, 0, 1);
    world
}

impl World {
    /// Lets time pass in which the timers speak, as they must where somebody waits.
    fn speak(&mut self, millis: i64) {
        for _ in 0..millis / 10_000 {
            let said = (Metric::AverageWait, Some(Value::Seconds(9.0)));
            self.readings(self.now.wall, "sales", &[said]);
            self.wait(10_000);
        }
    }

    fn trail(&self) -> Vec<Step> {
        let queue = &self.state.picture().queues[&id("sales")];
        queue.trail.steps(self.now).collect()
    }

    /// The most that waited in the last steps, the one under way last.
    fn waited<const N: usize>(&self) -> [Option<u64>; N] {
        let steps = self.trail();
        std::array::from_fn(|n| steps[STEPS - N + n].waiting)
    }
}

#[test]
fn a_step_shows_the_most_that_waited_in_it() {
    let mut world = world(2);
    world.speak(60_000);
    world.load("sales", 7, 0, 1);
    world.wait(1_000);
    world.load("sales", 1, 0, 1);
    assert_eq!(world.waited(), [None, Some(7)]);

    world.speak(300_000);
    world.load("sales", 0, 0, 1);
    world.wait(600_000);
    assert_eq!(world.waited(), [Some(7), Some(1), Some(0), Some(0)]);
    let last = *world.trail().last().unwrap();
    assert!(last.partial);
    assert_eq!(last.start, "2026-11-20T08:15:00Z".parse().unwrap());
}

#[test]
fn what_holds_goes_on_into_the_next_steps_and_nobody_ticks_for_it() {
    let mut world = world(0);
    world.wait(2_000);
    assert!(world.state.due().is_none_or(|due| {
        // Only the end of the day, or what follows the last message.
        moment::millis_between(world.now.wall, due.wall) > 50_000
    }));
    world.wait(2 * 3_600_000);

    let known = world
        .trail()
        .iter()
        .filter(|s| s.waiting == Some(0))
        .count();
    assert_eq!(known, 25);
    assert!(
        world.trail()[..STEPS - 25]
            .iter()
            .all(|s| s.waiting.is_none())
    );
}

#[test]
fn the_longest_wait_runs_on_within_its_steps() {
    let mut world = world(1);
    for waited in (10..=400).step_by(10) {
        world.timers("sales", f64::from(waited));
        world.wait(10_000);
    }
    // It began ten seconds before 08:00, and it is 08:06:40.
    let longest: Vec<_> = world.trail().iter().map(|s| s.longest_wait).collect();
    assert_eq!(longest[STEPS - 2..], [Some(310.0), Some(410.0)]);

    world.load("sales", 0, 0, 1);
    world.wait(300_000);
    let longest: Vec<_> = world.trail().iter().map(|s| s.longest_wait).collect();
    assert_eq!(longest[STEPS - 2..], [Some(410.0), Some(0.0)]);
}

#[test]
fn a_step_that_was_mostly_unknown_is_a_gap() {
    let mut world = world(0);
    world.wait(300_000 + 60_000);
    world.away();
    world.wait(600_000);
    world.connect(Some(Break::TooLong));
    // 08:16, and nothing said since the break.
    assert_eq!(world.waited(), [Some(0), None, None, None]);

    world.load("sales", 3, 0, 1);
    world.timers("sales", 1.0);
    world.wait(1_000);
    assert_eq!(world.waited(), [Some(0), None, None, Some(3)]);
    world.load("sales", 0, 0, 1);
    world.wait(240_000);
    assert_eq!(world.waited(), [Some(0), None, None, Some(3), Some(0)]);
}

#[test]
fn a_short_cut_leaves_no_gap_and_a_break_that_is_never_healed_does() {
    let mut world = world(4);
    world.timers("sales", 1.0);
    world.wait(10_000);
    world.away();
    world.wait(10_000);
    world.line(Line::CatchingUp { broken: None });
    world.line(Line::Connected);
    for waited in (20..300).step_by(10) {
        world.timers("sales", f64::from(waited));
        world.wait(10_000);
    }
    assert_eq!(world.waited(), [Some(4), Some(4)]);

    world.connect(Some(Break::Upstream));
    world.wait(600_000);
    assert_eq!(world.waited(), [Some(4), None, None, None]);
}

#[test]
fn a_queue_that_should_speak_and_does_not_is_a_gap() {
    let mut world = world(3);
    world.timers("sales", 1.0);
    world.wait(900_000);

    assert_eq!(world.waited(), [None, None, None, None]);
}

#[test]
fn a_start_knows_nothing_of_what_was_before() {
    let mut world = world(5);
    world.wait(3_600_000);
    world.state = State::default();
    world.put(&crate::domain::Input::Settings(
        super::site(&[], &[]).into(),
    ));
    world.connect(Some(Break::Start));
    world.load("sales", 6, 0, 1);

    let known: Vec<_> = world.trail().iter().filter_map(|s| s.waiting).collect();
    assert_eq!(known, [6]);
}

#[test]
fn a_wall_clock_put_right_changes_no_age() {
    for hours in [-30, -1, 1, 5] {
        let mut world = world(9);
        world.speak(290_000);
        world.wait(9_000);
        world.load("sales", 0, 0, 1);
        world.wait(600_000);
        world.now.wall = moment::plus_millis(world.now.wall, hours * 3_600_000);
        world.put(&crate::domain::Input::Time);

        assert_eq!(world.waited(), [None, Some(9), Some(0), Some(0)], "{hours}");
    }
}

#[test]
fn the_day_on_which_clocks_change_has_steps_like_any_other() {
    // In Stockholm 03:00 becomes 02:00 at 01:00 UTC.
    let mut world = World::new();
    let change = "2026-10-25T01:00:00Z".parse().unwrap();
    world.now.wall = moment::plus_millis(change, -3_600_000);
    world.put(&crate::domain::Input::Time);
    world.connect(None);
    world.load("sales", 0, 0, 1);
    world.wait(2 * 3_600_000);

    let steps = world.trail();
    let apart = |pair: &[Step]| moment::millis_between(pair[0].start, pair[1].start);
    assert!(steps.windows(2).all(|pair| apart(pair) == 300_000));
    assert_eq!(steps.iter().filter(|s| s.waiting == Some(0)).count(), 25);
}

#[test]
fn within_a_minute_the_last_whole_one_is_told() {
    let mut world = world(2);
    world.wait(10_000);
    world.load("sales", 8, 0, 1);
    let told = |world: &World| {
        let queue = &world.state.picture().queues[&id("sales")];
        (
            queue.trail.at_minute(world.now).0,
            queue.trail.moves(world.now),
        )
    };

    // It was 08:00:00 when nothing had been said.
    assert_eq!(told(&world), (None, true));
    world.speak(50_000);
    world.load("sales", 1, 0, 1);
    assert_eq!(told(&world).0, Some(8));
    world.load("sales", 0, 0, 1);
    world.wait(60_000);
    assert_eq!(told(&world), (Some(0), false));
}

proptest! {
    /// However often it is noted and asked, a step shows the most that was held in it.
    #[test]
    fn steps_are_what_a_second_by_second_record_would_be(
        story in prop::collection::vec((0..900i64, prop::option::of(0..50u64)), 1..60),
    ) {
        let mut world = world(0);
        let start = world.now.wall.as_millisecond();
        let mut record: Vec<Option<u64>> = Vec::new();
        let mut held = Some(0);
        for (seconds, next) in story {
            record.extend((0..seconds).map(|_| held));
            world.now = world.now.plus(seconds * 1_000);
            let queue = world.state.picture.queues.get_mut(&id("sales")).unwrap();
            let noted = crate::live::trail::Held { waiting: next, ..Default::default() };
            queue.trail.note(noted, world.now);
            held = next;
        }
        record.push(held);

        for step in world.trail() {
            let from = (step.start.as_millisecond() - start) / 1_000;
            let of_step = record.iter().enumerate().filter(|(second, _)| {
                (from..from + 300).contains(&second.cast_signed().try_into().unwrap())
            });
            let known: Vec<u64> = of_step.filter_map(|(_, value)| *value).collect();
            let most = known.iter().max().copied();
            let expected = most.filter(|_| step.partial || 150 <= known.len());
            prop_assert_eq!(step.waiting, expected, "{}", step.start);
        }
    }
}
