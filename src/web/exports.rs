//! Sources of files on the sources page: how their imports go, in words, with what to do.

use jiff::Timestamp;

use crate::{
    boards::{format, segment},
    domain::{Moment, Site, SourceId},
    history::import::{Ledger, Phase, State, Status, group_digits, nothing_found, told},
};

use super::{sources::Logged, story::sentence};

/// One source of files, as words.
pub(super) struct Exported {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) state: &'static str,
    pub(super) glyph: &'static str,
    pub(super) word: &'static str,
    /// "last run 13:55, next 14:25 · 3 rows skipped"
    pub(super) summary: String,
    /// Where the rows that were set aside are shown, if there are any.
    pub(super) aside: Option<String>,
    pub(super) happened: String,
    pub(super) to_do: String,
    pub(super) since: String,
    pub(super) rows: Vec<(&'static str, String)>,
    /// Files that did not come, and why.
    pub(super) files: Vec<(String, String)>,
    pub(super) more_files: u64,
    /// Wordings of ends that nobody mapped: how often, and the line to add.
    pub(super) wordings: Vec<(String, String, String)>,
    pub(super) columns: Vec<(String, String)>,
    /// File, line and field of scores that are out of range.
    pub(super) scores: Vec<(String, u32, String)>,
    pub(super) more_scores: u64,
    /// What of the configuration does not fit the files, a sentence each.
    pub(super) findings: Vec<String>,
    /// Files that stay away, a sentence each.
    pub(super) missing: Vec<String>,
    /// Datasets with the columns that nothing maps.
    pub(super) unmapped: Vec<(String, String)>,
    pub(super) own_key: Option<(String, String)>,
    pub(super) log: Vec<Logged>,
}

pub(super) fn exported(source: &SourceId, status: &Status, site: &Site, now: Moment) -> Exported {
    let (id, zone) = (source.as_str(), &site.zone);
    let at = |at| format::time_or_day(at, now.wall, zone);
    let state = status.state(now.wall);
    let (glyph, word) = match state {
        State::Connecting => ("◌", "Connecting"),
        State::Live => ("●", "Live"),
        State::Degraded => ("▲", "Degraded"),
        State::Down => ("◆", "Down"),
    };
    let failed = &status.outcome.failed;
    let not_yet = &status.outcome.not_yet;
    let files: Vec<_> = (failed.named.iter().chain(&not_yet.named))
        .map(|(key, why)| (key.clone(), why.clone()))
        .collect();
    Exported {
        id: id.to_owned(),
        name: site.source_name(source),
        kind: status.kind.vendor,
        state: state.name(),
        glyph,
        word,
        summary: summary(status, at),
        aside: (0 < status.ledger.set_aside).then(|| format!("/sources/{}/aside", segment(id))),
        happened: happened(status, state, now.wall, at),
        to_do: to_do(id, status, now.wall),
        since: format::moment(status.since, now.wall, zone),
        rows: rows(status, at),
        more_files: (failed.count + not_yet.count).saturating_sub(files.len() as u64),
        files,
        wordings: wordings(status),
        columns: columns(&status.ledger),
        scores: status.ledger.scores.told.clone(),
        more_scores: (status.ledger.scores.count)
            .saturating_sub(status.ledger.scores.told.len() as u64),
        findings: status.findings.clone(),
        missing: status.undelivered(),
        unmapped: (status.unmapped.iter())
            .map(|(dataset, headers)| (dataset.clone(), headers.join(", ")))
            .collect(),
        own_key: (status.own_key.as_ref()).map(|key| (key.fingerprint.clone(), key.line.clone())),
        log: Vec::new(),
    }
}

fn summary(status: &Status, at: impl Fn(Timestamp) -> String) -> String {
    let mut parts = vec![match status.last_run {
        Some(last) => format!("last run {}", at(last)),
        None => "no run yet".to_owned(),
    }];
    match (status.phase, status.next_run) {
        (Phase::Idle, Some(next)) => parts.push(format!("next {}", at(next))),
        (phase, _) => parts.extend(doing(phase, status)),
    }
    let skipped = match status.ledger.set_aside {
        0 => String::new(),
        1 => " · 1 row skipped".to_owned(),
        n => format!(" · {n} rows skipped"),
    };
    parts.join(", ") + &skipped
}

/// What goes on right now.
fn doing(phase: Phase, status: &Status) -> Option<String> {
    let progress = &status.progress;
    match phase {
        Phase::Idle => None,
        Phase::Waiting => Some("another import of this source is running".to_owned()),
        Phase::Listing => Some("checking for files".to_owned()),
        Phase::Settling => Some("waiting for files to finish uploading".to_owned()),
        Phase::Taking => Some(format!(
            "importing files, {} of {} done",
            progress.files_done, progress.files
        )),
        Phase::Reckoning => Some(format!(
            "computing intervals, {} of {} days done",
            progress.days_done, progress.days
        )),
    }
}

