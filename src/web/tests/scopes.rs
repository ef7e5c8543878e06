//! Scopes of groups: their members get nothing of anybody else's, on any page, file or error.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use axum::http::StatusCode;

use crate::web::access::route_requirements::ROUTES;
use wallboard_access::{AccessRules, GroupRule, Membership, Right, Role};
use wallboard_domain::{
    ConnectionEvent, CountBy, Counter, Counters, DataScope, EntityKind, Id, Input, Metric,
    MetricValue, Pattern, QueueGroup, SiteConfig,
};
use wallboard_history::report::fixture::{HistoryFixture, computed_day};
use wallboard_store::{CatalogEntry, NameClass, QueueIntervalRow};

use super::{
    SALES, agent_assigned, assert_contains, assert_contains_none, case_created, case_opened,
    login_site::LoginSite, profile_update, queue_reading, sales_inputs, test_site,
};

/// Midnight of 2026-11-12 in UTC.
const DAY: i64 = 1_794_441_600;
const OF_DAY: &str = "range=days&from=2026-11-12&to=2026-11-12&compare=none";
/// Texts that only others may see.
const SECRETS: [&str; 5] = ["Directors", "Cato", "9009", "secret-case", "Boardroom"];

fn patterns(texts: &[&str]) -> Vec<Pattern> {
    texts
        .iter()
        .map(|text| Pattern((*text).to_owned()))
        .collect()
}

pub(super) fn rules() -> AccessRules {
    let sales = GroupRule {
        boards: Vec::new(),
        data: DataScope {
            queues: patterns(&["chat/9002*", "calls/1"]),
            agents: Vec::new(),
        },
    };
    AccessRules {
        groups: BTreeMap::from([("sales".to_owned(), sales)]),
        ..AccessRules::default()
    }
}

/// Sales, where nobody is available, in a group with the directors' queue, where seven are.
pub(super) fn inputs() -> Vec<Input> {
    let queues = ["9002@SIP/1", "9009"];
    let group = QueueGroup {
        id: Id::new(&"group".into(), "all"),
        name: "Sales and Directors".to_owned(),
        queues: queues.map(|id| Id::new(&"chat".into(), id)).into(),
    };
    let site = SiteConfig {
        groups: vec![group],
        ..test_site()
    };
    let connect = |event| Input::Connection("chat".into(), event);
    let mut inputs = vec![
        Input::SiteConfig(Arc::new(site)),
        connect(ConnectionEvent::CatchingUp {
            discontinuity: None,
        }),
        connect(ConnectionEvent::Connected),
    ];
    inputs.extend(sales_inputs());
    let available =
        |queue, count| queue_reading(queue, Metric::AgentsAvailable, MetricValue::Count(count));
    inputs.extend(
        queues
            .into_iter()
            .zip([0, 7])
            .map(|(queue, count)| available(queue, count)),
    );
    inputs.extend([
        profile_update(EntityKind::Queue, "9009", "Directors"),
        queue_reading("9009", Metric::Waiting, MetricValue::Count(500)),
        agent_assigned("cato", "Cato Maior", "9009"),
        case_created("secret-case"),
        case_opened("secret-case", "cato", "9009"),
    ]);
    inputs
}

pub(super) async fn history() -> HistoryFixture {
    let fixture = HistoryFixture::new(test_site()).await;
    let names = vec![
        CatalogEntry::new(NameClass::Queue, "1", "Sales calls"),
        CatalogEntry::new(NameClass::Queue, "2", "Boardroom calls"),
        CatalogEntry::new(NameClass::Agent, "7", "Cato Maior"),
    ];
    fixture.store_names(names).await;
    let row = |queue: &str, offered| {
        let mut counters = Counters::default();
        counters.add(Counter::Offered, offered);
        QueueIntervalRow {
            queue: queue.to_owned(),
            by: CountBy::Start,
            start: DAY + 9 * 3600,
            length: 900,
            counters,
            waits: None,
        }
    };
    let computed = computed_day(DAY, vec![row("1", 6), row("2", 700)]);
    fixture.replace_intervals(computed).await;
    fixture.insert_coverage(DAY..DAY + 86_400);
    fixture
}

pub(super) async fn site_of(rules: AccessRules) -> (LoginSite, HistoryFixture) {
    let fixture = history().await;
    let data = (fixture.history.clone(), fixture.store.clone());
    let site = LoginSite::with_data(inputs(), data, rules).await;
    let member = Membership {
        role: Role::Supervisor,
        groups: BTreeSet::from(["sales".to_owned()]),
    };
    site.add_user("lead", Role::Supervisor).await;
    if site.sign_in.accounts().groups().is_empty() {
        return (site, fixture);
    }
    let viewer = Membership {
        role: Role::Viewer,
        ..member.clone()
    };
    site.add_user("member", member).await;
    site.add_user("watcher", viewer).await;
    (site, fixture)
}

