//! `kind = "demo"`: a simulated contact center to look around with, before there is a real source. It publishes
//! its chats as Vngage does, and every board and page says that it's demo data.

mod configuration;

use std::{convert::Infallible, time::Duration};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use tokio::{task::spawn_blocking, time::sleep};
use wallboard_simulator::{CallCenter, Channel, Settings};

use wallboard_domain::{
    ConnectionEvent, Discontinuity, Input, SourceDiagnostic, SourceId, SourceKind,
};
use wallboard_runtime::ingest::{IngestClosed, IngestSender};

use super::{LiveSource, SourceError, vngage::decode};

pub const KIND: SourceKind = SourceKind {
    name: "demo",
    vendor: "Demo",
    reports_contacts: true,
    has_session: false,
    has_clock: false,
    is_pushed: false,
};

/// A clock that goes back by more than this was set.
const STEP_BACK_MAX: SignedDuration = SignedDuration::from_mins(2);
/// VEP stores messages this long. A machine that slept longer has missed some.
const MESSAGE_TTL: SignedDuration = SignedDuration::from_mins(5);
/// The most inputs in one batch.
const BATCH: usize = 64;
const LONGEST_SLEEP: Duration = Duration::from_millis(500);

/// One simulated contact center.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoSettings {
    pub id: SourceId,
}

/// The chats of a simulated contact center.
#[derive(Debug)]
pub struct DemoSource {
    id: SourceId,
}

/// The reason why the simulation restarts.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("simulated: the clock of this machine jumped")]
    ClockJumped,
    #[error(transparent)]
    Stopping(#[from] IngestClosed),
}

impl SourceError for DemoError {
    fn needs_intervention(&self) -> bool {
        false
    }
}

/// Returns what connects the chats of a center that was just opened: their backlog of messages.
pub fn connect_chats(id: &SourceId, center: &mut CallCenter) -> Vec<Input> {
    let event = |event| Input::Connection(id.clone(), event);
    let discontinuity = Some(Discontinuity::Start);
    let mut inputs = vec![
        event(ConnectionEvent::CatchingUp { discontinuity }),
        Input::Diagnostic(id.clone(), SourceDiagnostic::ResyncRequested),
    ];
    inputs.extend(take_chats(id, center));
    inputs.push(event(ConnectionEvent::Connected));
    inputs
}

/// Takes what the chats have published.
pub fn take_chats(id: &SourceId, center: &mut CallCenter) -> Vec<Input> {
    let messages = center.take_messages();
    let messages = messages.iter();
    let inputs =
        messages.map(|message| decode::decode_input(id, message.routing_key, &message.body));
    inputs.collect()
}

/// Sends inputs in their order.
///
/// # Errors
/// When everything stops.
pub async fn send_in_batches(
    sender: &IngestSender,
    inputs: Vec<Input>,
) -> Result<(), IngestClosed> {
    let mut inputs = inputs.into_iter().peekable();
    while inputs.peek().is_some() {
        let batch = inputs.by_ref().take(BATCH).collect();
        sender.send_batch(batch).await?;
    }
    Ok(())
}

/// Whether a center that was played until `last` can't be played on.
pub fn has_clock_jumped(last: Timestamp, now: Timestamp) -> bool {
    now < last - STEP_BACK_MAX || last + MESSAGE_TTL < now
}

/// Waits until something may happen.
pub async fn wait_until(next: Timestamp, now: Timestamp) {
    let pause = Duration::try_from(next.duration_since(now)).unwrap_or_default();
    sleep(pause.min(LONGEST_SLEEP)).await;
}

impl LiveSource for DemoSource {
    type Error = DemoError;

    fn id(&self) -> &SourceId {
        &self.id
    }

    async fn run(&mut self, sender: &IngestSender) -> Result<Infallible, DemoError> {
        let mut last = sender.now().wall;
        let seed = rand::random();
        // Takes some hundred milliseconds. Fails only when everything stops.
        let opening = spawn_blocking(move || {
            let zone = TimeZone::system();
            let settings = Settings {
                seed,
                customer_zone: Settings::daytime_zone(&zone, last),
                zone,
                ..Settings::default()
            };
            // Its state is too large for a future.
            Box::new(CallCenter::new(&settings, last, &[Channel::Chat]))
        });
        let mut center = opening.await.map_err(|_| DemoError::ClockJumped)?;
        send_in_batches(sender, connect_chats(&self.id, &mut center)).await?;
        loop {
            let now = sender.now().wall;
            if has_clock_jumped(last, now) {
                return Err(DemoError::ClockJumped);
            }
            last = now;
            center.advance(now);
            send_in_batches(sender, take_chats(&self.id, &mut center)).await?;
            wait_until(center.next_at(), now).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use wallboard_runtime::ingest::{self, ProcessClock};

    use super::*;

    #[tokio::test]
    async fn a_demo_connects_with_queues_that_have_contacts_and_agents() {
        let (sender, mut receiver) = ingest::ingest_channel(ProcessClock::start_now());
        let task = tokio::spawn(async move {
            let mut source = DemoSource { id: "look".into() };
            let Err(error) = source.run(&sender).await;
            error
        });

        let mut inputs = Vec::new();
        while !matches!(
            inputs.last(),
            Some(Input::Connection(_, ConnectionEvent::Connected))
        ) {
            inputs.extend(receiver.batches.recv().await.unwrap().inputs);
        }
        drop(receiver);

        assert!(matches!(task.await.unwrap(), DemoError::Stopping(_)));
        let updates = inputs.iter().filter_map(|input| match input {
            Input::Update(update) => Some(update),
            _ => None,
        });
        let updates: Vec<_> = updates.collect();
        // Between "catching up", the request and "connected", every message is read.
        assert_eq!(updates.len(), inputs.len() - 3);
        assert!(updates.iter().all(|update| update.source == "look".into()));
        for event in ["case.created", "group.loadChanged", "configuration.agent"] {
            assert!(
                updates.iter().any(|update| update.event == event),
                "{event}"
            );
        }
    }

    #[test]
    fn a_clock_that_was_set_or_slept_begins_another_center() {
        let last = Timestamp::UNIX_EPOCH;
        let jumped = [-121, -120, 0, 300, 301]
            .map(|seconds| has_clock_jumped(last, last + SignedDuration::from_secs(seconds)));
        assert_eq!(jumped, [true, false, false, false, true]);
    }
}
