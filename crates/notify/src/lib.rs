//! Channels for messages: Microsoft Teams, Slack, email and webhooks, and the outbox that sends each message
//! at least once. Knows nothing of alerts or of the live state.

mod channel;
mod mail;
mod message;
mod outcome;

pub use channel::{Channel, ChannelKind};
pub use mail::{MailEncryption, MailSettings};
pub use message::{Message, MessageId, MessageLine, MessageLink, MessageSeverity};
pub use outcome::{Accepted, Retry, SendError};
