//! Agents as cards, by group of states. Where sources report only cases, agents without one today
//! are collapsed into a count.

use wallboard_domain::{AgentStatus, NaturalOrder, PersonName, moment};
use wallboard_live::{AgentPresence, Freshness, Severity, ShownFreshness};
use wallboard_texts::{Texts, UNKNOWN};

use super::{
    address::card_path,
    agent_groups::{self, AgentGroups, AgentState, NO_OPEN_CASES, status_label},
    board_row::{AgentCells, BoardRow, RowCells, RowPlace, RowShape},
    board_view::{Kind, RowList},
    figure_text::at_least,
    format::isolate_name,
    render_context::RenderContext,
    row_limit,
    slot_value::{SlotValue, flag},
};

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

/// Builds the cards and a text that counts the omitted agents.
pub(super) fn build_cards(context: &mut RenderContext<'_>) -> (RowList, String) {
    let people = context.selected_people();
    let mut groups = AgentGroups::new(people.iter().map(|(presence, _)| presence));
    let mut cards = Vec::with_capacity(people.len());
    let mut omitted = OmittedAgents::default();
    for (presence, id) in people {
        let shown = context.evaluator.shown_freshness(presence.freshness, None);
        if let Some(state) = omitted.assign_state(&presence, shown) {
            let is_too_long = context.evaluator.time_over_limit(&presence).is_some();
            let card = AgentCard {
                name: context.agent_name(&presence, &id),
                group: groups.count_agent(state, shown, is_too_long),
                presence,
                id,
                state,
                shown,
                is_too_long,
            };
            cards.push(card);
        }
    }
    // Before a source has reported anyone, nobody was counted.
    if 0 < omitted.unknown || context.snapshot.agents.is_empty() {
        groups.note_unknown();
    }
    // Longest in a state first; agents without a clock last, by name.
    cards.sort_by_cached_key(AgentCard::sort_key);

    let mut positions = vec![0; groups.len()];
    let mut rows = Vec::with_capacity(cards.len().min(row_limit::MAX_CARDS));
    for card in cards {
        if rows.len() < row_limit::MAX_CARDS {
            let position = positions[card.group];
            positions[card.group] += 1;
            let group = groups.key(card.group);
            rows.push(card.into_row(context, group, position));
        } else {
            omitted.over_limit += 1;
        }
    }
    let list = RowList {
        id: "agents",
        kind: Kind::Cards,
        groups: groups.into_board_groups(context.texts),
        rows,
    };
    (list, omitted.format_counts(context.texts))
}

impl OmittedAgents {
    /// Returns the state on an agent's card, or counts the agent as omitted.
    fn assign_state(
        &mut self,
        presence: &AgentPresence<'_>,
        shown: ShownFreshness,
    ) -> Option<&'static AgentState> {
        let is_idle = presence.open_cases() == Some(0) && presence.handled_today() == 0;
        match presence.status {
            AgentStatus::LoggedOut => self.signed_out += 1,
            AgentStatus::Unknown if presence.has_reported_status() => {
                return agent_groups::find_state(AgentStatus::Unknown);
            }
            AgentStatus::Unknown if presence.open_cases().is_none() => self.unreported += 1,
            AgentStatus::Unknown if presence.freshness == Freshness::Unknown => self.unknown += 1,
            AgentStatus::Unknown if is_idle => match shown {
                ShownFreshness::UpToDate | ShownFreshness::Reconnecting => self.idle += 1,
                _ => self.unknown += 1,
            },
            AgentStatus::Unknown => return Some(&NO_OPEN_CASES),
            status => return agent_groups::find_state(status),
        }
        None
    }

    fn format_counts(&self, texts: &Texts) -> String {
        let parts = [
            (self.over_limit, texts.more_agents(self.over_limit)),
            (self.idle, texts.agents_without_cases(self.idle)),
            (self.unknown, texts.agents_unconfirmed(self.unknown)),
            (self.unreported, texts.agents_not_reporting(self.unreported)),
            (self.signed_out, texts.agents_signed_out(self.signed_out)),
        ];
        let parts = parts.into_iter().filter(|(count, _)| 0 < *count);
        let parts = parts.map(|(_, text)| text);
        parts.collect::<Vec<_>>().join(" · ")
    }
}

