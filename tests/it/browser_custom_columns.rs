//! Custom figures of queues as columns of a list and on tiles: with their units, marks and age, on each screen.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    browser_custom_figures::{renew_every, send},
    support::{
        Browser, ScriptedSite,
        browser::BOARD_IS_LIVE,
        scripted_site::{Queue, queue_id},
    },
};

const SOON: Duration = Duration::from_secs(30);
const QUEUES: usize = 12;
const FIGURES: &str = r#"
[sources.shop]
kind = "values"
[sources.lines]
kind = "values"
valid_for = "4s"
[figures.orders]
label = { en = "Orders today", sv = "Order i dag", de = "Bestellungen heute" }
unit = { en = "pcs", sv = "st", de = "Stk." }
source = "shop"
per = "queue"
merge = "sum"
crit_below = 3
[figures.revenue]
label = { en = "Revenue", sv = "Intäkter", de = "Umsatz" }
unit = { en = "k€", sv = "tkr", de = "Tsd. €" }
decimals = 1
source = "shop"
per = "queue"
merge = "sum"
[figures.line]
label = { en = "Line", sv = "Förbindelse", de = "Leitung" }
kind = "state"
source = "lines"
per = "queue"
states = { up = { label = { en = "OK", sv = "OK", de = "OK" } }, slow = { label = { en = "Slow", sv = "Långsam", de = "Langsam" }, severity = "warning" } }
"#;
const NAMES: [&str; QUEUES] = [
    "Sales",
    "Support",
    "Billing",
    "Störungsannahme Geschäftskunden",
    "Returns",
    "Repairs",
    "Kundtjänst privat",
    "Technik",
    "Night line",
    "VIP",
    "Retention",
    "Newsletter",
];
/// The texts of a list's column: its head, its cells, and their marks.
const COLUMN: &str = "(at) => [...document.querySelectorAll('.table tr:not([hidden])')].map((row) => row.children[at])\
    .map((cell) => cell.innerText.trim().replace(/\\s+/g, ' ') + (cell.dataset.sev === 'crit' ? ' !' : '') + (cell.classList.contains('off') ? ' (off)' : ''))";

fn boards() -> Vec<(String, String)> {
    let show = r#"show = ["waiting", { custom = "orders" }, { custom = "revenue" }, "agents_available", { custom = "line" }, "service_level"]"#;
    let board = |language: &str, layout: &str, theme: &str| {
        let text = format!(
            "layout = \"{layout}\"\nlanguage = \"{language}\"\ntheme = \"{theme}\"\n{show}\n"
        );
        (format!("{layout}-{language}.toml"), text)
    };
    vec![
        board("sv", "list", "dark"),
        board("de", "list", "light"),
        board("de", "queues", "dark"),
        board("sv", "queues", "light"),
    ]
}

/// The values of the shop or of the lines; none of the last queue.
fn values(source: &str) -> Value {
    let queues = (0..QUEUES - 1).map(|index| {
        let orders = [412, 7, 2, 1_204, 0, 88][index % 6];
        let revenue = [4.25, 12.5, 0.0, 1_234.5, 81.0, 3.0][index % 6];
        let figures = match source {
            "shop" => json!({ "orders": orders, "revenue": revenue }),
            _ => json!({ "line": if index == 1 { "slow" } else { "up" } }),
        };
        json!({ "id": queue_id(index), "figures": figures })
    });
    json!({ "source": source, "queues": queues.collect::<Vec<_>>() })
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_and_tiles_have_custom_figures_of_queues_on_every_screen() {
    let site = ScriptedSite::open_with_source("browser-columns", boards(), FIGURES).await;
    site.change(|script| {
        for (index, name) in NAMES.into_iter().enumerate() {
            script.queues.push(Queue {
                name: name.to_owned(),
                ..Queue::default()
            });
            let waiting = [3, 0, 7, 2][index % 4];
            script.set_load(index, [waiting, 3, 2], if waiting == 0 { 0 } else { 40 });
        }
    })
    .await;
    site.wait_until_known().await;
    send(&site, &values("shop")).await;
    send(&site, &values("lines")).await;
    let renewing = [
        renew_every(Duration::from_secs(10), &site, values("shop")),
        renew_every(Duration::from_secs(1), &site, values("lines")),
    ];

    let browser = Browser::start();
    let mut faults = Vec::new();
    let look = async |board: &str, width: u32, height: u32| {
        browser.command(&json!({ "do": "open", "url": site.url(&format!("/boards/{board}")) }));
        browser.wait_for(BOARD_IS_LIVE, SOON).await;
        let found = browser.command(&json!({ "do": "tiles", "width": width, "height": height }));
        let found: Vec<String> = serde_json::from_value(found["faults"].clone()).unwrap();
        if let Ok(folder) = std::env::var("WALLBOARD_PICTURES") {
            let path = format!("{folder}/{board}-{width}.png");
            browser.command(&json!({ "do": "screenshot", "path": path }));
        }
        let at = format!("{board} at {width}");
        found.into_iter().map(move |fault| format!("{at}: {fault}"))
    };
    for board in ["list-sv", "list-de", "queues-de", "queues-sv"] {
        for (width, height) in [(390, 844), (1920, 1080)] {
            faults.extend(look(board, width, height).await);
        }
    }
    faults.extend(look("list-de", 1920, 1080).await);
    assert!(faults.is_empty(), "{}", faults.join("\n"));

    // The columns: of the last hour, waiting, orders, revenue.
    let column = |at: usize| {
        let texts = browser.evaluate(&format!("({COLUMN})({at})"));
        let texts: Vec<String> = serde_json::from_value(texts).unwrap();
        texts
    };
    let orders = column(3);
    assert_eq!(orders.len(), QUEUES + 2, "{orders:?}");
    assert_eq!(orders[0], "Bestellungen heute Stk.", "{orders:?}");
    // The sum is without the newsletter, which has none.
    assert_eq!(orders[1], "3.338", "{orders:?}");
    for text in ["1.204", "2 kritisch !", "–"] {
        assert!(orders.iter().any(|one| one == text), "{text}: {orders:?}");
    }
    let note = browser.evaluate("document.querySelector('.footnote').textContent");
    let expected = "ohne Newsletter: Bestellungen heute, Umsatz";
    assert!(note.as_str().unwrap().contains(expected), "{note}");
    assert_eq!(column(4)[0], "Umsatz Tsd. €");

    // A value that isn't sent again is gray, and says when it is from.
    renewing[1].abort();
    let is_old = "[...document.querySelectorAll('[data-custom=old]')].length > 5";
    browser.wait_for(is_old, SOON).await;
    let lines = column(6);
    assert!(
        lines.iter().any(|one| one.starts_with("OK Stand ")),
        "{lines:?}"
    );
    if let Ok(folder) = std::env::var("WALLBOARD_PICTURES") {
        let path = format!("{folder}/list-de-old.png");
        browser.command(&json!({ "do": "screenshot", "path": path }));
    }
    renewing[0].abort();
}
