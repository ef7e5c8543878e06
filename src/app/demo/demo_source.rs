//! Plays the call center in real time, through the vendors' decoders. The phone side is
//! disconnected once an hour.

use std::{convert::Infallible, time::Duration};

use jiff::{SignedDuration, Timestamp};
use tokio::{task::spawn_blocking, time::sleep};
use wallboard_simulator::{CallCenter, Channel, Settings, chat::Message};

use wallboard_domain::{ConnectionEvent, Discontinuity, Input, SourceDiagnostic, SourceId};
use wallboard_runtime::ingest::{IngestClosed, IngestSender};
use wallboard_sources::{LiveSource, SourceError, vngage::decode};

use super::{CHAT, VOICE, phone_feed::PhoneFeed};

/// When the phone side is disconnected first after the start.
const FIRST_LOSS: SignedDuration = SignedDuration::from_mins(10);
const LOSS_DURATION: SignedDuration = SignedDuration::from_mins(2);
const LOSS_INTERVAL: SignedDuration = SignedDuration::from_hours(1);
/// VEP stores messages this long. A machine that slept longer has missed some.
const MESSAGE_TTL: SignedDuration = SignedDuration::from_mins(5);
/// The most messages in one batch.
const BATCH: usize = 64;
const LONGEST_SLEEP: Duration = Duration::from_millis(500);

/// Both sides of the call center as one source, supervised under the chat's id.
#[derive(Debug)]
pub(super) struct DemoSource {
    settings: Settings,
    chat: SourceId,
    voice: SourceId,
}

/// The reason why the simulation restarts.
#[derive(Debug, thiserror::Error)]
pub(super) enum DemoError {
    #[error("simulated: the clock of this machine jumped")]
    ClockJumped,
    #[error(transparent)]
    Stopping(#[from] IngestClosed),
}

impl DemoSource {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            settings,
            chat: CHAT.into(),
            voice: VOICE.into(),
        }
    }

    async fn forward_messages(
        &self,
        sender: &IngestSender,
        messages: Vec<Message>,
    ) -> Result<(), IngestClosed> {
        for batch in messages.chunks(BATCH) {
            let inputs = batch.iter().map(|message| {
                decode::decode_input(&self.chat, message.routing_key, &message.body)
            });
            sender.send_batch(inputs.collect()).await?;
        }
        Ok(())
    }

    /// Connects the chat: first the backlog of messages, then live.
    async fn connect_chat(
        &self,
        sender: &IngestSender,
        backlog: Vec<Message>,
    ) -> Result<(), IngestClosed> {
        let id = &self.chat;
        let discontinuity = Some(Discontinuity::Start);
        let opening = vec![
            Input::Connection(id.clone(), ConnectionEvent::CatchingUp { discontinuity }),
            Input::Diagnostic(id.clone(), SourceDiagnostic::ResyncRequested),
        ];
        sender.send_batch(opening).await?;
        self.forward_messages(sender, backlog).await?;
        let connected = Input::Connection(id.clone(), ConnectionEvent::Connected);
        sender.send_batch(vec![connected]).await.map(drop)
    }
}

impl LiveSource for DemoSource {
    type Error = DemoError;

    fn id(&self) -> &SourceId {
        &self.chat
    }

    async fn run(&mut self, sender: &IngestSender) -> Result<Infallible, DemoError> {
        let start = sender.now().wall;
        let settings = self.settings.clone();
        // Takes some hundred milliseconds. Fails only when everything stops.
        let opened = spawn_blocking(move || CallCenter::new(&settings, start, &Channel::ALL)).await;
        let mut center = opened.map_err(|_| DemoError::ClockJumped)?;
        let mut phone = PhoneFeed::new(&self.voice, start);
        let messages = center.take_messages();
        self.connect_chat(sender, messages).await?;
        sender.send_batch(phone.open(&center)).await?;

        let mut last = start;
        loop {
            let now = sender.now().wall;
            if now < last - LOSS_DURATION || now > last + MESSAGE_TTL {
                let clock_jump = DemoError::ClockJumped;
                // The supervisor reports the chat.
                let voice = &self.voice;
                let why = clock_jump.to_string();
                let outage = ConnectionEvent::Disconnected { why };
                let input = Input::Connection(voice.clone(), outage);
                sender.send_batch(vec![input]).await?;
                return Err(clock_jump);
            }
            last = now;
            for (_, inputs) in phone.advance(&mut center, now) {
                sender.send_batch(inputs).await?;
            }
            let is_phone_lost = is_lost(start, now);
            if is_phone_lost != phone.is_unavailable() {
                let inputs = phone.set_unavailable(is_phone_lost, &mut center, now);
                sender.send_batch(inputs).await?;
            }
            center.advance(now);
            let messages = center.take_messages();
            self.forward_messages(sender, messages).await?;
            let next = center.next_at().min(phone.next_at(&center));
            let pause = Duration::try_from(next.duration_since(now)).unwrap_or_default();
            sleep(pause.min(LONGEST_SLEEP)).await;
        }
    }
}

