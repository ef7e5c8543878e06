//! Messages of every form of settings: saved or not, where an entry comes from, and who changed it.

use crate::message_room::messages;

messages! {
    Editing
    plain {
        entry_saved entry_not_saved entry_faults remove_entry conflict_about their_version
        your_version removed_version theirs_to_yours widgets_of_board first_on_board
        left_out_of_board value_before value_after changed_lines entry_unused entry_of_no_queue find_entry
        find_button secret_changed paused_by_field report_when rule_switch
    }
    with_values {
        not_saved_because(error) changed_meanwhile(person, time) origin_file(file, line)
        origin_only_file(file, line) changed_by(person, time) limit_of_metric(metric, level)
        limit_of_status(status) name_of_queue(queue) entry_used_by(uses) use_in_board(name)
        use_in_playlist(name) use_in_announcement(text) use_on_screen(name) entry_of_queues(queues)
        entry_of_more_queues(queues, count) entries_found(found, total)
    }
}
