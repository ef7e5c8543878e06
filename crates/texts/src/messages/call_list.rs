//! Messages of the list of calls.

use crate::message_room::messages;

messages! {
    CallList
    plain {
        outcome_answered outcome_abandoned outcome_short outcome_overflowed outcome_in_progress
        all_outcomes oldest_calls_first calls_appear_twice calls_table queued_at_column
        caller_column show_all_calls
    }
    with_values {
        calls_printed(subject, period, zone) calls_counted(count) callers_not_stored(setting)
        only_calls_of_outcome(name) only_calls_of_reason(name) only_calls_of_type(name)
        calls_not_included(source) calls_deleted(day)
    }
}
