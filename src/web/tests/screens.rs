//! The page of all screens: how they fare, orders to them, and secret addresses.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Request, StatusCode, header};
use jiff::Timestamp;

use crate::{
    alerts::{AlertPlan, tests::queue_rule},
    web::{build_id, screens::qr_code::qr_image},
};
use wallboard_access::{AccessRules, GroupRule, Membership, Role, ScreenPage, TokenId};
use wallboard_alerts::AlertRule;
use wallboard_domain::{ScreenOrder, ScreenReport};

use super::{PageResponse, assert_contains, assert_contains_none, login_site::LoginSite};

const SCREEN_COOKIE: &str = "__Host-wallboard-screen";

/// A supervisor's page of screens.
struct Desk {
    site: LoginSite,
    cookie: String,
    form: String,
}

impl Desk {
    async fn open() -> Self {
        Self::of_user(LoginSite::with_users().await, Role::Supervisor.into()).await
    }

    async fn of_user(site: LoginSite, name: &str) -> Self {
        let cookie = site.cookie_of_user(name).await;
        let page = site.get("/screens", Some(&cookie)).await.text;
        let form = between(&page, "name=\"form\" value=\"", "\"").to_owned();
        Self { site, cookie, form }
    }

    async fn page(&self) -> String {
        self.site.get("/screens", Some(&self.cookie)).await.text
    }

    async fn send(&self, path: &str, fields: &str) -> PageResponse {
        let form = format!("form={}&{fields}", self.form);
        self.site.post(path, &form, Some(&self.cookie)).await
    }

    /// Makes a screen with an address. Returns the address's path.
    async fn add_address(&self, name: &str) -> String {
        let fields = format!("name={name}&place=&board=queues");
        let page = self.send("/screens/address", &fields).await;
        assert_eq!(page.status, StatusCode::OK);
        let (_, address) = page.text.split_once("/k/").unwrap();
        format!("/k/{}", &address[..64])
    }

    fn only_screen(&self) -> TokenId {
        let listed = self.site.sign_in.screens().directory().list_screens();
        assert_eq!(listed.len(), 1);
        listed[0].id
    }
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let (_, rest) = text.split_once(before).unwrap();
    rest.split_once(after).unwrap().0
}

fn set_cookie(answer: &PageResponse) -> &str {
    let set = answer.headers[header::SET_COOKIE].to_str().unwrap();
    set.split(';').next().unwrap()
}

#[tokio::test]
async fn secret_address_is_a_screen_until_it_is_removed() {
    let desk = Desk::open().await;
    let address = desk.add_address("Lobby").await;
    let listed = desk.page().await;
    assert_contains(&listed, &["Lobby", "Not opened yet", "Secret address"]);
    assert_contains_none(&listed, &[&address]);

    let opened = desk.site.get(&address, None).await;
    assert_eq!(opened.location, "/tv?by=address");
    assert_contains_none(&opened.text, &[&address]);
    let cookie = set_cookie(&opened);
    assert!(cookie.starts_with(SCREEN_COOKIE), "{cookie}");
    let board = desk.site.get(&opened.location, Some(cookie)).await;
    assert_eq!(board.status, StatusCode::OK);
    assert_contains(&board.text, &["Sales", "data-live=\"/boards/queues/live\""]);
    assert_contains_none(&desk.page().await, &["Not opened yet"]);

    let fields = format!("id={}", desk.only_screen().to_text());
    let removed = desk.send("/screens/remove", &fields).await;
    assert_eq!(removed.location, "/screens?done=removed");
    let removed = desk.site.get(&address, None).await;
    let code = desk.site.get("/tv?by=address", Some(cookie)).await;
    assert_eq!(code.status, StatusCode::UNAUTHORIZED);
    assert_contains(&code.text, &["class=\"code\""]);

    let unknown = format!("/k/{}", "0".repeat(64));
    for path in [
        &*unknown,
        "/k/x",
        "/k/x/y?at=-15m",
        "/k/%FF",
        &format!("{address}/"),
    ] {
        let answer = desk.site.get(path, None).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.text, removed.text, "{path}");
        assert!(!answer.headers.contains_key(header::SET_COOKIE), "{path}");
    }
}

#[tokio::test]
async fn the_list_has_the_address_of_a_new_screen_as_a_code_unless_it_is_this_machine() {
    let desk = Desk::open().await;
    let list = async |host: &str| {
        let request = Request::get("/screens")
            .header(header::HOST, host)
            .header(header::COOKIE, &desk.cookie);
        desk.site.send_form(request, "").await.text
    };
    let code = qr_image("http://wall.example/tv").unwrap();
    assert_contains(
        &list("wall.example").await,
        &["wall.example/tv", &code.path],
    );
    assert_contains_none(&list("127.0.0.1:8080").await, &["class=\"scan\""]);
}

