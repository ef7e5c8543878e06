//! Rewound pages in Chromium: they say which moment they show, never look live, and lead on.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use crate::support::{
    Browser, NetworkCondition, ScriptedSite,
    scripted_site::{Queue, queue_id},
};

const SOON: Duration = Duration::from_secs(20);
const SCREENS: [(u32, u32); 3] = [(1920, 1080), (1280, 720), (390, 844)];
/// Whether something is wider than the screen, or cut at its foot.
const OVERFLOWS: &str = "document.documentElement.scrollWidth > innerWidth || \
    Boolean(document.body.dataset.layout && innerWidth > 640 && \
     document.getElementById('past').getBoundingClientRect().bottom > innerHeight + 1)";
const MARKS: &str =
    "[...document.querySelectorAll('.rewound rect')].map(mark => mark.getAttribute('class'))";
const LINKS: &str =
    "[...document.querySelectorAll('.rewound-steps a')].map(link => link.textContent)";
/// Also while a page loads.
const SHOWS_TWELVE: &str = "(document.body ? document.body.innerText : '').includes('12\\n')";
const SALES: &str = "document.querySelector('.row, .tile').innerText";

#[tokio::test(flavor = "multi_thread")]
async fn rewound_pages_say_so_and_lead_to_what_was_critical() {
    let site = ScriptedSite::open("browser-rewound").await;
    site.change(|script| {
        for name in ["Sales", "Support"] {
            script.queues.push(Queue {
                name: name.into(),
                ..Queue::default()
            });
        }
        script.set_load(0, [2, 1, 3], 20);
        script.set_load(1, [0, 1, 1], 0);
    })
    .await;
    site.wait_until_known().await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let calm = Timestamp::now();
    tokio::time::sleep(Duration::from_secs(2)).await;
    site.change(|script| script.set_load(0, [12, 3, 0], 90))
        .await;
    // A second of it is left at ten times the speed, for a slow browser to be looked at.
    tokio::time::sleep(Duration::from_secs(10)).await;
    site.change(|script| script.set_load(0, [0, 3, 2], 0)).await;
    site.upstream.set(NetworkCondition::Refusing);
    site.upstream.cut();
    tokio::time::sleep(Duration::from_secs(3)).await;
    site.upstream.set(NetworkCondition::Normal);
    site.wallboard.wait_for_state("live", SOON).await;

    let browser = Browser::start();
    let queue = format!("/queues/{}", queue_id(0));
    for page in ["/boards/queues", &queue] {
        for (width, height) in SCREENS {
            let url = site.url(&format!("{page}?at={calm}"));
            browser.command(&json!({"do": "open", "url": url, "width": width, "height": height}));
            browser
                .wait_for("Boolean(document.getElementById('past'))", SOON)
                .await;
            save_picture(
                &browser,
                &format!("rewound-{}-{width}", page.split('/').nth(1).unwrap()),
            );
            assert_eq!(browser.evaluate(OVERFLOWS), false, "{page} at {width}");
            assert_eq!(browser.evaluate(MARKS), json!(["crit", "lost"]), "{page}");
        }
    }
    let board = |query: &str| site.url(&format!("/boards/queues{query}"));
    browser.command(&json!({"do": "open", "url": board(&format!("?at={calm}"))}));
    assert_eq!(
        browser.evaluate(LINKS),
        json!([
            "Play",
            "Play 10×",
            "Play 60×",
            "Next critical",
            "Back to live"
        ])
    );
    let status = "getComputedStyle(document.querySelector('.status')).visibility";
    assert_eq!(
        browser.evaluate(status),
        "hidden",
        "a rewound board must not look live"
    );
    let then = browser.evaluate(SALES);
    assert!(then.as_str().unwrap().contains('2'), "{then}");

    browser.evaluate("[...document.querySelectorAll('.rewound-steps a')].find(link => link.textContent === 'Next critical').click()");
    browser.wait_for(SHOWS_TWELVE, SOON).await;
    save_picture(&browser, "rewound-critical");
    browser.command(&json!({"do": "open", "url": board(&format!("?at={calm}&play=10"))}));
    browser.wait_for(SHOWS_TWELVE, SOON).await;
    browser.wait_for("location.search === ''", SOON).await;

    for (width, height) in SCREENS {
        browser.command(
            &json!({"do": "open", "url": site.url("/shift"), "width": width, "height": height}),
        );
        save_picture(&browser, &format!("shift-{width}"));
        let text = browser.evaluate("document.querySelector('main').innerText");
        let text = text.as_str().unwrap().to_owned();
        for part in ["Once critical", "source outage", "12 waiting", "Sales"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert_eq!(
            browser.evaluate("document.documentElement.scrollWidth > innerWidth"),
            false
        );
    }
    assert_eq!(browser.command(&json!({"do": "errors"})), json!([]));
}

/// With `WALLBOARD_PICTURES=FOLDER`, saves a picture.
fn save_picture(browser: &Browser, name: &str) {
    if let Ok(folder) = std::env::var("WALLBOARD_PICTURES") {
        let path = format!("{folder}/{name}.png");
        browser.command(&json!({"do": "screenshot", "path": path}));
    }
}
