//! A source's state as text: what happened, what boards show, what to do.

use wallboard_domain::SourceHealth;
use wallboard_live::{ConnectionState, SourceSnapshot};
use wallboard_texts::Texts;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::web) struct SourceStatusText {
    pub(in crate::web) happened: String,
    /// The error as the vendor or the network reports it, or empty.
    pub(in crate::web) error: String,
    pub(in crate::web) boards: &'static str,
    pub(in crate::web) to_do: &'static str,
}

impl SourceStatusText {
    fn new(happened: &str, boards: &'static str, to_do: &'static str) -> Self {
        Self {
            happened: happened.to_owned(),
            error: String::new(),
            boards,
            to_do,
        }
    }

    fn with_error(self, error: Option<&str>) -> Self {
        let error = error.map(as_sentence).unwrap_or_default();
        Self { error, ..self }
    }
}

/// The glyph and label of a source's health.
pub(in crate::web) fn health_label(
    texts: &'static Texts,
    health: SourceHealth,
) -> (&'static str, &'static str) {
    match health {
        SourceHealth::Connecting => ("◌", texts.screen_connecting()),
        SourceHealth::Live => ("●", texts.live()),
        SourceHealth::Degraded => ("▲", texts.source_degraded()),
        SourceHealth::Down => ("◆", texts.source_down()),
    }
}

/// A source of which this node of a cluster hears nothing, because it doesn't hear the leader.
pub(in crate::web) fn describe_unheard_source(texts: &'static Texts) -> SourceStatusText {
    let (boards, to_do) = (texts.boards_last_values(), texts.unheard_to_do());
    SourceStatusText::new(texts.status_unheard(), boards, to_do)
}

/// A source that somebody paused.
pub(in crate::web) fn describe_paused_source(texts: &'static Texts, by: &str) -> SourceStatusText {
    let (boards, to_do) = (texts.boards_last_values(), texts.paused_to_do());
    SourceStatusText::new(&texts.status_paused(by), boards, to_do)
}

pub(in crate::web) fn describe_source(
    texts: &'static Texts,
    source: &SourceSnapshot,
) -> SourceStatusText {
    let why = source.last_error.as_ref().map(|(_, why)| why.as_str());
    let (happened, boards, to_do) = match source.connection {
        ConnectionState::Connecting | ConnectionState::Disconnected | ConnectionState::Silent
            if source.vendor.is_pushed =>
        {
            return describe_unsent(texts, source);
        }
        ConnectionState::Connecting => (
            texts.status_first_connect(),
            texts.boards_saved_names(),
            texts.first_connect_to_do(),
        ),
        ConnectionState::CatchingUp => (
            if source.vendor.reports_contacts {
                texts.status_backlog()
            } else {
                texts.status_reloading()
            },
            texts.boards_old_values(),
            texts.catching_up_to_do(),
        ),
        ConnectionState::Connected if source.health() == SourceHealth::Degraded => (
            texts.status_unreadable(),
            texts.boards_readable(),
            texts.unreadable_to_do(),
        ),
        ConnectionState::Connected if !source.is_live() => (
            texts.status_no_sign(),
            texts.boards_last_values(),
            texts.no_sign_to_do(),
        ),
        ConnectionState::Connected => return describe_connected(texts, source),
        ConnectionState::Disconnected if source.last_message_at.is_none() => {
            let (boards, to_do) = (texts.boards_saved_names(), texts.unreachable_to_do());
            let text = SourceStatusText::new(texts.status_unreachable(), boards, to_do);
            return text.with_error(why);
        }
        ConnectionState::Disconnected => {
            let (boards, to_do) = (texts.boards_last_values_soon(), texts.disconnected_to_do());
            let text = SourceStatusText::new(texts.status_disconnected(), boards, to_do);
            return text.with_error(why);
        }
        ConnectionState::Silent if !source.vendor.reports_contacts => (
            texts.status_silent(),
            texts.boards_last_values(),
            texts.silent_to_do(),
        ),
        ConnectionState::Silent => (
            texts.status_silent_events(),
            texts.boards_last_values(),
            texts.silent_events_to_do(),
        ),
    };
    SourceStatusText::new(happened, boards, to_do)
}

/// A system that doesn't send its values.
fn describe_unsent(texts: &'static Texts, source: &SourceSnapshot) -> SourceStatusText {
    let (happened, boards) = match source.last_message_at {
        None => (texts.status_no_values(), texts.boards_no_values()),
        Some(_) => (texts.status_values_stopped(), texts.boards_last_values()),
    };
    SourceStatusText::new(happened, boards, texts.values_to_do())
}

/// Connected, perhaps except for single statistics.
fn describe_connected(texts: &'static Texts, source: &SourceSnapshot) -> SourceStatusText {
    let stats = source.subscription_stats.as_deref();
    let rejected = stats.map_or(0, |stats| stats.rejected_count);
    let invalid = stats.map_or(0, |stats| stats.invalid);
    let vendor = source.vendor.vendor;
    if 0 < rejected {
        let (boards, to_do) = (texts.boards_rejected(), texts.rejected_to_do());
        return SourceStatusText::new(&texts.status_rejected(rejected, vendor), boards, to_do);
    }
    if 0 < invalid {
        let (boards, to_do) = (texts.boards_invalid(), texts.invalid_to_do());
        return SourceStatusText::new(&texts.status_invalid(vendor, invalid), boards, to_do);
    }
    let (boards, to_do) = (texts.boards_live(), texts.nothing_to_do());
    SourceStatusText::new(texts.status_connected(), boards, to_do)
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
