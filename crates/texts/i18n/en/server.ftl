# The server, and the nodes of a cluster.

## Nodes

nodes_heading = Nodes
nodes_led_by = { $count ->
    [one] 1 node. { $leader } leads.
   *[other] { $count } nodes. { $leader } leads.
}
nodes_leaderless = { $count ->
    [one] 1 node. No node leads.
   *[other] { $count } nodes. No node leads.
}
nodes_counted = { $count ->
    [one] 1 node
   *[other] { $count } nodes
}
nodes_as_of = { $count ->
    [one] 1 node as of { $time }
   *[other] { $count } nodes as of { $time }
}
node_column = Node
behind_column = Behind
version_term = Version
role_column = Role
imports_column = Imports
# After a node's name.
this_node = (this)
node_leads = Leader
node_follows = Follower
node_disconnected = Disconnected
node_silent = No reports
yes_word = yes
no_word = no
node_clock_right = in sync
node_clock_behind = { $time } behind
node_clock_ahead = { $time } ahead

## What is wrong with them

node_name_shared = Another process uses the node name { $node }. Set a different node in [cluster] on each machine, then restart both.
nats_unreachable = { $node } can’t reach NATS, so its values are out of date. Check that the NATS servers run and that this machine can reach them.
no_node_leads = No node leads, so no source is read and no value changes. If this lasts over 15 s, check that a node with role = "all" runs.
node_just_started = { $node } doesn’t follow the leader, so its values are out of date: it has just started.
# Before the reason.
node_not_following = { $node } doesn’t follow the leader, so its values are out of date:
# $versions are some of the next.
versions_differ = Versions differ: { $versions }. Finish the upgrade.
version_on_nodes = { $version } on { $nodes }
clock_is_behind = The clock of { $node } is { $time } behind, compared with NATS. Synchronize the clocks of all machines (NTP).
clock_is_ahead = The clock of { $node } is { $time } ahead, compared with NATS. Synchronize the clocks of all machines (NTP).

## The server

server_heading = Server
server_details = Details of the server
server_needs_attention = ▲ Needs attention
server_running = ● Running
version_named = version { $version }
version_with_build = { $version } (build { $build })
uptime_term = Uptime
uptime_since = { $age }, since { $time }
configuration_term = Configuration
configuration_loaded = loaded at start
configuration_reloaded = reloaded { $time }
reload_failed = { $count ->
    [one] reload failed { $time }: 1 error, see the log. The previous version is in use.
   *[other] reload failed { $time }: { $count } errors, see the log. The previous version is in use.
}
viewers_term = Connected viewers
viewers_of = { $count } of max. { $max }
database_term = Database
database_temporary = temporary: deleted when Wallboard stops
database_unreadable = can’t read { $name } ({ $reason }); names aren’t being saved
database_file = SQLite, { $name }, { $size }
database_file_free = SQLite, { $name }, { $size }; { $free } free on disk
log_term = Log
log_disabled = none: after a restart, the day’s figures start over
log_written = up to date, { $size }
log_interrupted = not written since { $time } ({ $reason }). Boards are still updated, but a restart now would leave a gap in the day’s figures.
log_overloaded = too much at once
https_off = off: plain HTTP, for local use or behind a TLS proxy
certificate_expired = certificate expired { $date }: browsers reject it. Replace the certificate files
certificate_expires = { $count ->
    [one] certificate expires { $date }, in 1 day: replace the certificate files
   *[other] certificate expires { $date }, in { $count } days: replace the certificate files
}
certificate_valid = { $count ->
    [one] certificate valid until { $date } (1 day)
   *[other] certificate valid until { $date } ({ $count } days)
}
