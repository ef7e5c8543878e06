//! Sums over the past days of a queue, and what a forecast makes of them.

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};

use wallboard_domain::{
    BoardSnapshot, ContactFigures, Counter, Counters, ForecastGap, Metric, QUARTER_SECONDS,
};
use wallboard_forecast::{ArrivalModel, HandledContacts, PastDay, QUARTERS};

use super::{
    exceptional_hours::ExceptionalHours,
    handled_notes::handled_contacts,
    queue_past::{PastQuery, QueuePast},
};

/// Abandons without which patience is unknown, and the patience then assumed, in seconds.
const ABANDONED_MIN: f64 = 5.0;
const USUAL_PATIENCE_S: f64 = 300.0;
/// Answers of a quarter of an hour from which its average speed of answer counts.
const ANSWERED_MIN: i64 = 2;
/// Pauses that are longer leave nobody to forecast with.
const PAUSE_SHARE_MAX: f64 = 0.6;
/// The quarters of an hour in which this share had a shorter wait are those without a queue.
const QUIET_SHARE: f64 = 0.25;

pub(super) struct PastSums {
    /// The day that they are for.
    day: Date,
    /// Yesterday, and the days from there on backwards.
    days: Vec<SummedDay>,
    /// Of how many quarters of an hour an import has only the sum.
    sample_quarters: usize,
    hours: Option<ExceptionalHours>,
    handled: HandledContacts,
    patience: PatienceSums,
    /// The average speed of answer of each quarter of an hour.
    answer_s: Vec<f64>,
    signed_in: [f64; QUARTERS],
    ready_s: f64,
    logged_in_s: f64,
}

struct SummedDay {
    date: Date,
    past: PastDay,
    /// The quarters of an hour that an import covers: nothing else counts in them.
    is_imported: [bool; QUARTERS],
}

/// The waits of everybody, and how many of them left. Only of times in which both are known.
#[derive(Default)]
struct PatienceSums {
    abandoned: f64,
    waited_s: f64,
}

impl PastSums {
    pub(super) fn new(query: &PastQuery<'_>, days: i64, sample_quarters: usize) -> Self {
        let days = (1..=days).filter_map(|ago| {
            let date = query.day.checked_sub(ago.days()).ok()?;
            Some(SummedDay {
                date,
                past: PastDay {
                    weekday: weekday_of(date),
                    days_ago: u32::try_from(ago).ok()?,
                    contacts: [None; QUARTERS],
                },
                is_imported: [false; QUARTERS],
            })
        });
        Self {
            day: query.day,
            days: days.collect(),
            sample_quarters,
            hours: query.hours.map(ExceptionalHours::new),
            handled: HandledContacts::default(),
            patience: PatienceSums::default(),
            answer_s: Vec::new(),
            signed_in: [0.0; QUARTERS],
            ready_s: 0.0,
            logged_in_s: 0.0,
        }
    }

    /// Adds a row of the history.
    pub(super) fn add_import(
        &mut self,
        figures: &ContactFigures,
        start: Timestamp,
        zone: &TimeZone,
    ) {
        let (date, first) = local_quarter(start, zone);
        let end = (first + self.sample_quarters).min(QUARTERS);
        if let Some(day) = self.find_day(date) {
            day.is_imported[first..end].fill(true);
        }
        self.add_contacts(&figures.counters, date, first, self.sample_quarters, zone);
        self.patience.add(figures);
        if let Some(staffing) = figures.staffing {
            self.logged_in_s += count(Some(staffing.logged_in));
            self.ready_s += count(Some(staffing.ready)) + count(Some(staffing.engaged));
            if weekday_of(date) == weekday_of(self.day) {
                for quarter in &mut self.signed_in[first..end] {
                    *quarter += count(Some(staffing.logged_in));
                }
            }
        }
    }

    /// Whether an import leaves out some quarter of an hour.
    pub(super) fn lacks_quarters(&self) -> bool {
        let mut days = self.days.iter();
        days.any(|day| day.is_imported.iter().any(|is_imported| !is_imported))
    }

    /// Adds what boards showed of a queue, in the quarters of an hour that no import covers. One at whose ends
    /// nothing was recorded, or in which contacts may have been missed, stays unknown.
    pub(super) fn add_snapshots(&mut self, snapshots: &[BoardSnapshot], zone: &TimeZone) {
        for index in 0..self.days.len() {
            let date = self.days[index].date;
            let on_day = BoardSnapshot::of_day(snapshots, date);
            let midnight = date.to_zoned(zone.clone());
            let next = date.tomorrow().and_then(|next| next.to_zoned(zone.clone()));
            let (Some(_), Ok(midnight), Ok(next)) = (on_day.first(), midnight, next) else {
                continue;
            };
            let (mut start, next) = (midnight.timestamp(), next.timestamp());
            while start < next {
                let end = start + SignedDuration::from_secs(QUARTER_SECONDS);
                let (_, quarter) = local_quarter(start, zone);
                let ends = [start, end].map(|at| BoardSnapshot::find_at(on_day, date, at));
                if let [Some(before), Some(after)] = ends
                    && !self.days[index].is_imported[quarter]
                {
                    self.add_contacts(&after.since(before), date, quarter, 1, zone);
                }
                start = end;
            }
            if !self.days[index].is_imported.contains(&true) {
                self.handled.add(reported_handled(on_day));
            }
        }
    }

