# The shift report.

shift_heading = Shift report
shift_of = Shift report, { $times }
shift_times = { $day } { $times }
shift_times_now = { $day } { $times } (now)
shift_from = From
shift_to = To
shift_time_like = A time like { $time }
show_shift = Show
critical_longest_first = Critical, longest first
no_queue_critical = No queue was critical.
critical_in_all = { $count ->
    [one] Once critical, { $time } in all.
   *[other] { $count } times critical, { $time } in all.
}
one_still_critical = { $name } is still critical.
some_still_critical = { $names } are still critical.
count_still_critical = { $count } queues are still critical.
lost_in_all = { $count ->
    [one] 1 source outage, { $time }.
   *[other] { $count } source outages, { $time } in all.
}
time_column = Time
lasted_column = Duration
why_column = Why
# $agents are links, or a number.
on_break_then = On break when it began: { $agents }
shorter_not_shown = { $count ->
    [one] 1 shorter incident isn’t shown.
   *[other] { $count } shorter incidents aren’t shown.
}
results_against_target = Results against target
no_contacts_counted = No contacts counted by Wallboard.
figures_by_queue = Figures by queue
target_column = Target
all_contacts = All contacts
# In place of a target: each queue has one.
each_its_own = each its own
counted_since_time = Counted since { $time }.
contacts_missing = Contacts may be missing { $times }.
source_not_connected_at = { $source } wasn’t connected at { $time }: contacts from before may be counted later.
shift_zone = All times in { $zone }. Queues whose figures the vendor computes have them on their own pages.
source_outages_heading = Source outages
sources_stayed_connected = All sources stayed connected.
source_column = Source
