//! The context of a history page: its query at a moment, in a zone.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use wallboard_boards::figure_text::{self, LabelRoom};
use wallboard_domain::{Id, ServiceLevelFormula, TargetInForce};
use wallboard_history::report::{ReportDimension, ReportStep};
use wallboard_texts::Texts;

use super::{
    chart,
    choice::{Comparison, HistoryView, IncludedDays, IncludedHours, Period, RowKind, RowStep},
    column::RatioRules,
    query::HistoryQuery,
    range::{Preset, TimeRange, TimeWindow},
    row_steps,
};

/// Names in one note, at most.
const NAMED_MAX: usize = 5;
/// A year of whole weeks.
const WEEKS_OF_YEAR: i64 = 52;

/// A query with its time range and step, before any data is read.
#[derive(Clone, Debug)]
pub(super) struct HistoryScope {
    pub(super) query: HistoryQuery,
    /// Of its reader's language.
    pub(super) texts: &'static Texts,
    pub(super) now: Timestamp,
    /// The moment from which periods such as "yesterday" count: now, or when a report was due.
    pub(super) as_of: Timestamp,
    pub(super) window: TimeWindow,
    /// The earlier period and its name: `Thu 12 Nov`.
    pub(super) before: Option<(TimeWindow, String)>,
    /// Of the intervals that are read.
    pub(super) step: ReportStep,
    /// Several days that a row of a table and a bar of a chart add up.
    pub(super) period: Option<Period>,
    /// The requested step is too short for this range.
    pub(super) is_coarser: bool,
    /// The site's time zone.
    pub(super) site: TimeZone,
    pub(super) zone_name: String,
    /// The page uses another zone than the site's.
    pub(super) is_foreign_zone: bool,
}

/// The service level settings of a page.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TargetTerms {
    pub(super) rules: RatioRules,
    pub(super) target: TargetInForce,
    /// Rows use different formulas.
    pub(super) has_own_formulas: bool,
}

impl TargetTerms {
    /// `Within 20 s`; "Service level" if queues differ.
    pub(super) fn level_label(&self, texts: &Texts) -> String {
        let (threshold_ms, formula) = (self.target.threshold_ms, self.formula());
        figure_text::write_service_level(texts, LabelRoom::Narrow, threshold_ms, formula)
    }

    /// The same within a sentence.
    pub(super) fn inline_level_label(&self, texts: &Texts) -> String {
        figure_text::write_inline_service_level(
            texts,
            LabelRoom::Narrow,
            self.target.threshold_ms,
            self.formula(),
        )
    }

    /// None if rows use different ones.
    fn formula(&self) -> Option<ServiceLevelFormula> {
        (!self.has_own_formulas).then_some(self.rules.formula)
    }
}

impl HistoryScope {
    pub(super) fn new(
        query: &HistoryQuery,
        now: Timestamp,
        site: &TimeZone,
        texts: &'static Texts,
    ) -> Self {
        Self::resolve(query, now, now, site, texts)
    }

    /// The same choices, with periods that count from another moment.
    pub(super) fn as_of(&self, at: Timestamp) -> Self {
        Self::resolve(&self.query, self.now, at, &self.site, self.texts)
    }

    fn resolve(
        query: &HistoryQuery,
        now: Timestamp,
        as_of: Timestamp,
        site: &TimeZone,
        texts: &'static Texts,
    ) -> Self {
        let chosen = query
            .zone
            .as_deref()
            .and_then(|name| TimeZone::get(name).ok());
        let zone = chosen.unwrap_or_else(|| site.clone());
        let window = query.range.resolve_window(as_of, &zone);
        let is_adherence = query.view == HistoryView::Adherence;
        let requested = query.step.unwrap_or_else(|| match window.day_count() {
            // Whether somebody kept to a schedule is a question of days.
            ..=120 if is_adherence => RowStep::Interval(ReportStep::Day),
            days => row_steps::fitting_step(days),
        });
        let allowed = row_steps::allowed_step(requested, window.day_count());
        let (step, period) = match allowed {
            RowStep::Interval(step) => (step, None),
            RowStep::Period(period) => (ReportStep::Day, Some(period)),
        };
        let days = days_back(query, &window).filter(|_| !is_adherence);
        let before = days.map(|days| {
            let before = window.shift_back(days);
            let is_recent = query.compare == Comparison::Week && query.compare_from.is_none();
            let name = if is_recent {
                before.short_label(texts)
            } else {
                before.describe(texts)
            };
            (before, name)
        });
        Self {
            query: query.clone(),
            texts,
            now,
            as_of,
            before,
            step,
            period,
            is_coarser: allowed != requested,
            is_foreign_zone: zone != *site,
            site: site.clone(),
            zone_name: zone_label(&zone),
            window,
        }
    }