#[tokio::test]
async fn queue_that_is_opened_on_a_screen_is_a_code_for_a_phone() {
    let desk = Desk::open().await;
    let address = desk.add_address("Lobby").await;
    let opened = desk.site.get(&address, None).await;
    let cookie = set_cookie(&opened);
    let open = async |path: &str, from: &str| {
        let request = Request::get(path)
            .header(header::HOST, "wall.example")
            .header(header::COOKIE, cookie)
            .header(header::REFERER, from);
        desk.site.send_form(request, "").await
    };
    let queue = "/queues/chat/9002%40SIP%2F1";
    let code = open(queue, "http://wall.example/tv").await;
    assert_eq!(code.status, StatusCode::UNAUTHORIZED);
    let qr = qr_image(&format!("http://wall.example{queue}")).unwrap();
    assert_contains(
        &code.text,
        &[&qr.path, "Open this queue on your phone", "60;url=/tv\""],
    );
    assert_contains_none(&code.text, &["Sales", "372", "6:12"]);

    // A screen learns nothing of other queues.
    let unknown = open("/queues/chat/none", "http://wall.example/tv").await;
    assert_eq!(unknown.status, StatusCode::UNAUTHORIZED);
    let of_frame = open(queue, "http://wall.example/tv?board=queues").await;
    assert_contains(&of_frame.text, &["60;url=/tv?board=queues\""]);
    for elsewhere in [
        "http://evil.example/tv?board=x",
        "http://wall.example/tv?board=x\"y",
        "x",
    ] {
        let code = open(queue, elsewhere).await;
        assert_contains(&code.text, &["60;url=/tv\""]);
    }
    let page = open("/cases", "http://wall.example/tv").await;
    assert_contains_none(&page.text, &["Open this queue"]);
}

