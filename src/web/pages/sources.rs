//! `/sources`: the state of the sources, with what to do.

use std::sync::Arc;

use askama::Template;
use axum::{Router, extract::State, response::Html, routing::get};
use jiff::tz::TimeZone;

use wallboard_domain::{Moment, SiteConfig, SourceHealth, SubscriptionStats, moment};
use wallboard_live::{MessageCounts, SourceSnapshot};
use wallboard_texts::Texts;

use crate::editing::Section;
use crate::web::{
    WebError, WebState,
    pages::{
        case_record_panel::{CaseRecordPanel, case_record_panel},
        cluster_panel::{ClusterPanel, cluster_panel},
        import_panel::{ImportPanel, import_panel},
        rejected_rows,
        server_facts::{ServerFact, server_facts},
        sources_verdict::{SourceState, SourcesVerdict, sources_verdict},
    },
    parts::{
        clock::PageTime,
        entry_address::NEW_ROUTE,
        page_header::{PageHeader, TranslatedHeader},
        source_status_text::{
            SourceStatusText, as_sentence, describe_paused_source, describe_source,
            describe_unheard_source, health_label,
        },
    },
    server::assets,
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
    /// `None`: case records stay here.
    records: Option<CaseRecordPanel>,
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
    /// "updated 2 s ago"
    updated: String,
    /// Nobody has to do anything.
    is_healthy: bool,
    /// Connected, but some statistics have no valid value.
    has_exceptions: bool,
    story: SourceStatusText,
    since: String,
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
    TranslatedHeader(header): TranslatedHeader,
) -> Result<Html<String>, WebError> {
    let texts = header.texts;
    let (mut sources, mut states, stamp, site, now) = web.live.read_snapshot(|snapshot, now| {
        let states = snapshot.sources.values();
        // Those that nobody tells this node about aren't disconnected.
        let states = states.filter(|source| !snapshot.is_lost_with_leader(source));
        let states: Vec<_> = states
            .map(|source| SourceState::of_live(texts, source, &snapshot.site, now))
            .collect();
        let sources = snapshot.sources.values();
        let sources: Vec<_> = sources
            .map(|source| {
                let panel = source_panel(texts, source, &snapshot.site, now);
                if snapshot.is_lost_with_leader(source) {
                    panel.unheard(texts)
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
        source.log = log_lines(texts, &web, &source.id, &site.zone, now);
    }
    let exports = web.imports.list_statuses().into_iter();
    let exports = exports.map(|(id, status)| {
        states.push(SourceState::of_files(texts, &id, &status, &site, now));
        let log = log_lines(texts, &web, id.as_str(), &site.zone, now);
        let panel = import_panel(texts, &id, &status, &site, log, now);
        ImportPanel {
            aside: panel
                .aside
                .filter(|_| header.may_open(rejected_rows::ROUTE)),
            ..panel
        }
    });
    let exports: Vec<_> = exports.collect();
    let cluster = web.server_info.cluster.as_ref();
    let cluster = cluster.map(|cluster| cluster_panel(texts, &cluster.view(), &site.zone, now));
    let records = web.server_info.record_deliveries.as_ref();
    let records = records.filter(|all| !all.is_elsewhere());
    let records = records.map(|all| case_record_panel(texts, all, &site.zone, now));
    let server = server_facts(texts, &web, &site.zone, now);
    let page = SourcesPage {
        build: assets::build_id(),
        stamp,
        are_sources_known: (web.live)
            .read_snapshot(|snapshot, _| snapshot.leader_lost_at.is_none()),
        cluster,
        verdict: sources_verdict(texts, &states),
        sources,
        is_editable: header.may_open(NEW_ROUTE)
            && (web.editor_for(header.visitor()))
                .is_some_and(|editor| editor.has_section(Section::Sources)),
        paused: paused_imports(&site),
        exports,
        records,
        server_is_bad: server.iter().any(|fact| fact.is_bad),
        server,
        version: env!("CARGO_PKG_VERSION"),
        header,
    };
    Ok(Html(page.render()?))
}

fn source_panel(
    texts: &'static Texts,
    source: &SourceSnapshot,
    site: &SiteConfig,
    now: Moment,
) -> SourcePanel {
    let zone = &site.zone;
    let health = source.health();
    let (glyph, word) = health_label(texts, health);
    let paused_by = site.paused_by(&source.id);
    let (story, word) = match paused_by {
        Some(by) => (describe_paused_source(texts, by), texts.source_paused()),
        None => (describe_source(texts, source), word),
    };
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
        since: texts.moment(since, now.wall, zone),
        updated: describe_update(texts, source, now),
        // The status text already has it while it lasts.
        last_error: (source.last_error.clone())
            .filter(|_| source.is_live())
            .map(|(at, why)| (texts.moment(at, now.wall, zone), as_sentence(&why))),
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
            .map(|stats| subscription_rows(texts, source, stats, zone, now))
            .unwrap_or_default(),
        refused: (source.subscription_stats.as_deref())
            .map(|stats| stats.rejected.clone())
            .unwrap_or_default(),
        more_refused: (source.subscription_stats.as_deref()).map_or(0, |stats| {
            stats.rejected_count.saturating_sub(stats.rejected.len())
        }),
        timing_facts: timing_rows(texts, source),
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
    fn unheard(self, texts: &'static Texts) -> Self {
        Self {
            word: texts.source_unheard(),
            story: describe_unheard_source(texts),
            ..self
        }
    }
}

/// "updated 2 s ago"
fn describe_update(texts: &Texts, source: &SourceSnapshot, now: Moment) -> String {
    let Some(at) = source.last_message_at else {
        return texts.no_messages_yet().to_owned();
    };
    match moment::millis_between(at, now.wall) {
        ..JUST_NOW => texts.updated_just_now().to_owned(),
        millis => texts.updated_ago(texts.age(millis)),
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
    texts: &'static Texts,
    source: &SourceSnapshot,
    stats: &SubscriptionStats,
    zone: &TimeZone,
    now: Moment,
) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    let since = stats
        .signed_in_at
        .map(|at| texts.moment(at, now.wall, zone));
    let since = since.map_or_else(
        || texts.not_available().to_owned(),
        |at| texts.since_time(at),
    );
    let what = if source.vendor.has_session {
        texts.session_begun()
    } else {
        texts.answers_term()
    };
    rows.push((what, since));
    let transport = match stats.transport {
        "long-polling" => texts.long_polling(),
        "websocket" => "WebSocket",
        "polling" => texts.polling(),
        other => other,
    };
    let parts = [stats.address.as_str(), transport];
    let mut parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.dedup();
    rows.push((texts.address_term(), parts.join(", ")));
    if 0 < stats.subscriptions {
        rows.push((texts.subscriptions_term(), stats.subscriptions.to_string()));
    }
    rows.push((
        texts.statistics_term(),
        summarize_statistics(texts, source, stats),
    ));
    if let Some(updated_at) = stats.last_value_at {
        let age = texts.age(moment::millis_between(updated_at, now.wall));
        rows.push((texts.values_updated_term(), texts.time_ago(age)));
    }
    rows.retain(|(_, words)| !words.is_empty());
    rows
}

/// "12 requested: 10 up to date, 1 without a valid value, 1 rejected"
fn summarize_statistics(
    texts: &Texts,
    source: &SourceSnapshot,
    stats: &SubscriptionStats,
) -> String {
    let all = stats.statistics;
    let current = all.saturating_sub(stats.invalid + stats.rejected_count);
    if !source.is_live() {
        return texts.statistics_while_disconnected(all);
    }
    let mut parts = vec![texts.statistics_current(current)];
    if 0 < stats.invalid {
        parts.push(texts.statistics_invalid(stats.invalid));
    }
    if 0 < stats.rejected_count {
        parts.push(texts.statistics_refused(stats.rejected_count));
    }
    texts.statistics_requested(all, parts.join(", "))
}

/// Measured timing of a source that has reported.
fn timing_rows(texts: &'static Texts, source: &SourceSnapshot) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    if source.last_message_at.is_some() && source.vendor.has_clock {
        let offset = describe_offset(texts, source.clock_offset_ms);
        rows.push((texts.clock_term(), offset));
    }
    if source.last_message_at.is_some() && source.vendor.reports_contacts {
        let interval = match source.report_interval_ms {
            0 => texts.update_rate_measuring().to_owned(),
            millis => texts.update_rate_every(format_seconds(texts, millis)),
        };
        rows.push((texts.update_rate_term(), interval));
    }
    rows
}

fn log_lines(
    texts: &'static Texts,
    web: &WebState,
    source: &str,
    zone: &TimeZone,
    now: Moment,
) -> Vec<LogLine> {
    let lines = web.server_info.source_log.recent_lines(source).into_iter();
    let lines = lines.map(|line| LogLine {
        at: texts.moment(line.at, now.wall, zone),
        level: match line.level {
            "ERROR" => texts.log_level_error(),
            "WARN" => texts.log_level_warning(),
            _ => texts.log_level_note(),
        },
        text: line.text,
    });
    lines.collect()
}

fn describe_offset(texts: &Texts, millis: i64) -> String {
    match millis {
        0 => texts.clock_in_sync().to_owned(),
        ahead if 0 < ahead => texts.clock_behind(format_seconds(texts, ahead)),
        behind => texts.clock_ahead(format_seconds(texts, -behind)),
    }
}

/// `2 s`, `2.5 s`.
fn format_seconds(texts: &Texts, millis: i64) -> String {
    match (millis / 1000, millis % 1000 / 100) {
        (whole, 0) => format!("{whole} s"),
        (whole, tenths) => format!("{whole}{}{tenths} s", texts.decimal_point()),
    }
}

#[cfg(test)]
mod tests;
