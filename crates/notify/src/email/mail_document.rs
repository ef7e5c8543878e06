//! An email that is a whole page, perhaps with a file.

use jiff::Timestamp;
use lettre::message::{Attachment, MultiPart, header::ContentType};

use crate::{MessageId, SendError};

use super::{
    MailSettings,
    mail_message::{begin_mail, unwritable},
};

/// An email that its caller has written whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailDocument {
    pub subject: String,
    /// For those who don't see HTML.
    pub text: String,
    pub html: String,
    pub file: Option<MailFile>,
    /// The same at each attempt.
    pub time: Timestamp,
    /// Mail programs show those of a thread together.
    pub thread: String,
}

/// A file of an email.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailFile {
    pub name: String,
    /// Such as "text/csv".
    pub content_type: String,
    pub bytes: Vec<u8>,
}

pub(crate) fn write_document(
    settings: &MailSettings,
    id: &MessageId,
    document: &MailDocument,
) -> Result<lettre::Message, SendError> {
    let mail = begin_mail(
        settings,
        id,
        &document.subject,
        (&document.thread, document.time),
    )?;
    let text = document.text.replace('\n', "\r\n");
    let page = MultiPart::alternative_plain_html(text, document.html.clone());
    let Some(file) = &document.file else {
        return mail.multipart(page).map_err(unwritable);
    };
    let kind = ContentType::parse(&file.content_type).map_err(unwritable)?;
    let attachment = Attachment::new(file.name.clone()).body(file.bytes.clone(), kind);
    let parts = MultiPart::mixed().multipart(page).singlepart(attachment);
    mail.multipart(parts).map_err(unwritable)
}
