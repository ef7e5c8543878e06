# Around every page. The names of pages are those that its navigation has.

skip_to_content = Skip to content
main_navigation = Main
nav_boards = Boards
nav_alerts = Alerts
# After the number of alerts, for screen readers.
alerts_open_mark = open
nav_cases = Cases
nav_history = History
nav_more = More
nav_shift = Shift report
nav_announce = Announce
nav_sources = Data sources
nav_screens = Screens
nav_settings = Settings
nav_users = Users
sign_out = Sign out
pause_updates = Pause updates
resume_updates = Resume updates
copy = Copy
copied = Copied
# What folds an explanation.
fold_help = Help

## What the page's script says

page_gone = This item no longer exists. Reload the page.
paused_at = Updates paused at { $time }. Values are from that time.
paused_no_data = Updates paused. No data since { $time }.
lost_no_data = Connection lost. No data since { $time }.
no_update_since = No update since { $time }. Showing last known values.
# After sentences about other queues, read aloud.
more_queues_changed = And { $count } more queues changed.
# At the foot of a printed page.
printed_at = printed { $day } { $time }
printed_at_zone = printed { $day } { $time } ({ $zone })
printed_page = page { $number } of { $count }

## While the page has no connection

# After a last known value.
last_mark = (last)
unknown_since_update = Not known since the last update.