    /// The same choices for another period.
    pub(super) fn with_range(&self, range: TimeRange) -> Self {
        let query = HistoryQuery {
            range,
            ..self.query.clone()
        };
        Self::resolve(&query, self.now, self.as_of, &self.site, self.texts)
    }

    /// Its address, with its days in place of those that count from a moment.
    pub(super) fn dated_path(&self) -> String {
        self.path_with(|query| {
            if !matches!(query.range, TimeRange::Between(..)) {
                query.range = self.window.days();
            }
        })
    }

    /// Whether the days of the week to include contain this moment.
    pub(super) fn includes_day_of(&self, at: Timestamp) -> bool {
        let local = at.to_zoned(self.zone().clone());
        self.query.days.includes(local.weekday())
    }

    /// Whether the times in which a queue is closed are left out.
    pub(super) fn leaves_out_closed(&self) -> bool {
        self.query.hours == IncludedHours::Open
    }

    /// Whether calls of the whole period can be listed: lists have all days of the week and all
    /// hours.
    pub(super) fn includes_all_times(&self) -> bool {
        self.query.includes_all_times()
    }

    /// The period in words, with the days of the week and the hours if only some are included.
    pub(super) fn describe_period(&self) -> String {
        let texts = self.texts;
        let mut period = self.window.describe(texts);
        if let Some(days) = self.query.days.write_inline(texts) {
            period = texts.period_of_days(period, days);
        }
        if self.leaves_out_closed() {
            period = texts.period_open(period);
        }
        period
    }

    pub(super) fn zone(&self) -> &TimeZone {
        &self.window.zone
    }

    /// The name of the earlier period, or empty.
    pub(super) fn before_name(&self) -> &str {
        self.before.as_ref().map_or("", |(_, name)| name)
    }

    /// The time of a row of a table by time.
    pub(super) fn row_step(&self) -> RowStep {
        (self.period).map_or(RowStep::Interval(self.step), RowStep::Period)
    }

    /// How many days before it the earlier period is; 0 without one.
    pub(super) fn days_back(&self) -> i64 {
        days_back(&self.query, &self.window).unwrap_or(0)
    }

    /// The chosen start of the earlier period, if it isn't before this one.
    pub(super) fn refused_comparison(&self) -> Option<Date> {
        self.query.compare_from.filter(|_| self.before.is_none())
    }

    /// The step for sums over the whole range: long steps are cheaper, and days align with all
    /// ranges but instants.
    pub(super) fn sum_step(&self) -> ReportStep {
        match self.query.range {
            TimeRange::Between(..) => ReportStep::Quarter,
            _ => ReportStep::Day,
        }
    }

    /// Whether the range is in progress.
    pub(super) fn is_ongoing(&self) -> bool {
        self.window.from <= self.now && self.now < self.window.to
    }

    /// The address with a changed choice, from its first page.
    pub(super) fn path_with(&self, change: impl FnOnce(&mut HistoryQuery)) -> String {
        let mut query = self.query.clone();
        query.cursor = None;
        change(&mut query);
        query.path_for("/history")
    }

    /// Whether it has more rows than a chart can have bars.
    pub(super) fn is_too_dense(&self) -> bool {
        chart::BARS_MAX < row_steps::row_count(self.row_step(), self.window.day_count())
    }

    /// The calls of the whole range with this reason, type or outcome.
    pub(super) fn coded_calls_path(&self, by: ReportDimension, id: Id) -> String {
        let calls = HistoryQuery {
            queues: self.query.queues.clone(),
            range: self.query.range,
            zone: self.query.zone.clone(),
            coded: Some((by, id)),
            ..HistoryQuery::default()
        };
        calls.path_for("/history/calls")
    }

