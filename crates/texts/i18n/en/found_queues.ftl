# The page of queues that nobody named or placed.
found_heading = Found queues
found_about = They report, and nobody named or placed them.
# The step before this one, while Wallboard is set up.
set_up_step = Set-up
found_nothing = Nothing new: each queue that reports has a name, a group, a board or settings of its own.
names_column = Names
names_and_groups = Names and groups
reported_as = Reported as
on_boards_column = On boards
group_column = Group
choose_column = Choose
source_since = { $source }, first reported { $time }
# $waiting and $today are already written.
found_now = { $waiting } waiting, { $today } today
found_waiting = { $waiting } waiting
found_today = { $today } today
found_no_figures = No figures yet
name_of = Name of { $name }
group_of = Group of { $name }
apply_both = Hours, thresholds
# The same in full, for screen readers.
apply_both_to = Hours, thresholds for { $name }
hide_queue = Hide
hide_queue_named = Hide { $name }
group_about = A group is shown as one queue; type a new name to make one.
more_follow = { $count ->
    [one] 1 more follows once these are saved.
   *[other] { $count } more follow once these are saved.
}
name_is_kept = The name as reported is kept if you don’t change it.
hours_of_chosen = For the chosen queues
open_legend = Open
chosen_week_hint = Such as Mon–Fri 8–12, 13–17; otherwise closed. Empty: always open.
chosen_limits_hint = Such as 1:30 or 45 s. Empty: the usual ones.
agents_without_name = Agents without a name
save_and_continue = Save and continue
step_later = Later
