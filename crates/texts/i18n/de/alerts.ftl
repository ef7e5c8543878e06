# Alarme: was jemanden braucht, wer es übernimmt, Stummschaltungen, Regeln und Kanäle.

alerts_heading = Alarme
silence_alerts = Stummschalten
notify_here = Im Browser benachrichtigen
notify_no_longer = Nicht mehr benachrichtigen
notify_refused = Dieser Browser erlaubt keine Benachrichtigungen von hier. Erlauben Sie sie in seinen Einstellungen.
notify_sample = Sie werden hier benachrichtigt, solange Wallboard in diesem Tab geöffnet ist.
alert_taken = Sie haben den Alarm übernommen.
alert_released = Für den Alarm ist jetzt niemand zuständig.
alert_snoozed = Bis dahin wird nichts dazu wiederholt.
alert_noted = Die Notiz wurde hinzugefügt.
alert_closed = Der Alarm ist geschlossen. Er wird erst wieder geöffnet, wenn zwischendurch alles in Ordnung war.
alerts_silenced = Bis dahin erfährt niemand von diesen Alarmen.
silence_ended = Die Stummschaltung ist beendet.
rules_saved = Die Regeln gelten jetzt.
alert_over = Dieser Alarm ist vorbei.
note_empty = Eine Notiz braucht einen Text.
note_too_long = Die Notiz ist zu lang: höchstens { $count } Zeichen.

## An alert

# $name is a queue with its figures: "Sales 3:50 longest wait, 11 waiting".
alert_of_queue = { $name }: { $figures }
alert_not_connected = { $name } ist nicht verbunden
alert_file_missing = Bei { $name } fehlt eine Datei
alert_of_agent = { $name }: { $status } länger als erlaubt
alert_target_missed = { $name } kann das Servicelevel-Ziel des Tages nicht mehr erreichen
# $reason is the value below.
alert_with_reason = { $state }: { $reason }
# The most that the day's service level can still be.
best_service_level = heute bestenfalls { $value }, Ziel { $target }
# A custom figure of one queue.
figure_of_queue = { $figure } von { $queue }
alert_since = seit { $time }, { $age }
# After how it is now.
alert_worst = Schlimmster Stand: { $figures }
alert_unconfirmed = ◌ Unbestätigt
alert_out_of_date = Die Daten sind seit { $time } veraltet.
nobody_has_it = Noch nicht übernommen.
person_has_it = { $person } ist seit { $time } zuständig.
# In place of a name where nobody signs in.
somebody = Jemand
not_repeated_until = Keine Wiederholung bis { $time }.
silenced_until = Stumm bis { $time }.
alert_rules = Regel: { $rules }
quoted_note = „{ $text }“
take_alert = Ich übernehme
take_over_alert = Übernehmen
release_alert = Zurückgeben
note_field = Notiz
add_note = Hinzufügen
snooze_field = Keine Wiederholung für
minutes_counted = { $count } min
hours_counted = { $count } h
snooze = Zurückstellen
silence_named = { $name } stummschalten
close_alert = Schließen
no_alert_open = Kein Alarm ist offen.
no_rule_yet = Es gibt keine Regel, daher wird niemand alarmiert.
more_need_somebody = Weitere mit Handlungsbedarf: { $count }. Sie erscheinen, sobald andere vorbei sind.

## Silences

silences_heading = Stummschaltungen
what_column = Was
silence_until = bis { $until }
silence_from_until = von { $from } bis { $until }
end_silence = Beenden
end_silence_named = Stummschaltung beenden: { $name }
silence_everything = Alles
silence_of_rule = Regel „{ $name }“
silence_of_groups = Die Warteschlangen der Gruppen von { $person }
silence_with_queues = { $name } mit Warteschlangen
hidden_queue_name = Verborgene Warteschlange
# A screen by its name.
screen_named = Bildschirm { $name }

## Rules

