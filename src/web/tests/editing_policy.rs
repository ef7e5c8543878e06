//! `editing` in `[access]`: only the roles that it names see links to forms of settings, and can save them.

use axum::http::StatusCode;

use wallboard_access::{EditingPolicy, Role};

use super::{
    assert_contains, assert_contains_none,
    login_site::{LoginSite, path_of},
};

/// Pages with forms of settings.
const EDITING: [&str; 6] = [
    "/settings",
    "/settings/changes",
    "/settings/thresholds",
    "/boards/new",
    "/boards/queues/edit",
    "/queues/chat/9002%40SIP%2F1/edit",
];

/// Returns the status of each page, and of a form sent there.
async fn statuses(site: &LoginSite, role: Role) -> Vec<(StatusCode, StatusCode)> {
    let cookie = site.cookie_of(role).await;
    let account = site.get("/account", Some(&cookie)).await.text;
    let (_, token) = account.split_once("name=\"form\" value=\"").unwrap();
    let token = &token[..64];
    let mut statuses = Vec::new();
    for path in EDITING {
        let page = site.get(path, Some(&cookie)).await.status;
        let form = format!(
            "form={token}&section=hours&action=save&mon=8-17&name=chat%2F1&toml=&do=save&title=A"
        );
        let sent = site.post(path, &form, Some(&cookie)).await.status;
        statuses.push((page, sent));
    }
    statuses
}

/// Whether the pages that everybody sees lead to a form.
async fn assert_links(site: &LoginSite, role: Role, has_links: bool) {
    let cookie = site.cookie_of(role).await;
    let queue = path_of("/queues/{source}/{id}");
    for (path, links) in [
        (
            "/",
            &["\"/settings\"", "/boards/new", "/boards/queues/edit"][..],
        ),
        (&*queue, &["9002%40SIP%2F1/edit", "Close early today"]),
    ] {
        let page = site.get(path, Some(&cookie)).await.text;
        if has_links {
            assert_contains(&page, links);
        } else {
            assert_contains_none(&page, links);
        }
    }
}

#[tokio::test]
async fn with_nobody_every_form_is_refused_and_says_that_only_files_are_used() {
    let site = LoginSite::with_editing_policy(EditingPolicy::Nobody).await;
    for role in [Role::Supervisor, Role::Admin] {
        for (place, (page, sent)) in EDITING.into_iter().zip(statuses(&site, role).await) {
            assert_eq!(page, StatusCode::FORBIDDEN, "{role:?} {place}");
            let is_page_only = place == "/settings" || place == "/settings/changes";
            assert!(
                sent == StatusCode::FORBIDDEN || is_page_only,
                "{role:?} {place}: {sent}"
            );
        }
        assert_links(&site, role, false).await;
        let cookie = site.cookie_of(role).await;
        let page = site.get("/settings", Some(&cookie)).await.text;
        assert_contains(
            &page,
            &["Settings are in files only", "`editing` in `[access]`"],
        );
    }
}

#[tokio::test]
async fn with_administrators_a_supervisor_changes_nothing() {
    let site = LoginSite::with_editing_policy(EditingPolicy::Administrators).await;
    for (place, (page, sent)) in EDITING
        .into_iter()
        .zip(statuses(&site, Role::Supervisor).await)
    {
        assert_eq!(page, StatusCode::FORBIDDEN, "{place}");
        assert_ne!(sent, StatusCode::SEE_OTHER, "{place}");
    }
    assert_links(&site, Role::Supervisor, false).await;
    for (place, (page, _)) in EDITING.into_iter().zip(statuses(&site, Role::Admin).await) {
        assert_eq!(page, StatusCode::OK, "{place}");
    }
    assert_links(&site, Role::Admin, true).await;
}

#[tokio::test]
async fn supervisors_change_settings_unless_the_configuration_says_otherwise() {
    let site = LoginSite::with_editing_policy(EditingPolicy::default()).await;
    assert_links(&site, Role::Supervisor, true).await;
    assert_links(&site, Role::Viewer, false).await;
}
