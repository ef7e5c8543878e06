# Forms of settings: saved or not, where an entry comes from, and who changed it. $time is already written.
entry_saved = Gespeichert. Die Änderung gilt jetzt.
# Before faults that are in English, as the command writes them.
entry_not_saved = Nicht gespeichert.
# $error may be in English, as the command writes it.
not_saved_because = Nicht gespeichert: { $error }.
entry_faults = Nicht gespeichert. Korrigieren Sie die markierten Felder.
remove_entry = Entfernen

## When two people change the same
# $person is a name.
changed_meanwhile = Nicht gespeichert: { $person } hat es inzwischen geändert, { $time }. Wenn Sie jetzt speichern, ersetzen Sie diese Version.
form_conflict = Jemand anders hat es inzwischen geändert. Öffnen Sie es noch einmal, um die andere Version zu sehen.
their_version = Andere Version
your_version = Ihre Version
removed_version = Entfernt

## Where an entry comes from
origin_file = In { $file }, Zeile { $line }.
origin_only_file = In { $file }, Zeile { $line }. Ändern Sie es dort, und laden Sie dann die Konfiguration neu.
changed_by = Geändert von { $person }, { $time }.
