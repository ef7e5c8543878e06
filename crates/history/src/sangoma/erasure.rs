//! The numbers to leave when callers' are erased.

use std::collections::BTreeSet;

use wallboard_domain::SourceId;
use wallboard_store::{Store, StoreError, StoreView};

use super::{Container, container::EXTENSION_BYTES_MAX};

/// How far around a file to search for agents' logins, in seconds.
const LOGIN_SEARCH_SECONDS: i64 = 31 * 86_400;

/// Loads the center's internal numbers that are as long as callers' ones, around the time
/// span of a file, if it has one: the extensions that agents were logged in with.
pub(super) async fn load_internal_numbers(
    store: &Store,
    source: &SourceId,
    span: Option<(i64, i64)>,
) -> Result<Vec<String>, StoreError> {
    let Some((first, last)) = span else {
        return Ok(Vec::new());
    };
    let around = first - LOGIN_SEARCH_SECONDS..last + LOGIN_SEARCH_SECONDS;
    let source = source.clone();
    let load = move |view: &StoreView<'_>| {
        let logins = Container::declared("Agent_Login");
        let mut numbers = BTreeSet::new();
        for file in view.load_files_within(&source, logins.name, around)? {
            view.for_each_row_of_file(&logins.table, &["extension"], file.id, |row| {
                let long = row.text(0).filter(|text| EXTENSION_BYTES_MAX < text.len());
                if let Some(extension) = long
                    && !numbers.contains(extension)
                {
                    numbers.insert(extension.to_owned());
                }
            })?;
        }
        Ok(numbers.into_iter().collect())
    };
    store.with_view(load).await
}
