//! The end reasons of unanswered calls that neither the configuration nor their wording explains.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

use wallboard_domain::{EndReason, SourceId};
use wallboard_store::{StoreError, StoreView};

use super::{
    Container,
    file_catalog::{FileCatalog, FileFilter, StoredFiles},
    reference_data::is_same_label,
};

/// How far back from the newest file calls are counted, in seconds.
const COUNTED_SECONDS: i64 = 28 * 86_400;
/// End reasons that are reported; more are too many to read.
const END_REASONS_MAX: usize = 50;

/// Counts unanswered calls by end reason, over the last weeks of files; the most frequent first.
pub(super) fn load_unknown(
    view: &StoreView<'_>,
    source: &SourceId,
    known: &[(String, EndReason)],
) -> Result<Vec<(String, u64)>, StoreError> {
    let catalog = &FileCatalog::load(view, source)?;
    let Some((_, last)) = catalog.container_span("Queue_Call") else {
        return Ok(Vec::new());
    };
    let mut calls: HashMap<i64, u64> = HashMap::new();
    let recent = FileFilter::Within(last - COUNTED_SECONDS, i64::MAX);
    let table = &Container::declared("Queue_Call").table;
    let columns = ["queue_call_end_by_id", "time_connect", "time_leave"];
    for file in catalog.matching_files("Queue_Call", recent) {
        view.for_each_row_of_file(table, &columns, file.id, |row| {
            let is_unanswered = row.integer(1).is_none() && row.integer(2).is_some();
            if let Some(id) = row.integer(0).filter(|_| is_unanswered) {
                *calls.entry(id).or_default() += 1;
            }
        })?;
    }
    let is_known = |label: &str| {
        label.to_lowercase().contains("abandon")
            || known.iter().any(|(known, _)| is_same_label(known, label))
    };
    let mut labels: BTreeMap<String, u64> = BTreeMap::new();
    let columns = ["queue_call_end_by_id", "end_by"];
    let all = FileFilter::All;
    let files = StoredFiles { view, catalog };
    files.for_each_record("Queue_Call_End_By", &columns, all, |id, row| {
        if let (Some(count), Some(label)) = (calls.get(&id), row.text(1))
            && !is_known(label)
        {
            *labels.entry(label.to_owned()).or_default() += count;
        }
    })?;
    let mut labels: Vec<_> = labels.into_iter().collect();
    labels.sort_by_key(|(_, count)| Reverse(*count));
    labels.truncate(END_REASONS_MAX);
    Ok(labels)
}
