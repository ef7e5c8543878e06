# The sign-in. $provider is the name of the company's identity provider.

sign_in = Logga in
sign_in_name = Namn
sign_in_password = Lösenord
# Between the form and the button of the identity provider.
sign_in_or = eller
sign_in_with = Logga in med { $provider }
# In place of a provider without a name: on its button, and within a sentence.
company_account = ditt företagskonto
identity_provider = identitetsleverantören
no_users_yet = Det finns inga användare ännu. Öppna konfigurationslänken i serverns logg för att skapa den första administratören.
no_users_yet_command = Eller kör { $command } på servern.

## Why nobody is signed in

no_match = Fel namn eller lösenord.
too_many_attempts = { $minutes ->
    [one] För många försök. Försök igen om 1 minut.
   *[other] För många försök. Försök igen om { $minutes } minuter.
}
too_many_sign_ins = För många loggar in just nu. Försök igen om några sekunder.
cluster_full = Det här går inte just nu: klustrets lagring i NATS är full. Den som är inloggad förblir inloggad. Be en administratör att frigöra utrymme.
cluster_away = Det här går inte just nu: klustrets lagring i NATS kan inte nås. Den som är inloggad förblir inloggad. Försök igen om en minut, eller be en administratör att kontrollera NATS.
no_group_has_access = Du är inloggad hos { $provider } som { $person }, men ingen av dina grupper har åtkomst till Wallboard. Kontakta din administratör.
access_disabled = Din åtkomst har inaktiverats. En administratör kan aktivera den på sidan Användare.
sign_in_expired = Inloggningen tog för lång tid eller påbörjades i en annan webbläsare. Försök igen.
sign_in_refused = Inloggningen avbröts eller nekades av { $provider }. Försök igen.
provider_answer_invalid = Svaret från { $provider } är ogiltigt. Försök igen. Om det inte hjälper står orsaken i serverns logg.
provider_unreachable = Kan inte nå { $provider }. Logga in med namn och lösenord, eller försök igen om en minut.
