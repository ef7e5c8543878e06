# Historikens filer, och brevet som en rapport skickar.

## Files

starts_column = Börjar
file_id = ID
file_note = Anmärkning
file_written = Skriven
file_page = Sida { $number } av { $total }
breakdown_column = Vad
name_column = Namn
file_incomplete = Ofullständig
first_calls_only = bara de första { $count } samtalen; välj en kortare period för de övriga
file_imported = Importerat
queue_id_column = Köns ID
agent_id_column = Agentens ID
talk_column = Samtal

## The mail

report_not_shown = { $name }: kan inte visas
report_without_data = { $name }: inga data, { $about }
report_view_invalid = Rapportens adress har val som inte finns på sidan.
# $why is in English.
report_not_computed = Wallboard kunde inte beräkna den: { $why }. Öppna sidan eller skicka rapporten igen när felet är åtgärdat.
report_mail_footer = Du får rapporten ”{ $name }” från Wallboard eftersom din adress finns bland mottagarna. Wallboards administratörer kan ändra eller stoppa den under ”Rapporter via e-post”.
page_has_view = Vyn finns på själva sidan.
mail_missed_mark = ▼ missade målet
more_rows_on_page = { $count ->
    [one] 1 rad till finns på sidan.
   *[other] { $count } rader till finns på sidan.
}
open_in_wallboard = Öppna i Wallboard
