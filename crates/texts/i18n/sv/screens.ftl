# Skärmar: hur de parkopplas, listan över dem, och vad en visar i stället för en tavla.

## On a screen that waits to be paired

pair_this_screen = Parkoppla den här skärmen
# Before an address on a line of its own.
scan_or_open = Skanna koden med din telefon, eller öppna
tv_only_here = Den här adressen fungerar bara på den här datorn. Öppna sidan med den adress som en telefon kan nå.
explain_on_phone = Öppna kön i telefonen
explain_on_phone_help = Skanna koden och logga in. Där förklaras varje värde: hur det beräknas, varifrån det kommer och hur gammalt det är.
board_returns = Tavlan visas igen om en minut.
back_to_board = Tillbaka till tavlan
code_expires = Kontrollera att telefonen visar den här koden. Den gäller till { $time }.
# Before names of boards.
without_pairing = Utan parkoppling:

## On a screen without a board

no_board = Ingen tavla
no_cookies = Den här spelaren sparar inga kakor
no_cookies_help = En tavla behöver kakor (cookies). Tillåt dem i spelarens inställningar, och öppna adressen som en egen sida, inte i en ram.
choose_screen_board = Välj en tavla för den här skärmen
choose_screen_board_help = En tavla uppdateras av sig själv. Gör dess adress till startsida i skärmens webbläsare.
too_many_wait = För många skärmar väntar på att parkopplas. Den här försöker igen av sig själv.
no_pairing_now = Skärmar kan inte parkopplas just nu. Den här försöker igen av sig själv.
screen_board_has_agents = Skärmens tavla visar agenter, vilket skärmar inte får göra här. En arbetsledare kan välja en annan på sidan Skärmar.
screen_board_removed = Skärmens tavla har tagits bort. En arbetsledare kan välja en annan på sidan Skärmar.
screen_boards_removed = Skärmens tavlor har tagits bort. En arbetsledare kan välja andra på sidan Skärmar.
frames_need_script = För att visa flera tavlor behöver den här webbläsaren JavaScript.
allow_sound = Tryck för att tillåta ljud
address_wrong = Den här adressen fungerar inte
address_wrong_help = Den är ofullständig, eller så har dess skärm tagits bort. En arbetsledare kan skapa en ny på sidan Skärmar.
too_many_addresses = För många felaktiga adresser
too_many_addresses_help = Öppna adressen igen om några minuter.

## Pairing

pair_screen = Parkoppla en skärm
# A question: do both codes match?
compare_code = Visar skärmen { $code }?
device_waits = { $device } på { $address }, för { $age } sedan. Visar skärmen en annan kod ska du inte parkoppla den.
screen_name = Namn
screen_place = Plats
screen_place_optional = Plats (valfritt)
# Examples of names and places.
example_kitchen = Köket
example_second_floor = Plan 2
example_lobby = Lobbyn
example_ground_floor = Bottenplan
screen_board = Tavla
display_settings = Visningsinställningar
codes_match = Koderna stämmer: parkoppla skärmen
everyone_sees_it = Alla som går förbi skärmen ser dess tavla.
type_code = Skriv in koden som skärmen visar
pairing_code = Kod
next_step = Nästa
open_tv_address = Öppna den här webbplatsens adress på skärmen, med /tv på slutet.

## How a screen differs from its board

screen_theme = Tema
same_as_board = Som tavlan
viewing_distance = Avstånd
density_hall = Sal: större, färre värden
density_floor = Kontorslandskap
density_desk = Skrivbord: mindre
screen_updates = Uppdateringar
every_second = Varje sekund
every_five_seconds = Var femte sekund
screen_language = Språk
names_of_agents = Agenters namn
names_as_elsewhere = Som på andra sidor
names_hidden = Inga namn
playlists_heading = Spellistor
board_with_names = { $board } (visar agenters namn)
at_night = På natten
night_as_day = Som på dagen
night_dim = Dämpad
night_black = Svart
night_hours = Nattens tider
# Before hours, as "12:00–13:00".
quiet_hours = Inget larmljud
night_hours_like = Till exempel { $times }
boards_counted = { $count ->
    [one] 1 tavla
   *[other] { $count } tavlor
}

## Why a screen isn't paired or changed

wrong_code = Ingen skärm visar den koden. Den kan ha slutat gälla, så titta på skärmen igen.
too_many_codes = För många felaktiga koder. Försök igen om 15 minuter.
too_many_waiting = För många skärmar väntar på att parkopplas. Försök igen om några minuter.
screen_name_invalid = En skärms namn har 1 till { $count } tecken, och platsen högst lika många.
screen_gone = Den skärmen finns inte längre.
screen_not_connected = Skärmen är inte ansluten. Kontrollera dess ström och nätverk.

