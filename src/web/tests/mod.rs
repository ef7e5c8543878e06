//! The router over a hand-made snapshot, for the tests of pages and the API.

mod access;
mod agent_alerts;
mod alert_languages;
mod alerts;
mod announcements;
mod api_writing;
mod audit;
mod case_records;
mod cluster;
mod editing_policy;
mod editor_languages;
mod entry_conflicts;
mod entry_differences;
mod entry_fields;
mod error_languages;
mod every_page;
mod figures;
pub(super) mod forecasts;
mod form_languages;
mod front_door;
mod languages;
mod login_site;
mod many_boards;
mod missed_targets;
mod moved_entries;
mod past_quarters;
mod pictures;
mod playlists;
mod report_languages;
mod rule_switch;
mod saved_views;
mod scopes;
mod screens;
mod set_up;
mod set_up_languages;
mod silences;
mod small_teams;
mod source_languages;
mod team_boards;
pub(super) mod telephony;
mod tokens;
pub(super) mod translation;
mod turns;
mod undelivered;
mod user_languages;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, Request, StatusCode, header, request},
    response::Response,
};
use serde_json::Value as Json;
use tower::ServiceExt;

use crate::{
    alerts::Alerts, announcements::Announcements, forecasts::Forecasts, pictures::Pictures,
    reports::Reports, saved_views::SavedViews,
};
use wallboard_access::{AuditTrail, EditingPolicy};
use wallboard_boards::{
    BoardRegistry,
    push::{Hub, HubLimits},
};
use wallboard_domain::{
    CaseEvent, ConnectionEvent, EntityKind, EntityProfile, Fact, Id, Input, Metric, MetricSubject,
    MetricValue, SiteConfig, SourceSetup, Update,
};
use wallboard_history::{
    import::ImportRegistry,
    report::{History, ReportConfig},
};
use wallboard_live::{LiveHandle, LiveState};
use wallboard_runtime::ingest::ProcessClock;
use wallboard_sources::vngage;
use wallboard_store::{DataRetention, RecordStore, Store};

use crate::web::{
    AllowedOrigins, CertificateExpiry, DataOrigin, Readiness, RecentDaysCache, Rewind, ServerInfo,
    WebParts, WebState, build_id, build_router,
};

pub(super) const SCRIPT: &str = "<script>alert('x')</script>\"'&\u{202e}";
/// The page of the queue of [`sales_inputs`].
pub(super) const SALES: &str = "/queues/chat/9002%40SIP%2F1";

