use axum::http::{Request, header};

use crate::web::tests::{
    SALES, assert_contains, assert_contains_none, find_tile, get_page, profile_update,
    queue_reading, read_page, router_after, router_of, router_of_lost_connection, sales_inputs,
    send_request,
    telephony::{both_sources, connected_inputs},
    test_site,
};
use wallboard_domain::{EntityKind, Id, Input, Metric, MetricValue, QueueGroup, SourceDiagnostic};
use wallboard_sources::genesys;

#[tokio::test]
async fn gallery_shows_current_activity_and_first_steps() {
    let quiet = get_page(&router_after(Vec::new()), "/").await.text;
    let busy = router_after(vec![
        profile_update(EntityKind::Queue, "1", "Sales"),
        queue_reading("1", Metric::Waiting, MetricValue::Count(2)),
        queue_reading("1", Metric::LongestWait, MetricValue::Seconds(41.0)),
    ]);
    let busy = get_page(&busy, "/").await.text;

    assert!(quiet.contains("Queues appear with the first activity"));
    assert_contains(&quiet, &["no queues yet", "no agents yet"]);
    assert_contains_none(&quiet, &["<b><span>0</span></b>"]);
    let next = [
        "Set up Wallboard",
        "✓</b><h3>Data source<",
        "Chat is connected.",
        "○</b><h3>First board<",
    ];
    assert_contains(&quiet, &next);
    // Here nothing pairs screens.
    assert_contains_none(&quiet, &["First TV"]);
    assert!(busy.contains("<span>2</span>"), "{busy}");
    assert!(
        busy.contains(
            "<small class=\"at\"><a href=\"/queues/chat/1\"><bdi>Sales</bdi></a></small>"
        ),
        "{busy}"
    );
    assert!(
        busy.contains("<span role=\"img\" aria-label=\"no data\">–</span>"),
        "{busy}"
    );
}

#[tokio::test]
async fn gallery_shows_which_source_disconnected_and_when() {
    let live = get_page(&router_after(sales_inputs()), "/").await.text;
    let text = get_page(&router_of_lost_connection(), "/").await.text;

    assert_contains(
        &text,
        &["Chat disconnected at", "Its values are from that time."],
    );
    assert!(!live.contains("disconnected"), "{live}");
}

#[tokio::test]
async fn gallery_fits_from_zero_to_two_hundred_queues() {
    for n in [0, 1, 12, 200] {
        let queues = (0..n).flat_map(|n| {
            let id = n.to_string();
            [
                profile_update(EntityKind::Queue, &id, &format!("Queue {n:03}")),
                queue_reading(&id, Metric::Waiting, MetricValue::Count(n)),
            ]
        });
        let router = router_after(queues.collect());

        let text = get_page(&router, "/").await.text;

        assert_eq!(text.matches("data-watch=").count() as u64, n);
        assert_eq!(text.contains(&format!("Queues ({n})")), 0 < n);
        assert!(text.contains("Show on a TV"));
    }
}

#[tokio::test]
async fn longest_wait_of_all_queues_is_a_lower_bound_while_one_is_unknown() {
    let mut inputs = connected_inputs();
    inputs.extend([
        profile_update(EntityKind::Queue, "1", "Support chat"),
        queue_reading("1", Metric::Waiting, MetricValue::Count(1)),
        queue_reading("1", Metric::LongestWait, MetricValue::Seconds(200.0)),
    ]);
    let router = router_of(both_sources(genesys::KIND), inputs);

    let text = get_page(&router, "/").await.text;

    let longest = &find_tile(&text, "now-longest_wait");
    assert_contains(longest, &["≥ 3:20", "<small>excludes Support</small>"]);
    assert_contains_none(longest, &["data-since"]);
}

#[tokio::test]
async fn first_line_names_the_queues_that_need_attention() {
    let mut inputs = sales_inputs();
    inputs.extend([
        profile_update(EntityKind::Queue, "2", "Support"),
        queue_reading("2", Metric::Waiting, MetricValue::Count(0)),
    ]);
    let busy = get_page(&router_after(inputs), "/").await.text;
    let calm = get_page(
        &router_after(vec![
            profile_update(EntityKind::Queue, "2", "Support"),
            queue_reading("2", Metric::Waiting, MetricValue::Count(0)),
            queue_reading("2", Metric::LongestWait, MetricValue::Seconds(0.0)),
        ]),
        "/",
    )
    .await
    .text;
    let lost = get_page(&router_of_lost_connection(), "/").await.text;

    let (first, _) = busy.split_once("class=\"kpi\"").unwrap();
    assert_contains(
        first,
        &[
            "<span class=\"badge\" data-sev=\"crit\">◆ Critical</span>",
            &format!(
                "<a href=\"{SALES}\"><bdi>Sales</bdi></a> has 14 waiting, the longest for <span data-since="
            ),
        ],
    );
    assert_contains_none(first, &["Support", "Nothing needs attention"]);
    assert_contains(
        &calm,
        &[
            "Nothing needs attention",
            "The only queue is within its thresholds.",
        ],
    );
    assert_contains(&lost, &["▲ No data", "Chat disconnected at"]);
    assert_contains_none(&lost, &["All clear", "Nothing needs attention"]);
}

