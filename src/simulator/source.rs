//! Plays the call center in real time, through the vendors' decoders. Each side is
//! disconnected now and then.

use std::{convert::Infallible, time::Duration};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use tokio::{task::spawn_blocking, time::sleep};

use crate::{
    domain::{ConnectionEvent, Discontinuity, Input, SourceDiagnostic, SourceId},
    ingest::{IngestClosed, IngestSender},
    sources::{LiveSource, SourceError, vngage::decode},
};

use super::{call_center::CallCenter, chat::Message, phone::PhoneFeed, roster::Channel};

/// When each side is disconnected first after the start, never both at once.
const FIRST_CHAT_LOSS: SignedDuration = SignedDuration::from_mins(6);
const FIRST_PHONE_LOSS: SignedDuration = SignedDuration::from_mins(14);
const LOSS_DURATION: SignedDuration = SignedDuration::from_secs(75);
const LOSS_INTERVAL: SignedDuration = SignedDuration::from_mins(20);
const LOSS_REASON: &str = "Simulated: the line to the upstream is lost for a little over a minute";
/// VEP stores messages this long. A machine that slept longer has missed some.
const MESSAGE_TTL: SignedDuration = SignedDuration::from_mins(5);
/// The most messages in one batch.
const BATCH: usize = 64;
const LONGEST_SLEEP: Duration = Duration::from_millis(500);

#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The ids of both sides as sources.
    pub chat: SourceId,
    pub voice: SourceId,
    /// The same seed and start give the same day.
    pub seed: u64,
    /// Simulated seconds per second: a greater value gives more and shorter contacts. Above 0.
    pub speed: f64,
    /// The time zone of the daily curve.
    pub zone: TimeZone,
}

/// Both sides of the call center as one source, supervised under the chat's id.
#[derive(Debug)]
pub struct Simulator {
    settings: Settings,
}

/// The reason why the simulation restarts.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorError {
    #[error("simulated: the clock of this machine jumped")]
    ClockJumped,
    #[error(transparent)]
    Stopping(#[from] IngestClosed),
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            chat: "chat".into(),
            voice: "voice".into(),
            seed: 1,
            speed: 1.0,
            zone: TimeZone::UTC,
        }
    }
}

impl Simulator {
    pub fn new(settings: Settings) -> Self {
        Self { settings }
    }

    async fn forward_messages(
        &self,
        sender: &IngestSender,
        messages: Vec<Message>,
    ) -> Result<(), IngestClosed> {
        for batch in messages.chunks(BATCH) {
            let inputs = batch.iter().map(|message| {
                decode::decode_input(&self.settings.chat, message.routing_key, &message.body)
            });
            sender.send_batch(inputs.collect()).await?;
        }
        Ok(())
    }

    /// Connects the chat: first the backlog of messages, then live.
    async fn catch_up_chat(
        &self,
        sender: &IngestSender,
        broken: Option<Discontinuity>,
        backlog: Vec<Message>,
    ) -> Result<(), IngestClosed> {
        let id = &self.settings.chat;
        let mut opening = vec![Input::Connection(
            id.clone(),
            ConnectionEvent::CatchingUp { broken },
        )];
        if broken.is_some() {
            opening.push(Input::Diagnostic(
                id.clone(),
                SourceDiagnostic::ResyncRequested,
            ));
        }
        sender.send_batch(opening).await?;
        self.forward_messages(sender, backlog).await?;
        let connected = Input::Connection(id.clone(), ConnectionEvent::Connected);
        sender.send_batch(vec![connected]).await.map(drop)
    }

    async fn report_loss(
        &self,
        id: &SourceId,
        why: &str,
        sender: &IngestSender,
    ) -> Result<(), IngestClosed> {
        let why = why.to_owned();
        let lost = Input::Connection(id.clone(), ConnectionEvent::Disconnected { why });
        sender.send_batch(vec![lost]).await.map(drop)
    }
}

impl LiveSource for Simulator {
    type Error = SimulatorError;

    fn id(&self) -> &SourceId {
        &self.settings.chat
    }

