//! `/api/v1/sources`: health and counters of every upstream.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::{ToSchema, openapi::Schema};

use crate::{
    domain::{SiteConfig, SourceId, SubscriptionStats},
    history::import::{ImportPhase, ImportStatus, describe_nothing_found},
    live::{self, MessageCounts, SourceHealth},
};

use super::{
    super::WebState,
    json::Time,
    problem::{NoParameters, Problem},
    word_schemas::one_of_words,
};

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Sources {
    sources: Vec<Source>,
}

/// An upstream system: how it is, and what became of its messages.
#[derive(Debug, Serialize, ToSchema)]
struct Source {
    id: String,
    /// The display name.
    name: String,
    kind: &'static str,
    /// Simulated.
    demo: bool,
    #[schema(schema_with = states)]
    state: &'static str,
    /// Since when it is in that state.
    since: Time,
    #[schema(required = true)]
    last_message_at: Option<Time>,
    #[serde(flatten)]
    counts: Counted,
    /// By the vendor's word for the message.
    #[schema(value_type = BTreeMap<String, Counted>)]
    events: BTreeMap<Arc<str>, Counted>,
    /// Rejected messages, by reason.
    #[schema(value_type = BTreeMap<String, u64>)]
    rejected_by: BTreeMap<&'static str, u64>,
    /// What went wrong last, as a sentence.
    #[schema(required = true)]
    last_error: Option<String>,
    #[schema(required = true)]
    last_error_at: Option<Time>,
    /// How often what was said before stopped counting as fresh.
    generation: u32,
    /// Our clock minus the source's, in seconds, as learned.
    clock_offset: f64,
    /// The upstream's throttle interval, in seconds, as learned.
    interval: f64,
    /// How the statistics fare that it is asked for; `null` where its contacts are told
    /// one by one.
    #[schema(required = true)]
    account: Option<SubscriptionStatsJson>,
    /// How its files come in; `null` where it tells what is now.
    #[schema(required = true)]
    import: Option<ImportJson>,
}

/// A source of files, and what came of its imports. Rows are its messages.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Import)]
struct ImportJson {
    /// `idle`, `waiting`, `listing`, `taking`, `settling` or `reckoning`.
    phase: &'static str,
    #[schema(required = true)]
    last_run: Option<Time>,
    #[schema(required = true)]
    next_run: Option<Time>,
    /// Files and rows that were taken in, by all runs.
    files: u64,
    rows: u64,
    /// Rows that could not be read.
    set_aside: u64,
    /// Runs since the start that did not come to their end.
    failures: u64,
    /// Files that could not be taken in by the last run, and why; the first twenty.
    failed: BTreeMap<String, String>,
    /// Files that the next run looks at again.
    not_yet: BTreeMap<String, String>,
    /// By when the next file should be there.
    #[schema(required = true)]
    due_at: Option<Time>,
    /// It should have been here an hour ago.
    is_late: bool,
    /// How calls ended that nobody answered, where nobody has said what that means.
    unmapped_end_by: BTreeMap<String, u64>,
    /// What of the configuration does not fit the files that came, a sentence each.
    findings: Vec<String>,
    /// Files that stay away while others of the export come, and days whose calls came in part
    /// or not at all, a sentence each.
    missing: Vec<String>,
    /// Headers that nothing maps, by the name of the files that have them.
    unmapped_columns: BTreeMap<String, Vec<String>>,
    /// Of our own public key, where it signs in with one.
    #[schema(required = true)]
    own_key_fingerprint: Option<String>,
}

/// The statistics that a source is asked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Account)]
struct SubscriptionStatsJson {
    /// Since when we are signed in, or it answers.
    #[schema(required = true)]
    signed_in: Option<Time>,
    /// `long-polling`, `websocket` or `polling`; `null` before one is in use.
    #[schema(required = true)]
    transport: Option<&'static str>,
    /// Host and port that answer now.
    address: String,
    subscriptions: usize,
    /// How many are asked for.
    statistics: usize,
    /// Of those, how many have no valid value at the vendor now.
    invalid: usize,
    /// Of those, how many the vendor refuses.
    refused: usize,
    /// What is refused, and why; the first fifty.
    refusals: Vec<Refusal>,
    /// When it last told values.
    #[schema(required = true)]
    last_value_at: Option<Time>,
}

