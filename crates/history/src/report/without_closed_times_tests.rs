//! Reports that leave out the times in which queues are closed.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use wallboard_domain::{
    CountBy, Counter, Counters, Id, OpenPeriod, OpeningHours, Pattern, Patterns, QueueGroup,
    QueueId, SiteConfig,
};
use wallboard_store::{BreakdownRow, CatalogEntry, ComputedWindow, NameClass, QueueIntervalRow};

use super::{
    fixture::{HistoryFixture, computed_day},
    *,
};

const HOUR: i64 = 3_600;
const STOCKHOLM: &str = "Europe/Stockholm";

fn queue(external: &str) -> QueueId {
    Id::new(&"calls".into(), external)
}

/// An instant by the clock in Stockholm; the first one if it is repeated.
fn local(text: &str) -> i64 {
    let local: jiff::civil::DateTime = text.parse().unwrap();
    let zone = TimeZone::get(STOCKHOLM).unwrap();
    local.to_zoned(zone).unwrap().timestamp().as_second()
}

fn utc(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_second()
}

/// Open every day from and to these hours in Stockholm, but not on the closed dates.
fn daily_hours(from_minute: i64, to_minute: i64, closed: &[&str]) -> OpeningHours {
    let closed = closed.iter();
    let closed = closed.map(|date| (date.parse::<Date>().unwrap(), Vec::new()));
    OpeningHours {
        zone: TimeZone::get(STOCKHOLM).unwrap(),
        week: std::array::from_fn(|_| {
            vec![OpenPeriod {
                from_minute,
                to_minute,
            }]
        }),
        dates: closed.collect::<BTreeMap<_, _>>(),
        holidays: wallboard_domain::ClosedDays::default(),
    }
}

fn site_with_hours(hours: Vec<(&str, OpeningHours)>) -> SiteConfig {
    let hours = hours.into_iter();
    let hours = hours.map(|(pattern, hours)| (Pattern(pattern.to_owned()), hours));
    SiteConfig {
        hours: Patterns(hours.collect()),
        ..SiteConfig::default()
    }
}

fn row(queue: &str, start: i64, length: i64, offered: i64) -> QueueIntervalRow {
    let mut counters = Counters::default();
    counters.add(Counter::Offered, offered);
    QueueIntervalRow {
        queue: queue.to_owned(),
        by: CountBy::Start,
        start,
        length,
        counters,
        waits: None,
    }
}

/// A call in every quarter hour.
fn call_per_quarter(queue: &str, (from, to): (i64, i64)) -> Vec<QueueIntervalRow> {
    let quarters = (from..to).step_by(900);
    quarters.map(|start| row(queue, start, 900, 1)).collect()
}

/// Creates the history of one source; all of it is covered.
async fn new_fixture(
    site: SiteConfig,
    (from, to): (i64, i64),
    queues: Vec<QueueIntervalRow>,
) -> HistoryFixture {
    let fixture = HistoryFixture::new(site).await;
    fixture.insert_coverage(from..to);
    let computed = ComputedWindow {
        window: from..to,
        days: Vec::new(),
        ..computed_day(from, queues)
    };
    fixture.replace_intervals(computed).await;
    fixture
}

/// A report without closed times, over the days of these local times.
fn query(subject: ReportSubject, step: ReportStep, (from, to): (i64, i64)) -> ReportQuery {
    ReportQuery {
        subject,
        dimension: None,
        from: Timestamp::from_second(from).unwrap(),
        to: Timestamp::from_second(to).unwrap(),
        step,
        with_details: true,
        without_closed_times: true,
        zone: TimeZone::get(STOCKHOLM).unwrap(),
        count_by: CountBy::Start,
    }
}

async fn load(fixture: &HistoryFixture, query: ReportQuery) -> Vec<ReportSeries> {
    fixture.history.load_intervals(query).await.unwrap().series
}

/// Offered contacts of each interval, and how much of it is left out.
fn offered(series: &ReportSeries) -> Vec<(Option<i64>, ClosedTime)> {
    let offered = |row: &ReportRow| row.contact_figures()?.get(Counter::Offered);
    let rows = series.rows.iter();
    rows.map(|row| (offered(row), row.closed_time)).collect()
}

