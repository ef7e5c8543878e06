//! Case records for other systems: of all queues, with agents as `[privacy]` allows now.

use jiff::tz::TimeZone;
use serde_json::Value;

use wallboard_domain::FinishedCase;
use wallboard_live::LiveHandle;
use wallboard_store::{CaseRecordCursor, CaseRecordEntry, CaseRecordPage};

use crate::case_records::{RecordFields, RecordFileFormat, RecordText};

use super::{
    case_record_file::RecordFileLines,
    case_record_json::RecordReader,
    case_records::{RecordGap, page_json},
};

/// Writes records with the names that the live state has.
#[derive(Clone, Debug)]
pub struct LiveRecordText {
    pub live: LiveHandle,
    pub fields: RecordFields,
}

impl RecordText for LiveRecordText {
    fn page(&self, page: CaseRecordPage, after: Option<CaseRecordCursor>) -> Value {
        (self.live).read_snapshot(|snapshot, _| {
            let page = page_json(snapshot, page, after, None, &self.fields);
            serde_json::to_value(page).expect("records have no map with other keys than text")
        })
    }

    fn file_head(&self, format: RecordFileFormat) -> Vec<u8> {
        RecordFileLines::with_head(format).into_bytes()
    }

    fn file_lines(
        &self,
        entries: Vec<CaseRecordEntry>,
        is_expired: bool,
        format: RecordFileFormat,
    ) -> Vec<u8> {
        let mut lines = RecordFileLines::new(format);
        if is_expired {
            lines.add_gap(&RecordGap::EXPIRED);
        }
        self.live.read_snapshot(|snapshot, _| {
            let reader = RecordReader {
                snapshot,
                scope: None,
                fields: &self.fields,
            };
            for entry in entries {
                match entry {
                    CaseRecordEntry::Case(case) => {
                        let case: FinishedCase = *case;
                        lines.add_record(&reader.record_json(case));
                    }
                    CaseRecordEntry::Gap(gap) => lines.add_gap(&gap.into()),
                }
            }
        });
        lines.into_bytes()
    }

    fn zone(&self) -> TimeZone {
        self.live
            .read_snapshot(|snapshot, _| snapshot.site.zone.clone())
    }
}
