//! How old a voice value may be on a board without a mark, whatever happens to the server or the line.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use crate::{
    board_age::WatchedBoard,
    gms_values::{SOON, serve, signed_in, wait_for_value, waiting, waiting_in},
    support::{
        Gms, NetworkCondition, Proxy, assert_throughout,
        gms::Behavior,
        tier,
        voice::{Transport, VoiceSite},
    },
};

/// Until a server that continues, or a line that is back, is shown correctly.
const SETTLED: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread")]
async fn silent_line_is_marked_on_boards_in_time_over_cometd() {
    check_silent_line(Transport::COMETD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_line_is_marked_on_boards_in_time_over_websocket() {
    check_silent_line(Transport::WEBSOCKET).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_line_is_marked_on_boards_in_time_when_polling() {
    check_silent_line(Transport::POLL).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_server_is_marked_on_boards_in_time_over_cometd() {
    check_stopped_server(Transport::COMETD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_server_is_marked_on_boards_in_time_over_faye() {
    check_stopped_server(Transport::FAYE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_server_is_marked_on_boards_in_time_over_websocket() {
    check_stopped_server(Transport::WEBSOCKET).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_voice_line_is_marked_on_boards_in_time() {
    let (proxy, site) = VoiceSite::open_behind_proxy(Transport::COMETD).await;
    let mut board = WatchedBoard::open(&site.wallboard).await;

    proxy.set(NetworkCondition::Silent);
    proxy.cut();

    board.wait_until_marked(Instant::now()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hung_gms_is_marked_on_boards_in_time() {
    let gms = Gms::start().await;
    gms.set(&waiting("9001"), 3);
    let wallboard = serve(&(signed_in(&[&gms]) + &waiting_in(&["9001"]))).await;
    wait_for_value(&wallboard, "9001", "waiting", json!(3), SOON).await;
    let mut board = WatchedBoard::open(&wallboard).await;

    gms.state().behavior = Behavior::Hung;

    board.wait_until_marked(Instant::now()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quiet_contact_center_stays_unmarked_over_cometd() {
    check_quiet(Transport::COMETD, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quiet_contact_center_stays_unmarked_over_websocket() {
    check_quiet(Transport::WEBSOCKET, false).await;
}

/// It holds connects for 20 s, whatever it's asked for.
#[tokio::test(flavor = "multi_thread")]
async fn quiet_contact_center_stays_unmarked_if_the_server_ignores_our_holds() {
    check_quiet(Transport::COMETD, true).await;
}

async fn check_silent_line(transport: Transport) {
    let (proxy, site) = VoiceSite::open_behind_proxy(transport).await;
    wait_until_marked_and_correct(
        &site,
        || proxy.set(NetworkCondition::Silent),
        || revive(&proxy),
    )
    .await;
}

/// Nothing of what was sent on the silent line arrives.
fn revive(proxy: &Proxy) {
    proxy.cut();
    proxy.set(NetworkCondition::Normal);
}

async fn check_stopped_server(transport: Transport) {
    let site = VoiceSite::open(transport).await;
    wait_until_marked_and_correct(
        &site,
        || site.genesys.signal("-STOP"),
        || site.genesys.signal("-CONT"),
    )
    .await;
}

async fn wait_until_marked_and_correct(
    site: &VoiceSite,
    break_it: impl FnOnce(),
    repair_it: impl FnOnce(),
) {
    let mut board = WatchedBoard::open(&site.wallboard).await;

    break_it();
    board.wait_until_marked(Instant::now()).await;
    repair_it();

    site.wait_until_correct_within(SETTLED).await;
}

/// A server without events keeps its values up to date.
async fn check_quiet(transport: Transport, ignores_holds: bool) {
    let plan = json!({"ignoresHolds": ignores_holds});
    let site = VoiceSite::open_with(transport, plan, "").await;
    site.send_command(json!({"do": "rate", "rate": 0})).await;
    let board = WatchedBoard::open(&site.wallboard).await;
    drop(board);

    assert_throughout("nothing is marked", tier(25, 120), async || {
        let queues = site.wallboard.get("/api/v1/queues").await?;
        let is_stale = |queue: &&serde_json::Value| queue["stale"] != false;
        let stale = queues["queues"].as_array().unwrap().iter().find(is_stale);
        stale.map_or(Ok(()), |queue| Err(queue.to_string()))
    })
    .await;
}
