//! Keeps sources running, whatever their upstreams do. Only the supervisor reconnects and
//! stops sources.

use std::{convert::Infallible, error::Error, future::Future, time::Duration};

use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout},
};
use tracing::{info, warn};

use wallboard_domain::{ConnectionEvent, Input, SourceDiagnostic, SourceId};
use wallboard_runtime::{
    ingest::{IngestClosed, IngestSender},
    retry::{self, Backoff, FIRST_PAUSE, LONGEST_PAUSE, TaskSignals},
};

/// Bounds shutdown, whether or not an upstream responds.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);
/// A source that ran longer than this was connected, so its next failure is reported again.
const STABLE_AFTER: Duration = Duration::from_secs(30);
/// The number of recent reasons that aren't repeated in the log.
const REASONS_MAX: usize = 8;

/// A connection to an upstream.
pub trait LiveSource: Send + 'static {
    type Error: SourceError;

    fn id(&self) -> &SourceId;

    /// Connects and forwards messages until something fails.
    ///
    /// Never succeeds and never reconnects. To stop a source, the supervisor drops this
    /// future, so every await must be safe to abandon.
    fn run(
        &mut self,
        sender: &IngestSender,
    ) -> impl Future<Output = Result<Infallible, Self::Error>> + Send;

    /// Releases what the upstream keeps for us, after the last [`run`](Self::run). A timeout
    /// may cut it short.
    fn close_session(&mut self) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }
}

/// The reason a source ended. Its text is for people and contains no secrets.
pub trait SourceError: Error + Send {
    /// Whether the upstream rejects us: wrong credentials or missing permissions. Only a
    /// person can fix that.
    fn needs_intervention(&self) -> bool;

    /// Whether the upstream only has to notice that our last connection is dead, which takes it
    /// seconds.
    fn is_brief(&self) -> bool {
        false
    }
}

/// Runs one source until the stop signal and reconnects after every failure.
pub async fn supervise_source(
    mut source: impl LiveSource,
    sender: IngestSender,
    mut signals: TaskSignals,
) {
    tokio::select! {
        Err(IngestClosed) = run_with_retries(&mut source, &sender, &mut signals.retry) => {}
        () = signals.stop.cancelled() => {}
    }
    if timeout(CLOSE_TIMEOUT, source.close_session())
        .await
        .is_err()
    {
        info!(source.name = %source.id(), "Closing the connection timed out");
    }
    info!(source.name = %source.id(), "Source stopped");
}

async fn run_with_retries(
    source: &mut impl LiveSource,
    sender: &IngestSender,
    retry: &mut watch::Receiver<()>,
) -> Result<Infallible, IngestClosed> {
    let mut backoff = Backoff::default();
    let mut reported: Vec<String> = Vec::new();
    loop {
        let started = Instant::now();
        retry.mark_unchanged();
        let Err(error) = source.run(sender).await;
        if sender.is_closed() {
            return Err(IngestClosed);
        }

        if started.elapsed() > LONGEST_PAUSE {
            backoff.reset();
        }
        if started.elapsed() > STABLE_AFTER {
            reported.clear();
        }
        let pause = if error.is_brief() {
            FIRST_PAUSE
        } else {
            backoff.next_pause(error.needs_intervention())
        };

        let why = error_sentence(&error);
        let is_news = !reported.contains(&why);
        if is_news {
            // Drop the oldest reasons so that the list stays bounded.
            reported.truncate(REASONS_MAX - 1);
            reported.insert(0, why.clone());
            warn!(
                source.name = %source.id(),
                retry_secs = pause.as_secs_f32(),
                "Disconnected, reconnecting: {why}",
            );
        }
        sender
            .send_batch(outage_inputs(source.id(), &why, is_news))
            .await?;
        tokio::select! {
            () = sleep(pause) => {}
            () = retry::retry_requested(retry) => {}
        }
    }
}

fn outage_inputs(id: &SourceId, why: &str, is_news: bool) -> Vec<Input> {
    let why = || why.to_owned();
    let mut inputs = vec![Input::Connection(
        id.clone(),
        ConnectionEvent::Disconnected { why: why() },
    )];
    if is_news {
        inputs.push(Input::Diagnostic(
            id.clone(),
            SourceDiagnostic::Failed { why: why() },
        ));
    }
    inputs
}

