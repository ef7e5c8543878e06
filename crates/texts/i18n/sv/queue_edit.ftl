# The page that edits a queue: its name, thresholds, targets and opening hours.
fields_copied = Fälten har värdena från { $name }. Inget är sparat ännu: spara varje del som du vill ha.
# $section is a key of the configuration. Begins as the button is named.
undo_change = Ångra ändringen av { $section ->
    [thresholds] trösklarna
    [targets] målen
    [hours] öppettiderna
   *[names] namnet
}
remove_own_of = Ta bort { $section ->
    [thresholds] egna trösklar
    [targets] egna mål
    [hours] egna öppettider
   *[names] eget namn
}

## Where it comes from, without an entry of the queue's own
# $pattern is a pattern for names of queues: phone/*.
origin_pattern = Från { $pattern }.
origin_defaults = Standardvärdena.
origin_members = Öppen så länge någon av dess köer är det.
origin_closing = Egna öppettider sedan { $date }, då den stängde tidigare. Ta bort dem om den ska följa sitt mönster igen.
origin_always_open = Alltid öppen: den har inga öppettider.
origin_reported = Så som dess datakälla rapporterar det.

## Thresholds
thresholds_heading = När den blir gul och röd
thresholds_scope = De gäller samtidigt på alla tavlor.
other_figures = Andra nyckeltal
save_thresholds = Spara trösklar
warning_from_field = ▲ Varning från
critical_from_field = ◆ Kritiskt från
warning_below_field = ▲ Varning under
critical_below_field = ◆ Kritiskt under
clear_field = Tillbaka på (valfritt)
min_sample_field = Bedöms från antal kontakter (valfritt)
# Where a threshold comes from, then perhaps how one is written.
limit_own = Egen
limit_pattern = Från { $pattern }
limit_default = Standard
hint_after = { $origin }. { $hint }
hint_duration = Till exempel 2:30 eller 20 s
# target-10 is a word of the configuration.
hint_percent = Till exempel { $percent }, eller target-10

## Rehearsal: the effect that thresholds would have had
rehearsal_heading = Prov
rehearse = Prova
rehearsal_reading = De senaste veckorna läses från loggen. Välj ”Prova” om ett ögonblick.
rehearsal_nothing = Inget är sparat om den här kön ännu.
# $length is a duration: 20 min.
critical_times = Den skulle ha varit kritisk { $times ->
    [one] en gång, ungefär { $length }.
   *[other] { $times } gånger, ungefär { $length } sammanlagt.
}
# $weekday is a number, Monday is 1.
critical_times_mostly = Den skulle ha varit kritisk { $times } gånger, ungefär { $length } sammanlagt; mest på { $weekday ->
    [1] måndagar
    [2] tisdagar
    [3] onsdagar
    [4] torsdagar
    [5] fredagar
    [6] lördagar
   *[7] söndagar
} { $from }–{ $to }.
critical_never = Den skulle aldrig ha varit kritisk.
warning_times = Varning eller värre: { $times ->
    [one] en gång, ungefär { $length }.
   *[other] { $times } gånger, ungefär { $length } sammanlagt.
}
warning_never = Inte heller någon varning.
saved_times = Med de sparade: { $times ->
    [one] en gång, ungefär { $length }.
   *[other] { $times } gånger, ungefär { $length } sammanlagt.
}
saved_never = Med de sparade: aldrig.
rehearsal_quarters = Från { $from } till { $to } väntade minst { $limit } i { $reached } av { $known } kvartar av öppettiden.
rehearsal_coverage = Från { $from } till { $to }, i steg om 5 minuter; känt för { $percent } av öppettiden. Räknar den längsta väntetiden och antalet i kö; andra nyckeltal sparas inte.
# The key of a limit in a chart.
limit_of_metric_from = Kritiskt från { $limit }
# A chart as a sentence; $time is a time, perhaps with a date.
rehearsal_curve = { $metric }: högst { $most }, { $time }.
rehearsal_shade = Hade varit kritiskt
# Köer som matchar ett mönster. $list är namn, vart och ett med hur ofta.
pattern_critical = Av { $count } köer skulle { $critical } ha varit kritiska: { $list }.
pattern_queue_times = { $name } { $times ->
    [one] en gång
   *[other] { $times } gånger
}
pattern_further = { $list } och { $count } till
pattern_never = { $count ->
    [one] Kön skulle aldrig ha varit kritisk.
   *[other] Ingen av { $count } köer skulle ha varit kritisk.
}
pattern_nothing = Om de här köerna finns inget lagrat än.
pattern_first = För de första { $count } av { $total } köer.

## Opening hours
hours_heading = Öppettider
hours_about = Tider enligt { $zone }. En period som slutar innan den börjar slutar nästa dag.
week_field = Vecka
as_monday = Som måndag
# Begins as the button is named.
as_monday_of = Som måndag: { $day }
weekdays_same = Mån–fre likadant
day_hint = Till exempel 08:00–17:00, eller 8–12, 13–17. Tomt är stängt, 0–24 är hela dygnet.
dates_heading = Helgdagar och undantag
date_numbered = Datum { $number }
hours_of_date = Tider för datum { $number }
# In a field without times.
closed_day = stängt
empty_date = Töm datumet för att ta bort det.
save_hours = Spara öppettider

