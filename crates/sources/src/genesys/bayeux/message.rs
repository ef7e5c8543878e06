//! Bayeux messages: the content of a reply, parsed once and borrowed from its bytes.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::error::{BayeuxError, ServerReason};

pub(super) const HANDSHAKE: &str = "/meta/handshake";
pub(super) const SUBSCRIBE: &str = "/meta/subscribe";
pub(super) const CONNECT: &str = "/meta/connect";
pub(super) const DISCONNECT: &str = "/meta/disconnect";

/// One message of a server. Unused fields aren't read.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BayeuxMessage<'a> {
    #[serde(borrow, default)]
    pub(super) channel: Option<BorrowedText<'a>>,
    /// The id that we sent, though some servers return a number for a text.
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(default)]
    pub(super) successful: Option<bool>,
    #[serde(borrow, default)]
    pub(super) client_id: Option<BorrowedText<'a>>,
    #[serde(borrow, default)]
    pub(super) subscription: Option<BorrowedText<'a>>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
    /// Sent by components in front of the Bayeux server.
    #[serde(borrow, default)]
    #[serde(rename = "message")]
    message: Option<&'a RawValue>,
    #[serde(default)]
    pub(super) advice: Option<Value>,
    #[serde(default)]
    pub(super) ext: Option<Value>,
    #[serde(default)]
    pub(super) supported_connection_types: Option<Value>,
    #[serde(borrow, default)]
    pub(super) data: Option<&'a RawValue>,
}

/// Borrowed unless it has escapes.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct BorrowedText<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

impl BayeuxMessage<'_> {
    pub(super) fn is_on(&self, channel: &str) -> bool {
        self.channel.as_ref().is_some_and(|text| text.0 == channel)
    }

    /// Whether this answers the message with that id. A message without an id may.
    pub(super) fn is_answer_to(&self, id: &str) -> bool {
        self.id
            .is_none_or(|raw| raw.get() == "null" || raw.get().trim_matches('"') == id)
    }

    /// The server's words about a failure.
    pub(super) fn error_reason(&self) -> ServerReason {
        ServerReason::from_error(&self.error_text().unwrap_or_default())
    }

    /// Whether the error is 402 or its like, which servers write in different ways.
    pub(super) fn is_unknown_client(&self) -> bool {
        let error = self.error_text().unwrap_or_default();
        matches!(error.get(..3), Some("401" | "402" | "403"))
    }

    fn error_text(&self) -> Option<String> {
        let raw = self.error.or(self.message)?.get();
        Some(serde_json::from_str(raw).unwrap_or_else(|_| raw.to_owned()))
    }
}

/// A reply is an array of messages, or a single one.
pub(super) fn decode_messages(body: &[u8]) -> Result<Vec<BayeuxMessage<'_>>, BayeuxError> {
    let is_one = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    let parsed = if is_one {
        serde_json::from_slice(body).map(|message| vec![message])
    } else {
        serde_json::from_slice(body)
    };
    parsed.map_err(|_| BayeuxError::Unreadable(ServerReason::new(Some(body_preview(body)))))
}

/// Enough of a page to recognize its sender.
fn body_preview(body: &[u8]) -> &str {
    let start = &body[..body.len().min(60)];
    match std::str::from_utf8(start) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&start[..error.valid_up_to()]).unwrap_or_default(),
    }
}
