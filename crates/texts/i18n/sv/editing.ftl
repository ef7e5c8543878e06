# Forms of settings: saved or not, where an entry comes from, and who changed it. $time is already written.
entry_saved = Sparat. Det gäller nu.
# Before faults that are in English, as the command writes them.
entry_not_saved = Inte sparat.
# $error may be in English, as the command writes it.
not_saved_because = Inte sparat: { $error }.
entry_faults = Inte sparat. Rätta de markerade fälten.
remove_entry = Ta bort

## When two people change the same
# $person is a name.
changed_meanwhile = Inte sparat: { $person } ändrade det under tiden, { $time }
conflict_about = Om du sparar nu ersätter din version den andra, som finns kvar under Versioner.
their_version = Den andras
your_version = Din
removed_version = Borttagen
theirs_to_yours = Från den andras till din:

## What changed, before its values
# $level is a key of the configuration.
limit_of_metric = { $metric }, { $level ->
    [warn] varning från
    [crit] kritiskt från
    [warn_below] varning under
    [clear] tillbaka på
    [min_sample] bedöms från antal kontakter
   *[crit_below] kritiskt under
}
# A limit of time in an agent's status.
limit_of_status = { $status } längre än
# On one board.
name_of_queue = Namn på { $queue }
widgets_of_board = Widgetar
first_on_board = Först på tavlan
left_out_of_board = Utelämnade
# Before the two values of a change, for screen readers.
value_before = före:
value_after = nu:
# The same change as lines of the file.
changed_lines = I konfigurationens format

## Where an entry comes from
origin_file = I { $file }, rad { $line }.
origin_only_file = I { $file }, rad { $line }. Ändra det där och läs sedan in konfigurationen igen.
changed_by = Ändrat av { $person }, { $time }.

## What uses an entry, before it's deleted
# $uses are links: board Hall, rule Sales, screen Kitchen.
entry_used_by = Används av: { $uses }.
entry_unused = Inget använder den.
use_in_board = tavla { $name }
use_in_playlist = spellista { $name }
use_in_announcement = meddelandet ”{ $text }”
use_on_screen = skärm { $name }
# Of thresholds, targets or hours, which a pattern gives to these queues.
entry_of_queues = Den är för: { $queues }. De får sedan det som andra mönster säger, eller standardvärdena.
entry_of_more_queues = Den är för: { $queues } och { $count } till. De får sedan det som andra mönster säger, eller standardvärdena.
entry_of_no_queue = Ingen kö som rapporteras nu har den.

## A field that finds entries of a long list
find_entry = Sök
find_button = Sök
# Of all entries of the list.
entries_found = { $found } av { $total }
# In place of a new secret, which nobody sees.
secret_changed = ändrad
paused_by_field = Pausad av
report_when = När
# Before on or off.
rule_switch = Regeln är
