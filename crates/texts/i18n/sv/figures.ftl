# Figures on pages, with their notes and explanations. $time, $value, $limit, $range and $age are already written.

## Figures and their notes
now_heading = Nu
today_heading = I dag
figure_column = Nyckeltal
usual_column = Vanligt
target_missed = målet missat
# Marks an old value, because gray can't be heard or printed.
old_value = inaktuellt
value_unknown_yet = inte känt ännu
# A value that is too old to be shown.
last_value = senast { $value }
usual_by = { $range } fram till { $time }
label_today = { $label } i dag
nothing_counted_yet = inget räknat ännu
names_and_more = { $names } och { $more } till
warning_from = varning från { $value }
critical_from = kritiskt från { $value }
warning_below = varning under { $value }
critical_below = kritiskt under { $value }
missed_from = missat från { $value }
missed_below = missat under { $value }
hidden_queue = Dold kö
hidden_agent = Dold agent

## Why there isn't one exact value
reason_not_additive = snitt och andelar kan inte slås ihop för flera köer
reason_shared_agents = en del agenter arbetar i flera köer
reason_overlap = tider från olika system överlappar
reason_source_missing = en källa har inga data
reason_small_team = Färre än { $count } agenter

## Explanations: their headings
definition_term = Definition
formula_term = Formel
# The numerator and the denominator of a share, or the sum and the count of a mean.
computed_from_term = Beräknat av
share_terms = { $part } av { $whole }
mean_terms = { $sum } ÷ { $count }
# The heading of a link to the contacts behind a figure.
contacts_term = Kontakter
still_waiting_term = Fortfarande i kö
period_term = Period
source_term = Datakälla
statistic_term = Leverantörens statistik
updated_term = Uppdaterat
thresholds_term = Trösklar
# After a value on a page.
estimated_note = uppskattat
estimated_term = Uppskattat
usual_term = Vanligt
queue_term = Kö
across_queues_term = I alla köer
why_no_value = Varför det inte finns något värde
why_not_exact = Varför det inte är exakt
api_name_term = Namn i API:et

## Explanations: their texts
# Anything above as a sentence.
sentence_of = { $text }.
period_now = Nu.
period_of_vendor = Bestäms av leverantörens statistik.
period_rolling = Löpande 15 minuter, bestäms av källan.
period_vendor_day = Hittills i dag, enligt leverantörens rapportdag.
nothing_counted_today = Inget räknat ännu i dag.
day_since = I dag från { $time } ({ $zone })
day_complete_since = I dag, komplett först från { $time } ({ $zone })
# $day is one of the two above.
day_with_gaps = { $day }, inga data { $gaps }
day_whole = { $day }. Hela dagen hittills.
day_partial = { $day }. Bara en del av dagen.
time_span = { $from }–{ $to }
counted_past_target = Räknas när svarsmålet har passerats.
vendor_value_missing = Källan har inte rapporterat det ännu, eller har inget giltigt värde nu.
nobody_waits = Ingen väntar.
wait_not_reported = Någon väntar, och källan har inte rapporterat sedan när. Väntetiden är kortare än så här.
quiet_queue = Inga data för den här kön sedan { $time }. Det är normalt för en kö utan trafik.
source_never_connected = Källan har inte anslutit ännu, så inget har räknats.
source_of_vendor = { $source } ({ $vendor })
combined_from = Sammanslaget från { $sources }.
combined_from_ago = Sammanslaget från { $sources }; uppdaterat för { $age } sedan.
counted_from_events = Räknat av Wallboard utifrån händelser i { $source }. Senaste händelsen för { $age } sedan.
counted_without_events = Räknat av Wallboard utifrån händelser i { $source }. Inga händelser ännu.
counted_by = Räknat av { $source } för { $age } sedan.
reported_by = Från { $source } för { $age } sedan.
no_value_from = Inget värde från { $source } ännu.
value_from_before = Frånkopplad { $time }; värdet är från innan dess.
too_long_ago = Det är för länge sedan, eller före ett avbrott, så det är inaktuellt.
not_refreshed = Inte uppdaterat sedan det senaste avbrottet, så det är inaktuellt.
age_unknown = Okänt: { $source } rapporterar inte hur gammalt värdet är. Det kan vara mellanlagrat.
not_estimated = Nej.
not_estimated_from = Nej, från { $source }.
not_estimated_events = Nej, räknat utifrån händelser.
estimated_abandons = Ja, källan rapporterar inte tappade.
includes_estimate = Ja, uppskattade tappade ingår.
site_longest = Den längsta i alla köer.
site_agents = Agenter i alla köer. En individuellt känd agent räknas en gång. Annars är det ett intervall, från den största kön till summan av alla, eftersom en del agenter arbetar i flera köer.
site_total = Summan av alla köer.
source_age = { $source }: för { $age } sedan
source_without_data = { $source }: inga data ännu
site_api_name = { $name } i /api/v1/site
usual_explained = { $range } fram till { $time } (median { $median }): dagen hittills på den här veckodagen, från { $weeks } av de senaste åtta veckornas importerade data. En tiondel av dagarna låg under, en tiondel över.

