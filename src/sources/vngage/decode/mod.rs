//! Bytes and a routing key in, one update out. No I/O, so that every oddity of
//! the feed is a unit test. The vendor's wire format never leaves this folder.

mod bodies;
mod damaged;
mod fields;
mod numbers;
mod surrogates;
#[cfg(test)]
mod tests;
mod time;
mod transcript;

use jiff::Timestamp;
use serde::de::{Deserializer, MapAccess, Visitor};
use std::{fmt, marker::PhantomData};

use crate::domain::{CaseId, Fact, Input, Note, SourceId, Update};

use bodies::{
    Body, Closed, Created, GroupLoad, GroupTimers, NamedThing, Opened, Transcribed, Transferred,
    VisitorProfile,
};
use fields::{Fields, cut};

use super::Event;

/// Larger bodies are refused unread.
pub const LARGEST_BODY: usize = 1024 * 1024;
/// An unknown message's name is cut to so many characters.
const LONGEST_KIND: usize = 64;

/// What a message came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Decoded {
    Update(Update),
    /// A message of a kind that we do not know, or our own question come back.
    Ignored {
        event: String,
    },
}

/// A message that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{event} couldn't be read: {why}")]
pub struct Rejected {
    pub event: String,
    /// One of `too_large`, `not_utf8`, `not_json`, `not_an_object`, `missing_id`.
    pub why: &'static str,
    /// The case whose life it would have changed, where its id can be read.
    pub case: Option<CaseId>,
}

/// Reads one message. What of it is mistyped counts as missing; what is not
/// known is passed over.
pub fn update(source: &SourceId, routing_key: &str, body: &[u8]) -> Result<Decoded, Rejected> {
    let event = Event::from_key(routing_key);
    let rejected = |why| Rejected {
        event: cut(routing_key, LONGEST_KIND).to_owned(),
        why,
        case: event
            .filter(|event| event.changes_a_case())
            .and_then(|_| damaged::case_id(body))
            .map(|id| CaseId::new(source, id)),
    };
    if body.len() > LARGEST_BODY {
        return Err(rejected("too_large"));
    }
    let Some(event) = event else {
        return Ok(Decoded::Ignored {
            event: cut(routing_key, LONGEST_KIND).to_owned(),
        });
    };
    let text = std::str::from_utf8(body).map_err(|_| rejected("not_utf8"))?;
    // Some writers of UTF-8 begin with a mark, which is no JSON.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let read = read(event, source, text)
        .or_else(|error| match mended(text) {
            Some(mended) => read(event, source, &mended),
            None => Err(error),
        })
        .map_err(|error| {
            rejected(match error.classify() {
                serde_json::error::Category::Data => "not_an_object",
                _ => "not_json",
            })
        })?;
    let fact = read.fact.ok_or_else(|| rejected("missing_id"))?;
    Ok(Decoded::Update(Update {
        source: source.clone(),
        event: event.key(),
        at: read.at,
        fact,
        mistyped: read.mistyped,
    }))
}

/// What the parser refuses although it is JSON, made readable. Tried only where a
/// message could not be read.
fn mended(body: &str) -> Option<String> {
    let texts = surrogates::mended(body);
    numbers::mended(texts.as_deref().unwrap_or(body)).or(texts)
}

/// A message as an input, whatever became of it: an update, or a note for the counters.
pub fn input(source: &SourceId, routing_key: &str, body: &[u8]) -> Input {
    match update(source, routing_key, body) {
        Ok(Decoded::Update(update)) => Input::Update(update),
        Ok(Decoded::Ignored { event }) => Input::Note(source.clone(), Note::Ignored { event }),
        Err(Rejected { event, why, case }) => {
            Input::Note(source.clone(), Note::Rejected { event, why, case })
        }
    }
}

struct Read {
    fact: Option<Fact>,
    at: Option<Timestamp>,
    mistyped: u8,
}

fn read(event: Event, source: &SourceId, body: &str) -> serde_json::Result<Read> {
    match event {
        Event::CaseCreated => object::<Created<'_>>(source, body),
        Event::CaseOpened => object::<Opened<'_>>(source, body),
        Event::CaseClosed => object::<Closed<'_>>(source, body),
        Event::CaseTransferred => object::<Transferred<'_>>(source, body),
        Event::CaseVisitorProfile => object::<VisitorProfile<'_>>(source, body),
        Event::CaseTranscriptClosed => object::<Transcribed<'_>>(source, body),
        Event::GroupLoadChanged => object::<GroupLoad<'_>>(source, body),
        Event::GroupPerformanceTimers => object::<GroupTimers<'_>>(source, body),
        Event::ConfigurationAgent => object::<bodies::Agent<'_>>(source, body),
        Event::ConfigurationGroup => object::<NamedThing<'_, bodies::Group>>(source, body),
        Event::ConfigurationOpportunity => {
            object::<NamedThing<'_, bodies::Opportunity>>(source, body)
        }
        Event::ConfigurationSolution => object::<NamedThing<'_, bodies::Solution>>(source, body),
        Event::ConfigurationCaseType => object::<NamedThing<'_, bodies::CaseType>>(source, body),
    }
}

fn object<'de, B: Body<'de>>(source: &SourceId, body: &'de str) -> serde_json::Result<Read> {
    let mut json = serde_json::Deserializer::from_str(body);
    let (body, at, mistyped) = (&mut json).deserialize_map(BodyVisitor::<B>(PhantomData))?;
    json.end()?;
    Ok(Read {
        fact: body.fact(source),
        at,
        mistyped,
    })
}

struct BodyVisitor<B>(PhantomData<B>);

impl<'de, B: Body<'de>> Visitor<'de> for BodyVisitor<B> {
    type Value = (B, Option<Timestamp>, u8);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Fields::new(map);
        let mut body = B::default();
        let mut at = None;
        while let Some(key) = fields.key()? {
            if key == "eventTime" {
                at = fields.time()?;
            } else if !body.take(&key, &mut fields)? {
                fields.skip()?;
            }
        }
        Ok((body, at, fields.mistyped))
    }
}
