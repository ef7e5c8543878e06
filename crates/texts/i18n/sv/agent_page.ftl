# En agents sida.

only_cases_reported = Vngage rapporterar ärenden per agent, men inte om agenten är inloggad, redo eller på paus. Tillgänglighet visas per kö.
updates_interrupted = Uppdateringarna avbröts, så antalen kan vara för låga.
now_and_today = Nu och i dag
more_metrics = Fler nyckeltal
status_by_source = Status per källa
data_source_column = Datakälla
reason_column = Orsak
vendor_status = Leverantörens status
by_channel = Per kanal
time_ago = för { $age } sedan
closed_cases = Avslutade ärenden
# In place of a list of queues.
no_queues = Inga
data_stored = Sparade uppgifter
possible_duplicate = Möjlig dubblett
# $agent is a link.
same_person = { $agent } har samma e-postadress eller ID i en annan källa. Om det är samma person lägger du till det här i konfigurationen för att slå ihop dem:

## The day as a timeline

statuses_today = Dagens statusar
no_timeline = Ingen status har registrerats i dag ännu.
to_column = Till
timeline_unknown = Okänd
# Read aloud. $sums are statuses, each with its time.
timeline_sentence = Från { $from } till { $to }: { $sums }.

## A past day

day_timeline = Dagens statusar
day_timeline_about = Från statusar som rapporterades då, annars från importerade exporter: inloggningar, raster och kösamtal. ”Inloggad” kan också vara ett samtal utanför köerna. Streckade tider är okända.
not_signed_in_that_day = Inte inloggad den här dagen.
day_unknown = Inget är känt om den här dagen: den finns inte i loggen, och ingen export med inloggningar har importerats.

## The last two weeks

all_agents = Alla agenter
signed_in_time = Inloggad
break_time = På paus
occupancy = Beläggning
agent_days_summary = Från leverantörens export. ”Alla agenter” är hanteringstiden i snitt för alla samtal den dagen.
