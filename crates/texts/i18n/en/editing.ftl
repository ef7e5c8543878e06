# Forms of settings: saved or not, where an entry comes from, and who changed it. $time is already written.
entry_saved = Saved. It’s effective now.
# Before faults that are in English, as the command writes them.
entry_not_saved = Not saved.
# $error may be in English, as the command writes it.
not_saved_because = Not saved: { $error }.
entry_faults = Not saved. Correct the marked fields.
remove_entry = Remove

## When two people change the same
# $person is a name.
changed_meanwhile = Not saved: { $person } changed it meanwhile, { $time }. Saving now replaces that version.
form_conflict = Somebody else changed it meanwhile. Open it again to see their version.
their_version = Theirs
your_version = Yours
removed_version = Removed

## Where an entry comes from
origin_file = In { $file }, line { $line }.
origin_only_file = In { $file }, line { $line }. Change it there, then reload the configuration.
changed_by = Changed by { $person }, { $time }.
