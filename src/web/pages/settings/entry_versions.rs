//! The versions of an entry.

use crate::{
    editing::Entry,
    web::{
        WebState,
        differences::{DifferenceWriter, EntryDifference},
        parts::clock::write_time,
    },
};
use wallboard_texts::Texts;

pub(in crate::web) struct VersionRow {
    /// From 0, the oldest.
    pub(in crate::web) number: usize,
    pub(in crate::web) by: String,
    pub(in crate::web) at: String,
    pub(in crate::web) is_current: bool,
    pub(in crate::web) is_deleted: bool,
    pub(in crate::web) difference: EntryDifference,
}

/// The newest first, each with what it changed.
pub(in crate::web) fn version_rows(
    texts: &Texts,
    web: &WebState,
    writer: &DifferenceWriter<'_>,
    entry: &Entry,
) -> Vec<VersionRow> {
    let rows = entry.versions.iter().enumerate().map(|(number, version)| {
        let previous = number.checked_sub(1).and_then(|at| entry.versions.get(at));
        VersionRow {
            number,
            by: version.by.clone(),
            at: write_time(texts, web, version.at),
            is_current: number + 1 == entry.versions.len(),
            is_deleted: version.toml.is_none(),
            difference: writer.compare(
                &entry.id,
                previous.and_then(|previous| previous.toml.as_deref()),
                version.toml.as_deref(),
            ),
        }
    });
    let mut rows: Vec<_> = rows.collect();
    rows.reverse();
    rows
}
