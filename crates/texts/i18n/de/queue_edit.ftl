# The page that edits a queue: its name, thresholds, targets and opening hours.
fields_copied = Die Felder haben die Werte von { $name }. Noch ist nichts gespeichert: speichern Sie jeden Teil, den Sie möchten.
# $section is a key of the configuration. Begins as the button is named.
undo_change = Rückgängig: Änderung { $section ->
    [thresholds] der Schwellen
    [targets] der Ziele
    [hours] der Öffnungszeiten
   *[names] des Namens
}
remove_own_of = Entfernen: { $section ->
    [thresholds] eigene Schwellen
    [targets] eigene Ziele
    [hours] eigene Öffnungszeiten
   *[names] eigener Name
}

## Where it comes from, without an entry of the queue's own
# $pattern is a pattern for names of queues: phone/*.
origin_pattern = Aus { $pattern }.
origin_defaults = Die Standardwerte.
origin_members = Geöffnet, solange eine ihrer Warteschlangen es ist.
origin_closing = Eigene Öffnungszeiten seit { $date }, als sie früher schloss. Entfernen Sie sie, damit sie wieder ihrem Muster folgt.
origin_always_open = Immer geöffnet: ohne Öffnungszeiten.
origin_reported = Wie die Datenquelle ihn meldet.

## Thresholds
thresholds_heading = Wann sie gelb und rot wird
thresholds_scope = Sie gelten auf allen Tafeln im selben Moment.
other_figures = Weitere Kennzahlen
save_thresholds = Schwellen speichern
warning_from_field = ▲ Warnung ab
critical_from_field = ◆ Kritisch ab
warning_below_field = ▲ Warnung unter
critical_below_field = ◆ Kritisch unter
clear_field = Zurück bei (optional)
min_sample_field = Bewertet ab Kontakten (optional)
# Where a threshold comes from, then perhaps how one is written.
limit_own = Eigene
limit_pattern = Aus { $pattern }
limit_default = Standard
hint_after = { $origin }. { $hint }
hint_duration = Zum Beispiel 2:30 oder 20 s
# target-10 is a word of the configuration.
hint_percent = Zum Beispiel { $percent } oder target-10

## Rehearsal: the effect that thresholds would have had
rehearsal_heading = Probelauf
rehearse = Ausprobieren
rehearsal_reading = Die letzten Wochen werden aus dem Protokoll gelesen. Wählen Sie gleich „Ausprobieren“.
rehearsal_nothing = Über diese Warteschlange ist noch nichts gespeichert.
# $length is a duration: 20 min.
critical_times = Sie wäre { $times ->
    [one] einmal kritisch gewesen, etwa { $length }.
   *[other] { $times }-mal kritisch gewesen, insgesamt etwa { $length }.
}
# $weekday is a number, Monday is 1.
critical_times_mostly = Sie wäre { $times }-mal kritisch gewesen, insgesamt etwa { $length }; am häufigsten { $weekday ->
    [1] montags
    [2] dienstags
    [3] mittwochs
    [4] donnerstags
    [5] freitags
    [6] samstags
   *[7] sonntags
} { $from }–{ $to }.
critical_never = Sie wäre nie kritisch gewesen.
warning_times = Warnung oder schlimmer: { $times ->
    [one] einmal, etwa { $length }.
   *[other] { $times }-mal, insgesamt etwa { $length }.
}
warning_never = Auch keine Warnung.
saved_times = Mit den gespeicherten: { $times ->
    [one] einmal, etwa { $length }.
   *[other] { $times }-mal, insgesamt etwa { $length }.
}
saved_never = Mit den gespeicherten: nie.
rehearsal_quarters = Von { $from } bis { $to } warteten mindestens { $limit } in { $reached } von { $known } Viertelstunden der Öffnungszeit.
rehearsal_coverage = Von { $from } bis { $to }, in Schritten von 5 Minuten; für { $percent } der Öffnungszeit bekannt. Gezählt werden die längste Wartezeit und die Zahl der Wartenden; andere Kennzahlen werden nicht gespeichert.
# The key of a limit in a chart.
limit_of_metric_from = Kritisch ab { $limit }
# A chart as a sentence; $time is a time, perhaps with a date.
rehearsal_curve = { $metric }: höchstens { $most }, { $time }.
rehearsal_shade = Wäre kritisch gewesen
# Warteschlangen, auf die ein Muster passt. $list sind Namen, jeder mit der Häufigkeit.
pattern_critical = Von { $count } Warteschlangen { $critical ->
    [one] wäre eine
   *[other] wären { $critical }
} kritisch gewesen: { $list }.
pattern_queue_times = { $name } { $times ->
    [one] einmal
   *[other] { $times }-mal
}
pattern_further = { $list } und { $count } weitere
pattern_never = { $count ->
    [one] Die Warteschlange wäre nie kritisch gewesen.
   *[other] Keine von { $count } Warteschlangen wäre kritisch gewesen.
}
pattern_nothing = Über diese Warteschlangen ist noch nichts gespeichert.
pattern_first = Für die ersten { $count } von { $total } Warteschlangen.

