//! Trees of states: an agent, their place, its media and the actions on each. The depth
//! depends on the statistic, and key names differ between sites: each key is looked up by
//! several names, ignoring case and punctuation.

use std::{borrow::Cow, sync::Arc};

use jiff::Timestamp;
use serde_json::{Map, Value};

use wallboard_domain::{AgentStatus, AgentStatusReport};

use super::{
    StatusTable,
    status_table::{StatusMeaning, cut_text},
    tree_keys::{
        ACTION, ACTIONS, AGENT_ID, BARE_STATUS, ENVELOPES, LISTS, MEDIA, MEDIUM, MEDIUM_STATUS,
        NESTED_VALUE, PLACE, PLACE_STATUS, REASON, REASON_CODE, STATUS, TELEPHONE, TIME,
    },
};

/// In bytes. A larger value can't be an agent's state.
const TREE_BYTES_MAX: usize = 64 * 1024;
/// The maximum number of nested envelopes around an agent's state.
const DEPTH_MAX: usize = 8;
/// The maximum number of media per agent, and of actions per medium, that are read.
const MEDIA_MAX: usize = 32;

/// Reads the status of the agent `object` from the JSON value `text`.
pub(super) fn parse_status_report(
    text: &str,
    object: &str,
    states: &StatusTable,
) -> Option<AgentStatusReport> {
    if TREE_BYTES_MAX < text.len() {
        return None;
    }
    // The parser limits the nesting depth.
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        return None;
    };
    if let Some(word) = scalar_text(&value) {
        return Some(states.look_up_status(&word).into_status_report(None));
    }
    find_agent(&value, object).and_then(|agent| StatusTree::from_agent(agent).status_report(states))
}

type JsonObject = Map<String, Value>;

/// Unwraps envelopes until it reaches the agent's object.
fn find_agent<'v>(value: &'v Value, object: &str) -> Option<&'v JsonObject> {
    let mut at = value;
    for _ in 0..DEPTH_MAX {
        at = match at {
            Value::Array(many) => select_agent(many, object)?,
            Value::Object(map) if has_statuses(map) => return Some(map),
            Value::Object(map) => match unwrap_envelope(map) {
                Some(inner) => inner,
                None => return Some(map),
            },
            _ => return None,
        };
    }
    None
}

fn has_statuses(map: &JsonObject) -> bool {
    find_word(map, &STATUS).is_some()
        || find_first(map, &MEDIA, Value::as_array).is_some()
        || find_first(map, &PLACE, Value::as_object).is_some()
}

fn unwrap_envelope(map: &JsonObject) -> Option<&Value> {
    let object = |value| Some(value).filter(|value: &&Value| value.is_object());
    let array = |value| Some(value).filter(|value: &&Value| value.is_array());
    find_first(map, &ENVELOPES, object)
        .or_else(|| find_first(map, &LISTS, array))
        .or_else(|| find_first(map, &ENVELOPES, array))
}

/// Selects the requested agent. A single agent needs no matching id.
fn select_agent<'v>(agents: &'v [Value], object: &str) -> Option<&'v Value> {
    let is_requested = |value: &&Value| {
        let map = value.as_object();
        let is_id = |id: Cow<'_, str>| (id == object).then_some(());
        map.is_some_and(|map| {
            find_first(map, &AGENT_ID, |id| scalar_text(id).and_then(is_id)).is_some()
        })
    };
    match agents {
        [only] => Some(only),
        _ => agents.iter().find(is_requested),
    }
}

/// An agent as a tree of states.
struct StatusTree<'v> {
    agent: &'v JsonObject,
    place: Option<&'v JsonObject>,
    media: Vec<&'v JsonObject>,
}

/// The state on one medium.
struct MediumStatus<'v> {
    name: Arc<str>,
    meaning: StatusMeaning,
    since: Option<Timestamp>,
    object: &'v JsonObject,
}

impl<'v> StatusTree<'v> {
    fn from_agent(agent: &'v JsonObject) -> Self {
        let place = find_first(agent, &PLACE, Value::as_object);
        let at = [Some(agent), place].into_iter().flatten();
        let media = at.filter_map(|map| find_first(map, &MEDIA, Value::as_array));
        Self {
            agent,
            place,
            media: media
                .flatten()
                .filter_map(Value::as_object)
                .take(MEDIA_MAX)
                .collect(),
        }
    }

