//! What a reply means: values, a statistic that is not defined, a Stat Server that
//! is away, or a node that is not to be asked now. Pure; whatever comes, it fails
//! into one of these.

use std::{collections::HashMap, time::Duration};

use jiff::{Timestamp, fmt::rfc2822};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::domain::Age;

use super::{Trouble, form};

/// As it came over the line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reply<'a> {
    pub(super) status: u16,
    /// The header `Age`, in whole seconds.
    pub(super) age: Option<&'a str>,
    pub(super) retry_after: Option<&'a str>,
    pub(super) body: &'a [u8],
}

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// So many in one request.
    Batch(usize),
    Alone,
}

#[derive(Debug)]
pub(super) enum Verdict {
    Answer(Answer),
    /// Of what was asked for, something is not defined there; why, in the vendor's words.
    Bad(String),
    /// Something asked for is bad, or all is: only further questions tell.
    Doubtful(String),
    /// Nothing is where one statistic is asked for, by this status; and GMS does not say so.
    Strange(u16),
    /// It says itself that its Stat Server is away.
    Away(String),
    Trouble(Trouble),
}

#[derive(Debug)]
pub(super) struct Answer {
    /// In the order asked; `None` where it gave none.
    pub(super) values: Vec<Option<Box<RawValue>>>,
    pub(super) age: Age,
}

/// Busy nodes that do not say how long are left alone for this.
const REST: Duration = Duration::from_secs(10);
/// However long a node wants to be left alone. It is asked again after this.
const LONGEST_REST: Duration = Duration::from_mins(1);
/// An age beyond this is none (in seconds).
const OLDEST: u32 = 366 * 86_400;
/// The vendor's words are cut to this many characters.
const LONGEST_MESSAGE: usize = 200;

/// How messages say that the Stat Server is away, in lower case.
const AWAY: [&str; 6] = [
    "unavailable",
    "not available",
    "not connected",
    "disconnected",
    "no connection",
    "connection lost",
];

/// Judges a reply. `names` are those of what was asked for: a queue called
/// “unavailable” takes nothing away.
pub(super) fn judge(reply: Reply<'_>, shape: Shape, names: &[&str], now: Timestamp) -> Verdict {
    match reply.status {
        200..=299 => answer(reply, shape, names),
        404 if shape == Shape::Alone && !complaint(reply).is_of_gms() => {
            Verdict::Strange(reply.status)
        }
        400 | 404 | 413 | 414 | 422 => Verdict::Bad(complaint(reply).words(reply.status)),
        401 | 407 => Verdict::Trouble(Trouble::Refused(reply.status)),
        403 => {
            let complaint = complaint(reply);
            if complaint.is_away(names) {
                Verdict::Away(complaint.words(reply.status))
            } else if complaint.is_of_gms() {
                Verdict::Bad(complaint.words(reply.status))
            } else {
                Verdict::Trouble(Trouble::Refused(reply.status))
            }
        }
        429 => busy(reply, now),
        500 => failed(&complaint(reply), names),
        503 => {
            let complaint = complaint(reply);
            if complaint.is_away(names) {
                Verdict::Away(complaint.words(reply.status))
            } else if reply.retry_after.is_some() {
                busy(reply, now)
            } else {
                Verdict::Trouble(Trouble::Status(reply.status))
            }
        }
        status => Verdict::Trouble(Trouble::Status(status)),
    }
}

fn failed(complaint: &Complaint, names: &[&str]) -> Verdict {
    let words = complaint.words(500);
    if complaint.is_away(names) {
        Verdict::Away(words)
    } else {
        Verdict::Doubtful(words)
    }
}

fn busy(reply: Reply<'_>, now: Timestamp) -> Verdict {
    let wait = reply.retry_after.and_then(|text| retry_after(text, now));
    Verdict::Trouble(Trouble::Busy {
        status: reply.status,
        wait: wait
            .unwrap_or(REST)
            .clamp(Duration::from_secs(1), LONGEST_REST),
    })
}

/// Seconds, or a date.
fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = rfc2822::parse(text).ok()?.timestamp();
    Some(now.duration_until(until).try_into().unwrap_or_default())
}

