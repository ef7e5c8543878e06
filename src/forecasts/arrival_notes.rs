//! The arrivals of today so far, noted from the day's total of each queue.

use std::collections::HashMap;

use jiff::civil::Date;

use wallboard_domain::QueueId;
use wallboard_forecast::RecentArrivals;

/// A total is dated every so many minutes, and the newest one.
const NOTE_MINUTES: f64 = 15.0;
/// Older ones hardly count, in minutes.
const NOTES_LAST: f64 = 8.0 * 60.0;

/// The totals of all queues today.
#[derive(Debug, Default)]
pub(super) struct ArrivalNotes {
    day: Date,
    totals: HashMap<QueueId, Vec<(f64, u64)>>,
}

impl ArrivalNotes {
    /// Notes a queue's total at a minute of a day. `None`: it is unknown now, so that what arrives
    /// until it is known again can't be told from what was counted late.
    pub(super) fn record(&mut self, day: Date, minute: f64, queue: &QueueId, total: Option<u64>) {
        if self.day != day {
            self.totals.clear();
            self.day = day;
        }
        let Some(total) = total else {
            self.totals.remove(queue);
            return;
        };
        let notes = self.totals.entry(queue.clone()).or_default();
        // A total that fell was corrected.
        if notes.last().is_some_and(|(_, before)| total < *before) {
            notes.clear();
        }
        if let [.., (start, _), (end, _)] = notes[..]
            && end - start < NOTE_MINUTES
        {
            notes.pop();
        }
        notes.retain(|(at, _)| minute - at < NOTES_LAST);
        notes.push((minute, total));
    }

    /// Returns what arrived between the notes of a queue.
    pub(super) fn recent(&self, queue: &QueueId) -> Vec<RecentArrivals> {
        let notes = self.totals.get(queue).map_or(&[][..], Vec::as_slice);
        let pairs = notes.windows(2).map(|pair| RecentArrivals {
            from_minute: pair[0].0,
            to_minute: pair[1].0,
            contacts: u32::try_from(pair[1].1 - pair[0].1).unwrap_or(u32::MAX),
        });
        pairs.collect()
    }
}
