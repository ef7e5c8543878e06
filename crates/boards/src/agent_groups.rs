//! The states of agents, and how many agents of a board are in each group of states.

use wallboard_domain::AgentStatus;
use wallboard_live::{AgentPresence, Freshness, Severity, ShownFreshness};
use wallboard_texts::{Texts, UNKNOWN};

use super::{
    board_view::BoardGroup,
    figure_text::at_least,
    head_cells::GroupCells,
    slot_value::{SlotValue, flag},
};

/// A state as boards and pages show it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct AgentState {
    /// The id of its status.
    pub(super) key: &'static str,
    glyph: &'static str,
    /// Its group on a board whose sources report statuses.
    group: &'static str,
}

const AVAILABLE: &str = "available";
const RINGING: &str = "ringing";
const TALKING: &str = "talking";
const HOLD: &str = "hold";
const WRAP_UP: &str = "wrap_up";
const NOT_READY: &str = "not_ready";
const BUSY: &str = "busy";
const UNKNOWN_STATUS: &str = "unknown";
const CASELESS: &str = "caseless";
const OTHER: &str = "other";

/// Where sources report only cases, an agent without one may be free, on a break, or gone.
pub(super) static NO_OPEN_CASES: AgentState = state(CASELESS, "·", OTHER);
/// In the order of their groups, and within a group.
static STATES: [AgentState; 8] = [
    state(AVAILABLE, "○", AVAILABLE),
    state(RINGING, "◎", TALKING),
    state(TALKING, "●", TALKING),
    state(HOLD, "◉", TALKING),
    state(WRAP_UP, "◐", WRAP_UP),
    state(NOT_READY, "Ⅱ", NOT_READY),
    state(BUSY, "■", OTHER),
    state(UNKNOWN_STATUS, "?", OTHER),
];
/// Groups by key.
const GROUPS: [&str; 5] = [AVAILABLE, TALKING, WRAP_UP, NOT_READY, OTHER];
/// The groups where all sources report only cases: a count of available agents would be made up.
const CASE_GROUPS: [&str; 2] = [TALKING, CASELESS];

const fn state(key: &'static str, glyph: &'static str, group: &'static str) -> AgentState {
    AgentState { key, glyph, group }
}

impl AgentState {
    pub(super) fn label<'t>(&self, texts: &'t Texts) -> &'t str {
        label(texts, self.key)
    }
}

/// Returns the label of a state, or of a group.
fn label<'t>(texts: &'t Texts, key: &str) -> &'t str {
    match key {
        AVAILABLE => texts.state_available(),
        RINGING => texts.state_ringing(),
        TALKING => texts.state_talking(),
        HOLD => texts.state_hold(),
        WRAP_UP => texts.state_wrap_up(),
        NOT_READY => texts.state_not_ready(),
        BUSY => texts.state_busy(),
        CASELESS => texts.state_caseless(),
        OTHER => texts.group_other(),
        _ => texts.state_unknown(),
    }
}

/// "1 ringing", or "ringing" where all of a group are.
fn format_part(texts: &Texts, key: &str, agents: u64, is_all: bool) -> String {
    let (counted, all): (fn(&Texts, u64) -> String, _) = match key {
        RINGING => (
            |texts, n| texts.counted_ringing(n),
            texts.counted_ringing_only(),
        ),
        HOLD => (|texts, n| texts.counted_hold(n), texts.counted_hold_only()),
        BUSY => (|texts, n| texts.counted_busy(n), texts.counted_busy_only()),
        CASELESS => (
            |texts, n| texts.counted_caseless(n),
            texts.counted_caseless_only(),
        ),
        _ => (
            |texts, n| texts.counted_unknown(n),
            texts.counted_unknown_only(),
        ),
    };
    if is_all {
        all.to_owned()
    } else {
        counted(texts, agents)
    }
}

/// Returns the state of a status; none if signed out.
pub(super) fn find_state(status: AgentStatus) -> Option<&'static AgentState> {
    STATES.iter().find(|state| state.key == status.into_str())
}

/// Returns the glyph and label of a status.
pub fn status_label(texts: &Texts, status: AgentStatus) -> (&'static str, &str) {
    find_state(status).map_or((UNKNOWN, texts.state_signed_out()), |state| {
        (state.glyph, state.label(texts))
    })
}

