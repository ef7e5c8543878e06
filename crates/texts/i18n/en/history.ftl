# History: the page, its form, its notes and what needs attention.

history_of = History, { $period }
# Above a printed page.
history_printed = History: { $subject }, { $period } ({ $zone })
as_of_time = as of { $time }
as_of_zone = as of { $time } ({ $zone })

## Moments and periods

day_of_month = { $day } { $month }
days_of_month = { $first }–{ $last } { $month }
dated_year = { $days } { $year }
times_of_day = { $day }, { $times }
period_of_days = { $period }, { $days }
period_open = { $period }, opening hours only
period_in_zone = { $period }, { $zone }
utc_day = { $day } (UTC day)

## Choices

neighbor_periods = Period before and after
previous_day = Previous day: { $day }
next_day = Next day: { $day }
previous_period = Previous period: { $period }
next_period = Next period: { $period }
preset_yesterday = Yesterday
preset_seven_days = Last 7 days
preset_week = This week
preset_month = This month
preset_four_weeks = Last 4 weeks
custom_dates = Custom dates
queues_legend = Queues (none selected = all)
all_queues_chosen = All queues
no_queues_to_choose = No queues yet
days_choice = Days
rows_choice = Group by
more_choices = More
all_of_them = All
day_like = A day like 2026-11-24
interval_choice = Interval
hours_choice = Hours
compare_choice = Compare with
compare_from_choice = or with days from
count_choice = Count calls by
zone_choice = Time zone
apply_choices = Apply
view_choice = View
by_email = By email
print_page = Print
step_quarter = 15 min
step_half_hour = 30 min
step_hour = 1 hour
step_day = 1 day
step_week = 1 week
step_month = 1 month
week_column = Week
month_column = Month
month_of_year = { $month } { $year }
step_automatic = Automatic
count_by_start = Call start
count_by_event = Event time
compare_week = Previous same weekday
compare_year = 52 weeks before
compare_nothing = No comparison
days_all = All days
days_working = Monday to Friday
days_monday = Mondays
days_tuesday = Tuesdays
days_wednesday = Wednesdays
days_thursday = Thursdays
days_friday = Fridays
days_saturday = Saturdays
days_sunday = Sundays
# The same within a sentence: Monday is 1, and 0 is Monday to Friday.
days_inline = { $number ->
    [0] Monday to Friday
    [1] Mondays
    [2] Tuesdays
    [3] Wednesdays
    [4] Thursdays
    [5] Fridays
    [6] Saturdays
   *[7] Sundays
}
hours_all = All hours
hours_open = Opening hours only
rows_time = Time
rows_queue_group = Queue group
rows_agent_group = Agent group
view_intervals = Intervals
view_heatmap = Heat map
view_table = Table
view_plan = Plan
view_adherence = Adherence
view_breakdown = Breakdown

## At the foot of a printed page: what was chosen

by_queue_group = by queue group
by_agent_group = by agent group
by_reason = by reason
by_type = by type of call
intervals_of = { $step } intervals
versus_period = vs { $period }
counted_by_start = counted by call start
counted_by_event = counted by event time
only_days = only { $days }
opening_hours_only = opening hours only
only_missed_targets = only missed targets
data_through = data through: { $until }

## In place of figures

no_history_here = No history on this server
imported_elsewhere = This server doesn’t import files. { $name } does.
imported_on = This server doesn’t import files. Open this page on { $name }.
imported_nowhere = This server doesn’t import files, and no server that does is running. Start one, or set imports = true in [cluster].
history_on = History on { $name }
no_history_yet = No history yet
history_needs_export = History needs a vendor export: { $exports }. Add one to the configuration (kind = { $kinds }), then run wallboard check.
one_or_other = { $first }, or { $second }
export_of_kind = { $kind ->
    [vergic-export] Vergic’s Statistics Export by SFTP
    [sangoma-export] Sangoma’s nightly export by S3, Azure or a folder
   *[other] { $kind }
}
first_file_awaited = Waiting for the first file. See Data sources for the schedule and any problems.
closed_in_period = Closed in this period
closed_in_period_help = The queues shown weren’t open. Choose a longer period, or all hours.
no_matching_days = No matching days in this period
no_matching_days_help = Choose a longer period, or all days of the week.
hours_not_split = Can’t limit this period to opening hours
hours_not_split_help = The files for this period have whole hours or days that are only partly open.
only_coarser = Only available at a coarser interval
only_whole_days = The files for this period only have whole days.
only_whole_hours = The files for this period only have whole hours or days.
show_days = Show days
show_hours = Show hours
no_data_of_today = No data for today yet
exports_overnight = Exports usually arrive overnight.
no_data_of_period = No data for this period
no_data_of_period_help = It hasn’t been imported yet, or is older than your first import.
show_all_hours = Show all hours

