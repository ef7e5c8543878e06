//! An email with the message as text and as HTML. Mail programs show those of a thread together.

use std::time::{Duration, UNIX_EPOCH};

use jiff::Timestamp;
use lettre::message::{
    Mailbox, MessageBuilder, MultiPart,
    header::{HeaderName, HeaderValue},
};

use crate::{Message, MessageId, MessageSeverity, SendError, message::header_token};

use super::MailSettings;

/// Tells programs that answer during vacations to leave it alone (RFC 3834).
const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");
const IMPORTANCE: HeaderName = HeaderName::new_from_ascii_str("Importance");

/// Writes the email.
pub(crate) fn write_mail(
    settings: &MailSettings,
    id: &MessageId,
    message: &Message,
) -> Result<lettre::Message, SendError> {
    let (subject, thread) = (&message.headline, &message.thread);
    let mut mail = begin_mail(settings, id, subject, thread, message.time)?;
    if message.severity == MessageSeverity::Critical {
        mail = mail.raw_header(raw_header(IMPORTANCE, "high"));
    }
    let parts = MultiPart::alternative_plain_html(text_part(message), html_part(message));
    mail.multipart(parts).map_err(unwritable)
}

/// Begins an email of a thread, whose time is the same at each attempt.
pub(super) fn begin_mail(
    settings: &MailSettings,
    id: &MessageId,
    subject: &str,
    thread: &str,
    time: Timestamp,
) -> Result<MessageBuilder, SendError> {
    let from = parse_mailbox(&settings.from)?;
    let domain = from.email.domain().to_owned();
    // Each message refers to a first one, which needn't exist: so none is lost if the first one is.
    let thread = format!("<thread-{}@{domain}>", header_token(thread));
    let seconds = u64::try_from(time.as_second()).unwrap_or_default();
    let mut mail = lettre::Message::builder()
        .from(from)
        .subject(subject)
        .date(UNIX_EPOCH + Duration::from_secs(seconds))
        .message_id(Some(format!("<{}@{domain}>", id.as_token())))
        .in_reply_to(thread.clone())
        .references(thread)
        .raw_header(raw_header(AUTO_SUBMITTED, "auto-generated"));
    for address in &settings.to {
        mail = mail.to(parse_mailbox(address)?);
    }
    Ok(mail)
}

pub(super) fn unwritable(error: impl std::fmt::Display) -> SendError {
    SendError::permanent(format!("The email can't be written: {error}."))
}

fn raw_header(name: HeaderName, value: &str) -> HeaderValue {
    HeaderValue::new(name, value.to_owned())
}

fn parse_mailbox(text: &str) -> Result<Mailbox, SendError> {
    text.parse().map_err(|_| {
        SendError::permanent(format!(
            "{text:?} isn't an email address. Correct it in the channel."
        ))
    })
}

fn text_part(message: &Message) -> String {
    let lines = message.lines.iter();
    let lines = lines.map(|line| format!("{}: {}\r\n", line.label, line.value));
    let lines = lines.collect::<Vec<_>>().concat();
    let link = message.link.as_ref();
    let link = link.map_or_else(String::new, |link| {
        format!("\r\n{}: {}\r\n", link.label, link.url)
    });
    format!("{}\r\n\r\n{lines}{link}", message.headline)
}

/// Styles are in the elements: mail programs drop style sheets.
fn html_part(message: &Message) -> String {
    let color = match message.severity {
        MessageSeverity::Critical => "#b3261e",
        MessageSeverity::Warning => "#8a6100",
        MessageSeverity::Over => "#0a7d55",
        MessageSeverity::Info => "#3a4653",
    };
    let rows = message.lines.iter().map(|line| {
            let (label, value) = (escape_html(&line.label), escape_html(&line.value));
            format!(
                "<tr><td style=\"padding:4px 16px 4px 0;color:#5a6673;vertical-align:top\">{label}</td><td style=\"padding:4px 0;font-weight:600;vertical-align:top\">{value}</td></tr>\r\n"
            )
        });
    let rows = rows.collect::<Vec<_>>().concat();
    let button = message.link.as_ref().map_or_else(String::new, |link| {
        let (label, url) = (escape_html(&link.label), escape_html(&link.url));
        format!(
            "<p style=\"margin:20px 0 0\"><a href=\"{url}\" style=\"display:inline-block;padding:10px 16px;background:{color};color:#ffffff;text-decoration:none;border-radius:6px\">{label}</a></p>\r\n"
        )
    });
    let headline = escape_html(&message.headline);
    format!(
        "<!doctype html>\r\n<html><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"></head>\r\n\
         <body style=\"margin:0;padding:16px;font:16px/1.4 -apple-system,'Segoe UI',Roboto,sans-serif;color:#16202a;overflow-wrap:anywhere\">\r\n\
         <h1 style=\"margin:0 0 12px;padding-left:12px;border-left:6px solid {color};font-size:20px\">{headline}</h1>\r\n\
         <table role=\"presentation\" style=\"border-collapse:collapse\">\r\n{rows}</table>\r\n{button}</body></html>\r\n"
    )
}

fn escape_html(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}
