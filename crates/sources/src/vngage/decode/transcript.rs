//! Summarizes a transcript into figures. Its text is skipped and never reaches the live state or its log.

use jiff::Timestamp;
use serde::de::{MapAccess, SeqAccess};

use wallboard_domain::{TranscriptSummary, moment::millis_between};

use super::fields::{Lenient, NestedReader, ObjectFields};

/// The `transcript` object.
pub(super) struct TranscriptObject;

impl NestedReader for TranscriptObject {
    type Out = TranscriptSummary;

    fn read_object<'de, A: MapAccess<'de>>(map: A) -> Result<(Option<Self::Out>, u8), A::Error> {
        let mut fields = ObjectFields::new(map);
        let mut figures = None;
        while let Some(key) = fields.next_key()? {
            match &*key {
                "messages" => figures = fields.read_nested::<TranscriptMessages>()?,
                _ => fields.skip_value()?,
            }
        }
        // The vendor may leave out empty properties, so this is an empty conversation.
        Ok((Some(figures.unwrap_or_default()), fields.mistyped))
    }
}

struct TranscriptMessages;

impl NestedReader for TranscriptMessages {
    type Out = TranscriptSummary;

    fn read_array<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<(Option<Self::Out>, u8), A::Error> {
        let mut counter = TranscriptCounter::default();
        let mut mistyped = 0_u8;
        while let Some(Lenient((message, odd))) =
            seq.next_element::<Lenient<TranscriptMessage>>()?
        {
            mistyped = mistyped.saturating_add(odd);
            if let Some(message) = message {
                counter.add_message(&message);
            }
        }
        Ok((Some(counter.figures), mistyped))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speaker {
    Visitor,
    Agent,
    System,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MessageKind {
    Chat,
    Video,
    Other,
}

struct TranscriptMessage {
    at: Option<Timestamp>,
    kind: MessageKind,
    speaker: Speaker,
}

impl NestedReader for TranscriptMessage {
    type Out = Self;

    fn read_object<'de, A: MapAccess<'de>>(map: A) -> Result<(Option<Self::Out>, u8), A::Error> {
        let mut fields = ObjectFields::new(map);
        let mut message = Self {
            at: None,
            kind: MessageKind::Other,
            speaker: Speaker::System,
        };
        while let Some(key) = fields.next_key()? {
            match &*key {
                "eventTime" => message.at = fields.read_time()?,
                "messageType" => {
                    message.kind = fields.read_word(parse_kind)?.unwrap_or(MessageKind::Other);
                }
                "speaker" => {
                    message.speaker = fields.read_nested::<Speaker>()?.unwrap_or(Speaker::System);
                }
                _ => fields.skip_value()?,
            }
        }
        Ok((Some(message), fields.mistyped))
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "an unknown word isn't an error here"
)]
fn parse_kind(word: &str) -> Option<MessageKind> {
    Some(match word {
        "chat" => MessageKind::Chat,
        "video" => MessageKind::Video,
        _ => MessageKind::Other,
    })
}

impl NestedReader for Speaker {
    type Out = Self;

    fn read_object<'de, A: MapAccess<'de>>(map: A) -> Result<(Option<Self::Out>, u8), A::Error> {
        let mut fields = ObjectFields::new(map);
        let (mut visitor, mut agent) = (false, false);
        while let Some(key) = fields.next_key()? {
            match &*key {
                "visitorId" => visitor = fields.read_id()?.is_some(),
                "agentId" => agent = fields.read_nested::<AgentParty>()?.is_some(),
                _ => fields.skip_value()?,
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

/// An agent's identifiers: an object with `id`, or a bare id.
struct AgentParty;

impl NestedReader for AgentParty {
    type Out = ();

    fn read_object<'de, A: MapAccess<'de>>(map: A) -> Result<(Option<Self::Out>, u8), A::Error> {
        let mut fields = ObjectFields::new(map);
        let mut known = None;
        while let Some(key) = fields.next_key()? {
            match &*key {
                "id" => known = fields.read_id()?.map(|_| ()),
                _ => fields.skip_value()?,
            }
        }
        Ok((known, fields.mistyped))
    }

    fn read_text(text: &str) -> (Option<Self::Out>, u8) {
        ((!text.is_empty()).then_some(()), 0)
    }
}

/// Whose turn it is, for measuring the first response.
#[derive(Clone, Copy, Default)]
enum ResponseTurn {
    #[default]
    Visitor,
    Agent {
        asked: Option<Timestamp>,
    },
    Answered,
}

/// Counts the figures of a conversation while it is read.
#[derive(Default)]
struct TranscriptCounter {
    figures: TranscriptSummary,
    first: Option<Timestamp>,
    turn: ResponseTurn,
}

impl TranscriptCounter {
    fn add_message(&mut self, message: &TranscriptMessage) {
        if let Some(at) = message.at {
            let first = *self.first.get_or_insert(at);
            let so_far = self.figures.duration.unwrap_or(0);
            self.figures.duration = Some(millis_between(first, at).max(so_far));
        }
        match (message.kind, message.speaker) {
            (MessageKind::Video, _) => self.figures.video = true,
            (MessageKind::Chat, Speaker::Visitor) => {
                self.figures.visitor_messages = self.figures.visitor_messages.saturating_add(1);
                if matches!(self.turn, ResponseTurn::Visitor) {
                    self.turn = ResponseTurn::Agent { asked: message.at };
                }
            }
            (MessageKind::Chat, Speaker::Agent) => {
                self.figures.agent_messages = self.figures.agent_messages.saturating_add(1);
                self.record_answer(message.at);
            }
            _ => {}
        }
    }

    /// Measures the response time at the first reply after the visitor's first message.
    fn record_answer(&mut self, at: Option<Timestamp>) {
        let ResponseTurn::Agent { asked } = self.turn else {
            return;
        };
        self.turn = ResponseTurn::Answered;
        self.figures.first_response = asked
            .zip(at)
            .map(|(asked, at)| millis_between(asked, at).max(0));
    }
}
