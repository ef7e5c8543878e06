//! Desk pages that stay open while the server or a source is down and comes back.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    Browser, NetworkCondition, ScriptedSite, assert_throughout,
    scripted_site::{Queue, agent_page, queue_page},
};

const SOON: Duration = Duration::from_secs(20);
const QUEUE: &str = "Sales";
const IS_LIVE: &str =
    "document.getElementById('band').hidden && !document.body.classList.contains('frozen')";
const IS_LOST: &str = "!document.getElementById('band').hidden && /^Connection lost at \\d\\d:\\d\\d:\\d\\d. Showing last known values.$/.test(document.getElementById('band').textContent) && document.body.classList.contains('frozen')";
const CLOCKS: &str =
    "[...document.querySelectorAll('[data-since]')].map(clock => clock.textContent).join()";

/// A critical queue, a calm one, and an agent in conversation.
async fn open_site(name: &str) -> ScriptedSite {
    let site = ScriptedSite::open(name).await;
    site.change(|script| {
        for name in [QUEUE, "Support"] {
            script.queues.push(Queue {
                name: name.into(),
                ..Queue::default()
            });
        }
        script.agents = ["Anna", "Björn"].map(str::to_owned).into();
        script.set_load(0, [14, 1, 0], 300);
        script.set_load(1, [1, 1, 4], 10);
    })
    .await;
    site.answer_contacts(0, 1, 9, false).await;
    site.wait_until_known().await;
    site
}

