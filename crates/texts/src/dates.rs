//! How a language writes moments. Times have 24 hours in each of them.

use jiff::{Timestamp, Zoned, civil::Date, tz::TimeZone};

use super::texts::Texts;

impl Texts {
    /// `14:02` in the site's zone.
    pub fn time(&self, at: Timestamp, zone: &TimeZone) -> String {
        at.to_zoned(zone.clone()).strftime("%H:%M").to_string()
    }

    /// `14:02:10`, for disconnects.
    pub fn time_with_seconds(&self, at: Timestamp, zone: &TimeZone) -> String {
        at.to_zoned(zone.clone()).strftime("%H:%M:%S").to_string()
    }

    /// `14:02`, with the date unless it's today.
    pub fn time_or_day(&self, at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
        self.with_day_unless_today(self.time(at, zone), at, now, zone)
    }

    /// `14:02:10`, with the date unless it's today.
    pub fn moment(&self, at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
        self.with_day_unless_today(self.time_with_seconds(at, zone), at, now, zone)
    }

    /// `Fri 20 Nov 14:02:10`
    pub fn dated_moment(&self, at: Timestamp, zone: &TimeZone) -> String {
        let time = self.time_with_seconds(at, zone);
        let at = at.to_zoned(zone.clone());
        let (weekday, month) = (
            self.weekday_short(weekday(&at)),
            self.month_short(at.month()),
        );
        self.weekday_day_and_time(weekday, at.day(), month, time)
    }

    /// `20 Nov 14:02`
    pub fn dated_time(&self, at: &Zoned) -> String {
        let time = self.time(at.timestamp(), at.time_zone());
        self.day_and_time(at.day(), self.month_short(at.month()), time)
    }

    /// `Fri 20 Nov`
    pub fn short_day(&self, date: Date) -> String {
        let weekday = date.weekday().to_monday_one_offset();
        self.dated_weekday(
            self.weekday_short(weekday),
            date.day(),
            self.month_short(date.month()),
        )
    }

    /// `20 Nov 2026`
    pub fn date_of(&self, at: Timestamp, zone: &TimeZone) -> String {
        let at = at.to_zoned(zone.clone());
        let year = at.year().to_string();
        self.date(at.day(), self.month_short(at.month()), year)
    }

    /// `14:02–14:10`, or `since 14:02`.
    pub fn time_range(&self, from: Timestamp, to: Option<Timestamp>, zone: &TimeZone) -> String {
        match to {
            Some(to) => {
                let (from, to) = (self.time(from, zone), self.time(to, zone));
                // Within one minute, it's that minute.
                if from == to {
                    from
                } else {
                    format!("{from}–{to}")
                }
            }
            None => self.since_time(self.time(from, zone)),
        }
    }

    /// When a closed queue opens: `08:00`, `Mon 08:00` within the next days, or `4 Jan 08:00`.
    pub fn opening_time(&self, at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
        let time = self.time(at, zone);
        let (opens, today) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()).date());
        let days = today.until(opens.date()).map_or(0, |span| span.get_days());
        match days {
            0 => time,
            1..=6 => self.weekday_and_time(self.weekday_short(weekday(&opens)), time),
            _ => self.day_and_time(opens.day(), self.month_short(opens.month()), time),
        }
    }

    /// `Friday 20 November`.
    pub fn day(&self, at: Timestamp, zone: &TimeZone) -> String {
        let at = at.to_zoned(zone.clone());
        self.whole_day(self.weekday(weekday(&at)), at.day(), self.month(at.month()))
    }

    fn with_day_unless_today(
        &self,
        time: String,
        at: Timestamp,
        now: Timestamp,
        zone: &TimeZone,
    ) -> String {
        let at = at.to_zoned(zone.clone());
        if at.date() == now.to_zoned(zone.clone()).date() {
            time
        } else {
            self.day_and_time(at.day(), self.month_short(at.month()), time)
        }
    }
}

/// Monday is 1.
fn weekday(at: &Zoned) -> i8 {
    at.weekday().to_monday_one_offset()
}
