# Kennzahlen der Historie: ihre Namen und Bedeutungen, Diagramm, Heatmap, Tabelle und Aufschlüsselung.

## Columns. Those that live figures have too are named as these.

column_abandoned_share = Abgebrochen %
column_answer_within = Annahme in
column_target = Ziel
column_half_hours_met = Halbstunden im Ziel
column_wait_median = Wartezeit, Median
column_wait_percentile = Wartezeit, { $number }. Perzentil
column_abandoned_wait_median = Abgebrochen nach, Median
column_patience = Geduld
column_answered_within = Angenommen in { $time }
column_talks_within = Gespräche innerhalb der Grenze
column_staffed_agents = Eingesetzte Agenten
column_forecast = Prognose
rest_of_today = Rest des Tages
column_reforecast = Angepasste Prognose
column_deviation = Abweichung
column_forecast_handle_time = Prognostizierte Bearbeitungszeit
column_required_agents = Benötigte Agenten
column_reforecast_agents = Angepasster Agentenbedarf
column_required_time = Benötigte Agentenstunden
column_staffed_time = Eingesetzte Agentenstunden
column_scheduled_agents = Eingeplante Agenten
column_scheduled_agent_time = Eingeplante Agentenstunden
column_scheduled_time = Eingeplant
column_adherent_time = Nach Plan
column_adherence = Einsatztreue
column_scheduled_work = Eingeplant für Kontakte
column_worked_time = Gearbeitet
column_conformance = Einsatzerfüllung
column_csat = CSAT
column_csat_top = CSAT 4–5
column_nps = NPS
column_enterprise_nps = Unternehmens-NPS
column_ready = Bereit
column_wrap_up = Nachbearbeitung
column_handle_time_sum = Bearbeitungszeit gesamt
column_other_calls = Sonstige Anrufe
column_of_period = { $column }, { $period }

## What they mean

offered_meaning = Anrufe, die in die Warteschlange kamen. Ein Anruf in zwei Warteschlangen zählt in jeder.
answered_meaning = Davon die Anrufe, die ein Agent annahm.
abandoned_meaning = Anrufer, die auflegten, bevor ein Agent annahm. Ohne Kurzabbrüche.
level_meaning = Der Anteil der gezählten Anrufe, die rechtzeitig angenommen wurden.
answer_speed_meaning = Durchschnittliche Zeit vom Eintritt in die Warteschlange bis zur Annahme durch einen Agenten, für angenommene Anrufe.
longest_wait_meaning = Die längste Wartezeit, angenommen oder nicht.
handle_time_meaning = Durchschnittliche Gesprächs- und Nachbearbeitungszeit der angenommenen Anrufe, die beendet sind.
handled_meaning = Anrufe, die dieser Agent annahm und beendete.
missed_meaning = Anrufe, die klingelten, aber nicht angenommen wurden, mit einem Grund im Export.
agent_handle_time_meaning = Durchschnittliche Gesprächs- und Nachbearbeitungszeit der Anrufe, die in diesem Zeitraum endeten.
signed_in_meaning = Angemeldete Zeit. Überlappende Zeiten zählen einmal.
occupancy_meaning = Belegte Zeit (Gespräch, Nachbearbeitung, sonstige Anrufe) ÷ (belegte Zeit + Klingelzeit + Bereitzeit).
abandon_rate_meaning = abgebrochen ÷ (angenommen + abgebrochen + übergelaufen): von den beendeten Anrufen
answer_target_term = Annahmeziel
counted_by_term = Gezählt nach
source_is_export = der Export des Anbieters, wie importiert
formula_of_each = die eigene Formel jeder Warteschlange; Summen verwenden { $formula }
start_counts = Anrufbeginn: Alles zu einem Anruf zählt zu der Zeit, zu der er in die Warteschlange kam
event_counts = Ereigniszeit: Jedes zählt zu der Zeit, zu der es geschah (angeboten beim Eintritt, angenommen bei der Annahme, Gespräch an seinem Ende)

