//! Of a transcript only figures are kept; its text passes by here and is never held.

use jiff::Timestamp;
use serde::de::{MapAccess, SeqAccess};

use crate::domain::{Transcript, moment::millis_between};

use super::fields::{Fields, Lenient, Nested};

/// The `transcript` object.
pub(super) struct Conversation;

impl Nested for Conversation {
    type Out = Transcript;

    fn object<'de, A: MapAccess<'de>>(map: A) -> Result<(Option<Self::Out>, u8), A::Error> {
        let mut fields = Fields::new(map);
        let mut figures = None;
        while let Some(key) = fields.key()? {
            match &*key {
                "messages" => figures = fields.nested::<Messages>()?,
                _ => fields.skip()?,
            }
        }
        // A property without data may be left out: then nobody said anything.
        Ok((Some(figures.unwrap_or_default()), fields.mistyped))
    }
}

struct Messages;

impl Nested for Messages {
    type Out = Transcript;

    fn array<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<(Option<Self::Out>, u8), A::Error> {
        let mut talk = Talk::default();
        let mut mistyped = 0_u8;
        while let Some(Lenient((message, odd))) = seq.next_element::<Lenient<Message>>()? {
            mistyped = mistyped.saturating_add(odd);
            if let Some(message) = message {
                talk.add(&message);
            }
        }
        Ok((Some(talk.figures), mistyped))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speaker {
    Visitor,
    Agent,
    System,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Chat,
    Video,
    Other,
}

struct Message {
    at: Option<Timestamp>,
    kind: Kind,
    speaker: Speaker,
}

impl Nested for Message {
    type Out = Self;

    fn object<'de, A: MapAccess<'de>>(map: A) -> Result<(Option<Self::Out>, u8), A::Error> {
        let mut fields = Fields::new(map);
        let mut message = Self {
            at: None,
            kind: Kind::Other,
            speaker: Speaker::System,
        };
        while let Some(key) = fields.key()? {
            match &*key {
                "eventTime" => message.at = fields.time()?,
                "messageType" => message.kind = fields.word(kind)?.unwrap_or(Kind::Other),
                "speaker" => {
                    message.speaker = fields.nested::<Speaker>()?.unwrap_or(Speaker::System);
                }
                _ => fields.skip()?,
            }
        }
        Ok((Some(message), fields.mistyped))
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "a word that is not known is no fault here"
)]
fn kind(word: &str) -> Option<Kind> {
    Some(match word {
        "chat" => Kind::Chat,
        "video" => Kind::Video,
        _ => Kind::Other,
    })
}

impl Nested for Speaker {
    type Out = Self;

    fn object<'de, A: MapAccess<'de>>(map: A) -> Result<(Option<Self::Out>, u8), A::Error> {
        let mut fields = Fields::new(map);
        let (mut visitor, mut agent) = (false, false);
        while let Some(key) = fields.key()? {
            match &*key {
                "visitorId" => visitor = fields.id()?.is_some(),
                "agentId" => agent = fields.nested::<AgentParty>()?.is_some(),
                _ => fields.skip()?,
            }
        }
        let speaker = match (agent, visitor) {
            (true, _) => Self::Agent,
            (false, true) => Self::Visitor,
            (false, false) => Self::System,
        };
        Ok((Some(speaker), fields.mistyped))
    }
}

/// An agent's identifiers: an object with `id`; a bare id is taken too.
struct AgentParty;

impl Nested for AgentParty {
    type Out = ();

    fn object<'de, A: MapAccess<'de>>(map: A) -> Result<(Option<Self::Out>, u8), A::Error> {
        let mut fields = Fields::new(map);
        let mut known = None;
        while let Some(key) = fields.key()? {
            match &*key {
                "id" => known = fields.id()?.map(|_| ()),
                _ => fields.skip()?,
            }
        }
        Ok((known, fields.mistyped))
    }

    fn text(text: &str) -> (Option<Self::Out>, u8) {
        ((!text.is_empty()).then_some(()), 0)
    }
}

/// Whose turn it is, as far as the first response goes.
#[derive(Clone, Copy, Default)]
enum Turn {
    #[default]
    Visitor,
    Agent {
        asked: Option<Timestamp>,
    },
    Answered,
}

/// The figures of a conversation as it is read.
#[derive(Default)]
struct Talk {
    figures: Transcript,
    first: Option<Timestamp>,
    turn: Turn,
}

impl Talk {
    fn add(&mut self, message: &Message) {
        if let Some(at) = message.at {
            let first = *self.first.get_or_insert(at);
            let so_far = self.figures.duration.unwrap_or(0);
            self.figures.duration = Some(millis_between(first, at).max(so_far));
        }
        match (message.kind, message.speaker) {
            (Kind::Video, _) => self.figures.video = true,
            (Kind::Chat, Speaker::Visitor) => {
                self.figures.visitor_messages = self.figures.visitor_messages.saturating_add(1);
                if matches!(self.turn, Turn::Visitor) {
                    self.turn = Turn::Agent { asked: message.at };
                }
            }
            (Kind::Chat, Speaker::Agent) => {
                self.figures.agent_messages = self.figures.agent_messages.saturating_add(1);
                self.answer(message.at);
            }
            _ => {}
        }
    }

    /// The first reply after the visitor's first message settles the response time.
    fn answer(&mut self, at: Option<Timestamp>) {
        let Turn::Agent { asked } = self.turn else {
            return;
        };
        self.turn = Turn::Answered;
        self.figures.first_response = asked
            .zip(at)
            .map(|(asked, at)| millis_between(asked, at).max(0));
    }
}
