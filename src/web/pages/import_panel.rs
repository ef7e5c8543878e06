//! File sources on the sources page: their imports as text, with what to do.

use jiff::Timestamp;

use wallboard_boards::{encode_segment, format};
use wallboard_domain::{Moment, SiteConfig, SourceHealth, SourceId};
use wallboard_history::import::{
    ImportPhase, ImportStatus, ImportTotals, describe_nothing_found, describe_outcome, group_digits,
};

use crate::web::{
    pages::sources::LogLine,
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
    pub(in crate::web) to_do: String,
    pub(in crate::web) since: String,
    pub(in crate::web) rows: Vec<(&'static str, String)>,
    /// Files that weren't imported, and why.
    pub(in crate::web) files: Vec<(String, String)>,
    pub(in crate::web) more_files: u64,
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
    source: &SourceId,
    status: &ImportStatus,
    site: &SiteConfig,
    log: Vec<LogLine>,
    now: Moment,
) -> ImportPanel {
    let (id, zone) = (source.as_str(), &site.zone);
    let at = |at| format::time_or_day(at, now.wall, zone);
    let state = status.state(now.wall);
    let (glyph, word) = health_label(state);
    let steps = next_steps(id, status, now.wall);
    let failed = &status.outcome.failed;
    let not_yet = &status.outcome.deferred;
    let files: Vec<_> = (failed.reasons.iter().chain(&not_yet.reasons))
        .map(|(key, why)| (key.clone(), why.clone()))
        .collect();
    ImportPanel {
        id: id.to_owned(),
        name: site.source_name(source),
        kind: status.kind.vendor,
        state: state.into_str(),
        glyph,
        word,
        is_healthy: state == SourceHealth::Live && steps.is_empty(),
        summary: summarize_runs(status, at),
        aside: (0 < status.totals.rejected_rows)
            .then(|| format!("/sources/{}/aside", encode_segment(id))),
        happened: describe_status(status, state, now.wall, at),
        to_do: if steps.is_empty() {
            "Nothing to do.".to_owned()
        } else {
            steps.join(" ")
        },
        since: format::moment(status.since, now.wall, zone),
        rows: detail_rows(status, at),
        more_files: (failed.count + not_yet.count).saturating_sub(files.len() as u64),
        files,
        wordings: end_reason_rows(status),
        columns: column_rows(&status.totals),
        scores: status.totals.scores.examples.clone(),
        more_scores: (status.totals.scores.count)
            .saturating_sub(status.totals.scores.examples.len() as u64),
        findings: status.findings.clone(),
        missing: status.missing_deliveries(),
        unmapped: (status.unmapped.iter())
            .map(|(dataset, headers)| (dataset.clone(), headers.join(", ")))
            .collect(),
        own_key: (status.public_key.as_ref())
            .map(|key| (key.fingerprint.clone(), key.line.clone())),
        log,
    }
}

fn summarize_runs(status: &ImportStatus, at: impl Fn(Timestamp) -> String) -> String {
    let mut parts = vec![match status.last_run {
        Some(last) => format!("last run {}", at(last)),
        None => "no run yet".to_owned(),
    }];
    match (status.phase, status.next_run) {
        (ImportPhase::Idle, Some(next)) => parts.push(format!("next {}", at(next))),
        (phase, _) => parts.extend(current_activity(phase, status)),
    }
    let skipped = match status.totals.rejected_rows {
        0 => String::new(),
        1 => " · 1 row skipped".to_owned(),
        n => format!(" · {n} rows skipped"),
    };
    parts.join(", ") + &skipped
}

/// The current activity.
fn current_activity(phase: ImportPhase, status: &ImportStatus) -> Option<String> {
    let progress = &status.progress;
    match phase {
        ImportPhase::Idle => None,
        ImportPhase::Waiting => Some("another import of this source is running".to_owned()),
        ImportPhase::Listing => Some("checking for files".to_owned()),
        ImportPhase::Stabilizing => Some("waiting for files to finish uploading".to_owned()),
        ImportPhase::Importing => Some(format!(
            "importing files, {} of {} done",
            progress.files_done, progress.files
        )),
        ImportPhase::Computing => Some(format!(
            "computing intervals, {} of {} days done",
            progress.days_done, progress.days
        )),
    }
}

fn describe_status(
    status: &ImportStatus,
    state: SourceHealth,
    now: Timestamp,
    at: impl Fn(Timestamp) -> String,
) -> String {
    if let Some(failure) = &status.failure {
        return format!("{} {}", at(failure.at), as_sentence(&failure.reason));
    }
    if state == SourceHealth::Connecting {
        return "Checking its files for the first time.".to_owned();
    }
    let outcome = &status.outcome;
    if outcome.found == 0 {
        return as_sentence(&describe_nothing_found(&status.scope, outcome));
    }
    let mut parts = Vec::new();
    if let Some(expected) = status
        .expected_file
        .as_ref()
        .filter(|_| state == SourceHealth::Degraded)
        && status.is_overdue(now)
    {
        parts.push(format!(
            "The file for {} is late (due {}).",
            expected.period,
            at(expected.at)
        ));
    }
    parts.push(as_sentence(&format!(
        "Last run: {}",
        describe_outcome(outcome)
    )));
    parts.join(" ")
}

fn next_steps(id: &str, status: &ImportStatus, now: Timestamp) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    match &status.failure {
        Some(failure) if failure.needs_intervention => parts.push(
            "Fix the problem above. Wallboard retries every minute, or at once after systemctl reload wallboard (SIGHUP). Run wallboard check to verify.".to_owned(),
        ),
        Some(_) => parts.push(
            "Wallboard retries every few seconds. If this lasts, follow the error above, or check the network and the remote server. Run wallboard check to verify.".to_owned(),
        ),
        None => {}
    }
    let has_run = status.failure.is_none() && status.last_run.is_some();
    if has_run && status.outcome.found == 0 {
        parts.push(format!(
            "Fix the problem above in [sources.{id}], then run wallboard check."
        ));
    }
    if status.failure.is_none() && status.is_overdue(now) {
        parts.push("Check that the export ran. Late files are imported automatically.".to_owned());
    }
    if !status.missing.is_empty() || status.gaps.has_recent() {
        parts.push("Ask the export’s owner about the missing files below. They’re imported automatically when they arrive.".to_owned());
    }
    if 0 < status.outcome.failed.count {
        parts.push(
            "See the failed files below. Redelivered files are imported automatically.".to_owned(),
        );
    }
    if 0 < status.outcome.undelivered {
        parts.push("Wallboard retries the files below. If this lasts, follow their errors, or check the network and the remote server.".to_owned());
    }
    if 0 < status.totals.rejected_rows_recent {
        parts.push(
            "Review the skipped rows and tell the vendor. All other rows were imported.".to_owned(),
        );
    }
    if !status.outcome.unknown.is_empty() {
        parts.push(
            "Unknown containers are ignored. Please report them to Wallboard’s maintainers."
                .to_owned(),
        );
    }
    if !status.findings.is_empty() {
        parts.push("Fix the configuration mismatches below.".to_owned());
    }
    if !status.unknown_end_reasons.is_empty() {
        parts.push(format!(
            "Assign the outcome labels below in [sources.{id}.end_by]."
        ));
    }
    parts
}