impl SourceError for DemoError {
    fn needs_intervention(&self) -> bool {
        false
    }
}

/// Whether the phone side is disconnected; in real time, whatever the speed.
fn is_lost(start: Timestamp, now: Timestamp) -> bool {
    let since_first = now.duration_since(start) - FIRST_LOSS;
    !since_first.is_negative()
        && since_first.as_millis() % LOSS_INTERVAL.as_millis() < LOSS_DURATION.as_millis()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use wallboard_runtime::ingest::{self, ProcessClock};
    use wallboard_sources::vngage::decode::DecodedMessage;

    use super::*;

    #[test]
    fn voice_is_lost_for_two_minutes_after_ten_and_then_every_hour() {
        let start = Timestamp::UNIX_EPOCH;

        let at = |second: i64| start + SignedDuration::from_secs(second);
        let lost: Vec<i64> = (0..2 * 60 * 60)
            .filter(|second| is_lost(start, at(*second)))
            .collect();

        let expected = [600..720, 4200..4320];
        assert_eq!(lost, expected.into_iter().flatten().collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn each_side_catches_up_in_full_and_then_connects() {
        let (sender, mut receiver) = ingest::ingest_channel(ProcessClock::start_now());
        let task = tokio::spawn(async move {
            let mut source = DemoSource::new(Settings::default());
            let Err(error) = Box::pin(source.run(&sender)).await;
            error
        });

        let (mut chat, mut voice) = (Vec::new(), Vec::new());
        let is_connected =
            |input: &Input| matches!(input, Input::Connection(_, ConnectionEvent::Connected));
        while !voice.iter().any(is_connected) {
            for input in receiver.batches.recv().await.unwrap().inputs {
                let id = match &input {
                    Input::Update(update) => &update.source,
                    Input::Connection(id, _) | Input::Diagnostic(id, _) => id,
                    other => panic!("{other:?}"),
                };
                let is_voice = *id == "voice".into();
                if is_voice { &mut voice } else { &mut chat }.push(input);
            }
        }
        drop(receiver);
        let end = task.await.unwrap();

        let discontinuity = Some(Discontinuity::Start);
        for inputs in [&chat, &voice] {
            let first = &inputs[0];
            assert!(
                matches!(first, Input::Connection(_, ConnectionEvent::CatchingUp { discontinuity: b }) if *b == discontinuity)
            );
        }
        assert!(is_connected(chat.last().unwrap()));
        assert!(voice.iter().any(|input| matches!(input, Input::Update(_))));
        assert!(matches!(
            chat[1],
            Input::Diagnostic(_, SourceDiagnostic::ResyncRequested)
        ));
        let is_update = |input: &&Input| matches!(input, Input::Update(_));
        let updates = chat.iter().filter(is_update);
        assert_eq!(updates.count(), chat.len() - 3, "every message is decoded");
        assert!(matches!(end, DemoError::Stopping(IngestClosed)));
    }

    #[test]
    fn decoder_reads_every_message_without_a_mistyped_attribute() {
        let noon: Timestamp = "2026-03-04T11:00:00Z".parse().unwrap();
        let settings = Settings {
            seed: 5,
            ..Settings::default()
        };
        let mut center = CallCenter::new(&settings, noon, &[Channel::Chat]);
        center.advance(noon + SignedDuration::from_mins(30));
        let messages = center.take_messages();
        let source = CHAT.into();

        for message in &messages {
            match decode::decode_message(&source, message.routing_key, &message.body) {
                Ok(DecodedMessage::Update(update)) => {
                    assert_eq!(update.mistyped, 0, "{}", message.routing_key);
                    assert!(update.at.is_some());
                }
                other => panic!("{}: {other:?}", message.routing_key),
            }
        }
        let kinds: HashSet<&str> = messages.iter().map(|message| message.routing_key).collect();
        assert_eq!(kinds.len(), 13);
    }
}
