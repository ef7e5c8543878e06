# Datakällor: om de är anslutna, och vad man gör om en inte är det.

new_data_source = Ny datakälla
no_source_configured = Ingen datakälla är konfigurerad.
add_one = Lägg till en
first_steps = Första stegen

## All in one sentence

source_is_connected = { $name } är ansluten.
source_is_connecting = { $name } ansluter.
source_needs_attention = { $name } är ansluten, men kräver åtgärd.
source_lost_since = { $name } är frånkopplad sedan { $time }.
# The same of a source of files.
source_first_read = { $name } läses för första gången.
files_need_attention = { $name } har filer som kräver åtgärd.
source_unread_since = { $name } har inte kunnat läsas sedan { $time }.
both_sources_connected = Båda datakällorna är anslutna.
all_sources_connected = Alla { $count } datakällor är anslutna.
# After sentences about those that aren't.
other_one_connected = Den andra är ansluten.
others_connected = De andra { $count } är anslutna.

## One of them

source_degraded = Begränsad
source_down = Nere
source_paused = Pausad
source_unheard = Okänd
updated_just_now = uppdaterad nyss
updated_ago = uppdaterad för { $age } sedan
no_messages_yet = inga meddelanden ännu
# After "Paused".
by_person = av { $person }
boards_show_term = Tavlor visar
what_to_do_term = Att göra
rejected_statistics = Avvisad statistik
rejected_by = Avvisat av { $vendor }
statistic_column = Statistik
last_error_term = Senaste fel

## Its state: what happened, what boards show, what to do

status_connected = Ansluten.
boards_live = Data i realtid.
nothing_to_do = Inget att göra.
status_first_connect = Ansluter för första gången.
boards_saved_names = Sparade namn, och ”–” tills data kommer.
first_connect_to_do = Om det tar mer än en minut: kontrollera adressen i konfigurationen och att den här servern kan nå den.
status_backlog = Ansluten, bearbetar meddelanden som väntar.
status_reloading = Inloggad, läser in all statistik på nytt.
boards_old_values = Gamla värden, markerade som inaktuella tills de uppdateras.
catching_up_to_do = Inget att göra. Det tar några sekunder.
status_unreadable = Över 10{"\u202F"}% av den senaste minutens meddelanden kunde inte läsas helt.
boards_readable = Det som kunde läsas. Andra värden är kvar som de var.
unreadable_to_do = Se de avvisade meddelandetyperna nedan och kontakta leverantören eller Wallboards utvecklare: formatet kan ha ändrats.
status_no_sign = Inget livstecken på 8 s.
boards_last_values = De senast kända värdena i grått, med sin tid. Tidräknare stannar.
no_sign_to_do = Wallboard fortsätter eller ansluter på nytt av sig självt inom några sekunder. Om det kvarstår: kontrollera nätverket, och om den här servern har för mycket att göra.
status_unreachable = Kan inte ansluta.
unreachable_to_do = Åtgärda problemet ovan i konfigurationen, i ditt nätverk eller hos leverantören, och kör sedan wallboard check. Wallboard försöker igen med några sekunders mellanrum (varje minut om åtkomst nekades), eller direkt efter systemctl reload wallboard (SIGHUP).
status_disconnected = Frånkopplad.
boards_last_values_soon = De senast kända värdena, i grått efter 8 s, med sin tid. Tidräknare stannar.
disconnected_to_do = Korta avbrott går över av sig själva: Wallboard försöker igen med några sekunders mellanrum (varje minut om åtkomst nekades). Om det kvarstår: åtgärda problemet ovan i konfigurationen, i ditt nätverk eller hos leverantören, och kör sedan wallboard check. Kör systemctl reload wallboard (SIGHUP) för att försöka igen direkt.
status_silent = Ansluten, men svarar inte, inte ens på förfrågningar.
silent_to_do = Fråga leverantören om statistiktjänsten är igång. Wallboard försöker igen med några minuters mellanrum, eller direkt efter systemctl reload wallboard (SIGHUP).
# The same of a source that sends events.
status_silent_events = Ansluten, men svarar inte, inte ens på en fråga om sin konfiguration.
silent_events_to_do = Fråga leverantören om händelser skickas och om Wallboards kö är bunden till rätt exchange (events_exchange i konfigurationen).
status_rejected = { $count ->
    [one] Ansluten, utom för ett statistikvärde som { $vendor } avvisar.
   *[other] Ansluten, utom för { $count } statistikvärden som { $vendor } avvisar.
}
boards_rejected = Data i realtid, och ”–” där värdet avvisas.
rejected_to_do = Se listan nedan, och rätta posterna i konfigurationen. wallboard check provar var och en. Wallboard försöker också igen automatiskt.
status_invalid = { $count ->
    [one] { $vendor } fyller inte i ett värde just nu.
   *[other] { $vendor } fyller inte i { $count } värden just nu.
}
boards_invalid = Data i realtid, och ”–” där det inte finns något giltigt värde.
invalid_to_do = Inget att göra här. Om det kvarstår: fråga leverantören. Ofta är en telefonväxel frånkopplad.
status_paused = Pausad av { $person }.
paused_to_do = En administratör återupptar den med Redigera, eller genom att ta bort raden paused_by ur konfigurationsfilen.
# Of a system that sends its values to the API.
status_no_values = Inga värden har kommit ännu.
boards_no_values = ”–” tills värden kommer.
status_values_stopped = Systemet skickar inte längre värden.
values_to_do = Kontrollera att programmet som skickar dem är igång, och svaren det får. Guiden för andra system visar hur du skickar värden för hand.
status_unheard = Den här servern får inga uppdateringar från den ledande noden, som har anslutningen.
unheard_to_do = Se ”Noder” nedan. Själva källan kan vara ansluten.

