# Around every page. The names of pages are those that its navigation has.

skip_to_content = Zum Inhalt springen
main_navigation = Hauptmenü
nav_boards = Tafeln
nav_alerts = Alarme
# After the number of alerts, for screen readers.
alerts_open_mark = offen
nav_cases = Vorgänge
nav_history = Historie
nav_more = Mehr
nav_shift = Schichtbericht
nav_announce = Mitteilungen
nav_sources = Datenquellen
nav_screens = Bildschirme
nav_settings = Einstellungen
nav_users = Benutzer
sign_out = Abmelden
pause_updates = Anhalten
resume_updates = Fortsetzen
copy = Kopieren
copied = Kopiert
# What folds an explanation.
fold_help = Hilfe

## What the page's script says

page_gone = Was diese Seite zeigt, gibt es nicht mehr. Laden Sie die Seite neu.
paused_at = Angehalten um { $time }. Die Werte sind von diesem Zeitpunkt.
paused_no_data = Aktualisierung angehalten. Keine Daten seit { $time }.
lost_no_data = Verbindung unterbrochen. Keine Daten seit { $time }.
no_update_since = Keine Aktualisierung seit { $time }. Letzte bekannte Werte.
# After sentences about other queues, read aloud.
more_queues_changed = Weitere geänderte Warteschlangen: { $count }.
# At the foot of a printed page.
printed_at = gedruckt { $day } { $time }
printed_at_zone = gedruckt { $day } { $time } ({ $zone })
printed_page = Seite { $number } von { $count }

## While the page has no connection

# After a last known value.
last_mark = (zuletzt)
unknown_since_update = Seit der letzten Aktualisierung unbekannt.
