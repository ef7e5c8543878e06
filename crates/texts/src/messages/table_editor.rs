//! Messages of the forms of data sources and channels.

use crate::message_room::messages;

messages! {
    TableEditor
    plain {
        figures_come_from messages_go_to kinds_of_files new_channel_about new_source_crumb
        make_rule source_saved_paused channel_unusable test_passed test_failed not_saved_test
        step_passed step_failed nothing_saved_yet test_channel_failed test_source_failed in_a_file
        moving_seals
        required_note channel_name_hint source_id_hint source_name_hint secret_is_sealed
        more_settings test_source save_untested id_missing field_missing id_taken secret_again find_statistics
        find_queues find_queues_hint find_agents find_agents_hint find_groups find_groups_hint
        no_statistic_found see_marked_fields find_needs_object find_needs_queue find_failed
        pause_or_delete pausing_about pause_source resume_source no_queue_known history_stays
        channel_unused versions_without_secrets
    }
    with_values {
        channel_saved(rule, alerts) source_saved(sources, boards)
        test_too_long(seconds) receiver_silent(seconds) usual_choice(choice) key_is_file(key, section)
        key_is_folder(key, section) key_opens_network(key, section) statistics_found(count)
        find_too_long(seconds, id) queues_go(queues) queues_go_with_more(queues, count)
        boards_with_them(boards) rules_without_them(rules) channel_in_use(uses) use_in_rule(name) use_in_report(name)
    }
}
