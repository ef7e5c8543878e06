//! One line to the vendor at work: notifications and answers come in, jobs go out, and
//! nothing of it ever waits for whoever takes what is told.

use std::{convert::Infallible, future::pending, time::Duration};

use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::time::{Instant, timeout};

use crate::{
    domain::{Discontinuity, SourceDiagnostic, SubscriptionStats},
    ingest::{BatchOffset, IngestClosed, IngestSender},
    sources::{
        optional_wait::{BoxedTask, await_task, wait_until},
        supervisor::error_sentence,
    },
};

use super::{
    GenesysMode,
    bayeux::{self, BayeuxClient, BayeuxEvent, SessionStart},
    connection::GenesysConnection,
    envelope::ApiEnvelope,
    error::GenesysError,
    notification::Notification,
    subscription_manager::JobTicket,
};

/// The account is told at most so often.
const STATS_INTERVAL: Duration = Duration::from_secs(1);
/// A token that is not accepted any more is renewed within it, or the line is lost.
const RENEWAL_TIMEOUT: Duration = Duration::from_millis(1500);
/// Notifications that are taken in before others of this process have their turn.
const EVENTS_PER_TURN: usize = 64;

type JobOutcome = (JobTicket, Result<ApiEnvelope, GenesysError>);

pub(super) struct GenesysSession<'a> {
    connection: &'a mut GenesysConnection,
    sender: &'a IngestSender,
    jobs: FuturesUnordered<BoxedTask<JobOutcome>>,
    /// What the jobs belong to.
    epoch: u64,
    /// The batch that is being handed over.
    sending: Option<BoxedTask<Result<BatchOffset, IngestClosed>>>,
    renewal: BoxedTask<Result<(), GenesysError>>,
    stats: SubscriptionStats,
    stats_due: Option<Instant>,
}

impl<'a> GenesysSession<'a> {
    /// Signs in, and takes up or makes a connection.
    pub(super) async fn open_session(
        kept: &'a mut GenesysConnection,
        outlet: &'a IngestSender,
    ) -> Result<Self, GenesysError> {
        kept.mark_lost();
        kept.tokens.current_token().await?;
        kept.signed_in.get_or_insert(outlet.now().wall);
        let now = Instant::now();
        match kept.mode {
            GenesysMode::Poll(_) => kept
                .subscriptions
                .begin_session(Discontinuity::Upstream, now),
            GenesysMode::Subscribe => connect_session(kept).await?,
        }
        Ok(Self {
            epoch: kept.subscriptions.epoch(),
            renewal: start_renewal(kept),
            connection: kept,
            sender: outlet,
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
                events = next_events(&mut self.connection.client) => self.on_events(events).await?,
                Some((ticket, outcome)) = self.jobs.next() => {
                    self.connection.subscriptions.on_outcome(ticket, outcome, Instant::now())?;
                }
                handed = await_task(&mut self.sending) => {
                    self.sending = None;
                    handed?;
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
        let desk = &mut self.connection.subscriptions;
        if self.epoch != desk.epoch() {
            self.epoch = desk.epoch();
            // Also those that hang: they would keep new ones from going out.
            self.jobs = FuturesUnordered::new();
        }
        while let Some((ticket, job)) = desk.next_job(Instant::now()) {
            let work = self.connection.job_runner.clone().run_job(job);
            self.jobs
                .push(Box::pin(async move { (ticket, work.await) }));
        }
    }

    /// One batch at a time: while the live state is behind, what comes gathers in the
    /// outbox, where only the last value of each statistic stays.
    fn send_batch(&mut self) {
        if self.sending.is_some() {
            return;
        }
        if let Some(batch) = self.connection.subscriptions.outbox.take_batch() {
            let outlet = self.sender.clone();
            self.sending = Some(Box::pin(async move { outlet.send_batch(batch).await }));
        }
    }

    async fn on_events(
        &mut self,
        events: Result<Vec<BayeuxEvent>, bayeux::BayeuxError>,
    ) -> Result<(), GenesysError> {
        let events = match events {
            Ok(events) => events,
            Err(error @ bayeux::BayeuxError::Unauthorized(_)) => {
                return self.reconnect_with_new_token(&error).await;
            }
            Err(error) => return Err(self.connection.interpret_loss(&error)),
        };
        for some in events.chunks(EVENTS_PER_TURN) {
            let now = Instant::now();
            for event in some {
                self.connection
                    .subscriptions
                    .on_notification(Notification::from_event(event), now);
            }
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// A token that ended is no loss of the line, if a new one is quickly had.
    async fn reconnect_with_new_token(
        &mut self,
        error: &bayeux::BayeuxError,
    ) -> Result<(), GenesysError> {
        let lost = self.connection.interpret_loss(error);
        self.connection.client = None;
        let anew = async {
            self.connection.tokens.current_token().await?;
            connect_session(self.connection).await
        };
        timeout(RENEWAL_TIMEOUT, anew).await.unwrap_or(Err(lost))
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
            let mut account = self.connection.subscription_stats();
            account.last_value_at = if self.connection.subscriptions.take_received() {
                Some(self.sender.now().wall)
            } else {
                self.stats.last_value_at
            };
            if account != self.stats {
                self.stats = account.clone();
                self.connection.subscriptions.outbox.put_stats(account);
            }
        }
    }

    fn next_due(&self) -> Option<Instant> {
        let dues = [self.connection.subscriptions.next_due(), self.stats_due];
        dues.into_iter().flatten().min()
    }
}

async fn connect_session(kept: &mut GenesysConnection) -> Result<(), GenesysError> {
    match kept.open_client().await? {
        SessionStart::New => kept
            .subscriptions
            .begin_session(Discontinuity::Session, Instant::now()),
        SessionStart::Resumed => kept.subscriptions.resume_session(Instant::now()),
    }
    Ok(())
}

fn start_renewal(kept: &GenesysConnection) -> BoxedTask<Result<(), GenesysError>> {
    let access = std::sync::Arc::clone(&kept.tokens);
    Box::pin(async move { access.renew_when_due().await })
}

async fn next_events(
    client: &mut Option<BayeuxClient>,
) -> Result<Vec<BayeuxEvent>, bayeux::BayeuxError> {
    match client {
        Some(client) => client.next_events().await,
        None => pending().await,
    }
}
