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

/// Opens pages side by side and asserts that their policy blocked nothing.
async fn assert_no_violations(browser: &Browser, base: &str, pages: &[&str], cookie: Option<&str>) {
    let named: Vec<_> = pages.iter().map(|page| (page, page)).collect();
    browser.command(&json!({
        "do": "visit", "base": base, "pages": named, "cookie": cookie, "watch": "policy",
    }));
    tokio::time::sleep(LOOKED_AT).await;
    let found = browser.command(&json!({"do": "each", "expression": "window.violations"}));
    let found = found.as_array().unwrap();
    assert_eq!(found.len(), pages.len());
    for page in found {
        assert_eq!(page[1], json!([]), "{}", page[0]);
    }
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
    let others: Vec<_> = subjects.into_iter().chain(boards).collect();
    let others = others.iter().map(String::as_str);
    let all: Vec<_> = pages.into_iter().chain(others).collect();
    assert_no_violations(&browser, &demo.url(""), &all, None).await;

    // Counts violations that the policy must stop.
    browser.command(&json!({"do": "open", "url": demo.url("/"), "watch": "policy"}));
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
    let base = site.wallboard.url("");
    let signed_out = [
        "/login",
        "/setup",
        "/setup?code=BCDF-GHJK",
        "/tv",
        "/boards/queues",
        "/nothing",
    ];
    assert_no_violations(&browser, &base, &signed_out, None).await;
    site.add_user("Åsa", "admin");
    let cookie = site.sign_in("Åsa", PASSWORD).await.unwrap();
    let signed_in = [
        "/",
        "/people",
        "/account",
        "/screens",
        "/pair",
        "/pair?code=BCDF-GHJK",
        "/boards/queues",
        "/sources",
    ];
    assert_no_violations(&browser, &base, &signed_in, Some(&cookie)).await;
}
