//! Contacts handled of each queue in the last hours, noted from the day's counters. Only of queues whose contacts we
//! count: means that a vendor reports can't be subtracted.

use std::collections::HashMap;

use jiff::{civil::Date, tz::TimeZone};

use wallboard_domain::{BoardSnapshot, Counter, Counters, QueueId};
use wallboard_forecast::HandledContacts;

use super::arrival_notes::minute_of_day;

/// A note is made every so many minutes.
const NOTE_MINUTES: f64 = 15.0;
/// Contacts handled before aren't recent.
const RECENT_MINUTES: f64 = 120.0;

/// The totals of all queues today, each with its minute of the day. The first is the newest that isn't recent.
#[derive(Debug, Default)]
pub(super) struct HandledNotes {
    day: Date,
    notes: HashMap<QueueId, Vec<(f64, HandledContacts)>>,
}

impl HandledNotes {
    /// Begins a queue's day with what was recorded of it before this process started.
    pub(super) fn restore(
        &mut self,
        day: Date,
        queue: &QueueId,
        recorded: &[BoardSnapshot],
        zone: &TimeZone,
    ) {
        for snapshot in recorded {
            if let Some(total) = snapshot.sums.as_ref().and_then(handled_contacts) {
                let minute = minute_of_day(&snapshot.at.to_zoned(zone.clone()));
                self.record(day, minute, queue, total);
            }
        }
    }

    /// Notes what was handled of a queue today until a minute of the day.
    pub(super) fn record(
        &mut self,
        day: Date,
        minute: f64,
        queue: &QueueId,
        total: HandledContacts,
    ) {
        if self.day != day {
            self.notes.clear();
            self.day = day;
        }
        let notes = self.notes.entry(queue.clone()).or_default();
        // A total that fell has begun again.
        notes.retain(|(_, note)| note.count <= total.count);
        let is_due = |(last, _): &(f64, _)| NOTE_MINUTES <= minute - last;
        if notes.last().is_none_or(is_due) {
            notes.push((minute, total));
        }
        let old = notes.partition_point(|(note, _)| RECENT_MINUTES <= minute - note);
        notes.drain(..old.saturating_sub(1));
    }

    /// Returns what was handled of a queue recently, of today's total; all of today where that isn't known.
    pub(super) fn recent(
        &self,
        queue: &QueueId,
        minute: f64,
        total: HandledContacts,
    ) -> HandledContacts {
        let first = self.notes.get(queue).and_then(|notes| notes.first());
        let before = first.filter(|(note, _)| RECENT_MINUTES <= minute - note);
        before.map_or(total, |(_, before)| HandledContacts {
            count: (total.count - before.count).max(0.0),
            total_s: (total.total_s - before.total_s).max(0.0),
        })
    }
}

/// Returns what a day's counters say was handled.
pub(super) fn handled_contacts(counters: &Counters) -> Option<HandledContacts> {
    let mean_s = counters.average_handle_time()?;
    #[expect(clippy::cast_precision_loss, reason = "the contacts of a day")]
    let count = counters.get(Counter::Handled)? as f64;
    Some(HandledContacts::of_mean(count, mean_s))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recent_is_what_was_handled_in_the_last_two_hours() {
        let (day, queue) = (Date::default(), QueueId::new(&"chat".into(), "1"));
        let total = HandledContacts::of_mean;
        let mut notes = HandledNotes::default();
        assert_eq!(
            notes.recent(&queue, 600.0, total(80.0, 300.0)),
            total(80.0, 300.0)
        );
        // From ten o'clock on, contacts take twice as long.
        for quarter in 0..=12 {
            let after = 5.0 * f64::from(quarter);
            let handled = HandledContacts {
                count: 80.0 + after,
                total_s: 80.0 * 300.0 + after * 600.0,
            };
            let minute = 600.0 + 15.0 * f64::from(quarter);
            notes.record(day, minute, &queue, handled);
            let recent = notes.recent(&queue, minute, handled);
            let expected = if quarter < 8 {
                handled
            } else {
                total(40.0, 600.0)
            };
            assert_eq!(recent, expected, "{minute}");
        }
        // Begun again.
        notes.record(day, 795.0, &queue, total(3.0, 200.0));
        assert_eq!(
            notes.recent(&queue, 800.0, total(3.0, 200.0)),
            total(3.0, 200.0)
        );
    }
}
