//! A voice site in trouble: what is not vouched for is not fresh, what comes back is
//! right within seconds, and no rule of the vendor's is broken on the way.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    Weather, tier,
    voice::{Site, Way},
};

/// Until the API says stale what nobody vouches for any more.
const STALE_WITHIN: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_lost_is_begun_anew() {
    endures_each(Way::COMETD, sessions()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_lost_at_faye_is_begun_anew() {
    endures_each(Way::FAYE, sessions()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_lost_over_websocket_is_begun_anew() {
    endures_each(Way::WEBSOCKET, sessions()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_breaks_is_mended() {
    endures_each(Way::COMETD, lines()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_to_faye_that_breaks_is_mended() {
    endures_each(Way::FAYE, lines()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_websocket_that_breaks_is_mended() {
    endures_each(Way::WEBSOCKET, lines()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_polled_is_mended() {
    endures_each(Way::POLL, requests()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn advice_is_followed() {
    endures_each(Way::COMETD, advice()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn advice_of_faye_is_followed() {
    endures_each(Way::FAYE, advice()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn advice_over_websocket_is_followed() {
    endures_each(Way::WEBSOCKET, advice()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_end_are_replaced() {
    endures_each(Way::COMETD, tokens()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_end_at_faye_are_replaced() {
    endures_each(Way::FAYE, tokens()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_end_over_websocket_are_replaced() {
    endures_each(Way::WEBSOCKET, tokens()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_unavailable_is_stale_until_it_is_back() {
    outlives_the_service(Way::COMETD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_of_faye_that_is_unavailable_is_stale_until_it_is_back() {
    outlives_the_service(Way::FAYE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_unavailable_over_websocket_is_stale_until_it_is_back() {
    outlives_the_service(Way::WEBSOCKET).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connect_that_hangs_is_given_up_in_time() {
    gives_up_what_hangs(Way::COMETD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connect_over_websocket_that_hangs_is_given_up_in_time() {
    gives_up_what_hangs(Way::WEBSOCKET).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_advice_none_nothing_is_asked_until_somebody_says_so() {
    keeps_still(Way::COMETD, json!({"reconnect": "none"})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_advice_none_over_websocket_nothing_is_asked_until_somebody_says_so() {
    keeps_still(Way::WEBSOCKET, json!({"reconnect": "none"})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_negative_interval_nothing_is_asked_until_somebody_says_so() {
    keeps_still(Way::FAYE, json!({"reconnect": "retry", "interval": -1})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_credentials_are_not_tried_again_until_somebody_says_so() {
    let site = Site::open(Way::COMETD).await;

    site.order(json!({"do": "refuse", "status": 400})).await;
    site.order(json!({"do": "expire", "refresh": true})).await;
    site.becomes_stale(STALE_WITHIN).await;
    site.stays_stale(tier(5, 55)).await;
    site.order(json!({"do": "refuse"})).await;
    site.order(json!({"do": "pardon"})).await;
    site.wallboard.signal("-HUP");
    site.is_right_again().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_vendor_cannot_be_reached_all_is_stale_and_right_again_afterwards() {
    cannot_be_reached(Way::COMETD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_vendor_cannot_be_reached_over_websocket_all_is_stale_and_right_again_afterwards()
{
    cannot_be_reached(Way::WEBSOCKET).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_vendor_cannot_be_polled_all_is_stale_and_right_again_afterwards() {
    cannot_be_reached(Way::POLL).await;
}

/// The server, or something before it, no longer knows us.
fn sessions() -> Vec<Vec<Value>> {
    let refusal = |error: &str| fault(json!({"to": "connect", "error": error}));
    vec![
        vec![json!({"do": "forget"})],
        vec![json!({"do": "forget", "subscriptions": true})],
        vec![refusal("402::Unknown client")],
        vec![refusal("401:{id}:Unknown client")],
        vec![refusal("403::Unknown client")],
        // A subscription refused has no advice.
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
            json!({"do": "manners", "early": true, "single": true, "repeats": 0.3}),
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

/// Nothing comes, or what comes is no answer.
fn lines() -> Vec<Vec<Value>> {
    let connect = |with: Value| {
        let mut order = fault(with);
        order["to"] = json!("connect");
        vec![order]
    };
    let html = "<html><body>Bad gateway</body></html>";
    // As the real service answered once: an object, and no Bayeux in it.
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

/// The same for what is asked one by one.
fn requests() -> Vec<Vec<Value>> {
    let rest = |with: Value| {
        let mut order = fault(with);
        order["to"] = json!("rest");
        vec![order]
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

/// What the server asks for.
fn advice() -> Vec<Vec<Value>> {
    let once = |more: Value| {
        let mut order = fault(more);
        order["to"] = json!("connect");
        order["with"] = json!("advise");
        vec![order]
    };
    vec![
        once(json!({"failed": true, "advice": {"reconnect": "handshake"}})),
        once(json!({"failed": true, "drop": true, "advice": {"reconnect": "handshake"}})),
        once(json!({"advice": {"reconnect": "handshake", "interval": 500}})),
        once(json!({"failed": true, "advice": {"reconnect": "retry"}})),
        once(json!({"advice": {"multiple-clients": true, "interval": 1000, "reconnect": "retry"}})),
        once(json!({"advice": {"hosts": ["other.example.org"], "colour": 7}})),
        vec![json!({"do": "advise", "interval": 700})],
        vec![json!({"do": "advise", "interval": 0, "timeout": 300})],
        vec![json!({"do": "advise", "interval": 100, "timeout": 20_000})],
        vec![json!({"do": "advise", "interval": 0})],
    ]
}

/// What gives us the right to ask ends.
fn tokens() -> Vec<Vec<Value>> {
    let expire = json!({"do": "expire"});
    let all = json!({"do": "expire", "refresh": true});
    let token = |with: Value| {
        let mut order = fault(with);
        order["to"] = json!("token");
        order
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
    let mut order = more;
    order["do"] = json!("fault");
    order
}

/// Each trouble by itself, on one site.
async fn endures_each(way: Way, troubles: Vec<Vec<Value>>) {
    let site = Site::open(way).await;

    site.never_lies(async {
        for trouble in troubles {
            for order in &trouble {
                site.order(order.clone()).await;
            }
            site.is_right_after(&json!(trouble).to_string()).await;
            site.order(json!({"do": "calm"})).await;
        }
    })
    .await;
}

async fn outlives_the_service(way: Way) {
    let site = Site::open(way).await;

    site.never_lies(async {
        site.order(json!({"do": "service", "available": false}))
            .await;
        site.becomes_stale(STALE_WITHIN).await;
        site.stays_stale(tier(8, 60)).await;
        site.order(json!({"do": "service", "available": true}))
            .await;
        site.is_right_again().await;
    })
    .await;
}

/// What hangs may be shown as fresh until it is given up.
async fn gives_up_what_hangs(way: Way) {
    let held = 2_000;
    let site = Site::open(way).await;
    site.order(json!({"do": "advise", "timeout": held})).await;
    site.is_right_again().await;

    site.order(fault(json!({"to": "connect", "with": "hang"})))
        .await;
    site.genesys.struck(Duration::from_secs(10)).await;
    site.is_right_within(Duration::from_millis(held) + Duration::from_secs(10 + 6))
        .await;
}

async fn keeps_still(way: Way, advice: Value) {
    let site = Site::open(way).await;

    site.order(fault(json!({
        "to": "connect", "with": "advise", "failed": true, "advice": advice,
    })))
    .await;
    site.genesys.struck(Duration::from_secs(10)).await;
    site.becomes_stale(STALE_WITHIN).await;
    site.stays_stale(tier(5, 55)).await;
    site.order(json!({"do": "pardon"})).await;
    site.wallboard.signal("-HUP");
    site.is_right_again().await;
}

async fn cannot_be_reached(way: Way) {
    let (proxy, site) = Site::open_behind_a_proxy(way).await;

    site.never_lies(async {
        proxy.set(Weather::Refusing);
        proxy.cut();
        // Who polls knows it when asking next.
        site.becomes_stale(way.interval + STALE_WITHIN).await;
        site.stays_stale(tier(6, 60)).await;
        proxy.set(Weather::Clear);
        site.is_right_again().await;
    })
    .await;
}
