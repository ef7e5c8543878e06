# Forms of settings: saved or not, where an entry comes from, and who changed it. $time is already written.
entry_saved = Saved. It’s effective now.
# Before faults that are in English, as the command writes them.
entry_not_saved = Not saved.
# $error may be in English, as the command writes it.
not_saved_because = Not saved: { $error }.
entry_faults = Not saved. Correct the marked fields.
remove_entry = Remove

## When two people change the same
# $person is a name.
changed_meanwhile = Not saved: { $person } changed it meanwhile, { $time }
conflict_about = Saving now replaces their version with yours. Theirs stays under Versions.
their_version = Theirs
your_version = Yours
removed_version = Removed
theirs_to_yours = From theirs to yours:

## What changed, before its values
# $level is a key of the configuration.
limit_of_metric = { $metric }, { $level ->
    [warn] warning from
    [crit] critical from
    [warn_below] warning below
    [clear] back at
    [min_sample] judged from contacts
   *[crit_below] critical below
}
# A limit of time in an agent's status.
limit_of_status = { $status } for longer than
# On one board.
name_of_queue = Name of { $queue }
widgets_of_board = Widgets
first_on_board = First on the board
left_out_of_board = Left out
# Before the two values of a change, for screen readers.
value_before = before:
value_after = now:
# The same change as lines of the file.
changed_lines = In the configuration’s format

## Where an entry comes from
origin_file = In { $file }, line { $line }.
origin_only_file = In { $file }, line { $line }. Change it there, then reload the configuration.
changed_by = Changed by { $person }, { $time }.

## What uses an entry, before it's deleted
# $uses are links: board Hall, rule Sales, screen Kitchen.
entry_used_by = Used by: { $uses }.
entry_unused = Nothing uses it.
use_in_board = board { $name }
use_in_playlist = playlist { $name }
use_in_announcement = announcement “{ $text }”
use_on_screen = screen { $name }
# Of thresholds, targets or hours, which a pattern gives to these queues.
entry_of_queues = It’s for: { $queues }. They then have what other patterns say, or the defaults.
entry_of_more_queues = It’s for: { $queues } and { $count } more. They then have what other patterns say, or the defaults.
entry_of_no_queue = No queue that is reported now has it.

## A field that finds entries of a long list
find_entry = Find
find_button = Search
# Of all entries of the list.
entries_found = { $found } of { $total }
# In place of a new secret, which nobody sees.
secret_changed = changed
paused_by_field = Paused by
report_when = When
# Before on or off.
rule_switch = Rule is
