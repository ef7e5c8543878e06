//! The next files of exports, as a node reports them: the leader alerts by them, whichever node imports.

use std::{fmt, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use wallboard_domain::SourceId;

/// The next file of a source, at the node that imports it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedFile {
    pub source: SourceId,
    pub state: ReportedFileState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportedFileState {
    Expected,
    /// It was due at that time.
    Late(Timestamp),
    Unknown,
}

/// Reads the files of this node at a time.
#[derive(Clone)]
pub(super) struct FileReader(Arc<dyn Fn(Timestamp) -> Vec<ReportedFile> + Send + Sync>);

impl FileReader {
    pub(super) fn new(
        read: impl Fn(Timestamp) -> Vec<ReportedFile> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(read))
    }

    pub(super) fn read(&self, now: Timestamp) -> Vec<ReportedFile> {
        (self.0)(now)
    }
}

impl Default for FileReader {
    fn default() -> Self {
        Self::new(|_| Vec::new())
    }
}

impl fmt::Debug for FileReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileReader")
    }
}