rules_heading = Regeln
none_yet = Noch keine
rule_column = Regel
tells_column = Benachrichtigt
tells_nobody = niemanden
new_rule = Neue Regel
last_seven_days = Letzte 7 Tage
counted_since = Seit { $time }
rule_fired = { $count ->
    [0] nie
    [one] einmal
   *[other] { $count }-mal
}
noisiest_rule = { $total ->
    [one] Am häufigsten: { $rule }, { $count } von 1 Alarm
   *[other] Am häufigsten: { $rule }, { $count } von { $total } Alarmen
}
switch_on = An
switch_off = Aus
rule_is_on = Die Regel ist an.
rule_is_off = Die Regel ist aus. Sie öffnet keinen Alarm, und die nur von ihr geöffneten enden.
rule_unchanged = Die Regel ist, wie sie war. Öffnen Sie sie, um sie zu ändern.
# Each also with how long it must last.
rule_of_queues = { $queues } { $level ->
    [critical] ist kritisch
   *[warning] hat mindestens eine Warnung
}
rule_of_queues_for = { $queues } { $level ->
    [critical] ist { $time } lang kritisch
   *[warning] hat { $time } lang mindestens eine Warnung
}
rule_of_metric = { $metric }, { $queues }: { $level ->
    [critical] kritisch
   *[warning] mindestens eine Warnung
}
rule_of_metric_for = { $metric }, { $queues }: { $time } lang { $level ->
    [critical] kritisch
   *[warning] mindestens eine Warnung
}
rule_not_connected = { $names } ist nicht verbunden
rule_not_connected_for = { $names } ist { $time } lang nicht verbunden
rule_file_late = Datei überfällig: { $names }
rule_file_late_for = Datei { $time } lang überfällig: { $names }
rule_of_agents = { $agents } ist länger als erlaubt in einem Status
rule_of_agents_for = { $agents } ist länger als erlaubt in einem Status, und noch { $time }
rule_of_status = { $agents }: { $status } länger als erlaubt
rule_of_status_for = { $agents }: { $status } länger als erlaubt, und noch { $time }
rule_of_targets = { $queues } kann das Servicelevel-Ziel des Tages nicht mehr erreichen
rule_of_targets_for = { $queues } kann das Servicelevel-Ziel des Tages { $time } lang nicht mehr erreichen
# In place of names.
any_queue = Irgendeine Warteschlange
any_source = Irgendeine Datenquelle
any_export = irgendein Export
any_screen = Irgendein Bildschirm
any_agent = Irgendein Agent
any_figure = Irgendein Wert eines anderen Systems
every_agent_of = Jeder Agent von { $source }
names_or = { $names } oder { $last }
names_or_others = { $names } oder andere
sound_on = Ton auf { $screens }
no_screen_named = Kein Bildschirm heißt { $names }.
told_again_after = { $channels }, erneut nach { $time }

## Channels

channels_heading = Kanäle
no_channels = Noch keine, daher benachrichtigen Regeln niemanden außerhalb dieser Seiten.
channel_column = Kanal
messages_column = Nachrichten
test_column = Test
channel_email = E-Mail
no_message_yet = Noch keine Nachricht
nothing_can_be_sent = Es kann nichts gesendet werden: { $reason }.
failing_since = Seit { $time }: { $error }
messages_wait = { $count ->
    [one] 1 Nachricht wartet.
   *[other] { $count } Nachrichten warten.
}
messages_wait_until = { $count ->
    [one] 1 Nachricht wartet. Nächster Versuch { $time }.
   *[other] { $count } Nachrichten warten. Nächster Versuch { $time }.
}
message_accepted = { $time }, { $answer } in { $millis } ms
messages_undelivered = { $count ->
    [one] 1 Nachricht wurde nicht zugestellt.
   *[other] { $count } Nachrichten wurden nicht zugestellt.
}
send_test = Test senden
send_test_named = Test senden an { $name }
test_accepted = { $channel }: { $answer } in { $millis } ms. Sehen Sie nach, ob die Nachricht angekommen ist.
new_channel = Neuer Kanal

## Messages that no channel accepted

undelivered_heading = Nicht zugestellt
message_column = Nachricht
message_tries = { $count ->
    [0] nicht versucht
    [one] 1 Versuch
   *[other] { $count } Versuche
}
send_again = Erneut senden
send_again_named = Erneut senden: { $headline }
drop_message = Verwerfen
drop_message_named = Verwerfen: { $headline }
message_resent = Die Nachricht ist wieder unterwegs.
message_dropped = Die Nachricht wurde verworfen.
message_superseded = Eine neuere Nachricht zum selben Alarm wartet, daher wird diese nicht gesendet.
message_gone = Diese Nachricht wurde schon erneut gesendet oder verworfen.

## Alerts that ended

earlier_alerts = Frühere
worst_column = Schlimmstes
owner_column = Zuständig
worst_not_connected = nicht verbunden
worst_file_missing = Datei fehlt
worst_of_agent = { $status } länger als erlaubt
owned_by_nobody = niemand
taken_after = nach { $time }
alert_closed_by = geschlossen von { $person }

## The form of a silence

silence_heading = Alarme stummschalten
silence_about = Bis zum Ende wird keine Nachricht gesendet und kein Alarm geöffnet. Ein offener bleibt offen.
silence_reason = Grund
example_reason = Neue Telefone
silence_begin = Von
silence_begin_now = Jetzt
# Before a field for the time.
silence_at = Am
silence_begin_field = Beginn
silence_end = Bis
later_half_hour = 30 min später
later_hour = 1 h später
later_four_hours = 4 h später
silence_end_field = Ende
all_your_queues = Alle Ihre Warteschlangen
groups_with_queues = Gruppen, mit ihren Warteschlangen
sources_with_queues = Datenquellen, mit ihren Warteschlangen
enter_begin = Geben Sie Datum und Uhrzeit für den Beginn ein.
enter_end = Geben Sie Datum und Uhrzeit für das Ende ein.
enter_earlier_time = Geben Sie eine frühere Zeit ein.
silence_no_reason = Geben Sie einen Grund an.
silence_reason_too_long = Der Grund ist zu lang: höchstens { $count } Zeichen.
silence_over = Diese Zeit ist vorbei. Wählen Sie ein späteres Ende.
silence_too_long = Eine Stummschaltung muss innerhalb von { $days } Tagen enden. Wählen Sie ein früheres Ende.
silences_too_many = Es gibt schon { $count } Stummschaltungen. Beenden Sie zuerst eine.
silence_is_over = Diese Stummschaltung ist vorbei.
