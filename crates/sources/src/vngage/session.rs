//! One active connection: receives messages, acknowledges committed ones, renews the
//! bindings after a discontinuity, and probes a silent source.

mod bindings;
mod continuity;
mod queue_counts;

use std::convert::Infallible;

use futures_util::{FutureExt, StreamExt};
use lapin::{Channel, Connection, Consumer, message::Delivery, options::BasicAckOptions};
use tokio::{sync::watch, time::Instant};

use crate::optional_wait::{BoxedTask, await_task, wait_until};
use wallboard_domain::{
    ConnectionEvent, Discontinuity, Fact, Input, MessageDigest, SourceDiagnostic,
};
use wallboard_runtime::ingest::{BatchOffset, IngestClosed, IngestSender};

use super::{
    COLLECT_KEY, VngageError, VngageEvent, VngageSettings,
    acknowledgments::Acknowledgments,
    backlog::Backlog,
    broker_queue,
    collect::{CollectError, collect_configuration, failure_sentence, send_diagnostic},
    continuity_proof::{ContinuityProof, digest_message},
    decode,
    error::BrokerStep,
    idle_probe::{IdleAction, IdleProbe},
    memory::{ConfigurationRequest, VngageMemory},
    pending_transcripts::PendingTranscripts,
    receipt_proof::ReceiptProof,
    restart_sentinel::{self, RestartSentinel},
};

use bindings::BindingState;
use queue_counts::QueueCount;

/// The maximum number of messages in a batch.
const BATCH_MAX: usize = 64;

pub(super) struct VngageSession<'a> {
    pub(super) settings: &'a VngageSettings,
    pub(super) memory: &'a mut VngageMemory,
    pub(super) sender: &'a IngestSender,
    connection: &'a Connection,
    channel: &'a Channel,
    consumer: Consumer,
    committed: watch::Receiver<BatchOffset>,
    acknowledgments: Acknowledgments,
    transcripts: PendingTranscripts,
    /// The last delivery received. The channel numbers them from 1.
    last_delivery: u64,
    bindings: BindingState,
    backlog: Option<Backlog>,
    proof: ContinuityProof,
    /// The message of the last delivery.
    newest: Option<MessageDigest>,
    counting: Option<BoxedTask<Result<QueueCount, VngageError>>>,
    receipt_proof: ReceiptProof,
    idle_probe: IdleProbe,
    collecting: Option<BoxedTask<Result<(), CollectError>>>,
    /// When the next sentinel check is due.
    sentinel_due: Instant,
}

/// A connection and a channel with our exclusive consumer.
pub(super) struct ExclusiveConsumer<'a> {
    pub(super) connection: &'a Connection,
    pub(super) channel: &'a Channel,
    pub(super) consumer: Consumer,
}

impl<'a> VngageSession<'a> {
    pub(super) async fn begin_session(
        settings: &'a VngageSettings,
        memory: &'a mut VngageMemory,
        sender: &'a IngestSender,
        exclusive: ExclusiveConsumer<'a>,
        found: broker_queue::QueueInspection,
        sentinel: RestartSentinel,
    ) -> Result<Self, VngageError> {
        let is_unknown = memory.is_queue_unknown(found);
        let discontinuity = memory.detect_discontinuity(found);
        let proof = memory.begin_connection();
        let mut session = Self {
            settings,
            memory,
            sender,
            connection: exclusive.connection,
            channel: exclusive.channel,
            consumer: exclusive.consumer,
            committed: sender.committed_offset(),
            acknowledgments: Acknowledgments::default(),
            transcripts: PendingTranscripts::default(),
            last_delivery: 0,
            bindings: BindingState::Bound { stale_to: 0 },
            backlog: Some(Backlog::new(Instant::now())),
            proof,
            newest: None,
            counting: None,
            receipt_proof: ReceiptProof::default(),
            idle_probe: IdleProbe::new(Instant::now()),
            collecting: None,
            sentinel_due: Instant::now() + restart_sentinel::CHECK_INTERVAL,
        };
        if is_unknown {
            session.report_unknown_queue().await?;
        }
        session.begin_catch_up(discontinuity, sentinel).await?;
        if discontinuity.is_some() && !found.is_new {
            session.unbind_repeatable().await?;
        } else {
            session.bind_all().await?;
        }
        // Also notices a canceled consumer, if the queue was deleted meanwhile.
        session.drain_deliveries().await?;
        session.finish_catch_up().await?;
        Ok(session)
    }

