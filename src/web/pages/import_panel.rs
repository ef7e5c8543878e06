//! File sources on the sources page: their imports as text, with what to do.

use jiff::Timestamp;

use wallboard_boards::encode_segment;
use wallboard_domain::{Moment, SiteConfig, SourceHealth, SourceId};
use wallboard_history::import::{ImportPhase, ImportStatus, ImportTotals, LocationName};
use wallboard_texts::Texts;

use crate::web::{
    pages::{
        import_outcome::{describe_missing, describe_outcome},
        sources::LogLine,
    },
    parts::source_status_text::{as_sentence, health_label},
};

/// One file source as text.
pub(in crate::web) struct ImportPanel {
    pub(in crate::web) id: String,
    pub(in crate::web) name: String,
    pub(in crate::web) kind: &'static str,
    pub(in crate::web) state: &'static str,
    pub(in crate::web) glyph: &'static str,
    pub(in crate::web) word: &'static str,
    /// Nobody has to know more than that.
    pub(in crate::web) is_healthy: bool,
    /// "last run 13:55, next 14:25 · 3 rows skipped"
    pub(in crate::web) summary: String,
    /// The page of rejected rows, if there are any.
    pub(in crate::web) aside: Option<String>,
    pub(in crate::web) happened: String,
    /// The error as the remote side reports it, or empty.
    pub(in crate::web) error: String,
    pub(in crate::web) to_do: String,
    pub(in crate::web) since: String,
    pub(in crate::web) rows: Vec<(&'static str, String)>,
    /// Files that weren't imported, and why.
    pub(in crate::web) files: Vec<(String, String)>,
    pub(in crate::web) more_files: u64,
    /// The section of the configuration that maps end reasons.
    pub(in crate::web) end_by: String,
    /// End reasons that aren't mapped: text, count, and the line to add.
    pub(in crate::web) wordings: Vec<(String, String, String)>,
    pub(in crate::web) columns: Vec<(String, String)>,
    /// File, line and field of scores out of range.
    pub(in crate::web) scores: Vec<(String, u32, String)>,
    pub(in crate::web) more_scores: u64,
    /// Mismatches between the configuration and the files, a sentence each.
    pub(in crate::web) findings: Vec<String>,
    /// Missing files, a sentence each.
    pub(in crate::web) missing: Vec<String>,
    /// Datasets with their unmapped columns.
    pub(in crate::web) unmapped: Vec<(String, String)>,
    pub(in crate::web) own_key: Option<(String, String)>,
    pub(in crate::web) log: Vec<LogLine>,
}

pub(in crate::web) fn import_panel(
    texts: &'static Texts,
    source: &SourceId,
    status: &ImportStatus,
    site: &SiteConfig,
    log: Vec<LogLine>,
    now: Moment,
) -> ImportPanel {
    let (id, zone) = (source.as_str(), &site.zone);
    let at = |at| texts.time_or_day(at, now.wall, zone);
    let state = status.state(now.wall);
    let (glyph, word) = health_label(texts, state);
    let steps = next_steps(texts, id, status, now.wall);
    let failed = &status.outcome.failed;
    let not_yet = &status.outcome.deferred;
    let files: Vec<_> = (failed.reasons.iter().chain(&not_yet.reasons))
        .map(|(key, why)| (key.clone(), why.clone()))
        .collect();
    let failure = status.failure.as_ref();
    ImportPanel {
        id: id.to_owned(),
        name: site.source_name(source),
        kind: status.kind.vendor,
        state: state.into_str(),
        glyph,
        word,
        is_healthy: state == SourceHealth::Live && steps.is_empty(),
        summary: summarize_runs(texts, status, at),
        aside: (0 < status.totals.rejected_rows)
            .then(|| format!("/sources/{}/aside", encode_segment(id))),
        happened: describe_status(texts, status, state, now.wall, at),
        error: failure.map_or_else(String::new, |failure| as_sentence(&failure.reason)),
        to_do: if steps.is_empty() {
            texts.nothing_to_do().to_owned()
        } else {
            steps.join(" ")
        },
        since: texts.moment(status.since, now.wall, zone),
        rows: detail_rows(texts, status, at),
        more_files: (failed.count + not_yet.count).saturating_sub(files.len() as u64),
        files,
        end_by: format!("[sources.{id}.end_by]"),
        wordings: end_reason_rows(texts, status),
        columns: column_rows(texts, &status.totals),
        scores: status.totals.scores.examples.clone(),
        more_scores: (status.totals.scores.count)
            .saturating_sub(status.totals.scores.examples.len() as u64),
        findings: status.findings.clone(),
        missing: (status.missing_deliveries().iter())
            .map(|missing| describe_missing(texts, missing))
            .collect(),
        unmapped: (status.unmapped.iter())
            .map(|(dataset, headers)| (dataset.clone(), headers.join(", ")))
            .collect(),
        own_key: (status.public_key.as_ref())
            .map(|key| (key.fingerprint.clone(), key.line.clone())),
        log,
    }
}

fn summarize_runs(
    texts: &Texts,
    status: &ImportStatus,
    at: impl Fn(Timestamp) -> String,
) -> String {
    let mut parts = vec![match status.last_run {
        Some(last) => texts.import_last_run(at(last)),
        None => texts.import_no_run().to_owned(),
    }];
    match (status.phase, status.next_run) {
        (ImportPhase::Idle, Some(next)) => parts.push(texts.import_next_run(at(next))),
        (phase, _) => parts.extend(current_activity(texts, phase, status)),
    }
    let runs = parts.join(", ");
    match status.totals.rejected_rows {
        0 => runs,
        count => format!("{runs} · {}", texts.rows_skipped(count)),
    }
}

/// The current activity.
fn current_activity(texts: &Texts, phase: ImportPhase, status: &ImportStatus) -> Option<String> {
    let progress = &status.progress;
    let plain = match phase {
        ImportPhase::Idle => return None,
        ImportPhase::Waiting => texts.import_waits(),
        ImportPhase::Listing => texts.import_listing(),
        ImportPhase::Stabilizing => texts.import_stabilizing(),
        ImportPhase::Importing => {
            return Some(texts.importing_files(progress.files_done, progress.files));
        }
        ImportPhase::Computing => {
            return Some(texts.computing_intervals(progress.days_done, progress.days));
        }
    };
    Some(plain.to_owned())
}

fn describe_status(
    texts: &Texts,
    status: &ImportStatus,
    state: SourceHealth,
    now: Timestamp,
    at: impl Fn(Timestamp) -> String,
) -> String {
    if let Some(failure) = &status.failure {
        return texts.import_failed_at(at(failure.at));
    }
    if state == SourceHealth::Connecting {
        return texts.import_first_check().to_owned();
    }
    let (outcome, scope) = (&status.outcome, status.scope.as_str());
    if outcome.found == 0 {
        let tenants: Vec<_> = outcome.tenants.iter().map(u64::to_string).collect();
        return if tenants.is_empty() {
            texts.no_files_found(scope)
        } else {
            texts.no_files_of_tenant(scope, tenants.join(", "))
        };
    }
    let last_run = texts.last_run_was(describe_outcome(texts, outcome));
    let late = status.expected_file.as_ref();
    match late.filter(|_| state == SourceHealth::Degraded && status.is_overdue(now)) {
        Some(late) => {
            let late = texts.file_is_late(late.period.as_str(), at(late.at));
            format!("{late} {last_run}")
        }
        None => last_run,
    }
}

fn next_steps(texts: &Texts, id: &str, status: &ImportStatus, now: Timestamp) -> Vec<String> {
    let failure = status.failure.as_ref();
    let has_run = failure.is_none() && status.last_run.is_some();
    let is_fault =
        |needs_person| failure.is_some_and(|failure| failure.needs_intervention == needs_person);
    let outcome = &status.outcome;
    let fix = texts.fix_in_section(format!("[sources.{id}]"));
    let assign = texts.assign_outcomes(format!("[sources.{id}.end_by]"));
    let steps = [
        (is_fault(true), texts.fix_import()),
        (is_fault(false), texts.import_retries()),
        (has_run && outcome.found == 0, fix.as_str()),
        (
            failure.is_none() && status.is_overdue(now),
            texts.check_export_ran(),
        ),
        (
            !status.missing.is_empty() || status.gaps.has_recent(),
            texts.ask_for_missing(),
        ),
        (0 < outcome.failed.count, texts.see_failed_files()),
        (0 < outcome.undelivered, texts.files_are_retried()),
        (
            0 < status.totals.rejected_rows_recent,
            texts.review_skipped_rows(),
        ),
        (!outcome.unknown.is_empty(), texts.report_containers()),
        (!status.findings.is_empty(), texts.fix_mismatches()),
        (!status.unknown_end_reasons.is_empty(), assign.as_str()),
    ];
    let due = steps.into_iter().filter(|(is_due, _)| *is_due);
    due.map(|(_, step)| step.to_owned()).collect()
}

fn detail_rows(
    texts: &'static Texts,
    status: &ImportStatus,
    at: impl Fn(Timestamp) -> String,
) -> Vec<(&'static str, String)> {
    let totals = &status.totals;
    let mut rows = vec![
        (
            texts.location_term(),
            match &status.location {
                LocationName::Folder(name) => texts.location_folder(name.as_str()),
                LocationName::Sftp(name) => texts.location_sftp(name.as_str()),
                LocationName::Bucket(name) => texts.location_bucket(name.as_str()),
                LocationName::Container(name) => texts.location_container(name.as_str()),
            },
        ),
        (
            texts.imported_term(),
            match totals.last_imported {
                Some(last) => texts.imported_total(totals.files, totals.rows, at(last)),
                None => texts.nothing_imported().to_owned(),
            },
        ),
    ];
    match totals.scores.count {
        0 => {}
        count => rows.push((texts.scores_term(), texts.scores_ignored(count))),
    }
    if let Some(expected) = &status.expected_file {
        let next = texts.next_file(expected.period.as_str(), at(expected.at));
        rows.push((texts.next_file_term(), next));
    }
    let outcome = &status.outcome;
    if !outcome.tenants.is_empty() {
        let tenants: Vec<_> = outcome.tenants.iter().map(u64::to_string).collect();
        rows.push((texts.other_tenants_term(), tenants.join(", ")));
    }
    if !outcome.unknown.is_empty() {
        let unknown: Vec<_> = outcome.unknown.iter().cloned().collect();
        rows.push((texts.unknown_term(), unknown.join(", ")));
    }
    rows
}

/// "Timeout", "12 calls", `"Timeout" = "abandoned"`
fn end_reason_rows(texts: &Texts, status: &ImportStatus) -> Vec<(String, String, String)> {
    let reasons = status.unknown_end_reasons.iter().map(|(reason, count)| {
        // Quoted as a TOML key.
        let key = toml::Value::String(reason.clone()).to_string();
        let calls = texts.recent_calls_counted(*count);
        (reason.clone(), calls, format!("{key} = \"abandoned\""))
    });
    reasons.collect()
}

fn column_rows(texts: &Texts, totals: &ImportTotals) -> Vec<(String, String)> {
    let rows = totals.columns.iter().map(|(dataset, columns)| {
        let mut parts = Vec::new();
        if !columns.missing.is_empty() {
            parts.push(texts.columns_missing(columns.missing.join(", ")));
        }
        if !columns.extra.is_empty() {
            parts.push(texts.columns_unknown(columns.extra.join(", ")));
        }
        (dataset.clone(), parts.join("; "))
    });
    rows.collect()
}

#[cfg(test)]
pub(in crate::web) mod tests {
    use std::time::Duration;

    use wallboard_history::{
        ExportVendor,
        import::{FileLocation, FileSource},
        vergic::VergicSettings,
    };

    use super::*;

    /// A source with its files in a folder.
    pub(in crate::web) fn file_source(id: &str) -> FileSource {
        let day = Duration::from_hours(24);
        FileSource {
            id: id.into(),
            vendor: ExportVendor::Vergic(VergicSettings::default()),
            location: FileLocation::Folder {
                path: "export".into(),
                display_name: "export".to_owned(),
            },
            interval: day,
            history: day,
            stability_period: day,
            retention: day,
        }
    }

    #[test]
    fn a_run_without_files_suggests_next_steps() {
        let source = file_source("vergic");
        let now = Timestamp::UNIX_EPOCH;
        let before = source.initial_status();
        let after = ImportStatus {
            last_run: Some(now),
            ..source.initial_status()
        };

        assert!(next_steps(Texts::english(), "vergic", &before, now).is_empty());
        assert!(
            next_steps(Texts::english(), "vergic", &after, now)[0].contains("in [sources.vergic]")
        );
    }
}
