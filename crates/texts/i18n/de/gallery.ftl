# The page of all boards, and how to show one on a TV.
boards_heading = Tafeln
board_deleted = Die Tafel wurde gelöscht. Wiederherstellen können Sie sie unter Einstellungen, Tafeln.

## What needs somebody now
needs_attention_now = Jetzt Handlungsbedarf
need_longest = { $queue }: { $count } wartend, längste Wartezeit { $time }.
need_waiting = { $queue }: { $count } wartend.
need_no_one = { $queue }: niemand wartet.
need_someone = In { $queue } wartet jemand schon { $time }.
need_other = { $queue }: Handlungsbedarf.
nobody_available = Niemand ist verfügbar.
one_available = Ein Agent ist verfügbar.
one_of_available = Einer von { $total } Agenten ist verfügbar.
some_of_available = { $count } von { $total } Agenten sind verfügbar.
some_available = { $count } Agenten sind verfügbar.
# Before the groups that need attention because of the queue.
also_in = auch in
# Before further queues that need attention.
also_queues = Außerdem
all_clear_mark = ● Alles in Ordnung
out_of_date_mark = ◌ Veraltet
no_data_mark = ▲ Keine Daten
only_queue_old = Die einzige Warteschlange ist veraltet
one_queue_old = 1 von { $total } Warteschlangen ist veraltet
all_queues_old = Alle { $count } Warteschlangen sind veraltet
some_queues_old = { $count } von { $total } Warteschlangen sind veraltet
may_need_attention = Dort kann Handlungsbedarf bestehen.
may_need_attention_too = Auch dort kann Handlungsbedarf bestehen.
others_are_calm = In den anderen besteht kein Handlungsbedarf.
no_current_queue = Keine Warteschlange hat aktuelle Daten
only_queue_within = Die einzige Warteschlange liegt innerhalb ihrer Schwellen.
all_queues_within = Alle { $count } Warteschlangen liegen innerhalb ihrer Schwellen.
some_queues_within = { $count ->
    [one] 1 von { $total } Warteschlangen liegt innerhalb ihrer Schwellen.
   *[other] { $count } von { $total } Warteschlangen liegen innerhalb ihrer Schwellen.
}
one_of_queues_closed = { $count ->
    [one] 1 von { $total } Warteschlangen liegt innerhalb ihrer Schwellen; 1 ist geschlossen.
   *[other] { $count } von { $total } Warteschlangen liegen innerhalb ihrer Schwellen; 1 ist geschlossen.
}
some_of_queues_closed = { $count ->
    [one] 1 von { $total } Warteschlangen liegt innerhalb ihrer Schwellen; { $closed } sind geschlossen.
   *[other] { $count } von { $total } Warteschlangen liegen innerhalb ihrer Schwellen; { $closed } sind geschlossen.
}
only_queue_closed = Die einzige Warteschlange ist geschlossen.
all_queues_closed = Alle { $count } Warteschlangen sind geschlossen.
right_now = Im Moment
queues_counted = Warteschlangen ({ $count })

## In place of figures
receives_no_updates = Dieser Server erhält keine Aktualisierungen.
only_history = Es ist keine Datenquelle für aktuelle Werte konfiguriert: Nur importierte Historie wird angezeigt.
queues_appear = Verbunden. Warteschlangen erscheinen mit der ersten Aktivität.
no_source_reached = Keine Datenquelle ist erreichbar.
connecting_center = Verbindung zum Contact-Center wird aufgebaut …

## Boards and how to show them
new_board = Neue Tafel
no_queues_yet = noch keine Warteschlangen
no_agents_yet = noch keine Agenten
agents_counted = { $count ->
    [one] 1 Agent
   *[other] { $count } Agenten
}
agents_at_least = { $count } Agenten
more_counted = { $count } weitere
# Before the screens that show a board.
shown_on = Zu sehen auf
no_board_seen = Keine Tafel, die Sie sehen dürfen.
open_board = Öffnen
open_named = { $name } öffnen
show_on_tv = Auf einem TV anzeigen
show_named_on_tv = Auf einem TV anzeigen: { $name }
edit_board = Bearbeiten
edit_named = { $name } bearbeiten
tv_heading = { $name } auf einem TV anzeigen
tv_pair = Öffnen Sie { $address } im Browser des TVs, und scannen Sie den Code, den er zeigt. Die Tafel aktualisiert sich von selbst.
tv_signed_in = Für einen Browser, in dem sich jemand anmeldet, ist die Adresse der Tafel:
tv_open = Öffnen Sie diese Adresse im Browser des TVs, im Vollbild. Die Tafel aktualisiert sich von selbst.
address_of = Adresse von { $name }
address_code = QR-Code der Adresse
scan_code = Scannen Sie den Code, um die Tafel auf einem Smartphone oder Tablet zu öffnen.
only_this_computer = Diese Adresse funktioniert nur auf diesem Computer.
open_reachable_address = Öffnen Sie die Seite unter der Adresse, die andere Bildschirme verwenden. Gibt es keine, setzen Sie in der Konfiguration { $listen } unter { $section }, und { $url } auf diese Adresse.
sign_in_needs_tls = Mit Anmeldung setzen Sie dort auch { $tls }, oder stellen einen Proxy mit HTTPS davor.
new_queues_unplaced = { $count ->
    [one] 1 neue Warteschlange seit { $time } ist auf keiner Ihrer Tafeln.
   *[other] { $count } neue Warteschlangen seit { $time } sind auf keiner Ihrer Tafeln.
}
queues_unplaced = { $count ->
    [one] 1 Warteschlange ist auf keiner Ihrer Tafeln.
   *[other] { $count } Warteschlangen sind auf keiner Ihrer Tafeln.
}
name_or_place = Benennen oder zuordnen

## In the demo
next_steps = Nächste Schritte
demo_about = Dies ist ein simuliertes Contact-Center, gut ausgelastet zu der Uhrzeit, zu der es gestartet wurde. Innerhalb von zwei Minuten wird die Chat-Warteschlange „Billing“ kritisch und erholt sich etwa zehn Minuten später. Nach zehn Minuten ist die Telefonie zwei Minuten lang getrennt.
demo_connect = Um Ihr eigenes anzubinden, führen Sie dies in einem leeren Ordner aus, und folgen Sie den Schritten im Browser:
