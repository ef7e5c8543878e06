//! When reports are due, and what becomes of them.

use jiff::{
    SignedDuration, Timestamp,
    civil::{Time, Weekday, date},
    tz::TimeZone,
};
use proptest::prelude::*;

use super::{
    ReportPlan, ReportSchedule, SentReport,
    report_document::{DueReport, ReportDocument},
    run_reports::fault_mail,
};

fn stockholm() -> TimeZone {
    TimeZone::get("Europe/Stockholm").unwrap()
}

fn schedule(days: &[Weekday], hour: i8, minute: i8) -> ReportSchedule {
    ReportSchedule {
        days: days.to_vec(),
        time: Time::constant(hour, minute, 0, 0),
        zone: None,
    }
}

fn weekly() -> ReportPlan {
    ReportPlan {
        name: "Last week".into(),
        view: "/history?range=7d".into(),
        channel: "boss".into(),
        to: Vec::new(),
        schedule: schedule(&[Weekday::Monday], 7, 0),
        file: None,
        language: None,
    }
}

/// A Monday of November.
fn monday(hour: i8, minute: i8) -> Timestamp {
    let at = date(2026, 11, 23).at(hour, minute, 0, 0);
    at.to_zoned(stockholm()).unwrap().timestamp()
}

fn sent(due: Timestamp, at: Timestamp, is_accepted: bool) -> SentReport {
    SentReport {
        report: weekly().name,
        channel: weekly().channel,
        due: Some(due),
        at,
        by: String::new(),
        is_accepted,
        answer: "250 OK".into(),
    }
}

#[test]
fn a_new_report_waits_for_its_next_time_and_is_due_until_it_is_sent() {
    let (plans, zone) = ([weekly()], stockholm());
    let mut document = ReportDocument::default();
    let due = |document: &ReportDocument, now| document.find_due(&plans, now, &zone);
    assert!(document.follow(&plans, monday(6, 0)));
    assert!(!document.follow(&plans, monday(6, 30)), "nothing new");
    assert_eq!(due(&document, monday(6, 59)), []);
    let monday_due = DueReport {
        plan: weekly(),
        due: monday(7, 0),
    };
    let monday_due = [monday_due];
    assert_eq!(due(&document, monday(7, 0)), monday_due);

    document.note(sent(monday(7, 0), monday(7, 1), false));
    assert_eq!(due(&document, monday(7, 2)), monday_due);
    document.note(sent(monday(7, 0), monday(7, 3), true));
    assert_eq!(due(&document, monday(23, 0)), []);
    assert_eq!(document.sent.len(), 1, "only the last attempt is listed");
    let next = monday(7, 0) + SignedDuration::from_hours(7 * 24);
    assert_eq!(due(&document, next)[0].due, next);

    assert!(document.follow(&[], next), "it's deleted");
    document.follow(&plans, next);
    assert_eq!(due(&document, next), [], "it's new again");
}

#[test]
fn a_report_that_nobody_accepts_is_given_up_after_a_day() {
    let (plans, zone) = ([weekly()], stockholm());
    let mut document = ReportDocument::default();
    document.follow(&plans, monday(6, 0));
    let day = SignedDuration::from_hours(24);

    let late = monday(6, 59) + day;
    document.note(sent(monday(7, 0), late, false));
    assert_eq!(document.find_due(&plans, late, &zone).len(), 1);
    document.note(sent(monday(7, 0), monday(7, 0) + day, false));
    assert_eq!(document.find_due(&plans, monday(7, 0) + day, &zone), []);
    assert!(document.sent[0].answer.ends_with("Given up after a day."));
}

#[test]
fn a_time_that_the_clock_leaves_out_is_due_an_hour_later() {
    // In Stockholm, 2:00 to 3:00 on 28 March 2027 doesn't exist.
    let schedule = schedule(&[Weekday::Sunday], 2, 30);
    let before = "2027-03-27T12:00:00Z".parse().unwrap();
    let next = schedule.next_due(before, &stockholm()).unwrap();
    assert_eq!(next.to_string(), "2027-03-28T01:30:00Z");
}

#[test]
fn a_time_that_is_there_twice_is_due_once_and_midnight_is_of_the_day_that_begins() {
    // In Stockholm, 2:00 to 3:00 on 25 October 2026 is there twice.
    let night = schedule(&[Weekday::Sunday], 2, 30);
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let first = at("2026-10-25T00:30:00Z");
    assert_eq!(
        night.next_due(at("2026-10-24T12:00:00Z"), &stockholm()),
        Some(first)
    );
    let second = at("2026-10-25T01:30:00Z");
    assert_eq!(night.last_due(second, &stockholm()), Some(first));
    let week_later = at("2026-11-01T01:30:00Z");
    assert_eq!(night.next_due(first, &stockholm()), Some(week_later));

    let midnight = schedule(&[Weekday::Monday], 0, 0);
    let due = monday(0, 0);
    let before = due - SignedDuration::from_secs(1);
    assert_eq!(midnight.next_due(before, &stockholm()), Some(due));
    assert_eq!(midnight.last_due(due, &stockholm()), Some(due));
}

#[test]
fn a_report_is_due_by_the_clock_of_its_own_zone() {
    let mut schedule = schedule(&[Weekday::Monday], 7, 0);
    schedule.zone = TimeZone::get("America/New_York").ok();
    // Seven in New York is one in the afternoon in Stockholm.
    let next = schedule.next_due(monday(7, 0), &stockholm());
    assert_eq!(next, Some(monday(13, 0)));
    let week = SignedDuration::from_hours(7 * 24);
    let last = schedule.last_due(monday(12, 59), &stockholm());
    assert_eq!(last, Some(monday(13, 0) - week));
}

#[test]
fn a_report_that_cannot_be_written_is_sent_without_figures_within_the_hour() {
    let explain = |plan: &ReportPlan, why: &str| Ok(format!("{}: {why}", plan.name));
    let at = |minutes| {
        let late = SignedDuration::from_mins(minutes);
        fault_mail(&weekly(), "disk full", late, explain)
    };
    assert_eq!(at(49), None);
    assert_eq!(at(51).as_deref(), Some("Last week: disk full"));
    let silent = |_: &ReportPlan, _: &str| Err::<String, _>(String::new());
    let late = SignedDuration::from_hours(2);
    assert_eq!(fault_mail(&weekly(), "disk full", late, silent), None);
}

proptest! {
    #[test]
    fn the_last_time_is_followed_by_the_next_on_the_same_days(
        days in prop::collection::btree_set(0_i8..7, 1..=7),
        hour in 0_i8..24,
        minute in 0_i8..60,
        now in 1_700_000_000_i64..1_900_000_000,
    ) {
        let days: Vec<_> = (days.into_iter())
            .map(|day| Weekday::from_monday_zero_offset(day).unwrap())
            .collect();
        let (schedule, zone) = (schedule(&days, hour, minute), stockholm());
        let now = Timestamp::from_second(now).unwrap();
        let last = schedule.last_due(now, &zone).unwrap();
        let next = schedule.next_due(now, &zone).unwrap();
        prop_assert!(last <= now && now < next);
        prop_assert_eq!(schedule.next_due(last, &zone), Some(next));
        for due in [last, next] {
            let day = due.to_zoned(zone.clone()).date().weekday();
            prop_assert!(days.contains(&day));
        }
    }
}
