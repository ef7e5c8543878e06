# Die Liste der Vorgänge, und Vorgänge in anderen Listen.

cases_heading = Vorgänge
# Tabs, each with the number of its cases.
active_tab = Aktiv
open_tab = Offen
closed_tab = Abgeschlossen
abandoned_tab = Abgebrochen (geschätzt)
# The status of one case.
case_waiting = Wartend
case_open = Offen
case_closed = Abgeschlossen
case_abandoned = Abgebrochen (geschätzt)
case_unconfirmed = Unbestätigt
no_cases = Keine Vorgänge
show_all = Alle anzeigen
show_all_unfiltered = Alle ohne diesen Filter anzeigen
no_queue_yet = noch keine Warteschlange
show_only_these = Nur diese anzeigen
not_assigned_yet = noch nicht zugeordnet
# When a case was created and answered.
created_column = Erstellt
answered_column = Angenommen
outcome_column = Ergebnis
transfers_column = Weiterleitungen
outcome_positive = Positiv
outcome_negative = Negativ
outcome_neutral = Neutral
outcome_unresolved = Ungelöst
case_pages = Seiten
first_page = Erste Seite
following_page = Nächste Seite

## What the table shows, and in which order

active_cases = Aktive Vorgänge
waiting_cases = Wartende Vorgänge
open_cases = Offene Vorgänge
abandoned_cases = Vor der Annahme abgebrochene Vorgänge (geschätzt)
stale_cases = Seit einer Unterbrechung nicht aktualisierte Vorgänge
no_open_cases = Keine offenen Vorgänge
longest_first = längste zuerst
waiting_first = wartende zuerst, dann die längsten
shortest_first = kürzeste zuerst
oldest_first = älteste zuerst
newest_first = neueste zuerst
by_queue = nach Warteschlange
by_agent = nach Agent
# "Waiting cases, longest first"
cases_in_order = { $cases }, { $order }
