//! Agents as cards, by state; those without a case today are folded away.

use crate::domain::AgentState;
use crate::live::{Presence, Trust};

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
    for (who, id) in scene.chosen_people().collect::<Vec<_>>() {
        let Some(group) = STATES.iter().position(|state| state.0 == who.state) else {
            continue;
        };
        if who.state == AgentState::Unknown {
            if who.trust == Trust::Unknown {
                unsure += 1;
                continue;
            }
            if who.cases() == Some(0) && who.handled() == 0 {
                idle += 1;
                continue;
            }
        }
        cards.push((group, Card::new(scene, who, id)));
    }
    // The longest in a state first; who has no clock stands last, by name.
    cards.sort_unstable_by(|(a, x), (b, y)| (a, x.order()).cmp(&(b, y.order())));

    let unknown = unknown_title(cards.iter().map(|(_, card)| &card.who));
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
            title: match state {
                AgentState::Unknown => unknown,
                _ => title,
            },
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

/// Of whom cases are told it is known that they have none; of others nothing is.
fn unknown_title<'a>(people: impl Iterator<Item = &'a Presence<'a>>) -> &'static str {
    let unknown = people.filter(|who| who.state == AgentState::Unknown);
    let (idle, unsaid): (Vec<_>, Vec<_>) = unknown.partition(|who| who.cases().is_some());
    match (idle.is_empty(), unsaid.is_empty()) {
        (_, true) => "No open case",
        (true, false) => "State not known",
        (false, false) => "No open case, or state not known",
    }
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
    who: Presence<'a>,
    id: String,
    name: String,
}

impl<'a> Card<'a> {
    fn new(scene: &Scene<'a>, who: Presence<'a>, id: String) -> Self {
        let named = scene.board.names.get(&id).cloned();
        Self {
            name: named.unwrap_or_else(|| who.name.clone()),
            who,
            id,
        }
    }

    fn order(&self) -> impl Ord + use<> {
        let since = self.who.since.map(jiff::Timestamp::as_millisecond);
        (
            since.unwrap_or(i64::MAX),
            self.name.clone(),
            self.id.clone(),
        )
    }

    /// Attributes, name, clock, cases and where they are.
    fn row(self, scene: &mut Scene<'_>, group: &'static str, pos: i64) -> Row {
        let who = &self.who;
        let stands = scene.standing(who.trust, None);
        let severity = match stands {
            Standing::Grey | Standing::Gone => Severity::Stale,
            _ => Severity::None,
        };
        Row {
            cells: vec![
                queues::place(severity, pos, group),
                Cell::Text(self.name),
                clock(scene, who, stands),
                Cell::Text(about(scene, who)),
                Cell::Text(places(scene, who)),
            ],
            key: self.id,
            shape: Shape::default(),
            said: None,
        }
    }
}

fn clock(scene: &Scene<'_>, who: &Presence<'_>, stands: Standing) -> Cell {
    let Some(since) = who.since else {
        return standing(String::new());
    };
    match (stands, who.trust) {
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

/// How many cases, where those are told; else why they are not ready.
fn about(scene: &Scene<'_>, who: &Presence<'_>) -> String {
    match (who.is_accounted(), who.cases()) {
        (_, None) | (true, Some(0)) => who.reason().unwrap_or_default().to_owned(),
        (true, Some(n)) => scene.locale.cases(n),
        (false, Some(n)) => format!("≥ {}", scene.locale.cases(n)),
    }
}

fn places(scene: &Scene<'_>, who: &Presence<'_>) -> String {
    let names = who.case_queues().into_iter().map(|id| {
        let queue = scene.picture.queues.get(id);
        super::format::isolated(&queue.map_or_else(
            || id.external.to_string(),
            |queue| scene.queue_name(queue, &id.to_string()),
        ))
    });
    names.collect::<Vec<_>>().join(", ")
}
