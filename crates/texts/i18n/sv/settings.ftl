# The pages of settings: the overview, sections, entries, changes, and the site's name and time zone.
# $changes is a link with the name of the page of changes.
settings_about = Ändringar här gäller direkt, på alla tavlor. { $changes } visar vem som ändrade vad, med Ångra. Det som står i en fil ändras där.
changes_heading = Ändringar
# Before an entry with faults.
not_in_force = Gäller inte:
can_be_changed = Det som kan ändras här
site_heading = Namn, logotyp och tidszon
where_column = Plats
last_change_column = Senaste ändring här
# $section is a key of the configuration.
section_label = { $section ->
    [time_zone] Tidszon
    [language] Språk
    [boards] Tavlor
    [thresholds] Trösklar
    [targets] Mål
    [hours] Öppettider
    [holidays] Helgdagskalendrar
    [names] Namn
    [groups] Kögrupper
    [figures] Värden från andra system
    [links] Länkar till exporter
    [people] Personer i flera källor
    [hide] Dolt
    [brand] Varumärke
    [privacy] Integritet
    [channels] Kanaler för meddelanden
    [alerts] Larmregler
    [reports] Rapporter via e-post
    [playlists] Spellistor
   *[sources] Datakällor och importer
}
entries_counted = { $count ->
    [one] 1 post
   *[other] { $count } poster
}
# Where entries of a section are, with their number.
in_browser = webbläsaren { $count }
in_files = filer { $count }, till exempel { $file }
in_file_from = fil { $count }: { $file }, från rad { $line }
changed_last = { $person }, { $time }

## What is only in the file
not_here = Inte här
not_here_limited = Tidszon, språk, datakällor, kanaler, grupper, länkar, personer, dolda köer, varumärke och integritet: administratörer ändrar dem när de är inloggade.
only_in_file = Bara i konfigurationsfilen:
part_server = Adress, port, HTTPS och proxyservrar
part_server_reason = ett fel värde skulle stänga dig ute från de här sidorna
part_load = Serverns belastning
part_load_reason = den som driver servern vet vad den klarar
part_access = Åtkomst och inloggning
part_access_reason = vem som får se och ändra vad bestäms utanför de här sidorna
part_store = Databas, logg och kluster
part_store_reason = servern behöver dem innan den kan läsa det som ändras här
part_retention = Hur länge data sparas
part_retention_reason = raderade data går inte att få tillbaka med Ångra
part_secrets = Hemligheter från variabler eller filer, deras nyckel, och allt annat i en fil eller mapp på servern
part_secrets_reason = webbläsaren får inte välja vad servern läser
part_network = Kanaler som når ditt eget nätverk
part_network_reason = ett formulär får inte öppna det
part_records = Vart ärendeposter skickas
part_records_reason = vem som får alla ärenden bestäms utanför de här sidorna

## The entries of a section
new_entry = Ny post
entries_heading = Poster
entry_column = Post
place_browser = webbläsaren
place_deleted = borttagen
place_file = { $file }, rad { $line }

## An entry
new_entry_of = { $section }: ny post
entry_valid = Inga fel. Inget är sparat ännu.
faults_counted = { $count ->
    [one] Inte sparat. 1 fel:
   *[other] Inte sparat. { $count } fel:
}
# Before a fault. It is in English.
fault_line = Rad { $line }:
toml_field = TOML, som i konfigurationsfilen
move_entry = Flytta till webbläsaren
move_entry_about = Sparar texten även här. Filens gäller tills du tar bort den där.
move_needs_lines = Den delar sina rader med andra poster och kan därför inte flyttas. Ge den egna rader i filen och läs sedan in konfigurationen igen.
entry_waits = Flyttad till webbläsaren, gäller inte än
entry_waits_board = Ta bort filen { $file } och läs sedan in konfigurationen igen. Till dess gäller filens.
entry_waits_line = Ta bort rad { $line } i { $file } och läs sedan in konfigurationen igen. Till dess gäller filens.
entry_waits_lines = Ta bort raderna { $first } till { $last } i { $file } och läs sedan in konfigurationen igen. Till dess gäller filens.
keep_in_file = Behåll den i filen
entry_in_both = I filen och i webbläsaren
entry_in_both_about = Filens gäller. Ta bort en av dem. Från filens (−) till webbläsarens (+):
delete_from_browser = Ta bort den från webbläsaren
waiting_entries = Flyttad till webbläsaren, gäller först när den är borttagen ur filen:
entry_deleted = Borttagen. Återställ en version, eller spara på nytt.
entry_can_be_restored = Dess versioner finns kvar, och du kan återställa den.
version_deleted = borttagen
current_version = aktuell
restore_version = Återställ
restore_version_of = Återställ versionen från { $time }
# Before a line of a difference, for screen readers.
line_added = tillagd:
line_removed = borttagen:

