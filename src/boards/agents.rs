//! Agents as cards, by state. Where only cases are told, those without one today are
//! folded away.

use crate::domain::{AgentState, ByName, PersonName};
use crate::live::{Presence, Trust};

use super::{
    address::card_address,
    fold,
    format::{self, isolated},
    queues,
    scene::{Scene, Standing},
    severity::Severity,
    slots::{Attr, Cell},
    view::{Group, Kind, List, Row, Shape, running, standing},
};

/// Groups on the board, in its fixed order, with their words and glyphs. Who is
/// signed out is not on it.
const GROUPS: [(&str, &str, &str); 9] = [
    ("available", "Available", "○"),
    ("ringing", "Ringing", "◎"),
    ("talking", "In conversation", "●"),
    ("hold", "On hold", "◉"),
    ("wrap_up", "Wrap-up", "◐"),
    ("busy", "Busy", "■"),
    ("not_ready", "On break", "Ⅱ"),
    ("unknown", "Unknown status", "?"),
    CASELESS,
];
/// Where only cases are told, who has none may be free, on a break, or gone.
const CASELESS: (&str, &str, &str) = ("caseless", "No open cases", "·");

/// How many have no card, and why.
#[derive(Debug, Default)]
struct Folded {
    /// More than the board's pages can show.
    beyond: u64,
    signed_out: u64,
    idle: u64,
    unsure: u64,
    untold: u64,
}

/// Glyph and word of a state.
pub fn state_words(state: AgentState) -> (&'static str, &'static str) {
    let group = GROUPS.iter().find(|group| group.0 == state.name());
    group.map_or(("–", "Signed out"), |(_, word, glyph)| (*glyph, *word))
}

/// Glyph and word for what somebody does.
pub fn presence_words(who: &Presence<'_>) -> (&'static str, &'static str) {
    match (who.state, who.trust) {
        (AgentState::Unknown, _) if who.is_state_told() => state_words(AgentState::Unknown),
        (AgentState::Unknown, Trust::Unknown) => (CASELESS.2, "Unconfirmed"),
        (AgentState::Unknown, _) if who.cases().is_some() => (CASELESS.2, CASELESS.1),
        (state, _) => state_words(state),
    }
}

/// The cards, and what was folded, in words.
pub(super) fn cards(scene: &mut Scene<'_>) -> (List, String) {
    let mut cards: Vec<(usize, Card<'_>)> = Vec::new();
    let mut folded = Folded::default();
    for (who, id) in scene.chosen_people().collect::<Vec<_>>() {
        let stands = scene.standing(who.trust, None);
        if let Some(group) = folded.group_of(&who, stands) {
            cards.push((group, Card::new(scene, who, id)));
        }
    }
    // The longest in a state first; who has no clock stands last, by name.
    cards.sort_unstable_by(|(a, x), (b, y)| (a, x.order()).cmp(&(b, y.order())));

    let mut counts = [0i64; GROUPS.len()];
    let mut rows = Vec::with_capacity(cards.len().min(fold::CARDS));
    for (group, card) in cards {
        let pos = counts[group];
        counts[group] += 1;
        if rows.len() < fold::CARDS {
            rows.push(card.row(scene, GROUPS[group].0, pos));
        } else {
            folded.beyond += 1;
        }
    }
    let groups = GROUPS
        .iter()
        .zip(counts)
        .map(|((key, title, glyph), count)| Group {
            key,
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
    (list, folded.words())
}

impl Folded {
    /// Where somebody's card stands, unless it is left out.
    fn group_of(&mut self, who: &Presence<'_>, stands: Standing) -> Option<usize> {
        let is_idle = who.cases() == Some(0) && who.handled() == 0;
        let place = |key: &str| GROUPS.iter().position(|group| group.0 == key);
        match who.state {
            AgentState::LoggedOut => self.signed_out += 1,
            AgentState::Unknown if who.is_state_told() => return place("unknown"),
            AgentState::Unknown if who.cases().is_none() => self.untold += 1,
            AgentState::Unknown if who.trust == Trust::Unknown => self.unsure += 1,
            AgentState::Unknown if is_idle => match stands {
                Standing::Known | Standing::Held => self.idle += 1,
                _ => self.unsure += 1,
            },
            AgentState::Unknown => return place(CASELESS.0),
            state => return place(state.name()),
        }
        None
    }

    fn words(&self) -> String {
        let parts = [
            (self.beyond, "more"),
            (self.idle, "without open cases"),
            (self.unsure, "unconfirmed"),
            (self.untold, "not reporting status"),
            (self.signed_out, "signed out"),
        ];
        let parts = parts.iter().filter(|(n, _)| 0 < *n);
        let parts = parts.map(|(n, words)| format!("{n} {words}"));
        parts.collect::<Vec<_>>().join(" · ")
    }
}

struct Card<'a> {
    who: Presence<'a>,
    id: String,
    name: String,
}

impl<'a> Card<'a> {
    fn new(scene: &Scene<'a>, who: Presence<'a>, id: String) -> Self {
        let named = scene.board.names.get(&id);
        let named = named.map(|name| PersonName::name(name));
        let name = named.as_ref().unwrap_or(&who.name);
        Self {
            name: scene.picture.site.show_name(name),
            who,
            id,
        }
    }

    fn order(&self) -> impl Ord + use<> {
        let since = self.who.since.map(jiff::Timestamp::as_millisecond);
        (
            since.unwrap_or(i64::MAX),
            ByName(self.name.clone()),
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
                clock(who, stands),
                Cell::Text(cases(who)),
                Cell::Text(about(scene, who)),
            ],
            key: self.id,
            shape: Shape {
                href: card_address(&scene.picture.site, who.id),
                ..Shape::default()
            },
            said: None,
        }
    }
}

fn clock(who: &Presence<'_>, stands: Standing) -> Cell {
    let Some(since) = who.since else {
        return standing(String::new());
    };
    match (stands, who.trust) {
        (Standing::Known | Standing::Unknown, _) => running(since),
        (Standing::Gone, _) => standing(format::UNKNOWN.to_owned()),
        (_, Trust::Lost(lost)) => {
            let held = crate::domain::moment::millis_between(since, lost.at);
            standing(format::duration(seconds(held)))
        }
        // When it stopped being true is not known, so neither is how long it had been.
        _ => standing(format::UNKNOWN.to_owned()),
    }
}

#[expect(clippy::cast_precision_loss, reason = "waits stay far below 2^52 ms")]
fn seconds(millis: i64) -> f64 {
    millis as f64 / 1000.0
}

fn cases(who: &Presence<'_>) -> String {
    match (who.is_accounted(), who.cases()) {
        (_, None | Some(0)) => String::new(),
        (true, Some(n)) => format::cases(n),
        (false, Some(n)) => format!("≥ {}", format::cases(n)),
    }
}

/// Why they are not ready, what they do on each medium, and where their cases are.
fn about(scene: &Scene<'_>, who: &Presence<'_>) -> String {
    let reason = who.reason().map(isolated);
    let media = who.media().iter().map(|(medium, state)| {
        let (glyph, _) = state_words(*state);
        format!("{glyph} {}", isolated(medium))
    });
    let places = who.case_queues().into_iter().map(|id| {
        let queue = scene.picture.queues.get(id);
        isolated(&queue.map_or_else(
            || id.external.to_string(),
            |queue| scene.queue_name(queue, &id.to_string()),
        ))
    });
    let parts = [
        reason.unwrap_or_default(),
        media.collect::<Vec<_>>().join("  "),
        places.collect::<Vec<_>>().join(", "),
    ];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}