struct AgentCard<'a> {
    presence: AgentPresence<'a>,
    id: String,
    name: String,
    /// The index of its group.
    group: usize,
    state: &'static AgentState,
    shown: ShownFreshness,
    is_too_long: bool,
}

impl RenderContext<'_> {
    fn agent_name(&self, presence: &AgentPresence<'_>, id: &str) -> String {
        let renamed = self.board.names.get(id);
        let renamed = renamed.map(|name| PersonName::from_name(name));
        let name = renamed.as_ref().unwrap_or(&presence.name);
        name.shorten_for(self.agent_names())
    }
}

impl AgentCard<'_> {
    fn sort_key(&self) -> impl Ord + use<> {
        let since = self.presence.since.map(jiff::Timestamp::as_millisecond);
        (
            self.group,
            since.unwrap_or(i64::MAX),
            NaturalOrder(self.name.clone()),
            self.id.clone(),
        )
    }

    fn into_row(self, context: &RenderContext<'_>, group: &'static str, position: i64) -> BoardRow {
        let presence = &self.presence;
        let severity = match self.shown {
            ShownFreshness::OutOfDate | ShownFreshness::Expired => Severity::OutOfDate,
            _ => Severity::None,
        };
        let place = RowPlace {
            group,
            position,
            severity,
        };
        let mut attributes = place.attributes();
        attributes.extend([
            ("state", self.state.key.into()),
            ("long", flag(self.is_too_long)),
        ]);
        BoardRow {
            place,
            cells: RowCells::Agent(AgentCells {
                attributes: SlotValue::Attributes(attributes),
                clock: status_clock(context.texts, presence, self.shown),
                details: SlotValue::Text(format_details(context.texts, presence)),
                activity: SlotValue::Text(format_activity(context, presence, self.state)),
                mark: SlotValue::text(if self.is_too_long {
                    context.texts.too_long_mark()
                } else {
                    ""
                }),
                name: SlotValue::Text(self.name),
            }),
            key: self.id,
            shape: RowShape {
                href: card_path(&context.snapshot.site, context.agent_names(), presence.id),
                ..RowShape::default()
            },
            reported_at: None,
        }
    }
}

fn status_clock(texts: &Texts, presence: &AgentPresence<'_>, shown: ShownFreshness) -> SlotValue {
    let Some(since) = presence.since else {
        return SlotValue::stopped_clock("");
    };
    match (shown, presence.freshness) {
        (ShownFreshness::UpToDate | ShownFreshness::Unknown, _) => SlotValue::running_clock(since),
        (ShownFreshness::Expired, _) => SlotValue::stopped_clock(UNKNOWN),
        (_, Freshness::Disconnected(outage)) => {
            SlotValue::stopped_clock(texts.elapsed(moment::millis_between(since, outage.at)))
        }
        // The status may have ended at an unknown time, so its duration is unknown too.
        _ => SlotValue::stopped_clock(UNKNOWN),
    }
}

/// Formats what the state is about: "Returns", "Lunch", "On hold · Returns".
fn format_activity(
    context: &RenderContext<'_>,
    presence: &AgentPresence<'_>,
    state: &AgentState,
) -> String {
    let queues = presence.case_queues().into_iter().map(|id| {
        let queue = context.snapshot.queues.get(id);
        isolate_name(&queue.map_or_else(
            || id.external.to_string(),
            |queue| {
                context
                    .board
                    .queue_name(context.snapshot, queue, &id.to_string())
            },
        ))
    });
    let queues = queues.collect::<Vec<_>>().join(", ");
    let reason = presence.not_ready_reason().map(isolate_name);
    // A reason, or the queue of a conversation, says enough.
    let is_talking = presence.status == AgentStatus::Talking;
    let is_clear = reason.is_some() || is_talking && !queues.is_empty();
    let label = (!is_clear).then(|| state.label(context.texts).to_owned());
    let parts = [
        label.unwrap_or_default(),
        reason.unwrap_or_default(),
        queues,
    ];
    join_parts(&parts)
}

