use jiff::civil::date;

use wallboard_domain::{
    ClosedDays, DailyValues, OpenPeriod, OpeningHours, QueueId, RATIO_COUNTERS, Staffing,
    WaitDistribution,
};

use super::*;

const DAYS: i64 = 56;

/// A Friday.
fn today() -> Date {
    date(2026, 11, 20)
}

fn queue() -> QueueId {
    QueueId::new(&"chat".into(), "1")
}

fn sums(sample_quarters: usize, hours: Option<&OpeningHours>) -> PastSums {
    let queue = queue();
    let query = PastQuery {
        queue: &queue,
        day: today(),
        zone: &TimeZone::UTC,
        hours,
    };
    PastSums::new(&query, DAYS, sample_quarters)
}

fn at(day: Date, minutes: i64) -> Timestamp {
    let midnight = day.to_zoned(TimeZone::UTC).unwrap().timestamp();
    midnight + minutes.minutes()
}

fn past(sums: PastSums) -> QueuePast {
    sums.into_past(&TimeZone::UTC).unwrap()
}

fn days() -> impl Iterator<Item = Date> {
    (1..=DAYS).map(|ago| today().checked_sub(ago.days()).unwrap())
}

fn assert_near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-6, "{found} {expected}");
}

fn imported(offered: i64) -> ContactFigures {
    Counters::default().with(Counter::Offered, offered).into()
}

#[test]
fn patience_needs_the_waits_of_those_who_left() {
    let figures = |answer_s: Option<i64>, waits: Option<WaitDistribution>| {
        let counters = Counters::UNKNOWN
            .with(Counter::Offered, 12)
            .with(Counter::Abandoned, 2)
            .with(Counter::Waits, 10);
        ContactFigures {
            counters: match answer_s {
                Some(seconds) => counters.with(Counter::WaitTime, 10 * seconds * 1_000),
                None => counters,
            },
            waits,
            staffing: None,
        }
    };
    let seconds = |figures: &ContactFigures| {
        let mut sums = PatienceSums::default();
        for _ in 0..20 {
            sums.add(figures);
        }
        sums.seconds()
    };
    let waits = WaitDistribution {
        abandoned: [(90, 2)].into_iter().collect(),
        ..WaitDistribution::default()
    };

    // Ten waits of 30 s and two of 90 s, of which two left.
    assert_near(seconds(&figures(Some(30), Some(waits.clone()))), 240.0);
    for unknown in [
        figures(None, None),
        figures(Some(30), None),
        figures(None, Some(waits)),
    ] {
        assert_near(seconds(&unknown), USUAL_PATIENCE_S);
    }
}

#[test]
fn agents_of_an_hour_are_here_in_each_of_its_quarters() {
    let mut sums = sums(4, None);
    let staffing = Staffing {
        logged_in: 3_600,
        ready: 3_600,
        ..Staffing::default()
    };
    for day in days() {
        for hour in 8..10 {
            let figures = ContactFigures {
                staffing: Some(staffing),
                ..imported(8)
            };
            sums.add_import(&figures, at(day, hour * 60), &TimeZone::UTC);
        }
    }

    let staffing = past(sums).staffing(8.0 * 60.0 + 10.0, 8.0 * 60.0 + 30.0);
    assert_near(staffing.end_ratio, 1.0);
}

/// The snapshots of boards at each quarter of an hour from eight to ten: so many contacts more each time.
fn snapshots(contacts: i64, change: impl Fn(Date, i64, &mut BoardSnapshot)) -> Vec<BoardSnapshot> {
    let mut snapshots = Vec::new();
    let mut oldest_first: Vec<Date> = days().collect();
    oldest_first.reverse();
    for day in oldest_first {
        for quarter in 32..=40 {
            let offered = contacts * (quarter - 32);
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let figures: DailyValues = [(Metric::Offered, offered as f64)].into_iter().collect();
            let mut snapshot = BoardSnapshot {
                queue: queue(),
                day,
                at: at(day, quarter * 15),
                until: at(day, quarter * 15),
                is_up_to_date: true,
                is_complete: true,
                is_estimated: false,
                since: None,
                missing: None,
                figures,
                sums: Some(
                    Counters::LIVE
                        .only(&RATIO_COUNTERS)
                        .with(Counter::Handled, offered)
                        .with(Counter::HandleTime, offered * 240_000)
                        .with(Counter::Waits, offered)
                        .with(Counter::WaitTime, offered * 20_000),
                ),
            };
            change(day, quarter, &mut snapshot);
            snapshots.push(snapshot);
        }
    }
    snapshots
}

