//! Polls the first node that works, round after round, and forwards its values.

use std::{convert::Infallible, sync::Arc, time::Duration};

use tokio::time::{Instant, sleep_until};
use tracing::warn;

use wallboard_domain::{ConnectionEvent, Input, SourceDiagnostic, SubscriptionStats};
use wallboard_runtime::ingest::{IngestClosed, IngestSender};

use super::{
    GmsError, GmsSettings,
    memory::GmsMemory,
    node_client::NodeClient,
    node_selection::{NO_NODE_CHECK, NodeCheck},
    round::RoundError,
    value_mapper::ValueMapper,
};

/// The number of newly rejected statistics per round that are reported individually.
const REPORTED_ONE_BY_ONE_MAX: usize = 5;
/// The share of the interval by which a round may begin early, never late. Spreads the
/// requests over time.
const JITTER: f64 = 0.1;

pub(super) struct GmsSession<'a, A> {
    pub(super) settings: &'a GmsSettings,
    pub(super) memory: &'a mut GmsMemory,
    pub(super) sender: &'a IngestSender,
    pub(super) client: Arc<A>,
    pub(super) value_mapper: &'a ValueMapper,
    /// The index of the current node.
    pub(super) node: usize,
    pub(super) node_check: NodeCheck,
    pub(super) stats: SubscriptionStats,
    /// When the last request was sent.
    pub(super) asked_at: Instant,
    /// Newly rejected statistics that aren't reported yet, with reasons.
    pub(super) rejected: Vec<(usize, String)>,
}

impl<'a, A: NodeClient> GmsSession<'a, A> {
    /// Begins a session at the first node that works.
    pub(super) async fn begin_session(
        settings: &'a GmsSettings,
        memory: &'a mut GmsMemory,
        sender: &'a IngestSender,
        client: Arc<A>,
        value_mapper: &'a ValueMapper,
    ) -> Result<Self, GmsError> {
        if let Some(until) = memory.earliest_retry(Instant::now()) {
            sleep_until(until).await;
        }
        let stats = SubscriptionStats {
            transport: "polling",
            ..SubscriptionStats::default()
        };
        let mut session = Self {
            settings,
            memory,
            sender,
            client,
            value_mapper,
            node: 0,
            node_check: NO_NODE_CHECK,
            stats,
            asked_at: Instant::now(),
            rejected: Vec::new(),
        };
        session.choose_node(&[]).await?;
        Ok(session)
    }

    pub(super) async fn run(mut self) -> Result<Infallible, GmsError> {
        let discontinuity = self.memory.discontinuity;
        self.send_connection_event(ConnectionEvent::CatchingUp { discontinuity })
            .await?;
        self.stats.signed_in_at = Some(self.sender.now().wall);
        let rejected = self
            .memory
            .health
            .rejected_members()
            .map(|(member, _)| member);
        self.sender
            .send_batch(self.value_mapper.unknown_updates(rejected))
            .await?;

        let mut is_first = true;
        loop {
            let start = Instant::now();
            let slowest = self.complete_round().await?;
            self.memory.on_round(slowest);
            if std::mem::take(&mut is_first) {
                self.send_connection_event(ConnectionEvent::Connected)
                    .await?;
            }
            self.report_slow(start.elapsed()).await?;
            self.send_stats().await?;

            let interval = self.settings.interval;
            let mut next = start + interval.mul_f64(rand::random_range(1.0 - JITTER..=1.0));
            // Skips missed ticks.
            while next <= Instant::now() {
                next += interval;
            }
            self.wait_for_round(next).await?;
        }
    }

    /// Completes one round, at whichever node works. Returns the time of its slowest response.
    async fn complete_round(&mut self) -> Result<Duration, GmsError> {
        let mut failed = Vec::new();
        loop {
            let outcome = self.run_round().await;
            self.report_rejected().await?;
            let error = match outcome {
                Ok(slowest) => return Ok(slowest),
                Err(RoundError::Closed(closed)) => return Err(closed.into()),
                Err(RoundError::Node(error)) => error,
            };
            let from = self.node;
            self.memory.on_node_error(from, &error, Instant::now());
            let why = format!("GMS at {} {error}", self.memory.nodes[from].address);
            failed.push((from, error));
            self.choose_node(&failed).await?;
            let replacement = &self.memory.nodes[self.node].address;
            self.report_failure(format!("{why}. Using GMS at {replacement} instead"))
                .await?;
        }
    }

    async fn report_rejected(&mut self) -> Result<(), IngestClosed> {
        let rejected = std::mem::take(&mut self.rejected);
        for (member, why) in rejected.iter().take(REPORTED_ONE_BY_ONE_MAX) {
            let name = self.value_mapper.statistic_name(*member);
            self.report_failure(format!(
                "GMS has no value for {name}: it reports “{why}”. Check its name, object and tenant; retrying every 30 s"
            ))
            .await?;
        }
        if REPORTED_ONE_BY_ONE_MAX < rejected.len() {
            let more = rejected.len() - REPORTED_ONE_BY_ONE_MAX;
            self.report_failure(format!("GMS has no value for {more} more statistics"))
                .await?;
        }
        Ok(())
    }

    async fn report_slow(&mut self, took: Duration) -> Result<(), IngestClosed> {
        let is_slow = self.settings.interval < took;
        let was_slow = std::mem::replace(&mut self.memory.is_slow, is_slow);
        if !is_slow || was_slow {
            return Ok(());
        }
        let fix = match self.settings.credentials {
            Some(_) => "increase `interval`",
            None => {
                "increase `interval`, or set `username` and `password` so that many can be requested at once"
            }
        };
        let (took, count) = (took.as_secs_f32(), self.memory.health.len());
        self.report_failure(format!(
            "GMS took {took:.1} s to respond for {count} statistics, longer than `interval`: {fix}"
        ))
        .await
    }

    async fn report_failure(&mut self, why: String) -> Result<(), IngestClosed> {
        warn!(source.name = %self.settings.id, "{why}");
        self.send_diagnostic(SourceDiagnostic::Failed { why }).await
    }

    pub(super) async fn send_stats(&mut self) -> Result<(), IngestClosed> {
        let value_mapper = self.value_mapper;
        self.stats.address = self.memory.nodes[self.node].address.to_string();
        self.memory.health.fill_stats(&mut self.stats, |member| {
            value_mapper.statistic_name(member)
        });
        self.send_diagnostic(SourceDiagnostic::SubscriptionStats(Box::new(
            self.stats.clone(),
        )))
        .await
    }

    async fn send_diagnostic(&mut self, diagnostic: SourceDiagnostic) -> Result<(), IngestClosed> {
        let input = Input::Diagnostic(self.settings.id.clone(), diagnostic);
        self.sender.send_batch(vec![input]).await.map(drop)
    }

    async fn send_connection_event(&mut self, event: ConnectionEvent) -> Result<(), IngestClosed> {
        let input = Input::Connection(self.settings.id.clone(), event);
        self.sender.send_batch(vec![input]).await.map(drop)
    }
}
