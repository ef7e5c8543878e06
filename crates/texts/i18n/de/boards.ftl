# Boards: what a screen on the wall shows. $time, $value, $percent and $range are already written.

## Figures

# After a value that is estimated.
estimated = gesch.
# After the "–" of a longest wait, while somebody waits.
wait_unknown = unbekannt
# Read aloud in place of "–".
no_data_label = keine Daten
# The end of a time that goes on: "10:42–now".
now_word = jetzt
# At the end of a list of times: "10:30–10:40 and more".
more_word = weitere
service_level = Servicelevel
level_within = In { $time }
level_within_inline = in { $time }
level_answers_in = Annahme in { $time }
level_answers_in_inline = Annahme in { $time }
level_in = In { $time }
level_in_inline = in { $time }
level_wide = Servicelevel ({ $time })
level_wide_of_answered = Servicelevel ({ $time }, der angenommenen)
target = Ziel { $percent }
target_range = Ziel { $low }–{ $high }
# Below a number of agents: "of 8" who are signed in.
of_number = von { $number }
# Below a service level: its target.
of_target = Ziel { $number }
# A service level of few contacts: "4 of 5".
met_of_total = { $met } von { $total }
all_queues = Gesamt
# The name of a tile with a figure of everything.
whole_site = Gesamter Standort
# Units of a tile's large number: "2:11 wait", "3 free".
longest_wait_unit = Wartezeit
available_unit = frei
answered_today = heute angenommen
label_of_part = { $label }, { $part }
part_of_source = nur { $source }
part_of_sources = nur { $first } und { $second }
part_of_queues = { $count } von { $total } Warteschlangen
as_usual = wie{"\u00A0"}üblich
below_usual = weniger{"\u00A0"}als{"\u00A0"}üblich ({ $range })
above_usual = mehr{"\u00A0"}als{"\u00A0"}üblich ({ $range })
usually = üblich { $range } bis { $time }
and_names = { $first } und { $second }
trend_no_data = { $metric }, letzte Stunde: keine Daten
trend_max = { $metric }, letzte Stunde: max. { $peak }
trend_max_with_gaps = { $metric }, letzte Stunde: max. { $peak }; keine Daten { $gaps }
trend_max_usual = { $metric }, letzte Stunde: max. { $peak }, üblich bis { $usual }
trend_max_usual_with_gaps = { $metric }, letzte Stunde: max. { $peak }, üblich bis { $usual }; keine Daten { $gaps }
# After the maximum of a chart.
at_time = um { $time }

## Severities

warning_mark = ▲ Warnung
critical_mark = ◆ Kritisch
warning_note = Warnung
critical_note = kritisch
below_target = unter dem Ziel
level_below_target = Servicelevel unter dem Ziel

## Queues

