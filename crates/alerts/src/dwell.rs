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
        let mut dwell = Self::default();
        for one in stored {
            let millis = moment::millis_between(one.since, now.wall).max(0);
            let begun = now.plus_millis(-millis);
            let is_recent = |rule: &AlertRule| !has_lasted(begun, rule.dwell + KEPT_FOR, now);
            if find_rule(rules, &one.rule).is_some_and(is_recent) {
                let of_subject = dwell.since.entry(one.subject.clone()).or_default();
                of_subject.insert(one.rule.clone(), begun);
            }
        }
        dwell
    }

    /// Returns what the next process has to know: those that haven't lasted for their rule's dwell.
    pub(crate) fn to_stored(&self, rules: &[AlertRule], now: Moment) -> Vec<StoredDwell> {
        let begun = (self.since.iter()).flat_map(|(subject, begun)| {
            begun
                .iter()
                .map(move |(rule, begun)| (subject, rule, begun))
        });
        let waits = |rule: &str, begun: Moment| {
            find_rule(rules, rule).is_some_and(|rule| !has_lasted(begun, rule.dwell, now))
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
            let rule = find_rule(rules, &finding.rule);
            match (&finding.reading, rule) {
                (Reading::Burning { .. }, Some(rule)) => {
                    let begun = self.begin(finding, now);
                    if has_lasted(begun, rule.dwell, now) {
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

fn find_rule<'r>(rules: &'r [AlertRule], name: &str) -> Option<&'r AlertRule> {
    rules.iter().find(|rule| rule.name == name)
}

fn has_lasted(begun: Moment, time: SignedDuration, now: Moment) -> bool {
    let millis = now.monotonic.millis_since(begun.monotonic);
    time.as_millis() <= i128::from(millis)
}
