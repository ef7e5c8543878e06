//! Alerts in words, for pages and messages.

use wallboard_alerts::{Alert, AlertSubject, SilenceScope};
use wallboard_boards::status_label;
use wallboard_domain::{AgentStatus, CustomFigureId, QueueId};
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
