//! `wallboard check --discover`: which names of statistics a vendor knows, and the
//! configuration for them.

use std::{collections::HashMap, fmt::Write};

use crate::{
    domain::{SourceId, Subject},
    sources::statserver::{self, Finding, Measure, NO_ESTIMATE, Statistic, Trial},
};

use super::{Plan, prove};

/// What was found out of one source.
#[derive(Debug)]
pub struct Discovery {
    /// TOML as a whole: what answers stands in comments, then what to paste.
    pub toml: String,
    /// How many statistics answer.
    pub answer: usize,
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
struct Known {
    statistic: Statistic,
    /// It has a value now.
    has_value: bool,
}

impl Known {
    fn of((mut statistic, finding): (Statistic, Finding)) -> Option<Self> {
        let has_value = match finding {
            Finding::Well => true,
            Finding::NoEstimate => {
                statistic.no_estimate_above = Some(NO_ESTIMATE);
                true
            }
            Finding::Unknown => false,
            Finding::Refused(_) | Finding::Lost(_) => return None,
        };
        Some(Self {
            statistic,
            has_value,
        })
    }
}

/// Tries the names known in the field on the objects that the configuration has.
pub async fn discover(plan: &Plan, id: &str) -> Result<Discovery, DiscoverError> {
    let Some(upstream) = plan.upstreams.iter().find(|up| up.id().as_str() == id) else {
        let there: Vec<_> = plan.upstreams.iter().map(|up| up.id().as_str()).collect();
        return Err(DiscoverError::NoSource {
            id: id.to_owned(),
            there: there.join(", "),
        });
    };
    let key = upstream.name_key().ok_or_else(|| DiscoverError::NoNames {
        id: upstream.id().clone(),
    })?;
    let configured = upstream.statistics();
    let tried = statserver::known(configured.iter().copied());
    let asked = prove::others(upstream, &tried).await;
    let asked = asked.map_err(|why| DiscoverError::Unwell {
        id: upstream.id().clone(),
        why,
    })?;
    let untold = untold(&asked);
    let known: Vec<Known> = asked.statistics.into_iter().filter_map(Known::of).collect();
    let told = told(upstream.id(), key, &configured, tried.len(), &known);
    Ok(Discovery {
        answer: known.len(),
        toml: told + &untold,
    })
}

/// What could not be found out, in comments.
fn untold(asked: &Trial) -> String {
    let parts = asked.parts.iter().filter_map(|part| {
        let fault = part.fault.as_ref()?;
        Some(format!("# {}: {fault}\n", part.name))
    });
    let mut text: String = parts.collect();
    let lost = asked.statistics.iter();
    let mut lost = lost.filter_map(|(_, finding)| match finding {
        Finding::Lost(why) => Some(why),
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
fn told(
    id: &SourceId,
    key: &str,
    configured: &[&Statistic],
    tried: usize,
    known: &[Known],
) -> String {
    let mut text = format!("# {} of {tried} names work on {id}.\n", known.len());
    for Known {
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
            .any(|own| is_same(own, statistic) && own.name == statistic.name)
    };
    let given = |statistic: &Statistic| configured.iter().any(|own| is_same(own, statistic));
    let all = chosen(known);
    let second = known.len() - all.len();
    let (own, chosen): (Vec<&Statistic>, Vec<&Statistic>) =
        all.into_iter().partition(|one| named(one));
    text.push_str(&left_out(own.len(), second));
    let (other, new): (Vec<&Statistic>, Vec<&Statistic>) =
        chosen.into_iter().partition(|one| given(one));
    if !new.is_empty() {
        text.push_str("\n# To paste:\n");
        text.push_str(&entries(id, key, &new));
    }
    if !other.is_empty() {
        text.push_str(
            "\n# Replaces other names that the configuration uses for the same metrics:\n",
        );
        for line in entries(id, key, &other).lines() {
            text.push_str("# ");
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

/// What of the above is not to paste, and why.
fn left_out(own: usize, second: usize) -> String {
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
fn is_same(one: &Statistic, other: &Statistic) -> bool {
    one.subject == other.subject && one.measure == other.measure
}

/// Of each figure the first name that has a value, or that at least is known.
fn chosen(known: &[Known]) -> Vec<&Statistic> {
    let figure = |one: &Known| (one.statistic.subject.clone(), one.statistic.measure);
    let mut best: HashMap<(Subject, Measure), usize> = HashMap::new();
    for (place, one) in known.iter().enumerate() {
        let best = best.entry(figure(one)).or_insert(place);
        if one.has_value && !known[*best].has_value {
            *best = place;
        }
    }
    let is_best = |(place, one): &(usize, &Known)| best.get(&figure(one)) == Some(place);
    let chosen = known.iter().enumerate().filter(is_best);
    chosen.map(|(_, one)| &one.statistic).collect()
}

/// Entries of the configuration; objects that share all else share one.
fn entries(id: &SourceId, key: &str, statistics: &[&Statistic]) -> String {
    let mut entries: Vec<Vec<&Statistic>> = Vec::new();
    for statistic in statistics {
        let alike = |entry: &&mut Vec<&Statistic>| {
            let first = entry[0];
            first.name == statistic.name
                && first.measure == statistic.measure
                && first.object_type == statistic.object_type
                && booked(first).is_none()
                && booked(statistic).is_none()
        };
        match entries.iter_mut().find(alike) {
            Some(entry) => entry.push(statistic),
            None => entries.push(vec![statistic]),
        }
    }

    let mut text = String::new();
    for entry in entries {
        let objects: Vec<_> = entry.iter().map(|own| quoted(&own.object)).collect();
        let statistic = entry[0];
        let booked = booked(statistic).map(|queue| format!("queue = {}\n", quoted(queue)));
        // What one queue answers where there is no estimate, the others do too.
        let above = entry.iter().find_map(|own| own.no_estimate_above);
        let above = above.map(|above| format!("no_estimate_above = {above}\n"));
        // Writing into a text cannot fail.
        _ = write!(
            text,
            "[[sources.{id}.statistics]]\nmetric = \"{}\"\nobject_type = {}\nobjects = [{}]\n{}{key} = {}\n{}",
            statistic.measure.name(),
            quoted(&statistic.object_type),
            objects.join(", "),
            booked.unwrap_or_default(),
            quoted(&statistic.name),
            above.unwrap_or_default(),
        );
    }
    text
}

/// The queue that an object's figures are booked on, where it is not the object itself.
fn booked(statistic: &Statistic) -> Option<&str> {
    match &statistic.subject {
        Subject::Queue(id) if id.external != statistic.object => Some(&id.external),
        _ => None,
    }
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::{
        domain::{Id, Metric},
        settings,
        sources::{SourceConfig, genesys::How, statserver::Delivered},
    };

    use super::*;

    fn known(name: &str, object: (&str, &str), metric: Metric, has_value: bool) -> Known {
        let statistic = Statistic {
            name: name.into(),
            object_type: object.0.into(),
            object: object.1.into(),
            subject: Subject::Queue(Id::new(&"voice".into(), "1@S")),
            measure: Measure::Figure(metric),
            delivered: Delivered::Count,
            no_estimate_above: None,
        };
        Known {
            statistic,
            has_value,
        }
    }

    fn on(mut known: Known, queue: &str) -> Known {
        known.statistic.object = queue.into();
        known.statistic.subject = Subject::Queue(Id::new(&"voice".into(), queue));
        known
    }

    #[test]
    fn what_answers_is_emitted_as_configuration_that_can_be_read() {
        let queue = ("Queue", "1@S");
        let found = [
            known("CurrentInQueue", queue, Metric::Waiting, false),
            known("Current_In_Queue", queue, Metric::Waiting, true),
            on(
                known("Current_In_Queue", queue, Metric::Waiting, true),
                "2@\"S",
            ),
            known("Total_Answered", queue, Metric::Answered, false),
            known(
                "CurrentReadyAgents",
                ("GroupAgents", "G"),
                Metric::AgentsAvailable,
                true,
            ),
            known("ServiceLevel", queue, Metric::ServiceLevel, true),
        ];
        let configured = known("SL", queue, Metric::ServiceLevel, true).statistic;

        let toml = told(&"voice".into(), "name", &[&configured], 30, &found);

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
            settings::parse(&format!("{head}{toml}"), Path::new("w.toml"), |_| None).unwrap();
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
                assert_eq!(asked.how, How::Name);
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
            let wait = known(
                "ExpectedWaitTime",
                ("Queue", object),
                Metric::ExpectedWait,
                true,
            );
            Known::of((on(wait, object).statistic, finding)).unwrap()
        };
        let found = [
            proven("1@S", Finding::NoEstimate),
            proven("2@S", Finding::Well),
        ];

        let toml = told(&"voice".into(), "stat", &[], 2, &found);

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
        let plan = Plan::demo(([127, 0, 0, 1], 0).into(), 1, 1.0);

        let error = discover(&plan, "nobody").await.unwrap_err();

        assert!(
            error.to_string().contains("no source \"nobody\""),
            "{error}"
        );
    }
}
