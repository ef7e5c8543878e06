//! Decodes bytes and a routing key into one update. No I/O, so that a unit test covers each
//! quirk of the feed. The vendor's wire format never leaves this folder.

mod bodies;
mod damaged_message;
mod fields;
mod huge_numbers;
mod lone_surrogates;
#[cfg(test)]
mod tests;
mod timestamp;
mod transcript;
mod transcript_text;

use jiff::Timestamp;
use serde::de::{Deserializer, MapAccess, Visitor};
use std::{fmt, marker::PhantomData};

use wallboard_domain::{CaseId, Input, SourceDiagnostic, SourceId, Update};

use bodies::{
    CaseClosed, CaseCreated, CaseOpened, CaseTranscribed, CaseTransferred, CaseVisitorProfile,
    GroupLoad, GroupTimers, MessageBody, NamedConfiguration,
};
use fields::{ObjectFields, cut_text};

use super::VngageEvent;

/// The maximum size of a body, in bytes. Larger ones are rejected unread.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;
/// The length to which an unknown message's name is cut, in characters.
const EVENT_NAME_LENGTH_MAX: usize = 64;

/// The result of decoding a message.
#[derive(Clone, Debug, PartialEq)]
pub enum DecodedMessage {
    Update(Update),
    /// A message of an unknown kind, or our own request sent back to us.
    Ignored {
        event: String,
    },
}

/// A message that couldn't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{event} couldn't be read: {why}")]
pub struct RejectedMessage {
    pub event: String,
    /// One of `too_large`, `not_utf8`, `not_json`, `not_an_object`, `missing_id`.
    pub why: &'static str,
    /// The case that it would have changed, if its id can be read.
    pub case: Option<CaseId>,
}

/// Decodes one message. Mistyped fields count as missing, and unknown fields are skipped.
#[inline]
pub fn decode_message(
    source: &SourceId,
    routing_key: &str,
    body: &[u8],
) -> Result<DecodedMessage, RejectedMessage> {
    let event = routing_key.parse::<VngageEvent>().ok();
    let rejected = |why| RejectedMessage {
        event: cut_text(routing_key, EVENT_NAME_LENGTH_MAX).to_owned(),
        why,
        case: event
            .filter(|event| event.changes_case())
            .and_then(|_| damaged_message::find_case_id(body))
            .map(|id| CaseId::new(source, id)),
    };
    if body.len() > BODY_BYTES_MAX {
        return Err(rejected("too_large"));
    }
    let Some(event) = event else {
        return Ok(DecodedMessage::Ignored {
            event: cut_text(routing_key, EVENT_NAME_LENGTH_MAX).to_owned(),
        });
    };
    let text = std::str::from_utf8(body).map_err(|_| rejected("not_utf8"))?;
    // Some writers begin with a byte order mark, which isn't JSON.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut parsed = parse_event(event, source, text);
    if parsed.is_err()
        && let Some(repaired) = repair_json(text)
    {
        parsed = parse_event(event, source, &repaired);
    }
    match parsed {
        Ok(Some(update)) => Ok(DecodedMessage::Update(update)),
        Ok(None) => Err(rejected("missing_id")),
        Err(error) => Err(rejected(match error.classify() {
            serde_json::error::Category::Data => "not_an_object",
            _ => "not_json",
        })),
    }
}

/// Repairs JSON that is valid but that the parser rejects. Tried only if a message can't be
/// read.
fn repair_json(body: &str) -> Option<String> {
    let repaired = lone_surrogates::replace_lone_surrogates(body);
    huge_numbers::replace_huge_numbers(repaired.as_deref().unwrap_or(body)).or(repaired)
}

/// Decodes a message into an input: an update, or a diagnostic if that fails.
pub fn decode_input(source: &SourceId, routing_key: &str, body: &[u8]) -> Input {
    match decode_message(source, routing_key, body) {
        Ok(DecodedMessage::Update(update)) => Input::Update(update),
        Ok(DecodedMessage::Ignored { event }) => {
            Input::Diagnostic(source.clone(), SourceDiagnostic::Ignored { event })
        }
        Err(RejectedMessage { event, why, case }) => Input::Diagnostic(
            source.clone(),
            SourceDiagnostic::Rejected { event, why, case },
        ),
    }
}

/// Returns the transcript of a message as it came, as JSON that any parser can read.
pub(super) fn transcript_json(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let repaired = repair_json(text);
    transcript_text::find_transcript(repaired.as_deref().unwrap_or(text))
}

/// Returns `None` if the subject's id is missing.
fn parse_event(
    event: VngageEvent,
    source: &SourceId,
    body: &str,
) -> serde_json::Result<Option<Update>> {
    match event {
        VngageEvent::CaseCreated => parse_object::<CaseCreated<'_>>(event, source, body),
        VngageEvent::CaseOpened => parse_object::<CaseOpened<'_>>(event, source, body),
        VngageEvent::CaseClosed => parse_object::<CaseClosed<'_>>(event, source, body),
        VngageEvent::CaseTransferred => parse_object::<CaseTransferred<'_>>(event, source, body),
        VngageEvent::CaseVisitorProfile => {
            parse_object::<CaseVisitorProfile<'_>>(event, source, body)
        }
        VngageEvent::CaseTranscriptClosed => {
            parse_object::<CaseTranscribed<'_>>(event, source, body)
        }
        VngageEvent::GroupLoadChanged => parse_object::<GroupLoad<'_>>(event, source, body),
        VngageEvent::GroupPerformanceTimers => parse_object::<GroupTimers<'_>>(event, source, body),
        VngageEvent::ConfigurationAgent => {
            parse_object::<bodies::AgentConfiguration<'_>>(event, source, body)
        }
        VngageEvent::ConfigurationGroup => {
            parse_object::<NamedConfiguration<'_, bodies::GroupKind>>(event, source, body)
        }
        VngageEvent::ConfigurationOpportunity => {
            parse_object::<NamedConfiguration<'_, bodies::OpportunityKind>>(event, source, body)
        }
        VngageEvent::ConfigurationSolution => {
            parse_object::<NamedConfiguration<'_, bodies::SolutionKind>>(event, source, body)
        }
        VngageEvent::ConfigurationCaseType => {
            parse_object::<NamedConfiguration<'_, bodies::CaseTypeKind>>(event, source, body)
        }
    }
}

fn parse_object<'de, B: MessageBody<'de>>(
    event: VngageEvent,
    source: &SourceId,
    body: &'de str,
) -> serde_json::Result<Option<Update>> {
    let mut json = serde_json::Deserializer::from_str(body);
    let (body, at, mistyped) = (&mut json).deserialize_map(BodyVisitor::<B>(PhantomData))?;
    json.end()?;
    Ok(body.into_fact(source).map(|fact| Update {
        source: source.clone(),
        event: event.into_str(),
        at,
        fact,
        mistyped,
    }))
}

struct BodyVisitor<B>(PhantomData<B>);

impl<'de, B: MessageBody<'de>> Visitor<'de> for BodyVisitor<B> {
    type Value = (B, Option<Timestamp>, u8);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let mut fields = ObjectFields::new(map);
        let mut body = B::default();
        let mut at = None;
        while let Some(key) = fields.next_key()? {
            if key == "eventTime" {
                at = fields.read_time()?;
            } else if !body.read_field(&key, &mut fields)? {
                fields.skip_value()?;
            }
        }
        Ok((body, at, fields.mistyped))
    }
}
