//! Which rows a board draws. A screen turns a page about every 8 seconds, so a row too many
//! would be seen for a moment every few minutes, and make page and frames large for all.

use super::{
    board_view::OmittedQueue, format, render_context::EvaluatedQueue, severity::Severity, tile_grid,
};

pub(super) type EvaluatedRows<'q, 'a> = Vec<&'q EvaluatedQueue<'a>>;

/// Pages that a board turns.
const MAX_PAGES: usize = 10;
const MAX_QUEUES: usize = MAX_PAGES * tile_grid::TILES_PER_PAGE;
pub(super) const MAX_CARDS: usize = MAX_PAGES * tile_grid::CARDS_PER_PAGE;

/// The queues that are drawn, in the board's order, and those that are not. Whatever is
/// critical is drawn first, then warnings, then the first of the others.
pub(super) fn split_rows<'q, 'a>(
    queues: &'q [EvaluatedQueue<'a>],
) -> (EvaluatedRows<'q, 'a>, EvaluatedRows<'q, 'a>) {
    let mut order: Vec<usize> = (0..queues.len()).collect();
    // Stable: equals stay in the board's order.
    order.sort_by_key(|at| urgency_rank(queues[*at].severity));
    let (drawn, folded) = order.split_at_mut(MAX_QUEUES.min(queues.len()));
    let in_order = |places: &mut [usize]| {
        places.sort_unstable();
        places.iter().map(|at| &queues[*at]).collect()
    };
    (in_order(drawn), in_order(folded))
}

fn urgency_rank(severity: Severity) -> u8 {
    match severity {
        Severity::Critical => 0,
        Severity::Warning => 1,
        Severity::OutOfDate | Severity::Normal | Severity::None => 2,
    }
}

/// "and 2,380 more queues, 3 critical: Sales, Billing, Support".
pub(super) fn format_omitted(folded: &[&EvaluatedQueue<'_>]) -> String {
    let count = |severity| folded.iter().filter(|q| q.severity == severity).count();
    let mut words = match folded.len() {
        0 => return String::new(),
        1 => "and 1 more queue".to_owned(),
        n => format!("and {} more queues", format::count(n as u64)),
    };
    for (severity, word) in [
        (Severity::Warning, "with a warning"),
        (Severity::OutOfDate, "out of date"),
        (Severity::Critical, "critical"),
    ] {
        match count(severity) {
            0 => {}
            n => words = format!("{words}, {} {word}", format::count(n as u64)),
        }
    }
    let critical = folded.iter().filter(|q| q.severity == Severity::Critical);
    let critical: Vec<_> = critical.map(|queue| queue.name.as_str()).collect();
    if critical.is_empty() {
        words
    } else {
        format!("{words}: {}", critical.join(", "))
    }
}

pub(super) fn omitted_queues(folded: &[&EvaluatedQueue<'_>]) -> Vec<OmittedQueue> {
    let folded = folded.iter().map(|queue| OmittedQueue {
        key: queue.id.clone(),
        severity: queue.severity,
    });
    folded.collect()
}
