# The page of one queue.
where_you_are = Sie sind hier
table_of = { $name }, Tabelle
edit_queue = Bearbeiten
edit_queue_named = { $name } bearbeiten
open_until = Geöffnet bis { $time }
all_metrics = Alle Kennzahlen

## Charts
waiting_hours = Wartend, letzte 4 Stunden
chart_empty = Noch keine Daten. Das Diagramm füllt sich, solange die Quelle verbunden ist.
chart_since = Seit { $time }, in Schritten von 5 Minuten.
chart_no_one = Niemand wartete.
chart_peak = Höchststand: { $count } wartend um { $time }.
chart_longest = Längste Wartezeit: { $wait } um { $time }.
chart_missing = Keine Daten { $times }.
waiting_scale = { $count } wartend
peak_waiting = Max. wartend
chart_limit = Schwelle der längsten Wartezeit ({ $time })
chart_gap = Keine Daten { $times }
show_as_table = Als Tabelle anzeigen
from_column = Ab
row_so_far = { $time } bis jetzt
usual_weekday = Üblich an diesem Wochentag
no_data_today = Noch keine Daten für heute.
counted_only_since = Erst seit { $time } gezählt, daher lässt sich heute nicht mit anderen Tagen vergleichen.
curve_none = { $label } heute: keine Daten.
curve_value = { $label } heute: { $value } bis { $time }.
curve_compared = { $label } heute: { $value } bis { $time }; üblich { $low }–{ $high } bis { $until }.

## Who waits
waiting_now = Jetzt wartend
wait_column = Wartezeit
since_column = Seit
topic_column = Thema
case_column = Vorgang
no_one_waits = Niemand wartet
no_cases_known = Zu dieser Warteschlange sind keine wartenden Vorgänge bekannt.
cases_unconfirmed = { $count } unbestätigt
unconfirmed_cases = Unbestätigt
cases_stay_listed = Die Quelle meldet nicht, wann Besucher gehen. Ein Vorgang bleibt in der Liste, bis feststeht, dass der Besucher gegangen ist.
source_counts_fewer = Laut Quelle wartend: { $count }. Sie meldet nicht, wann Besucher gehen, daher bleibt ein Vorgang in der Liste, bis feststeht, dass der Besucher gegangen ist.
source_counts_more = Laut Quelle wartend: { $count }, mehr als hier stehen.
cases_listed_later = Vorgänge, die eintrafen, während Wallboard nicht lief, erscheinen, sobald ein Agent sie öffnet.
all_waiting_cases = Alle wartenden Vorgänge
cases_without_queue = { $count ->
    [one] 1 wartender Vorgang hat noch keine Warteschlange: Vngage ordnet sie zu, wenn der Vorgang geöffnet oder weitergeleitet wird.
   *[other] { $count } wartende Vorgänge haben noch keine Warteschlange: Vngage ordnet sie zu, wenn der Vorgang geöffnet oder weitergeleitet wird.
}
show_them = Anzeigen
# Before a wait, for screen readers.
over_limit = Über der Schwelle von { $limit }:
id_term = Kennung
transfers_counted = { $count ->
    [one] 1 Weiterleitung
   *[other] { $count } Weiterleitungen
}
reopened_counted = { $count ->
    [one] wieder geöffnet
   *[other] { $count }-mal wieder geöffnet
}

## Who serves
agents_heading = Agenten
more_agents_table = Weitere Agenten
agent_column = Agent
status_column = Status
duration_column = Dauer
cases_column = Vorgänge
no_agents_found = Keine Agenten zu dieser Warteschlange gefunden
# Before a time, for screen readers.
longer_than_allowed = Länger als erlaubt:

## The last two weeks
last_two_weeks = Die letzten zwei Wochen
day_column = Tag
missed_mark = ▼ verfehlt
view_history = In Historie anzeigen
view_abandoned = Abgebrochene Anrufe anzeigen
dated_weekday = { $weekday }, { $day }. { $month }
day_until = { $day } bis { $time }
board_answered = Tafel: angenommen
board_level = Tafel: Servicelevel
partial_value = { $value } (unvollständig)
of_answered_value = { $value } der angenommenen
days_summary = Aus dem Export des Anbieters. Servicelevel: { $formula }, { $within }.
within_and_target = in { $limit }; das Ziel ist { $percent }
within_own_target = in { $limit }; das eigene Ziel jeder Warteschlange
own_limit_and_target = innerhalb des Annahmeziels jeder Warteschlange; das Ziel ist { $percent }
own_limit_own_target = innerhalb des Annahmeziels jeder Warteschlange; das eigene Ziel jeder Warteschlange
days_board_note = „Tafel“ ist, was Tafeln am Ende des Tages zeigten, nur zum Vergleich.

## Details
queues_of_group = Warteschlangen dieser Gruppe
details_heading = Details
on_no_board = Keine
groups_term = Gruppen
linked_term = Verknüpfte Warteschlangen

## Closing early
close_early = Heute früher schließen
close_early_about = Das gilt sofort; morgen gelten die üblichen Zeiten. Wer wartet, bleibt sichtbar.
close_now = Jetzt
undo = Rückgängig
close_early_in_file = Ihre Öffnungszeiten stehen in { $file }, Zeile { $line }. Ändern Sie sie dort, oder verschieben Sie sie in den Browser.
closed_today_by = Heute geschlossen, von { $person }.
closed_since_by = Heute seit { $time } geschlossen, von { $person }.
closes_at_by = Schließt heute um { $time }, von { $person }.
planned_contacts = Plan: etwa { $count } Kontakte bis jetzt, { $total } heute. Bisher eingegangen: { $came }.
