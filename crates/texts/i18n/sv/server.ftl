# Servern, och noderna i ett kluster.

## Nodes

nodes_heading = Noder
nodes_led_by = { $count ->
    [one] 1 nod. { $leader } leder.
   *[other] { $count } noder. { $leader } leder.
}
nodes_leaderless = { $count ->
    [one] 1 nod. Ingen nod leder.
   *[other] { $count } noder. Ingen nod leder.
}
nodes_counted = { $count ->
    [one] 1 nod
   *[other] { $count } noder
}
nodes_as_of = { $count ->
    [one] 1 nod, läget { $time }
   *[other] { $count } noder, läget { $time }
}
node_column = Nod
behind_column = Efter
version_term = Version
role_column = Roll
imports_column = Importerar
# After a node's name.
this_node = (denna)
node_leads = Leder
node_follows = Följer
node_disconnected = Frånkopplad
node_silent = Rapporterar inte
yes_word = ja
no_word = nej
node_clock_right = går rätt
node_clock_behind = { $time } efter
node_clock_ahead = { $time } före

## What is wrong with them

node_name_shared = En annan process använder nodnamnet { $node }. Ange olika node i [cluster] på varje maskin, och starta sedan om båda.
nats_unreachable = { $node } kan inte nå NATS, så dess värden är inaktuella. Kontrollera att NATS-servrarna är igång och att den här maskinen kan nå dem.
no_node_leads = Ingen nod leder, så ingen källa läses och inga värden ändras. Om det varar mer än 15 s: kontrollera att en nod med role = "all" är igång.
node_just_started = { $node } följer inte den ledande noden, så dess värden är inaktuella: den har nyss startat.
# Before the reason.
node_not_following = { $node } följer inte den ledande noden, så dess värden är inaktuella:
# $versions are some of the next.
versions_differ = Versionerna skiljer sig: { $versions }. Slutför uppgraderingen.
version_on_nodes = { $version } på { $nodes }
clock_is_behind = Klockan på { $node } går { $time } efter, jämfört med NATS. Synkronisera klockorna på alla maskiner (NTP).
clock_is_ahead = Klockan på { $node } går { $time } före, jämfört med NATS. Synkronisera klockorna på alla maskiner (NTP).

## The server

server_heading = Server
server_details = Detaljer om servern
server_needs_attention = ▲ Kräver åtgärd
server_running = ● Igång
version_named = version { $version }
version_with_build = { $version } (bygge { $build })
uptime_term = Drifttid
uptime_since = { $age }, sedan { $time }
configuration_term = Konfiguration
configuration_loaded = inläst vid start
configuration_reloaded = inläst på nytt { $time }
reload_failed = { $count ->
    [one] inläsningen misslyckades { $time }: 1 fel, se loggen. Den tidigare versionen används.
   *[other] inläsningen misslyckades { $time }: { $count } fel, se loggen. Den tidigare versionen används.
}
viewers_term = Anslutna skärmar
viewers_of = { $count } av högst { $max }
database_term = Databas
database_temporary = tillfällig: raderas när Wallboard stannar
database_unreadable = kan inte läsa { $name } ({ $reason }); namn sparas inte
database_file = SQLite, { $name }, { $size }
database_file_free = SQLite, { $name }, { $size }; { $free } ledigt på disken
log_term = Logg
log_disabled = ingen: efter en omstart börjar dagens värden om från början
log_written = aktuell, { $size }
log_interrupted = inte skriven sedan { $time } ({ $reason }). Tavlorna uppdateras fortfarande, men en omstart nu skulle ge en lucka i dagens värden.
log_overloaded = för mycket på en gång
https_off = av: vanlig HTTP, för lokal användning eller bakom en TLS-proxy
certificate_expired = certifikatet gick ut { $date }: webbläsare avvisar det. Byt ut certifikatfilerna
certificate_expires = { $count ->
    [one] certifikatet går ut { $date }, om 1 dag: byt ut certifikatfilerna
   *[other] certifikatet går ut { $date }, om { $count } dagar: byt ut certifikatfilerna
}
certificate_valid = { $count ->
    [one] certifikatet gäller till { $date } (1 dag)
   *[other] certifikatet gäller till { $date } ({ $count } dagar)
}
