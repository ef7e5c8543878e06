//! The Prometheus metrics at `/metrics`.

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::Value;
use tokio::time::timeout;
use tokio_tungstenite::{
    connect_async,
    tungstenite::{client::IntoClientRequest, http::HeaderValue},
};
use wallboard_domain::{Input, SourceDiagnostic, SourceId};

use crate::support::{
    openmetrics::{Scrape, documented_names},
    test_server::{ServerOptions, TestServer},
    wait_until,
};

const SOON: Duration = Duration::from_secs(10);

async fn scrape(server: &TestServer) -> Scrape {
    let answer = reqwest::get(server.url("/metrics")).await.unwrap();
    assert_eq!(
        answer.headers()["content-type"],
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    Scrape::read(&answer.text().await.unwrap())
}

/// Sends ten loads, three messages of an unknown kind, and two unreadable ones.
async fn traffic(server: &TestServer) {
    for waiting in 0..10 {
        server.set_waiting(1, waiting).await;
    }
    let source = SourceId::from("chat");
    let ignored = || SourceDiagnostic::Ignored {
        event: "event.of.no.interest".into(),
    };
    let rejected = || SourceDiagnostic::Rejected {
        event: "group.loadChanged".into(),
        why: "not_json",
        case: None,
    };
    let diagnostics = [ignored(), ignored(), ignored(), rejected(), rejected()];
    let to_input = |diagnostic| Input::Diagnostic(source.clone(), diagnostic);
    server.apply(diagnostics.map(to_input).into()).await;
}

#[tokio::test]
async fn numbers_match_the_sources_api_and_labels_name_no_subject() {
    let server = TestServer::start(ServerOptions::default()).await;
    traffic(&server).await;

    let scrape = scrape(&server).await;

    let sources = reqwest::get(server.url("/api/v1/sources")).await.unwrap();
    let source = sources.json::<Value>().await.unwrap()["sources"][0].take();
    for (metric, field) in [
        ("wallboard_messages_received_total", "received"),
        ("wallboard_messages_applied_total", "applied"),
        ("wallboard_messages_ignored_total", "ignored"),
        ("wallboard_messages_quarantined_total", "rejected"),
    ] {
        let value = scrape.count(&format!("{metric}{{source=\"chat\"}}"));
        assert_eq!(Some(value), source[field].as_u64(), "{metric}");
    }
    let broken = "wallboard_source_continuity_breaks_total{source=\"chat\",reason=\"start\"}";
    assert_eq!(scrape.count(broken), 1);
    assert_eq!(scrape.count("wallboard_source_up{source=\"chat\"}"), 1);
    let queues = "wallboard_entities{source=\"chat\",kind=\"queue\",state=\"fresh\"}";
    assert_eq!(scrape.count(queues), 3);
    let lag = "wallboard_ingest_lag_seconds_count{source=\"chat\"}";
    assert_eq!(scrape.count(lag), 13);
    assert!(scrape.0.keys().all(|series| !series.contains("queue-")));
}

#[tokio::test]
async fn more_queues_add_no_series() {
    let few = TestServer::start(ServerOptions::default()).await;
    let many = TestServer::start(ServerOptions {
        queues: 300,
        ..ServerOptions::default()
    })
    .await;

    let (few, many) = (scrape(&few).await, scrape(&many).await);

    assert_eq!(
        few.0.keys().collect::<Vec<_>>(),
        many.0.keys().collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn viewers_and_frames_are_counted() {
    let server = TestServer::start(ServerOptions::default()).await;
    let before = scrape(&server).await;
    let live = format!("ws://{}/boards/queues/live", server.address);
    let mut request = live.into_client_request().unwrap();
    let protocol = HeaderValue::from_static("wallboard.v1");
    request
        .headers_mut()
        .insert("Sec-WebSocket-Protocol", protocol);
    let (mut viewer, _) = connect_async(request).await.unwrap();
    server.set_waiting(1, 7).await;
    let shown = async {
        while let Some(Ok(frame)) = viewer.next().await {
            if frame.to_text().unwrap().contains("\"7\"") {
                break;
            }
        }
    };
    timeout(SOON, shown).await.unwrap();

    let during = scrape(&server).await;
    drop(viewer);
    wait_until("the viewer is gone", SOON, async || {
        match server.hub.viewer_count() {
            0 => Ok(()),
            viewers => Err(viewers),
        }
    })
    .await;
    let after = scrape(&server).await;

    assert_eq!(during.count("wallboard_viewers"), 1);
    assert_eq!(after.count("wallboard_viewers"), 0);
    assert!(during.value("wallboard_frames_sent_total") >= 2.0);
    assert!(during.value("wallboard_frame_bytes_total") > 100.0);
    assert!(during.value("wallboard_broadcast_seconds_count") >= 1.0);
    let series = "wallboard_viewer_disconnects_total{code=\"gone\"}";
    assert_eq!((before.count(series), after.count(series)), (0, 1));
    for (series, value) in &before.0 {
        let rises =
            series.contains("_total") || series.contains("_bucket") || series.contains("_count");
        assert!(!rises || *value <= after.value(series), "{series} fell");
    }
}

#[tokio::test]
async fn process_and_build_metrics_are_exported() {
    let server = TestServer::start(ServerOptions::default()).await;

    let scrape = scrape(&server).await;

    let now = jiff::Timestamp::now().as_duration().as_secs_f64();
    let started = scrape.value("process_start_time_seconds");
    assert!(now - 3600.0 < started && started <= now, "{started}");
    assert!(scrape.value("process_resident_memory_bytes") > 1e6);
    assert!(scrape.value("process_open_fds") < scrape.value("process_max_fds"));
    assert!(scrape.value("process_cpu_seconds_total") > 0.0);
    let build = format!(
        "wallboard_build_info{{version=\"{}\",assets=\"{}\"}}",
        env!("CARGO_PKG_VERSION"),
        wallboard::web::build_id()
    );
    assert_eq!(scrape.count(&build), 1);
    let certificate = "wallboard_tls_not_after_timestamp_seconds";
    assert!(
        !scrape.0.contains_key(certificate),
        "exported without a certificate"
    );
}

#[tokio::test]
async fn docs_list_exactly_the_exported_metrics() {
    let alerts = include_str!("../../packaging/alerts.yaml");
    let server = TestServer::start(ServerOptions::default()).await;

    let scrape = scrape(&server).await;

    let mut named = documented_names();
    let words = alerts.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let referenced =
        words.filter(|word| word.starts_with("wallboard_") || word.starts_with("process_"));
    for name in referenced.map(|name| name.strip_suffix("_bucket").unwrap_or(name)) {
        assert!(named.contains(name), "an alert uses {name}");
    }
    // Present only if we serve TLS ourselves, import exports, deliver case records, or are a node of a cluster.
    assert!(named.remove("wallboard_tls_not_after_timestamp_seconds"));
    named.retain(|name| !name.starts_with("wallboard_import_"));
    named.retain(|name| !name.starts_with("wallboard_case_records_"));
    named.retain(|name| !name.starts_with("wallboard_cluster_"));
    let exported = scrape.0.keys().map(|series| {
        let name = series.split('{').next().unwrap();
        let histogram = ["_bucket", "_count", "_sum"];
        let base_name = histogram.iter().find_map(|end| name.strip_suffix(end));
        base_name.unwrap_or(name)
    });
    assert_eq!(named, exported.collect());
}
