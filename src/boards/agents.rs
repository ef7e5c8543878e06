//! Agents as cards, by state; those without a case today are folded away.

use crate::domain::AgentState;
use crate::live::{Agent, Trust};

use super::{
    queues,
    scene::{Scene, Standing},
    severity::Severity,
    slots::{Attr, Cell},
    view::{Group, Kind, List, Row, Shape, running, standing},
};

/// States on the board, in its fixed order, with their words and glyphs. Who is
/// logged out is not on it.
const STATES: [(AgentState, &str, &str); 8] = [
    (AgentState::Available, "Available", "○"),
    (AgentState::Ringing, "Ringing", "◎"),
    (AgentState::Talking, "In conversation", "●"),
    (AgentState::Hold, "On hold", "◉"),
    (AgentState::WrapUp, "Wrap-up", "◐"),
    (AgentState::Busy, "Busy", "■"),
    (AgentState::NotReady, "Break", "Ⅱ"),
    (AgentState::Unknown, "No open case", "·"),
];

/// Glyph and word of a state.
pub fn state_words(state: AgentState) -> (&'static str, &'static str) {
    (STATES.iter().find(|known| known.0 == state))
        .map_or(("–", "Signed out"), |(_, word, glyph)| (*glyph, *word))
}

/// The cards, and what was folded, in words.
pub(super) fn cards(scene: &mut Scene<'_>) -> (List, String) {
    let mut cards: Vec<(usize, Card<'_>)> = Vec::new();
    let (mut idle, mut unsure) = (0u64, 0u64);
    for (agent, id) in scene.chosen_agents().collect::<Vec<_>>() {
        let Some(group) = STATES.iter().position(|state| state.0 == agent.state) else {
            continue;
        };
        if agent.state == AgentState::Unknown && agent.cases == 0 {
            if !agent.accounted {
                unsure += 1;
                continue;
            }
            if agent.today.tally.handled == 0 {
                idle += 1;
                continue;
            }
        }
        cards.push((group, Card::new(scene, agent, id)));
    }
    // The longest in a state first; who has no clock stands last, by name.
    cards.sort_unstable_by(|(a, x), (b, y)| (a, x.order()).cmp(&(b, y.order())));

    let mut counts = [0i64; STATES.len()];
    let mut rows = Vec::with_capacity(cards.len());
    for (group, card) in cards {
        let pos = counts[group];
        counts[group] += 1;
        rows.push(card.row(scene, STATES[group].0.name(), pos));
    }
    let groups = STATES
        .iter()
        .zip(counts)
        .map(|((state, title, glyph), count)| Group {
            key: state.name(),
            title,
            glyph,
            cells: vec![
                Cell::Attrs(vec![("count", Attr::Number(count))]),
                Cell::Text(count.to_string()),
            ],
        });
    let list = List {
        id: "agents",
        kind: Kind::Cards,
        groups: groups.collect(),
        rows,
    };
    (list, folded(idle, unsure))
}

fn folded(idle: u64, unsure: u64) -> String {
    let mut parts = Vec::new();
    if 0 < idle {
        parts.push(format!("{idle} without a case"));
    }
    if 0 < unsure {
        parts.push(format!("{unsure} not known yet"));
    }
    parts.join(" · ")
}

struct Card<'a> {
    agent: &'a Agent,
    id: String,
    name: String,
}

impl<'a> Card<'a> {
    fn new(scene: &Scene<'a>, agent: &'a Agent, id: String) -> Self {
        let named = scene.board.names.get(&id).cloned();
        Self {
            agent,
            name: named.unwrap_or_else(|| scene.picture.agent_name(agent)),
            id,
        }
    }

    fn order(&self) -> impl Ord {
        let since = self.agent.since.map(jiff::Timestamp::as_millisecond);
        (
            since.unwrap_or(i64::MAX),
            self.name.clone(),
            self.id.clone(),
        )
    }

    /// Attributes, name, clock, cases and where they are.
    fn row(self, scene: &mut Scene<'_>, group: &'static str, pos: i64) -> Row {
        let agent = self.agent;
        let trust = scene.picture.agent_trust(agent, scene.now);
        let stands = scene.standing(trust, None);
        let severity = match stands {
            Standing::Grey | Standing::Gone => Severity::Stale,
            _ => Severity::None,
        };
        Row {
            cells: vec![
                queues::place(severity, pos, group),
                Cell::Text(self.name),
                clock(scene, agent, trust, stands),
                Cell::Text(cases(scene, agent)),
                Cell::Text(places(scene, agent)),
            ],
            key: self.id,
            shape: Shape::default(),
            said: None,
        }
    }
}

fn clock(scene: &Scene<'_>, agent: &Agent, trust: Trust, stands: Standing) -> Cell {
    let Some(since) = agent.since else {
        return standing(String::new());
    };
    match (stands, trust) {
        (Standing::Known | Standing::Unknown, _) => running(since),
        (Standing::Gone, _) => standing(super::format::UNKNOWN.to_owned()),
        (_, Trust::Lost(lost)) => {
            let held = crate::domain::moment::millis_between(since, lost.at);
            standing(scene.locale.duration(seconds(held)))
        }
        // When it stopped being true is not known, so neither is how long it had been.
        _ => standing(super::format::UNKNOWN.to_owned()),
    }
}

#[expect(clippy::cast_precision_loss, reason = "waits stay far below 2^52 ms")]
fn seconds(millis: i64) -> f64 {
    millis as f64 / 1000.0
}

fn cases(scene: &Scene<'_>, agent: &Agent) -> String {
    match (agent.accounted, agent.cases) {
        (true, 0) => String::new(),
        (true, n) => scene.locale.cases(n),
        (false, n) => format!("≥ {}", scene.locale.cases(n)),
    }
}

fn places(scene: &Scene<'_>, agent: &Agent) -> String {
    let names = agent.case_queues.iter().map(|id| {
        let queue = scene.picture.queues.get(id);
        super::format::isolated(&queue.map_or_else(
            || id.external.to_string(),
            |queue| scene.queue_name(queue, &id.to_string()),
        ))
    });
    names.collect::<Vec<_>>().join(", ")
}
