//! `/sources`: the state of the sources, with what to do.

use std::sync::Arc;

use askama::Template;
use axum::{Router, extract::State, response::Html, routing::get};
use jiff::{Timestamp, tz::TimeZone};

use wallboard_boards::format;
use wallboard_domain::{Moment, SiteConfig, SourceHealth, SubscriptionStats, moment};
use wallboard_live::{MessageCounts, SourceSnapshot};

use crate::editing::Section;
use crate::web::{
    WebError, WebState,
    pages::{
        cluster_panel::{ClusterPanel, cluster_panel},
        import_panel::{ImportPanel, import_panel},
        rejected_rows,
        server_facts::{ServerFact, server_facts},
        sources_verdict::{SourceState, SourcesVerdict, sources_verdict},
    },
    parts::{
        clock::{PageTime, format_ago},
        page_header::PageHeader,
        source_status_text::{
            SourceStatusText, as_sentence, describe_paused_source, describe_source,
            describe_unheard_source, health_label,
        },
    },
    server::assets,
    table_editor::NEW_ROUTE,
};

/// A message of less than this long ago came just now, in milliseconds.
const JUST_NOW: i64 = 2_000;

#[derive(Template)]
#[template(path = "sources.html")]
struct SourcesPage {
    build: &'static str,
    header: PageHeader,
    stamp: PageTime,
    /// `None` on one machine.
    cluster: Option<ClusterPanel>,
    /// `None` without a source, or if this node of a cluster hears of none.
    verdict: Option<SourcesVerdict>,
    sources: Vec<SourcePanel>,
    /// A node that doesn't hear the leader doesn't know the live ones.
    are_sources_known: bool,
    exports: Vec<ImportPanel>,
    /// Imports that somebody paused: ID and name, and who it was.
    paused: Vec<(String, String, String)>,
    /// Whether the visitor may make and change them.
    is_editable: bool,
    server: Vec<ServerFact>,
    server_is_bad: bool,
    version: &'static str,
}

