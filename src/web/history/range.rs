//! The time range of a page: a preset, days or instants, in local time of a zone. Pure: now and
//! the zone are parameters.

use jiff::{Timestamp, ToSpan, Zoned, civil::Date, tz::TimeZone};

use wallboard_texts::Texts;

use super::choice::{Choice, ChoiceLabel};

/// A named time range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Preset {
    Today,
    Yesterday,
    /// The seven whole days before today.
    SevenDays,
    /// Since Monday, including today.
    Week,
    /// Since the first, including today.
    Month,
    /// The four whole weeks before today.
    FourWeeks,
}

impl Choice for Preset {
    const TABLE: &'static [(Self, &'static str, ChoiceLabel)] = &[
        (Self::Today, "today", Texts::today_heading),
        (Self::Yesterday, "yesterday", Texts::preset_yesterday),
        (Self::SevenDays, "7d", Texts::preset_seven_days),
        (Self::Week, "week", Texts::preset_week),
        (Self::Month, "month", Texts::preset_month),
        (Self::FourWeeks, "28d", Texts::preset_four_weeks),
    ];
}

impl Preset {
    /// The first day, and the day after the last.
    fn day_range(self, today: Date) -> (Date, Date) {
        let back = |days: i64| today.saturating_sub(days.days());
        let tomorrow = today.saturating_add(1.day());
        match self {
            Self::Today => (today, tomorrow),
            Self::Yesterday => (back(1), today),
            Self::SevenDays => (back(7), today),
            Self::Week => {
                let since_monday = today.weekday().to_monday_zero_offset();
                (back(since_monday.into()), tomorrow)
            }
            Self::Month => (today.first_of_month(), tomorrow),
            Self::FourWeeks => (back(28), today),
        }
    }
}

/// The time range in an address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum TimeRange {
    /// Today if it has data, else the last day that has any. Until that is known, today.
    #[default]
    LastDay,
    Preset(Preset),
    /// Both days inclusive.
    Days(Date, Date),
    /// Half-open.
    Between(Timestamp, Timestamp),
}

/// A range resolved at a moment in a zone, half-open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TimeWindow {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    pub(super) zone: TimeZone,
}

impl TimeRange {
    pub(super) fn resolve_window(self, now: Timestamp, zone: &TimeZone) -> TimeWindow {
        let start = |day: Date| match day.to_zoned(zone.clone()) {
            Ok(zoned) => zoned.timestamp(),
            // Only at the limits of time, where there are no calls.
            Err(_) => now,
        };
        let today = now.to_zoned(zone.clone()).date();
        let named = |preset: Preset| {
            let (first, end) = preset.day_range(today);
            (start(first), start(end))
        };
        let (from, to) = match self {
            Self::LastDay => named(Preset::Today),
            Self::Preset(preset) => named(preset),
            Self::Days(first, last) => (start(first), start(last.saturating_add(1.day()))),
            Self::Between(from, to) => (from, to),
        };
        TimeWindow {
            from,
            to,
            zone: zone.clone(),
        }
    }
}

impl TimeWindow {
    fn zoned_ends(&self) -> (Zoned, Zoned) {
        let to = self.to.saturating_sub(jiff::SignedDuration::from_secs(1));
        (
            self.from.to_zoned(self.zone.clone()),
            to.unwrap_or(self.to).to_zoned(self.zone.clone()),
        )
    }

    /// The number of calendar days it touches.
    pub(super) fn day_count(&self) -> i64 {
        let (first, last) = self.zoned_ends();
        let days = first
            .date()
            .until(last.date())
            .map_or(0, |days| days.get_days());
        i64::from(days) + 1
    }

    /// Its days.
    pub(super) fn days(&self) -> TimeRange {
        let (first, last) = self.zoned_ends();
        TimeRange::Days(first.date(), last.date())
    }

    /// The period of the same number of days right before (-1) or after (1) it, in whole days.
    pub(super) fn neighbor(&self, side: i64) -> TimeRange {
        let (first, last) = self.zoned_ends();
        let days = (side * self.day_count()).days();
        let shift = |date: Date| date.saturating_add(days);
        TimeRange::Days(shift(first.date()), shift(last.date()))
    }

    /// The same range this many days earlier, at the same local time.
    pub(super) fn shift_back(&self, days: i64) -> Self {
        let back = |at: Timestamp| {
            let at = at.to_zoned(self.zone.clone());
            at.saturating_sub(days.days()).timestamp()
        };
        Self {
            from: back(self.from),
            to: back(self.to),
            zone: self.zone.clone(),
        }
    }

    /// Days from a day to the first of this range.
    pub(super) fn days_since(&self, day: Date) -> i64 {
        let first = self.from.to_zoned(self.zone.clone()).date();
        first.duration_since(day).as_hours() / 24
    }

