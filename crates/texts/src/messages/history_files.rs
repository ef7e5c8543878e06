//! Messages of files of the history, and of the mail that a report sends.

use crate::message_room::messages;

messages! {
    HistoryFiles
    plain {
        starts_column file_id file_note file_written breakdown_column name_column
        file_incomplete file_imported queue_id_column agent_id_column talk_column
        report_view_invalid page_has_view mail_missed_mark open_in_wallboard
    }
    with_values {
        file_page(number, total) first_calls_only(count) report_not_shown(name)
        report_without_data(name, about) more_rows_on_page(count) report_not_computed(why)
        report_mail_footer(name)
    }
}
