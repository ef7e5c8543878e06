//! Alerts in words, for pages and messages.

use wallboard_alerts::{Alert, AlertFigure, AlertSubject};
use wallboard_boards::{figure_text, format};
use wallboard_live::Snapshot;

/// The name of what an alert is about.
pub fn subject_name(snapshot: &Snapshot, subject: &AlertSubject) -> String {
    match subject {
        AlertSubject::Queue(id) => match snapshot.queues.get(id) {
            Some(queue) => snapshot.queue_name(queue),
            None => id.to_string(),
        },
        AlertSubject::Source(id) => snapshot.site.source_name(id),
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
        AlertSubject::Source(_) => true,
    })
}

/// "3:50 longest wait, 11 waiting": the figures that are shown.
pub fn describe_figures(snapshot: &Snapshot, alert: &Alert) -> String {
    let texts: Vec<_> = shown_figures(snapshot, alert)
        .map(|figure| figure_text::cause(figure.metric, &format::value(Some(figure.value))))
        .collect();
    texts.join(", ")
}
