//! Five hundred statistics of GMS asked for round after round, up to the picture: what a
//! round costs. Beside it: a client that asks the same server the same in the same
//! batches, and parses the answers into bare JSON.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
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
use wallboard::{
    domain::{
        Id, Input, Metric, MetricSubject, ProvidedMetrics, SiteConfig, SourceId, SourceSetup,
    },
    ingest::{self, ProcessClock},
    live::{self, LiveHandle, LiveState},
    sources::{
        LiveSource, RedactedText,
        gms::{GmsSettings, GmsSource, GmsStatistic},
        statserver::{DeliveredUnit, Measure, Statistic},
    },
};

const STATISTICS: usize = 500;
const ROUNDS: u64 = 10;
/// Rounds come faster here than the five seconds that they are reckoned by.
const INTERVAL: Duration = Duration::from_secs(1);
const USUAL: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_mins(2);

/// Batches that were answered, and what the first of them asked.
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
    let (ours, batches) = runtime.block_on(rounds(&server, port));
    let mut forms = server.forms.lock().expect("nobody panicked").clone();
    forms.truncate(usize::try_from(batches).unwrap_or_default());
    let bare = runtime.block_on(bare(&forms, port));

    let millis = |of: Duration| of.as_secs_f64() * 1000.0;
    let share = |of: Duration| 100.0 * of.as_secs_f64() / USUAL.as_secs_f64();
    println!("{STATISTICS} statistics in {batches} requests a round; the mean of {ROUNDS} rounds");
    println!(
        "bare client, parsing only  {:>8.2} ms of processor a round",
        millis(bare)
    );
    println!(
        "round into the picture     {:>8.2} ms of processor a round",
        millis(ours)
    );
    println!(
        "bare / ours                {:>8.2}",
        bare.as_secs_f64() / ours.as_secs_f64()
    );
    println!(
        "every 5 s                  {:>8.2} % of a core (target 5)",
        share(ours)
    );
}

/// What a round costs, and how many requests it is made of.
async fn rounds(server: &Server, port: u16) -> (Duration, u64) {
    let clock = ProcessClock::start_now();
    let mut state = LiveState::default();
    state.apply_input(&Input::SiteConfig(Arc::new(site())), clock.now());
    let live = LiveHandle::new(clock, state);
    let (outlet, inlet) = ingest::ingest_channel(clock);
    tokio::spawn(live::run_live_state(live.clone(), inlet));
    let mut gms = GmsSource::new(settings(port));
    let measured = async {
        let mut bell = live.subscribe_changes();
        while !live.read_snapshot(|picture, _| picture.sources[&gms_id()].is_live()) {
            bell.changed().await.expect("the live state stays");
        }
        let first = server.answered.load(Ordering::Relaxed);
        let before = processor();
        let batches = (STATISTICS as u64).div_ceil(25);
        while server.answered.load(Ordering::Relaxed) < first + ROUNDS * batches {
            bell.changed().await.expect("the live state stays");
        }
        let spent = processor().saturating_sub(before);
        let known = live.read_snapshot(|picture, _| {
            let queues = picture.queues.values();
            let known = queues.filter(|queue| queue.readings.get(Metric::ExpectedWait).is_some());
            known.count()
        });
        assert_eq!(known, STATISTICS, "every statistic has arrived");
        (spent / u32::try_from(ROUNDS).unwrap_or(1), batches)
    };
    let measured = tokio::time::timeout(PATIENCE, measured);
    tokio::select! {
        Err(error) = gms.run(&outlet) => panic!("the source ended: {error}"),
        measured = measured => measured.expect("the rounds go on"),
    }
}

async fn bare(forms: &[String], port: u16) -> Duration {
    let http = reqwest::Client::new();
    let before = processor();
    for _ in 0..ROUNDS {
        for form in forms {
            let ask = http.post(format!("http://127.0.0.1:{port}/genesys/1/statistics"));
            let ask = ask.basic_auth("default", Some("password"));
            let ask = ask.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
            let answer = ask.body(form.clone()).send().await;
            let answer = answer.expect("the server is there");
            let values: HashMap<String, serde_json::Value> =
                answer.json().await.expect("it is as we wrote it");
            assert!(!values.is_empty(), "there is something in it");
        }
    }
    processor().saturating_sub(before) / u32::try_from(ROUNDS).unwrap_or(1)
}

/// A GMS on a thread of its own.
fn start(server: Arc<Server>) -> u16 {
    let (told, port) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime starts");
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
            let listener = listener.expect("there is a free port");
            let port = listener.local_addr().expect("it listens").port();
            told.send(port).expect("it is waited for");
            let app = Router::new().fallback(answer).with_state(server);
            axum::serve(listener, app)
                .await
                .expect("serving does not end");
        });
    });
    port.recv().expect("the server starts")
}

async fn answer(Shared(server): Shared<Arc<Server>>, uri: Uri, form: String) -> Response {
    const JSON: [(axum::http::HeaderName, &str); 1] = [(CONTENT_TYPE, "application/json")];
    if !uri.path().ends_with("/statistics") {
        return (JSON, "{\"value\":7}").into_response();
    }
    let answered = server.answered.fetch_add(1, Ordering::Relaxed);
    let count = form.matches("stat").count();
    let values = (1..=count).map(|n| format!("\"stat{n}\":{}", (answered + n as u64) % 97));
    let body = format!("{{{}}}", values.collect::<Vec<_>>().join(","));
    server.forms.lock().expect("nobody panicked").push(form);
    (JSON, body).into_response()
}

fn gms_id() -> SourceId {
    "gms".into()
}

fn queue(n: usize) -> Id {
    Id::new(&gms_id(), &format!("{n}@SIP_Switch"))
}

fn site() -> SiteConfig {
    let given = |n| ProvidedMetrics {
        subject: MetricSubject::Queue(queue(n)),
        metrics: vec![Metric::ExpectedWait],
        statistics: Vec::new(),
        includes_status: false,
    };
    SiteConfig {
        sources: vec![SourceSetup {
            provides: (0..STATISTICS).map(given).collect(),
            ..SourceSetup::new(gms_id(), wallboard::sources::gms::KIND)
        }],
        ..SiteConfig::default()
    }
}

fn settings(port: u16) -> GmsSettings {
    let asked = |n| GmsStatistic {
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
        statistics: (0..STATISTICS).map(asked).collect(),
    }
}

/// Processor time of this thread, on which all but the server is.
fn processor() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    now.try_into().unwrap_or_default()
}
