//! Who waits, by loads and timers that are both throttled: visitors shorter than
//! the throttle, and messages in any order.

use jiff::Timestamp;
use proptest::prelude::*;

use crate::domain::{Metric, MetricValue, ReportedValues, moment};

use super::LiveScenario;
use crate::live::Freshness;

/// The vendor's throttle interval, in milliseconds.
const INTERVAL: i64 = 1_000;
/// A running clock follows its vendor within this, in seconds.
const SETTLED: f64 = 6.0;

type DisplayedFigure = (Option<f64>, Freshness);

fn nobody_waiting() -> (DisplayedFigure, DisplayedFigure) {
    (
        (Some(0.0), Freshness::UpToDate),
        (None, Freshness::UpToDate),
    )
}

fn displayed_waits(world: &LiveScenario) -> (DisplayedFigure, DisplayedFigure) {
    (
        world.displayed_figure("sales", Metric::Waiting),
        world.displayed_figure("sales", Metric::LongestWait),
    )
}

fn count_reading(metric: Metric, n: u64) -> (Metric, Option<MetricValue>) {
    (metric, Some(MetricValue::Count(n)))
}

fn longest_reading(millis: i64) -> (Metric, Option<MetricValue>) {
    #[expect(clippy::cast_precision_loss, reason = "a few seconds")]
    let seconds = millis as f64 / 1000.0;
    (Metric::LongestWait, Some(MetricValue::Seconds(seconds)))
}

fn send_readings(world: &mut LiveScenario, readings: &[(Metric, Option<MetricValue>)]) {
    world.send_readings(world.now.wall, "sales", readings);
}

#[test]
fn visitors_shorter_than_the_throttle_leave_no_wait_behind() {
    let mut world = LiveScenario::new();
    send_readings(&mut world, &[count_reading(Metric::Waiting, 1)]);
    world.advance_time(100);
    send_readings(&mut world, &[longest_reading(718)]);
    world.advance_time(900);
    send_readings(&mut world, &[count_reading(Metric::Waiting, 0)]);
    for millis in [184, 201] {
        world.advance_time(100);
        send_readings(&mut world, &[longest_reading(millis)]);
        assert_eq!(displayed_waits(&world), nobody_waiting());
        world.advance_time(900);
        send_readings(&mut world, &[count_reading(Metric::InConversation, 1)]);
        assert_eq!(displayed_waits(&world), nobody_waiting());
    }
    world.advance_time(7);
    send_readings(&mut world, &[longest_reading(0)]);
    for _ in 0..15 {
        assert_eq!(displayed_waits(&world), nobody_waiting());
        world.advance_time(1_000);
        send_readings(&mut world, &[]);
    }
}

#[test]
fn brief_visitors_in_timers_alone_do_not_contradict_the_load() {
    let mut world = LiveScenario::new();
    send_readings(&mut world, &[count_reading(Metric::Waiting, 0)]);
    for millis in [184, 201, 0, 950, 30, 0] {
        world.advance_time(INTERVAL);
        send_readings(&mut world, &[longest_reading(millis)]);
        assert_eq!(displayed_waits(&world), nobody_waiting());
    }
}

#[test]
fn a_timer_of_zero_ends_its_own_contradiction() {
    let mut world = LiveScenario::new();
    send_readings(&mut world, &[count_reading(Metric::Waiting, 0)]);
    for millis in [4_000, 9_000] {
        world.advance_time(5_000);
        send_readings(&mut world, &[longest_reading(millis)]);
    }
    let unknown = (None, Freshness::Unknown);
    assert_eq!(
        displayed_waits(&world),
        (unknown, (Some(9.0), Freshness::UpToDate))
    );

    world.advance_time(5_000);
    send_readings(&mut world, &[longest_reading(0)]);
    assert_eq!(displayed_waits(&world), nobody_waiting());
    world.advance_time(20_000);
    assert_eq!(displayed_waits(&world), nobody_waiting());
}

