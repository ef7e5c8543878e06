# Days and months by number, Monday and January first, and how moments are put together. $time is
# already written, as 14:02.

weekday = { $number ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
}
weekday_short = { $number ->
    [1] Mon
    [2] Tue
    [3] Wed
    [4] Thu
    [5] Fri
    [6] Sat
   *[7] Sun
}
month = { $number ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
month_short = { $number ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
}
weekday_day_and_time = { $weekday } { $day } { $month } { $time }
weekday_and_time = { $weekday } { $time }
day_and_time = { $day } { $month } { $time }
whole_day = { $weekday } { $day } { $month }
since_time = since { $time }

# Units of a running clock: 1 h 04, 2 d 3 h.
hour_unit = h
day_unit = d
# After a shortened number: 1.2k, 3.4M.
thousands_suffix = k
millions_suffix = M