    pub(super) async fn run(mut self) -> Result<Infallible, VngageError> {
        let mut liveness = self.start_liveness_check();
        loop {
            let wake = self.next_due();
            tokio::select! {
                delivery = self.consumer.next() => self.on_delivery(delivery).await?,
                changed = self.committed.changed() => {
                    changed.map_err(|_| IngestClosed)?;
                    self.acknowledge_committed().await?;
                }
                () = self.transcripts.first_settled() => self.acknowledge_committed().await?,
                count = &mut liveness => {
                    self.on_liveness_checked(count?).await?;
                    liveness = self.start_liveness_check();
                }
                ready = await_task(&mut self.counting) => self.on_counted(ready?).await?,
                outcome = await_task(&mut self.collecting) => self.on_collected(outcome).await?,
                () = wait_until(wake) => self.on_timer().await?,
            }
        }
    }

    async fn send_connection_event(&mut self, event: ConnectionEvent) -> Result<(), VngageError> {
        self.send_connection_events([event]).await
    }

    fn connection_input(&self, event: ConnectionEvent) -> Input {
        Input::Connection(self.settings.id.clone(), event)
    }

    async fn send_connection_events(
        &mut self,
        events: impl IntoIterator<Item = ConnectionEvent>,
    ) -> Result<(), VngageError> {
        let inputs: Vec<_> = (events.into_iter())
            .map(|event| self.connection_input(event))
            .collect();
        if !inputs.is_empty() {
            self.sender.send_batch(inputs).await?;
        }
        Ok(())
    }

    /// Receives this delivery and all others that have already arrived.
    async fn on_delivery(
        &mut self,
        first: Option<lapin::Result<Delivery>>,
    ) -> Result<(), VngageError> {
        self.memory.record_activity()?;
        let mut batch = Vec::with_capacity(BATCH_MAX);
        let mut next = Some(first);
        let (mut last, mut end) = (None, None);
        while let Some(delivery) = next {
            match delivery {
                Some(Ok(delivery)) => {
                    self.decode_delivery(&delivery, &mut batch);
                    last = Some(delivery);
                }
                Some(Err(error)) => end = Some(BrokerStep::Work.to_error(self.settings, &error)),
                None => end = Some(VngageError::Canceled(self.settings.queue.clone())),
            }
            next = match end {
                None if batch.len() < BATCH_MAX => self.consumer.next().now_or_never(),
                _ => None,
            };
        }
        if let Some(last) = last {
            self.newest = Some(digest_message(&last));
            let sent = self.send_deliveries(batch).await?;
            if self.bindings == BindingState::Due {
                self.sender.wait_for_commit(sent).await?;
            }
        }
        if let Some(error) = end {
            return Err(error);
        }
        if self.proof.is_open() && u64::from(self.settings.prefetch) < self.last_delivery {
            return self.end_full_proof().await;
        }
        if self.bindings == BindingState::Due {
            self.unbind_repeatable().await?;
        }
        self.finish_catch_up().await
    }

    fn decode_delivery(&mut self, delivery: &Delivery, batch: &mut Vec<Input>) {
        self.last_delivery = delivery.delivery_tag;
        let key = delivery.routing_key.as_str();
        let mut input = decode::decode_input(&self.settings.id, key, &delivery.data);
        if let Some(sink) = &self.settings.transcripts {
            let (tag, body) = (delivery.delivery_tag, &delivery.data);
            self.transcripts.pass_transcript(sink, &input, tag, body);
        }
        // Our own request, sent back to us, isn't a message from the source.
        if key != COLLECT_KEY && self.idle_probe.on_message(Instant::now()) {
            batch.push(self.begin_discontinuity(Discontinuity::Silence));
        }
        if delivery.redelivered
            && let Some(backlog) = &mut self.backlog
        {
            backlog.on_redelivered(Instant::now());
            self.receipt_proof.discard_count();
            if self.proof.is_open() {
                self.proof.on_redelivered(digest_message(delivery));
            }
        }
        // Group events from before the gap in the bindings are useless.
        if let Input::Update(update) = &mut input
            && self.is_before_gap()
            && key.parse().is_ok_and(VngageEvent::is_group_event)
        {
            update.fact = Fact::Unused;
        }
        batch.push(input);
    }

    fn is_before_gap(&self) -> bool {
        match self.bindings {
            BindingState::Due | BindingState::Unbound(_) => true,
            BindingState::Bound { stale_to } => self.last_delivery <= stale_to,
        }
    }

