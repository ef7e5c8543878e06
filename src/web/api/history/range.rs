//! Parameters that both history paths share: a time range and a subject.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use wallboard_domain::Id;
use wallboard_history::report::ReportSubject;

use super::super::problem::Problem;
use crate::web::{
    WebState,
    parts::{case_listing, links},
};

/// The time zone with this name; the site's if there is none.
pub(super) fn parse_zone(web: &WebState, name: Option<&str>) -> Result<TimeZone, Problem> {
    let Some(name) = name else {
        return Ok(web.history.config().site.zone.clone());
    };
    TimeZone::get(name).map_err(|_| {
        Problem::bad_request("zone must be an IANA time zone such as Europe/Stockholm")
    })
}

/// A timestamp, or the start of a date.
pub(super) fn parse_instant(
    name: &str,
    text: Option<&str>,
    zone: &TimeZone,
) -> Result<Timestamp, Problem> {
    let wrong = |what: &str| {
        Problem::bad_request(&format!(
            "{name} {what}: use a date such as 2026-11-20, or a timestamp such as \
             2026-11-20T09:00:00Z"
        ))
    };
    let text = text.ok_or_else(|| wrong("is missing"))?;
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    // `+` in a URL decodes to a space.
    if let Ok(instant) = text.replace(' ', "+").parse::<Timestamp>() {
        return Ok(instant);
    }
    let is_date = text.len() == "2026-11-20".len();
    let date: Option<Date> = text.parse().ok().filter(|_| is_date);
    let midnight = date.and_then(|date| date.to_zoned(zone.clone()).ok());
    let midnight = midnight.and_then(|midnight| midnight.start_of_day().ok());
    midnight
        .map(|midnight| midnight.timestamp())
        .ok_or_else(|| wrong("isn't valid"))
}

/// A half-open time range.
pub(in super::super) fn parse_range(
    from: Option<&str>,
    to: Option<&str>,
    zone: &TimeZone,
) -> Result<(Timestamp, Timestamp), Problem> {
    let (from, to) = (
        parse_instant("from", from, zone)?,
        parse_instant("to", to, zone)?,
    );
    if to <= from {
        let detail = "from must be before to (`to` is exclusive)";
        return Err(Problem::bad_request(detail));
    }
    Ok((from, to))
}

/// Fails with 404 if neither history nor a live source knows the subject.
pub(super) async fn require_known(web: &WebState, subject: &ReportSubject) -> Result<(), Problem> {
    let (what, id) = match subject {
        ReportSubject::Queue(id) => ("queue", id),
        ReportSubject::Agent(id) => ("agent", id),
        ReportSubject::Site | ReportSubject::Queues(_) => return Ok(()),
    };
    let is_known = links::is_live(&web.live, subject) || {
        let known = web.history.is_known(subject.clone()).await;
        known.map_err(|error| Problem::store_failure(&error))?
    };
    if is_known {
        return Ok(());
    }
    Err(Problem::not_found(&format!("{what} {id} not found")))
}

/// The subject of the metrics or calls.
pub(super) fn parse_subject(
    queue: Option<&str>,
    agent: Option<&str>,
) -> Result<ReportSubject, Problem> {
    let id = |name: &str, text: &str| -> Result<Id, Problem> {
        case_listing::parse_id(text).ok_or_else(|| {
            Problem::bad_request(&format!(
                "{name} must be an ID with its source, such as calls/12"
            ))
        })
    };
    match (queue, agent) {
        (Some(_), Some(_)) => Err(Problem::bad_request("use either queue or agent, not both")),
        (Some(queue), None) => Ok(ReportSubject::Queue(id("queue", queue)?)),
        (None, Some(agent)) => Ok(ReportSubject::Agent(id("agent", agent)?)),
        (None, None) => Ok(ReportSubject::Site),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_starts_at_its_first_instant_in_the_zone() {
        let check = |zone: &str, text, expected: &str| {
            let zone = TimeZone::get(zone).unwrap();
            let instant = parse_instant("from", Some(text), &zone).unwrap();
            assert_eq!(instant.to_string(), expected);
        };

        check("Europe/Stockholm", "2026-03-29", "2026-03-28T23:00:00Z");
        check("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z");
        check("UTC", "2026-03-29T10:00:00+02:00", "2026-03-29T08:00:00Z");
        check("UTC", "2026-03-29T10:00:00 02:00", "2026-03-29T08:00:00Z");
        for wrong in [
            None,
            Some("today"),
            Some("2026-03-29T10:00:00"),
            Some("2026-02-30"),
        ] {
            assert!(
                parse_instant("from", wrong, &TimeZone::UTC).is_err(),
                "{wrong:?}"
            );
        }
    }
}
