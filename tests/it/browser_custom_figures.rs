//! Custom figures on a real board: legible on every screen in every font, gray after their time, and made in the
//! editor.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::{
    browser_tiles::judge_boards,
    support::{Browser, ScriptedSite, browser::BOARD_IS_LIVE, http},
};

const SOON: Duration = Duration::from_secs(30);
const FIGURES: &str = r#"
[sources.shop]
kind = "values"
[sources.ticker]
kind = "values"
valid_for = "4s"
[figures.orders]
label = { en = "Orders today", de = "Bestellungen heute im Webshop" }
unit = { en = "pcs", de = "Stück" }
source = "shop"
crit_below = 5000
[figures.revenue]
label = "Umsatz"
unit = "Tsd. €"
decimals = 2
source = "shop"
warn = -2000
[figures.website]
label = "Website"
kind = "state"
source = "shop"
states = { up = { label = "OK" }, slow = { label = "Langsam", severity = "warning" }, down = { label = "Unerreichbar", severity = "critical" } }
[figures.stock]
label = "Verfügbarkeit"
kind = "percent"
decimals = 1
source = "shop"
[figures.delivery]
label = "Lieferzeit"
kind = "duration"
source = "shop"
[figures.backlog]
label = "Rückstand"
unit = "offen"
source = "shop"
[figures.pulse]
label = "Pulse"
unit = "bpm"
source = "ticker"
"#;
/// The texts of tiles that reach beyond their tile, or that another one covers.
const CUT: &str = "[...document.querySelectorAll('.widget:not(.off)')].flatMap((tile) => { const edge = tile.getBoundingClientRect();\
    return [...tile.querySelectorAll('.hero .num, .hero small, .hero dt, .note, h2')].filter((part) => part.textContent && part.checkVisibility())\
    .filter((part) => { const text = document.createRange(); text.selectNodeContents(part); const box = text.getBoundingClientRect();\
    return box.right > edge.right || box.left < edge.left; }).map((part) => `${tile.querySelector('.name').textContent}: ${part.textContent}`); })";

fn boards() -> Vec<(String, String)> {
    let kinds = [
        r#"{ custom = "backlog" }"#,
        r#"{ custom = "website" }"#,
        r#"{ custom = "orders" }"#,
        r#"{ custom = "revenue" }"#,
        r#"{ custom = "stock" }"#,
        r#"{ custom = "delivery", name = "Lieferzeit heute" }"#,
        r#"{ custom = "visitors", name = "Nicht deklariert" }"#,
    ];
    let board = |count: usize| {
        let widgets: Vec<_> = (0..count).map(|at| kinds[at % kinds.len()]).collect();
        let widgets = widgets.join(", ");
        (
            format!("custom-{count}.toml"),
            format!("language = \"de\"\nqueues = [\"none/*\"]\nwidgets = [{widgets}]\n"),
        )
    };
    let pulse = (
        "pulse.toml".to_owned(),
        "queues = [\"none/*\"]\nwidgets = [{ custom = \"pulse\" }]\n".to_owned(),
    );
    [1, 2, 3, 4, 6, 8, 9, 12]
        .map(board)
        .into_iter()
        .chain([pulse])
        .collect()
}

pub async fn send(site: &ScriptedSite, body: &Value) {
    let sending = http::client().post(site.url("/api/v1/values")).json(body);
    let answer = sending.send().await.unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert_eq!(status, StatusCode::NO_CONTENT, "{text}");
}

