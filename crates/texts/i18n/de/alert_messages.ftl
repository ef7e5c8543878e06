# What channels receive about alerts, in the site's language.
# A headline is one sentence that can be understood alone.

queue_is_critical = { $name } ist kritisch
queue_has_warning = { $name } hat eine Warnung
queue_became_critical = { $name } ist jetzt kritisch
# $state is one of these sentences.
alert_untaken = Noch nicht übernommen: { $state }
alert_is_over = Vorbei: { $name }
# Somebody closed it, although it may not be over.
alert_is_closed = Geschlossen: { $name }
# The target of a day that nobody can reach any longer.
alert_has_lapsed = Der Tag ist vorbei: { $name }
alert_outside_hours = Außerhalb der Öffnungszeiten: { $name }
# Labels of lines.
since_line = Seit
duration_line = Dauer
closed_by_line = Geschlossen von
# The text of a button.
open_alert = Alarm öffnen
open_alerts = Alarme öffnen

## Several in one

digest_headline = { $count ->
    [one] 1 weitere Alarmnachricht
   *[other] { $count } weitere Alarmnachrichten
}
digest_over = Vorbei
digest_info = Info
digest_warning = Warnung
digest_critical = Kritisch

## A test

channel_test_headline = Test von Wallboard: Dieser Kanal funktioniert
sent_at_line = Gesendet
open_wallboard = Wallboard öffnen
