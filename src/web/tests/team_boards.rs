//! Boards that a supervisor of a team makes: at addresses of the team, with its queues.

use std::collections::BTreeMap;

use axum::http::{StatusCode, header};
use jiff::SignedDuration;

use wallboard_access::{AccessRules, GroupRule, Membership, Role};
use wallboard_boards::{Playlist, PlaylistItem};
use wallboard_domain::{DataScope, Pattern};

use super::{assert_contains, assert_contains_none, login_site::LoginSite};

async fn site() -> LoginSite {
    let group = |boards: &[&str]| GroupRule {
        boards: boards.iter().map(|one| Pattern((*one).into())).collect(),
        data: DataScope {
            queues: vec![Pattern("chat/9002*".into())],
            agents: Vec::new(),
        },
    };
    let groups = [("sales", group(&["sales*"])), ("readers", group(&[]))];
    let site = LoginSite::with_rules(AccessRules {
        groups: BTreeMap::from(groups.map(|(name, rule)| (name.to_owned(), rule))),
        ..AccessRules::default()
    });
    let site = site.await;
    for (person, group) in [("sam", "sales"), ("rea", "readers")] {
        let mut membership = Membership::from(Role::Supervisor);
        membership.groups.insert(group.to_owned());
        site.add_user(person, membership).await;
    }
    site
}

/// Saves a new board of the team's queues, as the editor's form does. `id` is its address, if it isn't the proposed one.
async fn save(site: &LoginSite, cookie: &str, id: &str, queues: &str) -> (StatusCode, String) {
    let account = site.get("/account", Some(cookie)).await.text;
    let (_, token) = account.split_once("name=\"form\" value=\"").unwrap();
    let form = format!(
        "form={}&is_new=1&id={id}&title=My+team&show.0=waiting&queues.0={queues}&do=save",
        &token[..64]
    );
    let saved = site.post("/boards/new", &form, Some(cookie)).await;
    let address = saved.headers.get(header::LOCATION);
    let address = address.map_or("", |address| address.to_str().unwrap());
    (saved.status, format!("{address}{}", saved.text))
}

#[tokio::test]
async fn a_supervisor_of_a_team_makes_a_board_at_the_address_that_is_proposed() {
    let site = site().await;
    let sam = site.cookie_of_user("sam").await;
    assert_contains(&site.get("/", Some(&sam)).await.text, &["/boards/new"]);
    let begun = site.get("/boards/new?start=all&title=My+team", Some(&sam));
    assert_contains(
        &begun.await.text,
        &["name=\"id\" value=\"sales-my-team\"", "chat/9002*"],
    );

    // Without a word about the address, it's the same.
    let (status, address) = save(&site, &sam, "", "chat/9002*").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{address}");
    assert_eq!(address, "/boards/sales-my-team/edit?done=saved");
}

#[tokio::test]
async fn a_refusal_says_whether_the_address_or_the_queues_are_others() {
    let site = site().await;
    let sam = site.cookie_of_user("sam").await;
    let of_address = "Your boards have addresses such as sales*";
    let of_queues = "you may only save boards of queues and agents that you may see";

    let (status, page) = save(&site, &sam, "my-team", "chat/9002*").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_contains(&page, &[of_address]);
    assert_contains_none(&page, &[of_queues]);

    let (status, page) = save(&site, &sam, "sales-2", "chat/*").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_contains(&page, &[of_queues]);
    assert_contains_none(&page, &[of_address]);
}

#[tokio::test]
async fn a_group_without_boards_is_not_offered_to_make_one() {
    let site = site().await;
    let rea = site.cookie_of_user("rea").await;
    let gallery = site.get("/", Some(&rea)).await;
    assert_eq!(gallery.status, StatusCode::OK);
    assert_contains_none(&gallery.text, &["/boards/new"]);
    let page = site.get("/boards/new", Some(&rea)).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_preview_that_names_a_board_of_others_says_nothing_of_it() {
    let site = site().await;
    let item = PlaylistItem {
        board: "queues".to_owned(),
        dwell: SignedDuration::from_secs(20),
        hours: None,
        only_critical: false,
    };
    site.boards.replace_playlists(vec![Playlist {
        name: "Secret floor".to_owned(),
        items: vec![item],
        jump: None,
    }]);
    let preview = async |cookie: &str| {
        let account = site.get("/account", Some(cookie)).await.text;
        let (_, token) = account.split_once("name=\"form\" value=\"").unwrap();
        let form = format!(
            "form={}&id=queues&began_from=1&title=T&show.0=waiting&queues.0=chat/9002*",
            &token[..64]
        );
        site.post("/boards/preview", &form, Some(cookie)).await.text
    };
    site.add_user("admin", Role::Admin).await;
    let admin = site.cookie_of(Role::Admin).await;
    assert_contains(&preview(&admin).await, &["Secret floor"]);
    let sam = site.cookie_of_user("sam").await;
    assert_contains_none(&preview(&sam).await, &["Secret floor"]);
}