#[test]
fn a_timer_of_zero_starts_no_clock() {
    let mut world = LiveScenario::new();
    send_readings(&mut world, &[longest_reading(0)]);
    world.advance_time(5_000);
    assert_eq!(displayed_waits(&world).1, (None, Freshness::UpToDate));

    // Somebody waits, and since when is not said yet.
    send_readings(&mut world, &[count_reading(Metric::Waiting, 1)]);
    let one = (Some(1.0), Freshness::UpToDate);
    assert_eq!(displayed_waits(&world), (one, (None, Freshness::UpToDate)));
    world.advance_time(1_000);
    send_readings(&mut world, &[longest_reading(1_200)]);
    assert_eq!(
        displayed_waits(&world),
        (one, (Some(1.2), Freshness::UpToDate))
    );
}

#[test]
fn the_timers_of_who_has_long_gone_are_no_clock_of_who_comes_next() {
    let mut world = LiveScenario::new();
    send_readings(&mut world, &[count_reading(Metric::Waiting, 0)]);
    world.advance_time(500);
    send_readings(&mut world, &[longest_reading(184)]);
    world.advance_time(3_600_000);
    send_readings(&mut world, &[count_reading(Metric::Waiting, 1)]);

    let one = (Some(1.0), Freshness::UpToDate);
    assert_eq!(displayed_waits(&world), (one, (None, Freshness::UpToDate)));
}

/// A visitor: when they come, how long they wait, how long they talk.
#[derive(Clone, Copy, Debug)]
struct WaitingVisitor {
    comes: i64,
    waits: i64,
    talks: i64,
}

fn any_visitor() -> impl Strategy<Value = WaitingVisitor> {
    let waits = prop_oneof![3 => 1..INTERVAL, 1 => INTERVAL..8_000];
    let talks = prop_oneof![2 => Just(0), 1 => 1..6_000i64];
    (0..20_000i64, waits, talks).prop_map(|(comes, waits, talks)| WaitingVisitor {
        comes,
        waits,
        talks,
    })
}

/// One message: when it was published, and how late it arrives.
#[derive(Clone, Debug)]
struct DelayedMessage {
    on: i64,
    arrives: i64,
    readings: ReportedValues,
}

/// A queue that publishes as the vendor's document says: never more often than at the
/// throttle interval, and only what has changed.
struct ThrottledUpstream {
    visitors: Vec<WaitingVisitor>,
    load: [Option<u64>; 2],
    longest: Option<i64>,
}

impl ThrottledUpstream {
    fn waiting_since(&self, now: i64) -> Vec<i64> {
        let waits = |v: &&WaitingVisitor| (v.comes..v.comes + v.waits).contains(&now);
        self.visitors
            .iter()
            .filter(waits)
            .map(|v| v.comes)
            .collect()
    }

    fn count_talking(&self, now: i64) -> u64 {
        let talks = |v: &&WaitingVisitor| {
            let answered = v.comes + v.waits;
            (answered..answered + v.talks).contains(&now)
        };
        self.visitors.iter().filter(talks).count() as u64
    }

    fn publish_load(&mut self, now: i64) -> Option<ReportedValues> {
        let counts = [
            self.waiting_since(now).len() as u64,
            self.count_talking(now),
        ];
        let metrics = [Metric::Waiting, Metric::InConversation];
        let mut readings = ReportedValues::new();
        for (place, metric) in metrics.into_iter().enumerate() {
            if self.load[place].replace(counts[place]) != Some(counts[place]) {
                readings.push(count_reading(metric, counts[place]));
            }
        }
        (!readings.is_empty()).then_some(readings)
    }

