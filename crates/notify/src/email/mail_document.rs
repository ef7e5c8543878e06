//! An email that is a whole page, perhaps with a file.

use jiff::Timestamp;
use lettre::message::{Attachment, MultiPart, SinglePart, header::ContentType};

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
    /// A PNG image that the HTML refers to as [`MailDocument::PICTURE`].
    pub picture: Option<Vec<u8>>,
    pub file: Option<MailFile>,
    /// The same at each attempt.
    pub time: Timestamp,
    /// Mail programs show those of a thread together.
    pub thread: String,
}

impl MailDocument {
    /// The address of its picture in its HTML.
    pub const PICTURE: &str = "cid:chart";
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
        &document.thread,
        document.time,
    )?;
    let text = document.text.replace('\n', "\r\n");
    let html = document.html.clone();
    let page = match &document.picture {
        None => MultiPart::alternative_plain_html(text, html),
        Some(picture) => {
            let kind = ContentType::parse("image/png").map_err(unwritable)?;
            let id = MailDocument::PICTURE.trim_start_matches("cid:").to_owned();
            let picture = Attachment::new_inline(id).body(picture.clone(), kind);
            let html = MultiPart::related().singlepart(SinglePart::html(html));
            let page = MultiPart::alternative().singlepart(SinglePart::plain(text));
            page.multipart(html.singlepart(picture))
        }
    };
    let Some(file) = &document.file else {
        return mail.multipart(page).map_err(unwritable);
    };
    let kind = ContentType::parse(&file.content_type).map_err(unwritable)?;
    let attachment = Attachment::new(file.name.clone()).body(file.bytes.clone(), kind);
    let parts = MultiPart::mixed().multipart(page).singlepart(attachment);
    mail.multipart(parts).map_err(unwritable)
}
