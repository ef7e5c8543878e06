# The page that edits a rule of alerts.
rule_heading = Regel
rule_when = Bevakar
watch_queues = En kö kräver åtgärd
watch_sources = En datakälla är inte ansluten
watch_imports = En fil i en export är försenad
watch_screens = En skärm är inte ansluten
watch_agents = En agent är i en status längre än tillåtet
watch_figures = Ett värde från ett annat system har en allvarlighetsgrad
watch_targets = En kö kan inte längre nå dagens servicenivåmål
any_queue_at_all = Varje kö
every_queue_of = Varje kö i { $source }
choice_any_export = Någon export
severity_of_queue = Allvarlighetsgrad för en kö
any_with_thresholds = något värde med trösklar
exports_legend = Exporter
screens_by_day = Skärmar, utom under deras natt
agents_legend = Agenter
every_agent = Varje agent
status_field = Status
any_status = vilken som helst med en gräns
# Before a choice of how long it lasts.
rule_for = Efter
for_at_once = direkt
no_channel_yet = Ingen får veta det utanför den här sidan: det finns ingen kanal ännu.
make_channel = Skapa en kanal
tell_legend = Meddela
tell_again = Igen, så länge ingen tar det
again_never = aldrig
again_every = var { $count }:e minut
again_hourly = varje timme
tell_end = Meddela när det är över
sound_legend = Ljud på
delete_rule = Ta bort den här regeln
# A channel and its kind.
channel_of_kind = { $channel } ({ $kind })

## The rule as a sentence with fields

form_of_queues = När { $metric } för { $queues } är { $severity }
form_of_sources = När { $sources } inte är ansluten
form_of_imports = När en fil från { $imports } är försenad
form_of_screens = När { $screens } inte är ansluten, utom under dess natt,
form_of_agents = När { $agents } är längre än tillåtet i { $status }
form_of_figures = När { $figures } är { $severity }
form_of_targets = När { $queues } inte längre kan nå dagens servicenivåmål
# After each of these: how long it must last.
form_time = { $time },
form_for = i minst { $time }
form_tells = meddela { $channels }
form_sounds = och spela ljud på { $screens }
form_again = Så länge ingen har tagit det, meddela igen: { $time }.
form_critical = kritisk
form_warning = i varning eller kritisk
# When a rule watches what has no opening hours of its own.
hours_of_rule = När den bevakar
form_always = när som helst
form_only_open = under öppettiderna
# In a list of which none is chosen.
form_choose = välj…
form_no_screen = ingen skärm
# The rule as it is understood: "Billing is critical for 1 min: notify floor."
rule_written = { $sentence }: meddela { $channels }.
rule_only_open = { $condition }, under öppettiderna

## How often it would have fired
fired_never = Den skulle aldrig ha larmat.
fired_times = { $count ->
    [one] Den skulle ha larmat en gång.
   *[other] Den skulle ha larmat { $count } gånger.
}
fired_at = { $time }, { $name }
fired_since = Sedan { $time }.
fired_stored_since = Sedan { $time }; inget är sparat från tiden före.
fired_by_thresholds = Enligt de trösklar som gällde då.
fired_by_current_thresholds = Enligt de trösklar som gäller nu.
rule_has_fault = Regeln har ett fel: spara den för att se vilket.
nothing_stored_about = Inget är sparat om det som den bevakar.
