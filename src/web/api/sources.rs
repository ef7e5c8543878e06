//! `/api/v1/sources`: health and counters of each source.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use wallboard_domain::{SiteConfig, SourceHealth, SourceId, SubscriptionStats, moment};
use wallboard_history::import::{ImportPhase, ImportStatus, describe_nothing_found};
use wallboard_live::{self as live, MessageCounts};

use super::{
    json::Time,
    problem::{NoParameters, Problem},
    word_schemas::one_of_words,
};
use crate::web::WebState;

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Sources {
    sources: Vec<Source>,
}

/// A source: its state, and counters of its messages.
#[derive(Debug, Serialize, ToSchema)]
struct Source {
    id: String,
    /// The display name.
    name: String,
    kind: &'static str,
    /// Whether it is simulated.
    demo: bool,
    #[schema(schema_with = one_of_words::<SourceHealth>)]
    state: &'static str,
    /// When it entered that state.
    since: Time,
    #[schema(required = true)]
    last_message_at: Option<Time>,
    #[serde(flatten)]
    counts: Counted,
    /// Counters by the vendor's message type.
    #[schema(value_type = BTreeMap<String, Counted>)]
    events: BTreeMap<Arc<str>, Counted>,
    /// Rejected messages, by reason.
    #[schema(value_type = BTreeMap<String, u64>)]
    rejected_by: BTreeMap<&'static str, u64>,
    /// The last error, as a sentence.
    #[schema(required = true)]
    last_error: Option<String>,
    #[schema(required = true)]
    last_error_at: Option<Time>,
    /// How often earlier values were marked out of date.
    generation: u32,
    /// Our clock minus the source's, in seconds, as measured.
    clock_offset: f64,
    /// How often the source repeats a report, in seconds, as measured.
    interval: f64,
    /// Its requested statistics; `null` for a source that reports single contacts.
    #[schema(required = true)]
    account: Option<SubscriptionStatsJson>,
    /// Its imports; `null` for a source of live data.
    #[schema(required = true)]
    import: Option<ImportJson>,
}

/// Imports of a file source. Rows count as its messages.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Import)]
struct ImportJson {
    /// `idle`, `waiting`, `listing`, `taking`, `settling` or `reckoning`.
    phase: &'static str,
    #[schema(required = true)]
    last_run: Option<Time>,
    #[schema(required = true)]
    next_run: Option<Time>,
    /// Files and rows imported by all runs.
    files: u64,
    rows: u64,
    /// Rows that couldn't be read.
    set_aside: u64,
    /// Failed runs since the start.
    failures: u64,
    /// Files that the last run couldn't import, and why; at most 20.
    failed: BTreeMap<String, String>,
    /// Files that the next run checks again.
    not_yet: BTreeMap<String, String>,
    /// When the next file is due.
    #[schema(required = true)]
    due_at: Option<Time>,
    /// Whether it is more than an hour late.
    is_late: bool,
    /// End reasons of unanswered calls that the configuration doesn't map, with counts.
    unmapped_end_by: BTreeMap<String, u64>,
    /// Mismatches between the configuration and the imported files, a sentence each.
    findings: Vec<String>,
    /// Files that are missing while others of the export arrive, and days whose calls were not or
    /// partly delivered, a sentence each.
    missing: Vec<String>,
    /// Headers that aren't mapped, by dataset.
    unmapped_columns: BTreeMap<String, Vec<String>>,
    /// Of our public key, if we sign in with one.
    #[schema(required = true)]
    own_key_fingerprint: Option<String>,
}

/// The statistics requested from a source.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Account)]
struct SubscriptionStatsJson {
    /// When we signed in, or since when it answers.
    #[schema(required = true)]
    signed_in: Option<Time>,
    /// `long-polling`, `websocket` or `polling`; `null` before one is in use.
    #[schema(required = true)]
    transport: Option<&'static str>,
    /// The host and port in use.
    address: String,
    subscriptions: usize,
    /// Number of requested statistics.
    statistics: usize,
    /// Of those, statistics without a valid value at the vendor now.
    invalid: usize,
    /// Of those, statistics that the vendor rejects.
    refused: usize,
    /// The rejected statistics, with reasons; at most 50.
    refusals: Vec<Refusal>,
    /// When it last reported values.
    #[schema(required = true)]
    last_value_at: Option<Time>,
}

/// A statistic that the vendor rejects.
#[derive(Debug, Serialize, ToSchema)]
struct Refusal {
    statistic: Arc<str>,
    /// A sentence.
    why: Arc<str>,
}

/// Messages since the start.
#[derive(Debug, Serialize, ToSchema)]
struct Counted {
    received: u64,
    /// Decoded and applied.
    applied: u64,
    /// Of types that aren't needed.
    ignored: u64,
    /// Couldn't be read.
    rejected: u64,
    /// Attributes of a wrong type, counted as missing.
    mistyped: u64,
}

