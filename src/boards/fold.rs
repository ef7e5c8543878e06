//! Which rows a board draws. A screen turns a page about every 8 seconds, so a row too many
//! would be seen for a moment every few minutes, and make page and frames large for all.

use super::{fit, format, scene::Judged, severity::Severity, view::Folded};

pub(super) type Rows<'q, 'a> = Vec<&'q Judged<'a>>;

/// Pages that a board turns.
const PAGES: usize = 10;
const QUEUES: usize = PAGES * fit::TILES;
pub(super) const CARDS: usize = PAGES * fit::CARDS;

/// The queues that are drawn, in the board's order, and those that are not. Whatever is
/// critical is drawn first, then warnings, then the first of the others.
pub(super) fn fold<'q, 'a>(queues: &'q [Judged<'a>]) -> (Rows<'q, 'a>, Rows<'q, 'a>) {
    let mut order: Vec<usize> = (0..queues.len()).collect();
    // Stable: equals stay in the board's order.
    order.sort_by_key(|at| urgency(queues[*at].severity));
    let (drawn, folded) = order.split_at_mut(QUEUES.min(queues.len()));
    let in_order = |places: &mut [usize]| {
        places.sort_unstable();
        places.iter().map(|at| &queues[*at]).collect()
    };
    (in_order(drawn), in_order(folded))
}

fn urgency(severity: Severity) -> u8 {
    match severity {
        Severity::Crit => 0,
        Severity::Warn => 1,
        Severity::Stale | Severity::Ok | Severity::None => 2,
    }
}

/// "and 2,380 more queues, 3 critical: Sales, Billing, Support".
pub(super) fn words(folded: &[&Judged<'_>]) -> String {
    let count = |severity| folded.iter().filter(|q| q.severity == severity).count();
    let mut words = match folded.len() {
        0 => return String::new(),
        1 => "and 1 more queue".to_owned(),
        n => format!("and {} more queues", format::count(n as u64)),
    };
    for (severity, word) in [
        (Severity::Warn, "with a warning"),
        (Severity::Stale, "out of date"),
        (Severity::Crit, "critical"),
    ] {
        match count(severity) {
            0 => {}
            n => words = format!("{words}, {} {word}", format::count(n as u64)),
        }
    }
    let critical = folded.iter().filter(|q| q.severity == Severity::Crit);
    let critical: Vec<_> = critical.map(|queue| queue.name.as_str()).collect();
    if critical.is_empty() {
        words
    } else {
        format!("{words}: {}", critical.join(", "))
    }
}

pub(super) fn rows(folded: &[&Judged<'_>]) -> Vec<Folded> {
    let folded = folded.iter().map(|queue| Folded {
        key: queue.id.clone(),
        severity: queue.severity,
    });
    folded.collect()
}
