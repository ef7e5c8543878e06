//! The truth in the contact center at each time, from which the age of a displayed value follows.

use std::collections::BTreeMap;

use super::shown::{ALL_GROUPS, Figure, Shown};

/// A running clock is moved only when it's off by more, in milliseconds (architecture.md).
const CLOCK_SLACK_MS: i64 = 6_500;

/// The values of one figure, each with the time from which it was true, in microseconds.
#[derive(Clone, Debug, Default)]
pub struct Timeline(Vec<(i64, Option<u64>)>);

impl Timeline {
    pub fn record(&mut self, at: i64, value: u64) {
        self.record_known(at, Some(value));
    }

    /// Records that the value is unknown from now on.
    pub fn record_unknown(&mut self, at: i64) {
        self.record_known(at, None);
    }

    fn record_known(&mut self, at: i64, value: Option<u64>) {
        if self.0.last().is_none_or(|last| last.1 != value) {
            self.0.push((at, value));
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the value that is true now.
    pub fn last(&self) -> u64 {
        let last = self.0.last().and_then(|(_, value)| *value);
        last.unwrap_or_default()
    }

    /// Returns how long ago, at `at`, a value was last true, in microseconds. `None` if it never was.
    pub fn age(&self, value: u64, at: i64) -> Option<i64> {
        self.age_of(|known| known == value, at)
    }

    /// The same of a value that is said to be at least so much.
    pub fn age_of_least(&self, least: u64, at: i64) -> Option<i64> {
        self.age_of(|known| least <= known, at)
    }

    fn age_of(&self, is_meant: impl Fn(u64) -> bool, at: i64) -> Option<i64> {
        let is_meant = |(_, known): &(i64, Option<u64>)| known.is_some_and(&is_meant);
        let last = self.0.iter().rposition(is_meant)?;
        let end = self.0.get(last + 1).map_or(i64::MAX, |next| next.0);
        Some(at.saturating_sub(end).max(0))
    }
}

/// The states of a case, or of an agent, who may be in several conversations at once.
#[derive(Clone, Debug, Default)]
pub struct StateSpans(Vec<StateSpan>);

#[derive(Clone, Debug)]
struct StateSpan {
    state: &'static str,
    from: i64,
    /// `None` while it lasts.
    until: Option<i64>,
}

impl StateSpans {
    pub fn begin(&mut self, state: &'static str, from: i64) {
        let until = None;
        self.0.push(StateSpan { state, from, until });
    }

    /// Ends all that last.
    pub fn end(&mut self, at: i64) {
        self.end_if(at, |_| true);
    }

    /// Ends the one that began at `from`.
    pub fn end_of(&mut self, from: i64, at: i64) {
        self.end_if(at, |span| span.from == from);
    }

    fn end_if(&mut self, at: i64, is_meant: impl Fn(&StateSpan) -> bool) {
        let lasting = self.0.iter_mut().filter(|span| span.until.is_none());
        for span in lasting.filter(|span| is_meant(span)) {
            span.until = Some(at);
        }
    }

    /// Returns how long ago, at `at`, a state that began at `since_ms` was last true, in microseconds.
    /// `None` if it never was.
    fn age(&self, state: &str, since_ms: Option<i64>, at: i64) -> Option<i64> {
        let has_begun = |span: &&StateSpan| {
            since_ms.is_none_or(|since| (since - span.from / 1_000).abs() <= CLOCK_SLACK_MS)
        };
        let spans = self.0.iter().filter(|span| span.state == state);
        let ages = spans.filter(has_begun).map(|span| match span.until {
            Some(until) => at.saturating_sub(until).max(0),
            None => 0,
        });
        ages.min()
    }
}

#[derive(Clone, Debug, Default)]
pub struct GroupHistory {
    pub waiting: Timeline,
    pub talking: Timeline,
    pub available: Timeline,
}

/// When a contact was created, and answered for the first time, in microseconds.
#[derive(Clone, Copy, Debug)]
pub struct ContactTimes {
    pub created: i64,
    pub answered: Option<i64>,
}

/// The truth about groups, agents and contacts, by ID.
#[derive(Debug, Default)]
pub struct TruthHistory {
    pub groups: BTreeMap<String, GroupHistory>,
    /// The contact center's groups as one.
    pub all: GroupHistory,
    /// The open cases of each agent.
    pub agents: BTreeMap<String, Timeline>,
    /// How many agents are in conversation.
    pub talking_agents: Timeline,
    /// Of agents and cases.
    pub states: BTreeMap<String, StateSpans>,
    pub contacts: BTreeMap<String, ContactTimes>,
    /// The number that another system sends.
    pub orders: Timeline,
}

impl TruthHistory {
    pub fn states_of(&mut self, id: &str) -> &mut StateSpans {
        self.states.entry(id.to_owned()).or_default()
    }

    /// Returns how many figures of groups there are.
    pub fn figure_count(&self) -> usize {
        let timelines = self.groups.values().flat_map(|group| {
            let GroupHistory {
                waiting,
                talking,
                available,
            } = group;
            [waiting, talking, available]
        });
        timelines.filter(|timeline| !timeline.is_empty()).count()
    }

    /// Returns how long ago, at `at`, a value was last true, in microseconds. `None` if it never was.
    pub fn age(&self, shown: &Shown, at: i64) -> Option<i64> {
        let id = &shown.id;
        let group = match id.as_str() {
            ALL_GROUPS => Some(&self.all),
            _ => self.groups.get(id),
        };
        let timeline = match shown.figure {
            Figure::Waiting => &group?.waiting,
            Figure::Talking => &group?.talking,
            Figure::Available => &group?.available,
            Figure::Cases => self.agents.get(id)?,
            Figure::TalkingAgents => &self.talking_agents,
            Figure::Orders => &self.orders,
            Figure::State { state, since_ms } => {
                return self.states.get(id)?.age(state, since_ms, at);
            }
        };
        if shown.is_least {
            timeline.age_of_least(shown.value, at)
        } else {
            timeline.age(shown.value, at)
        }
    }
}
