# Die Historie: die Seite, ihr Formular, ihre Hinweise und was Aufmerksamkeit braucht.

history_of = Historie, { $period }
# Above a printed page.
history_printed = Historie: { $subject }, { $period } ({ $zone })
as_of_time = Stand { $time }
as_of_zone = Stand { $time } ({ $zone })

## Moments and periods

day_of_month = { $day }. { $month }
days_of_month = { $first }.–{ $last }. { $month }
dated_year = { $days } { $year }
times_of_day = { $day }, { $times }
period_of_days = { $period }, { $days }
period_open = { $period }, nur Öffnungszeiten
period_in_zone = { $period }, { $zone }
utc_day = { $day } (UTC-Tag)

## Choices

neighbor_periods = Zeitraum davor und danach
previous_day = Vorheriger Tag: { $day }
next_day = Nächster Tag: { $day }
previous_period = Vorheriger Zeitraum: { $period }
next_period = Nächster Zeitraum: { $period }
preset_yesterday = Gestern
preset_seven_days = Letzte 7 Tage
preset_week = Diese Woche
preset_month = Dieser Monat
preset_four_weeks = Letzte 4 Wochen
custom_dates = Eigener Zeitraum
queues_legend = Warteschlangen (keine ausgewählt = alle)
all_queues_chosen = Alle Warteschlangen
no_queues_to_choose = Noch keine Warteschlangen
days_choice = Tage
rows_choice = Gruppieren nach
more_choices = Mehr
all_of_them = Alle
day_like = Ein Tag wie 2026-11-24
interval_choice = Intervall
hours_choice = Stunden
compare_choice = Vergleichen mit
compare_from_choice = oder mit Tagen ab
count_choice = Anrufe zählen nach
zone_choice = Zeitzone
apply_choices = Anwenden
view_choice = Ansicht
by_email = Per E-Mail
print_page = Drucken
step_quarter = 15 min
step_half_hour = 30 min
step_hour = 1 Stunde
step_day = 1 Tag
step_week = 1 Woche
step_month = 1 Monat
week_column = Woche
month_column = Monat
month_of_year = { $month } { $year }
step_automatic = Automatisch
count_by_start = Anrufbeginn
count_by_event = Ereigniszeit
compare_week = Gleicher Wochentag davor
compare_year = 52 Wochen davor
compare_nothing = Kein Vergleich
days_all = Alle Tage
days_working = Montag bis Freitag
days_monday = Montage
days_tuesday = Dienstage
days_wednesday = Mittwoche
days_thursday = Donnerstage
days_friday = Freitage
days_saturday = Samstage
days_sunday = Sonntage
# The same within a sentence: Monday is 1, and 0 is Monday to Friday.
days_inline = { $number ->
    [0] Montag bis Freitag
    [1] Montage
    [2] Dienstage
    [3] Mittwoche
    [4] Donnerstage
    [5] Freitage
    [6] Samstage
   *[7] Sonntage
}
hours_all = Alle Stunden
hours_open = Nur Öffnungszeiten
rows_time = Zeit
rows_queue_group = Warteschlangengruppe
rows_agent_group = Agentengruppe
view_intervals = Intervalle
view_heatmap = Heatmap
view_table = Tabelle
view_plan = Plan
view_adherence = Einsatztreue
view_breakdown = Aufschlüsselung

## At the foot of a printed page: what was chosen

by_queue_group = nach Warteschlangengruppe
by_agent_group = nach Agentengruppe
by_reason = nach Grund
by_type = nach Art des Anrufs
intervals_of = Intervalle von { $step }
versus_period = gegenüber { $period }
counted_by_start = nach Anrufbeginn gezählt
counted_by_event = nach Ereigniszeit gezählt
only_days = nur { $days }
opening_hours_only = nur Öffnungszeiten
only_missed_targets = nur verfehlte Ziele
data_through = Daten bis: { $until }

## In place of figures

