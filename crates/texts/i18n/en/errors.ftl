# Pages of what can't be shown or done.

page_missing = Page not found
page_missing_help = Check the address, or start from Boards.
page_read_only = This page is read-only
page_read_only_help = Nothing was changed.
board_missing = Board not found
board_missing_help = There’s no board called “{ $name }”. It may have been renamed or deleted.
subject_missing = Not found
queue_missing_help = There’s no queue “{ $name }”. It may have been deleted, or hidden in the configuration.
agent_missing_help = There’s no agent “{ $name }”. It may have been deleted, or hidden in the configuration.
figure_missing_help = There’s no figure “{ $name }” that you may see. It may have been removed from the configuration.
card_missing_help = There’s no card “{ $name }”. It may have been deleted, or hidden in the configuration.
file_source_missing_help = There’s no file source “{ $name }”. It may have been deleted, or hidden in the configuration.
link_invalid = This link doesn’t work
link_invalid_help = Part of its address isn’t valid. Start again from one of these pages.
no_access = You don’t have access to this page
no_access_help = An administrator can give you another role on the page Users.
only_in_files = Settings are in files only
only_in_files_help = Nobody changes them in the browser, as `editing` in `[access]` of the configuration file sets it.
nothing_changed = Nothing was changed
from_elsewhere_help = The request didn’t come from the page it should. Reload the page and try again.
field_invalid_help = A field is missing or isn’t valid. Go back and try again.
not_possible_now = Not possible right now
records_full_help = The cluster’s records in NATS are full. Ask an administrator to make room.
records_away_help = Can’t reach the cluster’s records in NATS. Try again in a minute, or ask an administrator to check NATS.
took_too_long = This took too long
took_too_long_help = The server is busy. Try again in a minute. If you saved something, look first whether it’s there.
went_wrong = Something went wrong
went_wrong_help = The error has been logged. Try again in a moment.
# The heading of the part of an address that isn't valid.
what_is_invalid = What isn’t valid
you_can_go_to = You can go to:

## Why a past can't be shown

past_invalid_help = Part of its address isn’t valid.
nothing_to_rewind = Nothing to rewind
nothing_to_rewind_help = There’s no log of what happened. An administrator can enable it: [log] enabled = true.
nothing_from_then = Nothing from that time
nothing_from_then_help = The log doesn’t reach back that far. Choose a later time.
too_many_rewind = Too many people are rewinding
too_many_rewind_help = Try again in a minute. Live pages aren’t affected.
too_many_moments = You’re looking at too many moments
too_many_moments_help = Close one of the earlier boards or pages that you have open, then try again.
