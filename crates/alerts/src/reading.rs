//! Readings: the state of a subject to a rule.

use std::collections::BTreeMap;

use jiff::Timestamp;

use wallboard_domain::AgentStatus;

use crate::{AlertFigure, AlertLevel, AlertSubject, AlertValue};

/// The state of a subject now, to a rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// It needs somebody.
    Burning {
        level: AlertLevel,
        figures: Vec<AlertFigure>,
        /// An agent's, that lasts too long.
        status: Option<AgentStatus>,
        /// A custom figure's.
        custom: Option<AlertValue>,
        /// Since when, if that is known from before it was found.
        since: Option<Timestamp>,
        /// Of a group, some queues' data is out of date: it may be worse.
        is_partial: bool,
    },
    Calm,
    /// Its data is out of date.
    Unknown,
    /// Nobody can do anything about it any longer, whether it was well in the end or not: its day is over,
    /// or the opening hours are.
    Lapsed,
}

/// The states of subjects that the live state doesn't have. Those that are missing are gone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OtherReadings(pub BTreeMap<AlertSubject, Reading>);
