//! The differences between the vendors whose files are imported.

use std::{
    io::{self, Read},
    sync::Arc,
};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use tokio_util::sync::CancellationToken;

use crate::{
    fetch::SpooledFile,
    report::{ExportColumns, ZeroCounters},
    sangoma::{self, CoverageGaps, ExportKey, SangomaFile, SangomaReadOptions},
    vergic::{self, ColumnMapping},
};
use wallboard_domain::{SourceId, SourceKind, error_chain};
use wallboard_store::{ImportResult, ImportedFile, IncomingFile, Store, StoreError, StoreView};

use super::{
    FileSource,
    expected_file::{self, ExpectedFile},
    missing_files,
    plan::{FileIdentity, PlannedFile},
    utf8_reader::Utf8Reader,
};

/// End reasons that are reported; more are too many to read.
const END_REASONS_MAX: usize = 50;

/// The vendor of a source's files, with its settings.
#[derive(Clone, Debug, PartialEq)]
pub enum ExportVendor {
    Sangoma(sangoma::SangomaSettings),
    Vergic(vergic::VergicSettings),
}

/// The reason why a file wasn't imported.
#[derive(Debug)]
pub(super) enum FileImportError {
    /// It can't be read; others may be.
    Unreadable(String),
    Store(StoreError),
    Stopped,
}

impl ExportVendor {
    pub fn kind(&self) -> SourceKind {
        match self {
            Self::Sangoma(_) => sangoma::KIND,
            Self::Vergic(_) => vergic::KIND,
        }
    }

    /// Returns the zone of the days that its files cover.
    pub(super) fn zone(&self) -> TimeZone {
        match self {
            Self::Sangoma(sangoma) => sangoma.file_zone.clone(),
            Self::Vergic(_) => TimeZone::UTC,
        }
    }

    /// Identifies the file that a key names.
    pub(super) fn identify_file(&self, key: &str) -> FileIdentity {
        match self {
            Self::Sangoma(sangoma) => match ExportKey::parse(key, sangoma.tenant) {
                ExportKey::Export(SangomaFile { container, date }) => FileIdentity::Export {
                    dataset: container.name.to_owned(),
                    day: date,
                },
                ExportKey::OtherTenant { tenant } => FileIdentity::OtherTenant(tenant),
                ExportKey::UnknownContainer { container } => {
                    FileIdentity::UnknownDataset(container.to_owned())
                }
                ExportKey::Unrelated => FileIdentity::Unrelated,
            },
            Self::Vergic(export) => match vergic::VergicFile::parse_key(key, &export.root) {
                Some(export) => FileIdentity::Export {
                    day: utc_date(export.period.start),
                    dataset: export.dataset,
                },
                None => FileIdentity::Unrelated,
            },
        }
    }

    /// Computes the figures of all dirty days. Calls `on_progress` with the days done and the
    /// total. Returns the total.
    pub(super) async fn compute_days(
        &self,
        store: &Store,
        source: &SourceId,
        on_progress: impl FnMut(u64, u64),
    ) -> Result<u64, StoreError> {
        match self {
            Self::Sangoma(sangoma) => {
                let rules = sangoma::SangomaRules {
                    site: sangoma.site.clone(),
                    end_by: sangoma.end_by.clone(),
                };
                sangoma::compute_days(store, source, &rules, on_progress).await
            }
            Self::Vergic(export) => {
                let computation = vergic::VergicComputation {
                    source: source.clone(),
                    root: export.root.clone(),
                    mapping: Arc::new(ColumnMapping::new(&export.columns)),
                    zone: export.zone.clone(),
                };
                computation.run(store, on_progress).await
            }
        }
    }

    /// Returns end reasons without a configured meaning, with their counts.
    pub(super) async fn unknown_end_reasons(
        &self,
        store: &Store,
        source: &SourceId,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        match self {
            Self::Sangoma(sangoma) => {
                let mut reasons = store.count_end_reasons(source, END_REASONS_MAX).await?;
                let is_known = |reason: &str| {
                    reason.to_lowercase().contains("abandon")
                        || (sangoma.end_by.iter())
                            .any(|(known, _)| sangoma::is_same_label(known, reason))
                };
                reasons.retain(|(reason, _)| !is_known(reason));
                Ok(reasons)
            }
            Self::Vergic(_) => Ok(Vec::new()),
        }
    }

    /// Returns the parts of the configuration that don't fit the files, a sentence each.
    pub(super) fn check_mapping(&self, files: &[ImportedFile]) -> Vec<String> {
        match self {
            Self::Sangoma(_) => Vec::new(),
            Self::Vergic(export) => {
                vergic::check_mapping(&ColumnMapping::new(&export.columns), files, &export.root)
            }
        }
    }

