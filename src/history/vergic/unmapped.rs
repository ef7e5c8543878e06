//! What files have under headers that no mapping speaks of.

use std::collections::BTreeMap;

use crate::{domain::Column, store::TakenFile};

use super::{
    cells::Cell,
    columns::{Mapping, plain},
    layout::{Export, HOUR},
    notes::Notes,
    privacy,
};

/// The headers of one dataset, each once, in the order of its newest file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dataset {
    pub name: String,
    pub unmapped: Vec<String>,
    /// Ours, and the header that holds it.
    pub mapped: Vec<(Column, String)>,
    /// Some of its files are of hours.
    pub has_hours: bool,
}

/// Datasets by name. What may number visitors is left out.
pub fn datasets(mapping: &Mapping, files: &[TakenFile], root: &str) -> Vec<Dataset> {
    // By dataset: when a header was told last, and which headers there are.
    let mut told: BTreeMap<String, BTreeMap<&str, (i64, String)>> = BTreeMap::new();
    let mut all: BTreeMap<String, Dataset> = BTreeMap::new();
    for file in files {
        let Some(export) = Export::read(&file.key, root) else {
            continue;
        };
        let key = export.dataset.to_lowercase();
        let dataset = all.entry(key.clone()).or_default();
        dataset.has_hours |= export.period.length == HOUR;
        let last = told.entry(key).or_default();
        let (start, name) = last
            .entry(&file.notes)
            .or_insert((export.period.start, export.dataset.clone()));
        if *start < export.period.start {
            (*start, *name) = (export.period.start, export.dataset);
        }
    }
    for (key, dataset) in &mut all {
        let mut newest: Vec<_> = told.remove(key).unwrap_or_default().into_iter().collect();
        newest.sort_by_key(|(_, (start, _))| std::cmp::Reverse(*start));
        dataset.name = newest
            .first()
            .map(|(_, told)| told.1.clone())
            .unwrap_or_default();
        let columns = mapping.of(&dataset.name).unwrap_or_default();
        let headers = newest.iter().filter_map(|(notes, _)| Notes::read(notes));
        for header in headers.flat_map(|notes| notes.headers) {
            sort(dataset, columns, header);
        }
    }
    let mut all: Vec<_> = all.into_values().collect();
    all.retain(|dataset| !dataset.name.is_empty());
    all
}

fn sort(dataset: &mut Dataset, columns: &[(Column, String)], header: String) {
    let same = plain(&header);
    let is_known = (dataset.unmapped.iter())
        .chain(dataset.mapped.iter().map(|(_, header)| header))
        .any(|known| plain(known) == same);
    if is_known || same.is_empty() || privacy::is_personal(&header, &Cell::Number(0.0)) {
        return;
    }
    match columns.iter().find(|(_, own)| plain(own) == same) {
        Some((column, _)) => dataset.mapped.push((*column, header)),
        None => dataset.unmapped.push(header),
    }
}
