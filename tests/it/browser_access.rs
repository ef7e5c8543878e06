//! Accessibility: screen readers, keyboards, and sensitivity to motion and flashes.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    cluster_access::get,
    source_editing::open_with_source,
    support::{
        Browser, NetworkCondition, ScriptedSite, assert_throughout,
        browser::{BOARD_IS_LIVE, FONTS, takes_turns},
        is_nightly,
        scripted_site::{Queue, agent_page, queue_page},
        wait_until,
    },
};

const SOON: Duration = Duration::from_secs(20);
const BOARDS: [&str; 4] = [
    "/boards/queues",
    "/boards/totals",
    "/boards/list",
    "/boards/agents",
];

/// The other pages that an administrator sees, in `scripts/nightly` in each font.
const MORE_PAGES: [&str; 19] = [
    "/cases",
    "/shift",
    "/alerts",
    "/alerts/rule",
    "/announcements",
    "/screens",
    "/reports",
    "/playlists",
    "/tokens",
    "/account",
    "/audit",
    "/settings",
    "/settings/found",
    "/settings/changes",
    "/settings/hours",
    "/boards/new",
    "/sources/new",
    "/channels/new",
    "/history/columns",
];

/// An ordinary day with a critical queue.
async fn open_site(name: &str) -> ScriptedSite {
    let site = ScriptedSite::open(name).await;
    site.change(|script| {
        for name in ["Sales", "Billing", "Support", "Returns"] {
            let name = name.into();
            script.queues.push(Queue {
                name,
                ..Queue::default()
            });
        }
        script.agents = ["Anna", "Björn", "Chidi"].map(str::to_owned).into();
        script.set_load(0, [14, 2, 0], 300);
        script.set_load(1, [6, 2, 1], 100);
        script.set_load(2, [1, 2, 4], 10);
        script.set_load(3, [0, 0, 4], 0);
    })
    .await;
    site.answer_contacts(0, 5, 9, true).await;
    site.answer_contacts(1, 2, 9, false).await;
    site.wait_until_known().await;
    site
}

