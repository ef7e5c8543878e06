//! The export's own groups as rows, what it says of queues, and who staffs them.

use serde_json::{Value, json};

use crate::web::tests::{assert_contains, get_page};
use wallboard_domain::{Staffing, WaitDistribution};
use wallboard_history::report::fixture::HistoryFixture;
use wallboard_store::{
    CatalogDetail, CatalogEntry, CatalogMember, ComputedWindow, NameClass, QueueIntervalRow,
    QueueStaffRow,
};

use super::{
    API_QUERY, DAY, QUERY, computed_day, history_router, interval_row, text_between, timestamp_at,
};

/// Both queues in group 1, queue 2 also in group 2; agent 7 in team 5 and in queue 1.
async fn store_groups(fixture: &HistoryFixture) {
    let member = |whole: (NameClass, &str), member: (NameClass, &str)| CatalogMember {
        whole: (whole.0, whole.1.to_owned()),
        member: (member.0, member.1.to_owned()),
        priority: (whole.0 == NameClass::Queue).then_some(2),
    };
    let (group, queue) = (NameClass::QueueGroup, NameClass::Queue);
    let members = vec![
        member((group, "1"), (queue, "1")),
        member((group, "1"), (queue, "2")),
        member((group, "2"), (queue, "2")),
        member((NameClass::AgentGroup, "5"), (NameClass::Agent, "7")),
        member((queue, "1"), (NameClass::Agent, "7")),
        member((queue, "1"), (NameClass::Reason, "3")),
    ];
    let details = vec![CatalogDetail {
        class: queue,
        external_id: "1".to_owned(),
        field: "strategy".to_owned(),
        value: "ringall".to_owned(),
    }];
    let stored = fixture
        .store
        .replace_relations("calls".into(), members, details);
    stored.await.unwrap();
    let names = vec![
        CatalogEntry::new(group, "1", "Everything"),
        CatalogEntry::new(group, "2", "Second"),
        CatalogEntry::new(NameClass::AgentGroup, "5", "Team A"),
    ];
    fixture.store_names(names).await;
}

async fn get_json(router: &axum::Router, path: &str) -> Value {
    let text = get_page(router, path).await.text;
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"))
}

#[tokio::test]
async fn groups_of_the_export_are_rows_and_a_member_counts_in_each() {
    let (router, fixture) = history_router().await;
    store_groups(&fixture).await;
    let path = |by: &str| format!("/api/v1/history/intervals?{API_QUERY}&step=1d&by={by}");

    let groups = get_json(&router, &path("queue_group")).await;
    let teams = get_json(&router, &path("agent_group")).await;
    let page = get_page(&router, &format!("/history?{QUERY}&by=queue_group")).await;

    let offered: Vec<_> = groups["series"].as_array().unwrap().iter().collect();
    let offered = offered.iter().map(|one| {
        let first = &one["intervals"][0];
        json!([one["id"], one["name"], first["offered"]])
    });
    assert_eq!(
        offered.collect::<Value>(),
        json!([["calls/1", "Everything", 25], ["calls/2", "Second", 9]])
    );
    assert_eq!(teams["series"][0]["name"], "Team A");
    assert_eq!(teams["series"][0]["intervals"][0]["handled"], 3);
    assert!(page.text.contains("<bdi>Everything</bdi>"), "{}", page.text);
}

#[tokio::test]
async fn groups_that_share_a_queue_have_no_total() {
    let (router, fixture) = history_router().await;
    store_groups(&fixture).await;
    let file = async |by: &str| {
        let path = format!("/history.csv?{QUERY}&by={by}");
        get_page(&router, &path).await.text
    };

    let page = get_page(&router, &format!("/history?{QUERY}&by=queue_group")).await;
    let (queues, agents) = (file("queue_group").await, file("agent_group").await);

    let note = "A queue of several groups counts in each, so there’s no total.";
    assert!(page.text.contains(note), "{}", page.text);
    assert!(!page.text.contains("<tfoot>"), "{}", page.text);
    assert!(queues.contains(note), "{queues}");
    assert!(!queues.contains("\nTotal,"), "{queues}");
    // Nobody is in two teams.
    assert!(agents.contains("\nTotal,,3,"), "{agents}");

    let team = |team: &str| CatalogMember {
        whole: (NameClass::AgentGroup, team.to_owned()),
        member: (NameClass::Agent, "7".to_owned()),
        priority: None,
    };
    let members = vec![team("5"), team("6")];
    let stored = (fixture.store).replace_relations("calls".into(), members, Vec::new());
    stored.await.unwrap();
    let names = vec![CatalogEntry::new(NameClass::AgentGroup, "6", "Team B")];
    fixture.store_names(names).await;
    let agents = file("agent_group").await;

    let note = "An agent of several groups counts in each, so there’s no total.";
    assert!(agents.contains("Team B,calls/6,3,"), "{agents}");
    assert!(agents.contains(note), "{agents}");
    assert!(!agents.contains("\nTotal,"), "{agents}");
}

