//! Messages of the page that edits a queue: name, thresholds, targets and opening hours.

use crate::message_room::messages;

messages! {
    QueueEdit
    plain {
        origin_defaults origin_members origin_always_open origin_reported thresholds_heading
        thresholds_scope other_figures save_thresholds warning_from_field critical_from_field
        warning_below_field critical_below_field closed_on_holidays calendars_about calendar_not_read calendar_missing problem_address
        problem_large problem_cut_off problem_events problem_no_days clear_field min_sample_field rehearsal_shade limit_own limit_default hint_duration
        pattern_nothing rehearsal_heading rehearse rehearsal_reading rehearsal_nothing critical_never warning_never
        saved_never hours_heading week_field day_hint as_monday weekdays_same choose_queues choose_queues_field choose_queues_hint choose_queues_next choose_queues_list subject_column subject_of_column
        own_settings_column kind_pattern
        applies_heading applies_about time_in_status time_in_status_about text_and_versions dates_heading closed_day empty_date
        save_hours targets_heading answered_within_field short_abandons_field save_targets
        choice_short_ignored choice_negative choice_positive choice_quick_ignored choice_short_met
        choice_answered_only name_heading name_field save_name copy_heading fill_fields copy_about
        calendar_heading calendar_file calendar_field calendar_fill calendar_not_one calendar_cut_off
        calendar_too_long
    }
    with_values {
        target_met(met, days) pattern_critical(count, critical, list) pattern_queue_times(name, times) pattern_further(list, count)
        pattern_never(count) pattern_first(count, total) as_monday_of(day) pattern_applies(count) text_and_versions_of(section)
        fields_copied(name) undo_change(section) remove_own_of(section) origin_pattern(pattern)
        limit_pattern(pattern) hint_after(origin, hint) hint_percent(percent)
        critical_times(times, length) critical_times_mostly(times, length, weekday, from, to)
        warning_times(times, length) saved_times(times, length)
        calendar_next(date, name) calendar_read_at(time) calendar_of_file(file)
        calendar_skipped(count, names) calendar_problem(why) calendar_never_read(why) problem_no_host(host)
        problem_private(host) problem_unreachable(host, advice) problem_slow(host, seconds)
        problem_status(host, status) problem_redirect(target) problem_line(number)
        limit_of_metric_from(limit) rehearsal_curve(metric, most, time) rehearsal_coverage(from, to, percent) rehearsal_quarters(from, to, limit, reached, known) hours_about(zone) origin_closing(date) date_numbered(number)
        hours_of_date(number) group_name_place(section) reported_name(name)
        calendar_about(year) calendar_added(count) calendar_others(count, names)
        calendar_too_large(kilobytes) calendar_too_many(count, room) calendar_without_days(year)
        calendar_line(number, line)
    }
}
