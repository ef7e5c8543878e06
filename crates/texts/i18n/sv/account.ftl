# One's own account.

your_account = Ditt konto
role_viewer = läsare
role_supervisor = arbetsledare
role_admin = administratör
password_changed = Lösenordet är ändrat, och dina andra sessioner har avslutats.
session_ended = Sessionen har avslutats.
language_changed = Språket är ändrat.

where_signed_in = Här är du inloggad
session_browser = Webbläsare
session_begun = Inloggad
session_used = Senast använd
action_column = Åtgärd
this_browser = den här webbläsaren
# The button's full name, for screen readers.
sign_out_session = Logga ut { $browser }, inloggad { $time }
managed_by_provider = Din identitetsleverantör hanterar ditt lösenord och din roll.
browser_on = { $browser } på { $system }
unknown_browser = Okänd webbläsare

language_heading = Språk
language_label = Sidornas språk
language_of_browser = Samma som webbläsaren
save = Spara
language_scope = Tavlor visas på det språk som är valt för alla, eller på ett eget.

change_your_password = Ändra ditt lösenord
current_password = Nuvarande lösenord
new_password = Nytt lösenord, minst 12 tecken
change_password = Ändra lösenord
signs_out_elsewhere = Du loggas ut på alla andra ställen.
wrong_current_password = Det är inte ditt nuvarande lösenord.
password_too_short = Lösenordet måste ha minst 12 tecken.
password_too_long = Lösenordet får ha högst 512 byte.

## What is stored about a person

stored_about_you = Uppgifter som sparas om dig
stored_what = Vad
stored_rows = Rader
stored_from = Från
stored_to = Till
stored_kept_for = Lagringstid
data_names = Namn, e-postadress, ID
data_groups = Köer och grupper
data_day_figures = Värden per dag
data_interval_figures = Värden per intervall
data_activity = Inloggningar, pauser, efterarbete
data_calls = Samtal, besvarade eller missade
data_schedules = Scheman
data_case_records = Ärendeposter
data_caller_names = Namn som uppringare
data_export_rows = Rader i statistikfiler
data_rejected_rows = Texter i avvisade rader
data_input_log = Händelser och statusar i indataloggen
data_account = Konto och sessioner
data_paired_screens = Parkopplade skärmar
data_audit_trail = Granskningslogg
kept_with_database = lika länge som databasen
kept_for_days = { $days ->
    [one] 1 dag
   *[other] { $days } dagar
}
date = { $day } { $month } { $year }
