//! Since when subjects that aren't alerts yet need somebody, by rule. In memory only: after a restart
//! nothing is up to date at first, and what needs somebody is found again.

use std::collections::{BTreeMap, BTreeSet};

use wallboard_domain::Moment;

use crate::{AlertFinding, AlertRule, AlertSubject, Reading};

#[derive(Clone, Debug, Default)]
pub struct Dwell {
    since: BTreeMap<AlertSubject, BTreeMap<String, Moment>>,
}

impl Dwell {
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
