# The page of one queue.
where_you_are = Where you are
table_of = { $name }, table
edit_queue = Edit
edit_queue_named = Edit { $name }
open_until = Open until { $time }
all_metrics = All metrics

## Charts
waiting_hours = Waiting, last 4 hours
chart_empty = No data yet. The chart fills while the source is connected.
chart_since = Since { $time }, in 5-minute steps.
chart_no_one = No one waited.
chart_peak = Peak: { $count } waiting at { $time }.
chart_longest = Longest wait: { $wait } at { $time }.
chart_missing = No data { $times }.
waiting_scale = { $count } waiting
peak_waiting = Peak waiting
chart_limit = Longest-wait threshold ({ $time })
chart_gap = No data { $times }
show_as_table = Show as table
from_column = From
row_so_far = { $time } so far
usual_weekday = Usual on this weekday
no_data_today = No data for today yet.
counted_only_since = Counted only since { $time }, so today can’t be compared with other days.
curve_none = { $label } today: no data.
curve_value = { $label } today: { $value } by { $time }.
curve_compared = { $label } today: { $value } by { $time }; usually { $low }–{ $high } by { $until }.

## Who waits
waiting_now = Waiting now
wait_column = Wait
since_column = Since
topic_column = Topic
case_column = Case
no_one_waits = No one is waiting
no_cases_known = No waiting cases are known for this queue.
cases_unconfirmed = { $count } unconfirmed
unconfirmed_cases = Unconfirmed
cases_stay_listed = The source doesn’t report when visitors leave. A case stays listed until it’s confirmed gone.
source_counts_fewer = The source reports { $count } waiting. It doesn’t report when visitors leave, so a case stays listed until it’s confirmed gone.
source_counts_more = The source reports { $count } waiting, more than are listed here.
cases_listed_later = Cases that arrived while Wallboard was offline are listed once an agent opens them.
all_waiting_cases = All waiting cases
cases_without_queue = { $count ->
    [one] 1 waiting case has no queue yet: Vngage assigns one when the case is opened or transferred.
   *[other] { $count } waiting cases have no queue yet: Vngage assigns one when the case is opened or transferred.
}
show_them = Show
# Before a wait, for screen readers.
over_limit = Over the { $limit } threshold:
id_term = ID
transfers_counted = { $count ->
    [one] 1 transfer
   *[other] { $count } transfers
}
reopened_counted = { $count ->
    [one] reopened
   *[other] { $count } times reopened
}

## Who serves
agents_heading = Agents
more_agents_table = More agents
agent_column = Agent
status_column = Status
duration_column = Duration
cases_column = Cases
no_agents_found = No agents found for this queue
# Before a time, for screen readers.
longer_than_allowed = Longer than allowed:

## The last two weeks
last_two_weeks = Last two weeks
day_column = Day
missed_mark = ▼ missed
view_history = View in History
view_abandoned = View abandoned calls
dated_weekday = { $weekday } { $day } { $month }
day_until = { $day } until { $time }
board_answered = Board: answered
board_level = Board: service level
partial_value = { $value } (partial)
of_answered_value = { $value } of answered
days_summary = From the vendor export. Service level: { $formula }, { $within }.
within_and_target = within { $limit }; the target is { $percent }
within_own_target = within { $limit }; each queue’s own target
own_limit_and_target = within each queue’s own answer target; the target is { $percent }
own_limit_own_target = within each queue’s own answer target; each queue’s own target
days_board_note = “Board” is what boards showed at the end of the day, for comparison only.

## Details
queues_of_group = Queues in this group
details_heading = Details
on_no_board = None
groups_term = Groups
linked_term = Linked queues

## Closing early
close_early = Close early today
close_early_about = It takes effect at once; tomorrow is as usual. Those who wait stay visible.
close_now = Now
undo = Undo
close_early_in_file = Its opening hours are in { $file }, line { $line }. Change them there, or move them to the browser.
closed_today_by = Closed today, by { $person }.
closed_since_by = Closed today since { $time }, by { $person }.
closes_at_by = Closes today at { $time }, by { $person }.
# The contacts planned by now and today.
planned_contacts = Plan: about { $count } contacts by now, { $total } today. So far: { $came }.
