//! Interprets a reply: values, an undefined statistic, an unavailable Stat Server, or a node
//! error. Pure; every reply maps to one of these.

use std::{collections::HashMap, time::Duration};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use wallboard_domain::ValueAge;
use wallboard_runtime::https;

use super::{NodeError, form};

/// A reply as received.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct GmsReply<'a> {
    pub(super) status: u16,
    /// The header `Age`, in whole seconds.
    pub(super) age: Option<&'a str>,
    pub(super) retry_after: Option<&'a str>,
    pub(super) body: &'a [u8],
}

/// The shape of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReplyShape {
    /// This many statistics in one request.
    Batch(usize),
    Single,
}

#[derive(Debug)]
pub(super) enum ReplyVerdict {
    Answer(GmsAnswer),
    /// A requested statistic isn't defined; with the vendor's message.
    Undefined(String),
    /// Either a requested statistic fails or all do. Only further requests can show which.
    Ambiguous(String),
    /// The path for single statistics doesn't exist, with this status; not reported by GMS.
    NotFound(u16),
    /// GMS reports that its Stat Server is unavailable.
    StatServerUnavailable(String),
    Failed(NodeError),
}

#[derive(Debug)]
pub(super) struct GmsAnswer {
    /// In the order of the request; `None` for missing values.
    pub(super) values: Vec<Option<Box<RawValue>>>,
    pub(super) age: ValueAge,
}

/// The backoff for a busy node that doesn't give one.
const BUSY_BACKOFF: Duration = Duration::from_secs(10);
/// The longest backoff, whatever the node requests.
const BUSY_BACKOFF_MAX: Duration = Duration::from_mins(1);
/// The maximum age, in seconds. A higher one counts as unknown.
const AGE_SECONDS_MAX: u32 = 366 * 86_400;
/// The length to which the vendor's messages are cut, in characters.
const MESSAGE_LENGTH_MAX: usize = 200;

/// Phrases in messages about an unavailable Stat Server, in lowercase.
const UNAVAILABLE_PHRASES: [&str; 6] = [
    "unavailable",
    "not available",
    "not connected",
    "disconnected",
    "no connection",
    "connection lost",
];

/// Interprets a reply. `names` are the requested names, so that a queue named “unavailable”
/// isn't mistaken for an outage.
pub(super) fn interpret_reply(
    reply: GmsReply<'_>,
    shape: ReplyShape,
    names: &[&str],
    now: Timestamp,
) -> ReplyVerdict {
    match reply.status {
        200..=299 => parse_answer(reply, shape, names),
        404 if shape == ReplyShape::Single && !parse_error_body(reply).is_from_gms() => {
            ReplyVerdict::NotFound(reply.status)
        }
        400 | 404 | 413 | 414 | 422 => {
            ReplyVerdict::Undefined(parse_error_body(reply).printable_message(reply.status))
        }
        401 | 407 => ReplyVerdict::Failed(NodeError::Refused(reply.status)),
        403 => {
            let error = parse_error_body(reply);
            if error.is_unavailable(names) {
                ReplyVerdict::StatServerUnavailable(error.printable_message(reply.status))
            } else if error.is_from_gms() {
                ReplyVerdict::Undefined(error.printable_message(reply.status))
            } else {
                ReplyVerdict::Failed(NodeError::Refused(reply.status))
            }
        }
        429 => interpret_busy(reply, now),
        500 => interpret_failure(&parse_error_body(reply), names),
        503 => {
            let error = parse_error_body(reply);
            if error.is_unavailable(names) {
                ReplyVerdict::StatServerUnavailable(error.printable_message(reply.status))
            } else if reply.retry_after.is_some() {
                interpret_busy(reply, now)
            } else {
                ReplyVerdict::Failed(NodeError::Status(reply.status))
            }
        }
        status => ReplyVerdict::Failed(NodeError::Status(status)),
    }
}

fn interpret_failure(error: &ErrorBody, names: &[&str]) -> ReplyVerdict {
    let message = error.printable_message(500);
    if error.is_unavailable(names) {
        ReplyVerdict::StatServerUnavailable(message)
    } else {
        ReplyVerdict::Ambiguous(message)
    }
}

