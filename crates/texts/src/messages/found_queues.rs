//! Messages of the page of queues that nobody named or placed.

use crate::message_room::messages;

messages! {
    FoundQueues
    plain {
        found_heading found_about set_up_step found_nothing names_column names_and_groups
        reported_as on_boards_column group_column choose_column found_no_figures apply_both
        hide_queue group_about name_is_kept hours_of_chosen open_legend chosen_week_hint
        chosen_limits_hint agents_without_name save_and_continue step_later
    }
    with_values {
        source_since(source, time) found_now(waiting, today) found_waiting(waiting)
        found_today(today) name_of(name) group_of(name) apply_both_to(name) hide_queue_named(name)
        more_follow(count)
    }
}
