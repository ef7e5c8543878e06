//! `[privacy] smallest_team`: people who may not see personal data get no figure about the agents of a
//! small team, on any page, file or answer, and nobody does on a board.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use wallboard_access::{AccessRules, Right, Role};
use wallboard_boards::format;
use wallboard_domain::{
    ConnectionEvent, CountBy, Counter, Counters, Input, LimitValue, Metric, MetricValue, Pattern,
    PatternThresholds, Patterns, SeverityLimits, SiteConfig,
};
use wallboard_history::report::fixture::{HistoryFixture, computed_day};
use wallboard_store::{CatalogEntry, NameClass, QueueIntervalRow};

use super::{
    SALES, assert_contains, assert_contains_none, login_site::LoginSite, profile_update,
    queue_reading, sales_inputs, scopes::every_path, test_site,
};

/// Midnight of 2026-11-12 in UTC.
const DAY: i64 = 1_794_441_600;
const INTERVALS: &str = "/api/v1/history/intervals?from=2026-11-12&to=2026-11-13&zone=UTC&step=1d";
const IN_CONVERSATION: u64 = 7_310;
const AVAILABLE: u64 = 7_320;

fn site(smallest_team: u32) -> SiteConfig {
    let limits = SeverityLimits {
        critical_below: Some(LimitValue::Value(9_000.0)),
        ..SeverityLimits::default()
    };
    let thresholds = PatternThresholds {
        metrics: vec![(Metric::AgentsAvailable, limits)],
        ..PatternThresholds::default()
    };
    SiteConfig {
        smallest_team,
        thresholds: Patterns(vec![(Pattern("*".into()), thresholds)]),
        ..test_site()
    }
}

/// Sales with one agent, and Support, whose agents nobody names, next to it.
fn inputs(smallest_team: u32) -> Vec<Input> {
    let connect = |event| Input::Connection("chat".into(), event);
    let mut inputs = vec![
        Input::SiteConfig(Arc::new(site(smallest_team))),
        connect(ConnectionEvent::CatchingUp {
            discontinuity: None,
        }),
        connect(ConnectionEvent::Connected),
    ];
    inputs.extend(sales_inputs());
    let count = |metric, count| queue_reading("9002@SIP/1", metric, MetricValue::Count(count));
    inputs.extend([
        count(Metric::InConversation, IN_CONVERSATION),
        count(Metric::AgentsAvailable, AVAILABLE),
        profile_update(wallboard_domain::EntityKind::Queue, "9003", "Support"),
        queue_reading("9003", Metric::Waiting, MetricValue::Count(3)),
    ]);
    inputs
}

fn secrets() -> Vec<String> {
    let counts = [IN_CONVERSATION, AVAILABLE];
    let formatted = counts.map(|count| format::value(Some(MetricValue::Count(count))));
    let plain = counts.map(|count| count.to_string());
    formatted.into_iter().chain(plain).collect()
}

/// A day of Sales: 5 handled contacts of 39 min 1 s.
async fn history() -> HistoryFixture {
    let fixture = HistoryFixture::new(test_site()).await;
    let names = vec![CatalogEntry::new(NameClass::Queue, "1", "Sales calls")];
    fixture.store_names(names).await;
    let counters = Counters::default()
        .with(Counter::Offered, 6)
        .with(Counter::Handled, 5)
        .with(Counter::TalkTime, 5 * 2_341_000);
    let row = QueueIntervalRow {
        queue: "1".to_owned(),
        by: CountBy::Start,
        start: DAY + 9 * 3600,
        length: 900,
        counters,
        waits: None,
    };
    let computed = computed_day(DAY, vec![row]);
    fixture.replace_intervals(computed).await;
    fixture.insert_coverage(DAY..DAY + 86_400);
    fixture
}

/// Everybody's names, with a supervisor "lead" who may see personal data only as `rules` say.
async fn site_of(smallest_team: u32, withheld: &[Right]) -> (LoginSite, HistoryFixture) {
    let fixture = history().await;
    let rules = AccessRules {
        withheld: withheld.iter().copied().collect::<BTreeSet<_>>(),
        agents_on_screens: false,
        groups: BTreeMap::new(),
    };
    let data = (fixture.history.clone(), fixture.store.clone());
    let site = LoginSite::with_data(inputs(smallest_team), data, rules).await;
    site.add_user("lead", Role::Supervisor).await;
    site.add_user("viewer", Role::Viewer).await;
    (site, fixture)
}

