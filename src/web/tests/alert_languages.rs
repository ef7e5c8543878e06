//! Pages of alerts in other languages.

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};

use wallboard_access::{AuditActor, Role};
use wallboard_alerts::{AlertAction, AlertFigure, AlertLevel, AlertRule, AlertScope, AlertSubject};
use wallboard_domain::{
    AgentStatus, CustomFigureId, Id, Metric, MetricValue, Pattern, RedactedText,
};
use wallboard_notify::{Channel, ChannelKind};

use crate::alerts::{AlertPlan, tests::open_alerts};

use super::{
    assert_contains,
    login_site::LoginSite,
    translation::{assert_translated, get_with, refused_form, send_form, translated_page},
};

fn rule(name: &str, scope: AlertScope, dwell: SignedDuration) -> AlertRule {
    AlertRule {
        name: name.to_owned(),
        is_enabled: true,
        only_open: matches!(scope, AlertScope::Screens(_)),
        scope,
        dwell,
        tell: vec!["Chat".to_owned()],
        again_after: Some(SignedDuration::from_mins(10)),
        tells_end: true,
        sound: vec!["Chat".to_owned()],
    }
}

/// Rules of each kind, at once and after a minute, and a channel.
fn plan() -> AlertPlan {
    let patterns = || {
        ["chat/9002@SIP/1", "*"]
            .map(|name| Pattern(name.into()))
            .to_vec()
    };
    let queues = |level, metric| AlertScope::Queues {
        patterns: patterns(),
        level,
        metric,
    };
    let any = || vec![Pattern("*".into())];
    let agents = |status| AlertScope::Agents {
        patterns: any(),
        status,
    };
    let scopes = [
        queues(AlertLevel::Critical, None),
        queues(AlertLevel::Warning, Some(Metric::Waiting)),
        AlertScope::Sources(any()),
        AlertScope::Imports(any()),
        AlertScope::Screens(any()),
        AlertScope::Targets(patterns()),
        AlertScope::Figures {
            patterns: any(),
            level: AlertLevel::Critical,
        },
        agents(None),
        agents(Some(AgentStatus::WrapUp)),
    ];
    let rules = scopes.into_iter().flat_map(|scope| {
        [SignedDuration::ZERO, SignedDuration::from_mins(1)].map(|dwell| {
            let is_of_agents = matches!(scope, AlertScope::Agents { .. });
            let name = if is_of_agents { "Karl" } else { "Sales" };
            rule(name, scope.clone(), dwell)
        })
    });
    let url = RedactedText("https://localhost/".to_owned());
    AlertPlan {
        rules: rules.collect(),
        channels: vec![Channel {
            name: "Chat".to_owned(),
            kind: ChannelKind::Slack { url },
            allow_private: false,
            unusable: None,
            hourly_max: 1,
        }],
        public_url: None,
    }
}

/// Five alerts, of which one has an owner, a note and a pause, and one was closed.
async fn site_with_alerts() -> LoginSite {
    let site = LoginSite::with_users().await;
    site.alerts.set_plan(plan());
    let queue = |id| AlertSubject::Queue(Id::new(&"chat".into(), id));
    let subjects = vec![
        queue("9002@SIP/1"),
        AlertSubject::Source("chat".into()),
        AlertSubject::Import("chat".into()),
        AlertSubject::Screen("Chat".into()),
        AlertSubject::Agent(Id::new(&"chat".into(), "eva")),
        AlertSubject::Target(Id::new(&"chat".into(), "9002@SIP/1")),
        AlertSubject::Figure(CustomFigureId::parse("waits").unwrap(), None),
    ];
    let figure = AlertFigure {
        metric: Metric::Waiting,
        level: AlertLevel::Critical,
        value: MetricValue::Count(20),
        is_low: false,
    };
    open_alerts(&site.alerts, subjects, &[figure]).await;
    let ids = (site.alerts).read(|book| book.open().iter().map(|one| one.id).collect::<Vec<_>>());
    let now = Timestamp::now();
    let later = now + SignedDuration::from_mins(30);
    for (id, action) in [
        (ids[0], AlertAction::Take),
        (ids[0], AlertAction::Note("Sales".into())),
        (ids[0], AlertAction::Snooze(later)),
        (ids[1], AlertAction::Close),
    ] {
        let actor = AuditActor::refused_person("Eva");
        (site.alerts.act(id, &action, &actor, "", now).await).unwrap();
    }
    site
}

#[tokio::test]
async fn pages_of_alerts_are_translated() {
    let site = site_with_alerts().await;
    let cookie = site.cookie_of(Role::Supervisor).await;
    let fields = "what=all&from=now&until=1h&reason=Chat";
    let begun = send_form(&site, "/alerts/silence", &cookie, fields).await;
    assert_eq!(begun.location, "/alerts?done=silenced");

    for done in ["taken", "closed", "rule", "over", "long-note"] {
        let path = format!("/alerts?done={done}");
        let page = translated_page(&site, &path, &cookie).await;
        let parts = [
            "id=\"silences\"",
            "id=\"rules\"",
            "id=\"channels\"",
            "data-key=\"ended-",
        ];
        assert_contains(&page.text, &parts);
    }
    for path in [
        "/alerts/rule",
        "/alerts/rule?name=Sales",
        "/alerts/rule?name=Karl",
    ] {
        translated_page(&site, path, &cookie).await;
    }
    for (action, status) in [
        ("rehearse", StatusCode::OK),
        ("save", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let fields = format!("name=Sales&watch=queues&severity=x&for=0s&action={action}");
        let page = send_form(&site, "/alerts/rule", &cookie, &fields).await;
        assert_eq!(page.status, status);
        assert_translated(&page, "/alerts/rule");
    }
    translated_page(&site, "/alerts/silence", &cookie).await;
    for fields in [
        "what=all&from=now&until=1h&reason=",
        "what=all&from=at&until=1h&reason=Chat",
        "what=all&from=now&until=at&until_at=2020-01-01T00:00&reason=Chat",
    ] {
        refused_form(&site, "/alerts/silence", &cookie, fields).await;
    }
    let english = get_with(&site, "/alerts", &cookie, "").await.text;
    let expected = [
        "<a href=\"/queues/chat/9002%40SIP%2F1\"><bdi>Sales</bdi></a> – waiting",
        ". At worst 20 waiting</p>",
        "<b><bdi>Eva</bdi></b> has it since ",
        "Not repeated until ",
        "“<bdi>Sales</bdi>”",
        "Rule: <bdi>Queue in need</bdi>",
        "Sales or Any queue is critical for 1 min",
        "Waiting of Sales or Any queue is at least a warning",
        "A file of any export is late",
        "Any screen isn’t connected",
        "Any agent is in a status for longer than allowed",
        "Sales or Any queue can’t reach today’s service level target any longer",
        "Any figure of another system is critical for 1 min",
        "Any agent: Wrap-up for longer than allowed, 1 min more",
        "Chat, sound on Chat, again after 10 min",
    ];
    assert_contains(&english, &expected);
    let german = get_with(&site, "/alerts", &cookie, "de").await.text;
    assert_contains(&german, &["Stummschaltungen", "Noch nicht übernommen."]);
}
