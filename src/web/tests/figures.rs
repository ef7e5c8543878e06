//! The pages of custom figures: who sees what, what isn't known, files and languages.

use std::sync::Arc;

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};

use wallboard_access::{Membership, Role};
use wallboard_domain::{
    ConnectionEvent, CustomFigure, CustomFigureId, CustomFigureKind, CustomMerge, CustomReport,
    CustomValue, Discontinuity, Fact, FigureState, Input, LocalizedText, Metric, Pattern,
    PatternThresholds, Patterns, QueueId, SeverityLimits, SiteConfig, SourceId, SourceKind,
    SourceSetup, ThresholdLevel, Update, moment,
};
use wallboard_history::report::fixture::HistoryFixture;
use wallboard_store::FigureChange;

use super::{
    assert_contains, get_page, login_site::LoginSite, router_of, sales_inputs, scopes, test_site,
    translation::translated_page,
};

fn figure(id: &str, kind: CustomFigureKind, is_per_queue: bool) -> CustomFigure {
    CustomFigure {
        id: CustomFigureId::parse(id).unwrap(),
        label: LocalizedText::of_all("Sales"),
        kind,
        is_per_queue,
        sources: vec!["shop".into()],
        merge: CustomMerge::Last,
        valid_for_ms: None,
        limits: SeverityLimits {
            critical: Some(500.0),
            ..SeverityLimits::default()
        },
    }
}

fn number() -> CustomFigureKind {
    CustomFigureKind::Number {
        decimals: 0,
        unit: LocalizedText::of_all("min"),
    }
}

fn site() -> SiteConfig {
    let state = |word: &str, level| FigureState {
        word: word.into(),
        label: LocalizedText::of_all("Support"),
        level,
    };
    let states = vec![
        state("up", None),
        state("down", Some(ThresholdLevel::Critical)),
    ];
    SiteConfig {
        custom_figures: vec![
            figure("orders", number(), false),
            figure("website", CustomFigureKind::State(states), false),
            figure("backlog", number(), true),
            // Its key is a part of every address.
            figure("s", number(), false),
        ],
        ..test_site()
    }
}

/// Today's values: orders for half an hour, the website's states, and two queues' backlogs.
async fn stored() -> HistoryFixture {
    let fixture = HistoryFixture::new(site()).await;
    let now = Timestamp::now();
    let start = moment::day_start(now, &site().zone).max(now - SignedDuration::from_mins(30));
    let queue = |id: &str| Some(QueueId::new(&"chat".into(), id));
    let change = |id: &str, queue: Option<QueueId>, value| FigureChange {
        subject: (CustomFigureId::parse(id).unwrap(), queue),
        at: start,
        value: Some(value),
    };
    let changes = vec![
        change("orders", None, CustomValue::Number(412.0)),
        change("website", None, CustomValue::State("down".into())),
        change("backlog", queue("9002@SIP/1"), CustomValue::Number(7.0)),
        change("backlog", queue("9009"), CustomValue::Number(700.0)),
    ];
    let kept = fixture.store.store_figure_values(changes, start, now);
    kept.await.unwrap();
    fixture
}

async fn login_site() -> (LoginSite, HistoryFixture) {
    let fixture = stored().await;
    let mut inputs = scopes::inputs();
    inputs.push(Input::SiteConfig(Arc::new(site())));
    let data = (fixture.history.clone(), fixture.store.clone());
    let site = LoginSite::with_data(inputs, data, scopes::rules()).await;
    let member = Membership {
        role: Role::Supervisor,
        groups: ["sales".to_owned()].into(),
    };
    site.add_user("member", member).await;
    site.add_user("supervisor", Role::Supervisor).await;
    (site, fixture)
}

const SALES: &str = "chat%2F9002%40SIP%2F1";

