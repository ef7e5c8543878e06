# Figures on pages, with their notes and explanations. $time, $value, $limit, $range and $age are already written.

## Figures and their notes
now_heading = Jetzt
today_heading = Heute
figure_column = Kennzahl
usual_column = Üblich
target_missed = Ziel verfehlt
# Marks an old value, because gray can't be heard or printed.
old_value = veraltet
value_unknown_yet = noch nicht bekannt
# A value that is too old to be shown.
last_value = zuletzt { $value }
usual_by = { $range } bis { $time }
label_today = { $label } heute
nothing_counted_yet = noch nichts gezählt
names_and_more = { $names } und { $more } weitere
warning_from = Warnung ab { $value }
critical_from = kritisch ab { $value }
warning_below = Warnung unter { $value }
critical_below = kritisch unter { $value }
missed_from = verfehlt ab { $value }
missed_below = verfehlt unter { $value }
hidden_queue = Verborgene Warteschlange
hidden_agent = Verborgener Agent

## Why there isn't one exact value
reason_not_additive = Durchschnitte und Anteile lassen sich nicht über Warteschlangen zusammenfassen
reason_shared_agents = einige Agenten arbeiten in mehreren Warteschlangen
reason_overlap = Zeiten aus verschiedenen Systemen überschneiden sich
reason_source_missing = eine Quelle hat keine Daten
reason_small_team = Weniger als { $count } Agenten

## Explanations: their headings
definition_term = Definition
formula_term = Formel
# The numerator and the denominator of a share, or the sum and the count of a mean.
computed_from_term = Berechnet aus
share_terms = { $part } von { $whole }
mean_terms = { $sum } ÷ { $count }
# The heading of a link to the contacts behind a figure.
contacts_term = Kontakte
still_waiting_term = Noch wartend
period_term = Zeitraum
source_term = Datenquelle
statistic_term = Statistik des Anbieters
updated_term = Aktualisiert
thresholds_term = Schwellen
# After a value on a page.
estimated_note = geschätzt
estimated_term = Geschätzt
usual_term = Üblich
queue_term = Warteschlange
across_queues_term = Über alle Warteschlangen
why_no_value = Warum es keinen Wert gibt
why_not_exact = Warum er nicht genau ist
api_name_term = Name in der API

## Explanations: their texts
# Anything above as a sentence.
sentence_of = { $text }.
period_now = Jetzt.
period_of_vendor = Gemäß der Statistik des Anbieters.
period_rolling = Gleitende 15 Minuten, von der Quelle festgelegt.
period_vendor_day = Heute bis jetzt, nach dem Berichtstag des Anbieters.
nothing_counted_today = Heute noch nichts gezählt.
day_since = Heute ab { $time } ({ $zone })
day_complete_since = Heute, vollständig erst ab { $time } ({ $zone })
# $day is one of the two above.
day_with_gaps = { $day }, keine Daten { $gaps }
day_whole = { $day }. Der ganze Tag bis jetzt.
day_partial = { $day }. Der Tag ist unvollständig.
time_span = { $from }–{ $to }
counted_past_target = Zählt, sobald das Annahmeziel überschritten ist.
vendor_value_missing = Die Quelle hat ihn noch nicht gemeldet oder hat gerade keinen gültigen Wert.
nobody_waits = Niemand wartet.
wait_not_reported = Jemand wartet; seit wann, meldet die Quelle nicht. Die Wartezeit ist kürzer als angezeigt.
quiet_queue = Keine Daten zu dieser Warteschlange seit { $time }. Das ist üblich, wenn keine Kontakte kommen.
source_never_connected = Die Quelle hat sich noch nicht verbunden, daher wurde nichts gezählt.
source_of_vendor = { $source } ({ $vendor })
combined_from = Zusammengefasst aus { $sources }.
combined_from_ago = Zusammengefasst aus { $sources }; vor { $age } aktualisiert.
counted_from_events = Von Wallboard aus Ereignissen von { $source } gezählt. Letztes Ereignis vor { $age }.
counted_without_events = Von Wallboard aus Ereignissen von { $source } gezählt. Noch keine Ereignisse.
counted_by = Von { $source } gezählt, vor { $age }.
reported_by = Von { $source }, vor { $age }.
no_value_from = Noch kein Wert von { $source }.
value_from_before = Getrennt um { $time }; der Wert ist älter.
too_long_ago = Das ist zu lange her oder war vor einer Unterbrechung, daher ist er veraltet.
not_refreshed = Seit der letzten Unterbrechung nicht aktualisiert, daher ist er veraltet.
age_unknown = Unbekannt: { $source } meldet nicht, wie alt der Wert ist. Er kann zwischengespeichert sein.
not_estimated = Nein.
not_estimated_from = Nein, von { $source }.
not_estimated_events = Nein, aus Ereignissen gezählt.
estimated_abandons = Ja, die Quelle meldet keine Abbrüche.
includes_estimate = Ja, enthält geschätzte Abbrüche.
site_longest = Die längste über alle Warteschlangen.
site_agents = Agenten über alle Warteschlangen. Ein einzeln bekannter Agent zählt einmal. Sonst ist es eine Spanne, von der größten Warteschlange bis zur Summe aller, weil einige Agenten in mehreren Warteschlangen arbeiten.
site_total = Die Summe aller Warteschlangen.
source_age = { $source }: vor { $age }
source_without_data = { $source }: noch keine Daten
site_api_name = { $name } in /api/v1/site
usual_explained = { $range } bis { $time } (Median { $median }): der Tag bis jetzt an diesem Wochentag, aus { $weeks } der letzten acht Wochen importierter Daten. Ein Zehntel der Tage lag darunter, ein Zehntel darüber.

