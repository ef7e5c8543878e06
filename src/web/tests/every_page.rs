//! Rules that hold on every page: escaping, privacy, errors, compression.

use std::sync::Arc;

use axum::http::{Request, StatusCode, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::alerts::tests::open_alerts;
use crate::web::{DataOrigin, build_router, live_routes};
use wallboard_alerts::AlertSubject;
use wallboard_domain::{
    CaseEvent, EntityKind, EntityProfile, Fact, Id, Input, Metric, MetricValue, NameVisibility,
    Pattern, SiteConfig, SourceDiagnostic,
};
use wallboard_history::report::{History, ReportConfig};
use wallboard_store::Store;

use super::{
    SALES, SCRIPT, agent_assigned, assert_contains, assert_contains_none, case_created,
    case_opened, demo_router, get_page, parts_with_history, profile_update, queue_reading,
    read_page, reading_update, router_after, router_of, router_of_lost_connection,
    router_with_history, router_without_source, sales_inputs, send_request, state_of_inputs,
    test_site, test_store,
};

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
        queue_reading(SCRIPT, Metric::Waiting, MetricValue::Count(1)),
        queue_reading(SCRIPT, Metric::LongestWait, MetricValue::Seconds(500.0)),
        profile_update(EntityKind::Agent, "a", SCRIPT),
        Input::Diagnostic("chat".into(), failed),
        Input::Diagnostic("chat".into(), ignored),
    ]);

    let unknown_board = format!("/boards/{}", utf8_percent_encode(SCRIPT, NON_ALPHANUMERIC));
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
async fn script_in_names_is_text_on_pages() {
    let solution = CaseEvent::Created {
        opportunity: None,
        solution: Some(SCRIPT.into()),
        case_type: None,
    };
    let router = router_after(vec![
        profile_update(EntityKind::Queue, SCRIPT, SCRIPT),
        queue_reading(SCRIPT, Metric::Waiting, MetricValue::Count(1)),
        agent_assigned(SCRIPT, SCRIPT, SCRIPT),
        reading_update(Fact::Case(Id::new(&"chat".into(), SCRIPT), solution)),
        case_created("talks"),
        case_opened("talks", SCRIPT, SCRIPT),
    ]);
    let escaped = utf8_percent_encode(SCRIPT, NON_ALPHANUMERIC);

    for path in [
        "/".to_owned(),
        "/cases".to_owned(),
        format!("/queues/chat/{escaped}"),
        format!("/agents/chat/{escaped}"),
        format!("/queues/{escaped}/{escaped}"),
        format!("/cases?state={escaped}"),
    ] {
        let page = get_page(&router, &path).await;
        assert_eq!(page.kind, "text/html; charset=utf-8", "{path}");
        assert!(!page.text.contains("<script>alert"), "{path}");
        assert!(!page.text.contains("\"'&\u{202e}"), "{path}");
    }
}