/// All sources: state, counters and last error
#[utoipa::path(
    get,
    path = "/sources",
    operation_id = "sources",
    tag = "sources",
    responses((status = OK, description = "The sources", body = Sources), Problem)
)]
pub(super) async fn list(State(web): State<WebState>, _: NoParameters) -> Json<Sources> {
    let (mut sources, site, now): (Vec<_>, _, _) = web.live.read_snapshot(|snapshot, now| {
        let site = snapshot.site.clone();
        let sources = snapshot.sources.values();
        let sources = sources.map(|source| source_json(source, &site)).collect();
        (sources, site, now.wall)
    });
    let exports = web.imports.list_statuses();
    let exports = exports.iter();
    sources.extend(exports.map(|(id, status)| import_source_json(id, status, &site, now)));
    Json(Sources { sources })
}

fn source_json(source: &live::SourceSnapshot, site: &SiteConfig) -> Source {
    let (last_error_at, last_error) = source.last_error.clone().unzip();
    Source {
        id: source.id.to_string(),
        name: site.source_name(&source.id),
        kind: source.vendor.name,
        demo: source.demo,
        state: source.health().into_str(),
        since: Time(source.since),
        last_message_at: source.last_message_at.map(Time),
        counts: message_counts_json(&source.counts),
        events: source
            .counts_by_event
            .iter()
            .map(|(event, counts)| (event.clone(), message_counts_json(counts)))
            .collect(),
        rejected_by: source.rejections_by_reason.clone(),
        last_error,
        last_error_at: last_error_at.map(Time),
        generation: source.generation,
        clock_offset: moment::seconds_from(source.clock_offset_ms),
        interval: moment::seconds_from(source.report_interval_ms),
        account: source
            .subscription_stats
            .as_deref()
            .map(subscription_stats_json),
        import: None,
    }
}

fn import_source_json(
    id: &SourceId,
    status: &ImportStatus,
    site: &SiteConfig,
    now: Timestamp,
) -> Source {
    let totals = &status.totals;
    let failure = status.failure.as_ref();
    let empty_reason = (status.outcome.found == 0 && status.last_contact.is_some())
        .then(|| describe_nothing_found(&status.scope, &status.outcome));
    Source {
        id: id.to_string(),
        name: site.source_name(id),
        kind: status.kind.name,
        demo: false,
        state: status.state(now).into_str(),
        since: Time(status.since),
        last_message_at: totals.last_imported.map(Time),
        counts: Counted {
            received: totals.rows + totals.rejected_rows,
            applied: totals.rows,
            ignored: 0,
            rejected: totals.rejected_rows,
            mistyped: 0,
        },
        events: BTreeMap::new(),
        rejected_by: BTreeMap::new(),
        last_error: (failure.map(|failure| failure.reason.clone()))
            .or_else(|| empty_reason.clone()),
        last_error_at: (failure.map(|failure| failure.at))
            .or(status.last_run.filter(|_| empty_reason.is_some()))
            .map(Time),
        generation: 0,
        clock_offset: 0.0,
        interval: 0.0,
        account: None,
        import: Some(import_json(status, now)),
    }
}

fn import_json(status: &ImportStatus, now: Timestamp) -> ImportJson {
    let totals = &status.totals;
    ImportJson {
        phase: match status.phase {
            ImportPhase::Idle => "idle",
            ImportPhase::Waiting => "waiting",
            ImportPhase::Listing => "listing",
            ImportPhase::Importing => "taking",
            ImportPhase::Stabilizing => "settling",
            ImportPhase::Computing => "reckoning",
        },
        last_run: status.last_run.map(Time),
        next_run: status.next_run.map(Time),
        files: totals.files,
        rows: totals.rows,
        set_aside: totals.rejected_rows,
        failures: status.failures,
        failed: status.outcome.failed.reasons.clone(),
        not_yet: status.outcome.deferred.reasons.clone(),
        due_at: status
            .expected_file
            .as_ref()
            .map(|expected| Time(expected.at)),
        is_late: status.is_overdue(now),
        unmapped_end_by: status.unknown_end_reasons.iter().cloned().collect(),
        findings: status.findings.clone(),
        missing: (status.missing_deliveries().iter())
            .map(ToString::to_string)
            .collect(),
        unmapped_columns: status.unmapped.iter().cloned().collect(),
        own_key_fingerprint: (status.public_key.as_ref()).map(|key| key.fingerprint.clone()),
    }
}

fn subscription_stats_json(stats: &SubscriptionStats) -> SubscriptionStatsJson {
    let refusals = stats.rejected.iter().cloned();
    SubscriptionStatsJson {
        signed_in: stats.signed_in_at.map(Time),
        transport: Some(stats.transport).filter(|transport| !transport.is_empty()),
        address: stats.address.clone(),
        subscriptions: stats.subscriptions,
        statistics: stats.statistics,
        invalid: stats.invalid,
        refused: stats.rejected_count,
        refusals: refusals
            .map(|(statistic, why)| Refusal { statistic, why })
            .collect(),
        last_value_at: stats.last_value_at.map(Time),
    }
}

fn message_counts_json(counts: &MessageCounts) -> Counted {
    Counted {
        received: counts.received,
        applied: counts.applied,
        ignored: counts.ignored,
        rejected: counts.rejected,
        mistyped: counts.mistyped,
    }
}
