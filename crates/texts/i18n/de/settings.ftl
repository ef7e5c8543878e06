# The pages of settings: the overview, sections, entries, changes, and the site's name and time zone.
# $changes is a link with the name of the page of changes.
settings_about = Änderungen hier gelten sofort, auf allen Tafeln. { $changes } zeigt, wer was geändert hat, und macht es auf Wunsch rückgängig. Was in einer Datei steht, wird dort geändert.
changes_heading = Änderungen
# Before an entry with faults.
not_in_force = Gilt nicht:
can_be_changed = Was hier geändert werden kann
site_heading = Name, Logo und Zeitzone
where_column = Wo es steht
last_change_column = Letzte Änderung hier
# $section is a key of the configuration.
section_label = { $section ->
    [time_zone] Zeitzone
    [language] Sprache
    [boards] Tafeln
    [thresholds] Schwellen
    [targets] Ziele
    [hours] Öffnungszeiten
    [holidays] Feiertagskalender
    [names] Namen
    [groups] Warteschlangengruppen
    [figures] Werte anderer Systeme
    [links] Verknüpfungen mit Exporten
    [people] Personen in mehreren Quellen
    [hide] Verborgen
    [brand] Marke
    [privacy] Datenschutz
    [channels] Kanäle für Nachrichten
    [alerts] Alarmregeln
    [reports] Berichte per E-Mail
    [playlists] Wiedergabelisten
   *[sources] Datenquellen und Importe
}
entries_counted = { $count ->
    [one] 1 Eintrag
   *[other] { $count } Einträge
}
# Where entries of a section are, with their number.
in_browser = Browser { $count }
in_files = Dateien { $count }, zum Beispiel { $file }
in_file_from = Datei { $count }: { $file }, ab Zeile { $line }
changed_last = { $person }, { $time }

## What is only in the file
not_here = Nicht hier
not_here_limited = Zeitzone, Sprache, Datenquellen, Kanäle, Gruppen, Verknüpfungen, Personen, verborgene Warteschlangen, Marke und Datenschutz: Administratoren ändern sie, wenn sie angemeldet sind.
only_in_file = Nur in der Konfigurationsdatei:
part_server = Adresse, Port, HTTPS und Proxys
part_server_reason = ein falscher Wert würde Sie von diesen Seiten aussperren
part_load = Last auf dem Server
part_load_reason = wer den Server betreibt, weiß, was er trägt
part_access = Zugriff und Anmeldung
part_access_reason = wer was sehen und ändern darf, wird außerhalb dieser Seiten festgelegt
part_store = Datenbank, Protokoll und Cluster
part_store_reason = der Server braucht sie, bevor er lesen kann, was hier geändert wird
part_retention = Wie lange Daten aufbewahrt werden
part_retention_reason = „Rückgängig“ bringt gelöschte Daten nicht zurück
part_secrets = Geheimnisse aus Variablen oder Dateien, ihr Schlüssel und alles andere in einer Datei oder einem Ordner des Servers
part_secrets_reason = der Browser darf nicht wählen, was der Server liest
part_network = Kanäle, die Ihr eigenes Netz erreichen
part_network_reason = ein Formular darf es nicht öffnen
part_records = Wohin Vorgangsprotokolle gehen
part_records_reason = wer alle Vorgänge erhält, wird außerhalb dieser Seiten entschieden

## The entries of a section
new_entry = Neuer Eintrag
entries_heading = Einträge
entry_column = Eintrag
place_browser = Browser
place_deleted = gelöscht
place_file = { $file }, Zeile { $line }

