# Historikens värden: namn och betydelser, diagram, värmekarta, tabell och fördelning.

## Columns. Those that live figures have too are named as these.

column_abandoned_share = Tappade %
column_answer_within = Svar inom
column_target = Mål
column_half_hours_met = Halvtimmar inom målet
column_wait_median = Väntetid, median
column_wait_percentile = Väntetid, { $number }:e percentilen
column_abandoned_wait_median = Avbröts efter, median
column_patience = Tålamod
column_answered_within = Besvarade inom { $time }
column_talks_within = Samtal inom gränsen
column_staffed_agents = Bemanning
column_forecast = Prognos
rest_of_today = Resten av dagen
column_reforecast = Omräknad prognos
column_deviation = Avvikelse
column_forecast_handle_time = Hanteringstid enligt prognos
column_required_agents = Agentbehov
column_reforecast_agents = Omräknat agentbehov
column_required_time = Agentbehov i timmar
column_staffed_time = Bemanning i timmar
column_scheduled_agents = Schemalagda agenter
column_scheduled_agent_time = Schemalagt i timmar
column_scheduled_time = Schemalagt
column_adherent_time = Enligt schema
column_adherence = Schemaföljsamhet
column_scheduled_work = Schemalagt för kontakter
column_worked_time = Arbetat
column_conformance = Arbetad andel
column_csat = CSAT
column_csat_top = CSAT 4–5
column_nps = NPS
column_enterprise_nps = Företagets NPS
column_ready = Redo
column_wrap_up = Efterarbete
column_handle_time_sum = Hanteringstid totalt
column_other_calls = Övriga samtal
column_of_period = { $column }, { $period }

## What they mean

offered_meaning = Samtal som kom in i kön. Ett samtal i två köer räknas i båda.
answered_meaning = Av dem, samtal som en agent besvarade.
abandoned_meaning = Uppringare som lade på innan en agent svarade. Korta tappade ingår inte.
level_meaning = Andelen räknade samtal som besvarades i tid.
answer_speed_meaning = Snittid från att samtalet kom in i kön tills en agent svarade, för besvarade samtal.
longest_wait_meaning = Den längsta väntetiden, för besvarade och obesvarade samtal.
handle_time_meaning = Samtalstid och efterarbete i snitt för besvarade samtal som har avslutats.
handled_meaning = Samtal som den här agenten besvarade och avslutade.
missed_meaning = Samtal som ringde men inte besvarades, med en orsak i exporten.
agent_handle_time_meaning = Samtalstid och efterarbete i snitt för samtal som avslutades under perioden.
signed_in_meaning = Inloggad tid. Överlappande tider räknas en gång.
occupancy_meaning = Tid som upptagen (samtal, efterarbete, övriga samtal) ÷ tid som upptagen, ringande och redo.
abandon_rate_meaning = tappade ÷ (besvarade + tappade + överflödade): av avslutade samtal
answer_target_term = Svarsmål
counted_by_term = Räknat efter
source_is_export = leverantörens export, som den importerades
formula_of_each = varje kös egen formel; summor använder { $formula }
start_counts = samtalets början: allt om ett samtal räknas när det kom in i kön
event_counts = händelsens tid: var sak räknas när den hände (inkommande när samtalet kom, besvarat vid svaret, samtalstid vid samtalets slut)

## Below the tiles

rate_abandoned = { $rate } tappade
target_of_each = varje kös eget mål
no_change = oförändrat
change_versus = { $change } mot { $period }
value_of_period = { $value }, { $period }

## How this is calculated

calculation_heading = Så räknas det
compared_with_term = Jämfört med
not_compared_term = Inte jämfört
breakdown_by_start = räknas alltid efter samtalets början
deviation_meaning = Hur många fler kontakter som kom än i planen, för tider som är slut och helt importerade.
reforecast_meaning = Dagens plan, omräknad: det som kom under tider som är slut, sedan prognosen gånger dess kvot till prognosen hittills, 0,5 till 2, från 30 kontakter. Agentbehovet följer Erlang C.
scheduled_meaning = Arbete, raster och arbete utan kontakter enligt schemat. Frånvaro räknas inte.
adherence_meaning = Tid i det schemalagda läget ÷ schemalagd tid som är slut: inloggad och inte på rast under arbete, annars på rast eller utloggad.
conformance_meaning = Arbetad tid ÷ tid schemalagd för kontakter, oavsett när på dagen (conformance).
opening_hours_term = Öppettider
opening_hours_meaning = bara dessa. Varje kö räknas under sina egna, ett intervall om det börjar under dem. Bemanningen är inte känd för bara dem
data_through_term = Data till och med
unknown_meaning = inga data, eller inget att dela med (inte noll)

## The chart

