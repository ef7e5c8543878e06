//! A board in miniature, with the numbers that it shows now.

use std::{cell::OnceCell, collections::HashMap};

use jiff::Timestamp;

use wallboard_boards::{
    BoardDefinition, BoardLayout, BoardRow, BoardView, MAX_CARDS, RowCells, SlotValue, Widget,
    board_title, figure_text, severity_glyph, tile_columns,
};
use wallboard_domain::{Metric, Moment};
use wallboard_live::{AgentPresence, EvaluatedFigure, Evaluator, Freshness, Severity, Snapshot};
use wallboard_texts::Texts;

use crate::web::parts::{
    attention::QueueStatus,
    case_listing,
    clock::{RunningClock, UNKNOWN},
    links::{self, PageLink},
};

/// More tiles, rows or cards are too small to read.
const TILES_MAX: usize = 12;
const ROWS_MAX: usize = 9;
const CARDS_MAX: usize = 20;
/// Queues named in the summary.
const NAMES_MAX: usize = 3;
/// The counts of an agent board: the states in each, and what they are called.
const AGENT_COUNTS: [(&str, &[&str]); 5] = [
    ("available", &["available"]),
    ("talking", &["talking", "hold", "ringing"]),
    ("wrap_up", &["wrap_up", "busy"]),
    ("not_ready", &["not_ready"]),
    // All others.
    ("unknown", &[]),
];

pub(in crate::web) struct BoardCard {
    pub(in crate::web) id: String,
    pub(in crate::web) link: PageLink,
    /// "queues", "list", "agents"
    pub(in crate::web) layout: &'static str,
    pub(in crate::web) columns: usize,
    pub(in crate::web) cells: Vec<MiniatureCell>,
    /// "6 queues"
    pub(in crate::web) count: String,
    /// Queues that need attention, worst first: glyph and name.
    pub(in crate::web) urgent: Vec<(&'static str, String)>,
    /// "2 more", "1 out of date"
    pub(in crate::web) notes: Vec<String>,
    /// The paired screens that show it, for those who may see them.
    pub(in crate::web) screens: Vec<String>,
}

impl BoardCard {
    /// The words by which it is found.
    pub(in crate::web) fn find_text(&self) -> String {
        format!("{} {}", self.link.name, self.id)
    }

    /// Whether it shows agents by name.
    pub(in crate::web) fn names_people(&self) -> bool {
        let is_of_agents = self.layout == BoardLayout::Agents.into_str();
        is_of_agents && self.cells.iter().any(|cell| !cell.name.is_empty())
    }
}

/// A tile, a row or an agent's card.
#[derive(Default)]
pub(in crate::web) struct MiniatureCell {
    pub(in crate::web) name: String,
    pub(in crate::web) values: Vec<RunningClock>,
    pub(in crate::web) severity: &'static str,
    /// An agent's state.
    pub(in crate::web) state: &'static str,
    /// Recedes, because it has no number, or an unknown one or zero.
    pub(in crate::web) is_dim: bool,
}

/// The data that miniatures are made from.
#[derive(Debug)]
pub(in crate::web) struct Miniatures<'a> {
    texts: &'static Texts,
    snapshot: &'a Snapshot,
    statuses: &'a [QueueStatus],
    now: Moment,
    /// By ID, for all boards of queues.
    statuses_by_id: OnceCell<HashMap<&'a str, &'a QueueStatus>>,
    /// By ID, for all boards of agents.
    presences: OnceCell<HashMap<String, AgentPresence<'a>>>,
}

impl<'a> Miniatures<'a> {
    pub(in crate::web) fn new(
        texts: &'static Texts,
        snapshot: &'a Snapshot,
        statuses: &'a [QueueStatus],
        now: Moment,
    ) -> Self {
        Self {
            texts,
            snapshot,
            statuses,
            now,
            statuses_by_id: OnceCell::new(),
            presences: OnceCell::new(),
        }
    }

    pub(in crate::web) fn board_card(
        &self,
        board: &BoardDefinition,
        view: &BoardView,
    ) -> BoardCard {
        let card = BoardCard {
            id: board.id.clone(),
            link: links::board_link(&board.id, board_title(self.texts, board)),
            layout: board.layout.into_str(),
            columns: 1,
            cells: Vec::new(),
            count: String::new(),
            urgent: Vec::new(),
            notes: Vec::new(),
            screens: Vec::new(),
        };
        match board.layout {
            BoardLayout::Agents => self.agent_card(view, card),
            BoardLayout::Queues | BoardLayout::List => self.queue_card(board, view, card),
        }
    }

