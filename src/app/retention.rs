//! Deletes expired data: at the start, and every night.

use std::{path::PathBuf, time::Duration};

use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};
use tokio::{sync::watch, time::sleep};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use wallboard_history::retention;
use wallboard_store::Store;

/// The hour when the site sleeps and no export is made.
const NIGHT_HOUR: i8 = 2;
/// The pause before retrying after a failure.
const RETRY_PAUSE: Duration = Duration::from_hours(1);

/// Enforces the configured retention until stopped.
pub(super) async fn run_retention(
    store: Store,
    path: PathBuf,
    mut policies: watch::Receiver<retention::RetentionPolicy>,
    zone: TimeZone,
    stop: CancellationToken,
) {
    let mut is_night = false;
    loop {
        let policy = policies.borrow_and_update().clone();
        let result =
            retention::enforce_retention(&store, &path, &policy, Timestamp::now(), &stop).await;
        if is_night && let Err(error) = store.remove_remains().await {
            warn!(
                error = &error as &dyn std::error::Error,
                "Couldn't remove the traces of people who were forgotten from the database file; retrying next night"
            );
        }
        is_night = result.is_ok();
        let pause = match result {
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
            // The policy changed; once its sender is gone, the app ends.
            changed = policies.changed() => {
                is_night = false;
                if changed.is_err() {
                    return;
                }
            }
            () = stop.cancelled() => return,
        }
    }
}

/// Returns the time until the next night.
fn until_night(now: Timestamp, zone: &TimeZone) -> Duration {
    let local_time = now.to_zoned(zone.clone());
    let mut date = local_time.date();
    if NIGHT_HOUR <= local_time.hour() {
        date = date.saturating_add(1.day());
    }
    let night = date.at(NIGHT_HOUR, 0, 0, 0).to_zoned(zone.clone());
    let remaining = night.map_or(SignedDuration::from_hours(24), |night| {
        night.timestamp().duration_since(now)
    });
    Duration::try_from(remaining).unwrap_or(RETRY_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_night_is_at_two_in_the_sites_zone() {
        let stockholm = TimeZone::get("Europe/Stockholm").unwrap();
        let seconds_left = |now: &str| until_night(now.parse().unwrap(), &stockholm).as_secs();

        assert_eq!(seconds_left("2026-11-20T00:30:00Z"), 30 * 60);
        assert_eq!(seconds_left("2026-11-20T01:00:00Z"), 24 * 3600);
        // Clocks go forward from two to three on 29 March 2026.
        assert_eq!(seconds_left("2026-03-29T00:30:00Z"), 30 * 60);
    }
}
