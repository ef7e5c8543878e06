use std::convert::Infallible;

use tokio::sync::watch as watched;
use tracing::subscriber::{set_default, with_default};
use tracing_subscriber::{layer::SubscriberExt, registry};

use wallboard_domain::{ConnectionEvent, Input, SiteConfig, SourceSetup};
use wallboard_live::{self as live, LiveState};
use wallboard_runtime::{
    ingest::{self, IngestSender, ProcessClock},
    retry::TaskSignals,
    source_log::SourceLog,
};
use wallboard_sources::{LiveSource, SourceError, supervise_source};

use super::*;

fn observed_source(connection: ConnectionState, degraded: bool, not_json: u64) -> ObservedSource {
    ObservedSource {
        connection,
        failures: 0,
        why: Some("It broke".to_owned()),
        degraded,
        rejected_messages: [("not_json", not_json)].into(),
        rejected_statistics: Vec::new(),
    }
}

#[tokio::test(start_paused = true)]
async fn changes_are_logged_once_and_rejections_once_a_minute() {
    let log = SourceLog::default();
    let steps = [
        (0, observed_source(ConnectionState::Connecting, false, 0)),
        (1, observed_source(ConnectionState::CatchingUp, false, 0)),
        (1, observed_source(ConnectionState::Connected, false, 0)),
        (1, observed_source(ConnectionState::Connected, false, 2)),
        (1, observed_source(ConnectionState::Connected, true, 5)),
        (60, observed_source(ConnectionState::Connected, false, 9)),
        (1, observed_source(ConnectionState::Disconnected, false, 9)),
    ];
    let mut logged = BTreeMap::new();

    for (pause, observed) in steps {
        tokio::time::advance(Duration::from_secs(pause)).await;
        with_default(registry().with(log.clone()), || {
            log_changes(&mut logged, vec![("chat".into(), observed)]);
        });
    }

    let lines: Vec<String> = log
        .recent_lines("chat")
        .into_iter()
        .map(|l| l.text)
        .collect();
    assert_eq!(
        lines,
        [
            "Couldn't read messages: not_json (7)",
            "Messages can be read again",
            "Over 10% of messages in the last minute couldn't be read in full",
            "Couldn't read messages: not_json (2)",
            "Connected, live",
            "Connected, processing queued messages",
        ]
    );
}

/// Connects, stays connected for a while, and breaks for one reason after another.
struct FlappingSource {
    id: SourceId,
    holds: Duration,
    reasons: &'static [&'static str],
    runs: usize,
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct FlapError(&'static str);

impl SourceError for FlapError {
    fn needs_intervention(&self) -> bool {
        false
    }
}

impl LiveSource for FlappingSource {
    type Error = FlapError;

    fn id(&self) -> &SourceId {
        &self.id
    }

    async fn run(&mut self, sender: &IngestSender) -> Result<Infallible, FlapError> {
        let why = self.reasons[self.runs % self.reasons.len()];
        self.runs += 1;
        for event in [
            ConnectionEvent::CatchingUp {
                discontinuity: None,
            },
            ConnectionEvent::Connected,
        ] {
            sender
                .send_batch(vec![Input::Connection(self.id.clone(), event)])
                .await
                .unwrap();
            sleep(self.holds / 2).await;
        }
        Err(FlapError(why))
    }
}

/// Returns the log of a day, oldest first, on which each connection lasts `holds`.
async fn logged_lines(holds: Duration, reasons: &'static [&'static str]) -> Vec<String> {
    let log = SourceLog::default();
    let _guard = set_default(registry().with(log.clone()));
    let clock = ProcessClock::start_now();
    let (sender, receiver) = ingest::ingest_channel(clock.clone());
    let live = LiveHandle::new(clock, LiveState::default());
    tokio::spawn(live::run_live_state(live.clone(), receiver, None));
    let site = SiteConfig {
        sources: vec![SourceSetup::new(
            SourceId::from("chat"),
            wallboard_sources::vngage::KIND,
        )],
        ..SiteConfig::default()
    };
    sender
        .send_batch(vec![Input::SiteConfig(Arc::new(site))])
        .await
        .unwrap();
    let stop = CancellationToken::new();
    tokio::spawn(watch_sources(live, stop.clone()));
    let source = FlappingSource {
        id: "chat".into(),
        holds,
        reasons,
        runs: 0,
    };
    let retry = watched::Sender::new(());
    let signals = TaskSignals {
        stop: stop.clone(),
        retry: retry.subscribe(),
    };
    tokio::spawn(supervise_source(source, sender, signals));

    sleep(Duration::from_hours(24)).await;

    let lines = log.recent_lines("chat").into_iter().rev();
    lines.map(|line| line.text).collect()
}