## Below the tiles

rate_abandoned = Abbruchquote { $rate }
target_of_each = eigenes Ziel jeder Warteschlange
no_change = unverändert
change_versus = { $change } gegenüber { $period }
value_of_period = { $value }, { $period }

## How this is calculated

calculation_heading = So wird gerechnet
compared_with_term = Verglichen mit
not_compared_term = Nicht verglichen
breakdown_by_start = immer nach Anrufbeginn gezählt
deviation_meaning = Um wie viel mehr Kontakte kamen als geplant, in Zeiten, die vorbei und ganz importiert sind.
reforecast_meaning = Der heutige Plan, angepasst: was in vergangenen Zeiten kam, danach die Prognose mal dessen Verhältnis zur bisherigen Prognose, 0,5 bis 2, ab 30 Kontakten. Die benötigten Agenten folgen Erlang C.
scheduled_meaning = Arbeit, Pausen und Arbeit ohne Kontakte nach dem Einsatzplan. Abwesenheiten zählen nicht.
adherence_meaning = Zeit im geplanten Zustand ÷ geplante Zeit, die vorbei ist (Adherence): während der Arbeit angemeldet und nicht in Pause, sonst in Pause oder abgemeldet.
conformance_meaning = Gearbeitete Zeit ÷ für Kontakte geplante Zeit, gleich wann am Tag (Conformance).
opening_hours_term = Öffnungszeiten
opening_hours_meaning = nur diese. Jede Warteschlange zählt in ihren eigenen, ein Intervall, wenn es in ihnen beginnt. Die Besetzung allein in den Öffnungszeiten ist nicht bekannt
data_through_term = Daten bis
unknown_meaning = keine Daten, oder nichts, durch das geteilt werden könnte (nicht null)

## The chart

chart_hint = Zeigen Sie auf ein Intervall, um seine Kennzahlen zu lesen.
chart_buckets = Intervalle; mit den Pfeiltasten von einem zum nächsten
calls_scale = { $count ->
    [one] 1 Anruf
   *[other] { $count } Anrufe
}
other_outcomes = Andere Ergebnisse (Kurzabbrüche, übergelaufen, noch wartend)
target_key = Ziel { $percent }
calls_of_period = Anrufe, { $period }
in_progress_key = Noch nicht vorbei
missed_target_key = Ziel verfehlt
too_many_intervals = Zu viele Intervalle von { $step } für ein Diagramm. Die Tabelle zeigt alle.
use_intervals = Intervalle von { $step } verwenden
# An interval: "10:00–10:30: 18 offered, 78.9% in 20 s, missed the target."
interval_facts = { $time }: { $facts }.
count_offered = { $count } angeboten
count_answered = { $count } angenommen
count_abandoned = { $count } abgebrochen
level_in_time = { $level } in { $time }
level_in_target = { $level } innerhalb des Annahmeziels
is_in_progress = noch nicht vorbei
is_live = aktuell
has_missed_target = Ziel verfehlt
waits_heading = Wie lange Anrufer warteten

## The table

times_caption = { $first } in Intervallen von { $step }, { $period }
names_caption = { $first } nach Name, { $period }
total_row = Summe
# After the name of a row.
mark_so_far = bis jetzt
mark_partial = unvollständig
mark_live = aktuell
mark_disabled = deaktiviert
mark_missed = verfehlt
no_missed_targets = Keine verfehlten Ziele
no_rows = Keine Zeilen
show_all_rows = Alle Zeilen anzeigen

## The heat map

