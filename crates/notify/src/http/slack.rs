//! Messages for Slack: blocks of plain text, so that no name of a queue mentions anybody.

use serde_json::{Value, json};

use crate::{Message, MessageSeverity, message::cut_text};

/// The most characters of a header.
const HEADER_LENGTH_MAX: usize = 150;
/// The most characters of a button.
const BUTTON_LENGTH_MAX: usize = 75;
/// The most fields of a section.
const FIELDS_MAX: usize = 10;

/// The body of a request.
pub(super) fn blocks_body(message: &Message) -> Value {
    let mark = match message.severity {
        MessageSeverity::Critical => "🔴",
        MessageSeverity::Warning => "🟠",
        MessageSeverity::Over => "✅",
        MessageSeverity::Info => "ℹ️",
    };
    let headline = format!("{mark} {}", message.headline);
    let header = json!({ "type": "header", "text": plain_text(&headline, HEADER_LENGTH_MAX) });
    let sections = message.lines.chunks(FIELDS_MAX).map(|lines| {
        let fields = lines.iter().map(|line| {
            let text = format!("{}\n{}", line.label, line.value);
            plain_text(&text, usize::MAX)
        });
        json!({ "type": "section", "fields": fields.collect::<Vec<_>>() })
    });
    let button = message.link.iter().map(|link| {
        let text = plain_text(&link.label, BUTTON_LENGTH_MAX);
        json!({ "type": "actions", "elements": [{ "type": "button", "text": text, "url": link.url }] })
    });
    let blocks = std::iter::once(header).chain(sections).chain(button);
    json!({
        // Shown in notifications, where the blocks aren't.
        "text": escape(&headline),
        "blocks": blocks.collect::<Vec<_>>(),
        "unfurl_links": false,
    })
}

fn plain_text(text: &str, length_max: usize) -> Value {
    let mut text = text.to_owned();
    cut_text(&mut text, length_max);
    json!({ "type": "plain_text", "text": text, "emoji": true })
}

/// Replaces the characters that begin links and mentions.
fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}
