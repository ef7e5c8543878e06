//! One session with the vendor: notifications and responses come in, jobs go out, and
//! nothing waits for the receiver of the inputs.

use std::{convert::Infallible, future::pending, time::Duration};

use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::time::{Instant, timeout};

use crate::{
    optional_wait::{BoxedTask, await_task, wait_until},
    supervisor::error_sentence,
};
use wallboard_domain::{Discontinuity, SourceDiagnostic, SubscriptionStats};
use wallboard_runtime::ingest::{BatchOffset, IngestClosed, IngestSender};

use super::{
    GenesysMode,
    bayeux::{self, BayeuxClient, EventBatch, SessionStart, SignOfLife},
    connection::GenesysConnection,
    envelope::ApiEnvelope,
    error::GenesysError,
    notification::Notification,
    subscription_manager::JobTicket,
};

/// The shortest time between two reports of the stats.
const STATS_INTERVAL: Duration = Duration::from_secs(1);
/// Time to renew a token that is no longer accepted; then the connection is lost.
const RENEWAL_TIMEOUT: Duration = Duration::from_millis(1500);
/// The shortest time between two signs of life.
const ALIVE_INTERVAL_MS: i64 = 1_000;
/// Notifications applied before other tasks of this process get their turn.
const EVENTS_PER_TURN: usize = 64;

type JobOutcome = (JobTicket, Result<ApiEnvelope, GenesysError>);

pub(super) struct GenesysSession<'a> {
    connection: &'a mut GenesysConnection,
    sender: &'a IngestSender,
    jobs: FuturesUnordered<BoxedTask<JobOutcome>>,
    /// The epoch that the jobs belong to.
    epoch: u64,
    /// The batch that is being sent.
    sending: Option<BoxedTask<Result<BatchOffset, IngestClosed>>>,
    renewal: BoxedTask<Result<(), GenesysError>>,
    stats: SubscriptionStats,
    stats_due: Option<Instant>,
}

impl<'a> GenesysSession<'a> {
    /// Signs in, and resumes or opens a connection.
    pub(super) async fn open_session(
        connection: &'a mut GenesysConnection,
        sender: &'a IngestSender,
    ) -> Result<Self, GenesysError> {
        connection.mark_lost();
        connection.tokens.current_token().await?;
        connection.signed_in.get_or_insert(sender.now().wall);
        let now = Instant::now();
        match connection.mode {
            GenesysMode::Poll(_) => connection
                .subscriptions
                .begin_session(Discontinuity::Upstream, now),
            GenesysMode::Subscribe => connect_session(connection).await?,
        }
        Ok(Self {
            epoch: connection.subscriptions.epoch(),
            renewal: start_renewal(connection),
            connection,
            sender,
            jobs: FuturesUnordered::new(),
            sending: None,
            stats: SubscriptionStats::default(),
            stats_due: Some(now),
        })
    }

    pub(super) async fn run(mut self) -> Result<Infallible, GenesysError> {
        loop {
            self.start_jobs();
            self.send_batch();
            let wake = self.next_due();
            tokio::select! {
                batch = next_events(&mut self.connection.client) => self.on_events(batch).await?,
                Some((ticket, outcome)) = self.jobs.next() => {
                    self.connection.subscriptions.on_outcome(ticket, outcome, Instant::now())?;
                }
                sent = await_task(&mut self.sending) => {
                    self.sending = None;
                    sent?;
                    continue;
                }
                renewed = &mut self.renewal => self.on_renewed(renewed),
                () = wait_until(wake) => self.on_timer(),
            }
            self.stats_due
                .get_or_insert_with(|| Instant::now() + STATS_INTERVAL);
        }
    }

    fn start_jobs(&mut self) {
        let manager = &mut self.connection.subscriptions;
        if self.epoch != manager.epoch() {
            self.epoch = manager.epoch();
            // This also drops jobs that hang; they would block new ones.
            self.jobs = FuturesUnordered::new();
        }
        while let Some((ticket, job)) = manager.next_job(Instant::now()) {
            let work = self.connection.job_runner.clone().run_job(job);
            self.jobs
                .push(Box::pin(async move { (ticket, work.await) }));
        }
    }

