//! Messages of one's own account.

use crate::message_room::messages;

messages! {
    Account
    plain {
        your_account role_viewer role_supervisor role_admin
        password_changed session_ended language_changed
        where_signed_in session_browser session_begun session_used action_column this_browser
        managed_by_provider unknown_browser
        stored_about_you stored_what stored_rows stored_from stored_to stored_kept_for
        change_your_password current_password new_password change_password signs_out_elsewhere
        wrong_current_password password_too_short password_too_long
        language_heading language_label language_of_browser save
        language_scope
        data_names data_groups data_day_figures data_interval_figures data_activity data_calls data_schedules
        data_case_records data_caller_names data_export_rows data_rejected_rows data_input_log data_account
        data_paired_screens data_audit_trail
        kept_with_database
    }
    with_values {
        sign_out_session(browser, time) kept_for_days(days) browser_on(browser, system)
        date(day, month, year)
    }
}
