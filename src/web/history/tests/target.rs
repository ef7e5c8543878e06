//! Targets in texts, columns and "missed", where queues have different targets.

use axum::Router;

use crate::web::tests::{get_page, test_site};
use wallboard_domain::{Id, Pattern, QueueGroup, QueueTarget, ServiceLevelFormula};

use super::{
    DAY, HistoryFixture, QUERY, computed_day, history_fixture, interval_row, router_over,
    timestamp_at,
};

/// Queue 1 has 80% within 20 s, queue 2 has 90% within a minute, by `formula`.
async fn router_with_formula(formula: ServiceLevelFormula) -> (Router, HistoryFixture) {
    let fixture = history_fixture().await;
    let target = |answer_within, service_level, formula| QueueTarget {
        threshold_ms: answer_within,
        service_level_percent: service_level,
        formula,
        ..QueueTarget::default()
    };
    let mut site = test_site();
    site.targets.0 = vec![
        (
            Pattern("calls/1".to_owned()),
            target(20_000, 80.0, ServiceLevelFormula::default()),
        ),
        (Pattern("calls/2".to_owned()), target(60_000, 90.0, formula)),
    ];
    site.groups.push(QueueGroup {
        id: Id::new(&"group".into(), "both"),
        name: "Both".to_owned(),
        queues: ["1", "2"].map(|id| Id::new(&"calls".into(), id)).into(),
    });
    let router = router_over(&fixture, site, Vec::new());
    (router, fixture)
}

/// Enough contacts in each half-hour of both queues, of which two miss.
async fn replace_with_busy_day(fixture: &HistoryFixture) {
    let queues = vec![
        interval_row("1", timestamp_at(8, 0), [10, 10, 0]),
        interval_row("1", timestamp_at(9, 0), [6, 1, 2]),
        interval_row("2", timestamp_at(9, 15), [10, 7, 1]),
        interval_row("2", timestamp_at(11, 0), [10, 10, 0]),
    ];
    fixture.replace_intervals(computed_day(DAY, queues)).await;
}

async fn get_text(router: &Router, path: &str) -> String {
    get_page(router, path).await.text
}

#[tokio::test]
async fn mixed_targets_are_labeled_per_queue_and_not_evaluated() {
    let (router, _fixture) = router_with_formula(ServiceLevelFormula::default()).await;
    for queues in [
        "",
        "&queue=group%2Fboth",
        "&queue=calls%2F1&queue=calls%2F2",
    ] {
        let page = get_text(&router, &format!("/history?{QUERY}{queues}")).await;
        let file = get_text(&router, &format!("/history.csv?{QUERY}{queues}")).await;

        for expected in [
            "within each queue’s own answer target; each queue’s own target",
            "<span class=\"label\">Service level</span>",
            "<small>each queue’s own target</small>",
            "Each queue has its own target.",
            ">Show which queues missed theirs</a>",
        ] {
            assert!(page.contains(expected), "{queues} {expected}: {page}");
        }
        for unexpected in ["target of", "Within 20 s", "within 20 s", "▼ "] {
            assert!(!page.contains(unexpected), "{queues} {unexpected}: {page}");
        }
        let expected =
            "Answer target,within each queue’s own answer target; each queue’s own target";
        assert!(file.contains(expected), "{queues}: {file}");
        assert!(file.contains(",Service level (%),"), "{queues}: {file}");
        assert!(!file.contains("missed"), "{queues}: {file}");
    }
}

#[tokio::test]
async fn each_queue_row_is_evaluated_by_its_own_target() {
    let (router, fixture) = router_with_formula(ServiceLevelFormula::default()).await;
    replace_with_busy_day(&fixture).await;
    let query = format!("{QUERY}&by=queue");
    let page = get_text(&router, &format!("/history?{query}")).await;
    let file = get_text(&router, &format!("/history.csv?{query}")).await;

    // 11 of 16 in time, and 17 of 20.
    let expected = "2 of 2 queues with calls missed their own target:";
    assert!(page.contains(expected), "{page}");
    let table: Vec<_> = file
        .lines()
        .skip_while(|line| !line.starts_with("Queue,"))
        .collect();
    assert_eq!(
        table[0],
        "Queue,Id,Offered,Answered,Abandoned,Abandoned %,Service level (%),Answer within (s),Target (%),\
         Average speed of answer (s),Longest wait (s),Note"
    );
    let check_end = |row: &str, end: &str| assert!(row.ends_with(end), "{row}");
    check_end(table[2], ",2,12.5,68.8,20,80,12,95,missed");
    check_end(table[1], ",1,5,85,60,90,12,95,missed");
    check_end(table[3], ",3,8.3,77.8,,,12,95,");
}

