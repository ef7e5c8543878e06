//! Takes people out of the rows of imported files whose meaning only their vendor knows.

use std::collections::BTreeMap;

use wallboard_domain::SourceId;
use wallboard_store::{FileForgetter, ForgottenPerson};

use super::{
    sangoma,
    vergic::{self, ColumnMapping},
};

/// Takes a person out of files. `columns`: the mapping of each source that has one.
pub fn file_forgetter(
    person: &ForgottenPerson,
    columns: BTreeMap<SourceId, ColumnMapping>,
) -> FileForgetter {
    let person = person.clone();
    Box::new(move |source, file| {
        if sangoma::ExportKey::find_container(&file.key).is_some() {
            return Box::new(|_| None);
        }
        let unmapped = ColumnMapping::default();
        let mapping = columns.get(source).unwrap_or(&unmapped);
        let file = (&*file.dataset, &*file.notes);
        vergic::row_forgetter(file, mapping, (source, &person))
    })
}