## Choices that have no figures

agent_by_time = This agent by time
queues_by_time = These queues by time
all_queues_and_agents = All queues and agents
choice_impossible = This choice has no figures
queue_groups_of_all = Queue groups are only available for all queues: a group’s figures are of all its queues and agents.
adherence_of_agents = Adherence is of agents: remove the queues, and show rows by time, agent or agent group.
agent_groups_of_all = Agent groups are only available for all agents and queues: exports don’t split agents’ time by queue.
queues_or_agent = Choose queues or an agent, not both.
agents_always_open = Agents’ figures aren’t available for opening hours only: exports don’t split agent time by queue.
handled_without_calls = What an agent handled in a queue isn’t known: { $source } doesn’t include individual calls. Group by time.
handled_calls_deleted = What an agent handled in a queue isn’t known: individual calls of { $source } before { $day } have been deleted. Group by time.
handled_days_max = What an agent handled in a queue is only known for up to { $count } days at once. Choose a shorter period.
intervals_max = There would be more than { $count } intervals. Choose a shorter period or a longer interval.

## Notes

hours_left_out = Opening hours only.
always_open = These queues have no opening hours, so all hours count.
partly_open_unknown = Where files have whole hours or days that are only partly open, figures are unknown.
sign_outs_left_out = Sign-out reasons aren’t shown: agents have no opening hours.
live_rows_note = Rows marked “live” come from the boards. They’re replaced when the export arrives, never added to it.
utc_note = Some figures use the export’s UTC hours or days.
shortest_interval = For this period the shortest interval is { $step }.
foreign_zone = Times are in { $zone }, not in the site’s time zone.
use_site_zone = Use site time zone
comparison_not_earlier = Not compared: { $day } isn’t before the period.
rows_not_compared = Rows aren’t compared before the period is over. The figures above them are.
only_missed_rows = Only rows that missed their target are listed, and only they are in the total.
heat_of_queues = Heat maps have calls of queues: exports don’t have them by agent.
handled_rows_note = The rows count what agents handled in each queue, call by call. Exports don’t split agents’ other time by queue.
agent_in_groups = An agent of several groups counts in each, so there’s no total.
queue_in_groups = A queue of several groups counts in each, so there’s no total.
agents_hidden = { $count ->
    [one] 1 agent is hidden: not listed, and not in the rows’ total. Figures above the rows include all.
   *[other] { $count } agents are hidden: not listed, and not in the rows’ total. Figures above the rows include all.
}
queues_hidden = { $count ->
    [one] 1 queue is hidden: not listed, and not in the rows’ total. Figures above the rows include all.
   *[other] { $count } queues are hidden: not listed, and not in the rows’ total. Figures above the rows include all.
}
agents_withheld = Figures about agents aren’t shown to you: files don’t show how many agents served a queue, and a small team’s are withheld.
no_plan_of_period = No plan has this time or these queues.
plan_of_queues = Plans are by time and queue. For a plan, choose rows by time or queue, and no agent.
# $names are queues.
queues_unplanned = Not compared: no plan has { $names }, but contacts came.
# $names are names in the files.
plan_unmatched = Not matched: { $names }. Add the names in the plan to queues of its data source.
no_schedule_of_period = No schedule has this time or these agents.
# $names are names or IDs in the files.
schedule_unmatched = Not matched with an agent ({ $names }): give an agent or a person this name under names or people.
# $names are activities in the files.
activities_unclassed = Left out, because their class isn’t known: { $names }. Add them to activities of the data source.
adherence_partly_unknown = For some scheduled time it isn’t known what agents did: adherence and conformance are of the rest.
required_computed = Required agents that the plan lacks are computed with Erlang C, by each queue’s target.
rows_closed = { $count ->
    [one] 1 row isn’t listed: closed for the whole period.
   *[other] { $count } rows aren’t listed: closed for the whole period.
}
live_incomplete = Live figures aren’t complete for these queues together: boards have no data for { $names }.
# $figures are one or more of the next message.
board_differs = Board vs export: { $figures }.
board_differs_partly = Board vs export, for part of the day: { $figures }.
board_and_export = { $label }: board { $board }, export { $export }
no_calls_at = No calls { $times }.
more_gaps = { $count ->
    [one] and 1 more gap
   *[other] and { $count } more gaps
}

