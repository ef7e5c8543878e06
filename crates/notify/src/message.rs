//! A message as every channel sends it. Its texts are written by the caller, in the reader's language.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Longer texts are cut when a message enters the outbox. In characters.
const TEXT_LENGTH_MAX: usize = 300;
const LABEL_LENGTH_MAX: usize = 60;
/// With these, a message is far below the 28 kB that Teams accepts.
const LINES_MAX: usize = 12;
/// Longer IDs are hashed in headers. In bytes.
const TOKEN_LENGTH_MAX: usize = 100;
/// In bytes.
const TOKEN_HASH_LENGTH: usize = 16;

/// Identifies a message to its receivers: the same at each attempt to send it, so that they can drop repeats.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(pub String);

impl MessageId {
    /// Returns the ID as headers can have it: itself, or a hash if it has other characters than letters,
    /// digits, `-` and `_`.
    pub fn as_token(&self) -> String {
        header_token(&self.0)
    }
}

/// Returns a text as headers can have it: itself or its hash.
pub(crate) fn header_token(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if (1..=TOKEN_LENGTH_MAX).contains(&text.len()) && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    let hash = digest(&SHA256, text.as_bytes());
    HEXLOWER.encode(&hash.as_ref()[..TOKEN_HASH_LENGTH])
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The weight of a message, in rising order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageSeverity {
    /// An earlier message of the thread no longer applies.
    Over,
    Info,
    Warning,
    Critical,
}

impl MessageSeverity {
    /// Returns the name that webhooks and the schema use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Over => "over",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// A line of a message, such as "Waiting" and "12".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageLine {
    pub label: String,
    pub value: String,
}

impl MessageLine {
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            value: value.into(),
        }
    }
}

/// A link, with the text of its button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageLink {
    pub label: String,
    /// An absolute address, http or https.
    pub url: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// One sentence, understandable alone. It is the subject of an email.
    pub headline: String,
    pub lines: Vec<MessageLine>,
    pub severity: MessageSeverity,
    pub link: Option<MessageLink>,
    /// Messages with the same thread are about the same thing: a newer one replaces one that still waits, and
    /// mail programs show them together.
    pub thread: String,
    /// When it happened, the same at each attempt.
    pub time: Timestamp,
}

impl Message {
    /// Cuts texts that are too long, and lines beyond the twelfth. Each text becomes one line.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        bound_text(&mut self.headline, TEXT_LENGTH_MAX);
        self.lines.truncate(LINES_MAX);
        for line in &mut self.lines {
            bound_text(&mut line.label, LABEL_LENGTH_MAX);
            bound_text(&mut line.value, TEXT_LENGTH_MAX);
        }
        if let Some(link) = &mut self.link {
            bound_text(&mut link.label, LABEL_LENGTH_MAX);
        }
        self
    }
}

fn bound_text(text: &mut String, length_max: usize) {
    if text.contains(char::is_control) {
        *text = text.replace(char::is_control, " ");
    }
    cut_text(text, length_max);
}

/// Cuts a text to `length_max` characters; one that was cut ends in "…".
pub(crate) fn cut_text(text: &mut String, length_max: usize) {
    if text.chars().nth(length_max).is_some() {
        let kept = text.char_indices().nth(length_max - 1);
        text.truncate(kept.map_or(0, |(at, _)| at));
        text.push('…');
    }
}
