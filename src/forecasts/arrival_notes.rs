//! The arrivals of today so far, noted from the day's total of each queue.

use std::collections::HashMap;

use jiff::{Zoned, civil::Date, tz::TimeZone};

use wallboard_domain::{BoardSnapshot, Counter, Metric, QueueId};
use wallboard_forecast::RecentArrivals;

/// A total is dated every so many minutes, and the newest one.
const NOTE_MINUTES: f64 = 15.0;
/// Less says nothing of a day, in minutes.
const UNBROKEN_MIN: f64 = 30.0;
/// Older ones hardly count, in minutes.
const NOTES_LAST: f64 = 8.0 * 60.0;

/// The totals of all queues today.
#[derive(Debug, Default)]
pub(super) struct ArrivalNotes {
    day: Date,
    totals: HashMap<QueueId, QueueNotes>,
}

#[derive(Debug, Default)]
struct QueueNotes {
    notes: Vec<TotalNote>,
    /// Arrivals from the last note until the next are unknown.
    is_interrupted: bool,
}

#[derive(Clone, Copy, Debug)]
struct TotalNote {
    minute: f64,
    total: u64,
    /// Arrivals since the note before are unknown.
    begins_segment: bool,
}

impl ArrivalNotes {
    /// Whether a queue has notes of a day, or is known to have none.
    pub(super) fn has_begun(&self, day: Date, queue: &QueueId) -> bool {
        self.day == day && self.totals.contains_key(queue)
    }

    /// Begins a queue's day with what was recorded of it before this process started.
    pub(super) fn restore(
        &mut self,
        day: Date,
        queue: &QueueId,
        recorded: &[BoardSnapshot],
        zone: &TimeZone,
    ) {
        let notes = self.begin(day, queue);
        let mut before: Option<&BoardSnapshot> = None;
        for snapshot in recorded {
            let is_counted = before.is_some_and(|before| {
                let since = snapshot.since(before);
                since.get(Counter::Offered).is_some()
            });
            notes.is_interrupted |= !is_counted;
            if let Some(total) = snapshot.figures.get(Metric::Offered) {
                let minute = minute_of_day(&snapshot.at.to_zoned(zone.clone()));
                notes.record(minute, to_count(total));
            }
            before = Some(snapshot);
        }
        notes.is_interrupted = true;
    }

    /// Notes a queue's total at a minute of a day. `None`: it is unknown now, so that what arrives
    /// until it is known again can't be told from what was counted late.
    pub(super) fn record(&mut self, day: Date, minute: f64, queue: &QueueId, total: Option<f64>) {
        let notes = self.begin(day, queue);
        match total {
            Some(total) => notes.record(minute, to_count(total)),
            None => notes.is_interrupted = true,
        }
    }

    fn begin(&mut self, day: Date, queue: &QueueId) -> &mut QueueNotes {
        if self.day != day {
            self.totals.clear();
            self.day = day;
        }
        self.totals.entry(queue.clone()).or_default()
    }

    /// Returns what arrived until a minute of the day without a gap; nothing of less than half an hour.
    pub(super) fn unbroken(&self, queue: &QueueId, minute: f64) -> Vec<RecentArrivals> {
        let mut parts = self.recent(queue);
        let mut begin = minute;
        let unbroken = parts.iter().rev().take_while(|part| {
            let is_next = begin - part.to_minute < 0.5;
            if is_next {
                begin = part.from_minute;
            }
            is_next
        });
        let broken = parts.len() - unbroken.count();
        if minute - begin < UNBROKEN_MIN {
            return Vec::new();
        }
        parts.split_off(broken)
    }

    /// Returns what arrived between the notes of a queue.
    pub(super) fn recent(&self, queue: &QueueId) -> Vec<RecentArrivals> {
        let notes = self.totals.get(queue);
        let notes = notes.map_or(&[][..], |notes| notes.notes.as_slice());
        let pairs = notes.windows(2).filter(|pair| !pair[1].begins_segment);
        let arrivals = pairs.map(|pair| RecentArrivals {
            from_minute: pair[0].minute,
            to_minute: pair[1].minute,
            contacts: u32::try_from(pair[1].total - pair[0].total).unwrap_or(u32::MAX),
        });
        arrivals.collect()
    }
}

impl QueueNotes {
    fn record(&mut self, minute: f64, total: u64) {
        let last = self.notes.last();
        // A total that fell was corrected, or has begun again.
        let fell = last.is_none_or(|last| total < last.total);
        let begins_segment = self.is_interrupted || fell;
        self.is_interrupted = false;
        if !begins_segment
            && let [.., start, end] = self.notes[..]
            && !end.begins_segment
            && end.minute - start.minute < NOTE_MINUTES
        {
            self.notes.pop();
        }
        self.notes.retain(|note| minute - note.minute < NOTES_LAST);
        self.notes.push(TotalNote {
            minute,
            total,
            begins_segment,
        });
    }
}

pub(super) fn minute_of_day(local: &Zoned) -> f64 {
    f64::from(local.hour()) * 60.0 + f64::from(local.minute()) + f64::from(local.second()) / 60.0
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of contacts"
)]
fn to_count(total: f64) -> u64 {
    total as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_minute_costs_only_what_arrived_around_it() {
        let (day, queue) = (Date::default(), QueueId::new(&"chat".into(), "1"));
        let mut notes = ArrivalNotes::default();
        for (minute, total) in [
            (600.0, Some(10.0)),
            (615.0, Some(14.0)),
            (616.0, None),
            (620.0, Some(30.0)),
            (621.0, Some(31.0)),
            // Corrected.
            (640.0, Some(29.0)),
            (655.0, Some(34.0)),
        ] {
            notes.record(day, minute, &queue, total);
        }

        let arrivals: Vec<_> = (notes.recent(&queue).into_iter())
            .map(|one| (one.from_minute, one.to_minute, one.contacts))
            .collect();
        let expected = [(600.0, 615.0, 4), (620.0, 621.0, 1), (640.0, 655.0, 5)];
        assert_eq!(arrivals, expected);
        let unbroken = |notes: &ArrivalNotes, minute| {
            let parts = notes.unbroken(&queue, minute).into_iter();
            parts.map(|part| part.contacts).collect::<Vec<_>>()
        };
        assert_eq!(unbroken(&notes, 655.0), [0; 0], "a quarter of an hour");
        notes.record(day, 670.0, &queue, Some(40.0));
        assert_eq!(unbroken(&notes, 670.0), [5, 6]);
        assert_eq!(unbroken(&notes, 700.0), [0; 0], "nothing until then");
    }
}