fn pages() -> Vec<String> {
    let fixed = ["/", "/cases", "/sources"].map(str::to_owned);
    fixed
        .into_iter()
        .chain([queue_page(0), agent_page(0)])
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn desk_pages_report_a_lost_server_and_reconnect() {
    let mut site = open_site("desk-killed").await;
    let browsers: Vec<_> = (pages().into_iter())
        .map(|page| (Browser::open(&site.url(&page)), page))
        .collect();
    for (browser, _) in &browsers {
        browser.wait_for(IS_LIVE, SOON).await;
        browser.evaluate("window.mark = 1");
    }

    site.wallboard.stop("-KILL");
    let mut stopped_clocks = Vec::new();
    for (browser, _) in &browsers {
        browser.wait_for(IS_LOST, SOON).await;
        stopped_clocks.push(browser.evaluate(CLOCKS));
    }
    assert_throughout("clocks are stopped", Duration::from_secs(3), async || {
        let clocks: Vec<_> = browsers
            .iter()
            .map(|(one, _)| one.evaluate(CLOCKS))
            .collect();
        if clocks == stopped_clocks {
            Ok(())
        } else {
            Err(clocks)
        }
    })
    .await;
    // Times are in the site's zone, wherever the reader is.
    let is_site_time = "[0, 60000].some(ago => document.getElementById('band').textContent.includes(' at ' + \
         new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: \
         document.body.dataset.zone}).format(Date.now() - ago)))";
    for (browser, page) in &browsers {
        assert!(
            browser.evaluate("document.body.dataset.zone").is_string(),
            "{page}"
        );
        assert_eq!(browser.evaluate(is_site_time), true, "{page}");
    }
    site.wallboard.start_again().await;

    for (browser, page) in &browsers {
        browser.wait_for(IS_LIVE, SOON).await;
        assert_eq!(browser.evaluate("window.mark"), 1, "{page} was reloaded");
    }
}

/// A laptop's day: the lid is closed, then opened where nothing can be reached.
#[tokio::test(flavor = "multi_thread")]
async fn values_are_replaced_by_a_dash_after_five_minutes_offline() {
    let site = open_site("desk-gone").await;
    let browser = Browser::start();
    let url = site.url(&queue_page(0));
    browser.command(&json!({"do": "open", "url": url, "clock": true}));
    browser.wait_for(IS_LIVE, SOON).await;
    let color = |metric: &str| {
        let style = format!("getComputedStyle(document.querySelector('#now-{metric} .value'))");
        browser.evaluate(&format!("{style}.backgroundColor"))
    };
    // The fixture's queue is critical because of who waits.
    let (critical, calm) = (color("waiting"), color("agents_available"));

    site.screens.set(NetworkCondition::Refusing);
    site.screens.cut();
    browser.command(&json!({"do": "forward", "millis": 20_000}));
    browser
        .wait_for("document.body.classList.contains('frozen')", SOON)
        .await;
    browser.wait_for(IS_LOST, SOON).await;
    browser.command(&json!({"do": "forward", "millis": 330_000}));
    browser
        .wait_for("/^Connection lost. No data since \\d\\d:\\d\\d.$/.test(document.getElementById('band').textContent)", SOON)
        .await;
    let placeholder =
        "getComputedStyle(document.querySelector('#now-waiting .value'), '::before').content";
    let last = "getComputedStyle(document.querySelector('#now-waiting .value'), '::after').content";
    let unknown = [
        browser.evaluate(placeholder),
        browser.evaluate(last),
        color("waiting"),
    ];
    site.screens.set(NetworkCondition::Normal);

    assert_ne!(critical, calm);
    assert_eq!(unknown, [json!("\"–\""), json!("\" (last)\""), calm]);
    browser.wait_for(IS_LIVE, SOON).await;
    assert_eq!(browser.evaluate(placeholder), "none");
    assert_eq!(color("waiting"), critical);
}

#[tokio::test(flavor = "multi_thread")]
async fn desk_pages_name_a_lost_source_and_mark_its_figures() {
    let site = open_site("desk-source").await;
    let waiting = "document.querySelector('#now-waiting')?.dataset.sev";
    let table = [
        (
            "/".to_owned(),
            "[...document.querySelectorAll('.names .mark')].every(mark => mark.textContent === 'out of date') && [...document.querySelectorAll('.card p')].some(said => said.textContent === '2 queues · 2 out of date') && document.querySelector('.need').innerText.includes('All 2 queues are out of date')",
        ),
        (
            "/cases".to_owned(),
            "document.querySelectorAll('tbody tr').length > 0 && [...document.querySelectorAll('tbody tr')].every(row => row.className === 'stale')",
        ),
        (
            "/sources".to_owned(),
            "document.querySelector('.source').dataset.state === 'down' && document.querySelector('.verdict').innerText.includes('Chat has been disconnected since ')",
        ),
        (
            queue_page(0),
            "[...document.querySelectorAll('tbody tr[data-key^=chat]')].every(row => row.className === 'stale')",
        ),
        (
            agent_page(0),
            "document.querySelector('.state').classList.contains('stale')",
        ),
    ];
    let browsers: Vec<_> = (table.iter())
        .map(|(page, marked)| (Browser::open(&site.url(page)), page, *marked))
        .collect();
    for (browser, page, _) in &browsers {
        browser.wait_for(IS_LIVE, SOON).await;
        assert_eq!(
            browser.evaluate("document.body.innerText.includes('disconnected')"),
            false,
            "{page}"
        );
    }

    site.upstream.set(NetworkCondition::Refusing);
    site.upstream.cut();
    for (browser, page, marked) in &browsers {
        browser.wait_for(marked, SOON).await;
        if *page != "/sources" {
            let named = "/Chat disconnected at \\d\\d:\\d\\d:\\d\\d/.test(document.querySelector('main').innerText)";
            browser.wait_for(named, SOON).await;
        }
        if page.starts_with("/queues") || *page == "/" {
            assert_eq!(browser.evaluate(waiting), "stale", "{page}");
        }
        assert_eq!(
            browser.evaluate("document.querySelectorAll('[data-since]').length"),
            0,
            "{page}"
        );
        // The connection to the wallboard was never lost.
        assert_eq!(browser.evaluate(IS_LIVE), true, "{page}");
    }
    site.upstream.set(NetworkCondition::Normal);

    for (browser, _, marked) in &browsers {
        browser.wait_for(&format!("!({marked})"), SOON).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pausing_updates_keeps_the_explanation_open_and_the_focus() {
    let site = open_site("desk-pause").await;
    let browser = Browser::open(&site.url(&queue_page(0)));
    let shows = |n: u64| {
        format!(
            "document.querySelector('#now-waiting .value > span:last-child').textContent === '{n}'"
        )
    };
    browser.wait_for(&shows(14), SOON).await;
    browser.evaluate(
        "document.querySelector('#now-waiting a').click(), window.mark = document.querySelector('#why-now-waiting')",
    );
    let is_beside = "document.querySelector('.explain:target') === window.mark && document.activeElement === window.mark";
    browser.wait_for(is_beside, SOON).await;
    assert_eq!(
        browser.evaluate("getComputedStyle(window.mark).position"),
        "fixed"
    );

    site.change(|script| script.set_load(0, [13, 1, 0], 300))
        .await;
    browser.wait_for(&shows(13), SOON).await;
    assert_eq!(browser.evaluate(is_beside), true);
    assert_eq!(
        browser.evaluate("window.mark.querySelector('.value').textContent"),
        "13"
    );
    browser.press("Escape");
    let is_closed = "!document.querySelector('.explain:target') && document.activeElement === document.querySelector('#now-waiting a')";
    browser.wait_for(is_closed, SOON).await;

    browser.evaluate("document.getElementById('pause').click()");
    let paused = "/^Updates paused at .*Values are from that time.$/.test(document.getElementById('band').textContent) && document.body.classList.contains('frozen')";
    browser.wait_for(paused, SOON).await;
    site.change(|script| script.set_load(0, [12, 1, 0], 300))
        .await;
    assert_throughout("nothing changes", Duration::from_secs(7), async || {
        let is_still = browser.evaluate(&shows(13)) == true && browser.evaluate(paused) == true;
        if is_still {
            Ok(())
        } else {
            Err(browser.evaluate("document.body.innerText"))
        }
    })
    .await;
    browser.evaluate("document.getElementById('pause').click()");
    browser.wait_for(&shows(12), SOON).await;
    assert_eq!(browser.evaluate(IS_LIVE), true);
}

#[tokio::test(flavor = "multi_thread")]
async fn open_explanation_survives_reload_and_back_navigation() {
    let site = open_site("desk-back").await;
    let browser = Browser::open(&site.url(&queue_page(0)));
    browser.wait_for(IS_LIVE, SOON).await;
    browser.press("Tab");
    browser.evaluate("document.querySelector('#now-waiting a').focus()");
    browser.press("Enter");
    let is_open = "document.readyState === 'complete' && window.mark !== 1 && document.querySelector('.explain:target')?.id === 'why-now-waiting'";
    browser.wait_for(is_open, SOON).await;

    browser.evaluate("window.mark = 1, setTimeout(() => location.reload())");
    browser.wait_for(is_open, SOON).await;
    browser.evaluate("setTimeout(() => location.assign('/cases'))");
    browser
        .wait_for(
            "document.readyState === 'complete' && location.pathname === '/cases'",
            SOON,
        )
        .await;
    browser.evaluate("setTimeout(() => history.back())");

    browser.wait_for(is_open, SOON).await;
    assert_eq!(
        browser.evaluate("[...document.querySelectorAll('.explain')].filter(one => one.offsetParent || getComputedStyle(one).display !== 'none').length"),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn desk_pages_announce_severity_changes_once_and_counts_never() {
    let site = open_site("desk-aloud").await;
    let browsers = ["/".to_owned(), queue_page(1)].map(|page| Browser::open(&site.url(&page)));
    for browser in &browsers {
        browser.wait_for(IS_LIVE, SOON).await;
        browser.evaluate(
            "window.said = [], document.querySelectorAll('[aria-live], [role=status], [role=alert]').forEach(el => \
             (el.textContent.trim() && said.push('at once: ' + el.textContent), new MutationObserver(() => \
             el.textContent.trim() && said.push(el.textContent)).observe(el, {childList: true, characterData: true, subtree: true})))",
        );
    }

    site.change(|script| script.set_load(1, [12, 2, 4], 10))
        .await;
    for browser in &browsers {
        browser.wait_for("said.length === 1", SOON).await;
    }
    let waiting = std::cell::Cell::new(12);
    assert_throughout(
        "nothing more is announced",
        Duration::from_secs(13),
        async || {
            waiting.set(25 - waiting.get());
            site.change(|script| script.set_load(1, [waiting.get(), 3, 4], 10))
                .await;
            let announced = browsers.each_ref().map(|browser| browser.evaluate("said"));
            let is_one = |said: &Value| said.as_array().is_some_and(|said| said.len() == 1);
            if announced.iter().all(is_one) {
                Ok(())
            } else {
                Err(announced)
            }
        },
    )
    .await;

    for browser in &browsers {
        let announced = browser.evaluate("said[0]");
        let text = announced.as_str().unwrap();
        assert!(
            text.starts_with("Support: critical. 12 waiting"),
            "{announced}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn source_outage_neither_raises_nor_clears_severities() {
    let site = open_site("desk-unraised").await;
    let browser = Browser::open(&site.url("/"));
    let sales = |severity: &str| {
        let found = "[...document.querySelectorAll('[data-watch]')].find(one => one.innerText.includes('Sales'))";
        format!("{found}?.dataset.sev === '{severity}'")
    };
    browser.wait_for(&sales("crit"), SOON).await;
    browser.evaluate(
        "window.said = [], new MutationObserver(() => said.push(document.getElementById('polite').textContent))\
         .observe(document.getElementById('polite'), {childList: true, characterData: true, subtree: true})",
    );

    site.upstream.set(NetworkCondition::Refusing);
    site.upstream.cut();
    browser.wait_for(&sales("stale"), SOON).await;
    site.upstream.set(NetworkCondition::Normal);
    browser.wait_for(&sales("crit"), SOON).await;
    let after_the_cut = browser.evaluate("said");
    site.change(|script| script.set_load(0, [1, 1, 4], 10))
        .await;
    browser.wait_for("said.length > 0", SOON).await;

    assert_eq!(after_the_cut, json!([]));
    assert_eq!(browser.evaluate("said"), json!(["Sales: back to normal."]));
}
