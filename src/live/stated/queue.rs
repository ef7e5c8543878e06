//! Figures of a queue, and of an agent's day, as their vendor states them.

use jiff::Timestamp;

use crate::domain::{Metric, Stated, Value};

use crate::live::{picture::Queue, reading::Reading};

use super::Word;

const NOBODY: Option<Value> = None;

impl Word {
    /// Returns the time that teaches its source's clock.
    pub(super) fn on_queue(&self, queue: &mut Queue, stated: &Stated) -> Option<Timestamp> {
        let Stated::Figure(metric, value) = *stated else {
            return None;
        };
        queue.gives.as_ref()?.binary_search(&metric).ok()?;
        let before = queue.readings.get(metric);
        let taught = self.teaches(before.and_then(|before| before.at));
        let reading = match metric {
            Metric::LongestWait => self.longest(value, before),
            metric => self.figure(metric, value, before),
        };
        let nobody = metric == Metric::Waiting && reading.known() == Some(Value::Count(0));
        queue.readings.insert(metric, reading);
        if nobody && queue.readings.get(Metric::LongestWait).is_some() {
            // Whoever had waited longest waits no more.
            let longest = self.reading(NOBODY, None);
            queue.readings.insert(Metric::LongestWait, longest);
        }
        if matches!(metric, Metric::Waiting | Metric::LongestWait) {
            queue.note_trail(self.live, self.generation, self.now);
        }
        taught
    }

    pub(super) fn figure(
        &self,
        metric: Metric,
        value: Option<Value>,
        before: Option<&Reading>,
    ) -> Reading {
        let Some(value) = value else {
            return self.invalid(before);
        };
        let since = if metric.is_of_the_day() {
            self.counted_since(metric, value, before)
        } else {
            None
        };
        self.reading(Some(value), since)
    }

    /// A running clock; 0 is nobody's.
    fn longest(&self, value: Option<Value>, before: Option<&Reading>) -> Reading {
        let Some(value) = value else {
            return self.invalid(before);
        };
        let waited = value.number();
        if waited <= 0.0 {
            return self.reading(NOBODY, None);
        }
        let before = before.filter(|before| before.known().is_some());
        let again = before.filter(|before| {
            before.at.is_some() && before.at == self.at && before.value == Some(value)
        });
        // Told again, it has run on here meanwhile.
        let since = again
            .and_then(|again| again.since)
            .unwrap_or_else(|| self.began(waited, before.and_then(|before| before.since)));
        self.reading(Some(value), Some(since))
    }

    /// From when on the vendor has counted. A total that falls has begun anew: at
    /// midnight, if that lies between what was said last and now.
    fn counted_since(
        &self,
        metric: Metric,
        value: Value,
        before: Option<&Reading>,
    ) -> Option<Timestamp> {
        let before = before.filter(|_| metric.is_total());
        let (Some(before), Some(starts)) = (before, self.starts) else {
            return self.starts;
        };
        let last = before.value.map(Value::number);
        if last.is_none_or(|last| last <= value.number()) {
            return before.since;
        }
        Some(if self.wall_of(before.heard) <= starts {
            starts
        } else {
            self.now.wall
        })
    }
}
