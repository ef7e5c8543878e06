use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use proptest::prelude::*;
use strum::IntoEnumIterator;

use wallboard_domain::{AgentCounter, AgentCounters, CountBy, Counter, Counters, Staffing};

use super::*;

const ZONES: [&str; 6] = [
    "UTC",
    "Europe/Stockholm",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/Havana",
];
/// The year 2026, with both clock changes in most of the zones.
const YEAR: std::ops::Range<i64> = 1_767_225_600..1_798_761_600;

const LIMITS: Limits = Limits {
    answer_within: 20,
    short_abandon: 5,
    talk_within: Some(300),
};

fn any_zone() -> impl Strategy<Value = TimeZone> {
    prop::sample::select(&ZONES[..]).prop_map(|name| TimeZone::get(name).unwrap())
}

fn any_step() -> impl Strategy<Value = ReportStep> {
    prop::sample::select(ReportStep::iter().collect::<Vec<_>>())
}

/// Spans around a window of six quarters, so that counting each second stays fast. They
/// begin before it and end after it, overlap, touch and cross quarters.
fn any_spans() -> impl Strategy<Value = Vec<TimeSpan>> {
    let span = (0..7_200i64, 0..2_000i64)
        .prop_map(|(start, length)| TimeSpan::new(start, start + length).unwrap());
    prop::collection::vec(span, 0..8)
}

prop_compose! {
    fn any_contact()(
        joined in 0..86_400i64,
        wait in 0..200i64,
        talk in 0..2_000i64,
        wrap_up in prop::option::of(0..300i64),
        kind in 0..4,
        abandoned: bool,
        transferred: bool,
    ) -> QueueContact {
        let ended = joined + wait;
        let answered = (kind == 0).then_some(ended);
        QueueContact {
            joined,
            answered,
            left: (kind != 1).then_some(ended + if kind == 0 { talk } else { 0 }),
            talk: answered.map(|_| talk),
            wrap_up: wrap_up.filter(|_| kind == 0).map(|length| TimeSpan {
                start: ended + talk,
                end: ended + talk + length,
            }),
            end: End { abandoned, transferred },
        }
    }
}

fn count_contacts(contacts: &[QueueContact], by: CountBy) -> BTreeMap<i64, Counters> {
    let mut quarters = BTreeMap::<i64, Counters>::new();
    for contact in contacts {
        count_contact(contact, &LIMITS, by, |at, change| {
            change(quarters.entry(quarter_start(at)).or_default());
        });
    }
    quarters
}

fn sum_counters<'a>(all: impl Iterator<Item = &'a Counters>) -> Counters {
    let mut sum = Counters::default();
    all.for_each(|counters| sum.merge(counters));
    sum
}

