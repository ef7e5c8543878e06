//! Trees of states: an agent, their place, its media, what happens on each. How deep
//! a tree is depends on the statistic, and the names in it are written differently
//! from site to site: keys are found by several names, in any case and spelling.

use std::{borrow::Cow, sync::Arc};

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::domain::{AgentState, Stance};

use super::{
    States,
    keys::{
        ACTION, ACTIONS, AROUND, BARE, INSIDE, MANY, MEDIA, MEDIUM, MEDIUM_STATUS, PLACE,
        PLACE_STATUS, REASON, REASON_CODE, STATUS, TELEPHONE, TIME, WHO,
    },
    state::{Meaning, short},
};

/// In bytes: what is larger is no agent's state.
const LARGEST: usize = 64 * 1024;
/// Envelopes around an agent's state.
const DEEPEST: usize = 8;
/// Media of one agent, and what happens on each, that are looked at.
const MOST: usize = 32;

/// What the JSON value `text` says of the agent `object`.
pub(super) fn stance(text: &str, object: &str, states: &States) -> Option<Stance> {
    if LARGEST < text.len() {
        return None;
    }
    // How deep a value may be is bounded by the parser.
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        return None;
    };
    if let Some(word) = scalar(&value) {
        return Some(states.meaning(&word).alone(None));
    }
    agent(&value, object).and_then(|agent| Tree::of(agent).stance(states))
}

type Object = Map<String, Value>;

/// The object that is about the agent, out of its envelopes.
fn agent<'v>(value: &'v Value, object: &str) -> Option<&'v Object> {
    let mut at = value;
    for _ in 0..DEEPEST {
        at = match at {
            Value::Array(many) => one_of(many, object)?,
            Value::Object(map) if has_states(map) => return Some(map),
            Value::Object(map) => match envelope(map) {
                Some(inner) => inner,
                None => return Some(map),
            },
            _ => return None,
        };
    }
    None
}

fn has_states(map: &Object) -> bool {
    word(map, &STATUS).is_some()
        || first(map, &MEDIA, Value::as_array).is_some()
        || first(map, &PLACE, Value::as_object).is_some()
}

fn envelope(map: &Object) -> Option<&Value> {
    let object = |value| Some(value).filter(|value: &&Value| value.is_object());
    let array = |value| Some(value).filter(|value: &&Value| value.is_array());
    first(map, &AROUND, object)
        .or_else(|| first(map, &MANY, array))
        .or_else(|| first(map, &AROUND, array))
}

/// Of several agents the one that was asked for; the only one is meant.
fn one_of<'v>(many: &'v [Value], object: &str) -> Option<&'v Value> {
    let is_meant = |value: &&Value| {
        let map = value.as_object();
        let is_id = |id: Cow<'_, str>| (id == object).then_some(());
        map.is_some_and(|map| first(map, &WHO, |id| scalar(id).and_then(is_id)).is_some())
    };
    match many {
        [only] => Some(only),
        _ => many.iter().find(is_meant),
    }
}

/// An agent as a tree of states.
struct Tree<'v> {
    agent: &'v Object,
    place: Option<&'v Object>,
    media: Vec<&'v Object>,
}

/// The state on one medium.
struct Medium<'v> {
    name: Arc<str>,
    meaning: Meaning,
    since: Option<Timestamp>,
    object: &'v Object,
}

impl<'v> Tree<'v> {
    fn of(agent: &'v Object) -> Self {
        let place = first(agent, &PLACE, Value::as_object);
        let at = [Some(agent), place].into_iter().flatten();
        let media = at.filter_map(|map| first(map, &MEDIA, Value::as_array));
        Self {
            agent,
            place,
            media: media
                .flatten()
                .filter_map(Value::as_object)
                .take(MOST)
                .collect(),
        }
    }

    fn stance(&self, states: &States) -> Option<Stance> {
        let own = word(self.agent, &STATUS)
            .or_else(|| word(self.agent, &BARE))
            .map(|word| states.meaning(&word));
        let media = self.media(own.as_ref(), states);
        let highest = media.iter().max_by_key(|medium| medium.standing());

        let (meaning, since) = match (own, highest) {
            (Some(own), highest) if own.state != AgentState::Unknown || highest.is_none() => {
                let same = highest.filter(|medium| medium.meaning.state == own.state);
                let since = time(self.agent).or_else(|| same?.since);
                (own, since)
            }
            (_, Some(medium)) => (medium.meaning.clone(), medium.since),
            (Some(own), None) => (own, time(self.agent)),
            (None, None) => self.without_media(states)?,
        };
        let reason = is_reasoned(meaning.state)
            .then(|| self.reason(meaning.state, &media, states))
            .flatten();
        let mut stance = meaning.alone(since);
        stance.reason = reason;
        stance.media = together(media);
        Some(stance)
    }

    /// Where neither the agent nor a medium says a state: the place's. Who is known
    /// and has no place is not logged in.
    fn without_media(&self, states: &States) -> Option<(Meaning, Option<Timestamp>)> {
        if let Some(place) = self.place
            && let Some(word) = word(place, &PLACE_STATUS)
        {
            return Some((states.meaning(&word), time(place)));
        }
        let is_nowhere = first(self.agent, &PLACE, empty).is_some()
            || first(self.place?, &MEDIA, empty).is_some();
        let is_someone = first(self.agent, &WHO, scalar).is_some();
        (is_nowhere && is_someone).then(|| (states.meaning("LoggedOut"), time(self.agent)))
    }

