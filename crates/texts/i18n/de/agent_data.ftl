# Die Seite über das, was über einen Agenten gespeichert ist, und die nach dem Löschen.

stored_about_person = Gespeicherte Daten über { $name }
stored_heading = Gespeicherte Daten
nothing_stored = Es ist nichts gespeichert
stored_place = Ansehen und herunterladen
stored_about = Das Eingangsprotokoll lässt sich nicht je Person zählen: Von und Bis gelten für das ganze Protokoll. Heutige Status und Kennzahlen sind bis Mitternacht im Speicher.

## Deleting it
delete_it = Löschen
delete_it_about = Löscht Namen, Adressen, Zugehörigkeiten und Kennzahlen, und ersetzt die Person in Anrufen durch ein Pseudonym. Kennzahlen der Warteschlangen bleiben. Das lässt sich nicht rückgängig machen.
# After the previous one.
delete_log_until = Seiten früherer Zeitpunkte zeigen sofort das Pseudonym; das Eingangsprotokoll selbst enthält die Person bis { $date }.
confirmation_wrong = Der Text war nicht derselbe, daher wurde nichts gelöscht.
# $text is the name or the ID.
type_to_confirm = Geben Sie zur Bestätigung „{ $text }“ ein
delete_stored = Gespeicherte Daten löschen
delete_needs_administrator = Ein angemeldeter Administrator kann sie hier löschen.
# Before a command.
delete_on_server = Auf dem Server:
# $option is an option of the command.
dry_run_about = Mit { $option } wird nur aufgelistet, was gelöscht würde.

## Afterwards
person_deleted = Gelöscht
person_deleted_heading = Daten, die über die Person gespeichert waren
person_deleted_about = Innerhalb von Sekunden zeigt keine Seite die Person mehr.
# After the previous one.
deleted_log_until = Das Eingangsprotokoll selbst enthält sie bis { $date }.
# All are sections of the configuration.
delete_elsewhere = Agenten, die noch dort arbeiten, werden wieder gemeldet: Entfernen Sie sie beim Anbieter, oder verbergen Sie sie mit { $hide }. Entfernen Sie die Person auch aus { $names } und { $people }.
