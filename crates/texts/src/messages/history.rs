//! Messages of the history page, its form and its notes.

use crate::message_room::messages;

messages! {
    History
    plain {
        neighbor_periods preset_yesterday preset_seven_days preset_week preset_month
        preset_four_weeks custom_dates queues_legend all_queues_chosen no_queues_to_choose days_choice rows_choice
        more_choices all_of_them day_like interval_choice hours_choice compare_choice compare_from_choice
        count_choice zone_choice apply_choices view_choice by_email print_page
        step_quarter step_half_hour step_hour step_day step_week step_month week_column month_column
        step_automatic count_by_start
        count_by_event compare_week compare_year compare_nothing days_all days_working days_monday
        days_tuesday days_wednesday days_thursday days_friday days_saturday days_sunday
        hours_all hours_open rows_time rows_queue_group rows_agent_group view_intervals
        view_heatmap view_table view_plan view_adherence view_breakdown by_queue_group by_agent_group by_reason by_type counted_by_start
        counted_by_event opening_hours_only only_missed_targets no_history_here
        imported_nowhere no_history_yet first_file_awaited closed_in_period
        closed_in_period_help no_matching_days no_matching_days_help hours_not_split
        hours_not_split_help only_coarser only_whole_days only_whole_hours show_days show_hours
        no_data_of_today exports_overnight no_data_of_period no_data_of_period_help
        show_all_hours agent_by_time queues_by_time all_queues_and_agents choice_impossible queue_groups_of_all adherence_of_agents agent_groups_of_all queues_or_agent
        agents_always_open hours_left_out always_open partly_open_unknown sign_outs_left_out
        live_rows_note utc_note use_site_zone rows_not_compared only_missed_rows heat_of_queues
        handled_rows_note agent_in_groups queue_in_groups agents_withheld no_plan_of_period plan_of_queues required_computed no_schedule_of_period adherence_partly_unknown export_source
        gap_of_period gap_of_today gap_of_period_yet gap_partly missed_heading
        reason_in_progress reason_partly_imported show_only_missed own_target_each
        show_who_missed nothing_in_both only_in_both
        no_custom_figure no_figure_stored past_values lowest_to_highest lowest_column mean_column
        highest_column nothing_known earlier_changes_in_file figure_by_queue
        saved_views view_saved view_deleted save_view view_name example_view view_shared
        view_found_by view_found_by_all view_found_by_me view_change manage_views no_saved_views
        view_too_long view_name_taken view_changed_meanwhile
    }
    with_values {
        saved_views_count(count) view_name_length(count) views_too_many(count)
        history_of(period) history_printed(subject, period, zone) as_of_time(time)
        as_of_zone(time, zone) day_of_month(day, month) days_of_month(first, last, month)
        dated_year(days, year) month_of_year(month, year) times_of_day(day, times) period_of_days(period, days)
        period_open(period) period_in_zone(period, zone) utc_day(day) previous_day(day)
        next_day(day) previous_period(period) next_period(period) days_inline(number)
        intervals_of(step) versus_period(period) only_days(days) data_through(until)
        imported_elsewhere(name) imported_on(name) history_on(name)
        history_needs_export(exports, kinds) handled_without_calls(source) one_or_other(first, second) export_of_kind(kind)
        handled_calls_deleted(source, day) handled_days_max(count) intervals_max(count)
        shortest_interval(step) foreign_zone(zone) agents_hidden(count) queues_hidden(count)
        rows_closed(count) queues_unplanned(names) plan_unmatched(names) schedule_unmatched(names) activities_unclassed(names) live_incomplete(names) board_differs(figures)
        board_differs_partly(figures) board_and_export(label, board, export) no_calls_at(times)
        more_gaps(count) source_gap(source, gap) gap_from(time) gap_before(period)
        gap_before_partly(period) quarter_hours(count) half_hours(count) whole_hours(count)
        whole_days(count) whole_weeks(count) whole_months(count) judged_queues(count) judged_queue_groups(count) judged_agents(count)
        target_of(percent) threshold_of(percent) own_targets(count)
        target_and_rest(target, rest) not_judged(count, reasons) counted_reason(count, reason)
        reason_few_calls(count) only_one_met(unit, target) all_met(count, unit, target)
        some_missed(missed, count, unit, target) listed_missed(count, unit, target)
        and_more(count) show_only_missed_count(count) compared_figures(period, figures)
        compared_offered(now, before) compared_abandoned(now, before)
        compared_level(label, now, before) compared_answer_speed(now, before)
        compared_handled(now, before) compared_handle_time(now, before)
        compared_occupancy(now, before) not_compared_with(period) comparison_not_earlier(day) calls_abandoned(count)
        last_days_counted(count) figure_value_at(value, time) figure_extremes(low, high)
    }
}
