//! Desk pages that stay open while what they depend on goes away and comes back.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    Browser, Play, Weather,
    play::{Queue, agent_page, queue_page},
    throughout,
};

const SOON: Duration = Duration::from_secs(20);
const QUEUE: &str = "Sales";
const IS_LIVE: &str =
    "document.getElementById('band').hidden && !document.body.classList.contains('frozen')";
const IS_LOST: &str = "!document.getElementById('band').hidden && /^Connection lost at \\d\\d:\\d\\d:\\d\\d. Showing last known values.$/.test(document.getElementById('band').textContent) && document.body.classList.contains('frozen')";
const CLOCKS: &str =
    "[...document.querySelectorAll('[data-since]')].map(clock => clock.textContent).join()";

/// A critical queue, a calm one, somebody in conversation.
async fn play(name: &str) -> Play {
    let play = Play::open(name).await;
    play.change(|cast| {
        for name in [QUEUE, "Support"] {
            cast.queues.push(Queue {
                name: name.into(),
                ..Queue::default()
            });
        }
        cast.agents = ["Anna", "Björn"].map(str::to_owned).into();
        cast.load(0, [14, 1, 0], 300);
        cast.load(1, [1, 1, 4], 10);
    })
    .await;
    play.answer(0, 1, 9, false).await;
    play.is_known().await;
    play
}