#[tokio::test]
async fn only_quarter_hours_that_start_while_open_count() {
    let day = (local("2026-11-20T00:00"), local("2026-11-21T00:00"));
    // From 08:05 to 10:05: from the quarter at 08:15 to the one at 10:00.
    let site = site_with_hours(vec![("calls/1", daily_hours(485, 605, &[]))]);
    let fixture = new_fixture(site, day, call_per_quarter("1", day)).await;
    let one = || ReportSubject::Queue(queue("1"));

    let days = load(&fixture, query(one(), ReportStep::Day, day)).await;
    let hours = load(&fixture, query(one(), ReportStep::Hour, day)).await;

    assert_eq!(offered(&days[0]), [(Some(8), ClosedTime::Part)]);
    assert_eq!(
        offered(&hours[0])[7..12],
        [
            (None, ClosedTime::All),
            (Some(3), ClosedTime::Part),
            (Some(4), ClosedTime::Nothing),
            (Some(1), ClosedTime::Part),
            (None, ClosedTime::All),
        ]
    );
    assert!(hours[0].rows.iter().all(|row| !row.is_partial));
    // Staffing isn't known for the open times alone.
    let open = hours[0].rows[9].contact_figures().unwrap();
    assert_eq!(open.staffing, None);
}

#[tokio::test]
async fn stored_sums_of_days_are_not_used() {
    let day = (utc("2026-11-20T00:00:00Z"), utc("2026-11-21T00:00:00Z"));
    let site = site_with_hours(vec![("*", daily_hours(480, 1020, &[]))]);
    let fixture = HistoryFixture::new(site).await;
    fixture.insert_coverage(day.0..day.1);
    fixture
        .replace_intervals(computed_day(day.0, call_per_quarter("1", day)))
        .await;
    let in_utc = |without_closed_times| ReportQuery {
        zone: TimeZone::UTC,
        without_closed_times,
        ..query(ReportSubject::Site, ReportStep::Day, day)
    };

    let open = load(&fixture, in_utc(true)).await;
    let all = load(&fixture, in_utc(false)).await;

    assert_eq!(offered(&open[0]), [(Some(36), ClosedTime::Part)]);
    assert_eq!(offered(&all[0]), [(Some(96), ClosedTime::Nothing)]);
}

#[tokio::test]
async fn night_shift_counts_past_midnight_and_through_clock_changes() {
    let night = || site_with_hours(vec![("calls/*", daily_hours(22 * 60, 30 * 60, &[]))]);
    // Each date has the end of one night and the start of the next: six and two hours by the clock.
    for (date, next, hours) in [
        ("2026-11-20", "2026-11-21", 8),
        ("2026-03-29", "2026-03-30", 7),
        ("2026-10-25", "2026-10-26", 9),
    ] {
        let day = (
            local(&format!("{date}T00:00")),
            local(&format!("{next}T00:00")),
        );
        let fixture = new_fixture(night(), day, call_per_quarter("1", day)).await;

        let days = load(&fixture, query(ReportSubject::Site, ReportStep::Day, day)).await;
        let by_hour = load(&fixture, query(ReportSubject::Site, ReportStep::Hour, day)).await;

        assert_eq!(
            offered(&days[0]),
            [(Some(4 * hours), ClosedTime::Part)],
            "{date}"
        );
        let sum: i64 = offered(&by_hour[0]).iter().filter_map(|row| row.0).sum();
        assert_eq!(sum, 4 * hours, "{date}");
        let closed = by_hour[0].rows.iter();
        let closed = closed.filter(|row| row.closed_time == ClosedTime::All);
        assert_eq!(closed.count(), 16, "{date}");
    }
}

#[tokio::test]
async fn closed_date_has_no_figures_and_no_gap() {
    let days = (local("2026-12-23T00:00"), local("2026-12-26T00:00"));
    let hours = daily_hours(480, 600, &["2026-12-24"]);
    let fixture = new_fixture(
        site_with_hours(vec![("calls/1", hours)]),
        days,
        call_per_quarter("1", days),
    )
    .await;

    let series = load(&fixture, query(ReportSubject::Site, ReportStep::Day, days)).await;

    assert_eq!(
        offered(&series[0]),
        [
            (Some(8), ClosedTime::Part),
            (None, ClosedTime::All),
            (Some(8), ClosedTime::Part)
        ]
    );
}

