//! The origin of what pages show. Every page says if it isn't real or not live.

use std::sync::Arc;

/// Where the data comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DataOrigin {
    /// The site's own sources.
    #[default]
    Live,
    Simulated,
    /// A replay of the input log, with its times as pages show them.
    Replayed(Arc<str>),
}

impl DataOrigin {
    /// Returns the words on every page; `None` for what is real and live.
    pub(in crate::web) fn note(&self) -> Option<&str> {
        match self {
            Self::Live => None,
            Self::Simulated => Some("Demo data"),
            Self::Replayed(note) => Some(note),
        }
    }
}
