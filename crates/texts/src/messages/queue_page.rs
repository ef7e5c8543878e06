//! Messages of the page of one queue.

use crate::message_room::messages;

messages! {
    QueuePage
    plain {
        where_you_are edit_queue all_metrics waiting_hours chart_empty chart_no_one peak_waiting
        show_as_table from_column usual_weekday no_data_today waiting_now wait_column since_column
        topic_column case_column no_one_waits no_cases_known unconfirmed_cases cases_stay_listed
        cases_listed_later all_waiting_cases show_them id_term agents_heading more_agents_table
        agent_column status_column duration_column cases_column no_agents_found longer_than_allowed
        last_two_weeks day_column missed_mark view_history view_abandoned board_answered board_level
        own_limit_own_target days_board_note queues_of_group details_heading on_no_board groups_term
        linked_term close_early close_early_about close_now undo
    }
    with_values {
        table_of(name) edit_queue_named(name) open_until(time) chart_since(time)
        chart_peak(count, time) chart_longest(wait, time) chart_missing(times) waiting_scale(count)
        chart_limit(time) chart_gap(times) row_so_far(time) counted_only_since(time)
        curve_none(label) curve_value(label, value, time)
        curve_compared(label, value, time, low, high, until) cases_unconfirmed(count)
        source_counts_fewer(count) source_counts_more(count) cases_without_queue(count)
        over_limit(limit) transfers_counted(count) reopened_counted(count)
        dated_weekday(weekday, day, month) day_until(day, time) partial_value(value)
        of_answered_value(value) days_summary(formula, within) within_and_target(limit, percent)
        within_own_target(limit) own_limit_and_target(percent) closed_today_by(person) close_early_in_file(file, line)
        closed_since_by(time, person) closes_at_by(time, person) planned_contacts(count, total, came)
    }
}
