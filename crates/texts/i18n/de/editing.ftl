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
changed_meanwhile = Nicht gespeichert: { $person } hat es inzwischen geändert, { $time }
conflict_about = Wenn Sie jetzt speichern, ersetzt Ihre Version die andere. Diese bleibt unter Versionen.
their_version = Andere Version
your_version = Ihre Version
removed_version = Entfernt
theirs_to_yours = Von der anderen Version zu Ihrer:

## What changed, before its values
# $level is a key of the configuration.
limit_of_metric = { $metric }, { $level ->
    [warn] Warnung ab
    [crit] kritisch ab
    [warn_below] Warnung unter
    [clear] zurück bei
    [min_sample] bewertet ab Kontakten
   *[crit_below] kritisch unter
}
# A limit of time in an agent's status.
limit_of_status = { $status } länger als
# On one board.
name_of_queue = Name von { $queue }
widgets_of_board = Widgets
first_on_board = Zuerst auf der Tafel
left_out_of_board = Ausgelassen
# Before the two values of a change, for screen readers.
value_before = vorher:
value_after = jetzt:
# The same change as lines of the file.
changed_lines = Im Format der Konfiguration

## Where an entry comes from
origin_file = In { $file }, Zeile { $line }.
origin_only_file = In { $file }, Zeile { $line }. Ändern Sie es dort, und laden Sie dann die Konfiguration neu.
changed_by = Geändert von { $person }, { $time }.

## What uses an entry, before it's deleted
# $uses are links: board Hall, rule Sales, screen Kitchen.
entry_used_by = Verwendet von: { $uses }.
entry_unused = Nichts verwendet es.
use_in_board = Tafel { $name }
use_in_playlist = Playlist { $name }
use_in_announcement = Mitteilung „{ $text }“
use_on_screen = Bildschirm { $name }
# Of thresholds, targets or hours, which a pattern gives to these queues.
entry_of_queues = Es gilt für: { $queues }. Danach gilt für sie, was andere Muster sagen, oder der Standard.
entry_of_more_queues = Es gilt für: { $queues } und { $count } weitere. Danach gilt für sie, was andere Muster sagen, oder der Standard.
entry_of_no_queue = Keine Warteschlange, die jetzt gemeldet wird, hat es.

## A field that finds entries of a long list
find_entry = Suchen
find_button = Suchen
# Of all entries of the list.
entries_found = { $found } von { $total }
# In place of a new secret, which nobody sees.
secret_changed = geändert
paused_by_field = Pausiert von
report_when = Wann
# Before on or off.
rule_switch = Regel ist
