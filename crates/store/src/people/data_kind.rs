//! The kinds of data about people: how long each is kept, and what forgetting does to it.

use std::time::Duration;

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
    CallerNames,
    ExportRows,
    RejectedRows,
    InputLog,
    Account,
    PairedScreens,
    AuditTrail,
}

/// How long data is kept, as configured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DataRetention {
    /// `None`: there's no input log.
    pub log: Option<Duration>,
    /// `None`: there's no history.
    pub calls: Option<Duration>,
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
            | Self::CallerNames
            | Self::RejectedRows
            | Self::Account => "deleted",
            Self::Activity | Self::Calls | Self::ExportRows => "kept without the person",
            Self::InputLog => "shown without the person, then deleted",
            Self::PairedScreens => "name removed",
            Self::AuditTrail => "not changed",
        }
    }

    /// Until when it's kept, if nobody forgets the person.
    pub fn kept_for(self, retention: &DataRetention) -> String {
        let days = |time: Option<Duration>| match time.map(|time| time.as_secs().div_ceil(86_400)) {
            None => "–".to_owned(),
            Some(1) => "1 day".to_owned(),
            Some(days) => format!("{days} days"),
        };
        match self {
            Self::Names
            | Self::Groups
            | Self::DayFigures
            | Self::IntervalFigures
            | Self::Account
            | Self::PairedScreens => "as long as the database".to_owned(),
            Self::Activity
            | Self::Calls
            | Self::CallerNames
            | Self::ExportRows
            | Self::RejectedRows => days(retention.calls),
            Self::InputLog => days(retention.log),
            Self::AuditTrail => days(retention.audit),
        }
    }
}
