# Larm: vad som behöver någon, vem som tar det, tystade larm, regler och kanaler.

alerts_heading = Larm
silence_alerts = Tysta
notify_here = Meddela mig i webbläsaren
notify_no_longer = Meddela mig inte längre
notify_refused = Webbläsaren tillåter inga aviseringar härifrån. Tillåt dem i dess inställningar.
notify_sample = Du får aviseringar här så länge Wallboard är öppet i fliken.
alert_taken = Du har hand om larmet nu.
alert_released = Ingen har hand om larmet nu.
alert_snoozed = Larmet upprepas inte förrän då.
alert_noted = Anteckningen har lagts till.
alert_closed = Larmet är avslutat. Det öppnas igen först när läget har varit normalt.
alerts_silenced = Ingen får besked om de här larmen till dess.
silence_ended = Larmen är inte längre tystade.
rules_saved = Reglerna gäller nu.
alert_over = Det larmet är över.
note_empty = Skriv en text till anteckningen.
note_too_long = Anteckningen är för lång: högst { $count } tecken.

## An alert

# $name is a queue with its figures: "Sales 3:50 longest wait, 11 waiting".
alert_of_queue = { $name } { $figures }
alert_not_connected = { $name } är inte ansluten
alert_file_missing = { $name } saknar en fil
alert_of_agent = { $name }: { $status } längre än tillåtet
alert_target_missed = { $name } kan inte längre nå dagens servicenivåmål
# $reason is the value below.
alert_with_reason = { $state }: { $reason }
# The most that the day's service level can still be.
best_service_level = som bäst { $value } i dag, målet är { $target }
# A custom figure of one queue.
figure_of_queue = { $figure } för { $queue }
alert_since = sedan { $time }, { $age }
# After how it is now.
alert_worst = Som värst { $figures }
alert_unconfirmed = ◌ Obekräftat
alert_out_of_date = Uppgifterna är inaktuella sedan { $time }.
nobody_has_it = Ingen har hand om det ännu.
person_has_it = { $person } har hand om det sedan { $time }.
# In place of a name where nobody signs in.
somebody = Någon
not_repeated_until = Upprepas inte förrän { $time }.
silenced_until = Tystat till { $time }.
alert_rules = Regel: { $rules }
quoted_note = ”{ $text }”
take_alert = Jag tar det
take_over_alert = Ta över
release_alert = Lämna tillbaka
note_field = Anteckning
add_note = Lägg till
snooze_field = Upprepa inte på
minutes_counted = { $count } min
hours_counted = { $count } h
snooze = Skjut upp
silence_named = Tysta { $name }
close_alert = Avsluta
no_alert_open = Inget larm är öppet.
no_rule_yet = Det finns ingen regel, så ingen larmas.
more_need_somebody = { $count } till kräver åtgärd. De visas när andra är över.

## Silences

silences_heading = Tystade larm
what_column = Vad
silence_until = till { $until }
silence_from_until = från { $from } till { $until }
end_silence = Avsluta
end_silence_named = Sluta tysta: { $name }
silence_everything = Allt
silence_of_rule = Regel ”{ $name }”
silence_of_groups = Köerna i de grupper som { $person } har
silence_with_queues = { $name } med dess köer
hidden_queue_name = Dold kö
# A screen by its name.
screen_named = Skärm { $name }

## Rules

