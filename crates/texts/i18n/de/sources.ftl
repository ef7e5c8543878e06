# Datenquellen: ob sie verbunden sind, und was zu tun ist, wenn eine es nicht ist.

new_data_source = Neue Datenquelle
no_source_configured = Es ist keine Datenquelle konfiguriert.
add_one = Eine hinzufügen
first_steps = Erste Schritte

## All in one sentence

source_is_connected = { $name } ist verbunden.
source_is_connecting = { $name } verbindet sich.
source_needs_attention = { $name } ist verbunden, aber es besteht Handlungsbedarf.
source_lost_since = { $name } ist seit { $time } getrennt.
# The same of a source of files.
source_first_read = { $name } wird zum ersten Mal gelesen.
files_need_attention = Bei Dateien von { $name } besteht Handlungsbedarf.
source_unread_since = { $name } ist seit { $time } nicht lesbar.
both_sources_connected = Beide Datenquellen sind verbunden.
all_sources_connected = Alle { $count } Datenquellen sind verbunden.
# After sentences about those that aren't.
other_one_connected = Die andere ist verbunden.
others_connected = Die anderen { $count } sind verbunden.

## One of them

source_degraded = Eingeschränkt
source_down = Ausgefallen
source_paused = Pausiert
source_unheard = Unbekannt
updated_just_now = gerade aktualisiert
updated_ago = aktualisiert vor { $age }
no_messages_yet = noch keine Nachrichten
# After "Paused".
by_person = von { $person }
boards_show_term = Tafeln zeigen
what_to_do_term = Was zu tun ist
rejected_statistics = Abgelehnte Statistiken
rejected_by = Von { $vendor } abgelehnt
statistic_column = Statistik
last_error_term = Letzter Fehler

## Its state: what happened, what boards show, what to do

status_connected = Verbunden.
boards_live = Aktuelle Daten.
nothing_to_do = Nichts zu tun.
status_first_connect = Erster Verbindungsaufbau.
boards_saved_names = Gespeicherte Namen, und „–“, bis Daten eintreffen.
first_connect_to_do = Wenn das über eine Minute dauert, prüfen Sie die Adresse in der Konfiguration und ob dieser Server sie erreicht.
status_backlog = Verbunden, wartende Nachrichten werden verarbeitet.
status_reloading = Angemeldet, alle Statistiken werden neu geladen.
boards_old_values = Alte Werte, als veraltet markiert, bis sie aktualisiert sind.
catching_up_to_do = Nichts zu tun. Das dauert einige Sekunden.
status_unreadable = Über 10 % der Nachrichten der letzten Minute konnten nicht vollständig gelesen werden.
boards_readable = Was gelesen werden konnte. Andere Kennzahlen behalten ihre vorigen Werte.
unreadable_to_do = Sehen Sie sich unten die abgelehnten Nachrichtentypen an, und informieren Sie den Anbieter oder die Entwickler von Wallboard: Das Format kann sich geändert haben.
status_no_sign = Kein Lebenszeichen seit 8 s.
boards_last_values = Die letzten bekannten Werte in Grau, mit ihrer Uhrzeit. Laufende Zeiten bleiben stehen.
no_sign_to_do = Wallboard macht innerhalb von Sekunden von selbst weiter oder verbindet sich neu. Wenn das anhält, prüfen Sie das Netzwerk und ob dieser Server überlastet ist.
status_unreachable = Keine Verbindung möglich.
unreachable_to_do = Beheben Sie das Problem oben in der Konfiguration, in Ihrem Netzwerk oder beim Anbieter, und führen Sie dann wallboard check aus. Wallboard versucht es alle paar Sekunden erneut (jede Minute, wenn der Zugriff verweigert wurde), oder sofort nach systemctl reload wallboard (SIGHUP).
status_disconnected = Getrennt.
boards_last_values_soon = Die letzten bekannten Werte, nach 8 s in Grau, mit ihrer Uhrzeit. Laufende Zeiten bleiben stehen.
disconnected_to_do = Kurze Unterbrechungen enden von selbst: Wallboard versucht es alle paar Sekunden erneut (jede Minute, wenn der Zugriff verweigert wurde). Wenn das anhält, beheben Sie das Problem oben in der Konfiguration, in Ihrem Netzwerk oder beim Anbieter, und führen Sie dann wallboard check aus. Für einen sofortigen Versuch führen Sie systemctl reload wallboard (SIGHUP) aus.
status_silent = Verbunden, antwortet aber nicht, auch nicht auf Anfragen.
silent_to_do = Fragen Sie den Anbieter, ob der Statistikdienst läuft. Wallboard versucht es alle paar Minuten erneut, oder sofort nach systemctl reload wallboard (SIGHUP).
# The same of a source that sends events.
status_silent_events = Verbunden, antwortet aber nicht, auch nicht auf die Anfrage nach ihrer Konfiguration.
silent_events_to_do = Fragen Sie den Anbieter, ob Ereignisse gesendet werden und ob die Queue von Wallboard an den richtigen Exchange gebunden ist (events_exchange in der Konfiguration).
status_rejected = { $count ->
    [one] Verbunden, bis auf eine Statistik, die { $vendor } ablehnt.
   *[other] Verbunden, bis auf { $count } Statistiken, die { $vendor } ablehnt.
}
boards_rejected = Aktuelle Daten, und „–“, wo der Wert abgelehnt wird.
rejected_to_do = Sehen Sie sich die Liste unten an, und berichtigen Sie die Einträge in der Konfiguration. wallboard check prüft jeden davon. Wallboard versucht sie auch selbst erneut.
status_invalid = { $count ->
    [one] { $vendor } liefert eine Kennzahl gerade nicht.
   *[other] { $vendor } liefert { $count } Kennzahlen gerade nicht.
}
boards_invalid = Aktuelle Daten, und „–“, wo es keinen gültigen Wert gibt.
invalid_to_do = Hier ist nichts zu tun. Wenn das anhält, fragen Sie den Anbieter: Oft ist eine Telefonanlage getrennt.
status_paused = Von { $person } pausiert.
paused_to_do = Ein Administrator setzt sie über „Bearbeiten“ fort, oder indem er die Zeile paused_by aus der Konfigurationsdatei entfernt.
# Of a system that sends its values to the API.
status_no_values = Es sind noch keine Werte eingetroffen.
boards_no_values = „–“, bis Werte eintreffen.
status_values_stopped = Das System sendet keine Werte mehr.
values_to_do = Prüfen Sie, ob das Programm läuft, das sie sendet, und welche Antworten es erhält. Die Anleitung für andere Systeme zeigt, wie man Werte von Hand sendet.
status_unheard = Dieser Server erhält keine Aktualisierungen vom führenden Knoten, der die Verbindung hält.
unheard_to_do = Siehe „Knoten“ weiter unten. Die Quelle selbst kann verbunden sein.

