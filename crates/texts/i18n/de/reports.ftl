# Berichte per E-Mail.

reports_heading = Berichte per E-Mail
# $history is a link.
reports_about = Seiten aus { $history } und der Schichtbericht, die zu festen Zeiten der Woche gesendet werden.
reports_saved = Die Berichte gelten jetzt.
reports_list = Berichte
no_reports_yet = Noch keine
no_channel_for_reports = Noch keine. Es gibt keinen E-Mail-Kanal, an den sie gesendet werden könnten.
report_column = Bericht
report_to = An
next_column = Nächster
# A link beside the name of a report.
report_page_link = Seite
send_report = Jetzt senden
send_report_named = Jetzt senden: { $name }
new_report = Neuer Bericht
sent_heading = Gesendet
answer_column = Antwort
report_due = fällig { $time }
# $days are written already, as "Mon to Fri".
report_times = { $days } um { $time }
report_times_with = { $days } um { $time }, mit { $file }
every_day = Täglich
report_accepted = { $name }: { $answer }. Sehen Sie nach, ob der Bericht angekommen ist.
report_refused = { $name } wurde nicht gesendet: { $error }

## The form

report_versions = Versionen
not_saved = Nicht gespeichert.
report_without_channel = Niemand kann ihn erhalten: Es gibt noch keinen E-Mail-Kanal.
example_report = Letzte Woche
report_page = Seite
# $history is a link.
report_page_about = Die Adresse einer Seite aus { $history }, oder „/shift?from=08:00&to=16:00“. Ein Zeitraum wie „7d“ endet am Tag vor dem Versand.
report_recipients = Empfänger
report_recipients_about = Adressen, durch Kommas getrennt, in Domänen des Kanals. Leer: die Empfänger des Kanals.
# Before days of the week.
report_on = Am
# Before a time.
report_at = Um
report_at_label = Um, als Stunden und Minuten
# In a list of time zones.
zone_of_site = Die des Standorts
# Before kinds of files.
report_with = Mit
report_no_file = ohne Datei
delete = Löschen
delete_report = Diesen Bericht löschen
