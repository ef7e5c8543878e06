# Alerts: what needs somebody, who has it, silences, rules and channels.

alerts_heading = Alerts
silence_alerts = Silence
notify_here = Notify me in this browser
notify_no_longer = Don’t notify me any longer
notify_refused = This browser doesn’t allow notifications from here. Allow them in its settings.
notify_sample = You’re notified here while Wallboard is open in this tab.
alert_taken = You have it now.
alert_released = Nobody has it now.
alert_snoozed = Nothing about it is repeated until then.
alert_noted = The note was added.
alert_closed = It is closed. It opens again only after all was well.
alerts_silenced = Nobody is told of these alerts until then.
silence_ended = The silence is over.
rules_saved = The rules are in force now.
alert_over = That alert is over.
note_empty = A note needs a text.
note_too_long = The note is too long: at most { $count } characters.

## An alert

# $name is a queue with its figures: "Sales 3:50 longest wait, 11 waiting".
alert_of_queue = { $name } { $figures }
alert_not_connected = { $name } isn’t connected
alert_file_missing = { $name } is missing a file
alert_of_agent = { $name }: { $status } for longer than allowed
alert_target_missed = { $name } can’t reach today’s service level target any longer
# $reason is the value below.
alert_with_reason = { $state }: { $reason }
# The most that the day's service level can still be.
best_service_level = at best { $value } today, target { $target }
# A custom figure of one queue.
figure_of_queue = { $figure } of { $queue }
alert_since = since { $time }, { $age }
# After how it is now.
alert_worst = At worst { $figures }
alert_unconfirmed = ◌ Unconfirmed
alert_out_of_date = The data is out of date since { $time }.
nobody_has_it = Nobody has it yet.
person_has_it = { $person } has it since { $time }.
# In place of a name where nobody signs in.
somebody = Somebody
not_repeated_until = Not repeated until { $time }.
silenced_until = Silenced until { $time }.
alert_rules = Rule: { $rules }
quoted_note = “{ $text }”
take_alert = I’ll take it
take_over_alert = Take it over
release_alert = Give it back
note_field = Note
add_note = Add
snooze_field = Not repeated for
minutes_counted = { $count } min
hours_counted = { $count } h
snooze = Snooze
silence_named = Silence { $name }
close_alert = Close
no_alert_open = No alert is open.
no_rule_yet = No rule, so nobody is alerted.
more_need_somebody = { $count } more need somebody. They are listed once others are over.

## Silences

silences_heading = Silences
what_column = What
silence_until = until { $until }
silence_from_until = from { $from } until { $until }
end_silence = End
end_silence_named = End the silence: { $name }
silence_everything = Everything
silence_of_rule = Rule “{ $name }”
silence_of_groups = The queues of { $person }’s groups
silence_with_queues = { $name } with its queues
hidden_queue_name = Hidden queue
# A screen by its name.
screen_named = Screen { $name }

## Rules

