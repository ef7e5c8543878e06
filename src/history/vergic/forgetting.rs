//! What is left of a row that was taken in when visitors were kept, where they are no longer.

use super::{Mapping, cells, cells::Cell, columns::Places, notes::Notes, privacy};

/// Makes of a file's kept rows what would have been kept of them without visitors; `None`
/// where that is the same. `notes` are the ledger's of the file.
pub fn forgetting(
    dataset: &str,
    notes: &str,
    mapping: &Mapping,
) -> impl Fn(&str) -> Option<String> + Send + 'static {
    let headers = Notes::read(notes).map_or_else(Vec::new, |notes| notes.headers);
    let places = mapping
        .of(dataset)
        .map(|columns| Places::find(columns, &headers));
    let is_ours = |at| places.as_ref().is_some_and(|places| places.has(at));
    let mapped: Vec<bool> = (0..headers.len()).map(is_ours).collect();
    move |json| {
        let mut row = cells::from_json(json);
        let mut is_changed = false;
        for ((cell, header), is_mapped) in row.iter_mut().zip(&headers).zip(&mapped) {
            if !is_mapped && privacy::is_personal(header, cell) {
                *cell = Cell::Nothing;
                is_changed = true;
            }
        }
        is_changed.then(|| cells::to_json(&row))
    }
}
