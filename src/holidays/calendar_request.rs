//! Reads a calendar at an address: from addresses that were checked, within a time and a size, without redirects.

use std::time::Duration;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use reqwest::Url;
use tokio::time::timeout;

use wallboard_domain::RedactedText;
use wallboard_notify::{HostFault, resolve_host};
use wallboard_runtime::https;

use super::{
    calendar_plan::date_range,
    calendar_problem::CalendarProblem,
    holiday_calendar::{HolidayCalendar, read_holidays},
};

/// For everything that belongs to one request.
const TIMEOUT: Duration = Duration::from_secs(15);
const BYTES_MAX: usize = 1_000_000;
/// More days are no holidays.
const DAYS_MAX: usize = 1_000;

/// Reads the whole days of a calendar at an address.
///
/// # Errors
///
/// Says why there are none.
pub async fn request_calendar(
    url: &RedactedText,
    allow_private: bool,
    zone: &TimeZone,
) -> Result<HolidayCalendar, CalendarProblem> {
    request_within(url, allow_private, zone, TIMEOUT).await
}

async fn request_within(
    url: &RedactedText,
    allow_private: bool,
    zone: &TimeZone,
    limit: Duration,
) -> Result<HolidayCalendar, CalendarProblem> {
    let url = Url::parse(&url.0).map_err(|_| CalendarProblem::InvalidAddress)?;
    let host = url.host_str().ok_or(CalendarProblem::InvalidAddress)?;
    let host = host.to_owned();
    let reading = request_text(url, &host, allow_private);
    let text = timeout(limit, reading).await.unwrap_or_else(|_| {
        let seconds = limit.as_secs();
        Err(CalendarProblem::TooSlow { host, seconds })
    })?;
    let today = Timestamp::now().to_zoned(zone.clone()).date();
    read_text(&text, zone, today)
}

/// Reads the whole days of a calendar's text.
///
/// # Errors
///
/// Says why it has none.
pub fn read_text(
    text: &str,
    zone: &TimeZone,
    today: Date,
) -> Result<HolidayCalendar, CalendarProblem> {
    let (first, last) = date_range(today);
    let calendar = read_holidays(text, zone, first, last)?;
    if DAYS_MAX < calendar.days.len() {
        return Err(CalendarProblem::TooManyEvents);
    }
    // A calendar that is over would open everything without a word.
    if calendar.days.range(today..).next().is_none() {
        return Err(CalendarProblem::NoDays);
    }
    Ok(calendar)
}

async fn request_text(
    url: Url,
    host: &str,
    allow_private: bool,
) -> Result<String, CalendarProblem> {
    let port = url.port_or_known_default().unwrap_or(443);
    let addresses = resolve_host(host, port, allow_private).await;
    let addresses = addresses.map_err(|fault| host_problem(host, fault))?;
    // A proxy would look the name up again, and might reach another address.
    let client = https::client_builder()
        .no_proxy()
        .resolve_to_addrs(host, &addresses)
        .build()
        .map_err(|_| CalendarProblem::InvalidAddress)?;
    let unreachable = |error: &reqwest::Error| CalendarProblem::Unreachable {
        host: host.to_owned(),
        advice: https::explain_unreachable(error).to_owned(),
    };
    let response = client.get(url.clone()).send().await;
    let response = response.map_err(|error| unreachable(&error))?;
    let status = response.status();
    if let Some(target) = https::redirect_target(&url, status.as_u16(), response.headers()) {
        return Err(CalendarProblem::Redirect { target });
    }
    if !status.is_success() {
        return Err(CalendarProblem::Status {
            host: host.to_owned(),
            status: status.as_u16(),
        });
    }
    let body = https::read_body(response, BYTES_MAX).await;
    let body = body.map_err(|error| unreachable(&error))?;
    let body = body.ok_or(CalendarProblem::TooLarge)?;
    Ok(String::from_utf8_lossy(&body).into_owned())
}

fn host_problem(host: &str, fault: HostFault) -> CalendarProblem {
    let host = host.to_owned();
    match fault {
        HostFault::NotFound => CalendarProblem::NoSuchHost { host },
        HostFault::Private(_) => CalendarProblem::PrivateAddress { host },
    }
}

#[cfg(test)]
mod tests;
