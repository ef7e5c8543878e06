# Datenquellen mit Dateien: ihre Importe, und was an den Dateien nicht stimmt.

## Runs

import_last_run = letzter Lauf { $time }
import_no_run = noch kein Lauf
import_next_run = nächster { $time }
import_waits = ein anderer Import dieser Quelle läuft
import_listing = sucht nach Dateien
import_stabilizing = wartet, bis Dateien vollständig hochgeladen sind
importing_files = importiert Dateien, { $done } von { $total } fertig
computing_intervals = berechnet Intervalle, { $done } von { $total } Tagen fertig
rows_skipped = { $count ->
    [one] 1 Zeile übersprungen
   *[other] { $count } Zeilen übersprungen
}
import_failed_at = Der letzte Lauf ist um { $time } fehlgeschlagen.
import_first_check = Die Dateien werden zum ersten Mal geprüft.
# $scope is a key of the configuration with its value.
no_files_found = Keine Dateien für { $scope }. Prüfen Sie den Speicherort.
no_files_of_tenant = Keine Dateien für { $scope }, aber für { $tenants }. Berichtigen Sie tenant, oder fragen Sie die für den Export Zuständigen.
file_is_late = Die Datei für { $period } ist überfällig (erwartet { $time }).
# $outcome are some of the following, with commas.
last_run_was = Letzter Lauf: { $outcome }.
outcome_imported = { $count ->
    [one] 1 Datei importiert ({ $rows })
   *[other] { $count } Dateien importiert ({ $rows })
}
rows_counted = { $count ->
    [one] 1 Zeile
   *[other] { $count } Zeilen
}
outcome_no_file = keine neue Datei
outcome_replaced = { $count } davon erneut, weil sich der Inhalt geändert hat
outcome_redelivered = { $count ->
    [one] 1 Datei mit gleichem Inhalt erneut geliefert
   *[other] { $count } Dateien mit gleichem Inhalt erneut geliefert
}
outcome_known = { $count } bereits importiert
outcome_other_days = { $count } anderer Tage ignoriert
outcome_unreadable = { $count ->
    [one] 1 Datei nicht lesbar
   *[other] { $count } Dateien nicht lesbar
}
outcome_unread_yet = { $count ->
    [one] 1 Datei noch nicht lesbar
   *[other] { $count } Dateien noch nicht lesbar
}
outcome_incomplete = { $count ->
    [one] 1 Datei noch unvollständig
   *[other] { $count } Dateien noch unvollständig
}

## What to do

fix_import = Beheben Sie das Problem oben. Wallboard versucht es jede Minute erneut, oder sofort nach systemctl reload wallboard (SIGHUP). Prüfen Sie das Ergebnis mit wallboard check.
import_retries = Wallboard versucht es alle paar Sekunden erneut. Wenn das anhält, gehen Sie dem Fehler oben nach, oder prüfen Sie das Netzwerk und den entfernten Server. Prüfen Sie das Ergebnis mit wallboard check.
# $section is a section of the configuration: [sources.vergic].
fix_in_section = Beheben Sie das Problem oben in { $section }, und führen Sie dann wallboard check aus.
check_export_ran = Prüfen Sie, ob der Export gelaufen ist. Verspätete Dateien werden automatisch importiert.
ask_for_missing = Fragen Sie die für den Export Zuständigen nach den unten genannten fehlenden Dateien. Sie werden automatisch importiert, wenn sie eintreffen.
see_failed_files = Sehen Sie sich unten die fehlgeschlagenen Dateien an. Erneut gelieferte Dateien werden automatisch importiert.
files_are_retried = Wallboard versucht die Dateien unten erneut. Wenn das anhält, gehen Sie den Fehlern nach, oder prüfen Sie das Netzwerk und den entfernten Server.
review_skipped_rows = Sehen Sie sich die übersprungenen Zeilen an, und informieren Sie den Anbieter. Alle anderen Zeilen wurden importiert.
report_containers = Unbekannte Container werden ignoriert. Bitte melden Sie sie den Entwicklern von Wallboard.
fix_mismatches = Berichtigen Sie die unten genannten Abweichungen der Konfiguration.
assign_outcomes = Ordnen Sie die unten genannten Ergebnisse in { $section } zu.

## Details

