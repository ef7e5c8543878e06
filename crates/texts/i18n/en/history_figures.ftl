# Figures of the history: their names and meanings, the chart, the heat map, the table and the breakdown.

## Columns. Those that live figures have too are named as these.

column_abandoned_share = Abandoned %
column_answer_within = Answer within
column_target = Target
column_half_hours_met = Half-hours on target
column_wait_median = Wait, median
column_wait_percentile = Wait, { $number }th percentile
column_abandoned_wait_median = Abandoned after, median
column_patience = Patience
column_answered_within = Answered within { $time }
column_talks_within = Talks within limit
column_staffed_agents = Staffed agents
column_forecast = Forecast
rest_of_today = Rest of today
column_reforecast = Reforecast
column_deviation = Deviation
column_forecast_handle_time = Forecast handle time
column_required_agents = Required agents
column_reforecast_agents = Required by reforecast
column_required_time = Required agent hours
column_staffed_time = Staffed agent hours
column_scheduled_agents = Scheduled agents
column_scheduled_agent_time = Scheduled agent hours
column_scheduled_time = Scheduled
column_adherent_time = In adherence
column_adherence = Adherence
column_scheduled_work = Scheduled for contacts
column_worked_time = Worked
column_conformance = Conformance
column_csat = CSAT
column_csat_top = CSAT 4–5
column_nps = NPS
column_enterprise_nps = Enterprise NPS
column_ready = Ready
column_wrap_up = Wrap-up
column_handle_time_sum = Handle time, total
column_other_calls = Other calls
column_of_period = { $column }, { $period }

## What they mean

offered_meaning = Calls that joined the queue. A call in two queues counts in each.
answered_meaning = Of those, calls answered by an agent.
abandoned_meaning = Callers who hung up before an agent answered. Excludes short abandons.
level_meaning = The share of counted calls answered in time.
answer_speed_meaning = Average time from joining the queue to an agent’s answer, for answered calls.
longest_wait_meaning = The longest wait, answered or not.
handle_time_meaning = Average talk and wrap-up time of answered calls that have ended.
handled_meaning = Calls this agent answered and finished.
missed_meaning = Calls that rang but weren’t answered, with a reason in the export.
agent_handle_time_meaning = Average talk and wrap-up time of calls that ended in this period.
signed_in_meaning = Time signed in. Overlapping times count once.
occupancy_meaning = Busy time (talk, wrap-up, other calls) ÷ busy, ringing and ready time.
abandon_rate_meaning = abandoned ÷ (answered + abandoned + overflowed): of the calls that ended
answer_target_term = Answer target
counted_by_term = Counted by
source_is_export = the vendor’s export, as imported
formula_of_each = each queue’s own formula; totals use { $formula }
start_counts = call start: everything about a call counts when it joined the queue
event_counts = event time: each count when it happened (offered at joining, answered at the answer, talk at its end)

## Below the tiles

rate_abandoned = { $rate } abandonment rate
target_of_each = each queue’s own target
no_change = no change
change_versus = { $change } vs { $period }
value_of_period = { $value }, { $period }

## How this is calculated

calculation_heading = How this is calculated
compared_with_term = Compared with
not_compared_term = Not compared
breakdown_by_start = always counted by call start
deviation_meaning = By how much more contacts came than the plan has, of times that are over and imported in full.
reforecast_meaning = Today’s plan, corrected: what came in times that are over, then the forecast times its ratio to the forecast so far, 0.5 to 2, from 30 contacts on. The agents required then follow Erlang C.
scheduled_meaning = Work, breaks and work without contacts, by the schedule. Absences don’t count.
adherence_meaning = Time in the scheduled state ÷ scheduled time that is over: signed in and not on a break during work, on a break or signed out otherwise.
conformance_meaning = Time worked ÷ time scheduled for contacts, at whatever time of the day.
opening_hours_term = Opening hours
opening_hours_meaning = only. Each queue counts in its own, an interval if it starts in them. Staffing isn’t known for them alone
data_through_term = Data through
unknown_meaning = no data, or nothing to divide by (not zero)

## The chart

