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
        report::{Columns, Nothing},
        sangoma::{self, Contacts, Export, Gaps, Key, Reading},
        vergic::{self, Mapping},
    },
    store::{Arriving, Store, StoreError, Taken, TakenFile, View},
};

use super::{
    choose::{Chosen, Named},
    due::{self, Due},
    far::Spooled,
    missing,
    utf16::Utf8,
};

/// Wordings that are told; more nobody reads.
const WORDINGS: usize = 50;

/// Whose files they are.
#[derive(Clone, Debug, PartialEq)]
pub enum Vendor {
    Sangoma(sangoma::Settings),
    Vergic(vergic::Settings),
}

/// Why a file was not taken in.
#[derive(Debug)]
pub(super) enum TakeError {
    /// It cannot be read; others may be.
    Bad(String),
    Store(StoreError),
    Stopped,
}

impl Vendor {
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
    pub(super) fn name(&self, key: &str) -> Named {
        match self {
            Self::Sangoma(sangoma) => match Key::read(key, sangoma.tenant) {
                Key::Ours(Export { container, date }) => Named::Ours {
                    dataset: container.name.to_owned(),
                    day: date,
                },
                Key::Theirs { tenant } => Named::Theirs(tenant),
                Key::Unknown { container } => Named::Unknown(container.to_owned()),
                Key::Foreign => Named::Foreign,
            },
            Self::Vergic(export) => match vergic::Export::read(key, &export.root) {
                Some(export) => Named::Ours {
                    day: date(export.period.start),
                    dataset: export.dataset,
                },
                None => Named::Foreign,
            },
        }
    }

    /// Takes in a spooled file as a whole, or nothing of it.
    pub(super) async fn take(
        &self,
        store: &Store,
        arriving: Arriving,
        chosen: &Chosen,
        spooled: Spooled,
        stop: &CancellationToken,
    ) -> Result<Taken, TakeError> {
        let file = Utf8::new(Stoppable {
            inner: spooled.file,
            stop: stop.clone(),
        });
        match self {
            Self::Sangoma(sangoma) => {
                let Key::Ours(export) = Key::read(&chosen.listed.key, sangoma.tenant) else {
                    return Err(TakeError::Bad(
                        "its name doesn't match an export".to_owned(),
                    ));
                };
                let reading = Reading {
                    export,
                    zone: sangoma.file_zone.clone(),
                    contacts: Arc::new(Contacts {
                        keep: sangoma.keep_contacts,
                        ..Contacts::default()
                    }),
                    progress: Arc::default(),
                };
                let taken = sangoma::take_in(store, file, arriving, reading).await;
                taken.map_err(|error| match error {
                    _ if stop.is_cancelled() => TakeError::Stopped,
                    sangoma::TakeError::Store(error) => TakeError::Store(error),
                    error => TakeError::Bad(error_chain(&error)),
                })
            }
            Self::Vergic(settings) => {
                let export = vergic::Export::read(&chosen.listed.key, &settings.root);
                let Some(export) = export else {
                    return Err(TakeError::Bad(
                        "its name doesn't match an export".to_owned(),
                    ));
                };
                let reading = vergic::Reading {
                    export,
                    mapping: Arc::new(Mapping::new(&settings.columns)),
                    keep_contacts: settings.keep_contacts,
                };
                let taken = vergic::take_in(store, file, arriving, reading).await;
                taken.map_err(|error| match error {
                    _ if stop.is_cancelled() => TakeError::Stopped,
                    vergic::TakeError::Store(error) => TakeError::Store(error),
                    error => TakeError::Bad(error_chain(&error)),
                })
            }
        }
    }

    /// Reckons the figures of all days that are marked. `told` hears how many of how many
    /// are done. Returns how many there were.
    pub(super) async fn reckon(
        &self,
        store: &Store,
        source: &SourceId,
        told: impl FnMut(u64, u64),
    ) -> Result<u64, StoreError> {
        match self {
            Self::Sangoma(sangoma) => {
                let rules = sangoma::Rules {
                    site: sangoma.site.clone(),
                    end_by: sangoma.end_by.clone(),
                };
                sangoma::reckon(store, source, &rules, told).await
            }
            Self::Vergic(export) => {
                let reckoning = vergic::Reckoning {
                    source: source.clone(),
                    root: export.root.clone(),
                    mapping: Arc::new(Mapping::new(&export.columns)),
                    zone: export.zone.clone(),
                };
                reckoning.run(store, told).await
            }
        }
    }