## An entry
new_entry_of = { $section }: neuer Eintrag
entry_valid = Keine Fehler. Noch ist nichts gespeichert.
faults_counted = { $count ->
    [one] Nicht gespeichert. 1 Fehler:
   *[other] Nicht gespeichert. { $count } Fehler:
}
# Before a fault. It is in English.
fault_line = Zeile { $line }:
toml_field = TOML, wie in der Konfigurationsdatei
move_entry = In den Browser verschieben
move_entry_about = Speichert den Text auch hier. Der Eintrag der Datei gilt, bis Sie ihn dort löschen.
move_needs_lines = Er teilt seine Zeilen mit anderen Einträgen und kann daher nicht verschoben werden. Geben Sie ihm in der Datei eigene Zeilen, und laden Sie dann die Konfiguration neu.
entry_waits = In den Browser verschoben, gilt noch nicht
entry_waits_board = Löschen Sie die Datei { $file }, und laden Sie dann die Konfiguration neu. Bis dahin gilt der Eintrag der Datei.
entry_waits_line = Löschen Sie Zeile { $line } von { $file }, und laden Sie dann die Konfiguration neu. Bis dahin gilt der Eintrag der Datei.
entry_waits_lines = Löschen Sie die Zeilen { $first } bis { $last } von { $file }, und laden Sie dann die Konfiguration neu. Bis dahin gilt der Eintrag der Datei.
keep_in_file = In der Datei behalten
entry_in_both = In der Datei und im Browser
entry_in_both_about = Der Eintrag der Datei gilt. Löschen Sie einen von beiden. Von dem der Datei (−) zu dem des Browsers (+):
delete_from_browser = Aus dem Browser löschen
waiting_entries = In den Browser verschoben, gilt erst, wenn es in der Datei gelöscht ist:
entry_deleted = Gelöscht. Stellen Sie eine Version wieder her, oder speichern Sie neu.
entry_can_be_restored = Seine Versionen bleiben, und Sie können ihn wiederherstellen.
version_deleted = gelöscht
current_version = aktuell
restore_version = Wiederherstellen
restore_version_of = Wiederherstellen: Version von { $time }
# Before a line of a difference, for screen readers.
line_added = hinzugefügt:
line_removed = entfernt:

