//! A silence in words.

use wallboard_alerts::AlertSilence;
use wallboard_domain::Moment;
use wallboard_live::Snapshot;
use wallboard_texts::Texts;

use crate::alerts::{person_text, silence_name};

pub(super) struct SilenceRow {
    pub(super) id: String,
    /// "Billing"
    pub(super) name: String,
    pub(super) is_active: bool,
    /// "13:19"
    pub(super) from: String,
    pub(super) until: String,
    pub(super) reason: String,
    pub(super) by: String,
    pub(super) may_end: bool,
}

impl SilenceRow {
    pub(super) fn new(
        texts: &Texts,
        snapshot: &Snapshot,
        silence: &AlertSilence,
        may_end: bool,
        now: Moment,
    ) -> Self {
        let time = |at| texts.time_or_day(at, now.wall, &snapshot.site.zone);
        Self {
            id: silence.id.0.simple().to_string(),
            name: silence_name(texts, snapshot, &silence.scope, &silence.by),
            is_active: silence.is_active(now.wall),
            from: time(silence.from),
            until: time(silence.until),
            reason: silence.reason.clone(),
            by: person_text(texts, &silence.by).to_owned(),
            may_end,
        }
    }
}
