# The page that edits a rule of alerts.
rule_heading = Regel
rule_when = Wann
watch_queues = In einer Warteschlange besteht Handlungsbedarf
watch_sources = Eine Datenquelle ist nicht verbunden
watch_imports = Eine Datei eines Exports ist überfällig
watch_screens = Ein Bildschirm ist nicht verbunden
watch_agents = Ein Agent ist länger als erlaubt in einem Status
any_queue_at_all = Jede Warteschlange
every_queue_of = Jede Warteschlange von { $source }
choice_any_export = Irgendein Export
severity_of_queue = Schweregrad einer Warteschlange
severity_critical = Kritisch
severity_warning = Warnung oder kritisch
any_with_thresholds = irgendeine mit Schwellen
exports_legend = Exporte
screens_by_day = Bildschirme, außer in ihren Nachtzeiten
agents_legend = Agenten
every_agent = Jeder Agent
status_field = Status
any_status = irgendeiner mit einer Grenze
# Before a choice of how long it lasts.
rule_for = Mindestdauer
for_at_once = keine
no_channel_yet = Niemand erfährt es außerhalb dieser Seite: Es gibt noch keinen Kanal.
make_channel = Kanal erstellen
tell_legend = Benachrichtigen
tell_again = Erneut, solange niemand übernommen hat
again_never = nie
again_every = alle { $count } min
again_hourly = jede Stunde
tell_end = Benachrichtigen, wenn es vorbei ist
sound_legend = Ton auf
delete_rule = Diese Regel löschen
# A channel and its kind.
channel_of_kind = { $channel } ({ $kind })

## How often it would have fired
fired_never = Sie hätte nie ausgelöst.
fired_times = { $count ->
    [one] Sie hätte einmal ausgelöst.
   *[other] Sie hätte { $count }-mal ausgelöst.
}
fired_at = { $time }, { $name }
fired_since = Seit { $time }.
fired_stored_since = Seit { $time }; von vorher ist nichts gespeichert.
fired_by_thresholds = Nach den Schwellen, die damals galten.
rule_has_fault = Die Regel hat einen Fehler: Speichern Sie sie, um zu sehen, welchen.
nothing_stored_about = Über das, was sie überwacht, ist nichts gespeichert.
