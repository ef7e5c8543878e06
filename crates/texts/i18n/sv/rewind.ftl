# The bar below a rewound page.
rewound_mark = Tillbakaspolat, inte aktuellt
playing_mark = Spelar upp { $speed }×, inte aktuellt
previous_critical = Föregående kritiska
next_critical = Nästa kritiska
play_on = Spela upp
play_at = Spela upp { $speed }×
go_to_time = Gå till
go = Gå
time_like = Till exempel { $time }
copy_link = Kopiera länken
link_copied = Länken är kopierad
back_to_live = Tillbaka till nuläget
time_of_day = Klockslag
times_critical = { $count ->
    [one] En gång kritiskt
   *[other] { $count } gånger kritiskt
}
source_outages = { $count ->
    [one] 1 avbrott hos en källa
   *[other] { $count } avbrott hos källor
}
day_summary = { $times }, { $outages }
was_critical = { $name } kritisk { $times }
was_disconnected = { $name } inte ansluten { $times }
incident_at = { $name }, { $time }