    fn status_report(&self, states: &StatusTable) -> Option<AgentStatusReport> {
        let agent_status = find_word(self.agent, &STATUS)
            .or_else(|| find_word(self.agent, &BARE_STATUS))
            .map(|word| states.look_up_status(&word));
        let media = self.media_statuses(agent_status.as_ref(), states);
        let highest = media.iter().max_by_key(|medium| medium.priority_rank());

        let (meaning, since) = match (agent_status, highest) {
            (Some(agent_status), highest)
                if agent_status.status != AgentStatus::Unknown || highest.is_none() =>
            {
                let same = highest.filter(|medium| medium.meaning.status == agent_status.status);
                let since = parse_time(self.agent).or_else(|| same?.since);
                (agent_status, since)
            }
            (_, Some(medium)) => (medium.meaning.clone(), medium.since),
            (Some(agent_status), None) => (agent_status, parse_time(self.agent)),
            (None, None) => self.status_without_media(states)?,
        };
        let reason = has_reason(meaning.status)
            .then(|| self.find_reason(meaning.status, &media, states))
            .flatten();
        let mut report = meaning.into_status_report(since);
        report.reason = reason;
        report.media = merge_media(media);
        Some(report)
    }

    /// Falls back to the place's state if neither the agent nor a medium has one. An agent
    /// with an id but no place is logged out.
    fn status_without_media(
        &self,
        states: &StatusTable,
    ) -> Option<(StatusMeaning, Option<Timestamp>)> {
        if let Some(place) = self.place
            && let Some(word) = find_word(place, &PLACE_STATUS)
        {
            return Some((states.look_up_status(&word), parse_time(place)));
        }
        let is_nowhere = find_first(self.agent, &PLACE, check_empty).is_some()
            || find_first(self.place?, &MEDIA, check_empty).is_some();
        let is_someone = find_first(self.agent, &AGENT_ID, scalar_text).is_some();
        (is_nowhere && is_someone)
            .then(|| (states.look_up_status("LoggedOut"), parse_time(self.agent)))
    }

    fn media_statuses(
        &self,
        agent_status: Option<&StatusMeaning>,
        states: &StatusTable,
    ) -> Vec<MediumStatus<'v>> {
        let medium = |object: &&'v JsonObject| {
            let action = highest_action(object, states);
            let (mut meaning, since) = match find_word(object, &MEDIUM_STATUS) {
                Some(word) => (states.look_up_status(&word), parse_time(object)),
                None => action?,
            };
            if let Some(agent_status) = agent_status
                .filter(|agent_status| meaning.is_on_hook() && is_at_rest(agent_status.status))
            {
                meaning = agent_status.clone();
            }
            Some(MediumStatus {
                name: medium_name(object),
                meaning,
                since,
                object,
            })
        };
        self.media.iter().filter_map(medium).collect()
    }

    /// Looks for a reason at the agent, the place, and the media in that state with their
    /// actions.
    fn find_reason(
        &self,
        state: AgentStatus,
        media: &[MediumStatus<'_>],
        states: &StatusTable,
    ) -> Option<Arc<str>> {
        let outer = [Some(self.agent), self.place];
        let matching = media.iter().filter(|medium| medium.meaning.status == state);
        let inner = matching.flat_map(|medium| {
            [medium.object]
                .into_iter()
                .chain(medium_actions(medium.object))
        });
        let code = outer
            .into_iter()
            .flatten()
            .chain(inner)
            .find_map(reason_code);
        code.map(|code| states.look_up_reason(&code))
    }
}

impl MediumStatus<'_> {
    /// Ranks "logged out" lowest, since the agent may work on another medium.
    fn priority_rank(&self) -> u8 {
        match self.meaning.status {
            AgentStatus::LoggedOut => 0,
            _ => self.meaning.rank.saturating_add(1),
        }
    }
}

impl StatusMeaning {
    /// Creates a report with nothing but the status and its start.
    fn into_status_report(self, since: Option<Timestamp>) -> AgentStatusReport {
        AgentStatusReport {
            status: self.status,
            vendor_status: self.vendor_status,
            reason: None,
            since,
            media: Vec::new(),
        }
    }
}

/// Lists each medium once, if there are several.
fn merge_media(mut media: Vec<MediumStatus<'_>>) -> Vec<(Arc<str>, AgentStatus)> {
    media.sort_by(|a, b| {
        a.name
            .cmp(&b.name)
            .then(b.priority_rank().cmp(&a.priority_rank()))
    });
    media.dedup_by(|later, first| later.name == first.name);
    if media.len() < 2 {
        return Vec::new();
    }
    let each = media
        .into_iter()
        .map(|medium| (medium.name, medium.meaning.status));
    each.collect()
}

