# The editor of boards, and its script.

## A new board
begin_board = Börja med en av de här.
begin_choice = Innehåll
begin_all = Alla mina köer
begin_all_about = { $count ->
    [one] 1 ruta, även för nya köer.
   *[other] { $count } rutor, även för nya köer.
}
begin_some = En grupp eller källa
begin_some_about = En ruta per kö, eller en för gruppen.
group_or_source = Grupp eller källa
begin_team = Agenter i ett team
begin_team_about = Ett kort per agent. Namnen följer integritetsinställningarna.
queues_of_team = Teamets köer
continue_step = Fortsätt
# Titles of boards until somebody gives another one.
title_team = Mitt team
title_some = Mina köer
title_copy = { $title } (kopia)

## Around the form
open_board_named = Öppna { $name }
versions_link = Versioner
# The way forward again after Undo.
redo = Gör om
board_saved = Sparat. Alla som har tavlan öppen ser det nu.
board_saved_screens = { $count ->
    [one] Sparat. { $connected } av 1 parkopplad skärm visar det nu.
   *[other] Sparat. { $connected } av { $count } parkopplade skärmar visar det nu.
}
board_not_yours = du får bara spara tavlor med köer och agenter som du får se
board_in_file = Den här tavlan finns i { $file }, rad { $line }. Ändra den där, eller kopiera den till en ny tavla.
copy_into_new = Kopiera till en ny tavla
board_text = Text
check_board = Kontrollera
save_and_show = { $count ->
    [one] Spara och visa på 1 skärm
   *[other] Spara och visa på { $count } skärmar
}
board_invalid = Tavlan kan inte sparas så här. Förhandsvisningen visar den senaste giltiga.
# $list is a list of the form, $entered is text that somebody typed.
unknown_choice = { $list ->
    [agents] Agenter
    [order] Ordning
    [hide] Utelämnade
    [names] Namn
    [widgets] Widgetar
   *[queues] Köer
}: inget heter ”{ $entered }”; välj något i listan, eller skriv ett mönster som chat/*
no_address = Tavlan har ingen adress; ange en med små bokstäver och siffror.
address_reserved = Den här adressen är en av Wallboards sidor; ange en annan.
address_taken = Det finns en tavla med den här adressen; ange en annan.
address_not_yours = Dina tavlor har adresser som { $patterns }, där * står för valfria tecken. Ange en sådan.
agents_not_yours = Du får inte se agenter; välj en annan layout.

## Title and layout
title_and_layout = Titel och layout
title_field = Titel
address_field = Adress, efter /boards/
layout_field = Layout
layout_tiles = En ruta per kö
layout_cards = Ett kort per agent
layout_rows = En rad per kö
theme_light = Ljust, för ljusa rum
read_from = Avstånd
read_from_hint = Längre bort: större text, färre nyckeltal.
across_hall = Sal
across_floor = Kontorslandskap
across_desk = Skrivbord
columns_field = Kolumner med rutor
columns_automatic = Automatiskt
updates_at_once = Direkt
updates_each_second = Högst en gång i sekunden
updates_each_five = Högst var femte sekund
language_of_site = Som för alla

## Lists
move_up = Flytta upp: { $name }
member_queues_of = Köerna i { $group }
show_members = Visa dess köer
# Begins as the button is named.
show_members_of = Visa köerna i { $group }
# For screen readers.
said_members = Visar köerna i { $group }.
move_down = Flytta ned: { $name }
remove_item = Ta bort: { $name }
# Read aloud after a button.
said_added = Tillagt: { $name }
said_removed = Borttaget: { $name }
said_moved = { $name }: { $number } av { $count }
add_item = Lägg till
# After the metric that a tile shows in large digits.
large_metric = stort
add_metric = Lägg till ett nyckeltal
choose_metric = Välj …
# $unit is count, seconds or percent.
metric_in_unit = { $metric } ({ $unit ->
    [seconds] minuter och sekunder
    [percent] procent
   *[count] antal
})
unit_count = Ett antal.
unit_seconds = I minuter och sekunder.
unit_percent = I procent.
board_all_queues = Alla köer, även nya, tills du lägger till några.
add_queue = Lägg till en kö, en grupp eller ett mönster
add_agent = Lägg till en agent eller ett mönster
add_first = Lägg till det som kommer först
add_hidden = Lägg till det som ska utelämnas
in_list_order = I den här listans ordning; annars efter namn
metrics_of_queues = Nyckeltal för varje kö
totals_heading = Summor för alla tavlans köer
usual_totals = De vanliga, tills du lägger till några.
agents_all = Agenter (alla)
agents_chosen = Agenter ({ $count })
agents_chosen_about = För tavlor med ett kort per agent. De som betjänar tavlans köer, och bara dessa:
order_by_name = Ordning (efter namn)
order_chosen = Ordning ({ $count } först)
order_about = De här kommer först, de andra efter namn.
left_out = Utelämnade ({ $count })
board_names = Namn på den här tavlan ({ $count })
board_names_about = Tomt: det vanliga namnet.
rename_queue = Byt namn på en kö
show_as_text = Visa som text
board_toml = Tavlans fil, i TOML

## Queues and agents to choose from. They are found by these texts.
all_of_source = Alla från { $source }, även nya
kind_queues = köer
kind_agents = agenter
kind_group = kögrupp
not_reported_now = rapporteras inte nu
pattern_count = mönster: { $count } nu, även nya

## Widgets: tiles that are no queue
widgets_heading = Widgetar ({ $count })
widgets_about = Rutor som inte är köer: ett nyckeltal, en prognos, en text, klockan på en annan plats, en bild, eller hur länge till en kö öppnar eller stänger.
add_widget = Lägg till en widget
kind_figure = Nyckeltal
kind_clock = Klockan på en annan plats
kind_countdown = Öppning eller stängning
kind_picture = Bild
widget_metric = Nyckeltal
custom_figures = Värden från andra system
# Where it's empty, a figure is of the whole site.
widget_queue = Kö eller grupp (tomt: hela kontaktcentret)
widget_text = Text
widget_until = Till (tomt: utan slut)
widget_zone = Tidszon
widget_file = PNG-, JPEG- eller WebP-fil, högst 2 MB
widget_alt = Text för den som inte kan se bilden
# A number among all tiles, from 1.
widget_position = Plats på tavlan (tomt: efter köerna)
widget_heading = Rubrik
widget_figure_of = { $metric }: { $name }
widget_text_until = { $text }, till { $time }
widget_time_in = Klockan i { $zone }
widget_countdown_of = Öppnar eller stänger om: { $name }
widget_picture_of = Bild: { $alt }
widget_forecast_of = Prognos: { $name }
# How much room a widget has on a board.
widget_size = Storlek
size_usual = En ruta
size_wide = Två rutor bred
size_large = Två gånger två rutor
widget_incomplete = Widgetar: ett fält är tomt. En text behöver en rubrik, en nedräkning eller en prognos en kö, en bild en fil och en text.
picture_too_large = Widgetar: bilden är större än 2 MB; gör den mindre.
picture_unreadable = Widgetar: filen är ingen PNG-, JPEG- eller WebP-bild som går att läsa; spara den som en sådan.
picture_pixels = Widgetar: bilden har mer än 16 miljoner pixlar; gör den mindre.
pictures_full = Widgetar: det finns redan 40 bilder; ta bort en från tavlorna som visar den. Den raderas ett dygn senare.

## Preview
preview_heading = Förhandsvisning
screen_hd = Tv, 1920 × 1080
screen_four_k = Tv, 4K
screen_portrait = Tv, stående
screen_tablet = Surfplatta
screen_phone = Telefon
# A paired screen, with the size of its page in pixels.
screen_sized = { $name }, { $width } × { $height }
screen_unsized = { $name }, storlek ännu inte rapporterad
theme_of_screen = Som på skärmen
diagonal_field = Diagonal i tum
preview_title = Förhandsvisning av tavlan
no_preview = Ingen förhandsvisning: tavlan är inte giltig, eller visar något som du inte får se.
preview_facts = Det som förhandsvisningen inte kan visa
preview_measures = Hur långt bort den kan läsas
preview_fits = { $rows ->
    [one] 1 rad eller ruta får plats på 1 sida på en tv.
   *[other] { $rows } rader eller rutor får plats på 1 sida på en tv.
}
preview_takes = { $rows } rader eller rutor tar { $pages } sidor på en tv, en efter en.
missing_everywhere = { $metric }: inga data för någon av de här köerna.
missing_for = { $metric }: inga data för { $queues }.
missing_figure_of = Widget ”{ $name }”: inga data för { $metric }.
missing_queue_of = Widget ”{ $name }”: dess kö eller grupp rapporteras inte nu, eller är dold.
missing_hours_of = Widget ”{ $name }”: dess kö har inga öppettider.
missing_report_of = Widget ”{ $name }”: ingen källa rapporterar dess värde.
missing_picture = Bilden ”{ $alt }” finns inte längre; välj filen igen.
# What the script says. $height is in millimeters, $distance in meters.
digits_measured = Stora siffror { $height } mm höga, läsbara på upp till { $distance } m.
names_measured = Namn { $height } mm höga, läsbara på upp till { $distance } m.
screen_fits = Allt får plats på 1 sida på den här skärmen.
screen_takes = Det tar { $pages } sidor på den här skärmen, en efter en.
preview_failed = Förhandsvisningen kan inte uppdateras. Det du har skrivit står kvar här.
preview_signed_out = Förhandsvisningen kan inte uppdateras. Ladda om sidan och logga in.

## Deleting
delete_board = Ta bort
delete_shown = Dess skärmar kommer att visa att den togs bort. Dess versioner finns kvar, och du kan återställa den.
delete_board_named = Ta bort { $name }