    /// Returns the files of `keys` that are missing while others arrive, a sentence each. Vergic
    /// exports a file only if there was anything to report.
    pub(super) fn missing_files<'k>(
        &self,
        keys: impl Iterator<Item = &'k str>,
        now: Timestamp,
    ) -> Vec<String> {
        let Self::Sangoma(sangoma) = self else {
            return Vec::new();
        };
        let mut days = missing_files::DaysByContainer::new();
        for key in keys {
            if let FileIdentity::Export {
                dataset,
                day: Some(day),
            } = self.identify_file(key)
            {
                days.entry(dataset).or_default().insert(day);
            }
        }
        missing_files::find_missing(&days, &sangoma.zone, now)
    }

    /// Returns days with missing calls. If Vergic has no file, nothing happened.
    pub(super) fn find_gaps(
        &self,
        view: &StoreView<'_>,
        source: &SourceId,
    ) -> Result<CoverageGaps, StoreError> {
        match self {
            Self::Sangoma(sangoma) => sangoma::find_gaps(view, source, &sangoma.zone),
            Self::Vergic(_) => Ok(CoverageGaps::default()),
        }
    }

    /// Returns the counters of subjects that its files don't mention.
    pub fn zero_counters(&self) -> ZeroCounters {
        match self {
            Self::Sangoma(_) => ZeroCounters::default(),
            Self::Vergic(export) => {
                let (contacts, agent) = vergic::zero_counters(&ColumnMapping::new(&export.columns));
                ZeroCounters { contacts, agent }
            }
        }
    }

    /// Returns the column mapping of a vendor that doesn't document its columns.
    pub fn column_mapping(&self) -> Option<ExportColumns> {
        match self {
            Self::Sangoma(_) => None,
            Self::Vergic(export) => Some(ExportColumns {
                root: export.root.clone(),
                mapping: ColumnMapping::new(&export.columns),
            }),
        }
    }

    /// Returns datasets with their unmapped headers.
    pub(super) fn unmapped_headers(&self, files: &[ImportedFile]) -> Vec<(String, Vec<String>)> {
        let Some(columns) = self.column_mapping() else {
            return Vec::new();
        };
        vergic::unmapped_headers(&columns.mapping, files, &columns.root)
    }

    /// Returns when the file after the newest is due.
    pub(super) fn next_file(&self, files: &[ImportedFile]) -> Option<ExpectedFile> {
        match self {
            Self::Sangoma(sangoma) => {
                let days = files
                    .iter()
                    .filter_map(|file| match self.identify_file(&file.key) {
                        FileIdentity::Export { day, .. } => day,
                        _ => None,
                    });
                expected_file::next_nightly(days.max()?, &sangoma.zone)
            }
            Self::Vergic(_) => {
                let covers = files.iter().filter_map(|file| file.coverage);
                let hours = covers.filter(|(from, to)| to - from == vergic::HOUR);
                expected_file::next_hourly(&hours.map(|(from, _)| from).collect())
            }
        }
    }
}

impl FileSource {
    /// Imports a spooled file completely or not at all.
    pub(super) async fn import_file(
        &self,
        store: &Store,
        planned: PlannedFile,
        spooled: SpooledFile,
        stop: &CancellationToken,
    ) -> Result<ImportResult, FileImportError> {
        let incoming = IncomingFile {
            source: self.id.clone(),
            key: planned.listed.key,
            dataset: planned.dataset,
            size: spooled.size,
            tag: planned.listed.tag,
            sha256: spooled.sha256,
            modified: planned.listed.modified.map(Timestamp::as_second),
            imported_at: Timestamp::now().as_second(),
        };
        let file = Utf8Reader::new(StoppableReader {
            inner: spooled.file,
            stop: stop.clone(),
        });
        let no_export =
            || FileImportError::Unreadable("its name doesn't match an export".to_owned());
        match &self.vendor {
            ExportVendor::Sangoma(sangoma) => {
                let ExportKey::Export(export) = ExportKey::parse(&incoming.key, sangoma.tenant)
                else {
                    return Err(no_export());
                };
                let options = SangomaReadOptions {
                    export,
                    zone: sangoma.file_zone.clone(),
                    stores_contacts: sangoma.keep_contacts,
                };
                let result = sangoma::import_file(store, file, incoming, options).await;
                result.map_err(|error| match error {
                    _ if stop.is_cancelled() => FileImportError::Stopped,
                    sangoma::SangomaImportError::Store(error) => FileImportError::Store(error),
                    error => FileImportError::Unreadable(error_chain(&error)),
                })
            }
            ExportVendor::Vergic(settings) => {
                let export = vergic::VergicFile::parse_key(&incoming.key, &settings.root);
                let options = vergic::VergicReadOptions {
                    file: export.ok_or_else(no_export)?,
                    mapping: Arc::new(ColumnMapping::new(&settings.columns)),
                    stores_contacts: settings.keep_contacts,
                };
                let result = vergic::import_file(store, file, incoming, options).await;
                result.map_err(|error| match error {
                    _ if stop.is_cancelled() => FileImportError::Stopped,
                    vergic::VergicImportError::Store(error) => FileImportError::Store(error),
                    error => FileImportError::Unreadable(error_chain(&error)),
                })
            }
        }
    }
}

fn utc_date(second: i64) -> Option<Date> {
    let at = Timestamp::from_second(second).ok()?;
    Some(at.to_zoned(TimeZone::UTC).date())
}

/// A file whose reads fail once the import is stopped.
struct StoppableReader<R> {
    inner: R,
    stop: CancellationToken,
}

impl<R: Read> Read for StoppableReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.stop.is_cancelled() {
            return Err(io::Error::other("the import was stopped"));
        }
        self.inner.read(into)
    }
}
