//! The kinds of data about people: how long each is kept, and what forgetting does to it.

use std::{
    fmt::{Display, Formatter},
    time::Duration,
};

use jiff::Timestamp;

/// A kind of data about people, with what [`crate::Store::forget_person`] does to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataKind {
    Names,
    Groups,
    DayFigures,
    IntervalFigures,
    Activity,
    Calls,
    Schedules,
    CaseRecords,
    CallerNames,
    ExportRows,
    RejectedRows,
    InputLog,
    Account,
    PairedScreens,
    AuditTrail,
}

/// How long a kind of data is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptFor {
    /// As long as the database.
    Database,
    Days(u64),
    /// Nothing keeps it.
    Never,
}

impl Display for KeptFor {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Database => f.write_str("as long as the database"),
            Self::Days(1) => f.write_str("1 day"),
            Self::Days(days) => write!(f, "{days} days"),
            Self::Never => f.write_str("–"),
        }
    }
}

/// How long data is kept, as configured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DataRetention {
    /// `None`: there's no input log.
    pub log: Option<Duration>,
    /// `None`: there's no history.
    pub calls: Option<Duration>,
    /// `None`: there are no case records.
    pub case_records: Option<Duration>,
    /// `None`: there's no audit trail.
    pub audit: Option<Duration>,
}

impl DataRetention {
    /// When the input log no longer has what happens now.
    pub fn log_until(&self, now: Timestamp) -> Option<Timestamp> {
        now.checked_add(self.log?).ok()
    }
}

impl DataKind {
    /// Its name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Names => "Names, email address, IDs",
            Self::Groups => "Queues and groups",
            Self::DayFigures => "Figures by day",
            Self::IntervalFigures => "Figures by interval",
            Self::Activity => "Sign-ins, breaks, wrap-ups",
            Self::Calls => "Calls, taken or missed",
            Self::Schedules => "Schedules",
            Self::CaseRecords => "Case records",
            Self::CallerNames => "Name as a caller",
            Self::ExportRows => "Rows of statistics files",
            Self::RejectedRows => "Texts of rejected rows",
            Self::InputLog => "Events and statuses in the input log",
            Self::Account => "Account and sessions",
            Self::PairedScreens => "Paired screens",
            Self::AuditTrail => "Audit trail",
        }
    }

    /// The effect of forgetting on it.
    pub fn outcome(self) -> &'static str {
        match self {
            Self::Names
            | Self::Groups
            | Self::DayFigures
            | Self::IntervalFigures
            | Self::Schedules
            | Self::CallerNames
            | Self::RejectedRows
            | Self::Account => "deleted",
            Self::Activity | Self::Calls | Self::CaseRecords | Self::ExportRows => {
                "kept without the person"
            }
            Self::InputLog => "shown without the person, then deleted",
            Self::PairedScreens => "name removed",
            Self::AuditTrail => "not changed",
        }
    }

    /// Until when it's kept, if nobody forgets the person.
    pub fn kept_for(self, retention: &DataRetention) -> KeptFor {
        let days = |time: Option<Duration>| {
            let days = time.map(|time| time.as_secs().div_ceil(86_400));
            days.map_or(KeptFor::Never, KeptFor::Days)
        };
        match self {
            Self::Names
            | Self::Groups
            | Self::DayFigures
            | Self::IntervalFigures
            | Self::Account
            | Self::PairedScreens => KeptFor::Database,
            Self::Activity
            | Self::Calls
            | Self::Schedules
            | Self::CallerNames
            | Self::ExportRows
            | Self::RejectedRows => days(retention.calls),
            Self::CaseRecords => days(retention.case_records),
            Self::InputLog => days(retention.log),
            Self::AuditTrail => days(retention.audit),
        }
    }
}