    /// The fewest weeks back without an overlap.
    pub(super) fn weeks_back(&self) -> i64 {
        (self.day_count() + 6) / 7
    }

    /// `Thu 19 Nov 2026`, `13–19 Nov 2026`, or with times if it isn't whole days.
    pub(super) fn describe(&self, texts: &Texts) -> String {
        self.write(texts, |days, date| {
            texts.dated_year(days, date.year().to_string())
        })
    }

    /// `Thu 12 Nov`, `6–12 Nov`: the year is the page's or the one before.
    pub(super) fn short_label(&self, texts: &Texts) -> String {
        self.write(texts, |days, _| days)
    }

    /// `dated` adds the year to days, or doesn't.
    fn write(&self, texts: &Texts, dated: impl Fn(String, Date) -> String) -> String {
        let (first, last) = self.zoned_ends();
        let is_whole = |at: Timestamp| {
            let at = at.to_zoned(self.zone.clone());
            at.start_of_day().is_ok_and(|start| start == at)
        };
        if is_whole(self.from) && is_whole(self.to) {
            return write_days(texts, first.date(), last.date(), dated);
        }
        let to = self.to.to_zoned(self.zone.clone());
        let day = |at: &Zoned| dated(texts.short_day(at.date()), at.date());
        let time = |at: &Zoned| texts.time(at.timestamp(), &self.zone);
        if first.date() == last.date() {
            let times = texts.time_span(time(&first), time(&to));
            return texts.times_of_day(day(&first), times);
        }
        format!(
            "{} {} – {} {}",
            day(&first),
            time(&first),
            day(&to),
            time(&to)
        )
    }
}

/// `Thu 19 Nov 2026`, `13–19 Nov 2026`, `28 Oct – 3 Nov 2026`.
pub(super) fn write_days(
    texts: &Texts,
    first: Date,
    last: Date,
    dated: impl Fn(String, Date) -> String,
) -> String {
    let day = |date: Date| texts.day_of_month(date.day(), texts.month_short(date.month()));
    if first == last {
        return dated(texts.short_day(first), first);
    }
    if (first.year(), first.month()) == (last.year(), last.month()) {
        let month = texts.month_short(last.month());
        return dated(texts.days_of_month(first.day(), last.day(), month), last);
    }
    let from = if first.year() == last.year() {
        day(first)
    } else {
        dated(day(first), first)
    };
    format!("{from} – {}", dated(day(last), last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stockholm() -> TimeZone {
        TimeZone::get("Europe/Stockholm").unwrap()
    }

    /// A Friday, 14:27 in Stockholm.
    fn now() -> Timestamp {
        "2026-11-20T13:27:00Z".parse().unwrap()
    }

    #[test]
    fn presets_are_whole_days_of_the_zone() {
        let words = |preset| {
            TimeRange::Preset(preset)
                .resolve_window(now(), &stockholm())
                .describe(Texts::english())
        };

        assert_eq!(words(Preset::Today), "Fri 20 Nov 2026");
        assert_eq!(words(Preset::Yesterday), "Thu 19 Nov 2026");
        assert_eq!(words(Preset::SevenDays), "13–19 Nov 2026");
        assert_eq!(words(Preset::Week), "16–20 Nov 2026");
        assert_eq!(words(Preset::Month), "1–20 Nov 2026");
        assert_eq!(words(Preset::FourWeeks), "23 Oct – 19 Nov 2026");
    }

    #[test]
    fn a_day_with_a_clock_change_keeps_its_real_length() {
        let day: Date = "2026-10-25".parse().unwrap();
        let window = TimeRange::Days(day, day).resolve_window(now(), &stockholm());

        assert_eq!(window.to.duration_since(window.from).as_hours(), 25);
        assert_eq!(window.day_count(), 1);
        assert_eq!(
            window.shift_back(7).describe(Texts::english()),
            "Sun 18 Oct 2026"
        );
        let before = window.shift_back(7);
        assert_eq!(before.to.duration_since(before.from).as_hours(), 24);
    }

    #[test]
    fn compared_periods_never_overlap() {
        let weeks = |preset| {
            TimeRange::Preset(preset)
                .resolve_window(now(), &stockholm())
                .weeks_back()
        };

        assert_eq!(weeks(Preset::Today), 1);
        assert_eq!(weeks(Preset::SevenDays), 1);
        assert_eq!(weeks(Preset::Month), 3);
        assert_eq!(weeks(Preset::FourWeeks), 4);
    }

    #[test]
    fn a_partial_day_is_described_with_its_times() {
        let range = TimeRange::Between(
            "2026-11-19T09:00:00Z".parse().unwrap(),
            "2026-11-19T09:30:00Z".parse().unwrap(),
        );

        assert_eq!(
            range
                .resolve_window(now(), &stockholm())
                .describe(Texts::english()),
            "Thu 19 Nov 2026, 10:00–10:30"
        );
    }
}
