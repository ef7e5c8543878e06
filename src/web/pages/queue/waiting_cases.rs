//! The waiting cases of a queue's page, apart from those that its source no longer counts.

use wallboard_domain::{Metric, Moment, moment};
use wallboard_live::{CaseSnapshot, CaseState, Freshness, QueueSnapshot, Snapshot};
use wallboard_texts::Texts;

use crate::web::{
    pages::cases,
    parts::{
        case_listing::{self, CaseFilter, CaseOrder, QueueFilter},
        case_table_row::{CaseTableRow, case_table_row},
        clock,
    },
};

/// Maximum number of rows.
const CASES_MAX: usize = 8;
/// Maximum number of cases that are compared with the source's longest wait.
const CASES_READ_MAX: usize = 200;
/// How far the start of the longest wait may be off its case's, in milliseconds.
const SAME_WAIT_WITHIN: i64 = 3_000;

/// The waiting cases of a queue.
pub(super) struct WaitingCases {
    /// Longest wait first.
    pub(super) rows: Vec<CaseTableRow>,
    /// The page of all cases, if these aren't all.
    pub(super) all: Option<String>,
    /// Cases that the source no longer counts: nobody waits, or nobody for as long.
    pub(super) unconfirmed: Vec<CaseTableRow>,
    pub(super) unconfirmed_count: u64,
    /// The queue's own count, if it differs from the number of the other cases.
    pub(super) counted: Option<String>,
    /// That count is lower, so some of the cases may have left.
    pub(super) are_fewer: bool,
    pub(super) nobody_waits: bool,
    /// Waiting cases of its source without a known queue.
    pub(super) unrouted: usize,
}

impl WaitingCases {
    /// Finds them. `counted` is how many wait, if that is known.
    pub(super) fn find(
        texts: &'static Texts,
        snapshot: &Snapshot,
        queue: &QueueSnapshot,
        counted: Option<u64>,
        now: Moment,
    ) -> Self {
        let filter = CaseFilter {
            states: vec![CaseState::Waiting],
            queue: QueueFilter::In(queue.id.clone()),
            order: CaseOrder::Oldest,
            ..CaseFilter::default()
        };
        let listing = case_listing::list_cases(snapshot, &filter, None, CASES_READ_MAX);
        let unrouted = snapshot.cases.values().filter(|case| {
            case.state == CaseState::Waiting
                && case.queue.is_none()
                && case.id.source == queue.id.source
        });
        let known = listing.counts[0] as u64;
        let are_fewer = counted.is_some_and(|counted| counted < known);
        let nobody_waits = counted == Some(0);
        let longest = snapshot.queue_figure(queue, Metric::LongestWait, now);
        let longest = longest.filter(|figure| figure.freshness == Freshness::UpToDate);
        let longest_since = longest.and_then(|figure| figure.since);
        let is_unconfirmed = |case: &CaseSnapshot| {
            let entered = case_listing::entered_at(case);
            let entered = entered.map(|at| clock::to_our_clock(snapshot, &case.id.source, at));
            let is_longer = entered
                .zip(longest_since)
                .is_some_and(|(entered, longest)| {
                    moment::plus_millis(entered, SAME_WAIT_WITHIN) < longest
                });
            are_fewer && (nobody_waits || is_longer)
        };
        let cases = listing.cases.iter().copied();
        let (unconfirmed, waiting): (Vec<_>, Vec<_>) = cases.partition(|case| is_unconfirmed(case));
        let unconfirmed_count = unconfirmed.len() as u64;
        let waiting_count = known - unconfirmed_count;
        let are_fewer = counted.is_some_and(|counted| counted < waiting_count);
        let rows = |cases: Vec<&CaseSnapshot>, may_have_left: bool| {
            let rows = cases.into_iter().take(CASES_MAX).map(|case| {
                let mut row = case_table_row(texts, snapshot, case, now);
                if may_have_left {
                    row.over = "";
                }
                row
            });
            rows.collect()
        };
        Self {
            rows: rows(waiting, are_fewer),
            all: ((CASES_MAX as u64) < waiting_count)
                .then(|| cases::filtered_address(CaseState::Waiting, "queue", &queue.id)),
            unconfirmed: rows(unconfirmed, true),
            unconfirmed_count,
            counted: counted
                .filter(|n| *n != waiting_count)
                .map(|n| texts.count(n)),
            are_fewer,
            nobody_waits,
            unrouted: unrouted.count(),
        }
    }
}
