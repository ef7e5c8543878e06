//! Requests statistics once from vendors: checks whether configured ones work, and finds others
//! that do.

use std::time::Duration;

use tokio::time::timeout;

use wallboard_domain::error_chain;
use wallboard_sources::{
    ProbeResult, SourceConfig,
    statserver::{self, ProbeReport, ProbedPart, Statistic},
};

use super::check::{CheckRow, SOURCE_TIMEOUT};

/// Extra time for each statistic.
const TIME_PER_STATISTIC: Duration = Duration::from_secs(1);
/// The most statistics with their own row; further ones are counted.
const ROWS_MAX: usize = 50;

/// The probe's report, or why the source couldn't be queried.
type ProbeOutcome = Result<ProbeReport, String>;

/// Returns a row for the source, one for each of its parts, and one for each rejected statistic.
pub(super) async fn check_configured(upstream: &SourceConfig) -> Vec<CheckRow> {
    let count = upstream.statistics().len();
    let outcome = await_report(count, upstream.probe()).await;
    to_rows(&upstream.id().to_string(), outcome)
}

/// Probes statistics that aren't configured.
pub(super) async fn try_statistics(
    upstream: &SourceConfig,
    statistics: &[Statistic],
) -> ProbeOutcome {
    await_report(statistics.len(), upstream.discover(statistics)).await
}

async fn await_report(count: usize, probing: impl Future<Output = ProbeResult>) -> ProbeOutcome {
    let limit = SOURCE_TIMEOUT + TIME_PER_STATISTIC * u32::try_from(count).unwrap_or(u32::MAX);
    match timeout(limit, probing).await {
        Ok(result) => result.map_err(|error| error_chain(&*error)),
        Err(_) if count == 0 => Err("it did not answer in time".to_owned()),
        Err(_) => Err(format!(
            "no response for all {count} statistics within {} s; check the load of the vendor's server and the network",
            limit.as_secs()
        )),
    }
}