    /// Adds the contacts of some quarters of an hour, from the `first` of a day on.
    fn add_contacts(
        &mut self,
        counters: &Counters,
        date: Date,
        first: usize,
        quarters: usize,
        zone: &TimeZone,
    ) {
        let end = (first + quarters).min(QUARTERS);
        let offered = counters.get(Counter::Offered);
        let offered = offered.and_then(|offered| u32::try_from(offered).ok());
        let is_exceptional = |quarter| {
            let hours = self.hours.as_ref();
            hours.is_some_and(|hours| hours.is_exceptional(date, quarter, zone))
        };
        let is_exceptional: Vec<bool> = (first..end).map(is_exceptional).collect();
        if let Some(offered) = offered
            && let Some(day) = self.find_day(date)
        {
            let parts = day.past.contacts[first..end].iter_mut().zip(0..);
            for ((contacts, part), is_exceptional) in parts.zip(is_exceptional) {
                let offered = contacts.unwrap_or(0) + part_of(offered, part, quarters);
                *contacts = (!is_exceptional).then_some(offered);
            }
        }
        if let Some(handled) = handled_contacts(counters) {
            self.handled.add(handled);
        }
        let answered = counters.get(Counter::Waits);
        if let Some(mean_s) = counters.average_speed_of_answer()
            && answered.is_some_and(|answered| ANSWERED_MIN <= answered)
        {
            self.answer_s.push(mean_s);
        }
    }

    fn find_day(&mut self, date: Date) -> Option<&mut SummedDay> {
        self.days.iter_mut().find(|day| day.date == date)
    }

    pub(super) fn has_contacts(&self) -> bool {
        let mut contacts = self.days.iter().flat_map(|day| day.past.contacts);
        contacts.any(|contacts| contacts.is_some_and(|contacts| 0 < contacts))
    }

    pub(super) fn into_past(mut self, zone: &TimeZone) -> Result<QueuePast, ForecastGap> {
        let days = self.days.into_iter().map(|day| day.past);
        let days: Vec<PastDay> = days
            .filter(|day| day.contacts.iter().any(Option::is_some))
            .collect();
        if days.is_empty() {
            return Err(ForecastGap::NoHistory);
        }
        let model = ArrivalModel::fit(&days, weekday_of(self.day), self.sample_quarters);
        let mut model = model.ok_or(ForecastGap::FewDays)?;
        if let Some(hours) = &self.hours {
            model.close_quarters(|quarter| hours.is_closed(self.day, quarter, zone));
        }
        self.answer_s.sort_by(f64::total_cmp);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            clippy::cast_sign_loss,
            reason = "within the list"
        )]
        let quiet = (self.answer_s.len() as f64 * QUIET_SHARE) as usize;
        let pause_share = 1.0 - self.ready_s / self.logged_in_s.max(1.0);
        Ok(QueuePast {
            model,
            handled: self.handled,
            patience_s: self.patience.seconds(),
            answer_delay_s: self.answer_s.get(quiet).copied().unwrap_or_default(),
            signed_in: self.signed_in,
            pause_share: if 0.0 < self.logged_in_s {
                pause_share.clamp(0.0, PAUSE_SHARE_MAX)
            } else {
                0.0
            },
        })
    }
}

impl PatienceSums {
    fn add(&mut self, figures: &ContactFigures) {
        let counters = &figures.counters;
        let answered = counters.get(Counter::Waits);
        let answered_s = match answered {
            Some(0) => Some(0.0),
            _ => counters
                .average_speed_of_answer()
                .map(|mean_s| mean_s * count(answered)),
        };
        let (Some(waits), Some(answered_s)) = (&figures.waits, answered_s) else {
            return;
        };
        let abandoned = waits.abandoned.iter();
        let abandoned_s = abandoned.map(|(wait_s, left)| f64::from(wait_s) * f64::from(left));
        self.waited_s += answered_s + abandoned_s.sum::<f64>();
        self.abandoned += count(counters.get(Counter::Abandoned));
    }

    fn seconds(&self) -> f64 {
        let patience_s = self.waited_s / self.abandoned.max(1.0);
        if self.abandoned < ABANDONED_MIN {
            USUAL_PATIENCE_S.max(patience_s)
        } else {
            patience_s.max(1.0)
        }
    }
}

/// Returns what was handled on a day by the vendor's own mean, of a queue whose contacts we don't count.
fn reported_handled(on_day: &[BoardSnapshot]) -> HandledContacts {
    let last = on_day.iter().rev().find(|snapshot| snapshot.is_up_to_date);
    let reported = last.filter(|last| last.sums.is_none()).and_then(|last| {
        let mean_s = last.figures.get(Metric::AverageHandleTime)?;
        let answered = last.figures.get(Metric::Answered)?;
        Some(HandledContacts::of_mean(answered, mean_s))
    });
    reported.unwrap_or_default()
}

pub(super) fn weekday_of(day: Date) -> u8 {
    day.weekday().to_monday_zero_offset().unsigned_abs()
}

/// The local day of a time, and the quarter of an hour in it.
fn local_quarter(at: Timestamp, zone: &TimeZone) -> (Date, usize) {
    let local = at.to_zoned(zone.clone());
    let minute = f64::from(local.hour()) * 60.0 + f64::from(local.minute());
    (local.date(), quarter_of(minute))
}

/// The quarter of an hour of a minute of the day.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a minute of the day"
)]
pub(super) fn quarter_of(minute: f64) -> usize {
    ((minute / 15.0) as usize).min(QUARTERS - 1)
}

/// A part of a number that is spread evenly.
fn part_of(number: u32, part: u32, parts: usize) -> u32 {
    let parts = u32::try_from(parts).unwrap_or(1);
    number * (part + 1) / parts - number * part / parts
}

#[expect(
    clippy::cast_precision_loss,
    reason = "some weeks of contacts or seconds"
)]
fn count(number: Option<i64>) -> f64 {
    number.unwrap_or_default() as f64
}

#[cfg(test)]
mod tests;
