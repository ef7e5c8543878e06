# The page of all boards, and how to show one on a TV.
boards_heading = Boards
board_deleted = The board was deleted. To restore it, open Settings, then Boards.

## What needs somebody now
needs_attention_now = Needs attention now
need_longest = { $queue } has { $count } waiting, the longest for { $time }.
need_waiting = { $queue } has { $count } waiting.
need_no_one = { $queue } has no one waiting.
need_someone = { $queue } has had someone waiting for { $time }.
need_other = { $queue } needs attention.
nobody_available = Nobody is available.
one_available = One agent is available.
one_of_available = One of { $total } agents is available.
some_of_available = { $count } of { $total } agents are available.
some_available = { $count } agents are available.
# Before the groups that need attention because of the queue.
also_in = also in
# Before further queues that need attention.
also_queues = Also
all_clear_mark = ● All clear
out_of_date_mark = ◌ Out of date
no_data_mark = ▲ No data
only_queue_old = The only queue is out of date
one_queue_old = 1 of { $total } queues is out of date
all_queues_old = All { $count } queues are out of date
some_queues_old = { $count } of { $total } queues are out of date
may_need_attention = They may need attention.
may_need_attention_too = They may need attention too.
others_are_calm = Nothing needs attention in the others.
no_current_queue = No queue has up-to-date data
only_queue_within = The only queue is within its thresholds.
all_queues_within = All { $count } queues are within their thresholds.
some_queues_within = { $count ->
    [one] 1 of { $total } queues is within its thresholds.
   *[other] { $count } of { $total } queues are within their thresholds.
}
one_of_queues_closed = { $count ->
    [one] 1 of { $total } queues is within its thresholds; 1 is closed.
   *[other] { $count } of { $total } queues are within their thresholds; 1 is closed.
}
some_of_queues_closed = { $count ->
    [one] 1 of { $total } queues is within its thresholds; { $closed } are closed.
   *[other] { $count } of { $total } queues are within their thresholds; { $closed } are closed.
}
only_queue_closed = The only queue is closed.
all_queues_closed = All { $count } queues are closed.
right_now = Right now
queues_counted = Queues ({ $count })

## In place of figures
receives_no_updates = This server receives no updates.
only_history = No live data source is configured: only imported history is shown.
queues_appear = Connected. Queues appear with the first activity.
no_source_reached = Can’t reach any data source.
connecting_center = Connecting to the contact center…

## Boards and how to show them
new_board = New board
no_queues_yet = no queues yet
no_agents_yet = no agents yet
agents_counted = { $count ->
    [one] 1 agent
   *[other] { $count } agents
}
agents_at_least = { $count } agents
more_counted = { $count } more
# Before the screens that show a board.
shown_on = Shown on
no_board_seen = No board that you may see.
open_board = Open
open_named = Open { $name }
show_on_tv = Show on a TV
show_named_on_tv = Show on a TV: { $name }
edit_board = Edit
edit_named = Edit { $name }
tv_heading = Show { $name } on a TV
tv_pair = In the TV’s browser, open { $address }, and scan the code that it shows. The board stays up to date by itself.
tv_signed_in = For a browser where somebody signs in, the board’s address is:
tv_open = Open this address in the TV’s browser, in full screen. The board stays up to date by itself.
address_of = Address of { $name }
address_code = QR code of the address
scan_code = Scan the code to open the board on a phone or tablet.
only_this_computer = This address only works on this computer.
open_reachable_address = Open the page at the address that other screens use. If there is none, set { $listen } under { $section } in the configuration, and { $url } to that address.
sign_in_needs_tls = With sign-in, also set { $tls } there, or put a proxy with HTTPS in front.
new_queues_unplaced = { $count ->
    [one] 1 new queue since { $time } is on no board of yours.
   *[other] { $count } new queues since { $time } are on no board of yours.
}
queues_unplaced = { $count ->
    [one] 1 queue is on no board of yours.
   *[other] { $count } queues are on no board of yours.
}
name_or_place = Name or place them

## In the demo
next_steps = Next steps
demo_about = This is a simulated contact center, busy at the hour at which it was started. Within two minutes the chat queue “Billing” turns critical, and recovers about ten minutes later. After ten minutes the phone side disconnects for two.
demo_connect = To connect your own, run this in an empty folder, and follow the steps in the browser:
