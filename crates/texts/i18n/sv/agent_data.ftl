# Sidan om det som är sparat om en agent, och den efter att det har raderats.

stored_about_person = Sparade uppgifter om { $name }
stored_heading = Sparade uppgifter
nothing_stored = Inget är sparat
stored_place = Se och ladda ner
stored_about = Indataloggen kan inte räknas per person: dess datum gäller hela loggen. Dagens statusar och värden finns i minnet till midnatt.

## Deleting it
delete_it = Radera dem
delete_it_about = Raderar namn, adresser, medlemskap och värden, och ersätter personen med en pseudonym i samtal. Köernas värden finns kvar. Det går inte att ångra.
# After the previous one.
delete_log_until = Sidor från tidigare tidpunkter visar genast pseudonymen; själva indataloggen har personen kvar till { $date }.
confirmation_wrong = Texten var inte densamma, så inget raderades.
# $text is the name or the ID.
type_to_confirm = Skriv ”{ $text }” för att bekräfta
delete_stored = Radera sparade uppgifter
delete_needs_administrator = En inloggad administratör kan radera dem här.
# Before a command.
delete_on_server = På servern:
# $option is an option of the command.
dry_run_about = Med { $option } listas bara det som skulle raderas.

## Afterwards
person_deleted = Raderat
person_deleted_heading = Uppgifter som var sparade om personen
person_deleted_about = Inom några sekunder visar ingen sida personen.
# After the previous one.
deleted_log_until = Själva indataloggen har personen kvar till { $date }.
# All are sections of the configuration.
delete_elsewhere = Agenter som fortfarande arbetar där rapporteras igen: ta bort dem hos leverantören, eller dölj dem med { $hide }. Ta också bort personen ur { $names } och { $people }.
