# The editor of boards, and its script.

## A new board
begin_board = Beginnen Sie mit einer dieser Vorlagen.
begin_choice = Was die Tafel zeigt
begin_all = Alle meine Warteschlangen
begin_all_about = { $count ->
    [one] 1 Kachel, auch für neue Warteschlangen.
   *[other] { $count } Kacheln, auch für neue Warteschlangen.
}
begin_some = Eine Gruppe oder Quelle
begin_some_about = Eine Kachel je Warteschlange, oder eine für die Gruppe.
group_or_source = Gruppe oder Quelle
begin_team = Agenten eines Teams
begin_team_about = Eine Karte je Agent. Für Namen gelten die Datenschutzeinstellungen.
queues_of_team = Warteschlangen des Teams
continue_step = Weiter
# Titles of boards until somebody gives another one.
title_team = Mein Team
title_some = Meine Warteschlangen
title_copy = { $title } (Kopie)

## Around the form
open_board_named = { $name } öffnen
versions_link = Versionen
# The way forward again after Undo.
redo = Wiederholen
board_saved = Gespeichert. Alle, die die Tafel geöffnet haben, sehen es jetzt.
board_saved_screens = { $count ->
    [one] Gespeichert. { $connected } von 1 gekoppelten Bildschirm zeigt es jetzt.
   *[other] Gespeichert. { $connected } von { $count } gekoppelten Bildschirmen zeigen es jetzt.
}
board_not_yours = Sie dürfen nur Tafeln mit Warteschlangen und Agenten speichern, die Sie sehen dürfen
board_in_file = Diese Tafel steht in { $file }, Zeile { $line }. Ändern Sie sie dort, oder kopieren Sie sie in eine neue Tafel.
copy_into_new = In eine neue Tafel kopieren
board_text = Text
check_board = Prüfen
save_and_show = { $count ->
    [one] Speichern und auf 1 Bildschirm zeigen
   *[other] Speichern und auf { $count } Bildschirmen zeigen
}
board_invalid = So lässt sich die Tafel nicht speichern. Die Vorschau zeigt die letzte gültige Version.
# $list is a list of the form, $entered is text that somebody typed.
unknown_choice = { $list ->
    [agents] Agenten
    [order] Reihenfolge
    [hide] Ausgelassen
    [names] Namen
    [widgets] Widgets
   *[queues] Warteschlangen
}: nichts heißt „{ $entered }“; wählen Sie etwas aus der Liste, oder geben Sie ein Muster wie chat/* ein
no_address = Die Tafel hat keine Adresse; geben Sie eine aus Kleinbuchstaben und Ziffern ein.
address_reserved = Diese Adresse ist eine Seite von Wallboard; geben Sie eine andere ein.
address_taken = Es gibt schon eine Tafel mit dieser Adresse; geben Sie eine andere ein.
address_not_yours = Ihre Tafeln haben Adressen wie { $patterns }; * steht für beliebige Zeichen. Geben Sie eine solche ein.
agents_not_yours = Sie dürfen keine Agenten sehen; wählen Sie ein anderes Layout.

## Title and layout
title_and_layout = Titel und Layout
title_field = Titel
address_field = Adresse, nach /boards/
layout_field = Layout
layout_tiles = Eine Kachel je Warteschlange
layout_cards = Eine Karte je Agent
layout_rows = Eine Zeile je Warteschlange
theme_light = Hell, für helle Räume
read_from = Abstand
read_from_hint = Weiter weg: größere Texte, weniger Kennzahlen.
across_hall = Saal
across_floor = Großraumbüro
across_desk = Schreibtisch
columns_field = Spalten mit Kacheln
columns_automatic = So viele wie passen
updates_at_once = Sofort
updates_each_second = Höchstens jede Sekunde
updates_each_five = Höchstens alle 5 Sekunden
language_of_site = Wie für alle

## Lists
move_up = Nach oben: { $name }
member_queues_of = Warteschlangen von { $group }
show_members = Ihre Warteschlangen zeigen
# Begins as the button is named.
show_members_of = Ihre Warteschlangen zeigen: { $group }
# For screen readers.
said_members = Zeigt die Warteschlangen von { $group }.
move_down = Nach unten: { $name }
remove_item = Entfernen: { $name }
# Read aloud after a button.
said_added = Hinzugefügt: { $name }
said_removed = Entfernt: { $name }
said_moved = { $name }: { $number } von { $count }
add_item = Hinzufügen
# After the metric that a tile shows in large digits.
large_metric = groß
add_metric = Kennzahl hinzufügen
choose_metric = Auswählen …
# $unit is count, seconds or percent.
metric_in_unit = { $metric } ({ $unit ->
    [seconds] Minuten und Sekunden
    [percent] Prozent
   *[count] Anzahl
})
unit_count = Eine Anzahl.
unit_seconds = In Minuten und Sekunden.
unit_percent = In Prozent.
board_all_queues = Alle Warteschlangen, auch neue, bis Sie welche hinzufügen.
add_queue = Warteschlange, Gruppe oder Muster hinzufügen
add_agent = Agent oder Muster hinzufügen
add_first = Hinzufügen, was zuerst kommt
add_hidden = Hinzufügen, was ausgelassen wird
in_list_order = In der Reihenfolge dieser Liste; sonst nach Namen
metrics_of_queues = Kennzahlen jeder Warteschlange
totals_heading = Summen über alle ihre Warteschlangen
usual_totals = Die üblichen, bis Sie welche hinzufügen.
agents_all = Agenten (alle)
agents_chosen = Agenten ({ $count })
agents_chosen_about = Für Tafeln mit einer Karte je Agent. Agenten, die die Warteschlangen der Tafel bedienen, und nur diese:
order_by_name = Reihenfolge (nach Namen)
order_chosen = Reihenfolge ({ $count } zuerst)
order_about = Diese kommen zuerst, die anderen nach Namen.
left_out = Ausgelassen ({ $count })
board_names = Namen auf dieser Tafel ({ $count })
board_names_about = Leer: der übliche Name.
rename_queue = Warteschlange umbenennen
show_as_text = Als Text anzeigen
board_toml = Die Datei der Tafel, in TOML

## Queues and agents to choose from. They are found by these texts.
all_of_source = Alle von { $source }, auch neue
kind_queues = Warteschlangen
kind_agents = Agenten
kind_group = Warteschlangengruppe
not_reported_now = zurzeit nicht gemeldet
pattern_count = Muster: { $count } jetzt, auch neue

## Widgets: tiles that are no queue
widgets_heading = Widgets ({ $count })
widgets_about = Kacheln, die keine Warteschlange sind: eine Kennzahl, eine Prognose, ein Text, die Uhrzeit anderswo, ein Bild oder die Zeit, bis eine Warteschlange öffnet oder schließt.
add_widget = Widget hinzufügen
kind_figure = Kennzahl
kind_clock = Uhrzeit an einem anderen Ort
kind_countdown = Öffnen oder Schließen
kind_picture = Bild
widget_metric = Kennzahl
custom_figures = Werte anderer Systeme
# Where it's empty, a figure is of the whole site.
widget_queue = Warteschlange oder Gruppe (leer: der gesamte Standort)
widget_text = Text
widget_until = Bis (leer: ohne Ende)
widget_zone = Zeitzone
widget_file = PNG-, JPEG- oder WebP-Datei, höchstens 2 MB
widget_alt = Text für alle, die das Bild nicht sehen
# A number among all tiles, from 1.
widget_position = Platz auf der Tafel (leer: nach den Warteschlangen)
widget_heading = Überschrift
widget_figure_of = { $metric }: { $name }
widget_text_until = { $text }, bis { $time }
widget_time_in = Uhrzeit in { $zone }
widget_countdown_of = Öffnet oder schließt in: { $name }
widget_picture_of = Bild: { $alt }
widget_forecast_of = Prognose: { $name }
# How much room a widget has on a board.
widget_size = Größe
size_usual = Eine Kachel
size_wide = Zwei Kacheln breit
size_large = Zwei mal zwei Kacheln
widget_incomplete = Widgets: Ein Feld ist leer. Ein Text braucht eine Überschrift, ein Countdown oder eine Prognose eine Warteschlange, ein Bild eine Datei und einen Text.
picture_too_large = Widgets: Das Bild ist größer als 2 MB; verkleinern Sie es.
picture_unreadable = Widgets: Die Datei ist kein lesbares PNG-, JPEG- oder WebP-Bild; speichern Sie es als eines davon.
picture_pixels = Widgets: Das Bild hat mehr als 16 Millionen Pixel; verkleinern Sie es.
pictures_full = Widgets: Es gibt schon 40 Bilder; entfernen Sie eines von den Tafeln, die es zeigen. Es wird einen Tag später gelöscht.

## Preview
preview_heading = Vorschau
screen_hd = TV, 1920 × 1080
screen_four_k = TV, 4K
screen_portrait = TV, Hochformat
screen_tablet = Tablet
screen_phone = Smartphone
# A paired screen, with the size of its page in pixels.
screen_sized = { $name }, { $width } × { $height }
screen_unsized = { $name }, Größe noch nicht gemeldet
theme_of_screen = Wie auf dem Bildschirm
diagonal_field = Diagonale in Zoll
preview_title = Vorschau der Tafel
no_preview = Keine Vorschau: Die Tafel ist nicht gültig oder zeigt, was Sie nicht sehen dürfen.
preview_facts = Was die Vorschau nicht zeigen kann
preview_measures = Wie weit sie lesbar ist
preview_fits = { $rows ->
    [one] 1 Zeile oder Kachel passt auf 1 Seite eines TVs.
   *[other] { $rows } Zeilen oder Kacheln passen auf 1 Seite eines TVs.
}
preview_takes = { $rows } Zeilen oder Kacheln brauchen { $pages } Seiten eines TVs, nacheinander.
missing_everywhere = { $metric }: Für keine dieser Warteschlangen gibt es Daten.
missing_for = { $metric }: keine Daten für { $queues }.
missing_figure_of = Widget „{ $name }“: keine Daten für { $metric }.
missing_queue_of = Widget „{ $name }“: Die Warteschlange oder Gruppe wird zurzeit nicht gemeldet oder ist ausgeblendet.
missing_hours_of = Widget „{ $name }“: Die Warteschlange hat keine Öffnungszeiten.
missing_report_of = Widget „{ $name }“: Keine Quelle meldet den Wert.
missing_picture = Das Bild „{ $alt }“ gibt es nicht mehr; wählen Sie die Datei erneut.
# What the script says. $height is in millimeters, $distance in meters.
digits_measured = Große Ziffern { $height } mm hoch, lesbar bis { $distance } m.
names_measured = Namen { $height } mm hoch, lesbar bis { $distance } m.
screen_fits = Alles passt auf 1 Seite dieses Bildschirms.
screen_takes = Es braucht { $pages } Seiten dieses Bildschirms, nacheinander.
preview_failed = Die Vorschau kann nicht aktualisiert werden. Ihre Eingaben bleiben erhalten.
preview_signed_out = Die Vorschau kann nicht aktualisiert werden. Laden Sie die Seite neu, und melden Sie sich an.

## Deleting
delete_board = Löschen
delete_shown = Ihre Bildschirme zeigen dann, dass sie entfernt wurde. Ihre Versionen bleiben, und Sie können sie wiederherstellen.
delete_board_named = { $name } löschen
