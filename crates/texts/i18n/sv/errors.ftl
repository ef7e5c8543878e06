# Sidor om det som inte kan visas eller göras.

page_missing = Sidan finns inte
page_missing_help = Kontrollera adressen, eller börja från Tavlor.
page_read_only = Den här sidan kan bara läsas
page_read_only_help = Ingenting ändrades.
board_missing = Tavlan finns inte
board_missing_help = Det finns ingen tavla som heter ”{ $name }”. Den kan ha bytt namn eller tagits bort.
subject_missing = Finns inte
queue_missing_help = Det finns ingen kö ”{ $name }”. Den kan ha tagits bort, eller dolts i konfigurationen.
agent_missing_help = Det finns ingen agent ”{ $name }”. Agenten kan ha tagits bort, eller dolts i konfigurationen.
figure_missing_help = Det finns inget värde ”{ $name }” som du får se. Det kan ha tagits bort ur konfigurationen.
card_missing_help = Det finns inget kort ”{ $name }”. Det kan ha tagits bort, eller dolts i konfigurationen.
file_source_missing_help = Det finns ingen filkälla ”{ $name }”. Den kan ha tagits bort, eller dolts i konfigurationen.
link_invalid = Den här länken fungerar inte
link_invalid_help = En del av adressen är ogiltig. Börja om från en av de här sidorna.
no_access = Du har inte åtkomst till den här sidan
no_access_help = En administratör kan ge dig en annan roll på sidan Användare.
only_in_files = Inställningar finns bara i filer
only_in_files_help = De kan inte ändras i webbläsaren, enligt `editing` i `[access]` i konfigurationsfilen.
nothing_changed = Ingenting ändrades
from_elsewhere_help = Begäran kom inte från rätt sida. Ladda om sidan och försök igen.
field_invalid_help = Ett fält saknas eller är ogiltigt. Gå tillbaka och försök igen.
not_possible_now = Det går inte just nu
records_full_help = Klustrets lagring i NATS är full. Be en administratör att frigöra utrymme.
records_away_help = Klustrets lagring i NATS kan inte nås. Försök igen om en minut, eller be en administratör att kontrollera NATS.
took_too_long = Det tog för lång tid
took_too_long_help = Servern är upptagen. Försök igen om en minut. Om du sparade något, titta först om det finns där.
went_wrong = Något gick fel
went_wrong_help = Felet har loggats. Försök igen om en stund.
# The heading of the part of an address that isn't valid.
what_is_invalid = Det här är ogiltigt
you_can_go_to = Du kan gå till:

## Why a past can't be shown

past_invalid_help = En del av adressen är ogiltig.
nothing_to_rewind = Inget att spola tillbaka
nothing_to_rewind_help = Det finns ingen logg över vad som har hänt. En administratör kan slå på den: [log] enabled = true.
nothing_from_then = Inget från den tiden
nothing_from_then_help = Loggen når inte så långt tillbaka. Välj en senare tid.
too_many_rewind = För många personer spolar tillbaka
too_many_rewind_help = Försök igen om en minut. Sidor i realtid påverkas inte.
too_many_moments = Du tittar på för många tidpunkter
too_many_moments_help = Stäng någon av de tidigare tavlor eller sidor som du har öppna, och försök igen.