closed = Geschlossen
closed_sentence = Geschlossen.
opens = öffnet { $time }
closes = schließt { $time }
closed_opens = Geschlossen · öffnet { $time }
# The same where the time must not wrap.
closed_opens_joined = Geschlossen · öffnet{"\u00A0"}{ $time }
opens_headline = Öffnet { $time }
closed_opens_sentence = Geschlossen. Öffnet { $time }.
no_data = Keine Daten
no_data_since = Keine Daten seit { $time }
no_activity_since = Ruhig seit { $time }
source_is_paused = { $source } ist pausiert
reconnecting_to = Verbindet neu mit { $source }
lost_at = { $source } getrennt seit { $time }
no_updates_from = { $source } meldet nichts
waiting_for_new_data = Warten auf neue Daten von { $source }
all_members_out_of_date = Alle ihre Warteschlangen sind veraltet
excludes = ohne { $names }
excludes_queues = ohne { $count } Warteschlangen
# $excludes is one of the two above, $figures are the figures without these queues.
excludes_for = { $excludes }: { $figures }
# A value that is too old to be shown: "7 waiting at 07:49".
was_at = { $figure } ({ $time })
from_time = Stand { $time }
minutes_old = { $minutes } min alt, Stand{"\u00A0"}{ $time }
partial_day = Unvollständiger Tag. Näheres auf der Seite der Warteschlange.
today_since = Heute ab { $time }
complete_since = Vollständig ab { $time }
gap = Keine Daten { $times }
gap_and_more = Keine Daten { $times } und { $more } weitere
# After "Today since 10:42, ".
gap_inline = keine Daten { $times }
gap_inline_and_more = keine Daten { $times } und { $more } weitere
# On a queue that needs somebody: who has taken its alert.
has_it = { $person } übernimmt
# The same after a while: "Anna L. · 3 min".
has_it_for = { $person } · { $time }
# The same where nobody signs in.
somebody_has_it = Jemand übernimmt
queue_count = { $count ->
    [one] 1 Warteschlange
   *[other] { $count } Warteschlangen
}
# Queues without a row, then how many of them are what.
more_queues = { $count ->
    [one] und 1 weitere Warteschlange
   *[other] und { $count } weitere Warteschlangen
}
more_with_warning = { $count } mit Warnung
more_out_of_date = { $count } veraltet
more_critical = { $count } kritisch

## The header and its bands

demo_data = Demodaten
# The titles of the two boards that need no file.
automatic_queues = Warteschlangen
automatic_agents = Agenten
nothing_needs_attention = Kein Handlungsbedarf
no_data_yet = Noch keine Daten
replay = Wiedergabe
# $from has its day; $to has one only in the second.
replay_of = Wiedergabe von { $from }–{ $to }
replay_of_days = Wiedergabe von { $from } – { $to }
live = Aktuell
out_of_date = Veraltet
partly_out_of_date = Teilweise veraltet
partly_disconnected = Teilweise getrennt
partly_live = Teilweise aktuell
not_live = Nicht aktuell
not_live_since = Nicht aktuell seit { $time }
# After the status, for screen readers.
count_out_of_date = : { $count } von { $total } veraltet
problems_detail = : { $problems }
last_known_values = Letzte bekannte Werte in Grau.
no_updates_since = Dieser Server erhält seit { $time } keine Aktualisierungen
source_paused_by = { $source } von { $person } pausiert
source_unreadable = { $source }: viele Nachrichten nicht lesbar
source_silent = { $source } antwortet seit { $time } nicht
source_catching_up = { $source } holt auf
source_connecting = Verbindung zu { $source } wird aufgebaut
source_unreachable = { $source } ist nicht erreichbar
source_disconnected = { $source } getrennt seit { $time }
announced_until = { $from } · bis { $until }
announced_by_until = { $person }, { $from } · bis { $until }
# One of several announcements in turn.
announcement_turn = { $detail } · { $number } von { $count }
playlist_turn = { $number } von { $count }

## In place of rows

no_updates_here = Dieser Server erhält keine Aktualisierungen
since_see_sources = Seit { $time }. Näheres unter Datenquellen.
if_this_stays = Falls das so bleibt: { $contact }
no_source_connected = Noch ist keine Datenquelle verbunden
no_source_hint = Die ersten Schritte stehen auf der Startseite.
is_paused_by = { $source } wurde von { $person } pausiert
administrator_resumes = Fortsetzen kann ein Administrator unter Datenquellen.
waiting_for_first = Warten auf die ersten Daten von { $source }
connecting_since = Verbindungsaufbau seit { $time }.
connecting_since_one_ready = Verbindungsaufbau seit { $time }. { $source } ist bereit.
connecting_since_others_ready = Verbindungsaufbau seit { $time }. { $sources } sind bereit.
connected_nothing = Verbunden. Noch wurde nichts gemeldet.
no_one_signed_in = Niemand ist angemeldet
no_agent_handled = Heute wurde noch kein Vorgang bearbeitet
no_queues_match = Keine Warteschlange passt zu dieser Tafel
check_queue_list = Prüfen Sie ihre Liste der Warteschlangen.

