//! Days computed by hand.

use jiff::{civil::DateTime, tz::TimeZone};

use wallboard_domain::{AgentId, Id};

use crate::plan::ActivityClass::{self, Absence, Break, OffPhone, Work};

use super::*;

fn zone() -> TimeZone {
    TimeZone::get("Europe/Stockholm").unwrap()
}

/// A time in Stockholm; `+` after it means the later of two.
fn at(text: &str) -> i64 {
    let is_later = text.ends_with('+');
    let local: DateTime = text.trim_end_matches('+').parse().unwrap();
    let moment = zone().to_ambiguous_timestamp(local);
    let moment = if is_later {
        moment.later()
    } else {
        moment.earlier()
    };
    moment.unwrap().as_second()
}

fn span(day: &str, from: &str, to: &str) -> (i64, i64) {
    (at(&format!("{day}T{from}")), at(&format!("{day}T{to}")))
}

fn classed(activities: &[(ActivityClass, (i64, i64))]) -> ClassedTime {
    ClassedTime::new(activities)
}

const MINUTE: i64 = 60;

/// The figures of a day, in minutes, with the shares.
fn day(
    schedule: &ClassedTime,
    observed: &ObservedTime,
    day: &str,
    now: i64,
) -> ([i64; 7], Option<i64>, Option<i64>) {
    let adherence = AgentAdherence::new(schedule, observed, now, &zone());
    let begin: jiff::civil::Date = day.parse().unwrap();
    let next = begin.tomorrow().unwrap();
    let figures = adherence.figures(at(&format!("{day}T00:00")), at(&format!("{next}T00:00")));
    let AdherenceFigures {
        scheduled,
        due,
        known,
        adherent,
        scheduled_work,
        known_work,
        worked,
    } = figures;
    let seconds = [
        scheduled,
        due,
        known,
        adherent,
        scheduled_work,
        known_work,
        worked,
    ];
    #[expect(clippy::cast_possible_truncation, reason = "a share in thousandths")]
    let thousandths = |percent: Option<f64>| percent.map(|one| (one * 10.0).round() as i64);
    (
        seconds.map(|one| one / MINUTE),
        thousandths(figures.adherence()),
        thousandths(figures.conformance()),
    )
}

fn whole(day: &str) -> Vec<(i64, i64)> {
    let next: jiff::civil::Date = day.parse().unwrap();
    vec![(
        at(&format!("{day}T00:00")),
        at(&format!("{}T00:00", next.tomorrow().unwrap())),
    )]
}

#[test]
fn late_starts_and_long_breaks_cost_adherence_and_overtime_only_conforms() {
    const DAY: &str = "2026-11-12";
    let schedule = classed(&[
        (Work, span(DAY, "08:00", "12:00")),
        (Break, span(DAY, "12:00", "12:30")),
        (Work, span(DAY, "12:30", "16:00")),
    ]);
    // 15 minutes late, 10 minutes too long at lunch, and half an hour more in the evening.
    let observed = ObservedTime::of_sessions(
        whole(DAY),
        vec![span(DAY, "08:15", "16:30")],
        vec![span(DAY, "12:00", "12:40")],
    );

    let (minutes, adherence, conformance) = day(&schedule, &observed, DAY, i64::MAX);

    // At work 3 h 45 and 3 h 20, at lunch 0 h 30: 455 of 480 minutes. Worked 3 h 45 and 3 h 50: 455 of 450.
    assert_eq!(minutes, [480, 480, 480, 455, 450, 450, 455]);
    assert_eq!((adherence, conformance), (Some(948), Some(1_011)));
}

#[test]
fn of_overlapping_activities_absence_comes_first_and_work_last() {
    const DAY: &str = "2026-11-12";
    let schedule = classed(&[
        (Work, span(DAY, "08:00", "16:00")),
        (Break, span(DAY, "12:00", "13:00")),
        (OffPhone, span(DAY, "12:30", "14:00")),
        (OffPhone, span(DAY, "13:30", "14:30")),
        (Absence, span(DAY, "14:15", "16:00")),
    ]);
    let observed = ObservedTime::of_sessions(
        whole(DAY),
        vec![span(DAY, "08:00", "15:00")],
        vec![span(DAY, "12:00", "14:15")],
    );

    let (minutes, adherence, conformance) = day(&schedule, &observed, DAY, i64::MAX);

    // Scheduled 8:00 to 14:15, work until 12:00. Ill at home from 14:15 on; that the agent was signed in
    // until 15:00 isn't out of adherence, but it's work.
    assert_eq!(minutes, [375, 375, 375, 375, 240, 240, 285]);
    assert_eq!((adherence, conformance), (Some(1_000), Some(1_188)));
}

#[test]
fn days_of_clock_changes_have_their_own_hours() {
    // From 23:00 on the day before to 07:00: 7 hours in spring, 9 in autumn.
    let spring = "2026-03-29";
    let night = (at("2026-03-28T23:00"), at("2026-03-29T07:00"));
    let schedule = classed(&[(Work, night)]);
    let observed = ObservedTime::of_sessions(whole(spring), vec![night], Vec::new());
    let (minutes, ..) = day(&schedule, &observed, spring, i64::MAX);
    // Six hours of it after midnight.
    assert_eq!(minutes, [360, 360, 360, 360, 360, 360, 360]);
    assert_eq!((whole(spring)[0].1 - whole(spring)[0].0) / 3_600, 23);

    let autumn = "2026-10-25";
    let night = (at("2026-10-24T23:00"), at("2026-10-25T07:00"));
    // A break in the second of the two hours from 2 to 3, and the agent takes it one hour earlier.
    let pause = (at("2026-10-25T02:15+"), at("2026-10-25T02:45+"));
    let taken = (at("2026-10-25T02:15"), at("2026-10-25T02:45"));
    let schedule = classed(&[(Work, night), (Break, pause)]);
    let observed = ObservedTime::of_sessions(whole(autumn), vec![night], vec![taken]);
    let (minutes, adherence, conformance) = day(&schedule, &observed, autumn, i64::MAX);
    // Eight hours after midnight, of which two half hours weren't as scheduled.
    assert_eq!(minutes, [480, 480, 480, 420, 450, 450, 450]);
    assert_eq!((adherence, conformance), (Some(875), Some(1_000)));
    assert_eq!((whole(autumn)[0].1 - whole(autumn)[0].0) / 3_600, 25);
}

