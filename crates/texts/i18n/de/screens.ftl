# Bildschirme: ihre Kopplung, ihre Liste, und was einer anstelle einer Tafel zeigt.

## On a screen that waits to be paired

pair_this_screen = Diesen Bildschirm koppeln
# Before an address on a line of its own.
scan_or_open = Scannen Sie den Code mit Ihrem Smartphone, oder öffnen Sie
tv_only_here = Diese Adresse funktioniert nur auf diesem Computer. Öffnen Sie diese Seite unter der Adresse, die ein Smartphone erreicht.
explain_on_phone = Diese Warteschlange auf dem Smartphone öffnen
explain_on_phone_help = Scannen Sie den Code und melden Sie sich an. Dort wird jeder Wert erklärt: Formel, Quelle und Alter.
board_returns = Das Board erscheint in einer Minute wieder.
back_to_board = Zurück zum Board
code_expires = Prüfen Sie, ob Ihr Smartphone diesen Code zeigt. Er gilt bis { $time }.
# Before names of boards.
without_pairing = Ohne Kopplung:

## On a screen without a board

no_board = Keine Tafel
no_cookies = Dieser Player speichert keine Cookies
no_cookies_help = Eine Tafel braucht Cookies. Erlauben Sie sie in den Einstellungen des Players, und öffnen Sie die Adresse als eigene Seite, nicht in einem Frame.
choose_screen_board = Wählen Sie eine Tafel für diesen Bildschirm
choose_screen_board_help = Eine Tafel aktualisiert sich von selbst. Machen Sie ihre Adresse zur Startseite im Browser dieses Bildschirms.
too_many_wait = Zu viele Bildschirme warten auf ihre Kopplung. Dieser versucht es von selbst erneut.
no_pairing_now = Bildschirme können gerade nicht gekoppelt werden. Dieser versucht es von selbst erneut.
screen_board_has_agents = Die Tafel dieses Bildschirms zeigt Agenten, was Bildschirme hier nicht dürfen. Ein Supervisor kann auf der Seite Bildschirme eine andere wählen.
screen_board_removed = Die Tafel dieses Bildschirms wurde entfernt. Ein Supervisor kann auf der Seite Bildschirme eine andere wählen.
screen_boards_removed = Die Tafeln dieses Bildschirms wurden entfernt. Ein Supervisor kann auf der Seite Bildschirme andere wählen.
frames_need_script = Um mehrere Tafeln zu zeigen, braucht dieser Browser JavaScript.
allow_sound = Tippen, um Ton zu erlauben
address_wrong = Diese Adresse funktioniert nicht
address_wrong_help = Sie ist unvollständig, oder ihr Bildschirm wurde entfernt. Ein Supervisor kann auf der Seite Bildschirme eine neue erstellen.
too_many_addresses = Zu viele falsche Adressen
too_many_addresses_help = Öffnen Sie die Adresse in einigen Minuten erneut.

## Pairing

pair_screen = Bildschirm koppeln
# A question: do both codes match?
compare_code = Zeigt der Bildschirm { $code }?
device_waits = { $device } unter { $address }, vor { $age }. Zeigt der Bildschirm einen anderen Code, koppeln Sie ihn nicht.
screen_name = Name
screen_place = Ort
screen_place_optional = Ort (optional)
# Examples of names and places.
example_kitchen = Küche
example_second_floor = 2. Stock
example_lobby = Empfang
example_ground_floor = Erdgeschoss
screen_board = Tafel
display_settings = Anzeigeeinstellungen
codes_match = Codes stimmen überein: koppeln
everyone_sees_it = Alle, die am Bildschirm vorbeigehen, sehen seine Tafel.
type_code = Geben Sie den Code ein, den der Bildschirm zeigt
pairing_code = Code
next_step = Weiter
open_tv_address = Öffnen Sie auf dem Bildschirm die Adresse dieser Website mit /tv am Ende.

## How a screen differs from its board

screen_theme = Farben
same_as_board = Wie die Tafel
viewing_distance = Abstand
density_hall = Saal: größer, weniger Kennzahlen
density_floor = Großraumbüro
density_desk = Schreibtisch: kleiner
screen_updates = Aktualisierung
every_second = Jede Sekunde
every_five_seconds = Alle 5 Sekunden
screen_language = Sprache
names_of_agents = Namen der Agenten
names_as_elsewhere = Wie auf anderen Seiten
names_hidden = Keine Namen
playlists_heading = Wiedergabelisten
board_with_names = { $board } (zeigt Namen von Agenten)
at_night = In der Nacht
night_as_day = Wie am Tag
night_dim = Gedimmt
night_black = Schwarz
night_hours = Nachtzeiten
# Before hours, as "12:00–13:00".
quiet_hours = Kein Ton bei Alarmen
night_hours_like = Zum Beispiel { $times }
boards_counted = { $count ->
    [one] 1 Tafel
   *[other] { $count } Tafeln
}

## Why a screen isn't paired or changed

wrong_code = Kein Bildschirm zeigt diesen Code. Er kann abgelaufen sein; sehen Sie noch einmal auf den Bildschirm.
too_many_codes = Zu viele falsche Codes. Versuchen Sie es in 15 Minuten erneut.
too_many_waiting = Zu viele Bildschirme warten auf ihre Kopplung. Versuchen Sie es in einigen Minuten erneut.
screen_name_invalid = Der Name eines Bildschirms hat 1 bis { $count } Zeichen, sein Ort höchstens ebenso viele.
screen_gone = Diesen Bildschirm gibt es nicht mehr.
screen_not_connected = Der Bildschirm ist nicht verbunden. Prüfen Sie Stromversorgung und Netzwerk.