## Formulas of the service level
formula_short_ignored = rechtzeitig angenommen ÷ (angeboten − Kurzabbrüche)
formula_negative = rechtzeitig angenommen ÷ angeboten: Abbrüche senken ihn
formula_positive = (rechtzeitig angenommen + rechtzeitig abgebrochen) ÷ angeboten: frühe Abbrüche heben ihn
formula_quick_ignored = rechtzeitig angenommen ÷ (angeboten − rechtzeitig abgebrochen)
formula_short_met = (rechtzeitig angenommen + Kurzabbrüche) ÷ angeboten
formula_answered_only = rechtzeitig angenommen ÷ angenommen: ohne Abbrüche
formula_configured = { $name }: { $formula }; in [targets] festgelegt, oder der Standard.
formula_instead = { $name }: { $formula }; statt { $other }, weil ungeöffnet gegangene Kontakte nicht bekannt sind.

## Why a queue has its severity
at_threshold = an der Schwelle { $limit }
at_threshold_since = an der Schwelle { $limit } seit { $time }
above_threshold = über der Schwelle { $limit }
above_threshold_since = über der Schwelle { $limit } seit { $time }
below_threshold = unter der Schwelle { $limit }
past_threshold = jenseits der Schwelle
held_threshold = jenseits der Schwelle { $limit } bis vor weniger als einer Minute
# $clear is the value at which its severity ends.
held_until = jenseits der Schwelle { $limit } und noch nicht zurück bei { $clear }
# $position is one of those above.
figure_at = { $label }: { $value }, { $position }.
# The same where the value stands elsewhere.
label_at = { $label } { $position }
also_causes = Außerdem { $causes }.
within_thresholds = Innerhalb der Schwellen.
within_thresholds_except = Innerhalb der Schwellen, außer { $figures }.
no_thresholds = Keine Kennzahlen mit Schwellen.
group_out_of_date = Nicht alles in dieser Gruppe ist aktuell: { $note }.
paused_last_values = { $source } von { $person } pausiert. Letzte bekannte Werte.
paused_with_update = { $source } von { $person } pausiert, letzte Aktualisierung um { $time }. Letzte bekannte Werte.
lost_last_values = { $source } um { $time } getrennt. Letzte bekannte Werte.
lost_with_update = { $source } um { $time } getrennt, letzte Aktualisierung um { $update }. Letzte bekannte Werte.
queue_silent = { $source } meldet nichts mehr zu dieser Warteschlange, obwohl Kontakte aktiv sind.
updates_may_be_missing = Einige Aktualisierungen von { $source } können fehlen. Warten auf eine vollständige Aktualisierung.

## Read aloud when a queue's severity changes
say_critical = { $queue }: kritisch.
say_warning = { $queue }: Warnung.
say_normal = { $queue }: wieder normal.
say_waiting = { $count } wartend.
say_longest = Längste Wartezeit { $time }.

## What could help a queue
what_could_help = Was helfen könnte:
help_free = { $count } verfügbar in { $queue }
help_free_named = { $count } verfügbar in { $queue }: { $agents }
help_break = { $agent } ist { $time } länger in Pause als erlaubt

## Disconnected sources
leader_lost = Dieser Server erhält seit { $time } keine Aktualisierungen. Die Werte sind von diesem Zeitpunkt.
outage_paused = { $source } wurde von { $person } pausiert. Die Werte sind von diesem Zeitpunkt.
outage_connecting = Verbindung zu { $source } wird aufgebaut …
outage_catching_up = { $source } ist wieder verbunden. Holt auf.
outage_silent = { $source } antwortet seit { $time } nicht. Die Werte sind von diesem Zeitpunkt.
outage_unreachable = { $source } ist seit { $time } nicht erreichbar.
outage_lost = { $source } um { $time } getrennt. Die Werte sind von diesem Zeitpunkt.

## Die letzten Änderungen einer Kennzahl
last_changes = Letzte Änderungen
before_column = Vorher
after_column = Nachher
no_change_since = Keine Änderung seit { $time }.
all_changes_since = Alle Änderungen seit { $time }, aus dem Protokoll. Eine Nachricht, die allein kam, ist genannt.
