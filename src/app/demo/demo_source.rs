//! Plays the call center in real time, through the vendors' decoders. The phone side is
//! disconnected once an hour.

use std::convert::Infallible;

use jiff::{SignedDuration, Timestamp};
use tokio::task::spawn_blocking;

use wallboard_domain::{ConnectionEvent, Input, SourceId};
use wallboard_runtime::ingest::IngestSender;
use wallboard_sources::{
    LiveSource,
    demo::{DemoError, has_clock_jumped, send_in_batches, wait_until},
};

use super::{CHAT, SimulatedCenter, VOICE, running_center::RunningCenter};

/// When the phone side is disconnected first after the start.
const FIRST_LOSS: SignedDuration = SignedDuration::from_mins(10);
const LOSS_DURATION: SignedDuration = SignedDuration::from_mins(2);
const LOSS_INTERVAL: SignedDuration = SignedDuration::from_hours(1);

/// Both sides of the call center as one source, supervised under the chat's id.
#[derive(Debug)]
pub(super) struct DemoSource {
    simulated: SimulatedCenter,
    chat: SourceId,
    voice: SourceId,
}

impl DemoSource {
    pub(super) fn new(simulated: SimulatedCenter) -> Self {
        Self {
            simulated,
            chat: CHAT.into(),
            voice: VOICE.into(),
        }
    }

    /// Returns the center that played the last hour, or opens another one after a jump of the clock.
    async fn open_center(&self, sender: &IngestSender) -> Result<RunningCenter, DemoError> {
        if let Some(running) = self.simulated.take_running() {
            return Ok(running);
        }
        let (settings, start) = (self.simulated.settings.clone(), sender.now().wall);
        // Takes some hundred milliseconds. Fails only when everything stops.
        let opened = spawn_blocking(move || RunningCenter::open(&settings, start)).await;
        let (running, opening) = opened.map_err(|_| DemoError::ClockJumped)?;
        send_in_batches(sender, opening).await?;
        Ok(running)
    }
}

impl LiveSource for DemoSource {
    type Error = DemoError;

    fn id(&self) -> &SourceId {
        &self.chat
    }

    async fn run(&mut self, sender: &IngestSender) -> Result<Infallible, DemoError> {
        let start = sender.now().wall;
        let mut running = Box::pin(self.open_center(sender)).await?;

        let mut last = start;
        loop {
            let now = sender.now().wall;
            if has_clock_jumped(last, now) {
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
            let RunningCenter { center, phone, .. } = &mut running;
            for (_, inputs) in phone.advance(center, now) {
                sender.send_batch(inputs).await?;
            }
            let is_phone_lost = is_lost(start, now);
            if is_phone_lost != phone.is_unavailable() {
                let inputs = phone.set_unavailable(is_phone_lost, center, now);
                sender.send_batch(inputs).await?;
            }
            center.advance(now);
            let next = center.next_at().min(phone.next_at(center));
            send_in_batches(sender, running.take_chats()).await?;
            wait_until(next, now).await;
        }
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

    use wallboard_domain::{Discontinuity, SourceDiagnostic};
    use wallboard_runtime::ingest::{self, IngestClosed, ProcessClock};
    use wallboard_simulator::{CallCenter, Channel, Settings};
    use wallboard_sources::vngage::decode::{self, DecodedMessage};

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
            let mut source = DemoSource::new(SimulatedCenter::new(Settings::default()));
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
