//! Messages of the shift report.

use crate::message_room::messages;

messages! {
    Shift
    plain {
        shift_heading shift_from shift_to show_shift critical_longest_first no_queue_critical
        time_column lasted_column why_column results_against_target no_contacts_counted figures_by_queue
        target_column source_outages_heading sources_stayed_connected source_column all_contacts
        each_its_own
    }
    with_values {
        shift_of(times) shift_times(day, times) shift_times_now(day, times) shift_time_like(time)
        critical_in_all(count, time) one_still_critical(name) some_still_critical(names)
        count_still_critical(count) lost_in_all(count, time) shorter_not_shown(count)
        on_break_then(agents) shift_zone(zone) counted_since_time(time)
        contacts_missing(times) source_not_connected_at(source, time)
    }
}
