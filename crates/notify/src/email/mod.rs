//! Channels by email: the message as text and HTML, and the session with the mail server.

mod greeted_stream;
mod mail_config;
mod mail_document;
mod mail_error;
mod mail_message;
mod mail_session;
mod mail_settings;
mod start_tls;
#[cfg(test)]
mod tests;

pub use mail_config::read_recipients;
pub(crate) use mail_document::write_document;
pub use mail_document::{MailDocument, MailFile};
#[cfg(any(test, feature = "testing"))]
pub(crate) use mail_error::plain_words;
pub(crate) use mail_message::write_mail;
pub(crate) use mail_session::send_mail;
pub use mail_settings::{MailEncryption, MailSettings};
#[cfg(any(test, feature = "testing"))]
pub(crate) use start_tls::has_start_tls;
