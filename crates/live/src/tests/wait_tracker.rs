//! Tests of waits from throttled loads and timers: customers who stay for less than the throttle
//! interval, and messages in any order.

use jiff::Timestamp;
use proptest::prelude::*;

use wallboard_domain::{Discontinuity, Metric, MetricValue, ReportedValues, moment};

use super::LiveScenario;
use crate::Freshness;

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

fn displayed_waits(scenario: &LiveScenario) -> (DisplayedFigure, DisplayedFigure) {
    (
        scenario.displayed_figure("sales", Metric::Waiting),
        scenario.displayed_figure("sales", Metric::LongestWait),
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

fn send_readings(scenario: &mut LiveScenario, readings: &[(Metric, Option<MetricValue>)]) {
    scenario.send_readings(scenario.now.wall, "sales", readings);
}

#[test]
fn customers_shorter_than_the_throttle_leave_no_wait_behind() {
    let mut scenario = LiveScenario::new();
    send_readings(&mut scenario, &[count_reading(Metric::Waiting, 1)]);
    scenario.advance_time(100);
    send_readings(&mut scenario, &[longest_reading(718)]);
    scenario.advance_time(900);
    send_readings(&mut scenario, &[count_reading(Metric::Waiting, 0)]);
    for millis in [184, 201] {
        scenario.advance_time(100);
        send_readings(&mut scenario, &[longest_reading(millis)]);
        assert_eq!(displayed_waits(&scenario), nobody_waiting());
        scenario.advance_time(900);
        send_readings(&mut scenario, &[count_reading(Metric::InConversation, 1)]);
        assert_eq!(displayed_waits(&scenario), nobody_waiting());
    }
    scenario.advance_time(7);
    send_readings(&mut scenario, &[longest_reading(0)]);
    for _ in 0..15 {
        assert_eq!(displayed_waits(&scenario), nobody_waiting());
        scenario.advance_time(1_000);
        send_readings(&mut scenario, &[]);
    }
}

#[test]
fn brief_customers_in_timers_alone_do_not_contradict_the_load() {
    let mut scenario = LiveScenario::new();
    send_readings(&mut scenario, &[count_reading(Metric::Waiting, 0)]);
    for millis in [184, 201, 0, 950, 30, 0] {
        scenario.advance_time(INTERVAL);
        send_readings(&mut scenario, &[longest_reading(millis)]);
        assert_eq!(displayed_waits(&scenario), nobody_waiting());
    }
}

#[test]
fn a_timer_of_zero_ends_its_own_contradiction() {
    let mut scenario = LiveScenario::new();
    send_readings(&mut scenario, &[count_reading(Metric::Waiting, 0)]);
    for millis in [4_000, 9_000] {
        scenario.advance_time(5_000);
        send_readings(&mut scenario, &[longest_reading(millis)]);
    }
    let unknown = (None, Freshness::Unknown);
    assert_eq!(
        displayed_waits(&scenario),
        (unknown, (Some(9.0), Freshness::UpToDate))
    );

    scenario.advance_time(5_000);
    send_readings(&mut scenario, &[longest_reading(0)]);
    assert_eq!(displayed_waits(&scenario), nobody_waiting());
    scenario.advance_time(20_000);
    assert_eq!(displayed_waits(&scenario), nobody_waiting());
}

#[test]
fn a_timer_of_zero_starts_no_clock() {
    let mut scenario = LiveScenario::new();
    send_readings(&mut scenario, &[longest_reading(0)]);
    scenario.advance_time(5_000);
    assert_eq!(displayed_waits(&scenario).1, (None, Freshness::UpToDate));

    // A customer waits, and the start isn't reported yet.
    send_readings(&mut scenario, &[count_reading(Metric::Waiting, 1)]);
    let one = (Some(1.0), Freshness::UpToDate);
    assert_eq!(
        displayed_waits(&scenario),
        (one, (None, Freshness::UpToDate))
    );
    scenario.advance_time(1_000);
    send_readings(&mut scenario, &[longest_reading(1_200)]);
    assert_eq!(
        displayed_waits(&scenario),
        (one, (Some(1.2), Freshness::UpToDate))
    );
}

#[test]
fn a_wait_that_is_not_reported_yet_has_an_upper_bound() {
    let mut scenario = LiveScenario::new();
    let bound = |scenario: &LiveScenario| {
        let figure = scenario.queue_figure("sales", Metric::LongestWait);
        (figure.value, figure.high.map(MetricValue::as_number))
    };
    send_readings(&mut scenario, &[longest_reading(0)]);
    send_readings(&mut scenario, &[count_reading(Metric::Waiting, 0)]);
    assert_eq!(bound(&scenario), (None, None));

    // The queue was empty four seconds ago.
    scenario.advance_time(4_000);
    send_readings(&mut scenario, &[count_reading(Metric::Waiting, 1)]);
    assert_eq!(bound(&scenario), (None, Some(4.0)));
    scenario.advance_time(1_000);
    assert_eq!(bound(&scenario), (None, Some(5.0)));
    let site = scenario.state.snapshot();
    let merged = site.merge_figure(&site.select_site(), Metric::LongestWait, scenario.now);
    assert_eq!(merged.unwrap().figure.high, Some(MetricValue::Seconds(5.0)));

    send_readings(&mut scenario, &[longest_reading(4_500)]);
    assert_eq!(bound(&scenario), (Some(MetricValue::Seconds(4.5)), None));
    send_readings(&mut scenario, &[count_reading(Metric::Waiting, 0)]);
    assert_eq!(bound(&scenario), (None, None));

    // An hour later, a new customer is reported within an interval.
    scenario.advance_time(3_600_000);
    send_readings(&mut scenario, &[count_reading(Metric::Waiting, 1)]);
    assert_eq!(bound(&scenario), (None, Some(10.0)));
}

#[test]
fn the_first_load_of_a_generation_does_not_say_when_a_wait_began() {
    let mut scenario = LiveScenario::new();
    let high = |scenario: &LiveScenario| {
        let figure = scenario.queue_figure("sales", Metric::LongestWait);
        assert_eq!(figure.value, None);
        figure.high.map(MetricValue::as_number)
    };
    send_readings(&mut scenario, &[longest_reading(101_000)]);
    // An agent became available. It's the first load since the start.
    scenario.advance_time(20_000);
    send_readings(&mut scenario, &[count_reading(Metric::Waiting, 1)]);
    assert_eq!(high(&scenario), Some(121.0));

    // Somebody may have come during the outage.
    send_readings(&mut scenario, &[count_reading(Metric::Waiting, 0)]);
    scenario.advance_time(1_000);
    scenario.disconnect_source();
    scenario.advance_time(60_000);
    scenario.connect_source(Some(Discontinuity::Upstream));
    send_readings(&mut scenario, &[longest_reading(0)]);
    scenario.advance_time(20_000);
    send_readings(&mut scenario, &[count_reading(Metric::Waiting, 1)]);
    assert_eq!(high(&scenario), Some(20.0));
}

#[test]
fn timers_of_a_customer_who_left_start_no_clock_for_the_next() {
    let mut scenario = LiveScenario::new();
    send_readings(&mut scenario, &[count_reading(Metric::Waiting, 0)]);
    scenario.advance_time(500);
    send_readings(&mut scenario, &[longest_reading(184)]);
    scenario.advance_time(3_600_000);
    send_readings(&mut scenario, &[count_reading(Metric::Waiting, 1)]);

    let one = (Some(1.0), Freshness::UpToDate);
    assert_eq!(
        displayed_waits(&scenario),
        (one, (None, Freshness::UpToDate))
    );
}

/// A customer: when they come, how long they wait, how long they talk.
#[derive(Clone, Copy, Debug)]
struct WaitingCustomer {
    comes: i64,
    waits: i64,
    talks: i64,
}

fn any_customer() -> impl Strategy<Value = WaitingCustomer> {
    let waits = prop_oneof![3 => 1..INTERVAL, 1 => INTERVAL..8_000];
    let talks = prop_oneof![2 => Just(0), 1 => 1..6_000i64];
    (0..20_000i64, waits, talks).prop_map(|(comes, waits, talks)| WaitingCustomer {
        comes,
        waits,
        talks,
    })
}

/// One message: when it was published, and when it arrives.
#[derive(Clone, Debug)]
struct DelayedMessage {
    on: i64,
    arrives: i64,
    readings: ReportedValues,
}

/// A queue that publishes as the vendor documents it: at most once per throttle interval, and
/// only changes.
struct ThrottledUpstream {
    customers: Vec<WaitingCustomer>,
    load: [Option<u64>; 2],
    longest: Option<i64>,
}

impl ThrottledUpstream {
    fn waiting_since(&self, now: i64) -> Vec<i64> {
        let waits = |v: &&WaitingCustomer| (v.comes..v.comes + v.waits).contains(&now);
        self.customers
            .iter()
            .filter(waits)
            .map(|v| v.comes)
            .collect()
    }

    fn count_talking(&self, now: i64) -> u64 {
        let talks = |v: &&WaitingCustomer| {
            let answered = v.comes + v.waits;
            (answered..answered + v.talks).contains(&now)
        };
        self.customers.iter().filter(talks).count() as u64
    }

    fn publish_load(&mut self, now: i64) -> Option<ReportedValues> {
        let counts = [
            self.waiting_since(now).len() as u64,
            self.count_talking(now),
        ];
        let metrics = [Metric::Waiting, Metric::InConversation];
        let mut readings = ReportedValues::new();
        for (index, metric) in metrics.into_iter().enumerate() {
            if self.load[index].replace(counts[index]) != Some(counts[index]) {
                readings.push(count_reading(metric, counts[index]));
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
    customers: Vec<WaitingCustomer>,
    phase: i64,
    until: i64,
    delays: &[i64],
) -> Vec<DelayedMessage> {
    let mut publisher = ThrottledUpstream {
        customers,
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

/// Returns the scenario after all messages arrived, in order of arrival.
fn deliver_messages(mut messages: Vec<DelayedMessage>, end: i64) -> LiveScenario {
    messages.sort_by_key(|message| message.arrives);
    let mut scenario = LiveScenario::new();
    let start: Timestamp = scenario.now.wall;
    let began = scenario.now.monotonic;
    for message in messages {
        scenario.advance_time(message.arrives - scenario.now.monotonic.millis_since(began));
        let at = moment::plus_millis(start, message.on);
        scenario.send_readings(at, "sales", &message.readings);
        let (waiting, longest) = displayed_waits(&scenario);
        assert!(
            waiting.0 != Some(0.0) || longest.0.is_none(),
            "nobody waits, but the longest wait is {longest:?}"
        );
    }
    scenario.advance_time(end - scenario.now.monotonic.millis_since(began));
    scenario
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_last_report_holds_in_any_order_within_two_intervals(
        customers in prop::collection::vec(any_customer(), 1..12),
        phase in 1..INTERVAL,
        until in 2_000..30_000i64,
        delays in prop::collection::vec(0..2 * INTERVAL, 1..60),
    ) {
        let messages = publish_messages(customers, phase, until, &delays);
        let end = until + 2 * INTERVAL;
        let in_order = messages.iter().cloned().map(|message| DelayedMessage {
            arrives: message.on,
            ..message
        });
        let in_order = displayed_waits(&deliver_messages(in_order.collect(), end));
        let by_arrival = displayed_waits(&deliver_messages(messages.clone(), end));

        prop_assert_eq!(by_arrival.0, in_order.0);
        prop_assert_eq!(by_arrival.1.1, in_order.1.1);
        match (by_arrival.1.0, in_order.1.0) {
            (Some(a), Some(b)) => prop_assert!((a - b).abs() <= SETTLED, "{} {}", a, b),
            (a, b) => prop_assert_eq!(a, b),
        }

        let last = |metric: Metric| {
            let values = messages.iter().rev().flat_map(|message| &message.readings);
            values.filter(|values| values.0 == metric)
                .find_map(|values| values.1.map(MetricValue::as_number))
        };
        let (waiting, longest) = (last(Metric::Waiting), last(Metric::LongestWait));
        if by_arrival.0.1 == Freshness::UpToDate {
            prop_assert_eq!(by_arrival.0.0, waiting);
        } else {
            // A customer waits longer than a load can leave unreported.
            prop_assert!(longest.is_some_and(|waited| 1.0 <= waited));
        }
        if longest == Some(0.0) {
            prop_assert_eq!(by_arrival.0, (waiting, Freshness::UpToDate));
            prop_assert_eq!(by_arrival.1.0, None);
        }
    }

    #[test]
    fn nobody_waits_after_all_customers_left(
        customers in prop::collection::vec(any_customer(), 1..12),
        phase in 1..INTERVAL,
        delays in prop::collection::vec(0..2 * INTERVAL, 1..60),
    ) {
        let messages = publish_messages(customers, phase, 40_000, &delays);
        prop_assert_eq!(displayed_waits(&deliver_messages(messages, 42_000)), nobody_waiting());
    }
}
