//! Historical reports for pages and the API: figures of intervals, breakdowns, and the calls
//! behind them. Nothing is recomputed here: sums are added, and ratios taken last.

mod agent_day;
mod agent_schedules;
mod bucket_filling;
mod call_list;
mod config;
mod covered_times;
mod day_plan;
mod error;
mod export_catalog;
mod export_columns;
#[cfg(any(test, feature = "testing"))]
#[allow(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "only tests use it"
)]
pub mod fixture;
mod handled_calls;
mod linked_systems;
mod open_times;
mod query;
mod repeat_contacts;
mod report_builder;
mod report_catalog;
mod report_range;
mod row_reader;
mod scheduled_teams;
mod series_draft;
mod session_coverage;
mod site_plan;
mod staffing;
mod subject_entry;
mod summable;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod without_closed_times_tests;

use std::sync::Arc;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use parking_lot::RwLock;

use wallboard_domain::{DataScope, QueueId, SourceId};
use wallboard_store::{NameClass, Store, StoreError, StoreView, WaitingPeak};

pub use super::adherence::{
    AdherenceFigures, AgentAdherence, ClassedTime, ObservedAgents, ObservedTime,
};
pub use super::intervals::{ContactOutcome, ReportStep};
pub use agent_day::{AgentActivity, AgentDayQuery, AgentSpan};
pub use agent_schedules::{AgentSchedule, ScheduleQuery, SiteSchedule};
pub use call_list::{CallCursor, CallListQuery, CallPage, ListedCall};
pub use config::{ReportConfig, ReportedExport, ReportedPlan, ReportedSchedule};
pub use day_plan::DayPlan;
pub use error::ReportError;
pub use export_catalog::{CatalogItem, ExportCatalog, ExportFields, ItemMember};
pub use handled_calls::{HandledCalls, HandledQuery};
pub use query::{
    ClosedTime, Report, ReportDimension, ReportQuery, ReportRow, ReportSeries, ReportSubject,
    RowFigures,
};
pub use repeat_contacts::{RepeatContacts, RepeatQuery};
pub use scheduled_teams::ScheduledTeam;
pub use site_plan::{PlanQuery, SitePlan};
pub use subject_entry::{SubjectCatalog, SubjectEntry};

use report_catalog::ReportCatalog;
pub use report_range::{REPORT_INTERVALS_MAX, SERIES_INTERVALS_MAX};
use report_range::{day_of_interval, split_range};

/// A handle on historical reports. Cheap to clone.
#[derive(Clone, Debug)]
pub struct History {
    store: Store,
    config: Arc<RwLock<Arc<ReportConfig>>>,
    /// The queues and agents in reports; `None`: all.
    scope: Option<Arc<DataScope>>,
    /// Whether reports leave out figures about agents.
    withholds_agent_figures: bool,
}

impl History {
    pub fn new(store: Store, config: ReportConfig) -> Self {
        Self {
            store,
            config: Arc::new(RwLock::new(Arc::new(config))),
            scope: None,
            withholds_agent_figures: false,
        }
    }

    /// Returns a handle whose reports have nothing beyond a scope: its queues, and the agents that it
    /// names.
    #[must_use]
    pub fn within(&self, scope: Arc<DataScope>) -> Self {
        Self {
            scope: Some(scope),
            ..self.clone()
        }
    }

    /// Returns a handle whose reports leave out figures about agents: files don't say how many agents
    /// serve a queue.
    #[must_use]
    pub fn without_agent_figures(&self) -> Self {
        Self {
            withholds_agent_figures: true,
            ..self.clone()
        }
    }

    /// Whether reports leave out figures about agents.
    pub fn withholds_agent_figures(&self) -> bool {
        self.withholds_agent_figures
    }

