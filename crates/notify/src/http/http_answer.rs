//! The meaning of a receiver's answer: accepted, worth another attempt, or not.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;

use crate::{Retry, SendError, message::cut_text};

use super::ReceiverKind;

/// As much of a receiver's own words as is shown. In characters.
const WORDS_LENGTH_MAX: usize = 120;

/// Returns the status of an accepted message, for people.
pub(crate) fn judge_answer(
    kind: ReceiverKind<'_>,
    status: StatusCode,
    words: &str,
    redirect: Option<&str>,
    pause: Option<Duration>,
) -> Result<String, SendError> {
    let title = kind.title();
    if status.is_success() {
        return Ok(status.to_string());
    }
    if status.is_redirection() {
        let target = redirect.map_or_else(String::new, |target| format!(" to {target}"));
        return Err(SendError::permanent(format!(
            "{title} redirects{target}. Redirects aren't followed: set the channel's `url` to the final address."
        )));
    }
    let answered = match plain_words(words) {
        words if words.is_empty() => format!("{title} answered {status}."),
        words => format!("{title} answered {status}: {words}."),
    };
    let retry = match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            pause.map_or(Retry::Later, Retry::After)
        }
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY => Retry::Later,
        _ if status.is_server_error() => Retry::Later,
        _ => Retry::Never,
    };
    let advice = advice(kind, status);
    Err(SendError {
        reason: format!("{answered} {advice}").trim_end().to_owned(),
        retry,
    })
}

fn advice(kind: ReceiverKind<'_>, status: StatusCode) -> &'static str {
    match (status, kind) {
        (StatusCode::TOO_MANY_REQUESTS, _) => "It limits how many messages it accepts.",
        (status, _) if status.is_server_error() => "",
        (StatusCode::NOT_FOUND | StatusCode::GONE, ReceiverKind::Teams) => {
            "The workflow doesn't exist anymore: create it again in Teams, and set the channel's `url` to its new address."
        }
        (StatusCode::NOT_FOUND | StatusCode::GONE, ReceiverKind::Slack) => {
            "The webhook or its channel doesn't exist anymore: create a webhook in Slack, and set the channel's `url` to its address."
        }
        (StatusCode::NOT_FOUND, ReceiverKind::Webhook { .. }) => {
            "Check the path in the channel's `url`."
        }
        (StatusCode::GONE, ReceiverKind::Webhook { .. }) => {
            "It no longer wants messages: remove the channel, or set its new `url`."
        }
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, ReceiverKind::Webhook { .. }) => {
            "Check that it has the same secret as the channel, and the right time."
        }
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => {
            "Copy the webhook's address again, and check who may use it."
        }
        _ => "Check that the channel's `kind` and `url` belong together.",
    }
}

/// Returns a receiver's own words as one short line: the code of an error in JSON, or text.
fn plain_words(words: &str) -> String {
    let json: Option<Value> = serde_json::from_str(words).ok();
    let code = json.as_ref().and_then(|json| {
        let error = &json["error"];
        let code = error["code"].as_str().or_else(|| error.as_str());
        code.or_else(|| json["message"].as_str())
    });
    let is_page = words.trim_start().starts_with('<');
    let text = match (code, is_page) {
        (Some(code), _) => code,
        (None, true) => "",
        (None, false) => words,
    };
    let text = text.replace(|c: char| c.is_control(), " ");
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    cut_text(&mut text, WORDS_LENGTH_MAX);
    text.trim_end_matches('.').to_owned()
}
