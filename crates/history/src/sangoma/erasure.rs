//! The columns of a container to erase once contacts are no longer stored.

use wallboard_domain::SourceId;
use wallboard_store::{ErasedColumn, Store, StoreError};

use super::{
    container::{Container, EXTRA_COLUMN, FieldPrivacy},
    row_mapper::EXTENSION_BYTES_MAX,
};

/// How far around a file to search for agents' logins, in seconds.
const LOGIN_SEARCH_SECONDS: i64 = 31 * 86_400;

/// The columns that may contain data of callers.
pub fn columns_to_erase(container: &Container) -> Vec<ErasedColumn> {
    let fields = container.fields.iter().filter_map(|field| {
        let retained_bytes_max = match field.privacy {
            FieldPrivacy::Free => return None,
            FieldPrivacy::Contact => None,
            FieldPrivacy::Number => Some(EXTENSION_BYTES_MAX),
        };
        let name = field.column;
        Some(ErasedColumn {
            name,
            retained_bytes_max,
        })
    });
    let extra = ErasedColumn {
        name: EXTRA_COLUMN,
        retained_bytes_max: None,
    };
    fields.chain([extra]).collect()
}

/// Loads the center's internal numbers that are as long as callers' ones, around the time
/// span of a file, if it has one.
pub async fn load_internal_numbers(
    store: &Store,
    source: &SourceId,
    span: Option<(i64, i64)>,
) -> Result<Vec<String>, StoreError> {
    let Some((first, last)) = span else {
        return Ok(Vec::new());
    };
    let around = first - LOGIN_SEARCH_SECONDS..last + LOGIN_SEARCH_SECONDS;
    store
        .long_extensions(source, around, EXTENSION_BYTES_MAX)
        .await
}
