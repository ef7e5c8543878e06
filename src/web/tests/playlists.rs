//! Playlists: what a screen with one may show, who may give it one, and the form.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{StatusCode, header};
use jiff::SignedDuration;

use wallboard_access::{AccessRules, GroupRule, Membership, Role};
use wallboard_boards::{BoardDefinition, BoardLayout, Playlist, PlaylistItem};
use wallboard_domain::Pattern;

use super::{PageResponse, assert_contains, assert_contains_none, login_site::LoginSite};

/// A supervisor on a site with the boards `queues`, `agents` and `sales`.
struct PlaylistDesk {
    site: LoginSite,
    cookie: String,
    form: String,
}

impl PlaylistDesk {
    async fn open(rules: AccessRules, playlists: &[(&str, &[&str])]) -> Self {
        let site = LoginSite::with_rules(rules).await;
        let sales = BoardDefinition::new("sales", "Sales", BoardLayout::Queues);
        site.boards.replace_boards(vec![sales]);
        let playlist = |(name, boards): &(&str, &[&str])| Playlist {
            name: (*name).to_owned(),
            items: boards.iter().map(|board| item(board)).collect(),
            jump: None,
        };
        let playlists = playlists.iter().map(playlist);
        site.boards.replace_playlists(playlists.collect());
        site.add_user("lead", Role::Supervisor).await;
        Self::of_user(site, "lead").await
    }

    async fn of_user(site: LoginSite, name: &str) -> Self {
        let cookie = site.cookie_of_user(name).await;
        let page = site.get("/screens", Some(&cookie)).await.text;
        let (_, form) = page.split_once("name=\"form\" value=\"").unwrap();
        let form = form.split_once('"').unwrap().0.to_owned();
        Self { site, cookie, form }
    }

    async fn page(&self, path: &str) -> PageResponse {
        self.site.get(path, Some(&self.cookie)).await
    }

    async fn send(&self, path: &str, fields: &str) -> PageResponse {
        let form = format!("form={}&{fields}", self.form);
        self.site.post(path, &form, Some(&self.cookie)).await
    }

    /// Makes a screen. Returns its cookie.
    async fn add_screen(&self, fields: &str) -> String {
        let page = self.send("/screens/address", fields).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        let (_, address) = page.text.split_once("/k/").unwrap();
        let opened = self.site.get(&format!("/k/{}", &address[..64]), None).await;
        let cookie = opened.headers[header::SET_COOKIE].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }
}

fn item(board: &str) -> PlaylistItem {
    PlaylistItem {
        board: board.to_owned(),
        dwell: SignedDuration::from_secs(30),
        hours: None,
        only_critical: false,
    }
}

#[tokio::test]
async fn screen_shows_the_boards_of_its_playlist_and_no_others() {
    let floor: (&str, &[&str]) = ("Floor 1", &["queues", "agents", "gone"]);
    let desk = PlaylistDesk::open(AccessRules::default(), &[floor]).await;
    let listed = desk.page("/screens").await.text;
    assert_contains(&listed, &["value=\"playlist/Floor 1\"", "3 boards"]);
    let screen = desk.add_screen("name=Hall&board=playlist/Floor+1").await;

    let page = desk.site.get("/tv", Some(&screen)).await;
    assert_contains(&page.text, &["tv_frames.js"]);
    // Screens show no agents here, and one board is gone: the first one is alone.
    let turn = desk.site.get("/tv/turn", Some(&screen)).await.parse_json();
    assert_eq!(turn["board"], "queues");
    assert_eq!((&turn["label"], &turn["count"]), (&"".into(), &1.into()));
    assert!(turn["night"].is_null());
    for (path, status) in [
        ("/tv?board=queues", StatusCode::OK),
        ("/boards/queues", StatusCode::OK),
        ("/tv?board=agents", StatusCode::NOT_FOUND),
        ("/tv?board=sales", StatusCode::NOT_FOUND),
        ("/boards/agents", StatusCode::FORBIDDEN),
        ("/boards/sales", StatusCode::FORBIDDEN),
        ("/boards/sales/live", StatusCode::FORBIDDEN),
    ] {
        let answer = desk.site.get(path, Some(&screen)).await;
        assert_eq!(answer.status, status, "{path}");
    }
    assert_contains(
        &desk.page("/screens").await.text,
        &["Floor 1: Queues, 1 of 1"],
    );

    // A removed playlist has nothing to show.
    desk.site.boards.replace_playlists(Vec::new());
    let turn = desk.site.get("/tv/turn", Some(&screen)).await.parse_json();
    assert!(turn["board"].is_null());
    let answer = desk.site.get("/boards/queues", Some(&screen)).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let listed = desk.page("/screens").await.text;
    assert_contains(&listed, &["Its playlist has no board that it can show."]);
    let stranger = desk.site.get("/tv/turn", None).await.parse_json();
    assert_eq!(stranger["reload"], true);
}

