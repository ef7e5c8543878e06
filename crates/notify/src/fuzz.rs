//! Any bytes as the answer of a receiver: of a webhook, and of a mail server.

use reqwest::StatusCode;

use crate::{
    email,
    http::{self, ReceiverKind},
};

/// No answer makes more of a reason than this. In characters.
const REASON_LENGTH_MAX: usize = 500;

/// The first number is the status, if there is one.
pub fn read_answer(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (status, words) = text.split_once(' ').unwrap_or(("400", &text));
    let status = status
        .parse()
        .ok()
        .and_then(|code: u16| StatusCode::from_u16(code).ok());
    let status = status.unwrap_or(StatusCode::BAD_REQUEST);
    for kind in [ReceiverKind::Teams, ReceiverKind::Slack] {
        let Err(error) = http::judge_answer(kind, status, words, None, None) else {
            assert!(status.is_success());
            continue;
        };
        check_line(&error.reason);
    }
    check_line(&email::plain_words(&text));
    email::has_start_tls(&text);
}

fn check_line(line: &str) {
    assert!(!line.contains(char::is_control), "a reason is one line");
    assert!(line.chars().count() <= REASON_LENGTH_MAX);
}