/// The contacts of a day's quarters from eight to ten.
fn contacts(sums: &PastSums, day: Date) -> [Option<u32>; 8] {
    let day = sums.days.iter().find(|one| one.date == day).unwrap();
    std::array::from_fn(|quarter| day.past.contacts[32 + quarter])
}

#[test]
fn what_boards_showed_is_the_past_of_a_queue_without_an_export() {
    let mut sums = sums(1, None);
    let interrupted = date(2026, 11, 17);
    let missed = snapshots(9, |day, quarter, snapshot| {
        // From 8:30 on, nothing was received for a minute.
        snapshot.missing = (day == interrupted && 35 <= quarter).then_some(60);
    });
    sums.add_snapshots(&missed, &TimeZone::UTC);

    assert_eq!(contacts(&sums, date(2026, 11, 19)), [Some(9); 8]);
    let nine = Some(9);
    let unknown = [nine, nine, None, nine, nine, nine, nine, nine];
    assert_eq!(contacts(&sums, interrupted), unknown);
    assert!(sums.has_contacts());
    let past = past(sums);
    let usual = past.model.usual_between(8.5 * 60.0, 9.5 * 60.0);
    assert!((30.0..37.0).contains(&usual), "{usual}");
    assert_near(past.handled.total_s / past.handled.count, 240.0);
    assert_near(past.answer_delay_s, 20.0);
    assert_near(past.patience_s, USUAL_PATIENCE_S);
}

#[test]
fn a_quarter_of_an_hour_is_as_imported_or_as_shown_and_never_both() {
    let mut sums = sums(1, None);
    let (whole, half) = (date(2026, 11, 19), date(2026, 11, 18));
    for (day, quarters) in [(whole, 0..96), (half, 32..36)] {
        for quarter in quarters {
            sums.add_import(&imported(5), at(day, quarter * 15), &TimeZone::UTC);
        }
    }
    assert!(sums.lacks_quarters());
    let handled = sums.handled;
    sums.add_snapshots(&snapshots(9, |_, _, _| {}), &TimeZone::UTC);

    assert_eq!(contacts(&sums, whole), [Some(5); 8]);
    let five = Some(5);
    let nine = Some(9);
    let both = [five, five, five, five, nine, nine, nine, nine];
    assert_eq!(contacts(&sums, half), both);
    assert_eq!(contacts(&sums, date(2026, 11, 17)), [nine; 8]);
    // 54 days with eight quarters, and one with four.
    let added = sums.handled.count - handled.count;
    assert_near(added, f64::from((54 * 8 + 4) * 9));
}

#[test]
fn a_vendors_mean_is_the_handle_time_of_each_day_once() {
    let mut sums = sums(1, None);
    let reported = snapshots(9, |_, _, snapshot| {
        snapshot.sums = None;
        let offered = snapshot.figures.get(Metric::Offered).unwrap();
        let figures = [
            (Metric::Offered, offered),
            (Metric::Answered, offered),
            (Metric::AverageHandleTime, 300.0),
        ];
        snapshot.figures = figures.into_iter().collect();
    });
    sums.add_snapshots(&reported, &TimeZone::UTC);

    assert_near(sums.handled.count, 56.0 * 72.0);
    assert_near(sums.handled.total_s / sums.handled.count, 300.0);
}

#[test]
fn holidays_and_days_with_other_hours_arent_usual() {
    let friday = date(2026, 11, 13);
    let hours = OpeningHours {
        zone: TimeZone::UTC,
        week: std::array::from_fn(|_| {
            vec![OpenPeriod {
                from_minute: 480,
                to_minute: 600,
            }]
        }),
        dates: [(today(), Vec::new())].into(),
        holidays: ClosedDays {
            calendars: Vec::new(),
            days: [friday].into(),
        },
    };
    let usual = |holiday, hours: Option<&OpeningHours>| {
        let mut sums = sums(1, hours);
        for day in days() {
            for quarter in 0..96 {
                let is_open = (32..40).contains(&quarter) && day != holiday;
                let offered = if is_open { 10 } else { 0 };
                sums.add_import(&imported(offered), at(day, quarter * 15), &TimeZone::UTC);
            }
        }
        past(sums).model.usual_between(0.0, 1440.0)
    };
    let open_today = OpeningHours {
        dates: std::collections::BTreeMap::new(),
        ..hours.clone()
    };

    let without = usual(date(2020, 1, 1), None);
    let known = usual(friday, Some(&open_today));
    assert!((known - without).abs() < 0.5, "{known} {without}");
    let unknown = usual(friday, None);
    assert!(unknown < without * 0.95, "{unknown} {without}");
    // Closed today, nothing comes.
    assert_near(usual(friday, Some(&hours)), 0.0);
}