no_history_here = Keine Historie auf diesem Server
imported_elsewhere = Dieser Server importiert keine Dateien. Das tut { $name }.
imported_on = Dieser Server importiert keine Dateien. Öffnen Sie diese Seite auf { $name }.
imported_nowhere = Dieser Server importiert keine Dateien, und keiner, der das tut, läuft. Starten Sie einen, oder setzen Sie imports = true in [cluster].
history_on = Historie auf { $name }
no_history_yet = Noch keine Historie
history_needs_export = Die Historie braucht einen Export des Anbieters: { $exports }. Fügen Sie der Konfiguration einen hinzu (kind = { $kinds }), und führen Sie dann wallboard check aus.
one_or_other = { $first } oder { $second }
export_of_kind = { $kind ->
    [vergic-export] Vergics Statistics Export per SFTP
    [sangoma-export] Sangomas nächtlicher Export per S3, Azure oder Ordner
   *[other] { $kind }
}
first_file_awaited = Warten auf die erste Datei. Zeitplan und Probleme stehen unter Datenquellen.
closed_in_period = In diesem Zeitraum geschlossen
closed_in_period_help = Die gezeigten Warteschlangen waren nicht geöffnet. Wählen Sie einen längeren Zeitraum oder alle Stunden.
no_matching_days = Keine passenden Tage in diesem Zeitraum
no_matching_days_help = Wählen Sie einen längeren Zeitraum oder alle Wochentage.
hours_not_split = Dieser Zeitraum lässt sich nicht auf Öffnungszeiten begrenzen
hours_not_split_help = Die Dateien dieses Zeitraums enthalten ganze Stunden oder Tage, in denen nur zeitweise geöffnet war.
only_coarser = Nur in längeren Intervallen verfügbar
only_whole_days = Die Dateien dieses Zeitraums enthalten nur ganze Tage.
only_whole_hours = Die Dateien dieses Zeitraums enthalten nur ganze Stunden oder Tage.
show_days = Tage anzeigen
show_hours = Stunden anzeigen
no_data_of_today = Noch keine Daten für heute
exports_overnight = Exporte kommen meist über Nacht.
no_data_of_period = Keine Daten für diesen Zeitraum
no_data_of_period_help = Er ist noch nicht importiert oder liegt vor Ihrem ersten Import.
show_all_hours = Alle Stunden anzeigen

## Choices that have no figures

agent_by_time = Dieser Agent nach Zeit
queues_by_time = Diese Warteschlangen nach Zeit
all_queues_and_agents = Alle Warteschlangen und Agenten
choice_impossible = Zu dieser Auswahl gibt es keine Kennzahlen
queue_groups_of_all = Warteschlangengruppen gibt es nur für alle Warteschlangen: Die Kennzahlen einer Gruppe umfassen alle ihre Warteschlangen und Agenten.
adherence_of_agents = Einsatztreue gibt es für Agenten: Entfernen Sie die Warteschlangen, und zeigen Sie Zeilen nach Zeit, Agent oder Agentengruppe.
agent_groups_of_all = Agentengruppen gibt es nur für alle Agenten und Warteschlangen: Exporte teilen die Zeit der Agenten nicht nach Warteschlange auf.
queues_or_agent = Wählen Sie Warteschlangen oder einen Agenten, nicht beides.
agents_always_open = Kennzahlen von Agenten lassen sich nicht auf Öffnungszeiten begrenzen: Exporte teilen die Zeit der Agenten nicht nach Warteschlange auf.
handled_without_calls = Was ein Agent in einer Warteschlange bearbeitet hat, ist nicht bekannt: { $source } enthält keine einzelnen Anrufe. Gruppieren Sie nach Zeit.
handled_calls_deleted = Was ein Agent in einer Warteschlange bearbeitet hat, ist nicht bekannt: Einzelne Anrufe von { $source } vor { $day } sind gelöscht. Gruppieren Sie nach Zeit.
handled_days_max = Was ein Agent in einer Warteschlange bearbeitet hat, ist nur für bis zu { $count } Tage auf einmal bekannt. Wählen Sie einen kürzeren Zeitraum.
intervals_max = Es wären mehr als { $count } Intervalle. Wählen Sie einen kürzeren Zeitraum oder ein längeres Intervall.

## Notes