## Details

answers_term = Antwortet
not_available = nicht verfügbar
address_term = Adresse
long_polling = Long Polling
polling = regelmäßige Abfrage
subscriptions_term = Abonnements
statistics_term = Statistiken
statistics_while_disconnected = { $count } angefordert; alle veraltet, solange die Quelle getrennt ist
# $parts are some of the following.
statistics_requested = { $count } angefordert: { $parts }
statistics_current = { $count } aktuell
statistics_invalid = { $count } ohne gültigen Wert
statistics_refused = { $count } abgelehnt
values_updated_term = Werte aktualisiert
clock_term = Uhr
clock_in_sync = geht richtig (auf 2 s genau)
clock_behind = { $time } nach (wird korrigiert)
clock_ahead = { $time } vor (wird korrigiert)
update_rate_term = Aktualisierung
update_rate_measuring = wird gemessen
update_rate_every = alle { $time } je Gruppe
message_types = Nachrichtentypen
type_column = Typ
received_column = Empfangen
applied_column = Verarbeitet
ignored_column = Ignoriert
rejected_column = Abgelehnt
wrong_type_column = Falscher Typ
all_types = Alle
message_types_about = Ignoriert: nicht benötigt. Abgelehnt: nicht lesbar. Falscher Typ: gelesen, aber Werte unerwarteten Typs bleiben unbekannt.
# Before codes with their counts.
rejection_reasons = Gründe der Ablehnung:
last_log_lines = Letzte 50 Protokollzeilen
nothing_logged = Noch nichts protokolliert
level_column = Stufe
log_message_column = Nachricht, neueste zuerst
log_level_error = Fehler
log_level_warning = Warnung
log_level_note = Hinweis

## Deliveries of case records

records_delivered = Zugestellt
records_not_delivered = Nicht zugestellt
record_webhook = Webhook „{ $channel }“
record_files = Tagesdateien
# After the place: "Webhook “crm”: 3 records wait".
records_wait = { $count ->
    [0] { $place }: nichts wartet
    [one] { $place }: 1 Protokoll wartet
   *[other] { $place }: { $count } Protokolle warten
}
# The same of files, which get each record once its day is over.
records_for_file = { $count ->
    [0] { $place }: noch nichts für die nächste
    [one] { $place }: 1 Protokoll für die nächste
   *[other] { $place }: { $count } Protokolle für die nächste
}
record_accepted = zuletzt angenommen { $time }: { $answer }
record_none_accepted = noch nichts angenommen
record_file_written = { $file }, geschrieben { $time }
record_no_file = noch keine Datei: die eines Tages folgt nach Mitternacht
transcripts_term = Transkripte
# { $place } is a host: "vault.example.com".
transcripts_passed_on = { $count ->
    [0] Transkripte werden an { $place } weitergegeben: nichts wartet
    [one] Transkripte werden an { $place } weitergegeben: 1 wartet
   *[other] Transkripte werden an { $place } weitergegeben: { $count } warten
}
transcripts_lost = { $count ->
    [one] 1 seit dem Start verloren
   *[other] { $count } seit dem Start verloren
}
next_attempt_term = Nächster Versuch
