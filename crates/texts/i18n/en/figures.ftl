# Figures on pages, with their notes and explanations. $time, $value, $limit, $range and $age are already written.

## Figures and their notes
now_heading = Now
today_heading = Today
figure_column = Metric
usual_column = Usual
target_missed = target missed
# Marks an old value, because gray can't be heard or printed.
old_value = out of date
value_unknown_yet = not known yet
# A value that is too old to be shown.
last_value = last { $value }
usual_by = { $range } by { $time }
label_today = { $label } today
nothing_counted_yet = nothing counted yet
names_and_more = { $names } and { $more } more
warning_from = warning from { $value }
critical_from = critical from { $value }
warning_below = warning below { $value }
critical_below = critical below { $value }
missed_from = missed from { $value }
missed_below = missed below { $value }
hidden_queue = Hidden queue
hidden_agent = Hidden agent

## Why there isn't one exact value
reason_not_additive = averages and shares can’t be combined across queues
reason_shared_agents = some agents work several queues
reason_overlap = times from different systems overlap
reason_source_missing = one source has no data
reason_small_team = Fewer than { $count } agents

## Explanations: their headings
definition_term = Definition
formula_term = Formula
# The numerator and the denominator of a share, or the sum and the count of a mean.
computed_from_term = Computed from
share_terms = { $part } of { $whole }
mean_terms = { $sum } ÷ { $count }
# The heading of a link to the contacts behind a figure.
contacts_term = Contacts
still_waiting_term = Still waiting
period_term = Period
source_term = Data source
statistic_term = Vendor statistic
updated_term = Updated
thresholds_term = Thresholds
# After a value on a page.
estimated_note = estimated
estimated_term = Estimated
usual_term = Usual
queue_term = Queue
across_queues_term = Across all queues
why_no_value = Why there’s no value
why_not_exact = Why it isn’t exact
api_name_term = API name

## Explanations: their texts
# Anything above as a sentence.
sentence_of = { $text }.
period_now = Now.
period_of_vendor = Set by the vendor’s statistic.
period_rolling = Rolling 15 minutes, set by the source.
period_vendor_day = Today so far, by the vendor’s reporting day.
nothing_counted_today = Nothing counted yet today.
day_since = Today since { $time } ({ $zone })
day_complete_since = Today, complete only since { $time } ({ $zone })
# $day is one of the two above.
day_with_gaps = { $day }, no data { $gaps }
day_whole = { $day }. The whole day so far.
day_partial = { $day }. A partial day.
time_span = { $from }–{ $to }
counted_past_target = Counted once past the answer target.
vendor_value_missing = The source hasn’t reported it yet, or has no valid value now.
nobody_waits = No one is waiting.
wait_not_reported = Someone waits, and the source hasn’t reported since when. The wait is shorter than this.
quiet_queue = No data for this queue since { $time }. That’s usual for a queue without traffic.
source_never_connected = Its source hasn’t connected yet, so nothing was counted.
source_of_vendor = { $source } ({ $vendor })
combined_from = Combined from { $sources }.
combined_from_ago = Combined from { $sources }; updated { $age } ago.
counted_from_events = Counted by Wallboard from { $source } events. Last event { $age } ago.
counted_without_events = Counted by Wallboard from { $source } events. No events yet.
counted_by = Counted by { $source }, { $age } ago.
reported_by = From { $source }, { $age } ago.
no_value_from = No value from { $source } yet.
value_from_before = Disconnected at { $time }; the value is from before.
too_long_ago = That’s too long ago, or before an outage, so it’s out of date.
not_refreshed = Not refreshed since the last outage, so it’s out of date.
age_unknown = Unknown: { $source } doesn’t report how old the value is. It may be cached.
not_estimated = No.
not_estimated_from = No, from { $source }.
not_estimated_events = No, counted from events.
estimated_abandons = Yes, the source doesn’t report abandons.
includes_estimate = Yes, includes estimated abandons.
site_longest = The longest across all queues.
site_agents = Agents across all queues. An agent known individually counts once. Otherwise it’s a range, from the largest queue to the sum of all, because some agents work several queues.
site_total = The total of all queues.
source_age = { $source }: { $age } ago
source_without_data = { $source }: no data yet
site_api_name = { $name } in /api/v1/site
usual_explained = { $range } by { $time } (median { $median }): the day so far on this weekday, from { $weeks } of the last eight weeks of imported data. A tenth of the days were below, a tenth above.

## Formulas of the service level
formula_short_ignored = answered in time ÷ (offered − short abandons)
formula_negative = answered in time ÷ offered: abandons count against it
formula_positive = (answered in time + abandoned in time) ÷ offered: early abandons count for it
formula_quick_ignored = answered in time ÷ (offered − abandoned in time)
formula_short_met = (answered in time + short abandons) ÷ offered
formula_answered_only = answered in time ÷ answered: abandons are not included
formula_configured = { $name }: { $formula }; set in [targets], or the default.
formula_instead = { $name }: { $formula }; used instead of { $other } because contacts that left unopened aren’t known.

## Why a queue has its severity
at_threshold = at the { $limit } threshold
at_threshold_since = at the { $limit } threshold since { $time }
above_threshold = above the { $limit } threshold
above_threshold_since = above the { $limit } threshold since { $time }
below_threshold = below the { $limit } threshold
past_threshold = past its threshold
held_threshold = past the { $limit } threshold until less than a minute ago
# $clear is the value at which its severity ends.
held_until = past the { $limit } threshold, and not back at { $clear } yet
# $position is one of those above.
figure_at = { $label } is { $value }, { $position }.
# The same where the value stands elsewhere.
label_at = { $label } { $position }
also_causes = Also { $causes }.
within_thresholds = Within its thresholds.
within_thresholds_except = Within its thresholds, except { $figures }.
no_thresholds = No metrics with thresholds.
group_out_of_date = Not all of this group is up to date: { $note }.
paused_last_values = { $source } paused by { $person }. Showing last known values.
paused_with_update = { $source } paused by { $person }, last update at { $time }. Showing last known values.
lost_last_values = { $source } disconnected at { $time }. Showing last known values.
lost_with_update = { $source } disconnected at { $time }, last update at { $update }. Showing last known values.
queue_silent = { $source } has stopped reporting on this queue while contacts are active.
updates_may_be_missing = Some updates from { $source } may be missing. Waiting for a full refresh.

## Read aloud when a queue's severity changes
say_critical = { $queue }: critical.
say_warning = { $queue }: warning.
say_normal = { $queue }: back to normal.
say_waiting = { $count } waiting.
say_longest = Longest wait { $time }.

## What could help a queue
what_could_help = What could help:
help_free = { $count } available in { $queue }
help_free_named = { $count } available in { $queue }: { $agents }
help_break = { $agent } has been on break { $time } longer than allowed

## Disconnected sources
leader_lost = This server has received no updates since { $time }. Its values are from that time.
outage_paused = { $source } is paused by { $person }. Its values are from that time.
outage_connecting = Connecting to { $source }…
outage_catching_up = { $source } reconnected. Catching up.
outage_silent = { $source } not responding since { $time }. Its values are from that time.
outage_unreachable = Can’t reach { $source } since { $time }.
outage_lost = { $source } disconnected at { $time }. Its values are from that time.

## The last changes of a figure
last_changes = Last changes
before_column = Before
after_column = After
no_change_since = No change since { $time }.
all_changes_since = All changes since { $time }, from the log. A message that came alone is named.