#[tokio::test]
async fn a_wait_is_one_clock_and_a_group_that_repeats_it_is_no_sentence_of_its_own() {
    let group = |key: &str, name: &str, queues: &[&str]| QueueGroup {
        id: Id::new(&"group".into(), key),
        name: name.to_owned(),
        queues: queues
            .iter()
            .map(|id| Id::new(&"chat".into(), id))
            .collect(),
    };
    let mut site = test_site();
    site.groups = vec![group("all", "Service", &["9002@SIP/1", "2"])];
    let mut inputs = sales_inputs();
    inputs.extend([
        profile_update(EntityKind::Queue, "2", "Support"),
        queue_reading("2", Metric::Waiting, MetricValue::Count(0)),
        queue_reading("2", Metric::LongestWait, MetricValue::Seconds(0.0)),
    ]);
    let text = get_page(&router_of(site, inputs), "/").await.text;

    let (_, need) = text.split_once("class=\"need\"").unwrap();
    let (need, _) = need.split_once("</ul>").unwrap();
    assert_eq!(need.matches("<li").count(), 1, "{need}");
    assert_contains(
        need,
        &["<p class=\"quiet\">Longest wait above the 2:00 threshold since "],
    );
    assert_contains(
        need,
        &[" · also in <a href=\"/queues/group/all\"><bdi>Service</bdi></a></p>"],
    );
    assert_contains_none(need, &["Longest wait is"]);
}

#[tokio::test]
async fn calm_is_not_claimed_while_a_source_cannot_be_read() {
    let rejected = SourceDiagnostic::Rejected {
        event: "group.loadChanged".to_owned(),
        why: "not_json",
        case: None,
    };
    let mut inputs = vec![
        profile_update(EntityKind::Queue, "2", "Support"),
        queue_reading("2", Metric::Waiting, MetricValue::Count(0)),
    ];
    inputs.extend((0..10).map(|_| Input::Diagnostic("chat".into(), rejected.clone())));

    let text = get_page(&router_after(inputs), "/").await.text;

    // A page that lost its server hides what it says of the others.
    let uncertain =
        "<li data-key=\"need-rest\" data-calm><span class=\"badge\">◌ Out of date</span>";
    assert_contains(&text, &[uncertain]);
    assert_contains_none(&text, &["All clear"]);
}

#[tokio::test]
async fn miniatures_show_the_numbers_of_their_boards() {
    let text = get_page(&router_after(sales_inputs()), "/").await.text;

    let (_, queues) = text.split_once("data-key=\"card-queues\"").unwrap();
    let (queues, agents) = queues.split_once("data-key=\"card-agents\"").unwrap();
    assert_contains(
        queues,
        &[
            "data-sev=\"crit\"><em><bdi>Sales</bdi></em><b><span>14</span></b>",
            "1 queue · <b class=\"named\">◆&nbsp;<bdi>Sales</bdi></b>",
        ],
    );
    assert_contains(
        agents,
        &[
            "data-state=\"talking\"><b><span>1</span></b>",
            "data-state=\"talking\"><em><bdi>Eva K.</bdi></em>",
            "1 agent",
        ],
    );
}

#[tokio::test]
async fn screen_address_has_a_code_unless_only_this_computer_can_open_it() {
    let router = router_after(sales_inputs());
    let page = async |host: &str| {
        let request = Request::get("/").header(header::HOST, host);
        read_page(send_request(&router, request).await).await.text
    };

    let network = page("wall.example:8080").await;
    let local = page("localhost:8080").await;

    assert_contains(
        &network,
        &[
            "value=\"http://wall.example:8080/boards/queues\"",
            "aria-label=\"QR code of the address\"",
        ],
    );
    assert_contains(&local, &["This address only works on this computer"]);
    assert_contains_none(&local, &["QR code"]);
}
