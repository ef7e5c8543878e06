# Screens: their pairing, their list, and what one shows in place of a board.

## On a screen that waits to be paired

pair_this_screen = Pair this screen
# Before an address on a line of its own.
scan_or_open = Scan the code with your phone, or open
tv_only_here = This address works on this computer only. Open this page at the address that a phone can reach.
explain_on_phone = Open this queue on your phone
explain_on_phone_help = Scan the code and sign in. Each figure explains itself there: its formula, its source and its age.
board_returns = The board is back in a minute.
back_to_board = Back to the board
code_expires = Check that your phone shows this code. It expires at { $time }.
# Before names of boards.
without_pairing = Without pairing:

## On a screen without a board

no_board = No board
no_cookies = This player keeps no cookies
no_cookies_help = A board needs one. Allow cookies in the player’s settings, and open the address as a page of its own, not in a frame.
choose_screen_board = Choose a board for this screen
choose_screen_board_help = A board stays up to date by itself. Make its address the start page of this screen’s browser.
too_many_wait = Too many screens wait to be paired. This one tries again by itself.
no_pairing_now = Screens can’t be paired right now. This one tries again by itself.
screen_board_has_agents = The board of this screen shows agents, which screens don’t show here. A supervisor can choose another one on the page Screens.
screen_board_removed = The board of this screen was removed. A supervisor can choose another one on the page Screens.
screen_boards_removed = The boards of this screen were removed. A supervisor can choose others on the page Screens.
frames_need_script = To show several boards, this browser needs JavaScript.
allow_sound = Tap to allow sound
address_wrong = This address doesn’t work
address_wrong_help = It’s incomplete, or its screen was removed. A supervisor can make a new one on the page Screens.
too_many_addresses = Too many wrong addresses
too_many_addresses_help = Open the address again in a few minutes.

## Pairing

pair_screen = Pair a screen
# A question: do both codes match?
compare_code = Does the screen show { $code }?
device_waits = { $device } at { $address }, { $age } ago. If the screen shows another code, don’t pair it.
screen_name = Name
screen_place = Place
screen_place_optional = Location (optional)
# Examples of names and places.
example_kitchen = Kitchen
example_second_floor = 2nd floor
example_lobby = Lobby
example_ground_floor = Ground floor
screen_board = Board
display_settings = Display settings
codes_match = Codes match: pair screen
everyone_sees_it = Everyone who passes the screen sees its board.
type_code = Type the code that the screen shows
pairing_code = Code
next_step = Next
open_tv_address = On the screen, open the address of this site with /tv at its end.

## How a screen differs from its board

screen_theme = Theme
same_as_board = Same as board
viewing_distance = Viewing distance
density_hall = Hall: larger, fewer figures
density_floor = A floor
density_desk = A desk: smaller
screen_updates = Updates
every_second = Every second
every_five_seconds = Every 5 seconds
screen_language = Language
names_of_agents = Agents’ names
names_as_elsewhere = As on other pages
names_hidden = No names
playlists_heading = Playlists
board_with_names = { $board } (shows agent names)
at_night = At night
night_as_day = As by day
night_dim = Dim
night_black = Black
night_hours = Night hours
# Before hours, as "12:00–13:00".
quiet_hours = No sound of alerts
night_hours_like = Times such as { $times }
boards_counted = { $count ->
    [one] 1 board
   *[other] { $count } boards
}

## Why a screen isn't paired or changed

wrong_code = No screen shows that code; it may have expired, so look at the screen again.
too_many_codes = Too many wrong codes; try again in 15 minutes.
too_many_waiting = Too many screens wait to be paired; try again in a few minutes.
screen_name_invalid = A screen’s name has 1 to { $count } characters, and its place at most as many.
screen_gone = That screen no longer exists.
screen_not_connected = The screen isn’t connected; check its power and its network.

## The list

screens_heading = Screens
screen_paired = The screen is paired. It shows its board within seconds.
screen_changed = Screen updated. The change shows within seconds.
screen_removed = Screen removed.
screen_identified = The screen shows its name for 10 seconds.
screen_reloading = Reloading the screen.
screen_sounding = The screen plays its sound within a few seconds.
new_link = The new link
copy_link_now = Copy it now: it isn’t shown again. Anyone who opens it sees the screen’s board.
add_tv = Add a TV
add_tv_open = 1. On the TV, open
add_tv_https = Pairing needs HTTPS. Without it, open a board’s address on the TV.
add_tv_browsers = Any browser from 2018 on: a smart TV, a stick, a small computer.
add_tv_code = 2. Type the code that it shows
add_tv_scan = Or scan the TV’s QR code with your phone.
add_tv_choose = 3. Choose what it shows
paired_screens = Paired screens
screen_column = Screen
state_column = State
actions_column = Actions
identify = Identify
identify_named = Identify { $name }
not_connected = Not connected
screen_details = Details
screen_details_named = Details of { $name }
screen_browser = Browser
page_version = Page version
update_delay = Delay
paired_term = Paired
paired_from = { $device }, { $time }
paired_from_by = { $device }, { $time } by { $person }
secret_address = Secret address
reload = Reload
reload_named = Reload { $name }
play_sound = Play sound
play_sound_named = Play the sound of { $name }
save_named = Save { $name }
remove_screen = Remove
remove_screen_named = Remove { $name }
remove_screen_help = It stops showing its board and must be paired again.
screens_help = Identify shows a screen’s name on it for 10 seconds. Delay is the time from sending an update until the screen has drawn it.
# The board whose turn it is in a playlist.
board_in_turn = { $playlist }: { $board }, { $number } of { $count }
playlists_help = Boards that a screen shows in turn.
new_playlist = New playlist
player_link = Signage player without a keyboard: create a link
player_link_help = Create a secret link and enter it in the player’s settings. Anyone with the link can see the board. To revoke it, remove the screen.
create_link = Create link

## States

playlist_has_none = Its playlist has no board that it can show. Change it, or choose another one.
board_was_removed = Its board was removed. Choose another one.
board_has_agents = Its board shows agents, which screens don’t show here. Choose another one.
sound_blocked = Sound is blocked
sound_blocked_help = Alerts sound here. Tap “Tap to allow sound” on the screen, or allow autoplay in its browser.
screen_live = Live
players_share_address = { $count } players have its address or cookie
screen_connecting = Connecting
screen_hidden = Hidden
screen_hidden_help = Connected, but its page isn’t visible. Check the TV’s input and what covers the browser.
screen_basic = Basic mode
screen_basic_help = Its page only reloads every 15 s. Its browser is too old for live updates, or a proxy blocks WebSocket.
screen_unopened = Not opened yet
screen_asleep = Asleep or off
screen_asleep_help = Not connected. Last contact { $age } ago.
version_current = current
version_renewing = older, reloads soon
version_old = older, reload it
only_screen_needs = The screen needs attention.
only_screen_live = The screen is live.
only_screen_waits = The screen isn’t live yet.
both_screens_live = Both screens are live.
all_screens_live = All { $count } screens are live.
some_screens_live = { $count ->
    [one] 1 of { $total } screens is live. No other needs attention.
   *[other] { $count } of { $total } screens are live. No other needs attention.
}
one_screen_needs = 1 of { $total } screens needs attention.
some_screens_need = { $count } of { $total } screens need attention.
