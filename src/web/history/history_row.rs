//! A history row: the counters of an interval, a queue or an agent, and those of the earlier
//! period.

use std::cmp::Ordering;

use jiff::Timestamp;

use crate::web::plan::PlanFigures;
use wallboard_domain::{NaturalOrder, TargetInForce};
use wallboard_history::report::RowFigures;
use wallboard_texts::Texts;

use super::{
    column::{HistoryColumn, RatioRules, to_f64},
    met_half_hours::MetHalfHours,
    number::HistoryNumber,
};

#[derive(Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent fact of a row"
)]
pub(super) struct HistoryRow {
    /// `10:00`, or the name of a queue or agent.
    pub(super) name: String,
    /// For files: a timestamp with offset, or an ID.
    pub(super) id: String,
    pub(super) from: Option<Timestamp>,
    pub(super) to: Option<Timestamp>,
    /// `None` if nothing was imported.
    pub(super) figures: Option<RowFigures>,
    /// The same for the earlier period, if both were imported from the same sources.
    pub(super) before: Option<RowFigures>,
    pub(super) rules: RatioRules,
    /// Of a day or several; `None` if they aren't counted.
    pub(super) half_hours: Option<MetHalfHours>,
    /// Its plan, where a page shows it.
    pub(super) plan: Option<PlanFigures>,
    /// Not over yet.
    pub(super) is_ongoing: bool,
    /// Imported in part.
    pub(super) is_partial: bool,
    /// Some of its time is left out because queues were closed.
    pub(super) has_closed: bool,
    /// Counted by boards; not imported yet.
    pub(super) is_live: bool,
    /// A queue or agent that is disabled at the vendor.
    pub(super) is_disabled: bool,
    /// Has no parts if nothing is evaluated.
    pub(super) target: TargetInForce,
    /// The link of the name.
    pub(super) href: String,
    /// Whether its calls are stored.
    pub(super) has_calls: bool,
}

impl HistoryRow {
    /// Sums before ratios. Unknown rows add nothing; the page names them.
    pub(super) fn sum_rows(rows: &[Self], rules: RatioRules) -> Self {
        let sum =
            |pick: fn(&Self) -> Option<&RowFigures>| RowFigures::sum(rows.iter().filter_map(pick));
        let known = || rows.iter().filter(|row| row.figures.is_some());
        // Otherwise the two would be of different times.
        let is_compared = known().all(|row| row.before.is_some());
        let mut known = known().peekable();
        Self {
            figures: sum(|row| row.figures.as_ref()),
            before: sum(|row| row.before.as_ref()).filter(|_| is_compared),
            rules,
            from: rows.iter().filter_map(|row| row.from).min(),
            to: rows.iter().filter_map(|row| row.to).max(),
            is_partial: rows.iter().any(|row| row.is_partial),
            half_hours: (rows.iter().filter_map(|row| row.half_hours)).reduce(MetHalfHours::merge),
            plan: (rows.iter().filter_map(|row| row.plan)).reduce(PlanFigures::merge),
            // Board counts have no calls behind them.
            is_live: known.peek().is_some() && known.all(|row| row.is_live),
            has_calls: rows.iter().any(|row| row.has_calls),
            ..Self::default()
        }
    }