async fn paths_with_secrets(site: &LoginSite, name: &str) -> Vec<String> {
    let cookie = site.cookie_of_user(name).await;
    let secrets = secrets();
    let mut found = Vec::new();
    for path in every_path() {
        let answer = site.get(&path, Some(&cookie)).await;
        // Whole numbers: the time in milliseconds has any four digits at some time.
        let is_part = |c: char| c.is_ascii_digit() || c == ',';
        let mut numbers = answer.text.split(|c| !is_part(c));
        if numbers.any(|number| {
            secrets
                .iter()
                .any(|secret| number.trim_matches(',') == secret)
        }) {
            found.push(path);
        }
    }
    found
}

#[tokio::test]
async fn figures_of_a_small_team_reach_only_those_who_may_see_personal_data() {
    let (limited, _fixture) = site_of(5, &[Right::PersonalData]).await;
    for name in ["viewer", "lead"] {
        let found = paths_with_secrets(&limited, name).await;
        assert_eq!(found, [""; 0], "{name}");
    }
    let cookie = limited.cookie_of_user("lead").await;
    let page = limited.get(SALES, Some(&cookie)).await.text;
    assert_contains(&page, &["Fewer than 5 agents", "14"]);
    let queue = limited.get("/api/v1/queues", Some(&cookie)).await.text;
    assert_contains(
        &queue,
        &[
            "\"waiting\":{\"value\":14",
            "\"reason\":\"Fewer than 5 agents\"",
        ],
    );

    let (site, _fixture) = site_of(5, &[]).await;
    let found = paths_with_secrets(&site, "lead").await;
    assert!(found.iter().any(|path| path == SALES), "{found:?}");
    assert!(found.iter().any(|path| path == "/api/v1/queues"));
    assert!(found.iter().any(|path| path == "/api/v1/site"));
    let boards = found.iter().filter(|path| path.starts_with("/boards"));
    assert_eq!(boards.count(), 0, "boards are the same for everyone");
}

#[tokio::test]
async fn nothing_is_withheld_without_the_setting() {
    let (site, _fixture) = site_of(1, &[Right::PersonalData]).await;
    let found = paths_with_secrets(&site, "lead").await;
    for path in [SALES, "/api/v1/queues", "/api/v1/site", "/boards/queues"] {
        assert!(found.iter().any(|found| found == path), "{path}: {found:?}");
    }
}

#[tokio::test]
async fn history_without_personal_data_has_no_figures_about_agents() {
    let answers = async |smallest_team, withheld: &[Right]| {
        let (site, _fixture) = site_of(smallest_team, withheld).await;
        let cookie = site.cookie_of_user("lead").await;
        let query = "range=days&from=2026-11-12&to=2026-11-12&compare=none&view=table";
        let page = site.get(&format!("/history?{query}"), Some(&cookie)).await;
        let path = format!("/history.csv?{query}");
        let file = site.get(&path, Some(&cookie)).await;
        let answer = site.get(INTERVALS, Some(&cookie)).await;
        [page.text, file.text, answer.text]
    };
    let limited = &[Right::PersonalData][..];

    for (smallest_team, withheld) in [(5, &[][..]), (1, limited)] {
        let [page, file, answer] = answers(smallest_team, withheld).await;
        assert_contains(&page, &["39:01"]);
        assert_contains_none(&page, &["a small team’s are withheld"]);
        assert_contains(&file, &["2341"]);
        assert_contains(&answer, &["\"average_handle_time\":2341"]);
    }
    let [page, file, answer] = answers(5, limited).await;
    assert_contains(&page, &["a small team’s are withheld"]);
    assert_contains_none(&page, &["39:01"]);
    assert_contains_none(&file, &["2341"]);
    assert_contains(&answer, &["\"offered\":6,", "\"average_handle_time\":null"]);
}
