# Listan över samtal, på sin sida.

calls_printed = Samtal: { $subject }, { $period } ({ $zone })
outcome_answered = Besvarat
outcome_abandoned = Tappat
outcome_short = Kort tappat
outcome_overflowed = Överflödat
outcome_in_progress = Pågår
all_outcomes = alla utfall
calls_counted = { $count ->
    [one] 1 samtal.
   *[other] { $count } samtal, äldst först.
}
oldest_calls_first = Äldst först.
calls_appear_twice = Samtal i två köer står två gånger.
calls_table = Samtal, äldst först
queued_at_column = Kom in
caller_column = Uppringare
# $setting is the name of a setting.
callers_not_stored = Uppringares nummer sparas inte. Ange { $setting } för att spara dem och visa de sista fyra siffrorna.
only_calls_of_outcome = Bara samtal med utfallet: { $name }.
only_calls_of_reason = Bara samtal med den här orsaken: { $name }.
only_calls_of_type = Bara samtal av den här typen: { $name }.
show_all_calls = Visa alla samtal
calls_not_included = { $source } har inga enskilda samtal.
calls_deleted = Enskilda samtal före { $day } är raderade; summorna finns kvar.