    /// Loads the most that waited in a queue in each quarter of an hour of which all was known, in order.
    pub async fn waiting_peaks(
        &self,
        queue: QueueId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<WaitingPeak>, StoreError> {
        self.store.waiting_peaks_of(queue, from, to).await
    }

    /// Replaces the settings after the configuration has changed.
    pub fn set_config(&self, config: ReportConfig) {
        *self.config.write() = Arc::new(config);
    }

    pub fn config(&self) -> Arc<ReportConfig> {
        self.config.read().clone()
    }

    /// Loads the figures of every interval that overlaps the requested time.
    pub async fn load_intervals(&self, query: ReportQuery) -> Result<Report, ReportError> {
        self.load_report(query, None).await
    }

    /// Loads the same figures as one source has them, without series of other sources.
    pub async fn load_source_intervals(
        &self,
        query: ReportQuery,
        source: SourceId,
    ) -> Result<Report, ReportError> {
        self.load_report(query, Some(source)).await
    }

    async fn load_report(
        &self,
        query: ReportQuery,
        only: Option<SourceId>,
    ) -> Result<Report, ReportError> {
        query.validate()?;
        let buckets = split_range(query.from, query.to, query.step, &query.zone)?;
        let report = self.with_catalog(move |view, catalog| {
            report_builder::build_report(view, catalog, query, only.as_ref(), &buckets)
        });
        let mut report = report
            .await?
            .ok_or(ReportError::TooMany(REPORT_INTERVALS_MAX))?;
        if self.withholds_agent_figures {
            report.withhold_agent_figures();
        }
        Ok(report)
    }

    /// Returns whether exports, the configuration or figures name the subject.
    pub async fn is_known(&self, subject: ReportSubject) -> Result<bool, StoreError> {
        self.with_catalog(move |view, catalog| catalog.is_known(view, &subject))
            .await
    }

    /// The same of many.
    pub async fn are_known(&self, subjects: Vec<ReportSubject>) -> Result<Vec<bool>, StoreError> {
        let look = move |view: &StoreView<'_>, catalog: &ReportCatalog<'_>| {
            let known = subjects
                .iter()
                .map(|subject| catalog.is_known(view, subject));
            known.collect()
        };
        self.with_catalog(look).await
    }

    /// Lists the calls behind figures, a page at a time.
    pub async fn list_calls(&self, query: CallListQuery) -> Result<CallPage, StoreError> {
        self.with_catalog(move |view, catalog| call_list::list_calls(view, catalog, &query))
            .await
    }

    /// Counts what each agent handled in each queue, at moments that `includes` accepts. Nothing for
    /// readers from whom figures about agents are withheld.
    pub async fn count_handled_calls(
        &self,
        query: HandledQuery,
        includes: impl Fn(Timestamp) -> bool + Send + 'static,
    ) -> Result<Vec<HandledCalls>, ReportError> {
        if self.withholds_agent_figures {
            return Ok(Vec::new());
        }
        let count = move |view: &StoreView<'_>, catalog: &ReportCatalog<'_>| {
            match handled_calls::count_handled_calls(view, catalog, &query, includes) {
                Err(ReportError::Store(error)) => Err(error),
                counted => Ok(counted),
            }
        };
        self.with_catalog(count).await?
    }

    /// Counts contacts of callers who had called before, at moments that `includes` accepts; `None` of
    /// more than a month, or if no export has callers.
    pub async fn count_repeats(
        &self,
        query: RepeatQuery,
        includes: impl Fn(Timestamp) -> bool + Send + 'static,
    ) -> Result<Option<RepeatContacts>, StoreError> {
        self.with_catalog(move |view, catalog| {
            repeat_contacts::count_repeats(view, catalog, &query, includes)
        })
        .await
    }

    /// The time from which single calls of a queue or an agent are stored; `None` if no export
    /// has any.
    pub async fn first_call_at(
        &self,
        subject: ReportSubject,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.with_catalog(move |_, catalog| {
            let exports = catalog.exports_of(&subject);
            let sources: Vec<_> = exports.map(|export| &export.id).collect();
            let exports = catalog.calls_from();
            let exports = exports.filter(|(source, _)| sources.contains(&source));
            Ok(exports.map(|(_, from)| from).min())
        })
        .await
    }

    /// The last day, in `zone`, on which these queues have figures; `None` if they have none. For
    /// an agent, the last day of the agent's export.
    pub async fn last_active_day(
        &self,
        subject: ReportSubject,
        zone: TimeZone,
        now: Timestamp,
    ) -> Result<Option<Date>, StoreError> {
        self.with_catalog(move |view, catalog| {
            let mut last = None;
            for export in catalog.exports_of(&subject) {
                let found = view.last_queue_interval(&export.id, now.as_second())?;
                let day = |(start, length)| day_of_interval(start, length, &zone);
                last = last.max(found.and_then(day));
            }
            Ok(last)
        })
        .await
    }

    /// Loads the names of these queues, without those that exports don't name or that are
    /// hidden.
    pub async fn load_names(
        &self,
        queues: Vec<QueueId>,
    ) -> Result<Vec<(QueueId, String)>, StoreError> {
        self.with_catalog(move |_, catalog| {
            let subjects = queues
                .into_iter()
                .map(|id| (catalog.subject_entry(NameClass::Queue, &id), id));
            let named = subjects.filter(|(queue, _)| queue.is_named && !queue.is_hidden);
            Ok(named.map(|(queue, id)| (id, queue.name)).collect())
        })
        .await
    }

    /// Loads what was planned for queues and groups.
    pub async fn load_plan(&self, query: PlanQuery) -> Result<SitePlan, StoreError> {
        self.with_catalog(move |view, catalog| site_plan::load_site_plan(view, catalog, &query))
            .await
    }

    /// Whether reports may have figures of single agents.
    pub fn sees_agents(&self) -> bool {
        let mut scope = self.scope.iter();
        !self.withholds_agent_figures && scope.all(|scope| !scope.agents.is_empty())
    }

    /// Loads the schedules of agents. Nothing for readers who don't see agents.
    pub async fn load_schedules(&self, query: ScheduleQuery) -> Result<SiteSchedule, StoreError> {
        if !self.sees_agents() {
            return Ok(SiteSchedule::default());
        }
        self.with_catalog(move |view, catalog| {
            agent_schedules::load_site_schedule(view, catalog, &query)
        })
        .await
    }

    /// Loads what exports say of an agent's day, in order. Nothing for readers who don't see agents.
    pub async fn load_agent_day(&self, query: AgentDayQuery) -> Result<Vec<AgentSpan>, StoreError> {
        if !self.sees_agents() {
            return Ok(Vec::new());
        }
        self.with_catalog(move |view, catalog| agent_day::load_agent_day(view, catalog, &query))
            .await
    }

    /// Loads all subjects that have figures, sorted by name.
    pub async fn load_subjects(&self) -> Result<SubjectCatalog, StoreError> {
        self.with_catalog(|view, catalog| catalog.subject_catalog(view))
            .await
    }

    /// Reads one state of the store, with the catalog of the current settings.
    async fn with_catalog<F, T>(&self, work: F) -> Result<T, StoreError>
    where
        F: FnOnce(&StoreView<'_>, &ReportCatalog<'_>) -> Result<T, StoreError> + Send + 'static,
        T: Send + 'static,
    {
        let (config, scope) = (self.config(), self.scope.clone());
        let read = move |view: &StoreView<'_>| {
            work(view, &ReportCatalog::load(view, &config, scope.as_deref())?)
        };
        self.store.with_view(read).await
    }
}
