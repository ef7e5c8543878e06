//! Why there is no report.

use jiff::civil::Date;

use wallboard_store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// More intervals than allowed, with the limit.
    #[error("more than {0} intervals")]
    TooMany(usize),
    #[error("figures of {0} can’t be broken down by {1}")]
    NotBrokenDown(&'static str, &'static str),
    #[error("figures of agents can’t be limited to opening hours")]
    NoOpeningHours,
    #[error("what an agent handled in a queue is only known for up to {0} days at once")]
    TooManyDays(i64),
    #[error("what an agent handled in a queue isn’t known: {0} doesn’t include individual calls")]
    NoCalls(String),
    #[error(
        "what an agent handled in a queue isn’t known: individual calls of {0} before {1} have been deleted"
    )]
    CallsDeleted(String, Date),
    #[error(transparent)]
    Store(#[from] StoreError),
}