proptest! {
    #[test]
    fn buckets_are_a_partition_of_time(
        from in YEAR, length in 1..400_000i64, step in any_step(), zone in any_zone(),
    ) {
        let buckets = split_into_buckets(from, from + length, step, &zone, 1_000);

        let (first, last) = (buckets[0], buckets[buckets.len() - 1]);
        prop_assert!(first.start <= from && from < first.end);
        prop_assert!(last.start < from + length && from + length <= last.end);
        prop_assert!(buckets.windows(2).all(|pair| pair[0].end == pair[1].start));
        prop_assert!(buckets.iter().all(|b| quarter_start(b.start) == b.start && b.start < b.end));
    }

    #[test]
    fn a_bucket_does_not_depend_on_the_requested_range(
        at in YEAR, step in any_step(), zone in any_zone(),
    ) {
        let bucket = split_into_buckets(at, at + 1, step, &zone, 10)[0];

        let from_its_end = split_into_buckets(bucket.end - 1, bucket.end, step, &zone, 10);
        let wide = split_into_buckets(at - 200_000, at + 200_000, step, &zone, 1_000);

        prop_assert_eq!(&*from_its_end, &[bucket]);
        prop_assert!(wide.contains(&bucket));
    }

    #[test]
    fn shorter_buckets_make_up_longer_ones(from in YEAR, zone in any_zone()) {
        let day = split_into_buckets(from, from + 1, ReportStep::Day, &zone, 10)[0];
        for step in ReportStep::iter() {
            let parts = split_into_buckets(day.start, day.end, step, &zone, 200);

            prop_assert_eq!(parts[0].start, day.start);
            prop_assert_eq!(parts[parts.len() - 1].end, day.end);
        }
    }

    #[test]
    fn every_contact_is_counted_once_and_ends_in_one_way(
        contacts in prop::collection::vec(any_contact(), 0..40),
    ) {
        let count = |counters: &Counters, counter| {
            usize::try_from(counters.get(counter).unwrap()).unwrap()
        };
        for by in CountBy::iter() {
            let all = sum_counters(count_contacts(&contacts, by).values());

            prop_assert_eq!(count(&all, Counter::Offered), contacts.len());
            let waiting = contacts.iter().filter(|c| c.wait_seconds().is_none()).count();
            let ended = [
                Counter::Answered,
                Counter::Abandoned,
                Counter::ShortAbandoned,
                Counter::FlowOuts,
            ];
            let ended: usize = ended.into_iter().map(|counter| count(&all, counter)).sum();
            prop_assert_eq!(ended + waiting, contacts.len());
        }
    }

    #[test]
    fn counting_by_start_and_by_event_agrees_in_total(
        contacts in prop::collection::vec(any_contact(), 0..40),
    ) {
        let by_start = sum_counters(count_contacts(&contacts, CountBy::Start).values());
        let by_event = sum_counters(count_contacts(&contacts, CountBy::Event).values());

        for &counter in Counter::STORED {
            if !matches!(counter, Counter::Waiting | Counter::WaitingLate) {
                prop_assert_eq!(by_start.get(counter), by_event.get(counter), "{:?}", counter);
            }
        }
    }

    #[test]
    fn the_sum_over_any_step_is_the_sum_over_the_day(
        contacts in prop::collection::vec(any_contact(), 0..40), zone in any_zone(),
    ) {
        let quarters = count_contacts(&contacts, CountBy::Event);
        let whole = sum_counters(quarters.values());
        for step in ReportStep::iter() {
            let cut = split_into_buckets(0, 100_000, step, &zone, 1_000);

            let parts: Vec<Counters> = cut
                .iter()
                .map(|b| sum_counters(quarters.range(b.start..b.end).map(|(_, counters)| counters)))
                .collect();

            prop_assert_eq!(sum_counters(parts.iter()), whole);
        }
    }

    #[test]
    fn measured_activity_equals_counting_every_second(
        logged_in in any_spans(), talk in any_spans(), wrap_up in any_spans(),
        ringing in any_spans(), other in any_spans(), lunch in any_spans(), tea in any_spans(),
    ) {
        let window = TimeSpan { start: 900, end: 6_300 };
        let activity = AgentActivity {
            logged_in, talk, wrap_up, ringing, other,
            not_ready: [(1, lunch), (2, tea)].into(),
        };

        let mut quarters = BTreeMap::<i64, AgentCounters>::new();
        measure_activity(&activity, window, |at, change| change(quarters.entry(at).or_default()));

        let mut expected = BTreeMap::<i64, AgentCounters>::new();
        for second in window.start..window.end {
            let is_in = |spans: &[TimeSpan]| spans.iter().any(|s| s.start <= second && second < s.end);
            let busy = is_in(&activity.talk) || is_in(&activity.wrap_up) || is_in(&activity.other);
            let engaged = busy || is_in(&activity.ringing);
            let paused: Vec<i64> = [1, 2].into_iter()
                .filter(|code| is_in(&activity.not_ready[code]))
                .collect();
            let states = [
                (AgentCounter::LoggedIn, is_in(&activity.logged_in)),
                (AgentCounter::Talk, is_in(&activity.talk)),
                (AgentCounter::WrapUp, is_in(&activity.wrap_up)),
                (AgentCounter::Ringing, is_in(&activity.ringing)),
                (AgentCounter::Other, is_in(&activity.other)),
                (AgentCounter::Busy, busy),
                (AgentCounter::Engaged, engaged),
                (AgentCounter::Ready, is_in(&activity.logged_in) && !engaged && paused.is_empty()),
            ];
            for (counter, _) in states.into_iter().filter(|(_, holds)| *holds) {
                expected.entry(quarter_start(second)).or_default().add(counter, 1);
            }
            // Without a sign-in there is no break.
            for code in paused.into_iter().filter(|_| is_in(&activity.logged_in)) {
                let quarter = expected.entry(quarter_start(second)).or_default();
                *quarter.not_ready.entry(code).or_default() += 1;
            }
        }
        prop_assert_eq!(quarters, expected);
    }

    #[test]
    fn measured_staffing_equals_counting_every_second(
        in_queue in any_spans(), talk in any_spans(), ringing in any_spans(), lunch in any_spans(),
    ) {
        let window = TimeSpan { start: 900, end: 6_300 };
        let activity = AgentActivity {
            talk, ringing,
            not_ready: [(1, lunch)].into(),
            ..AgentActivity::default()
        };

        let mut quarters = BTreeMap::<i64, Staffing>::new();
        measure_staffing(&activity, &in_queue, window, |at, change| {
            change(quarters.entry(at).or_default());
        });

        let is_in = |spans: &[TimeSpan], second| spans.iter().any(|span| span.contains(second));
        let mut expected = BTreeMap::<i64, Staffing>::new();
        for second in (window.start..window.end).filter(|second| is_in(&in_queue, *second)) {
            let staffing = expected.entry(quarter_start(second)).or_default();
            let is_busy = is_in(&activity.talk, second);
            let is_engaged = is_busy || is_in(&activity.ringing, second);
            let is_ready = !is_engaged && !is_in(&activity.not_ready[&1], second);
            staffing.logged_in += 1;
            staffing.busy += i64::from(is_busy);
            staffing.engaged += i64::from(is_engaged);
            staffing.ready += i64::from(is_ready);
        }
        prop_assert_eq!(quarters, expected);
    }
}