## Formulas of the service level
formula_short_ignored = besvarade i tid ÷ (inkommande − korta tappade)
formula_negative = besvarade i tid ÷ inkommande: tappade sänker den
formula_positive = (besvarade i tid + tappade i tid) ÷ inkommande: tidigt tappade höjer den
formula_quick_ignored = besvarade i tid ÷ (inkommande − tappade i tid)
formula_short_met = (besvarade i tid + korta tappade) ÷ inkommande
formula_answered_only = besvarade i tid ÷ besvarade: tappade ingår inte
formula_configured = { $name }: { $formula }; angiven i [targets], eller standard.
formula_instead = { $name }: { $formula }; i stället för { $other }, eftersom kontakter som lämnade kön oöppnade inte är kända.

## Why a queue has its severity
at_threshold = på tröskeln { $limit }
at_threshold_since = på tröskeln { $limit } sedan { $time }
above_threshold = över tröskeln { $limit }
above_threshold_since = över tröskeln { $limit } sedan { $time }
below_threshold = under tröskeln { $limit }
past_threshold = förbi tröskeln
held_threshold = förbi tröskeln { $limit } till för mindre än en minut sedan
# $clear is the value at which its severity ends.
held_until = förbi tröskeln { $limit } och ännu inte tillbaka på { $clear }
# $position is one of those above.
figure_at = { $label }: { $value }, { $position }.
# The same where the value stands elsewhere.
label_at = { $label } { $position }
also_causes = Dessutom { $causes }.
within_thresholds = Inom sina trösklar.
within_thresholds_except = Inom sina trösklar, utom { $figures }.
no_thresholds = Inga nyckeltal med trösklar.
group_out_of_date = Inte allt i gruppen är aktuellt: { $note }.
paused_last_values = { $source } pausad av { $person }. Senast kända värden visas.
paused_with_update = { $source } pausad av { $person }, senaste uppdateringen { $time }. Senast kända värden visas.
lost_last_values = { $source } frånkopplad { $time }. Senast kända värden visas.
lost_with_update = { $source } frånkopplad { $time }, senaste uppdateringen { $update }. Senast kända värden visas.
queue_silent = { $source } har slutat rapportera om den här kön trots att kontakter är aktiva.
updates_may_be_missing = En del uppdateringar från { $source } kan saknas. Väntar på en fullständig uppdatering.

## Read aloud when a queue's severity changes
say_critical = { $queue }: kritiskt.
say_warning = { $queue }: varning.
say_normal = { $queue }: åter normalt.
say_waiting = { $count } väntar.
say_longest = Längsta väntetid { $time }.

## What could help a queue
what_could_help = Det här kan hjälpa:
help_free = { $count ->
    [one] 1 ledig i { $queue }
   *[other] { $count } lediga i { $queue }
}
help_free_named = { $count ->
    [one] 1 ledig i { $queue }: { $agents }
   *[other] { $count } lediga i { $queue }: { $agents }
}
help_break = { $agent } har haft paus { $time } längre än tillåtet

## Disconnected sources
leader_lost = Den här servern har inte fått några uppdateringar sedan { $time }. Värdena är från den tiden.
outage_paused = { $source } är pausad av { $person }. Värdena är från den tiden.
outage_connecting = Ansluter till { $source } …
outage_catching_up = { $source } är ansluten igen. Läser ikapp.
outage_silent = { $source } har inte svarat sedan { $time }. Värdena är från den tiden.
outage_unreachable = { $source } har inte gått att nå sedan { $time }.
outage_lost = { $source } frånkopplad { $time }. Värdena är från den tiden.

## En siffras senaste ändringar
last_changes = Senaste ändringarna
before_column = Före
after_column = Efter
no_change_since = Ingen ändring sedan { $time }.
all_changes_since = Alla ändringar sedan { $time }, ur loggen. Ett meddelande som kom ensamt anges.
