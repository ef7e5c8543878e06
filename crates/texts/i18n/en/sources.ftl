# Data sources: whether they're connected, and what to do if one isn't.

new_data_source = New data source
no_source_configured = No data source is configured.
add_one = Add one
first_steps = First steps

## All in one sentence

source_is_connected = { $name } is connected.
source_is_connecting = { $name } is connecting.
source_needs_attention = { $name } is connected, but needs attention.
source_lost_since = { $name } has been disconnected since { $time }.
# The same of a source of files.
source_first_read = { $name } is being read for the first time.
files_need_attention = { $name } has files that need attention.
source_unread_since = { $name } hasn’t been readable since { $time }.
both_sources_connected = Both data sources are connected.
all_sources_connected = All { $count } data sources are connected.
# After sentences about those that aren't.
other_one_connected = The other one is connected.
others_connected = The other { $count } are connected.

## One of them

source_degraded = Degraded
source_down = Down
source_paused = Paused
source_unheard = Not known
updated_just_now = updated just now
updated_ago = updated { $age } ago
no_messages_yet = no messages yet
# After "Paused".
by_person = by { $person }
boards_show_term = Boards show
what_to_do_term = What to do
rejected_statistics = Rejected statistics
rejected_by = Rejected by { $vendor }
statistic_column = Statistic
last_error_term = Last error

## Its state: what happened, what boards show, what to do

status_connected = Connected.
boards_live = Live data.
nothing_to_do = Nothing to do.
status_first_connect = Connecting for the first time.
boards_saved_names = Saved names, and “–” until data arrives.
first_connect_to_do = If this lasts over a minute, check the address in the configuration and that this server can reach it.
status_backlog = Connected, processing queued messages.
status_reloading = Signed in, reloading all statistics.
boards_old_values = Old values, marked out of date until refreshed.
catching_up_to_do = Nothing to do. This takes a few seconds.
status_unreadable = Over 10% of messages in the last minute couldn’t be read in full.
boards_readable = What could be read. Other figures keep their previous values.
unreadable_to_do = Check the rejected message types below and tell the vendor or Wallboard’s maintainers: the format may have changed.
status_no_sign = No sign of life for 8 s.
boards_last_values = The last known values, gray, with their time. Timers stop.
no_sign_to_do = Wallboard continues or reconnects by itself within seconds. If this lasts, check the network, and whether this server has too much to do.
status_unreachable = Can’t connect.
unreachable_to_do = Fix the problem above in the configuration, in your network or with the vendor, then run wallboard check. Wallboard retries every few seconds (every minute if access was denied), or at once after systemctl reload wallboard (SIGHUP).
status_disconnected = Disconnected.
boards_last_values_soon = The last known values, gray after 8 s, with their time. Timers stop.
disconnected_to_do = Short outages recover automatically: Wallboard retries every few seconds (every minute if access was denied). If this lasts, fix the problem above in the configuration, in your network or with the vendor, then run wallboard check. To retry at once, run systemctl reload wallboard (SIGHUP).
status_silent = Connected, but not responding, even to requests.
silent_to_do = Ask the vendor if the statistics service is running. Wallboard retries every few minutes, or at once after systemctl reload wallboard (SIGHUP).
# The same of a source that sends events.
status_silent_events = Connected, but not responding, even to a request for its configuration.
silent_events_to_do = Ask the vendor if events are being sent and if Wallboard’s queue is bound to the right exchange (events_exchange in the configuration).
status_rejected = { $count ->
    [one] Connected, except for one statistic that { $vendor } rejects.
   *[other] Connected, except for { $count } statistics that { $vendor } rejects.
}
boards_rejected = Live data, and “–” where the value is rejected.
rejected_to_do = See the list below, and fix the entries in the configuration. wallboard check tests each one. Wallboard also retries them automatically.
status_invalid = { $count ->
    [one] { $vendor } doesn’t fill one figure now.
   *[other] { $vendor } doesn’t fill { $count } figures now.
}
boards_invalid = Live data, and “–” where there’s no valid value.
invalid_to_do = Nothing to do here. If this lasts, ask the vendor: often a telephone switch is disconnected.
status_paused = Paused by { $person }.
paused_to_do = An administrator resumes it with Edit, or by removing the line paused_by from the configuration file.
# Of a system that sends its values to the API.
status_no_values = No values have arrived yet.
boards_no_values = “–” until values arrive.
status_values_stopped = The system no longer sends values.
values_to_do = Check that the program that sends them runs, and the answers that it gets. The guide to other systems shows how to send values by hand.
status_unheard = This server receives no updates from the leader, which holds the connection.
unheard_to_do = See “Nodes” below. The source itself may be connected.

## Details

answers_term = Answers
not_available = unavailable
address_term = Address
long_polling = long polling
polling = polling
subscriptions_term = Subscriptions
statistics_term = Statistics
statistics_while_disconnected = { $count } requested; all out of date while disconnected
# $parts are some of the following.
statistics_requested = { $count } requested: { $parts }
statistics_current = { $count } up to date
statistics_invalid = { $count } without a valid value
statistics_refused = { $count } rejected
values_updated_term = Values updated
clock_term = Clock
clock_in_sync = in sync (within 2 s)
clock_behind = { $time } behind (corrected)
clock_ahead = { $time } ahead (corrected)
update_rate_term = Update rate
update_rate_measuring = measuring
update_rate_every = every { $time } per group
message_types = Message types
type_column = Type
received_column = Received
applied_column = Applied
ignored_column = Ignored
rejected_column = Rejected
wrong_type_column = Wrong type
all_types = All
message_types_about = Applied: processed. Ignored: not needed. Rejected: couldn’t be read. Wrong type: read, but values of an unexpected type stay unknown.
# Before codes with their counts.
rejection_reasons = Reasons for rejection:
last_log_lines = Last 50 log lines
nothing_logged = Nothing logged yet
level_column = Level
log_message_column = Message, newest first
log_level_error = Error
log_level_warning = Warning
log_level_note = Note

## Deliveries of case records

records_delivered = Delivered
records_not_delivered = Not delivered
record_webhook = Webhook “{ $channel }”
record_files = Daily files
# After the place: "Webhook “crm”: 3 records wait".
records_wait = { $count ->
    [0] { $place }: nothing waits
    [one] { $place }: 1 record waits
   *[other] { $place }: { $count } records wait
}
# The same of files, which get each record once its day is over.
records_for_file = { $count ->
    [0] { $place }: nothing for the next one yet
    [one] { $place }: 1 record for the next one
   *[other] { $place }: { $count } records for the next one
}
record_accepted = last accepted { $time }: { $answer }
record_none_accepted = nothing accepted yet
record_file_written = { $file }, written { $time }
record_no_file = no file yet: a day’s file follows after midnight
transcripts_term = Transcripts
# { $place } is a host: "vault.example.com".
transcripts_passed_on = { $count ->
    [0] Transcripts are passed on to { $place }: nothing waits
    [one] Transcripts are passed on to { $place }: 1 waits
   *[other] Transcripts are passed on to { $place }: { $count } wait
}
transcripts_lost = { $count ->
    [one] 1 lost since the start
   *[other] { $count } lost since the start
}
next_attempt_term = Next attempt
