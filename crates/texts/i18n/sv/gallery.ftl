# The page of all boards, and how to show one on a TV.
boards_heading = Tavlor
board_deleted = Tavlan har tagits bort. Du återställer den under Inställningar, Tavlor.

## What needs somebody now
needs_attention_now = Kräver åtgärd nu
need_longest = { $queue } har { $count } i kö, som längst i { $time }.
need_waiting = { $queue } har { $count } i kö.
need_no_one = { $queue } har ingen i kö.
need_someone = I { $queue } har någon väntat i { $time }.
need_other = { $queue } kräver åtgärd.
nobody_available = Ingen är ledig.
one_available = En agent är ledig.
one_of_available = En av { $total } agenter är ledig.
some_of_available = { $count } av { $total } agenter är lediga.
some_available = { $count } agenter är lediga.
# Before the groups that need attention because of the queue.
also_in = även i
# Before further queues that need attention.
also_queues = Även
all_clear_mark = ● Allt lugnt
out_of_date_mark = ◌ Inaktuellt
no_data_mark = ▲ Inga data
only_queue_old = Den enda kön är inaktuell
one_queue_old = 1 av { $total } köer är inaktuell
all_queues_old = Alla { $count } köer är inaktuella
some_queues_old = { $count } av { $total } köer är inaktuella
may_need_attention = De kan kräva åtgärd.
may_need_attention_too = De kan också kräva åtgärd.
others_are_calm = Inget kräver åtgärd i de andra.
no_current_queue = Ingen kö har aktuella data
only_queue_within = Den enda kön är inom sina trösklar.
all_queues_within = Alla { $count } köer är inom sina trösklar.
some_queues_within = { $count } av { $total } köer är inom sina trösklar.
one_of_queues_closed = { $count } av { $total } köer är inom sina trösklar; 1 är stängd.
some_of_queues_closed = { $count } av { $total } köer är inom sina trösklar; { $closed } är stängda.
only_queue_closed = Den enda kön är stängd.
all_queues_closed = Alla { $count } köer är stängda.
right_now = Just nu
queues_counted = Köer ({ $count })

## In place of figures
receives_no_updates = Den här servern får inga uppdateringar.
only_history = Ingen datakälla i realtid är konfigurerad: bara importerad historik visas.
queues_appear = Ansluten. Köer visas när den första aktiviteten kommer.
no_source_reached = Kan inte nå någon datakälla.
connecting_center = Ansluter till kontaktcentret …

## Boards and how to show them
new_board = Ny tavla
no_queues_yet = inga köer ännu
no_agents_yet = inga agenter ännu
agents_counted = { $count ->
    [one] 1 agent
   *[other] { $count } agenter
}
agents_at_least = { $count } agenter
more_counted = { $count } till
# Before the screens that show a board.
shown_on = Visas på
no_board_seen = Det finns ingen tavla som du får se.
open_board = Öppna
open_named = Öppna { $name }
show_on_tv = Visa på en tv
show_named_on_tv = Visa på en tv: { $name }
edit_board = Redigera
edit_named = Redigera { $name }
tv_heading = Visa { $name } på en tv
tv_pair = Öppna { $address } i tv:ns webbläsare och skanna koden som den visar. Tavlan uppdateras av sig själv.
tv_signed_in = För en webbläsare där någon loggar in är tavlans adress:
tv_open = Öppna den här adressen i tv:ns webbläsare, i helskärm. Tavlan uppdateras av sig själv.
address_of = Adress till { $name }
address_code = QR-kod med adressen
scan_code = Skanna koden för att öppna tavlan på en telefon eller surfplatta.
only_this_computer = Den här adressen fungerar bara på den här datorn.
open_reachable_address = Öppna sidan med den adress som andra skärmar använder. Finns det ingen anger du { $listen } under { $section } i konfigurationen, och { $url } till den adressen.
sign_in_needs_tls = Med inloggning anger du där också { $tls }, eller sätter en proxy med HTTPS framför.
new_queues_unplaced = { $count ->
    [one] 1 ny kö sedan { $time } finns inte på någon av dina tavlor.
   *[other] { $count } nya köer sedan { $time } finns inte på någon av dina tavlor.
}
queues_unplaced = { $count ->
    [one] 1 kö finns inte på någon av dina tavlor.
   *[other] { $count } köer finns inte på någon av dina tavlor.
}
name_or_place = Namnge eller placera dem

## In the demo
next_steps = Nästa steg
demo_about = Det här är ett simulerat kontaktcenter med mycket trafik vid den tid då det startades. Inom två minuter blir chattkön ”Billing” kritisk, och den återhämtar sig ungefär tio minuter senare. Efter tio minuter kopplas telefonin från i två minuter.
demo_connect = För att ansluta ditt eget kör du det här i en tom mapp och följer stegen i webbläsaren:
