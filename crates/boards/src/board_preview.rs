//! A board that isn't saved yet: as screens would show it, and what the eye can't tell.

use wallboard_domain::{Metric, MetricValue, Moment};
use wallboard_live::{QueueSnapshot, ShownFreshness, Snapshot};
use wallboard_texts::UNKNOWN;

use super::{
    board_definition::{BoardDefinition, BoardLayout},
    board_row::{BoardRow, RowCells},
    board_slots::BoardSlots,
    board_view::{BoardView, Kind},
    custom_cells::CustomCell,
    format,
    render_context::RenderContext,
    row_limit,
    shown_figure::ShownFigure,
    tile_grid,
    widget::WidgetContent,
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
    /// Its figures that some of its queues have no data for.
    pub missing: Vec<MissingFigure>,
    /// Its widgets that have nothing to show.
    pub missing_widgets: Vec<MissingWidget>,
}

/// A figure of queues without data for some.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingFigure {
    pub figure: ShownFigure,
    /// The names of the queues.
    pub queues: Vec<String>,
    /// None of the board's queues has it.
    pub is_everywhere: bool,
}

/// A widget that shows "–".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingWidget {
    /// The heading of its tile.
    pub name: String,
    pub gap: WidgetGap,
}

/// Why a widget has nothing to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WidgetGap {
    /// There is no data for its metric.
    NoData(Metric),
    /// Nothing is known of its queue or group, or it's hidden.
    NoQueue,
    /// Its queue or group has no opening hours.
    NoHours,
    /// No source reports its custom figure.
    NoReport,
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
        let context = RenderContext::of_board(board, snapshot, now);
        let missing_widgets = (list.rows.iter())
            .filter_map(|row| context.find_missing_widget(row))
            .collect();
        let age = format::age_seconds(view.unmarked.age(snapshot, now.monotonic));
        let mut slots = BoardSlots::default();
        slots.apply_view(view);
        Self {
            html: slots.render_preview(build, age),
            rows,
            pages: rows.div_ceil(rows_per_page).max(1),
            missing: find_missing_figures(context),
            missing_widgets,
        }
    }
}

impl RenderContext<'_> {
    fn find_missing_widget(&self, row: &BoardRow) -> Option<MissingWidget> {
        let content = &self.board.widget_of(row)?.content;
        let RowCells::Queue(cells) = &row.cells else {
            return None;
        };
        let is_unknown = cells.figures.first()?.value.as_text() == UNKNOWN;
        let gap = match content {
            _ if !is_unknown => return None,
            WidgetContent::Figure { of: Some(of), .. }
            | WidgetContent::Countdown { of }
            | WidgetContent::Forecast { of }
                if self.find_queue(of).is_none() =>
            {
                WidgetGap::NoQueue
            }
            WidgetContent::Figure { metric, of } => {
                let queues = self.figure_selection(of.as_ref()).queues;
                let is_calm = queues.iter().all(|queue| is_empty(queue));
                if is_about_waiting(*metric) && is_calm {
                    return None;
                }
                WidgetGap::NoData(*metric)
            }
            WidgetContent::Custom { .. } => WidgetGap::NoReport,
            WidgetContent::Countdown { .. } => WidgetGap::NoHours,
            // A forecast's tile says why.
            WidgetContent::Forecast { .. }
            | WidgetContent::Text { .. }
            | WidgetContent::Clock { .. }
            | WidgetContent::Picture { .. } => return None,
        };
        let name = row.name().to_owned();
        Some(MissingWidget { name, gap })
    }
}