fn detail_rows(
    status: &ImportStatus,
    at: impl Fn(Timestamp) -> String,
) -> Vec<(&'static str, String)> {
    let totals = &status.totals;
    let mut rows = vec![
        ("Location", status.location.clone()),
        (
            "Imported",
            match totals.last_imported {
                Some(last) => format!(
                    "{} files, {} rows; latest at {}",
                    group_digits(totals.files),
                    group_digits(totals.rows),
                    at(last)
                ),
                None => "nothing".to_owned(),
            },
        ),
    ];
    match totals.scores.count {
        0 => {}
        n => rows.push((
            "Scores out of range",
            format!("{n} ignored; the rest of their rows counts"),
        )),
    }
    if let Some(expected) = &status.expected_file {
        rows.push((
            "Next file",
            format!("for {}, due by {}", expected.period, at(expected.at)),
        ));
    }
    let outcome = &status.outcome;
    if !outcome.tenants.is_empty() {
        let tenants: Vec<_> = outcome.tenants.iter().map(u64::to_string).collect();
        rows.push(("Other tenants", tenants.join(", ")));
    }
    if !outcome.unknown.is_empty() {
        let unknown: Vec<_> = outcome.unknown.iter().cloned().collect();
        rows.push(("Unknown", unknown.join(", ")));
    }
    rows
}

/// "Timeout", "12 calls", `"Timeout" = "abandoned"`
fn end_reason_rows(status: &ImportStatus) -> Vec<(String, String, String)> {
    let reasons = status.unknown_end_reasons.iter().map(|(reason, count)| {
        // Quoted as a TOML key.
        let key = toml::Value::String(reason.clone()).to_string();
        let calls = if *count == 1 {
            "1 call".to_owned()
        } else {
            format!("{count} calls")
        };
        (reason.clone(), calls, format!("{key} = \"abandoned\""))
    });
    reasons.collect()
}

fn column_rows(totals: &ImportTotals) -> Vec<(String, String)> {
    let rows = totals.columns.iter().map(|(dataset, columns)| {
        let mut parts = Vec::new();
        if !columns.missing.is_empty() {
            parts.push(format!("excludes {}", columns.missing.join(", ")));
        }
        if !columns.extra.is_empty() {
            parts.push(format!("unknown: {}", columns.extra.join(", ")));
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

        assert!(next_steps("vergic", &before, now).is_empty());
        assert!(next_steps("vergic", &after, now)[0].contains("in [sources.vergic]"));
    }
}