pub(super) struct PageResponse {
    pub(super) status: StatusCode,
    pub(super) kind: String,
    /// The target of a redirect.
    pub(super) location: String,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl PageResponse {
    pub(super) fn parse_json(&self) -> Json {
        serde_json::from_str(&self.text).unwrap()
    }
}

pub(super) async fn get_page(router: &Router, path: &str) -> PageResponse {
    read_page(send_request(router, Request::get(path)).await).await
}

pub(super) async fn get_json(router: &Router, path: &str) -> Json {
    let page = get_page(router, path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
    page.parse_json()
}

pub(super) async fn get_bytes(router: &Router, path: &str) -> Bytes {
    let response = send_request(router, Request::get(path)).await;
    to_bytes(response.into_body(), usize::MAX).await.unwrap()
}

pub(super) async fn send_request(router: &Router, request: request::Builder) -> Response {
    let request = request.body(Body::empty()).unwrap();
    router.clone().oneshot(request).await.unwrap()
}

pub(super) async fn read_page(response: Response) -> PageResponse {
    let status = response.status();
    let header = |name| {
        let value = response.headers().get(name);
        value.map_or("", |value| value.to_str().unwrap()).to_owned()
    };
    let (kind, location) = (header(header::CONTENT_TYPE), header(header::LOCATION));
    let headers = response.headers().clone();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    // Some routes answer files.
    let text = String::from_utf8_lossy(&body).into_owned();
    PageResponse {
        status,
        kind,
        location,
        headers,
        text,
    }
}

pub(super) fn assert_contains(text: &str, expected: &[&str]) {
    for expected in expected {
        assert!(text.contains(expected), "{expected} in {text}");
    }
}

pub(super) fn assert_contains_none(text: &str, unexpected: &[&str]) {
    for unexpected in unexpected {
        assert!(!text.contains(unexpected), "{unexpected} in {text}");
    }
}

pub(super) fn test_site() -> SiteConfig {
    SiteConfig {
        sources: vec![SourceSetup::new("chat", vngage::KIND)],
        ..SiteConfig::default()
    }
}

pub(super) fn reading_update(fact: Fact) -> Input {
    Input::Update(Update {
        source: "chat".into(),
        event: "test",
        at: Some("2026-11-20T09:00:00.5Z".parse().unwrap()),
        fact,
        mistyped: 0,
    })
}

pub(super) fn queue_reading(external: &str, metric: Metric, value: MetricValue) -> Input {
    let queue = MetricSubject::Queue(Id::new(&"chat".into(), external));
    reading_update(Fact::EventReadings(
        queue,
        [(metric, Some(value))].into_iter().collect(),
    ))
}

pub(super) fn profile_update(kind: EntityKind, external: &str, name: &str) -> Input {
    reading_update(Fact::Profile(EntityProfile {
        name: Some(name.into()),
        display_name: Some(name.into()),
        ..EntityProfile::new(kind, Id::new(&"chat".into(), external))
    }))
}

pub(super) fn case_created(external: &str) -> Input {
    let event = CaseEvent::Created {
        opportunity: None,
        solution: None,
        case_type: None,
    };
    reading_update(Fact::Case(Id::new(&"chat".into(), external), event))
}

pub(super) fn case_opened(case: &str, agent: &str, queue: &str) -> Input {
    let event = CaseEvent::Opened {
        agent: Some(Id::new(&"chat".into(), agent)),
        queue: Some(Id::new(&"chat".into(), queue)),
    };
    reading_update(Fact::Case(Id::new(&"chat".into(), case), event))
}

pub(super) fn agent_assigned(agent: &str, name: &str, queue: &str) -> Input {
    reading_update(Fact::Profile(EntityProfile {
        name: Some(name.into()),
        queues: Some([Id::new(&"chat".into(), queue)].into()),
        ..EntityProfile::new(EntityKind::Agent, Id::new(&"chat".into(), agent))
    }))
}

pub(super) fn connection_lost() -> Input {
    let why = "The broker does not answer".to_owned();
    Input::Connection("chat".into(), ConnectionEvent::Disconnected { why })
}

/// Sales with a long wait, one of its agents with a case, and a waiting case without a queue.
pub(super) fn sales_inputs() -> Vec<Input> {
    vec![
        profile_update(EntityKind::Queue, "9002@SIP/1", "Sales"),
        queue_reading("9002@SIP/1", Metric::Waiting, MetricValue::Count(14)),
        queue_reading(
            "9002@SIP/1",
            Metric::LongestWait,
            MetricValue::Seconds(372.0),
        ),
        agent_assigned("eva", "Eva Karlsson", "9002@SIP/1"),
        case_created("talks"),
        case_opened("talks", "eva", "9002@SIP/1"),
        case_created("waits"),
    ]
}

pub(super) fn router_of_lost_connection() -> Router {
    router_after([sales_inputs(), vec![connection_lost()]].concat())
}

/// The router over a connected source that reported `inputs`.
pub(super) fn router_after(inputs: Vec<Input>) -> Router {
    router_of(test_site(), inputs)
}

pub(super) fn router_of(site: SiteConfig, inputs: Vec<Input>) -> Router {
    let store = test_store();
    let history = History::new(store.clone(), ReportConfig::default());
    router_with_history(site, inputs, history, store)
}

/// The state over a connected source that reported `inputs`, for what no page shows.
pub(in crate::web) fn state_after(site: SiteConfig, inputs: Vec<Input>) -> WebState {
    let store = test_store();
    let history = History::new(store.clone(), ReportConfig::default());
    let inputs = connected_inputs(site, inputs);
    state_of_inputs(inputs, history, store, DataOrigin::Live).into()
}

/// The same, with history.
pub(super) fn router_with_history(
    site: SiteConfig,
    inputs: Vec<Input>,
    history: History,
    store: Store,
) -> Router {
    build_router(parts_with_history(site, inputs, history, store))
}

/// The state behind it.
pub(super) fn parts_with_history(
    site: SiteConfig,
    inputs: Vec<Input>,
    history: History,
    store: Store,
) -> WebParts {
    let inputs = connected_inputs(site, inputs);
    state_of_inputs(inputs, history, store, DataOrigin::Live)
}

/// The same, with the log of earlier days.
pub(super) fn router_with_log(
    site: SiteConfig,
    history: History,
    store: Store,
    rewind: Rewind,
) -> Router {
    let inputs = connected_inputs(site, Vec::new());
    let parts = WebParts {
        rewind: Some(rewind),
        ..state_of_inputs(inputs, history, store, DataOrigin::Live)
    };
    build_router(parts)
}

/// The inputs after those that connect the source.
fn connected_inputs(site: SiteConfig, inputs: Vec<Input>) -> Vec<Input> {
    let connected = [
        Input::SiteConfig(Arc::new(site)),
        Input::Connection(
            "chat".into(),
            ConnectionEvent::CatchingUp {
                discontinuity: None,
            },
        ),
        Input::Connection("chat".into(), ConnectionEvent::Connected),
    ];
    connected.into_iter().chain(inputs).collect()
}

/// The router with forecasts of queues.
pub(super) fn router_with_forecasts(
    site: SiteConfig,
    inputs: Vec<Input>,
    forecasts: Forecasts,
) -> Router {
    let store = test_store();
    let history = History::new(store.clone(), ReportConfig::default());
    router_with_plans(site, inputs, (history, store), forecasts)
}

/// The same beside a history with plans.
pub(super) fn router_with_plans(
    site: SiteConfig,
    inputs: Vec<Input>,
    (history, store): (History, Store),
    forecasts: Forecasts,
) -> Router {
    let inputs = connected_inputs(site, inputs);
    let parts = WebParts {
        forecasts: Some(forecasts),
        ..state_of_inputs(inputs, history, store, DataOrigin::Live)
    };
    build_router(parts)
}

/// The router before any source is configured.
pub(super) fn router_without_source(site: SiteConfig) -> Router {
    let store = test_store();
    let history = History::new(store.clone(), ReportConfig::default());
    let inputs = vec![Input::SiteConfig(Arc::new(site))];
    build_router(state_of_inputs(inputs, history, store, DataOrigin::Live))
}

/// The router of a demo.
pub(super) fn demo_router() -> Router {
    let store = test_store();
    let history = History::new(store.clone(), ReportConfig::default());
    let site = Input::SiteConfig(Arc::new(test_site()));
    build_router(state_of_inputs(
        vec![site],
        history,
        store,
        DataOrigin::Simulated,
    ))
}

/// The state of pages whose moments can be rewound to.
pub(super) fn rewindable_state(rewind: Rewind, store: Store) -> WebState {
    let history = History::new(store.clone(), ReportConfig::default());
    let site = Input::SiteConfig(Arc::new(test_site()));
    let parts = WebParts {
        rewind: Some(rewind),
        ..state_of_inputs(vec![site], history, store, DataOrigin::Live)
    };
    parts.into()
}

fn state_of_inputs(
    inputs: Vec<Input>,
    history: History,
    store: Store,
    data_origin: DataOrigin,
) -> WebParts {
    let clock = ProcessClock::start_now();
    let mut state = LiveState::default();
    for input in inputs {
        state.apply_input(&input, clock.now());
    }
    // Everyone's status is recorded every 5 s.
    state.apply_input(&Input::Tick, clock.now().plus_millis(5_000));
    let live = LiveHandle::new(clock, state);
    let boards = BoardRegistry::new(&live, Vec::new());
    let limits = HubLimits {
        max_viewers: 10,
        flush_interval: Duration::from_millis(100),
        build: build_id().into(),
    };
    let announcements = Announcements::new(
        RecordStore::embedded(store.clone()),
        AuditTrail::new(store.clone()),
        boards.clone(),
    );
    let pictures = Pictures::new(
        RecordStore::embedded(store.clone()),
        AuditTrail::new(store.clone()),
    );
    let alerts = Alerts::new(
        RecordStore::embedded(store.clone()),
        AuditTrail::new(store.clone()),
        boards.clone(),
    );
    let saved_views = SavedViews::new(
        RecordStore::embedded(store.clone()),
        AuditTrail::new(store.clone()),
    );
    let reports = Reports::new(
        RecordStore::embedded(store.clone()),
        AuditTrail::new(store.clone()),
    );
    WebParts {
        live,
        rewind: None,
        hub: Hub::new(boards.clone(), limits),
        boards,
        origins: AllowedOrigins::default(),
        data_origin,
        readiness: Readiness::default(),
        certificate_expiry: CertificateExpiry::default(),
        imports: ImportRegistry::default(),
        history,
        recent_days: RecentDaysCache::default(),
        store,
        sign_in: None,
        screens: None,
        editor: None,
        alerts: Some(alerts),
        reports: Some(reports),
        saved_views: Some(saved_views),
        holidays: None,
        announcements: Some(announcements),
        pictures: Some(pictures),
        deliveries: wallboard_sources::values::Deliveries::default(),
        send_limits: wallboard_access::SendLimits::default(),
        forecasts: Some(Forecasts::default()),
        editing_policy: EditingPolicy::default(),
        setup_code: None,
        server_info: ServerInfo {
            starters: wallboard_sources::SourceConfig::STARTERS,
            retention: DataRetention {
                case_records: Some(Duration::from_hours(30 * 24)),
                ..DataRetention::default()
            },
            ..ServerInfo::default()
        },
    }
}

/// An empty store.
fn test_store() -> Store {
    let folder = tempfile::tempdir().unwrap();
    Store::open(&folder.path().join("wallboard.db")).unwrap()
}

/// Returns one metric's figure on a page, and its explanation.
pub(super) fn find_tile(text: &str, id: &str) -> String {
    let part = |id: &str, ends: &[&str]| {
        let part = &text[text.find(&format!("id=\"{id}\"")).unwrap()..];
        let end = ends.iter().filter_map(|end| part.find(end)).min();
        part[..end.unwrap()].to_owned()
    };
    part(id, &["</div>", "</tr>"]) + &part(&format!("why-{id}"), &["</section>"])
}
