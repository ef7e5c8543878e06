//! Messages of alerts: what needs somebody, silences, rules and channels.

use crate::message_room::messages;

messages! {
    Alerts
    plain {
        alerts_heading silence_alerts notify_here notify_no_longer notify_refused notify_sample
        alert_taken alert_released alert_snoozed alert_noted
        alert_closed alerts_silenced silence_ended rules_saved alert_over note_empty
        alert_unconfirmed nobody_has_it somebody take_alert take_over_alert release_alert note_field
        add_note snooze_field snooze close_alert no_alert_open no_rule_yet silences_heading
        what_column end_silence silence_everything hidden_queue_name rules_heading none_yet
        rule_column tells_column tells_nobody new_rule any_queue any_source any_export any_screen
        any_agent any_figure channels_heading no_channels channel_column messages_column test_column channel_email
        no_message_yet send_test new_channel earlier_alerts worst_column owner_column
        worst_not_connected worst_file_missing owned_by_nobody silence_heading silence_about
        silence_reason example_reason silence_begin silence_begin_now silence_at silence_begin_field
        silence_end later_half_hour later_hour later_four_hours silence_end_field all_your_queues
        groups_with_queues sources_with_queues enter_begin enter_end enter_earlier_time
        silence_no_reason silence_over silence_is_over undelivered_heading message_column send_again
        drop_message message_resent message_dropped message_superseded message_gone last_seven_days
        switch_on switch_off rule_is_on rule_is_off rule_unchanged
    }
    with_values {
        note_too_long(count) alert_of_queue(name, figures) alert_not_connected(name)
        alert_file_missing(name) alert_of_agent(name, status) worst_of_agent(status)
        alert_target_missed(name) alert_with_reason(state, reason) best_service_level(value, target)
        figure_of_queue(figure, queue) rule_of_targets(queues) rule_of_targets_for(queues, time)
        rule_of_agents(agents) rule_of_agents_for(agents, time) rule_of_status(agents, status)
        rule_of_status_for(agents, status, time) every_agent_of(source) alert_since(time, age) alert_worst(figures) alert_out_of_date(time)
        person_has_it(person, time) not_repeated_until(time) silenced_until(time) alert_rules(rules)
        quoted_note(text) minutes_counted(count) hours_counted(count) silence_named(name)
        more_need_somebody(count) silence_until(until) silence_from_until(from, until)
        end_silence_named(name) silence_of_rule(name) silence_of_groups(person)
        silence_with_queues(name) screen_named(name) rule_of_queues(queues, level)
        rule_of_queues_for(queues, level, time) rule_of_metric(metric, queues, level)
        rule_of_metric_for(metric, queues, level, time) rule_not_connected(names)
        rule_not_connected_for(names, time) rule_file_late(names) rule_file_late_for(names, time)
        names_or(names, last) names_or_others(names) sound_on(screens) no_screen_named(names)
        told_again_after(channels, time) nothing_can_be_sent(reason) failing_since(time, error)
        messages_wait(count) messages_wait_until(count, time) message_accepted(time, answer, millis)
        messages_undelivered(count) send_test_named(name)
        test_accepted(channel, answer, millis) taken_after(time) alert_closed_by(person)
        silence_reason_too_long(count) silence_too_long(days) silences_too_many(count)
        message_tries(count) send_again_named(headline) drop_message_named(headline)
        counted_since(time) rule_fired(count) noisiest_rule(rule, count, total)
    }
}