/// Returns the glyph and label of an agent's presence.
pub fn presence_label<'t>(
    texts: &'t Texts,
    presence: &AgentPresence<'_>,
) -> (&'static str, &'t str) {
    match (presence.status, presence.freshness) {
        (AgentStatus::Unknown, _) if presence.has_reported_status() => {
            status_label(texts, AgentStatus::Unknown)
        }
        (AgentStatus::Unknown, Freshness::Unknown) => {
            (NO_OPEN_CASES.glyph, texts.state_unconfirmed())
        }
        (AgentStatus::Unknown, _) if presence.open_cases().is_some() => {
            (NO_OPEN_CASES.glyph, NO_OPEN_CASES.label(texts))
        }
        (status, _) => status_label(texts, status),
    }
}

/// Counts the agents of a board by group.
#[derive(Debug)]
pub(super) struct AgentGroups {
    groups: Vec<GroupCount>,
    /// Whether the state of some agents is unknown now.
    has_unknown: bool,
    has_out_of_date: bool,
}

#[derive(Debug)]
struct GroupCount {
    key: &'static str,
    agents: u64,
    /// Agents beyond the limit for their status.
    too_long: u64,
    /// Agents by the key of a state that the group's note counts.
    counted: Vec<(&'static str, u64)>,
}

impl AgentGroups {
    /// The groups that the sources of these agents can tell apart.
    pub(super) fn new<'p, 'a: 'p>(presences: impl Iterator<Item = &'p AgentPresence<'a>>) -> Self {
        let mut presences = presences;
        let reports_status = presences.any(|presence| {
            presence.has_reported_status()
                || !matches!(presence.status, AgentStatus::Talking | AgentStatus::Unknown)
        });
        let groups: &[_] = if reports_status {
            &GROUPS
        } else {
            &CASE_GROUPS
        };
        let groups = groups.iter().map(|key| GroupCount {
            key,
            agents: 0,
            too_long: 0,
            counted: Vec::new(),
        });
        Self {
            groups: groups.collect(),
            has_unknown: false,
            has_out_of_date: false,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.groups.len()
    }

    pub(super) fn key(&self, group: usize) -> &'static str {
        self.groups[group].key
    }

    /// Counts an agent and returns its group's index.
    pub(super) fn count_agent(
        &mut self,
        state: &AgentState,
        shown: ShownFreshness,
        is_too_long: bool,
    ) -> usize {
        let index_of = |key| self.groups.iter().position(|group| group.key == key);
        let index = index_of(state.key).or_else(|| index_of(state.group));
        let index = index.unwrap_or(self.groups.len() - 1);
        self.has_out_of_date |= shown.is_out_of_date();
        self.has_unknown |= shown == ShownFreshness::Expired;
        if shown != ShownFreshness::Expired {
            let group = &mut self.groups[index];
            group.agents += 1;
            group.too_long += u64::from(is_too_long);
            if group.key != state.key {
                group.count_state(state.key);
            }
        }
        index
    }

    /// Notes that some agents are in no group because their state is unknown: counts are lower bounds.
    pub(super) fn note_unknown(&mut self) {
        self.has_unknown = true;
    }

    pub(super) fn into_board_groups(self, texts: &'static Texts) -> Vec<BoardGroup> {
        let severity = if self.has_out_of_date {
            Severity::OutOfDate
        } else {
            Severity::None
        };
        let has_unknown = self.has_unknown;
        let groups = self.groups.into_iter().map(|mut group| {
            let in_order = |key| STATES.iter().position(|state| state.key == key);
            (group.counted).sort_by_key(|(key, _)| in_order(*key).unwrap_or(STATES.len()));
            // The number of one kind is that of the group.
            let is_one_kind = matches!(&*group.counted, [(_, n)] if *n == group.agents);
            let counted = group.counted.into_iter();
            let counted: Vec<_> = counted
                .map(|(key, n)| format_part(texts, key, n, is_one_kind))
                .collect();
            let is_none = group.key == OTHER && group.agents == 0 && !has_unknown;
            BoardGroup {
                key: group.key,
                title: label(texts, group.key),
                cells: GroupCells::Agents {
                    attributes: SlotValue::Attributes(vec![
                        ("sev", severity.into_str().into()),
                        ("none", flag(is_none)),
                    ]),
                    count: SlotValue::Text(match (has_unknown, group.agents) {
                        (false, agents) => agents.to_string(),
                        // Where the others are now is unknown.
                        (true, 0) => UNKNOWN.to_owned(),
                        (true, agents) => at_least(agents),
                    }),
                    too_long: SlotValue::Text(match group.too_long {
                        0 => String::new(),
                        agents => texts.too_long(agents),
                    }),
                    counted: SlotValue::Text(counted.join(", ")),
                },
            }
        });
        groups.collect()
    }
}

