//! A saved view with its record.

use serde::{Deserialize, Serialize};
use tracing::error;

use wallboard_domain::error_chain;
use wallboard_store::{Record, RecordId, RecordKind, Revision, decode_document};

pub(super) const SAVED_VIEWS: RecordKind = RecordKind::new("saved-view");

/// A view of the history that somebody named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedView {
    pub id: RecordId,
    pub(super) revision: Revision,
    /// The ID of the user who saved it; empty: it's everybody's, where nobody signs in.
    pub owner: String,
    /// The owner's name when it was last saved.
    pub by: String,
    pub name: String,
    pub address: String,
    /// Whether everybody who may see the history finds it.
    pub is_shared: bool,
}

/// The document of a record.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct ViewDocument {
    pub(super) owner: String,
    pub(super) by: String,
    pub(super) name: String,
    pub(super) address: String,
    #[serde(default)]
    pub(super) is_shared: bool,
}

impl SavedView {
    pub(super) fn new(id: RecordId, revision: Revision, document: ViewDocument) -> Self {
        let ViewDocument {
            owner,
            by,
            name,
            address,
            is_shared,
        } = document;
        Self {
            id,
            revision,
            owner,
            by,
            name,
            address,
            is_shared,
        }
    }

    /// Reads a record. One that can't be read is listed nowhere.
    pub(super) fn decode(record: &Record) -> Option<Self> {
        match decode_document(&record.document) {
            Ok(document) => Some(Self::new(record.id.clone(), record.revision, document)),
            Err(cause) => {
                error!("The saved view {} {}", record.id, error_chain(&cause));
                None
            }
        }
    }

    /// Whether somebody finds it in the list.
    pub fn is_for(&self, user: &str) -> bool {
        self.is_shared || self.owner == user
    }
}
