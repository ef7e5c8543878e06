//! Replies of the Statistics API without end.

use serde_json::json;

use crate::support::{
    print_measured,
    voice::{Transport, VoiceSite},
};

#[tokio::test(flavor = "multi_thread")]
async fn endless_replies_take_little_memory_over_cometd() {
    check_endless(Transport::COMETD, "connect").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_replies_take_little_memory_over_websocket() {
    check_endless(Transport::WEBSOCKET, "connect").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_replies_take_little_memory_when_polling() {
    check_endless(Transport::POLL, "rest").await;
}

async fn check_endless(transport: Transport, to: &str) {
    let site = VoiceSite::open(transport).await;
    let before = site.wallboard.peak_memory();

    for _ in 0..3 {
        site.send_command(json!({"do": "fault", "to": to, "with": "endless"}))
            .await;
        site.wait_until_correct().await;
    }

    let grown = site.wallboard.peak_memory().saturating_sub(before);
    print_measured("KiB of memory for endless replies", grown, 48 * 1024);
    assert!(grown < 48 * 1024, "{grown} KiB more than before");
}
