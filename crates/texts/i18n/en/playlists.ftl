# The page that edits a playlist.
# $screen is a screen's name.
playlist_on = on { $screen }
show_playlist = Show it
playlist_saved = Saved. Screens follow within seconds.
turns_heading = In turn
# An example of a name.
example_floor = Floor
seconds_field = Seconds
hours_field = Hours
# In a field without times.
hours_always = always
only_critical = Only while critical
add_board = Add a board
playlist_hours_hint = Hours are days and times, such as Mon–Fri 8–17; Sat 10–14, in the time zone { $zone }. When no board has a turn, the first one stays.
# Before the name of a time zone, in the field of hours.
zone_word = zone
jump_heading = When a queue turns critical
jump_field = Its board
jump_waits = waits for its turn
jump_for = comes at once, for { $time }
jump_about = Once each time, if its board is in the list. Then the turns continue.
playlist_week = The week
update_week = Update the week
delete_playlist = Delete this playlist
# Where a board is in the list, read aloud.
item_place = { $title }, { $number } of { $count }
item_removed = removed: it has no turn
item_has_agents = agents, which screens don’t show here
# A board and how long it stays: "Support 20 s".
turn_of = { $title } { $seconds } s
turn_while_critical = { $title } { $seconds } s, while critical
