# Die Formulare von Datenquellen und Kanälen. Ihre Felder stehen in form_fields.ftl.

## The choice of a kind
figures_come_from = Woher kommen die Kennzahlen?
kinds_of_files = Historie und Prognosen
messages_go_to = Wohin sollen Nachrichten gesendet werden?
new_channel_about = Die nächste Seite zeigt, wo Sie finden, wonach sie fragt, und sendet einen Test.
# After a link to the data sources.
new_source_crumb = Neu

## Saved or not
# $rule is a link with the next text, $alerts the link to the alerts.
channel_saved = Gespeichert. { $rule }, die ihn benachrichtigt, oder siehe { $alerts }.
make_rule = Erstellen Sie eine Regel
# Both are links to pages.
source_saved = Gespeichert. Sie startet jetzt: siehe { $sources } oder { $boards }.
source_saved_paused = Gespeichert. Sie ist pausiert.
# Before the reason, which is in English.
channel_unusable = An diesen Kanal kann nichts gesendet werden. Nachrichten warten so lange.

## The test
test_source = Testen
test_passed = Der Test war erfolgreich
test_failed = Der Test war nicht erfolgreich
not_saved_test = Nicht gespeichert: Der Test war nicht erfolgreich
step_passed = OK
step_failed = Nicht OK
nothing_saved_yet = Noch ist nichts gespeichert.
test_channel_failed = Noch ist nichts gespeichert. Beheben Sie den Fehler, oder speichern Sie es so: Nachrichten warten, bis es funktioniert.
test_source_failed = So gespeichert, verbindet sich die Quelle, sobald die Ursache behoben ist.
test_too_long = Der Test war nach { $seconds } s noch nicht fertig. Speichern Sie ohne Test, und sehen Sie unter „Datenquellen“ nach, oder führen Sie wallboard check aus, das länger wartet.
receiver_silent = Keine Antwort innerhalb von { $seconds } s. Prüfen Sie die Adresse.
save_untested = Trotz erfolglosem Test speichern

## An entry of a file
in_a_file = In einer Datei
moving_seals = Seine Geheimnisse werden hier versiegelt, auch die aus Variablen und Dateien des Servers.

## The fields
# Before a field's hint.
required_note = Erforderlich.
channel_name_hint = Kleinbuchstaben, zum Beispiel floor: Regeln und Berichte verwenden den Namen, und er bleibt.
source_id_hint = Sie kann später nicht geändert werden.
source_name_hint = Wie Tafeln und Seiten sie nennen; ohne Namen die Kennung.
id_missing = Die Angabe fehlt. Verwenden Sie Kleinbuchstaben, Ziffern und -.
field_missing = Die Angabe fehlt. Füllen Sie das Feld aus.
id_taken = Schon vergeben. Wählen Sie etwas anderes.
secret_is_sealed = Verschlüsselt gespeichert; leer lassen, um es zu behalten.
secret_again = Geben Sie es noch einmal an, denn die Adresse, an die es gesendet wird, hat sich geändert.
# $choice is a word of the configuration.
usual_choice = Üblich ({ $choice })
more_settings = Weitere Einstellungen
# $key is a key of the configuration, $section is one too.
key_is_file = { $key } ist eine Datei des Servers: { $section ->
    [channels] Ein Kanal, der
   *[sources] Eine Quelle, die
} sie braucht, bleibt in der Konfigurationsdatei.
key_is_folder = { $key } ist ein Ordner des Servers: { $section ->
    [channels] Ein Kanal, der
   *[sources] Eine Quelle, die
} ihn braucht, bleibt in der Konfigurationsdatei.
key_opens_network = { $key } ist ein Recht auf Ihr eigenes Netz: { $section ->
    [channels] Ein Kanal, der
   *[sources] Eine Quelle, die
} es braucht, bleibt in der Konfigurationsdatei.

## Statistics by trying their names
find_statistics = Statistiken suchen
find_queues = Warteschlangen, die untersucht werden
find_queues_hint = Je Zeile eine Kennung, zum Beispiel 9002@SIP_Switch.
find_agents = Agenten, die untersucht werden
find_agents_hint = Je Zeile ein Benutzername.
find_groups = Agentengruppen, die untersucht werden
find_groups_hint = Je Zeile eine, mit ihrer Warteschlange: Support = 9002@SIP_Switch.
no_statistic_found = Kein üblicher Name funktioniert dafür, der nicht schon unten steht. Prüfen Sie die Kennungen, oder fügen Sie Zeilen mit den Namen Ihres Contact-Centers hinzu.
statistics_found = { $count ->
    [one] 1 gefunden und unten hinzugefügt. Testen Sie, und speichern Sie dann.
   *[other] { $count } gefunden und unten hinzugefügt. Testen Sie, und speichern Sie dann.
}
see_marked_fields = Siehe die markierten Felder.
find_needs_object = Geben Sie zuerst die Kennung einer Warteschlange, eines Agenten oder einer Gruppe ein.
find_needs_queue = Schreiben Sie jede Gruppe mit der Warteschlange, zu der ihre Kennzahlen gehören: Support = 9002@SIP_Switch.
# Before the reason, which is in English.
find_failed = Statistiken können nicht gesucht werden.
find_too_long = Die Suche war nach { $seconds } s noch nicht fertig. Speichern Sie die Quelle, und führen Sie dann wallboard check --config FILE --discover { $id } aus, das länger wartet.

## Pausing and deleting
pause_or_delete = Pausieren oder löschen
pausing_about = Pausiert ist sie getrennt, und Tafeln zeigen, wer sie pausiert hat.
pause_source = Pausieren
resume_source = Fortsetzen
no_queue_known = Es ist keine Warteschlange von ihr bekannt.
queues_go = Diese Warteschlangen verschwinden: { $queues }.
queues_go_with_more = Diese Warteschlangen verschwinden: { $queues } und { $count } weitere.
boards_with_them = Tafeln, die sie zeigen: { $boards }.
rules_without_them = Alarmregeln, die dann nichts mehr überwachen: { $rules }.
history_stays = Ihre Historie bleibt, ebenso ihre Versionen: Erstellen Sie eine Quelle mit derselben Kennung, um sie zu sehen.
channel_unused = Keine Regel und kein Bericht sendet an ihn. Nachrichten, die noch auf ihn warten, werden aufgegeben.
# $uses are links with the next two.
channel_in_use = In Verwendung, daher nicht löschbar: { $uses }.
use_in_rule = Regel { $name }
use_in_report = Bericht { $name }
versions_without_secrets = Ohne ihre Geheimnisse. Eine wiederhergestellte Version hat auch ihre Geheimnisse wieder.
