# The page of queues that nobody named or placed.
found_heading = Gefundene Warteschlangen
found_about = Sie melden Daten, und niemand hat sie benannt oder zugeordnet.
# The step before this one, while Wallboard is set up.
set_up_step = Einrichtung
found_nothing = Nichts Neues: Jede Warteschlange, die Daten meldet, hat einen Namen, eine Gruppe, eine Tafel oder eigene Einstellungen.
names_column = Namen
names_and_groups = Namen und Gruppen
reported_as = Gemeldet als
on_boards_column = Auf Tafeln
group_column = Gruppe
choose_column = Auswählen
source_since = { $source }, erstmals gemeldet { $time }
# $waiting and $today are already written.
found_now = { $waiting } wartend, { $today } heute
found_waiting = { $waiting } wartend
found_today = { $today } heute
found_no_figures = Noch keine Kennzahlen
name_of = Name von { $name }
group_of = Gruppe von { $name }
apply_both = Zeiten, Schwellen
# The same in full, for screen readers.
apply_both_to = Zeiten, Schwellen für { $name }
hide_queue = Verbergen
hide_queue_named = Verbergen: { $name }
group_about = Eine Gruppe wird als eine Warteschlange gezeigt; geben Sie einen neuen Namen ein, um eine anzulegen.
more_follow = { $count ->
    [one] 1 weitere folgt, sobald diese gespeichert sind.
   *[other] { $count } weitere folgen, sobald diese gespeichert sind.
}
name_is_kept = Der gemeldete Name bleibt, wenn Sie ihn nicht ändern.
hours_of_chosen = Für die ausgewählten Warteschlangen
open_legend = Geöffnet
chosen_week_hint = Zum Beispiel Mo–Fr 8–12, 13–17; sonst geschlossen. Leer: immer geöffnet.
chosen_limits_hint = Zum Beispiel 1:30 oder 45 s. Leer: die üblichen.
agents_without_name = Agenten ohne Namen
save_and_continue = Speichern und weiter
step_later = Später
