//! The call center as a wallboard would have recorded it: counts by quarter of an hour, and whatever
//! is known at a moment.

use std::collections::BTreeMap;

use jiff::Timestamp;
use wallboard_domain::{Counter, Counters, QueueTarget};
use wallboard_forecast::{HandledContacts, PastDay, QUARTERS};
use wallboard_simulator::{
    Channel, PlayedContact, PlayedDay, PlayedShift,
    roster::{AGENTS, QueueNo},
};

pub(crate) struct CenterRecord {
    pub(crate) channel: Channel,
    pub(crate) days: Vec<RecordedDay>,
}

/// A day, with its times in seconds since midnight.
pub(crate) struct RecordedDay {
    pub(crate) weekday: u8,
    start: Timestamp,
    played: PlayedDay,
    pub(crate) queues: BTreeMap<QueueNo, QueueDayRecord>,
}

/// A queue's day by quarter of an hour.
pub(crate) struct QueueDayRecord {
    pub(crate) offered: [u32; QUARTERS],
    /// Seconds in which agents were signed in, and in which they paused.
    pub(crate) signed_in: [f64; QUARTERS],
    pub(crate) paused: [f64; QUARTERS],
    /// Answered contacts and how long they waited.
    pub(crate) answered: [u32; QUARTERS],
    pub(crate) waited: [f64; QUARTERS],
    pub(crate) handled: HandledContacts,
    /// Contacts that left, and the time that all waited.
    pub(crate) abandoned: f64,
    pub(crate) waited_in_all: f64,
    /// Contacts that rang at an agent in vain.
    pub(crate) missed: f64,
}

impl CenterRecord {
    pub(crate) fn new(channel: Channel, days: impl Iterator<Item = PlayedDay>) -> Self {
        let days = days.map(|day| RecordedDay::new(channel, day)).collect();
        Self { channel, days }
    }

    /// The days before one as a forecast reads them.
    pub(crate) fn past_days(&self, day: usize, queue: QueueNo, most: usize) -> Vec<PastDay> {
        let past = (1..=most).filter_map(|ago| Some((ago, &self.days[day.checked_sub(ago)?])));
        past.map(|(ago, past)| PastDay {
            weekday: past.weekday,
            days_ago: ago.try_into().unwrap(),
            contacts: past.queues[&queue].offered.map(Some),
        })
        .collect()
    }

    /// The same weekday of the last weeks.
    pub(crate) fn same_weekdays(&self, day: usize) -> impl Iterator<Item = &RecordedDay> {
        (1..=8).filter_map(move |week| Some(&self.days[day.checked_sub(7 * week)?]))
    }
}

impl RecordedDay {
    fn new(channel: Channel, played: PlayedDay) -> Self {
        let mut day = Self {
            weekday: played
                .date
                .weekday()
                .to_monday_zero_offset()
                .try_into()
                .unwrap(),
            start: played.bounds[0],
            played,
            queues: BTreeMap::new(),
        };
        day.queues = channel
            .queues()
            .map(|queue| (queue, day.record(queue)))
            .collect();
        day
    }

    fn record(&self, queue: QueueNo) -> QueueDayRecord {
        let mut record = QueueDayRecord {
            offered: [0; QUARTERS],
            signed_in: [0.0; QUARTERS],
            paused: [0.0; QUARTERS],
            answered: [0; QUARTERS],
            waited: [0.0; QUARTERS],
            handled: HandledContacts::default(),
            abandoned: 0.0,
            waited_in_all: 0.0,
            missed: 0.0,
        };
        for contact in self.contacts_of(queue) {
            record.offered[quarter_of(self.seconds(contact.entered))] += 1;
            let until = contact.answered.unwrap_or(contact.ended);
            let wait_s = self.seconds(until) - self.seconds(contact.entered);
            record.waited_in_all += wait_s;
            record.missed += f64::from(u8::from(contact.is_missed));
            let Some(answered) = contact.answered else {
                record.abandoned += 1.0;
                continue;
            };
            let quarter = quarter_of(self.seconds(answered));
            record.answered[quarter] += 1;
            record.waited[quarter] += wait_s;
            record.handled.count += 1.0;
            record.handled.total_s += self.seconds(contact.wrapped_up) - self.seconds(answered);
        }
        for shift in self.shifts_of(queue) {
            self.add_time(&mut record.signed_in, (shift.from, shift.to));
            for pause in &shift.pauses {
                self.add_time(&mut record.paused, *pause);
            }
        }
        record
    }

    fn add_time(&self, quarters: &mut [f64; QUARTERS], (from, to): (Timestamp, Timestamp)) {
        let (from_s, to_s) = (self.seconds(from), self.seconds(to));
        for (quarter, sum) in (0_u16..).zip(quarters) {
            let start_s = f64::from(quarter) * 900.0;
            *sum += (to_s.min(start_s + 900.0) - from_s.max(start_s)).max(0.0);
        }
    }

    pub(crate) fn seconds(&self, at: Timestamp) -> f64 {
        at.duration_since(self.start).as_secs_f64()
    }

    pub(crate) fn contacts(&self) -> &[PlayedContact] {
        &self.played.contacts
    }

    pub(crate) fn contacts_of(&self, queue: QueueNo) -> impl Iterator<Item = &PlayedContact> {
        let contacts = self.played.contacts.iter();
        contacts.filter(move |contact| contact.queue == queue)
    }

    pub(crate) fn shifts(&self) -> &[PlayedShift] {
        &self.played.shifts
    }

    fn shifts_of(&self, queue: QueueNo) -> impl Iterator<Item = &PlayedShift> {
        let serves = move |agent: usize| AGENTS[agent].serves(queue);
        self.played
            .shifts
            .iter()
            .filter(move |shift| serves(shift.agent))
    }

    /// How many contacts entered a queue in a part of the day.
    pub(crate) fn count_offered(&self, queue: QueueNo, from_s: f64, to_s: f64) -> u32 {
        let entered = self
            .contacts_of(queue)
            .map(|contact| self.seconds(contact.entered));
        let inside = entered.filter(|at_s| from_s < *at_s && *at_s <= to_s);
        inside.count().try_into().unwrap()
    }

    /// The service level of what ended in a part of the day, and the longest wait of all who waited
    /// in it.
    pub(crate) fn service(
        &self,
        queue: QueueNo,
        target: QueueTarget,
        (from_s, to_s): (f64, f64),
    ) -> (Option<f64>, f64) {
        let mut counters = Counters::LIVE;
        let mut longest_s: f64 = 0.0;
        for contact in self.contacts_of(queue) {
            let entered_s = self.seconds(contact.entered);
            let until_s = self.seconds(contact.answered.unwrap_or(contact.ended));
            if until_s <= from_s || to_s < entered_s {
                continue;
            }
            longest_s = longest_s.max(until_s.min(to_s) - entered_s);
            if to_s < until_s {
                continue;
            }
            let wait_s = until_s - entered_s;
            let is_within = i64::from(wait_s <= target.threshold_ms as f64 / 1000.0);
            if contact.answered.is_some() {
                counters.add(Counter::Answered, 1);
                counters.add(Counter::AnsweredWithin, is_within);
            } else if wait_s <= target.short_abandon_ms as f64 / 1000.0 {
                counters.add(Counter::ShortAbandoned, 1);
            } else {
                counters.add(Counter::Abandoned, 1);
            }
        }
        (counters.service_level(target.formula), longest_s)
    }
}

fn quarter_of(second: f64) -> usize {
    ((second / 900.0) as usize).min(QUARTERS - 1)
}
