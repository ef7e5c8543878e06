//! Keeps sources running, whatever their upstreams do. The only place that
//! connects again, and the only one that stops a source.

use std::{convert::Infallible, error::Error, future::Future, time::Duration};

use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout},
};
use tracing::{info, warn};

use crate::{
    domain::{ConnectionEvent, Input, SourceDiagnostic, SourceId},
    ingest::{IngestClosed, IngestSender},
    retry::{self, Backoff, LONGEST_PAUSE, TaskSignals},
};

/// The product stops in bounded time, whether or not an upstream answers.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);
/// A source that ran so long had been connected: the next loss is news.
const STABLE_AFTER: Duration = Duration::from_secs(30);
/// So many reasons in turn are each told once.
const REASONS_MAX: usize = 8;

/// A connection to an upstream.
pub trait LiveSource: Send + 'static {
    type Error: SourceError;

    fn id(&self) -> &SourceId;

    /// Connects and forwards what is said until something fails.
    ///
    /// There is no success and no reconnecting: a source that is no longer
    /// wanted is dropped at whatever await it has reached, and leaves nothing
    /// half-done there.
    fn run(
        &mut self,
        outlet: &IngestSender,
    ) -> impl Future<Output = Result<Infallible, Self::Error>> + Send;

    /// Takes leave of an upstream that would keep something for us, after the last
    /// [`run`](Self::run). It may be cut short.
    fn close_session(&mut self) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }
}

/// Why a source ended. Its text is for people and holds no secret.
pub trait SourceError: Error + Send {
    /// The upstream knows us and does not want us: wrong credentials, missing
    /// permissions. Only a person can mend that.
    fn needs_intervention(&self) -> bool;
}