fn to_rows(source: &str, outcome: ProbeOutcome) -> Vec<CheckRow> {
    let row = |what, name, fault| CheckRow { what, name, fault };
    let ProbeReport { parts, statistics } = match outcome {
        Ok(report) => report,
        Err(why) => return vec![row("source", source.to_owned(), Some(why))],
    };
    if parts.is_empty() && statistics.is_empty() {
        return vec![row("source", source.to_owned(), None)];
    }
    let fix = |why: &str| {
        // Only GMS has tenants.
        let keys = if why.to_lowercase().contains("tenant") {
            "its name, object_type, objects or tenant"
        } else {
            "its name, object_type or objects"
        };
        format!("fix {keys}, or look for names: wallboard check --discover {source}")
    };
    let to_failure = |(statistic, finding): &(Statistic, statserver::StatisticFinding)| {
        let fault = match finding {
            statserver::StatisticFinding::Rejected(why) => format!("{why}; {}", fix(why)),
            statserver::StatisticFinding::NoAnswer(why) => format!("{why}; try again"),
            statserver::StatisticFinding::Available
            | statserver::StatisticFinding::NoEstimate
            | statserver::StatisticFinding::Unknown => return None,
        };
        Some((describe_statistic(source, statistic), fault))
    };
    let failed: Vec<_> = statistics.iter().filter_map(to_failure).collect();
    let is_without_value = |(_, finding): &&(_, statserver::StatisticFinding)| {
        *finding == statserver::StatisticFinding::Unknown
    };
    let working_count = statistics.len() - failed.len();
    let unknown_text = match statistics.iter().filter(is_without_value).count() {
        0 => String::new(),
        count => format!(", {count} without a value right now"),
    };
    let has_no_estimate = |(_, finding): &&(_, statserver::StatisticFinding)| {
        *finding == statserver::StatisticFinding::NoEstimate
    };
    let estimate_text = match statistics.iter().filter(has_no_estimate).count() {
        0 => String::new(),
        count => format!(
            ", {count} with an expected wait of 10000: if that means no estimate, set `no_estimate_above = 10000`"
        ),
    };
    let name = format!(
        "{source} ({working_count} of {} statistics work{unknown_text}{estimate_text})",
        statistics.len()
    );
    let fault = (working_count == 0 && !failed.is_empty()).then(|| {
        "none of them work: check `base_url`, and that the user may read statistics".to_owned()
    });

    let mut rows = vec![row("source", name, fault)];
    rows.extend(
        (parts.into_iter()).map(|ProbedPart { name, fault }| CheckRow {
            what: "source",
            name: format!("{source} {name}"),
            fault,
        }),
    );
    let omitted_count = failed.len().saturating_sub(ROWS_MAX);
    let listed = failed.into_iter().take(ROWS_MAX);
    rows.extend(listed.map(|(name, fault)| row("stat", name, Some(fault))));
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

/// Formats `voice TotalAnswered of Queue 9002@S`.
fn describe_statistic(source: &str, statistic: &Statistic) -> String {
    let Statistic {
        name,
        object_type,
        object,
        ..
    } = statistic;
    format!("{source} {name} of {object_type} {object}")
}

#[cfg(test)]
mod tests {
    use wallboard_domain::{Id, Metric, MetricSubject};
    use wallboard_sources::statserver::{DeliveredUnit, Measure, StatisticFinding};

    use super::*;

    fn test_statistic(name: &str) -> Statistic {
        Statistic {
            name: name.into(),
            object_type: "Queue".into(),
            object: "1@S".into(),
            subject: MetricSubject::Queue(Id::new(&"voice".into(), "1@S")),
            measure: Measure::Figure(Metric::Waiting),
            delivered: DeliveredUnit::Count,
            no_estimate_above: None,
        }
    }

    fn report_of(statistics: Vec<(Statistic, StatisticFinding)>) -> ProbeReport {
        ProbeReport {
            parts: Vec::new(),
            statistics,
        }
    }

    #[test]
    fn rejected_statistic_has_a_row_with_the_fix() {
        let report = report_of(vec![
            (test_statistic("A"), StatisticFinding::Available),
            (test_statistic("B"), StatisticFinding::Unknown),
            (
                test_statistic("C"),
                StatisticFinding::Rejected("there is none".to_owned()),
            ),
            (
                test_statistic("D"),
                StatisticFinding::NoAnswer("it hangs".to_owned()),
            ),
        ]);

        let rows = to_rows("voice", Ok(report));

        assert_eq!(rows.len(), 3);
        assert_eq!(rows[0].fault, None);
        assert_eq!(
            rows[0].name,
            "voice (2 of 4 statistics work, 1 without a value right now)"
        );
        assert_eq!(rows[2].fault.as_deref(), Some("it hangs; try again"));
        assert_eq!(rows[1].name, "voice C of Queue 1@S");
        let fault = rows[1].fault.as_deref().unwrap();
        assert!(fault.starts_with("there is none; fix its name"), "{fault}");
        assert!(
            fault.ends_with("wallboard check --discover voice"),
            "{fault}"
        );
    }

    #[test]
    fn tenant_that_the_vendor_names_is_in_the_advice() {
        let why = "Queue '9001' (Tenant 'Enviroment') not found".to_owned();
        let finding = StatisticFinding::Rejected(why);
        let report = report_of(vec![
            (test_statistic("A"), StatisticFinding::Available),
            (test_statistic("B"), finding),
        ]);

        let rows = to_rows("gms", Ok(report));

        let fault = rows[1].fault.as_deref().unwrap();
        assert!(
            fault.contains("fix its name, object_type, objects or tenant"),
            "{fault}"
        );
    }

    #[test]
    fn expected_wait_of_10000_gets_a_suggestion() {
        let rows = to_rows(
            "voice",
            Ok(report_of(vec![(
                test_statistic("A"),
                StatisticFinding::NoEstimate,
            )])),
        );

        assert_eq!(rows[0].fault, None);
        assert!(
            rows[0].name.contains("set `no_estimate_above = 10000`"),
            "{}",
            rows[0].name
        );
    }

    #[test]
    fn thousands_of_rejected_statistics_do_not_fill_the_output() {
        let rejected = || {
            (
                test_statistic("A"),
                StatisticFinding::Rejected(String::new()),
            )
        };

        let rows = to_rows(
            "voice",
            Ok(report_of((0..1_000).map(|_| rejected()).collect())),
        );

        assert_eq!(rows.len(), 1 + ROWS_MAX + 1);
        let fault = rows[0].fault.as_deref().unwrap();
        assert!(fault.starts_with("none of them work"), "{fault}");
        assert_eq!(rows[ROWS_MAX + 1].name, "voice, 950 more");
    }

    #[test]
    fn failing_part_has_a_row_beside_the_working_statistics() {
        let part = |name: &str, fault: Option<&str>| ProbedPart {
            name: name.to_owned(),
            fault: fault.map(str::to_owned),
        };
        let report = ProbeReport {
            parts: vec![part("a:8080", None), part("b:8080", Some("it is down"))],
            statistics: vec![(test_statistic("A"), StatisticFinding::Available)],
        };

        let rows = to_rows("gms", Ok(report));

        let rows: Vec<_> = (rows.iter())
            .map(|row| (&*row.name, row.fault.as_deref()))
            .collect();
        assert_eq!(
            rows[1..],
            [("gms a:8080", None), ("gms b:8080", Some("it is down"))]
        );
        assert_eq!(rows[0].1, None);
    }

    #[test]
    fn unreachable_source_has_one_row() {
        let rows = to_rows("voice", Err("it is down".to_owned()));

        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].fault.as_deref(), Some("it is down"));
    }
}
