//! Since when subjects that aren't alerts yet need somebody, by rule.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use wallboard_domain::{Moment, moment};

use crate::{AlertFinding, AlertRule, AlertSubject, Reading};

/// How long after its rule's dwell a subject is still known to the next process: what was so long before, such as a
/// night, says nothing about now.
const KEPT_FOR: SignedDuration = SignedDuration::from_mins(10);

#[derive(Clone, Debug, Default)]
pub struct Dwell {
    since: BTreeMap<AlertSubject, BTreeMap<String, Moment>>,
}

/// A subject that needs somebody and isn't an alert yet, as the book keeps it for the next process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct StoredDwell {
    subject: AlertSubject,
    rule: String,
    since: Timestamp,
}

impl Dwell {
    /// Continues the dwells of the process before.
    pub(crate) fn resume(stored: &[StoredDwell], rules: &[AlertRule], now: Moment) -> Self {
        let mut since: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for StoredDwell {
            subject,
            rule,
            since: begun,
        } in stored
        {
            let millis = moment::millis_between(*begun, now.wall).max(0);
            let rule = rules.iter().find(|one| one.name == *rule);
            let is_recent =
                |rule: &&AlertRule| SignedDuration::from_millis(millis) < rule.dwell + KEPT_FOR;
            if let Some(rule) = rule.filter(is_recent) {
                let begun = now.plus_millis(-millis);
                let rules = since.entry(subject.clone()).or_default();
                rules.insert(rule.name.clone(), begun);
            }
        }
        Self { since }
    }

    /// Returns what the next process has to know: those that haven't lasted for their rule's dwell.
    pub(crate) fn to_stored(&self, rules: &[AlertRule], now: Moment) -> Vec<StoredDwell> {
        let begun = (self.since.iter()).flat_map(|(subject, begun)| {
            begun
                .iter()
                .map(move |(rule, begun)| (subject, rule, begun))
        });
        let waits = |rule: &str, begun: Moment| {
            let millis = now.monotonic.millis_since(begun.monotonic);
            let rule = rules.iter().find(|one| one.name == rule);
            rule.is_some_and(|rule| i128::from(millis) < rule.dwell.as_millis())
        };
        begun
            .filter(|(_, rule, begun)| waits(rule, **begun))
            .map(|(subject, rule, begun)| StoredDwell {
                subject: subject.clone(),
                rule: rule.clone(),
                since: begun.wall,
            })
            .collect()
    }

    /// Notes the findings of a moment. Returns those that have lasted for their rule's dwell, each with
    /// its beginning.
    pub(crate) fn advance<'f>(
        &mut self,
        rules: &[AlertRule],
        findings: &'f [AlertFinding],
        now: Moment,
    ) -> Vec<(&'f AlertFinding, Moment)> {
        let mut due = Vec::new();
        for finding in findings {
            let rule = rules.iter().find(|rule| rule.name == finding.rule);
            match (&finding.reading, rule) {
                (Reading::Burning { .. }, Some(rule)) => {
                    let begun = self.begin(finding, now);
                    let millis = now.monotonic.millis_since(begun.monotonic);
                    if rule.dwell.as_millis() <= i128::from(millis) {
                        due.push((finding, begun));
                    }
                }
                // An unknown state neither begins nor ends anything.
                (Reading::Unknown, Some(_)) => {}
                (Reading::Calm | Reading::Lapsed, _) | (_, None) => {
                    let own = self.since.get_mut(&finding.subject);
                    own.and_then(|rules| rules.remove(&finding.rule));
                }
            }
        }
        let found: BTreeSet<_> = findings
            .iter()
            .map(|one| (&one.subject, &*one.rule))
            .collect();
        self.since.retain(|subject, rules| {
            rules.retain(|rule, _| found.contains(&(subject, &**rule)));
            !rules.is_empty()
        });
        due
    }

    /// Returns since when a subject needs somebody by a rule.
    fn begin(&mut self, finding: &AlertFinding, now: Moment) -> Moment {
        let known = self.since.get(&finding.subject);
        if let Some(begun) = known.and_then(|rules| rules.get(&finding.rule)) {
            return *begun;
        }
        let rules = self.since.entry(finding.subject.clone()).or_default();
        rules.insert(finding.rule.clone(), now);
        now
    }

    /// The subjects that need somebody, by rule.
    pub(crate) fn subjects(&self) -> impl Iterator<Item = &AlertSubject> {
        self.since.keys()
    }
}