hours_left_out = Nur Öffnungszeiten.
always_open = Diese Warteschlangen haben keine Öffnungszeiten, daher zählen alle Stunden.
partly_open_unknown = Wo Dateien ganze Stunden oder Tage enthalten, in denen nur zeitweise geöffnet war, sind Kennzahlen unbekannt.
sign_outs_left_out = Abmeldegründe werden nicht gezeigt: Agenten haben keine Öffnungszeiten.
live_rows_note = Mit „aktuell“ markierte Zeilen kommen von den Tafeln. Der Export ersetzt sie, sobald er da ist; sie werden nie addiert.
utc_note = Einige Kennzahlen folgen den UTC-Stunden oder UTC-Tagen des Exports.
shortest_interval = Für diesen Zeitraum ist das kürzeste Intervall { $step }.
foreign_zone = Die Zeiten sind in { $zone }, nicht in der Zeitzone des Standorts.
use_site_zone = Zeitzone des Standorts verwenden
comparison_not_earlier = Nicht verglichen: { $day } liegt nicht vor dem Zeitraum.
rows_not_compared = Zeilen werden erst verglichen, wenn der Zeitraum vorbei ist. Für die Kennzahlen darüber gilt das nicht.
only_missed_rows = Nur Zeilen, die ihr Ziel verfehlten, werden gezeigt, und nur sie zählen zur Summe.
heat_of_queues = Heatmaps zeigen Anrufe von Warteschlangen: Exporte haben sie nicht je Agent.
handled_rows_note = Die Zeilen zählen, was Agenten in jeder Warteschlange bearbeitet haben, Anruf für Anruf. Die übrige Zeit der Agenten teilen Exporte nicht nach Warteschlange auf.
agent_in_groups = Ein Agent mehrerer Gruppen zählt in jeder, daher gibt es keine Summe.
queue_in_groups = Eine Warteschlange mehrerer Gruppen zählt in jeder, daher gibt es keine Summe.
agents_hidden = { $count ->
    [one] 1 Agent ist verborgen: nicht in den Zeilen und nicht in ihrer Summe. Die Kennzahlen darüber umfassen alle.
   *[other] { $count } Agenten sind verborgen: nicht in den Zeilen und nicht in ihrer Summe. Die Kennzahlen darüber umfassen alle.
}
queues_hidden = { $count ->
    [one] 1 Warteschlange ist verborgen: nicht in den Zeilen und nicht in ihrer Summe. Die Kennzahlen darüber umfassen alle.
   *[other] { $count } Warteschlangen sind verborgen: nicht in den Zeilen und nicht in ihrer Summe. Die Kennzahlen darüber umfassen alle.
}
agents_withheld = Kennzahlen über Agenten werden Ihnen nicht gezeigt: Dateien geben nicht an, wie viele Agenten eine Warteschlange bedienten, und Kennzahlen kleiner Teams werden zurückgehalten.
no_plan_of_period = Kein Plan enthält diese Zeit oder diese Warteschlangen.
plan_of_queues = Pläne gelten für Zeiten und Warteschlangen. Wählen Sie für einen Plan Zeilen nach Zeit oder Warteschlange und keinen Agenten.
queues_unplanned = Nicht verglichen: Kein Plan enthält { $names }, aber es kamen Kontakte.
plan_unmatched = Nicht zugeordnet: { $names }. Tragen Sie die Namen des Plans unter queues seiner Datenquelle ein.
no_schedule_of_period = Kein Einsatzplan enthält diese Zeit oder diese Agenten.
schedule_unmatched = Keinem Agenten zugeordnet ({ $names }): Geben Sie einem Agenten oder einer Person diesen Namen unter names oder people.
activities_unclassed = Weggelassen, weil ihre Klasse nicht bekannt ist: { $names }. Tragen Sie sie unter activities der Datenquelle ein.
adherence_partly_unknown = Für einen Teil der geplanten Zeit ist nicht bekannt, was die Agenten taten: Einsatztreue und Einsatzerfüllung gelten für den Rest.
required_computed = Benötigte Agenten, die im Plan fehlen, sind mit Erlang C nach dem Ziel der Warteschlange berechnet.
rows_closed = { $count ->
    [one] 1 Zeile wird nicht gezeigt: den ganzen Zeitraum über geschlossen.
   *[other] { $count } Zeilen werden nicht gezeigt: den ganzen Zeitraum über geschlossen.
}
live_incomplete = Aktuelle Kennzahlen sind für diese Warteschlangen zusammen nicht vollständig: Tafeln haben keine Daten für { $names }.
# $figures are one or more of the next message.
board_differs = Tafel und Export: { $figures }.
board_differs_partly = Tafel und Export, für einen Teil des Tages: { $figures }.
board_and_export = { $label }: Tafel { $board }, Export { $export }
no_calls_at = Keine Anrufe { $times }.
more_gaps = { $count ->
    [one] und 1 weitere Lücke
   *[other] und { $count } weitere Lücken
}

## What one source lacks

source_gap = { $source }: { $gap }
export_source = Export
gap_of_period = keine Daten für diesen Zeitraum
gap_of_today = noch keine Daten für heute
gap_of_period_yet = noch keine Daten für diesen Zeitraum
gap_from = keine Daten ab { $time }
gap_partly = dieser Zeitraum ist nicht ganz importiert
gap_before = keine Daten für { $period }
gap_before_partly = nicht ganz importiert: { $period }

## What needs attention

