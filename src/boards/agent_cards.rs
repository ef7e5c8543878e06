//! Agents as cards, by status. Where sources report only cases, agents without one today are
//! collapsed into a count.

use crate::domain::{AgentStatus, NaturalOrder, PersonName, moment};
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

/// Groups on the board in fixed order: id, title, glyph. Signed-out agents are omitted.
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
/// Where sources report only cases, an agent without one may be free, on a break, or gone.
const NO_CASE: (&str, &str, &str) = ("caseless", "No open cases", "·");

/// Counts agents without a card, by reason.
#[derive(Debug, Default)]
struct OmittedAgents {
    /// More than the board's pages can show.
    over_limit: u64,
    signed_out: u64,
    idle: u64,
    unknown: u64,
    unreported: u64,
}

/// Returns the glyph and label of a status.
pub fn status_label(status: AgentStatus) -> (&'static str, &'static str) {
    let group = GROUPS.iter().find(|group| group.0 == status.into_str());
    group.map_or(("–", "Signed out"), |(_, word, glyph)| (*glyph, *word))
}

/// Returns the glyph and label of an agent's presence.
pub fn presence_label(presence: &AgentPresence<'_>) -> (&'static str, &'static str) {
    match (presence.status, presence.freshness) {
        (AgentStatus::Unknown, _) if presence.has_reported_status() => {
            status_label(AgentStatus::Unknown)
        }
        (AgentStatus::Unknown, Freshness::Unknown) => (NO_CASE.2, "Unconfirmed"),
        (AgentStatus::Unknown, _) if presence.open_cases().is_some() => (NO_CASE.2, NO_CASE.1),
        (status, _) => status_label(status),
    }
}

/// Builds the cards and a text that counts the omitted agents.
pub(super) fn build_cards(context: &mut RenderContext<'_>) -> (RowList, String) {
    let mut cards: Vec<(usize, AgentCard<'_>)> = Vec::new();
    let mut omitted = OmittedAgents::default();
    for (presence, id) in context.selected_people().collect::<Vec<_>>() {
        let shown = context.display_freshness(presence.freshness, None);
        if let Some(group) = omitted.assign_group(&presence, shown) {
            cards.push((group, AgentCard::new(context, presence, id)));
        }
    }
    // Longest in a status first; agents without a clock last, by name.
    cards.sort_unstable_by(|(a, x), (b, y)| (a, x.sort_key()).cmp(&(b, y.sort_key())));

    let mut counts = [0i64; GROUPS.len()];
    let mut rows = Vec::with_capacity(cards.len().min(row_limit::MAX_CARDS));
    for (group, card) in cards {
        let position = counts[group];
        counts[group] += 1;
        if rows.len() < row_limit::MAX_CARDS {
            rows.push(card.into_row(context, GROUPS[group].0, position));
        } else {
            omitted.over_limit += 1;
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
    (list, omitted.format_counts())
}

impl OmittedAgents {
    /// Returns the group of an agent's card, or counts the agent as omitted.
    fn assign_group(
        &mut self,
        presence: &AgentPresence<'_>,
        shown: DisplayFreshness,
    ) -> Option<usize> {
        let is_idle = presence.open_cases() == Some(0) && presence.handled_today() == 0;
        let index_of = |key: &str| GROUPS.iter().position(|group| group.0 == key);
        match presence.status {
            AgentStatus::LoggedOut => self.signed_out += 1,
            AgentStatus::Unknown if presence.has_reported_status() => return index_of("unknown"),
            AgentStatus::Unknown if presence.open_cases().is_none() => self.unreported += 1,
            AgentStatus::Unknown if presence.freshness == Freshness::Unknown => self.unknown += 1,
            AgentStatus::Unknown if is_idle => match shown {
                DisplayFreshness::UpToDate | DisplayFreshness::Reconnecting => self.idle += 1,
                _ => self.unknown += 1,
            },
            AgentStatus::Unknown => return index_of(NO_CASE.0),
            status => return index_of(status.into_str()),
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
    presence: AgentPresence<'a>,
    id: String,
    name: String,
}

impl<'a> AgentCard<'a> {
    fn new(context: &RenderContext<'a>, who: AgentPresence<'a>, id: String) -> Self {
        let renamed = context.board.names.get(&id);
        let renamed = renamed.map(|name| PersonName::from_name(name));
        let name = renamed.as_ref().unwrap_or(&who.name);
        Self {
            name: context.snapshot.site.format_name(name),
            presence: who,
            id,
        }
    }

    fn sort_key(&self) -> impl Ord + use<> {
        let since = self.presence.since.map(jiff::Timestamp::as_millisecond);
        (
            since.unwrap_or(i64::MAX),
            NaturalOrder(self.name.clone()),
            self.id.clone(),
        )
    }

    /// Builds the card's row: attributes, name, clock, cases and details.
    fn into_row(
        self,
        context: &mut RenderContext<'_>,
        group: &'static str,
        position: i64,
    ) -> BoardRow {
        let presence = &self.presence;
        let shown = context.display_freshness(presence.freshness, None);
        let severity = match shown {
            DisplayFreshness::OutOfDate | DisplayFreshness::Expired => Severity::OutOfDate,
            _ => Severity::None,
        };
        BoardRow {
            cells: vec![
                queue_list::row_attributes(severity, position, group),
                SlotValue::Text(self.name),
                status_clock(presence, shown),
                SlotValue::Text(format_cases(presence)),
                SlotValue::Text(format_details(context, presence)),
            ],
            key: self.id,
            shape: RowShape {
                href: card_path(&context.snapshot.site, presence.id),
                ..RowShape::default()
            },
            reported_at: None,
        }
    }
}

fn status_clock(presence: &AgentPresence<'_>, shown: DisplayFreshness) -> SlotValue {
    let Some(since) = presence.since else {
        return stopped_clock(String::new());
    };
    match (shown, presence.freshness) {
        (DisplayFreshness::UpToDate | DisplayFreshness::Unknown, _) => running_clock(since),
        (DisplayFreshness::Expired, _) => stopped_clock(format::UNKNOWN.to_owned()),
        (_, Freshness::Disconnected(outage)) => {
            stopped_clock(format::elapsed(moment::millis_between(since, outage.at)))
        }
        // The status may have ended at an unknown time, so its duration is unknown too.
        _ => stopped_clock(format::UNKNOWN.to_owned()),
    }
}

fn format_cases(presence: &AgentPresence<'_>) -> String {
    match (presence.is_reconciled(), presence.open_cases()) {
        (_, None | Some(0)) => String::new(),
        (true, Some(n)) => format::cases(n),
        (false, Some(n)) => format!("≥ {}", format::cases(n)),
    }
}

/// Formats the reason for not ready, the status per medium, and the queues of open cases.
fn format_details(context: &RenderContext<'_>, presence: &AgentPresence<'_>) -> String {
    let reason = presence.not_ready_reason().map(isolate_name);
    let media = presence.media_statuses().iter().map(|(medium, status)| {
        let (glyph, _) = status_label(*status);
        format!("{glyph} {}", isolate_name(medium))
    });
    let queues = presence.case_queues().into_iter().map(|id| {
        let queue = context.snapshot.queues.get(id);
        isolate_name(&queue.map_or_else(
            || id.external.to_string(),
            |queue| context.queue_name(queue, &id.to_string()),
        ))
    });
    let parts = [
        reason.unwrap_or_default(),
        media.collect::<Vec<_>>().join("  "),
        queues.collect::<Vec<_>>().join(", "),
    ];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}
