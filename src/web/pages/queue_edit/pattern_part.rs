//! The part that only the page of a pattern has: the queues that match, and how long agents may be in a status.

use std::collections::BTreeMap;

use wallboard_texts::Texts;

use crate::web::parts::{field_faults::FieldFaults, links::PageLink};

use super::{
    edited_queue::EditedQueue,
    state_fields::{StateField, state_fields},
};

/// The most queues that are named, and whose past is counted.
pub(super) const MATCHING_MAX: usize = 24;

pub(super) struct PatternPart {
    /// "4 queues now, also new ones"
    pub(super) applies: String,
    pub(super) matching: Vec<PageLink>,
    pub(super) states: Vec<StateField>,
    /// Whether a status has a limit or a fault.
    pub(super) is_open: bool,
}

impl PatternPart {
    /// `None`: it's a queue.
    pub(super) fn find(
        texts: &Texts,
        edited: &EditedQueue,
        typed: &BTreeMap<String, String>,
        faults: &mut FieldFaults,
    ) -> Option<Self> {
        if edited.id.is_some() {
            return None;
        }
        let states = state_fields(texts, edited, typed, faults);
        let mut shown = states.iter();
        Some(Self {
            applies: texts.pattern_applies(edited.matching.len()),
            matching: (edited.matching.iter().take(MATCHING_MAX))
                .map(|queue| queue.link.clone())
                .collect(),
            is_open: shown.any(|state| !state.value.is_empty() || !state.fault.is_empty()),
            states,
        })
    }
}
