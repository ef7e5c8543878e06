//! An announcement with its record.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tracing::error;

use wallboard_domain::{Announcement, error_chain};
use wallboard_store::{Record, RecordId, RecordKind, Revision, decode_document};

pub(super) const ANNOUNCEMENTS: RecordKind = RecordKind::new("announcement");

/// An announcement, or one that is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnnouncement {
    pub id: RecordId,
    pub(super) revision: Revision,
    pub announcement: Announcement,
    /// The name of who ended it early; its end is then when they did.
    pub ended_by: Option<String>,
}

/// The document of a record.
#[derive(Deserialize, Serialize)]
pub(super) struct AnnouncementDocument {
    #[serde(flatten)]
    pub(super) announcement: Announcement,
    #[serde(default)]
    pub(super) ended_by: Option<String>,
}

impl KeptAnnouncement {
    /// Reads a record. One that can't be read is shown nowhere.
    pub(super) fn decode(record: &Record) -> Option<Self> {
        match decode_document::<AnnouncementDocument>(&record.document) {
            Ok(document) => Some(Self {
                id: record.id.clone(),
                revision: record.revision,
                announcement: document.announcement,
                ended_by: document.ended_by,
            }),
            Err(cause) => {
                error!("The announcement {} {}", record.id, error_chain(&cause));
                None
            }
        }
    }

    pub fn is_over(&self, at: Timestamp) -> bool {
        self.announcement.is_over(at)
    }
}
