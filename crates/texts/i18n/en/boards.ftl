# Boards: what a screen on the wall shows. $time, $value, $percent and $range are already written.

## Figures

# After a value that is estimated.
estimated = est.
# After the "–" of a longest wait, while somebody waits.
wait_unknown = unknown
# Read aloud in place of "–".
no_data_label = no data
# The end of a time that goes on: "10:42–now".
now_word = now
# At the end of a list of times: "10:30–10:40 and more".
more_word = more
service_level = Service level
level_within = Within { $time }
level_within_inline = within { $time }
level_answers_in = Answered in { $time }
level_answers_in_inline = answered in { $time }
level_in = In { $time }
level_in_inline = in { $time }
level_wide = Service level ({ $time })
level_wide_of_answered = Service level ({ $time }, of answered)
target = target { $percent }
target_range = target { $low }–{ $high }
# Below a number of agents: "of 8" who are signed in.
of_number = of { $number }
# Below a service level: its target.
of_target = of { $number }
# A service level of few contacts: "4 of 5".
met_of_total = { $met } of { $total }
all_queues = All queues
# The name of a tile with a figure of everything.
whole_site = Whole site
# Units of a tile's large number: "2:11 wait", "3 free".
longest_wait_unit = wait
available_unit = free
answered_today = answered today
label_of_part = { $label }, { $part }
part_of_source = { $source } only
part_of_sources = { $first } and { $second } only
part_of_queues = { $count } of { $total } queues
as_usual = as{"\u00A0"}usual
below_usual = below{"\u00A0"}usual ({ $range })
above_usual = above{"\u00A0"}usual ({ $range })
usually = usually { $range } by { $time }
and_names = { $first } and { $second }
trend_no_data = { $metric }, last hour: no data
trend_max = { $metric }, last hour: max { $peak }
trend_max_with_gaps = { $metric }, last hour: max { $peak }; no data { $gaps }
trend_max_usual = { $metric }, last hour: max { $peak }, usually up to { $usual }
trend_max_usual_with_gaps = { $metric }, last hour: max { $peak }, usually up to { $usual }; no data { $gaps }
# After the maximum of a chart.
at_time = at { $time }

## Severities

warning_mark = ▲ Warning
critical_mark = ◆ Critical
warning_note = warning
critical_note = critical
below_target = below target
level_below_target = Service level below target

## Queues

closed = Closed
closed_sentence = Closed.
opens = opens { $time }
closes = closes { $time }
closed_opens = Closed · opens { $time }
# The same where the time must not wrap.
closed_opens_joined = Closed · opens{"\u00A0"}{ $time }
opens_headline = Opens { $time }
closed_opens_sentence = Closed. Opens { $time }.
no_data = No data
no_data_since = No data since { $time }
no_activity_since = No activity since { $time }
source_is_paused = { $source } is paused
reconnecting_to = Reconnecting to { $source }
lost_at = { $source } outage { $time }
no_updates_from = No updates from { $source }
waiting_for_new_data = Waiting for new data from { $source }
all_members_out_of_date = All its queues are out of date
excludes = excludes { $names }
excludes_queues = excludes { $count } queues
# $excludes is one of the two above, $figures are the figures without these queues.
excludes_for = { $excludes }: { $figures }
# A value that is too old to be shown: "7 waiting at 07:49".
was_at = { $figure } at { $time }
from_time = From { $time }
minutes_old = { $minutes } min old, from{"\u00A0"}{ $time }
partial_day = Partial day. See the queue’s page for details.
today_since = Today since { $time }
complete_since = Complete since { $time }
gap = No data { $times }
gap_and_more = No data { $times } and { $more } more
# After "Today since 10:42, ".
gap_inline = no data { $times }
gap_inline_and_more = no data { $times } and { $more } more
# On a queue that needs somebody: who has taken its alert.
has_it = { $person } has it
# The same after a while: "Anna L. · 3 min".
has_it_for = { $person } · { $time }
# The same where nobody signs in.
somebody_has_it = Somebody has it
queue_count = { $count ->
    [one] 1 queue
   *[other] { $count } queues
}
# Queues without a row, then how many of them are what.
more_queues = { $count ->
    [one] and 1 more queue
   *[other] and { $count } more queues
}
more_with_warning = { $count } with a warning
more_out_of_date = { $count } out of date
more_critical = { $count } critical

## The header and its bands

