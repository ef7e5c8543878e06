//! Messages of reports by email: their list, their form, and what was sent.

use crate::message_room::messages;

messages! {
    Reports
    plain {
        reports_heading reports_saved reports_list no_reports_yet no_channel_for_reports
        report_column report_to next_column report_page_link send_report new_report sent_heading
        answer_column every_day report_versions not_saved report_without_channel example_report
        report_page report_on report_at report_at_label report_with report_no_file delete
        delete_report zone_of_site report_recipients report_recipients_about
    }
    with_values {
        reports_about(history) send_report_named(name) report_due(time) report_times(days, time)
        report_times_with(days, time, file) report_accepted(name, answer)
        report_refused(name, error) report_page_about(history)
    }
}
