# The page that edits a queue: its name, thresholds, targets and opening hours.
fields_copied = The fields have the values of { $name }. Nothing is saved yet: save each part that you want.
# $section is a key of the configuration. Begins as the button is named.
undo_change = Undo the change of { $section ->
    [thresholds] thresholds
    [targets] targets
    [hours] opening hours
   *[names] the name
}
remove_own_of = Remove its own { $section ->
    [thresholds] thresholds
    [targets] targets
    [hours] opening hours
   *[names] name
}

## Where it comes from, without an entry of the queue's own
# $pattern is a pattern for names of queues: phone/*.
origin_pattern = From { $pattern }.
origin_defaults = The defaults.
origin_members = Open while one of its queues is.
origin_closing = Its own hours since { $date }, when it closed early. Remove them to follow its pattern again.
origin_always_open = Always open: it has no opening hours.
origin_reported = As its data source reports it.

## Thresholds
thresholds_heading = When it turns yellow and red
thresholds_scope = They apply on every board at the same moment.
other_figures = Other metrics
save_thresholds = Save thresholds
warning_from_field = ▲ Warning from
critical_from_field = ◆ Critical from
warning_below_field = ▲ Warning below
critical_below_field = ◆ Critical below
clear_field = Back at (optional)
min_sample_field = Judged from contacts (optional)
# Where a threshold comes from, then perhaps how one is written.
limit_own = Its own
limit_pattern = From { $pattern }
limit_default = Default
hint_after = { $origin }. { $hint }
hint_duration = Such as 2:30 or 20 s
# target-10 is a word of the configuration.
hint_percent = Such as { $percent }, or target-10

## Rehearsal: the effect that thresholds would have had
rehearsal_heading = Rehearsal
rehearse = Rehearse
rehearsal_reading = The last weeks are being read from the log. Choose “Rehearse” in a moment.
rehearsal_nothing = Nothing is stored about this queue yet.
# $length is a duration: 20 min.
critical_times = It would have been critical { $times ->
    [one] once, about { $length }.
   *[other] { $times } times, about { $length } in all.
}
# $weekday is a number, Monday is 1.
critical_times_mostly = It would have been critical { $times } times, about { $length } in all; most on { $weekday ->
    [1] Mondays
    [2] Tuesdays
    [3] Wednesdays
    [4] Thursdays
    [5] Fridays
    [6] Saturdays
   *[7] Sundays
} { $from }–{ $to }.
critical_never = It would never have been critical.
warning_times = Warning or worse: { $times ->
    [one] once, about { $length }.
   *[other] { $times } times, about { $length } in all.
}
warning_never = No warning either.
saved_times = With the saved ones: { $times ->
    [one] once, about { $length }.
   *[other] { $times } times, about { $length } in all.
}
saved_never = With the saved ones: never.
rehearsal_quarters = From { $from } to { $to }, at least { $limit } waited in { $reached } of { $known } quarters of an hour of the open time.
rehearsal_coverage = From { $from } to { $to }, in steps of 5 minutes; known for { $percent } of the open time. Counts the longest wait and the number waiting; other metrics aren’t stored.
# The key of a limit in a chart.
limit_of_metric_from = Critical from { $limit }
# A chart as a sentence; $time is a time, perhaps with a date.
rehearsal_curve = { $metric }: at most { $most }, at { $time }.
rehearsal_shade = Would have been critical
# The queues that match a pattern. $list is names, each with how often.
pattern_critical = Of { $count } queues, { $critical } would have been critical: { $list }.
pattern_queue_times = { $name } { $times ->
    [one] once
   *[other] { $times } times
}
pattern_further = { $list } and { $count } more
pattern_never = { $count ->
    [one] The queue would never have been critical.
   *[other] None of { $count } queues would have been critical.
}
pattern_nothing = Nothing is stored about these queues yet.
pattern_first = Of the first { $count } of { $total } queues.

## Opening hours
hours_heading = Opening hours
hours_about = Times of { $zone }. A period that ends before it begins ends on the next day.
week_field = Week
as_monday = As Monday
# Begins as the button is named.
as_monday_of = As Monday: { $day }
weekdays_same = Mon–Fri the same
day_hint = Such as 08:00–17:00, or 8–12, 13–17. Empty is closed, 0–24 is all day.
dates_heading = Holidays and exceptions
date_numbered = Date { $number }
hours_of_date = Hours of date { $number }
# In a field without times.
closed_day = closed
empty_date = Empty the date to remove it.
save_hours = Save opening hours

