use crate::{
    domain::{EntityKind, Metric, MetricValue},
    sources::genesys,
    web::tests::{
        assert_contains, assert_contains_none, find_tile, get_page, profile_update, queue_reading,
        router_after, router_of, router_of_lost_connection, sales_inputs,
        telephony::{both_sources, connected_inputs},
    },
};

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
    assert!(quiet.contains("Next steps"));
    assert!(busy.contains("<span>2</span>"), "{busy}");
    assert!(busy.contains("<small><bdi>Sales</bdi></small>"), "{busy}");
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
        assert!(text.contains("Show on TV"));
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

    let longest = find_tile(&text, "now-longest_wait");
    assert_contains(longest, &["≥ 3:20", "<small>excludes Support</small>"]);
    assert_contains_none(longest, &["data-since"]);
}
