//! How often the board of a server changes.

use std::{fmt, time::Duration};

use tokio::sync::watch;

/// Interval between changes; `None`: no changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pace(pub(super) Option<Duration>);

pub(super) const QUIET: Pace = Pace(None);

impl Pace {
    pub(super) fn per_second(changes: f64) -> Self {
        Self(Some(Duration::from_secs_f64(1.0 / changes)))
    }

    /// Reads what is written to a server: microseconds, 0 for no changes.
    pub(super) fn parse(line: &str) -> Self {
        let micros = line.parse().expect("a number of microseconds");
        Self((micros != 0).then(|| Duration::from_micros(micros)))
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.map_or(0, |every| every.as_micros()))
    }
}

/// The times of changes, at a pace that others set.
pub(super) struct Changes {
    pace: watch::Receiver<Pace>,
    last: tokio::time::Instant,
}

impl Changes {
    pub(super) fn new(pace: watch::Receiver<Pace>) -> Self {
        let last = tokio::time::Instant::now();
        Self { pace, last }
    }

    /// Waits for the next change. Returns the interval. One that is late delays no other.
    pub(super) async fn next(&mut self) -> Duration {
        loop {
            let pace = *self.pace.borrow_and_update();
            let changed = self.pace.changed();
            let Some(every) = pace.0 else {
                changed.await.expect("the pace outlives its users");
                self.last = tokio::time::Instant::now();
                continue;
            };
            let due = self.last + every;
            if tokio::time::timeout_at(due, changed).await.is_err() {
                self.last = due.max(tokio::time::Instant::now() - every);
                return every;
            }
        }
    }
}
