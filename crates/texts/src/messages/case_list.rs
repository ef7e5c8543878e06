//! Messages of the list of cases, and of cases in other lists.

use crate::message_room::messages;

messages! {
    CaseList
    plain {
        cases_heading active_tab case_waiting case_open case_closed case_abandoned case_unconfirmed
        no_cases show_all show_all_unfiltered no_queue_yet show_only_these not_assigned_yet
        created_column answered_column outcome_column transfers_column outcome_positive
        outcome_negative outcome_neutral outcome_unresolved case_pages first_page following_page
        active_cases waiting_cases open_cases abandoned_cases stale_cases no_open_cases
        longest_first waiting_first shortest_first oldest_first newest_first by_queue by_agent
    }
    with_values {
        cases_in_order(cases, order)
    }
}