missed_heading = ▼ Verfehlt
quarter_hours = { $count ->
    [one] Viertelstunde
   *[other] Viertelstunden
}
half_hours = { $count ->
    [one] halbe Stunde
   *[other] halbe Stunden
}
whole_hours = { $count ->
    [one] Stunde
   *[other] Stunden
}
whole_days = { $count ->
    [one] Tag
   *[other] Tage
}
whole_weeks = { $count ->
    [one] Woche
   *[other] Wochen
}
whole_months = { $count ->
    [one] Monat
   *[other] Monate
}
judged_queues = { $count ->
    [one] Warteschlange
   *[other] Warteschlangen
}
judged_queue_groups = { $count ->
    [one] Warteschlangengruppe
   *[other] Warteschlangengruppen
}
judged_agents = { $count ->
    [one] Agent
   *[other] Agenten
}
target_of = das Ziel von { $percent }
threshold_of = die Schwelle von { $percent }
own_targets = { $count ->
    [one] das eigene Ziel
   *[other] das jeweils eigene Ziel
}
# The target, and rows that aren't judged by it: the end of each sentence below.
target_and_rest = { $target }, { $rest }
not_judged = { $count } nicht bewertet ({ $reasons })
counted_reason = { $count }-mal { $reason }
reason_in_progress = noch nicht vorbei
reason_partly_imported = teilweise importiert
reason_few_calls = weniger als { $count } Anrufe
only_one_met = 1 { $unit } mit Anrufen erreichte { $target }.
all_met = { $count } { $unit } mit Anrufen erreichten { $target }.
some_missed = { $missed ->
    [one] { $count } { $unit } mit Anrufen, 1 davon verfehlte { $target }:
   *[other] { $count } { $unit } mit Anrufen, { $missed } davon verfehlten { $target }:
}
listed_missed = { $count ->
    [one] 1 { $unit } verfehlte { $target }:
   *[other] { $count } { $unit } verfehlten { $target }:
}
and_more = und { $count } weitere
show_only_missed = Nur verfehlte anzeigen
show_only_missed_count = Nur verfehlte anzeigen ({ $count })
own_target_each = Jede Warteschlange hat ihr eigenes Ziel.
show_who_missed = Warteschlangen anzeigen, die ihr Ziel verfehlten
compared_figures = Gegenüber { $period }: { $figures }.
compared_offered = angeboten { $now } ({ $before })
compared_abandoned = abgebrochen { $now } ({ $before })
compared_level = { $label } { $now } ({ $before })
compared_answer_speed = Ø Annahmezeit { $now } ({ $before })
compared_handled = bearbeitet { $now } ({ $before })
compared_handle_time = Ø Bearbeitungszeit { $now } ({ $before })
compared_occupancy = Auslastung { $now } ({ $before })
not_compared_with = Nicht verglichen mit { $period }.
nothing_in_both = Kein abgeschlossenes Intervall hat Daten in beiden Zeiträumen.
only_in_both = Verglichen werden nur abgeschlossene Intervalle mit Daten in beiden Zeiträumen.
calls_abandoned = { $count ->
    [0] Keine abgebrochenen Anrufe.
    [one] 1 Anruf wurde abgebrochen.
   *[other] { $count } Anrufe wurden abgebrochen.
}

## The pages of figures of other systems

no_custom_figure = In der Konfiguration ist kein Wert eines anderen Systems angegeben.
no_figure_stored = Aus dieser Zeit ist kein Wert gespeichert.
past_values = Werte
lowest_to_highest = niedrigster bis höchster
lowest_column = Niedrigster
mean_column = Mittel
highest_column = Höchster
# In a column “No data”.
nothing_known = die ganze Zeit
earlier_changes_in_file = Frühere Änderungen stehen nur in der Datei.
figure_by_queue = je Warteschlange
last_days_counted = Letzte { $count } Tage
figure_value_at = { $value } um { $time }.
figure_extremes = Niedrigster: { $low }. Höchster: { $high }.

## Gespeicherte Ansichten

saved_views = Gespeicherte Ansichten
# In the heading of a list that opens.
saved_views_count = Gespeicherte Ansichten ({ $count })
manage_views = Ansichten umbenennen, teilen oder löschen
save_view = Diese Ansicht speichern
view_name = Name
example_view = Montage nach Warteschlange
view_shared = Mit allen teilen, die die Historie sehen dürfen
view_found_by = Sichtbar für
view_found_by_all = Alle
view_found_by_me = Nur Sie
view_change = Ändern
view_saved = Die Ansicht ist gespeichert.
view_deleted = Die Ansicht ist gelöscht.
no_saved_views = Noch keine gespeicherten Ansichten. Öffnen Sie die Historie, wählen Sie, was Sie brauchen, und speichern Sie es unter „Gespeicherte Ansichten“.
view_name_length = Ein Name braucht 1 bis { $count } Zeichen.
view_name_taken = Eine andere Ansicht hat diesen Namen. Wählen Sie einen anderen.
view_too_long = Diese Seite hat zu viele Auswahlen, um gespeichert zu werden. Wählen Sie weniger Warteschlangen.
view_changed_meanwhile = Nicht gespeichert: Die Ansicht wurde inzwischen geändert oder gelöscht. Versuchen Sie es noch einmal.
views_too_many = Sie haben schon { $count } Ansichten. Löschen Sie zuerst eine.
