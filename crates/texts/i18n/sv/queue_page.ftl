# The page of one queue.
where_you_are = Du är här
table_of = { $name }, tabell
edit_queue = Redigera
edit_queue_named = Redigera { $name }
open_until = Öppen till { $time }
all_metrics = Alla nyckeltal

## Charts
waiting_hours = I kö, senaste 4 timmarna
chart_empty = Inga data ännu. Diagrammet fylls på så länge källan är ansluten.
chart_since = Sedan { $time }, i steg om 5 minuter.
chart_no_one = Ingen väntade.
chart_peak = Flest: { $count } i kö { $time }.
chart_longest = Längsta väntetid: { $wait }, { $time }.
chart_missing = Inga data { $times }.
waiting_scale = { $count } i kö
peak_waiting = Flest i kö
chart_limit = Tröskel för längsta väntetid ({ $time })
chart_gap = Inga data { $times }
show_as_table = Visa som tabell
from_column = Från
row_so_far = { $time } hittills
usual_weekday = Vanligt på den här veckodagen
no_data_today = Inga data för i dag ännu.
counted_only_since = Räknat först från { $time }, så dagen kan inte jämföras med andra dagar.
curve_none = { $label } i dag: inga data.
curve_value = { $label } i dag: { $value } fram till { $time }.
curve_compared = { $label } i dag: { $value } fram till { $time }; vanligen { $low }–{ $high } fram till { $until }.

## Who waits
waiting_now = I kö nu
wait_column = Väntetid
since_column = Sedan
topic_column = Ämne
case_column = Ärende
no_one_waits = Ingen väntar
no_cases_known = Inga väntande ärenden är kända för den här kön.
cases_unconfirmed = { $count ->
    [one] 1 obekräftat
   *[other] { $count } obekräftade
}
unconfirmed_cases = Obekräftade
cases_stay_listed = Källan rapporterar inte när besökare lämnar kön. Ett ärende står kvar tills det är bekräftat att besökaren har lämnat kön.
source_counts_fewer = Källan rapporterar { $count } i kö. Den rapporterar inte när besökare lämnar kön, så ett ärende står kvar tills det är bekräftat att besökaren har gjort det.
source_counts_more = Källan rapporterar { $count } i kö, fler än som står här.
cases_listed_later = Ärenden som kom medan Wallboard var nere visas när en agent öppnar dem.
all_waiting_cases = Alla väntande ärenden
cases_without_queue = { $count ->
    [one] 1 väntande ärende har ingen kö ännu: Vngage anger den när ärendet öppnas eller kopplas vidare.
   *[other] { $count } väntande ärenden har ingen kö ännu: Vngage anger den när ärendet öppnas eller kopplas vidare.
}
show_them = Visa
# Before a wait, for screen readers.
over_limit = Över tröskeln { $limit }:
id_term = ID
transfers_counted = { $count ->
    [one] 1 vidarekoppling
   *[other] { $count } vidarekopplingar
}
reopened_counted = { $count ->
    [one] öppnat igen
   *[other] öppnat igen { $count } gånger
}

## Who serves
agents_heading = Agenter
more_agents_table = Fler agenter
agent_column = Agent
status_column = Status
duration_column = Tid
cases_column = Ärenden
no_agents_found = Inga agenter hittades för den här kön
# Before a time, for screen readers.
longer_than_allowed = Längre än tillåtet:

## The last two weeks
last_two_weeks = De senaste två veckorna
day_column = Dag
missed_mark = ▼ missat
view_history = Visa i Historik
view_abandoned = Visa tappade samtal
dated_weekday = { $weekday } { $day } { $month }
day_until = { $day } till { $time }
board_answered = Tavla: besvarade
board_level = Tavla: servicenivå
partial_value = { $value } (del av dagen)
of_answered_value = { $value } av besvarade
days_summary = Från leverantörens export. Servicenivå: { $formula }, { $within }.
within_and_target = inom { $limit }; målet är { $percent }
within_own_target = inom { $limit }; varje kös eget mål
own_limit_and_target = inom varje kös eget svarsmål; målet är { $percent }
own_limit_own_target = inom varje kös eget svarsmål; varje kös eget mål
days_board_note = ”Tavla” är vad tavlor visade vid dagens slut, bara för jämförelse.

## Details
queues_of_group = Köer i den här gruppen
details_heading = Detaljer
on_no_board = Ingen
groups_term = Grupper
linked_term = Länkade köer

## Closing early
close_early = Stäng tidigare i dag
close_early_about = Det gäller direkt; i morgon gäller ordinarie tider. De som väntar syns fortfarande.
close_now = Nu
undo = Ångra
close_early_in_file = Dess öppettider står i { $file }, rad { $line }. Ändra dem där, eller flytta dem till webbläsaren.
closed_today_by = Stängd i dag, av { $person }.
closed_since_by = Stängd i dag sedan { $time }, av { $person }.
closes_at_by = Stänger i dag { $time }, av { $person }.
planned_contacts = Plan: omkring { $count } kontakter hittills, { $total } i dag. Inkomna hittills: { $came }.
