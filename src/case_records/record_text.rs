//! Records as others read them: written elsewhere, as privacy allows at that moment.

use jiff::tz::TimeZone;
use serde_json::Value;

use wallboard_store::{CaseRecordCursor, CaseRecordEntry, CaseRecordPage};

use super::RecordFileFormat;

/// Writes records as text.
pub trait RecordText: Send + Sync + 'static {
    /// Writes a page as the API does.
    fn page(&self, page: CaseRecordPage, after: Option<CaseRecordCursor>) -> Value;
    /// Returns what a file begins with.
    fn file_head(&self, format: RecordFileFormat) -> Vec<u8>;
    /// Writes the lines of a file. `is_expired`: records before them are missing.
    fn file_lines(
        &self,
        entries: Vec<CaseRecordEntry>,
        is_expired: bool,
        format: RecordFileFormat,
    ) -> Vec<u8>;
    /// The site's, which says when a day ends.
    fn zone(&self) -> TimeZone;
}
