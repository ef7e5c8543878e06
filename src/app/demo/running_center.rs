//! The call center as both of its sources see it: opened at any moment, and advanced from then on.

use jiff::Timestamp;
use wallboard_simulator::{CallCenter, Channel, Settings};

use wallboard_domain::{Input, SourceId};
use wallboard_sources::demo;

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
        let mut inputs = demo::connect_chats(&chat, &mut running.center);
        inputs.extend(running.phone.open(&running.center));
        (running, inputs)
    }

    /// Takes what the chat has published.
    pub(super) fn take_chats(&mut self) -> Vec<Input> {
        demo::take_chats(&self.chat, &mut self.center)
    }
}
