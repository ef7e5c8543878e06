//! A television that a supervisor pairs, in a browser: its code, its board, and what happens to it.

use std::{collections::HashSet, time::Duration};

use reqwest::header;
use serde_json::json;

use crate::{
    sign_in::{PASSWORD, SignInSite},
    support::{Browser, browser::BOARD_IS_LIVE, wait_until},
};

const SOON: Duration = Duration::from_secs(20);
/// From the supervisor's click to the live board, with the time to start Chromium's page.
const LIVE_WITHIN: Duration = Duration::from_secs(5);
const FOLLOWED_WITHIN: Duration = Duration::from_secs(5);
/// With the time to ask the browser.
const ORDERED_WITHIN: Duration = Duration::from_secs(3);
const SHOWS_CODE: &str = "/^[A-Z]{4}-[A-Z]{4}$/.test(document.querySelector('.code')?.textContent)";

fn shows_live(board: &str) -> String {
    format!(
        "location.pathname === '/tv' && document.body?.dataset.live === '/boards/{board}/live' && {BOARD_IS_LIVE}"
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

/// Where `scripts/screenshots` wants pictures.
fn pictures_folder() -> Option<String> {
    std::env::var("WALLBOARD_PICTURES").ok()
}

/// A supervisor's page of screens.
struct Desk {
    site: SignInSite,
    cookie: String,
    token: String,
}

impl Desk {
    async fn open() -> Self {
        let site = SignInSite::open().await;
        site.add_user("Åsa", "supervisor");
        let cookie = site.sign_in("Åsa", PASSWORD).await.unwrap();
        Self::of_site(site, cookie).await
    }

    async fn of_site(site: SignInSite, cookie: String) -> Self {
        let token = site.form_token(&cookie).await;
        Self {
            site,
            cookie,
            token,
        }
    }

    async fn send(&self, path: &str, fields: &[(&str, &str)]) -> reqwest::Response {
        let form = [&[("form", self.token.as_str())], fields].concat();
        self.site.post(path, Some(&self.cookie), &form).await
    }

    /// Sends a form about a screen.
    async fn order(&self, path: &str, id: &str) {
        let answer = self.send(path, &[("id", id)]).await;
        assert_eq!(answer.status(), reqwest::StatusCode::SEE_OTHER, "{path}");
    }

    /// Pairs a television. Returns its ID.
    async fn pair(&self, screen: &Browser, name: &str) -> String {
        screen.wait_for(SHOWS_CODE, SOON).await;
        let code = screen.evaluate("document.querySelector('.code').textContent");
        let code = code.as_str().unwrap();
        let chosen = [("code", code), ("name", name), ("board", "queues")];
        self.send("/pair", &chosen).await;
        screen.wait_for(&shows_live("queues"), LIVE_WITHIN).await;
        self.id_of(name).await
    }

    /// Adds a screen with a secret address, and returns the address. An empty language is the board's.
    async fn add_address(&self, name: &str, language: &str) -> String {
        let chosen = [("name", name), ("board", "queues"), ("language", language)];
        let page = self.send("/screens/address", &chosen).await;
        let page = page.text().await.unwrap();
        let (before, after) = page.split_once("/k/").unwrap();
        let (_, origin) = before.rsplit_once('"').unwrap();
        format!("{origin}/k/{}", &after[..64])
    }

    async fn page(&self) -> String {
        let request = reqwest::Client::new().get(self.site.wallboard.url("/screens"));
        let request = request.header(header::COOKIE, &self.cookie);
        request.send().await.unwrap().text().await.unwrap()
    }

    async fn id_of(&self, name: &str) -> String {
        let page = self.page().await;
        let row = page
            .split("<tr ")
            .find(|row| row.contains(&format!("<bdi>{name}</bdi>")));
        let (_, id) = row.unwrap().split_once("data-key=\"").unwrap();
        id[..64].to_owned()
    }

    /// Waits until the page of screens shows all of these.
    async fn wait_for(&self, texts: &[&str]) {
        wait_until(&texts.join(", "), SOON, async || {
            let page = self.page().await;
            let missing = texts.iter().find(|text| !page.contains(*text));
            missing.map_or(Ok(()), |missing| Err(format!("{missing} isn't in {page}")))
        })
        .await;
    }
}

const SHOWN_NAME: &str = "document.getElementById('who').textContent";

#[tokio::test(flavor = "multi_thread")]
async fn paired_television_reports_shows_its_name_and_reloads() {
    let desk = Desk::open().await;
    let tv = desk.site.wallboard.url("/tv");
    let (screen, other) = (Browser::open(&tv), Browser::open(&tv));
    let id = desk.pair(&screen, "Kitchen").await;
    desk.pair(&other, "Lobby").await;
    let engine = screen.evaluate("navigator.userAgent.match(/Chrome\\/(\\d+)/)[1]");
    let engine = format!("Chromium {}", engine.as_str().unwrap());
    let build = screen.evaluate("document.body.dataset.v");
    let all_live = "Both screens are live.";
    let shown = [
        &engine,
        build.as_str().unwrap(),
        "current",
        " ms</dd>",
        all_live,
    ];
    desk.wait_for(&shown).await;

    assert_eq!(screen.evaluate(SHOWN_NAME), "");
    let clock = "window.at = 0, new MutationObserver(() => { if (!window.at) window.at = Date.now(); else window.gone = Date.now(); })\
        .observe(document.getElementById('who'), { childList: true }), null";
    screen.evaluate(clock);
    desk.order("/screens/identify", &id).await;
    screen
        .wait_for(&format!("{SHOWN_NAME} === 'Kitchen'"), ORDERED_WITHIN)
        .await;
    let covers = "(r => r.width >= innerWidth && r.height >= innerHeight)(document.getElementById('who').getBoundingClientRect()) \
        && document.elementFromPoint(innerWidth / 2, innerHeight / 2).id === 'who'";
    assert_eq!(screen.evaluate(covers), true);
    if let Some(folder) = pictures_folder() {
        let path = format!("{folder}/identified.png");
        screen.command(&json!({"do": "screenshot", "path": path}));
    }
    let size = screen.evaluate(
        "parseFloat(getComputedStyle(document.getElementById('who')).fontSize) / innerHeight",
    );
    assert!(0.2 < size.as_f64().unwrap(), "{size}");
    assert_eq!(other.evaluate(SHOWN_NAME), "", "only that screen");
    screen.wait_for(&format!("{SHOWN_NAME} === ''"), SOON).await;
    let lasted = screen.evaluate("window.gone - window.at").as_f64().unwrap();
    // On a busy machine, the browser notices the name later than its timer began.
    assert!((9_000.0..12_000.0).contains(&lasted), "{lasted} ms");

    screen.evaluate("window.old = 1");
    other.evaluate("window.old = 1");
    desk.order("/screens/reload", &id).await;
    let is_new = format!("!window.old && {}", shows_live("queues"));
    screen.wait_for(&is_new, SOON).await;
    assert_eq!(other.evaluate("window.old"), 1, "only that screen");
    desk.wait_for(&[all_live]).await;

    // Another window or input covers it.
    screen.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true }), document.dispatchEvent(new Event('visibilitychange')), null");
    desk.wait_for(&["▲ Hidden", "1 of 2 screens needs attention."])
        .await;
    drop(screen);
    desk.wait_for(&["▲ Asleep or off"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signage_player_opens_its_address_until_it_is_removed() {
    let desk = Desk::open().await;
    let address = desk.add_address("Lobby", "").await;
    let secret = address.rsplit_once('/').unwrap().1;
    let player = Browser::open(&address);
    player.wait_for(&shows_live("queues"), SOON).await;
    let seen = player.evaluate(
        "location.href + document.referrer + document.cookie + document.documentElement.outerHTML",
    );
    assert!(
        !seen.as_str().unwrap().contains(secret),
        "the page has the secret"
    );
    desk.wait_for(&["● Live", "Secret address"]).await;
    assert!(!desk.page().await.contains(secret));

    let id = desk.id_of("Lobby").await;
    desk.order("/screens/identify", &id).await;
    player
        .wait_for(&format!("{SHOWN_NAME} === 'Lobby'"), ORDERED_WITHIN)
        .await;

    desk.order("/screens/remove", &id).await;
    player.wait_for(SHOWS_CODE, FOLLOWED_WITHIN).await;
    let again = Browser::open(&address);
    let is_refused = "document.querySelector('h1')?.textContent === 'This address doesn’t work'";
    again.wait_for(is_refused, SOON).await;

    let request = reqwest::Client::new().get(desk.site.wallboard.url("/metrics"));
    let request = request.header(header::COOKIE, &desk.cookie);
    let metrics = request.send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("wallboard_build"), "{metrics}");
    for (what, text) in [("metrics", metrics), ("log", desk.site.wallboard.log())] {
        assert!(!text.contains(secret), "the secret is in the {what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn screens_of_one_board_have_a_language_each() {
    let desk = Desk::open().await;
    let mut screens = Vec::new();
    for (name, language) in [("Hall", "sv"), ("Lobby", "de"), ("Kitchen", "")] {
        let address = desk.add_address(name, language).await;
        screens.push((language, Browser::open(&address)));
    }
    let mut texts = HashSet::new();
    for (language, screen) in &screens {
        screen.wait_for(&shows_live("queues"), SOON).await;
        let language = if language.is_empty() { "en" } else { language };
        assert_eq!(screen.evaluate("document.documentElement.lang"), language);
        let text = screen.evaluate("document.body.innerText.replace(/[0-9]/g, '')");
        assert!(texts.insert(text.to_string()), "{language}: {text}");
    }
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
    let check = |pages: &[(&str, &str)], cookie: Option<&str>| {
        browser.check_pages(&base, pages, cookie);
    };
    let pages = [
        ("pair", pair_page.as_str()),
        ("type", "/pair"),
        ("no screens", "/screens"),
    ];
    check(&pages, Some(&cookie));
    let ends = [
        ("tv", "/tv"),
        ("wrong address", "/k/wrong"),
        ("no cookies", "/tv?by=address"),
    ];
    check(&ends, None);

    let desk = Desk::of_site(site, cookie).await;
    let name = "The kitchen on the second floor, by the lift";
    desk.pair(&waiting, name).await;
    check(&[("screens", "/screens?done=paired")], Some(&desk.cookie));
    desk.add_address("Atrium", "").await;
    let other = Browser::open(&desk.site.wallboard.url("/tv"));
    desk.pair(&other, "Lobby").await;
    drop(other);
    desk.wait_for(&["▲ Asleep or off", "Not opened yet", " ms</dd>"])
        .await;
    check(&[("screens with problems", "/screens")], Some(&desk.cookie));
}
