# Den första administratören, den första sidan och stegen för att komma igång.

## The first administrator

first_administrator = Den första administratören
first_administrator_about = Du kan lägga till alla andra senare.
setup_code = Koden från serverns logg
your_name = Ditt namn
create_administrator = Skapa administratör
setup_code_wrong = Fel kod. Den står i serverns logg. Om den inte fungerar: starta om servern för att få en ny.

## Before any data source

connect_source = Anslut en datakälla
# $boards is a link, $demo a command.
nothing_connected = Wallboard är igång, men ingen datakälla är konfigurerad, så { $boards } är tomma. Kör { $demo } för att först se tavlor med siffror: kommandot simulerar ett kontaktcenter och kräver ingen konfiguration.
# The link in it.
boards_link = tavlorna
add_source_to_file = Lägg till källan i konfigurationen
# $command, $file and $example are code.
add_source_to_file_about = Sätt in raderna för ditt system sist i konfigurationsfilen som { $command } startades med, eller i en ny fil { $file } i dess mapp. Rader med { $example } läser en hemlighet från en miljövariabel.
# What a source brings, and the vendor's system.
starter_chat = Chatt: { $system }
starter_voice = Samtal: { $system }
starter_chat_history = Historik över chattar: { $system }
starter_call_history = Historik över samtal: { $system }
starter_values = Alla andra system: JSON, CSV eller { $system }:et
starter_plan = Prognoser och scheman: { $system }
starter_demo = Demodata
check_it = Kontrollera den
check_it_about = Ansluter till källan och visar vad som ska åtgärdas:
load_it = Läs in den
# $reload and $serve are commands.
load_it_about = Kör { $reload }, eller starta { $serve } igen. Dina tavlor visas sedan här.

## The steps

set_up_heading = Kom igång med Wallboard
steps_done = { $done } av { $total } klara
# After a step, for screen readers.
step_done_mark = : klart
hide_steps = Dölj de här stegen
boards_and_queues = Tavlor och köer
change_step = Ändra
step_administrator = Administratör
step_site = Namn och tidszon
set_name_and_zone = Ange namn och tidszon
step_access = Vem som får titta
step_access_alone = Än så länge bara du och parkopplade tv-apparater.
step_access_login = De som loggar in, och parkopplade tv-apparater.
step_access_open = Alla som kan öppna adressen ser allt.
show_without_sign_in = Visa utan inloggning
require_sign_in = Kräv inloggning
access_to_open = Skriv mode = "open" i [access] i konfigurationsfilen och starta om. Då kan ingen ändra inställningar som administratör.
access_to_login = Skriv mode = "login" i [access] i konfigurationsfilen och starta om.
add_people = Lägg till personer
look_with_demo_data = Se dig omkring med demodata
demo_data_runs = Det här är demodata: ett simulerat kontaktcenter. Den första livekällan som du ansluter tar deras plats.
remove_demo_data = Ta bort demodata
replaces_demo_data = När du sparar tas demodata bort.
fix_source = Åtgärda { $name }
step_queues = Namn, grupper, öppettider, trösklar
queues_report = { $count ->
    [one] 1 kö rapporterar.
   *[other] { $count } köer rapporterar.
}
queues_undecided = Köer som rapporterar: { $total }; ingen har namngett eller placerat { $found } av dem.
look_at_queues = Se köerna
step_board = Den första tavlan
step_board_file = Lägg en fil som boards/sales.toml i mappen boards bredvid konfigurationen, och läs in den på nytt.
make_board = Skapa en tavla
step_screen = Den första tv:n
pair_tv = Parkoppla en tv
screens_counted = { $count ->
    [one] 1 skärm
   *[other] { $count } skärmar
}
