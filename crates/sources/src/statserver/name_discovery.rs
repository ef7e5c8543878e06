//! Finds the statistic names that a site's Stat Server knows, by trying those in common use on the
//! configured objects, and writes the configuration for them.

use std::{collections::HashMap, error::Error, fmt::Write};

use wallboard_domain::{MetricSubject, SourceId};

use crate::{DiscoveredNames, ProbeResult, probe_report::await_response};

use super::{
    Measure, NO_ESTIMATE, Statistic, StatisticFinding, StatisticFindings,
    known_statistics::known_statistics,
};

/// The names of one source that are to be discovered.
pub(crate) struct NameDiscovery<'s> {
    pub(crate) source: &'s SourceId,
    /// The configuration key of a statistic's name.
    pub(crate) name_key: &'static str,
    pub(crate) configured: Vec<&'s Statistic>,
}

/// One statistic that the vendor knows.
struct KnownStatistic {
    statistic: Statistic,
    /// Whether it has a value now.
    has_value: bool,
}

impl KnownStatistic {
    fn from_finding((mut statistic, finding): (Statistic, StatisticFinding)) -> Option<Self> {
        let has_value = match finding {
            StatisticFinding::Available => true,
            StatisticFinding::NoEstimate => {
                statistic.no_estimate_above = Some(NO_ESTIMATE);
                true
            }
            StatisticFinding::Unknown => false,
            StatisticFinding::Rejected(_) | StatisticFinding::NoAnswer(_) => return None,
        };
        Some(Self {
            statistic,
            has_value,
        })
    }
}

impl NameDiscovery<'_> {
    /// Tries the names with `probe`.
    pub(crate) async fn run<E: Into<Box<dyn Error + Send + Sync>>>(
        self,
        probe: impl AsyncFnOnce(&[Statistic]) -> Result<StatisticFindings, E>,
    ) -> ProbeResult<DiscoveredNames> {
        let tried = known_statistics(self.configured.iter().copied());
        let findings = await_response(tried.len(), probe(&tried)).await?;
        let failures = unanswered_comments(&findings);
        let statistics = findings.statistics.into_iter();
        let known: Vec<_> = statistics
            .filter_map(KnownStatistic::from_finding)
            .collect();
        Ok(DiscoveredNames {
            toml: self.to_toml(tried.len(), &known) + &failures,
            count: known.len(),
        })
    }

    /// Lists the names that work, and the entries to paste.
    fn to_toml(&self, tried_count: usize, known: &[KnownStatistic]) -> String {
        let mut text = format!(
            "# {} of {tried_count} names work on {}.\n",
            known.len(),
            self.source
        );
        for one in known {
            let statistic = &one.statistic;
            let now = match (one.has_value, statistic.no_estimate_above) {
                (false, _) => " (no value right now)",
                (true, None) => "",
                (true, Some(_)) => " (10000: no estimate now)",
            };
            // Writing to a string never fails.
            _ = writeln!(
                text,
                "# {} {}: {} ({}){now}",
                statistic.object_type,
                statistic.object,
                statistic.name,
                statistic.measure.name()
            );
        }
        let best = choose_best(known);
        let alternative_count = known.len() - best.len();
        let (configured_names, unconfigured): (Vec<_>, Vec<_>) =
            best.into_iter().partition(|one| {
                let mut entries = self.configured.iter();
                entries.any(|entry| is_same_figure(entry, one) && entry.name == one.name)
            });
        text.push_str(&omitted_note(configured_names.len(), alternative_count));
        let (other, new): (Vec<_>, Vec<_>) = (unconfigured.into_iter()).partition(|one| {
            self.configured
                .iter()
                .any(|entry| is_same_figure(entry, one))
        });
        if !new.is_empty() {
            text.push_str("\n# To paste:\n");
            text.push_str(&self.format_entries(&new));
        }
        if !other.is_empty() {
            text.push_str(
                "\n# Replaces other names that the configuration uses for the same metrics:\n",
            );
            for line in self.format_entries(&other).lines() {
                _ = writeln!(text, "# {line}");
            }
        }
        text
    }

    /// Formats configuration entries; objects that differ in nothing else share one.
    fn format_entries(&self, statistics: &[&Statistic]) -> String {
        let mut entries: Vec<Vec<&Statistic>> = Vec::new();
        for statistic in statistics {
            let can_share = |entry: &&mut Vec<&Statistic>| {
                let first = entry[0];
                first.name == statistic.name
                    && first.measure == statistic.measure
                    && first.object_type == statistic.object_type
                    && first.booked_queue().is_none()
                    && statistic.booked_queue().is_none()
            };
            match entries.iter_mut().find(can_share) {
                Some(entry) => entry.push(statistic),
                None => entries.push(vec![statistic]),
            }
        }

        let mut text = String::new();
        for entry in entries {
            let statistic = entry[0];
            let objects = entry.iter().map(|statistic| toml_string(&statistic.object));
            let objects: Vec<_> = objects.collect();
            let queue = statistic.booked_queue().map(toml_string);
            let queue_line = queue.map(|queue| format!("queue = {queue}\n"));
            // If one queue reports "no estimate" this way, so do the others.
            let no_estimate = entry.iter().find_map(|one| one.no_estimate_above);
            let no_estimate = no_estimate.map(|limit| format!("no_estimate_above = {limit}\n"));
            // Writing to a string never fails.
            _ = write!(
                text,
                "[[sources.{}.statistics]]\nmetric = \"{}\"\nobject_type = {}\nobjects = [{}]\n{}{} = {}\n{}",
                self.source,
                statistic.measure.name(),
                toml_string(&statistic.object_type),
                objects.join(", "),
                queue_line.unwrap_or_default(),
                self.name_key,
                toml_string(&statistic.name),
                no_estimate.unwrap_or_default(),
            );
        }
        text
    }
}

