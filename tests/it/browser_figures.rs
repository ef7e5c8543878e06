//! Pages of custom figures and the form of a rule that watches them: they fit every size in both themes, without
//! barriers, and work by keyboard.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rusqlite::Connection;

use crate::{
    alerts::save,
    support::{Browser, Wallboard, browser::LANGUAGES, ports, wallboard::configuration_in},
};

const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;
const PAGES: [(&str, &str); 8] = [
    ("figures", "/figures"),
    ("figure-day", "/figures/orders"),
    ("figure-week", "/figures/orders?days=7"),
    ("figure-weeks", "/figures/orders?days=28"),
    ("figure-state", "/figures/website?days=7"),
    ("figure-empty", "/figures/load"),
    ("figure-queues", "/figures/backlog"),
    ("figure-rule", "/alerts/rule?name=Shop"),
];
const KEYBOARD: [&str; 3] = ["/figures", "/figures/orders?days=7", "/figures/backlog"];

/// Four weeks of orders by day and of the website's states, without the minutes from two to three.
fn store_past(database: &Connection, now: Timestamp) {
    let subjects =
        "INSERT INTO figure_subject VALUES (1, 'orders', '', ''), (2, 'website', '', ''),
        (3, 'backlog', 'shop', '9001'), (4, 'backlog', 'shop', '9002')";
    database.execute(subjects, []).unwrap();
    let now = now.as_second() / MINUTE * MINUTE;
    let first = now.div_euclid(DAY) * DAY - 27 * DAY;
    let transaction = database.unchecked_transaction().unwrap();
    for at in (first..=now).step_by(5 * 60) {
        let minute = at.rem_euclid(DAY) / MINUTE;
        let is_known = !(120..180).contains(&minute);
        let wave = (at / DAY * 7 + minute * 13) % 60;
        let number = is_known.then_some(minute * 400 / 1_440 + wave);
        let orders = "INSERT INTO figure_value VALUES (1, ?1, ?2, NULL)";
        transaction.execute(orders, (at, number)).unwrap();
        if minute % 240 == 0 {
            let word =
                ["up", "up", "slow", "up", "down", "up"][usize::try_from(minute / 240).unwrap()];
            let website = "INSERT INTO figure_value VALUES (2, ?1, NULL, ?2)";
            transaction.execute(website, (at, word)).unwrap();
        }
    }
    for subject in [3, 4] {
        let backlog = "INSERT INTO figure_value VALUES (?1, ?2, 7, NULL)";
        transaction.execute(backlog, (subject, first)).unwrap();
    }
    let run = "INSERT INTO figure_run VALUES (?1, ?2)";
    transaction.execute(run, (first, now)).unwrap();
    transaction.commit().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_figures_fit_every_size_and_have_no_barriers() {
    let port = ports::free();
    let configuration = configuration_in("UTC", port, port)
        + r#"
        [sources.shop]
        kind = "values"
        [figures.orders]
        label = "Orders today"
        unit = "pcs"
        source = "shop"
        crit_below = 100
        crit = 380
        [figures.website]
        label = "Website"
        kind = "state"
        source = "shop"
        states = { up = { label = "Up" }, slow = { label = "Slow", severity = "warning" }, down = { label = "Down", severity = "critical" } }
        [figures.load]
        label = "Load"
        kind = "percent"
        source = "shop"
        [figures.backlog]
        label = "Backlog"
        source = "shop"
        per = "queue"
        crit = 50
        "#;
    let wallboard = Wallboard::start(&configuration, port, &[], Vec::new()).await;
    let database = Connection::open(wallboard.file("wallboard.db")).unwrap();
    store_past(&database, Timestamp::now());
    let rule = "[alerts.Shop]\nfigures = [\"orders\", \"website\"]\nseverity = \"warning\"\n";
    save(&wallboard, "alerts", "Shop", rule).await;
    let browser = Browser::start();
    for language in LANGUAGES {
        browser.check_pages_in(language, &wallboard.url(""), &PAGES, None);
    }
    browser.check_keyboard(&wallboard.url(""), &KEYBOARD, None);

    // Each night has an hour that nobody knows, and nothing is drawn across it.
    let page = Browser::open(&wallboard.url("/figures/orders?days=7"));
    let gaps = page.evaluate("document.querySelectorAll('svg .gap').length");
    let strokes = "document.querySelector('svg .curve').getAttribute('d').split('M').length - 1";
    let strokes = page.evaluate(strokes);
    let local = Timestamp::now().to_zoned(TimeZone::UTC);
    let nights = if local.hour() < 3 { 6 } else { 7 };
    assert!(gaps.as_i64().unwrap() >= nights, "{gaps}");
    assert!(strokes.as_i64().unwrap() >= nights, "{strokes}");
    let rehearsed = wallboard.text("/alerts/rule?name=Shop").await;
    assert!(rehearsed.contains("It would have fired "), "{rehearsed}");
    let earliest = Timestamp::now() - SignedDuration::from_hours(8 * 24);
    let values = format!(
        "/api/v1/figures/website/values?from={earliest}&to={}",
        Timestamp::now()
    );
    let values = wallboard.get(&values).await.unwrap();
    assert!(values["values"].as_array().unwrap().len() > 40, "{values}");
}
