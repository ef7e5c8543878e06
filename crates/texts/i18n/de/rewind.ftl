# The bar below a rewound page.
rewound_mark = Zurückgespult, nicht aktuell
playing_mark = Wiedergabe { $speed }×, nicht aktuell
previous_critical = Vorheriger kritischer Zustand
next_critical = Nächster kritischer Zustand
play_on = Abspielen
play_at = Abspielen { $speed }×
go_to_time = Gehe zu
go = Los
time_like = Zum Beispiel { $time }
copy_link = Link kopieren
link_copied = Link kopiert
back_to_live = Zu aktuellen Werten
time_of_day = Uhrzeit
times_critical = { $count ->
    [one] Einmal kritisch
   *[other] { $count }-mal kritisch
}
source_outages = { $count ->
    [one] 1 Unterbrechung einer Quelle
   *[other] { $count } Unterbrechungen von Quellen
}
day_summary = { $times }, { $outages }
was_critical = { $name } kritisch { $times }
was_disconnected = { $name } nicht verbunden { $times }
incident_at = { $name }, { $time }