    fn queue_card(&self, board: &BoardDefinition, view: &BoardView, card: BoardCard) -> BoardCard {
        let rows = main_rows(view).iter();
        let rows = rows.filter(|row| !row.shape.is_all_queues);
        let queues = rows.clone().filter(|row| !row.shape.is_widget);
        let keys = queues.map(|row| &row.key);
        let omitted = view.omitted.iter().map(|omitted| &omitted.key);
        let by_id = self.statuses_by_id.get_or_init(|| {
            let statuses = self.statuses.iter();
            let by_id = statuses.map(|status| (status.id.as_str(), status));
            by_id.collect()
        });
        let shown = keys.chain(omitted);
        let shown = shown.filter_map(|key| by_id.get(key.as_str()));
        let shown: Vec<&QueueStatus> = shown.copied().collect();
        let metrics = board.metrics().take(match board.layout {
            BoardLayout::List => 2,
            _ => 1,
        });
        let metrics: Vec<_> = metrics.collect();
        let most = match board.layout {
            BoardLayout::List => ROWS_MAX,
            _ => TILES_MAX,
        };
        let cells = rows.filter_map(|row| match board.widget_of(row) {
            Some(widget) => self.shows(widget).then(|| self.widget_cell(row)),
            None => self.queue_cell(board, by_id.get(row.key.as_str())?, &metrics),
        });
        let left_out = (view.omitted.iter())
            .filter_map(|omitted| by_id.get(omitted.key.as_str()))
            .filter_map(|status| self.queue_cell(board, status, &metrics));
        let cells: Vec<_> = cells.chain(left_out).take(most).collect();
        let (urgent, notes) = summarize_queues(self.texts, board, &shown);
        BoardCard {
            columns: match board.layout {
                BoardLayout::List => 1,
                _ => tile_columns(cells.len(), board.columns).min(6),
            },
            cells,
            count: match shown.len() {
                0 => self.texts.no_queues_yet().to_owned(),
                n => self.texts.queue_count(n),
            },
            urgent,
            notes,
            ..card
        }
    }

    /// Whether a page may show a widget: it has only the visitor's queues.
    fn shows(&self, widget: &Widget) -> bool {
        let queue = widget.queue();
        let is_missing = queue.is_some_and(|id| !self.snapshot.queues.contains_key(id));
        let is_withheld = widget.is_of_site() && self.snapshot.is_narrowed;
        !is_missing && !is_withheld
    }

    fn widget_cell(&self, row: &BoardRow) -> MiniatureCell {
        let figure = match &row.cells {
            RowCells::Queue(cells) => cells.figures.first(),
            RowCells::Agent(_) => None,
        };
        let value = figure.map(|figure| {
            if let SlotValue::Clock {
                since: Some(since), ..
            } = figure.value
            {
                let start = Timestamp::from_millisecond(since).unwrap_or(self.now.wall);
                RunningClock::running_since(self.texts, start, Freshness::UpToDate, self.now)
            } else {
                let suffix = figure.note.as_text();
                RunningClock::stopped(format!("{}{suffix}", figure.value.as_text()))
            }
        });
        MiniatureCell {
            name: row.name().to_owned(),
            is_dim: value.as_ref().is_none_or(|value| value.text == UNKNOWN),
            values: value.into_iter().collect(),
            severity: row.severity().into_str(),
            state: "",
        }
    }

    fn queue_cell(
        &self,
        board: &BoardDefinition,
        status: &QueueStatus,
        metrics: &[Metric],
    ) -> Option<MiniatureCell> {
        let id = case_listing::parse_id(&status.id)?;
        let queue = self.snapshot.queues.get(&id)?;
        let mut evaluator = Evaluator::new(self.snapshot, self.now);
        let figures: Vec<_> = (metrics.iter())
            .map(|metric| evaluator.evaluate_metric(queue, *metric))
            .collect();
        let is_dim = figures.iter().all(EvaluatedFigure::is_nothing);
        // A closed queue's zeros say nothing, as on the board.
        let is_empty = is_dim && (self.snapshot.queue_hours(queue, self.now.wall)).is_closed;
        let shown = figures.iter().filter(|_| !is_empty);
        Some(MiniatureCell {
            name: displayed_name(board, status),
            values: shown
                .map(|figure| RunningClock::of_figure(self.texts, figure, self.now))
                .collect(),
            severity: status.severity.into_str(),
            state: "",
            is_dim,
        })
    }

