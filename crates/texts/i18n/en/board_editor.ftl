# The editor of boards, and its script.

## A new board
begin_board = Begin with one of these.
begin_choice = What it shows
begin_all = All my queues
begin_all_about = { $count ->
    [one] 1 tile, also for new queues.
   *[other] { $count } tiles, also for new queues.
}
begin_some = One group or source
begin_some_about = A tile per queue, or one for the group.
group_or_source = Group or source
begin_team = Agents of a team
begin_team_about = A card per agent. Names follow the privacy settings.
queues_of_team = Queues of the team
continue_step = Continue
# Titles of boards until somebody gives another one.
title_team = My team
title_some = My queues
title_copy = { $title } (copy)

## Around the form
open_board_named = Open { $name }
versions_link = Versions
# The way forward again after Undo.
redo = Redo
board_saved = Saved. Everyone who has the board open sees it now.
board_saved_screens = { $count ->
    [one] Saved. { $connected } of 1 paired screen shows it now.
   *[other] Saved. { $connected } of { $count } paired screens show it now.
}
board_not_yours = you may only save boards of queues and agents that you may see
board_in_file = This board is in { $file }, line { $line }. Change it there, or copy it into a new board.
copy_into_new = Copy into a new board
board_text = Text
check_board = Check
save_and_show = { $count ->
    [one] Save and show on 1 screen
   *[other] Save and show on { $count } screens
}
board_invalid = The board can’t be saved like this. The preview is of the last valid one.
# $list is a list of the form, $entered is text that somebody typed.
unknown_choice = { $list ->
    [agents] Agents
    [order] Order
    [hide] Left out
    [names] Names
    [widgets] Widgets
   *[queues] Queues
}: nothing is called “{ $entered }”; choose one of the list, or enter a pattern such as chat/*
no_address = The board has no address; enter one of lowercase letters and digits.
address_reserved = This address is a page of Wallboard; enter another one.
address_taken = There is a board with this address; enter another one.
address_not_yours = Your boards have addresses such as { $patterns }, where * stands for any letters. Enter one of these.
agents_not_yours = You may not see agents; choose another layout.

## Title and layout
title_and_layout = Title and layout
title_field = Title
address_field = Address, after /boards/
layout_field = Layout
layout_tiles = A tile per queue
layout_cards = A card per agent
layout_rows = A row per queue
theme_light = Light, for bright rooms
read_from = Read from
read_from_hint = Farther away: larger texts, fewer metrics.
across_hall = Across a hall
across_floor = A floor
across_desk = A desk
columns_field = Columns of tiles
columns_automatic = As the screen allows
updates_at_once = At once
updates_each_second = Every second at most
updates_each_five = Every 5 seconds at most
language_of_site = Same as the site

## Lists
move_up = Move up: { $name }
member_queues_of = Queues of { $group }
show_members = Show its queues
# Begins as the button is named.
show_members_of = Show the queues of { $group }
# For screen readers.
said_members = Shows the queues of { $group }.
move_down = Move down: { $name }
remove_item = Remove: { $name }
# Read aloud after a button.
said_added = Added: { $name }
said_removed = Removed: { $name }
said_moved = { $name }: { $number } of { $count }
add_item = Add
# After the metric that a tile shows in large digits.
large_metric = large
add_metric = Add a metric
choose_metric = Choose…
# $unit is count, seconds or percent.
metric_in_unit = { $metric } ({ $unit ->
    [seconds] minutes and seconds
    [percent] percent
   *[count] count
})
unit_count = A count.
unit_seconds = In minutes and seconds.
unit_percent = In percent.
board_all_queues = All queues, also new ones, until you add some.
add_queue = Add a queue, a group or a pattern
add_agent = Add an agent or a pattern
add_first = Add what comes first
add_hidden = Add what to leave out
in_list_order = In the order of this list; otherwise by name
metrics_of_queues = Metrics of each queue
totals_heading = Totals over all its queues
usual_totals = The usual ones, until you add some.
agents_all = Agents (all)
agents_chosen = Agents ({ $count })
agents_chosen_about = Of boards with a card per agent. Those who serve the board’s queues, and only these:
order_by_name = Order (by name)
order_chosen = Order ({ $count } first)
order_about = These come first, the others by name.
left_out = Left out ({ $count })
board_names = Names on this board ({ $count })
board_names_about = Empty: its usual name.
rename_queue = Rename a queue
show_as_text = Show as text
board_toml = The board’s file, in TOML

## Queues and agents to choose from. They are found by these texts.
all_of_source = All of { $source }, also new ones
kind_queues = queues
kind_agents = agents
kind_group = queue group
not_reported_now = not reported now
pattern_count = pattern: { $count } now, also new ones

## Widgets: tiles that are no queue
widgets_heading = Widgets ({ $count })
widgets_about = Tiles that are no queue: a figure, a forecast, a text, the time elsewhere, a picture, or how long until a queue opens or closes.
add_widget = Add a widget
kind_figure = Figure
kind_clock = Time in another place
kind_countdown = Opening or closing
kind_picture = Picture
widget_metric = Metric
custom_figures = Figures of other systems
# Where it's empty, a figure is of the whole site.
widget_queue = Queue or group (empty: the whole site)
widget_text = Text
widget_until = Until (empty: no end)
widget_zone = Time zone
widget_file = PNG, JPEG or WebP file, at most 2 MB
widget_alt = Text for those who can’t see the picture
# A number among all tiles, from 1.
widget_position = Place on the board (empty: after the queues)
widget_heading = Heading
widget_figure_of = { $metric }: { $name }
widget_text_until = { $text }, until { $time }
widget_time_in = Time in { $zone }
widget_countdown_of = Opens or closes in: { $name }
widget_picture_of = Picture: { $alt }
widget_forecast_of = Forecast: { $name }
# How much room a widget has on a board.
widget_size = Size
size_usual = One tile
size_wide = Two tiles wide
size_large = Two by two tiles
widget_incomplete = Widgets: a field is empty. A text needs a heading, a countdown or a forecast a queue, a picture a file and a text.
picture_too_large = Widgets: the picture is larger than 2 MB; make it smaller.
picture_unreadable = Widgets: the file is no PNG, JPEG or WebP picture that can be read; save it as one of these.
picture_pixels = Widgets: the picture has more than 16 million pixels; make it smaller.
pictures_full = Widgets: there are 40 pictures already; remove one from the boards that show it. It’s deleted a day later.

## Preview
preview_heading = Preview
screen_hd = TV, 1920 × 1080
screen_four_k = TV, 4K
screen_portrait = TV, portrait
screen_tablet = Tablet
screen_phone = Phone
# A paired screen, with the size of its page in pixels.
screen_sized = { $name }, { $width } × { $height }
screen_unsized = { $name }, size not reported yet
theme_of_screen = As on the screen
diagonal_field = Diagonal in inches
preview_title = Preview of the board
no_preview = No preview: the board isn’t valid, or shows what you may not see.
preview_facts = What the preview can’t show
preview_measures = How far it can be read
preview_fits = { $rows ->
    [one] 1 row or tile fits on 1 page of a TV.
   *[other] { $rows } rows or tiles fit on 1 page of a TV.
}
preview_takes = { $rows } rows or tiles take { $pages } pages of a TV, one after the other.
missing_everywhere = { $metric }: no data for any of these queues.
missing_for = { $metric }: no data for { $queues }.
missing_figure_of = Widget “{ $name }”: no data for { $metric }.
missing_queue_of = Widget “{ $name }”: its queue or group isn’t reported now, or is hidden.
missing_hours_of = Widget “{ $name }”: its queue has no opening hours.
missing_report_of = Widget “{ $name }”: no source reports its figure.
missing_picture = Picture “{ $alt }” no longer exists; choose its file again.
# What the script says. $height is in millimeters, $distance in meters.
digits_measured = Large digits { $height } mm high, readable to { $distance } m.
names_measured = Names { $height } mm high, readable to { $distance } m.
screen_fits = Everything fits on 1 page of this screen.
screen_takes = It takes { $pages } pages of this screen, one after the other.
preview_failed = The preview can’t be updated. What you entered stays here.
preview_signed_out = The preview can’t be updated. Load the page again, and sign in.

## Deleting
delete_board = Delete
delete_shown = Its screens will show that it was removed. Its versions stay, and you can restore it.
delete_board_named = Delete { $name }