/// Lists failed parts and unanswered names as comments.
fn unanswered_comments(findings: &StatisticFindings) -> String {
    let parts = findings.parts.iter().filter_map(|part| {
        let fault = part.fault.as_ref()?;
        Some(format!("# {}: {fault}\n", part.name))
    });
    let mut text: String = parts.collect();
    let unanswered = findings.statistics.iter();
    let mut unanswered = unanswered.filter_map(|(_, finding)| match finding {
        StatisticFinding::NoAnswer(why) => Some(why),
        _ => None,
    });
    if let Some(why) = unanswered.next() {
        let count = 1 + unanswered.count();
        // Writing to a string never fails.
        _ = writeln!(text, "# {count} names got no response: {why}; try again.");
    }
    text
}

/// Counts the names above that need no entry, by reason.
fn omitted_note(configured_count: usize, alternative_count: usize) -> String {
    let reasons = [
        (configured_count, "already configured with this name"),
        (alternative_count, "alternative names of the same metrics"),
    ];
    let reasons = reasons.iter().filter(|(count, _)| 0 < *count);
    let reasons: Vec<_> = reasons
        .map(|(count, reason)| format!("{count} {reason}"))
        .collect();
    if reasons.is_empty() {
        return String::new();
    }
    format!("# Left out: {}.\n", reasons.join(", "))
}

/// Whether two statistics give the same metric of the same queue or agent.
fn is_same_figure(one: &Statistic, other: &Statistic) -> bool {
    one.subject == other.subject && one.measure == other.measure
}

/// For each metric, returns the first name that has a value, or else the first known one.
fn choose_best(known: &[KnownStatistic]) -> Vec<&Statistic> {
    let metric_key = |one: &KnownStatistic| (one.statistic.subject.clone(), one.statistic.measure);
    let mut best: HashMap<(MetricSubject, Measure), usize> = HashMap::new();
    for (index, one) in known.iter().enumerate() {
        let best = best.entry(metric_key(one)).or_insert(index);
        if one.has_value && !known[*best].has_value {
            *best = index;
        }
    }
    let is_best =
        |(index, one): &(usize, &KnownStatistic)| best.get(&metric_key(one)) == Some(index);
    let best_statistics = known.iter().enumerate().filter(is_best);
    best_statistics.map(|(_, one)| &one.statistic).collect()
}

