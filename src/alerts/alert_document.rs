//! All alerts as one record: what is told and what is open change together, on every node.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use wallboard_alerts::{AlertBook, AlertId};
use wallboard_notify::Outbox;
use wallboard_store::{
    DocumentError, RecordId, RecordKind, Revision, decode_document, encode_document,
};

pub(super) const ALERTS: RecordKind = RecordKind::new("alerts");
/// Records of a cluster have at most 1,000,000 bytes.
const BYTES_MAX: usize = 900_000;
/// In bytes. Full of the longest notes and messages, it is a fifth of that.
const TEXT_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Of zstd: little time, since a change of alerts waits for it.
const COMPRESSION: i32 = 1;
/// As long as an alert about an agent.
const DIGEST_KEPT_FOR: SignedDuration = SignedDuration::from_hours(24);

/// Why the record of all alerts can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum AlertDocumentError {
    #[error(transparent)]
    Document(#[from] DocumentError),
    #[error("can't be compressed, or isn't compressed")]
    Compression(#[from] std::io::Error),
}

/// All alerts as they were last read or written.
#[derive(Clone, Debug, Default)]
pub(super) struct KeptAlerts {
    /// `None`: there is no record yet.
    pub(super) revision: Option<Revision>,
    pub(super) document: Arc<AlertDocument>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub(super) struct AlertDocument {
    pub(super) book: AlertBook,
    #[serde(default)]
    pub(super) outbox: Outbox,
}

impl AlertDocument {
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, AlertDocumentError> {
        let text = zstd::bulk::decompress(bytes, TEXT_BYTES_MAX)?;
        Ok(decode_document(&text)?)
    }

    /// Forgets the undelivered messages about alerts that are gone, and digests after a day: their text may name an agent.
    /// Returns whether there were some.
    pub(super) fn drop_obsolete(&mut self, now: Timestamp) -> bool {
        let book = &self.book;
        self.outbox.retain_dead(|letter| {
            let thread = &letter.message.thread;
            match Uuid::parse_str(thread) {
                Ok(id) => book.find(AlertId(id)).is_some(),
                Err(_) => now.duration_since(letter.at) < DIGEST_KEPT_FOR,
            }
        })
    }

    /// Writes it, without what ended first if that is too much for a record.
    pub(super) fn encode(&mut self) -> Result<Vec<u8>, AlertDocumentError> {
        loop {
            let text = encode_document(self)?;
            let bytes = zstd::bulk::compress(&text, COMPRESSION)?;
            if (bytes.len() <= BYTES_MAX && text.len() <= TEXT_BYTES_MAX) || !self.book.shorten() {
                return Ok(bytes);
            }
        }
    }
}

/// The ID of the only record.
pub(super) fn record_id() -> RecordId {
    RecordId::parse("all").expect("a short word is an ID")
}