#[tokio::test]
async fn hidden_entities_are_not_found_and_not_named() {
    let site = SiteConfig {
        hidden_queues: vec![Pattern("chat/9002*".to_owned())],
        hidden_agents: vec![Pattern("chat/eva".to_owned())],
        ..test_site()
    };
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
    let history = History::new(store.clone(), ReportConfig::default());
    let router = router_with_history(site, sales_inputs(), history, store);

    for path in [
        SALES,
        "/api/v1/queues/chat/9002%40SIP%2F1",
        "/agents/chat/eva",
        "/agents/chat/eva/data",
        "/api/v1/agents/chat/eva",
    ] {
        let answer = get_page(&router, path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    for path in ["/", "/cases", "/cases?state=open"] {
        let text = get_page(&router, path).await.text;
        assert!(!text.contains("<bdi>Sales"), "{path}: {text}");
        assert!(!text.contains("Eva"), "{path}: {text}");
    }
    let cases = get_page(&router, "/api/v1/cases").await.text;
    assert!(!cases.contains("talks"), "{cases}");
}

#[tokio::test]
async fn names_are_shortened_as_configured() {
    let site = SiteConfig {
        agent_names: NameVisibility::None,
        ..test_site()
    };
    let router = router_of(site, sales_inputs());

    for path in ["/", "/boards/queues", "/boards/agents"] {
        let text = get_page(&router, path).await.text.to_lowercase();
        assert!(
            !text.contains("karlsson") && !text.contains("eva"),
            "{path}"
        );
    }
    let board = get_page(&router, "/boards/agents").await.text;
    let (_, card) = board.split_once("href=\"/cards/").unwrap();
    let (token, _) = card.split_once('"').unwrap();
    let card = get_page(&router, &format!("/cards/{token}")).await;
    assert_eq!(card.status, StatusCode::SEE_OTHER);
    assert_eq!(card.location, "/agents/chat/eva");
    // The URL of an agent's page contains the vendor's id; nothing else there does.
    for path in [SALES, card.location.as_str(), "/cases"] {
        let text = get_page(&router, path).await.text;
        let has_name = text.contains("Karlsson") || text.contains("Eva");
        assert!(!has_name, "{path}: {text}");
    }

    let another = get_page(&router, "/cards/0123456789abcdef01234567").await;
    assert_eq!(another.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn logins_and_ids_are_hidden_on_every_page_where_names_are() {
    let login = EntityProfile {
        name: Some("Zoe Xu".into()),
        email: Some("zoe@example.com".into()),
        external_ids: Some([("Genesys".into(), "zoex81".into())].into()),
        queues: Some([Id::new(&"chat".into(), "9002@SIP/1")].into()),
        ..EntityProfile::new(EntityKind::Agent, Id::new(&"chat".into(), "zoex"))
    };
    let inputs = || {
        let mut inputs = sales_inputs();
        inputs.extend([
            reading_update(Fact::Profile(login.clone())),
            case_created("helps"),
            case_opened("helps", "zoex", "9002@SIP/1"),
        ]);
        inputs
    };
    for agent_names in [NameVisibility::Initials, NameVisibility::None] {
        let site = SiteConfig {
            agent_names,
            ..test_site()
        };
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
        let history = History::new(store.clone(), ReportConfig::default());
        let parts = parts_with_history(site, inputs(), history, store);
        let agent = AlertSubject::Agent(Id::new(&"chat".into(), "zoex"));
        open_alerts(parts.alerts.as_ref().unwrap(), vec![agent], &[]).await;
        let router = build_router(parts);
        assert_contains(&get_page(&router, "/alerts").await.text, &["chat/zoex"]);
        for path in [
            "/",
            "/alerts",
            "/api/v1/alerts",
            "/agents/chat/zoex?day=2020-01-01",
            "/history?view=adherence&by=agent",
            "/boards/queues",
            "/boards/agents",
            SALES,
            "/agents/chat/zoex",
            "/agents/chat/zoex/data",
            "/cases",
            "/cases?agent=chat%2Fzoex",
            "/shift",
            "/sources",
            "/history",
            "/history?by=agent",
            "/history?agent=chat%2Fzoex",
            "/history.csv?by=agent",
            "/history.csv?agent=chat%2Fzoex",
            "/history/calls?agent=chat%2Fzoex",
            "/history/calls.csv?agent=chat%2Fzoex",
        ] {
            let page = get_page(&router, path).await;
            assert!(page.status.is_success(), "{path}: {}", page.status);
            // Addresses of pages and choices of forms need the ID.
            let mut text = page.text;
            for address in ["chat/zoex", "chat%2Fzoex", "chat%2fzoex"] {
                text = text.replace(address, "");
            }
            assert_contains_none(&text, &["zoe", "Zoe", "Xu"]);
        }
    }
}

#[tokio::test]
async fn unknown_urls_suggest_existing_pages() {
    let router = router_after(sales_inputs());
    let table = [
        ("/queues/chat/none", 404, SALES),
        ("/agents/chat/none", 404, "/boards/agents"),
        (
            "/cases?state=lost",
            400,
            "waiting, open, closed, abandoned, unconfirmed",
        ),
        ("/cases?queue=chat%2Fnone", 400, "Queue not found"),
        ("/cases?cursor=x", 400, "/cases"),
        ("/cases?stat=open", 400, "/cases"),
        ("/nothing", 404, "/sources"),
    ];

    for (path, status, suggestion) in table {
        let page = get_page(&router, path).await;
        assert_eq!(page.status.as_u16(), status, "{path}");
        assert_eq!(page.kind, "text/html; charset=utf-8", "{path}");
        assert!(page.text.contains(suggestion), "{path}: {}", page.text);
    }
}

#[tokio::test]
async fn garbled_address_and_wrong_option_get_a_page_with_links() {
    let router = router_after(sales_inputs());
    for path in ["/queues/chat/%FF", "/cases?state=lost", "/cases?sort=color"] {
        let page = get_page(&router, path).await;

        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{path}");
        assert_contains(
            &page.text,
            &[
                "<h1>This link doesn’t work</h1>",
                "<a href=\"/\">All boards</a>",
                "<a href=\"/history\">History</a>",
            ],
        );
    }
}

#[tokio::test]
async fn without_a_source_the_first_page_says_what_to_do() {
    let site = SiteConfig::default();
    let router = router_without_source(site);

    let page = get_page(&router, "/").await;
    let board = get_page(&router, "/boards/queues").await;
    let sources = get_page(&router, "/sources").await;

    assert_eq!(page.status, StatusCode::OK);
    assert_contains(
        &page.text,
        &[
            "<h1 data-key=\"first\">Connect a data source</h1>",
            "kind = &#34;vngage&#34;",
            "kind = &#34;sangoma-export&#34;",
            "wallboard check --config wallboard.toml",
            "<code>wallboard demo</code>",
        ],
    );
    assert_contains(&board.text, &["No data source yet"]);
    assert_contains(
        &sources.text,
        &["No data source is configured. <a href=\"/\">First steps</a>"],
    );
}

#[tokio::test]
async fn unsupported_method_is_explained_on_a_page() {
    let router = router_after(sales_inputs());
    for path in ["/", "/cases", SALES, "/boards/queues", "/sources"] {
        let page = read_page(send_request(&router, Request::post(path)).await).await;

        assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(page.kind, "text/html; charset=utf-8", "{path}");
        assert_contains(&page.text, &["This page is read-only", "/sources"]);
    }
    let api = send_request(&router, Request::post("/api/v1/queues")).await;
    assert_eq!(read_page(api).await.kind, "application/problem+json");
}

#[tokio::test]
async fn pages_scripts_styles_and_json_are_compressed_on_request() {
    let router = router_after(Vec::new());
    let encoding = async |path: &str, accepted: &str| {
        let request = Request::get(path).header(header::ACCEPT_ENCODING, accepted);
        let response = send_request(&router, request).await;
        let encoding = response.headers().get(header::CONTENT_ENCODING).cloned();
        encoding.map(|encoding| encoding.to_str().unwrap().to_owned())
    };

    for path in [
        "/",
        "/static/desk/desk.css",
        "/static/board/line.js",
        "/api/v1/site",
    ] {
        for accepted in ["gzip", "gzip, deflate, br, zstd"] {
            assert_eq!(
                encoding(path, accepted).await.as_deref(),
                Some("gzip"),
                "{path}"
            );
        }
        assert_eq!(encoding(path, "identity").await, None, "{path}");
    }
}

#[tokio::test]
async fn every_page_of_a_demo_says_so_even_an_error_page() {
    let router = demo_router();
    for path in ["/", "/cases", "/sources", "/nothing", "/cases?state=lost"] {
        let page = get_page(&router, path).await;

        assert_contains(&page.text, &["<span class=\"chip\">Demo data</span>"]);
    }
}

#[tokio::test]
async fn clocks_stand_still_on_every_page_of_a_lost_source() {
    let (live, lost) = (router_after(sales_inputs()), router_of_lost_connection());
    for path in [
        "/",
        SALES,
        "/agents/chat/eva",
        "/cases",
        "/boards/queues",
        "/boards/agents",
    ] {
        for (router, is_running) in [(&live, true), (&lost, false)] {
            let text = get_page(router, path).await.text;
            assert_eq!(text.contains("data-since="), is_running, "{path}: {text}");
        }
    }
}

#[tokio::test]
async fn every_page_of_live_values_is_among_those_answered_again_after_a_standstill() {
    let store = test_store();
    let history = History::new(store.clone(), ReportConfig::default());
    let mut inputs = vec![Input::SiteConfig(Arc::new(test_site()))];
    inputs.extend(sales_inputs());
    let state = state_of_inputs(inputs, history, store, DataOrigin::Live);
    let router = live_routes().with_state(state.into());

    for path in [
        "/",
        SALES,
        "/agents/chat/eva",
        "/cases",
        "/boards/queues",
        "/sources",
        "/metrics",
        "/api/v1/site",
        // Without rules there's no page of alerts, but its forms have the same routes.
        "/alerts/act",
    ] {
        let status = get_page(&router, path).await.status;
        assert_ne!(status, StatusCode::NOT_FOUND, "{path}");
    }
}
