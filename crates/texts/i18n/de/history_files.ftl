# Dateien der Historie, und die Nachricht, die ein Bericht sendet.

## Files

starts_column = Beginn
file_id = Kennung
file_note = Hinweis
file_written = Erstellt
file_page = Seite { $number } von { $total }
breakdown_column = Was
name_column = Name
file_incomplete = Unvollständig
first_calls_only = nur die ersten { $count } Anrufe; wählen Sie für die übrigen einen kürzeren Zeitraum
file_imported = Importiert
queue_id_column = Kennung der Warteschlange
agent_id_column = Kennung des Agenten
talk_column = Gespräch

## The mail

report_not_shown = { $name }: kann nicht gezeigt werden
report_without_data = { $name }: keine Daten, { $about }
report_view_invalid = Die Adresse des Berichts enthält eine Auswahl, die es auf der Seite nicht gibt.
# $why is in English.
report_not_computed = Wallboard konnte ihn nicht berechnen: { $why }. Öffnen Sie die Seite oder senden Sie den Bericht erneut, sobald das behoben ist.
report_mail_footer = Sie erhalten den Bericht „{ $name }“ von Wallboard, weil Ihre Adresse zu seinen Empfängern gehört. Die Administratoren von Wallboard können ihn unter „Berichte per E-Mail“ ändern oder beenden.
page_has_view = Diese Ansicht steht auf der Seite selbst.
mail_missed_mark = ▼ Ziel verfehlt
more_rows_on_page = { $count ->
    [one] 1 weitere Zeile steht auf der Seite.
   *[other] { $count } weitere Zeilen stehen auf der Seite.
}
open_in_wallboard = In Wallboard öffnen