fn toml_string(text: &str) -> String {
    toml::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use toml::de::DeTable;

    use wallboard_domain::{Id, Metric};
    use wallboard_toml_reader::ConfigReader;

    use crate::{
        SourceConfig,
        genesys::{GenesysSettings, StatisticReference},
        statserver::DeliveredUnit,
    };

    use super::*;

    fn discovery_toml(
        name_key: &'static str,
        configured: Vec<&Statistic>,
        found: &[KnownStatistic],
    ) -> String {
        let discovery = NameDiscovery {
            source: &"voice".into(),
            name_key,
            configured,
        };
        discovery.to_toml(30, found)
    }

    fn read_genesys(text: &str) -> GenesysSettings {
        let table = DeTable::parse(text).unwrap();
        let reader = ConfigReader::new(text, Path::new("w.toml"), |_| None, &[]);
        let root = reader.root_section(&table);
        let section = root.section_at("voice").unwrap();
        let read = SourceConfig::read("genesys", "voice".into(), section, &[]);
        let Some((_, SourceConfig::Genesys(genesys))) = read else {
            panic!("{:?}", reader.collected_faults())
        };
        assert!(reader.is_clean(), "{:?}", reader.collected_faults());
        *genesys
    }

    fn known_statistic(
        name: &str,
        object: (&str, &str),
        metric: Metric,
        has_value: bool,
    ) -> KnownStatistic {
        let statistic = Statistic {
            name: name.into(),
            object_type: object.0.into(),
            object: object.1.into(),
            subject: MetricSubject::Queue(Id::new(&"voice".into(), "1@S")),
            measure: Measure::Figure(metric),
            delivered: DeliveredUnit::Count,
            no_estimate_above: None,
        };
        KnownStatistic {
            statistic,
            has_value,
        }
    }

    fn with_queue(mut known: KnownStatistic, queue: &str) -> KnownStatistic {
        known.statistic.object = queue.into();
        known.statistic.subject = MetricSubject::Queue(Id::new(&"voice".into(), queue));
        known
    }

    #[test]
    fn working_names_are_emitted_as_valid_configuration() {
        let queue = ("Queue", "1@S");
        let found = [
            known_statistic("CurrentInQueue", queue, Metric::Waiting, false),
            known_statistic("Current_In_Queue", queue, Metric::Waiting, true),
            with_queue(
                known_statistic("Current_In_Queue", queue, Metric::Waiting, true),
                "2@\"S",
            ),
            known_statistic("Total_Answered", queue, Metric::Answered, false),
            known_statistic(
                "CurrentReadyAgents",
                ("GroupAgents", "G"),
                Metric::AgentsAvailable,
                true,
            ),
            known_statistic("ServiceLevel", queue, Metric::ServiceLevel, true),
        ];
        let configured = known_statistic("SL", queue, Metric::ServiceLevel, true).statistic;

        let toml = discovery_toml("name", vec![&configured], &found);

        assert!(toml.starts_with("# 6 of 30 names work on voice.\n"));
        assert!(
            toml.contains("# Queue 1@S: CurrentInQueue (waiting) (no value right now)\n"),
            "{toml}"
        );
        assert!(
            toml.contains("# Left out: 1 alternative names of the same metrics.\n"),
            "{toml}"
        );
        assert!(
            toml.contains("# [[sources.voice.statistics]]\n# metric = \"service_level\""),
            "{toml}"
        );
        let header = "[voice]\nbase_url = \"https://h\"\nauth = { client_id = \"c\", client_secret = \"s\", grant = \"client_credentials\" }\n";
        let genesys = read_genesys(&format!("{header}{}", toml.replace("sources.", "")));
        let statistics: Vec<_> = (genesys.statistics.iter())
            .map(|configured| {
                let Statistic {
                    measure,
                    object,
                    name,
                    ..
                } = &configured.statistic;
                assert_eq!(configured.reference, StatisticReference::Name);
                (measure.name(), &**object, &**name)
            })
            .collect();
        assert_eq!(
            statistics,
            [
                ("waiting", "1@S", "Current_In_Queue"),
                ("waiting", "2@\"S", "Current_In_Queue"),
                ("answered", "1@S", "Total_Answered"),
                ("agents_available", "G", "CurrentReadyAgents"),
            ]
        );
    }

    #[test]
    fn expected_wait_of_10000_is_suggested_as_no_estimate() {
        let finding_for = |object: &str, finding| {
            let wait = known_statistic(
                "ExpectedWaitTime",
                ("Queue", object),
                Metric::ExpectedWait,
                true,
            );
            KnownStatistic::from_finding((with_queue(wait, object).statistic, finding)).unwrap()
        };
        let found = [
            finding_for("1@S", StatisticFinding::NoEstimate),
            finding_for("2@S", StatisticFinding::Available),
        ];

        let toml = discovery_toml("stat", Vec::new(), &found);

        assert!(
            toml.contains("ExpectedWaitTime (expected_wait) (10000: no estimate now)\n"),
            "{toml}"
        );
        // One entry for both: they report "no estimate" the same way.
        assert_eq!(toml.matches("[[sources.voice.statistics]]").count(), 1);
        assert!(toml.contains("objects = [\"1@S\", \"2@S\"]"), "{toml}");
        assert!(
            toml.ends_with("stat = \"ExpectedWaitTime\"\nno_estimate_above = 10000\n"),
            "{toml}"
        );
    }
}
