//! `/sources`: how the upstream systems are, in words, with what to do.

use std::sync::Arc;

use askama::Template;
use axum::{Router, extract::State, response::Html, routing::get};
use jiff::{Timestamp, tz::TimeZone};

use crate::{
    boards::format,
    domain::{Account, Moment, Site},
    live::{Counts, Health, Source},
};

use super::{
    Web, WebError,
    about::{Row, rows},
    assets,
    clock::{Stamp, ago},
    exports::{Exported, exported},
    story::{Story, sentence, story},
};

#[derive(Template)]
#[template(path = "sources.html")]
struct Page {
    build: &'static str,
    demo: bool,
    stamp: Stamp,
    sources: Vec<Shown>,
    exports: Vec<Exported>,
    server: Vec<Row>,
}

/// One source, as words.
struct Shown {
    id: String,
    name: String,
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
    /// How the statistics fare that are asked for, in words.
    asked: Vec<(&'static str, String)>,
    /// Of those, which are refused, and why; and how many more.
    refused: Vec<(Arc<str>, Arc<str>)>,
    more_refused: usize,
    /// Of the clock and the pace, once it has spoken.
    habits: Vec<(&'static str, String)>,
    log: Vec<Logged>,
}

/// One line of the log.
pub(super) struct Logged {
    pub(super) at: String,
    pub(super) level: &'static str,
    pub(super) text: String,
}

pub(super) fn routes() -> Router<Web> {
    Router::new().route("/sources", get(page))
}

async fn page(State(web): State<Web>) -> Result<Html<String>, WebError> {
    let (mut sources, stamp, site, now) = web.live.read(|picture, now| {
        let sources = picture.sources.values();
        let sources: Vec<_> = sources
            .map(|source| shown(source, &picture.site, now))
            .collect();
        (sources, Stamp::new(picture, now), picture.site.clone(), now)
    });
    for source in &mut sources {
        source.log = log(&web, &source.id, &site.zone, now);
    }
    let exports = web.exports.all().into_iter();
    let exports = exports.map(|(id, status)| {
        let log = log(&web, id.as_str(), &site.zone, now);
        Exported {
            log,
            ..exported(&id, &status, &site, now)
        }
    });
    let exports = exports.collect();
    let server = rows(&web, &site.zone, now);
    let page = Page {
        build: assets::build(),
        demo: web.demo,
        stamp,
        sources,
        exports,
        server,
    };
    Ok(Html(page.render()?))
}

fn shown(source: &Source, site: &Site, now: Moment) -> Shown {
    let zone = &site.zone;
    let (state, glyph, word) = match source.health() {
        Health::Connecting => ("connecting", "◌", "Connecting"),
        Health::Live => ("live", "●", "Live"),
        Health::Degraded => ("degraded", "▲", "Degraded"),
        Health::Down => ("down", "◆", "Down"),
    };
    let since = source.lost.map_or(source.since, |lost| lost.at);
    Shown {
        id: source.id.to_string(),
        name: site.source_name(&source.id),
        kind: source.kind.vendor,
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
            .map(|(at, why)| (clock(at, zone, now), sentence(&why))),
        counts: source.counts,
        events: source
            .by_event
            .iter()
            .map(|(event, counts)| (event.to_string(), *counts))
            .collect(),
        reasons: source.by_reason.iter().map(|(why, n)| (*why, *n)).collect(),
        asked: (source.account.as_deref())
            .map(|account| asked(source, account, zone, now))
            .unwrap_or_default(),
        refused: (source.account.as_deref())
            .map(|account| account.refused.clone())
            .unwrap_or_default(),
        more_refused: (source.account.as_deref()).map_or(0, |account| {
            account.all_refused.saturating_sub(account.refused.len())
        }),
        habits: habits(source),
        log: Vec::new(),
    }
}

/// What is asked of a vendor that reckons by itself, and how that fares.
fn asked(
    source: &Source,
    account: &Account,
    zone: &TimeZone,
    now: Moment,
) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    let since = account.signed_in.map(|at| clock(at, zone, now));
    let since = since.map_or_else(|| "unavailable".to_owned(), |at| format!("since {at}"));
    let what = if source.kind.has_session {
        "Signed in"
    } else {
        "Answers"
    };
    rows.push((what, since));
    let way = match account.transport {
        "long-polling" => "long polling",
        "websocket" => "WebSocket",
        "polling" => "polling",
        other => other,
    };
    let way = [account.address.as_str(), way];
    let mut way: Vec<_> = way.into_iter().filter(|part| !part.is_empty()).collect();
    way.dedup();
    rows.push(("Address", way.join(", ")));
    if 0 < account.subscriptions {
        rows.push(("Subscriptions", account.subscriptions.to_string()));
    }
    rows.push(("Statistics", statistics(source, account)));
    if let Some(told) = account.told {
        let ago = ago(told, now);
        rows.push(("Values updated", format!("{ago} ago")));
    }
    rows.retain(|(_, words)| !words.is_empty());
    rows
}

/// "12 asked for: 10 fresh, 1 without a valid value there, 1 refused"
fn statistics(source: &Source, account: &Account) -> String {
    let all = account.statistics;
    let well = all.saturating_sub(account.invalid + account.all_refused);
    if !source.is_live() {
        return format!("{all} requested; all out of date while disconnected");
    }
    let mut parts = vec![format!("{well} up to date")];
    if 0 < account.invalid {
        parts.push(format!("{} without a valid value", account.invalid));
    }
    if 0 < account.all_refused {
        parts.push(format!("{} rejected", account.all_refused));
    }
    format!("{all} requested: {}", parts.join(", "))
}

/// What was learned of a source once it has reported.
fn habits(source: &Source) -> Vec<(&'static str, String)> {
    let mut habits = Vec::new();
    if source.last_message_at.is_some() && source.kind.has_clock {
        habits.push(("Clock", offset(source.offset)));
    }
    if source.last_message_at.is_some() && source.kind.reports_contacts {
        habits.push(("Update rate", interval(source.interval)));
    }
    habits
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
    format::moment(at, now.wall, zone)
}

fn offset(millis: i64) -> String {
    match millis {
        0 => "in sync (within 2 s)".to_owned(),
        ahead if 0 < ahead => format!("{} behind (corrected)", seconds(ahead)),
        behind => format!("{} ahead (corrected)", seconds(-behind)),
    }
}

fn interval(millis: i64) -> String {
    match millis {
        0 => "measuring".to_owned(),
        millis => format!("every {} per group", seconds(millis)),
    }
}

/// `2 s`, `2.5 s`.
fn seconds(millis: i64) -> String {
    match (millis / 1000, millis % 1000 / 100) {
        (whole, 0) => format!("{whole} s"),
        (whole, tenths) => format!("{whole}.{tenths} s"),
    }
}