demo_data = Demo data
# The titles of the two boards that need no file.
automatic_queues = Queues
automatic_agents = Agents
nothing_needs_attention = Nothing needs attention
no_data_yet = No data yet
replay = Replay
# $from has its day; $to has one only in the second.
replay_of = Replay of { $from }–{ $to }
replay_of_days = Replay of { $from } – { $to }
live = Live
out_of_date = Out of date
partly_out_of_date = Partly out of date
partly_disconnected = Partly disconnected
partly_live = Partly live
not_live = Not live
not_live_since = Not live since { $time }
# After the status, for screen readers.
count_out_of_date = : { $count } of { $total } out of date
problems_detail = : { $problems }
last_known_values = Last known values in gray.
no_updates_since = This server has received no updates since { $time }
source_paused_by = { $source } paused by { $person }
source_unreadable = { $source }: many messages can’t be read
source_silent = { $source } not responding since { $time }
source_catching_up = { $source } catching up
source_connecting = Connecting to { $source }
source_unreachable = Can’t reach { $source }
source_disconnected = { $source } disconnected since { $time }
announced_until = { $from } · until { $until }
announced_by_until = { $person }, { $from } · until { $until }
# One of several announcements in turn.
announcement_turn = { $detail } · { $number } of { $count }
# Of the boards that a screen shows in turn: "2 of 4".
playlist_turn = { $number } of { $count }

## In place of rows

no_updates_here = This server receives no updates
since_see_sources = Since { $time }. See Data sources for details.
if_this_stays = If this stays: { $contact }
no_source_connected = No data source yet
no_source_hint = Open the home page for the first steps.
is_paused_by = { $source } is paused by { $person }
administrator_resumes = An administrator resumes it in Data sources.
waiting_for_first = Waiting for the first data from { $source }
connecting_since = Connecting since { $time }.
connecting_since_one_ready = Connecting since { $time }. { $source } is ready.
connecting_since_others_ready = Connecting since { $time }. { $sources } are ready.
connected_nothing = Connected. Nothing is reported yet.
no_one_signed_in = No one is signed in
no_agent_handled = No agent has handled a case today
no_queues_match = No queues match this board
check_queue_list = Check its queue list.

## Agents

state_available = Available
state_ringing = Ringing
state_talking = In conversation
state_hold = On hold
state_wrap_up = Wrap-up
state_not_ready = On break
state_busy = Busy
state_unknown = Unknown status
state_caseless = No open cases
state_signed_out = Signed out
state_unconfirmed = Unconfirmed
group_other = Other
# A part of a group: "1 ringing". Without a number, the whole group is of one kind.
counted_ringing = { $count } ringing
counted_ringing_only = ringing
counted_hold = { $count } on hold
counted_hold_only = on hold
counted_busy = { $count } busy
counted_busy_only = busy
counted_unknown = { $count } unknown
counted_unknown_only = unknown
counted_caseless = { $count } without open cases
counted_caseless_only = without open cases
too_long = { $count } too long
# Before a time, for screen readers.
too_long_mark = Too long:
cases = { $count ->
    [one] 1 case
   *[other] { $count } cases
}
# Agents without a card, by reason.
more_agents = { $count } more
agents_without_cases = { $count } without a case today
agents_unconfirmed = { $count } unconfirmed
agents_not_reporting = { $count } not reporting status
agents_signed_out = { $count } signed out

## Regions of the page

all_boards_of = { $site }, all boards
queues_region = Queues
agents_region = Agents
queue_column = Queue
last_hour_column = Last hour
refreshes = Refreshes every 15 s
basic_mode = Basic mode: this browser can’t show live updates. The page refreshes every 15 seconds.
board_pages = Board pages
paused = Paused

## The menu of a screen

menu = Menu
screen_settings = Screen settings
previous_page = Previous page
next_page = Next page
pause = Pause
resume = Resume
previous_board = Previous board
next_board = Next board
board_theme = Board theme
dark = Dark
light = Light
margin = Screen margin
margin_less = Decrease screen margin
margin_more = Increase screen margin
full_screen = Full screen
reduce_motion = Reduce motion
oled_protection = OLED protection
help = Help
rewind = Rewind
all_boards = All boards
close = Close
back = Back
# Keys of a remote control or a keyboard.
help_key_menu = OK, Enter
help_key_pause = Space, P
help_key_close = Back, Esc
help_menu = Menu
help_pages = Pages
help_boards = Boards
help_pause = Pause or resume
help_theme = Switch theme
help_close = Close the menu
help_text = Screen margin: increase it until you see the whole frame. Reduce motion: for slow screens. OLED protection: swaps header and footer every 30 minutes and turns long-lasting red tiles into outlines.

## What the page's script says

# The locale of Intl for times.
script_locale = en-GB
script_reconnecting = Reconnecting
script_connection_lost = Connection lost at { $time }. Showing last known values.
script_no_access = This screen has no access to this board.
script_removed = This board was removed.
script_page = Page { $number } of { $count }
script_range = { $from }–{ $to } of { $total }
# After a queue's name, read aloud.
script_normal = back to normal
