# One's own account.

your_account = Ihr Konto
role_viewer = Betrachter
role_supervisor = Supervisor
role_admin = Administrator
password_changed = Ihr Passwort wurde geändert, und Ihre anderen Sitzungen wurden beendet.
session_ended = Die Sitzung wurde beendet.
language_changed = Ihre Sprache wurde geändert.

where_signed_in = Wo Sie angemeldet sind
session_browser = Browser
session_begun = Angemeldet
session_used = Zuletzt verwendet
action_column = Aktion
this_browser = dieser Browser
# The button's full name, for screen readers.
sign_out_session = { $browser } abmelden, angemeldet { $time }
managed_by_provider = Ihr Identitätsanbieter verwaltet Ihr Passwort und Ihre Rolle.
browser_on = { $browser } unter { $system }
unknown_browser = Unbekannter Browser

language_heading = Sprache
language_label = Sprache der Seiten
language_of_browser = Wie im Browser
save = Speichern
language_scope = Tafeln haben die für alle eingestellte Sprache oder eine eigene.

change_your_password = Passwort ändern
current_password = Aktuelles Passwort
new_password = Neues Passwort, mindestens 12 Zeichen
change_password = Passwort ändern
signs_out_elsewhere = Damit werden Sie überall sonst abgemeldet.
wrong_current_password = Das ist nicht Ihr aktuelles Passwort.
password_too_short = Das Passwort muss mindestens 12 Zeichen haben.
password_too_long = Das Passwort darf höchstens 512 Byte haben.

## What is stored about a person

stored_about_you = Über Sie gespeicherte Daten
stored_what = Daten
stored_rows = Zeilen
stored_from = Von
stored_to = Bis
stored_kept_for = Aufbewahrung
data_names = Namen, E-Mail-Adresse, Kennungen
data_groups = Warteschlangen und Gruppen
data_day_figures = Kennzahlen je Tag
data_interval_figures = Kennzahlen je Intervall
data_activity = Anmeldungen, Pausen, Nachbearbeitungen
data_calls = Anrufe, angenommen oder verpasst
data_schedules = Einsatzpläne
data_case_records = Vorgangsprotokolle
data_caller_names = Name als Anrufer
data_export_rows = Zeilen aus Statistikdateien
data_rejected_rows = Texte abgelehnter Zeilen
data_input_log = Ereignisse und Status im Eingangsprotokoll
data_account = Konto und Sitzungen
data_paired_screens = Gekoppelte Bildschirme
data_audit_trail = Prüfprotokoll
kept_with_database = so lange wie die Datenbank
kept_for_days = { $days ->
    [one] 1 Tag
   *[other] { $days } Tage
}
date = { $day }. { $month } { $year }