    /// Wordings of ends that nobody has said the meaning of, with how often they came.
    pub(super) async fn wordings(
        &self,
        store: &Store,
        source: &SourceId,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        match self {
            Self::Sangoma(sangoma) => {
                let mut wordings = store.end_wordings(source, WORDINGS).await?;
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
    pub(super) fn findings(&self, files: &[TakenFile]) -> Vec<String> {
        match self {
            Self::Sangoma(_) => Vec::new(),
            Self::Vergic(export) => {
                vergic::findings(&Mapping::new(&export.columns), files, &export.root)
            }
        }
    }

    /// Which files of `keys` stay away while others come, a sentence each. Vergic's files
    /// are only there where anything was reported.
    pub(super) fn missing<'k>(
        &self,
        keys: impl Iterator<Item = &'k str>,
        now: Timestamp,
    ) -> Vec<String> {
        let Self::Sangoma(sangoma) = self else {
            return Vec::new();
        };
        let mut days = missing::Days::new();
        for key in keys {
            if let Named::Ours {
                dataset,
                day: Some(day),
            } = self.name(key)
            {
                days.entry(dataset).or_default().insert(day);
            }
        }
        missing::missing(&days, &sangoma.zone, now)
    }

    /// Days of which not all calls came. Vergic's files tell by their absence that nothing
    /// happened.
    pub(super) fn gaps(&self, view: &View<'_>, source: &SourceId) -> Result<Gaps, StoreError> {
        match self {
            Self::Sangoma(sangoma) => sangoma::gaps(view, source, &sangoma.zone),
            Self::Vergic(_) => Ok(Gaps::default()),
        }
    }

    /// What its files tell of those that do not stand in them.
    pub fn nothing(&self) -> Nothing {
        match self {
            Self::Sangoma(_) => Nothing::default(),
            Self::Vergic(export) => {
                let (contacts, agent) = vergic::nothing(&Mapping::new(&export.columns));
                Nothing { contacts, agent }
            }
        }
    }

    /// How its files are read, where nobody says what stands in them.
    pub fn columns(&self) -> Option<Columns> {
        match self {
            Self::Sangoma(_) => None,
            Self::Vergic(export) => Some(Columns {
                root: export.root.clone(),
                mapping: Mapping::new(&export.columns),
            }),
        }
    }

    /// Datasets with the headers that no mapping speaks of.
    pub(super) fn unmapped(&self, files: &[TakenFile]) -> Vec<(String, Vec<String>)> {
        let Some(columns) = self.columns() else {
            return Vec::new();
        };
        vergic::unmapped_headers(&columns.mapping, files, &columns.root)
    }

    /// When the file after the newest is due.
    pub(super) fn due(&self, files: &[TakenFile]) -> Option<Due> {
        match self {
            Self::Sangoma(sangoma) => {
                let days = files.iter().filter_map(|file| match self.name(&file.key) {
                    Named::Ours { day, .. } => day,
                    _ => None,
                });
                due::nightly(days.max()?, &sangoma.zone)
            }
            Self::Vergic(_) => {
                let covers = files.iter().filter_map(|file| file.covers);
                let hours = covers.filter(|(from, to)| to - from == vergic::HOUR);
                due::hourly(&hours.map(|(from, _)| from).collect())
            }
        }
    }
}

fn date(second: i64) -> Option<Date> {
    let at = Timestamp::from_second(second).ok()?;
    Some(at.to_zoned(TimeZone::UTC).date())
}

/// A file whose reading ends when everything does.
struct Stoppable<R> {
    inner: R,
    stop: CancellationToken,
}

impl<R: Read> Read for Stoppable<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.stop.is_cancelled() {
            return Err(io::Error::other("the import was stopped"));
        }
        self.inner.read(into)
    }
}
