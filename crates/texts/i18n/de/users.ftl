# Benutzer, API-Tokens und das Prüfprotokoll.

## Users

role_and_groups = Rolle und Gruppen
added_column = Hinzugefügt
# After one's own name.
you_mark = Sie
disabled_mark = deaktiviert
# $provider is the identity provider.
signs_in_with = meldet sich mit { $provider } an
role_from_provider = Rolle und Gruppen kommen von { $provider }.
cancel_edit = Abbrechen
set_new_password = Neues Passwort setzen
set_password = Passwort setzen
set_password_of = Passwort von { $name } setzen
user_sessions_end = Alle Sitzungen dieses Benutzers enden.
last_admin_stays = Der letzte Administrator kann nicht deaktiviert werden.
enable_user = { $name } aktivieren
disable = Deaktivieren
disable_user = { $name } deaktivieren
disable_help = Alle Sitzungen enden, und niemand kann sich als dieser Benutzer anmelden, bis Sie ihn wieder aktivieren.
add_user_heading = Benutzer hinzufügen
add_user = Hinzufügen
password_of_length = Passwort, mindestens 12 Zeichen
roles_about = Betrachter sehen Tafeln von Warteschlangen und nichts über einzelne Personen. Supervisoren sehen auch Agenten, Kontakte, Historie und Datenquellen. Administratoren verwalten auch Benutzer.
members_about = Mitglieder einer Gruppe sehen nur deren Tafeln, Warteschlangen und Agenten, Administratoren alles.
user_was_added = Der Benutzer wurde hinzugefügt und kann sich anmelden.
role_was_changed = Rolle und Gruppen wurden geändert. Offene Seiten folgen innerhalb von 5 Sekunden.
user_was_disabled = Der Benutzer wurde deaktiviert, und alle Sitzungen wurden beendet.
user_was_enabled = Der Benutzer kann sich wieder anmelden.
user_password_was_set = Das Passwort wurde gesetzt, und die Sitzungen des Benutzers wurden beendet.

## Why users aren't changed

user_exists = Es gibt schon einen Benutzer „{ $name }“. Wählen Sie einen anderen Namen.
user_missing = Es gibt keinen Benutzer „{ $name }“. Laden Sie die Seite neu.
user_deleted = Diesen Benutzer gibt es nicht mehr. Laden Sie die Seite neu.
users_ambiguous = Es gibt mehrere Benutzer „{ $name }“.
is_last_administrator = „{ $name }“ ist der letzte Administrator. Fügen Sie zuerst einen anderen hinzu.
access_group_missing = Es gibt keine Gruppe „{ $name }“ unter [access.groups] in der Konfiguration.
user_name_invalid = Der Name eines Benutzers hat 1 bis { $count } Zeichen und keine unsichtbaren.

## API tokens

api_tokens = API-Tokens
# $api is a link.
tokens_about = Ein Programm mit einem Token liest die { $api }, Dateien und Messwerte des Servers und ändert nur, was Sie erlauben.
# The link in it.
api_link = API
new_token = Das neue Token
copy_token_now = Kopieren Sie es jetzt: Es wird nicht noch einmal angezeigt. Das Programm sendet es in der Kopfzeile { $header }.
tokens_heading = Tokens
changes_column = Ändert
token_created_column = Erstellt
expires_column = Läuft ab
access_column = Zugriff
reads_everything = alles
changes_nothing = nichts
changes_alerts = Alarme
changes_announcements = Mitteilungen
# In place of a role. $source is a name.
sends_values_of = sendet Werte von { $source }
sends_values_only = sendet Werte von { $source }, liest nichts
reads_case_records = liest Vorgangsprotokolle
expired_on = abgelaufen { $date }
revoke = Widerrufen
revoke_named = { $name } widerrufen
create_token_heading = Token erstellen
expires_after = Läuft ab nach
may_change = Darf ändern, nur als Supervisor
may_act_on_alerts = Alarme übernehmen, zurückstellen, kommentieren und schließen
may_announce = Mitteilungen erstellen und beenden
create_token = Erstellen
token_groups_about = Mit Gruppen liest das Programm nur deren Warteschlangen und Agenten.
token_revoked = Token widerrufen.
token_name_invalid = Der Name eines Tokens hat 1 bis { $count } Zeichen und keine unsichtbaren.
token_role_invalid = Ein Token ist für einen Betrachter oder einen Supervisor, nicht für einen Administrator.
token_change_invalid = Ein Token, das etwas ändert, ist für einen Supervisor.
token_send_invalid = Ein Token, das Werte sendet, tut nichts anderes.
token_case_records_invalid = Ein Token, das Vorgangsprotokolle liest, tut nichts anderes.
token_days_invalid = Ein Token gilt 1 bis { $count } Tage.
token_gone = Dieses Token gibt es nicht mehr.

## The audit trail

audit_about = Anmeldungen, Änderungen und Zugriffe auf personenbezogene Daten.
download_csv = CSV herunterladen
newest_entries_first = Neueste zuerst
nothing_yet = Noch nichts
who_column = Wer
number_column = Nummer
origin_column = Herkunft
# Where a name comes from, with the beginning of its ID there.
origin_account = Konto { $id }
origin_provider = Identitätsanbieter { $id }
origin_screen = Bildschirm { $id }
origin_token = API-Token { $id }
origin_command_line = Kommandozeile
origin_server = von selbst
origin_unknown = nicht angemeldet
# What somebody did, after the name.
did_sign_in = angemeldet
did_fail_to_sign_in = Anmeldung fehlgeschlagen
did_sign_out = abgemeldet
did_end_session = Sitzung beendet
did_add_user = Benutzer hinzugefügt
did_change_role = Rolle geändert
did_disable_user = Benutzer deaktiviert
did_enable_user = Benutzer aktiviert
did_set_password = Passwort gesetzt
did_pair_screen = Bildschirm gekoppelt
did_change_screen = Bildschirm geändert
did_remove_screen = Bildschirm entfernt
did_identify_screen = Bildschirm identifiziert
did_reload_screen = Bildschirm neu geladen
did_try_screen_sound = Ton abgespielt auf Bildschirm
did_make_screen_address = Bildschirmadresse erstellt
did_make_token = Token erstellt
did_revoke_token = Token widerrufen
did_forget_person = Person vergessen
did_change_setting = Einstellung geändert
did_delete_setting = Einstellung gelöscht
did_make_announcement = Mitteilung erstellt
did_end_announcement = Mitteilung beendet
did_add_picture = Bild hinzugefügt
did_take_alert = Alarm übernommen
did_release_alert = Alarm zurückgegeben
did_snooze_alert = Alarm zurückgestellt
did_note_alert = Alarm kommentiert
did_close_alert = Alarm geschlossen
did_silence_alerts = Alarme stummgeschaltet
did_end_silence = Stummschaltung beendet
did_test_channel = Kanal getestet
did_resend_message = Nachricht erneut gesendet
did_drop_message = Nachricht verworfen
did_send_report = Bericht gesendet
did_save_view = Ansicht gespeichert
did_delete_view = Ansicht gelöscht
did_view = angesehen
did_export = exportiert
