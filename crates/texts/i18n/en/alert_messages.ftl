# What channels receive about alerts, in the site's language.
# A headline is one sentence that can be understood alone.

queue_is_critical = { $name } is critical
queue_has_warning = { $name } has a warning
queue_became_critical = { $name } is critical now
# $state is one of these sentences.
alert_untaken = Nobody has taken it yet: { $state }
alert_is_over = Over: { $name }
# Somebody closed it, although it may not be over.
alert_is_closed = Closed: { $name }
# The target of a day that nobody can reach any longer.
alert_has_lapsed = The day is over: { $name }
alert_outside_hours = Outside opening hours: { $name }
# Labels of lines.
since_line = Since
duration_line = Duration
closed_by_line = Closed by
# The text of a button.
open_alert = Open the alert
open_alerts = Open alerts

## Several in one

digest_headline = { $count ->
    [one] 1 more alert message
   *[other] { $count } more alert messages
}
digest_over = Over
digest_info = Info
digest_warning = Warning
digest_critical = Critical

## A test

channel_test_headline = Test from Wallboard: this channel works
sent_at_line = Sent at
open_wallboard = Open Wallboard