    pub(super) fn value(&self, column: HistoryColumn) -> Option<HistoryNumber> {
        match column {
            HistoryColumn::AnswerWithin => (self.target.threshold_ms)
                .map(|millis| HistoryNumber::Seconds(to_f64(millis / 1000))),
            HistoryColumn::Target => {
                (self.target.service_level_percent).map(HistoryNumber::Percent)
            }
            HistoryColumn::MetHalfHours => self.half_hours?.percent().map(HistoryNumber::Percent),
            HistoryColumn::Forecast => self.plan?.contacts.map(HistoryNumber::Expected),
            HistoryColumn::Reforecast => self.plan?.reforecast.map(HistoryNumber::Expected),
            HistoryColumn::Deviation => self.plan?.deviation_percent().map(HistoryNumber::Change),
            HistoryColumn::ForecastHandleTime => {
                self.plan?.handle_time().map(HistoryNumber::Seconds)
            }
            HistoryColumn::RequiredAgents => self.plan?.required_agents().map(HistoryNumber::Mean),
            HistoryColumn::ReforecastAgents => {
                self.plan?.reforecast_agents().map(HistoryNumber::Mean)
            }
            HistoryColumn::RequiredTime => self.plan?.required_time().map(HistoryNumber::Hours),
            HistoryColumn::ScheduledAgents => {
                self.plan?.scheduled_agents().map(HistoryNumber::Mean)
            }
            HistoryColumn::ScheduledAgentTime => {
                let scheduled = self.plan?.scheduled?;
                Some(HistoryNumber::Hours(to_f64(scheduled.agent_seconds)))
            }
            HistoryColumn::PlanStaffedAgents => {
                self.plan?.staffed_agents().map(HistoryNumber::Mean)
            }
            HistoryColumn::StaffedTime => {
                let staffed = self.plan?.staffed?;
                Some(HistoryNumber::Hours(to_f64(staffed.agent_seconds)))
            }
            column => {
                let figures = if column.is_comparison() {
                    &self.before
                } else {
                    &self.figures
                };
                column.value(figures.as_ref()?, self.rules)
            }
        }
    }

    pub(super) fn service_level(&self) -> Option<f64> {
        match self.value(HistoryColumn::ServiceLevel)? {
            HistoryNumber::Percent(percent) => Some(percent),
            _ => None,
        }
    }

    /// Whether all of it was imported.
    pub(super) fn is_whole(&self) -> bool {
        self.figures.is_some() && !self.is_partial
    }

    /// Orders rows by name, as lists do.
    pub(super) fn compare_names(&self, other: &Self) -> Ordering {
        (NaturalOrder(&self.name), &self.id).cmp(&(NaturalOrder(&other.name), &other.id))
    }

    /// False while the interval is in progress or if it was imported in part.
    pub(super) fn is_complete(&self) -> bool {
        !self.is_ongoing && !self.is_partial
    }

    /// Whether it is complete, with enough contacts.
    pub(super) fn is_judged(&self) -> bool {
        let limits = self.target.miss_limits;
        self.is_complete() && limits.is_some_and(|limits| limits.is_judged(self.judged_contacts()))
    }

    pub(super) fn is_missed(&self) -> bool {
        let level = self.service_level().zip(self.target.miss_limits);
        self.is_complete()
            && level.is_some_and(|(level, limits)| limits.is_missed(level, self.judged_contacts()))
    }

    fn judged_contacts(&self) -> Option<i64> {
        match &self.figures {
            Some(RowFigures::Contacts(counters)) => Some(counters.judged_contacts()),
            _ => None,
        }
    }

    /// Whether the other row begins where this one ends.
    pub(super) fn is_followed_by(&self, other: &Self) -> bool {
        self.to == other.from
    }

    /// Labels in a file.
    pub(super) fn file_labels<'t>(&self, texts: &'t Texts) -> Vec<&'t str> {
        let no_data = self.figures.is_none().then(|| texts.no_data_label());
        let missed = self.is_missed().then(|| texts.mark_missed());
        let labels = no_data.into_iter().chain(self.page_labels(texts));
        labels.chain(missed).collect()
    }

    /// Labels on a page, where the row itself shows that it has no data or is missed.
    pub(super) fn page_labels<'t>(
        &self,
        texts: &'t Texts,
    ) -> impl Iterator<Item = &'t str> + use<'t> {
        let is_partial = self.is_partial && self.figures.is_some() && !self.is_ongoing;
        let labels = [
            self.is_ongoing.then(|| texts.mark_so_far()),
            is_partial.then(|| texts.mark_partial()),
            self.is_live.then(|| texts.mark_live()),
            self.is_disabled.then(|| texts.mark_disabled()),
        ];
        labels.into_iter().flatten()
    }
}