fn pages() -> Vec<String> {
    let fixed = ["/", "/cases", "/sources"].map(str::to_owned);
    fixed
        .into_iter()
        .chain([queue_page(0), agent_page(0)])
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_desk_page_says_when_the_server_is_away_and_comes_back_by_itself() {
    let mut play = play("desk-killed").await;
    let browsers: Vec<_> = (pages().into_iter())
        .map(|page| (Browser::open(&play.url(&page)), page))
        .collect();
    for (browser, _) in &browsers {
        browser.sees(IS_LIVE, SOON).await;
        browser.look("window.mark = 1");
    }

    play.wallboard.end("-KILL");
    let mut frozen = Vec::new();
    for (browser, _) in &browsers {
        browser.sees(IS_LOST, SOON).await;
        frozen.push(browser.look(CLOCKS));
    }
    throughout("clocks stand still", Duration::from_secs(3), async || {
        let seen: Vec<_> = browsers.iter().map(|(one, _)| one.look(CLOCKS)).collect();
        if seen == frozen { Ok(()) } else { Err(seen) }
    })
    .await;
    // The time is that of the site, wherever the reader sits.
    let of_the_site = "[0, 60000].some(ago => document.getElementById('band').textContent.includes(' at ' + \
         new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: \
         document.body.dataset.zone}).format(Date.now() - ago)))";
    for (browser, page) in &browsers {
        assert!(
            browser.look("document.body.dataset.zone").is_string(),
            "{page}"
        );
        assert_eq!(browser.look(of_the_site), true, "{page}");
    }
    play.wallboard.start_again().await;

    for (browser, page) in &browsers {
        browser.sees(IS_LIVE, SOON).await;
        assert_eq!(browser.look("window.mark"), 1, "{page} was loaded anew");
    }
}

/// A day of a laptop: the lid is closed, and opened where nothing can be reached.
#[tokio::test(flavor = "multi_thread")]
async fn after_five_minutes_without_the_server_no_number_is_shown_as_a_value() {
    let play = play("desk-gone").await;
    let browser = Browser::start();
    let url = play.url(&queue_page(0));
    browser.command(&json!({"do": "open", "url": url, "clock": true}));
    browser.sees(IS_LIVE, SOON).await;
    let color = |of: &str| {
        let style = format!("getComputedStyle(document.querySelector('#now-{of} .inside'))");
        browser.look(&format!("{style}.backgroundColor"))
    };
    let (critical, calm) = (color("waiting"), color("agents_available"));

    play.screens.set(Weather::Refusing);
    play.screens.cut();
    browser.command(&json!({"do": "forward", "millis": 20_000}));
    browser
        .sees("document.body.classList.contains('frozen')", SOON)
        .await;
    browser.sees(IS_LOST, SOON).await;
    browser.command(&json!({"do": "forward", "millis": 330_000}));
    browser
        .sees("/^Connection lost. No data since \\d\\d:\\d\\d.$/.test(document.getElementById('band').textContent)", SOON)
        .await;
    let dash =
        "getComputedStyle(document.querySelector('#now-waiting .value'), '::before').content";
    let last =
        "getComputedStyle(document.querySelector('#now-waiting .value span'), '::before').content";
    let gone = [browser.look(dash), browser.look(last), color("waiting")];
    play.screens.set(Weather::Clear);

    assert_ne!(critical, calm);
    assert_eq!(gone, [json!("\"–\""), json!("\"last \""), calm]);
    browser.sees(IS_LIVE, SOON).await;
    assert_eq!(browser.look(dash), "none");
    assert_eq!(color("waiting"), critical);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_only_the_source_is_away_every_page_names_it_and_marks_its_figures() {
    let play = play("desk-source").await;
    let waiting = "document.querySelector('#now-waiting .inside')?.dataset.sev";
    let table = [
        (
            "/".to_owned(),
            "[...document.querySelectorAll('.names .mark')].every(mark => mark.textContent === 'out of date') && [...document.querySelectorAll('.card p')].some(said => said.textContent === '2 queues · 2 out of date')",
        ),
        (
            "/cases".to_owned(),
            "document.querySelectorAll('tbody tr').length > 0 && [...document.querySelectorAll('tbody tr')].every(row => row.className === 'stale')",
        ),
        (
            "/sources".to_owned(),
            "document.querySelector('.source').dataset.state === 'down'",
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
        .map(|(page, marked)| (Browser::open(&play.url(page)), page, *marked))
        .collect();
    for (browser, page, _) in &browsers {
        browser.sees(IS_LIVE, SOON).await;
        assert_eq!(
            browser.look("document.body.innerText.includes('disconnected')"),
            false,
            "{page}"
        );
    }

    play.upstream.set(Weather::Refusing);
    play.upstream.cut();
    for (browser, page, marked) in &browsers {
        browser.sees(marked, SOON).await;
        if *page != "/sources" {
            let named = "/Chat disconnected at \\d\\d:\\d\\d:\\d\\d/.test(document.querySelector('main').innerText)";
            browser.sees(named, SOON).await;
        }
        if page.starts_with("/queues") || *page == "/" {
            assert_eq!(browser.look(waiting), "stale", "{page}");
        }
        assert_eq!(
            browser.look("document.querySelectorAll('[data-since]').length"),
            0,
            "{page}"
        );
        // The line to the wallboard was never in doubt.
        assert_eq!(browser.look(IS_LIVE), true, "{page}");
    }
    play.upstream.set(Weather::Clear);

    for (browser, _, marked) in &browsers {
        browser.sees(&format!("!({marked})"), SOON).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn updates_can_be_paused_and_what_is_open_and_focused_stays() {
    let play = play("desk-pause").await;
    let browser = Browser::open(&play.url(&queue_page(0)));
    let shows =
        |n: u64| format!("document.querySelector('#now-waiting .value').textContent === '{n}'");
    browser.sees(&shows(14), SOON).await;
    browser.look(
        "document.getElementById('now-waiting').open = true, document.querySelector('#now-waiting summary').focus(), window.mark = document.activeElement",
    );

    play.change(|cast| cast.load(0, [13, 1, 0], 300)).await;
    browser.sees(&shows(13), SOON).await;
    let kept =
        "document.getElementById('now-waiting').open && document.activeElement === window.mark";
    assert_eq!(browser.look(kept), true);

    browser.look("document.getElementById('pause').click()");
    let paused = "/^Updates paused at .*Values are from that time.$/.test(document.getElementById('band').textContent) && document.body.classList.contains('frozen')";
    browser.sees(paused, SOON).await;
    play.change(|cast| cast.load(0, [12, 1, 0], 300)).await;
    throughout("nothing moves", Duration::from_secs(7), async || {
        let is_still = browser.look(&shows(13)) == true && browser.look(paused) == true;
        if is_still {
            Ok(())
        } else {
            Err(browser.look("document.body.innerText"))
        }
    })
    .await;
    browser.look("document.getElementById('pause').click()");
    browser.sees(&shows(12), SOON).await;
    assert_eq!(browser.look(IS_LIVE), true);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_opened_is_open_again_after_a_reload_and_on_the_way_back() {
    let play = play("desk-back").await;
    let browser = Browser::open(&play.url(&queue_page(0)));
    browser.sees(IS_LIVE, SOON).await;
    browser.press("Tab");
    browser.look("document.querySelector('#now-waiting summary').focus()");
    browser.press("Enter");
    let is_open = "document.readyState === 'complete' && window.mark !== 1 && !!document.getElementById('now-waiting')?.open";
    browser.sees(is_open, SOON).await;

    browser.look("window.mark = 1, setTimeout(() => location.reload())");
    browser.sees(is_open, SOON).await;
    browser.look("setTimeout(() => location.assign('/cases'))");
    browser
        .sees(
            "document.readyState === 'complete' && location.pathname === '/cases'",
            SOON,
        )
        .await;
    browser.look("setTimeout(() => history.back())");

    browser.sees(is_open, SOON).await;
    assert_eq!(
        browser.look("document.querySelectorAll('.figure[open]').length"),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn desk_pages_say_a_change_of_severity_once_and_counts_never() {
    let play = play("desk-aloud").await;
    for page in ["/".to_owned(), queue_page(1)] {
        play.change(|cast| cast.load(1, [1, 1, 4], 10)).await;
        play.is_known().await;
        let browser = Browser::open(&play.url(&page));
        browser.sees(IS_LIVE, SOON).await;
        browser.look(
            "window.said = [], document.querySelectorAll('[aria-live], [role=status], [role=alert]').forEach(el => \
             (el.textContent.trim() && said.push('at once: ' + el.textContent), new MutationObserver(() => \
             el.textContent.trim() && said.push(el.textContent)).observe(el, {childList: true, characterData: true, subtree: true})))",
        );

        play.change(|cast| cast.load(1, [12, 2, 4], 10)).await;
        browser.sees("said.length === 1", SOON).await;
        let waiting = std::cell::Cell::new(12);
        throughout(
            "nothing more is said",
            Duration::from_secs(13),
            async || {
                waiting.set(25 - waiting.get());
                play.change(|cast| cast.load(1, [waiting.get(), 3, 4], 10))
                    .await;
                let said: Value = browser.look("said");
                if said.as_array().is_some_and(|said| said.len() == 1) {
                    Ok(())
                } else {
                    Err(said)
                }
            },
        )
        .await;

        let said = browser.look("said[0]");
        assert!(
            said.as_str()
                .unwrap()
                .starts_with("Support: critical. 12 waiting"),
            "{page}: {said}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_goes_and_comes_back_raises_nothing_and_clears_nothing() {
    let play = play("desk-unraised").await;
    let browser = Browser::open(&play.url("/"));
    let sales = |severity: &str| {
        let found = "[...document.querySelectorAll('[data-watch]')].find(one => one.innerText.includes('Sales'))";
        format!("{found}?.dataset.sev === '{severity}'")
    };
    browser.sees(&sales("crit"), SOON).await;
    browser.look(
        "window.said = [], new MutationObserver(() => said.push(document.getElementById('polite').textContent))\
         .observe(document.getElementById('polite'), {childList: true, characterData: true, subtree: true})",
    );

    play.upstream.set(Weather::Refusing);
    play.upstream.cut();
    browser.sees(&sales("stale"), SOON).await;
    play.upstream.set(Weather::Clear);
    browser.sees(&sales("crit"), SOON).await;
    let after_the_cut = browser.look("said");
    play.change(|cast| cast.load(0, [1, 1, 4], 10)).await;
    browser.sees("said.length > 0", SOON).await;

    assert_eq!(after_the_cut, json!([]));
    assert_eq!(browser.look("said"), json!(["Sales: back to normal."]));
}
