# The sign-in. $provider is the name of the company's identity provider.

sign_in = Sign in
sign_in_name = Name
sign_in_password = Password
# Between the form and the button of the identity provider.
sign_in_or = or
sign_in_with = Sign in with { $provider }
# In place of a provider without a name: on its button, and within a sentence.
company_account = your company account
identity_provider = the identity provider
no_users_yet = No users yet. To create the first administrator, open the setup link in the server’s log.
no_users_yet_command = Or run { $command } on the server.

## Why nobody is signed in

no_match = That name and password don’t match.
too_many_attempts = { $minutes ->
    [one] Too many attempts. Try again in 1 minute.
   *[other] Too many attempts. Try again in { $minutes } minutes.
}
too_many_sign_ins = Too many people are signing in. Try again in a few seconds.
cluster_full = This doesn’t work right now: the cluster’s records in NATS are full. People who are already signed in aren’t affected. Ask an administrator to make room.
cluster_away = This doesn’t work right now: the cluster’s records in NATS can’t be reached. People who are already signed in aren’t affected. Try again in a minute, or ask an administrator to check NATS.
no_group_has_access = You’re signed in to { $provider } as { $person }, but none of your groups has access to Wallboard. Ask your administrator.
access_disabled = Your access was disabled. An administrator can enable it on the page Users.
sign_in_expired = That sign-in took too long, or began in another browser. Try again.
sign_in_refused = Sign-in was canceled or denied by { $provider }. Try again.
provider_answer_invalid = The answer of { $provider } isn’t valid. Try again. If that doesn’t help, the server’s log shows why.
provider_unreachable = Can’t reach { $provider }. Sign in with a name and a password, or try again in a minute.
