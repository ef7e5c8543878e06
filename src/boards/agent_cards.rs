//! Agents as cards, by state. Where only cases are told, those without one today are
//! folded away.

use crate::domain::{AgentStatus, NaturalOrder, PersonName};
use crate::live::{AgentPresence, Freshness};

use super::{
    address::card_path,
    board_slots::{AttributeValue, SlotValue},
    board_view::{BoardGroup, BoardRow, Kind, RowList, RowShape, running_clock, stopped_clock},
    format::{self, isolate_name},
    queue_list,
    render_context::{DisplayFreshness, RenderContext},
    row_limit,
    severity::Severity,
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
    NO_CASE,
];
/// Where only cases are told, who has none may be free, on a break, or gone.
const NO_CASE: (&str, &str, &str) = ("caseless", "No open cases", "·");

/// How many have no card, and why.
#[derive(Debug, Default)]
struct OmittedAgents {
    /// More than the board's pages can show.
    over_limit: u64,
    signed_out: u64,
    idle: u64,
    unknown: u64,
    unreported: u64,
}

/// Glyph and word of a state.
pub fn status_label(state: AgentStatus) -> (&'static str, &'static str) {
    let group = GROUPS.iter().find(|group| group.0 == state.name());
    group.map_or(("–", "Signed out"), |(_, word, glyph)| (*glyph, *word))
}

/// Glyph and word for what somebody does.
pub fn presence_label(who: &AgentPresence<'_>) -> (&'static str, &'static str) {
    match (who.status, who.freshness) {
        (AgentStatus::Unknown, _) if who.has_reported_status() => {
            status_label(AgentStatus::Unknown)
        }
        (AgentStatus::Unknown, Freshness::Unknown) => (NO_CASE.2, "Unconfirmed"),
        (AgentStatus::Unknown, _) if who.open_cases().is_some() => (NO_CASE.2, NO_CASE.1),
        (state, _) => status_label(state),
    }
}

/// The cards, and what was folded, in words.
pub(super) fn build_cards(scene: &mut RenderContext<'_>) -> (RowList, String) {
    let mut cards: Vec<(usize, AgentCard<'_>)> = Vec::new();
    let mut folded = OmittedAgents::default();
    for (who, id) in scene.selected_people().collect::<Vec<_>>() {
        let stands = scene.display_freshness(who.freshness, None);
        if let Some(group) = folded.assign_group(&who, stands) {
            cards.push((group, AgentCard::new(scene, who, id)));
        }
    }
    // The longest in a state first; who has no clock stands last, by name.
    cards.sort_unstable_by(|(a, x), (b, y)| (a, x.sort_key()).cmp(&(b, y.sort_key())));

    let mut counts = [0i64; GROUPS.len()];
    let mut rows = Vec::with_capacity(cards.len().min(row_limit::MAX_CARDS));
    for (group, card) in cards {
        let pos = counts[group];
        counts[group] += 1;
        if rows.len() < row_limit::MAX_CARDS {
            rows.push(card.into_row(scene, GROUPS[group].0, pos));
        } else {
            folded.over_limit += 1;
        }
    }
    let groups = GROUPS
        .iter()
        .zip(counts)
        .map(|((key, title, glyph), count)| BoardGroup {
            key,
            title,
            glyph,
            cells: vec![
                SlotValue::Attributes(vec![("count", AttributeValue::Number(count))]),
                SlotValue::Text(count.to_string()),
            ],
        });
    let list = RowList {
        id: "agents",
        kind: Kind::Cards,
        groups: groups.collect(),
        rows,
    };
    (list, folded.format_counts())
}

impl OmittedAgents {
    /// Where somebody's card stands, unless it is left out.
    fn assign_group(&mut self, who: &AgentPresence<'_>, stands: DisplayFreshness) -> Option<usize> {
        let is_idle = who.open_cases() == Some(0) && who.handled_today() == 0;
        let place = |key: &str| GROUPS.iter().position(|group| group.0 == key);
        match who.status {
            AgentStatus::LoggedOut => self.signed_out += 1,
            AgentStatus::Unknown if who.has_reported_status() => return place("unknown"),
            AgentStatus::Unknown if who.open_cases().is_none() => self.unreported += 1,
            AgentStatus::Unknown if who.freshness == Freshness::Unknown => self.unknown += 1,
            AgentStatus::Unknown if is_idle => match stands {
                DisplayFreshness::UpToDate | DisplayFreshness::Reconnecting => self.idle += 1,
                _ => self.unknown += 1,
            },
            AgentStatus::Unknown => return place(NO_CASE.0),
            state => return place(state.name()),
        }
        None
    }

    fn format_counts(&self) -> String {
        let parts = [
            (self.over_limit, "more"),
            (self.idle, "without open cases"),
            (self.unknown, "unconfirmed"),
            (self.unreported, "not reporting status"),
            (self.signed_out, "signed out"),
        ];
        let parts = parts.iter().filter(|(n, _)| 0 < *n);
        let parts = parts.map(|(n, words)| format!("{n} {words}"));
        parts.collect::<Vec<_>>().join(" · ")
    }
}

struct AgentCard<'a> {
    who: AgentPresence<'a>,
    id: String,
    name: String,
}

