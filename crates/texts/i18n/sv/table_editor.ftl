# Formulären för datakällor och kanaler. Fälten står i form_fields.ftl.

## The choice of a kind
figures_come_from = Varifrån kommer värdena?
kinds_of_files = Historik och prognoser
messages_go_to = Vart ska meddelanden skickas?
new_channel_about = Nästa sida visar var du hittar det som den frågar efter, och skickar ett test.
# After a link to the data sources.
new_source_crumb = Ny

## Saved or not
# $rule is a link with the next text, $alerts the link to the alerts.
channel_saved = Sparat. { $rule } som meddelar den, eller se { $alerts }.
make_rule = Skapa en regel
# Both are links to pages.
source_saved = Sparat. Den startar nu: se { $sources } eller { $boards }.
source_saved_paused = Sparat. Den är pausad.
# Before the reason, which is in English.
channel_unusable = Inget kan skickas till den här kanalen. Meddelanden väntar så länge.

## The test
test_source = Testa
test_passed = Testet lyckades
test_failed = Testet lyckades inte
not_saved_test = Inte sparat: testet lyckades inte
step_passed = OK
step_failed = Inte OK
nothing_saved_yet = Inget är sparat ännu.
test_channel_failed = Inget är sparat ännu. Åtgärda felet, eller spara som det är: meddelanden väntar tills det fungerar.
test_source_failed = Sparad som den är ansluter källan när orsaken är borta.
test_too_long = Testet blev inte klart inom { $seconds } s. Spara utan testet och se Datakällor, eller kör wallboard check, som väntar längre.
receiver_silent = Inget svar inom { $seconds } s. Kontrollera adressen.
save_untested = Spara fast testet inte lyckades

## An entry of a file
in_a_file = I en fil
moving_seals = Hemligheterna förseglas här, även de från variabler och filer på servern.

## The fields
# Before a field's hint.
required_note = Obligatoriskt.
channel_name_hint = Små bokstäver, till exempel floor: regler och rapporter använder namnet, och det ändras inte.
source_id_hint = Det kan inte ändras senare.
source_name_hint = Som tavlor och sidor kallar den; utan namn används ID:t.
id_missing = Det saknas. Använd små bokstäver, siffror och -.
field_missing = Det saknas. Fyll i det.
id_taken = Det är upptaget. Välj ett annat.
secret_is_sealed = Sparas krypterat; lämna tomt för att behålla.
secret_again = Ange det igen, eftersom adressen som det skickas till har ändrats.
# $choice is a word of the configuration.
usual_choice = Standard ({ $choice })
more_settings = Fler inställningar
# $key is a key of the configuration, $section is one too.
key_is_file = { $key } är en fil på servern: { $section ->
    [channels] en kanal
   *[sources] en källa
} som behöver den stannar i konfigurationsfilen.
key_is_folder = { $key } är en mapp på servern: { $section ->
    [channels] en kanal
   *[sources] en källa
} som behöver den stannar i konfigurationsfilen.
key_opens_network = { $key } är en rätt till ditt eget nätverk: { $section ->
    [channels] en kanal
   *[sources] en källa
} som behöver den stannar i konfigurationsfilen.

## Statistics by trying their names
find_statistics = Hitta statistik
find_queues = Köer att undersöka
find_queues_hint = Ett ID per rad, till exempel 9002@SIP_Switch.
find_agents = Agenter att undersöka
find_agents_hint = Ett användarnamn per rad.
find_groups = Agentgrupper att undersöka
find_groups_hint = En per rad, med sin kö: Support = 9002@SIP_Switch.
no_statistic_found = Inget vanligt namn fungerar för dem som inte redan står nedan. Kontrollera ID:na, eller lägg till rader med ditt kontaktcenters namn.
statistics_found = { $count ->
    [one] 1 hittad och tillagd nedan. Testa, och spara sedan.
   *[other] { $count } hittade och tillagda nedan. Testa, och spara sedan.
}
see_marked_fields = Se de markerade fälten.
find_needs_object = Skriv först ID för en kö, en agent eller en grupp.
find_needs_queue = Skriv varje grupp med kön som värdena hör till: Support = 9002@SIP_Switch.
# Before the reason, which is in English.
find_failed = Kan inte söka statistik.
find_too_long = Sökningen blev inte klar inom { $seconds } s. Spara källan och kör sedan wallboard check --config FILE --discover { $id }, som väntar längre.

## Pausing and deleting
pause_or_delete = Pausa eller ta bort
pausing_about = När den är pausad är den frånkopplad, och tavlor visar vem som pausade den.
pause_source = Pausa
resume_source = Återuppta
no_queue_known = Ingen kö från den är känd.
queues_go = De här köerna försvinner: { $queues }.
queues_go_with_more = De här köerna försvinner: { $queues } och { $count } till.
boards_with_them = Tavlor som visar dem: { $boards }.
rules_without_them = Larmregler som då inte bevakar något: { $rules }.
history_stays = Historiken finns kvar, och versionerna likaså: skapa en källa med samma ID för att se dem.
channel_unused = Ingen regel och ingen rapport skickar till den. Meddelanden som fortfarande väntar på den skickas inte.
# $uses are links with the next two.
channel_in_use = Används, och kan därför inte tas bort: { $uses }.
use_in_rule = regel { $name }
use_in_report = rapport { $name }
versions_without_secrets = Utan hemligheter. När en version återställs kommer också dess hemligheter tillbaka.
