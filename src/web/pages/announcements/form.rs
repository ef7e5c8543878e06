//! The form of an announcement: its fields as entered, and what they choose.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, civil::Time, tz::TimeZone};
use serde::Deserialize;

use crate::{
    announcements::{AnnouncementChoice, Announcements},
    web::{WebState, access::visitor::Visitor, parts::announcement_scope::choose_boards},
};
use wallboard_domain::{AnnouncementKind, moment};
use wallboard_store::RecordId;
use wallboard_texts::Texts;

/// Names and texts to start from, by what floors announce most.
pub(super) fn starts(texts: &Texts) -> [(&str, &str); 3] {
    [
        (texts.start_outage(), texts.start_outage_text()),
        (texts.start_waits(), texts.start_waits_text()),
        (texts.start_drill(), texts.start_drill_text()),
    ]
}

/// The fields as entered.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct AnnouncementFields {
    pub(super) text: String,
    pub(super) kind: String,
    /// `30m`, `1h`, `2h`, `day` or `time`.
    pub(super) until: String,
    /// "15:00", if `until` is `time`.
    #[serde(default)]
    pub(super) time: String,
    /// Checkboxes of boards; none: all that the visitor may see.
    #[serde(flatten)]
    boards: BTreeMap<String, String>,
}

impl AnnouncementFields {
    /// Starts from one of [`starts`] by its place, or from an earlier announcement by its ID.
    pub(super) fn start_from(
        texts: &Texts,
        start: Option<&str>,
        announcements: &Announcements,
    ) -> Self {
        let starts = starts(texts);
        let known = start.and_then(|place| starts.get(place.parse::<usize>().ok()?));
        let earlier = start.and_then(|id| announcements.find(&RecordId::parse(id)?));
        let (text, kind) = match (known, earlier) {
            (Some((_, text)), _) => ((*text).to_owned(), AnnouncementKind::Important),
            (None, Some(kept)) => (kept.announcement.text.clone(), kept.announcement.kind),
            (None, None) => (String::new(), AnnouncementKind::Info),
        };
        Self {
            text,
            kind: kind.into_str().to_owned(),
            until: "1h".to_owned(),
            time: String::new(),
            boards: BTreeMap::new(),
        }
    }

    pub(super) fn is_chosen(&self, board: &str) -> bool {
        self.boards.contains_key(&field_of(board))
    }

    /// Returns what they choose; `None` if no page of ours has such fields.
    pub(super) fn read(
        &self,
        web: &WebState,
        visitor: &Visitor,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Option<AnnouncementChoice> {
        let fields = self.boards.keys();
        let chosen = fields.filter_map(|name| name.strip_prefix(BOARD_PREFIX));
        let chosen = chosen.map(str::to_owned).collect();
        Some(AnnouncementChoice {
            text: self.text.clone(),
            kind: self.kind.parse().ok()?,
            boards: choose_boards(web, visitor, chosen).ok()?,
            until: self.find_end(now, zone)?,
        })
    }

    /// A time of day is that of today.
    fn find_end(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let minutes = match self.until.as_str() {
            "30m" => 30,
            "1h" => 60,
            "2h" => 120,
            "day" => return Some(moment::day_end(now, zone)),
            "time" => {
                let time: Time = self.time.parse().ok()?;
                let today = now.to_zoned(zone.clone()).date();
                return Some(
                    today
                        .to_datetime(time)
                        .to_zoned(zone.clone())
                        .ok()?
                        .timestamp(),
                );
            }
            _ => return None,
        };
        now.checked_add(SignedDuration::from_mins(minutes)).ok()
    }
}

const BOARD_PREFIX: &str = "board ";

/// The name of a board's checkbox.
pub(super) fn field_of(board: &str) -> String {
    format!("{BOARD_PREFIX}{board}")
}
