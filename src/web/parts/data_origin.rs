//! The origin of what pages show. Every page says if it isn't real or not live.

use std::borrow::Cow;

use jiff::tz::TimeZone;

use wallboard_boards::ReplayPeriod;
use wallboard_texts::Texts;

/// Where the data comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DataOrigin {
    /// The site's own sources.
    #[default]
    Live,
    Simulated,
    /// A replay of the input log, with the zone of its times.
    Replayed(ReplayPeriod, TimeZone),
}

impl DataOrigin {
    /// Returns the words on every page; `None` for what is real and live.
    pub(in crate::web) fn note<'t>(&self, texts: &'t Texts) -> Option<Cow<'t, str>> {
        match self {
            Self::Live => None,
            Self::Simulated => Some(texts.demo_data().into()),
            Self::Replayed(period, zone) => Some(period.note(texts, zone).into()),
        }
    }
}