/// Whether a state can have a reason. One left over in another state isn't shown.
fn has_reason(state: AgentStatus) -> bool {
    matches!(
        state,
        AgentStatus::NotReady | AgentStatus::Busy | AgentStatus::WrapUp
    )
}

fn is_at_rest(state: AgentStatus) -> bool {
    matches!(state, AgentStatus::Available | AgentStatus::NotReady)
}

fn medium_name(medium: &JsonObject) -> Arc<str> {
    if let Some(name) = find_word(medium, &MEDIUM) {
        return cut_text(&name.to_lowercase());
    }
    let is_telephone = find_first(medium, &TELEPHONE, Some).is_some();
    if is_telephone { "voice" } else { "other" }.into()
}

fn highest_action(
    medium: &JsonObject,
    states: &StatusTable,
) -> Option<(StatusMeaning, Option<Timestamp>)> {
    medium_actions(medium)
        .filter_map(|action| {
            Some((
                states.look_up_status(&find_word(action, &ACTION)?),
                parse_time(action),
            ))
        })
        .max_by_key(|(meaning, _)| meaning.rank)
}

fn medium_actions(medium: &JsonObject) -> impl Iterator<Item = &JsonObject> {
    let actions = find_first(medium, &ACTIONS, Value::as_array);
    actions
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .take(MEDIA_MAX)
}

/// Finds the reason code, whether it is a text, in a list or in key-value pairs.
fn reason_code(map: &JsonObject) -> Option<Cow<'_, str>> {
    let mut at = find_first(map, &REASON, non_empty)?;
    for _ in 0..DEPTH_MAX {
        at = match at {
            Value::Array(many) => many
                .iter()
                .find(|pair| is_reason_pair(pair))
                .or(many.first())?,
            Value::Object(map) => find_first(map, &REASON_CODE, non_empty)?,
            _ => return scalar_text(at),
        };
    }
    None
}

/// `{"key":"ReasonCode","value":"3"}`
fn is_reason_pair(value: &Value) -> bool {
    let key = value
        .as_object()
        .and_then(|map| find_word(map, &["key", "name"]));
    key.is_some_and(|key| REASON_CODE.iter().any(|name| is_same_key(name, &key)))
}

/// Parses the start time: a UNIX time in seconds, or in milliseconds if it is large enough.
fn parse_time(map: &JsonObject) -> Option<Timestamp> {
    const MILLIS_FROM: i64 = 100_000_000_000;
    const YEAR_2000: i64 = 946_684_800_000;
    const YEAR_2100: i64 = 4_102_444_800_000;

    let word = find_word(map, &TIME)?;
    let Ok(number) = word.parse::<f64>() else {
        return word.parse().ok();
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cast of a float saturates"
    )]
    let millis = match number as i64 {
        millis @ MILLIS_FROM.. => millis,
        _ => (number * 1_000.0) as i64,
    };
    (YEAR_2000..YEAR_2100)
        .contains(&millis)
        .then(|| Timestamp::from_millisecond(millis).ok())
        .flatten()
}

/// The text at the first of these keys that has one, directly or in a nested object.
fn find_word<'v>(map: &'v JsonObject, keys: &[&str]) -> Option<Cow<'v, str>> {
    find_first(map, keys, |value| match value {
        Value::Object(inner) if find_first(inner, &STATUS, Some).is_some() => None,
        Value::Object(inner) => find_first(inner, &NESTED_VALUE, scalar_text),
        _ => scalar_text(value),
    })
}

/// A text that is not empty, or a number.
fn scalar_text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().into()),
        Value::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}

fn check_empty(value: &Value) -> Option<()> {
    let is_empty = match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    };
    is_empty.then_some(())
}

fn non_empty(value: &Value) -> Option<&Value> {
    check_empty(value).is_none().then_some(value)
}

/// The result of `read` for the first of `keys` that it can read.
fn find_first<'v, T>(
    map: &'v JsonObject,
    keys: &[&str],
    read: impl Fn(&'v Value) -> Option<T>,
) -> Option<T> {
    keys.iter().find_map(|key| {
        let mut named = map.iter().filter(|(name, _)| is_same_key(key, name));
        named.find_map(|(_, value)| read(value))
    })
}

/// Whether `name` equals the lowercase `key`, ignoring case, spaces and punctuation.
fn is_same_key(key: &str, name: &str) -> bool {
    let letters = name.bytes().filter(u8::is_ascii_alphanumeric);
    letters
        .map(|byte| byte.to_ascii_lowercase())
        .eq(key.bytes())
}