    /// A heat map of a few days has hardly any rows, so it switches to four weeks.
    pub(super) fn view_path(&self, view: HistoryView) -> String {
        let is_short = self.window.day_count() < 7;
        self.path_with(|query| {
            query.view = view;
            query.sort = None;
            if view == HistoryView::Heatmap && is_short {
                query.range = TimeRange::Preset(Preset::FourWeeks);
            }
            if view == HistoryView::Adherence && query.agent.is_none() {
                query.queues.clear();
                query.hours = IncludedHours::All;
                if query.rows != RowKind::AgentGroup {
                    query.rows = RowKind::Agent;
                }
            } else if self.query.view == HistoryView::Adherence
                || (view == HistoryView::Plan && query.rows.code_dimension().is_some())
            {
                query.rows = RowKind::Time;
            }
        })
    }

    /// `10:00`, with the day if there are several, and the offset if an hour occurs twice.
    pub(super) fn time_label(&self, at: Timestamp) -> String {
        let local = at.to_zoned(self.zone().clone());
        if self.step == ReportStep::Day {
            return self.texts.short_day(local.date());
        }
        let offset = self.zone().to_ambiguous_zoned(local.datetime());
        let offset = if offset.is_ambiguous() { " %:z" } else { "" };
        let time = local.strftime(&format!("%H:%M{offset}")).to_string();
        self.with_day_of_several(at, time)
    }

    /// A time of day, with its day if the period has several.
    pub(super) fn with_day_of_several(&self, at: Timestamp, time: String) -> String {
        if self.window.day_count() <= 1 {
            return time;
        }
        let (texts, date) = (self.texts, self.local_date(at));
        let weekday = texts.weekday_short(date.weekday().to_monday_one_offset());
        texts.weekday_day_and_time(weekday, date.day(), texts.month_short(date.month()), time)
    }

    /// `10:00–10:30`
    pub(super) fn range_label(&self, from: Timestamp, to: Timestamp) -> String {
        if self.step == ReportStep::Day {
            return self.time_label(from);
        }
        let to = to.to_zoned(self.zone().clone());
        let to = match to.strftime("%H:%M").to_string() {
            midnight if midnight == "00:00" => "24:00".to_owned(),
            to => to,
        };
        self.texts.time_span(self.time_label(from), to)
    }

    /// A short label below a chart.
    pub(super) fn tick_label(&self, at: Timestamp) -> String {
        if self.step != ReportStep::Day && self.window.day_count() <= 2 {
            return self.texts.time(at, self.zone());
        }
        let date = self.local_date(at);
        let month = self.texts.month_short(date.month());
        if self.period == Some(Period::Month) {
            return month;
        }
        self.texts.day_of_month(date.day(), month)
    }

    pub(super) fn local_date(&self, at: Timestamp) -> Date {
        at.to_zoned(self.zone().clone()).date()
    }

    /// The first names, and how many more there are.
    pub(super) fn list_names(&self, mut names: Vec<String>) -> String {
        let more = names.len().saturating_sub(NAMED_MAX);
        names.truncate(NAMED_MAX);
        let names = names.join(", ");
        match more {
            0 => names,
            more => self.texts.names_and_more(names, more),
        }
    }

    /// `2026-11-19T10:00:00+01:00`
    pub(super) fn instant_label(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone().clone())
            .strftime("%Y-%m-%dT%H:%M:%S%:z")
            .to_string()
    }
}

/// How many days before a window the period is that it's compared with.
fn days_back(query: &HistoryQuery, window: &TimeWindow) -> Option<i64> {
    if let Some(first) = query.compare_from {
        let days = window.days_since(first);
        // Of some days of the week, the same ones are compared.
        let days = match query.days {
            IncludedDays::All => days,
            _ => (days + 6) / 7 * 7,
        };
        return (0 < days).then_some(days);
    }
    match query.compare {
        Comparison::Week => Some(7 * window.weeks_back()),
        Comparison::Year => Some(7 * window.weeks_back().max(WEEKS_OF_YEAR)),
        Comparison::Nothing => None,
    }
}

fn zone_label(zone: &TimeZone) -> String {
    match zone.iana_name() {
        None | Some("Etc/UTC") => "UTC".to_owned(),
        Some(name) => name.to_owned(),
    }
}

#[cfg(test)]
mod tests;
