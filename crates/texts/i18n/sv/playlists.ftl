# The page that edits a playlist.
# $screen is a screen's name.
playlist_on = på { $screen }
show_playlist = Visa den
playlist_saved = Sparat. Skärmarna följer inom några sekunder.
turns_heading = I tur och ordning
# An example of a name.
example_floor = Kontoret
seconds_field = Sekunder
hours_field = Tider
# In a field without times.
hours_always = alltid
only_critical = Bara medan något är kritiskt
add_board = Lägg till en tavla
playlist_hours_hint = Tider är dagar och klockslag, till exempel mån–fre 8–17; lör 10–14, i tidszonen { $zone }. När ingen tavla står i tur visas den första.
# Before the name of a time zone, in the field of hours.
zone_word = zon
jump_heading = När en kö blir kritisk
jump_field = Dess tavla
jump_waits = väntar på sin tur
jump_for = kommer direkt, i { $time }
jump_about = En gång per tillfälle, om dess tavla finns i listan. Sedan fortsätter turordningen.
playlist_week = Veckan
update_week = Uppdatera veckan
delete_playlist = Ta bort den här spellistan
# Where a board is in the list, read aloud.
item_place = { $title }, { $number } av { $count }
item_removed = borttagen: den visas inte
item_has_agents = agenter, som skärmar inte visar här
# A board and how long it stays: "Support 20 s".
turn_of = { $title } { $seconds } s
turn_while_critical = { $title } { $seconds } s, medan något är kritiskt
