//! The states of agents, and how many agents of a board are in each group of states.

use wallboard_domain::AgentStatus;
use wallboard_live::{AgentPresence, Freshness, Severity, ShownFreshness};

use super::{
    board_view::BoardGroup,
    figure_text::at_least,
    format::UNKNOWN,
    head_cells::GroupCells,
    slot_value::{SlotValue, flag},
};

/// A state as boards and pages show it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct AgentState {
    /// The id of its status.
    pub(super) key: &'static str,
    pub(super) label: &'static str,
    glyph: &'static str,
    /// Its group on a board whose sources report statuses.
    group: &'static str,
    /// After a number, where the group has another title.
    counted: &'static str,
}

/// Where sources report only cases, an agent without one may be free, on a break, or gone.
pub(super) static NO_OPEN_CASES: AgentState = state(
    "caseless",
    "No open cases",
    "·",
    OTHER,
    "without open cases",
);
/// In the order of their groups, and within a group.
static STATES: [AgentState; 8] = [
    state("available", "Available", "○", "available", ""),
    state("ringing", "Ringing", "◎", "talking", "ringing"),
    state("talking", "In conversation", "●", "talking", ""),
    state("hold", "On hold", "◉", "talking", "on hold"),
    state("wrap_up", "Wrap-up", "◐", "wrap_up", ""),
    state("not_ready", "On break", "Ⅱ", "not_ready", ""),
    state("busy", "Busy", "■", OTHER, "busy"),
    state("unknown", "Unknown status", "?", OTHER, "unknown"),
];
const OTHER: &str = "other";
/// Groups by key, with their titles.
const GROUPS: [(&str, &str); 5] = [
    ("available", "Available"),
    ("talking", "In conversation"),
    ("wrap_up", "Wrap-up"),
    ("not_ready", "On break"),
    (OTHER, "Other"),
];
/// The groups where all sources report only cases: a count of available agents would be made up.
const CASE_GROUPS: [(&str, &str); 2] = [
    ("talking", "In conversation"),
    ("caseless", "No open cases"),
];

const fn state(
    key: &'static str,
    label: &'static str,
    glyph: &'static str,
    group: &'static str,
    counted: &'static str,
) -> AgentState {
    AgentState {
        key,
        label,
        glyph,
        group,
        counted,
    }
}

/// Returns the state of a status; none if signed out.
pub(super) fn find_state(status: AgentStatus) -> Option<&'static AgentState> {
    STATES.iter().find(|state| state.key == status.into_str())
}

/// Returns the glyph and label of a status.
pub fn status_label(status: AgentStatus) -> (&'static str, &'static str) {
    find_state(status).map_or(("–", "Signed out"), |state| (state.glyph, state.label))
}

/// Returns the glyph and label of an agent's presence.
pub fn presence_label(presence: &AgentPresence<'_>) -> (&'static str, &'static str) {
    match (presence.status, presence.freshness) {
        (AgentStatus::Unknown, _) if presence.has_reported_status() => {
            status_label(AgentStatus::Unknown)
        }
        (AgentStatus::Unknown, Freshness::Unknown) => (NO_OPEN_CASES.glyph, "Unconfirmed"),
        (AgentStatus::Unknown, _) if presence.open_cases().is_some() => {
            (NO_OPEN_CASES.glyph, NO_OPEN_CASES.label)
        }
        (status, _) => status_label(status),
    }
}

/// Counts the agents of a board by group.
#[derive(Debug)]
pub(super) struct AgentGroups {
    groups: Vec<GroupCount>,
    /// Whether some of them are no longer shown as last known.
    has_expired: bool,
    has_out_of_date: bool,
}

#[derive(Debug)]
struct GroupCount {
    key: &'static str,
    title: &'static str,
    agents: u64,
    /// Agents beyond the limit for their status.
    too_long: u64,
    /// Agents by what is counted in the group's note.
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
        let groups = groups.iter().map(|(key, title)| GroupCount {
            key,
            title,
            agents: 0,
            too_long: 0,
            counted: Vec::new(),
        });
        Self {
            groups: groups.collect(),
            has_expired: false,
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
        self.has_expired |= shown == ShownFreshness::Expired;
        if shown != ShownFreshness::Expired {
            let group = &mut self.groups[index];
            group.agents += 1;
            group.too_long += u64::from(is_too_long);
            if group.key != state.key && !state.counted.is_empty() {
                group.count_as(state.counted);
            }
        }
        index
    }

    pub(super) fn into_board_groups(self) -> Vec<BoardGroup> {
        let severity = if self.has_out_of_date {
            Severity::OutOfDate
        } else {
            Severity::None
        };
        let has_expired = self.has_expired;
        let groups = self.groups.into_iter().map(|mut group| {
            let in_order = |words| STATES.iter().position(|state| state.counted == words);
            (group.counted).sort_by_key(|(words, _)| in_order(*words).unwrap_or(STATES.len()));
            // The number of one kind is that of the group.
            let is_one_kind = matches!(&*group.counted, [(_, n)] if *n == group.agents);
            let counted = group.counted.into_iter();
            let counted: Vec<_> = counted
                .map(|(words, n)| {
                    if is_one_kind {
                        words.to_owned()
                    } else {
                        format!("{n} {words}")
                    }
                })
                .collect();
            let is_none = group.key == OTHER && group.agents == 0 && !has_expired;
            BoardGroup {
                key: group.key,
                title: group.title,
                cells: GroupCells::Agents {
                    attributes: SlotValue::Attributes(vec![
                        ("sev", severity.into_str().into()),
                        ("none", flag(is_none)),
                    ]),
                    count: SlotValue::Text(match (has_expired, group.agents) {
                        (false, agents) => agents.to_string(),
                        // Where the others are now is unknown.
                        (true, 0) => UNKNOWN.to_owned(),
                        (true, agents) => at_least(agents),
                    }),
                    too_long: SlotValue::Text(match group.too_long {
                        0 => String::new(),
                        agents => format!("{agents} too long"),
                    }),
                    counted: SlotValue::Text(counted.join(", ")),
                },
            }
        });
        groups.collect()
    }
}

impl GroupCount {
    fn count_as(&mut self, words: &'static str) {
        match self
            .counted
            .iter_mut()
            .find(|(counted, _)| *counted == words)
        {
            Some((_, n)) => *n += 1,
            None => self.counted.push((words, 1)),
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
