//! Messages about figures, their notes and explanations, on pages.

use crate::message_room::messages;

messages! {
    Figures
    plain {
        now_heading today_heading figure_column usual_column target_missed old_value
        value_unknown_yet nothing_counted_yet hidden_queue hidden_agent reason_not_additive
        reason_shared_agents reason_overlap reason_source_missing definition_term formula_term
        computed_from_term contacts_term
        still_waiting_term period_term source_term statistic_term updated_term thresholds_term
        estimated_note estimated_term usual_term queue_term across_queues_term why_no_value why_not_exact
        api_name_term period_now period_of_vendor period_rolling period_vendor_day
        nothing_counted_today counted_past_target vendor_value_missing nobody_waits
        wait_not_reported source_never_connected too_long_ago not_refreshed not_estimated
        not_estimated_events estimated_abandons includes_estimate site_longest site_agents
        site_total formula_short_ignored formula_negative formula_positive formula_quick_ignored
        formula_short_met formula_answered_only past_threshold within_thresholds no_thresholds
        what_could_help last_changes before_column after_column
    }
    with_values {
        share_terms(part, whole) mean_terms(sum, count)
        last_value(value) usual_by(range, time) label_today(label) names_and_more(names, more)
        warning_from(value) critical_from(value) warning_below(value) critical_below(value)
        missed_from(value) missed_below(value) reason_small_team(count) sentence_of(text)
        day_since(time, zone) day_complete_since(time, zone) day_with_gaps(day, gaps) day_whole(day)
        day_partial(day) time_span(from, to) quiet_queue(time) source_of_vendor(source, vendor)
        combined_from(sources) combined_from_ago(sources, age) counted_from_events(source, age)
        counted_without_events(source) counted_by(source, age) reported_by(source, age)
        no_value_from(source) value_from_before(time) age_unknown(source) not_estimated_from(source)
        source_age(source, age) source_without_data(source) site_api_name(name)
        usual_explained(range, time, median, weeks) formula_configured(name, formula)
        formula_instead(name, formula, other) at_threshold(limit) at_threshold_since(limit, time)
        above_threshold(limit) above_threshold_since(limit, time) below_threshold(limit)
        held_threshold(limit) held_until(limit, clear) figure_at(label, value, position) label_at(label, position)
        also_causes(causes) within_thresholds_except(figures) group_out_of_date(note) paused_last_values(source, person)
        paused_with_update(source, person, time) lost_last_values(source, time)
        lost_with_update(source, time, update) queue_silent(source) updates_may_be_missing(source)
        say_critical(queue) say_warning(queue) say_normal(queue) say_waiting(count)
        say_longest(time) help_free(count, queue) help_free_named(count, queue, agents)
        help_break(agent, time) leader_lost(time) outage_paused(source, person)
        outage_connecting(source) outage_catching_up(source) outage_silent(source, time)
        outage_unreachable(source, time) outage_lost(source, time) no_change_since(time) all_changes_since(time)
    }
}
