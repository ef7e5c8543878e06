# The forms of data sources and channels. Their fields are in form_fields.ftl.

## The choice of a kind
figures_come_from = Where do the figures come from?
kinds_of_files = History and forecasts
messages_go_to = Where should messages go?
new_channel_about = The next page shows where to find what it asks for, and sends a test.
# After a link to the data sources.
new_source_crumb = New

## Saved or not
# $rule is a link with the next text, $alerts the link to the alerts.
channel_saved = Saved. { $rule } that notifies it, or see { $alerts }.
make_rule = Make a rule
# Both are links to pages.
source_saved = Saved. It starts now: see { $sources } or { $boards }.
source_saved_paused = Saved. It’s paused.
# Before the reason, which is in English.
channel_unusable = Nothing can be sent to this channel. Messages wait meanwhile.

## The test
test_source = Test
test_passed = The test passed
test_failed = The test hasn’t passed
not_saved_test = Not saved: the test hasn’t passed
step_passed = OK
step_failed = Not OK
nothing_saved_yet = Nothing is saved yet.
test_channel_failed = Nothing is saved yet. Fix it, or save it as it is: messages wait until it works.
test_source_failed = Saved as it is, it connects once the cause is gone.
test_too_long = The test hasn’t finished within { $seconds } s. Save it without the test and look at Data sources, or run wallboard check, which waits longer.
receiver_silent = No answer within { $seconds } s. Check the address.
save_untested = Save although the test hasn’t passed

## An entry of a file
in_a_file = In a file
moving_seals = Its secrets are sealed here, also those from variables and files of the server.

## The fields
# Before a field's hint.
required_note = Required.
channel_name_hint = Lowercase, such as floor: rules and reports name it, and it stays.
source_id_hint = It can’t change later.
source_name_hint = As boards and pages call it; without one, the ID.
id_missing = It’s missing. Use lowercase letters, digits and -.
field_missing = It’s missing. Fill it in.
id_taken = It’s taken. Choose another one.
secret_is_sealed = Sealed; leave it empty to keep it.
secret_again = Give it again, because the address it is sent to has changed.
# $choice is a word of the configuration.
usual_choice = Usual ({ $choice })
more_settings = More settings
# $key is a key of the configuration, $section is one too.
key_is_file = { $key } is a file of the server: a { $section ->
    [channels] channel
   *[sources] source
} that needs it stays in the configuration file.
key_is_folder = { $key } is a folder of the server: a { $section ->
    [channels] channel
   *[sources] source
} that needs it stays in the configuration file.
key_opens_network = { $key } is a right to your own network: a { $section ->
    [channels] channel
   *[sources] source
} that needs it stays in the configuration file.

## Statistics by trying their names
find_statistics = Find statistics
find_queues = Queues to look at
find_queues_hint = One ID a line, such as 9002@SIP_Switch.
find_agents = Agents to look at
find_agents_hint = One user name a line.
find_groups = Agent groups to look at
find_groups_hint = One a line, with its queue: Support = 9002@SIP_Switch.
no_statistic_found = No usual name works on these that isn’t listed below. Check the IDs, or add lines with the names of your contact center.
statistics_found = { $count ->
    [one] 1 found and added below. Test, then save.
   *[other] { $count } found and added below. Test, then save.
}
see_marked_fields = See the marked fields.
find_needs_object = Type the ID of a queue, an agent or a group first.
find_needs_queue = Write each group with the queue that its figures belong to: Support = 9002@SIP_Switch.
# Before the reason, which is in English.
find_failed = Can’t look for statistics.
find_too_long = The search hasn’t finished within { $seconds } s. Save the source, then run wallboard check --config FILE --discover { $id }, which waits longer.

## Pausing and deleting
pause_or_delete = Pause or delete
pausing_about = Paused, it disconnects, and boards show who paused it.
pause_source = Pause
resume_source = Resume
no_queue_known = No queue of it is known.
queues_go = These queues go: { $queues }.
queues_go_with_more = These queues go: { $queues } and { $count } more.
boards_with_them = Boards that show them: { $boards }.
rules_without_them = Alert rules that then watch nothing: { $rules }.
history_stays = Its history stays, and so do its versions: make a source with the same ID to see them.
channel_unused = No rule and no report sends to it. Messages that still wait for it are given up.
# $uses are links with the next two.
channel_in_use = In use, so it can’t be deleted: { $uses }.
use_in_rule = rule { $name }
use_in_report = report { $name }
versions_without_secrets = Without their secrets. Restoring a version brings its secrets back too.
