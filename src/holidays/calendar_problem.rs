//! Why a calendar at an address can't be read.

use serde::{Deserialize, Serialize};

use super::holiday_calendar::CalendarFault;

/// Why a calendar couldn't be read. Pages write it in their language.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum CalendarProblem {
    #[error("the address isn't complete")]
    InvalidAddress,
    #[error("{host} isn't found; check the name, and this server's DNS")]
    NoSuchHost { host: String },
    #[error(
        "{host} is in your own network; if that's meant, add the host to private_receivers in [server]"
    )]
    PrivateAddress { host: String },
    /// The advice is in English.
    #[error("can't reach {host}: {advice}")]
    Unreachable { host: String, advice: String },
    #[error("{host} didn't respond within {seconds} s")]
    TooSlow { host: String, seconds: u64 },
    #[error("{host} responds with status {status}")]
    Status { host: String, status: u16 },
    #[error("it redirects to {target}; use that address")]
    Redirect { target: String },
    #[error("it's larger than 1 MB")]
    TooLarge,
    #[error("it isn't an iCalendar file")]
    NotACalendar,
    #[error("it ends in the middle of an event")]
    CutOff,
    #[error("it has more events than any calendar of holidays")]
    TooManyEvents,
    #[error("its line {number} can't be read")]
    InvalidLine { number: usize },
    #[error("it has no whole days from now on")]
    NoDays,
}

impl From<CalendarFault> for CalendarProblem {
    fn from(fault: CalendarFault) -> Self {
        match fault {
            CalendarFault::NotACalendar => Self::NotACalendar,
            CalendarFault::CutOff => Self::CutOff,
            CalendarFault::TooManyEvents => Self::TooManyEvents,
            CalendarFault::InvalidLine(number) => Self::InvalidLine { number },
        }
    }
}