/// Formats an error as a sentence for a page.
pub(super) fn error_sentence(error: &impl Error) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parking_lot::Mutex;
    use tokio_util::sync::CancellationToken;

    use wallboard_runtime::{
        ingest::{self, IngestReceiver, ProcessClock},
        retry::REFUSED_PAUSE,
    };

    use super::*;

    #[derive(Clone, Debug, thiserror::Error)]
    #[error("{0}")]
    struct FakeSourceError(&'static str, bool);

    const HELD: &str = "the queue is held";

    impl SourceError for FakeSourceError {
        fn is_brief(&self) -> bool {
            self.0 == HELD
        }

        fn needs_intervention(&self) -> bool {
            self.1
        }
    }

    /// Fails repeatedly with the scripted errors, and records the time of each run.
    struct ScriptedSource {
        id: SourceId,
        holds: Duration,
        faults: Vec<FakeSourceError>,
        runs: Arc<Mutex<Vec<Instant>>>,
        closes: Arc<Mutex<u32>>,
    }

    impl LiveSource for ScriptedSource {
        type Error = FakeSourceError;

        fn id(&self) -> &SourceId {
            &self.id
        }

        async fn run(&mut self, _sender: &IngestSender) -> Result<Infallible, FakeSourceError> {
            let number = {
                let mut runs = self.runs.lock();
                runs.push(Instant::now());
                runs.len() - 1
            };
            sleep(self.holds).await;
            Err(self.faults[number % self.faults.len()].clone())
        }

        async fn close_session(&mut self) {
            *self.closes.lock() += 1;
            // An upstream that never responds.
            std::future::pending::<()>().await;
        }
    }

    struct SupervisorFixture {
        runs: Arc<Mutex<Vec<Instant>>>,
        closes: Arc<Mutex<u32>>,
        receiver: IngestReceiver,
        stop: CancellationToken,
        again: watch::Sender<()>,
        task: tokio::task::JoinHandle<()>,
    }

    fn supervisor_fixture(holds: Duration, faults: &[FakeSourceError]) -> SupervisorFixture {
        let (sender, receiver) = ingest::ingest_channel(ProcessClock::start_now());
        let stop = CancellationToken::new();
        let (runs, closes) = (Arc::default(), Arc::default());
        let source = ScriptedSource {
            id: "chat".into(),
            holds,
            faults: faults.to_vec(),
            runs: Arc::clone(&runs),
            closes: Arc::clone(&closes),
        };
        let again = watch::Sender::new(());
        let signals = TaskSignals {
            stop: stop.clone(),
            retry: again.subscribe(),
        };
        let task = tokio::spawn(supervise_source(source, sender, signals));
        SupervisorFixture {
            runs,
            closes,
            receiver,
            stop,
            again,
            task,
        }
    }

    impl SupervisorFixture {
        /// The pauses between runs, without the time of the runs themselves.
        async fn measure_pauses(&mut self, runs: usize, holds: Duration) -> Vec<Duration> {
            while self.runs.lock().len() < runs {
                self.receiver.batches.recv().await.unwrap();
            }
            let runs = self.runs.lock();
            runs.windows(2).map(|w| w[1] - (w[0] + holds)).collect()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_grow_to_the_maximum_and_retries_never_stop() {
        let mut context =
            supervisor_fixture(Duration::ZERO, &[FakeSourceError("the line broke", false)]);

        let pauses = context.measure_pauses(200, Duration::ZERO).await;

        let timer_slack = Duration::from_millis(2);
        assert!(pauses[0] <= FIRST_PAUSE + timer_slack);
        assert!(pauses[1] <= FIRST_PAUSE * 2 + timer_slack);
        assert!(pauses.iter().all(|p| *p <= LONGEST_PAUSE + timer_slack));
        assert!(pauses.iter().any(|p| *p > LONGEST_PAUSE / 2));
        assert!(pauses.iter().any(|p| *p < LONGEST_PAUSE / 2));
    }

    #[tokio::test(start_paused = true)]
    async fn connection_that_lasted_is_retried_quickly() {
        let holds = Duration::from_secs(10);
        let mut context = supervisor_fixture(holds, &[FakeSourceError("the line broke", false)]);

        let pauses = context.measure_pauses(50, holds).await;

        let slack = Duration::from_millis(2);
        assert!(
            pauses.iter().all(|p| *p <= FIRST_PAUSE + slack),
            "{pauses:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn source_that_its_own_dead_connection_holds_up_retries_at_a_steady_pace() {
        let mut context = supervisor_fixture(Duration::ZERO, &[FakeSourceError(HELD, false)]);

        let pauses = context.measure_pauses(20, Duration::ZERO).await;

        let slack = Duration::from_millis(2);
        let is_steady = |pause: &Duration| (FIRST_PAUSE..=FIRST_PAUSE + slack).contains(pause);
        assert!(pauses.iter().all(is_steady), "{pauses:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn refused_source_retries_once_a_minute() {
        let mut context =
            supervisor_fixture(Duration::ZERO, &[FakeSourceError("wrong password", true)]);

        let pauses = context.measure_pauses(5, Duration::ZERO).await;

        let slack = Duration::from_millis(2);
        assert!(
            pauses
                .iter()
                .all(|p| (REFUSED_PAUSE..=REFUSED_PAUSE + slack).contains(p))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn refused_source_retries_at_once_on_request() {
        let mut context =
            supervisor_fixture(Duration::ZERO, &[FakeSourceError("wrong password", true)]);
        context.receiver.batches.recv().await.unwrap();

        context.again.send_replace(());

        let pauses = context.measure_pauses(2, Duration::ZERO).await;
        assert!(pauses[0] < Duration::from_millis(2), "{pauses:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn reports_each_disconnection_and_each_new_reason_once() {
        let faults = ["a", "a", "b", "a"].map(|why| FakeSourceError(why, false));
        let mut context = supervisor_fixture(Duration::ZERO, &faults);

        let mut batches = Vec::new();
        while batches.len() < 4 {
            batches.push(context.receiver.batches.recv().await.unwrap().inputs);
        }

        let batches: Vec<String> = batches.iter().map(|inputs| format!("{inputs:?}")).collect();
        let disconnected =
            |why| format!(r#"Connection(SourceId("chat"), Disconnected {{ why: "{why}" }})"#);
        let diagnostic =
            |why| format!(r#"Diagnostic(SourceId("chat"), Failed {{ why: "{why}" }})"#);
        assert_eq!(
            batches[0],
            format!("[{}, {}]", disconnected("A"), diagnostic("A"))
        );
        assert_eq!(batches[1], format!("[{}]", disconnected("A")));
        assert_eq!(
            batches[2],
            format!("[{}, {}]", disconnected("B"), diagnostic("B"))
        );
        assert_eq!(batches[3], format!("[{}]", disconnected("A")));
    }

    #[tokio::test(start_paused = true)]
    async fn stop_signal_ends_a_running_source() {
        let context = supervisor_fixture(
            Duration::from_hours(1),
            &[FakeSourceError("the line broke", false)],
        );
        tokio::task::yield_now().await;

        context.stop.cancel();

        context.task.await.unwrap();
        assert_eq!(context.runs.lock().len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn source_closes_once_within_the_close_timeout() {
        let context = supervisor_fixture(
            Duration::from_hours(1),
            &[FakeSourceError("the line broke", false)],
        );
        tokio::task::yield_now().await;
        let stopped = Instant::now();

        context.stop.cancel();

        context.task.await.unwrap();
        assert_eq!(*context.closes.lock(), 1);
        assert!(stopped.elapsed() < CLOSE_TIMEOUT + Duration::from_millis(2));
    }

    #[tokio::test(start_paused = true)]
    async fn closed_ingest_channel_ends_supervision() {
        let context =
            supervisor_fixture(Duration::ZERO, &[FakeSourceError("the line broke", false)]);

        drop(context.receiver);

        context.task.await.unwrap();
    }
}
