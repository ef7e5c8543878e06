//! The bar below a rewound page: which moment it shows, and where to go from there.

use askama::Template;
use jiff::{Timestamp, tz::TimeZone};
use tracing::error;

use wallboard_boards::format;
use wallboard_domain::{Moment, moment};
use wallboard_live::{Incident, IncidentSubject, LiveHandle, Snapshot};

use super::past_query::{self, PastKey, SPEEDS};
use crate::web::parts::links;

/// Width of the scrubber's picture.
const WIDTH: i64 = 1000;

#[derive(Template)]
#[template(path = "past_bar.html")]
struct PastBar {
    at: i64,
    /// "Sat 21 Nov 10:42:07"
    text: String,
    speed: u32,
    /// Leads to the same past.
    query: String,
    /// When a playback reaches the present, by its own clock.
    end: Option<i64>,
    /// The moment in the site's zone, as its field has it.
    local: String,
    /// "3 times critical, 1 source outage"
    summary: String,
    /// Milliseconds since 1970 at both ends of the scrubber.
    from: i64,
    to: i64,
    width: i64,
    marks: Vec<Mark>,
    speeds: Vec<(u32, String)>,
    pause: String,
    previous: Option<(String, String)>,
    next: Option<(String, String)>,
}

/// An incident on the scrubber.
struct Mark {
    class: &'static str,
    x: i64,
    width: i64,
    title: String,
}

/// Renders the bar of a moment.
pub(super) fn render_bar(live: &LiveHandle, key: &PastKey) -> String {
    // Everyone who looks at a moment shares its bar.
    let bar =
        (live.without_small_teams()).read_snapshot(|snapshot, now| build_bar(snapshot, key, now));
    bar.render().unwrap_or_else(|cause| {
        error!("Couldn't render the bar of a rewound page: {cause}");
        String::new()
    })
}

fn build_bar(snapshot: &Snapshot, key: &PastKey, now: Moment) -> PastBar {
    let zone = &snapshot.site.zone;
    let (from, to) = day_around(snapshot, key.at, now);
    let incidents: Vec<&Incident> = (snapshot.incidents.between(Timestamp::MIN, Timestamp::MAX))
        .into_iter()
        .filter(|one| links::incident_name(snapshot, one).is_some())
        .collect();
    let critical = |one: &&&Incident| matches!(one.subject, IncidentSubject::Queue(_));
    let critical = incidents.iter().filter(critical);
    let link = |one: &&Incident| {
        let name = links::incident_name(snapshot, one).unwrap_or_default();
        let title = format!("{name}, {}", format::time_or_day(one.from, key.at, zone));
        (format!("?{}", links::incident_query(one)), title)
    };
    let before = moment::plus_millis(key.at, -2_000);
    let previous = critical.clone().rfind(|one| one.from < before).map(link);
    let next = critical.clone().find(|one| key.at < one.from).map(link);
    let marks: Vec<Mark> = (incidents.iter())
        .filter_map(|one| mark(snapshot, one, from, to))
        .collect();
    PastBar {
        at: key.at.as_millisecond(),
        text: format::dated_moment(key.at, zone),
        speed: key.speed,
        query: key.to_query(),
        end: meets_present(key, now),
        local: local_time(key.at, zone),
        summary: summarize(&marks),
        from: from.as_millisecond(),
        to: to.as_millisecond(),
        width: WIDTH,
        marks,
        speeds: SPEEDS.map(|speed| (speed, link_to(key.at, speed))).to_vec(),
        pause: link_to(key.at, 0),
        previous,
        next,
    }
}

fn link_to(at: Timestamp, speed: u32) -> String {
    format!("?{}", past_query::past_query(at, speed))
}

/// When a playback's clock shows what a clock on the wall does; `None` if it never will.
fn meets_present(key: &PastKey, now: Moment) -> Option<i64> {
    let gain = i64::from(key.speed)
        .checked_sub(1)
        .filter(|gain| 0 < *gain)?;
    let behind = moment::millis_between(key.at, now.wall);
    Some(now.wall.as_millisecond() + behind / gain)
}

fn local_time(at: Timestamp, zone: &TimeZone) -> String {
    let at = at.to_zoned(zone.clone());
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn summarize(marks: &[Mark]) -> String {
    let count = |class| marks.iter().filter(|mark| mark.class == class).count();
    let times = match count("crit") {
        1 => "Once critical".to_owned(),
        n => format!("{n} times critical"),
    };
    match count("lost") {
        1 => format!("{times}, 1 source outage"),
        n => format!("{times}, {n} source outages"),
    }
}

/// Returns the business day of a moment, up to now.
fn day_around(snapshot: &Snapshot, at: Timestamp, now: Moment) -> (Timestamp, Timestamp) {
    let zone = &snapshot.site.zone;
    let end = moment::day_end(at, zone).min(now.wall);
    (moment::day_start(at, zone), end)
}

/// Returns an incident's place on the scrubber; `None` outside of it.
fn mark(snapshot: &Snapshot, one: &Incident, from: Timestamp, to: Timestamp) -> Option<Mark> {
    let (start, end) = (one.from.max(from), one.to.unwrap_or(to).min(to));
    if end < start || to <= from {
        return None;
    }
    let place = |at| moment::millis_between(from, at) * WIDTH / moment::millis_between(from, to);
    let (class, what) = match one.subject {
        IncidentSubject::Queue(_) => ("crit", "critical"),
        IncidentSubject::Source(_) => ("lost", "not connected"),
    };
    let name = links::incident_name(snapshot, one)?;
    let times = format::time_range(one.from, one.to, &snapshot.site.zone);
    Some(Mark {
        class,
        x: place(start),
        // Short ones must be seen too.
        width: (place(end) - place(start)).max(3),
        title: format!("{name} {what} {times}"),
    })
}
