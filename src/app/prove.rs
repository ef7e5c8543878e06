//! Asks vendors for statistics once: whether those that are configured answer, and
//! which others do.

use std::{error::Error, time::Duration};

use tokio::time::timeout;

use crate::sources::{
    genesys, gms,
    statserver::{self, Statistic},
};

use super::{Upstream, check::Finding, sentence};

/// An upstream that has not answered after this is not well.
const PATIENCE: Duration = Duration::from_secs(20);
/// And after this more for each statistic.
const EACH: Duration = Duration::from_millis(250);
/// Statistics that have a row of their own; more are counted.
const MOST: usize = 50;

/// Statistics and what became of each, or why none could be asked.
type Proofs = Result<Vec<(Statistic, statserver::Finding)>, String>;

/// A row for the source, and one for each of its statistics that the vendor refuses.
pub(super) async fn configured(upstream: &Upstream) -> Vec<Finding> {
    let count = upstream.statistics().len();
    let proofs = match upstream {
        Upstream::Genesys(settings) => asked(count, genesys::probe(settings)).await,
        Upstream::Gms(settings) => asked(count, gms::probe(settings)).await,
        Upstream::Vngage(_) | Upstream::Simulator(_) | Upstream::Telephone(_) => Ok(Vec::new()),
    };
    rows(&upstream.id().to_string(), proofs)
}

/// What becomes of statistics that are not configured.
pub(super) async fn others(upstream: &Upstream, statistics: &[Statistic]) -> Proofs {
    let count = statistics.len();
    match upstream {
        Upstream::Genesys(settings) => asked(count, genesys::discover(settings, statistics)).await,
        Upstream::Gms(settings) => asked(count, gms::discover(settings, statistics)).await,
        Upstream::Vngage(_) | Upstream::Simulator(_) | Upstream::Telephone(_) => Ok(Vec::new()),
    }
}

async fn asked<E: Error>(
    count: usize,
    asking: impl Future<Output = Result<Vec<(Statistic, statserver::Finding)>, E>>,
) -> Proofs {
    let patience = PATIENCE + EACH * u32::try_from(count).unwrap_or(u32::MAX);
    match timeout(patience, asking).await {
        Ok(asked) => asked.map_err(|error| sentence(&error)),
        Err(_) => Err("it did not answer in time".to_owned()),
    }
}

fn rows(source: &str, proofs: Proofs) -> Vec<Finding> {
    let row = |what, name, fault| Finding { what, name, fault };
    let proofs = match proofs {
        Ok(proofs) => proofs,
        Err(why) => return vec![row("source", source.to_owned(), Some(why))],
    };
    let refused: Vec<_> = proofs
        .iter()
        .filter_map(|(statistic, finding)| match finding {
            statserver::Finding::Refused(why) => Some((statistic, why)),
            statserver::Finding::Well | statserver::Finding::Unknown => None,
        })
        .collect();
    let without =
        |(_, finding): &&(_, statserver::Finding)| *finding == statserver::Finding::Unknown;
    let name = format!(
        "{source} ({} of {} statistics answer, {} of them without a value now)",
        proofs.len() - refused.len(),
        proofs.len(),
        proofs.iter().filter(without).count(),
    );

    let mut rows = vec![row("source", name, None)];
    for (statistic, why) in refused.iter().take(MOST) {
        let fault = format!(
            "{why}; mend its name, object_type or objects, or have names looked for: \
             wallboard check --discover {source}"
        );
        rows.push(row("stat", called(source, statistic), Some(fault)));
    }
    if MOST < refused.len() {
        let more = format!("{source}, {} more", refused.len() - MOST);
        rows.push(row(
            "stat",
            more,
            Some("the vendor refuses them too".to_owned()),
        ));
    }
    rows
}

/// `voice TotalAnswered of Queue 9002@S`
fn called(source: &str, statistic: &Statistic) -> String {
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
    use crate::{
        domain::{Id, Metric, Subject},
        sources::statserver::{Delivered, Finding, Measure},
    };

    use super::*;

    fn statistic(name: &str) -> Statistic {
        Statistic {
            name: name.into(),
            object_type: "Queue".into(),
            object: "1@S".into(),
            subject: Subject::Queue(Id::new(&"voice".into(), "1@S")),
            measure: Measure::Figure(Metric::Waiting),
            delivered: Delivered::Count,
            no_estimate_above: None,
        }
    }

    #[test]
    fn a_statistic_that_is_refused_has_a_row_that_says_what_to_mend() {
        let proofs = vec![
            (statistic("A"), Finding::Well),
            (statistic("B"), Finding::Unknown),
            (statistic("C"), Finding::Refused("there is none".to_owned())),
        ];

        let rows = rows("voice", Ok(proofs));

        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].fault, None);
        assert_eq!(
            rows[0].name,
            "voice (2 of 3 statistics answer, 1 of them without a value now)"
        );
        assert_eq!(rows[1].name, "voice C of Queue 1@S");
        let fault = rows[1].fault.as_deref().unwrap();
        assert!(fault.starts_with("there is none; mend its name"), "{fault}");
        assert!(
            fault.ends_with("wallboard check --discover voice"),
            "{fault}"
        );
    }

    #[test]
    fn thousands_that_are_refused_have_no_thousands_of_rows() {
        let refused = || (statistic("A"), Finding::Refused(String::new()));

        let rows = rows("voice", Ok((0..1_000).map(|_| refused()).collect()));

        assert_eq!(rows.len(), 1 + MOST + 1);
        assert_eq!(rows[MOST + 1].name, "voice, 950 more");
    }

    #[test]
    fn a_source_that_cannot_be_asked_has_one_row() {
        let rows = rows("voice", Err("it is away".to_owned()));

        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].fault.as_deref(), Some("it is away"));
    }
}