#[tokio::test]
async fn queue_page_and_catalog_list_what_the_export_says_of_a_queue() {
    let (router, fixture) = history_router().await;
    store_groups(&fixture).await;

    let page = get_page(&router, &format!("/history?{QUERY}&queue=calls%2F1")).await;
    let catalog = get_json(&router, "/api/v1/history/catalog").await;

    for expected in [
        "Assigned agents",
        "<bdi>Anna K.</bdi></a></dt><dd><bdi>priority 2</bdi>",
        "Strategy",
        "ringall",
        "Everything",
        "Invoice",
    ] {
        assert!(page.text.contains(expected), "{expected}: {}", page.text);
    }
    assert_eq!(
        catalog["queues"][1],
        json!({
            "id": "calls/1", "name": "=SUM(1)", "fields": {"strategy": "ringall"},
            "agents": [{"id": "calls/7", "name": "Anna K.", "priority": 2}],
            "reasons": [{"id": "calls/3", "name": "Invoice"}],
        })
    );
    assert_eq!(catalog["queue_groups"][1]["queues"][0]["id"], "calls/2");
    assert_eq!(catalog["agent_groups"][0]["agents"][0]["id"], "calls/7");
}

#[tokio::test]
async fn waits_and_staffing_add_up_over_a_day_and_unknown_ones_stay_unknown() {
    let (router, fixture) = history_router().await;
    let waits = |answered: &[i64]| {
        let mut waits = WaitDistribution::default();
        for wait in answered {
            waits.answered.record(*wait);
        }
        Some(waits)
    };
    let row = |hour, answered: &[i64]| QueueIntervalRow {
        waits: waits(answered),
        ..interval_row("1", timestamp_at(hour, 0), [3, 3, 0])
    };
    let staff = QueueStaffRow {
        queue: "1".to_owned(),
        start: timestamp_at(8, 0),
        staffing: Staffing {
            logged_in: 2_700,
            ready: 900,
            busy: 450,
            engaged: 900,
            measured: 0,
        },
    };
    let queues = vec![
        row(8, &[5, 10, 40]),
        row(9, &[15, 70, 200]),
        interval_row("2", timestamp_at(8, 0), [1, 1, 0]),
    ];
    let computed = ComputedWindow {
        staff: vec![staff],
        ..computed_day(DAY, queues)
    };
    fixture.replace_intervals(computed).await;
    // The rest of the day.
    for (from, to) in [(0, 8), (10, 11), (12, 24)] {
        fixture.insert_coverage(timestamp_at(from, 0)..timestamp_at(to, 0));
    }
    let get = async |query: &str| {
        let path = format!("/api/v1/history/intervals?{API_QUERY}&{query}");
        get_json(&router, &path).await["intervals"].clone()
    };

    let day = get("queue=calls%2F1&step=1d").await;
    let quarters = get("queue=calls%2F1&step=15m").await;
    let site = get("step=1d").await;
    let page = get_page(&router, &format!("/history?{QUERY}&queue=calls%2F1"))
        .await
        .text;

    assert_eq!(day[0]["wait_p50"], 15);
    assert_eq!(day[0]["wait_p90"], 200);
    // Nobody left.
    assert_eq!(day[0]["average_patience"], Value::Null);
    assert_contains(
        &page,
        &["Patience</dt><dd><span role=\"img\" aria-label=\"no data\">–</span>"],
    );
    let sums = &day[0]["sums"];
    assert_eq!([&sums["waits"], &sums["answered_within"]], [6, 6]);
    assert_eq!([&sums["wait_time"], &sums["staffed_time"]], [72, 2_700]);
    assert_eq!(sums["staffed_over"], 86_400);
    assert_eq!(day[0]["answered_within_60"], json!(400.0 / 6.0));
    assert_eq!(day[0]["staffed_agents"], json!(2_700.0 / 86_400.0));
    assert_eq!(quarters[32]["staffed_agents"], 3.0);
    assert_eq!(quarters[32]["occupancy"], 25.0);
    assert_eq!(quarters[33]["staffed_agents"], 0.0);
    // The waits of queue 2 aren't known.
    assert_eq!(site[0]["wait_p50"], Value::Null);
    assert_eq!(site[0]["answered_within_20"], Value::Null);
    assert_eq!(
        text_between(&page, "Wait, median</dt><dd>", "<"),
        ["0:15"],
        "{page}"
    );
}
