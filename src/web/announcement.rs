//! What is announced to those who listen: a change of severity, never a count.

use crate::{
    boards::{Severity, format},
    domain::{Metric, Moment},
    live::{QueueSnapshot, Snapshot},
};

/// "Sales: critical. 14 waiting. Longest wait 6:12." Without shapes, since they
/// cannot be heard; empty where a change is nothing to act on.
pub(super) fn announce_severity(
    picture: &Snapshot,
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
    let value = |metric| {
        let figure = picture.queue_figure(queue, metric, now)?;
        (figure.value).map(|value| format::value(Some(value)))
    };
    let waiting = value(Metric::Waiting).map(|waiting| format!(" {waiting} waiting."));
    let longest = value(Metric::LongestWait).map(|longest| format!(" Longest wait {longest}."));
    let parts = [waiting, longest].map(Option::unwrap_or_default);
    format!("{name}: {word}.{}", parts.concat())
}