## The fields of an entry
edit_in_form = Ändra i ett formulär
fields_not_enough = Texten innehåller något som inget fält visar, därför ändras den som text.
back_to_fields = Tillbaka till fälten
unchecked_goes = Det du avmarkerar tas bort när du sparar.
add_member_queue = Lägg till en kö
add_member_agent = Lägg till en agent
add_export_queue = Lägg till en kö från en export
# $entered is text that somebody typed.
unknown_member = Inget heter ”{ $entered }”. Välj i listan, eller ange ett ID som chat/12.
unknown_member_or_pattern = Inget heter ”{ $entered }”. Välj i listan, eller ange ett mönster som chat/*.
group_title = Gruppens namn
group_title_hint = På tavlor och sidor, till exempel Försäljning.
group_queues = Gruppens köer
group_queues_hint = Tavlor visar dem som en. En kö kan vara i flera grupper.
group_id_hint = En del av adresser, och det består: små bokstäver, siffror och -. Tomt: skapas av namnet.
person_title = Personens namn
person_title_hint = I stället för namnen som källorna rapporterar.
person_agents = Samma person som agent
person_agents_hint = En från varje källa. En agent hör till en person.
person_id_hint = En del av adresser, och det består: små bokstäver, siffror och -. Tomt: skapas av namnet.
linked_queue = Kö i realtid
linked_queue_hint = Den vars historik en export har.
link_queues = Köer från exporter
link_queues_hint = Deras historik visas tillsammans med realtidsköns.
named_subject = Kö eller agent
named_subject_hint = Välj i listan, eller ange dess ID.
name_entry_hint = I stället för namnet som datakällan rapporterar.
hidden_queues = Dolda köer
hidden_queues_hint = Ingen tavla och ingen sida visar dem. Ett mönster döljer även nya.
hidden_agents = Dolda agenter
hidden_agents_hint = Ingen tavla och ingen sida visar dem. Ett mönster döljer även nya.
calendar_address = Kalenderns adress
calendar_address_hint = En iCalendar-fil som läses varje dag: https://…/helgdagar.ics. Bara dess hela dagar räknas.
calendar_id_hint = Namnet som öppettider har för den, och det består. Tomt: holidays.
accent_field = Accentfärg
accent_hint = Tavlornas överkant, till exempel #0a7d55. Den måste synas på mörka och ljusa tavlor och får inte likna en varning.
contact_field = Kontakt
contact_hint = Vem man ringer om en tavla saknar data, till exempel Servicedesk, 4400.
agent_names_field = Agenternas namn
agent_names_hint = På tavlor, på sidor och i nedladdningar.
agent_names_full = Hela namnet: Anna Keller
agent_names_initial = Förnamn och initial: Anna K.
agent_names_initials = Initialer: AK
agent_names_none = Inget: Agent
smallest_team_field = Minsta team, i agenter
smallest_team_hint = Köer som färre agenter betjänar visar inga siffror om dem. 1 om inget anges, högst 100.
keep_contacts_field = Lagra uppringares uppgifter
keep_contacts_hint = Namn, e-postadresser, personnummer och telefonnummer från exporter. Om du stänger av det tas lagrade bort.

## Changes
changes_about = Ångra gör en ny ändring; det tar aldrig bort någon.
newest_changes_first = Nyast först
nothing_changed_yet = Inget har ändrats här ännu
# Which changes are shown.
all_settings = Alla inställningar
everybody = Alla
no_such_change = Ingen sådan ändring.
all_changes = Visa alla ändringar
# After the name of an entry.
change_added = tillagd av { $person }
change_changed = ändrad av { $person }
change_deleted = borttagen av { $person }
undo_entry = Ångra: { $entry }, { $time }
changed_since = Ändrad sedan dess
older_changes = { $count ->
    [one] 1 äldre ändring: se versionerna av varje post.
   *[other] { $count } äldre ändringar: se versionerna av varje post.
}

## Name and time zone
site_name = Kontaktcentrets namn
site_name_hint = Valfritt; på tavlor och sidor.
logo_field = Logotyp
logo_and_language = Logotyp och språk
logo_hint = PNG, JPEG eller WebP på högst 2 MB, bredvid tavlornas titlar.
remove_logo = Ta bort logotypen
time_zone_field = Tidszon
time_zone_hint = När dygn börjar, och tiden på tavlor.
time_zone_proposed = Förslag: serverns egen.
language_of_boards = Tavlornas språk
language_of_boards_hint = En tavla kan ha ett eget.
change_in_file = I { $file }, rad { $line }. Ändra det där.
entry_conflict_look = Någon annan ändrade { $entry } under tiden. Se efter, och spara igen.

## Export and import
transfer_heading = Exportera och importera
export_heading = Exportera
export_about = Allt som har gjorts i webbläsaren, som en ZIP-fil: settings.toml, och tavlor med sina bilder. Hemligheter är inte med. Den här servern har dem kvar; en annan frågar efter dem.
export_download = Ladda ner
import_heading = Importera
import_about = Tar en sådan fil, eller bara dess settings.toml. Du ser vad som skulle ändras innan du sparar; inget tas bort.
import_file = ZIP- eller TOML-fil
import_show = Visa vad som skulle ändras
import_secrets = Hemligheter som inte finns i filen
import_secrets_about = Hemligheter exporteras aldrig. Ange dem igen, eller lämna ett fält tomt för att utelämna dess post.
import_unreadable = Det är varken en exporterad ZIP-fil eller en TOML-fil. Välj en som du laddade ner här.
import_too_large = Den är för stor: högst 4 MB för varje fil i den, och 32 MB totalt.
entry_is_new = ny
import_changes = { $count ->
    [0] Inget skiljer sig.
    [one] 1 post skulle ändras
   *[other] { $count } poster skulle ändras
}
import_saved = { $count ->
    [one] 1 post sparad. Den gäller nu.
   *[other] { $count } poster sparade. De gäller nu.
}
