//! Alerts about agents reach only those who may see these agents, with no more of a name than allowed.

use std::{collections::BTreeSet, sync::Arc};

use axum::http::StatusCode;
use jiff::SignedDuration;

use wallboard_access::{AccessRules, AuditAction, AuditActor, Membership, Right, Role};
use wallboard_alerts::{AlertRule, AlertScope, AlertSubject};
use wallboard_domain::{Id, Input, NameVisibility, Pattern};

use crate::{
    alerts::{AlertPlan, tests::open_alerts},
    editing::{EntryId, Section},
};

use super::{
    assert_contains, assert_contains_none,
    login_site::LoginSite,
    scopes::{history, inputs, rules},
};

const API: &str = "/api/v1/alerts";

/// With an open alert about Eva, of Sales, and one about Cato, of the directors; and with a rule.
async fn site_of(names: NameVisibility, rules: AccessRules) -> LoginSite {
    let mut inputs = inputs();
    if let Some(Input::SiteConfig(site)) = inputs.first_mut() {
        Arc::make_mut(site).agent_names = names;
    }
    let fixture = history().await;
    let data = (fixture.history.clone(), fixture.store.clone());
    let site = LoginSite::with_data(inputs, data, rules).await;
    let agent = |id| AlertSubject::Agent(Id::new(&"chat".into(), id));
    open_alerts(&site.alerts, vec![agent("eva"), agent("cato")], &[]).await;
    let rule = AlertRule {
        name: "Long breaks".to_owned(),
        is_enabled: true,
        scope: AlertScope::Agents {
            patterns: vec![Pattern("chat/cato".to_owned())],
            status: None,
        },
        dwell: SignedDuration::ZERO,
        tell: Vec::new(),
        again_after: None,
        tells_end: true,
        sound: Vec::new(),
        only_open: false,
    };
    site.alerts.set_plan(AlertPlan {
        rules: vec![rule],
        ..AlertPlan::default()
    });
    site
}

/// Signs a supervisor in, of these groups.
async fn supervisor(site: &LoginSite, groups: &[&str]) -> String {
    let membership = Membership {
        role: Role::Supervisor,
        groups: groups.iter().map(|group| (*group).to_owned()).collect(),
    };
    site.add_user("Anna", membership).await;
    site.cookie_of_user("Anna").await
}

#[tokio::test]
async fn an_alert_about_an_agent_reaches_those_who_may_see_the_agent() {
    let site = site_of(NameVisibility::FirstInitial, rules()).await;
    let all = supervisor(&site, &[]).await;
    let page = site.get("/alerts", Some(&all)).await.text;
    let expected = [
        "<a href=\"/agents/chat/eva\"><bdi>Eva K.</bdi></a>: Unknown status for longer than allowed",
        "<bdi>Cato M.</bdi></a>: ",
        "Cato M. is in a status for longer than allowed",
    ];
    assert_contains(&page, &expected);
    assert_contains_none(&page, &["Karlsson", "Maior"]);
    let answer = site.get(API, Some(&all)).await.text;
    assert_contains(
        &answer,
        &["\"kind\":\"agent\",\"subject\":\"chat/eva\"", "chat/cato"],
    );

    let site = site_of(NameVisibility::FirstInitial, rules()).await;
    let of_sales = supervisor(&site, &["sales"]).await;
    for path in ["/alerts", API] {
        let seen = site.get(path, Some(&of_sales)).await.text;
        assert_contains(&seen, &["chat/eva"]);
        assert_contains_none(&seen, &["cato", "Cato", "Maior"]);
    }
}

