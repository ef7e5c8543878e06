# The forecast on the page of one queue.
forecast_heading = Forecast
forecast_contacts = { $range } new contacts until { $until }, most likely about { $middle }.
forecast_contacts_about = About { $middle } new contacts until { $until }.
forecast_as_now = As now
forecast_one_less = 1 fewer
forecast_one_more = 1 more
forecast_two_more = 2 more
forecast_enough = The agents who are here are enough to reach { $goal }.
forecast_missing = { $count ->
    [one] 1 more agent is needed until { $until } to reach { $goal }.
   *[other] { $count } more agents are needed until { $until } to reach { $goal }.
}
forecast_many_missing = Even 40 more agents wouldn’t reach { $goal } until { $until }.
forecast_counted = This is the best case: agents are counted from the queue’s figures, as if they served no other queue.
forecast_shared = Of { $count } agents, { $queues }.
forecast_shared_with = { $count ->
    [one] 1 also serves { $queue }
   *[other] { $count } also serve { $queue }
}
forecast_best_case = This is the best case: contacts of other queues that these agents serve aren’t known.
forecast_best_case_without = This is the best case: contacts of other queues aren’t known ({ $queues }).
forecast_usual = Usually, about { $count } contacts come in this time.
forecast_today = Since { $time }, { $count } came; usual is { $usual }.
forecast_handle_time = Handle time: { $time }.
forecast_slots = Up to { $count } contacts at once per agent.
forecast_erlang = Agents required by Erlang C: { $required }, here: { $count }.
forecast_note = Each range holds 8 of 10 outcomes. Computed at { $time }.
forecast_calibration = In the last four weeks, the contacts of { $share } of { $count } half-hours were within their range.
forecast_level_calibration = Of { $count } service levels, { $share } were.

## Why there is none
forecast_not_computed_yet = No forecast yet. It’s computed once a minute.
forecast_out_of_date = No forecast: figures of the queue or its agents aren’t up to date.
forecast_closed = No forecast: the queue is closed.
forecast_several_queues = No forecast: the group has more than 32 queues.
forecast_hidden_queue = No forecast: one of the group’s queues is hidden.
forecast_unknown_sharing = No forecast for the group: its agents are only counted, so it isn’t known who serves several of its queues.
forecast_small_team = No forecast: so few agents serve the queue that it would show what each of them does.
forecast_no_history = No forecast: there’s no history of this queue.
forecast_few_days = No forecast: the history has fewer than three days of this weekday.
forecast_few_contacts = No forecast: hardly any contacts are expected.
forecast_no_agents = No forecast: no agent of this queue is signed in.
forecast_unknown_agents = No forecast: the source doesn’t report how many agents serve this queue.
forecast_unknown_handle_time = No forecast: the handle time of this queue isn’t known.

## On boards, in a few words
outlook_level = service level forecast
outlook_level_until = service level by { $until }
outlook_wait_until = longest wait by { $until }
outlook_enough = Enough agents
outlook_missing = { $count ->
    [one] Needs 1 more agent
   *[other] Needs { $count } more agents
}
outlook_many_missing = Needs over 40 more agents
outlook_at_best = At best
outlook_best_enough = At best: enough agents
outlook_best_missing = { $count ->
    [one] At best: needs 1 more agent
   *[other] At best: needs { $count } more agents
}
outlook_best_many_missing = At best: needs over 40 more agents
# The contacts of today, beside those planned by now.
outlook_so_far = So far
outlook_so_far_inline = so far
outlook_planned = plan { $count }
outlook_not_kept = Not kept for the past
outlook_not_computed_yet = No forecast yet
outlook_several_queues = Too many queues
outlook_hidden_queue = A queue is hidden
outlook_small_team = Too few agents
outlook_no_history = No history
outlook_few_days = Too little history
outlook_few_contacts = Few contacts expected
outlook_no_agents = No agents signed in
outlook_unknown_agents = Agents unknown
outlook_unknown_handle_time = Handle time unknown

## Of all queues, beside plans
calibration_heading = Forecasts within their range, last four weeks
calibration_contacts = contacts: { $share } of { $count } half-hours
calibration_levels = service level: { $share } of { $count }
calibration_few = too few half-hours so far ({ $count })
