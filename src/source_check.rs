//! Checks of a source, live or of files, as rows: for the command `check`, and for a source that somebody makes in
//! the browser. Knows neither.

use std::time::Duration;

use tokio::time::timeout;

use wallboard_domain::error_chain;
use wallboard_history::import;
use wallboard_sources::{ProbeReport, ProbeResult, ProbedPart, SourceConfig};

/// The result of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckRow {
    /// `boards`, `store`, `log`, `browser`, `port`, `oidc`, `cert`, `records`, `nats`, `stream`, `clock`, `source`, `stat`, `key`,
    /// `columns`, `files`, `days`, `holidays`.
    pub what: &'static str,
    /// The checked item.
    pub name: String,
    /// The problem and its fix; `None` if fine.
    pub fault: Option<String>,
}

/// A source of files that doesn't respond within this time fails the check. Long, because files are
/// listed and read.
const FILES_TIMEOUT: Duration = Duration::from_mins(2);

/// The most metrics with their own row; further ones are counted.
const ROWS_MAX: usize = 50;

/// Returns a row for the source, one for each of its parts, and one for each metric that doesn't work.
pub async fn check_source(upstream: &SourceConfig) -> Vec<CheckRow> {
    to_rows(&upstream.id().to_string(), upstream.probe().await)
}

/// Checks a source of files: our own key, the files, and whether the configuration fits them.
pub async fn check_files(source: &import::FileSource) -> Vec<CheckRow> {
    let row = |what, name, fault| CheckRow { what, name, fault };
    let mut rows = Vec::new();
    if let Some(key) = import::load_public_key(source).await {
        let name = format!(
            "{} signs in with {} ({})",
            source.id, key.fingerprint, key.line
        );
        rows.push(row("key", name, None));
    }
    let (id, location) = (&source.id, &source.location);
    match timeout(FILES_TIMEOUT, import::probe_source(source)).await {
        Ok(Ok(probe)) => {
            rows.push(row(
                "source",
                format!("{id} ({location}: {})", probe.summary),
                None,
            ));
            let findings = probe.findings.into_iter();
            rows.extend(findings.map(|fault| row("columns", id.to_string(), Some(fault))));
            let missing = probe.missing.into_iter();
            rows.extend(missing.map(|one| row("files", id.to_string(), Some(one.to_string()))));
        }
        // A terminal may show the whole path, which the fault omits.
        Ok(Err(fault)) => rows.push(row("source", format!("{id} ({location})"), Some(fault))),
        Err(_) => {
            let fault = format!(
                "{location} didn't respond in full within {} s; check that it's running, and check the network",
                FILES_TIMEOUT.as_secs()
            );
            rows.push(row("source", id.to_string(), Some(fault)));
        }
    }
    rows
}

fn to_rows(source: &str, probed: ProbeResult) -> Vec<CheckRow> {
    let row = |what, name, fault| CheckRow { what, name, fault };
    let report = probed.unwrap_or_else(|error| ProbeReport {
        fault: Some(error_chain(&*error)),
        ..ProbeReport::default()
    });
    let name = match report.summary {
        Some(summary) => format!("{source} ({summary})"),
        None => source.to_owned(),
    };
    let mut rows = vec![row("source", name, report.fault)];
    let part = |what, part: ProbedPart| row(what, format!("{source} {}", part.name), part.fault);
    rows.extend(report.parts.into_iter().map(|one| part("source", one)));
    let omitted_count = report.faulty_metrics.len().saturating_sub(ROWS_MAX);
    let listed = report.faulty_metrics.into_iter().take(ROWS_MAX);
    rows.extend(listed.map(|metric| part("stat", metric)));
    if 0 < omitted_count {
        let fault = "the vendor doesn't respond for these either".to_owned();
        rows.push(row(
            "stat",
            format!("{source}, {omitted_count} more"),
            Some(fault),
        ));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &str, fault: Option<&str>) -> ProbedPart {
        ProbedPart {
            name: name.to_owned(),
            fault: fault.map(str::to_owned),
        }
    }

    fn rows_of(report: ProbeReport) -> Vec<(&'static str, String, Option<String>)> {
        let rows = to_rows("voice", Ok(report)).into_iter();
        rows.map(|row| (row.what, row.name, row.fault)).collect()
    }

    #[test]
    fn failing_parts_and_metrics_have_a_row_beside_the_source() {
        let rows = rows_of(ProbeReport {
            summary: Some("1 of 2 statistics work".to_owned()),
            fault: None,
            parts: vec![part("a:8080", None), part("b:8080", Some("it is down"))],
            faulty_metrics: vec![part("C of Queue 1@S", Some("there is none"))],
        });

        let row = |what, name: &str, fault: Option<&str>| {
            (what, name.to_owned(), fault.map(str::to_owned))
        };
        assert_eq!(
            rows,
            [
                row("source", "voice (1 of 2 statistics work)", None),
                row("source", "voice a:8080", None),
                row("source", "voice b:8080", Some("it is down")),
                row("stat", "voice C of Queue 1@S", Some("there is none")),
            ]
        );
    }

    #[test]
    fn thousands_of_faulty_metrics_do_not_fill_the_output() {
        let rows = rows_of(ProbeReport {
            faulty_metrics: vec![part("A of Queue 1@S", Some("why")); 1_000],
            ..ProbeReport::default()
        });

        assert_eq!(rows.len(), 1 + ROWS_MAX + 1);
        assert_eq!(rows[ROWS_MAX + 1].1, "voice, 950 more");
    }

    #[test]
    fn unreachable_source_has_one_row() {
        let rows = to_rows("voice", Err("it is down".into()));

        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].name, "voice");
        assert_eq!(rows[0].fault.as_deref(), Some("it is down"));
    }
}
