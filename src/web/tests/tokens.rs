//! Responses to programs with API tokens.

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};

use tower::ServiceExt;
use wallboard_access::{
    AccessRules, AccountError, ApiTokenChoice, ApiTokenError, GroupRule, Membership, Requirement,
    Role,
};
use wallboard_history::report::fixture::HistoryFixture;

use crate::web::access::route_requirements::ROUTES;

use super::{
    PageResponse, assert_contains, assert_contains_none,
    login_site::{LoginSite, path_of},
    read_page, sales_inputs, send_request, test_site,
};

async fn make_token(site: &LoginSite, membership: impl Into<Membership>) -> String {
    let choice = ApiTokenChoice {
        name: "Prometheus".into(),
        membership: membership.into(),
        may_write: BTreeSet::new(),
        sends_values_of: None,
        reads_case_records: false,
        days: 30,
    };
    site.sign_in.api_tokens().add(choice).await.unwrap()
}

async fn get(site: &LoginSite, path: &str, token: &str) -> PageResponse {
    let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
    read_page(send_request(&site.router, request).await).await
}

#[tokio::test]
async fn a_token_reads_what_its_role_does_until_it_is_revoked() {
    let site = LoginSite::with_users().await;
    let [supervisor, viewer] = [
        make_token(&site, Role::Supervisor).await,
        make_token(&site, Role::Viewer).await,
    ];

    assert_eq!(
        get(&site, "/metrics", &supervisor).await.status,
        StatusCode::OK
    );
    assert_contains(
        &get(&site, "/api/v1/agents", &supervisor).await.text,
        &["Eva"],
    );
    assert_contains(
        &get(&site, "/api/v1/queues", &viewer).await.text,
        &["Sales"],
    );
    for path in ["/metrics", "/api/v1/agents", "/people", "/tokens"] {
        assert_eq!(
            get(&site, path, &viewer).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    for wrong in [
        "",
        "wbt_00",
        &viewer[4..],
        &format!("wbt_{}", "0".repeat(64)),
    ] {
        let answer = get(&site, "/api/v1/queues", wrong).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{wrong}");
        assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer");
        assert_contains_none(&answer.text, &["Sales"]);
    }

    for program in site.sign_in.api_tokens().directory().list_tokens() {
        site.sign_in.api_tokens().revoke(program.id).await.unwrap();
    }
    for token in [supervisor, viewer] {
        let answer = get(&site, "/api/v1/queues", &token).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a_token_changes_nothing_and_is_no_session() {
    let site = LoginSite::with_users().await;
    let token = make_token(&site, Role::Supervisor).await;
    for path in [
        "/people/role",
        "/tokens",
        "/pair",
        "/logout",
        "/account/password",
    ] {
        let request = Request::post(path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header("sec-fetch-site", "same-origin");
        let answer = site
            .send_form(request, "form=x&name=viewer&role=admin")
            .await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
    }
    let user = site.sign_in.accounts().list_users().await.unwrap();
    assert!(
        user.iter()
            .all(|user| user.name != "viewer" || user.role == Role::Viewer)
    );
}

#[tokio::test]
async fn a_token_of_a_group_reads_only_what_the_group_does() {
    let rules = AccessRules {
        groups: [("sales".to_owned(), GroupRule::default())].into(),
        ..AccessRules::default()
    };
    let fixture = HistoryFixture::new(test_site()).await;
    let data = (fixture.history.clone(), fixture.store.clone());
    let site = LoginSite::with_data(sales_inputs(), data, rules).await;
    let members = |group: &str| Membership {
        role: Role::Supervisor,
        groups: BTreeSet::from([group.to_owned()]),
    };
    let token = make_token(&site, members("sales")).await;
    assert_contains_none(&get(&site, "/api/v1/queues", &token).await.text, &["Sales"]);
    let choice = ApiTokenChoice {
        name: "x".into(),
        membership: members("gone"),
        may_write: BTreeSet::new(),
        sends_values_of: None,
        reads_case_records: false,
        days: 30,
    };
    let refused = site.sign_in.api_tokens().add(choice).await.unwrap_err();
    assert!(
        matches!(refused, ApiTokenError::Group(AccountError::NoSuchGroup(_))),
        "{refused}"
    );
}

#[tokio::test]
async fn administrators_make_tokens_that_are_shown_once() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Admin).await;
    let page = site.get("/tokens", Some(&cookie)).await.text;
    let form = &page[page.find("name=\"form\" value=\"").unwrap() + 19..][..64];

    let refused = format!("form={form}&name=x&role=admin&days=30");
    let answer = site.post("/tokens", &refused, Some(&cookie)).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_contains(&answer.text, &["A token is for a viewer or a supervisor"]);

    let writes = "write%20alerts=on&write%20announcements=on";
    let refused = format!("form={form}&name=x&role=viewer&days=30&{writes}");
    let refused = site.post("/tokens", &refused, Some(&cookie)).await;
    assert_contains(
        &refused.text,
        &["A token that changes something is for a supervisor"],
    );
    let made = format!("form={form}&name=Zapier&role=supervisor&days=30&{writes}");
    let made = site.post("/tokens", &made, Some(&cookie)).await.text;
    assert_contains(&made, &["Zapier", "alerts, announcements"]);

    let made = format!("form={form}&name=Grafana&role=viewer&days=30");
    let made = site.post("/tokens", &made, Some(&cookie)).await.text;
    let token = &made[made.find("wbt_").unwrap()..][..68];
    assert_eq!(
        get(&site, "/api/v1/queues", token).await.status,
        StatusCode::OK
    );
    let page = site.get("/tokens", Some(&cookie)).await.text;
    assert_contains(&page, &["Grafana"]);
    assert_contains_none(&page, &["wbt_"]);

    let id = site.sign_in.api_tokens().directory().list_tokens()[0]
        .id
        .to_text();
    let revoked = site
        .post(
            "/tokens/revoke",
            &format!("form={form}&id={id}"),
            Some(&cookie),
        )
        .await;
    assert_eq!(revoked.status, StatusCode::SEE_OTHER);
    let answer = get(&site, "/api/v1/queues", token).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_that_sends_values_opens_nothing_else() {
    let site = LoginSite::with_users().await;
    let choice = ApiTokenChoice {
        name: "Dialer".into(),
        membership: Role::Viewer.into(),
        may_write: BTreeSet::new(),
        sends_values_of: Some("phone".into()),
        reads_case_records: false,
        days: 30,
    };
    let sender = site.sign_in.api_tokens().add(choice).await.unwrap();
    let reader = make_token(&site, Role::Supervisor).await;
    for (route, requirement) in ROUTES {
        if requirement == Requirement::Public {
            continue;
        }
        let status = get(&site, &path_of(route), &sender).await.status;
        let expected = match requirement {
            // Only POST is answered.
            Requirement::SendValues => StatusCode::METHOD_NOT_ALLOWED,
            _ => StatusCode::FORBIDDEN,
        };
        assert_eq!(status, expected, "{route}");
    }
    for (token, status) in [
        // The site has no such source.
        (&sender, StatusCode::NOT_FOUND),
        (&reader, StatusCode::FORBIDDEN),
    ] {
        let request = Request::post("/api/v1/values")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json");
        let sent = site
            .router
            .clone()
            .oneshot(request.body(Body::from("{}")).unwrap());
        assert_eq!(sent.await.unwrap().status(), status);
    }
    let admin = site.cookie_of(Role::Admin).await;
    let page = site.get("/tokens", Some(&admin)).await;
    assert_contains(&page.text, &["sends values of Phone", "nothing"]);
}
