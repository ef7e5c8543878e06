//! Tests of the baseline, with hand-made weeks.

use std::collections::BTreeMap;

use crate::{Counter, Counters, ServiceLevelFormula};

use super::*;

const DAY: &str = "2026-11-20";

fn day() -> Date {
    DAY.parse().unwrap()
}

fn queue(id: &str) -> QueueId {
    QueueId::new(&"export".into(), id)
}

fn zone() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap()
}

fn time_in_week(week: i64, time: &str) -> Timestamp {
    let date = day().checked_sub((7 * week).days()).unwrap();
    let time: jiff::civil::Time = time.parse().unwrap();
    date.to_datetime(time).to_zoned(zone()).unwrap().timestamp()
}

fn answered_sample(week: i64, time: &str, answered: i64) -> BaselineSample {
    let mut counters = Counters::default();
    counters.add(Counter::Offered, answered);
    counters.add(Counter::Answered, answered);
    counters.add(Counter::AnsweredWithin, answered);
    counters.add(Counter::Waits, answered);
    counters.add(Counter::WaitTime, answered * 10_000);
    BaselineSample {
        start: time_in_week(week, time),
        length: 900,
        counters,
    }
}

fn build_baseline(samples: Vec<BaselineSample>) -> Baseline {
    let mut builder = BaselineBuilder::for_day(day(), &zone());
    let mut dates: BTreeMap<Date, Vec<BaselineSample>> = BTreeMap::new();
    for sample in samples {
        let date = sample.start.to_zoned(zone()).date();
        dates.entry(date).or_default().push(sample);
    }
    for (date, samples) in dates {
        builder.add_day(queue("1"), date, samples, ServiceLevelFormula::default());
    }
    builder.build()
}

fn find_band(baseline: &Baseline, metric: Metric, time: &str) -> Option<[f64; 3]> {
    let normal = baseline.find_range([&queue("1")], metric, time_in_week(0, time))?;
    Some([normal.band.low, normal.band.median, normal.band.high])
}

#[test]
fn baseline_is_the_day_so_far_across_the_weeks() {
    let mut samples: Vec<BaselineSample> = (1..=8)
        .map(|week| answered_sample(week, "09:15", week))
        .collect();
    samples.extend((1..=8).map(|week| answered_sample(week, "10:00", 10)));
    let baseline = build_baseline(samples);

    assert_eq!(
        find_band(&baseline, Metric::Offered, "08:59"),
        Some([0.0; 3])
    );
    let rounded =
        |time| find_band(&baseline, Metric::Offered, time).map(|b| b.map(|n| format!("{n:.1}")));
    assert_eq!(rounded("09:05").unwrap(), ["1.7", "4.5", "7.3"]);
    assert_eq!(rounded("10:29").unwrap(), ["11.7", "14.5", "17.3"]);
    assert_eq!(rounded("23:59"), rounded("10:29"));
    assert_eq!(
        find_band(&baseline, Metric::ServiceLevel, "09:05"),
        Some([100.0; 3])
    );
    assert_eq!(
        find_band(&baseline, Metric::AverageSpeedOfAnswer, "23:00"),
        Some([10.0; 3])
    );
}

#[test]
fn normal_range_has_its_end_time() {
    let baseline = build_baseline(
        (1..=3)
            .map(|week| answered_sample(week, "09:15", 5))
            .collect(),
    );

    let normal = baseline
        .find_range([&queue("1")], Metric::Answered, time_in_week(0, "14:12"))
        .unwrap();

    assert_eq!(normal.ends_at, time_in_week(0, "14:30"));
    assert_eq!(normal.band.weeks, 3);
}

#[test]
fn two_weeks_or_a_zero_denominator_give_no_band() {
    let two = build_baseline(
        (1..=2)
            .map(|week| answered_sample(week, "09:15", 5))
            .collect(),
    );
    assert_eq!(find_band(&two, Metric::Offered, "10:00"), None);
    assert!(two.is_empty());

    let three = build_baseline(
        (1..=3)
            .map(|week| answered_sample(week, "09:15", 5))
            .collect(),
    );
    assert!(!three.is_empty());
    assert_eq!(find_band(&three, Metric::ServiceLevel, "08:00"), None);
    assert!(find_band(&three, Metric::ServiceLevel, "10:00").is_some());
}

#[test]
fn other_weekdays_and_older_weeks_are_ignored() {
    let mut samples: Vec<BaselineSample> = (1..=3)
        .map(|week| answered_sample(week, "09:15", 5))
        .collect();
    samples.extend((9..=12).map(|week| answered_sample(week, "09:15", 500)));
    let mut thursday = answered_sample(1, "09:15", 500);
    thursday.start = thursday.start.checked_sub(24.hours()).unwrap();
    samples.push(thursday);

    assert_eq!(
        find_band(&build_baseline(samples), Metric::Offered, "10:00"),
        Some([5.0; 3])
    );
}