## The list

screens_heading = Skärmar
screen_paired = Skärmen är parkopplad. Den visar sin tavla inom några sekunder.
screen_changed = Skärmen är ändrad. Ändringen syns inom några sekunder.
screen_removed = Skärmen är borttagen.
screen_identified = Skärmen visar sitt namn i 10 sekunder.
screen_reloading = Skärmen laddas om.
screen_sounding = Skärmen spelar sitt ljud inom några sekunder.
new_link = Den nya länken
copy_link_now = Kopiera den nu: den visas inte igen. Alla som öppnar den ser skärmens tavla.
add_tv = Lägg till en tv
add_tv_open = 1. Öppna på tv:n
add_tv_https = Parkoppling kräver HTTPS. Utan det öppnar du en tavlas adress på tv:n.
add_tv_browsers = Alla webbläsare från 2018 eller senare: en smart-tv, en sticka, en liten dator.
add_tv_code = 2. Skriv in koden som den visar
add_tv_scan = Eller skanna tv:ns QR-kod med din telefon.
add_tv_choose = 3. Välj vad den visar
paired_screens = Parkopplade skärmar
screen_column = Skärm
state_column = Läge
actions_column = Åtgärder
identify = Identifiera
identify_named = Identifiera { $name }
not_connected = Inte ansluten
screen_details = Detaljer
screen_details_named = Detaljer om { $name }
screen_browser = Webbläsare
page_version = Sidans version
update_delay = Fördröjning
paired_term = Parkopplad
paired_from = { $device }, { $time }
paired_from_by = { $device }, { $time } av { $person }
secret_address = Hemlig adress
reload = Ladda om
reload_named = Ladda om { $name }
play_sound = Spela ljud
play_sound_named = Spela ljudet på { $name }
save_named = Spara { $name }
remove_screen = Ta bort
remove_screen_named = Ta bort { $name }
remove_screen_help = Den slutar visa sin tavla och måste parkopplas på nytt.
screens_help = ”Identifiera” visar skärmens namn på den i 10 sekunder. Fördröjning är tiden från att en uppdatering skickas till att skärmen har ritat den.
# The board whose turn it is in a playlist.
board_in_turn = { $playlist }: { $board }, { $number } av { $count }
playlists_help = Tavlor som en skärm visar i tur och ordning.
new_playlist = Ny spellista
player_link = Mediespelare utan tangentbord: skapa en länk
player_link_help = Skapa en hemlig länk och ange den i spelarens inställningar. Alla som har länken kan se tavlan. Ta bort skärmen för att återkalla den.
create_link = Skapa länk

## States

playlist_has_none = Dess spellista har ingen tavla som den kan visa. Ändra den, eller välj en annan.
board_was_removed = Dess tavla har tagits bort. Välj en annan.
board_has_agents = Dess tavla visar agenter, vilket skärmar inte får göra här. Välj en annan.
sound_blocked = Ljudet är blockerat
sound_blocked_help = Larm hörs här. Tryck på ”Tryck för att tillåta ljud” på skärmen, eller tillåt automatisk uppspelning i dess webbläsare.
screen_live = Realtid
players_share_address = { $count } spelare har dess adress eller kaka
screen_connecting = Ansluter
screen_hidden = Dold
screen_hidden_help = Ansluten, men sidan syns inte. Kontrollera tv:ns ingång och vad som täcker webbläsaren.
screen_basic = Enkelt läge
screen_basic_help = Sidan laddas bara om var 15:e sekund. Webbläsaren är för gammal för uppdateringar i realtid, eller så blockerar en proxy WebSocket.
screen_unopened = Inte öppnad ännu
screen_asleep = I viloläge eller avstängd
screen_asleep_help = Inte ansluten. Senaste kontakt för { $age } sedan.
version_current = aktuell
version_renewing = äldre, laddas snart om
version_old = äldre, ladda om den
only_screen_needs = Skärmen kräver åtgärd.
only_screen_live = Skärmen uppdateras i realtid.
only_screen_waits = Skärmen uppdateras inte i realtid ännu.
both_screens_live = Båda skärmarna uppdateras i realtid.
all_screens_live = Alla { $count } skärmar uppdateras i realtid.
some_screens_live = { $count } av { $total } skärmar uppdateras i realtid. Ingen annan kräver åtgärd.
one_screen_needs = 1 av { $total } skärmar kräver åtgärd.
some_screens_need = { $count } av { $total } skärmar kräver åtgärd.