    /// Acknowledges all committed deliveries, except the newest that the log has while it must return
    /// after a disconnection, and from a transcript on that isn't settled. Pauses while unbound, so that
    /// messages on their way to us can be counted.
    async fn acknowledge_committed(&mut self) -> Result<(), VngageError> {
        if !matches!(self.bindings, BindingState::Bound { .. }) {
            return Ok(());
        }
        let committed = *self.committed.borrow_and_update();
        let releases = !self.memory.is_holding();
        let unsettled = self.transcripts.first_delivery();
        let due = (self.acknowledgments).due_delivery(committed, releases, unsettled);
        if let Some(last) = due {
            let ack = self
                .channel
                .basic_ack(last, BasicAckOptions { multiple: true });
            broker_queue::await_answer(self.settings, BrokerStep::Work, ack).await?;
        }
        Ok(())
    }

    /// Reports the source as connected once the backlog is over and everything is bound.
    async fn finish_catch_up(&mut self) -> Result<(), VngageError> {
        let BindingState::Bound { stale_to } = self.bindings else {
            return Ok(());
        };
        if stale_to <= self.last_delivery {
            self.memory.discontinuity = None;
        }
        let Some(backlog) = self.backlog.as_ref() else {
            let alive = self.take_alive_event();
            return self.send_connection_events(alive).await;
        };
        if !backlog.is_over(self.last_delivery) {
            return Ok(());
        }
        if let Some(refutation) = self.proof.close() {
            return self.on_refuted(refutation).await;
        }
        self.memory.end_resume();
        let alive = self.take_alive_event();
        let events = alive.into_iter().chain([ConnectionEvent::Connected]);
        let inputs = events.map(|event| self.connection_input(event)).collect();
        self.send_deliveries(inputs).await?;
        self.backlog = None;
        self.counting = None;
        Ok(())
    }

    fn take_alive_event(&mut self) -> Option<ConnectionEvent> {
        let as_of = self.receipt_proof.take_proven(self.last_delivery)?;
        Some(ConnectionEvent::Alive { as_of })
    }

    fn request_configuration(&mut self) {
        self.memory.configuration_request = ConfigurationRequest::Due;
        let collect = collect_configuration(self.settings.clone(), self.sender.clone());
        self.collecting.get_or_insert_with(|| Box::pin(collect));
    }

    async fn on_collected(&mut self, outcome: Result<(), CollectError>) -> Result<(), VngageError> {
        self.collecting = None;
        if !matches!(outcome, Err(CollectError::Broker(_))) {
            self.memory.configuration_request = ConfigurationRequest::NotDue;
        }
        let Err(error) = outcome else { return Ok(()) };
        // Each agent's next event completes its data; the page shows why that may take long.
        let why = failure_sentence(&error);
        let diagnostic = SourceDiagnostic::Failed { why };
        Ok(send_diagnostic(self.settings, self.sender, diagnostic).await?)
    }

    /// When the next timed action is due.
    fn next_due(&self) -> Option<Instant> {
        let rebind = match self.bindings {
            BindingState::Unbound(until) => Some(until),
            BindingState::Due | BindingState::Bound { .. } => None,
        };
        let due_times = [
            rebind,
            self.count_due(),
            self.idle_probe.next_due(),
            Some(self.sentinel_due),
        ];
        due_times.into_iter().flatten().min()
    }

    /// When the next count of the backlog is due.
    fn count_due(&self) -> Option<Instant> {
        let is_bound = matches!(self.bindings, BindingState::Bound { .. });
        let can_count = is_bound && self.counting.is_none();
        let backlog = self.backlog.as_ref().filter(|_| can_count)?;
        Some(backlog.count_due())
    }

    async fn on_timer(&mut self) -> Result<(), VngageError> {
        let now = Instant::now();
        if matches!(self.bindings, BindingState::Unbound(until) if until <= now) {
            self.drain_deliveries().await?;
            self.bind_all().await?;
            self.acknowledge_committed().await?;
        }
        if self.count_due().is_some_and(|due| due <= now) {
            self.count_backlog();
        }
        match self.idle_probe.next_action(now) {
            Some(IdleAction::Probe) => {
                self.idle_probe.on_probed(now);
                self.request_configuration();
            }
            Some(IdleAction::ReportSilent) => {
                self.send_connection_event(ConnectionEvent::Silent).await?;
            }
            None => {}
        }
        if self.sentinel_due <= now {
            self.sentinel_due = now + restart_sentinel::CHECK_INTERVAL;
            self.keep_sentinel().await?;
        }
        self.finish_catch_up().await
    }

    /// Receives everything that has arrived, so that a count covers only what the broker holds.
    async fn drain_deliveries(&mut self) -> Result<(), VngageError> {
        while let Some(delivery) = self.consumer.next().now_or_never() {
            self.on_delivery(delivery).await?;
        }
        Ok(())
    }
}