impl GroupCount {
    fn count_state(&mut self, key: &'static str) {
        match self.counted.iter_mut().find(|(known, _)| *known == key) {
            Some((_, n)) => *n += 1,
            None => self.counted.push((key, 1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        BoardDefinition, BoardLayout, board_render,
        fixture::{self, noon},
    };
    use wallboard_domain::{Baseline, Moment};
    use wallboard_live::Snapshot;

    /// Key, count and last note of each group.
    fn groups(snapshot: &Snapshot, now: Moment) -> Vec<(&'static str, String, String)> {
        let board = BoardDefinition::new("b", "B", BoardLayout::Agents);
        let view = board_render::render_view(&board, snapshot, &Baseline::default(), now);
        let groups = view.lists.into_iter().next().unwrap().groups.into_iter();
        let groups = groups.map(|group| match group.cells {
            GroupCells::Agents {
                count: SlotValue::Text(count),
                counted: SlotValue::Text(note),
                ..
            } => (group.key, count, note),
            cells => panic!("{cells:?}"),
        });
        groups.collect()
    }

    fn group(key: &'static str, count: &str, note: &str) -> (&'static str, String, String) {
        (key, count.to_owned(), note.to_owned())
    }

    fn busy_floor() -> Snapshot {
        let mut snapshot = fixture::empty_snapshot();
        for (name, status) in [
            ("Anna", AgentStatus::Available),
            ("Björn", AgentStatus::Talking),
            ("Chidi", AgentStatus::Ringing),
            ("Dana", AgentStatus::Hold),
            ("Émile", AgentStatus::NotReady),
            ("Fatima", AgentStatus::Busy),
            ("Grace", AgentStatus::LoggedOut),
            ("Hedy", AgentStatus::LoggedOut),
        ] {
            fixture::put_agent(&mut snapshot, name, status, 30, &["1"]);
        }
        snapshot
    }

    #[test]
    fn five_counts_say_what_they_include() {
        let expected = [
            group("available", "1", ""),
            group("talking", "3", "1 ringing, 1 on hold"),
            group("wrap_up", "0", ""),
            group("not_ready", "1", ""),
            group("other", "1", "busy"),
        ];

        assert_eq!(groups(&busy_floor(), noon()), expected);
    }

    #[test]
    fn sources_that_report_only_cases_have_no_count_of_available_agents() {
        let expected = [group("talking", "4", ""), group("caseless", "1", "")];

        assert_eq!(groups(&fixture::afternoon_snapshot(), noon()), expected);
    }

    #[test]
    fn counts_are_lower_bounds_while_some_agents_are_unconfirmed() {
        let mut snapshot = fixture::afternoon_snapshot();
        fixture::put_agent(&mut snapshot, "Kim Ek", AgentStatus::Unknown, 5, &["1"]);
        for agent in snapshot.agents.values_mut() {
            agent.is_reconciled &= agent.name.as_deref() != Some("Kim Ek");
        }

        let expected = [
            group("talking", &at_least(4), ""),
            group("caseless", &at_least(1), ""),
        ];
        assert_eq!(groups(&snapshot, noon()), expected);
    }

    #[test]
    fn counts_are_lower_bounds_once_some_agents_are_unknown() {
        let mut snapshot = busy_floor();
        fixture::put_agent(&mut snapshot, "Ida", AgentStatus::Available, 30, &["1"]);
        fixture::disconnect_source(&mut snapshot, 0);
        let counts = |after| {
            let groups = groups(&snapshot, noon().plus_millis(after));
            groups.into_iter().map(|group| group.1).collect::<Vec<_>>()
        };

        assert_eq!(counts(60_000), ["2", "3", "0", "1", "1"]);
        assert_eq!(counts(400_000), ["–"; 5]);
    }
}
