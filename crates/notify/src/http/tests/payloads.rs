//! The requests' bodies, checked against the fields that Microsoft and Slack document.

use serde_json::{Value, json};

use super::{
    super::{slack::blocks_body, teams::card_body, webhook::message_body},
    largest_message, message,
};
use crate::{MessageId, MessageSeverity};

/// The parts of an adaptive card 1.4 that a message has, with everything that they may have.
fn card_schema() -> Value {
    let styles = json!([
        "default",
        "emphasis",
        "good",
        "attention",
        "warning",
        "accent"
    ]);
    let spacing = json!([
        "default",
        "none",
        "small",
        "medium",
        "large",
        "extraLarge",
        "padding"
    ]);
    json!({
        "type": "object",
        "required": ["type", "attachments"],
        "additionalProperties": false,
        "properties": {
            "type": { "const": "message" },
            "attachments": {
                "type": "array", "minItems": 1, "maxItems": 1,
                "items": {
                    "type": "object",
                    "required": ["contentType", "content"],
                    "additionalProperties": false,
                    "properties": {
                        "contentType": { "const": "application/vnd.microsoft.card.adaptive" },
                        "contentUrl": { "type": "null" },
                        "content": { "$ref": "#/$defs/card" },
                    },
                },
            },
        },
        "$defs": {
            "card": {
                "type": "object",
                "required": ["type", "version", "body"],
                "additionalProperties": false,
                "properties": {
                    "$schema": { "const": "http://adaptivecards.io/schemas/adaptive-card.json" },
                    "type": { "const": "AdaptiveCard" },
                    "version": { "const": "1.4" },
                    "body": { "type": "array", "items": { "$ref": "#/$defs/element" } },
                    // Teams shows at most six.
                    "actions": { "type": "array", "maxItems": 6, "items": { "$ref": "#/$defs/action" } },
                },
            },
            "element": { "anyOf": [{ "$ref": "#/$defs/container" }, { "$ref": "#/$defs/rich_text" }] },
            "container": {
                "type": "object",
                "required": ["type", "items"],
                "additionalProperties": false,
                "properties": {
                    "type": { "const": "Container" },
                    "style": { "enum": styles },
                    "bleed": { "type": "boolean" },
                    "spacing": { "enum": spacing },
                    "items": { "type": "array", "items": { "$ref": "#/$defs/element" } },
                },
            },
            "rich_text": {
                "type": "object",
                "required": ["type", "inlines"],
                "additionalProperties": false,
                "properties": {
                    "type": { "const": "RichTextBlock" },
                    "spacing": { "enum": spacing },
                    "inlines": { "type": "array", "items": { "$ref": "#/$defs/text_run" } },
                },
            },
            "text_run": {
                "type": "object",
                "required": ["type", "text"],
                "additionalProperties": false,
                "properties": {
                    "type": { "const": "TextRun" },
                    "text": { "type": "string" },
                    "isSubtle": { "type": "boolean" },
                    "weight": { "enum": ["default", "lighter", "bolder"] },
                    "size": { "enum": ["default", "small", "medium", "large", "extraLarge"] },
                },
            },
            "action": {
                "type": "object",
                "required": ["type", "url"],
                "additionalProperties": false,
                "properties": {
                    "type": { "const": "Action.OpenUrl" },
                    "title": { "type": "string" },
                    "url": { "type": "string", "pattern": "^https?://" },
                },
            },
        },
    })
}

