//! Custom figures at a real server: a rule alerts by their thresholds and by nothing that is out of date, and their past has
//! what was known, with a gap over a kill.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    alert_messages::Receiver,
    alerts::alerts,
    support::{Wallboard, http, ports, wait_until, wallboard::base_configuration},
};

const SOON: Duration = Duration::from_secs(30);
/// Values are recorded once a minute.
const RECORDED_WITHIN: Duration = Duration::from_secs(90);
/// A value is out of date after it.
const VALID_FOR: Duration = Duration::from_secs(8);

async fn start(receiver: &Receiver, valid_for: &str) -> Wallboard {
    let port = ports::free();
    let figures = format!(
        r#"
        [sources.shop]
        kind = "values"
        valid_for = "{valid_for}"
        [figures.orders]
        label = "Orders"
        unit = "pcs"
        source = "shop"
        crit_below = 100
        [figures.backlog]
        label = "Backlog"
        source = "shop"
        per = "queue"
        crit = 50
        [alerts.Shop]
        figures = ["*"]
        for = "0s"
        notify = ["hook"]
        [alerts.Lost]
        sources = ["*"]
        for = "10s"
        notify = ["hook"]
        "#
    );
    let configuration = base_configuration(port, port) + &figures + &receiver.channel();
    Wallboard::start(&configuration, port, &[], Vec::new()).await
}

async fn send(wallboard: &Wallboard, orders: i64, backlog: i64) {
    let queue = json!({ "id": "shop/1", "name": "Sales", "metrics": { "waiting": 0 }, "figures": { "backlog": backlog } });
    let body = json!({ "source": "shop", "figures": { "orders": orders }, "queues": [queue] });
    let sending = http::client().post(wallboard.url("/api/v1/values"));
    let answer = sending.json(&body).send().await.unwrap();
    let status = answer.status();
    assert_eq!(status, 204, "{}", answer.text().await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_figure_beyond_its_threshold_is_an_alert_and_one_out_of_date_neither_raises_nor_clears_it()
 {
    let receiver = Receiver::start();
    let wallboard = start(&receiver, &format!("{}s", VALID_FOR.as_secs())).await;
    send(&wallboard, 412, 7).await;
    send(&wallboard, 97, 60).await;
    receiver.wait_for("is critical", 2, SOON).await;
    let open = alerts(&wallboard, "open").await;
    assert_eq!(open["orders"]["kind"], "figure");
    assert_eq!(open["orders"]["value"], 97.0);
    assert_eq!(open["backlog/shop/1"]["value"], 60.0);
    let bodies = receiver.bodies();
    let of = |headline: &str| {
        let mut bodies = bodies.iter();
        let body = bodies.find(|body| body["data"]["headline"] == headline);
        body.unwrap_or_else(|| panic!("{bodies:?}"))["data"]["lines"].to_string()
    };
    assert!(of("Orders is critical").contains("97 pcs"));
    assert!(of("Backlog of Sales is critical").contains("60"));
    let page = wallboard.text("/alerts").await;
    assert!(page.contains("href=\"/figures/orders\""), "{page}");

    // Nothing more is sent: the source is lost, which is one alert, and nobody knows about its figures.
    receiver.wait_for("connected", 1, SOON).await;
    receiver
        .assert_quiet("no figure is told about", VALID_FOR)
        .await;
    let open = alerts(&wallboard, "open").await;
    for subject in ["orders", "backlog/shop/1"] {
        assert!(!open[subject]["unconfirmed_since"].is_null(), "{open:?}");
    }
    // Known again, and fine.
    let is_over = async || {
        send(&wallboard, 412, 7).await;
        let open = alerts(&wallboard, "open").await;
        let is_over = !open.contains_key("orders") && !open.contains_key("backlog/shop/1");
        if is_over { Ok(()) } else { Err(open) }
    };
    wait_until("the alerts are over", Duration::from_mins(1), is_over).await;
    receiver.wait_for("Over: Orders", 1, SOON).await;
}

/// The stored values of a figure: each with the seconds that it lasted.
async fn values(wallboard: &Wallboard) -> Vec<(f64, i64)> {
    let to = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    let from = to - jiff::SignedDuration::from_hours(3);
    let path = format!("/api/v1/figures/orders/values?from={from}&to={to}");
    let answer = wallboard.get(&path).await.unwrap();
    let time = |value: &Value| -> jiff::Timestamp { value.as_str().unwrap().parse().unwrap() };
    let values = answer["values"].as_array().unwrap().iter();
    values
        .map(|span| {
            let lasted = time(&span["to"]).duration_since(time(&span["from"]));
            (span["value"].as_f64().unwrap(), lasted.as_secs())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_past_of_a_figure_has_a_gap_where_it_was_unknown_also_over_a_kill() {
    let mut wallboard = start(&Receiver::start(), "10m").await;
    send(&wallboard, 412, 7).await;
    wait_until("a value is recorded", RECORDED_WITHIN, async || {
        let values = values(&wallboard).await;
        if values.len() == 1 {
            Ok(())
        } else {
            Err(values)
        }
    })
    .await;
    wallboard.restart("-KILL").await;
    // After a restart it is out of date until it is sent again.
    let recorded = values(&wallboard).await;
    assert_eq!(recorded.len(), 1, "{recorded:?}");
    send(&wallboard, 412, 7).await;
    let recorded = wait_until("it is recorded again", RECORDED_WITHIN, async || {
        let values = values(&wallboard).await;
        if values.len() == 2 {
            Ok(values)
        } else {
            Err(values)
        }
    })
    .await;
    assert!(
        recorded
            .iter()
            .all(|(value, _)| (*value - 412.0).abs() < 1e-9),
        "{recorded:?}"
    );
    let page = wallboard.text("/figures/orders").await;
    assert!(
        page.contains("412 pcs") && page.contains("class=\"gap\""),
        "{page}"
    );
    let file = wallboard.text("/figures/orders/values.csv").await;
    assert_eq!(file.lines().count(), 3, "{file}");
}