## The fields of an entry
edit_in_form = In einem Formular bearbeiten
fields_not_enough = Der Text enthält etwas, das kein Feld zeigt; daher wird er als Text geändert.
back_to_fields = Zurück zu den Feldern
unchecked_goes = Was Sie abwählen, wird beim Speichern entfernt.
add_member_queue = Warteschlange hinzufügen
add_member_agent = Agent hinzufügen
add_export_queue = Warteschlange eines Exports hinzufügen
# $entered is text that somebody typed.
unknown_member = Nichts heißt „{ $entered }“. Wählen Sie aus der Liste, oder geben Sie eine ID wie chat/12 ein.
unknown_member_or_pattern = Nichts heißt „{ $entered }“. Wählen Sie aus der Liste, oder geben Sie ein Muster wie chat/* ein.
group_title = Name der Gruppe
group_title_hint = Auf Tafeln und Seiten, etwa Verkauf.
group_queues = Warteschlangen der Gruppe
group_queues_hint = Tafeln zeigen sie als eine. Eine Warteschlange kann in mehreren Gruppen sein.
group_id_hint = Teil von Adressen und unveränderlich: Kleinbuchstaben, Ziffern und -. Leer: aus dem Namen gebildet.
person_title = Name der Person
person_title_hint = Anstelle der Namen, die die Quellen melden.
person_agents = Dieselbe Person als Agent
person_agents_hint = Aus jeder Quelle einer. Ein Agent gehört zu einer Person.
person_id_hint = Teil von Adressen und unveränderlich: Kleinbuchstaben, Ziffern und -. Leer: aus dem Namen gebildet.
linked_queue = Live-Warteschlange
linked_queue_hint = Die, deren Historie ein Export hat.
link_queues = Warteschlangen von Exporten
link_queues_hint = Ihre Historie wird mit der der Live-Warteschlange gezeigt.
named_subject = Warteschlange oder Agent
named_subject_hint = Wählen Sie aus der Liste, oder geben Sie die ID ein.
name_entry_hint = Anstelle des Namens, den die Datenquelle meldet.
hidden_queues = Verborgene Warteschlangen
hidden_queues_hint = Keine Tafel und keine Seite zeigt sie. Ein Muster verbirgt auch neue.
hidden_agents = Verborgene Agenten
hidden_agents_hint = Keine Tafel und keine Seite zeigt sie. Ein Muster verbirgt auch neue.
calendar_address = Adresse des Kalenders
calendar_address_hint = Eine iCalendar-Datei, täglich gelesen: https://…/feiertage.ics. Nur ihre ganzen Tage zählen.
calendar_id_hint = Der Name, den Öffnungszeiten für ihn haben, und unveränderlich. Leer: holidays.
accent_field = Akzentfarbe
accent_hint = Die Oberkante der Tafeln, etwa #0a7d55. Sie muss auf dunklen und hellen Tafeln sichtbar sein und darf keiner Warnung ähneln.
contact_field = Kontakt
contact_hint = Wen man bei einer Tafel ohne Daten anruft, etwa Servicedesk, 4400.
agent_names_field = Namen der Agenten
agent_names_hint = Auf Tafeln, auf Seiten und in Downloads.
agent_names_full = Vollständig: Anna Keller
agent_names_initial = Vorname und Initiale: Anna K.
agent_names_initials = Initialen: AK
agent_names_none = Keine: Agent
smallest_team_field = Kleinstes Team, in Agenten
smallest_team_hint = Warteschlangen, die weniger Agenten bedienen, zeigen keine Zahlen über sie. 1, wenn nichts angegeben ist, höchstens 100.
keep_contacts_field = Daten von Anrufern speichern
keep_contacts_hint = Namen, E-Mail-Adressen, Personen- und Telefonnummern aus Exporten. Wenn Sie es abschalten, werden gespeicherte entfernt.

## Changes
changes_about = „Rückgängig“ ist selbst eine neue Änderung; gelöscht wird nie eine.
newest_changes_first = Neueste zuerst
nothing_changed_yet = Hier wurde noch nichts geändert
# Which changes are shown.
all_settings = Alle Einstellungen
everybody = Alle
no_such_change = Keine solche Änderung.
all_changes = Alle Änderungen anzeigen
# After the name of an entry.
change_added = hinzugefügt von { $person }
change_changed = geändert von { $person }
change_deleted = gelöscht von { $person }
undo_entry = Rückgängig: { $entry }, { $time }
changed_since = Seitdem geändert
older_changes = { $count ->
    [one] 1 ältere Änderung: siehe die Versionen jedes Eintrags.
   *[other] { $count } ältere Änderungen: siehe die Versionen jedes Eintrags.
}

## Name and time zone
site_name = Name des Standorts
site_name_hint = Optional; auf Tafeln und Seiten.
logo_field = Logo
logo_and_language = Logo und Sprache
logo_hint = PNG, JPEG oder WebP mit höchstens 2 MB, neben den Titeln der Tafeln.
remove_logo = Logo entfernen
time_zone_field = Zeitzone
time_zone_hint = Wann Tage beginnen, und die Uhrzeit auf Tafeln.
time_zone_proposed = Vorschlag: die des Servers.
language_of_boards = Sprache der Tafeln
language_of_boards_hint = Eine Tafel kann eine eigene haben.
change_in_file = In { $file }, Zeile { $line }. Ändern Sie es dort.
entry_conflict_look = Jemand anders hat { $entry } inzwischen geändert. Sehen Sie sich die Änderung an, und speichern Sie noch einmal.

## Export and import
transfer_heading = Export und Import
export_heading = Export
export_about = Alles, was im Browser angelegt wurde, als ZIP-Datei: settings.toml, und Tafeln mit ihren Bildern. Geheimnisse sind nicht darin. Dieser Server hat sie noch; ein anderer fragt danach.
export_download = Herunterladen
import_heading = Import
import_about = Nimmt eine solche Datei oder nur ihre settings.toml. Sie sehen vor dem Speichern, was sich ändern würde; nichts wird gelöscht.
import_file = ZIP- oder TOML-Datei
import_show = Zeigen, was sich ändern würde
import_secrets = Geheimnisse, die nicht in der Datei sind
import_secrets_about = Geheimnisse werden nie exportiert. Geben Sie sie erneut ein, oder lassen Sie ein Feld leer, um seinen Eintrag auszulassen.
import_unreadable = Das ist weder eine exportierte ZIP-Datei noch eine TOML-Datei. Wählen Sie eine, die Sie hier heruntergeladen haben.
import_too_large = Sie ist zu groß: höchstens 4 MB je enthaltener Datei und 32 MB insgesamt.
entry_is_new = neu
import_changes = { $count ->
    [0] Nichts weicht ab.
    [one] 1 Eintrag würde sich ändern
   *[other] { $count } Einträge würden sich ändern
}
import_saved = { $count ->
    [one] 1 Eintrag gespeichert. Er gilt jetzt.
   *[other] { $count } Einträge gespeichert. Sie gelten jetzt.
}
