//! Messages of sources of files: their imports, the rows that were skipped, and the columns without a metric.

use crate::message_room::messages;

messages! {
    Imports
    plain {
        import_no_run import_waits import_listing import_stabilizing import_first_check
        outcome_no_file fix_import import_retries check_export_ran ask_for_missing see_failed_files
        files_are_retried review_skipped_rows report_containers fix_mismatches location_term
        imported_term nothing_imported scores_term next_file_term other_tenants_term unknown_term
        public_key_term fingerprint_term survey_scores_heading line_column field_column file_column
        files_column failed_files config_mismatches missing_heading unassigned_columns
        unassigned_stored unassigned_link columns_column unassigned_outcomes
        unassigned_outcomes_counted label_column recent_calls_column unusual_columns columns_differ
        issue_column no_unassigned_columns all_columns_assigned column_heading last_value_column
        skipped_rows skipped_rows_about download_all_csv reasons_caption no_skipped_rows
        newest_file_first row_column older_rows page_link_expired newest_rows
    }
    with_values {
        import_last_run(time) import_next_run(time) importing_files(done, total)
        computing_intervals(done, total) rows_skipped(count) import_failed_at(time)
        no_files_found(scope) no_files_of_tenant(scope, tenants) file_is_late(period, time)
        last_run_was(outcome) outcome_imported(count, rows) rows_counted(count)
        outcome_replaced(count) outcome_redelivered(count) outcome_known(count)
        outcome_other_days(count) outcome_unreadable(count) outcome_unread_yet(count)
        outcome_incomplete(count) fix_in_section(section) assign_outcomes(section)
        location_folder(name) location_sftp(name) location_bucket(name) location_container(name)
        imported_total(files, rows, time) scores_ignored(count) next_file(period, time)
        missing_no_calls(dataset) missing_since(dataset, first, newest) missing_removed(dataset)
        missing_partial(days, dataset, count) missing_days(days, dataset) days_range(first, last)
        and_more_days(count) recent_calls_counted(count) assign_as_abandoned(section)
        columns_missing(columns) columns_unknown(columns) unassigned_about(word)
        unassigned_columns_of(source) add_to_section(section) date_and_time_utc(date, time)
        skipped_rows_of(source) contents_not_stored(key, section)
    }
}
