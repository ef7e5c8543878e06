//! Custom figures of addresses that are asked: places in JSON, and a published spreadsheet.

use std::time::Duration;

use serde_json::json;

use crate::{
    custom_figures::figure,
    support::{
        Wallboard, check, local_server::LocalServer, ports, wait_until,
        wallboard::base_configuration,
    },
    values::blocks,
};

const SOON: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn a_polled_reply_has_figures_and_a_failing_address_marks_them() {
    let reply =
        json!({ "today": { "orders": "1204" }, "site": "down", "load": [ { "now": 84.5 } ] });
    let router = axum::Router::new().fallback(move || async move { axum::Json(reply) });
    let shop = LocalServer::start(router).await;
    let port = ports::free();
    let configuration = format!(
        "{}[sources.shop]\nkind = \"values\"\nurl = \"{}\"\ninterval = \"1s\"\nvalid_for = \"6s\"\n\
         figures = {{ orders = \"/today/orders\", website = \"/site\", load = \"/load/0/now\" }}\n{}",
        base_configuration(port, port),
        shop.url(),
        r#"
        [figures.orders]
        label = "Orders"
        source = "shop"
        [figures.website]
        label = "Website"
        kind = "state"
        source = "shop"
        states = { up = {}, down = { severity = "warning" } }
        [figures.load]
        label = "Load"
        kind = "percent"
        decimals = 1
        source = "shop"
        "#
    );
    let wallboard = Wallboard::start(&configuration, port, &[], Vec::new()).await;
    wait_until("the reply is shown", SOON, async || {
        match figure(&wallboard, "orders", "").await {
            (value, false, _) if value == json!(1204.0) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await;
    let down = (json!("down"), false, json!("warning"));
    assert_eq!(figure(&wallboard, "website", "").await, down);
    assert_eq!(figure(&wallboard, "load", "").await.0, json!(84.5));
    drop(shop);
    wait_until(
        "the figures are out of date",
        SOON,
        async || match figure(&wallboard, "orders", "").await {
            (value, true, _) if value == json!(1204.0) => Ok(()),
            other => Err(format!("{other:?}")),
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guides_spreadsheet_is_read_as_written() {
    let sheet = blocks("csv")[0];
    let router = axum::Router::new().fallback(move || async move { sheet });
    let files = LocalServer::start(router).await;
    let port = ports::free();
    let written = blocks("toml")[3];
    let address = written.replace("https://files.example.com", &files.url());
    assert_ne!(address, written);
    let configuration = base_configuration(port, port) + &address;
    let wallboard = Wallboard::start(&configuration, port, &[], Vec::new()).await;
    wait_until("the spreadsheet is read", SOON, async || {
        match figure(&wallboard, "sheet_orders", "").await {
            (value, false, _) if value == json!(412.0) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await;
    assert_eq!(figure(&wallboard, "sheet_revenue", "").await.0, json!(4.25));
    check::run(&[], &address, &[]).assert_status(0, &["figures: 2"]);
}
