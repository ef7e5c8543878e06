//! What differs between the vendors whose files are imported.

use std::{
    io::{self, Read},
    sync::Arc,
};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use tokio_util::sync::CancellationToken;

use crate::{
    domain::{SourceId, SourceKind, error_chain},
    history::{
        report::{ExportColumns, ZeroCounters},
        sangoma::{self, ContactPolicy, CoverageGaps, ExportKey, SangomaFile, SangomaReadOptions},
        vergic::{self, ColumnMapping},
    },
    store::{ImportResult, ImportedFile, IncomingFile, Store, StoreError, StoreView},
};

use super::{
    expected_file::{self, ExpectedFile},
    missing_files,
    plan::{FileIdentity, PlannedFile},
    remote::DownloadedFile,
    utf8_reader::Utf8Reader,
};

/// Wordings that are told; more nobody reads.
const END_REASONS_MAX: usize = 50;

/// Whose files they are.
#[derive(Clone, Debug, PartialEq)]
pub enum ExportVendor {
    Sangoma(sangoma::SangomaSettings),
    Vergic(vergic::VergicSettings),
}

/// Why a file was not taken in.
#[derive(Debug)]
pub(super) enum FileImportError {
    /// It cannot be read; others may be.
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

    /// Of the days that its files are about.
    pub(super) fn zone(&self) -> TimeZone {
        match self {
            Self::Sangoma(sangoma) => sangoma.file_zone.clone(),
            Self::Vergic(_) => TimeZone::UTC,
        }
    }

    /// What a key names.
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

    /// Takes in a spooled file as a whole, or nothing of it.
    pub(super) async fn import_file(
        &self,
        store: &Store,
        arriving: IncomingFile,
        chosen: &PlannedFile,
        spooled: DownloadedFile,
        stop: &CancellationToken,
    ) -> Result<ImportResult, FileImportError> {
        let file = Utf8Reader::new(StoppableReader {
            inner: spooled.file,
            stop: stop.clone(),
        });
        match self {
            Self::Sangoma(sangoma) => {
                let ExportKey::Export(export) =
                    ExportKey::parse(&chosen.listed.key, sangoma.tenant)
                else {
                    return Err(FileImportError::Unreadable(
                        "its name doesn't match an export".to_owned(),
                    ));
                };
                let reading = SangomaReadOptions {
                    export,
                    zone: sangoma.file_zone.clone(),
                    contacts: Arc::new(ContactPolicy {
                        stores_contacts: sangoma.keep_contacts,
                        ..ContactPolicy::default()
                    }),
                    progress: Arc::default(),
                };
                let taken = sangoma::import_file(store, file, arriving, reading).await;
                taken.map_err(|error| match error {
                    _ if stop.is_cancelled() => FileImportError::Stopped,
                    sangoma::SangomaImportError::Store(error) => FileImportError::Store(error),
                    error => FileImportError::Unreadable(error_chain(&error)),
                })
            }
            Self::Vergic(settings) => {
                let export = vergic::VergicFile::parse_key(&chosen.listed.key, &settings.root);
                let Some(export) = export else {
                    return Err(FileImportError::Unreadable(
                        "its name doesn't match an export".to_owned(),
                    ));
                };
                let reading = vergic::VergicReadOptions {
                    file: export,
                    mapping: Arc::new(ColumnMapping::new(&settings.columns)),
                    stores_contacts: settings.keep_contacts,
                };
                let taken = vergic::import_file(store, file, arriving, reading).await;
                taken.map_err(|error| match error {
                    _ if stop.is_cancelled() => FileImportError::Stopped,
                    vergic::VergicImportError::Store(error) => FileImportError::Store(error),
                    error => FileImportError::Unreadable(error_chain(&error)),
                })
            }
        }
    }

    /// Reckons the figures of all days that are marked. `told` hears how many of how many
    /// are done. Returns how many there were.
    pub(super) async fn compute_days(
        &self,
        store: &Store,
        source: &SourceId,
        told: impl FnMut(u64, u64),
    ) -> Result<u64, StoreError> {
        match self {
            Self::Sangoma(sangoma) => {
                let rules = sangoma::SangomaRules {
                    site: sangoma.site.clone(),
                    end_by: sangoma.end_by.clone(),
                };
                sangoma::compute_days(store, source, &rules, told).await
            }
            Self::Vergic(export) => {
                let reckoning = vergic::VergicComputation {
                    source: source.clone(),
                    root: export.root.clone(),
                    mapping: Arc::new(ColumnMapping::new(&export.columns)),
                    zone: export.zone.clone(),
                };
                reckoning.run(store, told).await
            }
        }
    }

    /// Wordings of ends that nobody has said the meaning of, with how often they came.
    pub(super) async fn unknown_end_reasons(
        &self,
        store: &Store,
        source: &SourceId,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        match self {
            Self::Sangoma(sangoma) => {
                let mut wordings = store.count_end_reasons(source, END_REASONS_MAX).await?;
                let is_said = |wording: &str| {
                    wording.to_lowercase().contains("abandon")
                        || (sangoma.end_by.iter())
                            .any(|(said, _)| sangoma::is_same_wording(said, wording))
                };
                wordings.retain(|(wording, _)| !is_said(wording));
                Ok(wordings)
            }
            Self::Vergic(_) => Ok(Vec::new()),
        }
    }

    /// What of the configuration does not fit the files that came, a sentence each.
    pub(super) fn check_mapping(&self, files: &[ImportedFile]) -> Vec<String> {
        match self {
            Self::Sangoma(_) => Vec::new(),
            Self::Vergic(export) => {
                vergic::check_mapping(&ColumnMapping::new(&export.columns), files, &export.root)
            }
        }
    }

    /// Which files of `keys` stay away while others come, a sentence each. Vergic's files
    /// are only there where anything was reported.
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

    /// Days of which not all calls came. Vergic's files tell by their absence that nothing
    /// happened.
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

    /// What its files tell of those that do not stand in them.
    pub fn zero_counters(&self) -> ZeroCounters {
        match self {
            Self::Sangoma(_) => ZeroCounters::default(),
            Self::Vergic(export) => {
                let (contacts, agent) = vergic::zero_counters(&ColumnMapping::new(&export.columns));
                ZeroCounters { contacts, agent }
            }
        }
    }

    /// How its files are read, where nobody says what stands in them.
    pub fn column_mapping(&self) -> Option<ExportColumns> {
        match self {
            Self::Sangoma(_) => None,
            Self::Vergic(export) => Some(ExportColumns {
                root: export.root.clone(),
                mapping: ColumnMapping::new(&export.columns),
            }),
        }
    }

    /// Datasets with the headers that no mapping speaks of.
    pub(super) fn unmapped_headers(&self, files: &[ImportedFile]) -> Vec<(String, Vec<String>)> {
        let Some(columns) = self.column_mapping() else {
            return Vec::new();
        };
        vergic::unmapped_headers(&columns.mapping, files, &columns.root)
    }

    /// When the file after the newest is due.
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

fn utc_date(second: i64) -> Option<Date> {
    let at = Timestamp::from_second(second).ok()?;
    Some(at.to_zoned(TimeZone::UTC).date())
}

/// A file whose reading ends when everything does.
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