/// A statistic that a vendor refuses.
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
    /// Understood and taken in.
    applied: u64,
    /// Of kinds that are not needed.
    ignored: u64,
    /// Not to be read.
    rejected: u64,
    /// Attributes of a wrong type, counted as missing.
    mistyped: u64,
}

fn states() -> Schema {
    one_of_words(SourceHealth::ALL.map(SourceHealth::name))
}

/// Every source: its state, counters and last error
#[utoipa::path(
    get,
    path = "/sources",
    operation_id = "sources",
    tag = "sources",
    responses((status = OK, description = "The sources", body = Sources), Problem)
)]
pub(super) async fn list(State(web): State<WebState>, _: NoParameters) -> Json<Sources> {
    let (mut sources, site, now): (Vec<_>, _, _) = web.live.read_snapshot(|picture, now| {
        let site = picture.site.clone();
        let sources = picture.sources.values();
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
        state: source.health().name(),
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
        clock_offset: to_seconds(source.clock_offset_ms),
        interval: to_seconds(source.report_interval_ms),
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
    let ledger = &status.totals;
    let fault = status.failure.as_ref();
    let nothing = (status.outcome.found == 0 && status.last_contact.is_some())
        .then(|| describe_nothing_found(&status.scope, &status.outcome));
    Source {
        id: id.to_string(),
        name: site.source_name(id),
        kind: status.kind.name,
        demo: false,
        state: status.state(now).name(),
        since: Time(status.since),
        last_message_at: ledger.last_imported.map(Time),
        counts: Counted {
            received: ledger.rows + ledger.rejected_rows,
            applied: ledger.rows,
            ignored: 0,
            rejected: ledger.rejected_rows,
            mistyped: 0,
        },
        events: BTreeMap::new(),
        rejected_by: BTreeMap::new(),
        last_error: (fault.map(|fault| fault.reason.clone())).or_else(|| nothing.clone()),
        last_error_at: (fault.map(|fault| fault.at))
            .or(status.last_run.filter(|_| nothing.is_some()))
            .map(Time),
        generation: 0,
        clock_offset: 0.0,
        interval: 0.0,
        account: None,
        import: Some(import_json(status, now)),
    }
}

fn import_json(status: &ImportStatus, now: Timestamp) -> ImportJson {
    let ledger = &status.totals;
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
        files: ledger.files,
        rows: ledger.rows,
        set_aside: ledger.rejected_rows,
        failures: status.failures,
        failed: status.outcome.failed.reasons.clone(),
        not_yet: status.outcome.not_yet.reasons.clone(),
        due_at: status.expected_file.as_ref().map(|due| Time(due.at)),
        is_late: status.is_overdue(now),
        unmapped_end_by: status.unknown_end_reasons.iter().cloned().collect(),
        findings: status.findings.clone(),
        missing: status.missing_deliveries(),
        unmapped_columns: status.unmapped.iter().cloned().collect(),
        own_key_fingerprint: (status.public_key.as_ref()).map(|key| key.fingerprint.clone()),
    }
}

fn subscription_stats_json(account: &SubscriptionStats) -> SubscriptionStatsJson {
    let refusals = account.rejected.iter().cloned();
    SubscriptionStatsJson {
        signed_in: account.signed_in_at.map(Time),
        transport: Some(account.transport).filter(|transport| !transport.is_empty()),
        address: account.address.clone(),
        subscriptions: account.subscriptions,
        statistics: account.statistics,
        invalid: account.invalid,
        refused: account.rejected_count,
        refusals: refusals
            .map(|(statistic, why)| Refusal { statistic, why })
            .collect(),
        last_value_at: account.last_value_at.map(Time),
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

#[expect(clippy::cast_precision_loss, reason = "offsets stay far below 2^52 ms")]
fn to_seconds(millis: i64) -> f64 {
    millis as f64 / 1000.0
}
