# Datakällor med filer: deras importer, och vad som är fel med filerna.

## Runs

import_last_run = senaste körning { $time }
import_no_run = ingen körning ännu
import_next_run = nästa { $time }
import_waits = en annan import av källan pågår
import_listing = letar efter filer
import_stabilizing = väntar på att filer laddas upp färdigt
importing_files = importerar filer, { $done } av { $total } klara
computing_intervals = beräknar intervall, { $done } av { $total } dagar klara
rows_skipped = { $count ->
    [one] 1 rad överhoppad
   *[other] { $count } rader överhoppade
}
import_failed_at = Den senaste körningen misslyckades { $time }.
import_first_check = Går igenom filerna för första gången.
# $scope is a key of the configuration with its value.
no_files_found = Inga filer för { $scope }; kontrollera platsen.
no_files_of_tenant = Inga filer för { $scope }, men för { $tenants }. Rätta tenant, eller fråga den som ansvarar för exporten.
file_is_late = Filen för { $period } är försenad (väntad { $time }).
# $outcome are some of the following, with commas.
last_run_was = Senaste körning: { $outcome }.
outcome_imported = { $count ->
    [one] 1 fil importerad ({ $rows })
   *[other] { $count } filer importerade ({ $rows })
}
rows_counted = { $count ->
    [one] 1 rad
   *[other] { $count } rader
}
outcome_no_file = ingen ny fil
outcome_replaced = { $count } av dem på nytt eftersom innehållet har ändrats
outcome_redelivered = { $count ->
    [one] 1 fil levererad igen med samma innehåll
   *[other] { $count } filer levererade igen med samma innehåll
}
outcome_known = { $count ->
    [one] 1 redan importerad
   *[other] { $count } redan importerade
}
outcome_other_days = { $count ->
    [one] 1 från en annan dag ignorerad
   *[other] { $count } från andra dagar ignorerade
}
outcome_unreadable = { $count ->
    [one] 1 fil kunde inte läsas
   *[other] { $count } filer kunde inte läsas
}
outcome_unread_yet = { $count ->
    [one] 1 fil kunde inte läsas ännu
   *[other] { $count } filer kunde inte läsas ännu
}
outcome_incomplete = { $count ->
    [one] 1 fil inte komplett ännu
   *[other] { $count } filer inte kompletta ännu
}

## What to do

fix_import = Åtgärda problemet ovan. Wallboard försöker igen varje minut, eller direkt efter systemctl reload wallboard (SIGHUP). Kör wallboard check för att kontrollera.
import_retries = Wallboard försöker igen med några sekunders mellanrum. Om det kvarstår: åtgärda felet ovan, eller kontrollera nätverket och fjärrservern. Kör wallboard check för att kontrollera.
# $section is a section of the configuration: [sources.vergic].
fix_in_section = Åtgärda problemet ovan i { $section }, och kör sedan wallboard check.
check_export_ran = Kontrollera att exporten har körts. Försenade filer importeras automatiskt.
ask_for_missing = Fråga den som ansvarar för exporten om filerna som saknas nedan. De importeras automatiskt när de kommer.
see_failed_files = Se filerna som misslyckades nedan. Filer som levereras igen importeras automatiskt.
files_are_retried = Wallboard försöker igen med filerna nedan. Om det kvarstår: åtgärda felen, eller kontrollera nätverket och fjärrservern.
review_skipped_rows = Gå igenom de överhoppade raderna och kontakta leverantören. Alla andra rader har importerats.
report_containers = Okända containrar ignoreras. Rapportera dem gärna till Wallboards utvecklare.
fix_mismatches = Rätta det som inte stämmer i konfigurationen nedan.
assign_outcomes = Ange vilket utfall etiketterna nedan betyder i { $section }.

## Details

