//! The time that a shift's page is about.

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Time, tz::TimeZone};
use serde::Deserialize;

use crate::web::{
    parts::links::form_urlencode,
    rewind::{RewindFailure, invalid_moment},
};
use wallboard_domain::{moment, parse_moment};
use wallboard_texts::Texts;

/// At most one midnight lies within.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// As it stands in the address.
#[derive(Debug, Deserialize)]
pub(super) struct ShiftQuery {
    from: Option<String>,
    to: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Shift {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    /// It hasn't ended: `to` is now.
    pub(super) is_open: bool,
    pub(super) zone: TimeZone,
}

impl Shift {
    /// Checks an address. By default, a shift is today until now.
    pub(super) fn resolve(
        query: &ShiftQuery,
        zone: &TimeZone,
        now: Timestamp,
    ) -> Result<Self, RewindFailure> {
        let parse = |key, text: &Option<String>| {
            let text = text.as_deref().filter(|text| !text.is_empty());
            let parse =
                |text| parse_moment(text, zone, now).ok_or_else(|| invalid_moment(key, text));
            text.map(parse).transpose()
        };
        let to = parse("to", &query.to)?.filter(|to| *to < now);
        let is_open = to.is_none();
        let to = to.unwrap_or(now);
        let from = parse("from", &query.from)?.unwrap_or_else(|| moment::day_start(to, zone));
        // A night shift began the day before.
        let is_night = to <= from && query.from.as_deref().is_some_and(is_time_of_day);
        let from = if is_night {
            day_before(from, zone)
        } else {
            from
        };
        if to <= from {
            return Err(RewindFailure::Invalid("from must be before to".to_owned()));
        }
        if LONGEST < to.duration_since(from) {
            return Err(RewindFailure::Invalid(
                "from and to must be within 24 hours".to_owned(),
            ));
        }
        Ok(Self {
            from,
            to,
            is_open,
            zone: zone.clone(),
        })
    }

    /// Its parts, each within one business day: a day's figures begin at midnight.
    pub(super) fn parts(&self) -> Vec<(Timestamp, Timestamp)> {
        let midnight = moment::day_start(self.to, &self.zone);
        if midnight <= self.from || midnight == self.to {
            return vec![(self.from, self.to)];
        }
        let last_moment = moment::plus_millis(midnight, -1);
        vec![(self.from, last_moment), (midnight, self.to)]
    }

    pub(super) fn starts_with_day(&self, at: Timestamp) -> bool {
        at == moment::day_start(at, &self.zone)
    }

    /// "Sat 21 Nov 08:00–16:00"
    pub(super) fn title(&self, texts: &Texts) -> String {
        let day = texts.short_day(self.from.to_zoned(self.zone.clone()).date());
        let times = texts.time_range(self.from, Some(self.to), &self.zone);
        if self.is_open {
            texts.shift_times_now(day, times)
        } else {
            texts.shift_times(day, times)
        }
    }

    /// The address of this shift.
    pub(super) fn address(&self) -> String {
        let [from, to] = [self.from, self.to].map(|at| form_urlencode(&self.local(at)));
        format!("/shift?from={from}&to={to}")
    }

    /// The address of the same shift on any day; of today until now if it hasn't ended.
    pub(super) fn daily_address(&self) -> String {
        if self.is_open {
            return "/shift".to_owned();
        }
        let [from, to] = [self.from, self.to].map(|at| {
            let at = at.to_zoned(self.zone.clone());
            at.strftime("%H:%M").to_string()
        });
        format!("/shift?from={from}&to={to}")
    }

    /// A time for a form.
    pub(super) fn local(&self, at: Timestamp) -> String {
        let at = at.to_zoned(self.zone.clone());
        at.strftime("%Y-%m-%d %H:%M").to_string()
    }
}

/// "22:00"
fn is_time_of_day(text: &str) -> bool {
    !text.contains('-') && text.parse::<Time>().is_ok()
}

/// The same time of the day before.
fn day_before(at: Timestamp, zone: &TimeZone) -> Timestamp {
    let before = at.to_zoned(zone.clone()).checked_sub(1.day());
    before.map_or(at, |before| before.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(from: &str, to: &str) -> Result<Vec<(String, String)>, String> {
        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        let query = ShiftQuery {
            from: Some(from.to_owned()),
            to: Some(to.to_owned()),
        };
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        let shift = Shift::resolve(&query, &zone, now).map_err(|failure| failure.to_string())?;
        let parts = shift.parts().into_iter();
        Ok(parts
            .map(|(from, to)| (from.to_string(), to.to_string()))
            .collect())
    }

    #[test]
    fn a_shift_is_today_by_default_and_is_split_at_midnight() {
        let part = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        assert_eq!(
            resolve("", "").unwrap(),
            [part("2026-11-20T23:00:00Z", "2026-11-21T12:00:00Z")]
        );
        assert_eq!(
            resolve("2026-11-20T22:00", "2026-11-21T06:00").unwrap(),
            [
                part("2026-11-20T21:00:00Z", "2026-11-20T22:59:59.999Z"),
                part("2026-11-20T23:00:00Z", "2026-11-21T05:00:00Z"),
            ]
        );
    }

    #[test]
    fn a_time_of_day_that_is_not_before_the_end_is_of_the_day_before() {
        let parts = resolve("22:00", "06:00").unwrap();
        let (from, _) = &parts[0];
        assert_eq!(from, "2026-11-20T21:00:00Z");
        assert_eq!(parts[1].1, "2026-11-21T05:00:00Z");
        // It has begun yesterday, and lasts.
        let (from, _) = &resolve("14:00", "").unwrap()[0];
        assert_eq!(from, "2026-11-20T13:00:00Z");
    }

    #[test]
    fn impossible_shifts_are_refused() {
        for (from, to, why) in [
            ("2026-11-21T10:00", "09:00", "from must be before to"),
            ("2026-11-19T10:00", "2026-11-21T10:00", "within 24 hours"),
            ("soon", "", "from=soon"),
        ] {
            let refused = resolve(from, to).unwrap_err();
            assert!(refused.contains(why), "{refused}");
        }
    }
}