## Opening hours
hours_heading = Öffnungszeiten
hours_about = Zeiten von { $zone }. Ein Zeitraum, der vor seinem Beginn endet, endet am nächsten Tag.
week_field = Woche
as_monday = Wie Montag
# Begins as the button is named.
as_monday_of = Wie Montag: { $day }
weekdays_same = Mo–Fr gleich
day_hint = Etwa 08:00–17:00 oder 8–12, 13–17. Leer ist geschlossen, 0–24 ist rund um die Uhr.
dates_heading = Feiertage und Ausnahmen
date_numbered = Datum { $number }
hours_of_date = Zeiten zu Datum { $number }
# In a field without times.
closed_day = geschlossen
empty_date = Leeren Sie das Datum, um es zu entfernen.
save_hours = Öffnungszeiten speichern

## A calendar file with holidays
calendar_heading = Feiertage aus einer Kalenderdatei
calendar_about = Die ganzen Tage einer iCalendar-Datei (.ics) bis Ende { $year } werden oben zu Daten, geschlossen. Sie sehen sie zuerst; nichts wird gespeichert.
calendar_file = Datei
calendar_field = Oder ihr Inhalt
calendar_fill = Daten ausfüllen
calendar_added = { $count ->
    [0] Alle ihre Daten sind schon da.
    [one] 1 Datum ausgefüllt. Noch ist nichts gespeichert.
   *[other] { $count } Daten ausgefüllt. Noch ist nichts gespeichert.
}
# $names are up to five of them.
calendar_others = { $count ->
    [one] Nicht dabei: { $names }. Nur ganze Tage sind es, einmalig oder jährlich.
   *[other] { $count } Termine sind nicht dabei, zum Beispiel { $names }. Nur ganze Tage sind es, einmalig oder jährlich.
}
calendar_not_one = Das ist keine iCalendar-Datei: Deren erste Zeile ist BEGIN:VCALENDAR.
calendar_cut_off = Sie endet mitten in einem Termin. Kopieren Sie alles.
calendar_too_long = Sie hat zu viele Termine. Löschen Sie vergangene Jahre.
calendar_too_large = Sie ist größer als { $kilobytes } kB. Löschen Sie vergangene Jahre.
calendar_too_many = Sie hat { $count } weitere Daten; für { $room } ist Platz. Löschen Sie Termine, die keine Feiertage sind.
calendar_without_days = Sie hat keine ganzen Tage von heute bis Ende { $year }.
calendar_line = Zeile { $number } ist nicht lesbar: { $line }

## Targets
targets_heading = Ziele
# Von den Tagen der letzten vier Wochen, die vollständig importiert sind und genug Kontakte haben.
target_met = In den letzten vier Wochen wurde dieses Ziel an { $met } von { $days ->
    [one] 1 Tag
   *[other] { $days } Tagen
} erreicht.
answered_within_field = Angenommen in
short_abandons_field = Kurzabbrüche bis
save_targets = Ziele speichern
choice_short_ignored = Rechtzeitig von allen außer Kurzabbrüchen
choice_negative = Rechtzeitig von allen
choice_positive = Rechtzeitig angenommen oder abgebrochen von allen
choice_quick_ignored = Rechtzeitig von allen außer rechtzeitig abgebrochenen
choice_short_met = Rechtzeitig oder Kurzabbruch, von allen
choice_answered_only = Rechtzeitig von angenommenen

