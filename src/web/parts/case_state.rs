//! The state of a case, as lists show it.

use wallboard_live::CaseState;
use wallboard_texts::Texts;

pub(in crate::web) fn state_label(texts: &'static Texts, state: CaseState) -> &'static str {
    match state {
        CaseState::Waiting => texts.case_waiting(),
        CaseState::Open => texts.case_open(),
        CaseState::Closed => texts.case_closed(),
        CaseState::Abandoned => texts.case_abandoned(),
        CaseState::Unconfirmed => texts.case_unconfirmed(),
    }
}

/// Shapes that differ without color.
pub(in crate::web) fn state_glyph(state: CaseState) -> &'static str {
    match state {
        CaseState::Waiting => "○",
        CaseState::Open => "●",
        CaseState::Closed => "■",
        CaseState::Abandoned => "▼",
        CaseState::Unconfirmed => "?",
    }
}
