//! Deletes what is kept no longer: at the start, and every night.

use std::{path::PathBuf, time::Duration};

use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};
use tokio::{sync::watch, time::sleep};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::{history::retention, store::Store};

/// When the site sleeps and no export is made.
const NIGHT_HOUR: i8 = 2;
/// Where it failed, it is tried again.
const RETRY_PAUSE: Duration = Duration::from_hours(1);

/// Keeps in the store what the configuration says, and no more, until told to stop.
pub(super) async fn run_retention(
    (store, path): (Store, PathBuf),
    mut kept: watch::Receiver<retention::RetentionPolicy>,
    zone: TimeZone,
    stop: CancellationToken,
) {
    loop {
        let keep = kept.borrow_and_update().clone();
        let done =
            retention::enforce_retention((&store, &path), &keep, Timestamp::now(), &stop).await;
        let pause = match done {
            Ok(_) => until_night(Timestamp::now(), &zone),
            Err(error) => {
                warn!(
                    error = &error as &dyn std::error::Error,
                    "Couldn't delete expired data; retrying in an hour"
                );
                RETRY_PAUSE
            }
        };
        tokio::select! {
            () = sleep(pause) => {}
            // Something else is configured; when nobody can say so any more, all ends.
            changed = kept.changed() => if changed.is_err() { return },
            () = stop.cancelled() => return,
        }
    }
}

/// How long until the next night.
fn until_night(now: Timestamp, zone: &TimeZone) -> Duration {
    let here = now.to_zoned(zone.clone());
    let mut date = here.date();
    if NIGHT_HOUR <= here.hour() {
        date = date.saturating_add(1.day());
    }
    let night = date.at(NIGHT_HOUR, 0, 0, 0).to_zoned(zone.clone());
    let left = night.map_or(SignedDuration::from_hours(24), |night| {
        night.timestamp().duration_since(now)
    });
    Duration::try_from(left).unwrap_or(RETRY_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_night_is_at_two_by_the_clocks_of_the_site() {
        let stockholm = TimeZone::get("Europe/Stockholm").unwrap();
        let left = |now: &str| until_night(now.parse().unwrap(), &stockholm).as_secs();

        assert_eq!(left("2026-11-20T00:30:00Z"), 30 * 60);
        assert_eq!(left("2026-11-20T01:00:00Z"), 24 * 3600);
        // Clocks go forward from two to three on 29 March 2026.
        assert_eq!(left("2026-03-29T00:30:00Z"), 30 * 60);
    }
}