#[tokio::test]
async fn queues_with_different_hours_each_count_in_their_own() {
    let day = (local("2026-11-20T00:00"), local("2026-11-21T00:00"));
    let mut site = site_with_hours(vec![
        ("calls/1", daily_hours(480, 600, &[])),
        ("calls/2", daily_hours(540, 720, &[])),
        ("calls/4", daily_hours(480, 600, &["2026-11-20"])),
        // Boards use the hours of a group; here each of its queues has its own.
        ("group/both", daily_hours(0, 60, &[])),
    ]);
    let both = Id::new(&"group".into(), "both");
    site.groups = vec![QueueGroup {
        id: both.clone(),
        name: "Both".to_owned(),
        queues: vec![queue("1"), queue("2")],
    }];
    let queues = ["1", "2", "3", "4"];
    let rows = queues.iter().flat_map(|id| call_per_quarter(id, day));
    let fixture = new_fixture(site, day, rows.collect()).await;

    let group = query(ReportSubject::Queue(both), ReportStep::Hour, day);
    let group = load(&fixture, group).await;
    let site = load(&fixture, query(ReportSubject::Site, ReportStep::Day, day)).await;
    let by_queue = ReportQuery {
        dimension: Some(ReportDimension::Queue),
        ..query(ReportSubject::Site, ReportStep::Day, day)
    };
    let by_queue = load(&fixture, by_queue).await;

    assert_eq!(
        offered(&group[0])[7..13],
        [
            (None, ClosedTime::All),
            (Some(4), ClosedTime::Part),
            (Some(8), ClosedTime::Nothing),
            (Some(4), ClosedTime::Part),
            (Some(4), ClosedTime::Part),
            (None, ClosedTime::All),
        ]
    );
    // The third queue is always open, the fourth is closed on this date.
    assert_eq!(offered(&site[0]), [(Some(8 + 12 + 96), ClosedTime::Part)]);
    let each: Vec<_> = by_queue.iter().flat_map(offered).collect();
    assert_eq!(
        each,
        [
            (Some(8), ClosedTime::Part),
            (Some(12), ClosedTime::Part),
            (Some(96), ClosedTime::Nothing),
            (None, ClosedTime::All)
        ]
    );
}

#[tokio::test]
async fn only_open_times_need_to_be_covered() {
    let day = (local("2026-11-20T00:00"), local("2026-11-21T00:00"));
    let site = || site_with_hours(vec![("calls/1", daily_hours(480, 600, &[]))]);
    let rows = || vec![row("1", local("2026-11-20T08:00"), 900, 5)];
    let day_row = async |covered: (&str, &str)| {
        let fixture = HistoryFixture::new(site()).await;
        fixture.insert_coverage(local(covered.0)..local(covered.1));
        fixture
            .store_names(vec![CatalogEntry::new(NameClass::Queue, "1", "Sales")])
            .await;
        let computed = ComputedWindow {
            window: day.0..day.1,
            days: Vec::new(),
            ..computed_day(day.0, rows())
        };
        fixture.replace_intervals(computed).await;
        let series = load(&fixture, query(ReportSubject::Site, ReportStep::Day, day)).await;
        let row = &series[0].rows[0];
        (offered(&series[0])[0], row.is_partial)
    };

    let part = ClosedTime::Part;
    let morning = day_row(("2026-11-20T07:00", "2026-11-20T12:00")).await;
    assert_eq!(morning, ((Some(5), part), false));
    let until_nine = day_row(("2026-11-20T00:00", "2026-11-20T09:00")).await;
    assert_eq!(until_nine, ((Some(5), part), true));
    let evening = day_row(("2026-11-20T18:00", "2026-11-21T00:00")).await;
    assert_eq!(evening, ((Some(5), part), true));
}

#[tokio::test]
async fn open_time_that_was_not_imported_stays_unknown() {
    let day = (local("2026-11-20T00:00"), local("2026-11-21T00:00"));
    let site = site_with_hours(vec![("calls/1", daily_hours(480, 600, &[]))]);
    let until_nine = (day.0, local("2026-11-20T09:00"));
    let fixture = new_fixture(site, until_nine, call_per_quarter("1", until_nine)).await;

    let hours = load(&fixture, query(ReportSubject::Site, ReportStep::Hour, day)).await;

    assert_eq!(
        offered(&hours[0])[7..11],
        [
            (None, ClosedTime::All),
            (Some(4), ClosedTime::Nothing),
            (None, ClosedTime::Nothing),
            (None, ClosedTime::All),
        ]
    );
}

