# The pages of settings: the overview, sections, entries, changes, and the site's name and time zone.
# $changes is a link with the name of the page of changes.
settings_about = Changes here are effective at once, on every board. { $changes } has who changed what, with Undo. Entries of a file are changed there.
changes_heading = Changes
# Before an entry with faults.
not_in_force = Not in force:
can_be_changed = What can be changed here
site_heading = Name, logo and time zone
where_column = Where it is
last_change_column = Last change here
# $section is a key of the configuration.
section_label = { $section ->
    [time_zone] Time zone
    [language] Language
    [boards] Boards
    [thresholds] Thresholds
    [targets] Targets
    [hours] Opening hours
    [holidays] Calendars of holidays
    [names] Names
    [groups] Queue groups
    [figures] Figures of other systems
    [links] Links to exports
    [people] People in several sources
    [hide] Hidden
    [brand] Brand
    [privacy] Privacy
    [channels] Channels for messages
    [alerts] Alert rules
    [reports] Reports by email
    [playlists] Playlists
   *[sources] Data sources and imports
}
entries_counted = { $count ->
    [one] 1 entry
   *[other] { $count } entries
}
# Where entries of a section are, with their number.
in_browser = browser { $count }
in_files = files { $count }, such as { $file }
in_file_from = file { $count }: { $file }, from line { $line }
changed_last = { $person }, { $time }

## What is only in the file
not_here = Not here
not_here_limited = Time zone, language, data sources, channels, groups, links, people, hidden queues, brand and privacy: administrators change them when they are signed in.
only_in_file = Only in the configuration file:
part_server = Address, port, HTTPS and proxies
part_server_reason = a wrong value would lock you out of these pages
part_load = Load on the server
part_load_reason = whoever runs the server knows how much it carries
part_access = Access and sign-in
part_access_reason = who may see and change what is decided outside of these pages
part_store = Database, log and cluster
part_store_reason = the server needs them before it can read what is changed here
part_retention = How long data is kept
part_retention_reason = no Undo brings deleted data back
part_secrets = Secrets from variables or files, their key, and everything else in a file or folder of the server
part_secrets_reason = the browser must not choose what the server reads
part_network = Channels that reach your own network
part_network_reason = a form must not open it
part_records = Where case records go
part_records_reason = who gets every case is decided outside of these pages

## The entries of a section
new_entry = New entry
entries_heading = Entries
entry_column = Entry
place_browser = browser
place_deleted = deleted
place_file = { $file }, line { $line }

## An entry
new_entry_of = { $section }: new entry
entry_valid = No faults. Nothing is saved yet.
faults_counted = { $count ->
    [one] Not saved. 1 fault:
   *[other] Not saved. { $count } faults:
}
# Before a fault. It is in English.
fault_line = Line { $line }:
toml_field = TOML, as in the configuration file
move_entry = Move to the browser
move_entry_about = Saves this text here as well. The file’s stays effective until you delete it there.
move_needs_lines = It shares its lines with other entries, so it can’t be moved. Give it lines of its own in the file, then reload the configuration.
entry_waits = Moved to the browser, not effective yet
entry_waits_board = Delete the file { $file }, then reload the configuration. Until then, the file’s is effective.
entry_waits_line = Delete line { $line } of { $file }, then reload the configuration. Until then, the file’s is effective.
entry_waits_lines = Delete lines { $first } to { $last } of { $file }, then reload the configuration. Until then, the file’s is effective.
keep_in_file = Keep it in the file
entry_in_both = In the file and in the browser
entry_in_both_about = The file’s is effective. Delete one of them. From the file’s (−) to the browser’s (+):
delete_from_browser = Delete it from the browser
waiting_entries = Moved to the browser, not effective until deleted from the file:
entry_deleted = Deleted. Restore a version, or save it again.
entry_can_be_restored = Its versions stay, and you can restore it.
version_deleted = deleted
current_version = current
restore_version = Restore
restore_version_of = Restore the version of { $time }
# Before a line of a difference, for screen readers.
line_added = added:
line_removed = removed:

