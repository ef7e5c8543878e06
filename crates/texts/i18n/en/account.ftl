# One's own account.

your_account = Your account
role_viewer = viewer
role_supervisor = supervisor
role_admin = admin
password_changed = Your password was changed, and your other sessions have ended.
session_ended = The session has ended.
language_changed = Your language was changed.

where_signed_in = Where you’re signed in
session_browser = Browser
session_begun = Signed in
session_used = Last used
action_column = Action
this_browser = this browser
# The button's full name, for screen readers.
sign_out_session = Sign out { $browser }, signed in { $time }
managed_by_provider = Your identity provider manages your password and role.
browser_on = { $browser } on { $system }
unknown_browser = Unknown browser

language_heading = Language
language_label = Language of pages
language_of_browser = Same as browser
save = Save
language_scope = Boards have the site’s language, or their own.

change_your_password = Change your password
current_password = Current password
new_password = New password, at least 12 characters
change_password = Change password
signs_out_elsewhere = This signs you out everywhere else.
wrong_current_password = That isn’t your current password.
password_too_short = The password must have at least 12 characters.
password_too_long = The password must have at most 512 bytes.

## What is stored about a person

stored_about_you = Data stored about you
stored_what = What
stored_rows = Rows
stored_from = From
stored_to = To
stored_kept_for = Kept for
data_names = Names, email address, IDs
data_groups = Queues and groups
data_day_figures = Figures by day
data_interval_figures = Figures by interval
data_activity = Sign-ins, breaks, wrap-ups
data_calls = Calls, taken or missed
data_schedules = Schedules
data_case_records = Case records
data_caller_names = Name as a caller
data_export_rows = Rows of statistics files
data_rejected_rows = Texts of rejected rows
data_input_log = Events and statuses in the input log
data_account = Account and sessions
data_paired_screens = Paired screens
data_audit_trail = Audit trail
kept_with_database = as long as the database
kept_for_days = { $days ->
    [one] 1 day
   *[other] { $days } days
}
date = { $day } { $month } { $year }