## A calendar file with holidays
calendar_heading = Holidays from a calendar file
calendar_about = The whole days of an iCalendar file (.ics), until the end of { $year }, become dates above, closed. You see them first; nothing is saved.
calendar_file = File
calendar_field = Or its content
calendar_fill = Fill the dates
calendar_added = { $count ->
    [0] All its dates are there already.
    [one] 1 date filled in. Nothing is saved yet.
   *[other] { $count } dates filled in. Nothing is saved yet.
}
# $names are up to five of them.
calendar_others = { $count ->
    [one] Not added: { $names }. Only whole days are, once or each year.
   *[other] { $count } events not added, such as { $names }. Only whole days are, once or each year.
}
calendar_not_one = It isn’t an iCalendar file: the first line of one is BEGIN:VCALENDAR.
calendar_cut_off = It ends within an event. Copy all of it.
calendar_too_long = It has too many events. Delete years that are over.
calendar_too_large = It’s larger than { $kilobytes } kB. Delete years that are over.
calendar_too_many = It has { $count } further dates; there is room for { $room }. Delete events that aren’t holidays.
calendar_without_days = It has no whole days from today until the end of { $year }.
calendar_line = Line { $number } can’t be read: { $line }

## Targets
targets_heading = Targets
# Of the days of the last four weeks that are imported in full, with enough contacts.
target_met = In the last four weeks, this target was met on { $met } of { $days ->
    [one] 1 day
   *[other] { $days } days
}.
answered_within_field = Answered within
short_abandons_field = Short abandons up to
save_targets = Save targets
choice_short_ignored = Answered in time of all but short abandons
choice_negative = Answered in time of all
choice_positive = Answered or abandoned in time of all
choice_quick_ignored = Answered in time of all but those abandoned in time
choice_short_met = Answered in time or a short abandon, of all
choice_answered_only = Answered in time of answered

## The name, and copying
name_heading = Name
group_name_place = A group’s name is in { $section }, which administrators change.
reported_name = Its data source calls it { $name }.
name_field = Name on boards and pages
save_name = Save name
copy_heading = Copy from another queue
fill_fields = Fill the fields
copy_about = Thresholds, targets and opening hours. You see them first; nothing is saved.

## Patterns: all queues that match
choose_queues = Queues to edit
choose_queues_field = Queue, group or pattern
choose_queues_hint = Choose one of the list, or enter a pattern: phone/* is all of the source phone, also new ones.
choose_queues_next = Continue
choose_queues_list = Choose from the list
subject_column = Queue or group
subject_of_column = Of
own_settings_column = Has its own
kind_pattern = Pattern
applies_heading = Applies to
pattern_applies = { $count ->
    [0] No queue now. It applies as soon as one matches.
    [one] 1 queue now, also new ones
   *[other] { $count } queues now, also new ones
}
applies_about = What a queue has of its own, or from a pattern that matches it more closely, comes first.
time_in_status = Agents’ time in a status
time_in_status_about = Boards mark agents who match and are in a status for longer. Empty: without a limit here.
text_and_versions = Text and versions
# $section is a key of the configuration. Begins as the link is named.
text_and_versions_of = Text and versions: { $section ->
    [thresholds] thresholds
    [targets] targets
    [hours] opening hours
   *[names] name
}

## Calendars of holidays that are read daily
closed_on_holidays = Closed on holidays
calendars_about = Closed all day on the days of these calendars. A date above has its own hours all the same.
calendar_next = Next: { $date }, { $name }.
calendar_read_at = Read { $time }.
calendar_not_read = It hasn’t been read yet.
calendar_of_file = From the file { $file }.
calendar_skipped = { $count ->
    [one] 1 event isn’t whole days: { $names }.
   *[other] { $count } events aren’t whole days: { $names }.
}
calendar_missing = There’s no such calendar in the settings.
# $why is one of the sentences below.
calendar_problem = Can’t be read now, so the last known days apply. { $why }
calendar_never_read = Can’t be read, so it closes nothing yet. { $why }
problem_address = Its address isn’t complete.
problem_no_host = { $host } isn’t found. Check the name, and this server’s DNS.
problem_private = { $host } is in your own network. If that’s meant, add it to private_receivers in [server].
# $advice is in English.
problem_unreachable = Can’t reach { $host }: { $advice }.
problem_slow = { $host } didn’t respond within { $seconds } s.
problem_status = { $host } responds with status { $status }.
problem_redirect = It redirects to { $target }. Use that address.
problem_large = It’s larger than 1 MB.
problem_cut_off = It ends within an event.
problem_events = It has more events than any calendar of holidays.
problem_line = Its line { $number } can’t be read.
problem_no_days = It has no whole days from now on.
