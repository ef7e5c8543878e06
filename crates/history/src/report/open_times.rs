//! The times in which a report's queues are open, for reports that leave out the rest. A quarter
//! hour counts if it starts while the queue is open.

use std::{collections::HashMap, rc::Rc};

use jiff::Timestamp;

use crate::intervals::{DAY, QUARTER, TimeSpan};
use wallboard_domain::{OpeningHours, SourceId};
use wallboard_store::{StoreError, StoreView};

use super::{ClosedTime, ReportQuery, report_catalog::ReportCatalog};

/// Spans of whole quarter hours, in order, without overlaps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct OpenSpans(Vec<TimeSpan>);

/// The open times of all queues with opening hours; other queues are always open.
#[derive(Debug, Default)]
pub(super) struct OpenTimes(HashMap<SourceId, HashMap<String, Rc<OpenSpans>>>);

impl OpenTimes {
    /// The open times of all queues around a report's buckets; none if it has closed times too.
    pub(super) fn load(
        view: &StoreView<'_>,
        catalog: &ReportCatalog<'_>,
        query: &ReportQuery,
        buckets: &[TimeSpan],
    ) -> Result<Self, StoreError> {
        let mut times = Self::default();
        let (Some(first), Some(last)) = (buckets.first(), buckets.last()) else {
            return Ok(times);
        };
        if !query.without_closed_times {
            return Ok(times);
        }
        // Rows of UTC hours and days reach beyond the buckets.
        let around = TimeSpan {
            start: first.start - DAY,
            end: last.end + DAY,
        };
        let mut known: Vec<(&OpeningHours, Rc<OpenSpans>)> = Vec::new();
        for (queue, hours) in catalog.opening_hours(view)? {
            let found = known.iter().find(|(one, _)| std::ptr::eq(*one, hours));
            let spans = found.map(|(_, spans)| Rc::clone(spans));
            let spans = spans.unwrap_or_else(|| {
                let spans = Rc::new(OpenSpans::new(hours, around));
                known.push((hours, Rc::clone(&spans)));
                spans
            });
            let queues = times.0.entry(queue.source).or_default();
            queues.insert(queue.external.to_string(), spans);
        }
        Ok(times)
    }

    /// When a queue is open, by its stored id; `None` if always.
    pub(super) fn of_queue(&self, source: &SourceId, external: &str) -> Option<&Rc<OpenSpans>> {
        self.0.get(source)?.get(external)
    }
}

impl OpenSpans {
    fn new(hours: &OpeningHours, around: TimeSpan) -> Self {
        let [from, to] = [around.start, around.end].map(Timestamp::from_second);
        let (Ok(from), Ok(to)) = (from, to) else {
            return Self::default();
        };
        let next_quarter = |at: Timestamp| {
            let second = at.as_second();
            second + (-second).rem_euclid(QUARTER)
        };
        let spans = hours.open_spans(from, to).into_iter();
        let spans = spans.map(|(start, end)| TimeSpan {
            start: next_quarter(start),
            end: next_quarter(end),
        });
        Self(spans.filter(|span| span.start < span.end).collect())
    }

    /// How much of a span is closed.
    pub(super) fn closed_time_within(&self, span: TimeSpan) -> ClosedTime {
        match self.seconds_within(span) {
            0 => ClosedTime::All,
            seconds if seconds == span.seconds() => ClosedTime::Nothing,
            _ => ClosedTime::Part,
        }
    }

    /// The open seconds of a span.
    pub(super) fn seconds_within(&self, span: TimeSpan) -> i64 {
        let first = self.0.partition_point(|open| open.end <= span.start);
        let open = self.0[first..].iter();
        let open = open.take_while(|open| open.start < span.end);
        open.map(|open| open.end.min(span.end) - open.start.max(span.start))
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::tz::TimeZone;

    use wallboard_domain::OpenPeriod;

    use super::*;

    /// Midnight of Friday, 2026-11-20, in UTC.
    const START: i64 = 1_795_132_800;

    fn open_seconds(periods: &[(i64, i64)], (from, to): (i64, i64)) -> i64 {
        let periods = periods.iter().map(|(from_minute, to_minute)| OpenPeriod {
            from_minute: *from_minute,
            to_minute: *to_minute,
        });
        let hours = OpeningHours {
            zone: TimeZone::UTC,
            week: std::array::from_fn(|_| periods.clone().collect()),
            dates: BTreeMap::new(),
            holidays: wallboard_domain::ClosedDays::default(),
        };
        let around = TimeSpan {
            start: START,
            end: START + DAY,
        };
        let minute = |minute: i64| START + 60 * minute;
        OpenSpans::new(&hours, around).seconds_within(TimeSpan {
            start: minute(from),
            end: minute(to),
        })
    }

    #[test]
    fn quarter_hours_count_if_they_start_while_open() {
        let (eight, ten) = (8 * 60, 10 * 60);
        let count = |period, span| open_seconds(&[period], span) / QUARTER;

        assert_eq!(count((eight, ten), (0, 1440)), 8);
        assert_eq!(count((eight + 5, ten + 5), (0, 1440)), 8);
        assert_eq!(count((eight + 5, ten + 5), (eight, eight + 15)), 0);
        assert_eq!(count((eight + 5, ten + 5), (ten, ten + 15)), 1);
        assert_eq!(count((eight + 5, eight + 10), (0, 1440)), 0);
        assert_eq!(count((eight, ten), (ten - 30, ten + 30)), 2);
        let split = [(eight, eight + 60), (ten, ten + 60)];
        assert_eq!(open_seconds(&split, (eight + 30, ten + 30)), 3600);
    }
}
