//! A board with a snapshot and a moment: everything that rendering reads.

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;

use wallboard_domain::{
    Announcement, Baseline, BoardStyle, Metric, Moment, MonotonicTime, NameVisibility, SourceId,
};
use wallboard_live::{EvaluatedFigure, Evaluator, Snapshot};
use wallboard_texts::Texts;

use super::{
    board_definition::{BoardDefinition, DEFAULT_METRICS},
    custom_cells::{CustomColumn, custom_columns},
    figure_text,
    queue_outlook::QueueOutlooks,
    rendered_figure::RenderedFigure,
    replay_period::ReplayPeriod,
    selection::BoardSelection,
    tile_owners::TileOwners,
};

/// A board with a snapshot and the time to render.
#[derive(Debug)]
pub(super) struct RenderContext<'a> {
    pub(super) board: &'a BoardDefinition,
    pub(super) snapshot: &'a Snapshot,
    pub(super) now: Moment,
    /// Knows when time alone will change the board.
    pub(super) evaluator: Evaluator<'a>,
    /// Only of a whole board.
    pub(super) selection: Arc<BoardSelection>,
    /// The metrics to show per queue.
    pub(super) metrics: Vec<Metric>,
    /// The custom figures to show per queue.
    pub(super) custom: Vec<Arc<CustomColumn>>,
    /// The sources that the board shows.
    pub(super) sources: BTreeSet<SourceId>,
    /// The day's gaps that all queues share, noted once below them.
    pub(super) day_note: String,
    /// The texts it is written in.
    pub(super) texts: &'static Texts,
    /// The screen's style, instead of the board's.
    pub(super) style: BoardStyle,
    /// The time of a replay, which is never live; `None` for the present.
    pub(super) replay: Option<ReplayPeriod>,
    /// Those of all boards; none in the past.
    pub(super) announcements: Arc<[Announcement]>,
    /// None in the past.
    pub(super) owners: Arc<TileOwners>,
    /// The forecasts; `None` in the past, which has none.
    pub(super) outlooks: Option<Arc<QueueOutlooks>>,
    /// Only of a whole board.
    pub(super) baseline: Option<&'a Baseline>,
}

impl<'a> RenderContext<'a> {
    pub(super) fn new(board: &'a BoardDefinition, snapshot: &'a Snapshot, now: Moment) -> Self {
        let texts = Texts::of(board.language.unwrap_or(snapshot.site.language));
        Self {
            board,
            snapshot,
            now,
            evaluator: Evaluator::new(snapshot, now),
            selection: Arc::default(),
            metrics: board.metrics().collect(),
            custom: custom_columns(board, snapshot, texts),
            sources: BTreeSet::new(),
            day_note: String::new(),
            texts,
            style: BoardStyle::default(),
            replay: None,
            announcements: Arc::default(),
            owners: Arc::default(),
            outlooks: Some(Arc::default()),
            baseline: None,
        }
    }

    /// The same for a whole board.
    pub(super) fn of_board(
        board: &'a BoardDefinition,
        snapshot: &'a Snapshot,
        now: Moment,
    ) -> Self {
        let selection = BoardSelection::find(board, snapshot, now);
        Self::new(board, snapshot, now).with_selection(selection.into())
    }

    /// The same with these queues and agents. By default, shows answered contacts instead of abandons if no
    /// queue can know them: a column of "–" would help nobody.
    pub(super) fn with_selection(self, selection: Arc<BoardSelection>) -> Self {
        let mut context = Self { selection, ..self };
        // Only this needs a look at each queue.
        if context.board.show == DEFAULT_METRICS && !context.knows_abandons() {
            let metrics = context.metrics.iter_mut();
            let abandons = metrics.filter(|metric| **metric == Metric::Abandoned);
            abandons.for_each(|metric| *metric = Metric::Answered);
        }
        context
    }

    /// Whether any of the board's queues can know how many abandoned.
    fn knows_abandons(&self) -> bool {
        let queues = self.selected_queues().into_iter();
        let mut queues = queues.flat_map(|queue| self.snapshot.group_members(queue));
        queues.any(|queue| match &queue.provided_metrics {
            Some(provided) => provided.contains(&Metric::Abandoned),
            None => queue.today.entries_known,
        })
    }

    /// Draws the board in a screen's style.
    pub(super) fn set_style(&mut self, style: BoardStyle) {
        if let Some(language) = style.language {
            self.texts = Texts::of(language);
            self.custom = custom_columns(self.board, self.snapshot, self.texts);
        }
        self.style = style;
    }

    /// How much of agents' names may be shown.
    pub(super) fn agent_names(&self) -> NameVisibility {
        let allowed = self.snapshot.site.agent_names;
        (self.style.agent_names).map_or(allowed, |chosen| chosen.max(allowed))
    }

    /// Writes a moment as a time, with the date unless it's today.
    pub(super) fn time_or_day(&self, at: Timestamp) -> String {
        let zone = &self.snapshot.site.zone;
        self.texts.time_or_day(at, self.now.wall, zone)
    }

    /// "Chat and Voice"; `None` without a name.
    pub(super) fn join_names(&self, names: impl IntoIterator<Item = String>) -> Option<String> {
        let names = names.into_iter();
        names.reduce(|first, second| self.texts.and_names(first, second))
    }

    pub(super) fn schedule_change(&mut self, at: MonotonicTime) {
        self.evaluator.schedule_change(at);
    }

    /// Writes a figure, and schedules when its text changes.
    pub(super) fn render_figure(&mut self, evaluated: EvaluatedFigure) -> RenderedFigure {
        let figure = &evaluated.figure;
        if let (None, Some(high)) = (figure.low, figure.high) {
            self.schedule_change(figure_text::next_bound(high, self.now.monotonic));
        }
        RenderedFigure::new(self.texts, evaluated)
    }
}

#[cfg(test)]
mod tests {
    use wallboard_domain::Pattern;

    use super::*;
    use crate::{
        BoardLayout,
        fixture::{self, noon},
    };

    #[test]
    fn answered_contacts_stand_in_for_abandons_that_none_of_the_boards_queues_can_know() {
        let mut snapshot = fixture::afternoon_snapshot();
        fixture::today_mut(&mut snapshot, "1").entries_known = true;
        let last_metric = |queues: &[&str]| {
            let board = BoardDefinition {
                queues: queues.iter().map(|id| Pattern((*id).to_owned())).collect(),
                ..BoardDefinition::new("b", "B", BoardLayout::List)
            };
            let context = RenderContext::of_board(&board, &snapshot, noon());
            *context.metrics.last().unwrap()
        };

        assert_eq!(last_metric(&["chat/1", "chat/2"]), Metric::Abandoned);
        assert_eq!(last_metric(&["chat/2"]), Metric::Answered);
        assert_eq!(last_metric(&[]), Metric::Abandoned);
    }
}