chart_hint = Peka på ett intervall för att läsa dess värden.
chart_buckets = Intervall; flytta mellan dem med piltangenterna
calls_scale = { $count } samtal
other_outcomes = Andra utfall (korta tappade, överflödade, fortfarande i kö)
target_key = Mål { $percent }
calls_of_period = Samtal, { $period }
in_progress_key = Pågår
missed_target_key = Missade målet
too_many_intervals = För många intervall på { $step } för ett diagram. Tabellen visar alla.
use_intervals = Använd intervall på { $step }
# An interval: "10:00–10:30: 18 offered, 78.9% in 20 s, missed the target."
interval_facts = { $time }: { $facts }.
count_offered = { $count } inkommande
count_answered = { $count } besvarade
count_abandoned = { $count } tappade
level_in_time = { $level } inom { $time }
level_in_target = { $level } inom svarsmålet
is_in_progress = pågår
is_live = realtid
has_missed_target = missade målet
waits_heading = Hur länge uppringare väntade

## The table

times_caption = { $first } i intervall på { $step }, { $period }
names_caption = { $first } efter namn, { $period }
total_row = Summa
# After the name of a row.
mark_so_far = hittills
mark_partial = ofullständig
mark_live = realtid
mark_disabled = inaktiverad
mark_missed = missat
no_missed_targets = Inga missade mål
no_rows = Inga rader
show_all_rows = Visa alla rader

## The heat map

heat_heading = { $metric } per veckodag och timme
heat_metric = Värmekartans nyckeltal
heat_mean_calls = Samtal per timme i snitt, för importerade dagar
heat_calls = Samtal
heat_abandon_rate = Andel tappade per timme
heat_level = Servicenivå per timme
heat_answer_speed = Snittsvarstid per timme, minuter och sekunder
no_calls_label = inga samtal
closed_label = stängt
unknown_label = okänt
no_calls_key = Inga samtal
no_calls_or_closed = Inga samtal eller stängt
no_data_or_closed = Inga data eller stängt

## The breakdown

class_reason = Orsak
class_issue = Ärendetyp
class_type = Samtalstyp
class_outcome = Utfall
class_number = Uppringt nummer
class_key = Knappval
class_sign_out = Utloggningsorsak
no_reason = Inget samtal under perioden har en orsak.
no_issue = Inget samtal under perioden har en ärendetyp.
no_type = Inget samtal under perioden har en samtalstyp.
no_outcome = Inget samtal under perioden har ett utfall.
no_number = Inget samtal under perioden har ett uppringt nummer.
no_key = Inget samtal under perioden har ett knappval.
no_sign_out = Ingen utloggning under perioden har en orsak.
breaks_heading = Pauser
unnamed_break = Paus { $code }
productive_break = { $share } · produktiv
shrinkage_of_breaks = Bortfall genom pauser
share_of_signed_in = { $hours } · { $percent } av inloggad tid
repeats_heading = Återkommande samtal
repeats_within_day = Ringde också under de 24 timmarna före
repeats_within_week = Ringde också under de 7 dagarna före
calls_without_number = Samtal utan nummer
repeats_of_calls = { $repeats } av { $calls } · { $percent }
based_on_issues = Av { $count }; ett samtal kan ha flera
based_on_calls = Av { $count } samtal
based_on_known = Av { $count } samtal med uppgiften
based_on_sign_outs = Av { $count ->
    [one] 1 utloggning med uppgiften
   *[other] { $count } utloggningar med uppgiften
}
calls_column = Samtal
sign_outs_column = Utloggningar
share_column = Andel
not_recorded = Inte registrerat
# A reason without a name: "Reason 12".
unnamed_value = { $class } { $id }
more_in_files = { $count } till i filerna
agents_without_breakdown = Exporter har inte orsaker, ärendetyper, samtalstyper och utfall per agent.
export_without_breakdown = Exporten för de här köerna ({ $exports }) har inga orsaker eller utfall.
calls_in_no_row = { $exports } har inga orsaker eller utfall, så de samtalen finns inte på någon rad.

## What else an export has of a queue

queue_settings = Köns inställningar (från exporten)
assigned_agents = Tilldelade agenter
queue_groups_heading = Kögrupper
available_reasons = Möjliga orsaker
export_queue_groups = Exportens kögrupper
export_agent_groups = Exportens agentgrupper
numbers_heading = Nummer
agent_priority = prioritet { $number }
number_leads_to = till { $name }
number_leads_to_kind = till { $name } ({ $kind })
field_short_name = Kortnamn
field_internal_number = Internt nummer
field_public_number = Publikt nummer
field_description = Beskrivning
field_strategy = Strategi
field_wrap_up = Efterarbetstid, sekunder
field_disconnection_rate = Godtagbar andel avbrutna
field_destination = Destination
field_destination_type = Destinationstyp
