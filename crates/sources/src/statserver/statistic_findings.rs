//! Results of probing statistics, for `wallboard check`.

use std::fmt::Write;

use wallboard_domain::SourceId;

use crate::{ProbeReport, ProbedPart};

use super::Statistic;

/// The results of probing a source.
#[derive(Clone, Debug, Default)]
pub(crate) struct StatisticFindings {
    pub(crate) parts: Vec<ProbedPart>,
    /// Each statistic once.
    pub(crate) statistics: Vec<(Statistic, StatisticFinding)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StatisticFinding {
    /// It has a value that can be shown.
    Available,
    /// The vendor knows it, but has no value now, or one that doesn't fit the configured
    /// unit.
    Unknown,
    /// An expected wait of exactly Stat Server's value for "no estimate", which the
    /// configuration doesn't declare as such.
    NoEstimate,
    /// The vendor rejects it, with its reason for people.
    Rejected(String),
    /// No response came, with the reason for people. The statistic itself may be fine.
    NoAnswer(String),
}

impl StatisticFindings {
    pub(crate) fn into_report(self, source: &SourceId) -> ProbeReport {
        let Self { parts, statistics } = self;
        if parts.is_empty() && statistics.is_empty() {
            return ProbeReport::default();
        }
        let faulty_metrics: Vec<_> = (statistics.iter())
            .filter_map(|(statistic, finding)| {
                let fault = Some(finding.fault(source)?);
                let (kind, object) = (&statistic.object_type, &statistic.object);
                let name = format!("{} of {kind} {object}", statistic.name);
                Some(ProbedPart { name, fault })
            })
            .collect();
        let working_count = statistics.len() - faulty_metrics.len();
        let mut summary = format!("{working_count} of {} statistics work", statistics.len());
        for (wanted, text) in [
            (StatisticFinding::Unknown, "without a value right now"),
            (
                StatisticFinding::NoEstimate,
                "with an expected wait of 10000: if that means no estimate, set `no_estimate_above = 10000`",
            ),
        ] {
            let found = statistics.iter().filter(|(_, finding)| *finding == wanted);
            let count = found.count();
            if 0 < count {
                // Writing to a string never fails.
                _ = write!(summary, ", {count} {text}");
            }
        }
        ProbeReport {
            summary: Some(summary),
            fault: (working_count == 0 && !faulty_metrics.is_empty()).then(|| {
                "none of them work: check `base_url`, and that the user may read statistics"
                    .to_owned()
            }),
            parts,
            faulty_metrics,
        }
    }
}

impl StatisticFinding {
    /// The fault and its fix, if the statistic doesn't work.
    fn fault(&self, source: &SourceId) -> Option<String> {
        match self {
            Self::Available | Self::NoEstimate | Self::Unknown => None,
            Self::NoAnswer(why) => Some(format!("{why}; try again")),
            Self::Rejected(why) => {
                // Only GMS has tenants.
                let keys = if why.to_lowercase().contains("tenant") {
                    "its name, object_type, objects or tenant"
                } else {
                    "its name, object_type or objects"
                };
                Some(format!(
                    "{why}; fix {keys}, or look for names: wallboard check --config FILE --discover {source}"
                ))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use wallboard_domain::Metric;

    use super::{
        super::{DeliveredUnit, Measure, tests::test_statistic},
        *,
    };

    fn statistic(name: &str) -> Statistic {
        Statistic {
            name: name.into(),
            object_type: "Queue".into(),
            object: "1@S".into(),
            ..test_statistic(Measure::Figure(Metric::Waiting), DeliveredUnit::Count)
        }
    }

    fn report_of(statistics: Vec<(Statistic, StatisticFinding)>) -> ProbeReport {
        let findings = StatisticFindings {
            parts: Vec::new(),
            statistics,
        };
        findings.into_report(&"voice".into())
    }

    #[test]
    fn rejected_statistic_is_reported_with_the_fix() {
        let report = report_of(vec![
            (statistic("A"), StatisticFinding::Available),
            (statistic("B"), StatisticFinding::Unknown),
            (
                statistic("C"),
                StatisticFinding::Rejected("there is none".to_owned()),
            ),
            (
                statistic("D"),
                StatisticFinding::NoAnswer("it hangs".to_owned()),
            ),
        ]);

        assert_eq!(report.fault, None);
        assert_eq!(
            report.summary.unwrap(),
            "2 of 4 statistics work, 1 without a value right now"
        );
        let [rejected, unanswered] = &report.faulty_metrics[..] else {
            panic!("{:?}", report.faulty_metrics)
        };
        assert_eq!(unanswered.fault.as_deref(), Some("it hangs; try again"));
        assert_eq!(rejected.name, "C of Queue 1@S");
        assert_eq!(
            rejected.fault.as_deref(),
            Some(
                "there is none; fix its name, object_type or objects, or look for names: wallboard check --config FILE --discover voice"
            )
        );
    }

    #[test]
    fn tenant_that_the_vendor_names_is_in_the_advice() {
        let why = "Queue '9001' (Tenant 'Enviroment') not found".to_owned();

        let report = report_of(vec![
            (statistic("A"), StatisticFinding::Available),
            (statistic("B"), StatisticFinding::Rejected(why)),
        ]);

        let fault = report.faulty_metrics[0].fault.as_deref().unwrap();
        assert!(
            fault.contains("fix its name, object_type, objects or tenant"),
            "{fault}"
        );
    }

    #[test]
    fn expected_wait_of_10000_gets_a_suggestion() {
        let report = report_of(vec![(statistic("A"), StatisticFinding::NoEstimate)]);

        assert_eq!(report.fault, None);
        assert_eq!(
            report.summary.unwrap(),
            "1 of 1 statistics work, 1 with an expected wait of 10000: if that means no estimate, set `no_estimate_above = 10000`"
        );
    }

    #[test]
    fn source_of_which_no_statistic_works_has_a_fault() {
        let rejected = StatisticFinding::Rejected(String::new());

        let report = report_of(vec![(statistic("A"), rejected)]);

        let fault = report.fault.unwrap();
        assert!(fault.starts_with("none of them work"), "{fault}");
    }
}
