//! One connection at work: takes messages in, acknowledges what is safe, renews
//! the bindings after a break, and asks a source that has fallen silent.

use std::{convert::Infallible, time::Duration};

use futures_util::{FutureExt, StreamExt};
use lapin::{Channel, Connection, Consumer, message::Delivery, options::BasicAckOptions};
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};

use crate::{
    domain::{ConnectionEvent, Discontinuity, Fact, Input, SourceDiagnostic},
    ingest::{BatchOffset, IngestClosed, IngestSender},
    sources::optional_wait::{BoxedTask, await_task, wait_until},
};

use super::{
    COLLECT_KEY, VngageError, VngageEvent, VngageSettings,
    acknowledgments::Acknowledgments,
    backlog::Backlog,
    broker_queue,
    collect::{CollectError, collect_configuration},
    decode,
    error::BrokerStep,
    idle_probe::{IdleAction as Hush, IdleProbe},
    memory::VngageMemory,
    restart_sentinel,
};

/// How many messages that are there go through the door at once.
const BATCH_MAX: usize = 64;
/// The vendor shall see the bindings gone for so long before they are back.
const REBIND_DELAY: Duration = Duration::from_secs(2);
/// The broker is asked for a sign of life so often; with the time that it has
/// for its answer, a half-open line is noticed within 15 s.
const LIVENESS_INTERVAL: Duration = Duration::from_secs(5);

/// Where a renewal of the bindings stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BindingState {
    /// A break was found, and nothing is unbound yet.
    Due,
    /// `group.*` and `configuration.*` are unbound until then.
    Unbound(Instant),
    /// All is bound. What was said of groups in a message up to this delivery
    /// was said before the gap.
    Bound { stale_to: u64 },
}

pub(super) struct VngageSession<'a> {
    pub(super) settings: &'a VngageSettings,
    pub(super) memory: &'a mut VngageMemory,
    pub(super) sender: &'a IngestSender,
    connection: &'a Connection,
    channel: &'a Channel,
    consumer: Consumer,
    committed: watch::Receiver<BatchOffset>,
    acknowledgments: Acknowledgments,
    /// The last delivery taken. The channel numbers them from 1.
    last_delivery: u64,
    bindings: BindingState,
    backlog: Option<Backlog>,
    counting: Option<BoxedTask<Result<u32, VngageError>>>,
    idle_probe: IdleProbe,
    collecting: Option<BoxedTask<Result<(), CollectError>>>,
    /// When the mark is next looked at.
    sentinel_due: Instant,
}

/// A connection with a channel on it whose consumer is ours alone.
pub(super) struct ExclusiveConsumer<'a> {
    pub(super) connection: &'a Connection,
    pub(super) channel: &'a Channel,
    pub(super) consumer: Consumer,
}

impl<'a> VngageSession<'a> {
    pub(super) async fn begin_session(
        settings: &'a VngageSettings,
        memory: &'a mut VngageMemory,
        outlet: &'a IngestSender,
        on: ExclusiveConsumer<'a>,
        found: broker_queue::QueueInspection,
    ) -> Result<Self, VngageError> {
        let broken = memory.detect_discontinuity(found);
        let must_return = memory.begin_connection();
        let mut session = Self {
            settings,
            memory,
            sender: outlet,
            connection: on.connection,
            channel: on.channel,
            consumer: on.consumer,
            committed: outlet.committed_offset(),
            acknowledgments: Acknowledgments::default(),
            last_delivery: 0,
            bindings: BindingState::Bound { stale_to: 0 },
            backlog: Some(Backlog::new(
                must_return && broken.is_none(),
                Instant::now(),
            )),
            counting: None,
            idle_probe: IdleProbe::new(Instant::now()),
            collecting: None,
            sentinel_due: Instant::now() + restart_sentinel::CHECK_INTERVAL,
        };
        session
            .send_connection_event(ConnectionEvent::CatchingUp { broken })
            .await?;
        if broken.is_some() && !found.is_new {
            session.unbind_repeatable().await?;
        } else {
            session.bind_all().await?;
        }
        // Also the end of the consumer, where the queue was deleted meanwhile.
        session.drain_deliveries().await?;
        session.finish_catch_up().await?;
        Ok(session)
    }

    pub(super) async fn run(mut self) -> Result<Infallible, VngageError> {
        let mut sign_of_life = self.start_liveness_check();
        loop {
            let wake = self.next_due();
            tokio::select! {
                delivery = self.consumer.next() => self.on_delivery(delivery).await?,
                changed = self.committed.changed() => {
                    changed.map_err(|_| IngestClosed)?;
                    self.acknowledge_committed().await?;
                }
                depth = &mut sign_of_life => {
                    self.on_liveness_checked(depth?).await?;
                    sign_of_life = self.start_liveness_check();
                }
                ready = await_task(&mut self.counting) => self.on_counted(ready?).await?,
                outcome = await_task(&mut self.collecting) => self.on_collected(outcome).await?,
                () = wait_until(wake) => self.on_timer().await?,
            }
        }
    }

