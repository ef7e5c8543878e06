//! Alerts in words, for pages and messages.

use wallboard_alerts::{Alert, AlertFigure, AlertSubject, SilenceScope};
use wallboard_boards::{figure_text, format};
use wallboard_live::Snapshot;

/// The name of what an alert is about.
pub fn subject_name(snapshot: &Snapshot, subject: &AlertSubject) -> String {
    match subject {
        AlertSubject::Queue(id) => match snapshot.queues.get(id) {
            Some(queue) => snapshot.queue_name(queue),
            None => id.to_string(),
        },
        AlertSubject::Source(id) | AlertSubject::Import(id) => snapshot.site.source_name(id),
        AlertSubject::Screen(name) => format!("Screen {name}"),
    }
}

/// The alerts that a silence is about.
pub fn silence_name(snapshot: &Snapshot, scope: &SilenceScope, by: &str) -> String {
    let with_queues = |name: String| format!("{name} with its queues");
    match scope {
        SilenceScope::All => "Everything".to_owned(),
        SilenceScope::Rule(name) => format!("Rule “{name}”"),
        SilenceScope::Queues(_) => format!("The queues of {}’s groups", person_text(by)),
        SilenceScope::Subject(AlertSubject::Queue(id)) => {
            let name = match snapshot.queues.get(id) {
                Some(queue) if snapshot.is_queue_hidden(queue) => "Hidden queue".to_owned(),
                _ => subject_name(snapshot, &AlertSubject::Queue(id.clone())),
            };
            let is_group = snapshot.site.groups.iter().any(|group| group.id == *id);
            if is_group { with_queues(name) } else { name }
        }
        SilenceScope::Subject(subject @ AlertSubject::Source(_)) => {
            with_queues(subject_name(snapshot, subject))
        }
        SilenceScope::Subject(subject) => subject_name(snapshot, subject),
    }
}

/// The name of a person who did something with an alert, also where nobody signs in.
pub fn person_text(name: &str) -> &str {
    if name.is_empty() { "Somebody" } else { name }
}

/// The worst values that caused an alert, without those that are withheld because few agents serve the queue.
pub fn shown_figures<'a>(
    snapshot: &'a Snapshot,
    alert: &'a Alert,
) -> impl Iterator<Item = &'a AlertFigure> {
    alert.figures.iter().filter(|figure| match &alert.subject {
        AlertSubject::Queue(queue) => !snapshot.withholds_of(queue, figure.metric),
        AlertSubject::Source(_) | AlertSubject::Import(_) | AlertSubject::Screen(_) => true,
    })
}

/// "3:50 longest wait, 11 waiting": the figures that are shown.
pub fn describe_figures(snapshot: &Snapshot, alert: &Alert) -> String {
    let texts: Vec<_> = shown_figures(snapshot, alert)
        .map(|figure| figure_text::cause(figure.metric, &format::value(Some(figure.value))))
        .collect();
    texts.join(", ")
}
