//! Screen reader announcements: a change of severity, never a count.

use wallboard_boards::format;
use wallboard_domain::{Metric, Moment};
use wallboard_live::{Evaluator, QueueSnapshot, Severity, Snapshot};

/// "Sales: critical. 14 waiting. Longest wait 6:12." Leaves out shapes, which can't be heard.
/// Empty if the change needs no action.
pub(in crate::web) fn announce_severity(
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    name: &str,
    severity: Severity,
    now: Moment,
) -> String {
    let word = match severity {
        Severity::Critical => "critical",
        Severity::Warning => "warning",
        Severity::Normal => return format!("{name}: back to normal."),
        Severity::None | Severity::OutOfDate => return String::new(),
    };
    let mut evaluator = Evaluator::new(snapshot, now);
    let mut value = |metric| {
        let value = evaluator.evaluate_metric(queue, metric).value()?;
        Some(format::value(Some(value)))
    };
    let waiting = value(Metric::Waiting).map(|waiting| format!(" {waiting} waiting."));
    let longest = value(Metric::LongestWait).map(|longest| format!(" Longest wait {longest}."));
    let parts = [waiting, longest].map(Option::unwrap_or_default);
    format!("{name}: {word}.{}", parts.concat())
}
