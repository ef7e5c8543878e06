//! The meaning of the figures at the top of a history page.

use wallboard_texts::Texts;

use super::column::HistoryColumn;

/// The definition next to a figure; empty if it has none.
pub(super) fn describe_column(texts: &Texts, column: HistoryColumn) -> &str {
    match column {
        HistoryColumn::Offered => texts.offered_meaning(),
        HistoryColumn::Answered => texts.answered_meaning(),
        HistoryColumn::Abandoned => texts.abandoned_meaning(),
        HistoryColumn::ServiceLevel => texts.level_meaning(),
        HistoryColumn::AverageSpeedOfAnswer => texts.answer_speed_meaning(),
        HistoryColumn::LongestWait => texts.longest_wait_meaning(),
        HistoryColumn::HandleTime => texts.handle_time_meaning(),
        HistoryColumn::AgentHandled => texts.handled_meaning(),
        HistoryColumn::AgentMissed => texts.missed_meaning(),
        HistoryColumn::AgentHandleTime => texts.agent_handle_time_meaning(),
        HistoryColumn::LoggedIn => texts.signed_in_meaning(),
        HistoryColumn::Occupancy => texts.occupancy_meaning(),
        HistoryColumn::ScheduledTime => texts.scheduled_meaning(),
        HistoryColumn::Adherence => texts.adherence_meaning(),
        HistoryColumn::Conformance => texts.conformance_meaning(),
        _ => "",
    }
}