/// Every route, with the subject that only others may see and with one's own.
pub(super) fn every_path() -> Vec<String> {
    let routes = ROUTES.iter().map(|(route, _)| *route);
    let subjects = [
        "chat/9002%40SIP%2F1",
        "chat/9009",
        "chat/cato",
        "calls/2",
        "calls/7",
    ];
    let mut paths: Vec<String> = routes
        .flat_map(|route| subjects.map(|subject| route.replace("{source}/{id}", subject)))
        .filter(|path| !path.contains(".xlsx"))
        .map(|path| path.replace("{*path}", "icon.svg").replace("{token}", "x"))
        .flat_map(|path| ["queues", "agents", "chat"].map(|id| path.replace("{id}", id)))
        .collect();
    for query in [
        "",
        "&queue=calls/2",
        "&agent=calls/7",
        "&by=queue",
        "&by=agent",
        "&view=breakdown",
        "&view=adherence",
        "&by=type",
    ] {
        for page in [
            "/history",
            "/history.csv",
            "/history/calls",
            "/history/calls.csv",
        ] {
            paths.push(format!("{page}?{OF_DAY}{query}"));
        }
        let query = query.replace("&view=breakdown", "&by=reason");
        let query = query.replace("&view=adherence", "&by=agent_group");
        let span = "from=2026-11-12&to=2026-11-13&zone=UTC";
        paths.push(format!("/api/v1/history/intervals?{span}&step=1d{query}"));
        paths.push(format!("/api/v1/history/calls?{span}{query}"));
    }
    paths.extend(
        [
            "/cases?state=open",
            "/cases?queue=chat/9009",
            "/api/v1/cases?state=open",
        ]
        .map(String::from),
    );
    paths.sort();
    paths.dedup();
    paths
}

#[tokio::test]
async fn members_of_a_group_get_nothing_of_others_anywhere() {
    let (site, _fixture) = site_of(rules()).await;
    let lead = site.cookie_of_user("lead").await;
    let mut secrets_of_lead: BTreeSet<&str> = BTreeSet::new();
    for name in ["member", "watcher"] {
        let cookie = site.cookie_of_user(name).await;
        for path in every_path() {
            // An address that somebody enters comes back in the error, so it isn't looked for.
            let own = percent_encoding::percent_decode_str(&path).decode_utf8_lossy();
            let hidden = SECRETS.iter().filter(|secret| !own.contains(*secret));
            let answer = site.get(&path, Some(&cookie)).await;
            for secret in hidden {
                assert!(
                    !answer.text.contains(secret),
                    "{secret} for {name} in {path}: {}",
                    answer.text
                );
            }
            let answer = site.get(&path, Some(&lead)).await;
            secrets_of_lead.extend(
                SECRETS
                    .iter()
                    .filter(|secret| answer.text.contains(**secret)),
            );
        }
    }
    assert_eq!(secrets_of_lead.len(), SECRETS.len(), "{secrets_of_lead:?}");
}

#[tokio::test]
async fn members_of_a_group_see_their_own_queue_with_its_figures() {
    let (site, _fixture) = site_of(rules()).await;
    let cookie = site.cookie_of_user("member").await;
    let get = |path: &'static str| site.get(path, Some(&cookie));

    assert_contains(&get(SALES).await.text, &["Sales", "Eva"]);
    assert_contains(&get("/").await.text, &["Sales", "14"]);
    assert_eq!(get("/queues/chat/9009").await.status, StatusCode::NOT_FOUND);
    assert_eq!(get("/agents/chat/cato").await.status, StatusCode::NOT_FOUND);
    assert_eq!(get("/boards/queues").await.status, StatusCode::FORBIDDEN);
    assert_eq!(get("/sources").await.status, StatusCode::FORBIDDEN);
    let rewound = get("/api/v1/queues?at=-1m").await;
    assert_eq!(rewound.status, StatusCode::FORBIDDEN);
    let waiting = get("/api/v1/site").await.text;
    assert_contains(&waiting, &["\"waiting\":{\"value\":14"]);

    let history = "/api/v1/history/intervals?from=2026-11-12&to=2026-11-13&zone=UTC&step=1d";
    assert_contains(&get(history).await.text, &["\"offered\":6,"]);
    let lead = site.cookie_of_user("lead").await;
    let all = site.get(history, Some(&lead)).await.text;
    assert_contains(&all, &["\"offered\":706,"]);
}

#[tokio::test]
async fn help_from_another_queue_reaches_only_those_who_may_see_that_queue() {
    let (site, _fixture) = site_of(rules()).await;
    site.add_user("guest", Role::Viewer).await;
    let help = async |name: &str, path: &str| {
        let cookie = site.cookie_of_user(name).await;
        let text = site.get(path, Some(&cookie)).await.text;
        assert_contains(&text, &["Sales"]);
        let (_, help) = text.split_once("What could help:")?;
        Some(help.split_once("</p>").unwrap().0.to_owned())
    };

    let linked = "7 available in <a href=\"/queues/chat/9009\"><bdi>Directors</bdi></a>";
    for page in [SALES, "/"] {
        assert_contains(&help("lead", page).await.unwrap(), &[linked]);
        assert_eq!(help("member", page).await, None);
    }
    let number = "7 available in <bdi>Directors</bdi>";
    assert_contains(&help("guest", "/").await.unwrap(), &[number]);
    assert_eq!(help("watcher", "/").await, None);
}

#[tokio::test]
async fn withheld_rights_hide_people_history_and_files_from_supervisors() {
    let withheld = BTreeSet::from([Right::PersonalData, Right::Export]);
    let rules = AccessRules {
        withheld,
        ..AccessRules::default()
    };
    let (site, _fixture) = site_of(rules).await;
    let cookie = site.cookie_of_user("lead").await;
    let status = async |path: &str| site.get(path, Some(&cookie)).await.status;

    for path in every_path() {
        let answer = site.get(&path, Some(&cookie)).await;
        assert_contains_none(&answer.text, &["Eva", "Cato", "secret-case"]);
    }
    assert_eq!(status("/boards/agents").await, StatusCode::FORBIDDEN);
    assert_eq!(status("/history").await, StatusCode::OK);
    assert_eq!(status("/history.csv").await, StatusCode::FORBIDDEN);
    assert_eq!(status("/history/calls").await, StatusCode::FORBIDDEN);
    // Rows of exports as they are name agents and callers.
    for raw in ["/sources/chat/aside", "/sources/chat/aside.csv"] {
        assert_eq!(status(raw).await, StatusCode::FORBIDDEN, "{raw}");
    }
}