## The fields of an entry
edit_in_form = Edit in a form
fields_not_enough = Its text has something that no field shows, so it’s changed as text.
back_to_fields = Back to the fields
unchecked_goes = What you uncheck is removed when you save.
add_member_queue = Add a queue
add_member_agent = Add an agent
add_export_queue = Add a queue of an export
# $entered is text that somebody typed.
unknown_member = Nothing is called “{ $entered }”. Choose one of the list, or enter an ID such as chat/12.
unknown_member_or_pattern = Nothing is called “{ $entered }”. Choose one of the list, or enter a pattern such as chat/*.
group_title = Name of the group
group_title_hint = On boards and pages, such as Sales.
group_queues = Queues of the group
group_queues_hint = Boards show them as one. A queue can be in several groups.
group_id_hint = Part of addresses, and it stays: lowercase letters, digits and -. Empty: made from the name.
person_title = Name of the person
person_title_hint = In place of the names that the sources report.
person_agents = The same person as an agent
person_agents_hint = Of each source one. An agent belongs to one person.
person_id_hint = Part of addresses, and it stays: lowercase letters, digits and -. Empty: made from the name.
linked_queue = Live queue
linked_queue_hint = The one whose history an export has.
link_queues = Queues of exports
link_queues_hint = Their history is shown with the live queue’s.
named_subject = Queue or agent
named_subject_hint = Choose one of the list, or enter its ID.
name_entry_hint = In place of the name that its data source reports.
hidden_queues = Hidden queues
hidden_queues_hint = No board and no page shows them. A pattern also hides new ones.
hidden_agents = Hidden agents
hidden_agents_hint = No board and no page shows them. A pattern also hides new ones.
calendar_address = Address of the calendar
calendar_address_hint = An iCalendar file, read daily: https://…/holidays.ics. Only its whole days count.
calendar_id_hint = The name that opening hours have for it, and it stays. Empty: holidays.
accent_field = Accent color
accent_hint = The upper edge of boards, such as #0a7d55. It has to be visible on dark and light boards, and must not look like a warning.
contact_field = Contact
contact_hint = Who to call about a board without data, such as Service desk, 4400.
agent_names_field = Agents’ names
agent_names_hint = On boards, on pages and in downloads.
agent_names_full = In full: Anna Keller
agent_names_initial = First name and initial: Anna K.
agent_names_initials = Initials: AK
agent_names_none = None: Agent
smallest_team_field = Smallest team, in agents
smallest_team_hint = Queues that fewer agents serve show no figures about them. 1 unless set, at most 100.
keep_contacts_field = Store callers’ data
keep_contacts_hint = Names, emails, ID numbers and phone numbers from exports. Turning it off removes stored ones.

## Changes
changes_about = Undo makes a new change; it never deletes one.
newest_changes_first = Newest first
nothing_changed_yet = Nothing was changed here yet
# Which changes are shown.
all_settings = All settings
everybody = Everybody
no_such_change = No such change.
all_changes = Show all changes
# After the name of an entry.
change_added = added by { $person }
change_changed = changed by { $person }
change_deleted = deleted by { $person }
undo_entry = Undo: { $entry }, { $time }
changed_since = Changed since
older_changes = { $count ->
    [one] 1 older change: see the versions of each entry.
   *[other] { $count } older changes: see the versions of each entry.
}

## Name and time zone
site_name = Name of the site
site_name_hint = Optional; on boards and pages.
logo_field = Logo
logo_and_language = Logo and language
logo_hint = PNG, JPEG or WebP of at most 2 MB, beside the titles of boards.
remove_logo = Remove the logo
time_zone_field = Time zone
time_zone_hint = When days begin, and the time on boards.
time_zone_proposed = Proposed: the server’s own.
language_of_boards = Language of boards
language_of_boards_hint = A board can have its own.
change_in_file = In { $file }, line { $line }. Change it there.
entry_conflict_look = Somebody else changed { $entry } meanwhile. Look at it, and save again.

## Export and import
transfer_heading = Export and import
export_heading = Export
export_about = Everything that was made in the browser, as a ZIP file: settings.toml, and boards with their pictures. Secrets aren’t in it. This server still has them; another one asks for them.
export_download = Download
import_heading = Import
import_about = Takes such a file, or its settings.toml alone. You see what would change before you save; nothing is deleted.
import_file = ZIP or TOML file
import_show = Show what would change
import_secrets = Secrets that aren’t in the file
import_secrets_about = Secrets are never exported. Enter them again, or leave a field empty to leave its entry out.
import_unreadable = It’s neither an exported ZIP file nor a TOML file. Choose one that you downloaded here.
import_too_large = It’s too large: at most 4 MB for each file in it, and 32 MB in all.
entry_is_new = new
import_changes = { $count ->
    [0] Nothing differs.
    [one] 1 entry would change
   *[other] { $count } entries would change
}
import_saved = { $count ->
    [one] Saved 1 entry. It’s effective now.
   *[other] Saved { $count } entries. They’re effective now.
}
