//! Saved views of the history by the page: who saves, finds, changes and deletes which.

use axum::http::StatusCode;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use wallboard_access::{AccessRules, Right, Role};

use super::{PageResponse, assert_contains, assert_contains_none, login_site::LoginSite, scopes};

const WEEK: &str = "/history?range=7d&by=queue";

/// Somebody at the page.
struct Planner {
    cookie: String,
    form: String,
}

impl Planner {
    async fn sign_in(site: &LoginSite, name: &str) -> Self {
        let cookie = site.cookie_of_user(name).await;
        let page = site.get("/history", Some(&cookie)).await.text;
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

    async fn save(&self, site: &LoginSite, name: &str, address: &str, shared: bool) {
        let mut fields = vec![("name", name), ("address", address)];
        fields.extend(shared.then_some(("shared", "on")));
        let saved = self.send(site, "/history/views", &fields).await;
        assert_eq!(
            saved.location, "/history/views?done=saved",
            "{}",
            saved.text
        );
    }

    async fn get(&self, site: &LoginSite, path: &str) -> String {
        site.get(path, Some(&self.cookie)).await.text
    }

    /// The ID in the form of a view that the list has.
    async fn id_of(&self, site: &LoginSite, name: &str) -> String {
        let page = self.get(site, "/history/views").await;
        let row = page.split("<tr").find(|row| row.contains(name)).unwrap();
        let (_, rest) = row.split_once("name=\"id\" value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_view_is_saved_found_renamed_and_deleted() {
    let site = LoginSite::with_users().await;
    let lead = Planner::sign_in(&site, "supervisor").await;
    lead.save(&site, "Last <week>", &format!("{WEEK}&only="), false)
        .await;

    let page = lead.get(&site, "/history/views").await;
    let listed = "<a href=\"/history?range=7d&#38;by=queue\"><bdi>Last &#60;week&#62;</bdi></a>";
    assert_contains(&page, &[listed, "Last 7 days", "by queue", "Only you"]);
    let page = lead.get(&site, WEEK).await;
    assert_contains(
        &page,
        &[
            "Saved views (1)",
            "aria-current=\"page\"><bdi>Last &#60;week&#62;</bdi>",
        ],
    );

    let id = lead.id_of(&site, "Last &#60;week&#62;").await;
    let send = async |fields: &[(&str, &str)]| {
        let fields = [&[("id", &*id)][..], fields].concat();
        lead.send(&site, "/history/views/change", &fields).await
    };
    let renamed = send(&[("name", "Every week"), ("action", "save")]).await;
    assert_eq!(renamed.location, "/history/views?done=saved");
    assert_contains(
        &lead.get(&site, "/history").await,
        &["<bdi>Every week</bdi>"],
    );
    let refused = send(&[("name", " "), ("action", "save")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_contains(&refused.text, &["A name needs 1 to 60 characters."]);
    let deleted = send(&[("action", "delete")]).await;
    assert_eq!(deleted.location, "/history/views?done=deleted");
    assert_contains(
        &lead.get(&site, "/history/views").await,
        &["No saved views yet."],
    );

    let audit = site
        .get("/audit", Some(&site.cookie_of(Role::Admin).await))
        .await;
    assert_contains(&audit.text, &["saved view", "Every week", "deleted view"]);
}

#[tokio::test]
async fn only_pages_of_the_history_can_be_saved() {
    let site = LoginSite::with_users().await;
    let lead = Planner::sign_in(&site, "supervisor").await;
    for address in [
        "",
        "/people",
        "//evil.example/history",
        "https://evil.example/history",
        "/history?shade=red",
        "javascript:alert(1)",
    ] {
        let fields = [("name", "Mine"), ("address", address)];
        let refused = lead.send(&site, "/history/views", &fields).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{address}"
        );
    }
    assert_contains(
        &lead.get(&site, "/history/views").await,
        &["No saved views yet."],
    );
}

#[tokio::test]
async fn others_find_what_is_shared_and_change_nothing() {
    let site = LoginSite::with_users().await;
    let lead = Planner::sign_in(&site, "supervisor").await;
    site.add_user("boris", Role::Supervisor).await;
    let boris = Planner::sign_in(&site, "boris").await;
    lead.save(&site, "Ours", WEEK, true).await;
    lead.save(&site, "Mine alone", WEEK, false).await;

    for path in ["/history", "/history/views"] {
        let page = boris.get(&site, path).await;
        assert_contains(&page, &["<bdi>Ours</bdi>"]);
        assert_contains_none(&page, &["Mine alone"]);
    }
    let page = boris.get(&site, "/history/views").await;
    assert_contains(&page, &["Everyone", "<bdi>supervisor</bdi>"]);
    assert_contains_none(&page, &["name=\"id\""]);
    for (name, status) in [
        ("Ours", StatusCode::FORBIDDEN),
        // As if there were none.
        ("Mine alone", StatusCode::NOT_FOUND),
    ] {
        let id = lead.id_of(&site, name).await;
        for action in ["save", "delete"] {
            let fields = [("id", &*id), ("name", "x"), ("action", action)];
            let refused = boris.send(&site, "/history/views/change", &fields).await;
            assert_eq!(refused.status, status, "{name}");
        }
    }
    // An administrator can clear what others share.
    let admin = Planner::sign_in(&site, "admin").await;
    let id = admin.id_of(&site, "Ours").await;
    let fields = [("id", &*id), ("action", "delete")];
    let deleted = admin.send(&site, "/history/views/change", &fields).await;
    assert_eq!(deleted.location, "/history/views?done=deleted");
    assert_contains_none(&boris.get(&site, "/history").await, &["Ours"]);
}

#[tokio::test]
async fn nobody_finds_a_view_of_what_they_may_not_see() {
    let (site, _fixture) = scopes::site_of(scopes::rules()).await;
    let lead = Planner::sign_in(&site, "lead").await;
    for (name, address) in [
        ("Sales week", "/history?queue=calls%2F1"),
        ("Boardroom secrets", "/history?queue=calls%2F2"),
        ("Cato secrets", "/history?agent=calls%2F7"),
        ("Everything", "/history?range=7d"),
    ] {
        lead.save(&site, name, address, true).await;
    }
    let member = Planner::sign_in(&site, "member").await;

    for path in ["/history", "/history/views"] {
        let page = member.get(&site, path).await;
        assert_contains(&page, &["Sales week", "Everything"]);
        assert_contains_none(&page, &["secrets", "calls%2F2", "calls%2F7"]);
    }
    let rules = AccessRules {
        withheld: [Right::PersonalData].into(),
        ..AccessRules::default()
    };
    let (site, _fixture) = scopes::site_of(rules).await;
    let lead = Planner::sign_in(&site, "lead").await;
    lead.save(&site, "By agent", "/history?by=agent", true)
        .await;
    site.add_user("boris", Role::Supervisor).await;
    let boris = Planner::sign_in(&site, "boris").await;
    assert_contains_none(&boris.get(&site, "/history").await, &["By agent"]);
}
