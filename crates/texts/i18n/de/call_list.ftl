# Die Liste der Anrufe, auf ihrer Seite.

calls_printed = Anrufe: { $subject }, { $period } ({ $zone })
outcome_answered = Angenommen
outcome_abandoned = Abgebrochen
outcome_short = Kurzabbruch
outcome_overflowed = Übergelaufen
outcome_in_progress = Läuft noch
all_outcomes = alle Ergebnisse
calls_counted = { $count ->
    [one] 1 Anruf.
   *[other] { $count } Anrufe, älteste zuerst.
}
oldest_calls_first = Älteste zuerst.
calls_appear_twice = Anrufe in zwei Warteschlangen erscheinen zweimal.
calls_table = Anrufe, älteste zuerst
queued_at_column = Eintritt
caller_column = Anrufer
# $setting is the name of a setting.
callers_not_stored = Rufnummern von Anrufern werden nicht gespeichert. Um sie zu speichern und die letzten vier Ziffern zu zeigen, setzen Sie { $setting }.
only_calls_of_outcome = Nur Anrufe mit dem Ergebnis: { $name }.
only_calls_of_reason = Nur Anrufe mit diesem Grund: { $name }.
only_calls_of_type = Nur Anrufe dieser Art: { $name }.
show_all_calls = Alle Anrufe anzeigen
calls_not_included = { $source } enthält keine einzelnen Anrufe.
calls_deleted = Einzelne Anrufe vor dem { $day } sind gelöscht; die Summen bleiben.