fn interpret_busy(reply: GmsReply<'_>, now: Timestamp) -> ReplyVerdict {
    let wait = reply
        .retry_after
        .and_then(|text| https::parse_retry_after(text, now));
    ReplyVerdict::Failed(NodeError::Busy {
        status: reply.status,
        wait: wait
            .unwrap_or(BUSY_BACKOFF)
            .clamp(Duration::from_secs(1), BUSY_BACKOFF_MAX),
    })
}

fn parse_answer(reply: GmsReply<'_>, shape: ReplyShape, names: &[&str]) -> ReplyVerdict {
    let foreign = |what| ReplyVerdict::Failed(NodeError::NotGms(what));
    let Some(mut pairs) = parse_pairs(reply.body) else {
        return match reply.body.trim_ascii_start().first() {
            None => foreign("nothing"),
            Some(b'{' | b'[') => ReplyVerdict::Failed(NodeError::Broken),
            Some(b'<') => foreign("HTML"),
            Some(_) => foreign("not JSON"),
        };
    };
    let values: Vec<_> = match shape {
        ReplyShape::Single => vec![pairs.remove("value")],
        ReplyShape::Batch(size) => (0..size)
            .map(|index| pairs.remove(&form::batch_key(index)))
            .collect(),
    };
    if values.iter().all(Option::is_none) && pairs.contains_key("exception") {
        return interpret_failure(&parse_error_body(reply), names);
    }
    ReplyVerdict::Answer(GmsAnswer {
        values: values.into_iter().map(Option::flatten).collect(),
        age: parse_age(reply.age),
    })
}

type ReplyPairs = HashMap<String, Option<Box<RawValue>>>;

/// Parses the pairs of an object or of an array of objects. The documentation shows both.
fn parse_pairs(body: &[u8]) -> Option<ReplyPairs> {
    if let Ok(pairs) = serde_json::from_slice(body) {
        return Some(pairs);
    }
    let objects: Vec<ReplyPairs> = serde_json::from_slice(body).ok()?;
    let named = |mut object: ReplyPairs| match (object.remove("key"), object.remove("value")) {
        (Some(Some(key)), Some(value)) => {
            let key = serde_json::from_str(key.get()).unwrap_or_default();
            ReplyPairs::from([(key, value)])
        }
        _ => object,
    };
    Some(objects.into_iter().flat_map(named).collect())
}

fn parse_age(header: Option<&str>) -> ValueAge {
    let seconds = header.and_then(|text| text.trim().parse().ok());
    match seconds.filter(|seconds: &u32| *seconds <= AGE_SECONDS_MAX) {
        Some(seconds) => ValueAge::Known(i64::from(seconds) * 1_000),
        None => ValueAge::Unknown,
    }
}

/// The body of an error response.
#[derive(Debug, Default, Deserialize)]
struct ErrorBody {
    message: Option<String>,
    exception: Option<String>,
}

fn parse_error_body(reply: GmsReply<'_>) -> ErrorBody {
    serde_json::from_slice(reply.body).unwrap_or_default()
}

impl ErrorBody {
    /// Whether GMS wrote it, not a proxy in front of it.
    fn is_from_gms(&self) -> bool {
        self.message.is_some() || self.exception.is_some()
    }

    fn is_unavailable(&self, names: &[&str]) -> bool {
        let Some(message) = &self.message else {
            return false;
        };
        let mut message = message.to_lowercase();
        for name in names.iter().map(|name| name.to_lowercase()) {
            if UNAVAILABLE_PHRASES.iter().any(|word| name.contains(word)) {
                message = message.replace(&name, "");
            }
        }
        UNAVAILABLE_PHRASES
            .iter()
            .any(|word| message.contains(word))
    }

