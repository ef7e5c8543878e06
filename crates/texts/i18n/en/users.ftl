# Users, API tokens, and the audit trail.

## Users

role_and_groups = Role and groups
added_column = Added
# After one's own name.
you_mark = you
disabled_mark = disabled
# $provider is the identity provider.
signs_in_with = signs in with { $provider }
role_from_provider = The role and groups come from { $provider }.
cancel_edit = Cancel
set_new_password = Set a new password
set_password = Set the password
set_password_of = Set the password of { $name }
user_sessions_end = All sessions of this user end.
last_admin_stays = The last administrator can’t be disabled.
enable_user = Enable { $name }
disable = Disable
disable_user = Disable { $name }
disable_help = All sessions end, and nobody can sign in as this user until you enable it again.
add_user_heading = Add a user
add_user = Add user
password_of_length = Password, at least 12 characters
roles_about = Viewers see boards of queues and nothing about a person. Supervisors also see agents, contacts, history and data sources. Administrators also manage users.
members_about = People in a group see only its boards, queues and agents; administrators see everything.
user_was_added = The user was added and can sign in.
role_was_changed = The role and groups were changed. Open pages update within 5 seconds.
user_was_disabled = The user was disabled, and all sessions have ended.
user_was_enabled = The user can sign in again.
user_password_was_set = The password was set, and the user’s sessions have ended.

## Why users aren't changed

user_exists = There’s already a user “{ $name }”; choose another name.
user_missing = There’s no user “{ $name }”. Reload the page.
user_deleted = That user no longer exists. Reload the page.
users_ambiguous = There are several users “{ $name }”.
is_last_administrator = “{ $name }” is the last administrator. Add another administrator first.
access_group_missing = There’s no group “{ $name }” below [access.groups] in the configuration.
user_name_invalid = A user’s name has 1 to { $count } characters, and no invisible ones.

## API tokens

api_tokens = API tokens
# $api is a link.
tokens_about = A program with a token reads the { $api }, files and server metrics, and changes only what you allow.
# The link in it.
api_link = API
new_token = The new token
copy_token_now = Copy it now: it isn’t shown again. The program sends it in the header { $header }.
tokens_heading = Tokens
changes_column = Changes
token_created_column = Created
expires_column = Expires
access_column = Access
reads_everything = everything
changes_nothing = nothing
changes_alerts = alerts
changes_announcements = announcements
# In place of a role. $source is a name.
sends_values_of = sends values of { $source }
sends_values_only = sends values of { $source }, reads nothing
reads_case_records = reads case records
expired_on = expired { $date }
revoke = Revoke
revoke_named = Revoke { $name }
create_token_heading = Create a token
expires_after = Expires after
may_change = May change, for a supervisor
may_act_on_alerts = Take, snooze, note and close alerts
may_announce = Make and end announcements
create_token = Create token
token_groups_about = With groups, the program reads only their queues and agents.
token_revoked = Token revoked.
token_name_invalid = A token’s name has 1 to { $count } characters, and no invisible ones.
token_role_invalid = A token is for a viewer or a supervisor, and not for an administrator.
token_change_invalid = A token that changes something is for a supervisor.
token_send_invalid = A token that sends values does nothing else.
token_case_records_invalid = A token that reads case records does nothing else.
token_days_invalid = A token lasts from 1 to { $count } days.
token_gone = That token no longer exists.

## The audit trail

audit_about = Who signed in, changed something, or saw personal data.
download_csv = Download CSV
newest_entries_first = Newest first
nothing_yet = Nothing yet
who_column = Who
number_column = Number
origin_column = Origin
# Where a name comes from, with the beginning of its ID there.
origin_account = account { $id }
origin_provider = identity provider { $id }
origin_screen = screen { $id }
origin_token = API token { $id }
origin_command_line = command line
origin_server = by itself
origin_unknown = not signed in
# What somebody did, after the name.
did_sign_in = signed in
did_fail_to_sign_in = sign-in failed
did_sign_out = signed out
did_end_session = ended session
did_add_user = added user
did_change_role = changed role
did_disable_user = disabled user
did_enable_user = enabled user
did_set_password = set password
did_pair_screen = paired screen
did_change_screen = changed screen
did_remove_screen = removed screen
did_identify_screen = identified screen
did_reload_screen = reloaded screen
did_try_screen_sound = played sound on screen
did_make_screen_address = created screen link
did_make_token = created token
did_revoke_token = revoked token
did_forget_person = forgot person
did_change_setting = changed setting
did_delete_setting = deleted setting
did_make_announcement = made announcement
did_end_announcement = ended announcement
did_add_picture = added picture
did_take_alert = took alert
did_release_alert = released alert
did_snooze_alert = snoozed alert
did_note_alert = noted alert
did_close_alert = closed alert
did_silence_alerts = silenced alerts
did_end_silence = ended silence
did_test_channel = tested channel
did_resend_message = sent message again
did_drop_message = dropped message
did_send_report = sent report
did_save_view = saved view
did_delete_view = deleted view
did_view = viewed
did_export = exported
