# The bar below a rewound page.
rewound_mark = Tillbakaspolat, inte i realtid
playing_mark = Spelar upp { $speed }×, inte i realtid
previous_critical = Föregående kritiska
next_critical = Nästa kritiska
play_on = Spela upp
play_at = Spela upp { $speed }×
go_to_time = Gå till
go = Gå
time_like = Till exempel { $time }
copy_link = Kopiera länk
link_copied = Länken är kopierad
back_to_live = Tillbaka till realtid
time_of_day = Klockslag
times_critical = { $count ->
    [one] Kritiskt en gång
   *[other] Kritiskt { $count } gånger
}
source_outages = { $count ->
    [one] 1 avbrott hos en källa
   *[other] { $count } avbrott hos källor
}
day_summary = { $times }, { $outages }
was_critical = { $name } kritisk { $times }
was_disconnected = { $name } inte ansluten { $times }
incident_at = { $name }, { $time }
