//! Changes that programs make with their tokens.

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tower::ServiceExt;

use wallboard_access::{AccessRules, ApiTokenChoice, GroupRule, Membership, Role, WriteRight};
use wallboard_domain::Pattern;

use super::{PageResponse, assert_contains, login_site::LoginSite, read_page};

const ANNOUNCEMENTS: &str = "/api/v1/announcements";

/// A program with a token.
pub(super) struct Program<'a> {
    site: &'a LoginSite,
    token: String,
}

impl<'a> Program<'a> {
    pub(super) async fn new(
        site: &'a LoginSite,
        membership: impl Into<Membership>,
        may_write: &[WriteRight],
    ) -> Self {
        let choice = ApiTokenChoice {
            name: "Floor app".into(),
            membership: membership.into(),
            may_write: may_write.iter().copied().collect(),
            sends_values_of: None,
            reads_case_records: false,
            days: 30,
        };
        let token = site.sign_in.api_tokens().add(choice).await.unwrap();
        Self { site, token }
    }

    pub(super) async fn send(&self, method: Method, path: &str, body: &Value) -> PageResponse {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()));
        let answer = self.site.router.clone().oneshot(request.unwrap()).await;
        read_page(answer.unwrap()).await
    }

    async fn announce(&self, body: &Value) -> PageResponse {
        self.send(Method::POST, ANNOUNCEMENTS, body).await
    }

    async fn list(&self) -> Value {
        let answer = self.send(Method::GET, ANNOUNCEMENTS, &Value::Null).await;
        serde_json::from_str(&answer.text).unwrap()
    }
}

pub(super) fn in_an_hour() -> Timestamp {
    Timestamp::now() + SignedDuration::from_hours(1)
}

#[tokio::test]
async fn a_program_with_the_right_announces_and_ends_it() {
    let site = LoginSite::with_users().await;
    let program = Program::new(&site, Role::Supervisor, &[WriteRight::Announcements]).await;

    let new = json!({ "text": "Use paper.", "kind": "important", "until": in_an_hour() });
    let made = program.announce(&new).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let announcement: Value = serde_json::from_str(&made.text).unwrap();
    assert_eq!(announcement["by"], "Floor app");
    assert_eq!(announcement["boards"], Value::Null, "all of them");
    let viewer = site.cookie_of(Role::Viewer).await;
    let board = site.get("/boards/queues", Some(&viewer)).await;
    assert_contains(&board.text, &["Use paper.", "Floor app"]);

    let ended = program
        .send(Method::DELETE, &made.location, &Value::Null)
        .await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT, "{}", ended.text);
    assert_eq!(
        program.list().await["announcements"][0]["ended_by"],
        "Floor app"
    );
    let admin = site.cookie_of(Role::Admin).await;
    let audit = site.get("/audit", Some(&admin)).await;
    let acts = ["API token", "made announcement", "ended announcement"];
    assert_contains(&audit.text, &acts);
}

#[tokio::test]
async fn a_token_changes_only_what_it_says() {
    let site = LoginSite::with_users().await;
    let new = json!({ "text": "Use paper.", "until": in_an_hour() });
    let take = "/api/v1/alerts/6f0b5ad65f0e4a5ea9b13f6a9b6c1d2e/take";
    for (rights, announces, takes) in [
        (vec![], StatusCode::FORBIDDEN, StatusCode::FORBIDDEN),
        (
            vec![WriteRight::Alerts],
            StatusCode::FORBIDDEN,
            StatusCode::NOT_FOUND,
        ),
        (
            vec![WriteRight::Announcements],
            StatusCode::CREATED,
            StatusCode::FORBIDDEN,
        ),
    ] {
        let program = Program::new(&site, Role::Supervisor, &rights).await;
        assert_eq!(program.announce(&new).await.status, announces, "{rights:?}");
        let taken = program.send(Method::POST, take, &json!({})).await;
        assert_eq!(taken.status, takes, "{rights:?}");
    }
    let viewer = Program::new(&site, Role::Viewer, &[]).await;
    assert_eq!(viewer.announce(&new).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_is_wrong_with_an_announcement_is_said() {
    let site = LoginSite::with_users().await;
    let program = Program::new(&site, Role::Supervisor, &[WriteRight::Announcements]).await;
    for (new, why) in [
        (json!({}), "missing field `text`"),
        (
            json!({ "text": "x".repeat(91), "until": in_an_hour() }),
            "at most 90 characters",
        ),
        (
            json!({ "text": "x", "until": "2020-01-01T00:00:00Z" }),
            "That time is over",
        ),
        (
            json!({ "text": "x", "until": in_an_hour(), "boards": ["none"] }),
            "there is no board or screen `none`",
        ),
        (
            json!({ "text": "x", "until": in_an_hour(), "sound": true }),
            "unknown field `sound`",
        ),
    ] {
        let refused = program.announce(&new).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
        assert_eq!(refused.kind, "application/problem+json");
        assert_contains(&refused.text, &[why]);
    }
    assert_eq!(program.list().await["announcements"], json!([]));
}

#[tokio::test]
async fn a_program_of_a_group_announces_on_its_boards_alone() {
    let team = GroupRule {
        boards: vec![Pattern("queues".into())],
        ..GroupRule::default()
    };
    let rules = AccessRules {
        groups: [("team".to_owned(), team)].into(),
        ..AccessRules::default()
    };
    let site = LoginSite::with_rules(rules).await;
    let members = Membership {
        role: Role::Supervisor,
        groups: BTreeSet::from(["team".to_owned()]),
    };
    let rights = [WriteRight::Announcements];
    let (of_team, of_all) = (
        Program::new(&site, members, &rights).await,
        Program::new(&site, Role::Supervisor, &rights).await,
    );
    let new = json!({ "text": "Use paper.", "until": in_an_hour() });

    let made = of_team.announce(&new).await;
    let made: Value = serde_json::from_str(&made.text).unwrap();
    assert_eq!(made["boards"], json!(["queues"]));
    let elsewhere = json!({ "text": "x", "until": in_an_hour(), "boards": ["agents"] });
    let refused = of_team.announce(&elsewhere).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let of_others = of_all.announce(&new).await;
    let refused = of_team.send(Method::DELETE, &of_others.location, &Value::Null);
    assert_eq!(refused.await.status, StatusCode::FORBIDDEN);
}
