//! A source's state as text: what happened, what boards show, what to do.

use wallboard_domain::SourceHealth;
use wallboard_live::{ConnectionState, SourceSnapshot};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::web) struct SourceStatusText {
    pub(in crate::web) happened: String,
    pub(in crate::web) boards: &'static str,
    pub(in crate::web) to_do: &'static str,
}

/// The glyph and label of a source's health.
pub(in crate::web) fn health_label(health: SourceHealth) -> (&'static str, &'static str) {
    match health {
        SourceHealth::Connecting => ("◌", "Connecting"),
        SourceHealth::Live => ("●", "Live"),
        SourceHealth::Degraded => ("▲", "Degraded"),
        SourceHealth::Down => ("◆", "Down"),
    }
}

/// A source of which this node of a cluster hears nothing, because it doesn't hear the leader.
pub(in crate::web) fn describe_unheard_source() -> SourceStatusText {
    SourceStatusText {
        happened: "This server receives no updates from the leader, which holds the connection."
            .to_owned(),
        boards: "The last known values, gray, with their time. Timers stop.",
        to_do: "See “Nodes” below. The source itself may be connected.",
    }
}

/// A source that somebody paused.
pub(in crate::web) fn describe_paused_source(by: &str) -> SourceStatusText {
    SourceStatusText {
        happened: format!("Paused by {by}."),
        boards: "The last known values, gray, with their time. Timers stop.",
        to_do: "An administrator resumes it with Edit, or without its line paused_by in the configuration file.",
    }
}

pub(in crate::web) fn describe_source(source: &SourceSnapshot) -> SourceStatusText {
    let why = source.last_error.as_ref().map(|(_, why)| why.as_str());
    match source.connection {
        ConnectionState::Connecting | ConnectionState::Disconnected | ConnectionState::Silent
            if source.vendor.is_pushed =>
        {
            describe_unsent(source)
        }
        ConnectionState::Connecting => SourceStatusText {
            happened: "Connecting for the first time.".to_owned(),
            boards: "Saved names, and “–” until data arrives.",
            to_do: "If this lasts over a minute, check the address in the configuration and that this server can reach it.",
        },
        ConnectionState::CatchingUp => SourceStatusText {
            happened: if source.vendor.reports_contacts {
                "Connected, processing queued messages.".to_owned()
            } else {
                "Signed in, reloading all statistics.".to_owned()
            },
            boards: "Old values, marked out of date until refreshed.",
            to_do: "Nothing to do. This takes a few seconds.",
        },
        ConnectionState::Connected if source.health() == SourceHealth::Degraded => {
            SourceStatusText {
                happened: "Over 10% of messages in the last minute couldn’t be read in full."
                    .to_owned(),
                boards: "What could be read. Other figures keep their previous values.",
                to_do: "Check the rejected message types below and tell the vendor or Wallboard’s maintainers: the format may have changed.",
            }
        }
        ConnectionState::Connected if !source.is_live() => SourceStatusText {
            happened: "No sign of life for 8 s.".to_owned(),
            boards: "The last known values, gray, with their time. Timers stop.",
            to_do: "Wallboard continues or reconnects by itself within seconds. If this lasts, check the network, and whether this server has too much to do.",
        },
        ConnectionState::Connected => describe_connected(source),
        ConnectionState::Disconnected if source.last_message_at.is_none() => SourceStatusText {
            happened: why.map_or_else(|| "Can’t connect.".to_owned(), as_sentence),
            boards: "Saved names, and “–” until data arrives.",
            to_do: "Fix the problem above in the configuration, in your network or with the vendor, then run wallboard check. Wallboard retries every few seconds (every minute if access was denied), or at once after systemctl reload wallboard (SIGHUP).",
        },
        ConnectionState::Disconnected => SourceStatusText {
            happened: why.map_or_else(|| "Disconnected.".to_owned(), as_sentence),
            boards: "The last known values, gray after 8 s, with their time. Timers stop.",
            to_do: "Short outages recover automatically: Wallboard retries every few seconds (every minute if access was denied). If this lasts, fix the problem above in the configuration, in your network or with the vendor, then run wallboard check. To retry at once, run systemctl reload wallboard (SIGHUP).",
        },
        ConnectionState::Silent if !source.vendor.reports_contacts => SourceStatusText {
            happened: "Connected, but not responding, even to requests.".to_owned(),
            boards: "The last known values, gray, with their time. Timers stop.",
            to_do: "Ask the vendor if the statistics service is running. Wallboard retries every few minutes, or at once after systemctl reload wallboard (SIGHUP).",
        },
        ConnectionState::Silent => SourceStatusText {
            happened: "Connected, but not responding, even to a request for its configuration."
                .to_owned(),
            boards: "The last known values, gray, with their time. Timers stop.",
            to_do: "Ask the vendor if events are being sent and if Wallboard’s queue is bound to the right exchange (events_exchange in the configuration).",
        },
    }
}

/// A system that doesn't send its values.
fn describe_unsent(source: &SourceSnapshot) -> SourceStatusText {
    let (happened, boards) = match source.last_message_at {
        None => ("No values have arrived yet.", "“–” until values arrive."),
        Some(_) => (
            "The system no longer sends values.",
            "The last known values, gray, with their time. Timers stop.",
        ),
    };
    SourceStatusText {
        happened: happened.to_owned(),
        boards,
        to_do: "Check that the program that sends them runs, and the answers that it gets. The guide to other systems says how to send values by hand.",
    }
}

/// Connected, perhaps except for single statistics.
fn describe_connected(source: &SourceSnapshot) -> SourceStatusText {
    let stats = source.subscription_stats.as_deref();
    let rejected = stats.map_or(0, |stats| stats.rejected_count);
    let invalid = stats.map_or(0, |stats| stats.invalid);
    let vendor = source.vendor.vendor;
    if 0 < rejected {
        return SourceStatusText {
            happened: format!(
                "Connected, except for {}.",
                count_statistics(rejected, &format!("that {vendor} rejects"))
            ),
            boards: "Live data, and “–” where the value is rejected.",
            to_do: "See the list below, and fix the entries in the configuration. wallboard check tests each one. Wallboard also retries them automatically.",
        };
    }
    if 0 < invalid {
        return SourceStatusText {
            happened: match invalid {
                1 => format!("{vendor} doesn’t fill one figure now."),
                _ => format!("{vendor} doesn’t fill {invalid} figures now."),
            },
            boards: "Live data, and “–” where there’s no valid value.",
            to_do: "Nothing to do here. If this lasts, ask the vendor: often a telephone switch is disconnected.",
        };
    }
    SourceStatusText {
        happened: "Connected.".to_owned(),
        boards: "Live data.",
        to_do: "Nothing to do.",
    }
}

/// "one statistic that …", "3 statistics that …"
fn count_statistics(n: usize, what: &str) -> String {
    match n {
        1 => format!("one statistic {what}"),
        n => format!("{n} statistics {what}"),
    }
}

pub(in crate::web) fn as_sentence(why: &str) -> String {
    // Errors quote configuration keys in backticks, for logs.
    let why = why.replace('`', "\"");
    if why.ends_with(['.', '!', '?']) {
        why
    } else {
        format!("{why}.")
    }
}
