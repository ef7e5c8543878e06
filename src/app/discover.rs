//! `wallboard check --discover`: which names of statistics a vendor knows, and the
//! configuration for them.

use std::{collections::HashMap, fmt::Write};

use crate::{
    domain::{MetricSubject, SourceId},
    sources::statserver::{self, Measure, NO_ESTIMATE, ProbeReport, Statistic, StatisticFinding},
};

use super::{RuntimeConfig, statistic_check};

/// What was found out of one source.
#[derive(Debug)]
pub struct Discovery {
    /// TOML as a whole: what answers stands in comments, then what to paste.
    pub toml: String,
    /// How many statistics answer.
    pub answer_count: usize,
}

/// Why nothing could be found out.
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
    /// It has a value now.
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

/// Tries the names known in the field on the objects that the configuration has.
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
    let asked = statistic_check::try_statistics(upstream, &tried).await;
    let asked = asked.map_err(|why| DiscoverError::Unwell {
        id: upstream.id().clone(),
        why,
    })?;
    let untold = unanswered_comments(&asked);
    let known: Vec<KnownStatistic> = asked
        .statistics
        .into_iter()
        .filter_map(KnownStatistic::from_finding)
        .collect();
    let told = discovery_toml(upstream.id(), key, &configured, tried.len(), &known);
    Ok(Discovery {
        answer_count: known.len(),
        toml: told + &untold,
    })
}

/// What could not be found out, in comments.
fn unanswered_comments(asked: &ProbeReport) -> String {
    let parts = asked.parts.iter().filter_map(|part| {
        let fault = part.fault.as_ref()?;
        Some(format!("# {}: {fault}\n", part.name))
    });
    let mut text: String = parts.collect();
    let lost = asked.statistics.iter();
    let mut lost = lost.filter_map(|(_, finding)| match finding {
        StatisticFinding::NoAnswer(why) => Some(why),
        _ => None,
    });
    if let Some(why) = lost.next() {
        let count = 1 + lost.count();
        // Writing into a text cannot fail.
        _ = writeln!(text, "# {count} names got no response: {why}; try again.");
    }
    text
}

/// What answers, and what to paste.
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
        // Writing into a text cannot fail.
        _ = writeln!(
            text,
            "# {} {}: {name} ({}){now}",
            statistic.object_type,
            statistic.object,
            statistic.measure.name()
        );
    }
    let named = |statistic: &Statistic| {
        configured
            .iter()
            .any(|own| is_same_figure(own, statistic) && own.name == statistic.name)
    };
    let given = |statistic: &Statistic| configured.iter().any(|own| is_same_figure(own, statistic));
    let all = choose_best(known);
    let second = known.len() - all.len();
    let (own, chosen): (Vec<&Statistic>, Vec<&Statistic>) =
        all.into_iter().partition(|one| named(one));
    text.push_str(&omitted_note(own.len(), second));
    let (other, new): (Vec<&Statistic>, Vec<&Statistic>) =
        chosen.into_iter().partition(|one| given(one));
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

/// What of the above is not to paste, and why.
fn omitted_note(own: usize, second: usize) -> String {
    let mut reasons = Vec::new();
    if 0 < own {
        reasons.push(format!("{own} already configured with this name"));
    }
    if 0 < second {
        reasons.push(format!("{second} alternative names of the same metrics"));
    }
    if reasons.is_empty() {
        return String::new();
    }
    format!("# Left out: {}.\n", reasons.join(", "))
}

/// Whether two statistics give the same figure of the same queue or agent.
fn is_same_figure(one: &Statistic, other: &Statistic) -> bool {
    one.subject == other.subject && one.measure == other.measure
}

/// Of each figure the first name that has a value, or that at least is known.
fn choose_best(known: &[KnownStatistic]) -> Vec<&Statistic> {
    let figure = |one: &KnownStatistic| (one.statistic.subject.clone(), one.statistic.measure);
    let mut best: HashMap<(MetricSubject, Measure), usize> = HashMap::new();
    for (place, one) in known.iter().enumerate() {
        let best = best.entry(figure(one)).or_insert(place);
        if one.has_value && !known[*best].has_value {
            *best = place;
        }
    }
    let is_best = |(place, one): &(usize, &KnownStatistic)| best.get(&figure(one)) == Some(place);
    let chosen = known.iter().enumerate().filter(is_best);
    chosen.map(|(_, one)| &one.statistic).collect()
}

