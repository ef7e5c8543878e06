//! An agent as a row of a table, or at the head of a page.

use crate::domain::AgentState;
use crate::{
    boards::state_words,
    domain::Moment,
    live::{Agent, Picture, Trust},
};

use super::{
    clock::{Tick, UNKNOWN},
    names::{self, Link},
};

pub(super) struct Person {
    pub(super) key: String,
    pub(super) link: Link,
    pub(super) state: &'static str,
    pub(super) glyph: &'static str,
    pub(super) word: &'static str,
    /// How long in this state; empty where it has no clock.
    pub(super) lasts: Option<Tick>,
    pub(super) cases: String,
    /// Where those cases are.
    pub(super) queues: Vec<Link>,
    pub(super) is_stale: bool,
}

pub(super) fn person(picture: &Picture, agent: &Agent, now: Moment) -> Person {
    let trust = picture.agent_trust(agent, now);
    let (glyph, word) = if trust == Trust::Unknown {
        ("·", "Not known yet")
    } else {
        state_words(agent.state)
    };
    Person {
        key: agent.id.to_string(),
        link: names::agent(picture, agent),
        state: agent.state.name(),
        glyph,
        word,
        lasts: agent.since.map(|since| Tick::since(since, trust, now)),
        cases: match (agent.accounted, agent.cases) {
            _ if trust == Trust::Unknown => UNKNOWN.to_owned(),
            (true, n) => n.to_string(),
            (false, n) => format!("≥ {n}"),
        },
        queues: (agent.case_queues.iter())
            .map(|id| names::queue_by_id(picture, id))
            .collect(),
        is_stale: matches!(trust, Trust::Stale | Trust::Lost(_)),
    }
}

/// Who is busy first, then who has been so longest, then by name.
pub(super) fn order(picture: &Picture, agent: &Agent) -> impl Ord + use<> {
    let is_idle = agent.state == AgentState::Unknown;
    let since = agent
        .since
        .map_or(i64::MAX, jiff::Timestamp::as_millisecond);
    (
        is_idle,
        agent.state,
        since,
        picture.agent_name(agent),
        agent.id.clone(),
    )
}