/// Formats the number of open cases, unless it is certainly one, and the status per medium.
fn format_details(texts: &Texts, presence: &AgentPresence<'_>) -> String {
    let cases = match (presence.is_reconciled(), presence.open_cases()) {
        (_, None | Some(0)) | (true, Some(1)) => String::new(),
        _ if presence.has_unmarked_old_cases() => String::new(),
        (true, Some(n)) => texts.cases(n),
        (false, Some(n)) => at_least(texts.cases(n)),
    };
    let media = presence.media_statuses().iter().map(|(medium, status)| {
        let (glyph, _) = status_label(texts, *status);
        format!("{glyph} {}", isolate_name(medium))
    });
    join_parts(&[cases, media.collect::<Vec<_>>().join("  ")])
}

fn join_parts(parts: &[String]) -> String {
    let parts: Vec<&str> = (parts.iter().map(String::as_str))
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        AttributeValue, BoardDefinition, BoardLayout, BoardView, GroupCells, board_render,
        fixture::{self, noon},
    };
    use wallboard_domain::{Baseline, Moment, Pattern, PatternThresholds, Patterns, SiteConfig};
    use wallboard_live::Snapshot;

    fn render_agents(snapshot: &Snapshot, now: Moment) -> BoardView {
        let board = BoardDefinition::new("b", "B", BoardLayout::Agents);
        board_render::render_view(&board, snapshot, &Baseline::default(), now)
    }

    /// Anna, in wrap-up for half a minute of the minute that is allowed.
    fn wrap_up_floor() -> Snapshot {
        let mut snapshot = fixture::empty_snapshot();
        let thresholds = PatternThresholds {
            time_in_state: vec![(AgentStatus::WrapUp, 60_000)],
            ..PatternThresholds::default()
        };
        snapshot.site = Arc::new(SiteConfig {
            thresholds: Patterns(vec![(Pattern("chat/*".into()), thresholds)]),
            ..SiteConfig::clone(&snapshot.site)
        });
        fixture::put_agent(&mut snapshot, "Anna", AgentStatus::WrapUp, 30, &["1"]);
        snapshot
    }

    fn cells(view: &BoardView) -> &AgentCells {
        match &view.lists[0].rows[0].cells {
            RowCells::Agent(cells) => cells,
            RowCells::Queue(cells) => panic!("{cells:?}"),
        }
    }

    /// Whether the card is marked, and the mark of its group.
    fn marks(view: &BoardView) -> (bool, String) {
        let list = &view.lists[0];
        let SlotValue::Attributes(attributes) = &cells(view).attributes else {
            panic!("a card has attributes");
        };
        let is_long = attributes.contains(&("long", AttributeValue::from("yes")));
        let group = list.groups.iter().find(|group| group.key == "wrap_up");
        match &group.unwrap().cells {
            GroupCells::Agents {
                too_long: SlotValue::Text(text),
                ..
            } => (is_long, text.clone()),
            cells => panic!("{cells:?}"),
        }
    }

    #[test]
    fn nobody_is_counted_before_a_source_has_reported_anyone() {
        let counts = |snapshot: &Snapshot| {
            let view = render_agents(snapshot, noon());
            let counts = view.lists[0].groups.iter().map(|group| match &group.cells {
                GroupCells::Agents { count, .. } => count.as_text().to_owned(),
                cells => panic!("{cells:?}"),
            });
            counts.collect::<Vec<_>>()
        };
        assert_eq!(counts(&fixture::empty_snapshot()), ["–", "–"]);
        assert_eq!(counts(&wrap_up_floor()), ["0", "0", "1", "0", "0"]);
    }

    #[test]
    fn too_long_in_a_status_is_marked_when_its_limit_is_reached() {
        let snapshot = wrap_up_floor();

        let view = render_agents(&snapshot, noon());

        assert_eq!(marks(&view), (false, String::new()));
        let limit_reached = noon().plus_millis(30_000);
        assert_eq!(view.next_change, Some(limit_reached));
        let view = render_agents(&snapshot, limit_reached);
        assert_eq!(marks(&view), (true, "1 too long".to_owned()));
        assert_eq!(cells(&view).mark, SlotValue::text("Too long:"));
    }

    #[test]
    fn nobody_is_too_long_in_an_outdated_status() {
        let mut snapshot = wrap_up_floor();
        fixture::disconnect_source(&mut snapshot, 0);

        let view = render_agents(&snapshot, noon().plus_millis(60_000));

        assert_eq!(marks(&view), (false, String::new()));
    }
}
