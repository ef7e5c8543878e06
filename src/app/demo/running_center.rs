//! The call center as both of its sources see it: opened at any moment, and advanced from then on.

use jiff::Timestamp;
use wallboard_simulator::{CallCenter, Channel, Settings};

use wallboard_domain::{ConnectionEvent, Discontinuity, Input, SourceDiagnostic, SourceId};
use wallboard_sources::vngage::decode;

use super::{CHAT, VOICE, phone_feed::PhoneFeed};

/// A call center with its phone side's client. Its chats are published.
#[derive(Debug)]
pub(super) struct RunningCenter {
    pub(super) center: CallCenter,
    pub(super) phone: PhoneFeed,
    chat: SourceId,
}

impl RunningCenter {
    /// Opens a center. Returns it with what connects both sides: the chat's backlog of messages, and all
    /// values of the phone.
    pub(super) fn open(settings: &Settings, start: Timestamp) -> (Self, Vec<Input>) {
        let chat = SourceId::from(CHAT);
        let center = CallCenter::new(settings, start, &Channel::ALL);
        let phone = PhoneFeed::new(&VOICE.into(), start);
        let mut running = Self {
            center,
            phone,
            chat: chat.clone(),
        };
        let discontinuity = Some(Discontinuity::Start);
        let mut inputs = vec![
            Input::Connection(chat.clone(), ConnectionEvent::CatchingUp { discontinuity }),
            Input::Diagnostic(chat.clone(), SourceDiagnostic::ResyncRequested),
        ];
        inputs.extend(running.take_chats());
        inputs.push(Input::Connection(chat, ConnectionEvent::Connected));
        inputs.extend(running.phone.open(&running.center));
        (running, inputs)
    }

    /// Takes what the chat has published.
    pub(super) fn take_chats(&mut self) -> Vec<Input> {
        let messages = self.center.take_messages();
        let decode = |message: &wallboard_simulator::chat::Message| {
            decode::decode_input(&self.chat, message.routing_key, &message.body)
        };
        messages.iter().map(decode).collect()
    }
}
