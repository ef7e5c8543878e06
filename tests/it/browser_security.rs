//! The content security policy in a browser: no page of ours breaks it, and it stops what isn't ours.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    sign_in::{PASSWORD, SignInSite},
    support::{Browser, demo::Demo, http, wait_until},
};

const SOON: Duration = Duration::from_secs(20);
/// Longer than a desk page's refresh and a board's first frames.
const LOOKED_AT: Duration = Duration::from_secs(2);

/// Opens a page and returns what its policy blocked.
async fn violations(browser: &Browser, url: &str, cookie: Option<&str>) -> Value {
    browser.command(&json!({"do": "open", "url": url, "watch": "policy", "cookie": cookie}));
    browser
        .wait_for("document.readyState === 'complete'", SOON)
        .await;
    tokio::time::sleep(LOOKED_AT).await;
    browser.evaluate("window.violations")
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_breaks_the_content_security_policy() {
    let demo = Demo::start();
    let browser = Browser::start();
    let http = http::client();
    let list = async |name: &str| {
        let all = http
            .get(demo.url(&format!("/api/v1/{name}")))
            .send()
            .await
            .unwrap();
        all.json::<Value>().await.unwrap()[name]
            .as_array()
            .unwrap()
            .clone()
    };
    // Of the phone side, whose ids are plain words.
    let find = async |name: &str| {
        wait_until(&format!("the demo has {name}"), SOON, async || {
            let all = list(name).await;
            let voice = all.iter().find(|row| row["source"] == "voice").cloned();
            voice.ok_or(name.to_owned())
        })
        .await["external_id"]
            .to_string()
            .replace('"', "")
            .replace('@', "%40")
    };
    let (queue, agent) = (find("queues").await, find("agents").await);
    let boards = list("boards").await.into_iter();
    let boards = boards.map(|board| format!("/boards/{}", board["id"].as_str().unwrap()));
    let pages = [
        "/",
        "/cases",
        "/shift",
        "/history",
        "/history/calls",
        "/history/columns",
        "/sources",
        "/sources/columns",
        "/nothing",
    ];
    let subjects = [
        format!("/queues/voice/{queue}"),
        format!("/agents/voice/{agent}"),
    ];
    let all: Vec<_> = pages
        .map(str::to_owned)
        .into_iter()
        .chain(subjects)
        .chain(boards)
        .collect();
    for page in &all {
        let found = violations(&browser, &demo.url(page), None).await;
        assert_eq!(found, json!([]), "{page}");
    }

    // Counts violations that the policy must stop.
    let planted = "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.planted = 1'})), \
         document.body.append(Object.assign(document.createElement('img'), {src: 'https://evil.example/x'})), \
         document.body.setAttribute('style', 'color: red'), document.body.setAttribute('onclick', '1'), null";
    browser.evaluate(planted);
    browser
        .wait_for("4 <= window.violations.length && !window.planted", SOON)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_of_sign_in_breaks_the_content_security_policy() {
    let site = SignInSite::open().await;
    let browser = Browser::start();
    for page in [
        "/login",
        "/setup",
        "/setup?code=BCDF-GHJK",
        "/tv",
        "/boards/queues",
        "/nothing",
    ] {
        let found = violations(&browser, &site.wallboard.url(page), None).await;
        assert_eq!(found, json!([]), "{page}");
    }
    site.add_user("Åsa", "admin");
    let cookie = site.sign_in("Åsa", PASSWORD).await.unwrap();
    for page in [
        "/",
        "/people",
        "/account",
        "/screens",
        "/pair",
        "/pair?code=BCDF-GHJK",
        "/boards/queues",
        "/sources",
    ] {
        let found = violations(&browser, &site.wallboard.url(page), Some(&cookie)).await;
        assert_eq!(found, json!([]), "{page}");
    }
}
