//! The page of alerts by roles and scopes; acting is tested at a real server.

use std::collections::{BTreeMap, BTreeSet};

use wallboard_access::{AccessRules, GroupRule, Membership, Role};

use super::login_site::LoginSite;

#[tokio::test]
async fn viewers_see_no_alerts_and_supervisors_see_them_in_the_navigation() {
    let site = LoginSite::with_users().await;
    let open = async |role: Role, path: &str| {
        let cookie = site.cookie_of(role).await;
        site.get(path, Some(&cookie)).await
    };

    assert_eq!(open(Role::Viewer, "/alerts").await.status, 403);
    let page = open(Role::Supervisor, "/alerts").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("No rule, so nobody is alerted."));
    assert!(page.text.contains("New rule"));
    assert!(
        !open(Role::Viewer, "/")
            .await
            .text
            .contains("href=\"/alerts\"")
    );
    assert!(
        open(Role::Supervisor, "/")
            .await
            .text
            .contains("href=\"/alerts\"")
    );
}

#[tokio::test]
async fn an_alert_that_does_not_exist_and_a_form_of_another_site_do_nothing() {
    let rules = AccessRules {
        groups: BTreeMap::from([("hall".to_owned(), GroupRule::default())]),
        ..AccessRules::default()
    };
    let site = LoginSite::with_rules(rules).await;
    let membership = Membership {
        role: Role::Supervisor,
        groups: BTreeSet::from(["hall".to_owned()]),
    };
    site.add_user("Anna", membership).await;
    let cookie = site.cookie_of_user("Anna").await;
    let page = site.get("/alerts", Some(&cookie)).await.text;
    assert!(
        !page.contains("id=\"rules\""),
        "rules name queues of others"
    );

    let act = "act=take&id=6f0b5ad6-5f0e-4a5e-a9b1-3f6a9b6c1d2e";
    let refused = site.post("/alerts/act", act, Some(&cookie)).await;
    assert_eq!(refused.status, 403);
}
