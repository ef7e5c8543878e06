use crate::web::tests::{
    assert_contains, assert_contains_none, get_page, router_of,
    telephony::{
        SUPPORT, SUPPORT_PAGE, afternoon_inputs, both_sources, lasting_status, serve_support,
        support_queue, vendor_value, voice_id,
    },
};
use wallboard_domain::{
    Id, Metric, MetricValue, NameVisibility, QueueGroup, ValueAge, VendorValue,
};
use wallboard_sources::genesys;

/// The rows of critical queues. Support is critical, and so is its group. Anna is on break.
async fn critical_rows(names: NameVisibility) -> String {
    let mut site = both_sources(genesys::KIND);
    site.agent_names = names;
    site.groups = vec![QueueGroup {
        id: Id::new(&"group".into(), "all"),
        name: "Service".to_owned(),
        queues: vec![voice_id(SUPPORT), Id::new(&"chat".into(), "1")],
    }];
    let mut inputs = afternoon_inputs();
    let wait = VendorValue::Metric(Metric::LongestWait, Some(MetricValue::Seconds(300.0)));
    inputs.extend([
        serve_support("akl"),
        lasting_status("akl", 60.0),
        vendor_value(support_queue(), wait, ValueAge::Immediate),
    ]);
    let text = get_page(&router_of(site, inputs), "/shift").await.text;
    assert_contains(
        &text,
        &["<h1>Shift report</h1>", "Support is still critical."],
    );
    let (_, rows) = text.split_once("id=\"critical\"").unwrap();
    rows.split_once("</section>").unwrap().0.to_owned()
}

#[tokio::test]
async fn a_critical_time_says_why_and_who_and_counts_a_group_with_its_queue() {
    let rows = critical_rows(NameVisibility::Full).await;

    assert_eq!(rows.matches("<th scope=\"row\">").count(), 1, "{rows}");
    assert_contains(
        &rows,
        &[
            &format!("<a href=\"{SUPPORT_PAGE}?at="),
            "<small>also in <a href=\"/queues/group/all?at=",
            "<td class=\"worst\">5:0",
            " wait <small>On break when it began: <a href=\"/agents/voice/akl\"><bdi>Anna K.",
        ],
    );
}

#[tokio::test]
async fn without_names_a_shift_counts_who_was_on_break() {
    let rows = critical_rows(NameVisibility::None).await;

    assert_contains(&rows, &["<small>On break when it began: 1</small>"]);
    assert_contains_none(&rows, &["Anna", "/agents/"]);
}
