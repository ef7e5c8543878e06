//! Messages about the server on the page of data sources, and about the nodes of a cluster.

use crate::message_room::messages;

messages! {
    Server
    plain {
        nodes_heading node_column behind_column version_term role_column imports_column this_node
        node_leads node_follows node_disconnected node_silent yes_word no_word node_clock_right
        no_node_leads server_heading server_details server_needs_attention server_running
        uptime_term configuration_term configuration_loaded viewers_term database_term
        database_temporary log_term log_disabled log_overloaded https_off
    }
    with_values {
        nodes_led_by(count, leader) nodes_leaderless(count) nodes_counted(count)
        nodes_as_of(count, time) node_clock_behind(time) node_clock_ahead(time)
        node_name_shared(node) nats_unreachable(node) node_just_started(node)
        node_not_following(node) versions_differ(versions) version_on_nodes(version, nodes)
        clock_is_behind(node, time) clock_is_ahead(node, time) version_named(version)
        version_with_build(version, build) uptime_since(age, time) configuration_reloaded(time)
        reload_failed(time, count) viewers_of(count, max) database_unreadable(name, reason)
        database_file(name, size) database_file_free(name, size, free) log_written(size)
        log_interrupted(time, reason) certificate_expired(date) certificate_expires(date, count)
        certificate_valid(date, count)
    }
}
