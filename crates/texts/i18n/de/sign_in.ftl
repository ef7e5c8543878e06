# The sign-in. $provider is the name of the company's identity provider.

sign_in = Anmelden
sign_in_name = Name
sign_in_password = Passwort
# Between the form and the button of the identity provider.
sign_in_or = oder
sign_in_with = Anmelden mit { $provider }
# In place of a provider without a name: on its button, and within a sentence.
company_account = Ihrem Firmenkonto
identity_provider = dem Identitätsanbieter
no_users_yet = Es gibt noch keine Benutzer. Öffnen Sie den Einrichtungslink im Protokoll des Servers, um den ersten Administrator anzulegen.
no_users_yet_command = Oder führen Sie { $command } auf dem Server aus.

## Why nobody is signed in

no_match = Name oder Passwort ist falsch.
too_many_attempts = { $minutes ->
    [one] Zu viele Versuche. Versuchen Sie es in 1 Minute erneut.
   *[other] Zu viele Versuche. Versuchen Sie es in { $minutes } Minuten erneut.
}
too_many_sign_ins = Zu viele Anmeldungen gleichzeitig. Versuchen Sie es in einigen Sekunden erneut.
cluster_full = Das ist gerade nicht möglich: Der Speicher des Clusters in NATS ist voll. Wer angemeldet ist, bleibt angemeldet. Bitten Sie einen Administrator, Platz zu schaffen.
cluster_away = Das ist gerade nicht möglich: Der Speicher des Clusters in NATS ist nicht erreichbar. Wer angemeldet ist, bleibt angemeldet. Versuchen Sie es in einer Minute erneut, oder bitten Sie einen Administrator, NATS zu prüfen.
no_group_has_access = Sie sind bei { $provider } als { $person } angemeldet, aber keine Ihrer Gruppen hat Zugriff auf Wallboard. Wenden Sie sich an Ihren Administrator.
access_disabled = Ihr Zugriff wurde deaktiviert. Ein Administrator kann ihn auf der Seite Benutzer aktivieren.
sign_in_expired = Die Anmeldung hat zu lange gedauert oder in einem anderen Browser begonnen. Versuchen Sie es erneut.
sign_in_refused = Die Anmeldung bei { $provider } wurde abgebrochen oder abgelehnt. Versuchen Sie es erneut.
provider_answer_invalid = Die Antwort von { $provider } ist ungültig. Versuchen Sie es erneut. Wenn das nicht hilft, steht der Grund im Protokoll des Servers.
provider_unreachable = Keine Verbindung zu { $provider }. Melden Sie sich mit Name und Passwort an, oder versuchen Sie es in einer Minute erneut.