#[tokio::test]
async fn each_queue_row_uses_its_own_formula() {
    let (router, _fixture) = router_with_formula(ServiceLevelFormula::AnsweredOnly).await;
    let file = get_text(&router, &format!("/history.csv?{QUERY}&by=queue")).await;

    let table: Vec<_> = file
        .lines()
        .skip_while(|line| !line.starts_with("Queue,"))
        .collect();
    // All 8 answered calls were answered in time.
    assert!(table[1].contains(",100,60,90,"), "{file}");
    assert!(file.contains("each queue’s own formula"), "{file}");
}

#[tokio::test]
async fn single_queue_is_evaluated_by_its_own_target() {
    let (router, fixture) = router_with_formula(ServiceLevelFormula::default()).await;
    replace_with_busy_day(&fixture).await;
    let page = get_text(&router, &format!("/history?{QUERY}&queue=calls%2F2")).await;

    for expected in [
        "within 1 min; the target is 90%",
        "1 of 2 half-hours with calls missed the target of 90%:",
    ] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
}

#[tokio::test]
async fn busiest_missed_half_hours_come_first_and_the_rest_is_counted() {
    let (router, fixture) = router_with_formula(ServiceLevelFormula::default()).await;
    let queues = (0..15).map(|n| interval_row("1", timestamp_at(4, 30 * n), [12 + n, 0, 1]));
    let computed = computed_day(DAY, queues.collect());
    fixture.replace_intervals(computed).await;
    fixture.insert_coverage(timestamp_at(4, 0)..timestamp_at(8, 0));
    // The last one was partly imported.
    fixture.insert_coverage(timestamp_at(10, 0)..timestamp_at(11, 15));

    let page = get_text(&router, &format!("/history?{QUERY}&queue=calls%2F1")).await;

    let (_, missed) = page.split_once("<li id=\"missed\">").unwrap();
    let (missed, _) = missed.split_once("</li>").unwrap();
    let expected =
        "14 of 14 half-hours with calls missed the target of 80%, 1 not judged (partly imported):";
    assert!(missed.contains(expected), "{missed}");
    let times: Vec<_> = missed.split('>').filter_map(|part| part.get(..5)).collect();
    let times: Vec<_> = times
        .into_iter()
        .filter(|time| time.contains(':'))
        .collect();
    assert_eq!(times[..2], ["10:30", "10:00"], "{missed}");
    assert_eq!(times.len(), 12, "{missed}");
    assert!(missed.contains("<span>and 2 more</span>"), "{missed}");
}

#[tokio::test]
async fn average_speed_of_answer_has_one_name_and_its_old_url_works() {
    let (router, _fixture) = router_with_formula(ServiceLevelFormula::default()).await;
    let page_path =
        |metric| format!("/history?{QUERY}&queue=calls%2F1&view=heatmap&metric={metric}");
    let old = get_text(&router, &page_path("average_wait")).await;
    let new = get_text(&router, &page_path("average_speed_of_answer")).await;

    for page in [&old, &new] {
        assert!(page.contains("Average speed of answer"), "{page}");
        assert!(page.contains("metric=average_speed_of_answer"), "{page}");
        assert!(!page.contains("Average wait"), "{page}");
        assert!(!page.contains("metric=average_wait"), "{page}");
    }
}

#[tokio::test]
async fn days_and_weeks_show_how_many_half_hours_met_the_target() {
    let (router, fixture) = router_with_formula(ServiceLevelFormula::default()).await;
    replace_with_busy_day(&fixture).await;
    for (step, name) in [
        ("1d", "Thu 12 Nov"),
        ("1w", "Thu 12 Nov"),
        ("1mo", "Thu 12 Nov"),
    ] {
        let query = format!("{QUERY}&queue=calls%2F2&view=table&step={step}");
        let file = get_text(&router, &format!("/history.csv?{query}")).await;

        let mut lines = file.lines().skip_while(|line| !line.contains(",Starts,"));
        let headings: Vec<_> = lines.next().unwrap().split(',').collect();
        let place = headings
            .iter()
            .position(|heading| *heading == "Half-hours on target (%)")
            .unwrap();
        let row: Vec<_> = lines.next().unwrap().split(',').collect();
        // One of two missed 90%: 7 of 10 in time.
        assert_eq!((row[0], row[place]), (name, "50"), "{file}");
    }
}
