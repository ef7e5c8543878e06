//! Imports: one source's files are listed, fetched, taken in and reckoned, once and
//! only once, by the command and by the job in the product alike.

mod choose;
mod configuration;
mod due;
mod far;
mod job;
pub(super) mod lock;
mod missing;
mod probe;
mod roll;
mod run;
#[cfg(test)]
mod run_tests;
mod settle;
mod status;
mod utf16;
mod vendor;
mod words;

use std::{io::ErrorKind, time::Duration};

use jiff::{SignedDuration, civil::Date};

use crate::domain::{SourceId, error_chain};

pub use crate::history::fetch::{OwnKey, Place};
pub use crate::history::{sangoma::Settings as Sangoma, vergic::Settings as Vergic};
pub use configuration::KINDS;
pub use due::Due;
pub use job::keep;
pub use probe::{Probe, gaps, own_key, probe};
pub use roll::Roll;
pub use run::{Asked, ImportError, Importer};
pub use status::{Columns, Fault, Files, Ledger, Outcome, Phase, Progress, Scores, State, Status};
pub use vendor::Vendor;
pub use words::{asked_for, group_digits, nothing_found, told};

const READ_ONLY: &str = "the database is on a read-only file system: mount it writable, or choose another path in [store]; nothing was stored in part, and the next run continues from there";

/// A source of files, as configured.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    pub id: SourceId,
    pub vendor: Vendor,
    pub place: Place,
    /// From the start of one run to that of the next.
    pub interval: Duration,
    /// How far back the first import goes.
    pub history: Duration,
    /// A file is whole when it has not changed for so long.
    pub settle: Duration,
    /// Older calls are not kept, and so their files not taken in.
    pub keep: Duration,
}

impl Source {
    /// How it is before its first run.
    pub fn status(&self) -> Status {
        Status::new(self, jiff::Timestamp::now())
    }
}

impl ImportError {
    /// Only a person can mend that.
    pub fn is_refused(&self) -> bool {
        match self {
            Self::Far(error) => !error.is_passing(),
            Self::NoRoot(_) | Self::Lock(_) => true,
            Self::Busy | Self::Store(_) | Self::Stopped => false,
        }
    }

    /// With its causes, for people.
    pub fn sentence(&self) -> String {
        match self {
            Self::Store(error) if error.is_full() => {
                "the database disk is full: free up space; nothing was stored in part, and the next run continues from there"
                    .to_owned()
            }
            Self::Store(error) if error.is_read_only() => READ_ONLY.to_owned(),
            Self::Lock(cause) if cause.kind() == ErrorKind::ReadOnlyFilesystem => {
                READ_ONLY.to_owned()
            }
            error => error_chain(error),
        }
    }
}

/// The first day whose calls are still kept.
pub fn first_kept(today: Date, keep: Duration) -> Date {
    before(today, keep)
}

fn before(today: Date, span: Duration) -> Date {
    let span = SignedDuration::try_from(span).unwrap_or(SignedDuration::MAX);
    today.checked_sub(span).unwrap_or(Date::MIN)
}
