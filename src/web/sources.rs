//! `/sources`: how the upstream systems are, in words, with what to do.

use askama::Template;
use axum::{Router, extract::State, response::Html, routing::get};
use jiff::{Timestamp, tz::TimeZone};

use crate::{
    boards::Locale,
    domain::Moment,
    live::{Counts, Health, Source},
};

use super::{
    Web, WebError,
    about::{Row, rows},
    assets,
    clock::ago,
    story::{Story, story},
};

#[derive(Template)]
#[template(path = "sources.html")]
struct Page {
    build: &'static str,
    demo: bool,
    sources: Vec<Shown>,
    server: Vec<Row>,
}

/// One source, as words.
struct Shown {
    id: String,
    kind: &'static str,
    state: &'static str,
    glyph: &'static str,
    word: &'static str,
    story: Story,
    since: String,
    last_message: Option<String>,
    last_error: Option<(String, String)>,
    counts: Counts,
    events: Vec<(String, Counts)>,
    reasons: Vec<(&'static str, u64)>,
    /// Of the clock and the pace, once it has spoken.
    habits: Option<(String, String)>,
    log: Vec<Logged>,
}

/// One line of the log.
struct Logged {
    at: String,
    level: &'static str,
    text: String,
}

pub(super) fn routes() -> Router<Web> {
    Router::new().route("/sources", get(page))
}

async fn page(State(web): State<Web>) -> Result<Html<String>, WebError> {
    let (mut sources, zone, now) = web.live.read(|picture, now| {
        let zone = &picture.site.zone;
        let sources = picture.sources.values();
        let sources: Vec<_> = sources.map(|source| shown(source, zone, now)).collect();
        (sources, zone.clone(), now)
    });
    for source in &mut sources {
        source.log = log(&web, &source.id, &zone, now);
    }
    let server = rows(&web, &zone, now);
    let page = Page {
        build: assets::build(),
        demo: web.demo,
        sources,
        server,
    };
    Ok(Html(page.render()?))
}

fn shown(source: &Source, zone: &TimeZone, now: Moment) -> Shown {
    let (state, glyph, word) = match source.health() {
        Health::Connecting => ("connecting", "◌", "Connecting"),
        Health::Live => ("live", "●", "Live"),
        Health::Degraded => ("degraded", "▲", "Degraded"),
        Health::Down => ("down", "◆", "Down"),
    };
    let since = source.lost.map_or(source.since, |lost| lost.at);
    Shown {
        id: source.id.to_string(),
        kind: match source.kind {
            "vngage" => "Vngage",
            other => other,
        },
        state,
        glyph,
        word,
        story: story(source),
        since: clock(since, zone, now),
        last_message: source
            .last_message_at
            .map(|at| match ago(at, now).as_str() {
                "0 s" | "1 s" => "just now".to_owned(),
                ago => format!("{ago} ago"),
            }),
        // What happened says it already while it stands.
        last_error: (source.last_error.clone())
            .filter(|_| source.is_live())
            .map(|(at, why)| (clock(at, zone, now), why)),
        counts: source.counts,
        events: source
            .by_event
            .iter()
            .map(|(event, counts)| (event.to_string(), *counts))
            .collect(),
        reasons: source.by_reason.iter().map(|(why, n)| (*why, *n)).collect(),
        habits: (source.last_message_at)
            .map(|_| (offset(source.offset), interval(source.interval))),
        log: Vec::new(),
    }
}

fn log(web: &Web, source: &str, zone: &TimeZone, now: Moment) -> Vec<Logged> {
    let lines = web.about.logbook.lines(source).into_iter();
    let lines = lines.map(|line| Logged {
        at: clock(line.at, zone, now),
        level: match line.level {
            "ERROR" => "Error",
            "WARN" => "Warning",
            _ => "Note",
        },
        text: line.text,
    });
    lines.collect()
}

fn clock(at: Timestamp, zone: &TimeZone, now: Moment) -> String {
    Locale::default().moment(at, now.wall, zone)
}

fn offset(millis: i64) -> String {
    match millis {
        0 => "agrees with ours within 2 s".to_owned(),
        ahead if 0 < ahead => format!(
            "{} behind ours; times are corrected by that",
            seconds(ahead)
        ),
        behind => format!(
            "{} ahead of ours; times are corrected by that",
            seconds(-behind)
        ),
    }
}

fn interval(millis: i64) -> String {
    match millis {
        0 => "not learned yet".to_owned(),
        millis => format!("one message per group every {}", seconds(millis)),
    }
}

/// `2 s`, `2.5 s`.
fn seconds(millis: i64) -> String {
    match (millis / 1000, millis % 1000 / 100) {
        (whole, 0) => format!("{whole} s"),
        (whole, tenths) => format!("{whole}.{tenths} s"),
    }
}
