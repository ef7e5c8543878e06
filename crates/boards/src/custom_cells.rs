//! Custom figures among the metrics of a queue: columns of a list, and figures of a tile.

use std::sync::Arc;

use wallboard_domain::{CustomFigure, CustomFigureId, QueueId};
use wallboard_live::{EvaluatedCustomFigure, QueueSelection, Severity, ShownFreshness, Snapshot};
use wallboard_texts::{Texts, UNKNOWN};

use super::{
    board_definition::BoardDefinition,
    board_row::{FigureCells, FigureShape},
    custom_text::{severity_word, unit_of, write_expired, write_value},
    format,
    render_context::RenderContext,
    slot_value::{SlotValue, flag},
};

/// The characters of a unit and a label that a small tile has room for, after a number of six.
const SHORT_TEXT: usize = 18;
const SHORTEST_LABEL: usize = 8;

/// A custom figure that a board shows of each queue.
#[derive(Clone, Debug)]
pub(super) struct CustomColumn {
    /// Its place among all figures of the queue.
    pub(super) place: usize,
    pub(super) id: CustomFigureId,
    pub(super) label: String,
    pub(super) unit: String,
}

/// A custom figure of one queue, or of several.
#[derive(Clone, Debug)]
pub(super) struct CustomCell {
    pub(super) column: Arc<CustomColumn>,
    value: String,
    severity: Severity,
    note: CustomNote,
    /// No source reports it.
    pub(super) is_missing: bool,
    /// It excludes queues.
    is_partial: bool,
}

/// The text beside a value.
#[derive(Clone, Debug, Default)]
enum CustomNote {
    #[default]
    None,
    /// "From 14:27", of a value that is out of date.
    Age(String),
    /// The meaning of a color or a dash, for screen readers.
    Meaning(String),
}

impl CustomCell {
    pub(super) fn is_out_of_date(&self) -> bool {
        self.severity == Severity::OutOfDate
    }

    pub(super) fn shape(&self) -> FigureShape {
        let CustomColumn { label, unit, .. } = &*self.column;
        // A figure that is too wide for its tile would be cut as a whole.
        let room = SHORT_TEXT.saturating_sub(unit.chars().count());
        FigureShape {
            short_label: format::shorten_name(label, room.max(SHORTEST_LABEL)),
            label: label.clone(),
            ..FigureShape::default()
        }
    }

    /// The cells of a table, whose head has the unit.
    pub(super) fn in_table(&self) -> FigureCells {
        let (kind, note) = match &self.note {
            CustomNote::None => ("", String::new()),
            CustomNote::Age(age) => ("old", age.clone()),
            CustomNote::Meaning(meaning) => ("heard", meaning.clone()),
        };
        self.cells(kind, note, false)
    }

    /// The cells of a tile.
    pub(super) fn on_tile(&self) -> FigureCells {
        match &self.note {
            CustomNote::Age(age) => self.cells("old", age.clone(), true),
            _ => self.cells("", self.column.unit.clone(), false),
        }
    }

    fn cells(&self, note_kind: &'static str, note: String, recedes: bool) -> FigureCells {
        let severity: &str = self.severity.into_str();
        FigureCells {
            attributes: SlotValue::Attributes(vec![
                ("sev", severity.into()),
                ("miss", "".into()),
                ("zero", flag(recedes || self.value == UNKNOWN)),
                ("custom", note_kind.into()),
                ("partial", flag(self.is_partial)),
            ]),
            value: SlotValue::text(&self.value),
            note: SlotValue::Text(note),
            normal: None,
        }
    }
}

/// Puts what is made of custom figures at their places among what is made of metrics, of which the first ones stay.
pub(super) fn insert_custom<T>(
    of_metrics: &mut Vec<T>,
    first: usize,
    cells: &[CustomCell],
    make: impl Fn(&CustomCell) -> T,
) {
    for cell in cells {
        let place = cell.column.place.max(first).min(of_metrics.len());
        of_metrics.insert(place, make(cell));
    }
}

