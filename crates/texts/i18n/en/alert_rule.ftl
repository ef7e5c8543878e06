# The page that edits a rule of alerts.
rule_heading = Rule
rule_when = When
watch_queues = A queue needs somebody
watch_sources = A data source isn’t connected
watch_imports = A file of an export is late
watch_screens = A screen isn’t connected
watch_agents = An agent is in a status for longer than allowed
any_queue_at_all = Every queue
every_queue_of = Every queue of { $source }
choice_any_export = Any export
severity_of_queue = Severity of a queue
severity_critical = Critical
severity_warning = Warning or critical
any_with_thresholds = any with thresholds
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
rule_has_fault = The rule has a fault: save it to see which one.
nothing_stored_about = Nothing is stored about what it watches.
