//! Silences on pages and by programs: whose alerts somebody may silence, and which silences they may end.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use wallboard_access::{Membership, Role, WriteRight};
use wallboard_alerts::{AlertRule, AlertScope};
use wallboard_domain::Pattern;

use crate::alerts::{AlertPlan, tests::queue_rule};

use super::{
    api_writing::{Program, in_an_hour},
    assert_contains, assert_contains_none,
    login_site::LoginSite,
    scopes::{history, inputs, rules},
};

const SILENCES: &str = "/api/v1/silences";
const ALERTS: [WriteRight; 1] = [WriteRight::Alerts];

async fn list(program: &Program<'_>) -> Vec<Value> {
    let answer = program.send(Method::GET, SILENCES, &Value::Null).await;
    let mut answer: Value = serde_json::from_str(&answer.text).unwrap();
    let Value::Array(silences) = answer["silences"].take() else {
        panic!("{answer}");
    };
    silences
}

fn form_token(page: &str) -> &str {
    let (_, rest) = page.split_once("name=\"form\" value=\"").unwrap();
    rest.split('"').next().unwrap()
}

#[tokio::test]
async fn nobody_silences_a_queue_that_is_not_theirs_nor_ends_it() {
    let fixture = history().await;
    let data = (fixture.history.clone(), fixture.store.clone());
    let site = LoginSite::with_data(inputs(), data, rules()).await;
    let members = Membership {
        role: Role::Supervisor,
        groups: BTreeSet::from(["sales".to_owned()]),
    };
    let of_sales = Program::new(&site, members, &ALERTS).await;
    let of_all = Program::new(&site, Role::Supervisor, &ALERTS).await;
    let silence = |what: Value| {
        let mut body = json!({ "until": in_an_hour(), "reason": "New phones" });
        body.as_object_mut()
            .unwrap()
            .extend(what.as_object().unwrap().clone());
        body
    };
    for what in [
        json!({ "queue": "chat/9009" }),
        json!({ "queue": "group/all" }),
        json!({ "source": "chat" }),
        json!({ "rule": "Long waits" }),
    ] {
        let refused = of_sales.send(Method::POST, SILENCES, &silence(what)).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
        assert_contains(&refused.text, &["there is no such queue, source or rule"]);
    }
    let own = json!({ "queue": "chat/9002@SIP/1" });
    let own = of_sales.send(Method::POST, SILENCES, &silence(own)).await;
    assert_eq!(own.status, StatusCode::CREATED, "{}", own.text);
    let of_everything = silence(json!({}));
    let everything = of_sales.send(Method::POST, SILENCES, &of_everything);
    let everything: Value = serde_json::from_str(&everything.await.text).unwrap();
    assert_eq!(everything["name"], "The queues of Floor app’s groups");

    let directors = json!({ "queue": "chat/9009" });
    of_all
        .send(Method::POST, SILENCES, &silence(directors))
        .await;
    let chat = json!({ "source": "chat" });
    let chat = of_all.send(Method::POST, SILENCES, &silence(chat)).await;
    // Theirs are in it, but it isn't theirs to end.
    let seen = list(&of_sales).await;
    assert_eq!(seen.len(), 3, "{seen:?}");
    assert!(seen.iter().all(|one| one["queue"] != "chat/9009"));
    assert_eq!(list(&of_all).await.len(), 4);
    let refused = of_sales.send(Method::DELETE, &chat.location, &Value::Null);
    assert_eq!(refused.await.status, StatusCode::FORBIDDEN);
    let ended = of_all.send(Method::DELETE, &chat.location, &Value::Null);
    assert_eq!(ended.await.status, StatusCode::NO_CONTENT);
    let ended = of_sales.send(Method::DELETE, &own.location, &Value::Null);
    assert_eq!(ended.await.status, StatusCode::NO_CONTENT);
    let again = of_sales.send(Method::DELETE, &own.location, &Value::Null);
    assert_eq!(again.await.status, StatusCode::NOT_FOUND);

    let read_only = Program::new(&site, Role::Supervisor, &[]).await;
    let refused = read_only.send(Method::POST, SILENCES, &of_everything);
    assert_eq!(refused.await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_supervisor_silences_and_ends_it_on_the_page_and_both_are_audited() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Supervisor).await;
    let page = site.get("/alerts/silence?what=source+chat", Some(&cookie));
    let page = page.await.text;
    assert_contains(&page, &["value=\"source chat\" selected", "Everything"]);
    let form = form_token(&page).to_owned();
    let post = async |fields: &str| {
        let fields = format!("form={form}&{fields}");
        site.post("/alerts/silence", &fields, Some(&cookie)).await
    };

    for (fields, why) in [
        ("from=now&until=1h&reason=", "Write a reason."),
        (
            "from=now&until=at&reason=x",
            "Enter a date and time to end.",
        ),
        (
            "from=now&until=at&until_at=2020-01-01T00:00&reason=x",
            "That time is over.",
        ),
        (
            "from=at&from_at=soon&until=1h&reason=x",
            "Enter a date and time to begin.",
        ),
    ] {
        let refused = post(&format!("what=source+chat&{fields}")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_contains(&refused.text, &[why]);
    }
    let unknown = post("what=queue+chat/none&from=now&until=1h&reason=x").await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    let begun = post("what=source+chat&from=now&until=1h&reason=New+phones").await;
    assert_eq!(begun.location, "/alerts?done=silenced", "{}", begun.text);

    let page = site.get("/alerts", Some(&cookie)).await.text;
    assert_contains(&page, &["Chat with its queues", "New phones", "supervisor"]);
    let viewer = site.cookie_of(Role::Viewer).await;
    let refused = site.get("/alerts/silence", Some(&viewer)).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let (_, rest) = page.split_once("action=\"/alerts/silence/end\"").unwrap();
    let (_, rest) = rest.split_once("name=\"id\" value=\"").unwrap();
    let id = rest.split('"').next().unwrap();
    let end = format!("form={form}&id={id}");
    let ended = site.post("/alerts/silence/end", &end, Some(&cookie)).await;
    assert_eq!(ended.location, "/alerts?done=unsilenced");
    let page = site.get("/alerts", Some(&cookie)).await.text;
    assert_contains_none(&page, &["New phones"]);
    let admin = site.cookie_of(Role::Admin).await;
    let audit = site.get("/audit", Some(&admin)).await;
    let acts = ["silenced alerts", "ended silence", "New phones"];
    assert_contains(&audit.text, &acts);
}

#[tokio::test]
async fn a_screen_that_a_rule_watches_is_silenced_by_its_name() {
    let site = LoginSite::with_users().await;
    let dark = AlertRule {
        scope: AlertScope::Screens(vec![Pattern("Hall*".to_owned())]),
        ..queue_rule("Dark")
    };
    site.alerts.set_plan(AlertPlan {
        rules: vec![dark],
        ..AlertPlan::default()
    });
    let cookie = site.cookie_of(Role::Supervisor).await;
    let page = site.get("/alerts/silence", Some(&cookie)).await.text;
    let form = form_token(&page);
    let silence = async |screen: &str| {
        let what = format!("form={form}&what=screen+{screen}&from=now&until=1h&reason=Moved");
        site.post("/alerts/silence", &what, Some(&cookie)).await
    };
    let unwatched = silence("Attic").await;
    assert_eq!(unwatched.status, StatusCode::UNPROCESSABLE_ENTITY);
    let begun = silence("Hall+1").await;
    assert_eq!(begun.location, "/alerts?done=silenced", "{}", begun.text);
    let page = site.get("/alerts", Some(&cookie)).await.text;
    assert_contains(&page, &["Hall 1</bdi>", "Moved"]);
}