    /// Sends one batch at a time: while the live state is behind, inputs collect in the
    /// outbox, which stores only the last value of each statistic.
    fn send_batch(&mut self) {
        if self.sending.is_some() {
            return;
        }
        if let Some(batch) = self.connection.subscriptions.outbox.take_batch() {
            let sender = self.sender.clone();
            self.sending = Some(Box::pin(async move { sender.send_batch(batch).await }));
        }
    }

    async fn on_events(
        &mut self,
        batch: Result<EventBatch, bayeux::BayeuxError>,
    ) -> Result<(), GenesysError> {
        let batch = match batch {
            Ok(batch) => batch,
            Err(error @ bayeux::BayeuxError::Unauthorized(_)) => {
                return self.reconnect_with_new_token(&error).await;
            }
            Err(error) => return Err(self.connection.interpret_loss(&error)),
        };
        for chunk in batch.events.chunks(EVENTS_PER_TURN) {
            let now = Instant::now();
            for event in chunk {
                self.connection
                    .subscriptions
                    .on_notification(Notification::from_event(event), now);
            }
            tokio::task::yield_now().await;
        }
        match batch.sign_of_life {
            Some(SignOfLife::At(alive_at)) => self.report_alive(alive_at),
            Some(SignOfLife::NoMore) => self.connection.subscriptions.expect_no_sign_of_life(),
            None => {}
        }
        Ok(())
    }

    fn report_alive(&mut self, alive_at: Instant) {
        let age = i64::try_from(alive_at.elapsed().as_millis()).unwrap_or(i64::MAX);
        let as_of = self.sender.now().monotonic.plus_millis(-age);
        let reported = self.connection.subscriptions.outbox.alive_at();
        if reported.is_none_or(|last| ALIVE_INTERVAL_MS <= as_of.millis_since(last)) {
            self.connection.subscriptions.outbox.put_alive(as_of);
        }
    }

    /// Reconnects after a token expired. If a new one comes quickly, the connection isn't lost.
    async fn reconnect_with_new_token(
        &mut self,
        error: &bayeux::BayeuxError,
    ) -> Result<(), GenesysError> {
        let lost = self.connection.interpret_loss(error);
        self.connection.client = None;
        let reconnect = async {
            self.connection.tokens.current_token().await?;
            connect_session(self.connection).await
        };
        timeout(RENEWAL_TIMEOUT, reconnect)
            .await
            .unwrap_or(Err(lost))
    }

    fn on_renewed(&mut self, renewed: Result<(), GenesysError>) {
        if let Err(error) = renewed {
            let why = format!(
                "Couldn't renew the sign-in, retrying: {}",
                error_sentence(&error)
            );
            self.connection
                .subscriptions
                .outbox
                .put_diagnostic(SourceDiagnostic::Failed { why });
        }
        self.renewal = start_renewal(self.connection);
    }

    fn on_timer(&mut self) {
        let now = Instant::now();
        self.connection.subscriptions.on_timer(now);
        if self.stats_due.is_some_and(|due| due <= now) {
            self.stats_due = None;
            let mut stats = self.connection.subscription_stats();
            stats.last_value_at = if self.connection.subscriptions.take_received() {
                Some(self.sender.now().wall)
            } else {
                self.stats.last_value_at
            };
            if stats != self.stats {
                self.stats = stats.clone();
                self.connection.subscriptions.outbox.put_stats(stats);
            }
        }
    }

    fn next_due(&self) -> Option<Instant> {
        let dues = [self.connection.subscriptions.next_due(), self.stats_due];
        dues.into_iter().flatten().min()
    }
}

async fn connect_session(connection: &mut GenesysConnection) -> Result<(), GenesysError> {
    match connection.open_client().await? {
        SessionStart::New => connection
            .subscriptions
            .begin_session(Discontinuity::Session, Instant::now()),
        SessionStart::Resumed => connection.subscriptions.resume_session(Instant::now()),
    }
    Ok(())
}

fn start_renewal(connection: &GenesysConnection) -> BoxedTask<Result<(), GenesysError>> {
    let tokens = std::sync::Arc::clone(&connection.tokens);
    Box::pin(async move { tokens.renew_when_due().await })
}

async fn next_events(client: &mut Option<BayeuxClient>) -> Result<EventBatch, bayeux::BayeuxError> {
    match client {
        Some(client) => client.next_events().await,
        None => pending().await,
    }
}
