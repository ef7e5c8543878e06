# Der Server, und die Knoten eines Clusters.

## Nodes

nodes_heading = Knoten
nodes_led_by = { $count ->
    [one] 1 Knoten. { $leader } führt.
   *[other] { $count } Knoten. { $leader } führt.
}
nodes_leaderless = { $count ->
    [one] 1 Knoten. Kein Knoten führt.
   *[other] { $count } Knoten. Kein Knoten führt.
}
nodes_counted = { $count ->
    [one] 1 Knoten
   *[other] { $count } Knoten
}
nodes_as_of = { $count ->
    [one] 1 Knoten, Stand { $time }
   *[other] { $count } Knoten, Stand { $time }
}
node_column = Knoten
behind_column = Rückstand
version_term = Version
role_column = Rolle
imports_column = Importe
# After a node's name.
this_node = (dieser)
node_leads = Führt
node_follows = Folgt
node_disconnected = Getrennt
node_silent = Meldet nichts
yes_word = ja
no_word = nein
node_clock_right = geht richtig
node_clock_behind = { $time } nach
node_clock_ahead = { $time } vor

## What is wrong with them

node_name_shared = Ein anderer Prozess verwendet den Knotennamen { $node }. Setzen Sie auf jeder Maschine einen anderen Wert für node in [cluster], und starten Sie dann beide neu.
nats_unreachable = { $node } erreicht NATS nicht, daher sind seine Werte veraltet. Prüfen Sie, ob die NATS-Server laufen und diese Maschine sie erreicht.
no_node_leads = Kein Knoten führt, daher wird keine Quelle gelesen und kein Wert ändert sich. Wenn das über 15 s dauert, prüfen Sie, ob ein Knoten mit role = "all" läuft.
node_just_started = { $node } folgt dem führenden Knoten nicht, daher sind seine Werte veraltet: Er ist gerade gestartet.
# Before the reason.
node_not_following = { $node } folgt dem führenden Knoten nicht, daher sind seine Werte veraltet:
# $versions are some of the next.
versions_differ = Die Versionen unterscheiden sich: { $versions }. Schließen Sie die Aktualisierung ab.
version_on_nodes = { $version } auf { $nodes }
clock_is_behind = Die Uhr von { $node } geht gegenüber NATS { $time } nach. Synchronisieren Sie die Uhren aller Maschinen (NTP).
clock_is_ahead = Die Uhr von { $node } geht gegenüber NATS { $time } vor. Synchronisieren Sie die Uhren aller Maschinen (NTP).

## The server

server_heading = Server
server_details = Details zum Server
server_needs_attention = ▲ Handlungsbedarf
server_running = ● Läuft
version_named = Version { $version }
version_with_build = { $version } (Build { $build })
uptime_term = Laufzeit
uptime_since = { $age }, seit { $time }
configuration_term = Konfiguration
configuration_loaded = beim Start geladen
configuration_reloaded = neu geladen { $time }
reload_failed = { $count ->
    [one] Neuladen { $time } fehlgeschlagen: 1 Fehler, siehe Protokoll. Die vorige Version gilt weiter.
   *[other] Neuladen { $time } fehlgeschlagen: { $count } Fehler, siehe Protokoll. Die vorige Version gilt weiter.
}
viewers_term = Verbundene Bildschirme
viewers_of = { $count } von höchstens { $max }
database_term = Datenbank
database_temporary = vorübergehend: wird gelöscht, wenn Wallboard endet
database_unreadable = { $name } ist nicht lesbar ({ $reason }); Namen werden nicht gespeichert
database_file = SQLite, { $name }, { $size }
database_file_free = SQLite, { $name }, { $size }; { $free } auf dem Datenträger frei
log_term = Protokoll
log_disabled = keines: Nach einem Neustart beginnen die Kennzahlen des Tages von vorn
log_written = aktuell, { $size }
log_interrupted = seit { $time } nicht geschrieben ({ $reason }). Die Tafeln werden weiter aktualisiert, aber ein Neustart würde jetzt eine Lücke in den Kennzahlen des Tages hinterlassen.
log_overloaded = zu viel auf einmal
https_off = aus: einfaches HTTP, für lokale Nutzung oder hinter einem TLS-Proxy
certificate_expired = Zertifikat abgelaufen am { $date }: Browser lehnen es ab. Ersetzen Sie die Zertifikatsdateien
certificate_expires = { $count ->
    [one] Zertifikat läuft am { $date } ab, in 1 Tag: Ersetzen Sie die Zertifikatsdateien
   *[other] Zertifikat läuft am { $date } ab, in { $count } Tagen: Ersetzen Sie die Zertifikatsdateien
}
certificate_valid = { $count ->
    [one] Zertifikat gültig bis { $date } (1 Tag)
   *[other] Zertifikat gültig bis { $date } ({ $count } Tage)
}
