//! Channels for messages: Microsoft Teams, Slack, email and webhooks, and the outbox that sends each message
//! at least once. Knows nothing of alerts or of the live state.

mod channel;
mod channel_config;
mod channel_forms;
mod email;
#[cfg(any(test, feature = "testing"))]
#[allow(
    clippy::missing_panics_doc,
    reason = "a target panics at what may not be"
)]
pub mod fuzz;
mod http;
mod message;
mod network_address;
mod outbox;
mod outcome;
mod send;

pub use channel::{Channel, ChannelKind};
pub use channel_config::read_channels;
pub use channel_forms::ChannelForm;
pub use email::{MailDocument, MailEncryption, MailFile, MailSettings, read_recipients};
pub use http::sign;
pub use message::{Message, MessageId, MessageLine, MessageLink, MessageSeverity};
pub use network_address::{HostFault, resolve_host};
pub use outbox::{
    Acceptance, ChannelCondition, DEAD_LETTERS_MAX, DeadLetter, Digest, MessageSeries, Outbox,
    Outgoing, SERIES_HOURLY_MAX, WAITING_MAX,
};
pub use outcome::{Accepted, Retry, SendError};
pub use send::{check_webhook, send, send_confidential, send_document, send_signed};