## Details

answers_term = Svarar
not_available = inte tillgänglig
address_term = Adress
long_polling = long polling
polling = regelbundna frågor
subscriptions_term = Prenumerationer
statistics_term = Statistik
statistics_while_disconnected = { $count ->
    [one] 1 begärt; inaktuellt under avbrottet
   *[other] { $count } begärda; alla inaktuella under avbrottet
}
# $parts are some of the following.
statistics_requested = { $count ->
    [one] 1 begärt: { $parts }
   *[other] { $count } begärda: { $parts }
}
statistics_current = { $count ->
    [one] 1 aktuellt
   *[other] { $count } aktuella
}
statistics_invalid = { $count } utan giltigt värde
statistics_refused = { $count ->
    [one] 1 avvisat
   *[other] { $count } avvisade
}
values_updated_term = Värden uppdaterade
clock_term = Klocka
clock_in_sync = går rätt (på 2 s när)
clock_behind = { $time } efter (korrigeras)
clock_ahead = { $time } före (korrigeras)
update_rate_term = Uppdateringstakt
update_rate_measuring = mäts
update_rate_every = med { $time } mellanrum per grupp
message_types = Meddelandetyper
type_column = Typ
received_column = Mottagna
applied_column = Använda
ignored_column = Ignorerade
rejected_column = Avvisade
wrong_type_column = Fel typ
all_types = Alla
message_types_about = Använda: bearbetade. Ignorerade: behövs inte. Avvisade: kunde inte läsas. Fel typ: lästa, men värden av oväntad typ förblir okända.
# Before codes with their counts.
rejection_reasons = Orsaker till avvisning:
last_log_lines = De senaste 50 loggraderna
nothing_logged = Inget loggat ännu
level_column = Nivå
log_message_column = Meddelande, nyast först
log_level_error = Fel
log_level_warning = Varning
log_level_note = Info

## Deliveries of case records

records_delivered = Levererade
records_not_delivered = Levereras inte
record_webhook = Webhook ”{ $channel }”
record_files = Dagliga filer
# After the place: "Webhook “crm”: 3 records wait".
records_wait = { $count ->
    [0] { $place }: inget väntar
    [one] { $place }: 1 post väntar
   *[other] { $place }: { $count } poster väntar
}
# The same of files, which get each record once its day is over.
records_for_file = { $count ->
    [0] { $place }: inget till nästa ännu
    [one] { $place }: 1 post till nästa
   *[other] { $place }: { $count } poster till nästa
}
record_accepted = senast mottaget { $time }: { $answer }
record_none_accepted = inget mottaget ännu
record_file_written = { $file }, skriven { $time }
record_no_file = ingen fil ännu: dagens fil kommer efter midnatt
transcripts_term = Transkript
# { $place } is a host: "vault.example.com".
transcripts_passed_on = { $count ->
    [0] Transkript skickas vidare till { $place }: inget väntar
    [one] Transkript skickas vidare till { $place }: 1 väntar
   *[other] Transkript skickas vidare till { $place }: { $count } väntar
}
transcripts_lost = { $count ->
    [one] 1 har gått förlorat sedan starten
   *[other] { $count } har gått förlorade sedan starten
}
next_attempt_term = Nästa försök