heat_heading = { $metric } nach Wochentag und Stunde
heat_metric = Kennzahl der Heatmap
heat_mean_calls = Durchschnittliche Anrufe je Stunde, über importierte Tage
heat_calls = Anrufe
heat_abandon_rate = Abbruchquote je Stunde
heat_level = Servicelevel je Stunde
heat_answer_speed = Ø Annahmezeit je Stunde, Minuten und Sekunden
no_calls_label = keine Anrufe
closed_label = geschlossen
unknown_label = unbekannt
no_calls_key = Keine Anrufe
no_calls_or_closed = Keine Anrufe oder geschlossen
no_data_or_closed = Keine Daten oder geschlossen

## The breakdown

class_reason = Grund
class_issue = Anliegen
class_type = Art des Anrufs
class_outcome = Ergebnis
class_number = Gewählte Nummer
class_key = Gedrückte Taste
class_sign_out = Abmeldegrund
no_reason = Zu keinem Anruf in diesem Zeitraum ist ein Grund erfasst.
no_issue = Zu keinem Anruf in diesem Zeitraum ist ein Anliegen erfasst.
no_type = Zu keinem Anruf in diesem Zeitraum ist eine Art erfasst.
no_outcome = Zu keinem Anruf in diesem Zeitraum ist ein Ergebnis erfasst.
no_number = Zu keinem Anruf in diesem Zeitraum ist eine gewählte Nummer erfasst.
no_key = Zu keinem Anruf in diesem Zeitraum ist eine gedrückte Taste erfasst.
no_sign_out = Zu keiner Abmeldung in diesem Zeitraum ist ein Grund erfasst.
breaks_heading = Pausen
unnamed_break = Pause { $code }
productive_break = { $share } · produktiv
shrinkage_of_breaks = Schwund durch Pausen
share_of_signed_in = { $hours } · { $percent } der Anmeldezeit
repeats_heading = Wiederholte Anrufe
repeats_within_day = Auch in den 24 Stunden davor angerufen
repeats_within_week = Auch in den 7 Tagen davor angerufen
calls_without_number = Anrufe ohne Nummer
repeats_of_calls = { $repeats } von { $calls } · { $percent }
based_on_issues = Aus { $count } Anliegen; ein Anruf kann mehrere haben
based_on_calls = Aus { $count ->
    [one] 1 Anruf
   *[other] { $count } Anrufen
}
based_on_known = Aus { $count ->
    [one] 1 Anruf mit dieser Angabe
   *[other] { $count } Anrufen mit dieser Angabe
}
based_on_sign_outs = Aus { $count ->
    [one] 1 Abmeldung mit dieser Angabe
   *[other] { $count } Abmeldungen mit dieser Angabe
}
calls_column = Anrufe
sign_outs_column = Abmeldungen
share_column = Anteil
not_recorded = Nicht erfasst
# A reason without a name: "Reason 12".
unnamed_value = { $class } { $id }
more_in_files = { $count } weitere in den Dateien
agents_without_breakdown = Exporte enthalten Gründe, Anliegen, Arten und Ergebnisse nicht je Agent.
export_without_breakdown = Der Export dieser Warteschlangen ({ $exports }) enthält keine Gründe und Ergebnisse.
calls_in_no_row = { $exports } enthält keine Gründe und Ergebnisse, daher sind diese Anrufe in keiner Zeile.

## What else an export has of a queue

queue_settings = Einstellungen der Warteschlange (aus dem Export)
assigned_agents = Zugeordnete Agenten
queue_groups_heading = Warteschlangengruppen
available_reasons = Mögliche Gründe
export_queue_groups = Warteschlangengruppen des Exports
export_agent_groups = Agentengruppen des Exports
numbers_heading = Nummern
agent_priority = Priorität { $number }
number_leads_to = zu { $name }
number_leads_to_kind = zu { $name } ({ $kind })
field_short_name = Kurzname
field_internal_number = Interne Nummer
field_public_number = Öffentliche Nummer
field_description = Beschreibung
field_strategy = Strategie
field_wrap_up = Nachbearbeitungszeit, Sekunden
field_disconnection_rate = Zulässige Trennungsquote
field_destination = Ziel
field_destination_type = Art des Ziels
