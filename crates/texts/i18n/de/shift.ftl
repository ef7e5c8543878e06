# Der Schichtbericht.

shift_heading = Schichtbericht
shift_of = Schichtbericht, { $times }
shift_times = { $day } { $times }
shift_times_now = { $day } { $times } (jetzt)
shift_from = Von
shift_to = Bis
shift_time_like = Zum Beispiel { $time }
show_shift = Anzeigen
critical_longest_first = Kritisch, längste zuerst
no_queue_critical = Keine Warteschlange war kritisch.
critical_in_all = { $count ->
    [one] Einmal kritisch, insgesamt { $time }.
   *[other] { $count }-mal kritisch, insgesamt { $time }.
}
one_still_critical = { $name } ist noch kritisch.
some_still_critical = { $names } sind noch kritisch.
count_still_critical = { $count } Warteschlangen sind noch kritisch.
lost_in_all = { $count ->
    [one] Eine Quelle war einmal getrennt, { $time } lang.
   *[other] Quellen waren { $count }-mal getrennt, insgesamt { $time }.
}
time_column = Zeit
lasted_column = Dauer
why_column = Grund
# $agents are links, or a number.
on_break_then = Zu Beginn in Pause: { $agents }
shorter_not_shown = { $count ->
    [one] 1 kürzerer Vorfall wird nicht gezeigt.
   *[other] { $count } kürzere Vorfälle werden nicht gezeigt.
}
results_against_target = Ergebnisse und Ziele
no_contacts_counted = Wallboard hat keine Kontakte gezählt.
figures_by_queue = Kennzahlen je Warteschlange
target_column = Ziel
all_contacts = Alle Kontakte
# In place of a target: each queue has one.
each_its_own = je eigenes
counted_since_time = Gezählt seit { $time }.
contacts_missing = Kontakte können fehlen: { $times }.
source_not_connected_at = { $source } war um { $time } nicht verbunden: Kontakte von vorher können später gezählt werden.
shift_zone = Alle Zeiten in { $zone }. Warteschlangen, deren Kennzahlen der Anbieter berechnet, zeigen sie auf ihren eigenen Seiten.
source_outages_heading = Unterbrechungen von Quellen
sources_stayed_connected = Alle Quellen blieben verbunden.
source_column = Quelle
