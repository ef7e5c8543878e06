# The page that edits a rule of alerts.
rule_heading = Rule
rule_when = Watches
watch_queues = A queue needs somebody
watch_sources = A data source isn’t connected
watch_imports = A file of an export is late
watch_screens = A screen isn’t connected
watch_agents = An agent is in a status for longer than allowed
watch_figures = A figure of another system has a severity
watch_targets = A queue can’t reach today’s service level target any longer
any_queue_at_all = Every queue
every_queue_of = Every queue of { $source }
choice_any_export = Any export
severity_of_queue = Severity of a queue
any_with_thresholds = any figure with thresholds
exports_legend = Exports
screens_by_day = Screens, except in their night hours
agents_legend = Agents
every_agent = Every agent
status_field = Status
any_status = any with a limit
# Before a choice of how long it lasts.
rule_for = For
for_at_once = at once
no_channel_yet = Nobody is notified beyond this page: there is no channel yet.
make_channel = Create a channel
tell_legend = Notify
tell_again = Again, while nobody has taken it
again_never = never
again_every = every { $count } min
again_hourly = every hour
tell_end = Notify when it’s over
sound_legend = Sound on
delete_rule = Delete this rule
# A channel and its kind.
channel_of_kind = { $channel } ({ $kind })

## The rule as a sentence with fields

form_of_queues = When { $metric } of { $queues } is { $severity }
form_of_sources = When { $sources } isn’t connected
form_of_imports = When a file of { $imports } is late
form_of_screens = When { $screens } isn’t connected, except in its night hours,
form_of_agents = When { $agents } is longer than allowed in { $status }
form_of_figures = When { $figures } is { $severity }
form_of_targets = When { $queues } can’t reach today’s service level target any longer
# After each of these: how long it must last.
form_time = { $time },
form_for = for { $time }
form_tells = notify { $channels }
form_sounds = and sound on { $screens }
form_again = While nobody has taken it, notify again: { $time }.
form_critical = critical
form_warning = warning or critical
# When a rule watches what has no opening hours of its own.
hours_of_rule = When it watches
form_always = at any time
form_only_open = in opening hours
# In a list of which none is chosen.
form_choose = choose…
form_no_screen = no screen
# The rule as it is understood: "Billing is critical for 1 min: notify floor."
rule_written = { $sentence }: notify { $channels }.
rule_only_open = { $condition }, in opening hours

## How often it would have fired
fired_never = It would never have fired.
fired_times = { $count ->
    [one] It would have fired once.
   *[other] It would have fired { $count } times.
}
fired_at = { $time }, { $name }
fired_since = Since { $time }.
fired_stored_since = Since { $time }; nothing is stored from before.
fired_by_thresholds = By the thresholds that were in force.
fired_by_current_thresholds = By the thresholds that apply now.
rule_has_fault = The rule has a fault: save it to see which one.
nothing_stored_about = Nothing is stored about what it watches.