    async fn run(&mut self, sender: &IngestSender) -> Result<Infallible, SimulatorError> {
        let start = sender.now().wall;
        let settings = self.settings.clone();
        // Takes some hundred milliseconds. Fails only when everything stops.
        let opened = spawn_blocking(move || CallCenter::new(&settings, start, &Channel::ALL)).await;
        let mut center = opened.map_err(|_| SimulatorError::ClockJumped)?;
        let mut phone = PhoneFeed::new(&self.settings.voice, start);
        let messages = center.take_messages();
        self.catch_up_chat(sender, Some(Discontinuity::Start), messages)
            .await?;
        sender.send_batch(phone.open(&center)).await?;

        let mut last = start;
        let mut is_chat_lost = false;
        loop {
            let now = sender.now().wall;
            if now < last - LOSS_DURATION || now > last + MESSAGE_TTL {
                let error = SimulatorError::ClockJumped;
                // The supervisor reports the chat.
                let voice = &self.settings.voice;
                self.report_loss(voice, &error.to_string(), sender).await?;
                return Err(error);
            }
            last = now;
            for (_, inputs) in phone.advance(&mut center, now) {
                sender.send_batch(inputs).await?;
            }
            let is_phone_lost = is_lost(FIRST_PHONE_LOSS, start, now);
            if is_phone_lost != phone.is_unavailable() {
                let inputs = phone.set_unavailable(is_phone_lost, &mut center, now);
                sender.send_batch(inputs).await?;
            }
            center.advance(now);
            match (is_chat_lost, is_lost(FIRST_CHAT_LOSS, start, now)) {
                (true, true) => {}
                (false, false) => {
                    let messages = center.take_messages();
                    self.forward_messages(sender, messages).await?;
                }
                (false, true) => {
                    self.report_loss(&self.settings.chat, LOSS_REASON, sender)
                        .await?;
                }
                (true, false) => {
                    let backlog = center.take_messages();
                    self.catch_up_chat(sender, None, backlog).await?;
                }
            }
            is_chat_lost = is_lost(FIRST_CHAT_LOSS, start, now);
            let next = center.next_at().min(phone.next_at(&center));
            let pause = Duration::try_from(next.duration_since(now)).unwrap_or_default();
            sleep(pause.min(LONGEST_SLEEP)).await;
        }
    }
}

impl SourceError for SimulatorError {
    fn needs_intervention(&self) -> bool {
        false
    }
}

/// Whether a connection is lost that is lost for the `first` time that long after the
/// start; in real time, whatever the speed.
fn is_lost(first: SignedDuration, start: Timestamp, now: Timestamp) -> bool {
    let since_first = now.duration_since(start) - first;
    !since_first.is_negative()
        && since_first.as_millis() % LOSS_INTERVAL.as_millis() < LOSS_DURATION.as_millis()
}

#[cfg(test)]
mod tests {
    use crate::ingest::{self, ProcessClock};

    use super::*;

    #[test]
    fn chat_is_lost_after_six_minutes_and_then_every_twenty() {
        let start = Timestamp::UNIX_EPOCH;

        let at = |second: i64| start + SignedDuration::from_secs(second);
        let lost: Vec<i64> = (0..60 * 60)
            .filter(|second| is_lost(FIRST_CHAT_LOSS, start, at(*second)))
            .collect();

        let expected = [360..435, 1560..1635, 2760..2835];
        assert_eq!(lost, expected.into_iter().flatten().collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn each_side_catches_up_in_full_and_then_connects() {
        let (sender, mut receiver) = ingest::ingest_channel(ProcessClock::start_now());
        let task = tokio::spawn(async move {
            let mut simulator = Simulator::new(Settings::default());
            let Err(error) = Box::pin(simulator.run(&sender)).await;
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

        let broken = Some(Discontinuity::Start);
        for inputs in [&chat, &voice] {
            let first = &inputs[0];
            assert!(
                matches!(first, Input::Connection(_, ConnectionEvent::CatchingUp { broken: b }) if *b == broken)
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
        assert!(matches!(end, SimulatorError::Stopping(IngestClosed)));
    }
}
