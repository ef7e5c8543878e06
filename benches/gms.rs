//! Five hundred GMS statistics requested round after round, up to the snapshot: the cost of a
//! round. The baseline is a client that sends the same requests in the same batches to the same
//! server, and parses the responses into bare JSON.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use axum::{
    Router,
    extract::State as Shared,
    http::{Uri, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use parking_lot::Mutex;
use wallboard_domain::{
    Id, Input, Metric, MetricSubject, ProvidedMetrics, SiteConfig, SourceId, SourceSetup,
};
use wallboard_live::{self as live, LiveHandle, LiveState};
use wallboard_runtime::ingest::{self, ProcessClock};
use wallboard_sources::{
    LiveSource, RedactedText,
    gms::{GmsSettings, GmsSource, GmsStatistic},
    statserver::{DeliveredUnit, Measure, Statistic},
};

const STATISTICS: usize = 500;
const ROUNDS: u64 = 10;
/// Rounds are faster here than the five seconds that costs are computed for.
const INTERVAL: Duration = Duration::from_secs(1);
const USUAL_INTERVAL: Duration = Duration::from_secs(5);
const TIMEOUT: Duration = Duration::from_mins(2);

/// The number of answered batches, and the first one's request.
#[derive(Debug, Default)]
struct Server {
    answered: AtomicU64,
    forms: Mutex<Vec<String>>,
}

fn main() {
    let server = Arc::<Server>::default();
    let port = start(Arc::clone(&server));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime starts");
    let (product, batches) = runtime.block_on(rounds(&server, port));
    let mut forms = server.forms.lock().clone();
    forms.truncate(usize::try_from(batches).unwrap_or_default());
    let bare = runtime.block_on(bare(&forms, port));

    let millis = |time: Duration| time.as_secs_f64() * 1000.0;
    let share = |time: Duration| 100.0 * time.as_secs_f64() / USUAL_INTERVAL.as_secs_f64();
    println!("{STATISTICS} statistics in {batches} requests a round; the mean of {ROUNDS} rounds");
    println!(
        "bare client, parsing only  {:>8.2} ms of processor a round",
        millis(bare)
    );
    println!(
        "round into the picture     {:>8.2} ms of processor a round",
        millis(product)
    );
    println!(
        "bare / product             {:>8.2}",
        bare.as_secs_f64() / product.as_secs_f64()
    );
    println!(
        "every 5 s                  {:>8.2} % of a core (target 5)",
        share(product)
    );
}

/// Cost of a round, and its number of requests.
async fn rounds(server: &Server, port: u16) -> (Duration, u64) {
    let clock = ProcessClock::start_now();
    let mut state = LiveState::default();
    state.apply_input(&Input::SiteConfig(Arc::new(site())), clock.now());
    let live = LiveHandle::new(clock.clone(), state);
    let (sender, receiver) = ingest::ingest_channel(clock.clone());
    tokio::spawn(live::run_live_state(live.clone(), receiver, None));
    let mut gms = GmsSource::new(settings(port));
    let measured = async {
        let mut changes = live.subscribe_changes();
        while !live.read_snapshot(|snapshot, _| snapshot.sources[&gms_id()].is_live()) {
            changes
                .changed()
                .await
                .expect("the live state keeps running");
        }
        let first = server.answered.load(Ordering::Relaxed);
        let before = cpu_time();
        let batches = (STATISTICS as u64).div_ceil(25);
        while server.answered.load(Ordering::Relaxed) < first + ROUNDS * batches {
            changes
                .changed()
                .await
                .expect("the live state keeps running");
        }
        let spent = cpu_time().saturating_sub(before);
        let known = live.read_snapshot(|snapshot, _| {
            let queues = snapshot.queues.values();
            let known = queues.filter(|queue| queue.readings.get(Metric::ExpectedWait).is_some());
            known.count()
        });
        assert_eq!(known, STATISTICS, "every statistic has arrived");
        (spent / u32::try_from(ROUNDS).unwrap_or(1), batches)
    };
    let measured = tokio::time::timeout(TIMEOUT, measured);
    tokio::select! {
        Err(error) = gms.run(&sender) => panic!("the source ended: {error}"),
        measured = measured => measured.expect("the rounds continue"),
    }
}

async fn bare(forms: &[String], port: u16) -> Duration {
    let http = reqwest::Client::new();
    let before = cpu_time();
    for _ in 0..ROUNDS {
        for form in forms {
            let request = http.post(format!("http://127.0.0.1:{port}/genesys/1/statistics"));
            let request = request.basic_auth("default", Some("password"));
            let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
            let response = request.body(form.clone()).send().await;
            let response = response.expect("the server responds");
            let values: HashMap<String, serde_json::Value> =
                response.json().await.expect("the server's own JSON");
            assert!(!values.is_empty(), "the response has values");
        }
    }
    cpu_time().saturating_sub(before) / u32::try_from(ROUNDS).unwrap_or(1)
}

/// A GMS on its own thread.
fn start(server: Arc<Server>) -> u16 {
    let (port_sender, port) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime starts");
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
            let listener = listener.expect("there is a free port");
            let port = listener.local_addr().expect("it listens").port();
            port_sender.send(port).expect("the receiver is waiting");
            let app = Router::new().fallback(respond).with_state(server);
            axum::serve(listener, app)
                .await
                .expect("the server keeps running");
        });
    });
    port.recv().expect("the server starts")
}