fn desk_pages() -> Vec<String> {
    let fixed = ["/", "/cases", "/shift", "/sources", "/nothing-here"].map(str::to_owned);
    fixed
        .into_iter()
        .chain([queue_page(0), agent_page(0)])
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_has_accessibility_violations_found_by_axe() {
    let site = open_site("browser-axe").await;
    let browser = Browser::start();
    let boards = BOARDS.map(str::to_owned);
    let pages: Vec<_> = boards.into_iter().chain(desk_pages()).collect();
    let named: Vec<_> = pages.iter().map(|page| (page, page)).collect();
    browser.command(&json!({"do": "visit", "base": site.base_url(), "pages": named}));
    // Each page in one theme by turns, at night in both. The connection is lost to pages that were just looked at by all
    // rules: only their colors change.
    let find = |no_reload: bool, colors: bool| {
        browser.command(&json!({
            "do": "axe", "themes": ["dark", "light"], "alternates": takes_turns(),
            "no_reload": no_reload, "colors": colors && takes_turns(),
        }))
    };

    let live = find(false, false);
    site.upstream.set(NetworkCondition::Refusing);
    site.upstream.cut();
    site.wallboard.wait_for_state("down", SOON).await;
    all_show(&browser, "[data-sev=stale], .empty .big:not(:empty)").await;
    let stale = find(false, false);
    site.screens.set(NetworkCondition::Silent);
    // First the silence is noticed, then it has lasted.
    for _ in 0..2 {
        browser.command(&json!({"do": "forward", "millis": 30_000}));
    }
    all_show(&browser, "body.stale").await;
    let lost = find(true, true);
    browser.command(&json!({"do": "forward", "millis": 330_000}));
    all_show(&browser, "body.gone").await;
    let long_after = find(true, true);

    assert_eq!(live, json!([]), "while live: {live:#}");
    assert_eq!(
        stale,
        json!([]),
        "while the source is disconnected: {stale:#}"
    );
    assert_eq!(lost, json!([]), "while the connection is lost: {lost:#}");
    assert_eq!(
        long_after,
        json!([]),
        "long after the connection is lost: {long_after:#}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_in_swedish_and_german_fit_and_have_no_violations_found_by_axe() {
    let (site, cookie, _vep) = open_with_source("browser-axe-languages").await;
    let queue = wait_until("its queues are there", SOON, async || {
        let queues = get(&site, "/api/v1/queues", &cookie).await;
        let queues: Value = queues.json().await.unwrap();
        match queues["queues"][0]["id"].as_str() {
            Some(id) => Ok(format!("/queues/{id}")),
            None => Err(queues),
        }
    })
    .await;
    let edit = format!("{queue}/edit");
    let pages = [
        "/",
        &queue,
        &edit,
        "/history",
        "/sources",
        "/sources/chat/edit",
        "/sources/new?kind=genesys",
        "/channels/new?kind=email",
        "/people",
        "/boards/queues/edit",
    ];
    let more: &[&str] = if is_nightly() { &MORE_PAGES } else { &[] };
    let pages: Vec<_> = (pages.iter().chain(more))
        .map(|page| (*page, *page))
        .collect();
    let fonts = if is_nightly() {
        &FONTS[..]
    } else {
        &FONTS[..1]
    };
    for font in fonts {
        let browser = Browser::start_in(font);
        for language in ["sv", "de"] {
            browser.check_pages_in(language, &site.wallboard.url(""), &pages, Some(&cookie));
        }
    }
}

/// Waits until all boards show something.
async fn all_show(browser: &Browser, selector: &str) {
    let expression = format!("document.querySelector('{selector}')");
    wait_until(selector, Duration::from_mins(1), async || {
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
async fn desk_pages_work_with_keyboard_only() {
    let site = open_site("browser-keys").await;
    let browser = Browser::start();
    browser.check_keyboard(&site.url(""), &desk_pages(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn boards_work_with_keyboard_only() {
    let site = open_site("browser-board-keys").await;
    let browser = Browser::start();
    for page in BOARDS {
        browser.command(&json!({"do": "open", "url": site.url(page)}));
        browser.wait_for(BOARD_IS_LIVE, SOON).await;
        let found = browser.command(&json!({"do": "keys", "skip": false}));
        assert_eq!(found, json!([]), "{page}: {found:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn severity_changes_are_announced_once_and_counts_never() {
    let site = open_site("browser-aloud").await;
    let browser = Browser::open(&site.url("/boards/queues"));
    browser.wait_for(BOARD_IS_LIVE, SOON).await;
    let silent = browser.evaluate(
        "(window.regions = [...document.querySelectorAll('[aria-live], [role=status], [role=alert]')].filter(el => \
         !el.closest('dialog'))).map(el => el.textContent.trim()).join('')",
    );
    assert_eq!(silent, "", "the initial state isn't announced");
    browser.evaluate(
        "window.said = [], regions.forEach(el => \
         new MutationObserver(() => el.textContent.trim() && said.push(el.textContent)).observe(el, \
         {childList: true, characterData: true, subtree: true}))",
    );

    site.change(|script| script.set_load(2, [12, 2, 4], 10))
        .await;
    browser.wait_for("said.length === 1", SOON).await;
    let announced = browser.evaluate("said[0]");
    assert!(
        announced
            .as_str()
            .unwrap()
            .starts_with("Support: critical. 12 waiting"),
        "{announced}"
    );

    // Counts change within the same severity, for longer than an announcement would be delayed.
    let waiting = std::cell::Cell::new(12);
    assert_throughout(
        "nothing more is announced",
        Duration::from_secs(13),
        async || {
            waiting.set(25 - waiting.get());
            site.change(|script| script.set_load(2, [waiting.get(), 3, 4], 10))
                .await;
            let announced = browser.evaluate("said.length");
            if announced == 1 {
                Ok(())
            } else {
                Err(browser.evaluate("said"))
            }
        },
    )
    .await;
    // The source is lost and restored: the number waiting doesn't change.
    site.upstream.set(NetworkCondition::Refusing);
    site.upstream.cut();
    let is_lost = "document.querySelectorAll('.row[data-sev=stale]').length > 0";
    browser.wait_for(is_lost, SOON).await;
    site.upstream.set(NetworkCondition::Normal);
    site.wait_until_known().await;
    let is_back = "!!document.querySelector('.row[data-sev=crit]')";
    browser
        .wait_for(&format!("!({is_lost}) && {is_back}"), SOON)
        .await;
    assert_eq!(
        browser.evaluate("said.length"),
        1,
        "{}",
        browser.evaluate("said")
    );
    let shown = "[...document.querySelectorAll('.row .num')].some(num => num.textContent === '13' || num.textContent === '12')";
    assert_eq!(browser.evaluate(shown), true);
}

/// Severities change and rows move, but no motion lasts and nothing flashes.
#[tokio::test(flavor = "multi_thread")]
async fn motion_is_brief_and_nothing_flashes() {
    let site = open_site("browser-motion").await;
    let browser = Browser::start();
    for page in ["/boards/queues", "/boards/agents", "/"] {
        browser.command(&json!({"do": "open", "url": site.url(page), "watch": "motion"}));
        // Faster than any real queue changes.
        for turn in 0..30 {
            let waiting = [1, 6, 14, 6][turn % 4];
            site.change(|script| script.set_load(3, [waiting, 1, 1], 10))
                .await;
            if turn % 8 == 0 {
                site.answer_contacts(turn % 3, 1, 2, turn % 16 == 0).await;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let found: Value = browser.evaluate("window.motion()");
        assert!(
            found["looks"].as_u64().unwrap() > 20,
            "{page}: too few samples: {found}"
        );
        assert!(
            found["longest"].as_f64().unwrap() <= 5_000.0,
            "{page}: {found}"
        );
        assert_eq!(found["endless"], json!([]), "{page}: {found}");
        assert_eq!(found["flashes"], json!([]), "{page}: {found}");
    }
}
