//! A television that a supervisor pairs, in a browser: its code, its board, and what happens to it.

use std::time::Duration;

use reqwest::header;
use serde_json::json;

use crate::{
    sign_in::{PASSWORD, SignInSite},
    support::{Browser, browser::BOARD_IS_LIVE},
};

const SOON: Duration = Duration::from_secs(20);
/// From the supervisor's click to the live board, with the time to start Chromium's page.
const LIVE_WITHIN: Duration = Duration::from_secs(5);
const FOLLOWED_WITHIN: Duration = Duration::from_secs(5);
const SIZES: [(u32, u32); 4] = [(1920, 1080), (1280, 720), (960, 540), (390, 844)];
const SHOWS_CODE: &str = "/^[A-Z]{4}-[A-Z]{4}$/.test(document.querySelector('.code')?.textContent)";

fn shows_live(board: &str) -> String {
    format!(
        "location.pathname === '/tv' && document.body?.dataset.live === '/boards/{board}/live' && !!document.getElementById('link') && {BOARD_IS_LIVE}"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn television_is_paired_follows_and_survives_a_power_cut() {
    let mut site = SignInSite::open().await;
    site.add_user("Åsa", "supervisor");
    let cookie = site.sign_in("Åsa", PASSWORD).await.unwrap();
    let token = site.form_token(&cookie).await;
    let screen = Browser::open(&site.wallboard.url("/tv"));
    screen.wait_for(SHOWS_CODE, SOON).await;
    let code = screen.evaluate("document.querySelector('.code').textContent");
    let code = code.as_str().unwrap();

    let send = async |path: &str, fields: &[(&str, &str)]| {
        let form = [&[("form", token.as_str())], fields].concat();
        let answer = site.post(path, Some(&cookie), &form).await;
        answer.headers()[header::LOCATION]
            .to_str()
            .unwrap()
            .to_owned()
    };
    let chosen = [("code", code), ("name", "Kitchen"), ("board", "queues")];
    assert_eq!(send("/pair", &chosen).await, "/screens?done=paired");
    screen.wait_for(&shows_live("queues"), LIVE_WITHIN).await;

    screen.press("Enter");
    let leads_elsewhere =
        "[...document.querySelectorAll('[data-elsewhere]')].some(key => key.offsetParent)";
    assert_eq!(screen.evaluate(leads_elsewhere), false);
    screen.press("Escape");

    let request = reqwest::Client::new().get(site.wallboard.url("/screens"));
    let request = request.header(header::COOKIE, &cookie);
    let listed = request.send().await.unwrap().text().await.unwrap();
    assert!(listed.contains("● Live"), "{listed}");
    let (_, id) = listed.split_once("name=\"id\" value=\"").unwrap();
    let id = &id[..64];
    let changed = [("id", id), ("name", "Kitchen"), ("board", "agents")];
    assert_eq!(send("/screens", &changed).await, "/screens?done=changed");
    screen
        .wait_for(&shows_live("agents"), FOLLOWED_WITHIN)
        .await;

    site.wallboard.restart("-KILL").await;
    screen.wait_for(&shows_live("agents"), SOON).await;
    // A power cut at the screen: it opens its address again.
    screen.evaluate("(location.reload(), null)");
    screen.wait_for(&shows_live("agents"), SOON).await;

    let (_, list) = site.run_command("device", &["list"], "");
    assert_eq!(list, format!("{}  agents           Kitchen\n", &id[..12]));
    let unknown = site.run_command("device", &["revoke", "no such"], "");
    assert_eq!(unknown.0, Some(1), "{unknown:?}");
    let revoked = site.run_command("device", &["revoke", &id[..12]], "");
    assert_eq!(revoked, (Some(0), "Removed Kitchen\n".to_owned()));
    screen.wait_for(SHOWS_CODE, FOLLOWED_WITHIN).await;
    let new_code = screen.evaluate("document.querySelector('.code').textContent");
    assert_ne!(new_code, code);
    assert!(
        !site.wallboard.log().contains(code),
        "the code is in the log"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_screens_fit_every_screen_and_reader() {
    let site = SignInSite::open().await;
    site.add_user("Åsa", "supervisor");
    let cookie = site.sign_in("Åsa", PASSWORD).await.unwrap();
    let waiting = Browser::open(&site.wallboard.url("/tv"));
    waiting.wait_for(SHOWS_CODE, SOON).await;
    let code = waiting.evaluate("document.querySelector('.code').textContent");
    let pair_page = format!("/pair?code={}", code.as_str().unwrap());

    let browser = Browser::start();
    let base = site.wallboard.url("");
    let themes = ["dark", "light"];
    let check = |pages: &[(&str, &str)], cookie: Option<&str>| {
        browser.command(&json!({"do": "visit", "base": base, "pages": pages, "cookie": cookie}));
        let found = browser.command(&json!({"do": "axe", "themes": themes}));
        assert_eq!(found, json!([]), "{found:#}");
        let tour = json!({"do": "tour", "state": "", "sizes": SIZES, "themes": themes, "font": "noto", "folder": null});
        let faults = browser.command(&tour);
        assert_eq!(faults, json!([]), "{faults:#}");
    };
    let pages = [
        ("pair", pair_page.as_str()),
        ("type", "/pair"),
        ("no screens", "/screens"),
    ];
    check(&pages, Some(&cookie));
    check(&[("tv", "/tv")], None);

    let token = site.form_token(&cookie).await;
    let name = "The kitchen on the second floor, by the lift";
    let form = [
        ("form", token.as_str()),
        ("code", code.as_str().unwrap()),
        ("name", name),
        ("place", "Second floor"),
        ("board", "queues"),
    ];
    site.post("/pair", Some(&cookie), &form).await;
    check(&[("screens", "/screens?done=paired")], Some(&cookie));
}
