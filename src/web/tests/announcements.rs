//! Announcements by the page: who makes and ends which, and what boards show.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::time::{sleep, timeout};

use super::{PageResponse, assert_contains, assert_contains_none, login_site::LoginSite};
use wallboard_access::{AccessRules, GroupRule, Membership, Role};
use wallboard_domain::Pattern;

const PAPER: &str = "Use <paper> & pens.";

/// Somebody at the page.
struct Announcer {
    cookie: String,
    form: String,
}

impl Announcer {
    async fn sign_in(site: &LoginSite, name: &str) -> Self {
        let cookie = site.cookie_of_user(name).await;
        let page = site.get("/announcements", Some(&cookie)).await.text;
        let (_, rest) = page.split_once("name=\"form\" value=\"").unwrap();
        let form = rest.split('"').next().unwrap().to_owned();
        Self { cookie, form }
    }

    async fn send(&self, site: &LoginSite, path: &str, fields: &[(&str, &str)]) -> PageResponse {
        let fields = [&[("form", &*self.form)][..], fields].concat();
        let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
        let fields = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encode(*name), encode(*value)));
        let form = fields.collect::<Vec<_>>().join("&");
        site.post(path, &form, Some(&self.cookie)).await
    }

    async fn announce(&self, site: &LoginSite, fields: &[(&str, &str)]) -> PageResponse {
        self.send(site, "/announcements", fields).await
    }

    async fn page(&self, site: &LoginSite) -> String {
        site.get("/announcements", Some(&self.cookie)).await.text
    }
}

fn fields<'f>(text: &'f str, until: &'f str) -> [(&'f str, &'f str); 3] {
    [("text", text), ("kind", "important"), ("until", until)]
}

/// The ID in the first form that ends an announcement.
fn id_to_end(page: &str) -> &str {
    let (_, rest) = page.split_once("name=\"id\" value=\"").unwrap();
    rest.split('"').next().unwrap()
}

