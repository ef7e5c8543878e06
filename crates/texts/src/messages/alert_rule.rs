//! Messages of the page that edits a rule of alerts.

use crate::message_room::messages;

messages! {
    AlertRule
    plain {
        rule_heading rule_when watch_queues watch_sources watch_imports watch_screens watch_agents watch_figures watch_targets agents_legend
        every_agent status_field any_status any_queue_at_all
        choice_any_export severity_of_queue any_with_thresholds
        exports_legend screens_by_day rule_for for_at_once no_channel_yet make_channel tell_legend
        tell_again again_never again_hourly tell_end sound_legend delete_rule fired_never
        fired_by_thresholds fired_by_current_thresholds rule_has_fault nothing_stored_about form_critical
        form_warning form_choose form_no_screen hours_of_rule form_always form_only_open
    }
    with_values {
        every_queue_of(source) again_every(count) channel_of_kind(channel, kind) fired_times(count)
        fired_at(time, name) fired_since(time) fired_stored_since(time)
        form_of_queues(metric, queues, severity) form_of_sources(sources) form_of_imports(imports)
        form_of_screens(screens) form_of_agents(agents, status) form_of_figures(figures, severity)
        form_of_targets(queues) form_time(time) form_for(time)
        form_tells(channels) form_sounds(screens) form_again(time) rule_written(sentence, channels)
        rule_only_open(condition)
    }
}
