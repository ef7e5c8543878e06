//! The deliveries of case records, as configured.

use std::{path::PathBuf, time::Duration};

use strum::{EnumString, IntoStaticStr, VariantNames};

use wallboard_history::fetch::ObjectStoreSettings;

use super::RecordFields;

/// `[case_records]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRecordPlan {
    /// How long they're kept.
    pub keep: Duration,
    /// The fields that other systems get, through the API too.
    pub fields: RecordFields,
    /// The name of the channel that each one is sent to.
    pub webhook: Option<String>,
    pub files: Option<RecordFiles>,
    /// `None`: they're skipped.
    pub transcripts: Option<TranscriptPlan>,
}

/// Where transcripts go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TranscriptPlan {
    /// The name of the channel that they're passed on to.
    pub channel: String,
    /// The file of the key that seals those that wait.
    pub key_file: PathBuf,
}

/// Files with the records of a day each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordFiles {
    pub place: RecordPlace,
    pub format: RecordFileFormat,
}

/// Where the files are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordPlace {
    Folder(PathBuf),
    Store {
        settings: ObjectStoreSettings,
        /// The beginning of each name, such as "case-records/".
        prefix: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum RecordFileFormat {
    /// A row for each record, for spreadsheets and imports.
    Csv,
    /// A line of JSON for each record, with everything that the API has.
    Jsonl,
}

impl CaseRecordPlan {
    /// Records that are only kept, and read through the API.
    pub fn kept_for(keep: Duration) -> Self {
        Self {
            keep,
            fields: RecordFields::default(),
            webhook: None,
            files: None,
            transcripts: None,
        }
    }
}
