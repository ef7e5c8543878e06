//! The form of an announcement: its fields as entered, and what they choose.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, civil::Time, tz::TimeZone};
use serde::Deserialize;

use crate::{
    announcements::{AnnouncementChoice, Announcements},
    web::{
        WebState,
        access::visitor::Visitor,
        parts::{
            announcement_scope::{choose_places, visible_places},
            time_text::read_time,
        },
    },
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
    /// `now` or `at`.
    #[serde(default)]
    pub(super) from: String,
    /// "2026-11-26 08:00", or "08:00" for today, if `from` is `at`.
    #[serde(default)]
    pub(super) from_at: String,
    /// `30m`, `1h`, `2h`, `day` or `time`.
    pub(super) until: String,
    /// "15:00", if `until` is `time`.
    #[serde(default)]
    pub(super) time: String,
    /// Checkboxes of boards, of screens and of their places; none: all boards that the visitor may see.
    #[serde(flatten)]
    boxes: BTreeMap<String, String>,
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
            from: "now".to_owned(),
            from_at: String::new(),
            until: "1h".to_owned(),
            time: String::new(),
            boxes: BTreeMap::new(),
        }
    }

    pub(super) fn is_chosen(&self, field: &str) -> bool {
        self.boxes.contains_key(field)
    }

    fn chosen(&self, prefix: &str) -> Vec<String> {
        let fields = self.boxes.keys();
        let chosen = fields.filter_map(|name| name.strip_prefix(prefix));
        chosen.map(str::to_owned).collect()
    }

    /// Returns what they choose; `None` if no page of ours has such fields.
    pub(super) fn read(
        &self,
        web: &WebState,
        visitor: &Visitor,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Option<AnnouncementChoice> {
        let boards = self.chosen(BOARD_PREFIX);
        let mut screens = BTreeSet::from_iter(self.chosen(SCREEN_PREFIX));
        let known = visible_places(web, visitor);
        for place in self.chosen(PLACE_PREFIX) {
            screens.extend(known.get(&place)?.iter().cloned());
        }
        let screens = screens.into_iter().collect();
        let places = choose_places(web, visitor, boards, screens).ok()?;
        let from = self.find_beginning(now, zone)?;
        Some(AnnouncementChoice {
            text: self.text.clone(),
            kind: self.kind.parse().ok()?,
            boards: places.boards,
            screens: places.screens,
            from: Some(from),
            until: self.find_end(from, zone)?,
        })
    }

    /// A time without a date is today's.
    fn find_beginning(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        if self.from != "at" {
            return Some(now);
        }
        // A date and a time would be read as a time, too.
        let dated = read_time(&self.from_at, zone);
        dated.or_else(|| day_time(&self.from_at, now, zone))
    }

    /// The end of one that begins at a time. A time of day is that of the same day.
    fn find_end(&self, from: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let minutes = match self.until.as_str() {
            "30m" => 30,
            "1h" => 60,
            "2h" => 120,
            "day" => return Some(moment::day_end(from, zone)),
            "time" => return day_time(&self.time, from, zone),
            _ => return None,
        };
        from.checked_add(SignedDuration::from_mins(minutes)).ok()
    }
}

/// "15:00" on the day of a moment.
fn day_time(text: &str, day: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let time: Time = text.trim().parse().ok()?;
    let day = day.to_zoned(zone.clone()).date();
    Some(
        day.to_datetime(time)
            .to_zoned(zone.clone())
            .ok()?
            .timestamp(),
    )
}

const BOARD_PREFIX: &str = "board ";
const SCREEN_PREFIX: &str = "screen ";
const PLACE_PREFIX: &str = "place ";

/// The name of the checkbox of all screens of a place.
pub(super) fn field_of_place(place: &str) -> String {
    format!("{PLACE_PREFIX}{place}")
}

/// The name of a screen's checkbox.
pub(super) fn field_of_screen(screen: &str) -> String {
    format!("{SCREEN_PREFIX}{screen}")
}

/// The name of a board's checkbox.
pub(super) fn field_of(board: &str) -> String {
    format!("{BOARD_PREFIX}{board}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_begins_on_another_day_keeps_its_date() {
        let now: Timestamp = "2026-11-28T08:00:00Z".parse().unwrap();
        let begins = |from_at: &str| {
            let fields = AnnouncementFields {
                text: String::new(),
                kind: String::new(),
                from: "at".to_owned(),
                from_at: from_at.to_owned(),
                until: "1h".to_owned(),
                time: String::new(),
                boxes: BTreeMap::new(),
            };
            let beginning = fields.find_beginning(now, &TimeZone::UTC);
            beginning.map(|time| time.to_string())
        };
        let dated = begins("2026-12-24 10:00");
        assert_eq!(dated.as_deref(), Some("2026-12-24T10:00:00Z"));
        assert_eq!(begins("10:00").as_deref(), Some("2026-11-28T10:00:00Z"));
        assert_eq!(begins("soon"), None);
    }
}
