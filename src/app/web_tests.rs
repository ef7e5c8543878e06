//! The whole router over a hand-made snapshot. It is here because only the composition root may
//! know both ends.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header, request},
};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{
    boards::BoardRegistry,
    domain::{
        CaseEvent, ConnectionEvent, EntityKind, EntityProfile, Fact, Id, Input, Metric,
        MetricSubject, MetricValue as Figure, SiteConfig, SourceDiagnostic, SourceSetup, Update,
    },
    history::report::{History, ReportConfig},
    ingest::ProcessClock,
    live::{LiveHandle, LiveState},
    push::{Hub, HubLimits},
    store::Store,
    web::{
        AllowedOrigins, CertificateExpiry, Readiness, ServerInfo, WebState, build_id, build_router,
    },
};

pub(super) const SCRIPT: &str = "<script>alert('x')</script>\"'&\u{202e}";

pub(super) struct PageResponse {
    pub(super) status: StatusCode,
    pub(super) kind: String,
    /// The target of a redirect.
    pub(super) location: String,
    pub(super) text: String,
}

impl PageResponse {
    fn parse_json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

pub(super) async fn get_page(router: &Router, path: &str) -> PageResponse {
    send_request(router, Request::get(path)).await
}

pub(super) async fn send_request(router: &Router, request: request::Builder) -> PageResponse {
    let request = request.body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let header = |name| {
        let value = response.headers().get(name);
        value.map_or("", |value| value.to_str().unwrap()).to_owned()
    };
    let (kind, location) = (header(header::CONTENT_TYPE), header(header::LOCATION));
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let text = String::from_utf8(body.to_vec()).unwrap();
    PageResponse {
        status,
        kind,
        location,
        text,
    }
}

pub(super) fn test_site() -> SiteConfig {
    SiteConfig {
        sources: vec![SourceSetup::new("chat", crate::sources::vngage::KIND)],
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

pub(super) fn queue_reading(external: &str, metric: Metric, value: Figure) -> Input {
    let queue = MetricSubject::Queue(Id::new(&"chat".into(), external));
    reading_update(Fact::Readings(
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

/// The router over a connected source that reported `inputs`.
pub(super) fn router_after(inputs: Vec<Input>) -> Router {
    router_of(test_site(), inputs)
}

pub(super) fn router_of(site: SiteConfig, inputs: Vec<Input>) -> Router {
    let store = test_store();
    let history = History::new(store.clone(), ReportConfig::default());
    router_with_history(site, inputs, history, store)
}

/// The same, with history.
pub(super) fn router_with_history(
    site: SiteConfig,
    inputs: Vec<Input>,
    history: History,
    store: Store,
) -> Router {
    let clock = ProcessClock::start_now();
    let mut state = LiveState::default();
    let connected = [
        Input::SiteConfig(Arc::new(site)),
        Input::Connection("chat".into(), ConnectionEvent::CatchingUp { broken: None }),
        Input::Connection("chat".into(), ConnectionEvent::Connected),
    ];
    for input in connected.into_iter().chain(inputs) {
        state.apply_input(&input, clock.now());
    }
    let live = LiveHandle::new(clock, state);
    let boards = BoardRegistry::new(live.clone(), Vec::new());
    let limits = HubLimits {
        max_viewers: 10,
        flush_interval: Duration::from_millis(100),
        build: build_id().into(),
    };
    build_router(WebState {
        live,
        hub: Hub::new(boards.clone(), limits),
        boards,
        origins: AllowedOrigins::default(),
        demo: false,
        readiness: Readiness::default(),
        certificate_expiry: CertificateExpiry::default(),
        imports: crate::history::import::ImportRegistry::default(),
        history,
        recent_days: crate::web::RecentDaysCache::default(),
        store,
        server_info: ServerInfo::default(),
    })
}

/// An empty store.
fn test_store() -> Store {
    let folder = tempfile::tempdir().unwrap();
    Store::open(&folder.path().join("wallboard.db")).unwrap()
}

#[tokio::test]
async fn queue_json_uses_the_documented_names() {
    let router = router_after(vec![
        profile_update(EntityKind::Queue, "9002@SIP/1", "Sales"),
        queue_reading("9002@SIP/1", Metric::Waiting, Figure::Count(3)),
    ]);

    let one = get_page(&router, "/api/v1/queues/chat/9002%40SIP%2F1").await;
    let all = get_page(&router, "/api/v1/queues").await;

    let mut queue = one.parse_json();
    assert_eq!(all.parse_json()["queues"], json!([queue]));
    let metrics = queue["metrics"].take();
    assert_eq!(
        queue,
        json!({
            "id": "chat/9002@SIP/1", "source": "chat", "external_id": "9002@SIP/1",
            "name": "Sales", "external_ids": {}, "stale": false, "metrics": null,
        })
    );
    assert_eq!(
        metrics["waiting"],
        json!({ "value": 3, "at": "2026-11-20T09:00:00.500Z", "stale": false })
    );
    // Never reported: unknown, and never 0.
    assert_eq!(
        metrics["agents_available"],
        json!({ "value": null, "at": null, "stale": false })
    );
    assert_eq!(metrics["service_level"]["formula"], "answered_only");
}

#[tokio::test]
async fn disconnect_makes_the_response_stale_at_once() {
    let disconnected = ConnectionEvent::Disconnected {
        why: "The broker does not answer".to_owned(),
    };
    let router = router_after(vec![
        queue_reading("1", Metric::Waiting, Figure::Count(3)),
        Input::Connection("chat".into(), disconnected),
    ]);

    let queue = get_page(&router, "/api/v1/queues/chat/1")
        .await
        .parse_json();
    let source = get_page(&router, "/api/v1/sources").await.parse_json()["sources"][0].take();

    assert_eq!(queue["stale"], true);
    assert_eq!(queue["metrics"]["waiting"]["stale"], true);
    assert_eq!(source["state"], "down");
    assert_eq!(source["last_error"], "The broker does not answer");
}

#[tokio::test]
async fn paging_returns_every_case_once() {
    let router = router_after(
        (0..7)
            .map(|n| case_created(&format!("case {n}/%")))
            .collect(),
    );

    let mut seen = Vec::new();
    let mut path = "/api/v1/cases?state=waiting&limit=3".to_owned();
    loop {
        let page = get_page(&router, &path).await.parse_json();
        let cases = page["cases"].as_array().unwrap();
        seen.extend(
            cases
                .iter()
                .map(|case| case["id"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else {
            break;
        };
        let cursor =
            percent_encoding::utf8_percent_encode(next, percent_encoding::NON_ALPHANUMERIC);
        path = format!("/api/v1/cases?state=waiting&limit=3&cursor={cursor}");
    }

    let expected: Vec<String> = (0..7).map(|n| format!("chat/case {n}/%")).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn invalid_request_returns_a_problem_with_a_sentence() {
    let router = router_after(Vec::new());
    let table = [
        ("/api/v1/queues/chat/none", 404, "queue chat/none not found"),
        ("/api/v1/agents/chat/none", 404, "agent chat/none not found"),
        ("/api/v1/nothing", 404, "no such path: /api/v1/nothing"),
        (
            "/api/v1/cases?state=lost",
            400,
            "state must be one of waiting, open, closed, abandoned, unconfirmed",
        ),
        ("/api/v1/cases?limit=0", 400, "limit must be from 1 to 1000"),
        (
            "/api/v1/cases?cursor=x",
            400,
            "cursor must be the `next` value of an earlier response",
        ),
    ];

    for (path, status, detail) in table {
        let answer = get_page(&router, path).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert_eq!(answer.kind, "application/problem+json", "{path}");
        assert_eq!(answer.parse_json()["detail"], detail, "{path}");
    }
    let unknown = get_page(&router, "/api/v1/cases?stat=open").await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn script_in_names_and_errors_is_text_on_every_page() {
    let failed = SourceDiagnostic::Failed {
        why: SCRIPT.to_owned(),
    };
    let ignored = SourceDiagnostic::Ignored {
        event: SCRIPT.to_owned(),
    };
    let router = router_after(vec![
        profile_update(EntityKind::Queue, SCRIPT, SCRIPT),
        queue_reading(SCRIPT, Metric::Waiting, Figure::Count(1)),
        queue_reading(SCRIPT, Metric::LongestWait, Figure::Seconds(500.0)),
        profile_update(EntityKind::Agent, "a", SCRIPT),
        Input::Diagnostic("chat".into(), failed),
        Input::Diagnostic("chat".into(), ignored),
    ]);

    let unknown_board = format!(
        "/boards/{}",
        percent_encoding::utf8_percent_encode(SCRIPT, percent_encoding::NON_ALPHANUMERIC)
    );
    for path in [
        "/",
        "/sources",
        "/boards/queues",
        "/boards/agents",
        &unknown_board,
    ] {
        let page = get_page(&router, path).await;
        assert_eq!(page.kind, "text/html; charset=utf-8", "{path}");
        assert!(!page.text.contains("<script>alert"), "{path}");
    }
    for path in ["/api/v1/queues", "/api/v1/agents", "/api/v1/sources"] {
        let answer = get_page(&router, path).await;
        assert_eq!(answer.kind, "application/json", "{path}");
        assert!(answer.text.contains("alert"), "{path}");
    }
}

#[tokio::test]
async fn sources_page_shows_missing_messages_and_readable_errors() {
    let failed = SourceDiagnostic::Failed {
        why: "Nobody takes `collect`".to_owned(),
    };
    let router = router_after(vec![Input::Diagnostic("chat".into(), failed)]);

    let text = get_page(&router, "/sources").await.text;

    assert!(text.contains("no messages yet"), "{text}");
    assert!(text.contains("Nobody takes &#34;collect&#34;."), "{text}");
    assert!(text.contains("data-zone=\"UTC\""), "{text}");
    assert!(text.contains("Last 50 log lines"), "{text}");
}

#[tokio::test]
async fn gallery_shows_current_activity_and_first_steps() {
    let quiet = get_page(&router_after(Vec::new()), "/").await.text;
    let busy = router_after(vec![
        profile_update(EntityKind::Queue, "1", "Sales"),
        queue_reading("1", Metric::Waiting, Figure::Count(2)),
        queue_reading("1", Metric::LongestWait, Figure::Seconds(41.0)),
    ]);
    let busy = get_page(&busy, "/").await.text;

    assert!(quiet.contains("Queues appear with the first activity"));
    assert!(quiet.contains("Next steps"));
    assert!(busy.contains("<span>2</span>"), "{busy}");
    assert!(busy.contains("<small><bdi>Sales</bdi></small>"), "{busy}");
    assert!(
        busy.contains("<span role=\"img\" aria-label=\"no data\">–</span>"),
        "{busy}"
    );
}

#[tokio::test]
async fn asset_of_this_build_is_cached_and_revalidated() {
    let router = router_after(Vec::new());
    let path = format!("/static/desk/desk.css?v={}", build_id());
    let request = Request::get(&path).body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let cache = response.headers()[header::CACHE_CONTROL].clone();
    let tag = response.headers()[header::ETAG].clone();

    let revalidation = Request::get("/static/desk/desk.css")
        .header(header::IF_NONE_MATCH, tag)
        .body(Body::empty())
        .unwrap();
    let revalidation = router.clone().oneshot(revalidation).await.unwrap();

    assert_eq!(cache, "public, max-age=31536000, immutable");
    assert_eq!(revalidation.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(revalidation.headers()[header::CACHE_CONTROL], "no-cache");
}

#[tokio::test]
async fn pages_scripts_styles_and_json_are_compressed_on_request() {
    let router = router_after(Vec::new());
    let encoding = async |path: &str, accepted: &str| {
        let request = Request::get(path).header(header::ACCEPT_ENCODING, accepted);
        let request = request.body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        let encoding = response.headers().get(header::CONTENT_ENCODING).cloned();
        encoding.map(|encoding| encoding.to_str().unwrap().to_owned())
    };

    for path in [
        "/",
        "/static/desk/desk.css",
        "/static/board/line.js",
        "/api/v1/site",
    ] {
        assert_eq!(
            encoding(path, "gzip, br").await.as_deref(),
            Some("br"),
            "{path}"
        );
        assert_eq!(
            encoding(path, "gzip").await.as_deref(),
            Some("gzip"),
            "{path}"
        );
        assert_eq!(encoding(path, "identity").await, None, "{path}");
    }
}

#[tokio::test]
async fn readiness_starts_as_unavailable() {
    let router = router_after(Vec::new());

    assert_eq!(get_page(&router, "/healthz").await.status, StatusCode::OK);
    let ready = get_page(&router, "/readyz").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
}
