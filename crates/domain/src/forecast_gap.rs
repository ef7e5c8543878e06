//! Why there is no forecast of a queue.

use strum::IntoStaticStr;

/// A forecast is renewed every minute; one that wasn't for so long is out of date, in milliseconds.
pub const FORECAST_LIFETIME_MS: i64 = 150_000;

/// The reason why there is no forecast of a queue or a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum ForecastGap {
    /// None has been computed since the start.
    NotComputedYet,
    /// Its data are out of date.
    OutOfDate,
    /// The queue is closed.
    Closed,
    /// It is a group of more queues than one simulation has.
    SeveralQueues,
    /// It is a group with a queue that is hidden.
    HiddenQueue,
    /// It is a group, and its agents are only counted: it is unknown who serves several of its queues.
    UnknownSharing,
    /// So few agents serve it that the forecast would say what each of them does.
    SmallTeam,
    /// The queue has no history.
    NoHistory,
    /// Its history has fewer than three such weekdays.
    FewDays,
    /// Hardly any contacts are expected.
    FewContacts,
    /// Nobody who serves it is signed in.
    NoAgents,
    /// Neither its agents nor how many there is is reported.
    UnknownAgents,
    /// Its history doesn't say how long contacts take.
    UnknownHandleTime,
}
