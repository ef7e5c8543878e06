//! A board that isn't saved yet: as screens would show it, and what the eye can't tell.

use wallboard_domain::{Metric, MetricValue, Moment};
use wallboard_live::{QueueSnapshot, ShownFreshness, Snapshot};

use super::{
    board_definition::{BoardDefinition, BoardLayout},
    board_slots::BoardSlots,
    board_view::{BoardView, Kind},
    render_context::RenderContext,
    row_limit, tile_grid,
};

/// A board as screens would show it.
#[derive(Clone, Debug)]
pub struct BoardPreview {
    /// A whole page, without a connection.
    pub html: String,
    /// Queues or people on it.
    pub rows: usize,
    /// The fewest pages that they need.
    pub pages: usize,
    /// Its metrics that some of its queues have no data for.
    pub missing: Vec<MissingMetric>,
}

/// A metric without data for queues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingMetric {
    pub metric: Metric,
    /// The names of the queues.
    pub queues: Vec<String>,
    /// None of the board's queues has it.
    pub is_everywhere: bool,
}

impl BoardPreview {
    /// `build` is that of the assets.
    pub(super) fn new(
        view: BoardView,
        board: &BoardDefinition,
        snapshot: &Snapshot,
        now: Moment,
        build: &str,
    ) -> Self {
        let list = &view.lists[0];
        let rows = list.rows.len();
        let rows_per_page = match list.kind {
            Kind::Cards => row_limit::CARDS_PER_PAGE,
            Kind::Table(_) => row_limit::ROWS_PER_PAGE,
            Kind::Tiles => tile_grid::TILES_PER_PAGE,
        };
        let mut slots = BoardSlots::default();
        slots.apply_view(view);
        Self {
            html: slots.render_preview(build),
            rows,
            pages: rows.div_ceil(rows_per_page).max(1),
            missing: find_missing_metrics(board, snapshot, now),
        }
    }
}

fn find_missing_metrics(
    board: &BoardDefinition,
    snapshot: &Snapshot,
    now: Moment,
) -> Vec<MissingMetric> {
    if board.layout == BoardLayout::Agents {
        return Vec::new();
    }
    let mut context = RenderContext::of_board(board, snapshot, now);
    let queues = context.selected_queues();
    let queues: Vec<_> = (queues.iter())
        .map(|queue| context.board_queue(queue))
        .collect();
    let missing = context.metrics.iter().map(|metric| {
        let without = queues.iter().filter(|queue| {
            let mut figures = queue.figures.iter();
            let is_unknown = figures.any(|figure| {
                let is_unknown = figure.evaluated.freshness == ShownFreshness::Unknown;
                figure.metric() == *metric && is_unknown && !figure.evaluated.is_shown()
            });
            is_unknown && !(is_about_waiting(*metric) && is_empty(queue.queue))
        });
        let names: Vec<_> = without.map(|queue| queue.name.clone()).collect();
        MissingMetric {
            metric: *metric,
            is_everywhere: names.len() == queues.len(),
            queues: names,
        }
    });
    missing.filter(|metric| !metric.queues.is_empty()).collect()
}

/// Whether the metric has no value while nobody waits.
fn is_about_waiting(metric: Metric) -> bool {
    matches!(metric, Metric::LongestWait | Metric::AverageWait)
}

fn is_empty(queue: &QueueSnapshot) -> bool {
    let waiting = queue.readings.get(Metric::Waiting);
    waiting.is_some_and(|waiting| waiting.value == Some(MetricValue::Count(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{board_render::render_view, fixture};
    use wallboard_domain::Baseline;

    fn preview(board: &BoardDefinition, snapshot: &Snapshot) -> BoardPreview {
        let now = fixture::noon();
        let view = render_view(board, snapshot, &Baseline::default(), now);
        BoardPreview::new(view, board, snapshot, now, "b7")
    }

    #[test]
    fn preview_is_the_board_without_a_connection() {
        let board = BoardDefinition::new("b", "Sales & <more>", BoardLayout::Queues);
        let preview = preview(&board, &fixture::afternoon_snapshot());

        assert!(preview.html.contains("Sales &#38; &#60;more&#62;"));
        assert!(preview.html.contains("id=\"board\""));
        assert!(!preview.html.contains("data-live"), "{}", preview.html);
        assert!(!preview.html.contains("board.js"), "{}", preview.html);
        assert_eq!(preview.pages, 1);
        assert_eq!(preview.rows, fixture::afternoon_snapshot().queues.len());
    }

    #[test]
    fn metrics_without_data_are_named_with_their_queues() {
        let mut board = BoardDefinition::new("b", "B", BoardLayout::Queues);
        board.show = vec![Metric::Waiting, Metric::AverageTalkTime];
        let snapshot = fixture::afternoon_snapshot();
        let missing = preview(&board, &snapshot).missing;

        assert_eq!(missing.len(), 1, "{missing:?}");
        assert_eq!(missing[0].metric, Metric::AverageTalkTime);
        assert!(missing[0].is_everywhere);
        assert_eq!(missing[0].queues.len(), snapshot.queues.len());
    }
}
