//! The bar below a rewound page: which moment it shows, and where to go from there.

use askama::Template;
use jiff::{Timestamp, tz::TimeZone};
use tracing::error;

use wallboard_boards::PastBars;
use wallboard_domain::{Moment, moment};
use wallboard_live::{Incident, IncidentSubject, LiveHandle, Snapshot};
use wallboard_texts::Texts;

use super::past_query::{self, PastKey, SPEEDS};
use crate::web::parts::links;

/// Width of the scrubber's picture.
const WIDTH: i64 = 1000;

#[derive(Template)]
#[template(path = "past_bar.html")]
struct PastBar {
    texts: &'static Texts,
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

/// Renders the bar of a moment, in each language.
pub(super) fn render_bars(live: &LiveHandle, key: &PastKey) -> PastBars {
    // Everyone who looks at a moment shares its bar.
    let live = live.without_small_teams();
    PastBars::new(|texts| {
        let bar = live.read_snapshot(|snapshot, now| build_bar(texts, snapshot, key, now));
        bar.render().unwrap_or_else(|cause| {
            error!("Couldn't render the bar of a rewound page: {cause}");
            String::new()
        })
    })
}

fn build_bar(texts: &'static Texts, snapshot: &Snapshot, key: &PastKey, now: Moment) -> PastBar {
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
        let title = texts.incident_at(name, texts.time_or_day(one.from, key.at, zone));
        (format!("?{}", links::incident_query(one)), title)
    };
    let before = moment::plus_millis(key.at, -2_000);
    let previous = critical.clone().rfind(|one| one.from < before).map(link);
    let next = critical.clone().find(|one| key.at < one.from).map(link);
    let marks: Vec<Mark> = (incidents.iter())
        .filter_map(|one| mark(texts, snapshot, one, from, to))
        .collect();
    PastBar {
        texts,
        at: key.at.as_millisecond(),
        text: texts.dated_moment(key.at, zone),
        speed: key.speed,
        query: key.to_query(),
        end: meets_present(key, now),
        local: local_time(key.at, zone),
        summary: summarize(texts, &marks),
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

fn summarize(texts: &Texts, marks: &[Mark]) -> String {
    let count = |class| marks.iter().filter(|mark| mark.class == class).count();
    let times = texts.times_critical(count("crit"));
    texts.day_summary(times, texts.source_outages(count("lost")))
}

/// Returns the business day of a moment, up to now.
fn day_around(snapshot: &Snapshot, at: Timestamp, now: Moment) -> (Timestamp, Timestamp) {
    let zone = &snapshot.site.zone;
    let end = moment::day_end(at, zone).min(now.wall);
    (moment::day_start(at, zone), end)
}

/// Returns an incident's place on the scrubber; `None` outside of it.
fn mark(
    texts: &Texts,
    snapshot: &Snapshot,
    one: &Incident,
    from: Timestamp,
    to: Timestamp,
) -> Option<Mark> {
    let (start, end) = (one.from.max(from), one.to.unwrap_or(to).min(to));
    if end < start || to <= from {
        return None;
    }
    let place = |at| moment::millis_between(from, at) * WIDTH / moment::millis_between(from, to);
    let name = links::incident_name(snapshot, one)?;
    let times = texts.time_range(one.from, one.to, &snapshot.site.zone);
    let (class, title) = match one.subject {
        IncidentSubject::Queue(_) => ("crit", texts.was_critical(name, times)),
        IncidentSubject::Source(_) => ("lost", texts.was_disconnected(name, times)),
    };
    Some(Mark {
        class,
        x: place(start),
        // Short ones must be seen too.
        width: (place(end) - place(start)).max(3),
        title,
    })
}
