//! The words of the list of cases: statuses, tabs and what the table shows.

use wallboard_live::CaseState;
use wallboard_texts::Texts;

use crate::web::parts::case_listing::{CaseFilter, CaseListing, CaseOrder};

use super::CasesQuery;

pub(super) fn tab_label(texts: &'static Texts, state: CaseState) -> &'static str {
    match state {
        CaseState::Waiting => texts.case_waiting(),
        CaseState::Open => texts.open_tab(),
        CaseState::Closed => texts.closed_tab(),
        CaseState::Abandoned => texts.abandoned_tab(),
        CaseState::Unconfirmed => texts.unconfirmed_cases(),
    }
}

pub(super) fn table_caption(
    texts: &Texts,
    query: &CasesQuery,
    filter: &CaseFilter,
    listing: &CaseListing<'_>,
) -> String {
    let what = match query.state.as_deref().and_then(|word| word.parse().ok()) {
        None => texts.active_cases(),
        Some(CaseState::Waiting) => texts.waiting_cases(),
        Some(CaseState::Open) => texts.open_cases(),
        Some(CaseState::Closed) => texts.closed_cases(),
        Some(CaseState::Abandoned) => texts.abandoned_cases(),
        Some(CaseState::Unconfirmed) => texts.stale_cases(),
    };
    let order = match filter.order {
        CaseOrder::State if filter.states.len() == 1 => texts.longest_first(),
        CaseOrder::State => texts.waiting_first(),
        CaseOrder::Oldest | CaseOrder::Id => texts.longest_first(),
        CaseOrder::Newest => texts.shortest_first(),
        CaseOrder::CreatedFirst => texts.oldest_first(),
        CaseOrder::CreatedLast => texts.newest_first(),
        CaseOrder::Queue => texts.by_queue(),
        CaseOrder::Agent => texts.by_agent(),
    };
    if listing.cases.len() < 2 {
        what.to_owned()
    } else {
        texts.cases_in_order(what, order)
    }
}