fn answer(reply: Reply<'_>, shape: Shape, names: &[&str]) -> Verdict {
    let foreign = |what| Verdict::Trouble(Trouble::Foreign(what));
    let Some(mut pairs) = pairs(reply.body) else {
        return match reply.body.trim_ascii_start().first() {
            None => foreign("nothing"),
            Some(b'{' | b'[') => Verdict::Trouble(Trouble::Broken),
            Some(b'<') => foreign("HTML"),
            Some(_) => foreign("not JSON"),
        };
    };
    let values: Vec<_> = match shape {
        Shape::Alone => vec![pairs.remove("value")],
        Shape::Batch(size) => (0..size)
            .map(|place| pairs.remove(&form::key(place)))
            .collect(),
    };
    if values.iter().all(Option::is_none) && pairs.contains_key("exception") {
        return failed(&complaint(reply), names);
    }
    Verdict::Answer(Answer {
        values: values.into_iter().map(Option::flatten).collect(),
        age: age(reply.age),
    })
}

type Pairs = HashMap<String, Option<Box<RawValue>>>;

/// The pairs of an object, or of an array of them, as the documentation has it
/// both ways.
fn pairs(body: &[u8]) -> Option<Pairs> {
    if let Ok(pairs) = serde_json::from_slice(body) {
        return Some(pairs);
    }
    let objects: Vec<Pairs> = serde_json::from_slice(body).ok()?;
    let named = |mut object: Pairs| match (object.remove("key"), object.remove("value")) {
        (Some(Some(key)), Some(value)) => {
            let key = serde_json::from_str(key.get()).unwrap_or_default();
            Pairs::from([(key, value)])
        }
        _ => object,
    };
    Some(objects.into_iter().flat_map(named).collect())
}

fn age(header: Option<&str>) -> Age {
    let seconds = header.and_then(|text| text.trim().parse().ok());
    match seconds.filter(|seconds: &u32| *seconds <= OLDEST) {
        Some(seconds) => Age::Known(i64::from(seconds) * 1_000),
        None => Age::Unknown,
    }
}

/// The body of a failure.
#[derive(Debug, Default, Deserialize)]
struct Complaint {
    message: Option<String>,
    exception: Option<String>,
}

fn complaint(reply: Reply<'_>) -> Complaint {
    serde_json::from_slice(reply.body).unwrap_or_default()
}

impl Complaint {
    /// Whether GMS wrote it, not something before it that guards the door.
    fn is_of_gms(&self) -> bool {
        self.message.is_some() || self.exception.is_some()
    }

    fn is_away(&self, names: &[&str]) -> bool {
        let Some(message) = &self.message else {
            return false;
        };
        let mut message = message.to_lowercase();
        for name in names.iter().map(|name| name.to_lowercase()) {
            if AWAY.iter().any(|word| name.contains(word)) {
                message = message.replace(&name, "");
            }
        }
        AWAY.iter().any(|word| message.contains(word))
    }