rules_heading = Rules
none_yet = None yet
rule_column = Rule
tells_column = Notifies
tells_nobody = nobody
new_rule = New rule
last_seven_days = Last 7 days
counted_since = Since { $time }
rule_fired = { $count ->
    [0] none
    [one] once
   *[other] { $count } times
}
noisiest_rule = { $total ->
    [one] Noisiest: { $rule }, { $count } of 1 alert
   *[other] Noisiest: { $rule }, { $count } of { $total } alerts
}
switch_on = On
switch_off = Off
rule_is_on = The rule is on.
rule_is_off = The rule is off. It opens no alert, and those that only it opened end.
rule_unchanged = The rule is as it was. Open it to change it.
# Each also with how long it must last.
rule_of_queues = { $queues } is { $level ->
    [critical] critical
   *[warning] at least a warning
}
rule_of_queues_for = { $queues } is { $level ->
    [critical] critical
   *[warning] at least a warning
} for { $time }
rule_of_metric = { $metric } of { $queues } is { $level ->
    [critical] critical
   *[warning] at least a warning
}
rule_of_metric_for = { $metric } of { $queues } is { $level ->
    [critical] critical
   *[warning] at least a warning
} for { $time }
rule_not_connected = { $names } isn’t connected
rule_not_connected_for = { $names } isn’t connected for { $time }
rule_file_late = A file of { $names } is late
rule_file_late_for = A file of { $names } is late for { $time }
rule_of_agents = { $agents } is in a status for longer than allowed
rule_of_agents_for = { $agents } is in a status for longer than allowed, { $time } more
rule_of_status = { $agents }: { $status } for longer than allowed
rule_of_status_for = { $agents }: { $status } for longer than allowed, { $time } more
rule_of_targets = { $queues } can’t reach today’s service level target any longer
rule_of_targets_for = { $queues } can’t reach today’s service level target any longer, for { $time }
# In place of names.
any_queue = Any queue
any_source = Any data source
any_export = any export
any_screen = Any screen
any_agent = Any agent
any_figure = Any figure of another system
every_agent_of = Every agent of { $source }
names_or = { $names } or { $last }
names_or_others = { $names } or others
sound_on = sound on { $screens }
no_screen_named = No screen is named { $names }.
told_again_after = { $channels }, again after { $time }

## Channels

channels_heading = Channels
no_channels = None yet, so rules notify nobody outside these pages.
channel_column = Channel
messages_column = Messages
test_column = Test
channel_email = Email
no_message_yet = No message yet
nothing_can_be_sent = Nothing can be sent: { $reason }.
failing_since = Since { $time }: { $error }
messages_wait = { $count ->
    [one] 1 message waits.
   *[other] { $count } messages wait.
}
messages_wait_until = { $count ->
    [one] 1 message waits. Next attempt { $time }.
   *[other] { $count } messages wait. Next attempt { $time }.
}
message_accepted = { $time }, { $answer } in { $millis } ms
messages_undelivered = { $count ->
    [one] 1 message wasn’t delivered.
   *[other] { $count } messages weren’t delivered.
}
send_test = Send a test
send_test_named = Send a test to { $name }
test_accepted = { $channel }: { $answer } in { $millis } ms. Check that it arrived.
new_channel = New channel

## Messages that no channel accepted

undelivered_heading = Not delivered
message_column = Message
message_tries = { $count ->
    [0] not tried
    [one] 1 try
   *[other] { $count } tries
}
send_again = Send again
send_again_named = Send again: { $headline }
drop_message = Drop
drop_message_named = Drop: { $headline }
message_resent = The message is on its way again.
message_dropped = The message was dropped.
message_superseded = A newer message about the same alert waits, so this one isn’t sent.
message_gone = That message was sent again or dropped already.

## Alerts that ended

earlier_alerts = Earlier
worst_column = Worst
owner_column = Owner
worst_not_connected = isn’t connected
worst_file_missing = is missing a file
worst_of_agent = { $status } for longer than allowed
owned_by_nobody = nobody
taken_after = after { $time }
alert_closed_by = closed by { $person }

## The form of a silence

silence_heading = Silence alerts
silence_about = Until it ends, no message is sent and no alert opens. One that is open stays open.
silence_reason = Reason
example_reason = New phones
silence_begin = From
silence_begin_now = Now
# Before a field for the time.
silence_at = At
silence_begin_field = Beginning
silence_end = Until
later_half_hour = 30 min later
later_hour = 1 h later
later_four_hours = 4 h later
silence_end_field = End
all_your_queues = All your queues
groups_with_queues = Groups, with their queues
sources_with_queues = Data sources, with their queues
enter_begin = Enter a date and time to begin.
enter_end = Enter a date and time to end.
enter_earlier_time = Enter an earlier time.
silence_no_reason = Write a reason.
silence_reason_too_long = The reason is too long: at most { $count } characters.
silence_over = That time is over. Choose a later end.
silence_too_long = A silence ends within { $days } days. Choose an earlier end.
silences_too_many = There are { $count } silences already. End one first.
silence_is_over = That silence is over.
