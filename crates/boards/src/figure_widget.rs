//! A widget with a single figure, evaluated like every other: of a queue, a group or the whole site.

use std::mem;

use wallboard_domain::{Metric, QueueId};
use wallboard_live::{QueueSelection, QueueSnapshot, Severity};

use super::{
    board_queue::BoardQueue,
    board_row::{BoardRow, RowCells},
    figure_text,
    render_context::RenderContext,
    rendered_figure::RenderedFigure,
    slot_value::SlotValue,
    sum_tile::SumTile,
    tile,
    widget::Widget,
};

impl<'a> RenderContext<'a> {
    pub(super) fn figure_row(
        &mut self,
        name: Option<String>,
        metric: Metric,
        of: Option<&QueueId>,
    ) -> BoardRow {
        // A queue is evaluated with the figures of its tile.
        let metrics = mem::replace(&mut self.metrics, vec![metric]);
        let custom = mem::take(&mut self.custom);
        let queue = of.and_then(|id| self.find_queue(id));
        let mut row = match queue {
            Some(queue) => self.queue_figure_row(name, queue),
            None => self.sum_figure_row(name, metric, of),
        };
        (self.metrics, self.custom) = (metrics, custom);
        row.remove_trend();
        row
    }

    /// Returns the gaps of the first day's figure that has some.
    pub(super) fn widgets_day_note(&self) -> String {
        let figures = self.board.widgets.iter().filter_map(Widget::figure);
        let daily = figures.filter(|(metric, _)| metric.is_daily());
        let notes = daily.map(|(_, of)| {
            let selection = self.figure_selection(of);
            self.selection_day_note(&selection)
        });
        let mut notes = notes.filter(|note| !note.is_empty());
        notes.next().unwrap_or_default()
    }

    /// Selects what a figure is of: the whole site, or a queue or group, if something is known of it.
    pub(super) fn figure_selection(&self, of: Option<&QueueId>) -> QueueSelection<'a> {
        match of {
            None => self.snapshot.select_site(),
            Some(id) => self.snapshot.select_queues(self.find_queue(id)),
        }
    }

    /// Builds the tile of a queue or a group with nothing but one figure and what that means.
    fn queue_figure_row(&mut self, name: Option<String>, queue: &'a QueueSnapshot) -> BoardRow {
        let mut shown = self.board_queue(queue);
        shown.narrow_to_figure();
        shown.name = name.unwrap_or(shown.name);
        shown.figures = with_progress(shown.figures);
        let normals = vec![None; shown.figures.len()];
        let mut row = tile::tile_row(self, &shown, normals);
        self.write_progress(&mut row, &shown.figures);
        row
    }

    /// Builds the tile of the site's figure, or of a queue that nothing is known of.
    fn sum_figure_row(
        &mut self,
        name: Option<String>,
        metric: Metric,
        of: Option<&QueueId>,
    ) -> BoardRow {
        let usual_name = match of {
            None => self.texts.whole_site().to_owned(),
            Some(id) => self.queue_name_by_id(id),
        };
        let selection = self.figure_selection(of);
        let (figure, missing) = self.total_metric(&selection, metric);
        let severity = match figure.evaluated.severity {
            Severity::OutOfDate => Severity::OutOfDate,
            _ => Severity::None,
        };
        let figures = with_progress(vec![figure]);
        let sum = SumTile {
            name: name.unwrap_or(usual_name),
            selection: &selection,
            figures: &figures,
            missing: match of {
                None => missing,
                Some(_) => self.texts.no_data().to_owned(),
            },
            severity,
        };
        let mut row = sum.build_row(self);
        self.write_progress(&mut row, &figures);
        row
    }

    /// Writes the target instead of the service level once more, above its bar.
    fn write_progress(&self, row: &mut BoardRow, figures: &[RenderedFigure]) {
        let bar = figures.get(1).zip(row.shape.figures.get_mut(1));
        let RowCells::Queue(cells) = &mut row.cells else {
            return;
        };
        if let (Some((figure, shape)), Some(written)) = (bar, cells.figures.get_mut(1)) {
            let target = figure.evaluated.target.service_level_percent;
            shape.label.clear();
            shape.short_label.clear();
            written.value = SlotValue::Text(figure_text::write_target(self.texts, target));
            written.note = SlotValue::text("");
        }
    }
}

impl BoardRow {
    /// Leaves the room to the figure.
    fn remove_trend(&mut self) {
        self.shape.has_trend = false;
        if let RowCells::Queue(cells) = &mut self.cells {
            cells.trend = None;
        }
    }
}

impl BoardQueue<'_> {
    /// Keeps what is about its only figure: also severity, causes and owner.
    fn narrow_to_figure(&mut self) {
        let Some(figure) = self.figures.first() else {
            return;
        };
        let metric = figure.metric();
        let was_in_need = self.severity.needs_attention();
        self.severity = figure.evaluated.severity;
        self.causes.retain(|cause| cause.metric() == metric);
        let has_owner = if was_in_need {
            self.severity.needs_attention()
        } else {
            metric == Metric::ServiceLevel
        };
        if !has_owner {
            self.owner = None;
        }
        if metric.is_daily() {
            // The day's figure stays after closing; the note says that it's closed.
            self.closed = None;
        }
    }
}

/// Adds a service level once more, as the bar of the day with its target.
fn with_progress(mut figures: Vec<RenderedFigure>) -> Vec<RenderedFigure> {
    let level = figures.first().cloned();
    let level = level.filter(|figure| figure.metric() == Metric::ServiceLevel);
    let has_target =
        |figure: &RenderedFigure| figure.evaluated.target.service_level_percent.is_some();
    figures.extend(level.filter(has_target));
    figures
}
