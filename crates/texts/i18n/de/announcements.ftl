# Mitteilungen auf Tafeln, und die Seite, auf der sie entstehen.

announcements_heading = Mitteilungen
announcements_about = Eine Mitteilung auf den Tafeln, die von selbst verschwindet. Alle, die eine Tafel sehen, sehen auch die Mitteilung.
announcement_shown = Die Tafeln zeigen sie jetzt.
announcement_planned = Die Tafeln zeigen es ab dann.
announcement_ended = Die Tafeln zeigen sie nicht mehr.
announce_heading = Neue Mitteilung
# Before buttons with texts to start from.
start_with = Beginnen mit
start_outage = Systemausfall
start_outage_text = Das Bestellsystem ist ausgefallen. Bitte auf Papier notieren.
start_waits = Lange Wartezeiten
start_waits_text = Viele Kunden warten. Danke an alle, die länger bleiben.
start_drill = Brandschutzübung
start_drill_text = Brandschutzübung. Treppe benutzen, Treffpunkt Parkplatz.
announcement_text = Text
announcement_length = Höchstens { $count } Zeichen: zwei Zeilen auf einem TV.
announcement_kind = Art
kind_info = Info
kind_important = Wichtig
kind_emergency = Notfall
kind_whole_screen = Notfall, ganzer Bildschirm
announcement_later = Später als jetzt
announcement_begins = Beginnt
announcement_ends = Endet
ends_in_half_hour = In 30 Minuten
ends_in_hour = In 1 Stunde
ends_in_two_hours = In 2 Stunden
ends_at_midnight = Um Mitternacht
# Before a field for the time.
ends_today_at = Heute um
end_time_field = Ende, in Stunden und Minuten
only_some_boards = Nur auf einigen Tafeln oder Bildschirmen
screens_of_place = Orte, mit allen Bildschirmen, die jetzt dort hängen
also_on_screens = Bildschirme, welche Tafel sie auch zeigen
show_announcement = Jetzt anzeigen
on_boards_now = Jetzt auf den Tafeln
when_column = Wann
announced_times = { $from } bis { $until }
end_now = Jetzt beenden
planned_announcements = Geplant
cancel_planned = Absagen
screens_show_it = { $all ->
    [one] { $count ->
        [0] Der Bildschirm zeigt es nicht
       *[other] Der Bildschirm zeigt es
    }
   *[other] { $count } von { $all } Bildschirmen zeigen es
}
earlier_announcements = Frühere
# $person is a name.
announcement_ended_by = beendet von { $person }
use_again = Erneut verwenden

## Why it isn't shown

announcement_too_long = Schreiben Sie, was die Tafeln zeigen sollen, mit höchstens { $count } Zeichen.
announcement_invisible = Der Text hat ein Zeichen, das nicht sichtbar ist. Geben Sie ihn neu ein.
announcement_over = Diese Zeit ist vorbei. Wählen Sie ein späteres Ende.
announcement_backward = Das Ende liegt vor dem Beginn. Wählen Sie ein späteres Ende.
announcement_too_late = Eine Mitteilung muss innerhalb einer Woche enden. Wählen Sie ein früheres Ende.
announcement_no_board = Wählen Sie eine Tafel.
announcements_too_many = Es gibt schon { $count } Mitteilungen. Beenden Sie zuerst eine.