fn happened(
    status: &Status,
    state: State,
    now: Timestamp,
    at: impl Fn(Timestamp) -> String,
) -> String {
    if let Some(fault) = &status.fault {
        return format!("{} {}", at(fault.at), sentence(&fault.why));
    }
    if state == State::Connecting {
        return "Checking its files for the first time.".to_owned();
    }
    let outcome = &status.outcome;
    if outcome.found == 0 {
        return sentence(&nothing_found(&status.asked_for, outcome));
    }
    let mut parts = Vec::new();
    if let Some(due) = status.due.as_ref().filter(|_| state == State::Degraded)
        && status.is_late(now)
    {
        parts.push(format!(
            "The file for {} is late (due {}).",
            due.of,
            at(due.at)
        ));
    }
    parts.push(sentence(&format!("Last run: {}", told(outcome))));
    parts.join(" ")
}

fn to_do(id: &str, status: &Status, now: Timestamp) -> String {
    let mut parts: Vec<String> = Vec::new();
    match &status.fault {
        Some(fault) if fault.is_refused => parts.push(
            "Fix the problem above. Wallboard retries every minute, or at once after systemctl reload wallboard (SIGHUP). Run wallboard check to verify.".to_owned(),
        ),
        Some(_) => parts.push(
            "Wallboard retries every few seconds. If this lasts, follow the error above, or check the network and the remote server. Run wallboard check to verify.".to_owned(),
        ),
        None => {}
    }
    let has_run = status.fault.is_none() && status.last_run.is_some();
    if has_run && status.outcome.found == 0 {
        parts.push(format!(
            "Fix the problem above in [sources.{id}], then run wallboard check."
        ));
    }
    if status.fault.is_none() && status.is_late(now) {
        parts.push("Check that the export ran. Late files are imported automatically.".to_owned());
    }
    if !status.missing.is_empty() || status.gaps.has_recent() {
        parts.push("Ask whoever runs the export about the missing files below. They’re imported automatically when they arrive.".to_owned());
    }
    if 0 < status.outcome.failed.count {
        parts.push(
            "See the failed files below. Redelivered files are imported automatically.".to_owned(),
        );
    }
    if 0 < status.ledger.set_aside_lately {
        parts.push("Review the skipped rows and tell the vendor. All other rows count.".to_owned());
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
    if !status.wordings.is_empty() {
        parts.push(format!(
            "Assign the outcome labels below in [sources.{id}.end_by]."
        ));
    }
    if parts.is_empty() {
        return "Nothing to do.".to_owned();
    }
    parts.join(" ")
}

fn rows(status: &Status, at: impl Fn(Timestamp) -> String) -> Vec<(&'static str, String)> {
    let ledger = &status.ledger;
    let mut rows = vec![
        ("Location", status.place.clone()),
        (
            "Imported",
            match ledger.last_taken {
                Some(last) => format!(
                    "{} files, {} rows; latest at {}",
                    group_digits(ledger.files),
                    group_digits(ledger.rows),
                    at(last)
                ),
                None => "nothing".to_owned(),
            },
        ),
    ];
    match ledger.scores.count {
        0 => {}
        n => rows.push((
            "Scores out of range",
            format!("{n} ignored; the rest of their rows counts"),
        )),
    }
    if let Some(due) = &status.due {
        rows.push((
            "Next file",
            format!("for {}, due by {}", due.of, at(due.at)),
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

/// "12 calls", "Timeout", `"Timeout" = "flow_out"`
fn wordings(status: &Status) -> Vec<(String, String, String)> {
    let wordings = status.wordings.iter().map(|(wording, count)| {
        // As TOML writes a key in quotes.
        let key = toml::Value::String(wording.clone()).to_string();
        let calls = if *count == 1 {
            "1 call".to_owned()
        } else {
            format!("{count} calls")
        };
        (wording.clone(), calls, format!("{key} = \"abandoned\""))
    });
    wordings.collect()
}

fn columns(ledger: &Ledger) -> Vec<(String, String)> {
    let told = ledger.columns.iter().map(|(dataset, columns)| {
        let mut parts = Vec::new();
        if !columns.missing.is_empty() {
            parts.push(format!("excludes {}", columns.missing.join(", ")));
        }
        if !columns.extra.is_empty() {
            parts.push(format!("unknown: {}", columns.extra.join(", ")));
        }
        (dataset.clone(), parts.join("; "))
    });
    told.collect()
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use jiff::tz::TimeZone;

    use crate::{
        domain::Patterns,
        history::import::{Place, Source, Vendor, Vergic},
    };

    use super::*;

    /// One whose files lie in a folder.
    pub(in crate::web) fn source(id: &str) -> Source {
        let day = Duration::from_hours(24);
        Source {
            id: id.into(),
            vendor: Vendor::Vergic(Vergic {
                root: "Metrics".to_owned(),
                columns: Patterns(Vec::new()),
                keep_contacts: false,
                zone: TimeZone::UTC,
            }),
            place: Place::Folder {
                path: "export".into(),
                called: "export".to_owned(),
            },
            interval: day,
            history: day,
            settle: day,
            keep: day,
        }
    }

    #[test]
    fn where_a_run_found_nothing_there_is_something_to_do() {
        let source = source("vergic");
        let now = Timestamp::UNIX_EPOCH;
        let before = source.status();
        let after = Status {
            last_run: Some(now),
            ..source.status()
        };

        assert_eq!(to_do("vergic", &before, now), "Nothing to do.");
        assert!(to_do("vergic", &after, now).contains("in [sources.vergic]"));
    }
}