/// One source as text.
struct SourcePanel {
    id: String,
    name: String,
    kind: &'static str,
    state: &'static str,
    glyph: &'static str,
    word: &'static str,
    /// Nobody has to do anything.
    is_healthy: bool,
    /// Connected, but some statistics have no valid value.
    has_exceptions: bool,
    story: SourceStatusText,
    since: String,
    last_message: Option<String>,
    last_error: Option<(String, String)>,
    counts: MessageCounts,
    events: Vec<(String, MessageCounts)>,
    reasons: Vec<(&'static str, u64)>,
    /// The requested statistics as text.
    subscription_facts: Vec<(&'static str, String)>,
    /// Rejected statistics, with reasons.
    refused: Vec<(Arc<str>, Arc<str>)>,
    more_refused: usize,
    /// Its clock and update rate, once it has reported.
    timing_facts: Vec<(&'static str, String)>,
    log: Vec<LogLine>,
}

/// A log line.
pub(in crate::web) struct LogLine {
    pub(in crate::web) at: String,
    pub(in crate::web) level: &'static str,
    pub(in crate::web) text: String,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new().route("/sources", get(show_sources))
}

async fn show_sources(
    State(web): State<WebState>,
    header: PageHeader,
) -> Result<Html<String>, WebError> {
    let (mut sources, mut states, stamp, site, now) = web.live.read_snapshot(|snapshot, now| {
        let states = snapshot.sources.values();
        // Those that nobody tells this node about aren't disconnected.
        let states = states.filter(|source| !snapshot.is_lost_with_leader(source));
        let states: Vec<_> = states
            .map(|source| SourceState::of_live(source, &snapshot.site, now))
            .collect();
        let sources = snapshot.sources.values();
        let sources: Vec<_> = sources
            .map(|source| {
                let panel = source_panel(source, &snapshot.site, now);
                if snapshot.is_lost_with_leader(source) {
                    panel.unheard()
                } else {
                    panel
                }
            })
            .collect();
        (
            sources,
            states,
            PageTime::new(snapshot, now),
            snapshot.site.clone(),
            now,
        )
    });
    for source in &mut sources {
        source.log = log_lines(&web, &source.id, &site.zone, now);
    }
    let exports = web.imports.list_statuses().into_iter();
    let exports = exports.map(|(id, status)| {
        states.push(SourceState::of_files(&id, &status, &site, now));
        let log = log_lines(&web, id.as_str(), &site.zone, now);
        let panel = import_panel(&id, &status, &site, log, now);
        ImportPanel {
            aside: panel
                .aside
                .filter(|_| header.may_open(rejected_rows::ROUTE)),
            ..panel
        }
    });
    let exports: Vec<_> = exports.collect();
    let cluster = web.server_info.cluster.as_ref();
    let cluster = cluster.map(|cluster| cluster_panel(&cluster.view(), &site.zone, now));
    let server = server_facts(&web, &site.zone, now);
    let page = SourcesPage {
        build: assets::build_id(),
        stamp,
        are_sources_known: (web.live)
            .read_snapshot(|snapshot, _| snapshot.leader_lost_at.is_none()),
        cluster,
        verdict: sources_verdict(&states),
        sources,
        is_editable: header.may_open(NEW_ROUTE)
            && (web.editor_for(header.visitor()))
                .is_some_and(|editor| editor.has_section(Section::Sources)),
        paused: paused_imports(&site),
        exports,
        server_is_bad: server.iter().any(|fact| fact.is_bad),
        server,
        version: env!("CARGO_PKG_VERSION"),
        header,
    };
    Ok(Html(page.render()?))
}

fn source_panel(source: &SourceSnapshot, site: &SiteConfig, now: Moment) -> SourcePanel {
    let zone = &site.zone;
    let health = source.health();
    let (glyph, word) = health_label(health);
    let paused_by = site.paused_by(&source.id);
    let story = paused_by.map_or_else(|| describe_source(source), describe_paused_source);
    let word = if paused_by.is_some() { "Paused" } else { word };
    let since = source.outage.map_or(source.since, |outage| outage.at);
    SourcePanel {
        id: source.id.to_string(),
        name: site.source_name(&source.id),
        kind: source.vendor.vendor,
        state: health.into_str(),
        glyph,
        word,
        is_healthy: health == SourceHealth::Live && !has_rejected_statistics(source),
        has_exceptions: has_invalid_statistics(source),
        story,
        since: format_time(since, zone, now),
        last_message: (source.last_message_at).map(|at| {
            if moment::millis_between(at, now.wall) < JUST_NOW {
                "just now".to_owned()
            } else {
                format!("{} ago", format_ago(at, now))
            }
        }),
        // The status text already has it while it lasts.
        last_error: (source.last_error.clone())
            .filter(|_| source.is_live())
            .map(|(at, why)| (format_time(at, zone, now), as_sentence(&why))),
        counts: source.counts,
        events: source
            .counts_by_event
            .iter()
            .map(|(event, counts)| (event.to_string(), *counts))
            .collect(),
        reasons: source
            .rejections_by_reason
            .iter()
            .map(|(why, n)| (*why, *n))
            .collect(),
        subscription_facts: (source.subscription_stats.as_deref())
            .map(|stats| subscription_rows(source, stats, zone, now))
            .unwrap_or_default(),
        refused: (source.subscription_stats.as_deref())
            .map(|stats| stats.rejected.clone())
            .unwrap_or_default(),
        more_refused: (source.subscription_stats.as_deref()).map_or(0, |stats| {
            stats.rejected_count.saturating_sub(stats.rejected.len())
        }),
        timing_facts: timing_rows(source),
        log: Vec::new(),
    }
}

/// Imports of which nothing runs, by name.
fn paused_imports(site: &SiteConfig) -> Vec<(String, String, String)> {
    let paused = site.paused_sources.iter();
    let paused = paused.filter(|(id, _)| site.find_source(id).is_none());
    let mut paused: Vec<_> = paused
        .map(|(id, by)| (id.to_string(), site.source_name(id), by.clone()))
        .collect();
    paused.sort();
    paused
}

impl SourcePanel {
    /// The source of a node that doesn't hear the leader.
    fn unheard(self) -> Self {
        Self {
            word: "Not known",
            story: describe_unheard_source(),
            ..self
        }
    }
}

fn has_rejected_statistics(source: &SourceSnapshot) -> bool {
    let stats = source.subscription_stats.as_deref();
    stats.is_some_and(|stats| 0 < stats.rejected_count)
}

fn has_invalid_statistics(source: &SourceSnapshot) -> bool {
    let stats = source.subscription_stats.as_deref();
    stats.is_some_and(|stats| 0 < stats.invalid)
}

/// The statistics requested from a vendor that computes them, and their state.
fn subscription_rows(
    source: &SourceSnapshot,
    stats: &SubscriptionStats,
    zone: &TimeZone,
    now: Moment,
) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    let since = stats.signed_in_at.map(|at| format_time(at, zone, now));
    let since = since.map_or_else(|| "unavailable".to_owned(), |at| format!("since {at}"));
    let what = if source.vendor.has_session {
        "Signed in"
    } else {
        "Answers"
    };
    rows.push((what, since));
    let transport = match stats.transport {
        "long-polling" => "long polling",
        "websocket" => "WebSocket",
        "polling" => "polling",
        other => other,
    };
    let parts = [stats.address.as_str(), transport];
    let mut parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.dedup();
    rows.push(("Address", parts.join(", ")));
    if 0 < stats.subscriptions {
        rows.push(("Subscriptions", stats.subscriptions.to_string()));
    }
    rows.push(("Statistics", summarize_statistics(source, stats)));
    if let Some(updated_at) = stats.last_value_at {
        let ago = format_ago(updated_at, now);
        rows.push(("Values updated", format!("{ago} ago")));
    }
    rows.retain(|(_, words)| !words.is_empty());
    rows
}

/// "12 requested: 10 up to date, 1 without a valid value, 1 rejected"
fn summarize_statistics(source: &SourceSnapshot, stats: &SubscriptionStats) -> String {
    let all = stats.statistics;
    let up_to_date = all.saturating_sub(stats.invalid + stats.rejected_count);
    if !source.is_live() {
        return format!("{all} requested; all out of date while disconnected");
    }
    let mut parts = vec![format!("{up_to_date} up to date")];
    if 0 < stats.invalid {
        parts.push(format!("{} without a valid value", stats.invalid));
    }
    if 0 < stats.rejected_count {
        parts.push(format!("{} rejected", stats.rejected_count));
    }
    format!("{all} requested: {}", parts.join(", "))
}

/// Measured timing of a source that has reported.
fn timing_rows(source: &SourceSnapshot) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    if source.last_message_at.is_some() && source.vendor.has_clock {
        rows.push(("Clock", describe_offset(source.clock_offset_ms)));
    }
    if source.last_message_at.is_some() && source.vendor.reports_contacts {
        rows.push(("Update rate", describe_interval(source.report_interval_ms)));
    }
    rows
}

fn log_lines(web: &WebState, source: &str, zone: &TimeZone, now: Moment) -> Vec<LogLine> {
    let lines = web.server_info.source_log.recent_lines(source).into_iter();
    let lines = lines.map(|line| LogLine {
        at: format_time(line.at, zone, now),
        level: match line.level {
            "ERROR" => "Error",
            "WARN" => "Warning",
            _ => "Note",
        },
        text: line.text,
    });
    lines.collect()
}

fn format_time(at: Timestamp, zone: &TimeZone, now: Moment) -> String {
    format::moment(at, now.wall, zone)
}

fn describe_offset(millis: i64) -> String {
    match millis {
        0 => "in sync (within 2 s)".to_owned(),
        ahead if 0 < ahead => format!("{} behind (corrected)", format_seconds(ahead)),
        behind => format!("{} ahead (corrected)", format_seconds(-behind)),
    }
}

fn describe_interval(millis: i64) -> String {
    match millis {
        0 => "measuring".to_owned(),
        millis => format!("every {} per group", format_seconds(millis)),
    }
}

/// `2 s`, `2.5 s`.
fn format_seconds(millis: i64) -> String {
    match (millis / 1000, millis % 1000 / 100) {
        (whole, 0) => format!("{whole} s"),
        (whole, tenths) => format!("{whole}.{tenths} s"),
    }
}

#[cfg(test)]
mod tests;