/// Entries of the configuration; objects that share all else share one.
fn statistic_entries(id: &SourceId, key: &str, statistics: &[&Statistic]) -> String {
    let mut entries: Vec<Vec<&Statistic>> = Vec::new();
    for statistic in statistics {
        let alike = |entry: &&mut Vec<&Statistic>| {
            let first = entry[0];
            first.name == statistic.name
                && first.measure == statistic.measure
                && first.object_type == statistic.object_type
                && booked_queue(first).is_none()
                && booked_queue(statistic).is_none()
        };
        match entries.iter_mut().find(alike) {
            Some(entry) => entry.push(statistic),
            None => entries.push(vec![statistic]),
        }
    }

    let mut text = String::new();
    for entry in entries {
        let objects: Vec<_> = entry.iter().map(|own| toml_string(&own.object)).collect();
        let statistic = entry[0];
        let booked =
            booked_queue(statistic).map(|queue| format!("queue = {}\n", toml_string(queue)));
        // What one queue answers where there is no estimate, the others do too.
        let above = entry.iter().find_map(|own| own.no_estimate_above);
        let above = above.map(|above| format!("no_estimate_above = {above}\n"));
        // Writing into a text cannot fail.
        _ = write!(
            text,
            "[[sources.{id}.statistics]]\nmetric = \"{}\"\nobject_type = {}\nobjects = [{}]\n{}{key} = {}\n{}",
            statistic.measure.name(),
            toml_string(&statistic.object_type),
            objects.join(", "),
            booked.unwrap_or_default(),
            toml_string(&statistic.name),
            above.unwrap_or_default(),
        );
    }
    text
}

/// The queue that an object's figures are booked on, where it is not the object itself.
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

    use crate::{
        domain::{Id, Metric},
        settings,
        sources::{SourceConfig, genesys::StatisticReference, statserver::DeliveredUnit},
    };

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
    fn what_answers_is_emitted_as_configuration_that_can_be_read() {
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
        let head = "[access]\nmode = \"open\"\n[sources.voice]\nkind = \"genesys\"\nbase_url = \"https://h\"\nauth = { client_id = \"c\", client_secret = \"s\", grant = \"client_credentials\" }\n";
        let read =
            settings::parse_configuration(&format!("{head}{toml}"), Path::new("w.toml"), |_| None)
                .unwrap();
        let SourceConfig::Genesys(genesys) = &read.sources[0] else {
            panic!("{read:?}")
        };
        let told: Vec<_> = (genesys.statistics.iter())
            .map(|asked| {
                let Statistic {
                    measure,
                    object,
                    name,
                    ..
                } = &asked.statistic;
                assert_eq!(asked.reference, StatisticReference::Name);
                (measure.name(), &**object, &**name)
            })
            .collect();
        assert_eq!(
            told,
            [
                ("waiting", "1@S", "Current_In_Queue"),
                ("waiting", "2@\"S", "Current_In_Queue"),
                ("answered", "1@S", "Total_Answered"),
                ("agents_available", "G", "CurrentReadyAgents"),
            ]
        );
    }

    #[test]
    fn an_expected_wait_of_10000_is_suggested_to_be_no_estimate() {
        let proven = |object: &str, finding| {
            let wait = known_statistic(
                "ExpectedWaitTime",
                ("Queue", object),
                Metric::ExpectedWait,
                true,
            );
            KnownStatistic::from_finding((with_queue(wait, object).statistic, finding)).unwrap()
        };
        let found = [
            proven("1@S", StatisticFinding::NoEstimate),
            proven("2@S", StatisticFinding::Available),
        ];

        let toml = discovery_toml(&"voice".into(), "stat", &[], 2, &found);

        assert!(
            toml.contains("ExpectedWaitTime (expected_wait) (10000: no estimate now)\n"),
            "{toml}"
        );
        // One entry for both: what one says of no estimate, the other will.
        assert_eq!(toml.matches("[[sources.voice.statistics]]").count(), 1);
        assert!(toml.contains("objects = [\"1@S\", \"2@S\"]"), "{toml}");
        assert!(
            toml.ends_with("stat = \"ExpectedWaitTime\"\nno_estimate_above = 10000\n"),
            "{toml}"
        );
    }

    #[tokio::test]
    async fn a_source_that_is_not_there_is_answered_with_those_that_are() {
        let plan = RuntimeConfig::demo_config(([127, 0, 0, 1], 0).into(), 1, 1.0);

        let error = discover_statistics(&plan, "nobody").await.unwrap_err();

        assert!(
            error.to_string().contains("no source \"nobody\""),
            "{error}"
        );
    }
}