    fn agent_card(&self, view: &BoardView, card: BoardCard) -> BoardCard {
        let by_id = self.presences.get_or_init(|| {
            let presences = self.snapshot.all_presences(self.now).into_iter();
            let by_id = presences.map(|presence| (presence.id.to_string(), presence));
            by_id.collect()
        });
        let rows = main_rows(view);
        let shown = rows.iter().filter_map(|row| by_id.get(&row.key));
        let shown: Vec<_> = shown.collect();
        // A full board omits agents, and only says how many.
        let is_full = MAX_CARDS <= rows.len();
        let count = |n: usize| match self.texts.count(n as u64) {
            count if is_full => figure_text::at_least(count),
            count => count,
        };
        let is_old = |presence: &AgentPresence<'_>| presence.freshness.is_out_of_date();
        let severity_if = |is_old| {
            if is_old {
                Severity::OutOfDate.into_str()
            } else {
                ""
            }
        };
        let count_severity = severity_if(shown.iter().any(|presence| is_old(presence)));
        let counts = AGENT_COUNTS.map(|(state, statuses)| {
            let is_counted = |presence: &&&AgentPresence<'_>| {
                let status = presence.status.into_str();
                if statuses.is_empty() {
                    !AGENT_COUNTS
                        .iter()
                        .any(|(_, known)| known.contains(&status))
                } else {
                    statuses.contains(&status)
                }
            };
            let counted = shown.iter().filter(is_counted).count();
            let text = if shown.is_empty() {
                UNKNOWN.to_owned()
            } else {
                count(counted)
            };
            MiniatureCell {
                values: vec![RunningClock::stopped(text)],
                severity: count_severity,
                state,
                is_dim: counted == 0,
                ..MiniatureCell::default()
            }
        });
        let people = shown.iter().take(CARDS_MAX).map(|presence| MiniatureCell {
            name: links::person_link(self.snapshot, presence).name,
            severity: severity_if(is_old(presence)),
            state: presence.status.into_str(),
            is_dim: true,
            ..MiniatureCell::default()
        });
        BoardCard {
            columns: AGENT_COUNTS.len(),
            cells: counts.into_iter().chain(people).collect(),
            count: match shown.len() {
                0 => self.texts.no_agents_yet().to_owned(),
                n if is_full => self.texts.agents_at_least(count(n)),
                n => self.texts.agents_counted(n),
            },
            ..card
        }
    }
}

/// The rows of queues or agents.
fn main_rows(view: &BoardView) -> &[BoardRow] {
    view.lists.last().map_or(&[], |list| &list.rows)
}

fn displayed_name(board: &BoardDefinition, status: &QueueStatus) -> String {
    let renamed = board.names.get(&status.id);
    renamed.unwrap_or(&status.link.name).clone()
}

/// The queues that need attention, and how many more or out-of-date ones there are.
fn summarize_queues(
    texts: &Texts,
    board: &BoardDefinition,
    shown: &[&QueueStatus],
) -> (Vec<(&'static str, String)>, Vec<String>) {
    let urgent = shown
        .iter()
        .filter(|status| status.severity.needs_attention());
    let mut urgent: Vec<_> = urgent.collect();
    urgent.sort_by_key(|status| std::cmp::Reverse(status.severity));
    let mut notes = Vec::new();
    if NAMES_MAX < urgent.len() {
        notes.push(texts.more_counted(urgent.len() - NAMES_MAX));
    }
    let stale = shown
        .iter()
        .filter(|status| status.severity == Severity::OutOfDate);
    match stale.count() {
        0 => {}
        n => notes.push(texts.more_out_of_date(n)),
    }
    let names = urgent.into_iter().take(NAMES_MAX);
    let names = names.map(|status| {
        (
            severity_glyph(status.severity),
            displayed_name(board, status),
        )
    });
    (names.collect(), notes)
}
