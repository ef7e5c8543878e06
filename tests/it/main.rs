//! Tests of the whole product against real upstreams: one binary, one file per capability.
//! `scripts/install` installs what they need (`RabbitMQ`).
#![expect(
    clippy::unwrap_used,
    reason = "a panic shows best where a test broke; helpers are test code too"
)]
#![expect(
    unreachable_pub,
    reason = "a test binary exports nothing; `pub` marks what other files use"
)]

mod alert_messages;
mod alerts;
mod announcements;
mod api;
mod autobahn;
mod bench_command;
mod board_age;
mod board_editor;
mod broker_alarm;
mod broker_outage;
mod browser_access;
mod browser_boards;
mod browser_colors;
mod browser_day;
mod browser_desk;
mod browser_engines;
mod browser_first_run;
mod browser_frames;
mod browser_history;
mod browser_hour;
mod browser_lines;
mod browser_list;
mod browser_oidc;
mod browser_pairing;
mod browser_phases;
mod browser_pictures;
mod browser_playlists;
mod browser_prominence;
mod browser_queue_editing;
mod browser_restart;
mod browser_rewind;
mod browser_screens;
mod browser_security;
mod browser_sign_in;
mod browser_source_editing;
mod browser_tiles;
mod channels;
mod cluster_access;
mod cluster_alerts;
mod cluster_balancer;
mod cluster_check;
mod cluster_edges;
mod cluster_faults;
mod cluster_kills;
mod cluster_losses;
mod cluster_machines;
mod cluster_view;
mod cluster_worst_day;
mod commands;
mod crowds;
mod file_limit;
mod forgetting;
mod genesys_age;
mod genesys_breaks;
mod genesys_check;
mod genesys_figures;
mod genesys_replies;
mod genesys_stand_in;
mod gms_check;
mod gms_nodes;
mod gms_replies;
mod gms_values;
mod history_columns;
mod history_figures;
mod history_import;
mod history_reference;
mod history_repeats;
mod history_sftp;
mod history_stores;
mod history_unreadable;
mod history_vergic;
mod hostile_clients;
mod hostile_vendors;
mod kills;
mod live_boards;
mod log_commands;
mod log_faults;
mod log_proofs;
mod logs;
mod many_vendors;
mod metrics;
mod name_resolution;
mod packages;
mod pauses;
mod push_sockets;
mod queue_editing;
mod reload;
mod reports;
mod restart;
mod rewind;
mod settings;
mod sign_in;
mod sign_in_oidc;
mod soak;
mod source_editing;
mod support;
mod support_tests;
mod systemd;
mod tls;
mod vendor_certificates;
mod vngage_abandons;
mod vngage_breaks;
mod vngage_figures;
mod vngage_refusals;
mod voice_reload;
mod websocket_conformance;
mod worst_day;