chart_hint = Point at an interval to read its figures.
chart_buckets = Intervals; use the arrow keys to move between them
calls_scale = { $count ->
    [one] 1 call
   *[other] { $count } calls
}
other_outcomes = Other outcomes (short abandons, overflowed, still waiting)
target_key = Target { $percent }
calls_of_period = Calls, { $period }
in_progress_key = In progress
missed_target_key = Missed the target
too_many_intervals = Too many { $step } intervals to chart. The table shows all of them.
use_intervals = Use { $step } intervals
# An interval: "10:00–10:30: 18 offered, 78.9% in 20 s, missed the target."
interval_facts = { $time }: { $facts }.
count_offered = { $count } offered
count_answered = { $count } answered
count_abandoned = { $count } abandoned
level_in_time = { $level } in { $time }
level_in_target = { $level } within the answer target
is_in_progress = in progress
is_live = live
has_missed_target = missed the target
waits_heading = How long callers waited

## The table

times_caption = { $first } by { $step }, { $period }
names_caption = { $first } by name, { $period }
total_row = Total
# After the name of a row.
mark_so_far = so far
mark_partial = partial
mark_live = live
mark_disabled = disabled
mark_missed = missed
no_missed_targets = No missed targets
no_rows = No rows
show_all_rows = Show all rows

## The heat map

heat_heading = { $metric } by weekday and hour
heat_metric = Heat map metric
heat_mean_calls = Average calls per hour, over imported days
heat_calls = Calls
heat_abandon_rate = Abandonment rate per hour
heat_level = Service level per hour
heat_answer_speed = Average speed of answer per hour, minutes and seconds
no_calls_label = no calls
closed_label = closed
unknown_label = unknown
no_calls_key = No calls
no_calls_or_closed = No calls or closed
no_data_or_closed = No data or closed

## The breakdown

class_reason = Reason
class_issue = Issue
class_type = Type of call
class_outcome = Outcome
class_number = Number called
class_key = Key pressed
class_sign_out = Sign-out reason
no_reason = No call in this period has a reason.
no_issue = No call in this period has an issue.
no_type = No call in this period has a type.
no_outcome = No call in this period has an outcome.
no_number = No call in this period has a number called.
no_key = No call in this period has a key pressed.
no_sign_out = No sign-out in this period has a reason.
breaks_heading = Breaks
unnamed_break = Break { $code }
productive_break = { $share } · productive
shrinkage_of_breaks = Shrinkage by breaks
share_of_signed_in = { $hours } · { $percent } of signed-in time
repeats_heading = Repeat contacts
repeats_within_day = Also called in the 24 hours before
repeats_within_week = Also called in the 7 days before
calls_without_number = Calls without a number
repeats_of_calls = { $repeats } of { $calls } · { $percent }
based_on_issues = Based on { $count }; a call can have several
based_on_calls = Based on { $count ->
    [one] 1 call
   *[other] { $count } calls
}
based_on_known = Based on { $count ->
    [one] 1 call that has one
   *[other] { $count } calls that have one
}
based_on_sign_outs = Based on { $count ->
    [one] 1 sign-out that has one
   *[other] { $count } sign-outs that have one
}
calls_column = Calls
sign_outs_column = Sign-outs
share_column = Share
not_recorded = Not recorded
# A reason without a name: "Reason 12".
unnamed_value = { $class } { $id }
more_in_files = { $count } more in the downloads
agents_without_breakdown = Exports don’t have reasons, issues, types and outcomes by agent.
export_without_breakdown = The export of these queues ({ $exports }) has no reasons or outcomes.
calls_in_no_row = { $exports } has no reasons or outcomes, so its calls aren’t in any row.

## What else an export has of a queue

queue_settings = Queue settings (from the export)
assigned_agents = Assigned agents
queue_groups_heading = Queue groups
available_reasons = Available reasons
export_queue_groups = Queue groups of the export
export_agent_groups = Agent groups of the export
numbers_heading = Numbers
agent_priority = priority { $number }
number_leads_to = to { $name }
number_leads_to_kind = to { $name } ({ $kind })
field_short_name = Short name
field_internal_number = Internal number
field_public_number = Public number
field_description = Description
field_strategy = Strategy
field_wrap_up = Wrap-up time, seconds
field_disconnection_rate = Acceptable disconnection rate
field_destination = Destination
field_destination_type = Destination type
