//! Figures over several queues as a tile.

use wallboard_live::{QueueSelection, Severity};

use super::{
    board_row::{BoardRow, QueueCells, RowCells, RowShape},
    custom_cells::{CustomCell, insert_custom},
    queue_list, queue_table,
    render_context::RenderContext,
    rendered_figure::RenderedFigure,
    slot_value::SlotValue,
    tile,
};

/// Figures over several queues.
pub(super) struct SumTile<'t, 'a> {
    pub(super) name: String,
    pub(super) selection: &'t QueueSelection<'a>,
    pub(super) figures: &'t [RenderedFigure],
    /// The queues that they exclude.
    pub(super) missing: String,
    pub(super) severity: Severity,
}

/// Builds the spare cell that shows all queues.
pub(super) fn all_queues_tile<'a>(
    context: &mut RenderContext<'a>,
    selection: &QueueSelection<'a>,
) -> BoardRow {
    let (figures, missing, severity) = queue_table::total_figures(context, selection);
    let sum = SumTile {
        name: context.texts.all_queues().to_owned(),
        selection,
        figures: &figures,
        missing,
        severity,
    };
    let mut row = sum.build_row(context);
    row.shape.is_all_queues = true;
    row
}

impl<'a> SumTile<'_, 'a> {
    /// Builds the row, without a key.
    pub(super) fn build_row(self, context: &mut RenderContext<'a>) -> BoardRow {
        let place = queue_list::tile_place(self.severity);
        let trend = context.joint_trend_cell(self.selection);
        let (custom, excluded) = context.custom_totals(self.selection);
        let missing = Some(self.missing).filter(|missing| !missing.is_empty());
        let missing: Vec<_> = missing.into_iter().chain(excluded).collect();
        let (texts, figures) = (context.texts, self.figures);
        let mut shapes = tile::figure_shapes(texts, figures, &vec![None; figures.len()]);
        insert_custom(&mut shapes, 1, &custom, CustomCell::shape);
        let mut cells =
            tile::figure_cells(texts, figures, |figure| tile::figure_note(texts, figure));
        insert_custom(&mut cells, 1, &custom, CustomCell::on_tile);
        let mut attributes = place.attributes();
        attributes.extend([
            ("name", tile::name_kind(&self.name).into()),
            ("width", tile::width_kind(texts, figures).into()),
        ]);
        BoardRow {
            key: String::new(),
            place,
            shape: RowShape {
                figures: shapes,
                has_trend: trend.is_some(),
                ..RowShape::default()
            },
            cells: RowCells::Queue(QueueCells {
                attributes: SlotValue::Attributes(attributes),
                name: SlotValue::Text(self.name),
                note: SlotValue::Text(missing.join(" · ")),
                figures: cells,
                causes: SlotValue::text(""),
                cause_clock: SlotValue::stopped_clock(""),
                tile: Some(tile::tile_cells(
                    texts,
                    self.severity,
                    figures,
                    String::new(),
                )),
                trend,
            }),
            reported_at: None,
        }
    }
}