    fn media(&self, own: Option<&Meaning>, states: &States) -> Vec<Medium<'v>> {
        let medium = |object: &&'v Object| {
            let action = highest_action(object, states);
            let (mut meaning, since) = match word(object, &MEDIUM_STATUS) {
                Some(word) => (states.meaning(&word), time(object)),
                None => action?,
            };
            if let Some(own) = own.filter(|own| meaning.is_on_hook() && is_at_rest(own.state)) {
                meaning = own.clone();
            }
            Some(Medium {
                name: medium_name(object),
                meaning,
                since,
                object,
            })
        };
        self.media.iter().filter_map(medium).collect()
    }

    /// Of the agent, the place, a medium in that state, or what happens on it.
    fn reason(&self, state: AgentState, media: &[Medium<'_>], states: &States) -> Option<Arc<str>> {
        let above = [Some(self.agent), self.place];
        let there = media.iter().filter(|medium| medium.meaning.state == state);
        let below =
            there.flat_map(|medium| [medium.object].into_iter().chain(actions(medium.object)));
        let code = above
            .into_iter()
            .flatten()
            .chain(below)
            .find_map(reason_code);
        code.map(|code| states.reason(&code))
    }
}

impl Medium<'_> {
    /// Who is logged out on one medium may well work on another.
    fn standing(&self) -> u8 {
        match self.meaning.state {
            AgentState::LoggedOut => 0,
            _ => self.meaning.rank.saturating_add(1),
        }
    }
}

impl Meaning {
    /// A stance of which nothing else is known.
    fn alone(self, since: Option<Timestamp>) -> Stance {
        Stance {
            state: self.state,
            raw: self.raw,
            reason: None,
            since,
            media: Vec::new(),
        }
    }
}

/// Each medium once, where there are several.
fn together(mut media: Vec<Medium<'_>>) -> Vec<(Arc<str>, AgentState)> {
    media.sort_by(|a, b| a.name.cmp(&b.name).then(b.standing().cmp(&a.standing())));
    media.dedup_by(|later, first| later.name == first.name);
    if media.len() < 2 {
        return Vec::new();
    }
    let each = media
        .into_iter()
        .map(|medium| (medium.name, medium.meaning.state));
    each.collect()
}

/// States that have a reason; one that is left over elsewhere is not shown.
fn is_reasoned(state: AgentState) -> bool {
    matches!(
        state,
        AgentState::NotReady | AgentState::Busy | AgentState::WrapUp
    )
}

fn is_at_rest(state: AgentState) -> bool {
    matches!(state, AgentState::Available | AgentState::NotReady)
}

fn medium_name(medium: &Object) -> Arc<str> {
    if let Some(name) = word(medium, &MEDIUM) {
        return short(&name.to_lowercase());
    }
    let is_telephone = first(medium, &TELEPHONE, Some).is_some();
    if is_telephone { "voice" } else { "other" }.into()
}

fn highest_action(medium: &Object, states: &States) -> Option<(Meaning, Option<Timestamp>)> {
    actions(medium)
        .filter_map(|action| Some((states.meaning(&word(action, &ACTION)?), time(action))))
        .max_by_key(|(meaning, _)| meaning.rank)
}

fn actions(medium: &Object) -> impl Iterator<Item = &Object> {
    let actions = first(medium, &ACTIONS, Value::as_array);
    actions
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .take(MOST)
}

/// The code itself, however it is wrapped: a text, a list, keys and values.
fn reason_code(map: &Object) -> Option<Cow<'_, str>> {
    let mut at = first(map, &REASON, full)?;
    for _ in 0..DEEPEST {
        at = match at {
            Value::Array(many) => many
                .iter()
                .find(|pair| is_reason_pair(pair))
                .or(many.first())?,
            Value::Object(map) => first(map, &REASON_CODE, full)?,
            _ => return scalar(at),
        };
    }
    None
}

/// `{"key":"ReasonCode","value":"3"}`
fn is_reason_pair(value: &Value) -> bool {
    let key = value
        .as_object()
        .and_then(|map| word(map, &["key", "name"]));
    key.is_some_and(|key| REASON_CODE.iter().any(|name| is_same(name, &key)))
}

/// When it began, from a UNIX time in seconds, or in milliseconds where that is its size.
fn time(map: &Object) -> Option<Timestamp> {
    const MILLIS_FROM: i64 = 100_000_000_000;
    const YEAR_2000: i64 = 946_684_800_000;
    const YEAR_2100: i64 = 4_102_444_800_000;

    let word = word(map, &TIME)?;
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

/// The text at the first of these keys that has one, itself or inside.
fn word<'v>(map: &'v Object, keys: &[&str]) -> Option<Cow<'v, str>> {
    first(map, keys, |value| match value {
        Value::Object(inner) if first(inner, &STATUS, Some).is_some() => None,
        Value::Object(inner) => first(inner, &INSIDE, scalar),
        _ => scalar(value),
    })
}

/// A text that is not empty, or a number.
fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().into()),
        Value::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}

fn empty(value: &Value) -> Option<()> {
    let is_empty = match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    };
    is_empty.then_some(())
}

fn full(value: &Value) -> Option<&Value> {
    empty(value).is_none().then_some(value)
}

/// What `read` makes of the first of `keys` that it can read.
fn first<'v, T>(
    map: &'v Object,
    keys: &[&str],
    read: impl Fn(&'v Value) -> Option<T>,
) -> Option<T> {
    keys.iter().find_map(|key| {
        let mut named = map.iter().filter(|(name, _)| is_same(key, name));
        named.find_map(|(_, value)| read(value))
    })
}

/// Whether `name` is `key`, which is in small letters, but for case, spaces and marks.
fn is_same(key: &str, name: &str) -> bool {
    let letters = name.bytes().filter(u8::is_ascii_alphanumeric);
    letters
        .map(|byte| byte.to_ascii_lowercase())
        .eq(key.bytes())
}
