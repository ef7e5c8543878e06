# The page of queues that nobody named or placed.
found_heading = Hittade köer
found_about = Köer som rapporterar, men som ingen har namngett eller placerat.
# The step before this one, while Wallboard is set up.
set_up_step = Komma igång
found_nothing = Inget nytt: varje kö som rapporterar har ett namn, en grupp, en tavla eller egna inställningar.
names_column = Namn
names_and_groups = Namn och grupper
reported_as = Rapporteras som
on_boards_column = På tavlor
group_column = Grupp
choose_column = Välj
source_since = { $source }, rapporterades först { $time }
# $waiting and $today are already written.
found_now = { $waiting } i kö, { $today } i dag
found_waiting = { $waiting } i kö
found_today = { $today } i dag
found_no_figures = Inga värden ännu
name_of = Namn på { $name }
group_of = Grupp för { $name }
apply_both = Tider, trösklar
# The same in full, for screen readers.
apply_both_to = Tider, trösklar för { $name }
hide_queue = Dölj
hide_queue_named = Dölj { $name }
group_about = En grupp visas som en kö; skriv ett nytt namn för att skapa en.
more_follow = { $count ->
    [one] 1 till följer när de här är sparade.
   *[other] { $count } till följer när de här är sparade.
}
name_is_kept = Det rapporterade namnet behålls om du inte ändrar det.
hours_of_chosen = För de valda köerna
open_legend = Öppet
chosen_week_hint = Till exempel mån–fre 8–12, 13–17; annars stängt. Tomt: alltid öppet.
chosen_limits_hint = Till exempel 1:30 eller 45 s. Tomt: de vanliga.
agents_without_name = Agenter utan namn
save_and_continue = Spara och fortsätt
step_later = Senare
