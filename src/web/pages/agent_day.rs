//! `/agents/{source}/{id}?day=`: an agent's past day as a timeline, from the log and from exports.

use askama::Template;
use axum::response::Html;
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use wallboard_access::Right;
use wallboard_boards::{encode_segment, subject_path};
use wallboard_domain::{AgentId, Id};

use crate::web::{
    WebError, WebState,
    history::{find_agent_name, load_agent_day},
    parts::{
        agent_table_row::agent_table_row,
        clock::PageTime,
        links::{self, PageLink},
        missing_subject::MissingSubject,
        page_header::PageHeader,
    },
    server::assets,
};

use super::agent_timeline::{AgentTimeline, build_timeline};

#[derive(Template)]
#[template(path = "agent_day.html")]
struct AgentDayPage {
    build: &'static str,
    header: PageHeader,
    stamp: PageTime,
    name: String,
    /// "Fri 20 Nov 2026"
    day: String,
    /// The page of today; empty of an agent whom only exports know.
    today: String,
    /// The days before and after.
    days: Vec<PageLink>,
    /// The figures of the day.
    figures: String,
    timeline: Option<AgentTimeline>,
    /// Whether all of the day is known: the agent was signed out.
    was_signed_out: bool,
}

/// The page of an agent's day.
pub(super) fn day_path(id: &AgentId, day: Date) -> String {
    format!("{}?day={day}", subject_path("agents", id))
}

/// Shows a day that is over.
pub(super) async fn show_agent_day(
    web: &WebState,
    header: PageHeader,
    source: &str,
    external: &str,
    day: &str,
) -> Result<Html<String>, WebError> {
    if !header.visitor().has(Right::History) {
        return Err(WebError::Forbidden);
    }
    let texts = header.texts;
    let (live, zone, today, stamp) = web.live.read_snapshot(|snapshot, now| {
        let zone = snapshot.site.zone.clone();
        let today = now.wall.to_zoned(zone.clone()).date();
        let agent = links::find_agent(snapshot, source, external);
        let agent = agent.map(|agent| snapshot.agent_presence(agent, now));
        let presence = agent.or_else(|| links::find_person(snapshot, source, external, now));
        let live = presence.map(|presence| {
            let row = agent_table_row(texts, snapshot, &presence, now);
            (presence.id.clone(), row.link.name)
        });
        (live, zone, today, PageTime::new(snapshot, now))
    });
    let day = parse_day(day, today).ok_or(WebError::BadRequest {
        message: "day must be a date in the past such as 2026-11-20.".to_owned(),
        instead: Vec::new(),
    })?;
    let is_live = live.is_some();
    let (id, name) = if let Some(live) = live {
        live
    } else {
        let id = Id::new(&source.into(), external);
        let name = find_agent_name(web, &id).await?;
        let name = name.ok_or_else(|| WebError::NotFound {
            what: MissingSubject::Agent,
            id: id.to_string(),
            instead: Vec::new(),
        })?;
        (id, name)
    };
    let (from, to) = day_bounds(day, &zone).ok_or(WebError::InvalidForm)?;
    let spans = load_agent_day(web, &id, from, to).await?;
    let timeline = build_timeline(texts, &spans, Some(from), to, |at| texts.time(at, &zone));
    let neighbor = |day: Date| PageLink::new(texts.short_day(day), day_path(&id, day));
    let after = day.saturating_add(1.day());
    let page = AgentDayPage {
        build: assets::build_id(),
        stamp,
        name,
        day: texts.dated_year(texts.short_day(day), day.year().to_string()),
        today: if is_live {
            subject_path("agents", &id)
        } else {
            String::new()
        },
        days: std::iter::once(day.saturating_sub(1.day()))
            .chain((after < today).then_some(after))
            .map(neighbor)
            .collect(),
        figures: format!(
            "/history?agent={}&range=days&from={day}&to={day}",
            encode_segment(&id.to_string())
        ),
        // Without any status, all of the day would be unknown.
        was_signed_out: timeline.is_none(),
        timeline: timeline.filter(|_| !spans.is_empty()),
        header,
    };
    Ok(Html(page.render()?))
}

/// A day before today.
fn parse_day(text: &str, today: Date) -> Option<Date> {
    let day: Date = text.parse().ok().filter(|_| text.len() == 10)?;
    (day < today).then_some(day)
}

/// The day's start and end in a zone.
fn day_bounds(day: Date, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    let start = |day: Date| Some(day.to_zoned(zone.clone()).ok()?.timestamp());
    Some((start(day)?, start(day.tomorrow().ok()?)?))
}
