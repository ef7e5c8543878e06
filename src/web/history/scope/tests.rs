//! Steps, periods and labels of a page.

use super::*;

fn scope(range: TimeRange, step: Option<ReportStep>) -> HistoryScope {
    let query = HistoryQuery {
        range,
        step: step.map(RowStep::Interval),
        ..HistoryQuery::default()
    };
    let zone = TimeZone::get("Europe/Stockholm").unwrap();
    let now = "2026-11-20T13:27:00Z".parse().unwrap();
    HistoryScope::new(&query, now, &zone, Texts::english())
}

#[test]
fn steps_fit_the_range_and_bound_the_number_of_rows() {
    let preset = |preset| scope(TimeRange::Preset(preset), None).step;
    assert_eq!(preset(Preset::Today), ReportStep::HalfHour);
    assert_eq!(preset(Preset::SevenDays), ReportStep::Hour);
    assert_eq!(preset(Preset::FourWeeks), ReportStep::Day);

    let year = TimeRange::Days("2025-11-20".parse().unwrap(), "2026-11-19".parse().unwrap());
    let of_year = scope(year, Some(ReportStep::Quarter));
    assert_eq!(of_year.step, ReportStep::Day);
    assert!(of_year.is_coarser);
    assert_eq!(
        row_steps::drawable_step(28),
        Some(RowStep::Interval(ReportStep::Day))
    );
    let weeks = scope(year, None);
    assert_eq!(weeks.row_step(), RowStep::Period(Period::Week));
    assert_eq!(weeks.step, ReportStep::Day);
}

#[test]
fn periods_count_from_when_a_report_was_due() {
    let due = "2026-11-16T06:00:00Z".parse().unwrap();
    let late = scope(TimeRange::Preset(Preset::SevenDays), None).as_of(due);
    assert_eq!(late.describe_period(), "9–15 Nov 2026");
    assert_eq!(late.before_name(), "2–8 Nov");
    let today = late.with_range(TimeRange::Preset(Preset::Today));
    assert_eq!(today.describe_period(), "Mon 16 Nov 2026");
    assert!(!today.is_ongoing());
    // A reader who opens it later sees the same days.
    let path = late.dated_path();
    assert!(path.contains("from=2026-11-09&to=2026-11-15"), "{path}");
}

#[test]
fn the_earlier_period_has_a_short_label() {
    let name = |preset| scope(TimeRange::Preset(preset), None).before.unwrap().1;

    assert_eq!(name(Preset::Today), "Fri 13 Nov");
    assert_eq!(name(Preset::SevenDays), "6–12 Nov");
    let query = HistoryQuery {
        compare: Comparison::Year,
        ..HistoryQuery::default()
    };
    let now = "2026-11-20T13:27:00Z".parse().unwrap();
    let year = HistoryScope::new(&query, now, &TimeZone::UTC, Texts::english());
    assert_eq!(year.before_name(), "Fri 21 Nov 2025");
    let from = |day: &str| {
        let query = HistoryQuery {
            range: TimeRange::Preset(Preset::SevenDays),
            compare_from: Some(day.parse().unwrap()),
            ..HistoryQuery::default()
        };
        HistoryScope::new(&query, now, &TimeZone::UTC, Texts::english())
    };
    assert_eq!(from("2026-08-31").before_name(), "31 Aug – 6 Sep 2026");
    let later = from("2026-11-13");
    assert_eq!(later.before_name(), "");
    assert_eq!(later.refused_comparison(), "2026-11-13".parse().ok());
}

#[test]
fn an_hour_that_occurs_twice_is_labeled_with_its_offset() {
    let day = "2026-10-25".parse().unwrap();
    let scope = scope(TimeRange::Days(day, day), None);
    let label = |text: &str| scope.time_label(text.parse().unwrap());

    assert_eq!(label("2026-10-25T00:30:00Z"), "02:30 +02:00");
    assert_eq!(label("2026-10-25T01:30:00Z"), "02:30 +01:00");
    assert_eq!(label("2026-10-25T03:00:00Z"), "04:00");
}
