//! Who waits, by loads and timers that are both throttled: visitors shorter than
//! the throttle, and messages in any order.

use jiff::Timestamp;
use proptest::prelude::*;

use crate::domain::{Metric, Readings, Value, moment};

use super::World;
use crate::live::Trust;

/// The vendor's throttle interval, in milliseconds.
const INTERVAL: i64 = 1_000;
/// A running clock follows its vendor within this, in seconds.
const SETTLED: f64 = 6.0;

type Shown = (Option<f64>, Trust);

fn nobody() -> (Shown, Shown) {
    ((Some(0.0), Trust::Fresh), (None, Trust::Fresh))
}

fn shown(world: &World) -> (Shown, Shown) {
    (
        world.shown("sales", Metric::Waiting),
        world.shown("sales", Metric::LongestWait),
    )
}

fn count(metric: Metric, n: u64) -> (Metric, Option<Value>) {
    (metric, Some(Value::Count(n)))
}

fn longest(millis: i64) -> (Metric, Option<Value>) {
    #[expect(clippy::cast_precision_loss, reason = "a few seconds")]
    let seconds = millis as f64 / 1000.0;
    (Metric::LongestWait, Some(Value::Seconds(seconds)))
}

fn say(world: &mut World, readings: &[(Metric, Option<Value>)]) {
    world.readings(world.now.wall, "sales", readings);
}

#[test]
fn visitors_shorter_than_the_throttle_leave_no_wait_behind() {
    let mut world = World::new();
    say(&mut world, &[count(Metric::Waiting, 1)]);
    world.wait(100);
    say(&mut world, &[longest(718)]);
    world.wait(900);
    say(&mut world, &[count(Metric::Waiting, 0)]);
    for millis in [184, 201] {
        world.wait(100);
        say(&mut world, &[longest(millis)]);
        assert_eq!(shown(&world), nobody());
        world.wait(900);
        say(&mut world, &[count(Metric::InConversation, 1)]);
        assert_eq!(shown(&world), nobody());
    }
    world.wait(7);
    say(&mut world, &[longest(0)]);
    for _ in 0..15 {
        assert_eq!(shown(&world), nobody());
        world.wait(1_000);
        say(&mut world, &[]);
    }
}

#[test]
fn brief_visitors_in_timers_alone_do_not_contradict_the_load() {
    let mut world = World::new();
    say(&mut world, &[count(Metric::Waiting, 0)]);
    for millis in [184, 201, 0, 950, 30, 0] {
        world.wait(INTERVAL);
        say(&mut world, &[longest(millis)]);
        assert_eq!(shown(&world), nobody());
    }
}

#[test]
fn a_timer_of_zero_ends_its_own_contradiction() {
    let mut world = World::new();
    say(&mut world, &[count(Metric::Waiting, 0)]);
    for millis in [4_000, 9_000] {
        world.wait(5_000);
        say(&mut world, &[longest(millis)]);
    }
    let unknown = (None, Trust::Unknown);
    assert_eq!(shown(&world), (unknown, (Some(9.0), Trust::Fresh)));

    world.wait(5_000);
    say(&mut world, &[longest(0)]);
    assert_eq!(shown(&world), nobody());
    world.wait(20_000);
    assert_eq!(shown(&world), nobody());
}

#[test]
fn a_timer_of_zero_starts_no_clock() {
    let mut world = World::new();
    say(&mut world, &[longest(0)]);
    world.wait(5_000);
    assert_eq!(shown(&world).1, (None, Trust::Fresh));

    // Somebody waits, and since when is not said yet.
    say(&mut world, &[count(Metric::Waiting, 1)]);
    let one = (Some(1.0), Trust::Fresh);
    assert_eq!(shown(&world), (one, (None, Trust::Fresh)));
    world.wait(1_000);
    say(&mut world, &[longest(1_200)]);
    assert_eq!(shown(&world), (one, (Some(1.2), Trust::Fresh)));
}

#[test]
fn the_timers_of_who_has_long_gone_are_no_clock_of_who_comes_next() {
    let mut world = World::new();
    say(&mut world, &[count(Metric::Waiting, 0)]);
    world.wait(500);
    say(&mut world, &[longest(184)]);
    world.wait(3_600_000);
    say(&mut world, &[count(Metric::Waiting, 1)]);

    let one = (Some(1.0), Trust::Fresh);
    assert_eq!(shown(&world), (one, (None, Trust::Fresh)));
}

/// A visitor: when they come, how long they wait, how long they talk.
#[derive(Clone, Copy, Debug)]
struct Visitor {
    comes: i64,
    waits: i64,
    talks: i64,
}

fn visitor() -> impl Strategy<Value = Visitor> {
    let waits = prop_oneof![3 => 1..INTERVAL, 1 => INTERVAL..8_000];
    let talks = prop_oneof![2 => Just(0), 1 => 1..6_000i64];
    (0..20_000i64, waits, talks).prop_map(|(comes, waits, talks)| Visitor {
        comes,
        waits,
        talks,
    })
}

/// One message: when it was published, and how late it arrives.
#[derive(Clone, Debug)]
struct Message {
    on: i64,
    arrives: i64,
    readings: Readings,
}

