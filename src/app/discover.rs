//! `wallboard check --discover`: finds the statistic names that a vendor knows and prints the
//! configuration for them.

use std::{collections::HashMap, fmt::Write};

use wallboard_domain::{MetricSubject, SourceId};
use wallboard_sources::statserver::{
    self, Measure, NO_ESTIMATE, ProbeReport, Statistic, StatisticFinding,
};

use super::{RuntimeConfig, statistic_check};

/// The result of discovery on one source.
#[derive(Debug)]
pub struct Discovery {
    /// Complete TOML: comments with the names that work, then the entries to paste.
    pub toml: String,
    /// The number of statistics that work.
    pub answer_count: usize,
}

/// Why discovery failed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DiscoverError {
    #[error("the configuration has no source {id:?}; it has: {there}")]
    NoSource { id: String, there: String },
    #[error("{id} doesn't support --discover; use a source of kind genesys or gms")]
    NoNames { id: SourceId },
    #[error("can't query {id}: {why}")]
    Unwell { id: SourceId, why: String },
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

/// Tries commonly used statistic names on the configured objects.
pub async fn discover_statistics(
    plan: &RuntimeConfig,
    id: &str,
) -> Result<Discovery, DiscoverError> {
    let Some(upstream) = plan.sources.iter().find(|up| up.id().as_str() == id) else {
        let there: Vec<_> = plan.sources.iter().map(|up| up.id().as_str()).collect();
        return Err(DiscoverError::NoSource {
            id: id.to_owned(),
            there: there.join(", "),
        });
    };
    let key = upstream.name_key().ok_or_else(|| DiscoverError::NoNames {
        id: upstream.id().clone(),
    })?;
    let configured = upstream.statistics();
    let tried = statserver::known_statistics(configured.iter().copied());
    let report = statistic_check::try_statistics(upstream, &tried).await;
    let report = report.map_err(|why| DiscoverError::Unwell {
        id: upstream.id().clone(),
        why,
    })?;
    let failures = unanswered_comments(&report);
    let known: Vec<KnownStatistic> = report
        .statistics
        .into_iter()
        .filter_map(KnownStatistic::from_finding)
        .collect();
    let entries = discovery_toml(upstream.id(), key, &configured, tried.len(), &known);
    Ok(Discovery {
        answer_count: known.len(),
        toml: entries + &failures,
    })
}