impl<'a> AgentCard<'a> {
    fn new(scene: &RenderContext<'a>, who: AgentPresence<'a>, id: String) -> Self {
        let named = scene.board.names.get(&id);
        let named = named.map(|name| PersonName::from_name(name));
        let name = named.as_ref().unwrap_or(&who.name);
        Self {
            name: scene.snapshot.site.format_name(name),
            who,
            id,
        }
    }

    fn sort_key(&self) -> impl Ord + use<> {
        let since = self.who.since.map(jiff::Timestamp::as_millisecond);
        (
            since.unwrap_or(i64::MAX),
            NaturalOrder(self.name.clone()),
            self.id.clone(),
        )
    }

    /// Attributes, name, clock, cases and where they are.
    fn into_row(self, scene: &mut RenderContext<'_>, group: &'static str, pos: i64) -> BoardRow {
        let who = &self.who;
        let stands = scene.display_freshness(who.freshness, None);
        let severity = match stands {
            DisplayFreshness::OutOfDate | DisplayFreshness::Expired => Severity::OutOfDate,
            _ => Severity::None,
        };
        BoardRow {
            cells: vec![
                queue_list::row_attributes(severity, pos, group),
                SlotValue::Text(self.name),
                status_clock(who, stands),
                SlotValue::Text(format_cases(who)),
                SlotValue::Text(format_details(scene, who)),
            ],
            key: self.id,
            shape: RowShape {
                href: card_path(&scene.snapshot.site, who.id),
                ..RowShape::default()
            },
            reported_at: None,
        }
    }
}

fn status_clock(who: &AgentPresence<'_>, stands: DisplayFreshness) -> SlotValue {
    let Some(since) = who.since else {
        return stopped_clock(String::new());
    };
    match (stands, who.freshness) {
        (DisplayFreshness::UpToDate | DisplayFreshness::Unknown, _) => running_clock(since),
        (DisplayFreshness::Expired, _) => stopped_clock(format::UNKNOWN.to_owned()),
        (_, Freshness::Disconnected(lost)) => {
            let held = crate::domain::moment::millis_between(since, lost.at);
            stopped_clock(format::duration(to_seconds(held)))
        }
        // When it stopped being true is not known, so neither is how long it had been.
        _ => stopped_clock(format::UNKNOWN.to_owned()),
    }
}

#[expect(clippy::cast_precision_loss, reason = "waits stay far below 2^52 ms")]
fn to_seconds(millis: i64) -> f64 {
    millis as f64 / 1000.0
}

fn format_cases(who: &AgentPresence<'_>) -> String {
    match (who.is_reconciled(), who.open_cases()) {
        (_, None | Some(0)) => String::new(),
        (true, Some(n)) => format::cases(n),
        (false, Some(n)) => format!("≥ {}", format::cases(n)),
    }
}

/// Why they are not ready, what they do on each medium, and where their cases are.
fn format_details(scene: &RenderContext<'_>, who: &AgentPresence<'_>) -> String {
    let reason = who.not_ready_reason().map(isolate_name);
    let media = who.media_statuses().iter().map(|(medium, state)| {
        let (glyph, _) = status_label(*state);
        format!("{glyph} {}", isolate_name(medium))
    });
    let places = who.case_queues().into_iter().map(|id| {
        let queue = scene.snapshot.queues.get(id);
        isolate_name(&queue.map_or_else(
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
