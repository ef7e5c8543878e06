# Rapporter via e-post.

reports_heading = Rapporter via e-post
# $history is a link.
reports_about = Sidor ur { $history } och skiftrapporten, som skickas vid bestämda tider i veckan.
reports_saved = Rapporterna gäller nu.
reports_list = Rapporter
no_reports_yet = Inga ännu
no_channel_for_reports = Inga ännu. Det finns ingen e-postkanal att skicka dem till.
report_column = Rapport
report_to = Till
next_column = Nästa
# A link beside the name of a report.
report_page_link = sida
send_report = Skicka nu
send_report_named = Skicka nu: { $name }
new_report = Ny rapport
sent_heading = Skickade
answer_column = Svar
report_due = planerad { $time }
# $days are written already, as "Mon to Fri".
report_times = { $days } kl. { $time }
report_times_with = { $days } kl. { $time }, med { $file }
every_day = Varje dag
report_accepted = { $name }: { $answer }. Kontrollera att den kom fram.
report_refused = { $name } skickades inte: { $error }

## The form

report_versions = Versioner
not_saved = Inte sparat.
report_without_channel = Ingen kan få den: det finns ingen e-postkanal ännu.
example_report = Förra veckan
report_page = Sida
# $history is a link.
report_page_about = Adressen till en sida ur { $history }, eller ”/shift?from=08:00&to=16:00”. En period som ”7d” avser tiden före dagen då rapporten skickas.
report_recipients = Mottagare
report_recipients_about = Adresser med komma emellan, i kanalens domäner. Tomt: kanalens egna mottagare.
# Before days of the week.
report_on = Dagar
# Before a time.
report_at = Klockan
report_at_label = Klockan, som timmar och minuter
# In a list of time zones.
zone_of_site = Kontaktcentrets
# Before kinds of files.
report_with = Med
report_no_file = ingen fil
delete = Ta bort
delete_report = Ta bort rapporten
