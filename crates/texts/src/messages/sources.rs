//! Messages of the page of data sources, and of what happens with a live one.

use crate::message_room::messages;

messages! {
    Sources
    plain {
        new_data_source no_source_configured add_one first_steps both_sources_connected
        other_one_connected source_degraded source_down source_paused source_unheard
        updated_just_now no_messages_yet boards_show_term what_to_do_term rejected_statistics
        statistic_column last_error_term status_connected boards_live nothing_to_do
        status_first_connect boards_saved_names first_connect_to_do status_backlog status_reloading
        boards_old_values catching_up_to_do status_unreadable boards_readable unreadable_to_do
        status_no_sign boards_last_values no_sign_to_do status_unreachable unreachable_to_do
        status_disconnected boards_last_values_soon disconnected_to_do status_silent silent_to_do
        status_silent_events silent_events_to_do boards_rejected rejected_to_do boards_invalid
        invalid_to_do paused_to_do status_no_values boards_no_values status_values_stopped
        values_to_do status_unheard unheard_to_do answers_term not_available address_term
        long_polling polling subscriptions_term statistics_term values_updated_term clock_term
        clock_in_sync update_rate_term update_rate_measuring message_types type_column
        received_column applied_column ignored_column rejected_column wrong_type_column all_types
        message_types_about rejection_reasons last_log_lines nothing_logged level_column
        log_message_column log_level_error log_level_warning log_level_note
        records_delivered records_not_delivered next_attempt_term record_files record_none_accepted
        record_no_file transcripts_term
    }
    with_values {
        source_is_connected(name) source_is_connecting(name) source_needs_attention(name)
        source_lost_since(name, time) source_first_read(name) files_need_attention(name)
        source_unread_since(name, time) all_sources_connected(count) others_connected(count)
        updated_ago(age) by_person(person) rejected_by(vendor) status_rejected(count, vendor)
        status_invalid(vendor, count) status_paused(person) statistics_while_disconnected(count)
        statistics_requested(count, parts) statistics_current(count) statistics_invalid(count)
        statistics_refused(count) clock_behind(time) clock_ahead(time) update_rate_every(time)
        record_webhook(channel) record_accepted(time, answer) record_file_written(file, time)
        records_wait(place, count) records_for_file(place, count)
        transcripts_passed_on(place, count) transcripts_lost(count)
    }
}
