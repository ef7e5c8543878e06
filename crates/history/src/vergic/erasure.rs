//! Erases visitors' data from rows that were imported while it was stored.

use wallboard_store::RowRewriter;

use super::{
    ColumnMapping, column_mapping::HeaderLayout, file_notes::FileNotes, privacy, vergic_cell,
};

/// Returns a function that removes visitors' data from a file's stored rows; `None` if a row has
/// none. `notes` are the ledger's notes of the file.
pub(super) fn row_eraser(dataset: &str, notes: &str, mapping: &ColumnMapping) -> RowRewriter {
    let headers = FileNotes::parse_json(notes).map_or_else(Vec::new, |notes| notes.headers);
    let layout = mapping
        .columns_of(dataset)
        .map(|columns| HeaderLayout::locate(columns, &headers));
    Box::new(move |json| {
        let mut row = vergic_cell::from_json(json);
        let is_changed = privacy::clear_personal(&mut row, &headers, layout.as_ref());
        is_changed.then(|| vergic_cell::to_json(&row))
    })
}