/// Returns the custom figures that a board shows of each queue.
pub(super) fn custom_columns(
    board: &BoardDefinition,
    snapshot: &Snapshot,
    texts: &Texts,
) -> Vec<Arc<CustomColumn>> {
    let columns = board.custom_figures().map(|(place, id)| {
        let figure = snapshot.site.find_figure(id);
        let label = figure.map_or(id.as_str(), |figure| figure.label.get(texts.language()));
        let unit = figure.map_or("", |figure| unit_of(texts, figure));
        Arc::new(CustomColumn {
            place,
            id: id.clone(),
            label: label.to_owned(),
            unit: unit.to_owned(),
        })
    });
    columns.collect()
}

impl<'a> RenderContext<'a> {
    /// Evaluates the custom figures of a queue or a group.
    pub(super) fn custom_cells(&mut self, queue: &QueueId) -> Vec<CustomCell> {
        let columns = self.custom.clone().into_iter();
        let cells = columns.map(|column| {
            let evaluated = self.find_queue_figure(&column.id).map(|figure| {
                let evaluated = self.evaluator.evaluate_custom(figure, Some(queue));
                (figure, evaluated)
            });
            self.custom_cell(column, evaluated)
        });
        cells.collect()
    }

    /// Evaluates them over several queues, and names those that they exclude: "excludes Support: Orders today, Revenue".
    pub(super) fn custom_totals(
        &mut self,
        selection: &QueueSelection<'a>,
    ) -> (Vec<CustomCell>, Vec<String>) {
        let texts = self.texts;
        let mut excluded: Vec<(String, Vec<String>)> = Vec::new();
        let columns = self.custom.clone().into_iter();
        let cells = columns.map(|column| {
            let mut is_partial = false;
            let evaluated = self.find_queue_figure(&column.id).map(|figure| {
                let queues = selection.queues.iter().map(|queue| &queue.id);
                let (total, without) = self.evaluator.evaluate_custom_total(figure, queues);
                let without = self.format_without(without.into_iter());
                is_partial = !without.is_empty();
                let label = column.label.clone();
                match excluded.iter_mut().find(|(names, _)| *names == without) {
                    Some((_, labels)) => labels.push(label),
                    None if is_partial => excluded.push((without, vec![label])),
                    None => {}
                }
                (figure, total)
            });
            CustomCell {
                is_partial,
                ..self.custom_cell(column, evaluated)
            }
        });
        let cells = cells.collect();
        let excluded = excluded.into_iter();
        let excluded = excluded.map(|(names, labels)| texts.excludes_for(names, labels.join(", ")));
        (cells, excluded.collect())
    }

    /// Finds a figure that queues have.
    fn find_queue_figure(&self, id: &CustomFigureId) -> Option<&'a CustomFigure> {
        let snapshot = self.snapshot;
        let figure = snapshot.site.find_figure(id);
        figure.filter(|figure| figure.is_per_queue)
    }

    fn custom_cell(
        &self,
        column: Arc<CustomColumn>,
        evaluated: Option<(&CustomFigure, EvaluatedCustomFigure)>,
    ) -> CustomCell {
        let Some((figure, evaluated)) = evaluated else {
            return CustomCell {
                column,
                value: UNKNOWN.to_owned(),
                severity: Severity::None,
                note: CustomNote::None,
                is_missing: true,
                is_partial: false,
            };
        };
        let texts = self.texts;
        let value = evaluated.shown_value();
        let note = match (evaluated.freshness, evaluated.at) {
            (ShownFreshness::OutOfDate, Some(at)) => {
                CustomNote::Age(texts.from_time(self.time_or_day(at)))
            }
            (ShownFreshness::Expired, at) => {
                let time = at.map(|at| self.time_or_day(at));
                CustomNote::Meaning(write_expired(texts, figure, &evaluated, time))
            }
            _ => match severity_word(texts, evaluated.severity) {
                "" => CustomNote::None,
                word => CustomNote::Meaning(word.to_owned()),
            },
        };
        CustomCell {
            column,
            value: value.map_or_else(
                || UNKNOWN.to_owned(),
                |value| write_value(texts, figure, value),
            ),
            severity: evaluated.severity,
            note,
            is_missing: evaluated.freshness == ShownFreshness::Unknown && value.is_none(),
            is_partial: false,
        }
    }
}

#[cfg(test)]
mod tests;