## A calendar file with holidays
calendar_heading = Helgdagar från en kalenderfil
calendar_about = Heldagarna i en iCalendar-fil (.ics), till slutet av { $year }, blir datum här ovanför, stängda. Du ser dem först; inget sparas.
calendar_file = Fil
calendar_field = Eller dess innehåll
calendar_fill = Fyll i datumen
calendar_added = { $count ->
    [0] Alla dess datum finns redan där.
    [one] 1 datum ifyllt. Inget är sparat än.
   *[other] { $count } datum ifyllda. Inget är sparat än.
}
# $names are up to five of them.
calendar_others = { $count ->
    [one] Inte med: { $names }. Bara heldagar är med, en gång eller varje år.
   *[other] { $count } händelser är inte med, till exempel { $names }. Bara heldagar är med, en gång eller varje år.
}
calendar_not_one = Det är ingen iCalendar-fil: den första raden i en sådan är BEGIN:VCALENDAR.
calendar_cut_off = Den slutar mitt i en händelse. Kopiera hela.
calendar_too_long = Den har för många händelser. Ta bort år som är över.
calendar_too_large = Den är större än { $kilobytes } kB. Ta bort år som är över.
calendar_too_many = Den har { $count } datum till; det finns plats för { $room }. Ta bort händelser som inte är helgdagar.
calendar_without_days = Den har inga heldagar från i dag till slutet av { $year }.
calendar_line = Rad { $number } går inte att läsa: { $line }

## Targets
targets_heading = Mål
# Av de fyra senaste veckornas dagar som är helt importerade och har tillräckligt många kontakter.
target_met = De senaste fyra veckorna nåddes målet { $met } av { $days ->
    [one] 1 dag
   *[other] { $days } dagar
}.
answered_within_field = Besvarade inom
short_abandons_field = Korta tappade upp till
save_targets = Spara mål
choice_short_ignored = Besvarade i tid av alla utom korta tappade
choice_negative = Besvarade i tid av alla
choice_positive = Besvarade eller tappade i tid av alla
choice_quick_ignored = Besvarade i tid av alla utom dem som tappats i tid
choice_short_met = Besvarade i tid eller kort tappade, av alla
choice_answered_only = Besvarade i tid av besvarade

## The name, and copying
name_heading = Namn
group_name_place = En grupps namn står i { $section }, som administratörer ändrar.
reported_name = Dess datakälla kallar den { $name }.
name_field = Namn på tavlor och sidor
save_name = Spara namn
copy_heading = Kopiera från en annan kö
fill_fields = Fyll i fälten
copy_about = Trösklar, mål och öppettider. Du ser dem först; inget sparas.

## Patterns: all queues that match
choose_queues = Köer att redigera
choose_queues_field = Kö, grupp eller mönster
choose_queues_hint = Välj i listan, eller ange ett mönster: phone/* är allt från källan phone, även nya.
choose_queues_next = Fortsätt
choose_queues_list = Välj i listan
subject_column = Kö eller grupp
subject_of_column = Från
own_settings_column = Har egna
kind_pattern = Mönster
applies_heading = Gäller för
pattern_applies = { $count ->
    [0] Ingen kö just nu. Det gäller så snart någon matchar.
    [one] 1 kö just nu, även nya
   *[other] { $count } köer just nu, även nya
}
applies_about = Det en kö har själv, eller från ett mönster som matchar den närmare, går först.
time_in_status = Agenters tid i en status
time_in_status_about = Tavlor markerar agenter som matchar och är längre i en status. Tomt: ingen gräns här.
text_and_versions = Text och versioner
# $section is a key of the configuration. Begins as the link is named.
text_and_versions_of = Text och versioner: { $section ->
    [thresholds] trösklar
    [targets] mål
    [hours] öppettider
   *[names] namn
}

## Calendars of holidays that are read daily
closed_on_holidays = Stängt på helgdagar
calendars_about = Stängt hela dagen på kalendrarnas dagar. Ett datum ovan har ändå sina egna tider.
calendar_next = Nästa: { $date }, { $name }.
calendar_read_at = Läst { $time }.
calendar_not_read = Den har inte lästs ännu.
calendar_of_file = Från filen { $file }.
calendar_skipped = { $count ->
    [one] 1 händelse är inte hela dagar: { $names }.
   *[other] { $count } händelser är inte hela dagar: { $names }.
}
calendar_missing = Det finns ingen sådan kalender i inställningarna.
# $why is one of the sentences below.
calendar_problem = Kan inte läsas nu, så de senast kända dagarna gäller. { $why }
calendar_never_read = Kan inte läsas och stänger därför inget ännu. { $why }
problem_address = Adressen är inte fullständig.
problem_no_host = { $host } hittas inte. Kontrollera namnet och serverns DNS.
problem_private = { $host } finns i ditt eget nätverk. Om det är meningen, lägg till den i private_receivers i [server].
# $advice is in English.
problem_unreachable = Når inte { $host }: { $advice }.
problem_slow = { $host } svarade inte inom { $seconds } s.
problem_status = { $host } svarar med status { $status }.
problem_redirect = Den hänvisar till { $target }. Använd den adressen.
problem_large = Den är större än 1 MB.
problem_cut_off = Den slutar mitt i en händelse.
problem_events = Den har fler händelser än någon helgdagskalender.
problem_line = Rad { $number } i den kan inte läsas.
problem_no_days = Den har inga hela dagar från och med nu.
