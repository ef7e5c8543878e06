//! Messages for Microsoft Teams: an adaptive card in the envelope that Workflows' webhooks require. Texts are
//! in blocks that know no Markdown, so that no name of a queue becomes a link.

use serde_json::{Value, json};

use crate::{Message, MessageLine, MessageSeverity};

/// The body of a request. Teams refuses one beyond 28 kB, which the bounds of a message prevent.
pub(super) fn card_body(message: &Message) -> Value {
    let lines = message.lines.iter().map(line_block);
    let body: Vec<Value> = std::iter::once(headline_container(message))
        .chain(lines)
        .collect();
    let actions: Vec<Value> = (message.link.iter())
        .map(|link| json!({ "type": "Action.OpenUrl", "title": link.label, "url": link.url }))
        .collect();
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": body,
                "actions": actions,
            },
        }],
    })
}

fn headline_container(message: &Message) -> Value {
    let style = match message.severity {
        MessageSeverity::Critical => "attention",
        MessageSeverity::Warning => "warning",
        MessageSeverity::Over => "good",
        MessageSeverity::Info => "emphasis",
    };
    let headline = json!({
        "type": "TextRun",
        "text": message.headline,
        "weight": "bolder",
        "size": "medium",
    });
    json!({
        "type": "Container",
        "style": style,
        "bleed": true,
        "items": [{ "type": "RichTextBlock", "inlines": [headline] }],
    })
}

fn line_block(line: &MessageLine) -> Value {
    json!({
        "type": "RichTextBlock",
        "spacing": "small",
        "inlines": [
            { "type": "TextRun", "text": format!("{}: ", line.label), "isSubtle": true },
            { "type": "TextRun", "text": line.value, "weight": "bolder" },
        ],
    })
}
