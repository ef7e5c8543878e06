//! What is normal, of weeks made by hand.

use std::collections::BTreeMap;

use crate::domain::{Counter, Counters, ServiceLevelFormula};

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
    let mut weeks = BaselineBuilder::for_day(day(), &zone());
    let mut dates: BTreeMap<Date, Vec<BaselineSample>> = BTreeMap::new();
    for sample in samples {
        let date = sample.start.to_zoned(zone()).date();
        dates.entry(date).or_default().push(sample);
    }
    for (date, samples) in dates {
        weeks.add_day(queue("1"), date, samples, ServiceLevelFormula::default());
    }
    weeks.build()
}

fn find_band(past: &Baseline, metric: Metric, time: &str) -> Option<[f64; 3]> {
    let normal = past.find_range([&queue("1")], metric, time_in_week(0, time))?;
    Some([normal.band.low, normal.band.median, normal.band.high])
}

#[test]
fn normal_is_the_day_so_far_over_the_weeks() {
    let mut samples: Vec<BaselineSample> = (1..=8)
        .map(|week| answered_sample(week, "09:15", week))
        .collect();
    samples.extend((1..=8).map(|week| answered_sample(week, "10:00", 10)));
    let past = build_baseline(samples);

    assert_eq!(find_band(&past, Metric::Offered, "08:59"), Some([0.0; 3]));
    let rounded =
        |time| find_band(&past, Metric::Offered, time).map(|b| b.map(|n| format!("{n:.1}")));
    assert_eq!(rounded("09:05").unwrap(), ["1.7", "4.5", "7.3"]);
    assert_eq!(rounded("10:29").unwrap(), ["11.7", "14.5", "17.3"]);
    assert_eq!(rounded("23:59"), rounded("10:29"));
    assert_eq!(
        find_band(&past, Metric::ServiceLevel, "09:05"),
        Some([100.0; 3])
    );
    assert_eq!(
        find_band(&past, Metric::AverageSpeedOfAnswer, "23:00"),
        Some([10.0; 3])
    );
}

#[test]
fn what_is_normal_is_told_with_the_time_it_is_normal_by() {
    let past = build_baseline(
        (1..=3)
            .map(|week| answered_sample(week, "09:15", 5))
            .collect(),
    );

    let normal = past
        .find_range([&queue("1")], Metric::Answered, time_in_week(0, "14:12"))
        .unwrap();

    assert_eq!(normal.ends_at, time_in_week(0, "14:30"));
    assert_eq!(normal.band.weeks, 3);
}

#[test]
fn two_weeks_make_nothing_normal_and_nothing_divided_by_nothing_is_normal() {
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
fn other_weekdays_and_older_weeks_are_passed_over() {
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
fn what_a_week_does_not_tell_is_not_normal_from_there_on() {
    let mut samples: Vec<BaselineSample> = (1..=3)
        .map(|week| answered_sample(week, "09:15", 5))
        .collect();
    samples[0].counters.set(Counter::Abandoned, None);
    let past = build_baseline(samples);

    assert!(find_band(&past, Metric::Abandoned, "08:00").is_some());
    assert_eq!(find_band(&past, Metric::Abandoned, "10:00"), None);
    assert!(find_band(&past, Metric::Answered, "10:00").is_some());
}

#[test]
fn hours_are_those_of_the_clock_also_where_it_is_put_forward_or_back() {
    // Four weeks before 20 November it was still summer time.
    let samples = (1..=8)
        .map(|week| answered_sample(week, "08:10", week))
        .collect();
    let past = build_baseline(samples);

    assert_eq!(find_band(&past, Metric::Offered, "07:59"), Some([0.0; 3]));
    let median = find_band(&past, Metric::Offered, "08:00").map(|band| band[1]);
    assert_eq!(median, Some(4.5));
}

#[test]
fn of_whole_hours_nothing_is_told_at_their_half() {
    let hours = (1..=3).map(|week| BaselineSample {
        length: 3600,
        ..answered_sample(week, "09:00", 5)
    });
    let past = build_baseline(hours.collect());

    assert_eq!(find_band(&past, Metric::Offered, "08:59"), Some([0.0; 3]));
    assert_eq!(find_band(&past, Metric::Offered, "09:10"), None);
    assert_eq!(find_band(&past, Metric::Offered, "09:40"), Some([5.0; 3]));
}

#[test]
fn a_queue_without_a_history_of_its_own_has_that_of_its_twin_and_of_today_alone() {
    let past = build_baseline(
        (1..=3)
            .map(|week| answered_sample(week, "09:15", 5))
            .collect(),
    );
    let live = QueueId::new(&"chat".into(), "sales");
    let normal = |ids: &[&QueueId], now| past.find_range(ids.iter().copied(), Metric::Offered, now);

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
fn of_a_group_it_is_what_several_had_together_and_not_what_each_normally_has() {
    let mut weeks = BaselineBuilder::for_day(day(), &zone());
    // Whenever one has many, the other has few.
    for (week, [one, other]) in (1..).zip([[10, 50], [50, 10], [30, 30]]) {
        let date = time_in_week(week, "12:00").to_zoned(zone()).date();
        let both = [one, other].map(|n| answered_sample(week, "09:15", n));
        weeks.add_day(
            queue("1"),
            date,
            [both[0].clone()],
            ServiceLevelFormula::default(),
        );
        weeks.add_day(
            queue("2"),
            date,
            [both[1].clone()],
            ServiceLevelFormula::default(),
        );
        weeks.add_day(queue("both"), date, both, ServiceLevelFormula::default());
    }
    let past = weeks.build();

    let bands = ["1", "both"].map(|id| {
        let normal = past.find_range([&queue(id)], Metric::Offered, time_in_week(0, "10:00"));
        let band = normal.unwrap().band;
        [band.low, band.median, band.high].map(f64::round)
    });
    assert_eq!(bands, [[14.0, 30.0, 46.0], [60.0; 3]]);
}
