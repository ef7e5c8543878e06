# Around every page. The names of pages are those that its navigation has.

skip_to_content = Hoppa till innehållet
main_navigation = Huvudmeny
nav_boards = Tavlor
nav_alerts = Larm
# After the number of alerts, for screen readers.
alerts_open_mark = öppna
nav_cases = Ärenden
nav_history = Historik
nav_more = Mer
nav_shift = Skiftrapport
nav_announce = Meddelanden
nav_sources = Datakällor
nav_screens = Skärmar
nav_settings = Inställningar
nav_users = Användare
sign_out = Logga ut
pause_updates = Pausa
resume_updates = Fortsätt
copy = Kopiera
copied = Kopierat
# What folds an explanation.
fold_help = Hjälp

## What the page's script says

page_gone = Det som sidan visar finns inte längre. Ladda om sidan.
paused_at = Uppdateringarna pausades { $time }. Värdena är från den tiden.
paused_no_data = Uppdateringarna är pausade. Inga data sedan { $time }.
lost_no_data = Anslutningen är bruten. Inga data sedan { $time }.
no_update_since = Ingen uppdatering sedan { $time }. Senast kända värden visas.
# After sentences about other queues, read aloud.
more_queues_changed = Fler köer som har ändrats: { $count }.
# At the foot of a printed page.
printed_at = utskriven { $day } { $time }
printed_at_zone = utskriven { $day } { $time } ({ $zone })
printed_page = sida { $number } av { $count }

## While the page has no connection

# After a last known value.
last_mark = (senast)
unknown_since_update = Okänt sedan den senaste uppdateringen.
