//! Selects the rows that a board draws. A screen turns a page about every 8 seconds, so extra rows
//! would be visible for a moment every few minutes, and make pages and frames large for everyone.

use wallboard_live::Severity;
use wallboard_texts::Texts;

use super::{board_queue::BoardQueue, board_view::OmittedQueue, tile_grid};

pub(super) type EvaluatedRows<'q, 'a> = Vec<&'q BoardQueue<'a>>;

/// The most pages that a board cycles through.
const MAX_PAGES: usize = 10;
const MAX_QUEUES: usize = MAX_PAGES * tile_grid::TILES_PER_PAGE;
pub(super) const MAX_CARDS: usize = 240;
/// The most rows on one page of a table, besides that of all queues.
pub(super) const ROWS_PER_PAGE: usize = 14;
/// The most cards on one page.
pub(super) const CARDS_PER_PAGE: usize = 42;

/// Splits the queues into drawn and omitted ones, each in the board's order. Critical queues are
/// drawn first, then warnings, then the first of the others.
pub(super) fn split_rows<'q, 'a>(
    queues: &'q [BoardQueue<'a>],
) -> (EvaluatedRows<'q, 'a>, EvaluatedRows<'q, 'a>) {
    let mut order: Vec<usize> = (0..queues.len()).collect();
    // Stable sort: ties stay in the board's order.
    order.sort_by_key(|index| urgency_rank(queues[*index].severity));
    let (shown, omitted) = order.split_at_mut(MAX_QUEUES.min(queues.len()));
    let in_order = |indexes: &mut [usize]| {
        indexes.sort_unstable();
        indexes.iter().map(|index| &queues[*index]).collect()
    };
    (in_order(shown), in_order(omitted))
}

fn urgency_rank(severity: Severity) -> u8 {
    match severity {
        Severity::Critical => 0,
        Severity::Warning => 1,
        Severity::OutOfDate | Severity::Normal | Severity::None => 2,
    }
}

/// "and 2,380 more queues, 3 critical: Sales, Billing, Support".
pub(super) fn format_omitted(texts: &Texts, omitted: &[&BoardQueue<'_>]) -> String {
    let count = |severity| omitted.iter().filter(|q| q.severity == severity).count();
    if omitted.is_empty() {
        return String::new();
    }
    let parts = [
        omitted.len(),
        count(Severity::Warning),
        count(Severity::OutOfDate),
        count(Severity::Critical),
    ];
    let write: [fn(&Texts, usize) -> String; 4] = [
        |texts, count| texts.more_queues(count),
        |texts, count| texts.more_with_warning(count),
        |texts, count| texts.more_out_of_date(count),
        |texts, count| texts.more_critical(count),
    ];
    let parts = parts.into_iter().zip(write).filter(|(count, _)| 0 < *count);
    let parts: Vec<_> = parts.map(|(count, write)| write(texts, count)).collect();
    let text = parts.join(", ");
    let critical = omitted.iter().filter(|q| q.severity == Severity::Critical);
    let critical: Vec<_> = critical.map(|queue| queue.name.as_str()).collect();
    if critical.is_empty() {
        text
    } else {
        format!("{text}: {}", critical.join(", "))
    }
}

pub(super) fn omitted_queues(omitted: &[&BoardQueue<'_>]) -> Vec<OmittedQueue> {
    let omitted = omitted.iter().map(|queue| OmittedQueue {
        key: queue.id.clone(),
        severity: queue.severity,
    });
    omitted.collect()
}
