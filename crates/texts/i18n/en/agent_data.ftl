# The page of what is stored about an agent, and the one after it was deleted.

stored_about_person = Data stored about { $name }
stored_heading = Stored data
nothing_stored = Nothing is stored
stored_place = See and download
stored_about = The input log can’t be counted per person: its dates are for the whole log. Today’s statuses and figures are in memory until midnight.

## Deleting it
delete_it = Delete it
delete_it_about = Deletes names, addresses, memberships and figures, and puts a pseudonym in the person’s place in calls. Figures of queues stay. This can’t be undone.
# After the previous one.
delete_log_until = Pages of earlier moments show the pseudonym at once; the input log itself has the person until { $date }.
confirmation_wrong = The text wasn’t the same, so nothing was deleted.
# $text is the name or the ID.
type_to_confirm = Type “{ $text }” to confirm
delete_stored = Delete stored data
delete_needs_administrator = An administrator who is signed in can delete it here.
# Before a command.
delete_on_server = On the server:
# $option is an option of the command.
dry_run_about = With { $option }, it only lists what would be deleted.

## Afterwards
person_deleted = Deleted
person_deleted_heading = Data that was stored about the person
person_deleted_about = Within seconds, no page shows the person.
# After the previous one.
deleted_log_until = The input log itself has them until { $date }.
# All are sections of the configuration.
delete_elsewhere = Agents who still work there are reported again: remove them at the vendor, or hide them with { $hide }. Remove the person from { $names } and { $people }, too.