#[test]
fn counter_unknown_in_one_week_has_no_band_from_then_on() {
    let mut samples: Vec<BaselineSample> = (1..=3)
        .map(|week| answered_sample(week, "09:15", 5))
        .collect();
    samples[0].counters.set(Counter::Abandoned, None);
    let baseline = build_baseline(samples);

    assert!(find_band(&baseline, Metric::Abandoned, "08:00").is_some());
    assert_eq!(find_band(&baseline, Metric::Abandoned, "10:00"), None);
    assert!(find_band(&baseline, Metric::Answered, "10:00").is_some());
}

#[test]
fn steps_follow_local_time_across_dst_changes() {
    // Four weeks before 20 November it was still daylight saving time.
    let samples = (1..=8)
        .map(|week| answered_sample(week, "08:10", week))
        .collect();
    let baseline = build_baseline(samples);

    assert_eq!(
        find_band(&baseline, Metric::Offered, "07:59"),
        Some([0.0; 3])
    );
    let median = find_band(&baseline, Metric::Offered, "08:00").map(|band| band[1]);
    assert_eq!(median, Some(4.5));
}

#[test]
fn hourly_samples_give_no_band_at_the_half_hour() {
    let hours = (1..=3).map(|week| BaselineSample {
        length: 3600,
        ..answered_sample(week, "09:00", 5)
    });
    let baseline = build_baseline(hours.collect());

    assert_eq!(
        find_band(&baseline, Metric::Offered, "08:59"),
        Some([0.0; 3])
    );
    assert_eq!(find_band(&baseline, Metric::Offered, "09:10"), None);
    assert_eq!(
        find_band(&baseline, Metric::Offered, "09:40"),
        Some([5.0; 3])
    );
}

#[test]
fn queue_without_history_uses_its_linked_id_and_only_today() {
    let baseline = build_baseline(
        (1..=3)
            .map(|week| answered_sample(week, "09:15", 5))
            .collect(),
    );
    let live = QueueId::new(&"chat".into(), "sales");
    let normal =
        |ids: &[&QueueId], now| baseline.find_range(ids.iter().copied(), Metric::Offered, now);

    assert!(normal(&[&live, &queue("1")], time_in_week(0, "10:00")).is_some());
    assert!(normal(&[&live], time_in_week(0, "10:00")).is_none());
    assert!(normal(&[&queue("1")], time_in_week(1, "10:00")).is_none());
    assert!(
        Baseline::default()
            .find_range([&queue("1")], Metric::Offered, time_in_week(0, "10:00"))
            .is_none()
    );
}

#[test]
fn group_baseline_uses_combined_days_not_a_sum_of_queue_baselines() {
    let mut builder = BaselineBuilder::for_day(day(), &zone());
    // When one queue has many, the other has few.
    for (week, [one, other]) in (1..).zip([[10, 50], [50, 10], [30, 30]]) {
        let date = time_in_week(week, "12:00").to_zoned(zone()).date();
        let both = [one, other].map(|n| answered_sample(week, "09:15", n));
        builder.add_day(
            queue("1"),
            date,
            [both[0].clone()],
            ServiceLevelFormula::default(),
        );
        builder.add_day(
            queue("2"),
            date,
            [both[1].clone()],
            ServiceLevelFormula::default(),
        );
        builder.add_day(queue("both"), date, both, ServiceLevelFormula::default());
    }
    let baseline = builder.build();

    let bands = ["1", "both"].map(|id| {
        let normal = baseline.find_range([&queue(id)], Metric::Offered, time_in_week(0, "10:00"));
        let band = normal.unwrap().band;
        [band.low, band.median, band.high].map(f64::round)
    });
    assert_eq!(bands, [[14.0, 30.0, 46.0], [60.0; 3]]);
}

#[test]
fn most_that_usually_wait_is_of_half_hours_that_are_known_in_three_weeks() {
    let mut builder = BaselineBuilder::for_day(day(), &zone());
    // In the second week a quarter isn't known.
    for (week, first, second) in [
        (1, 3, Some(1)),
        (2, 90, None),
        (3, 0, Some(5)),
        (4, 4, Some(2)),
    ] {
        let mut add =
            |time, waiting| builder.add_peak(queue("1"), time_in_week(week, time), waiting);
        add("10:00", first);
        if let Some(second) = second {
            add("10:15", second);
        }
        add("23:30", 7);
    }

    let baseline = builder.build();

    let usual = |week, time| baseline.usual_peak(&queue("1"), time_in_week(week, time));
    // Nine tenths of the way through 3, 4 and 5.
    assert_eq!(usual(0, "10:29"), Some(4.8));
    assert_eq!(usual(0, "10:30"), None);
    assert_eq!(usual(0, "23:45"), None);
    assert_eq!(usual(1, "10:00"), None);
    let others = baseline.usual_peak(&queue("2"), time_in_week(0, "10:00"));
    assert_eq!(others, None);
}
