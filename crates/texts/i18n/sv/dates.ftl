# Days and months by number, Monday and January first, and how moments are put together. $time is
# already written, as 14:02.

weekday = { $number ->
    [1] Måndag
    [2] Tisdag
    [3] Onsdag
    [4] Torsdag
    [5] Fredag
    [6] Lördag
   *[7] Söndag
}
weekday_short = { $number ->
    [1] mån
    [2] tis
    [3] ons
    [4] tors
    [5] fre
    [6] lör
   *[7] sön
}
month = { $number ->
    [1] januari
    [2] februari
    [3] mars
    [4] april
    [5] maj
    [6] juni
    [7] juli
    [8] augusti
    [9] september
    [10] oktober
    [11] november
   *[12] december
}
month_short = { $number ->
    [1] jan.
    [2] feb.
    [3] mars
    [4] apr.
    [5] maj
    [6] juni
    [7] juli
    [8] aug.
    [9] sep.
    [10] okt.
    [11] nov.
   *[12] dec.
}
weekday_day_and_time = { $weekday } { $day } { $month } { $time }
weekday_and_time = { $weekday } { $time }
day_and_time = { $day } { $month } { $time }
whole_day = { $weekday } { $day } { $month }
since_time = sedan { $time }

# Units of a running clock: 1 h 04, 2 d 3 h.
hour_unit = h
day_unit = d
# After a shortened number: 1.2k, 3.4M.
thousands_suffix = k
millions_suffix = M