/// A queue that publishes as the vendor's document says: never more often than at the
/// throttle interval, and only what has changed.
struct Publisher {
    visitors: Vec<Visitor>,
    load: [Option<u64>; 2],
    longest: Option<i64>,
}

impl Publisher {
    fn waiting(&self, now: i64) -> Vec<i64> {
        let waits = |v: &&Visitor| (v.comes..v.comes + v.waits).contains(&now);
        self.visitors
            .iter()
            .filter(waits)
            .map(|v| v.comes)
            .collect()
    }

    fn talking(&self, now: i64) -> u64 {
        let talks = |v: &&Visitor| {
            let answered = v.comes + v.waits;
            (answered..answered + v.talks).contains(&now)
        };
        self.visitors.iter().filter(talks).count() as u64
    }

    fn publish_load(&mut self, now: i64) -> Option<Readings> {
        let counts = [self.waiting(now).len() as u64, self.talking(now)];
        let metrics = [Metric::Waiting, Metric::InConversation];
        let mut readings = Readings::new();
        for (place, metric) in metrics.into_iter().enumerate() {
            if self.load[place].replace(counts[place]) != Some(counts[place]) {
                readings.push(count(metric, counts[place]));
            }
        }
        (!readings.is_empty()).then_some(readings)
    }

    fn publish_timers(&mut self, now: i64) -> Option<Readings> {
        let waiting = self.waiting(now);
        if waiting.is_empty() && self.talking(now) == 0 {
            return None;
        }
        let waited = waiting.iter().min().map_or(0, |comes| now - comes);
        let is_new = self.longest.replace(waited) != Some(waited);
        Some(is_new.then(|| longest(waited)).into_iter().collect())
    }
}

fn publish(visitors: Vec<Visitor>, phase: i64, until: i64, delays: &[i64]) -> Vec<Message> {
    let mut publisher = Publisher {
        visitors,
        load: [None; 2],
        longest: None,
    };
    let mut messages = Vec::new();
    let mut delays = delays.iter().cycle();
    let mut send = |on, readings: Option<Readings>| {
        if let Some(readings) = readings {
            let arrives = on + delays.next().copied().unwrap_or(0);
            messages.push(Message {
                on,
                arrives,
                readings,
            });
        }
    };
    for tick in (0..until).step_by(1_000) {
        send(tick, publisher.publish_load(tick));
        send(tick + phase, publisher.publish_timers(tick + phase));
    }
    messages
}

/// What is shown once all has arrived, in the order of arrival.
fn deliver(mut messages: Vec<Message>, end: i64) -> World {
    messages.sort_by_key(|message| message.arrives);
    let mut world = World::new();
    let start: Timestamp = world.now.wall;
    let began = world.now.mono;
    for message in messages {
        world.wait(message.arrives - world.now.mono.since(began));
        let at = moment::plus_millis(start, message.on);
        world.readings(at, "sales", &message.readings);
        let (waiting, longest) = shown(&world);
        assert!(
            waiting.0 != Some(0.0) || longest.0.is_none(),
            "nobody waits, and somebody has for {longest:?}"
        );
    }
    world.wait(end - world.now.mono.since(began));
    world
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_order_within_two_intervals_the_vendors_last_word_holds(
        visitors in prop::collection::vec(visitor(), 1..12),
        phase in 1..INTERVAL,
        until in 2_000..30_000i64,
        delays in prop::collection::vec(0..2 * INTERVAL, 1..60),
    ) {
        let messages = publish(visitors, phase, until, &delays);
        let end = until + 2 * INTERVAL;
        let straight = messages.iter().cloned().map(|message| Message {
            arrives: message.on,
            ..message
        });
        let straight = shown(&deliver(straight.collect(), end));
        let mixed = shown(&deliver(messages.clone(), end));

        prop_assert_eq!(mixed.0, straight.0);
        prop_assert_eq!(mixed.1.1, straight.1.1);
        match (mixed.1.0, straight.1.0) {
            (Some(a), Some(b)) => prop_assert!((a - b).abs() <= SETTLED, "{} {}", a, b),
            (a, b) => prop_assert_eq!(a, b),
        }

        let last = |metric: Metric| {
            let said = messages.iter().rev().flat_map(|message| &message.readings);
            said.filter(|said| said.0 == metric)
                .find_map(|said| said.1.map(Value::number))
        };
        let (waiting, longest) = (last(Metric::Waiting), last(Metric::LongestWait));
        if mixed.0.1 == Trust::Fresh {
            prop_assert_eq!(mixed.0.0, waiting);
        } else {
            // Somebody who waits longer than the load can leave unsaid.
            prop_assert!(longest.is_some_and(|waited| 1.0 <= waited));
        }
        if longest == Some(0.0) {
            prop_assert_eq!(mixed.0, (waiting, Trust::Fresh));
            prop_assert_eq!(mixed.1.0, None);
        }
    }

    #[test]
    fn once_all_have_gone_nobody_waits(
        visitors in prop::collection::vec(visitor(), 1..12),
        phase in 1..INTERVAL,
        delays in prop::collection::vec(0..2 * INTERVAL, 1..60),
    ) {
        let messages = publish(visitors, phase, 40_000, &delays);
        prop_assert_eq!(shown(&deliver(messages, 42_000)), nobody());
    }
}