/// Runs one source until it is told to stop, connecting again for ever.
pub async fn supervise_source(
    mut source: impl LiveSource,
    outlet: IngestSender,
    mut orders: TaskSignals,
) {
    tokio::select! {
        Err(IngestClosed) = run_with_retries(&mut source, &outlet, &mut orders.retry) => {}
        () = orders.stop.cancelled() => {}
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
    outlet: &IngestSender,
    retry: &mut watch::Receiver<()>,
) -> Result<Infallible, IngestClosed> {
    let mut backoff = Backoff::default();
    let mut told: Vec<String> = Vec::new();
    loop {
        let started = Instant::now();
        retry.mark_unchanged();
        let Err(error) = source.run(outlet).await;

        if started.elapsed() > LONGEST_PAUSE {
            backoff = Backoff::default();
        }
        if started.elapsed() > STABLE_AFTER {
            told.clear();
        }
        let pause = backoff.next_pause(error.needs_intervention());

        let why = error_sentence(&error);
        let is_news = !told.contains(&why);
        if is_news {
            // Reasons that never come again must not pile up.
            told.truncate(REASONS_MAX - 1);
            told.insert(0, why.clone());
            warn!(
                source.name = %source.id(),
                retry_secs = pause.as_secs_f32(),
                "Disconnected, reconnecting: {why}",
            );
        }
        outlet
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
    let mut report = vec![Input::Connection(
        id.clone(),
        ConnectionEvent::Disconnected { why: why() },
    )];
    if is_news {
        report.push(Input::Diagnostic(
            id.clone(),
            SourceDiagnostic::Failed { why: why() },
        ));
    }
    report
}

/// An error's text as a sentence for a page.
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
    use std::sync::{Arc, Mutex};

    use tokio_util::sync::CancellationToken;

    use crate::{
        ingest::{self, IngestReceiver, ProcessClock},
        retry::{FIRST_PAUSE, REFUSED_PAUSE},
    };

    use super::*;

    #[derive(Clone, Debug, thiserror::Error)]
    #[error("{0}")]
    struct FakeSourceError(&'static str, bool);

    impl SourceError for FakeSourceError {
        fn needs_intervention(&self) -> bool {
            self.1
        }
    }

    /// Fails again and again with what is scripted, and notes when it was run.
    struct ScriptedSource {
        id: SourceId,
        holds: Duration,
        faults: Vec<FakeSourceError>,
        runs: Arc<Mutex<Vec<Instant>>>,
        farewells: Arc<Mutex<u32>>,
    }

    impl LiveSource for ScriptedSource {
        type Error = FakeSourceError;

        fn id(&self) -> &SourceId {
            &self.id
        }

        async fn run(&mut self, _outlet: &IngestSender) -> Result<Infallible, FakeSourceError> {
            let number = {
                let mut runs = self.runs.lock().unwrap();
                runs.push(Instant::now());
                runs.len() - 1
            };
            sleep(self.holds).await;
            Err(self.faults[number % self.faults.len()].clone())
        }

        async fn close_session(&mut self) {
            *self.farewells.lock().unwrap() += 1;
            // An upstream that does not answer.
            std::future::pending::<()>().await;
        }
    }

    struct SupervisorFixture {
        runs: Arc<Mutex<Vec<Instant>>>,
        farewells: Arc<Mutex<u32>>,
        inlet: IngestReceiver,
        stop: CancellationToken,
        again: watch::Sender<()>,
        task: tokio::task::JoinHandle<()>,
    }

    fn supervisor_fixture(holds: Duration, faults: &[FakeSourceError]) -> SupervisorFixture {
        let (outlet, inlet) = ingest::ingest_channel(ProcessClock::start_now());
        let stop = CancellationToken::new();
        let (runs, farewells) = (Arc::default(), Arc::default());
        let source = ScriptedSource {
            id: "chat".into(),
            holds,
            faults: faults.to_vec(),
            runs: Arc::clone(&runs),
            farewells: Arc::clone(&farewells),
        };
        let again = watch::Sender::new(());
        let orders = TaskSignals {
            stop: stop.clone(),
            retry: again.subscribe(),
        };
        let task = tokio::spawn(supervise_source(source, outlet, orders));
        SupervisorFixture {
            runs,
            farewells,
            inlet,
            stop,
            again,
            task,
        }
    }

    impl SupervisorFixture {
        /// Each run's distance from the one before, with what the run itself took left out.
        async fn measure_pauses(&mut self, runs: usize, holds: Duration) -> Vec<Duration> {
            while self.runs.lock().unwrap().len() < runs {
                self.inlet.batches.recv().await.unwrap();
            }
            let runs = self.runs.lock().unwrap();
            runs.windows(2).map(|w| w[1] - (w[0] + holds)).collect()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_grow_to_the_cap_and_it_never_gives_up() {
        let mut scene =
            supervisor_fixture(Duration::ZERO, &[FakeSourceError("the line broke", false)]);

        let pauses = scene.measure_pauses(200, Duration::ZERO).await;

        let timer_slack = Duration::from_millis(2);
        assert!(pauses[0] <= FIRST_PAUSE + timer_slack);
        assert!(pauses[1] <= FIRST_PAUSE * 2 + timer_slack);
        assert!(pauses.iter().all(|p| *p <= LONGEST_PAUSE + timer_slack));
        assert!(pauses.iter().any(|p| *p > LONGEST_PAUSE / 2));
        assert!(pauses.iter().any(|p| *p < LONGEST_PAUSE / 2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_held_earns_a_quick_new_attempt() {
        let holds = Duration::from_secs(10);
        let mut scene = supervisor_fixture(holds, &[FakeSourceError("the line broke", false)]);

        let pauses = scene.measure_pauses(50, holds).await;

        let slack = Duration::from_millis(2);
        assert!(
            pauses.iter().all(|p| *p <= FIRST_PAUSE + slack),
            "{pauses:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_is_asked_again_once_a_minute() {
        let mut scene =
            supervisor_fixture(Duration::ZERO, &[FakeSourceError("wrong password", true)]);

        let pauses = scene.measure_pauses(5, Duration::ZERO).await;

        let slack = Duration::from_millis(2);
        assert!(
            pauses
                .iter()
                .all(|p| (REFUSED_PAUSE..=REFUSED_PAUSE + slack).contains(p))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn who_was_refused_tries_at_once_when_asked_to() {
        let mut scene =
            supervisor_fixture(Duration::ZERO, &[FakeSourceError("wrong password", true)]);
        scene.inlet.batches.recv().await.unwrap();

        scene.again.send_replace(());

        let pauses = scene.measure_pauses(2, Duration::ZERO).await;
        assert!(pauses[0] < Duration::from_millis(2), "{pauses:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn each_loss_is_told_and_each_new_reason_noted() {
        let faults = ["a", "a", "b", "a"].map(|why| FakeSourceError(why, false));
        let mut scene = supervisor_fixture(Duration::ZERO, &faults);

        let mut told = Vec::new();
        while told.len() < 4 {
            told.push(scene.inlet.batches.recv().await.unwrap().inputs);
        }

        let told: Vec<String> = told.iter().map(|inputs| format!("{inputs:?}")).collect();
        let away = |why| format!(r#"Line(SourceId("chat"), Away {{ why: "{why}" }})"#);
        let note = |why| format!(r#"Note(SourceId("chat"), Failed {{ why: "{why}" }})"#);
        assert_eq!(told[0], format!("[{}, {}]", away("A"), note("A")));
        assert_eq!(told[1], format!("[{}]", away("A")));
        assert_eq!(told[2], format!("[{}, {}]", away("B"), note("B")));
        assert_eq!(told[3], format!("[{}]", away("A")));
    }

    #[tokio::test(start_paused = true)]
    async fn stopping_ends_a_source_wherever_it_is() {
        let scene = supervisor_fixture(
            Duration::from_hours(1),
            &[FakeSourceError("the line broke", false)],
        );
        tokio::task::yield_now().await;

        scene.stop.cancel();

        scene.task.await.unwrap();
        assert_eq!(scene.runs.lock().unwrap().len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_source_takes_leave_once_and_not_longer_than_it_may() {
        let scene = supervisor_fixture(
            Duration::from_hours(1),
            &[FakeSourceError("the line broke", false)],
        );
        tokio::task::yield_now().await;
        let stopped = Instant::now();

        scene.stop.cancel();

        scene.task.await.unwrap();
        assert_eq!(*scene.farewells.lock().unwrap(), 1);
        assert!(stopped.elapsed() < CLOSE_TIMEOUT + Duration::from_millis(2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_closed_door_ends_the_supervision() {
        let scene = supervisor_fixture(Duration::ZERO, &[FakeSourceError("the line broke", false)]);

        drop(scene.inlet);

        scene.task.await.unwrap();
    }
}
