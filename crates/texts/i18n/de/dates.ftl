# Days and months by number, Monday and January first, and how moments are put together. $time is
# already written, as 14:02.

weekday = { $number ->
    [1] Montag
    [2] Dienstag
    [3] Mittwoch
    [4] Donnerstag
    [5] Freitag
    [6] Samstag
   *[7] Sonntag
}
weekday_short = { $number ->
    [1] Mo
    [2] Di
    [3] Mi
    [4] Do
    [5] Fr
    [6] Sa
   *[7] So
}
month = { $number ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
}
month_short = { $number ->
    [1] Jan.
    [2] Feb.
    [3] März
    [4] Apr.
    [5] Mai
    [6] Juni
    [7] Juli
    [8] Aug.
    [9] Sept.
    [10] Okt.
    [11] Nov.
   *[12] Dez.
}
weekday_day_and_time = { $weekday }, { $day }. { $month } { $time }
weekday_and_time = { $weekday } { $time }
day_and_time = { $day }. { $month } { $time }
whole_day = { $weekday }, { $day }. { $month }
since_time = seit { $time }

# Units of a running clock: 1 h 04, 2 d 3 h.
hour_unit = h
day_unit = d
# After a shortened number: 1.2k, 3.4M.
thousands_suffix = k
millions_suffix = M
