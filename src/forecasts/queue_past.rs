//! The last weeks of a queue, as far as a forecast needs them.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use wallboard_domain::{ContactFigures, CountBy, Counter, ForecastGap, QueueId};
use wallboard_forecast::{ArrivalModel, HandledContacts, PastDay, QUARTERS, StaffingOutlook};
use wallboard_history::report::{
    History, ReportError, ReportQuery, ReportRow, ReportStep, ReportSubject,
};

/// Days of history that are read at once, and how often.
const PART_DAYS: i64 = 7;
const PARTS: i64 = 8;
/// Abandons without which patience is unknown, and the patience then assumed, in seconds.
const ABANDONED_MIN: f64 = 5.0;
const USUAL_PATIENCE_S: f64 = 300.0;
/// Answers of a quarter of an hour from which its average speed of answer counts.
const ANSWERED_MIN: i64 = 2;
/// Pauses that are longer leave nobody to forecast with.
const PAUSE_SHARE_MAX: f64 = 0.6;
/// The quarters of an hour in which this share had a shorter wait are those without a queue.
const QUIET_SHARE: f64 = 0.25;

/// The past of a queue or a group, for one day.
#[derive(Clone, Debug)]
pub(super) struct QueuePast {
    pub(super) model: ArrivalModel,
    pub(super) handled: HandledContacts,
    pub(super) patience_s: f64,
    pub(super) answer_delay_s: f64,
    /// Agents signed in on such weekdays, by quarter of an hour; all 0 if unknown.
    signed_in: [f64; QUARTERS],
    pause_share: f64,
}

/// Sums over the rows of the past days.
struct PastSums {
    /// Yesterday, and the days from there on backwards.
    newest: Date,
    days: Vec<PastDay>,
    handled: HandledContacts,
    abandoned: f64,
    waited_s: f64,
    /// The average speed of answer of each quarter of an hour.
    answer_s: Vec<f64>,
    signed_in: [f64; QUARTERS],
    ready_s: f64,
    logged_in_s: f64,
}

impl QueuePast {
    /// Loads the weeks before `day`, and fits the usual arrivals to them.
    pub(super) async fn load(
        history: &History,
        queue: &QueueId,
        day: Date,
        zone: &TimeZone,
    ) -> Result<Result<Self, ForecastGap>, ReportError> {
        let weekday = weekday_of(day);
        let mut sums = PastSums::new(day);
        let quarters = sums.load(history, queue, day, zone, ReportStep::Quarter, 1);
        if quarters.await? {
            return Ok(sums.into_past(weekday, 1));
        }
        let mut sums = PastSums::new(day);
        let hours = sums.load(history, queue, day, zone, ReportStep::Hour, 4);
        hours.await?;
        Ok(sums.into_past(weekday, 4))
    }

    /// Returns how the agents usually change between two minutes of the day.
    pub(super) fn staffing(&self, from_minute: f64, to_minute: f64) -> StaffingOutlook {
        let [here, later] = [from_minute, to_minute - 0.1].map(|minute| {
            let quarter = quarter_of(minute);
            self.signed_in[quarter]
        });
        let usual = StaffingOutlook::default();
        StaffingOutlook {
            end_ratio: if 0.0 < here { later / here } else { 1.0 },
            pause_share: self.pause_share,
            ..usual
        }
    }
}

impl PastSums {
    fn new(day: Date) -> Self {
        let days = (1..=PARTS * PART_DAYS).filter_map(|ago| {
            Some(PastDay {
                weekday: weekday_of(day.checked_sub(ago.days()).ok()?),
                days_ago: u32::try_from(ago).ok()?,
                contacts: [None; QUARTERS],
            })
        });
        Self {
            newest: day.yesterday().unwrap_or(day),
            days: days.collect(),
            handled: HandledContacts::default(),
            abandoned: 0.0,
            waited_s: 0.0,
            answer_s: Vec::new(),
            signed_in: [0.0; QUARTERS],
            ready_s: 0.0,
            logged_in_s: 0.0,
        }
    }

    /// Adds the rows of all parts, one after the other, so that few are in memory at once. Returns
    /// false, without all of them, if the history is coarser than quarters of an hour.
    async fn load(
        &mut self,
        history: &History,
        queue: &QueueId,
        day: Date,
        zone: &TimeZone,
        step: ReportStep,
        sample_quarters: usize,
    ) -> Result<bool, ReportError> {
        let weekday = weekday_of(day);
        let bound = |days: i64| {
            let date = day.checked_sub(days.days()).ok()?;
            Some(date.to_zoned(zone.clone()).ok()?.timestamp())
        };
        for part in (0..PARTS).rev() {
            let Some(from) = bound((part + 1) * PART_DAYS) else {
                continue;
            };
            let Some(to) = bound(part * PART_DAYS) else {
                continue;
            };
            let rows = load_rows(history, queue, [from, to], zone, step).await?;
            let is_coarse = rows.iter().any(|row| row.is_utc && row.figures.is_none());
            if is_coarse && step == ReportStep::Quarter {
                return Ok(false);
            }
            let known = rows.iter().filter(|row| !row.is_partial && !row.is_utc);
            for row in known {
                if let Some(figures) = row.contact_figures() {
                    self.add(figures, row.start, zone, sample_quarters, weekday);
                }
            }
        }
        Ok(true)
    }

