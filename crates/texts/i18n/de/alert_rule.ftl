# The page that edits a rule of alerts.
rule_heading = Regel
rule_when = Überwacht
watch_queues = In einer Warteschlange besteht Handlungsbedarf
watch_sources = Eine Datenquelle ist nicht verbunden
watch_imports = Eine Datei eines Exports ist überfällig
watch_screens = Ein Bildschirm ist nicht verbunden
watch_agents = Ein Agent ist länger als erlaubt in einem Status
watch_figures = Ein Wert eines anderen Systems hat einen Schweregrad
watch_targets = Eine Warteschlange kann das Servicelevel-Ziel des Tages nicht mehr erreichen
any_queue_at_all = Jede Warteschlange
every_queue_of = Jede Warteschlange von { $source }
choice_any_export = Irgendein Export
severity_of_queue = Schweregrad einer Warteschlange
any_with_thresholds = irgendeine Kennzahl mit Schwellen
exports_legend = Exporte
screens_by_day = Bildschirme, außer in ihren Nachtzeiten
agents_legend = Agenten
every_agent = Jeder Agent
status_field = Status
any_status = irgendeiner mit einer Grenze
# Before a choice of how long it lasts.
rule_for = Mindestdauer
for_at_once = sofort
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

## The rule as a sentence with fields

form_of_queues = Wenn { $metric } für { $queues } { $severity } ist –
form_of_sources = Wenn { $sources } nicht verbunden ist –
form_of_imports = Wenn eine Datei von { $imports } überfällig ist –
form_of_screens = Wenn { $screens } nicht verbunden ist, außer in den Nachtzeiten –
form_of_agents = Wenn { $agents } länger als erlaubt in { $status } ist –
form_of_figures = Wenn { $figures } { $severity } ist –
form_of_targets = Wenn { $queues } das Servicelevel-Ziel des Tages nicht mehr erreichen kann –
# After each of these: how long it must last.
form_time = { $time }:
form_for = seit { $time }
form_tells = { $channels } benachrichtigen
form_sounds = und Ton auf { $screens } abspielen
form_again = Solange niemand übernommen hat, erneut benachrichtigen: { $time }.
form_critical = kritisch
form_warning = in Warnung oder kritisch
# When a rule watches what has no opening hours of its own.
hours_of_rule = Wann sie überwacht
form_always = jederzeit
form_only_open = während der Öffnungszeiten
# In a list of which none is chosen.
form_choose = wählen…
form_no_screen = keinem Bildschirm
# The rule as it is understood: "Billing is critical for 1 min: notify floor."
rule_written = { $sentence }: { $channels } benachrichtigen.
rule_only_open = { $condition }, während der Öffnungszeiten

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
fired_by_current_thresholds = Nach den Schwellen, die jetzt gelten.
rule_has_fault = Die Regel hat einen Fehler: Speichern Sie sie, um zu sehen, welchen.
nothing_stored_about = Über das, was sie überwacht, ist nichts gespeichert.
