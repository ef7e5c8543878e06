//! Reads the series of a history page from the store: of its time range, and of the earlier period
//! at the same hours of the same weekdays.

use wallboard_domain::{Id, SourceId};
use wallboard_history::report::{
    History, Report, ReportDimension, ReportError, ReportQuery, ReportRow, ReportSeries,
    ReportStep, ReportSubject,
};

use super::{
    comparison::{self, ComparedSource, ComparisonGaps},
    history_row::HistoryRow,
    range::TimeWindow,
    scope::HistoryScope,
    subjects::HistorySubjects,
};

/// Reads the series of a query: one of all that it selects, or one for each queue or agent.
pub(super) struct SeriesReader<'a> {
    pub(super) history: &'a History,
    pub(super) scope: &'a HistoryScope,
    pub(super) subject: ReportSubject,
    pub(super) dimension: Option<ReportDimension>,
    /// Only these series; empty: all.
    pub(super) only: Vec<Id>,
    /// Only what this source has; `None`: all sources together.
    pub(super) source: Option<SourceId>,
}

impl<'a> SeriesReader<'a> {
    /// Reads one series, of all that the query selects.
    pub(super) fn new(history: &'a History, scope: &'a HistoryScope) -> Self {
        Self {
            history,
            scope,
            subject: scope.query.subject(),
            dimension: None,
            only: Vec::new(),
            source: None,
        }
    }

    /// The same of one source.
    pub(super) fn of_source(&self, source: SourceId) -> Self {
        Self {
            subject: self.subject.clone(),
            only: self.only.clone(),
            source: Some(source),
            ..*self
        }
    }

    /// Compares the rows with the earlier period, each source with itself.
    pub(super) async fn compare(
        &self,
        known: &HistorySubjects,
        now: Vec<ReportRow>,
        times: &mut [HistoryRow],
    ) -> Result<ComparisonGaps, ReportError> {
        let (scope, step) = (self.scope, self.scope.step);
        let mut compared = Vec::new();
        let mut add = |name, now, before| {
            let before = single_rows(before);
            compared.push(ComparedSource::new(scope, name, now, before));
        };
        let sources = known.queried_sources(&scope.query);
        if sources.len() <= 1 {
            let source = sources.first().map(|source| known.site.source_name(source));
            let name = source.unwrap_or_else(|| scope.texts.export_source().to_owned());
            add(name, now, self.read_comparison(step).await?);
        } else {
            for source in sources {
                let reader = self.of_source(source.clone());
                let now = single_rows(reader.read_series(&scope.window, step).await?);
                let name = known.site.source_name(source);
                add(name, now, reader.read_comparison(step).await?);
            }
        }
        Ok(comparison::compare_rows(scope, compared, times))
    }

    pub(super) async fn read_series(
        &self,
        window: &TimeWindow,
        step: ReportStep,
    ) -> Result<Vec<ReportSeries>, ReportError> {
        Ok(self.read_report(window, step).await?.series)
    }

    pub(super) async fn read_report(
        &self,
        window: &TimeWindow,
        step: ReportStep,
    ) -> Result<Report, ReportError> {
        let query = ReportQuery {
            subject: self.subject.clone(),
            dimension: self.dimension,
            from: window.from,
            to: window.to,
            step,
            with_details: true,
            without_closed_times: self.scope.leaves_out_closed(),
            zone: self.scope.zone().clone(),
            count_by: self.scope.query.count_by,
        };
        let mut report = match &self.source {
            None => self.history.load_intervals(query).await?,
            Some(source) => {
                let loaded = self.history.load_source_intervals(query, source.clone());
                loaded.await?
            }
        };
        report.series.retain(|series| {
            self.only.is_empty() || self.only.iter().any(|id| id.to_string() == series.id)
        });
        for one in &mut report.series {
            one.rows.retain(|row| self.scope.includes_day_of(row.start));
        }
        Ok(report)
    }

    /// Reads the range that the query is compared with; empty if there is none.
    pub(super) async fn read_comparison(
        &self,
        step: ReportStep,
    ) -> Result<Vec<ReportSeries>, ReportError> {
        match &self.scope.before {
            Some((window, _)) => self.read_series(window, step).await,
            None => Ok(Vec::new()),
        }
    }
}

/// The intervals of the only series; none if its source has nothing of the subject.
pub(super) fn single_rows(series: Vec<ReportSeries>) -> Vec<ReportRow> {
    let mut series = series.into_iter();
    series.next().map_or_else(Vec::new, |only| only.rows)
}