location_term = Speicherort
location_folder = Ordner { $name }
location_sftp = { $name } über SFTP
location_bucket = S3-Bucket { $name }
location_container = Azure-Container { $name }
imported_term = Importiert
# All numbers are already written.
imported_total = Dateien: { $files }, Zeilen: { $rows }; zuletzt { $time }
nothing_imported = nichts
scores_term = Bewertungen außerhalb der Skala
scores_ignored = { $count } ignoriert; der Rest ihrer Zeilen zählt
next_file_term = Nächste Datei
next_file = für { $period }, erwartet bis { $time }
other_tenants_term = Andere Mandanten
unknown_term = Unbekannt
public_key_term = Öffentlicher Schlüssel
fingerprint_term = Fingerabdruck
survey_scores_heading = Umfragebewertungen außerhalb der Skala
line_column = Zeile
field_column = Feld
file_column = Datei
files_column = Dateien
failed_files = Fehlgeschlagene Dateien
config_mismatches = Abweichungen der Konfiguration:

## Missing files

missing_heading = Fehlende Dateien und Tage:
missing_no_calls = Von { $dataset } ist keine Datei eingetroffen, wohl aber von anderen: Ohne sie gibt es keine Kennzahlen zu Anrufen.
missing_since = Von { $dataset } ist seit { $first } keine Datei eingetroffen, von anderen aber bis { $newest }.
missing_removed = Die Datei von { $dataset } gibt es nicht mehr. Verwendet wird ihre letzte Version.
missing_partial = Unvollständig: { $days }. Für diese Tage ist keine Datei von { $dataset } eingetroffen; Anrufe dieser Tage in Dateien anderer Tage: { $count }.
missing_days = Fehlend: { $days }. Für diese Tage ist keine Datei von { $dataset } eingetroffen, und keine andere Datei hat ihre Anrufe.
days_range = { $first } bis { $last }
# At the end of a list.
and_more_days = und { $count } weitere

## Columns and outcomes

unassigned_columns = Nicht zugeordnete Spalten
unassigned_stored = Nicht zugeordnete Spalten: unter ihrer eigenen Überschrift gespeichert, in keiner Kennzahl gezählt.
unassigned_link = Letzte Werte und die Zeilen zum Hinzufügen
columns_column = Spalten
unassigned_outcomes = Nicht zugeordnete Ergebnisse
unassigned_outcomes_counted = Nicht zugeordnete Ergebnisse nicht angenommener Anrufe (als übergelaufen gezählt)
label_column = Bezeichnung
recent_calls_column = Letzte Anrufe
recent_calls_counted = { $count ->
    [one] 1 Anruf
   *[other] { $count } Anrufe
}
assign_as_abandoned = Um sie als abgebrochen zu zählen, zu { $section } hinzufügen; sonst mit "flow_out"
unusual_columns = Ungewöhnliche Spalten
columns_differ = Spalten, die von der Beschreibung des Anbieters abweichen
issue_column = Problem
columns_missing = fehlend: { $columns }
columns_unknown = unbekannt: { $columns }

## The page of unassigned columns

# $word stands in the line.
unassigned_about = Diese Spalten stehen in den Dateien, sind aber keiner Kennzahl zugeordnet. Sie werden gespeichert, aber nicht gezählt. Um eine zuzuordnen, ersetzen Sie { $word } in ihrer Zeile durch die Kennzahl, die sie enthält, und setzen Sie die Zeile in der Konfiguration anstelle der Zeile des Datensatzes ein.
no_unassigned_columns = Keine Quelle hat nicht zugeordnete Spalten. Nur der Statistics Export von Vergic kann sie haben.
all_columns_assigned = Jede Spalte ihrer importierten Dateien ist zugeordnet.
unassigned_columns_of = Nicht zugeordnete Spalten von { $source }
column_heading = Spalte
last_value_column = Letzter Wert
add_to_section = Hinzufügen zu { $section }
date_and_time_utc = { $date } { $time } UTC

## The page of skipped rows

skipped_rows = Übersprungene Zeilen
skipped_rows_of = Übersprungene Zeilen: { $source }
skipped_rows_about = Zeilen, die nicht gelesen werden konnten. Alle anderen Zeilen wurden importiert.
download_all_csv = Alle als CSV herunterladen
reasons_caption = Gründe
no_skipped_rows = Keine übersprungenen Zeilen
newest_file_first = Neueste Datei zuerst
row_column = Inhalt der Zeile
older_rows = Ältere
# $key and $section are of the configuration.
contents_not_stored = Der Inhalt der Zeilen wird nicht gespeichert, weil er personenbezogene Daten enthalten kann. Um ihn für neue Dateien zu speichern, setzen Sie { $key } in { $section }.
page_link_expired = Der Link zu dieser Seite ist abgelaufen. Beginnen Sie mit der neuesten Seite.
newest_rows = Neueste
