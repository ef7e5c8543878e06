//! Calls with who called, as hashes: to find callers who call again, not to say who they are.

use std::hash::BuildHasher;

use foldhash::{HashSet, HashSetExt, quality::RandomState};

use crate::{calls::CallerCall, intervals::TimeSpan};
use wallboard_domain::SourceId;
use wallboard_store::{StoreError, StoreView};

use super::{
    container::EXTENSION_BYTES_MAX,
    file_catalog::{FileCatalog, FileFilter, StoredFiles},
};

/// The containers that have the center's own numbers, with their columns.
const OWN_NUMBERS: [(&str, &[&str]); 3] = [
    ("DID", &["did_id", "number"]),
    ("DNIS", &["dnis_id", "number"]),
    ("Queue_Details", &["queue_id", "number", "public_number"]),
];

/// Loads the calls that joined a queue in a time. A number of the center itself isn't a customer's.
pub(super) fn load_caller_calls(
    view: &StoreView<'_>,
    source: &SourceId,
    within: TimeSpan,
) -> Result<Vec<CallerCall>, StoreError> {
    let catalog = &FileCatalog::load(view, source)?;
    let files = StoredFiles { view, catalog };
    let mut own = HashSet::new();
    for (container, columns) in OWN_NUMBERS {
        files.for_each_record(container, columns, FileFilter::All, |_, row| {
            let numbers = (1..columns.len()).filter_map(|column| row.text(column));
            own.extend(numbers.filter_map(digits_of));
        })?;
    }
    let hasher = RandomState::default();
    let mut calls = Vec::new();
    let columns = ["queue_call_id", "queue_id", "time_join", "callerid", "uuid"];
    let filter = FileFilter::Within(within.start, within.end);
    files.for_each_record("Queue_Call", &columns, filter, |_, row| {
        let Some((queue, joined)) = row.integer(1).zip(row.integer(2)) else {
            return;
        };
        if within.contains(joined) {
            let caller = row.text(3).and_then(digits_of);
            let caller = caller.filter(|number| !own.contains(number));
            let call = row.text(4).filter(|uuid| !uuid.is_empty());
            calls.push(CallerCall {
                queue,
                joined,
                call: call.map(|uuid| hasher.hash_one(uuid)),
                caller: caller.map(|number| hasher.hash_one(number)),
            });
        }
    })?;
    Ok(calls)
}

/// The digits of a number; `None` of one that is withheld, or as short as an extension.
fn digits_of(number: &str) -> Option<String> {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    (EXTENSION_BYTES_MAX < digits.len()).then_some(digits)
}