async fn respond(Shared(server): Shared<Arc<Server>>, uri: Uri, form: String) -> Response {
    const JSON: [(axum::http::HeaderName, &str); 1] = [(CONTENT_TYPE, "application/json")];
    if !uri.path().ends_with("/statistics") {
        return (JSON, "{\"value\":7}").into_response();
    }
    let answered = server.answered.fetch_add(1, Ordering::Relaxed);
    let count = form.matches("stat").count();
    let values = (1..=count).map(|n| format!("\"stat{n}\":{}", (answered + n as u64) % 97));
    let body = format!("{{{}}}", values.collect::<Vec<_>>().join(","));
    server.forms.lock().push(form);
    (JSON, body).into_response()
}

fn gms_id() -> SourceId {
    "gms".into()
}

fn queue(n: usize) -> Id {
    Id::new(&gms_id(), &format!("{n}@SIP_Switch"))
}

fn site() -> SiteConfig {
    let provided = |n| ProvidedMetrics {
        subject: MetricSubject::Queue(queue(n)),
        metrics: vec![Metric::ExpectedWait],
        statistics: Vec::new(),
        includes_status: false,
    };
    SiteConfig {
        sources: vec![SourceSetup {
            provides: (0..STATISTICS).map(provided).collect(),
            ..SourceSetup::new(gms_id(), wallboard_sources::gms::KIND)
        }],
        ..SiteConfig::default()
    }
}

fn settings(port: u16) -> GmsSettings {
    let new_statistic = |n| GmsStatistic {
        statistic: Statistic {
            name: "ExpectedWaitTime".into(),
            object_type: "Queue".into(),
            object: queue(n).external,
            subject: MetricSubject::Queue(queue(n)),
            measure: Measure::Figure(Metric::ExpectedWait),
            delivered: DeliveredUnit::Seconds,
            no_estimate_above: None,
        },
        tenant: "Environment".into(),
        tenant_password: RedactedText::default(),
        notification_mode: None,
    };
    GmsSettings {
        id: gms_id(),
        base_urls: vec![format!("http://127.0.0.1:{port}/genesys/1")],
        credentials: Some(("default".into(), RedactedText("password".to_owned()))),
        ca_file: None,
        interval: INTERVAL,
        max_age: Duration::from_secs(2),
        states: HashMap::new(),
        reasons: HashMap::new(),
        statistics: (0..STATISTICS).map(new_statistic).collect(),
    }
}

/// CPU time of this thread, on which everything except the server runs.
fn cpu_time() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    now.try_into().unwrap_or_default()
}
