//! Erases visitors' data from rows that were imported while it was stored.

use super::{
    ColumnMapping, column_mapping::HeaderLayout, file_notes::FileNotes, privacy, vergic_cell,
    vergic_cell::VergicCell,
};

/// Returns a function that removes visitors' data from a file's stored rows; `None` if a row has
/// none. `notes` are the ledger's notes of the file.
pub fn row_eraser(
    dataset: &str,
    notes: &str,
    mapping: &ColumnMapping,
) -> impl Fn(&str) -> Option<String> + Send + 'static {
    let headers = FileNotes::parse_json(notes).map_or_else(Vec::new, |notes| notes.headers);
    let layout = mapping
        .columns_of(dataset)
        .map(|columns| HeaderLayout::locate(columns, &headers));
    let is_mapped = |index| {
        layout
            .as_ref()
            .is_some_and(|layout| layout.is_mapped(index))
    };
    let mapped: Vec<bool> = (0..headers.len()).map(is_mapped).collect();
    move |json| {
        let mut row = vergic_cell::from_json(json);
        let mut is_changed = false;
        for ((cell, header), is_mapped) in row.iter_mut().zip(&headers).zip(&mapped) {
            if !is_mapped && privacy::is_personal(header, cell) {
                *cell = VergicCell::Empty;
                is_changed = true;
            }
        }
        is_changed.then(|| vergic_cell::to_json(&row))
    }
}