## The list

screens_heading = Bildschirme
screen_paired = Der Bildschirm ist gekoppelt. Er zeigt seine Tafel in wenigen Sekunden.
screen_changed = Der Bildschirm wurde geändert. Die Änderung ist in wenigen Sekunden zu sehen.
screen_removed = Bildschirm entfernt.
screen_identified = Der Bildschirm zeigt 10 Sekunden lang seinen Namen.
screen_reloading = Der Bildschirm wird neu geladen.
screen_sounding = Der Bildschirm spielt seinen Ton in wenigen Sekunden.
new_link = Der neue Link
copy_link_now = Kopieren Sie ihn jetzt: Er wird nicht noch einmal angezeigt. Alle, die ihn öffnen, sehen die Tafel des Bildschirms.
add_tv = TV hinzufügen
add_tv_open = 1. Öffnen Sie auf dem TV
add_tv_https = Zum Koppeln ist HTTPS nötig. Öffnen Sie sonst die Adresse einer Tafel auf dem TV.
add_tv_browsers = Jeder Browser ab 2018: ein Smart-TV, ein Stick, ein kleiner Computer.
add_tv_code = 2. Geben Sie den Code ein, den er zeigt
add_tv_scan = Oder scannen Sie den QR-Code des TVs mit Ihrem Smartphone.
add_tv_choose = 3. Wählen Sie, was er zeigt
paired_screens = Gekoppelte Bildschirme
screen_column = Bildschirm
state_column = Zustand
actions_column = Aktionen
identify = Identifizieren
identify_named = { $name } identifizieren
not_connected = Nicht verbunden
screen_details = Details
screen_details_named = Details zu { $name }
screen_browser = Browser
page_version = Version der Seite
update_delay = Verzögerung
paired_term = Gekoppelt
paired_from = { $device }, { $time }
paired_from_by = { $device }, { $time } von { $person }
secret_address = Geheime Adresse
reload = Neu laden
reload_named = { $name } neu laden
play_sound = Ton abspielen
play_sound_named = Ton auf { $name } abspielen
save_named = { $name } speichern
remove_screen = Entfernen
remove_screen_named = { $name } entfernen
remove_screen_help = Er zeigt seine Tafel nicht mehr und muss neu gekoppelt werden.
screens_help = „Identifizieren“ zeigt auf dem Bildschirm 10 Sekunden lang seinen Namen. Die Verzögerung reicht vom Senden einer Aktualisierung bis zu ihrer Anzeige.
# The board whose turn it is in a playlist.
board_in_turn = { $playlist }: { $board }, { $number } von { $count }
playlists_help = Tafeln, die ein Bildschirm reihum zeigt.
new_playlist = Neue Wiedergabeliste
player_link = Signage-Player ohne Tastatur: Link erstellen
player_link_help = Erstellen Sie einen geheimen Link, und tragen Sie ihn in den Einstellungen des Players ein. Alle, die den Link haben, können die Tafel sehen. Um ihn zu widerrufen, entfernen Sie den Bildschirm.
create_link = Link erstellen

## States

playlist_has_none = Seine Wiedergabeliste hat keine Tafel, die er zeigen kann. Ändern Sie sie, oder wählen Sie eine andere.
board_was_removed = Seine Tafel wurde entfernt. Wählen Sie eine andere.
board_has_agents = Seine Tafel zeigt Agenten, was Bildschirme hier nicht dürfen. Wählen Sie eine andere.
sound_blocked = Ton ist blockiert
sound_blocked_help = Alarme ertönen hier. Tippen Sie auf dem Bildschirm auf „Tippen, um Ton zu erlauben“, oder erlauben Sie in seinem Browser die automatische Wiedergabe.
screen_live = Aktuell
players_share_address = { $count } Player haben seine Adresse oder sein Cookie
screen_connecting = Verbindet
screen_hidden = Verdeckt
screen_hidden_help = Verbunden, aber seine Seite ist nicht sichtbar. Prüfen Sie, welcher Eingang am TV gewählt ist und was den Browser verdeckt.
screen_basic = Einfacher Modus
screen_basic_help = Seine Seite wird nur alle 15 s neu geladen. Sein Browser ist zu alt für laufende Aktualisierungen, oder ein Proxy blockiert WebSocket.
screen_unopened = Noch nicht geöffnet
screen_asleep = Ruhezustand oder aus
screen_asleep_help = Nicht verbunden. Letzter Kontakt vor { $age }.
version_current = aktuell
version_renewing = älter, lädt bald neu
version_old = älter, neu laden
only_screen_needs = Beim Bildschirm besteht Handlungsbedarf.
only_screen_live = Der Bildschirm ist aktuell.
only_screen_waits = Der Bildschirm ist noch nicht aktuell.
both_screens_live = Beide Bildschirme sind aktuell.
all_screens_live = Alle { $count } Bildschirme sind aktuell.
some_screens_live = { $count ->
    [one] 1 von { $total } Bildschirmen ist aktuell. Bei keinem anderen besteht Handlungsbedarf.
   *[other] { $count } von { $total } Bildschirmen sind aktuell. Bei keinem anderen besteht Handlungsbedarf.
}
one_screen_needs = Bei 1 von { $total } Bildschirmen besteht Handlungsbedarf.
some_screens_need = Bei { $count } von { $total } Bildschirmen besteht Handlungsbedarf.
