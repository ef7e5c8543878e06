# Listan över ärenden, och ärenden i andra listor.

cases_heading = Ärenden
# Tabs, each with the number of its cases.
active_tab = Aktiva
open_tab = Öppna
closed_tab = Avslutade
abandoned_tab = Tappade (uppskattade)
# The status of one case.
case_waiting = I kö
case_open = Öppet
case_closed = Avslutat
case_abandoned = Tappat (uppskattat)
case_unconfirmed = Obekräftat
no_cases = Inga ärenden
show_all = Visa alla
show_all_unfiltered = Visa alla utan det här filtret
no_queue_yet = ingen kö ännu
show_only_these = Visa bara dessa
not_assigned_yet = ännu ingen kö
# When a case was created and answered.
created_column = Skapat
answered_column = Besvarat
outcome_column = Utfall
transfers_column = Vidarekopplingar
outcome_positive = Positivt
outcome_negative = Negativt
outcome_neutral = Neutralt
outcome_unresolved = Olöst
case_pages = Sidor
first_page = Första sidan
following_page = Nästa sida

## What the table shows, and in which order

active_cases = Aktiva ärenden
waiting_cases = Väntande ärenden
open_cases = Öppna ärenden
abandoned_cases = Ärenden som tappades före svar (uppskattat)
stale_cases = Ärenden utan uppdatering sedan ett avbrott
no_open_cases = Inga öppna ärenden
longest_first = längst först
waiting_first = väntande först, sedan de längsta
shortest_first = kortast först
oldest_first = äldst först
newest_first = nyast först
by_queue = efter kö
by_agent = efter agent
# "Waiting cases, longest first"
cases_in_order = { $cases }, { $order }