## The name, and copying
name_heading = Name
group_name_place = Der Name einer Gruppe steht in { $section }; ändern können ihn Administratoren.
reported_name = Die Datenquelle nennt sie { $name }.
name_field = Name auf Tafeln und Seiten
save_name = Namen speichern
copy_heading = Aus einer anderen Warteschlange kopieren
fill_fields = Felder ausfüllen
copy_about = Schwellen, Ziele und Öffnungszeiten. Sie sehen sie zuerst; nichts wird gespeichert.

## Patterns: all queues that match
choose_queues = Zu bearbeitende Warteschlangen
choose_queues_field = Warteschlange, Gruppe oder Muster
choose_queues_hint = Wählen Sie aus der Liste, oder geben Sie ein Muster ein: phone/* ist alles aus der Quelle phone, auch Neues.
choose_queues_next = Weiter
choose_queues_list = Aus der Liste wählen
subject_column = Warteschlange oder Gruppe
subject_of_column = Aus
own_settings_column = Hat eigene
kind_pattern = Muster
applies_heading = Gilt für
pattern_applies = { $count ->
    [0] Derzeit keine Warteschlange. Es gilt, sobald eine passt.
    [one] Derzeit 1 Warteschlange, auch neue
   *[other] Derzeit { $count } Warteschlangen, auch neue
}
applies_about = Was eine Warteschlange selbst hat oder von einem genaueren Muster, geht vor.
time_in_status = Zeit der Agenten in einem Status
time_in_status_about = Tafeln markieren passende Agenten, die länger in einem Status sind. Leer: hier ohne Grenze.
text_and_versions = Text und Versionen
# $section is a key of the configuration. Begins as the link is named.
text_and_versions_of = Text und Versionen: { $section ->
    [thresholds] Schwellen
    [targets] Ziele
    [hours] Öffnungszeiten
   *[names] Name
}

## Calendars of holidays that are read daily
closed_on_holidays = An Feiertagen geschlossen
calendars_about = An den Tagen dieser Kalender ganztägig geschlossen. Ein Datum oben hat trotzdem seine eigenen Zeiten.
calendar_next = Als Nächstes: { $date }, { $name }.
calendar_read_at = Gelesen { $time }.
calendar_not_read = Er wurde noch nicht gelesen.
calendar_of_file = Aus der Datei { $file }.
calendar_skipped = { $count ->
    [one] 1 Termin ist nicht ganztägig: { $names }.
   *[other] { $count } Termine sind nicht ganztägig: { $names }.
}
calendar_missing = Diesen Kalender gibt es in den Einstellungen nicht.
# $why is one of the sentences below.
calendar_problem = Kann zurzeit nicht gelesen werden, daher gelten die zuletzt bekannten Tage. { $why }
calendar_never_read = Kann nicht gelesen werden und schließt daher noch nichts. { $why }
problem_address = Die Adresse ist nicht vollständig.
problem_no_host = { $host } wird nicht gefunden. Prüfen Sie den Namen und das DNS dieses Servers.
problem_private = { $host } liegt in Ihrem eigenen Netz. Wenn das gewollt ist, nehmen Sie ihn in private_receivers in [server] auf.
# $advice is in English.
problem_unreachable = { $host } ist nicht erreichbar: { $advice }.
problem_slow = { $host } hat nicht innerhalb von { $seconds } s geantwortet.
problem_status = { $host } antwortet mit Status { $status }.
problem_redirect = Er leitet zu { $target } weiter. Verwenden Sie diese Adresse.
problem_large = Er ist größer als 1 MB.
problem_cut_off = Er endet mitten in einem Termin.
problem_events = Er hat mehr Termine als jeder Feiertagskalender.
problem_line = Zeile { $number } kann nicht gelesen werden.
problem_no_days = Er hat von jetzt an keine ganzen Tage.