#[test]
fn a_break_that_moved_is_kept_where_it_moved_to() {
    const DAY: &str = "2026-11-12";
    let at_noon = classed(&[
        (Work, span(DAY, "08:00", "16:00")),
        (Break, span(DAY, "12:00", "12:30")),
    ]);
    let moved = classed(&[
        (Work, span(DAY, "08:00", "16:00")),
        (Break, span(DAY, "13:00", "13:30")),
    ]);
    let observed = ObservedTime::of_sessions(
        whole(DAY),
        vec![span(DAY, "08:00", "16:00")],
        vec![span(DAY, "13:00", "13:30")],
    );

    let of = |schedule| {
        let (minutes, adherence, conformance) = day(schedule, &observed, DAY, i64::MAX);
        (minutes[3], adherence, conformance)
    };

    // An hour out of adherence by the old schedule; as much work either way.
    assert_eq!(of(&at_noon), (420, Some(875), Some(1_000)));
    assert_eq!(of(&moved), (480, Some(1_000), Some(1_000)));
}

#[test]
fn times_that_are_not_known_or_not_over_count_nowhere() {
    const DAY: &str = "2026-11-12";
    let schedule = classed(&[(Work, span(DAY, "08:00", "16:00"))]);
    let observed = ObservedTime::of_sessions(
        vec![span(DAY, "08:00", "10:00"), span(DAY, "11:00", "16:00")],
        vec![span(DAY, "08:00", "12:00")],
        Vec::new(),
    );

    let (minutes, adherence, conformance) = day(&schedule, &observed, DAY, at("2026-11-12T13:00"));
    // Of five hours, one is unknown and one was missed.
    assert_eq!(minutes, [480, 300, 240, 180, 480, 240, 180]);
    assert_eq!((adherence, conformance), (Some(750), Some(750)));

    let nothing = day(&schedule, &ObservedTime::default(), DAY, i64::MAX);
    assert_eq!(nothing, ([480, 480, 0, 0, 480, 0, 0], None, None));
    let adherence = AgentAdherence::new(&schedule, &observed, at("2026-11-12T13:00"), &zone());
    assert_eq!(adherence.unknown(), [span(DAY, "10:00", "11:00")]);
}

#[test]
fn a_person_of_two_systems_works_in_either_and_is_known_in_both() {
    const DAY: &str = "2026-11-12";
    let schedule = classed(&[
        (Work, span(DAY, "08:00", "12:00")),
        (Break, span(DAY, "12:00", "13:00")),
    ]);
    let calls =
        ObservedTime::of_sessions(whole(DAY), vec![span(DAY, "08:00", "10:00")], Vec::new());
    let chats = ObservedTime::of_sessions(
        vec![span(DAY, "00:00", "12:30")],
        vec![span(DAY, "10:00", "12:15")],
        Vec::new(),
    );

    let both = ObservedTime::of_all([&calls, &chats]);

    let (minutes, adherence, _) = day(&schedule, &both, DAY, i64::MAX);
    // Chats aren't known from 12:30 on, and went on until 12:15.
    assert_eq!(minutes, [300, 300, 270, 255, 240, 240, 255]);
    assert_eq!(adherence, Some(944));
    assert_eq!(ObservedTime::of_all([]), ObservedTime::default());
}

#[test]
fn sources_of_one_system_complete_each_other() {
    let agents = ["calls/7", "calls/8", "voice/akl", "chats/9"].map(|id| {
        let (source, external) = id.split_once('/').unwrap();
        Id::new(&source.into(), external)
    });
    let observe = |id: &AgentId| match &*id.external {
        "7" => ObservedTime::new(vec![(0, 10)], vec![(0, 5)]),
        "8" => ObservedTime::new(vec![(0, 10)], vec![(7, 10)]),
        "akl" => ObservedTime::new(vec![(5, 20)], vec![(5, 20)]),
        _ => ObservedTime::new(vec![(0, 15)], vec![(5, 6)]),
    };
    let combine = |systems: Vec<Vec<AgentId>>| {
        let mut agents = ObservedAgents::new(systems);
        agents.complete_with(observe);
        agents.combine()
    };
    let [first, second, live, chats] = agents;

    let phone = vec![first, second, live];

    assert_eq!(
        combine(vec![phone.clone()]),
        ObservedTime::new(vec![(0, 20)], vec![(0, 5), (7, 20)])
    );
    assert_eq!(
        combine(vec![phone, vec![chats]]),
        ObservedTime::new(vec![(0, 15)], vec![(0, 6), (7, 15)])
    );
}

#[test]
fn another_source_completes_times_that_are_not_known() {
    let mut first = ObservedTime::new(vec![(0, 10)], vec![(0, 5)]);
    first.complete_with(&ObservedTime::new(vec![(5, 20)], vec![(5, 15)]));

    // From 5 to 10, the first knows better.
    assert_eq!(
        first,
        ObservedTime::new(vec![(0, 20)], vec![(0, 5), (10, 15)])
    );
}