#[tokio::test]
async fn hours_and_days_of_files_that_are_partly_open_are_unknown() {
    let day = (utc("2026-11-20T00:00:00Z"), utc("2026-11-21T00:00:00Z"));
    let rows = vec![
        // 08:00 and 09:00 in Stockholm.
        row("1", utc("2026-11-20T07:00:00Z"), HOUR, 6),
        row("1", utc("2026-11-20T08:00:00Z"), HOUR, 7),
        row("2", day.0, 86_400, 9),
        row("3", day.0, 86_400, 4),
    ];
    let closed = || daily_hours(0, 1440, &["2026-11-20", "2026-11-21"]);
    let site = site_with_hours(vec![
        ("calls/1", daily_hours(510, 600, &[])),
        ("calls/2", daily_hours(480, 600, &[])),
        ("calls/3", closed()),
    ]);
    let fixture = new_fixture(site, day, rows).await;
    let local_day = (local("2026-11-20T00:00"), local("2026-11-21T00:00"));
    let load_one = async |external, step| {
        let query = query(ReportSubject::Queue(queue(external)), step, local_day);
        let rows = load(&fixture, query).await.remove(0);
        let blurred: Vec<_> = (rows.rows.iter())
            .map(|row| row.is_utc && row.figures.is_none())
            .collect();
        (offered(&rows), blurred)
    };

    let (hours, blurred) = load_one("1", ReportStep::Hour).await;
    // It opens at 08:30, in the middle of the first hour.
    assert_eq!(hours[8], (None, ClosedTime::Part));
    assert_eq!(hours[9], (Some(7), ClosedTime::Nothing));
    assert_eq!((blurred[8], blurred[9]), (true, false));
    let (halves, _) = load_one("1", ReportStep::HalfHour).await;
    assert_eq!(halves[16], (None, ClosedTime::All));
    assert_eq!(halves[17], (None, ClosedTime::Nothing));
    for external in ["1", "2"] {
        let (days, blurred) = load_one(external, ReportStep::Day).await;
        assert_eq!(days, [(None, ClosedTime::Part)], "{external}");
        assert_eq!(blurred, [true], "{external}");
    }
    let (days, blurred) = load_one("3", ReportStep::Day).await;
    assert_eq!(
        (days, blurred),
        (vec![(None, ClosedTime::All)], vec![false])
    );
}

#[tokio::test]
async fn reasons_count_in_open_times_only() {
    let day = (utc("2026-11-20T00:00:00Z"), utc("2026-11-21T00:00:00Z"));
    let site = site_with_hours(vec![("calls/1", daily_hours(480, 600, &[]))]);
    let fixture = HistoryFixture::new(site).await;
    fixture.insert_coverage(day.0..day.1);
    let reason = |queue: &str, time: &str| BreakdownRow {
        class: NameClass::Reason,
        queue: queue.to_owned(),
        start: local(time),
        key: "4".to_owned(),
        contacts: 2,
        handled: None,
    };
    let computed = ComputedWindow {
        breakdowns: vec![
            reason("1", "2026-11-20T07:45"),
            reason("1", "2026-11-20T08:00"),
            reason("2", "2026-11-20T07:45"),
        ],
        ..computed_day(
            day.0,
            vec![row("1", day.0, 900, 1), row("2", day.0, 900, 1)],
        )
    };
    fixture.replace_intervals(computed).await;

    let by_reason = ReportQuery {
        dimension: Some(ReportDimension::Reason),
        zone: TimeZone::UTC,
        ..query(ReportSubject::Site, ReportStep::Day, day)
    };
    let series = load(&fixture, by_reason).await;

    let counts: Vec<_> = series[0].rows.iter().map(ReportRow::count).collect();
    assert_eq!(counts, [Some(4)]);
}

#[tokio::test]
async fn agents_have_no_opening_hours() {
    let day = (utc("2026-11-20T00:00:00Z"), utc("2026-11-21T00:00:00Z"));
    let fixture = new_fixture(SiteConfig::default(), day, Vec::new()).await;
    let agent = ReportSubject::Agent(Id::new(&"calls".into(), "9"));
    let of_agent = query(agent, ReportStep::Day, day);
    let by = |dimension| ReportQuery {
        dimension: Some(dimension),
        ..query(ReportSubject::Site, ReportStep::Day, day)
    };

    for query in [
        of_agent,
        by(ReportDimension::Agent),
        by(ReportDimension::AgentGroup),
        by(ReportDimension::LogoffReason),
    ] {
        let refused = fixture.history.load_intervals(query).await;
        assert!(matches!(refused, Err(ReportError::NoOpeningHours)));
    }
}
