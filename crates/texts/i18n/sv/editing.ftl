# Forms of settings: saved or not, where an entry comes from, and who changed it. $time is already written.
entry_saved = Sparat. Det gäller nu.
# Before faults that are in English, as the command writes them.
entry_not_saved = Inte sparat.
# $error may be in English, as the command writes it.
not_saved_because = Inte sparat: { $error }.
entry_faults = Inte sparat. Rätta de markerade fälten.
remove_entry = Ta bort

## When two people change the same
# $person is a name.
changed_meanwhile = Inte sparat: { $person } ändrade det under tiden, { $time }. Om du sparar nu ersätts den versionen.
form_conflict = Någon annan ändrade det under tiden. Öppna det igen för att se den andra versionen.
their_version = Den andras
your_version = Din
removed_version = Borttagen

## Where an entry comes from
origin_file = I { $file }, rad { $line }.
origin_only_file = I { $file }, rad { $line }. Ändra det där och läs sedan in konfigurationen igen.
changed_by = Ändrat av { $person }, { $time }.
