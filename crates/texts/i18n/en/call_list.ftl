# The list of calls, on its page.

calls_printed = Calls: { $subject }, { $period } ({ $zone })
outcome_answered = Answered
outcome_abandoned = Abandoned
outcome_short = Short abandon
outcome_overflowed = Overflowed
outcome_in_progress = In progress
all_outcomes = all outcomes
calls_counted = { $count ->
    [one] 1 call.
   *[other] { $count } calls, oldest first.
}
oldest_calls_first = Oldest first.
calls_appear_twice = Calls in two queues appear twice.
calls_table = Calls, oldest first
queued_at_column = Queued at
caller_column = Caller
# $setting is the name of a setting.
callers_not_stored = Caller numbers aren’t stored. To store them and show the last four digits, set { $setting }.
only_calls_of_outcome = Only calls with outcome: { $name }.
only_calls_of_reason = Only calls with this reason: { $name }.
only_calls_of_type = Only calls with this type: { $name }.
show_all_calls = Show all calls
calls_not_included = { $source } doesn’t include individual calls.
calls_deleted = Individual calls before { $day } have been deleted; totals remain.