location_term = Plats
location_folder = mappen { $name }
location_sftp = { $name } via SFTP
location_bucket = S3-bucket { $name }
location_container = Azure-container { $name }
imported_term = Importerat
# All numbers are already written.
imported_total = { $files ->
    [one] 1 fil
   *[other] { $files } filer
}, { $rows ->
    [one] 1 rad
   *[other] { $rows } rader
}; senast { $time }
nothing_imported = inget
scores_term = Betyg utanför skalan
scores_ignored = { $count ->
    [one] 1 ignorerat; resten av raden räknas
   *[other] { $count } ignorerade; resten av deras rader räknas
}
next_file_term = Nästa fil
next_file = för { $period }, väntad senast { $time }
other_tenants_term = Andra tenanter
unknown_term = Okänt
public_key_term = Publik nyckel
fingerprint_term = Fingeravtryck
survey_scores_heading = Enkätbetyg utanför skalan
line_column = Rad
field_column = Fält
file_column = Fil
files_column = Filer
failed_files = Filer som misslyckades
config_mismatches = Det som inte stämmer i konfigurationen:

## Missing files

missing_heading = Filer och dagar som saknas:
missing_no_calls = Ingen fil med { $dataset } har kommit, men andra har det: utan den finns inga nyckeltal för samtal.
missing_since = Ingen fil med { $dataset } har kommit sedan { $first }, men andra kom till och med { $newest }.
missing_removed = Filen med { $dataset } finns inte längre. Den senaste versionen används.
missing_partial = Ofullständigt: { $days }. Ingen fil med { $dataset } har kommit för de dagarna; { $count } av deras samtal kom i filer för andra dagar.
missing_days = Saknas: { $days }. Ingen fil med { $dataset } har kommit för de dagarna, och ingen annan fil har deras samtal.
days_range = { $first } till { $last }
# At the end of a list.
and_more_days = och { $count } till

## Columns and outcomes

unassigned_columns = Otilldelade kolumner
unassigned_stored = Otilldelade kolumner: de sparas under sin egen rubrik och räknas inte i något nyckeltal.
unassigned_link = Senaste innehåll, och raderna att lägga till
columns_column = Kolumner
unassigned_outcomes = Otilldelade etiketter
unassigned_outcomes_counted = Otilldelade utfall av obesvarade samtal (räknas som överflödade)
label_column = Etikett
recent_calls_column = Senaste samtal
recent_calls_counted = { $count ->
    [one] 1 samtal
   *[other] { $count } samtal
}
assign_as_abandoned = Lägg till i { $section } för att räkna som tappade; använd annars "flow_out"
unusual_columns = Ovanliga kolumner
columns_differ = Kolumner som skiljer sig från leverantörens beskrivning
issue_column = Problem
columns_missing = saknas: { $columns }
columns_unknown = okända: { $columns }

## The page of unassigned columns

# $word stands in the line.
unassigned_about = De här kolumnerna finns i filerna, men är inte tilldelade något nyckeltal. De sparas men räknas inte. Tilldela en så här: ersätt { $word } i dess rad med det nyckeltal som den innehåller, och sätt in raden i konfigurationen i stället för datamängdens egen.
no_unassigned_columns = Ingen källa har otilldelade kolumner. Bara Vergics Statistics Export kan ha sådana.
all_columns_assigned = Alla kolumner i de importerade filerna är tilldelade.
unassigned_columns_of = Otilldelade kolumner i { $source }
column_heading = Kolumn
last_value_column = Senaste värde
add_to_section = Lägg till i { $section }
date_and_time_utc = { $date } { $time } UTC

## The page of skipped rows

skipped_rows = Överhoppade rader
skipped_rows_of = Överhoppade rader: { $source }
skipped_rows_about = Rader som inte kunde läsas. Alla andra rader har importerats.
download_all_csv = Ladda ner alla som CSV
reasons_caption = Orsaker
no_skipped_rows = Inga överhoppade rader
newest_file_first = Nyaste filen först
row_column = Radens innehåll
older_rows = Äldre
# $key and $section are of the configuration.
contents_not_stored = Radernas innehåll sparas inte, eftersom det kan innehålla personuppgifter. Ange { $key } i { $section } för att spara det för nya filer.
page_link_expired = Länken till sidan gäller inte längre. Börja från den nyaste sidan.
newest_rows = Nyaste