    async fn send_connection_event(&mut self, line: ConnectionEvent) -> Result<(), VngageError> {
        let line = Input::Connection(self.settings.id.clone(), line);
        self.sender.send_batch(vec![line]).await?;
        Ok(())
    }

    /// Takes in this delivery and all that are here already.
    async fn on_delivery(
        &mut self,
        first: Option<lapin::Result<Delivery>>,
    ) -> Result<(), VngageError> {
        self.memory.record_activity()?;
        let mut batch = Vec::with_capacity(BATCH_MAX);
        let mut next = Some(first);
        let mut end = None;
        while let Some(delivery) = next {
            match delivery {
                Some(Ok(delivery)) => self.decode_delivery(&delivery, &mut batch),
                Some(Err(error)) => end = Some(BrokerStep::Work.to_error(self.settings, &error)),
                None => end = Some(VngageError::Cancelled(self.settings.queue.clone())),
            }
            next = match end {
                None if batch.len() < BATCH_MAX => self.consumer.next().now_or_never(),
                _ => None,
            };
        }
        if !batch.is_empty() {
            let place = self.sender.send_batch(batch).await?;
            self.acknowledgments.record_batch(place, self.last_delivery);
            if self.backlog.is_none() {
                self.memory.hold_delivery();
            }
        }
        if let Some(error) = end {
            return Err(error);
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
        // Our own question come back is no word of the source's.
        if key != COLLECT_KEY && self.idle_probe.on_message(Instant::now()) {
            batch.push(self.begin_discontinuity(Discontinuity::Silence));
        }
        if delivery.redelivered
            && let Some(backlog) = &mut self.backlog
        {
            backlog.on_redelivered(Instant::now());
        }
        // What a group said before the gap in its bindings is worth nothing after it.
        if let Input::Update(update) = &mut input
            && self.is_before_gap()
            && VngageEvent::from_routing_key(key).is_some_and(VngageEvent::is_group_event)
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

    /// Acknowledges at once all that is safe, but for the newest delivery while that must come
    /// back after a loss. While unbound it holds still, so that what is under way to us can be
    /// counted.
    async fn acknowledge_committed(&mut self) -> Result<(), VngageError> {
        if !matches!(self.bindings, BindingState::Bound { .. }) {
            return Ok(());
        }
        let safe = *self.committed.borrow_and_update();
        let held = self.memory.is_holding().then_some(self.last_delivery);
        if let Some(last) = self.acknowledgments.due_delivery(safe, held) {
            let ack = self
                .channel
                .basic_ack(last, BasicAckOptions { multiple: true });
            broker_queue::await_answer(self.settings, BrokerStep::Work, ack).await?;
        }
        Ok(())
    }

    /// Says that the line is whole once the backlog is through and all is bound.
    async fn finish_catch_up(&mut self) -> Result<(), VngageError> {
        let BindingState::Bound { stale_to } = self.bindings else {
            return Ok(());
        };
        if stale_to <= self.last_delivery {
            self.memory.discontinuity = None;
        }
        let Some(backlog) = self.backlog.as_ref() else {
            return Ok(());
        };
        if !backlog.is_over(self.last_delivery) {
            return Ok(());
        }
        if backlog.was_purged() {
            return self.restart_bindings(Discontinuity::Purged).await;
        }
        self.backlog = None;
        self.counting = None;
        self.send_connection_event(ConnectionEvent::Connected).await
    }

    /// Asks how much of the backlog is left. Nothing waits for the answer.
    fn count_backlog(&mut self) {
        let Some(backlog) = &mut self.backlog else {
            return;
        };
        backlog.begin_count();
        let (settings, channel) = (self.settings.clone(), self.channel.clone());
        let count = async move { broker_queue::count_ready(&settings, &channel).await };
        self.counting = Some(Box::pin(count));
    }

    async fn on_counted(&mut self, ready: u32) -> Result<(), VngageError> {
        self.counting = None;
        self.memory.record_activity()?;
        self.drain_deliveries().await?;
        if let Some(backlog) = &mut self.backlog {
            backlog.end_count(self.last_delivery, ready, Instant::now());
        }
        self.finish_catch_up().await
    }

    /// Something was missed while the line stood: all begins anew on it.
    fn begin_discontinuity(&mut self, broken: Discontinuity) -> Input {
        self.memory.discontinuity = Some(broken);
        self.bindings = BindingState::Due;
        self.memory.release_delivery();
        self.backlog = Some(Backlog::new(false, Instant::now()));
        self.counting = None;
        let broken = Some(broken);
        Input::Connection(
            self.settings.id.clone(),
            ConnectionEvent::CatchingUp { broken },
        )
    }

    async fn restart_bindings(&mut self, broken: Discontinuity) -> Result<(), VngageError> {
        let line = self.begin_discontinuity(broken);
        self.sender.send_batch(vec![line]).await?;
        self.unbind_repeatable().await
    }

    async fn unbind_repeatable(&mut self) -> Result<(), VngageError> {
        // Cases are never unbound: each of their steps is said once.
        let cases = VngageEvent::ALL
            .into_iter()
            .filter(|event| event.is_case_event());
        let others = VngageEvent::ALL
            .into_iter()
            .filter(|event| !event.is_case_event());
        broker_queue::bind_events(self.settings, self.channel, cases).await?;
        broker_queue::unbind_events(self.settings, self.channel, others).await?;
        self.bindings = BindingState::Unbound(Instant::now() + REBIND_DELAY);
        Ok(())
    }

    async fn bind_all(&mut self) -> Result<(), VngageError> {
        let stale_to = match self.bindings {
            BindingState::Bound { stale_to } => stale_to,
            // Nothing of groups came in since: wherever in the gap we count, all
            // that came before it is in.
            BindingState::Due | BindingState::Unbound(_) => {
                let waiting = broker_queue::queue_depth(self.settings, self.channel).await?;
                self.last_delivery + u64::from(waiting)
            }
        };
        broker_queue::bind_events(self.settings, self.channel, VngageEvent::ALL.into_iter())
            .await?;
        self.bindings = BindingState::Bound { stale_to };
        if self.memory.discontinuity.is_some() {
            self.request_configuration();
        }
        Ok(())
    }

    fn request_configuration(&mut self) {
        let collect = collect_configuration(self.settings.clone(), self.sender.clone());
        self.collecting.get_or_insert_with(|| Box::pin(collect));
    }

    async fn on_collected(&mut self, outcome: Result<(), CollectError>) -> Result<(), VngageError> {
        self.collecting = None;
        let Err(error) = outcome else { return Ok(()) };
        // The next event of each agent heals it; the page tells why it may take long.
        let note = SourceDiagnostic::Failed {
            why: format!("Couldn't request the configuration: {error}"),
        };
        let note = Input::Diagnostic(self.settings.id.clone(), note);
        self.sender.send_batch(vec![note]).await?;
        Ok(())
    }

    fn start_liveness_check(&self) -> BoxedTask<Result<u32, VngageError>> {
        let (settings, channel) = (self.settings.clone(), self.channel.clone());
        Box::pin(async move {
            sleep(LIVENESS_INTERVAL).await;
            broker_queue::queue_depth(&settings, &channel).await
        })
    }

    async fn on_liveness_checked(&mut self, depth: u32) -> Result<(), VngageError> {
        self.memory.record_activity()?;
        // So far behind that the broker drops what we have not seen.
        let is_overflowing =
            broker_queue::QUEUE_LENGTH_MAX <= depth && self.memory.discontinuity.is_none();
        if is_overflowing {
            self.restart_bindings(Discontinuity::Overflow).await?;
        }
        // What is held for too long is so no more, and the broker ends who holds for ever.
        self.acknowledge_committed().await
    }

    /// When time alone will next ask for something to be done.
    fn next_due(&self) -> Option<Instant> {
        let bind = match self.bindings {
            BindingState::Unbound(until) => Some(until),
            BindingState::Due | BindingState::Bound { .. } => None,
        };
        let dues = [
            bind,
            self.count_due(),
            self.idle_probe.next_due(),
            Some(self.sentinel_due),
        ];
        dues.into_iter().flatten().min()
    }

    /// When the backlog is next counted.
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
            Some(Hush::Probe) => {
                self.idle_probe.on_probed(now);
                self.request_configuration();
            }
            Some(Hush::ReportSilent) => self.send_connection_event(ConnectionEvent::Silent).await?,
            None => {}
        }
        if self.sentinel_due <= now {
            self.sentinel_due = now + restart_sentinel::CHECK_INTERVAL;
            let mark = restart_sentinel::check_sentinel(self.settings, self.connection).await?;
            self.memory.record_sentinel(&mark);
        }
        self.finish_catch_up().await
    }

    /// So that only what the broker still holds is left to be counted.
    async fn drain_deliveries(&mut self) -> Result<(), VngageError> {
        while let Some(delivery) = self.consumer.next().now_or_never() {
            self.on_delivery(delivery).await?;
        }
        Ok(())
    }
}