/// The blocks that a message has, with their limits.
fn blocks_schema() -> Value {
    let plain_text = |length: usize| {
        json!({
            "type": "object",
            "required": ["type", "text"],
            "additionalProperties": false,
            "properties": {
                "type": { "const": "plain_text" },
                "text": { "type": "string", "minLength": 1, "maxLength": length },
                "emoji": { "type": "boolean" },
            },
        })
    };
    let block = |kind: &str, key: &str, value: Value| {
        json!({
            "type": "object",
            "required": ["type", key],
            "additionalProperties": false,
            "properties": { "type": { "const": kind }, key: value },
        })
    };
    let button = json!({
        "type": "object",
        "required": ["type", "text"],
        "additionalProperties": false,
        "properties": {
            "type": { "const": "button" },
            "text": plain_text(75),
            "url": { "type": "string", "maxLength": 3000 },
        },
    });
    let list = |most: usize, items: Value| json!({ "type": "array", "minItems": 1, "maxItems": most, "items": items });
    json!({
        "type": "object",
        "required": ["text", "blocks"],
        "additionalProperties": false,
        "properties": {
            "text": { "type": "string", "minLength": 1, "maxLength": 40_000 },
            "unfurl_links": { "type": "boolean" },
            "blocks": list(50, json!({ "anyOf": [
                block("header", "text", plain_text(150)),
                block("section", "fields", list(10, plain_text(2000))),
                block("actions", "elements", list(25, button)),
            ] })),
        },
    })
}

fn faults(schema: &Value, body: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(schema).unwrap();
    let errors = validator.iter_errors(body);
    errors
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect()
}

#[test]
fn card_has_only_what_adaptive_cards_1_4_know_and_fits_into_teams() {
    for severity in [
        MessageSeverity::Over,
        MessageSeverity::Info,
        MessageSeverity::Warning,
        MessageSeverity::Critical,
    ] {
        let mut message = message();
        message.severity = severity;
        assert_eq!(faults(&card_schema(), &card_body(&message)), [""; 0]);
        message.link = None;
        message.lines.clear();
        assert_eq!(faults(&card_schema(), &card_body(&message)), [""; 0]);
    }
    let largest = card_body(&largest_message());
    assert_eq!(faults(&card_schema(), &largest), [""; 0]);
    let bytes = largest.to_string().len();
    assert!(bytes < 28_000, "{bytes}");
    println!("largest card: {bytes} bytes");
    // The schema finds mistakes.
    let broken = card_body(&message())
        .to_string()
        .replace("TextRun", "TextBlock");
    let broken = serde_json::from_str(&broken).unwrap();
    assert!(!faults(&card_schema(), &broken).is_empty());
}

#[test]
fn blocks_have_only_what_slack_knows_within_its_limits() {
    let mut plain = message();
    assert_eq!(faults(&blocks_schema(), &blocks_body(&plain)), [""; 0]);
    plain.link = None;
    plain.lines.clear();
    assert_eq!(faults(&blocks_schema(), &blocks_body(&plain)), [""; 0]);
    assert_eq!(
        faults(&blocks_schema(), &blocks_body(&largest_message())),
        [""; 0]
    );
}

#[test]
fn messages_of_webhooks_and_the_example_in_the_docs_are_as_the_schema_says() {
    let schema = include_str!("../../../../../docs/reference/webhook.schema.json");
    let schema = serde_json::from_str(schema).unwrap();
    let id = MessageId("4f1c-2-on-call".to_owned());
    let mut plain = message();
    plain.link = None;
    plain.lines.clear();
    for message in [message(), largest_message(), plain] {
        let body = message_body(&id, &message.bounded());
        assert_eq!(faults(&schema, &body), [""; 0]);
    }
    let docs = include_str!("../../../../../docs/how-to/channels.md");
    let (_, example) = docs.split_once("```json\n").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let mut example: Value = serde_json::from_str(example).unwrap();
    assert_eq!(faults(&schema, &example), [""; 0]);
    // The schema finds mistakes.
    example["data"]["severity"] = "red".into();
    assert_eq!(faults(&schema, &example).len(), 1);
}

#[test]
fn names_can_neither_mention_anybody_nor_become_links() {
    let mut message = message();
    message.headline = "<!channel> [x](https://evil.example) & more".to_owned();
    let blocks = blocks_body(&message);
    let text = "🔴 &lt;!channel&gt; [x](https://evil.example) &amp; more";
    assert_eq!(blocks["text"], text);
    assert!(!blocks.to_string().contains("mrkdwn"));
    // Text blocks and facts know Markdown, text runs don't.
    let card = card_body(&message).to_string();
    assert!(!card.contains("\"TextBlock\"") && !card.contains("FactSet"));
}
