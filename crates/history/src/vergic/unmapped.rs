//! Unmapped headers of imported files, and their last values.

use std::collections::{BTreeMap, BTreeSet};

use crate::export_vendor::UnmappedColumn;
use wallboard_domain::{ImportColumn, SourceId};
use wallboard_store::{ImportedFile, StoreError, StoreView};

use wallboard_runtime::csv_text::{is_total_row, normalize_header};

use super::{
    column_mapping::{ColumnMapping, HeaderLayout},
    file_import::VERGIC_ROWS,
    file_notes::FileNotes,
    layout::{ExportPeriod, VergicFile},
    privacy,
    vergic_cell::{self, VergicCell},
};

/// Newest files of a dataset that are searched for last values: a day of hours.
const RECENT_FILES: usize = 24;

/// Returns datasets by name with their unmapped headers, each once, in the order of the newest
/// file. Leaves out headers that may hold visitors' numbers.
pub(super) fn unmapped_headers(
    mapping: &ColumnMapping,
    files: &[ImportedFile],
    root: &str,
) -> Vec<(String, Vec<String>)> {
    let datasets = newest_first(files, root).into_values();
    let unmapped = datasets.map(|files| {
        let dataset = files[0].0.dataset.clone();
        let headers = headers_of(mapping, &dataset, &files);
        (dataset, headers)
    });
    unmapped
        .filter(|(_, headers)| !headers.is_empty())
        .collect()
}

/// Returns every unmapped column of a source with its last value. Skips rows of queues and agents
/// for which `is_hidden` is true.
pub(super) fn unmapped_columns(
    view: &StoreView<'_>,
    source: &SourceId,
    mapping: &ColumnMapping,
    root: &str,
    is_hidden: &dyn Fn(ImportColumn, &str) -> bool,
) -> Result<Vec<UnmappedColumn>, StoreError> {
    let all = view.load_files(source)?;
    let mut columns = Vec::new();
    for files in newest_first(&all, root).into_values() {
        let dataset = &files[0].0.dataset;
        let mut found: Vec<UnmappedColumn> = headers_of(mapping, dataset, &files)
            .into_iter()
            .map(|header| UnmappedColumn {
                dataset: dataset.clone(),
                header,
                last: None,
                mapped: mapping.columns_of(dataset).unwrap_or_default().to_vec(),
            })
            .collect();
        for (export, file) in files.iter().take(RECENT_FILES) {
            if found.iter().all(|column| column.last.is_some()) {
                break;
            }
            read_last_values(view, mapping, is_hidden, export.period, file, &mut found)?;
        }
        columns.append(&mut found);
    }
    Ok(columns)
}

/// Groups files by dataset in lower case, the newest period first; of a repeated key, the newest
/// file first.
fn newest_first<'f>(
    files: &'f [ImportedFile],
    root: &str,
) -> BTreeMap<String, Vec<(VergicFile, &'f ImportedFile)>> {
    let mut datasets: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for file in files {
        if let Some(export) = VergicFile::parse_key(&file.key, root) {
            let dataset = datasets.entry(export.dataset.to_lowercase()).or_default();
            dataset.push((export, file));
        }
    }
    for files in datasets.values_mut() {
        files.sort_by_key(|(export, file)| std::cmp::Reverse((export.period, file.id)));
    }
    datasets
}

fn headers_of(
    mapping: &ColumnMapping,
    dataset: &str,
    files: &[(VergicFile, &ImportedFile)],
) -> Vec<String> {
    let mapped = mapping.columns_of(dataset).unwrap_or_default().iter();
    let mut known: BTreeSet<String> = mapped.map(|(_, header)| normalize_header(header)).collect();
    // A blank header names no column.
    known.insert(String::new());
    let mut notes: Vec<&str> = Vec::new();
    for (_, file) in files {
        // Thousands of files share a few lists of headers.
        if !notes.contains(&&*file.notes) {
            notes.push(&file.notes);
        }
    }
    let headers = notes.into_iter().filter_map(FileNotes::parse_json);
    let headers = headers.flat_map(|notes| notes.headers);
    headers
        .filter(|header| {
            !privacy::is_personal(header, &VergicCell::Number(0.0))
                && known.insert(normalize_header(header))
        })
        .collect()
}

/// Fills in last values from one file for columns that have none yet.
fn read_last_values(
    view: &StoreView<'_>,
    mapping: &ColumnMapping,
    is_hidden: &dyn Fn(ImportColumn, &str) -> bool,
    period: ExportPeriod,
    file: &ImportedFile,
    columns: &mut [UnmappedColumn],
) -> Result<(), StoreError> {
    let headers = FileNotes::parse_json(&file.notes).map_or_else(Vec::new, |notes| notes.headers);
    let mut wanted: Vec<(usize, &mut UnmappedColumn)> = columns
        .iter_mut()
        .filter(|column| column.last.is_none())
        .filter_map(|column| {
            let wanted = normalize_header(&column.header);
            let index = headers
                .iter()
                .position(|header| normalize_header(header) == wanted)?;
            Some((index, column))
        })
        .collect();
    let Some((_, first)) = wanted.first() else {
        return Ok(());
    };
    let layout = mapping.columns_of(&first.dataset);
    let layout = layout.map(|columns| HeaderLayout::locate(columns, &headers));
    // A total isn't a value.
    let is_skipped = |row: &[VergicCell<'_>]| match &layout {
        None => row.iter().any(|cell| is_total_row(&cell.to_text())),
        Some(layout) => match layout.read_row(row, period) {
            Err(_) => true,
            Ok(values) => [
                (ImportColumn::Queue, values.queue),
                (ImportColumn::Agent, values.agent),
            ]
            .into_iter()
            .any(|(column, name)| name.is_some_and(|name| is_hidden(column, &name))),
        },
    };
    view.for_each_row_of_file(&VERGIC_ROWS, &["cells"], file.id, |row| {
        let row = row.text(0).map(vergic_cell::from_json).unwrap_or_default();
        if is_skipped(&row) {
            return;
        }
        for (index, column) in &mut wanted {
            // The last row comes first.
            if column.last.is_none()
                && let Some(cell @ VergicCell::Number(value)) = row.get(*index)
                && !privacy::is_personal(&headers[*index], cell)
            {
                column.last = Some((*value, period.start));
            }
        }
    })
}
