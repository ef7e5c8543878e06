//! Messages of the figures of the history.

use crate::message_room::messages;

messages! {
    HistoryFigures
    plain {
        rest_of_today column_abandoned_share column_answer_within column_target column_half_hours_met column_wait_median
        column_abandoned_wait_median column_patience
        column_talks_within column_staffed_agents column_forecast column_reforecast column_deviation
        column_forecast_handle_time column_required_agents column_reforecast_agents column_required_time column_staffed_time column_scheduled_agents
        column_scheduled_agent_time column_scheduled_time column_adherent_time column_adherence
        column_scheduled_work column_worked_time column_conformance scheduled_meaning
        adherence_meaning conformance_meaning
        deviation_meaning reforecast_meaning column_csat column_csat_top column_nps
        column_enterprise_nps column_ready column_wrap_up column_handle_time_sum column_other_calls offered_meaning
        answered_meaning abandoned_meaning level_meaning answer_speed_meaning
        longest_wait_meaning handle_time_meaning handled_meaning missed_meaning
        agent_handle_time_meaning signed_in_meaning occupancy_meaning abandon_rate_meaning
        answer_target_term counted_by_term source_is_export start_counts event_counts
        target_of_each no_change calculation_heading compared_with_term not_compared_term
        breakdown_by_start opening_hours_term opening_hours_meaning data_through_term
        unknown_meaning chart_hint chart_buckets other_outcomes in_progress_key
        missed_target_key is_in_progress is_live has_missed_target waits_heading total_row
        mark_so_far mark_partial mark_live mark_disabled mark_missed no_missed_targets no_rows
        show_all_rows heat_metric heat_mean_calls heat_calls heat_abandon_rate heat_level
        heat_answer_speed no_calls_label closed_label unknown_label no_calls_key
        no_calls_or_closed no_data_or_closed class_reason class_issue class_type class_outcome
        class_number class_key class_sign_out no_reason no_issue no_type no_outcome no_number
        no_key no_sign_out breaks_heading shrinkage_of_breaks repeats_heading repeats_within_day repeats_within_week calls_without_number calls_column sign_outs_column share_column not_recorded
        agents_without_breakdown queue_settings assigned_agents queue_groups_heading
        available_reasons export_queue_groups export_agent_groups numbers_heading
        field_short_name field_internal_number field_public_number field_description
        field_strategy field_wrap_up field_disconnection_rate field_destination
        field_destination_type
    }
    with_values {
        column_wait_percentile(number) column_answered_within(time)
        column_of_period(column, period) formula_of_each(formula) rate_abandoned(rate)
        change_versus(change, period) value_of_period(value, period) calls_scale(count)
        target_key(percent) calls_of_period(period) too_many_intervals(step)
        use_intervals(step) interval_facts(time, facts) count_offered(count)
        count_answered(count) count_abandoned(count) level_in_time(level, time)
        level_in_target(level) times_caption(first, step, period) names_caption(first, period)
        heat_heading(metric) based_on_issues(count) based_on_calls(count) based_on_known(count)
        based_on_sign_outs(count) unnamed_break(code) productive_break(share)
        repeats_of_calls(repeats, calls, percent) share_of_signed_in(hours, percent) unnamed_value(class, id) more_in_files(count)
        export_without_breakdown(exports) calls_in_no_row(exports) agent_priority(number)
        number_leads_to(name) number_leads_to_kind(name, kind)
    }
}
