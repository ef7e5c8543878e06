//! Alerts in words, for pages and messages.

use wallboard_alerts::{Alert, AlertFigure, AlertSubject, SilenceScope};
use wallboard_boards::{status_label, write_custom_value};
use wallboard_domain::{AgentStatus, CustomFigureId, MetricValue, QueueId};
use wallboard_live::Snapshot;
use wallboard_texts::Texts;

/// The name of what an alert is about.
pub fn subject_name(texts: &Texts, snapshot: &Snapshot, subject: &AlertSubject) -> String {
    match subject {
        AlertSubject::Queue(id) | AlertSubject::Target(id) => queue_name(snapshot, id),
        AlertSubject::Figure(id, queue) => {
            let label = figure_label(texts, snapshot, id);
            match queue {
                Some(queue) => texts.figure_of_queue(label, queue_name(snapshot, queue)),
                None => label,
            }
        }
        AlertSubject::Source(id) | AlertSubject::Import(id) => snapshot.site.source_name(id),
        AlertSubject::Screen(name) => texts.screen_named(name.as_str()),
        AlertSubject::Agent(id) => snapshot.site.format_name(&snapshot.agent_name_by_id(id)),
    }
}

fn queue_name(snapshot: &Snapshot, id: &QueueId) -> String {
    match snapshot.queues.get(id) {
        Some(queue) => snapshot.queue_name(queue),
        None => id.to_string(),
    }
}

fn figure_label(texts: &Texts, snapshot: &Snapshot, id: &CustomFigureId) -> String {
    let figure = snapshot.site.find_figure(id);
    let label = figure.map_or(id.as_str(), |figure| figure.label.get(texts.language()));
    label.to_owned()
}

/// The status that an agent is in, or was, for longer than allowed.
pub fn long_status<'t>(texts: &'t Texts, alert: &Alert) -> &'t str {
    status_label(texts, alert.status.unwrap_or(AgentStatus::Unknown)).1
}

/// The alerts that a silence is about.
pub fn silence_name(texts: &Texts, snapshot: &Snapshot, scope: &SilenceScope, by: &str) -> String {
    let with_queues = |name: String| texts.silence_with_queues(name);
    match scope {
        SilenceScope::All => texts.silence_everything().to_owned(),
        SilenceScope::Rule(name) => texts.silence_of_rule(name.as_str()),
        SilenceScope::Queues(_) => texts.silence_of_groups(person_text(texts, by)),
        SilenceScope::Subject(AlertSubject::Queue(id)) => {
            let name = match snapshot.queues.get(id) {
                Some(queue) if snapshot.is_queue_hidden(queue) => {
                    texts.hidden_queue_name().to_owned()
                }
                _ => subject_name(texts, snapshot, &AlertSubject::Queue(id.clone())),
            };
            let is_group = snapshot.site.groups.iter().any(|group| group.id == *id);
            if is_group { with_queues(name) } else { name }
        }
        SilenceScope::Subject(subject @ AlertSubject::Source(_)) => {
            with_queues(subject_name(texts, snapshot, subject))
        }
        SilenceScope::Subject(subject) => subject_name(texts, snapshot, subject),
    }
}

/// The name of a person who did something with an alert, also where nobody signs in.
pub fn person_text<'a>(texts: &'a Texts, name: &'a str) -> &'a str {
    if name.is_empty() {
        texts.somebody()
    } else {
        name
    }
}

/// The worst values that caused an alert, without those that are withheld because few agents serve the queue.
pub fn shown_figures<'a>(
    snapshot: &'a Snapshot,
    alert: &'a Alert,
) -> impl Iterator<Item = &'a AlertFigure> {
    alert.figures.iter().filter(|figure| match &alert.subject {
        AlertSubject::Queue(queue) | AlertSubject::Target(queue) => {
            !snapshot.withholds_of(queue, figure.metric)
        }
        AlertSubject::Source(_)
        | AlertSubject::Import(_)
        | AlertSubject::Screen(_)
        | AlertSubject::Agent(_)
        | AlertSubject::Figure(..) => true,
    })
}

/// "3:50 longest wait, 11 waiting": the figures that are shown.
pub fn describe_figures(texts: &Texts, snapshot: &Snapshot, alert: &Alert) -> String {
    let value = |figure: &AlertFigure| texts.value(Some(figure.value));
    let figures = shown_figures(snapshot, alert);
    let texts: Vec<_> = match &alert.subject {
        AlertSubject::Figure(id, _) => {
            let figure = snapshot.site.find_figure(id);
            let worst = figure.zip(alert.custom.as_ref());
            let worst = worst.filter(|(figure, worst)| figure.allows(&worst.value));
            let worst =
                worst.map(|(figure, worst)| write_custom_value(texts, figure, &worst.value));
            worst.into_iter().collect()
        }
        AlertSubject::Target(id) => figures
            .map(|figure| {
                let target = snapshot
                    .site
                    .target_for(&id.to_string())
                    .service_level_percent;
                let target = texts.value(Some(MetricValue::Percent(target)));
                texts.best_service_level(value(figure), target)
            })
            .collect(),
        _ => figures
            .map(|figure| texts.cause(figure.metric, &value(figure)))
            .collect(),
    };
    texts.join(", ")
}