#[tokio::test(start_paused = true)]
async fn flapping_connection_does_not_flood_the_log() {
    let lines = logged_lines(Duration::from_secs(6), &["it broke", "it was cut"]).await;

    let messages: Vec<_> = lines
        .iter()
        .map(|line| line.split(" retry_secs").next().unwrap())
        .collect();
    let connected = "Connected, processing queued messages";
    assert_eq!(
        messages,
        [
            connected,
            "Connected, live",
            "Disconnected, reconnecting: It broke",
            connected,
            "Connected, live",
            "Disconnected, reconnecting: It was cut",
            connected,
            "Connected, live",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn rejection_rate_around_the_limit_is_logged_once_a_minute() {
    let log = SourceLog::default();
    let mut logged = BTreeMap::new();

    for second in 0..600 {
        let observed = observed_source(ConnectionState::Connecting, second % 2 == 0, 0);
        with_default(registry().with(log.clone()), || {
            log_changes(&mut logged, vec![("chat".into(), observed)]);
        });
        tokio::time::advance(Duration::from_secs(1)).await;
    }

    assert!((2..=10).contains(&log.recent_lines("chat").len()));
}

#[tokio::test(start_paused = true)]
async fn unlogged_loss_that_lasts_is_logged_after_all() {
    let log = SourceLog::default();
    let mut logged = BTreeMap::new();
    let mut observe_after = async |pause: u64, connection| {
        tokio::time::advance(Duration::from_secs(pause)).await;
        with_default(registry().with(log.clone()), || {
            log_changes(
                &mut logged,
                vec![("chat".into(), observed_source(connection, false, 0))],
            );
        });
    };

    observe_after(0, ConnectionState::Connected).await;
    observe_after(9, ConnectionState::Disconnected).await;
    observe_after(9, ConnectionState::Connected).await;
    observe_after(9, ConnectionState::Disconnected).await;
    observe_after(20, ConnectionState::Disconnected).await;
    observe_after(20, ConnectionState::Disconnected).await;
    observe_after(20, ConnectionState::Disconnected).await;
    observe_after(9, ConnectionState::Connected).await;

    let lines: Vec<String> = log
        .recent_lines("chat")
        .into_iter()
        .map(|l| l.text)
        .collect();
    assert_eq!(
        lines,
        [
            "Connected, live",
            "Disconnected again, retrying: It broke",
            "Connected, live",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn each_rejected_statistic_is_logged_once() {
    let log = SourceLog::default();
    let rejecting = |names: &[&str]| ObservedSource {
        rejected_statistics: (names.iter())
            .map(|name| ((*name).into(), "not found".into()))
            .collect(),
        ..observed_source(ConnectionState::Connecting, false, 0)
    };
    let mut logged = BTreeMap::new();

    for now in [&["A"][..], &["A"], &["A", "B"], &[]] {
        with_default(registry().with(log.clone()), || {
            log_changes(&mut logged, vec![("voice".into(), rejecting(now))]);
        });
    }

    let lines: Vec<String> = log
        .recent_lines("voice")
        .into_iter()
        .map(|l| l.text)
        .collect();
    let line = |name| format!("{name} was rejected and stays unknown: not found");
    assert_eq!(lines, [line("B"), line("A")]);
}
