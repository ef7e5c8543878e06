# Die Seite eines Agenten.

only_cases_reported = Vngage meldet Vorgänge je Agent, aber nicht Anmeldung, Bereitschaft oder Pause. Die Verfügbarkeit steht bei den Warteschlangen.
updates_interrupted = Die Aktualisierung war unterbrochen, daher können die Zahlen zu niedrig sein.
now_and_today = Jetzt und heute
more_metrics = Weitere Kennzahlen
status_by_source = Status je Quelle
data_source_column = Datenquelle
reason_column = Grund
vendor_status = Status beim Anbieter
by_channel = Je Kanal
time_ago = vor { $age }
closed_cases = Abgeschlossene Vorgänge
# In place of a list of queues.
no_queues = Keine
data_stored = Gespeicherte Daten
possible_duplicate = Mögliches Duplikat
# $agent is a link.
same_person = { $agent } hat in einer anderen Quelle dieselbe E-Mail-Adresse oder Kennung. Wenn es dieselbe Person ist, fügen Sie Folgendes in die Konfiguration ein, um beide zusammenzuführen:

## The day as a timeline

statuses_today = Status heute
no_timeline = Heute ist noch kein Status erfasst.
to_column = Bis
timeline_unknown = Unbekannt
# Read aloud. $sums are statuses, each with its time.
timeline_sentence = Von { $from } bis { $to }: { $sums }.

## A past day

day_timeline = Status des Tages
day_timeline_about = Aus damals gemeldeten Status, sonst aus importierten Exporten: Anmeldungen, Pausen und Anrufe der Warteschlangen. „Angemeldet“ kann auch ein Anruf außerhalb der Warteschlangen sein. Schraffierte Zeiten sind unbekannt.
not_signed_in_that_day = An diesem Tag nicht angemeldet.
day_unknown = Über diesen Tag ist nichts bekannt: Das Protokoll enthält ihn nicht, und kein Export mit Anmeldungen wurde importiert.

## The last two weeks

all_agents = Alle Agenten
signed_in_time = Angemeldet
break_time = In Pause
occupancy = Auslastung
agent_days_summary = Aus dem Export des Anbieters. „Alle Agenten“ ist die durchschnittliche Bearbeitungszeit aller Anrufe des Tages.