    /// The vendor's message, cleaned up for a page.
    fn printable_message(&self, status: u16) -> String {
        let message = self.message.as_deref().unwrap_or_default();
        let words = message.split(|letter: char| letter.is_whitespace() || letter.is_control());
        let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
        if words.is_empty() {
            return format!("status {status}");
        }
        words.join(" ").chars().take(MESSAGE_LENGTH_MAX).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn verdict_for(status: u16, body: &str, shape: ReplyShape) -> ReplyVerdict {
        let reply = GmsReply {
            status,
            body: body.as_bytes(),
            ..GmsReply::default()
        };
        interpret_reply(reply, shape, &["9002@SIP_Switch"], Timestamp::UNIX_EPOCH)
    }

    fn answer_values(verdict: ReplyVerdict) -> Vec<Option<String>> {
        let ReplyVerdict::Answer(answer) = verdict else {
            panic!("{verdict:?} isn't an answer");
        };
        let text = |value: Box<RawValue>| value.get().to_owned();
        answer
            .values
            .into_iter()
            .map(|value| value.map(text))
            .collect()
    }

    #[test]
    fn documented_value_is_read_with_its_age() {
        let reply = GmsReply {
            status: 200,
            age: Some("9"),
            body: br#"{"value":1025}"#,
            ..GmsReply::default()
        };

        let ReplyVerdict::Answer(answer) =
            interpret_reply(reply, ReplyShape::Single, &[], Timestamp::UNIX_EPOCH)
        else {
            panic!("no answer");
        };

        assert_eq!(answer.age, ValueAge::Known(9_000));
        assert_eq!(answer.values[0].as_ref().unwrap().get(), "1025");
    }

    #[test]
    fn missing_or_invalid_age_is_unknown() {
        for text in [None, Some(""), Some("-1"), Some("soon"), Some("4000000000")] {
            assert_eq!(parse_age(text), ValueAge::Unknown, "{text:?}");
        }
    }

    #[test]
    fn batch_is_read_by_its_keys_and_ignores_others() {
        let object = r#"{"stat3":"x","stat1":10000,"stat9":1,"stat2":null}"#;
        let pairs = r#"[{"stat1":10000},{"key":"stat3","value":"x"},{"stat9":1}]"#;

        for body in [object, pairs] {
            let values = answer_values(verdict_for(200, body, ReplyShape::Batch(4)));
            let expected = [Some("10000"), None, Some("\"x\""), None];
            assert_eq!(values, expected.map(|value| value.map(str::to_owned)));
        }
    }

    #[test]
    fn undefined_statistic_gets_the_vendors_message() {
        let message = "Place 'SIP_Server_Place' (Tenant 'Environment') not found";
        let body = format!(
            r#"{{"message":"{message}","exception":"com.genesyslab.gsg.services.statistic.StatServerException"}}"#
        );

        let verdict = verdict_for(403, &body, ReplyShape::Single);
        assert!(matches!(verdict, ReplyVerdict::Undefined(why) if why == message));
        assert!(
            matches!(verdict_for(404, "", ReplyShape::Batch(2)), ReplyVerdict::Undefined(why) if why == "status 404")
        );
        let from_gms = verdict_for(404, r#"{"message":"no such metric"}"#, ReplyShape::Single);
        assert!(matches!(from_gms, ReplyVerdict::Undefined(why) if why == "no such metric"));
        let not_from_gms = verdict_for(404, "<html>", ReplyShape::Single);
        assert!(matches!(not_from_gms, ReplyVerdict::NotFound(404)));
    }

    #[test]
    fn unavailable_stat_server_differs_from_one_bad_statistic() {
        let unavailable = r#"{"message":"Statistic Service unavailable","exception":"x"}"#;
        let bad = r#"{"message":"Statistic 'Unavailable' is odd","exception":"x"}"#;
        let classify = |status, body: &str, names: &[&str]| {
            let body = body.as_bytes();
            let reply = GmsReply {
                status,
                body,
                ..GmsReply::default()
            };
            interpret_reply(reply, ReplyShape::Single, names, Timestamp::UNIX_EPOCH)
        };

        for status in [200, 403, 500, 503] {
            assert!(matches!(
                classify(status, unavailable, &["q"]),
                ReplyVerdict::StatServerUnavailable(_)
            ));
        }
        assert!(matches!(
            classify(500, bad, &["Unavailable"]),
            ReplyVerdict::Ambiguous(_)
        ));
        assert!(matches!(
            classify(500, "<html>", &["q"]),
            ReplyVerdict::Ambiguous(_)
        ));
    }

    #[test]
    fn denied_credentials_differ_from_a_rejected_statistic() {
        for (status, body) in [(401, ""), (403, "<html>"), (403, ""), (407, "")] {
            let verdict = verdict_for(status, body, ReplyShape::Batch(2));
            assert!(
                matches!(verdict, ReplyVerdict::Failed(NodeError::Refused(_))),
                "{verdict:?}"
            );
        }
    }

    #[test]
    fn busy_node_backs_off_as_requested_up_to_a_minute() {
        let wait = |text| {
            let reply = GmsReply {
                status: 429,
                retry_after: text,
                ..GmsReply::default()
            };
            match interpret_reply(reply, ReplyShape::Single, &[], Timestamp::UNIX_EPOCH) {
                ReplyVerdict::Failed(NodeError::Busy { wait, .. }) => wait.as_secs(),
                other => panic!("{other:?}"),
            }
        };

        assert_eq!(wait(Some("7")), 7);
        assert_eq!(wait(Some("0")), 1);
        assert_eq!(wait(Some("86400")), 60);
        assert_eq!(wait(Some("Thu, 01 Jan 1970 00:00:20 GMT")), 20);
        assert_eq!(wait(Some("Wed, 31 Dec 1969 00:00:20 GMT")), 1);
        assert_eq!(wait(Some("soon")), 10);
        assert_eq!(wait(None), 10);
    }

    #[test]
    fn reply_that_is_not_from_gms_is_reported() {
        let foreign = |body| match verdict_for(200, body, ReplyShape::Batch(1)) {
            ReplyVerdict::Failed(error) => error,
            other => panic!("{other:?}"),
        };

        assert_eq!(foreign("<html></html>"), NodeError::NotGms("HTML"));
        assert_eq!(foreign(""), NodeError::NotGms("nothing"));
        assert_eq!(foreign("OK"), NodeError::NotGms("not JSON"));
        assert_eq!(foreign(r#"{"stat1":10"#), NodeError::Broken);
        for status in [302, 405, 502, 503, 504] {
            let verdict = verdict_for(status, "<html>", ReplyShape::Single);
            assert!(
                matches!(verdict, ReplyVerdict::Failed(NodeError::Status(_))),
                "{verdict:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_reply_gets_a_verdict_and_answers_have_one_value_each(
            status in 100_u16..600,
            body in prop_oneof![
                "\\PC{0,60}",
                Just(r#"{"stat1":1,"stat2":{"a":[]}}"#.to_owned()),
                Just(r#"[{"key":1,"value":2}]"#.to_owned()),
                Just(r#"{"message":5,"value":5}"#.to_owned()),
            ],
            header in prop::option::of("\\PC{0,12}"),
            size in 1_usize..4,
        ) {
            let reply = GmsReply {
                status,
                age: header.as_deref(),
                retry_after: header.as_deref(),
                body: body.as_bytes(),
            };
            let verdict = interpret_reply(reply, ReplyShape::Batch(size), &["", "é"], Timestamp::UNIX_EPOCH);
            match verdict {
                ReplyVerdict::Answer(answer) => prop_assert_eq!(answer.values.len(), size),
                ReplyVerdict::Undefined(why) | ReplyVerdict::Ambiguous(why) | ReplyVerdict::StatServerUnavailable(why) => {
                    prop_assert!(!why.is_empty() && why.chars().count() <= MESSAGE_LENGTH_MAX);
                }
                ReplyVerdict::Failed(NodeError::Busy { wait, .. }) => prop_assert!(wait <= BUSY_BACKOFF_MAX),
                ReplyVerdict::Failed(_) => {}
                ReplyVerdict::NotFound(status) => prop_assert_eq!(status, 404),
            }
        }
    }
}