fn find_missing_figures(mut context: RenderContext<'_>) -> Vec<MissingFigure> {
    if context.board.layout == BoardLayout::Agents {
        return Vec::new();
    }
    let queues = context.selected_queues();
    let queues: Vec<_> = (queues.iter())
        .map(|queue| context.board_queue(queue))
        .collect();
    let of_metrics = context.metrics.iter().map(|metric| {
        let without = queues.iter().filter(|queue| {
            let mut figures = queue.figures.iter();
            let is_unknown = figures.any(|figure| {
                let is_unknown = figure.evaluated.freshness == ShownFreshness::Unknown;
                figure.metric() == *metric && is_unknown && !figure.evaluated.is_shown()
            });
            is_unknown && !(is_about_waiting(*metric) && is_empty(queue.queue))
        });
        let names: Vec<_> = without.map(|queue| queue.name.clone()).collect();
        (ShownFigure::Metric(*metric), names)
    });
    let of_custom = context.custom.iter().map(|column| {
        let is_missing = |cell: &CustomCell| cell.column.id == column.id && cell.is_missing;
        let without = queues.iter();
        let without = without.filter(|queue| queue.custom.iter().any(is_missing));
        let names: Vec<_> = without.map(|queue| queue.name.clone()).collect();
        (ShownFigure::Custom(column.id.clone()), names)
    });
    let missing = of_metrics
        .chain(of_custom)
        .map(|(figure, names)| MissingFigure {
            figure,
            is_everywhere: names.len() == queues.len(),
            queues: names,
        });
    missing.filter(|figure| !figure.queues.is_empty()).collect()
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
    use crate::{
        board_render::render_view,
        fixture::{self, QueueFixture},
        parse_widget,
    };
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
        board.show = [Metric::Waiting, Metric::AverageTalkTime]
            .map(ShownFigure::Metric)
            .into();
        let snapshot = fixture::afternoon_snapshot();
        let missing = preview(&board, &snapshot).missing;

        assert_eq!(missing.len(), 1, "{missing:?}");
        assert_eq!(missing[0].figure, Metric::AverageTalkTime);
        assert!(missing[0].is_everywhere);
        assert_eq!(missing[0].queues.len(), snapshot.queues.len());
    }

    #[test]
    fn widgets_without_data_are_named_with_the_reason() {
        let mut board = BoardDefinition::new("b", "B", BoardLayout::Queues);
        board.widgets = [
            r#"{ figure = "average_talk_time" }"#,
            r#"{ figure = "average_talk_time", of = "chat/1", name = "Talk" }"#,
            r#"{ figure = "answered" }"#,
            r#"{ figure = "waiting", of = "chat/gone" }"#,
            r#"{ custom = "orders", name = "Orders" }"#,
            r#"{ countdown = "chat/gone", name = "Closes" }"#,
            r#"{ countdown = "chat/1", name = "Opens" }"#,
            r#"{ clock = "UTC" }"#,
            r#"{ text = "–", name = "Dash" }"#,
        ]
        .map(|text| parse_widget(text).unwrap())
        .into();
        let missing = preview(&board, &fixture::afternoon_snapshot()).missing_widgets;

        let named: Vec<_> = (missing.iter())
            .map(|missing| (missing.name.as_str(), missing.gap))
            .collect();
        let no_talk = WidgetGap::NoData(Metric::AverageTalkTime);
        let expected = [
            ("Whole site", no_talk),
            ("Talk", no_talk),
            ("chat/gone", WidgetGap::NoQueue),
            ("Orders", WidgetGap::NoReport),
            ("Closes", WidgetGap::NoQueue),
            ("Opens", WidgetGap::NoHours),
        ];
        assert_eq!(named, expected);
    }

    #[test]
    fn longest_wait_of_nobody_is_no_gap() {
        let mut board = BoardDefinition::new("b", "B", BoardLayout::Queues);
        let widget = r#"{ figure = "longest_wait", of = "chat/1" }"#;
        board.widgets = vec![parse_widget(widget).unwrap()];
        let mut snapshot = fixture::empty_snapshot();
        let nobody = QueueFixture {
            waiting: 0,
            longest: None,
            available: 1,
        };
        fixture::put_queue(&mut snapshot, "1", "Sales", &nobody);

        assert_eq!(preview(&board, &snapshot).missing_widgets, []);
    }
}
