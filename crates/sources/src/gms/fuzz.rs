//! Any bytes as a reply of GMS: a line `<status> <size, 0 for a single statistic> [<age>
//! [<retry after>]]`, then the body.

use std::time::Duration;

use jiff::Timestamp;

use crate::statserver::fuzz::check_value;
use wallboard_domain::ValueAge;

use super::{
    NodeError,
    reply::{GmsReply, ReplyShape, ReplyVerdict, interpret_reply},
};

pub fn read_reply(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n');
    let (head, body) = data.split_at(end.unwrap_or(data.len()));
    let head = String::from_utf8_lossy(head);
    let mut words = head.splitn(4, ' ');
    let mut number = || words.next().and_then(|word| word.parse::<u16>().ok());
    let (status, size) = (number().unwrap_or(200), number().unwrap_or(0));
    let shape = match usize::from(size) {
        0 => ReplyShape::Single,
        size => ReplyShape::Batch(size.min(1_000)),
    };
    let reply = GmsReply {
        status,
        age: words.next(),
        retry_after: words.next(),
        body,
    };
    match interpret_reply(reply, shape, &["9002@SIP_Switch"], Timestamp::UNIX_EPOCH) {
        ReplyVerdict::Answer(answer) => {
            let expected = match shape {
                ReplyShape::Batch(size) => size,
                ReplyShape::Single => 1,
            };
            assert_eq!(answer.values.len(), expected);
            assert!((200..300).contains(&status));
            if let ValueAge::Known(millis) = answer.age {
                assert!((0..=366 * 86_400_000).contains(&millis));
            }
            for value in answer.values.iter().flatten().take(10) {
                check_value(Some(value));
            }
        }
        ReplyVerdict::Undefined(words)
        | ReplyVerdict::Ambiguous(words)
        | ReplyVerdict::StatServerUnavailable(words) => {
            assert!((1..=200).contains(&words.chars().count()), "{words}");
            assert!(!words.contains(char::is_control), "{words}");
        }
        ReplyVerdict::Failed(NodeError::Busy { wait, .. }) => {
            assert!((1..=60).contains(&wait.as_secs()) && wait <= Duration::from_mins(1));
        }
        ReplyVerdict::NotFound(_) | ReplyVerdict::Failed(_) => {}
    }
}
