//! What of a container is taken out of the store where callers are kept no longer.

use crate::{
    domain::SourceId,
    store::{Emptied, Store, StoreError, Telling},
};

use super::{
    container::{Container, EXTRA, Privacy},
    rows::EXTENSION,
    taking::LOGINS,
};

/// The columns that may tell of callers.
pub fn emptied(container: &Container) -> Vec<Emptied> {
    let fields = container.fields.iter().filter_map(|field| {
        let longest_kept = match field.privacy {
            Privacy::Free => return None,
            Privacy::Contact => None,
            Privacy::Number => Some(EXTENSION),
        };
        let name = field.column;
        Some(Emptied { name, longest_kept })
    });
    let extra = Emptied {
        name: EXTRA,
        longest_kept: None,
    };
    fields.chain([extra]).collect()
}

/// The centre's own numbers that are as long as anybody's, around the time of a file.
pub async fn own_numbers(store: &Store, file: &Telling) -> Result<Vec<String>, StoreError> {
    let (Some((first, last)), source): (_, &SourceId) = (file.span, &file.source) else {
        return Ok(Vec::new());
    };
    let around = first - LOGINS..last + LOGINS;
    store.extensions(source, around, EXTENSION).await
}
