//! A voice site in trouble: unconfirmed values are shown as out of date, everything is correct
//! within seconds of recovery, and no rule of the vendor's is broken.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    NetworkCondition, assert_throughout, print_measured, tier,
    voice::{Transport, VoiceSite},
    wait_until,
};

/// Until the API shows values of a lost source as stale.
const STALE_WITHIN: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread")]
async fn lost_session_is_restarted_over_cometd() {
    check_each(Transport::COMETD, session_faults()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_session_is_restarted_over_faye() {
    check_each(Transport::FAYE, session_faults()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_session_is_restarted_over_websocket() {
    check_each(Transport::WEBSOCKET, session_faults()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_connection_recovers_over_cometd() {
    check_each(Transport::COMETD, response_faults()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_connection_recovers_over_faye() {
    check_each(Transport::FAYE, response_faults()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_connection_recovers_over_websocket() {
    check_each(Transport::WEBSOCKET, response_faults()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_connection_recovers_when_polling() {
    check_each(Transport::POLL, request_faults()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn overloaded_server_gets_at_most_one_request_per_second() {
    let site = VoiceSite::open(Transport::COMETD).await;
    let storm = tier(20, 120);

    site.assert_never_wrong(async {
        site.send_command(fault(json!({
            "to": ["bayeux", "rest", "token"], "with": "status", "status": 503,
            "for": u64::try_from(storm.as_millis()).unwrap(),
        })))
        .await;
        // Ends the held connect too.
        site.send_command(json!({"do": "cut"})).await;
        site.wait_until_stale(STALE_WITHIN).await;
        site.genesys
            .wait_for("the storm is over", storm + STALE_WITHIN, |activity| {
                activity["faults"] == 0
            })
            .await;
        site.wait_until_correct().await;
    })
    .await;

    let requests = site.genesys.activity().await["faulted"].as_u64().unwrap();
    print_measured("requests during the storm", requests, storm.as_secs());
    assert!(requests <= storm.as_secs(), "{requests} in {storm:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn advice_is_followed_over_cometd() {
    check_each(Transport::COMETD, advice_faults()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn advice_is_followed_over_faye() {
    check_each(Transport::FAYE, advice_faults()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn advice_is_followed_over_websocket() {
    check_each(Transport::WEBSOCKET, advice_faults()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_tokens_are_replaced_over_cometd() {
    check_each(Transport::COMETD, token_faults()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_tokens_are_replaced_over_faye() {
    check_each(Transport::FAYE, token_faults()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_tokens_are_replaced_over_websocket() {
    check_each(Transport::WEBSOCKET, token_faults()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unavailable_service_is_stale_until_restored_over_cometd() {
    check_service_outage(Transport::COMETD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unavailable_service_is_stale_until_restored_over_faye() {
    check_service_outage(Transport::FAYE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unavailable_service_is_stale_until_restored_over_websocket() {
    check_service_outage(Transport::WEBSOCKET).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hanging_connect_times_out_over_cometd() {
    check_hanging_connect(Transport::COMETD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hanging_connect_times_out_over_websocket() {
    check_hanging_connect(Transport::WEBSOCKET).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reconnect_none_stops_requests_until_sighup_over_cometd() {
    check_no_retry(Transport::COMETD, json!({"reconnect": "none"})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reconnect_none_stops_requests_until_sighup_over_websocket() {
    check_no_retry(Transport::WEBSOCKET, json!({"reconnect": "none"})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn negative_interval_stops_requests_until_sighup() {
    check_no_retry(
        Transport::FAYE,
        json!({"reconnect": "retry", "interval": -1}),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_credentials_are_not_retried_until_sighup() {
    let site = VoiceSite::open(Transport::COMETD).await;

    site.send_command(json!({"do": "refuse", "status": 400}))
        .await;
    site.send_command(json!({"do": "expire", "refresh": true}))
        .await;
    site.wait_until_stale(STALE_WITHIN).await;
    site.assert_stays_stale(tier(5, 55)).await;
    site.send_command(json!({"do": "refuse"})).await;
    site.send_command(json!({"do": "allow_retry"})).await;
    site.wallboard.signal("-HUP");
    site.wait_until_correct().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unreachable_vendor_is_stale_until_restored_over_cometd() {
    check_unreachable(Transport::COMETD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unreachable_vendor_is_stale_until_restored_over_websocket() {
    check_unreachable(Transport::WEBSOCKET).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unreachable_vendor_is_stale_until_restored_when_polling() {
    check_unreachable(Transport::POLL).await;
}

/// A server that accepts requests and answers none of them.
#[tokio::test(flavor = "multi_thread")]
async fn hanging_server_is_down_with_the_reason_when_polling() {
    let (proxy, site) = VoiceSite::open_behind_proxy(Transport::POLL).await;
    let is_down = async || {
        let source = site.wallboard.source().await?;
        let why = source["last_error"].to_string();
        if source["state"] == "down" && why.contains("didn't respond within") {
            Ok(())
        } else {
            Err(source.to_string())
        }
    };

    proxy.set(NetworkCondition::Silent);
    // Values are up to date for 8 s.
    wait_until("the reason is shown", Duration::from_secs(15), &is_down).await;
    // The connection is given up, and another one opened.
    assert_throughout("it stays", tier(20, 120), is_down).await;
    let page = site.wallboard.text("/sources").await;
    assert!(!page.contains("Nothing to do. This takes"), "{page}");
    proxy.set(NetworkCondition::Normal);
    site.wait_until_correct_within(Duration::from_secs(40))
        .await;
}

/// The server, or a proxy, has lost our session.
fn session_faults() -> Vec<Vec<Value>> {
    let rejection = |error: &str| fault(json!({"to": "connect", "error": error}));
    vec![
        vec![json!({"do": "forget"})],
        vec![json!({"do": "forget", "subscriptions": true})],
        vec![rejection("402::Unknown client")],
        vec![rejection("401:{id}:Unknown client")],
        vec![rejection("403::Unknown client")],
        // A rejected subscription has no advice.
        vec![
            fault(json!({"to": "subscribe", "error": "402::session_unknown"})),
            json!({"do": "forget", "subscriptions": true}),
        ],
        vec![
            fault(json!({"to": "handshake", "with": "status", "status": 503, "times": 2})),
            json!({"do": "forget"}),
        ],
        vec![
            fault(
                json!({"to": "handshake", "error": "403::handshake_denied", "advice": {"reconnect": "retry"}}),
            ),
            json!({"do": "forget", "subscriptions": true}),
        ],
        vec![
            json!({"do": "quirks", "early": true, "single": true, "repeats": 0.3}),
            json!({"do": "forget"}),
        ],
        vec![
            fault(json!({"to": "rest", "with": "status", "status": 500, "times": 2})),
            json!({"do": "forget", "subscriptions": true}),
        ],
        vec![
            fault(json!({"to": "rest", "with": "lose"})),
            json!({"do": "forget", "subscriptions": true}),
        ],
        vec![
            fault(json!({"to": "rest", "with": "garble"})),
            json!({"do": "forget"}),
        ],
    ]
}

/// Nothing arrives, or an invalid response does.
fn response_faults() -> Vec<Vec<Value>> {
    let connect = |with: Value| {
        let mut command = fault(with);
        command["to"] = json!("connect");
        vec![command]
    };
    let html = "<html><body>Bad gateway</body></html>";
    // The real service once responded like this: an object without any Bayeux fields.
    let spring = json!({
        "timestamp": 1_536_851_691_737_u64, "status": 500, "error": "Internal Server Error",
        "path": "/statistics/v3/notifications",
    });
    vec![
        vec![json!({"do": "cut"})],
        connect(json!({"with": "cut"})),
        connect(json!({"with": "cut", "times": 3})),
        connect(json!({"with": "lose"})),
        connect(json!({"with": "lose", "times": 3})),
        connect(json!({"with": "truncate"})),
        connect(json!({"with": "garble"})),
        connect(json!({"with": "endless"})),
        connect(json!({"with": "slow", "ms": 700})),
        connect(json!({"with": "status", "status": 502, "body": html})),
        connect(json!({"with": "status", "status": 503, "times": 3})),
        connect(json!({"with": "status", "status": 200, "body": html})),
        connect(json!({"with": "status", "status": 200, "body": ""})),
        connect(json!({
            "with": "status", "status": 500, "type": "application/json", "body": spring.to_string(),
        })),
    ]
}

/// The same for individual requests.
fn request_faults() -> Vec<Vec<Value>> {
    let rest = |with: Value| {
        let mut command = fault(with);
        command["to"] = json!("rest");
        vec![command]
    };
    vec![
        vec![json!({"do": "cut"})],
        rest(json!({"with": "cut", "times": 3})),
        rest(json!({"with": "lose"})),
        rest(json!({"with": "truncate"})),
        rest(json!({"with": "garble"})),
        rest(json!({"with": "slow", "ms": 700})),
        rest(json!({"with": "status", "status": 502, "body": "<html></html>"})),
        rest(json!({"with": "status", "status": 200, "body": "<html></html>"})),
        vec![json!({"do": "expire"})],
        vec![json!({"do": "expire", "refresh": true})],
    ]
}

/// Advice from the server.
fn advice_faults() -> Vec<Vec<Value>> {
    let once = |more: Value| {
        let mut command = fault(more);
        command["to"] = json!("connect");
        command["with"] = json!("advise");
        vec![command]
    };
    vec![
        once(json!({"failed": true, "advice": {"reconnect": "handshake"}})),
        once(json!({"failed": true, "drop": true, "advice": {"reconnect": "handshake"}})),
        once(json!({"advice": {"reconnect": "handshake", "interval": 500}})),
        once(json!({"failed": true, "advice": {"reconnect": "retry"}})),
        once(json!({"advice": {"multiple-clients": true, "interval": 1000, "reconnect": "retry"}})),
        once(json!({"advice": {"hosts": ["other.example.org"], "shade": 7}})),
        vec![json!({"do": "advise", "interval": 700})],
        vec![json!({"do": "advise", "interval": 0, "timeout": 300})],
        vec![json!({"do": "advise", "interval": 100, "timeout": 20_000})],
        vec![json!({"do": "advise", "interval": 0})],
    ]
}

/// Tokens expire.
fn token_faults() -> Vec<Vec<Value>> {
    let expire = json!({"do": "expire"});
    let all = json!({"do": "expire", "refresh": true});
    let token = |with: Value| {
        let mut command = fault(with);
        command["to"] = json!("token");
        command
    };
    vec![
        vec![expire.clone()],
        vec![expire.clone(), json!({"do": "cut"})],
        vec![all.clone()],
        vec![
            token(json!({"with": "status", "status": 503})),
            expire.clone(),
        ],
        vec![token(json!({"with": "cut"})), all.clone()],
        vec![
            token(json!({"with": "status", "status": 200, "body": "<html></html>"})),
            all.clone(),
        ],
        vec![token(json!({"with": "slow", "ms": 500})), all.clone()],
        vec![all, json!({"do": "forget", "subscriptions": true})],
    ]
}

fn fault(more: Value) -> Value {
    let mut command = more;
    command["do"] = json!("fault");
    command
}

/// Runs each fault by itself, on one site.
async fn check_each(transport: Transport, faults: Vec<Vec<Value>>) {
    let site = VoiceSite::open(transport).await;

    site.assert_never_wrong(async {
        for fault_commands in faults {
            for command in &fault_commands {
                site.send_command(command.clone()).await;
            }
            site.wait_until_correct_after(&json!(fault_commands).to_string())
                .await;
            site.send_command(json!({"do": "reset"})).await;
        }
    })
    .await;
}

async fn check_service_outage(transport: Transport) {
    let site = VoiceSite::open(transport).await;

    site.assert_never_wrong(async {
        site.send_command(json!({"do": "service", "available": false}))
            .await;
        site.wait_until_stale(STALE_WITHIN).await;
        site.assert_stays_stale(tier(8, 60)).await;
        site.send_command(json!({"do": "service", "available": true}))
            .await;
        site.wait_until_correct().await;
    })
    .await;
}

async fn check_hanging_connect(transport: Transport) {
    let hold_ms = 2_000;
    let site = VoiceSite::open(transport).await;
    site.send_command(json!({"do": "advise", "timeout": hold_ms}))
        .await;
    site.wait_until_correct().await;

    site.send_command(fault(json!({"to": "connect", "with": "hang"})))
        .await;
    site.genesys.wait_for_faults(Duration::from_secs(10)).await;
    site.wait_until_correct_within(Duration::from_millis(hold_ms) + Duration::from_secs(4 + 6))
        .await;
}

async fn check_no_retry(transport: Transport, advice: Value) {
    let site = VoiceSite::open(transport).await;

    site.send_command(fault(json!({
        "to": "connect", "with": "advise", "failed": true, "advice": advice,
    })))
    .await;
    site.genesys.wait_for_faults(Duration::from_secs(10)).await;
    site.wait_until_stale(STALE_WITHIN).await;
    site.assert_stays_stale(tier(5, 55)).await;
    site.send_command(json!({"do": "allow_retry"})).await;
    site.wallboard.signal("-HUP");
    site.wait_until_correct().await;
}

async fn check_unreachable(transport: Transport) {
    let (proxy, site) = VoiceSite::open_behind_proxy(transport).await;

    site.assert_never_wrong(async {
        proxy.set(NetworkCondition::Refusing);
        proxy.cut();
        // With polling, the loss shows with the next request.
        site.wait_until_stale(transport.interval + STALE_WITHIN)
            .await;
        site.assert_stays_stale(tier(6, 60)).await;
        proxy.set(NetworkCondition::Normal);
        site.wait_until_correct().await;
    })
    .await;
}
