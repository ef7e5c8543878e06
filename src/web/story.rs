//! How a source is, told: what happened, what boards show meanwhile, what to do.

use crate::live::{Health, LineState, Source};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Story {
    pub(super) happened: String,
    pub(super) boards: &'static str,
    pub(super) to_do: &'static str,
}

pub(super) fn story(source: &Source) -> Story {
    let why = source.last_error.as_ref().map(|(_, why)| why.as_str());
    match source.line {
        LineState::Connecting => Story {
            happened: "The first connection is being made.".to_owned(),
            boards: "Names as they were kept; figures show – until the source has said them.",
            to_do: "Nothing. If it stays like this for more than a minute, check that the address in the configuration is right and can be reached from this machine.",
        },
        LineState::CatchingUp => Story {
            happened: if source.kind.reports_contacts {
                "Connected, and taking in the messages that had gathered.".to_owned()
            } else {
                "Signed in, and asking for every statistic anew.".to_owned()
            },
            boards: "Figures from before, marked as not fresh until the source has said them anew.",
            to_do: "Nothing. This takes a few seconds.",
        },
        LineState::Connected if source.health() == Health::Degraded => Story {
            happened: "More than a tenth of the messages of the last minute could not be read in full.".to_owned(),
            boards: "What could be read. Figures whose messages could not be read stay as they were.",
            to_do: "Look below for the kinds of messages that were rejected, and tell the vendor or us: their format may have changed.",
        },
        LineState::Connected => well(source),
        LineState::Away if source.last_message_at.is_none() => Story {
            happened: why.map_or_else(|| "No connection could be made.".to_owned(), sentence),
            boards: "Names as they were kept; figures show – until the source has said them.",
            to_do: "Mend what is said above in the configuration, with your network or with the vendor; wallboard check tells when it is well. It is tried again every few seconds, once a minute where we were refused, and at once after systemctl reload wallboard (SIGHUP).",
        },
        LineState::Away => Story {
            happened: why.map_or_else(|| "The connection was lost.".to_owned(), sentence),
            boards: "The last figures, grey after 10 s, with the time that they are from. Clocks stand still.",
            to_do: "A short cut heals by itself: it is tried again every few seconds, once a minute where we were refused. If it stays, mend what is said above in the configuration, with your network or with the vendor; wallboard check tells when it is well, and systemctl reload wallboard (SIGHUP) has it tried at once.",
        },
        LineState::Silent if !source.kind.reports_contacts => Story {
            happened: "The connection stands, and nothing has been told over it, not even when asked.".to_owned(),
            boards: "The last figures, grey, with the time that they are from. Clocks stand still.",
            to_do: "Ask the vendor whether its statistics service works. It is asked again every few minutes, and at once after systemctl reload wallboard (SIGHUP).",
        },
        LineState::Silent => Story {
            happened: "The connection stands, and the source says nothing, not even when asked for its configuration.".to_owned(),
            boards: "The last figures, grey, with the time that they are from. Clocks stand still.",
            to_do: "Ask the vendor whether events are being sent, and whether our queue is bound to the right exchange (events_exchange in the configuration).",
        },
    }
}

/// All is well, but perhaps for single statistics.
fn well(source: &Source) -> Story {
    let account = source.account.as_deref();
    let refused = account.map_or(0, |account| account.all_refused);
    let invalid = account.map_or(0, |account| account.invalid);
    let vendor = source.kind.vendor;
    if 0 < refused {
        return Story {
            happened: format!(
                "All is well but for {}.",
                counted(refused, &format!("that {vendor} refuses"))
            ),
            boards: "What the source says, as it says it; – for what is refused.",
            to_do: "See below which and why, and mend the entries in the configuration; wallboard check tries each of them. They are also tried again by themselves.",
        };
    }
    if 0 < invalid {
        return Story {
            happened: format!(
                "All is well but for {}.",
                counted(invalid, &format!("without a valid value at {vendor} now"))
            ),
            boards: "What the source says, as it says it; – for what has no valid value.",
            to_do: "Nothing here. If it stays, ask the vendor: often a telephone switch is away from it.",
        };
    }
    Story {
        happened: "All is well.".to_owned(),
        boards: "What the source says, as it says it.",
        to_do: "Nothing.",
    }
}

/// "one statistic that …", "3 statistics that …"
fn counted(n: usize, what: &str) -> String {
    match n {
        1 => format!("one statistic {what}"),
        n => format!("{n} statistics {what}"),
    }
}

pub(super) fn sentence(why: &str) -> String {
    // Keys of the configuration stand in backticks, as logs are read.
    let why = why.replace('`', "\"");
    if why.ends_with(['.', '!', '?']) {
        why
    } else {
        format!("{why}.")
    }
}