rules_heading = Regler
none_yet = Inga ännu
rule_column = Regel
tells_column = Meddelar
tells_nobody = ingen
new_rule = Ny regel
last_seven_days = Senaste 7 dagarna
counted_since = Sedan { $time }
rule_fired = { $count ->
    [0] ingen gång
    [one] en gång
   *[other] { $count } gånger
}
noisiest_rule = Mest larm: { $rule }, { $count } av { $total } larm
switch_on = På
switch_off = Av
rule_is_on = Regeln är på.
rule_is_off = Regeln är av. Den öppnar inga larm, och de som bara den öppnade avslutas.
rule_unchanged = Regeln är som den var. Öppna den för att ändra den.
# Each also with how long it must last.
rule_of_queues = { $queues } { $level ->
    [critical] är kritisk
   *[warning] har minst en varning
}
rule_of_queues_for = { $queues } { $level ->
    [critical] är kritisk
   *[warning] har minst en varning
} i minst { $time }
rule_of_metric = { $metric } för { $queues } ligger på { $level ->
    [critical] kritisk nivå
   *[warning] minst varningsnivå
}
rule_of_metric_for = { $metric } för { $queues } ligger på { $level ->
    [critical] kritisk nivå
   *[warning] minst varningsnivå
} i minst { $time }
rule_not_connected = { $names } är inte ansluten
rule_not_connected_for = { $names } är inte ansluten i minst { $time }
rule_file_late = En fil från { $names } är försenad
rule_file_late_for = En fil från { $names } är försenad i minst { $time }
rule_of_agents = { $agents } är i en status längre än tillåtet
rule_of_agents_for = { $agents } är i en status längre än tillåtet, ytterligare { $time }
rule_of_status = { $agents }: { $status } längre än tillåtet
rule_of_status_for = { $agents }: { $status } längre än tillåtet, ytterligare { $time }
rule_of_targets = { $queues } kan inte längre nå dagens servicenivåmål
rule_of_targets_for = { $queues } kan inte längre nå dagens servicenivåmål i minst { $time }
# In place of names.
any_queue = Någon kö
any_source = Någon datakälla
any_export = någon export
any_screen = Någon skärm
any_agent = Någon agent
any_figure = Något värde från ett annat system
every_agent_of = Varje agent i { $source }
names_or = { $names } eller { $last }
names_or_others = { $names } eller andra
sound_on = ljud på { $screens }
no_screen_named = Ingen skärm heter { $names }.
told_again_after = { $channels }, igen efter { $time }

## Channels

channels_heading = Kanaler
no_channels = Inga ännu, så regler meddelar ingen utanför de här sidorna.
channel_column = Kanal
messages_column = Meddelanden
test_column = Test
channel_email = E-post
no_message_yet = Inget meddelande ännu
nothing_can_be_sent = Inget kan skickas: { $reason }.
failing_since = Sedan { $time }: { $error }
messages_wait = { $count ->
    [one] 1 meddelande väntar.
   *[other] { $count } meddelanden väntar.
}
messages_wait_until = { $count ->
    [one] 1 meddelande väntar. Nästa försök { $time }.
   *[other] { $count } meddelanden väntar. Nästa försök { $time }.
}
message_accepted = { $time }, { $answer } på { $millis } ms
messages_undelivered = { $count ->
    [one] 1 meddelande levererades inte.
   *[other] { $count } meddelanden levererades inte.
}
send_test = Skicka ett test
send_test_named = Skicka ett test till { $name }
test_accepted = { $channel }: { $answer } på { $millis } ms. Kontrollera att det kom fram.
new_channel = Ny kanal

## Messages that no channel accepted

undelivered_heading = Inte levererade
message_column = Meddelande
message_tries = { $count ->
    [0] inget försök
    [one] 1 försök
   *[other] { $count } försök
}
send_again = Skicka igen
send_again_named = Skicka igen: { $headline }
drop_message = Ta bort
drop_message_named = Ta bort: { $headline }
message_resent = Meddelandet är på väg igen.
message_dropped = Meddelandet togs bort.
message_superseded = Ett nyare meddelande om samma larm väntar, så det här skickas inte.
message_gone = Det meddelandet har redan skickats igen eller tagits bort.

## Alerts that ended

earlier_alerts = Tidigare
worst_column = Värst
owner_column = Ansvarig
worst_not_connected = inte ansluten
worst_file_missing = saknar en fil
worst_of_agent = { $status } längre än tillåtet
owned_by_nobody = ingen
taken_after = efter { $time }
alert_closed_by = avslutat av { $person }

## The form of a silence

silence_heading = Tysta larm
silence_about = Under tiden skickas inget meddelande och inget larm öppnas. Ett som är öppet förblir öppet.
silence_reason = Orsak
example_reason = Nya telefoner
silence_begin = Från
silence_begin_now = Nu
# Before a field for the time.
silence_at = Den
silence_begin_field = Början
silence_end = Till
later_half_hour = 30 min senare
later_hour = 1 h senare
later_four_hours = 4 h senare
silence_end_field = Slut
all_your_queues = Alla dina köer
groups_with_queues = Grupper, med deras köer
sources_with_queues = Datakällor, med deras köer
enter_begin = Ange datum och tid för början.
enter_end = Ange datum och tid för slutet.
enter_earlier_time = Ange en tidigare tid.
silence_no_reason = Skriv en orsak.
silence_reason_too_long = Orsaken är för lång: högst { $count } tecken.
silence_over = Den tiden har passerat. Välj ett senare slut.
silence_too_long = Larm kan tystas i högst { $days } dagar. Välj ett tidigare slut.
silences_too_many = Det finns redan { $count } tystade larm. Avsluta ett först.
silence_is_over = Larmen är inte längre tystade.