/// Lists failed parts and unanswered names as comments.
fn unanswered_comments(report: &ProbeReport) -> String {
    let parts = report.parts.iter().filter_map(|part| {
        let fault = part.fault.as_ref()?;
        Some(format!("# {}: {fault}\n", part.name))
    });
    let mut text: String = parts.collect();
    let unanswered = report.statistics.iter();
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

/// Lists the names that work, and the entries to paste.
fn discovery_toml(
    id: &SourceId,
    key: &str,
    configured: &[&Statistic],
    tried: usize,
    known: &[KnownStatistic],
) -> String {
    let mut text = format!("# {} of {tried} names work on {id}.\n", known.len());
    for KnownStatistic {
        statistic,
        has_value,
    } in known
    {
        let name = &statistic.name;
        let now = match (has_value, statistic.no_estimate_above) {
            (false, _) => " (no value right now)",
            (true, None) => "",
            (true, Some(_)) => " (10000: no estimate now)",
        };
        // Writing to a string never fails.
        _ = writeln!(
            text,
            "# {} {}: {name} ({}){now}",
            statistic.object_type,
            statistic.object,
            statistic.measure.name()
        );
    }
    let is_configured = |statistic: &Statistic| {
        configured
            .iter()
            .any(|entry| is_same_figure(entry, statistic) && entry.name == statistic.name)
    };
    let has_other_name = |statistic: &Statistic| {
        configured
            .iter()
            .any(|entry| is_same_figure(entry, statistic))
    };
    let best = choose_best(known);
    let alternative_count = known.len() - best.len();
    let (configured_names, unconfigured): (Vec<&Statistic>, Vec<&Statistic>) =
        best.into_iter().partition(|one| is_configured(one));
    text.push_str(&omitted_note(configured_names.len(), alternative_count));
    let (other, new): (Vec<&Statistic>, Vec<&Statistic>) = unconfigured
        .into_iter()
        .partition(|one| has_other_name(one));
    if !new.is_empty() {
        text.push_str("\n# To paste:\n");
        text.push_str(&statistic_entries(id, key, &new));
    }
    if !other.is_empty() {
        text.push_str(
            "\n# Replaces other names that the configuration uses for the same metrics:\n",
        );
        for line in statistic_entries(id, key, &other).lines() {
            text.push_str("# ");
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

/// Counts the names above that need no entry, by reason.
fn omitted_note(configured_count: usize, alternative_count: usize) -> String {
    let mut reasons = Vec::new();
    if 0 < configured_count {
        reasons.push(format!(
            "{configured_count} already configured with this name"
        ));
    }
    if 0 < alternative_count {
        reasons.push(format!(
            "{alternative_count} alternative names of the same metrics"
        ));
    }
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

/// Formats configuration entries; objects that differ in nothing else share one.
fn statistic_entries(id: &SourceId, key: &str, statistics: &[&Statistic]) -> String {
    let mut entries: Vec<Vec<&Statistic>> = Vec::new();
    for statistic in statistics {
        let can_share = |entry: &&mut Vec<&Statistic>| {
            let first = entry[0];
            first.name == statistic.name
                && first.measure == statistic.measure
                && first.object_type == statistic.object_type
                && booked_queue(first).is_none()
                && booked_queue(statistic).is_none()
        };
        match entries.iter_mut().find(can_share) {
            Some(entry) => entry.push(statistic),
            None => entries.push(vec![statistic]),
        }
    }

    let mut text = String::new();
    for entry in entries {
        let objects: Vec<_> = entry
            .iter()
            .map(|statistic| toml_string(&statistic.object))
            .collect();
        let statistic = entry[0];
        let queue_line =
            booked_queue(statistic).map(|queue| format!("queue = {}\n", toml_string(queue)));
        // If one queue reports "no estimate" this way, so do the others.
        let no_estimate = entry
            .iter()
            .find_map(|statistic| statistic.no_estimate_above);
        let no_estimate = no_estimate.map(|limit| format!("no_estimate_above = {limit}\n"));
        // Writing to a string never fails.
        _ = write!(
            text,
            "[[sources.{id}.statistics]]\nmetric = \"{}\"\nobject_type = {}\nobjects = [{}]\n{}{key} = {}\n{}",
            statistic.measure.name(),
            toml_string(&statistic.object_type),
            objects.join(", "),
            queue_line.unwrap_or_default(),
            toml_string(&statistic.name),
            no_estimate.unwrap_or_default(),
        );
    }
    text
}

/// Returns the queue that an object's values belong to, if it isn't the object itself.
fn booked_queue(statistic: &Statistic) -> Option<&str> {
    match &statistic.subject {
        MetricSubject::Queue(id) if id.external != statistic.object => Some(&id.external),
        _ => None,
    }
}

fn toml_string(text: &str) -> String {
    toml::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::settings;
    use wallboard_domain::{Id, Metric};
    use wallboard_sources::{SourceConfig, genesys::StatisticReference, statserver::DeliveredUnit};

    use super::*;

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

        let toml = discovery_toml(&"voice".into(), "name", &[&configured], 30, &found);

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
        let header = "[access]\nmode = \"open\"\n[sources.voice]\nkind = \"genesys\"\nbase_url = \"https://h\"\nauth = { client_id = \"c\", client_secret = \"s\", grant = \"client_credentials\" }\n";
        let read =
            settings::parse_configuration(&format!("{header}{toml}"), Path::new("w.toml"), |_| {
                None
            })
            .unwrap();
        let SourceConfig::Genesys(genesys) = &read.sources[0] else {
            panic!("{read:?}")
        };
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

        let toml = discovery_toml(&"voice".into(), "stat", &[], 2, &found);

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

    #[tokio::test]
    async fn unknown_source_error_lists_the_configured_ones() {
        let plan = RuntimeConfig::demo_config(([127, 0, 0, 1], 0).into(), 1, 1.0);

        let error = discover_statistics(&plan, "nobody").await.unwrap_err();

        assert!(
            error.to_string().contains("no source \"nobody\""),
            "{error}"
        );
    }
}