    fn add(
        &mut self,
        figures: &ContactFigures,
        start: Timestamp,
        zone: &TimeZone,
        sample_quarters: usize,
        weekday: u8,
    ) {
        let counters = &figures.counters;
        let local = start.to_zoned(zone.clone());
        let first = quarter_of(f64::from(local.hour()) * 60.0 + f64::from(local.minute()));
        let date = local.date();
        let end = (first + sample_quarters).min(QUARTERS);
        if let Some(offered) = counters.get(Counter::Offered)
            && let Ok(offered) = u32::try_from(offered)
            && let Some(day) = self.find_day(date)
        {
            for (contacts, part) in day.contacts[first..end].iter_mut().zip(0..) {
                *contacts = Some(contacts.unwrap_or(0) + part_of(offered, part, sample_quarters));
            }
        }
        let handled = count(counters.get(Counter::Handled));
        if let Some(mean_s) = counters.average_handle_time() {
            self.handled.count += handled;
            self.handled.total_s += handled * mean_s;
        }
        let answered = counters.get(Counter::Waits);
        let waits = figures
            .waits
            .iter()
            .flat_map(|waits| waits.abandoned.iter());
        self.waited_s += waits
            .map(|(wait_s, left)| f64::from(wait_s) * f64::from(left))
            .sum::<f64>();
        self.abandoned += count(counters.get(Counter::Abandoned));
        if let Some(mean_s) = counters.average_speed_of_answer() {
            self.waited_s += mean_s * count(answered);
            if answered.is_some_and(|answered| ANSWERED_MIN <= answered) {
                self.answer_s.push(mean_s);
            }
        }
        if let Some(staffing) = figures.staffing {
            self.logged_in_s += count(Some(staffing.logged_in));
            self.ready_s += count(Some(staffing.ready)) + count(Some(staffing.engaged));
            if weekday_of(date) == weekday {
                self.signed_in[first] += count(Some(staffing.logged_in));
            }
        }
    }

    fn find_day(&mut self, date: Date) -> Option<&mut PastDay> {
        let newest = self.newest;
        let ago = newest.since(date).ok()?.get_days();
        self.days.get_mut(usize::try_from(ago).ok()?)
    }

    fn into_past(mut self, weekday: u8, sample_quarters: usize) -> Result<QueuePast, ForecastGap> {
        self.days
            .retain(|day| day.contacts.iter().any(Option::is_some));
        if self.days.is_empty() {
            return Err(ForecastGap::NoHistory);
        }
        let model = ArrivalModel::fit(&self.days, weekday, sample_quarters);
        self.answer_s.sort_by(f64::total_cmp);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            clippy::cast_sign_loss,
            reason = "within the list"
        )]
        let quiet = (self.answer_s.len() as f64 * QUIET_SHARE) as usize;
        let patience_s = self.waited_s / self.abandoned.max(1.0);
        let pause_share = 1.0 - self.ready_s / self.logged_in_s.max(1.0);
        Ok(QueuePast {
            model: model.ok_or(ForecastGap::FewDays)?,
            handled: self.handled,
            patience_s: if self.abandoned < ABANDONED_MIN {
                USUAL_PATIENCE_S.max(patience_s)
            } else {
                patience_s.max(1.0)
            },
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

async fn load_rows(
    history: &History,
    queue: &QueueId,
    [from, to]: [Timestamp; 2],
    zone: &TimeZone,
    step: ReportStep,
) -> Result<Vec<ReportRow>, ReportError> {
    let query = ReportQuery {
        subject: ReportSubject::Queue(queue.clone()),
        dimension: None,
        from,
        to,
        step,
        with_details: true,
        without_closed_times: false,
        zone: zone.clone(),
        count_by: CountBy::Event,
    };
    let series = history.load_intervals(query).await?.series;
    let rows = series.into_iter().flat_map(|series| series.rows);
    Ok(rows.collect())
}

fn weekday_of(day: Date) -> u8 {
    day.weekday().to_monday_zero_offset().unsigned_abs()
}

/// The quarter of an hour of a minute of the day.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a minute of the day"
)]
fn quarter_of(minute: f64) -> usize {
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