#[tokio::test]
async fn screen_with_one_board_is_dark_at_night() {
    let desk = PlaylistDesk::open(AccessRules::default(), &[]).await;
    let fields =
        "name=Hall&board=queues&night=black&night_hours=00:00-24:00&quiet_hours=12:00-13:00";
    let screen = desk.add_screen(fields).await;
    let page = desk.site.get("/tv", Some(&screen)).await;
    assert_contains(&page.text, &["tv_frames.js"]);
    let turn = desk.site.get("/tv/turn", Some(&screen)).await.parse_json();
    assert_eq!(
        (&turn["board"], &turn["night"]),
        (&"queues".into(), &"black".into())
    );

    let listed = desk.page("/screens").await.text;
    assert_contains(
        &listed,
        &[
            "value=\"00:00–24:00\"",
            "value=\"12:00–13:00\"",
            "value=\"black\" selected",
        ],
    );
    let answer = desk
        .send(
            "/screens/address",
            "name=x&board=queues&night=dim&night_hours=22",
        )
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let noon = "name=x&board=queues&quiet_hours=noon";
    let answer = desk.send("/screens/address", noon).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn emergency_is_seen_on_a_dark_screen_also_with_its_board() {
    let desk = PlaylistDesk::open(AccessRules::default(), &[]).await;
    let fields = "name=Hall&board=queues&night=black&night_hours=00:00-24:00";
    let screen = desk.add_screen(fields).await;
    let night = async || {
        let turn = desk.site.get("/tv/turn", Some(&screen)).await.parse_json();
        turn["night"].clone()
    };
    for place in ["screen+Hall=on", "board+queues=on"] {
        let announce = async |kind: &str| {
            let fields = format!("text=Leave&kind={kind}&until=1h&{place}");
            let made = desk.send("/announcements", &fields).await;
            assert_eq!(made.location, "/announcements?done=shown");
        };
        announce("important").await;
        assert_eq!(night().await, "black", "{place}");
        announce("emergency").await;
        assert!(night().await.is_null(), "{place}");
        let page = desk.page("/announcements").await.text;
        let ids = page.split("action=\"/announcements/end\"").skip(1);
        for form in ids {
            let (_, id) = form.split_once("name=\"id\" value=\"").unwrap();
            let id = id.split_once('"').unwrap().0;
            desk.send("/announcements/end", &format!("id={id}")).await;
        }
        assert_eq!(night().await, "black", "{place}, over");
    }
}

#[tokio::test]
async fn playlist_is_given_by_those_who_see_all_its_boards_and_changed_by_those_who_see_everything()
{
    let rule = GroupRule {
        boards: vec![Pattern("sales".into())],
        ..GroupRule::default()
    };
    let rules = AccessRules {
        groups: BTreeMap::from([("sales".to_owned(), rule)]),
        ..AccessRules::default()
    };
    let playlists: [(&str, &[&str]); 2] = [("All", &["queues", "sales"]), ("Own", &["sales"])];
    let desk = PlaylistDesk::open(rules, &playlists).await;
    desk.add_screen("name=Atrium&board=playlist/All").await;
    let member = Membership {
        role: Role::Supervisor,
        groups: BTreeSet::from(["sales".to_owned()]),
    };
    desk.site.add_user("member", member).await;
    let member = PlaylistDesk::of_user(desk.site, "member").await;

    let listed = member.page("/screens").await.text;
    assert_contains(&listed, &["playlist/Own"]);
    assert_contains_none(&listed, &["playlist/All", "Atrium", "New playlist"]);
    let refused = member.send("/screens/address", "name=x&board=playlist/All");
    assert_eq!(refused.await.status, StatusCode::NOT_FOUND);
    member.add_screen("name=Own&board=playlist/Own").await;
    let form = member.page("/screens/playlist?name=Own").await;
    assert_eq!(form.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn form_moves_boards_says_faults_and_saves() {
    let floor: (&str, &[&str]) = ("Floor", &["queues", "sales"]);
    let desk = PlaylistDesk::open(AccessRules::default(), &[floor]).await;
    let page = desk.page("/screens/playlist?name=Floor").await.text;
    assert_contains(&page, &["<h1><bdi>Floor</bdi></h1>", "Monday–Sunday"]);

    let items = "board0=queues&seconds0=20&board1=sales&seconds1=30&hours1=mon-fri+8-17";
    let send = async |more: &str| {
        let fields = format!("name=Hall&jump=1m&{items}&{more}");
        desk.send("/screens/playlist", &fields).await
    };
    let moved = send("action=up+1").await;
    assert_eq!(moved.status, StatusCode::OK);
    assert_contains(
        &moved.text,
        &["Sales, 1 of 2", "Monday–Friday", "08:00–17:00"],
    );
    let added = send("action=add").await.text;
    assert_contains(&added, &["Agents, 3 of 3", "name=\"board2\""]);
    let removed = send("action=remove+0").await.text;
    assert_contains(&removed, &["Sales, 1 of 1"]);
    assert_contains_none(&removed, &["name=\"board1\""]);
    assert_eq!(
        send("action=up+2").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );

    let fields = "name=Hall&board0=queues&seconds0=5&action=save";
    let faulty = desk.send("/screens/playlist", fields).await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_contains(&faulty.text, &["between 10s and 10m"]);
    let saved = send("action=save").await;
    assert_eq!(saved.location, "/screens/playlist?name=Hall&done=saved");
    let again = send("action=save").await;
    assert_eq!(
        again.location, "/screens/playlist?name=Hall&done=saved",
        "pressed twice"
    );
}
