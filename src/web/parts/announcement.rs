//! Screen reader announcements: a change of severity, never a count.

use wallboard_domain::{Metric, Moment};
use wallboard_live::{Evaluator, QueueSnapshot, Severity, Snapshot};
use wallboard_texts::Texts;

/// "Sales: critical. 14 waiting. Longest wait 6:12." Leaves out shapes, which can't be heard.
/// Empty if the change needs no action.
pub(in crate::web) fn announce_severity(
    texts: &Texts,
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    severity: Severity,
    now: Moment,
) -> String {
    let name = snapshot.queue_name(queue);
    let begin = match severity {
        Severity::Critical => texts.say_critical(name),
        Severity::Warning => texts.say_warning(name),
        Severity::Normal => return texts.say_normal(name),
        Severity::None | Severity::OutOfDate => return String::new(),
    };
    let mut evaluator = Evaluator::new(snapshot, now);
    let mut value = |metric| {
        let value = evaluator.evaluate_metric(queue, metric).value()?;
        Some(texts.value(Some(value)))
    };
    let waiting = value(Metric::Waiting).map(|waiting| texts.say_waiting(waiting));
    let longest = value(Metric::LongestWait).map(|longest| texts.say_longest(longest));
    let sentences = [Some(begin), waiting, longest].into_iter().flatten();
    sentences.collect::<Vec<_>>().join(" ")
}