    fn publish_timers(&mut self, now: i64) -> Option<ReportedValues> {
        let waiting = self.waiting_since(now);
        if waiting.is_empty() && self.count_talking(now) == 0 {
            return None;
        }
        let waited = waiting.iter().min().map_or(0, |comes| now - comes);
        let is_new = self.longest.replace(waited) != Some(waited);
        Some(
            is_new
                .then(|| longest_reading(waited))
                .into_iter()
                .collect(),
        )
    }
}

fn publish_messages(
    visitors: Vec<WaitingVisitor>,
    phase: i64,
    until: i64,
    delays: &[i64],
) -> Vec<DelayedMessage> {
    let mut publisher = ThrottledUpstream {
        visitors,
        load: [None; 2],
        longest: None,
    };
    let mut messages = Vec::new();
    let mut delays = delays.iter().cycle();
    let mut send = |on, readings: Option<ReportedValues>| {
        if let Some(readings) = readings {
            let arrives = on + delays.next().copied().unwrap_or(0);
            messages.push(DelayedMessage {
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
fn deliver_messages(mut messages: Vec<DelayedMessage>, end: i64) -> LiveScenario {
    messages.sort_by_key(|message| message.arrives);
    let mut world = LiveScenario::new();
    let start: Timestamp = world.now.wall;
    let began = world.now.monotonic;
    for message in messages {
        world.advance_time(message.arrives - world.now.monotonic.millis_since(began));
        let at = moment::plus_millis(start, message.on);
        world.send_readings(at, "sales", &message.readings);
        let (waiting, longest) = displayed_waits(&world);
        assert!(
            waiting.0 != Some(0.0) || longest.0.is_none(),
            "nobody waits, and somebody has for {longest:?}"
        );
    }
    world.advance_time(end - world.now.monotonic.millis_since(began));
    world
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_order_within_two_intervals_the_vendors_last_word_holds(
        visitors in prop::collection::vec(any_visitor(), 1..12),
        phase in 1..INTERVAL,
        until in 2_000..30_000i64,
        delays in prop::collection::vec(0..2 * INTERVAL, 1..60),
    ) {
        let messages = publish_messages(visitors, phase, until, &delays);
        let end = until + 2 * INTERVAL;
        let straight = messages.iter().cloned().map(|message| DelayedMessage {
            arrives: message.on,
            ..message
        });
        let straight = displayed_waits(&deliver_messages(straight.collect(), end));
        let mixed = displayed_waits(&deliver_messages(messages.clone(), end));

        prop_assert_eq!(mixed.0, straight.0);
        prop_assert_eq!(mixed.1.1, straight.1.1);
        match (mixed.1.0, straight.1.0) {
            (Some(a), Some(b)) => prop_assert!((a - b).abs() <= SETTLED, "{} {}", a, b),
            (a, b) => prop_assert_eq!(a, b),
        }

        let last = |metric: Metric| {
            let said = messages.iter().rev().flat_map(|message| &message.readings);
            said.filter(|said| said.0 == metric)
                .find_map(|said| said.1.map(MetricValue::as_number))
        };
        let (waiting, longest) = (last(Metric::Waiting), last(Metric::LongestWait));
        if mixed.0.1 == Freshness::UpToDate {
            prop_assert_eq!(mixed.0.0, waiting);
        } else {
            // Somebody who waits longer than the load can leave unsaid.
            prop_assert!(longest.is_some_and(|waited| 1.0 <= waited));
        }
        if longest == Some(0.0) {
            prop_assert_eq!(mixed.0, (waiting, Freshness::UpToDate));
            prop_assert_eq!(mixed.1.0, None);
        }
    }

    #[test]
    fn once_all_have_gone_nobody_waits(
        visitors in prop::collection::vec(any_visitor(), 1..12),
        phase in 1..INTERVAL,
        delays in prop::collection::vec(0..2 * INTERVAL, 1..60),
    ) {
        let messages = publish_messages(visitors, phase, 40_000, &delays);
        prop_assert_eq!(displayed_waits(&deliver_messages(messages, 42_000)), nobody_waiting());
    }
}