#[tokio::test]
async fn boards_show_an_announcement_until_it_is_ended() {
    let site = LoginSite::with_users().await;
    let supervisor = Announcer::sign_in(&site, Role::Supervisor.into()).await;
    let board = async || -> String {
        site.get("/boards/queues", Some(&supervisor.cookie))
            .await
            .text
    };
    assert_contains(&board().await, &["data-kind=\"\""]);

    let escaped = "Use &#60;paper&#62; &#38; pens.";
    // A board changes at most once in its flush interval.
    let board_once = async |is_announced: bool| -> String {
        let changed = async {
            loop {
                let text = board().await;
                if text.contains(escaped) == is_announced {
                    break text;
                }
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(Duration::from_secs(10), changed).await.unwrap()
    };

    let made = supervisor.announce(&site, &fields(PAPER, "1h")).await;
    assert_eq!(made.location, "/announcements?done=shown");
    assert_contains(
        &board_once(true).await,
        &["data-kind=\"important\"", "supervisor", "until "],
    );
    let page = supervisor.page(&site).await;
    assert_contains(&page, &["On the boards now", escaped, "All boards"]);

    let ended = (supervisor.send(&site, "/announcements/end", &[("id", id_to_end(&page))])).await;
    assert_eq!(ended.location, "/announcements?done=ended");
    board_once(false).await;
    let page = supervisor.page(&site).await;
    assert_contains(&page, &["Earlier", "ended by", "Use again"]);
    let (_, rest) = page.split_once("/announcements?start=").unwrap();
    assert!(
        rest.contains("/announcements?start="),
        "texts to start from"
    );

    let audit = site
        .get("/audit", Some(&site.cookie_of(Role::Admin).await))
        .await;
    assert_contains(&audit.text, &["made announcement", "ended announcement"]);
}

#[tokio::test]
async fn what_cannot_be_shown_is_refused_with_what_to_do() {
    let site = LoginSite::with_users().await;
    let supervisor = Announcer::sign_in(&site, Role::Supervisor.into()).await;
    let long = "x".repeat(91);
    for (text, until, error) in [
        ("  ", "1h", "Write what the boards should say"),
        (&*long, "1h", "in at most 90 characters"),
        ("nimda\u{202e}", "1h", "isn’t visible"),
    ] {
        let answer = supervisor.announce(&site, &fields(text, until)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
        assert_contains(&answer.text, &[error]);
    }
    let early = [&fields("Hi", "time")[..], &[("time", "00:00")]].concat();
    let answer = supervisor.announce(&site, &early).await;
    assert_contains(&answer.text, &["That time is over", ">Hi</textarea>"]);
    let backward = [
        ("from", "at"),
        ("from_at", "2099-01-02 10:00"),
        ("time", "09:00"),
    ];
    let backward = [&fields("Hi", "time")[..], &backward].concat();
    let answer = supervisor.announce(&site, &backward).await;
    assert_contains(&answer.text, &["The end is before the beginning"]);
    let wrong_time = [("from", "at"), ("from_at", "soon")];
    let answer = supervisor
        .announce(&site, &[&fields("Hi", "1h")[..], &wrong_time].concat())
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for wrong in [("until", "tomorrow"), ("board nowhere", "on")] {
        let wrong_fields = [&fields("Hi", "1h")[..2], &[wrong]].concat();
        let answer = supervisor.announce(&site, &wrong_fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
    }
    assert_contains_none(&supervisor.page(&site).await, &["On the boards now"]);

    for _ in 0..10 {
        supervisor.announce(&site, &fields("Hi", "1h")).await;
    }
    let eleventh = supervisor.announce(&site, &fields("Hi", "1h")).await;
    assert_contains(&eleventh.text, &["There are 10 announcements already"]);
}

#[tokio::test]
async fn a_supervisor_of_a_team_announces_on_its_boards_only() {
    let rule = GroupRule {
        boards: vec![Pattern("queues".into())],
        ..GroupRule::default()
    };
    let site = LoginSite::with_rules(AccessRules {
        groups: BTreeMap::from([("sales".to_owned(), rule)]),
        ..AccessRules::default()
    })
    .await;
    site.add_user("boss", Role::Supervisor).await;
    let membership = Membership {
        role: Role::Supervisor,
        groups: BTreeSet::from(["sales".to_owned()]),
    };
    site.add_user("lead", membership).await;
    let [boss, lead] = [
        Announcer::sign_in(&site, "boss").await,
        Announcer::sign_in(&site, "lead").await,
    ];

    lead.announce(&site, &fields("Sales only", "1h")).await;
    let board = async |id: &str| -> String {
        let path = format!("/boards/{id}");
        site.get(&path, Some(&boss.cookie)).await.text
    };
    assert_contains(&board("queues").await, &["Sales only"]);
    assert_contains_none(&board("agents").await, &["Sales only"]);
    let agents = [&fields("Hi", "1h")[..], &[("board agents", "on")]].concat();
    assert_eq!(
        lead.announce(&site, &agents).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );

    let ended = boss.page(&site).await;
    boss.send(&site, "/announcements/end", &[("id", id_to_end(&ended))])
        .await;
    boss.announce(&site, &fields("For everyone", "1h")).await;
    let all = boss.page(&site).await;
    let id = [("id", id_to_end(&all))];
    let answer = lead.send(&site, "/announcements/end", &id).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_contains_none(&lead.page(&site).await, &["End now"]);
}

#[tokio::test]
async fn one_that_begins_later_is_planned_and_canceled() {
    let site = LoginSite::with_users().await;
    let supervisor = Announcer::sign_in(&site, Role::Supervisor.into()).await;
    let begins = (Timestamp::now() + SignedDuration::from_hours(30)).to_zoned(TimeZone::UTC);
    let begins = begins.strftime("%F %H:%M").to_string();
    let later = [("from", "at"), ("from_at", &*begins)];
    let later = [&fields(PAPER, "2h")[..], &later].concat();

    let made = supervisor.announce(&site, &later).await;
    assert_eq!(made.location, "/announcements?done=planned");
    let page = supervisor.page(&site).await;
    assert_contains(&page, &["id=\"planned\"", "Cancel<span"]);
    assert_contains_none(&page, &["On the boards now"]);
    let board = site.get("/boards/queues", Some(&supervisor.cookie)).await;
    assert_contains(&board.text, &["data-kind=\"\""]);

    supervisor
        .send(&site, "/announcements/end", &[("id", id_to_end(&page))])
        .await;
    let page = supervisor.page(&site).await;
    assert_contains_none(&page, &["id=\"planned\""]);
    assert_contains(&page, &["Earlier", "ended by"]);
}

#[tokio::test]
async fn all_screens_of_a_place_are_chosen_at_once() {
    let site = LoginSite::with_users().await;
    let supervisor = Announcer::sign_in(&site, Role::Supervisor.into()).await;
    for (name, place) in [("Left", "Floor 2"), ("Right", "Floor 2"), ("Hall", "")] {
        let screen = [("name", name), ("place", place), ("board", "queues")];
        supervisor.send(&site, "/screens/address", &screen).await;
    }
    assert_contains(&supervisor.page(&site).await, &["name=\"place Floor 2\""]);

    let there = [("place Floor 2", "on"), ("screen Left", "on")];
    let there = [&fields(PAPER, "1h")[..], &there].concat();
    let made = supervisor.announce(&site, &there).await;
    assert_eq!(made.location, "/announcements?done=shown");
    let page = supervisor.page(&site).await;
    assert_contains(&page, &["<bdi>Screen Left, Screen Right</bdi>"]);
    let elsewhere = [&fields(PAPER, "1h")[..], &[("place Floor 3", "on")]].concat();
    assert_eq!(
        supervisor.announce(&site, &elsewhere).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}
