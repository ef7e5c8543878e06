//! Messages of the pages that manage users and API tokens, and of the audit trail.

use crate::message_room::messages;

messages! {
    Users
    plain {
        role_and_groups added_column you_mark disabled_mark cancel_edit set_new_password
        set_password user_sessions_end last_admin_stays disable disable_help add_user_heading
        add_user password_of_length roles_about members_about user_was_added role_was_changed
        user_was_disabled user_was_enabled user_password_was_set user_deleted api_tokens api_link
        new_token tokens_heading changes_column token_created_column expires_column access_column
        reads_everything changes_nothing changes_alerts changes_announcements revoke
        create_token_heading expires_after may_change may_act_on_alerts may_announce create_token
        token_groups_about token_revoked token_role_invalid token_change_invalid token_send_invalid
        token_case_records_invalid reads_case_records
        token_gone audit_about download_csv newest_entries_first nothing_yet who_column
        number_column origin_column origin_command_line origin_server origin_unknown did_sign_in
        did_fail_to_sign_in did_sign_out did_end_session did_add_user did_change_role
        did_disable_user did_enable_user did_set_password did_pair_screen did_change_screen
        did_remove_screen did_identify_screen did_reload_screen did_try_screen_sound did_make_screen_address
        did_make_token did_revoke_token did_forget_person did_change_setting did_delete_setting
        did_make_announcement did_end_announcement did_add_picture did_take_alert did_release_alert
        did_snooze_alert did_note_alert did_close_alert did_silence_alerts did_end_silence
        did_test_channel did_resend_message did_drop_message did_send_report did_save_view did_delete_view did_view did_export
    }
    with_values {
        signs_in_with(provider) role_from_provider(provider) set_password_of(name)
        enable_user(name) disable_user(name) user_exists(name) user_missing(name)
        users_ambiguous(name) is_last_administrator(name) access_group_missing(name)
        user_name_invalid(count) tokens_about(api) copy_token_now(header) sends_values_of(source)
        sends_values_only(source) expired_on(date) revoke_named(name) token_name_invalid(count)
        token_days_invalid(count) origin_account(id) origin_provider(id) origin_screen(id)
        origin_token(id)
    }
}
