//! Headers of files that the configuration maps to nothing, and their last values.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    domain::{Column, SourceId},
    store::{StoreError, TakenFile, View},
};

use super::{
    cells::{self, Cell},
    columns::{self, Mapping, Places, plain},
    layout::{Export, Period},
    notes::Notes,
    privacy,
    taking::ROWS,
};

/// Newest files of a dataset in which last values are looked up: a day of hours.
const RECENT_FILES: usize = 24;

/// A column of a dataset that the configuration does not map.
#[derive(Clone, Debug, PartialEq)]
pub struct UnmappedColumn {
    pub dataset: String,
    pub header: String,
    /// The last number in recent files, and the start of that file's hour or day.
    pub last: Option<(f64, i64)>,
    /// The columns that the configuration maps in this dataset.
    pub mapped: Vec<(Column, String)>,
}

/// Datasets by name with their unmapped headers, each once, in the order of the newest
/// file. Headers that may number visitors are left out.
pub fn unmapped_headers(
    mapping: &Mapping,
    files: &[TakenFile],
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

/// Every unmapped column of a source with its last value, without the rows of queues and
/// agents whose names `is_hidden` holds.
pub fn unmapped_columns(
    view: &View<'_>,
    source: &SourceId,
    (mapping, root): (&Mapping, &str),
    is_hidden: impl Fn(Column, &str) -> bool,
) -> Result<Vec<UnmappedColumn>, StoreError> {
    let all = view.files(source)?;
    let mut columns = Vec::new();
    for files in newest_first(&all, root).into_values() {
        let dataset = &files[0].0.dataset;
        let mut found: Vec<UnmappedColumn> = headers_of(mapping, dataset, &files)
            .into_iter()
            .map(|header| UnmappedColumn {
                dataset: dataset.clone(),
                header,
                last: None,
                mapped: mapping.of(dataset).unwrap_or_default().to_vec(),
            })
            .collect();
        for (export, file) in files.iter().take(RECENT_FILES) {
            if found.iter().all(|column| column.last.is_some()) {
                break;
            }
            let reading = (view, mapping, &is_hidden);
            read_last_values(reading, export.period, file, &mut found)?;
        }
        columns.append(&mut found);
    }
    Ok(columns)
}

/// Files by dataset in lower case, the newest period first; of a repeated key the newest file.
fn newest_first<'f>(
    files: &'f [TakenFile],
    root: &str,
) -> BTreeMap<String, Vec<(Export, &'f TakenFile)>> {
    let mut datasets: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for file in files {
        if let Some(export) = Export::read(&file.key, root) {
            let dataset = datasets.entry(export.dataset.to_lowercase()).or_default();
            dataset.push((export, file));
        }
    }
    for files in datasets.values_mut() {
        files.sort_by_key(|(export, file)| std::cmp::Reverse((export.period, file.id)));
    }
    datasets
}

fn headers_of(mapping: &Mapping, dataset: &str, files: &[(Export, &TakenFile)]) -> Vec<String> {
    let mapped = mapping.of(dataset).unwrap_or_default().iter();
    let mut known: BTreeSet<String> = mapped.map(|(_, header)| plain(header)).collect();
    // A header that is blank is none.
    known.insert(String::new());
    let mut notes: Vec<&str> = Vec::new();
    for (_, file) in files {
        // Thousands of files share a few lists of headers.
        if !notes.contains(&&*file.notes) {
            notes.push(&file.notes);
        }
    }
    let headers = notes.into_iter().filter_map(Notes::read);
    let headers = headers.flat_map(|notes| notes.headers);
    headers
        .filter(|header| {
            !privacy::is_personal(header, &Cell::Number(0.0)) && known.insert(plain(header))
        })
        .collect()
}

/// Fills in the values that one file has of those that lack one.
fn read_last_values(
    (view, mapping, is_hidden): (&View<'_>, &Mapping, &impl Fn(Column, &str) -> bool),
    period: Period,
    file: &TakenFile,
    columns: &mut [UnmappedColumn],
) -> Result<(), StoreError> {
    let headers = Notes::read(&file.notes).map_or_else(Vec::new, |notes| notes.headers);
    let mut wanted: Vec<(usize, &mut UnmappedColumn)> = columns
        .iter_mut()
        .filter(|column| column.last.is_none())
        .filter_map(|column| {
            let wanted = plain(&column.header);
            let at = headers.iter().position(|header| plain(header) == wanted)?;
            Some((at, column))
        })
        .collect();
    let Some((_, first)) = wanted.first() else {
        return Ok(());
    };
    let places = mapping.of(&first.dataset);
    let places = places.map(|columns| Places::find(columns, &headers));
    // A total is no value of its own.
    let is_left_out = |row: &[Cell<'_>]| match &places {
        None => row.iter().any(|cell| columns::is_sum(&cell.to_text())),
        Some(places) => match places.read(row, period) {
            Err(_) => true,
            Ok(said) => [(Column::Queue, said.queue), (Column::Agent, said.agent)]
                .into_iter()
                .any(|(column, name)| name.is_some_and(|name| is_hidden(column, &name))),
        },
    };
    view.rows(&ROWS, &["cells"], file.id, |row| {
        let row = row.text(0).map(cells::from_json).unwrap_or_default();
        if is_left_out(&row) {
            return;
        }
        for (at, column) in &mut wanted {
            // The last row comes first.
            if column.last.is_none()
                && let Some(cell @ Cell::Number(value)) = row.get(*at)
                && !privacy::is_personal(&headers[*at], cell)
            {
                column.last = Some((*value, period.start));
            }
        }
    })
}