    /// The vendor's words, fit for a page.
    fn words(&self, status: u16) -> String {
        let message = self.message.as_deref().unwrap_or_default();
        let words = message.split(|letter: char| letter.is_whitespace() || letter.is_control());
        let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
        if words.is_empty() {
            return format!("status {status}");
        }
        words.join(" ").chars().take(LONGEST_MESSAGE).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(status: u16, body: &str, shape: Shape) -> Verdict {
        let reply = Reply {
            status,
            body: body.as_bytes(),
            ..Reply::default()
        };
        judge(reply, shape, &["9002@SIP_Switch"], Timestamp::UNIX_EPOCH)
    }

    fn values(verdict: Verdict) -> Vec<Option<String>> {
        let Verdict::Answer(answer) = verdict else {
            panic!("{verdict:?} is no answer");
        };
        let text = |value: Box<RawValue>| value.get().to_owned();
        answer
            .values
            .into_iter()
            .map(|value| value.map(text))
            .collect()
    }

    #[test]
    fn the_documented_value_is_read_with_its_age() {
        let reply = Reply {
            status: 200,
            age: Some("9"),
            body: br#"{"value":1025}"#,
            ..Reply::default()
        };

        let Verdict::Answer(answer) = judge(reply, Shape::Alone, &[], Timestamp::UNIX_EPOCH) else {
            panic!("no answer");
        };

        assert_eq!(answer.age, Age::Known(9_000));
        assert_eq!(answer.values[0].as_ref().unwrap().get(), "1025");
    }

    #[test]
    fn an_age_that_is_missing_or_no_age_is_not_known() {
        for text in [None, Some(""), Some("-1"), Some("soon"), Some("4000000000")] {
            assert_eq!(age(text), Age::Unknown, "{text:?}");
        }
    }

    #[test]
    fn a_batch_is_read_by_its_keys_whatever_else_is_there() {
        let object = r#"{"stat3":"x","stat1":10000,"stat9":1,"stat2":null}"#;
        let pairs = r#"[{"stat1":10000},{"key":"stat3","value":"x"},{"stat9":1}]"#;

        for body in [object, pairs] {
            let values = values(of(200, body, Shape::Batch(4)));
            let expected = [Some("10000"), None, Some("\"x\""), None];
            assert_eq!(values, expected.map(|value| value.map(str::to_owned)));
        }
    }

    #[test]
    fn a_statistic_that_is_not_defined_is_told_in_the_vendors_words() {
        let message = "Place 'SIP_Server_Place' (Tenant 'Environment') not found";
        let body = format!(
            r#"{{"message":"{message}","exception":"com.genesyslab.gsg.services.statistic.StatServerException"}}"#
        );

        let verdict = of(403, &body, Shape::Alone);
        assert!(matches!(verdict, Verdict::Bad(why) if why == message));
        assert!(matches!(of(404, "", Shape::Batch(2)), Verdict::Bad(why) if why == "status 404"));
        let gms_own = of(404, r#"{"message":"no such metric"}"#, Shape::Alone);
        assert!(matches!(gms_own, Verdict::Bad(why) if why == "no such metric"));
        let other = of(404, "<html>", Shape::Alone);
        assert!(matches!(other, Verdict::Strange(404)));
    }

    #[test]
    fn a_stat_server_that_is_away_is_told_from_one_bad_statistic() {
        let away = r#"{"message":"Statistic Service unavailable","exception":"x"}"#;
        let bad = r#"{"message":"Statistic 'Unavailable' is odd","exception":"x"}"#;
        let judge = |status, body: &str, names: &[&str]| {
            let body = body.as_bytes();
            let reply = Reply {
                status,
                body,
                ..Reply::default()
            };
            judge(reply, Shape::Alone, names, Timestamp::UNIX_EPOCH)
        };

        for status in [200, 403, 500, 503] {
            assert!(matches!(judge(status, away, &["q"]), Verdict::Away(_)));
        }
        assert!(matches!(
            judge(500, bad, &["Unavailable"]),
            Verdict::Doubtful(_)
        ));
        assert!(matches!(judge(500, "<html>", &["q"]), Verdict::Doubtful(_)));
    }

    #[test]
    fn credentials_that_are_refused_are_told_from_a_statistic_that_is() {
        for (status, body) in [(401, ""), (403, "<html>"), (403, ""), (407, "")] {
            let verdict = of(status, body, Shape::Batch(2));
            assert!(
                matches!(verdict, Verdict::Trouble(Trouble::Refused(_))),
                "{verdict:?}"
            );
        }
    }

    #[test]
    fn a_busy_node_is_left_alone_for_as_long_as_it_asks_within_a_minute() {
        let wait = |text| {
            let reply = Reply {
                status: 429,
                retry_after: text,
                ..Reply::default()
            };
            match judge(reply, Shape::Alone, &[], Timestamp::UNIX_EPOCH) {
                Verdict::Trouble(Trouble::Busy { wait, .. }) => wait.as_secs(),
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
    fn what_no_gms_says_is_told() {
        let foreign = |body| match of(200, body, Shape::Batch(1)) {
            Verdict::Trouble(trouble) => trouble,
            other => panic!("{other:?}"),
        };

        assert_eq!(foreign("<html></html>"), Trouble::Foreign("HTML"));
        assert_eq!(foreign(""), Trouble::Foreign("nothing"));
        assert_eq!(foreign("OK"), Trouble::Foreign("not JSON"));
        assert_eq!(foreign(r#"{"stat1":10"#), Trouble::Broken);
        for status in [302, 405, 502, 503, 504] {
            let verdict = of(status, "<html>", Shape::Alone);
            assert!(
                matches!(verdict, Verdict::Trouble(Trouble::Status(_))),
                "{verdict:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_reply_is_judged_and_an_answer_has_a_place_for_each(
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
            let reply = Reply {
                status,
                age: header.as_deref(),
                retry_after: header.as_deref(),
                body: body.as_bytes(),
            };
            let verdict = judge(reply, Shape::Batch(size), &["", "é"], Timestamp::UNIX_EPOCH);
            match verdict {
                Verdict::Answer(answer) => prop_assert_eq!(answer.values.len(), size),
                Verdict::Bad(why) | Verdict::Doubtful(why) | Verdict::Away(why) => {
                    prop_assert!(!why.is_empty() && why.chars().count() <= LONGEST_MESSAGE);
                }
                Verdict::Trouble(Trouble::Busy { wait, .. }) => prop_assert!(wait <= LONGEST_REST),
                Verdict::Trouble(_) => {}
                Verdict::Strange(status) => prop_assert_eq!(status, 404),
            }
        }
    }
}
