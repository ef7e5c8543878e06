//! Rules by how often they fired, and their switch.

use std::collections::BTreeSet;

use axum::http::StatusCode;

use wallboard_access::{AccessRules, Right, Role};
use wallboard_alerts::{AlertRule, AlertScope, AlertSubject};
use wallboard_domain::Id;

use crate::{
    alerts::{
        AlertPlan,
        tests::{open_alerts, queue_rule},
    },
    editing::{EntryId, Section},
};

use super::{
    assert_contains, assert_contains_none,
    login_site::LoginSite,
    translation::{send_form_of, translated_page},
};

const SWITCH: &str = "/alerts/rule/switch";

/// With two rules, of which the first has fired once, and one about agents.
async fn site_of(rules: AccessRules) -> LoginSite {
    let site = LoginSite::with_rules(rules).await;
    site.add_user("lead", Role::Supervisor).await;
    let agents = AlertRule {
        name: "Long breaks".to_owned(),
        scope: AlertScope::Agents {
            patterns: Vec::new(),
            status: None,
        },
        ..queue_rule("Long breaks")
    };
    site.alerts.set_plan(AlertPlan {
        rules: vec![queue_rule("Queue in need"), queue_rule("Sales"), agents],
        ..AlertPlan::default()
    });
    let subject = AlertSubject::Queue(Id::new(&"chat".into(), "9002@SIP/1"));
    open_alerts(&site.alerts, vec![subject], &[]).await;
    site
}

#[tokio::test]
async fn the_noisiest_rule_is_named_and_a_switch_turns_it_off_and_on() {
    let site = site_of(AccessRules::default()).await;
    let cookie = site.cookie_of_user("lead").await;
    let english = site.get("/alerts", Some(&cookie)).await.text;
    let expected = [
        "Noisiest: <b><bdi>Queue in need</bdi></b>, 1 of 1 alert",
        ">once</td>",
        "role=\"switch\" aria-checked=\"true\"",
    ];
    assert_contains(&english, &expected);

    for (turn, done, is_off) in [("off", "rule-off", true), ("on", "rule-on", false)] {
        let fields = format!("name=Queue%20in%20need&turn={turn}");
        let turned = send_form_of(&site, "/alerts", SWITCH, &cookie, &fields).await;
        assert_eq!(turned.location, format!("/alerts?done={done}"));
        translated_page(&site, &format!("/alerts?done={done}"), &cookie).await;
        let id = EntryId::new(Section::Alerts, "Queue in need");
        let saved = site.editor.text(&id).unwrap();
        assert_eq!(saved.contains("enabled = false"), is_off, "{saved}");
    }
    translated_page(&site, "/alerts?done=rule-unchanged", &cookie).await;
    for wrong in ["name=Nobody&turn=off", "name=Sales&turn=up"] {
        let refused = send_form_of(&site, "/alerts", SWITCH, &cookie, wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
}

#[tokio::test]
async fn a_rule_about_agents_is_turned_only_by_those_who_see_agents() {
    let rules = AccessRules {
        withheld: BTreeSet::from([Right::PersonalData]),
        ..AccessRules::default()
    };
    let site = site_of(rules).await;
    let cookie = site.cookie_of_user("lead").await;

    let page = site.get("/alerts", Some(&cookie)).await.text;
    assert_contains_none(&page, &["Long breaks"]);
    let fields = "name=Long%20breaks&turn=off";
    let refused = send_form_of(&site, "/alerts", SWITCH, &cookie, fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
