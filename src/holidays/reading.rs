//! Reads calendars at addresses once a day. Only where the sources are: on one machine, or at the leader.

use std::time::Duration;

use jiff::{Timestamp, tz::TimeZone};
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use wallboard_domain::error_chain;

use super::{CalendarOrigin, Holidays, calendar_request::request_calendar};

/// How soon a calendar that is due is noticed.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);
/// The pause after a calendar couldn't be stored.
const STORE_PAUSE: Duration = Duration::from_mins(10);

/// Reads what is due until `stop`.
pub async fn keep_reading(
    holidays: Holidays,
    zone: impl Fn() -> TimeZone,
    stop: CancellationToken,
) {
    let reading = async {
        let mut looks = interval(LOOK_INTERVAL);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            for plan in holidays.list_due(Timestamp::now()) {
                let CalendarOrigin::Address { url, allow_private } = &plan.origin else {
                    continue;
                };
                let read = request_calendar(url, *allow_private, &zone()).await;
                match &read {
                    Ok(calendar) => {
                        let days = calendar.days.len();
                        info!(calendar = plan.name, days, "Read a calendar of holidays");
                    }
                    Err(problem) => warn!(
                        calendar = plan.name,
                        "A calendar of holidays isn't read, keeping the last known days: {problem}"
                    ),
                }
                if let Err(error) = holidays.store(&plan, read, &zone()).await {
                    warn!(calendar = plan.name, "{}", error_chain(&error));
                    // Otherwise the same server would be asked again and again.
                    sleep(STORE_PAUSE).await;
                }
            }
        }
    };
    stop.run_until_cancelled(reading).await;
}