#[tokio::test]
async fn without_personal_data_there_are_neither_alerts_of_agents_nor_their_rules() {
    let rules = AccessRules {
        withheld: BTreeSet::from([Right::PersonalData]),
        ..AccessRules::default()
    };
    let site = site_of(NameVisibility::Full, rules).await;
    let id = (site.alerts).read(|book| book.open()[0].id.0.simple().to_string());
    let cookie = supervisor(&site, &[]).await;
    for path in ["/alerts", API] {
        let seen = site.get(path, Some(&cookie)).await;
        assert_eq!(seen.status, StatusCode::OK);
        let secrets = ["eva", "Eva", "cato", "Cato", "Long breaks", id.as_str()];
        assert_contains_none(&seen.text, &secrets);
    }
    let form = site
        .get("/alerts/rule?name=Long+breaks", Some(&cookie))
        .await;
    assert_eq!(form.status, StatusCode::FORBIDDEN);

    let page = site.get("/alerts/rule", Some(&cookie)).await.text;
    assert_contains_none(&page, &["value=\"agents\""]);
    let (_, rest) = page.split_once("name=\"form\" value=\"").unwrap();
    let token = rest.split('"').next().unwrap();
    let save = async |watch: &str| {
        let fields = format!("form={token}&name=New&{watch}&for=1m&action=save");
        site.post("/alerts/rule", &fields, Some(&cookie)).await
    };
    let of_agents = save("watch=agents&agent+*=on").await;
    assert_eq!(
        of_agents.status,
        StatusCode::FORBIDDEN,
        "{}",
        of_agents.text
    );
    let of_queues = save("watch=queues&queue+*=on&severity=critical").await;
    assert_eq!(
        of_queues.status,
        StatusCode::SEE_OTHER,
        "{}",
        of_queues.text
    );
    let act = format!("form={token}&act=take&id={id}");
    let acted = site.post("/alerts/act", &act, Some(&cookie)).await;
    assert_eq!(acted.location, "/alerts?done=over");
    assert!((site.alerts).read(|book| book.open()[0].owner.is_none()));
}

#[tokio::test]
async fn without_personal_data_no_version_of_a_rule_about_agents_is_shown() {
    let rules = AccessRules {
        withheld: BTreeSet::from([Right::PersonalData]),
        ..AccessRules::default()
    };
    let site = site_of(NameVisibility::Full, rules).await;
    let actor = AuditActor::not_signed_in("test");
    let save = async |name: &str, toml: &str| {
        let id = EntryId::new(Section::Alerts, name);
        let toml = format!("[alerts.{name}]\n{toml}");
        let seen = site.editor.newest_revision();
        let change = site.editor.change_since(id, Some(toml), seen);
        site.editor.save(change, &actor).await.unwrap();
    };
    save("late-a", "agents = [\"chat/cato\"]\n").await;
    save("late-a", "queues = [\"*\"]\n").await;
    save("late-b", "agents = [\"chat/cato\"]\n").await;
    save("waits", "queues = [\"*\"]\n").await;

    let cookie = supervisor(&site, &[]).await;
    for name in ["late-a", "late-b"] {
        let path = format!("/settings/alerts?name={name}");
        let page = site.get(&path, Some(&cookie)).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{name}");
    }
    for path in ["/settings", "/settings/alerts", "/settings/changes"] {
        let page = site.get(path, Some(&cookie)).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert_contains_none(&page.text, &["cato", "Cato", "late-b", "late-a"]);
    }
    let listed = site.get("/settings/alerts", Some(&cookie)).await.text;
    assert_contains(&listed, &["waits"]);
}

#[tokio::test]
async fn views_of_alerts_about_agents_are_noted() {
    let site = site_of(NameVisibility::Full, rules()).await;
    let cookie = supervisor(&site, &[]).await;
    let rule = "/alerts/rule?name=Long%20breaks";
    for path in ["/alerts", API, "/alerts/rule", rule, "/settings/hours"] {
        site.get(path, Some(&cookie)).await;
    }

    let listed = site.sign_in.audit().list(None, 1_000).await.unwrap();
    let viewed = listed.iter().rev().map(|one| &one.entry);
    let viewed = viewed.filter(|entry| entry.action == AuditAction::Viewed.to_string());
    let viewed: Vec<_> = viewed.map(|entry| &*entry.subject).collect();
    assert_eq!(viewed, ["/alerts", API, rule]);
}

#[tokio::test]
async fn without_names_an_alert_about_an_agent_is_nameless() {
    let site = site_of(NameVisibility::None, rules()).await;
    let cookie = supervisor(&site, &[]).await;
    let page = site.get("/alerts", Some(&cookie)).await.text;
    assert_contains(
        &page,
        &["<bdi>Agent</bdi></a>: Unknown status for longer than allowed"],
    );
    assert_contains_none(&page, &["Eva", "Cato"]);
}
