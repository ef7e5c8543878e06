//! The form of a silence: its fields as entered, and their times.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::Deserialize;

use wallboard_domain::moment;
use wallboard_texts::Texts;

use crate::web::parts::time_text::read_time;

/// The fields as entered.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct SilenceFields {
    /// A [`SilenceTarget`](crate::web::parts::alert_silence::SilenceTarget).
    pub(super) what: String,
    /// `now` or `at`.
    pub(super) from: String,
    /// "2026-11-26 22:00", if `from` is `at`.
    #[serde(default)]
    pub(super) from_at: String,
    /// `30m`, `1h`, `4h`, `day` or `at`.
    pub(super) until: String,
    #[serde(default)]
    pub(super) until_at: String,
    #[serde(default)]
    pub(super) reason: String,
}

impl SilenceFields {
    pub(super) fn start_from(what: &str) -> Self {
        Self {
            what: if what.is_empty() { "all" } else { what }.to_owned(),
            from: "now".to_owned(),
            from_at: String::new(),
            until: "1h".to_owned(),
            until_at: String::new(),
            reason: String::new(),
        }
    }

    /// The beginning, `None` in it: now. The error is a time that isn't one.
    pub(super) fn begin<'t>(
        &self,
        texts: &'t Texts,
        zone: &TimeZone,
    ) -> Result<Option<Timestamp>, &'t str> {
        match self.from.as_str() {
            "at" => read_time(&self.from_at, zone)
                .map(Some)
                .ok_or_else(|| texts.enter_begin()),
            _ => Ok(None),
        }
    }

    /// The end of one that begins at a time.
    pub(super) fn end<'t>(
        &self,
        texts: &'t Texts,
        begin: Timestamp,
        zone: &TimeZone,
    ) -> Result<Timestamp, &'t str> {
        let minutes = match self.until.as_str() {
            "30m" => 30,
            "1h" => 60,
            "4h" => 4 * 60,
            "day" => return Ok(moment::day_end(begin, zone)),
            _ => return read_time(&self.until_at, zone).ok_or_else(|| texts.enter_end()),
        };
        let end = begin.checked_add(SignedDuration::from_mins(minutes));
        end.map_err(|_| texts.enter_earlier_time())
    }
}
