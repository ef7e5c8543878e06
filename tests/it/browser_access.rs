//! The pages for those who read with their ears, work with a keyboard, or must not be
//! shown what flashes.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    Browser, Play, Weather,
    play::{Queue, agent_page, queue_page},
    throughout, until,
};

const SOON: Duration = Duration::from_secs(20);
const IS_LIVE: &str = "document.getElementById('link').dataset.state === 'live'";
const BOARDS: [&str; 4] = [
    "/boards/queues",
    "/boards/totals",
    "/boards/list",
    "/boards/agents",
];

/// An ordinary day with a critical queue.
async fn play(name: &str) -> Play {
    let play = Play::open(name).await;
    play.change(|cast| {
        for name in ["Sales", "Billing", "Support", "Returns"] {
            let name = name.into();
            cast.queues.push(Queue {
                name,
                ..Queue::default()
            });
        }
        cast.agents = ["Anna", "Björn", "Chidi"].map(str::to_owned).into();
        cast.load(0, [14, 2, 0], 300);
        cast.load(1, [6, 2, 1], 100);
        cast.load(2, [1, 2, 4], 10);
        cast.load(3, [0, 0, 4], 0);
    })
    .await;
    play.answer(0, 5, 9, true).await;
    play.answer(1, 2, 9, false).await;
    play.is_known().await;
    play
}

