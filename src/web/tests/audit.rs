//! What the audit trail says about requests.

use axum::http::{StatusCode, header};

use crate::access::{Role, UserId};

use super::{assert_contains, assert_contains_none, login_site::LoginSite};

/// Who did what, the oldest first.
async fn entries(site: &LoginSite) -> Vec<String> {
    let listed = site.sign_in.audit().list(None, 1_000).await.unwrap();
    let entries = listed.iter().rev().map(|one| {
        let entry = &one.entry;
        format!("{} {} {}", entry.actor, entry.action, entry.subject)
    });
    entries.collect()
}

#[tokio::test]
async fn views_of_personal_data_and_files_are_noted_and_nothing_else() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Supervisor).await;
    for path in [
        "/",
        "/boards/queues",
        "/boards/agents",
        "/agents/chat/eva",
        "/agents/chat/eva",
        "/agents/chat/nobody",
        "/agents/chat/eva/data",
        "/agents/chat/nobody/data",
        "/api/v1/queues",
        "/api/v1/agents",
        "/cases?state=open",
        "/history",
        "/history.csv",
        "/people",
    ] {
        site.get(path, Some(&cookie)).await;
    }

    let expected = [
        "supervisor signed_in ",
        "supervisor viewed /boards/agents",
        "supervisor viewed /agents/chat/eva",
        "supervisor viewed /agents/chat/eva/data",
        "supervisor viewed /api/v1/agents",
        "supervisor viewed /cases?state=open",
        "supervisor exported /history.csv",
    ];
    assert_eq!(entries(&site).await, expected);
}

#[tokio::test]
async fn changes_are_noted_with_who_made_them() {
    let site = LoginSite::with_users().await;
    let wrong = "name=admin&password=not+the+password";
    site.post("/login", wrong, None).await;
    let cookie = site.cookie_of(Role::Admin).await;
    let page = site.get("/people", Some(&cookie)).await.text;
    let form = &page[page.find("name=\"form\" value=\"").unwrap() + 19..][..64];
    let disable = format!("user={}&access=disable", UserId::of_name("Eve").as_str());
    for (path, fields) in [
        ("/people", "name=Eve&role=viewer&password=a+long+password"),
        ("/people", "name=Eve&role=viewer&password=a+long+password"),
        ("/people/role", "name=Eve&role=supervisor"),
        ("/people/access", &disable),
        ("/tokens", "name=Grafana&role=viewer&days=30"),
        ("/logout", ""),
    ] {
        site.post(path, &format!("form={form}&{fields}"), Some(&cookie))
            .await;
    }

    let expected = [
        "admin sign_in_failed ",
        "admin signed_in ",
        "admin added_user Eve, viewer",
        "admin changed_role Eve, supervisor",
        "admin disabled_user Eve",
        "admin made_token Grafana, viewer",
        "admin signed_out ",
    ];
    assert_eq!(entries(&site).await, expected);
}

#[tokio::test]
async fn trail_is_shown_and_exported_to_administrators() {
    let site = LoginSite::with_users().await;
    let viewer = site.cookie_of(Role::Viewer).await;
    let admin = site.cookie_of(Role::Admin).await;
    assert_eq!(
        site.get("/audit", Some(&viewer)).await.status,
        StatusCode::FORBIDDEN
    );

    let page = site.get("/audit", Some(&admin)).await.text;
    assert_contains(&page, &["signed in", "admin"]);
    assert_contains_none(&page, &["Older"]);
    let file = site.get("/audit.csv", Some(&admin)).await;
    assert_contains(&file.text, &["1,", "viewer,0.0.0.0,signed_in,"]);
    let name = file.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert_contains(name, &["audit.csv"]);
    let noted = entries(&site).await;
    assert_eq!(noted.last().unwrap(), "admin exported /audit.csv");
}

#[tokio::test]
async fn people_see_what_is_kept_about_agents_and_themselves() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Supervisor).await;
    let agent = site.get("/agents/chat/eva", Some(&cookie)).await.text;
    assert_contains(&agent, &["href=\"/agents/chat/eva/data\""]);
    site.sign_in.audit().list(None, 1).await.unwrap();

    let data = site.get("/agents/chat/eva/data", Some(&cookie)).await.text;
    let account = site.get("/account", Some(&cookie)).await.text;

    assert_contains(
        &data,
        &[
            "What is kept about",
            "Audit trail",
            "wallboard forget \"chat/eva\"",
        ],
    );
    // Their sign-in and the view.
    assert_contains(
        &account,
        &[
            "kept about you",
            "Audit trail",
            "data-label=\"Rows\" class=\"n\">2<",
        ],
    );
}
