# The first administrator, the first page, and the steps of the set-up.

## The first administrator

first_administrator = First administrator
first_administrator_about = You can add everybody else later.
setup_code = Code from the server’s log
your_name = Your name
create_administrator = Create administrator
setup_code_wrong = Wrong code. Find it in the server’s log. If it doesn’t work, restart the server to get a new one.

## Before any data source

connect_source = Connect a data source
# $boards is a link, $demo a command.
nothing_connected = Wallboard is running, but no data source is configured, so { $boards } are empty. To see it with numbers first, run { $demo }: it simulates a contact center and needs no configuration.
# The link in it.
boards_link = boards
add_source_to_file = Add the source to the configuration
# $command, $file and $example are code.
add_source_to_file_about = Put the lines for your system at the end of the configuration file that { $command } was started with, or in a new file { $file } in its folder. Lines with { $example } read a secret from an environment variable.
# What a source brings, and the vendor's system.
starter_chat = Chat: { $system }
starter_voice = Voice: { $system }
starter_chat_history = History of chats: { $system }
starter_call_history = History of calls: { $system }
starter_values = Any other system: JSON, CSV or the { $system }
starter_plan = Forecasts and schedules: { $system }
starter_demo = Demo data
check_it = Check it
check_it_about = Connects to the source and lists what to fix:
load_it = Load it
# $reload and $serve are commands.
load_it_about = Run { $reload }, or start { $serve } again. Your boards then appear here.

## The steps

set_up_heading = Set up Wallboard
steps_done = { $done } of { $total } done
# After a step, for screen readers.
step_done_mark = : done
hide_steps = Hide these steps
boards_and_queues = Boards and queues
change_step = Change
step_administrator = Administrator
step_site = Name and time zone
set_name_and_zone = Set name and time zone
step_access = Who may look
step_access_alone = So far, only you and paired TVs.
step_access_login = People who sign in, and paired TVs.
step_access_open = Everyone who can open the address sees everything.
show_without_sign_in = Show without sign-in
require_sign_in = Require sign-in
access_to_open = Write mode = "open" in [access] of the configuration file and restart. Nobody can change settings as an administrator then.
access_to_login = Write mode = "login" in [access] of the configuration file and restart.
add_people = Add people
look_with_demo_data = Look around with demo data
demo_data_runs = These are demo data: a simulated contact center. The first live data source that you connect takes their place.
remove_demo_data = Remove demo data
replaces_demo_data = Saving removes the demo data.
fix_source = Fix { $name }
step_queues = Names, groups, opening hours, thresholds
queues_report = { $count ->
    [one] 1 queue reports.
   *[other] { $count } queues report.
}
queues_undecided = { $total } report; nobody named or placed { $found } of them.
look_at_queues = Look at the queues
step_board = First board
step_board_file = Put a file such as boards/sales.toml into the folder boards next to the configuration, and reload it.
make_board = Make a board
step_screen = First TV
pair_tv = Pair a TV
screens_counted = { $count ->
    [one] 1 screen
   *[other] { $count } screens
}
