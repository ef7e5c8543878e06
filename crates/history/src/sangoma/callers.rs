//! Calls with who called, as hashes: to find callers who call again, not to say who they are.

use std::hash::BuildHasher;

use foldhash::{HashSet, HashSetExt, quality::RandomState};

use crate::calls::CallerCall;
use wallboard_domain::SourceId;
use wallboard_store::{StoreError, StoreView};

use super::{
    container::EXTENSION_BYTES_MAX,
    file_catalog::{FileCatalog, FileFilter},
};

/// The containers that have the center's own numbers, with their columns.
const OWN_NUMBERS: [(&str, &[&str]); 3] = [
    ("DID", &["did_id", "number"]),
    ("DNIS", &["dnis_id", "number"]),
    ("Queue_Details", &["queue_id", "number", "public_number"]),
];

/// Loads the calls that joined a queue in `from..to` (Unix seconds). A number of the center itself isn't
/// a customer's.
pub(super) fn load_caller_calls(
    view: &StoreView<'_>,
    source: &SourceId,
    (from, to): (i64, i64),
) -> Result<Vec<CallerCall>, StoreError> {
    let files = FileCatalog::load(view, source)?;
    let mut own = HashSet::new();
    for (container, columns) in OWN_NUMBERS {
        files.for_each_record(view, container, columns, FileFilter::All, |_, row| {
            let numbers = (1..columns.len()).filter_map(|column| row.text(column));
            own.extend(numbers.filter_map(digits_of));
        })?;
    }
    let hasher = RandomState::default();
    let mut calls = Vec::new();
    let columns = ["queue_call_id", "queue_id", "time_join", "callerid", "uuid"];
    let within = FileFilter::Within(from, to);
    files.for_each_record(view, "Queue_Call", &columns, within, |_, row| {
        let Some((queue, joined)) = row.integer(1).zip(row.integer(2)) else {
            return;
        };
        if from <= joined && joined < to {
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
