# Meddelanden på tavlor, och sidan där de skrivs.

announcements_heading = Meddelanden
announcements_about = Ett meddelande på tavlorna som försvinner av sig självt. Alla som ser en tavla ser meddelandet.
announcement_shown = Tavlorna visar det nu.
announcement_planned = Tavlorna visar det från och med då.
announcement_ended = Tavlorna visar det inte längre.
announce_heading = Nytt meddelande
# Before buttons with texts to start from.
start_with = Börja med
start_outage = Systemavbrott
start_outage_text = Ordersystemet ligger nere. Anteckna på papper.
start_waits = Lång kö
start_waits_text = Många kunder väntar. Tack till alla som stannar kvar.
start_drill = Brandövning
start_drill_text = Brandövning. Ta trapporna och samlas på parkeringen.
announcement_text = Text
announcement_length = Högst { $count } tecken: två rader på en tv.
announcement_kind = Typ
kind_info = Information
kind_important = Viktigt
kind_emergency = Nödläge
kind_whole_screen = Nödläge, hela skärmen
announcement_later = Senare än nu
announcement_begins = Börjar
announcement_ends = Slutar
ends_in_half_hour = Om 30 minuter
ends_in_hour = Om 1 timme
ends_in_two_hours = Om 2 timmar
ends_at_midnight = Vid midnatt
# Before a field for the time.
ends_today_at = I dag klockan
end_time_field = Sluttid, i timmar och minuter
only_some_boards = Bara på vissa tavlor eller skärmar
screens_of_place = Platser, med alla skärmar som nu finns där
also_on_screens = Skärmar, vilken tavla de än visar
show_announcement = Visa nu
on_boards_now = På tavlorna nu
when_column = När
announced_times = { $from } till { $until }
end_now = Avsluta nu
planned_announcements = Planerade
cancel_planned = Avbryt
screens_show_it = { $all ->
    [one] { $count ->
        [0] Skärmen visar det inte
       *[other] Skärmen visar det
    }
   *[other] { $count } av { $all } skärmar visar det
}
earlier_announcements = Tidigare
# $person is a name.
announcement_ended_by = avslutat av { $person }
use_again = Använd igen

## Why it isn't shown

announcement_too_long = Skriv vad tavlorna ska visa, med högst { $count } tecken.
announcement_invisible = Texten innehåller ett tecken som inte syns. Skriv in den på nytt.
announcement_over = Den tiden har passerat. Välj en senare sluttid.
announcement_backward = Slutet är före början. Välj en senare sluttid.
announcement_too_late = Ett meddelande kan visas i högst en vecka. Välj en tidigare sluttid.
announcement_no_board = Välj en tavla.
announcements_too_many = Det finns redan { $count } meddelanden. Avsluta ett först.
