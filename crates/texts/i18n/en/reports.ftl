# Reports by email.

reports_heading = Reports by email
# $history is a link.
reports_about = Pages of { $history }, and the shift report, that are sent at times of the week.
reports_saved = The reports are in force now.
reports_list = Reports
no_reports_yet = None yet
no_channel_for_reports = None yet. There is no channel of email to send them to.
report_column = Report
report_to = To
next_column = Next
# A link beside the name of a report.
report_page_link = page
send_report = Send now
send_report_named = Send now: { $name }
new_report = New report
sent_heading = Sent
answer_column = Answer
report_due = due { $time }
# $days are written already, as "Mon to Fri".
report_times = { $days } at { $time }
report_times_with = { $days } at { $time }, with { $file }
every_day = Every day
report_accepted = { $name }: { $answer }. Check that it arrived.
report_refused = { $name } wasn’t sent: { $error }

## The form

report_versions = Versions
not_saved = Not saved.
report_without_channel = Nobody can get it: there is no channel of email yet.
example_report = Last week
report_page = Page
# $history is a link.
report_page_about = The address of a page of { $history }, or “/shift?from=08:00&to=16:00”. A period such as “7d” is that before the day it’s sent.
report_recipients = Recipients
report_recipients_about = Addresses with commas between, in domains of the channel. Empty: the channel’s own recipients.
# Before days of the week.
report_on = On
# Before a time.
report_at = At
report_at_label = At, as hours and minutes
# In a list of time zones.
zone_of_site = The site’s
# Before kinds of files.
report_with = With
report_no_file = no file
delete = Delete
delete_report = Delete this report
