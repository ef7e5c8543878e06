# The page that edits a playlist.
# $screen is a screen's name.
playlist_on = auf { $screen }
show_playlist = Anzeigen
playlist_saved = Gespeichert. Die Bildschirme folgen innerhalb von Sekunden.
turns_heading = Reihum
# An example of a name.
example_floor = Großraum
seconds_field = Sekunden
hours_field = Zeiten
# In a field without times.
hours_always = immer
only_critical = Nur solange etwas kritisch ist
add_board = Tafel hinzufügen
playlist_hours_hint = Zeiten sind Tage und Uhrzeiten, zum Beispiel Mo–Fr 8–17; Sa 10–14, in der Zeitzone { $zone }. Wenn keine Tafel an der Reihe ist, bleibt die erste.
# Before the name of a time zone, in the field of hours.
zone_word = Zone
jump_heading = Wenn eine Warteschlange kritisch wird
jump_field = Ihre Tafel
jump_waits = wartet, bis sie an der Reihe ist
jump_for = kommt sofort, für { $time }
jump_about = Jedes Mal nur einmal, sofern ihre Tafel in der Liste ist. Danach geht es reihum weiter.
playlist_week = Die Woche
update_week = Woche aktualisieren
delete_playlist = Diese Wiedergabeliste löschen
# Where a board is in the list, read aloud.
item_place = { $title }, { $number } von { $count }
item_removed = entfernt: Sie ist nie an der Reihe
item_has_agents = Agenten, die Bildschirme hier nicht zeigen
# A board and how long it stays: "Support 20 s".
turn_of = { $title } { $seconds } s
turn_while_critical = { $title } { $seconds } s, solange etwas kritisch ist
