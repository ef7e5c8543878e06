# Användare, API-nycklar och granskningsloggen.

## Users

role_and_groups = Roll och grupper
added_column = Tillagd
# After one's own name.
you_mark = du
disabled_mark = inaktiverad
# $provider is the identity provider.
signs_in_with = loggar in med { $provider }
role_from_provider = Roll och grupper kommer från { $provider }.
cancel_edit = Avbryt
set_new_password = Ange ett nytt lösenord
set_password = Ange lösenord
set_password_of = Ange lösenordet för { $name }
user_sessions_end = Användarens alla sessioner avslutas.
last_admin_stays = Den sista administratören kan inte inaktiveras.
enable_user = Aktivera { $name }
disable = Inaktivera
disable_user = Inaktivera { $name }
disable_help = Alla sessioner avslutas, och ingen kan logga in som den här användaren förrän du aktiverar den igen.
add_user_heading = Lägg till en användare
add_user = Lägg till användare
password_of_length = Lösenord, minst 12 tecken
roles_about = Läsare ser köernas tavlor och inget om enskilda personer. Arbetsledare ser också agenter, kontakter, historik och datakällor. Administratörer hanterar också användare.
members_about = Den som är med i en grupp ser bara dess tavlor, köer och agenter. Administratörer ser allt.
user_was_added = Användaren har lagts till och kan logga in.
role_was_changed = Roll och grupper är ändrade. Öppna sidor uppdateras inom 5 sekunder.
user_was_disabled = Användaren är inaktiverad, och alla sessioner har avslutats.
user_was_enabled = Användaren kan logga in igen.
user_password_was_set = Lösenordet är angivet, och användarens sessioner har avslutats.

## Why users aren't changed

user_exists = Det finns redan en användare ”{ $name }”. Välj ett annat namn.
user_missing = Det finns ingen användare ”{ $name }”. Ladda om sidan.
user_deleted = Användaren finns inte längre. Ladda om sidan.
users_ambiguous = Det finns flera användare ”{ $name }”.
is_last_administrator = ”{ $name }” är den sista administratören. Lägg först till en annan administratör.
access_group_missing = Det finns ingen grupp ”{ $name }” under [access.groups] i konfigurationen.
user_name_invalid = En användares namn har 1 till { $count } tecken, och inga osynliga.

## API tokens

api_tokens = API-nycklar
# $api is a link.
tokens_about = Ett program med en nyckel läser { $api }, filer och serverns mätvärden, och ändrar bara det som du tillåter.
# The link in it.
api_link = API:et
new_token = Den nya nyckeln
copy_token_now = Kopiera den nu: den visas inte igen. Programmet skickar den i rubriken { $header }.
tokens_heading = Nycklar
changes_column = Ändrar
token_created_column = Skapad
expires_column = Går ut
access_column = Åtkomst
reads_everything = allt
changes_nothing = inget
changes_alerts = larm
changes_announcements = meddelanden
# In place of a role. $source is a name.
sends_values_of = skickar värden för { $source }
sends_values_only = skickar värden för { $source }, läser inget
reads_case_records = läser ärendeposter
expired_on = gick ut { $date }
revoke = Återkalla
revoke_named = Återkalla { $name }
create_token_heading = Skapa en nyckel
expires_after = Går ut efter
may_change = Får ändra, för en arbetsledare
may_act_on_alerts = Ta, skjuta upp, kommentera och avsluta larm
may_announce = Skapa och avsluta meddelanden
create_token = Skapa nyckel
token_groups_about = Med grupper läser programmet bara deras köer och agenter.
token_revoked = Nyckeln är återkallad.
token_name_invalid = En nyckels namn har 1 till { $count } tecken, och inga osynliga.
token_role_invalid = En nyckel är för en läsare eller en arbetsledare, inte för en administratör.
token_change_invalid = En nyckel som ändrar något är för en arbetsledare.
token_send_invalid = En nyckel som skickar värden gör inget annat.
token_case_records_invalid = En nyckel som läser ärendeposter gör inget annat.
token_days_invalid = En nyckel gäller i 1 till { $count } dagar.
token_gone = Nyckeln finns inte längre.

## The audit trail

audit_about = Vem som loggade in, ändrade något eller såg personuppgifter.
download_csv = Ladda ner CSV
newest_entries_first = Nyast först
nothing_yet = Inget ännu
who_column = Vem
number_column = Nummer
origin_column = Ursprung
# Where a name comes from, with the beginning of its ID there.
origin_account = konto { $id }
origin_provider = identitetsleverantör { $id }
origin_screen = skärm { $id }
origin_token = API-nyckel { $id }
origin_command_line = kommandorad
origin_server = av sig själv
origin_unknown = inte inloggad
# What somebody did, after the name.
did_sign_in = loggade in
did_fail_to_sign_in = inloggning misslyckades
did_sign_out = loggade ut
did_end_session = avslutade session
did_add_user = lade till användare
did_change_role = ändrade roll
did_disable_user = inaktiverade användare
did_enable_user = aktiverade användare
did_set_password = angav lösenord
did_pair_screen = parkopplade skärm
did_change_screen = ändrade skärm
did_remove_screen = tog bort skärm
did_identify_screen = identifierade skärm
did_reload_screen = laddade om skärm
did_try_screen_sound = spelade ljud på skärm
did_make_screen_address = skapade adress för skärm
did_make_token = skapade nyckel
did_revoke_token = återkallade nyckel
did_forget_person = raderade uppgifter om
did_change_setting = ändrade inställning
did_delete_setting = raderade inställning
did_make_announcement = skapade meddelande
did_end_announcement = avslutade meddelande
did_add_picture = lade till bild
did_take_alert = tog larm
did_release_alert = lämnade tillbaka larm
did_snooze_alert = sköt upp larm
did_note_alert = kommenterade larm
did_close_alert = avslutade larm
did_silence_alerts = tystade larm
did_end_silence = slutade tysta larm
did_test_channel = testade kanal
did_resend_message = skickade meddelande igen
did_drop_message = tog bort meddelande
did_send_report = skickade rapport
did_save_view = sparade vy
did_delete_view = tog bort vy
did_view = såg
did_export = exporterade