/// Sends values again and again, until the task is ended.
pub fn renew_every(pause: Duration, site: &ScriptedSite, body: Value) -> JoinHandle<()> {
    let address = site.url("/api/v1/values");
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(pause).await;
            let sending = http::client().post(&address).json(&body);
            sending.send().await.ok();
        }
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn custom_figures_fit_every_screen_in_every_font() {
    let site = ScriptedSite::open_with_source("browser-custom", boards(), FIGURES).await;
    let figures = json!({ "orders": 4_812, "revenue": -1_234.5, "website": "down", "stock": 99.5, "delivery": 97_200, "backlog": 12_345 });
    let body = json!({ "source": "shop", "figures": figures });
    send(&site, &body).await;
    // Well before they expire, as long as pages are looked at.
    let renewing = renew_every(Duration::from_secs(10), &site, body);
    let folder = std::env::var("WALLBOARD_PICTURES").ok();
    let boards = [1, 2, 3, 4, 6, 8, 9, 12].map(|count| format!("custom-{count}"));
    let faults = judge_boards(
        &site.base_url(),
        &boards,
        &[(BOARD_IS_LIVE, SOON)],
        |look, faults| {
            let (at, sizes) = (&look.at, &look.sizes);
            faults.extend(sizes.faults.iter().map(|fault| format!("{at}: {fault}")));
            let covered = sizes.covered.iter();
            faults.extend(covered.map(|name| format!("{at}: {name:?} is covered")));
            let found = look.browser.evaluate(CUT);
            if found != json!([]) {
                faults.push(format!("{at}: cut: {found}"));
            }
            if let Some(folder) = &folder {
                let path = format!("{folder}/{}.png", at.replace(", ", "_"));
                look.browser
                    .command(&json!({"do": "screenshot", "path": path}));
            }
        },
    )
    .await;
    renewing.abort();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_figure_is_gray_after_its_time_and_a_widget_of_it_is_made_in_the_editor() {
    let site = ScriptedSite::open_with_source("browser-custom-age", boards(), FIGURES).await;
    let pulse = json!({ "source": "ticker", "figures": { "pulse": 72 } });
    // A browser may need longer for its start than the value lasts.
    let renewing = renew_every(Duration::from_secs(1), &site, pulse.clone());
    let browser = Browser::open(&site.url("/boards/pulse"));
    let tile = "document.querySelector('.widget')";
    let has = |text: &str| format!("{tile}.innerText.includes({text:?})");
    let severity = format!("{tile}.dataset.sev");
    let is_live = format!("{} && {severity} !== 'stale'", has("72"));
    browser.wait_for(&is_live, SOON).await;
    renewing.abort();
    browser
        .wait_for(&format!("{severity} === 'stale'"), SOON)
        .await;
    assert_eq!(browser.evaluate(&has("72")), true);
    assert_eq!(browser.evaluate(&has("From")), true);
    send(&site, &pulse).await;
    browser
        .wait_for(&format!("{severity} !== 'stale'"), SOON)
        .await;

    let browser = Browser::open(&site.url("/boards/new?start=empty"));
    let options = "[...document.querySelectorAll('[name=\"add.widgets.metric\"] optgroup option')].map((one) => one.value).join()";
    let expected =
        "custom/stock,custom/orders,custom/pulse,custom/backlog,custom/revenue,custom/website";
    let listed = browser.evaluate(options);
    let mut listed: Vec<_> = listed.as_str().unwrap().split(',').collect();
    let mut expected: Vec<_> = expected.split(',').chain(["custom/delivery"]).collect();
    listed.sort_unstable();
    expected.sort_unstable();
    assert_eq!(listed, expected);
    let fields = [
        ("is_new", "1"),
        ("id", "made"),
        ("title", "Made"),
        ("queues.0", "none/*"),
        ("show.0", "waiting"),
        ("add.widgets", "figure"),
        ("add.widgets.metric", "custom/orders"),
        ("do", "save"),
    ];
    let request = http::client_without_redirects().post(site.url("/boards/new"));
    let request = request.header("sec-fetch-site", "same-origin");
    let saved = request.form(&fields).send().await.unwrap();
    assert_eq!(saved.status(), StatusCode::SEE_OTHER);
    let browser = Browser::open(&site.url("/boards/made"));
    browser.wait_for(&has("Orders today"), SOON).await;
}
