//! Messages of the pages of settings: the overview, sections, entries, changes, and the site's name and time zone.

use crate::message_room::messages;

messages! {
    Settings
    plain {
        changes_heading not_in_force can_be_changed site_heading where_column last_change_column
        not_here not_here_limited only_in_file part_server part_server_reason part_load
        part_load_reason part_access part_access_reason part_store part_store_reason part_retention
        part_retention_reason part_secrets part_secrets_reason
        part_network part_network_reason part_records part_records_reason new_entry entries_heading entry_column place_browser
        place_deleted entry_valid toml_field move_entry move_entry_about
        move_needs_lines entry_waits keep_in_file entry_in_both entry_in_both_about delete_from_browser
        waiting_entries entry_deleted
        entry_can_be_restored version_deleted current_version restore_version line_added
        line_removed changes_about newest_changes_first nothing_changed_yet changed_since site_name
        site_name_hint logo_field logo_and_language logo_hint remove_logo time_zone_field time_zone_hint time_zone_proposed language_of_boards
        language_of_boards_hint all_settings everybody no_such_change all_changes
        transfer_heading export_heading export_about export_download import_heading import_about
        import_file import_show import_secrets import_secrets_about import_unreadable import_too_large entry_is_new
        edit_in_form fields_not_enough back_to_fields unchecked_goes
        add_member_queue add_member_agent add_export_queue group_title group_title_hint
        group_queues group_queues_hint group_id_hint person_title person_title_hint person_agents
        person_agents_hint person_id_hint linked_queue linked_queue_hint link_queues
        link_queues_hint named_subject named_subject_hint name_entry_hint hidden_queues
        hidden_queues_hint hidden_agents hidden_agents_hint accent_field accent_hint
        contact_field contact_hint agent_names_field agent_names_hint agent_names_full
        agent_names_initial agent_names_initials agent_names_none smallest_team_field
        smallest_team_hint keep_contacts_field keep_contacts_hint
        calendar_address calendar_address_hint calendar_id_hint
    }
    with_values {
        settings_about(changes) section_label(section) entries_counted(count) in_browser(count)
        in_files(count, file) in_file_from(count, file, line) changed_last(person, time)
        place_file(file, line) new_entry_of(section)
        faults_counted(count) fault_line(line) entry_waits_board(file)
        entry_waits_line(line, file) entry_waits_lines(first, last, file)
        restore_version_of(time) change_added(person) change_changed(person) change_deleted(person)
        undo_entry(entry, time) older_changes(count) change_in_file(file, line)
        entry_conflict_look(entry) import_changes(count) import_saved(count)
        unknown_member(entered) unknown_member_or_pattern(entered)
    }
}