#[tokio::test]
async fn a_figure_has_its_past_as_a_page_a_file_and_json() {
    let (site, _fixture) = login_site().await;
    let cookie = site.cookie_of(Role::Supervisor).await;
    let get = async |path: &str| site.get(path, Some(&cookie)).await;
    let list = get("/figures").await.text;
    assert_contains(
        &list,
        &["href=\"/figures/orders\"", "href=\"/figures/backlog\""],
    );

    let page = get("/figures/orders").await.text;
    let parts = ["<svg", "412 min at ", "class=\"limit\"", ">412 min</td>"];
    assert_contains(&page, &parts);
    // It was known for half an hour.
    let now = Timestamp::now();
    let is_later = SignedDuration::from_hours(1)
        < now.duration_since(moment::day_start(now, &test_site().zone));
    assert!(page.contains("class=\"gap\"") || !is_later, "{page}");
    // Nothing was sent lately, so there is no value now.
    assert_contains(
        &page,
        &["<b><span role=\"img\" aria-label=\"no data\">–</span></b>"],
    );
    let page = get("/figures/orders?days=28").await.text;
    assert_contains(
        &page,
        &["class=\"usual\"", "days=28\" aria-current=\"page\""],
    );
    let page = get("/figures/s?days=7").await.text;
    assert_contains(&page, &["href=\"/figures/s/values.csv?days=7\""]);
    let page = get("/figures/website").await.text;
    assert_contains(&page, &["data-sev=\"crit\"", "◆ Support"]);
    let page = get("/figures/backlog").await.text;
    let link = format!("/figures/backlog?queue={SALES}");
    assert_contains(&page, &[&link, "/figures/backlog?queue=chat%2F9009"]);
    let page = get(&link).await.text;
    assert_contains(&page, &["7 min at "]);

    let file = get("/figures/orders/values.csv").await;
    assert_eq!(file.kind, "text/csv; charset=utf-8");
    let rows: Vec<_> = file.text.lines().collect();
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(
        rows[1].starts_with("orders,,") && rows[1].ends_with(",412"),
        "{rows:?}"
    );
    let day = Timestamp::now() - SignedDuration::from_hours(24);
    let to = Timestamp::now() + SignedDuration::from_hours(1);
    let json = get(&format!(
        "/api/v1/figures/website/values?from={day}&to={to}"
    ))
    .await;
    let json = json.parse_json();
    assert_eq!(json["values"][0]["value"], "down");
    assert_eq!(json["values"].as_array().unwrap().len(), 1);
    for (path, status) in [
        ("/figures/none", StatusCode::NOT_FOUND),
        ("/figures/orders?queue=chat%2F9009", StatusCode::NOT_FOUND),
        ("/figures/backlog/values.csv", StatusCode::NOT_FOUND),
        (
            "/api/v1/figures/backlog/values?from=2026-11-01&to=2026-11-02",
            StatusCode::NOT_FOUND,
        ),
        (
            "/api/v1/figures/orders/values?from=2026-11-01&to=2026-12-31",
            StatusCode::BAD_REQUEST,
        ),
        (
            "/api/v1/figures/orders/values?from=2026-11-01",
            StatusCode::BAD_REQUEST,
        ),
    ] {
        assert_eq!(get(path).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn members_of_a_group_see_figures_of_their_queues_alone() {
    let (site, _fixture) = login_site().await;
    let cookie = site.cookie_of_user("member").await;
    let get = async |path: &str| site.get(path, Some(&cookie)).await;
    let list = get("/figures").await.text;
    assert!(!list.contains("/figures/orders") && list.contains("/figures/backlog"));
    let page = get("/figures/backlog").await.text;
    assert!(page.contains(SALES) && !page.contains("9009"), "{page}");
    assert_eq!(
        get(&format!("/figures/backlog?queue={SALES}")).await.status,
        StatusCode::OK
    );
    let range = "from=2026-11-01&to=2026-11-02";
    for path in [
        "/figures/orders",
        "/figures/orders/values.csv",
        "/figures/backlog?queue=chat%2F9009",
        "/figures/backlog/values.csv?queue=chat%2F9009",
        &format!("/api/v1/figures/orders/values?{range}"),
        &format!("/api/v1/figures/backlog/values?queue=chat%2F9009&{range}"),
    ] {
        assert_eq!(get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

/// The backlog of the queue of [`sales_inputs`] a minute ago, valid for so long.
fn backlog_inputs(valid_for: SignedDuration) -> (SiteConfig, Vec<Input>) {
    let mut config = site();
    let valid_millis = i64::try_from(valid_for.as_millis()).unwrap();
    (config.sources).push(SourceSetup::new("shop", SourceKind::OF_VALUES));
    let shop = SourceId::from("shop");
    let report = CustomReport {
        figure: CustomFigureId::parse("backlog").unwrap(),
        queue: Some(QueueId::new(&"chat".into(), "9002@SIP/1")),
        value: Some(CustomValue::Number(700.0)),
        valid_for_ms: valid_millis - 60_000,
    };
    let discontinuity = Some(Discontinuity::Start);
    let connection = |event| Input::Connection(shop.clone(), event);
    let mut inputs = sales_inputs();
    inputs.extend([
        connection(ConnectionEvent::CatchingUp { discontinuity }),
        connection(ConnectionEvent::Connected),
        Input::Update(Update {
            source: shop.clone(),
            event: "values",
            at: Some(Timestamp::now() - SignedDuration::from_mins(1)),
            fact: Fact::CustomFigure(report),
            mistyped: 0,
        }),
    ]);
    (config, inputs)
}

#[tokio::test]
async fn a_queues_page_has_the_figures_of_other_systems_as_fresh_as_they_are() {
    let link = format!("<a href=\"/figures/backlog?queue={SALES}\"><bdi>Sales</bdi></a>");
    let page = async |valid_for| {
        let (mut config, inputs) = backlog_inputs(valid_for);
        // The queue itself is calm.
        let longest = SeverityLimits {
            critical: Some(3_600.0),
            ..SeverityLimits::default()
        };
        let thresholds = PatternThresholds {
            metrics: vec![(Metric::LongestWait, longest)],
            ..PatternThresholds::default()
        };
        config.thresholds = Patterns(vec![(Pattern("*".into()), thresholds)]);
        get_page(&router_of(config, inputs), super::SALES)
            .await
            .text
    };
    let row = |page: &str| {
        let (before, row) = page.split_once(&link).unwrap();
        let tag = before.rsplit_once("<tr").unwrap().1.to_owned();
        (tag, row.split_once("</tr>").unwrap().0.to_owned())
    };

    let fresh = page(SignedDuration::from_hours(1)).await;
    assert_contains(&fresh, &["Within its thresholds, except Sales."]);
    let (tag, cells) = row(&fresh);
    assert_contains(&tag, &["data-sev=\"crit\""]);
    assert_contains(&cells, &["700 min</td>"]);
    let old = page(SignedDuration::from_secs(30)).await;
    assert_contains(&old, &["Within its thresholds."]);
    let (tag, cells) = row(&old);
    assert_contains(&tag, &["class=\"stale\""]);
    assert!(!tag.contains("crit"), "{tag}");
    assert_contains(&cells, &["700 min <small>out of date</small></td>"]);
    let router = router_of(site(), sales_inputs());
    let without = get_page(&router, super::SALES).await.text;
    assert!(!without.contains("id=\"custom\""), "{without}");
}

#[tokio::test]
async fn pages_of_figures_are_translated() {
    let (site, _fixture) = login_site().await;
    let cookie = site.cookie_of(Role::Supervisor).await;
    let backlog = format!("/figures/backlog?queue={SALES}");
    for path in [
        "/figures",
        "/figures/orders",
        "/figures/orders?days=7",
        "/figures/website",
        "/figures/backlog",
        &backlog,
    ] {
        translated_page(&site, path, &cookie).await;
    }
}

#[tokio::test]
async fn a_rules_form_has_each_list_once() {
    let (site, _fixture) = login_site().await;
    let cookie = site.cookie_of(Role::Supervisor).await;
    let page = site.get("/alerts/rule", Some(&cookie)).await.text;
    let lists = page.split("<select name=\"").skip(1);
    let names: Vec<_> = lists.filter_map(|rest| rest.split('"').next()).collect();
    assert!(names.contains(&"figure_severity"), "{names:?}");
    let unique: std::collections::BTreeSet<_> = names.iter().collect();
    assert_eq!(unique.len(), names.len(), "{names:?}");
}
