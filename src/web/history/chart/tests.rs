use wallboard_domain::{Counters, Metric, SiteConfig};

use super::*;

fn counts(answered: i64, within: i64, abandoned: i64, flown: i64) -> RowFigures {
    let mut counters = Counters::default();
    counters.add(Counter::Offered, answered + abandoned + flown);
    counters.add(Counter::Answered, answered);
    counters.add(Counter::AnsweredWithin, within);
    counters.add(Counter::Abandoned, abandoned);
    counters.add(Counter::FlowOuts, flown);
    RowFigures::Contacts(counters.into())
}

fn rows() -> Vec<HistoryRow> {
    let row = |figures, before| HistoryRow {
        figures,
        before,
        target: SiteConfig::default().target_in_force("calls/1", Metric::ServiceLevel),
        ..HistoryRow::default()
    };
    vec![
        row(Some(counts(80, 80, 0, 0)), Some(counts(40, 40, 0, 0))),
        row(None, Some(counts(60, 60, 0, 0))),
        row(None, None),
        row(Some(counts(50, 20, 20, 10)), Some(counts(30, 30, 0, 0))),
        HistoryRow {
            is_ongoing: true,
            ..row(Some(counts(0, 0, 0, 0)), None)
        },
    ]
}

fn drawn(rows: &[HistoryRow]) -> Option<HistoryChart> {
    build_chart(
        Texts::english(),
        rows,
        |_| "words".to_owned(),
        |_| "10:00".to_owned(),
    )
}

#[test]
fn bars_are_stacked_and_missing_imports_are_gaps() {
    let chart = drawn(&rows()).unwrap();

    assert_eq!(chart.most, "80");
    assert_eq!(chart.gaps, [(200.0, 400.0)]);
    let tops: Vec<_> = chart
        .bars
        .iter()
        .map(|bar| (bar.class, bar.rect.y, bar.rect.height))
        .collect();
    assert_eq!(
        tops,
        [
            ("answered", 0.0, 240.0),
            ("answered", 90.0, 150.0),
            ("abandoned", 30.0, 60.0),
            ("others", 0.0, 30.0),
        ]
    );
    assert!(chart.has_others && !chart.has_ongoing);
}

#[test]
fn service_level_has_a_band_of_its_own_and_breaks_at_gaps() {
    let chart = drawn(&rows()).unwrap();

    let level = chart.level.unwrap();
    assert_eq!(level.line, "M100 0h0M700 75h0");
    assert_eq!(level.target, Some((20.0, "80%".to_owned())));
    let missed: Vec<_> = chart
        .buckets
        .iter()
        .map(|bucket| bucket.is_missed)
        .collect();
    assert_eq!(missed, [false, false, false, true, false]);
}

#[test]
fn the_earlier_period_outline_breaks_where_data_is_unknown() {
    let chart = drawn(&rows()).unwrap();

    assert_eq!(chart.before, "M0 120H200V60H400M600 150H800");
}

#[test]
fn calls_without_a_service_level_have_no_band_for_it() {
    let mut offered = Counters::UNKNOWN;
    offered.set(Counter::Offered, Some(3));
    let row = HistoryRow {
        figures: Some(RowFigures::Contacts(offered.into())),
        ..HistoryRow::default()
    };

    assert_eq!(drawn(&[row]).unwrap().level, None);
}

#[test]
fn no_chart_without_data_or_with_too_many_bars() {
    assert!(drawn(&[]).is_none());
    assert!(drawn(&[HistoryRow::default()]).is_none());
    let many = vec![rows().remove(0); 401];
    assert!(drawn(&many).is_none());
}

#[test]
fn scales_end_at_round_numbers() {
    let most = [0.0, 4.0, 5.0, 9.0, 11.0, 21.0, 199.0, 350.0];

    let tops = most.map(|most| Texts::english().signed_count(to_whole(axis_ceiling(most))));

    assert_eq!(tops, ["4", "4", "6", "10", "20", "40", "200", "400"]);
}
