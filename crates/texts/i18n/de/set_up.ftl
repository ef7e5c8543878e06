# Der erste Administrator, die erste Seite, und die Schritte der Einrichtung.

## The first administrator

first_administrator = Erster Administrator
first_administrator_about = Alle anderen können Sie später hinzufügen.
setup_code = Code aus dem Protokoll des Servers
your_name = Ihr Name
create_administrator = Administrator anlegen
setup_code_wrong = Falscher Code. Er steht im Protokoll des Servers. Wenn er nicht funktioniert, starten Sie den Server neu, um einen neuen zu erhalten.

## Before any data source

connect_source = Datenquelle anbinden
# $boards is a link, $demo a command.
nothing_connected = Wallboard läuft, aber es ist keine Datenquelle konfiguriert, daher sind { $boards } leer. Um es zuerst mit Zahlen zu sehen, führen Sie { $demo } aus: Das simuliert ein Contact-Center und braucht keine Konfiguration.
# The link in it.
boards_link = die Tafeln
add_source_to_file = Quelle zur Konfiguration hinzufügen
# $command, $file and $example are code.
add_source_to_file_about = Fügen Sie die Zeilen für Ihr System am Ende der Konfigurationsdatei ein, mit der { $command } gestartet wurde, oder in eine neue Datei { $file } im selben Ordner. Zeilen mit { $example } lesen ein Geheimnis aus einer Umgebungsvariablen.
# What a source brings, and the vendor's system.
starter_chat = Chat: { $system }
starter_voice = Telefonie: { $system }
starter_chat_history = Historie der Chats: { $system }
starter_call_history = Historie der Anrufe: { $system }
starter_values = Jedes andere System: JSON, CSV oder die { $system }
starter_plan = Prognosen und Einsatzpläne: { $system }
starter_demo = Demodaten
check_it = Prüfen
check_it_about = Verbindet sich mit der Quelle und listet auf, was zu beheben ist:
load_it = Laden
# $reload and $serve are commands.
load_it_about = Führen Sie { $reload } aus, oder starten Sie { $serve } neu. Ihre Tafeln erscheinen dann hier.

## The steps

set_up_heading = Wallboard einrichten
steps_done = { $done } von { $total } erledigt
# After a step, for screen readers.
step_done_mark = : erledigt
hide_steps = Diese Schritte ausblenden
boards_and_queues = Tafeln und Warteschlangen
change_step = Ändern
step_administrator = Administrator
step_site = Name und Zeitzone
set_name_and_zone = Name und Zeitzone festlegen
step_access = Wer zusehen darf
step_access_alone = Bisher nur Sie und gekoppelte TVs.
step_access_login = Wer sich anmeldet, und gekoppelte TVs.
step_access_open = Wer die Adresse öffnen kann, sieht alles.
show_without_sign_in = Ohne Anmeldung zeigen
require_sign_in = Anmeldung verlangen
access_to_open = Schreiben Sie mode = "open" in [access] der Konfigurationsdatei und starten Sie neu. Dann kann niemand als Administrator Einstellungen ändern.
access_to_login = Schreiben Sie mode = "login" in [access] der Konfigurationsdatei und starten Sie neu.
add_people = Personen hinzufügen
look_with_demo_data = Mit Demodaten umsehen
demo_data_runs = Das sind Demodaten: ein simuliertes Contact-Center. Die erste Live-Datenquelle, die Sie anbinden, tritt an ihre Stelle.
remove_demo_data = Demodaten entfernen
replaces_demo_data = Beim Speichern werden die Demodaten entfernt.
fix_source = { $name }: Problem beheben
step_queues = Namen, Gruppen, Öffnungszeiten, Schwellen
queues_report = { $count ->
    [one] 1 Warteschlange meldet Daten.
   *[other] { $count } Warteschlangen melden Daten.
}
queues_undecided = Warteschlangen mit Daten: { $total }; { $found } davon hat noch niemand benannt oder zugeordnet.
look_at_queues = Warteschlangen ansehen
step_board = Erste Tafel
step_board_file = Legen Sie eine Datei wie boards/sales.toml in den Ordner boards neben der Konfiguration, und laden Sie diese neu.
make_board = Tafel erstellen
step_screen = Erster TV
pair_tv = TV koppeln
screens_counted = { $count ->
    [one] 1 Bildschirm
   *[other] { $count } Bildschirme
}