## What one source lacks

source_gap = { $source }: { $gap }
export_source = Export
gap_of_period = no data for this period
gap_of_today = no data for today yet
gap_of_period_yet = no data for this period yet
gap_from = no data from { $time } on
gap_partly = not all of this period was imported
gap_before = no data for { $period }
gap_before_partly = not all of { $period } was imported

## What needs attention

missed_heading = ▼ Missed
quarter_hours = { $count ->
    [one] quarter hour
   *[other] quarter hours
}
half_hours = { $count ->
    [one] half-hour
   *[other] half-hours
}
whole_hours = { $count ->
    [one] hour
   *[other] hours
}
whole_days = { $count ->
    [one] day
   *[other] days
}
whole_weeks = { $count ->
    [one] week
   *[other] weeks
}
whole_months = { $count ->
    [one] month
   *[other] months
}
judged_queues = { $count ->
    [one] queue
   *[other] queues
}
judged_queue_groups = { $count ->
    [one] queue group
   *[other] queue groups
}
judged_agents = { $count ->
    [one] agent
   *[other] agents
}
target_of = the target of { $percent }
threshold_of = the threshold of { $percent }
own_targets = { $count ->
    [one] its own target
   *[other] their own target
}
# The target, and rows that aren't judged by it: the end of each sentence below.
target_and_rest = { $target }, { $rest }
not_judged = { $count } not judged ({ $reasons })
counted_reason = { $count } { $reason }
reason_in_progress = in progress
reason_partly_imported = partly imported
reason_few_calls = fewer than { $count } calls
only_one_met = The only { $unit } with calls met { $target }.
all_met = All { $count } { $unit } with calls met { $target }.
some_missed = { $missed } of { $count } { $unit } with calls missed { $target }:
listed_missed = { $count } { $unit } missed { $target }:
and_more = and { $count } more
show_only_missed = Show only missed
show_only_missed_count = Show only missed ({ $count })
own_target_each = Each queue has its own target.
show_who_missed = Show which queues missed theirs
compared_figures = vs { $period }: { $figures }.
compared_offered = offered { $now } ({ $before })
compared_abandoned = abandoned { $now } ({ $before })
compared_level = { $label } { $now } ({ $before })
compared_answer_speed = average speed of answer { $now } ({ $before })
compared_handled = handled { $now } ({ $before })
compared_handle_time = average handle time { $now } ({ $before })
compared_occupancy = occupancy { $now } ({ $before })
not_compared_with = Not compared with { $period }.
nothing_in_both = No completed interval has data in both periods.
only_in_both = Only completed intervals with data in both periods are compared.
calls_abandoned = { $count ->
    [0] No abandoned calls.
    [one] 1 call was abandoned.
   *[other] { $count } calls were abandoned.
}

## The pages of figures of other systems

no_custom_figure = No figure of another system is declared in the configuration.
no_figure_stored = No value is stored of this time.
past_values = Values
lowest_to_highest = lowest to highest
lowest_column = Lowest
mean_column = Mean
highest_column = Highest
# In a column “No data”.
nothing_known = all of it
earlier_changes_in_file = Earlier changes are in the file only.
figure_by_queue = per queue
last_days_counted = Last { $count } days
figure_value_at = { $value } at { $time }.
figure_extremes = Lowest: { $low }. Highest: { $high }.

## Saved views

saved_views = Saved views
# In the heading of a list that opens.
saved_views_count = Saved views ({ $count })
manage_views = Rename, share or delete views
save_view = Save this view
view_name = Name
example_view = Mondays by queue
view_shared = Share with everyone who can see History
view_found_by = Listed for
view_found_by_all = Everyone
view_found_by_me = Only you
view_change = Change
view_saved = The view is saved.
view_deleted = The view is deleted.
no_saved_views = No saved views yet. Open History, choose what you need, and save it under “Saved views”.
view_name_length = A name needs 1 to { $count } characters.
view_name_taken = Another view has that name. Choose another.
view_too_long = This page has too many choices to be saved. Choose fewer queues.
view_changed_meanwhile = Not saved: the view was changed or deleted meanwhile. Try again.
views_too_many = You have { $count } views already. Delete one first.
