//! Boards with closed queues, boards that are closed altogether, and boards before their first data.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    Browser, ScriptedSite,
    browser::{BOARD_IS_LIVE, FONTS},
    scripted_site::{Queue, queue_id},
};

const SOON: Duration = Duration::from_secs(30);
const SCREENS: [(u32, u32); 5] = [
    (1920, 1080),
    (1280, 720),
    (960, 540),
    (1080, 1920),
    (390, 844),
];
const NAMES: [&str; 4] = ["Sales", "Billing", "Support", "Returns"];
/// The height of the clock of a closed board, in percent of the screen's shorter side.
const CLOCK_MIN: f64 = 20.0;

const PHASE: &str = "document.getElementById('board').dataset.phase";
/// The texts that can be read in place of rows.
const BLOCK: &str = "[...document.querySelectorAll('.empty p')]\
    .filter((el) => el.checkVisibility()).map((el) => el.textContent)";
/// The site's figures that can be read, with their labels.
const SITE: &str = "[...document.querySelectorAll('.site > div')].filter((el) => el.checkVisibility())\
    .map((el) => el.querySelector('.num').textContent + ' ' + el.querySelector('dt').textContent)";
const CLOCK: &str = "parseFloat(getComputedStyle(document.getElementById('clock')).fontSize) \
    / Math.min(innerWidth, innerHeight) * 100";

/// Returns the faults of a board's layout on every screen.
fn layout_faults(browser: &Browser, what: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for (width, height) in SCREENS {
        let found = browser.command(&json!({"do": "tiles", "width": width, "height": height}));
        let found: Vec<String> = serde_json::from_value(found["faults"].clone()).unwrap();
        let found = found.into_iter();
        faults.extend(found.map(|fault| format!("{what}, {width}x{height}: {fault}")));
    }
    faults
}

/// Hours of the first two queues, which are open the day after tomorrow only.
fn closed_hours() -> String {
    let later = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(48);
    let weekday = later.to_zoned(jiff::tz::TimeZone::UTC).strftime("%a");
    let weekday = weekday.to_string().to_lowercase();
    let hours = (0..2).map(|n| format!("{:?} = {{ {weekday} = \"08:00-17:00\" }}\n", queue_id(n)));
    format!("[hours]\n{}", hours.collect::<String>())
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_queue_keeps_its_tile_and_a_closed_board_shows_the_clock_and_the_day() {
    let board = |name: &str, queues: std::ops::Range<usize>| {
        let queues: Vec<_> = queues.map(queue_id).collect();
        (format!("{name}.toml"), format!("queues = {queues:?}\n"))
    };
    let boards = vec![board("some", 0..4), board("night", 0..2)];
    let site = ScriptedSite::open_with_source("browser-closed", boards, &closed_hours()).await;
    site.change(|script| {
        for (index, name) in NAMES.into_iter().enumerate() {
            script.queues.push(Queue {
                name: name.to_owned(),
                ..Queue::default()
            });
            script.set_load(index, [0, 1, 2], 0);
        }
    })
    .await;
    site.answer_contacts(0, 7, 9, true).await;
    site.answer_contacts(1, 5, 9, true).await;
    site.wait_until_known().await;

    let mut faults = Vec::new();
    for font in FONTS {
        let browser = Browser::start_in(font);
        browser.command(&json!({"do": "open", "url": site.url("/boards/some")}));
        browser.wait_for(BOARD_IS_LIVE, SOON).await;
        let closed = browser.evaluate(
            "[...document.querySelectorAll('.tile[data-note=closed]')]\
             .map((tile) => tile.innerText.trim().replace(/\\s+/g, ' ').split(' opens ')[0])",
        );
        assert_eq!(closed, json!(["Billing Closed ·", "Sales Closed ·"]));
        faults.extend(layout_faults(&browser, &format!("some, {font}")));

        browser.command(&json!({"do": "open", "url": site.url("/boards/night")}));
        browser.wait_for(BOARD_IS_LIVE, SOON).await;
        let is_answered = format!("({SITE}).includes('12 answered today')");
        browser.wait_for(&is_answered, SOON).await;
        assert_eq!(browser.evaluate(PHASE), "night");
        let block = browser.evaluate(BLOCK);
        let opening = block[0].as_str().unwrap();
        assert!(
            opening.starts_with("Opens ") && opening.ends_with("08:00"),
            "{block}"
        );
        let figures: Vec<String> = serde_json::from_value(browser.evaluate(SITE)).unwrap();
        assert!(
            figures.iter().all(|text| !text.starts_with("0 ")),
            "{figures:?}"
        );
        for (width, height) in SCREENS {
            browser.command(&json!({"do": "tiles", "width": width, "height": height}));
            let clock = browser.evaluate(CLOCK).as_f64().unwrap();
            assert!(CLOCK_MIN <= clock, "{width}x{height}: {clock}");
        }
        faults.extend(layout_faults(&browser, &format!("night, {font}")));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));

    let browser = Browser::open(&site.url("/boards/night"));
    site.change(|script| script.set_load(1, [2, 1, 2], 60))
        .await;
    let is_listed = "[...document.querySelectorAll('.folded')]\
        .some((el) => el.checkVisibility() && el.textContent === 'Billing, 2 waiting')";
    browser.wait_for(is_listed, SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn board_before_its_first_data_says_what_it_waits_for_and_whom_to_call() {
    let boards = vec![(
        "all.toml".to_owned(),
        "title = \"Customer service\"\n".to_owned(),
    )];
    let source = "name = \"Customer chat\"\n[brand]\ncontact = \"Service desk, 4400\"\n";
    let site = ScriptedSite::open_with_source("browser-first", boards, source).await;

    let mut faults = Vec::new();
    for font in FONTS {
        let browser = Browser::start_in(font);
        browser.command(&json!({"do": "open", "url": site.url("/boards/all")}));
        browser.wait_for(BOARD_IS_LIVE, SOON).await;

        assert_eq!(browser.evaluate(PHASE), "empty");
        let block: Vec<String> = serde_json::from_value(browser.evaluate(BLOCK)).unwrap();
        let [title, since, contact] = &*block else {
            panic!("{block:?}");
        };
        assert_eq!(title, "Waiting for the first data from Customer chat");
        assert!(since.starts_with("Connected"), "{since}");
        assert_eq!(contact, "If this stays: Service desk, 4400");
        assert_eq!(
            browser.evaluate("document.querySelector('.outage').checkVisibility()"),
            false
        );
        faults.extend(layout_faults(&browser, &format!("first, {font}")));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));

    let browser = Browser::open(&site.url("/boards/all"));
    site.change(|script| {
        script.queues.push(Queue {
            name: "Sales".to_owned(),
            ..Queue::default()
        });
        script.set_load(0, [3, 1, 2], 60);
    })
    .await;
    let shows_rows =
        format!("{PHASE} === '' && document.querySelector('.hero .num').textContent === '3'");
    browser.wait_for(&shows_rows, SOON).await;
    assert_eq!(browser.evaluate(BLOCK), Value::Array(Vec::new()));
}
