//! The last weeks of a queue, as far as a forecast needs them.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use wallboard_domain::{CountBy, ForecastGap, OpeningHours, QueueId};
use wallboard_forecast::{ArrivalModel, HandledContacts, QUARTERS, StaffingOutlook};
use wallboard_history::report::{
    History, ReportError, ReportQuery, ReportRow, ReportStep, ReportSubject,
};
use wallboard_store::Store;

use super::past_sums::{PastSums, quarter_of};

/// Days of history that are read at once, and how often.
const PART_DAYS: i64 = 7;
const PARTS: i64 = 8;

/// The past of a queue or a group, for one day.
#[derive(Clone, Debug)]
pub(super) struct QueuePast {
    pub(super) model: ArrivalModel,
    pub(super) handled: HandledContacts,
    pub(super) patience_s: f64,
    pub(super) answer_delay_s: f64,
    /// Agents signed in on such weekdays, by quarter of an hour; all 0 if unknown.
    pub(super) signed_in: [f64; QUARTERS],
    pub(super) pause_share: f64,
}

/// The queue whose past is read, and the day that it is for.
pub(super) struct PastQuery<'q> {
    pub(super) queue: &'q QueueId,
    pub(super) day: Date,
    pub(super) zone: &'q TimeZone,
    pub(super) hours: Option<&'q OpeningHours>,
}

/// A past, or why there is none.
pub(super) struct LoadedSums {
    pub(super) past: Result<QueuePast, ForecastGap>,
    /// Whether any contact of it is known.
    pub(super) has_contacts: bool,
}

impl QueuePast {
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

impl PastQuery<'_> {
    /// Loads the weeks before the day, and fits the usual arrivals to them: as imported, and as boards showed them
    /// where no import covers a quarter of an hour.
    pub(super) async fn load(
        &self,
        history: &History,
        store: &Store,
    ) -> Result<LoadedSums, ReportError> {
        let mut sums = self.new_sums(1);
        if !self
            .add_rows(&mut sums, history, ReportStep::Quarter)
            .await?
        {
            sums = self.new_sums(4);
            self.add_rows(&mut sums, history, ReportStep::Hour).await?;
        }
        if sums.lacks_quarters() {
            let first = self.day.saturating_sub((PARTS * PART_DAYS).days());
            let snapshots = store.board_snapshots(self.queue.clone(), first, self.day);
            sums.add_snapshots(&snapshots.await?, self.zone);
        }
        Ok(LoadedSums {
            has_contacts: sums.has_contacts(),
            past: sums.into_past(self.zone),
        })
    }

    fn new_sums(&self, sample_quarters: usize) -> PastSums {
        PastSums::new(self, PARTS * PART_DAYS, sample_quarters)
    }

    /// Adds the rows of all parts, one after the other, so that few are in memory at once. Returns
    /// false, without all of them, if the history is coarser than quarters of an hour.
    async fn add_rows(
        &self,
        sums: &mut PastSums,
        history: &History,
        step: ReportStep,
    ) -> Result<bool, ReportError> {
        let bound = |days: i64| {
            let date = self.day.checked_sub(days.days()).ok()?;
            Some(date.to_zoned(self.zone.clone()).ok()?.timestamp())
        };
        for part in (0..PARTS).rev() {
            let Some(from) = bound((part + 1) * PART_DAYS) else {
                continue;
            };
            let Some(to) = bound(part * PART_DAYS) else {
                continue;
            };
            let rows = self.load_rows(history, [from, to], step).await?;
            let is_coarse = rows.iter().any(|row| row.is_utc && row.figures.is_none());
            if is_coarse && step == ReportStep::Quarter {
                return Ok(false);
            }
            let known = rows.iter().filter(|row| !row.is_partial && !row.is_utc);
            for row in known {
                if let Some(figures) = row.contact_figures() {
                    sums.add_import(figures, row.start, self.zone);
                }
            }
        }
        Ok(true)
    }

    async fn load_rows(
        &self,
        history: &History,
        [from, to]: [Timestamp; 2],
        step: ReportStep,
    ) -> Result<Vec<ReportRow>, ReportError> {
        let query = ReportQuery {
            subject: ReportSubject::Queue(self.queue.clone()),
            dimension: None,
            from,
            to,
            step,
            with_details: true,
            without_closed_times: false,
            zone: self.zone.clone(),
            count_by: CountBy::Event,
        };
        let series = history.load_intervals(query).await?.series;
        let rows = series.into_iter().flat_map(|series| series.rows);
        Ok(rows.collect())
    }
}
