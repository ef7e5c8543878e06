//! Messages that no channel accepted: who sees them, sends them again and drops them.

use std::collections::BTreeSet;

use axum::http::StatusCode;

use wallboard_access::{AccessRules, Right, Role};
use wallboard_alerts::AlertSubject;
use wallboard_domain::{Id, RedactedText};
use wallboard_notify::{Channel, ChannelKind};

use crate::alerts::{
    AlertPlan,
    tests::{give_up, open_alerts},
};

use super::{
    assert_contains, assert_contains_none,
    login_site::LoginSite,
    translation::{send_form_of, translated_page},
};

const PATH: &str = "/alerts";
const SEND: &str = "/alerts/undelivered";
/// The ID of another message about the queue.
const OLDER: &str = "older";

/// With messages about a queue, about an agent, and about several alerts; the channel still exists.
async fn site_of(rules: AccessRules) -> (LoginSite, Vec<String>) {
    let site = LoginSite::with_rules(rules).await;
    site.add_user("lead", Role::Supervisor).await;
    site.add_user("boss", Role::Admin).await;
    let url = RedactedText("https://localhost/".to_owned());
    site.alerts.set_plan(AlertPlan {
        channels: vec![Channel {
            name: "Chat".to_owned(),
            kind: ChannelKind::Slack { url },
            allow_private: false,
            unusable: None,
            hourly_max: 1,
        }],
        ..AlertPlan::default()
    });
    let subjects = vec![
        AlertSubject::Queue(Id::new(&"chat".into(), "9002@SIP/1")),
        AlertSubject::Agent(Id::new(&"chat".into(), "eva")),
    ];
    open_alerts(&site.alerts, subjects, &[]).await;
    let mut threads: Vec<_> = (site.alerts).read(|book| {
        book.open()
            .iter()
            .map(|one| one.id.0.simple().to_string())
            .collect()
    });
    threads.push("digest".to_owned());
    let messages = threads.iter().map(|thread| (&**thread, &**thread));
    let messages: Vec<_> = messages.chain([(OLDER, &*threads[0])]).collect();
    give_up(&site.alerts, &messages).await;
    (site, threads)
}

fn form(act: &str, id: &str) -> String {
    format!("act={act}&id={id}")
}

/// The IDs of messages, for which the page has rows.
async fn listed(site: &LoginSite, cookie: &str, ids: &[String]) -> Vec<bool> {
    let page = translated_page(site, PATH, cookie).await.text;
    let is_listed = |id| page.contains(&format!("data-key=\"undelivered-{id}\""));
    ids.iter().map(is_listed).collect()
}

#[tokio::test]
async fn a_message_is_sent_again_or_dropped_once_and_the_trail_says_by_whom() {
    let (site, ids) = site_of(AccessRules::default()).await;
    let cookie = site.cookie_of_user("lead").await;
    assert_eq!(listed(&site, &cookie, &ids).await, [true, true, true]);
    let act = async |fields: String| {
        let answer = send_form_of(&site, PATH, SEND, &cookie, &fields).await;
        answer.location
    };

    assert_eq!(act(form("send", &ids[0])).await, "/alerts?done=resent");
    assert_eq!(act(form("drop", &ids[2])).await, "/alerts?done=dropped");
    assert_eq!(
        act(form("send", &ids[0])).await,
        "/alerts?done=message-gone"
    );
    assert_eq!(
        act(form("drop", &ids[2])).await,
        "/alerts?done=message-gone"
    );
    assert_eq!(act(form("send", OLDER)).await, "/alerts?done=superseded");

    assert_eq!(listed(&site, &cookie, &ids).await, [false, true, false]);
    let waits = site
        .alerts
        .read_all(|_, outbox| outbox.condition("Chat").waiting);
    assert_eq!(waits, 1);
    for done in ["resent", "dropped", "message-gone", "superseded"] {
        translated_page(&site, &format!("/alerts?done={done}"), &cookie).await;
    }
    let boss = site.cookie_of_user("boss").await;
    let audit = site.get("/audit", Some(&boss)).await.text;
    let expected = [
        "sent message again",
        "dropped message",
        "Chat: chat/9002@SIP/1",
    ];
    assert_contains(&audit, &expected);
    assert_contains_none(&audit, &["Phones"]);
}

#[tokio::test]
async fn those_who_may_not_see_an_agent_see_no_message_that_may_name_one() {
    let rules = AccessRules {
        withheld: BTreeSet::from([Right::PersonalData]),
        ..AccessRules::default()
    };
    let (site, ids) = site_of(rules).await;
    let cookie = site.cookie_of_user("lead").await;

    assert_eq!(listed(&site, &cookie, &ids).await, [true, false, false]);
    let sent = send_form_of(&site, PATH, SEND, &cookie, &form("drop", &ids[1])).await;
    assert_eq!(sent.location, "/alerts?done=message-gone");
    let kept = site
        .alerts
        .read_all(|_, outbox| outbox.dead_letters().count());
    assert_eq!(kept, 4);
    site.add_user("viewer", Role::Viewer).await;
    let viewer = site.cookie_of_user("viewer").await;
    let refused = site.post(SEND, "act=drop", Some(&viewer)).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