## Agents

state_available = Verfügbar
state_ringing = Klingelt
state_talking = Im Gespräch
state_hold = Gehalten
state_wrap_up = Nacharbeit
state_not_ready = Pause
state_busy = Beschäftigt
state_unknown = Status unbekannt
state_caseless = Keine offenen Vorgänge
state_signed_out = Abgemeldet
state_unconfirmed = Unbestätigt
group_other = Andere
# A part of a group: "1 ringing". Without a number, the whole group is of one kind.
counted_ringing = { $count ->
    [one] 1 klingelt
   *[other] { $count } klingeln
}
counted_ringing_only = klingelt
counted_hold = { $count } gehalten
counted_hold_only = gehalten
counted_busy = { $count } beschäftigt
counted_busy_only = beschäftigt
counted_unknown = { $count } unbekannt
counted_unknown_only = unbekannt
counted_caseless = { $count } ohne offene Vorgänge
counted_caseless_only = ohne offene Vorgänge
too_long = { $count } zu lange
# Before a time, for screen readers.
too_long_mark = Zu lange:
cases = { $count ->
    [one] 1 Vorgang
   *[other] { $count } Vorgänge
}
# Agents without a card, by reason.
more_agents = { $count } weitere
agents_without_cases = { $count } heute ohne Vorgang
agents_unconfirmed = { $count } unbestätigt
agents_not_reporting = { $count } ohne gemeldeten Status
agents_signed_out = { $count } abgemeldet

## Regions of the page

all_boards_of = { $site }, alle Tafeln
queues_region = Warteschlangen
agents_region = Agenten
queue_column = Warteschlange
last_hour_column = Letzte Stunde
refreshes = Wird alle 15 s neu geladen
basic_mode = Einfacher Modus: Dieser Browser kann nicht laufend aktualisieren. Die Seite wird alle 15 Sekunden neu geladen.
board_pages = Seiten der Tafel
paused = Angehalten

## The menu of a screen

menu = Menü
screen_settings = Einstellungen des Bildschirms
previous_page = Vorherige Seite
next_page = Nächste Seite
pause = Anhalten
resume = Fortsetzen
previous_board = Vorherige Tafel
next_board = Nächste Tafel
board_theme = Farben der Tafel
dark = Dunkel
light = Hell
margin = Bildschirmrand
margin_less = Bildschirmrand verkleinern
margin_more = Bildschirmrand vergrößern
full_screen = Vollbild
reduce_motion = Weniger Bewegung
oled_protection = OLED-Schutz
help = Hilfe
rewind = Zurückspulen
all_boards = Alle Tafeln
close = Schließen
back = Zurück
# Keys of a remote control or a keyboard.
help_key_menu = OK, Eingabe
help_key_pause = Leertaste, P
help_key_close = Zurück, Esc
help_menu = Menü
help_pages = Seiten
help_boards = Tafeln
help_pause = Anhalten oder fortsetzen
help_theme = Farben wechseln
help_close = Menü schließen
help_text = Bildschirmrand: Vergrößern Sie ihn, bis Sie den ganzen Rahmen sehen. Weniger Bewegung: für langsame Bildschirme. OLED-Schutz: vertauscht alle 30 Minuten Kopf- und Fußzeile und zeigt Kacheln, die lange rot sind, nur noch als Umriss.

## What the page's script says

# The locale of Intl for times.
script_locale = de-DE
script_reconnecting = Verbindet neu
script_connection_lost = Verbindung unterbrochen seit { $time }. Letzte bekannte Werte.
script_no_access = Dieser Bildschirm hat keinen Zugriff auf diese Tafel.
script_removed = Diese Tafel wurde entfernt.
script_page = Seite { $number } von { $count }
script_range = { $from }–{ $to } von { $total }
# After a queue's name, read aloud.
script_normal = wieder normal
