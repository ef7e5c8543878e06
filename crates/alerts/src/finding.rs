//! Findings: what the rules' subjects are like now, read from the live state.

use std::collections::BTreeSet;

use wallboard_domain::{Moment, QueueId, SourceId};
use wallboard_live::{ConnectionState, Evaluator, Snapshot};

use crate::{
    AlertBook, AlertLevel, AlertRule, AlertScope, AlertSubject, Dwell, OtherReadings, QueueStates,
    Reading,
    agent_finding::{AgentReadings, watches_agent},
    figure_finding::{beyond_limits, figure_reading},
    site_hours::is_site_open,
};

#[derive(Clone, Debug, PartialEq)]
pub struct AlertFinding {
    pub rule: String,
    pub subject: AlertSubject,
    pub reading: Reading,
    /// Whether somebody silenced the rule or the subject.
    pub is_silenced: bool,
}

impl QueueStates {
    /// Finds what each rule's subjects are like: those that may need somebody, that are about to be alerts,
    /// or that have one. All others are calm, and cost nothing; of queues, only those are evaluated that changed.
    pub fn find_alerts(
        &mut self,
        snapshot: &Snapshot,
        now: Moment,
        rules: &[AlertRule],
        others: &OtherReadings,
        book: &AlertBook,
        dwell: &Dwell,
    ) -> Vec<AlertFinding> {
        let mut subjects: BTreeSet<AlertSubject> = book.subjects().cloned().collect();
        subjects.extend(dwell.subjects().cloned());
        let queues = snapshot.breaches.keys().cloned();
        subjects.extend(queues.map(AlertSubject::Queue));
        let lost = snapshot.sources.values().filter(|source| !source.is_live());
        subjects.extend(lost.map(|source| AlertSubject::Source(source.id.clone())));
        let burning = others.0.iter();
        let burning = burning.filter(|(_, reading)| matches!(reading, Reading::Burning { .. }));
        subjects.extend(burning.map(|(subject, _)| subject.clone()));

        let agents = AgentReadings::read(snapshot, now, rules);
        subjects.extend(agents.over_limit().cloned().map(AlertSubject::Agent));
        subjects.extend(beyond_limits(snapshot, rules));

        let mut evaluator = Evaluator::new(snapshot, now);
        let is_open = is_site_open(&snapshot.site, now.wall);
        let mut findings = Vec::new();
        for subject in subjects {
            let mut rules = rules
                .iter()
                .filter(|rule| rule.is_enabled)
                .filter(|rule| match &subject {
                    AlertSubject::Agent(id) => watches_agent(snapshot, rule, id),
                    subject => rule.watches(subject),
                })
                .peekable();
            if rules.peek().is_none() {
                continue;
            }
            let queue = match &subject {
                AlertSubject::Queue(id) => self.read(snapshot, now, id),
                AlertSubject::Source(_)
                | AlertSubject::Import(_)
                | AlertSubject::Screen(_)
                | AlertSubject::Agent(_)
                | AlertSubject::Figure(..)
                | AlertSubject::Target(_) => None,
            };
            for rule in rules {
                let reading = match (&rule.scope, &subject) {
                    _ if rule.rests(&subject, is_open) => Reading::Lapsed,
                    (AlertScope::Queues { level, metric, .. }, AlertSubject::Queue(id)) => {
                        match &queue {
                            Some(queue) => queue.reading(*level, *metric),
                            None => missing_queue(snapshot, id),
                        }
                    }
                    (AlertScope::Sources(_), AlertSubject::Source(id)) => {
                        source_reading(snapshot, id)
                    }
                    (AlertScope::Agents { status, .. }, AlertSubject::Agent(id)) => {
                        agents.find_reading(id, *status)
                    }
                    (AlertScope::Figures { level, .. }, AlertSubject::Figure(id, queue)) => {
                        let (now, queue) = (now.wall, queue.as_ref());
                        figure_reading(&mut evaluator, snapshot, now, id, queue, *level)
                    }
                    (
                        AlertScope::Imports(_) | AlertScope::Screens(_) | AlertScope::Targets(_),
                        subject,
                    ) => {
                        let reading = others.0.get(subject);
                        reading.cloned().unwrap_or(Reading::Calm)
                    }
                    _ => continue,
                };
                findings.push(AlertFinding {
                    rule: rule.name.clone(),
                    is_silenced: book.is_silenced(snapshot, &rule.name, &subject, now.wall),
                    subject: subject.clone(),
                    reading,
                });
            }
        }
        findings
    }
}

/// A queue that nobody reports is gone, if its source would report it.
fn missing_queue(snapshot: &Snapshot, id: &QueueId) -> Reading {
    match snapshot.sources.get(&id.source) {
        Some(source) if !source.is_live() => Reading::Unknown,
        _ => Reading::Calm,
    }
}

fn source_reading(snapshot: &Snapshot, id: &SourceId) -> Reading {
    let Some(source) = snapshot.sources.get(id) else {
        return Reading::Calm;
    };
    let is_paused = snapshot.site.paused_by(id).is_some();
    match source.connection {
        _ if source.is_live() || is_paused => Reading::Calm,
        // It is there again, and not yet as it should be.
        ConnectionState::CatchingUp => Reading::Unknown,
        _ => Reading::Burning {
            level: AlertLevel::Critical,
            figures: Vec::new(),
            status: None,
            custom: None,
            since: source.outage.map(|outage| outage.at),
            is_partial: false,
        },
    }
}
