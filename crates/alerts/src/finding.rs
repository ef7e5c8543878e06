//! Findings: what the rules' subjects are like now, read from the live state.

use std::collections::BTreeSet;

use wallboard_domain::{Metric, Moment, QueueId, SourceId, ThresholdLevel};
use wallboard_live::{
    ConnectionState, EvaluatedFigure, EvaluatedQueue, Evaluator, Severity, ShownFreshness, Snapshot,
};

use crate::{
    AlertBook, AlertFigure, AlertLevel, AlertRule, AlertScope, AlertSubject, Dwell, OtherReadings,
    Reading,
    agent_finding::{AgentReadings, watches_agent},
    figure_finding::{beyond_limits, figure_reading},
};

#[derive(Clone, Debug, PartialEq)]
pub struct AlertFinding {
    pub rule: String,
    pub subject: AlertSubject,
    pub reading: Reading,
    /// Whether somebody silenced the rule or the subject.
    pub is_silenced: bool,
}

/// Finds what each rule's subjects are like: those that may need somebody, that are about to be alerts,
/// or that have one. All others are calm, and cost nothing.
pub fn find_alerts(
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
        let evaluated = match &subject {
            AlertSubject::Queue(id) => snapshot.queues.get(id),
            AlertSubject::Source(_)
            | AlertSubject::Import(_)
            | AlertSubject::Screen(_)
            | AlertSubject::Agent(_)
            | AlertSubject::Figure(..)
            | AlertSubject::Target(_) => None,
        };
        let evaluated = evaluated.map(|queue| evaluator.evaluate_queue(queue, &[]));
        for rule in rules {
            let reading = match (&rule.scope, &subject) {
                (AlertScope::Queues { level, metric, .. }, AlertSubject::Queue(id)) => {
                    match &evaluated {
                        Some(queue) => queue_reading(snapshot, queue, *level, *metric),
                        None => missing_queue(snapshot, id),
                    }
                }
                (AlertScope::Sources(_), AlertSubject::Source(id)) => source_reading(snapshot, id),
                (AlertScope::Agents { status, .. }, AlertSubject::Agent(id)) => {
                    agents.find_reading(id, *status)
                }
                (AlertScope::Figures { level, .. }, AlertSubject::Figure(id, queue)) => {
                    figure_reading(&mut evaluator, snapshot, id, queue.as_ref(), *level)
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

fn queue_reading(
    snapshot: &Snapshot,
    queue: &EvaluatedQueue<'_>,
    level: AlertLevel,
    metric: Option<Metric>,
) -> Reading {
    if snapshot.is_queue_hidden(queue.queue) {
        return Reading::Calm;
    }
    let figures = queue.causes.iter();
    let figures = figures
        .filter_map(|figure| alert_figure(snapshot, &queue.queue.id, figure))
        .filter(|figure| level <= figure.level)
        .filter(|figure| metric.is_none_or(|metric| figure.metric == metric));
    let figures: Vec<_> = figures.collect();
    let is_unknown = queue.is_out_of_date || queue.shown_freshness != ShownFreshness::UpToDate;
    match figures.iter().map(|figure| figure.level).max() {
        // Moments after a disconnect, the last values are still shown, and prove nothing.
        Some(_) if queue.shown_freshness == ShownFreshness::Reconnecting => Reading::Unknown,
        // Of a group, some queues' values are certain although others are out of date.
        Some(level) => Reading::Burning {
            level,
            figures,
            status: None,
            custom: None,
            since: None,
        },
        None if queue.closed.is_some() => Reading::Calm,
        None if is_unknown => Reading::Unknown,
        None => Reading::Calm,
    }
}

fn alert_figure(
    snapshot: &Snapshot,
    queue: &QueueId,
    figure: &EvaluatedFigure,
) -> Option<AlertFigure> {
    let (level, threshold) = match figure.severity {
        Severity::Warning => (AlertLevel::Warning, ThresholdLevel::Warning),
        Severity::Critical => (AlertLevel::Critical, ThresholdLevel::Critical),
        Severity::None | Severity::Normal | Severity::OutOfDate => return None,
    };
    let limits = snapshot.site.limits_for(&queue.to_string(), figure.metric);
    Some(AlertFigure {
        metric: figure.metric,
        level,
        value: figure.value().or(figure.lower_bound())?,
        is_low: limits.at_level(threshold).0.is_none(),
    })
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
        },
    }
}
