# The bar below a rewound page.
rewound_mark = Viewing the past, not live
playing_mark = Playing { $speed }×, not live
previous_critical = Previous critical
next_critical = Next critical
play_on = Play
play_at = Play { $speed }×
go_to_time = Go to
go = Go
time_like = A time like { $time }
copy_link = Copy link
link_copied = Link copied
back_to_live = Back to live
time_of_day = Time of day
times_critical = { $count ->
    [one] Once critical
   *[other] { $count } times critical
}
source_outages = { $count ->
    [one] 1 source outage
   *[other] { $count } source outages
}
day_summary = { $times }, { $outages }
was_critical = { $name } critical { $times }
was_disconnected = { $name } not connected { $times }
incident_at = { $name }, { $time }