#[tokio::test]
async fn wrong_addresses_are_limited_and_right_ones_are_not() {
    let desk = Desk::open().await;
    let address = desk.add_address("Lobby").await;
    let mut statuses = Vec::new();
    for _ in 0..31 {
        statuses.push(desk.site.get("/k/wrong", None).await.status);
    }
    assert_eq!(statuses[..30], [StatusCode::NOT_FOUND; 30]);
    assert_eq!(statuses[30], StatusCode::TOO_MANY_REQUESTS);
    let right = desk.site.get(&address, None).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn player_without_cookies_says_what_it_lacks() {
    let desk = Desk::open().await;
    let answer = desk.site.get("/tv?by=address", None).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_contains(&answer.text, &["This player keeps no cookies"]);
    assert_contains_none(&answer.text, &["tv.js", "refresh"]);
}

#[tokio::test]
async fn token_of_a_paired_screen_is_no_address() {
    let desk = Desk::open().await;
    let waiting = desk.site.get("/tv", None).await;
    let code = between(&waiting.text, "<p class=\"code\">", "</p>");
    let fields = format!("code={code}&name=Kitchen&board=queues");
    desk.send("/pair", &fields).await;
    let board = desk.site.get("/tv", Some(set_cookie(&waiting))).await;
    let cookies = board.headers.get_all(header::SET_COOKIE).iter();
    let mut cookies = cookies.map(|cookie| cookie.to_str().unwrap());
    let cookie = cookies.find(|cookie| cookie.starts_with(SCREEN_COOKIE));
    let token = between(cookie.unwrap(), "=", ";");
    let answer = desk.site.get(&format!("/k/{token}"), None).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn orders_reach_a_connected_screen_and_are_noted() {
    let desk = Desk::open().await;
    let secret = desk.add_address("Lobby").await;
    let secret = secret.strip_prefix("/k/").unwrap();
    let id = desk.only_screen();
    let fields = format!("id={}", id.to_text());
    for path in ["/screens/identify", "/screens/reload", "/screens/sound"] {
        let refused = desk.send(path, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_contains(&refused.text, &["The screen isn’t connected"]);
        let page = desk.site.get(path, Some(&desk.cookie)).await;
        assert_eq!(page.location, "/screens", "it refreshes from there");
    }

    let screens = desk.site.sign_in.screens().directory().clone();
    let page = ScreenPage::default();
    let mut link = screens.link_socket(id, page, Timestamp::now()).unwrap();
    let name = "Lobby".to_owned();
    for (path, done, order) in [
        (
            "/screens/identify",
            "identified",
            ScreenOrder::Identify { name },
        ),
        ("/screens/reload", "reloaded", ScreenOrder::Reload),
    ] {
        let answer = desk.send(path, &fields).await;
        assert_eq!(answer.location, format!("/screens?done={done}"));
        assert_eq!(*link.orders.borrow_and_update(), Some(order));
    }

    let noted = desk.site.sign_in.audit().list(None, 100).await.unwrap();
    let noted: Vec<_> = (noted.iter())
        .map(|one| format!("{} {}", one.entry.action, one.entry.subject))
        .collect();
    for expected in [
        "made_screen_address Lobby, board queues",
        "identified_screen Lobby, board queues",
        "reloaded_screen Lobby, board queues",
    ] {
        assert!(noted.iter().any(|one| one == expected), "{noted:?}");
    }
    assert!(!format!("{noted:?}").contains(secret));
}

#[tokio::test]
async fn page_shows_screens_states_with_problems_first() {
    let desk = Desk::open().await;
    desk.add_address("Atrium").await;
    let id = desk.only_screen();
    desk.add_address("Annex").await;
    let page = ScreenPage {
        engine: Some("Chromium 87".into()),
        build: Some(build_id().into()),
        size: None,
    };
    let screens = desk.site.sign_in.screens().directory().clone();
    let link = screens.link_socket(id, page, Timestamp::now()).unwrap();
    let text = desk.page().await;
    assert_contains(
        &text,
        &[
            "Chromium 87",
            build_id(),
            "1 of 2 screens is live. No other needs attention.",
        ],
    );
    assert_contains(&text, &["aria-label=\"no data\">–</span>"]);
    assert!(text.find("Annex") < text.find("Atrium"), "by name");

    let report = |lag_ms, is_visible| ScreenReport {
        at: Timestamp::now(),
        lag_ms: Some(lag_ms),
        is_visible,
    };
    link.reports.send_replace(Some(report(45, true)));
    assert_contains(&desk.page().await, &["45 ms"]);
    link.reports.send_replace(Some(report(45, false)));
    let text = desk.page().await;
    assert_contains(&text, &["▲ Hidden", "1 of 2 screens needs attention."]);
    assert!(text.find("Atrium") < text.find("Annex"), "problems first");
}

#[tokio::test]
async fn screens_of_others_get_no_orders() {
    let rules = AccessRules {
        groups: BTreeMap::from([("sales".to_owned(), GroupRule::default())]),
        ..AccessRules::default()
    };
    let site = LoginSite::with_rules(rules).await;
    site.add_user("lead", Role::Supervisor).await;
    let member = Membership {
        role: Role::Supervisor,
        groups: BTreeSet::from(["sales".to_owned()]),
    };
    site.add_user("member", member).await;
    let desk = Desk::of_user(site, "lead").await;
    desk.add_address("Atrium").await;
    let id = desk.only_screen();
    let screens = desk.site.sign_in.screens().directory().clone();
    let page = ScreenPage::default();
    let link = screens.link_socket(id, page, Timestamp::now()).unwrap();

    let member = Desk::of_user(desk.site, "member").await;
    assert_contains_none(&member.page().await, &["Atrium"]);
    let fields = format!("id={}&name=Mine&board=queues", id.to_text());
    for (path, status) in [
        ("/screens/identify", StatusCode::FORBIDDEN),
        ("/screens/reload", StatusCode::FORBIDDEN),
        ("/screens/sound", StatusCode::FORBIDDEN),
        ("/screens/address", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(member.send(path, &fields).await.status, status, "{path}");
    }
    assert!(!link.orders.has_changed().unwrap());
}

#[tokio::test]
async fn rules_and_announcements_that_name_a_screen_are_said_before_and_after_it_is_removed() {
    let desk = Desk::open().await;
    desk.add_address("Hall").await;
    let rule = AlertRule {
        sound: vec!["Hall".to_owned()],
        ..queue_rule("Queue in need")
    };
    desk.site.alerts.set_plan(AlertPlan {
        rules: vec![rule],
        ..AlertPlan::default()
    });
    let said = ["Used by: ", "<bdi>rule Queue in need</bdi>"];
    assert_contains(&desk.page().await, &said);
    let alerts = async || desk.site.get("/alerts", Some(&desk.cookie)).await.text;
    assert_contains_none(&alerts().await, &["No screen is named"]);

    let id = desk.only_screen().to_text();
    desk.send("/screens/remove", &format!("id={id}")).await;
    assert_contains(&alerts().await, &["▲ No screen is named Hall."]);
}
