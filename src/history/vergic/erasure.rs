//! What is left of a row that was taken in when visitors were kept, where they are no longer.

use super::{
    ColumnMapping, column_mapping::HeaderLayout, file_notes::FileNotes, privacy, vergic_cell,
    vergic_cell::VergicCell,
};

/// Makes of a file's kept rows what would have been kept of them without visitors; `None`
/// where that is the same. `notes` are the ledger's of the file.
pub fn row_eraser(
    dataset: &str,
    notes: &str,
    mapping: &ColumnMapping,
) -> impl Fn(&str) -> Option<String> + Send + 'static {
    let headers = FileNotes::parse_json(notes).map_or_else(Vec::new, |notes| notes.headers);
    let places = mapping
        .columns_of(dataset)
        .map(|columns| HeaderLayout::locate(columns, &headers));
    let is_ours = |at| places.as_ref().is_some_and(|places| places.is_mapped(at));
    let mapped: Vec<bool> = (0..headers.len()).map(is_ours).collect();
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
