//! The time that a replay shows.

use jiff::{Timestamp, TimestampRound, Unit, Zoned, tz::TimeZone};

use wallboard_texts::Texts;

/// The time of a replay, from its begin to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplayPeriod {
    pub from: Timestamp,
    pub to: Timestamp,
}

impl ReplayPeriod {
    /// "Replay of 20 Nov 10:42–11:42".
    pub fn note(self, texts: &Texts, zone: &TimeZone) -> String {
        let [from, to] = [self.from, self.to].map(|at| round_to_minute(at, zone));
        let start = texts.dated_time(&from);
        if from.date() == to.date() {
            texts.replay_of(start, texts.time(to.timestamp(), zone))
        } else {
            texts.replay_of_days(start, texts.dated_time(&to))
        }
    }
}

fn round_to_minute(at: Timestamp, zone: &TimeZone) -> Zoned {
    let minute = TimestampRound::new().smallest(Unit::Minute);
    at.round(minute).unwrap_or(at).to_zoned(zone.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn note_has_the_local_times_of_begin_and_end() {
        let oslo = TimeZone::get("Europe/Oslo").unwrap();
        let note = |from: &str, to: &str| {
            let [from, to] = [from, to].map(|at| at.parse().unwrap());
            ReplayPeriod { from, to }.note(Texts::english(), &oslo)
        };

        assert_eq!(
            note("2026-11-20T09:42:00Z", "2026-11-20T10:41:57Z"),
            "Replay of 20 Nov 10:42–11:42"
        );
        assert_eq!(
            note("2026-11-20T22:30:00Z", "2026-11-20T23:30:00Z"),
            "Replay of 20 Nov 23:30 – 21 Nov 00:30"
        );
    }
}