fn desk_pages() -> Vec<String> {
    let fixed = ["/", "/cases", "/sources", "/nothing-here"].map(str::to_owned);
    fixed
        .into_iter()
        .chain([queue_page(0), agent_page(0)])
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_has_a_barrier_that_can_be_found_by_machine() {
    let play = play("browser-axe").await;
    let browser = Browser::start();
    let boards = BOARDS.map(str::to_owned);
    let pages: Vec<_> = boards.into_iter().chain(desk_pages()).collect();
    let named: Vec<_> = pages.iter().map(|page| (page, page)).collect();
    browser.command(&json!({"do": "visit", "base": play.base(), "pages": named}));

    let live = browser.command(&json!({"do": "axe", "themes": ["dark", "light"]}));
    play.upstream.set(Weather::Refusing);
    play.upstream.cut();
    play.wallboard.becomes("down", SOON).await;
    all_show(&browser, "[data-sev=stale], .empty:not(:empty)").await;
    let stale = browser.command(&json!({"do": "axe", "themes": ["dark", "light"]}));
    play.screens.set(Weather::Silent);
    // First the silence is noticed, then it has lasted.
    for _ in 0..2 {
        browser.command(&json!({"do": "forward", "millis": 30_000}));
    }
    all_show(&browser, "body.stale").await;
    let lost = browser.command(&json!({"do": "axe", "themes": ["dark", "light"], "kept": true}));
    browser.command(&json!({"do": "forward", "millis": 330_000}));
    all_show(&browser, "body.gone").await;
    let gone = browser.command(&json!({"do": "axe", "themes": ["dark", "light"], "kept": true}));

    assert_eq!(live, json!([]), "while live: {live:#}");
    assert_eq!(stale, json!([]), "while the source is away: {stale:#}");
    assert_eq!(lost, json!([]), "while the line is away: {lost:#}");
    assert_eq!(gone, json!([]), "while the line is long away: {gone:#}");
}

/// Waits until all boards show something.
async fn all_show(browser: &Browser, selector: &str) {
    let expression = format!("document.querySelector('{selector}')");
    until(selector, Duration::from_mins(1), async || {
        let without = browser.command(&json!({"do": "all", "expression": expression}));
        if without == json!([]) {
            Ok(())
        } else {
            Err(without)
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_desk_page_can_be_used_by_keyboard_alone() {
    let play = play("browser-keys").await;
    let browser = Browser::start();
    for page in desk_pages() {
        browser.command(&json!({"do": "open", "url": play.url(&page)}));
        let found = browser.command(&json!({"do": "keys"}));
        assert_eq!(found, json!([]), "{page}: {found:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_can_be_used_by_keyboard_alone() {
    let play = play("browser-board-keys").await;
    let browser = Browser::start();
    for page in BOARDS {
        browser.command(&json!({"do": "open", "url": play.url(page)}));
        browser.sees(IS_LIVE, SOON).await;
        let found = browser.command(&json!({"do": "keys", "skip": false}));
        assert_eq!(found, json!([]), "{page}: {found:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn severity_is_said_aloud_once_and_counts_never() {
    let play = play("browser-aloud").await;
    let browser = Browser::open(&play.url("/boards/queues"));
    browser.sees(IS_LIVE, SOON).await;
    let silent = browser.look(
        "(window.regions = [...document.querySelectorAll('[aria-live], [role=status], [role=alert]')].filter(el => \
         !el.closest('dialog'))).map(el => el.textContent.trim()).join('')",
    );
    assert_eq!(silent, "", "nothing is said of what was there before");
    browser.look(
        "window.said = [], regions.forEach(el => \
         new MutationObserver(() => el.textContent.trim() && said.push(el.textContent)).observe(el, \
         {childList: true, characterData: true, subtree: true}))",
    );

    play.change(|cast| cast.load(2, [12, 2, 4], 10)).await;
    browser.sees("said.length === 1", SOON).await;
    let said = browser.look("said[0]");
    assert!(
        said.as_str()
            .unwrap()
            .starts_with("Support: critical. 12 waiting"),
        "{said}"
    );

    // Counts go on within the same severity, for longer than a further word would wait.
    let waiting = std::cell::Cell::new(12);
    throughout(
        "nothing more is said",
        Duration::from_secs(13),
        async || {
            waiting.set(25 - waiting.get());
            play.change(|cast| cast.load(2, [waiting.get(), 3, 4], 10))
                .await;
            let said = browser.look("said.length");
            if said == 1 {
                Ok(())
            } else {
                Err(browser.look("said"))
            }
        },
    )
    .await;
    // Its source goes and comes back: that is no change of how many wait.
    play.upstream.set(Weather::Refusing);
    play.upstream.cut();
    let is_lost = "document.querySelectorAll('.row[data-sev=stale]').length > 0";
    browser.sees(is_lost, SOON).await;
    play.upstream.set(Weather::Clear);
    play.is_known().await;
    let is_back = "!!document.querySelector('.row[data-sev=crit]')";
    browser
        .sees(&format!("!({is_lost}) && {is_back}"), SOON)
        .await;
    assert_eq!(browser.look("said.length"), 1, "{}", browser.look("said"));
    let shown = "[...document.querySelectorAll('.row .num')].some(num => num.textContent === '13' || num.textContent === '12')";
    assert_eq!(browser.look(shown), true);
}

/// While severities change and rows move, nothing goes on moving and nothing flashes.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_moves_for_long_and_nothing_flashes() {
    let play = play("browser-motion").await;
    let browser = Browser::start();
    for page in ["/boards/queues", "/boards/agents", "/"] {
        browser.command(&json!({"do": "open", "url": play.url(page), "watch": "motion"}));
        // Faster than any real queue goes up and down.
        for turn in 0..30 {
            let waiting = [1, 6, 14, 6][turn % 4];
            play.change(|cast| cast.load(3, [waiting, 1, 1], 10)).await;
            if turn % 8 == 0 {
                play.answer(turn % 3, 1, 2, turn % 16 == 0).await;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let found: Value = browser.look("window.motion()");
        assert!(
            found["looks"].as_u64().unwrap() > 20,
            "{page}: it was looked at: {found}"
        );
        assert!(
            found["longest"].as_f64().unwrap() <= 5_000.0,
            "{page}: {found}"
        );
        assert_eq!(found["endless"], json!([]), "{page}: {found}");
        assert_eq!(found["flashes"], json!([]), "{page}: {found}");
    }
}
