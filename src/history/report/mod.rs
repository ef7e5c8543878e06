//! What pages and API ask of the past: figures of intervals, breakdowns, and the calls
//! behind them. Nothing is reckoned anew here: sums are added and ratios taken last.

mod call_list;
mod covered_times;
mod export_columns;
mod query;
mod report_builder;
mod report_catalog;
mod row_reader;
mod shared_target;
#[cfg(test)]
mod tests;

use std::sync::{Arc, PoisonError, RwLock};

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    domain::{AgentCounters, Counters, QueueId, SiteConfig, SourceId},
    store::{NameClass, Store, StoreError},
};

use super::intervals::{TimeBucket, split_into_buckets};

pub use super::intervals::{ContactOutcome, ReportStep};
pub use call_list::{CallCursor, CallListQuery, CallPage, ListedCall};
pub use export_columns::{ExportColumns, UnmappedColumn};
pub use query::{
    Report, ReportDimension, ReportQuery, ReportRow, ReportSeries, ReportSubject, RowFigures,
};
pub use report_catalog::{SubjectCatalog, SubjectEntry};
pub use shared_target::SharedTarget;

use report_catalog::ReportCatalog;

/// How many intervals a series may have: a month of quarters of an hour.
pub const SERIES_INTERVALS_MAX: usize = 3_000;
/// How many intervals all series of an answer may have together.
pub const REPORT_INTERVALS_MAX: usize = 60_000;

/// Every interval that has a part of a stretch of time, as long as they are not too many.
fn split_range(
    (from, to): (Timestamp, Timestamp),
    step: ReportStep,
    zone: &TimeZone,
) -> Result<Vec<TimeBucket>, ReportError> {
    let buckets = split_into_buckets(
        from.as_second(),
        to.as_second(),
        step,
        zone,
        SERIES_INTERVALS_MAX,
    );
    if SERIES_INTERVALS_MAX < buckets.len() {
        return Err(ReportError::TooMany(SERIES_INTERVALS_MAX));
    }
    Ok(buckets)
}

/// What the past is told with. Changes when the configuration does.
#[derive(Clone, Debug, Default)]
pub struct ReportConfig {
    pub site: Arc<SiteConfig>,
    pub exports: Vec<ReportedExport>,
}

/// A source whose exports are taken in.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportedExport {
    pub id: SourceId,
    /// A time without a file is one in which nothing happened, as long as there are later
    /// ones: so with Vergic.
    pub omits_zero_intervals: bool,
    /// Tells single calls, and of each why it came and how it ended: so with Sangoma.
    pub has_calls: bool,
    pub zero_counters: ZeroCounters,
    /// How its files are read, where they have columns of their own.
    pub columns: Option<ExportColumns>,
}

/// What they have of whom a source tells nothing in a time that was taken in: 0 of what
/// it tells of others, and unknown of what it never tells. As it stands, all is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ZeroCounters {
    pub contacts: Counters,
    pub agent: AgentCounters,
}

/// A handle on the past. Cheap to clone.
#[derive(Clone, Debug)]
pub struct History {
    store: Store,
    config: Arc<RwLock<Arc<ReportConfig>>>,
}

#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// More intervals than an answer may have; so many are allowed.
    #[error("more than {0} intervals")]
    TooMany(usize),
    #[error("figures of {0} can’t be broken down by {1}")]
    NotBrokenDown(&'static str, &'static str),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl History {
    pub fn new(store: Store, shape: ReportConfig) -> Self {
        Self {
            store,
            config: Arc::new(RwLock::new(Arc::new(shape))),
        }
    }

    /// The configuration has changed.
    pub fn set_config(&self, shape: ReportConfig) {
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(shape);
    }

    pub fn config(&self) -> Arc<ReportConfig> {
        self.config
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Figures of every interval that has a part of what is asked for.
    pub async fn load_intervals(&self, ask: ReportQuery) -> Result<Report, ReportError> {
        ask.validate()?;
        let buckets = split_range((ask.from, ask.to), ask.step, &ask.zone)?;
        let shape = self.config();
        let report = move |view: &crate::store::StoreView<'_>| {
            let catalogue = ReportCatalog::load(view, &shape)?;
            report_builder::build_report(view, &catalogue, ask, &buckets)
        };
        let report = self.store.with_view(report).await?;
        report.ok_or(ReportError::TooMany(REPORT_INTERVALS_MAX))
    }

    /// Whether exports, the configuration or figures name whoever is asked for.
    pub async fn is_known(&self, who: ReportSubject) -> Result<bool, StoreError> {
        let shape = self.config();
        let knows = move |view: &crate::store::StoreView<'_>| {
            let catalogue = ReportCatalog::load(view, &shape)?;
            catalogue.is_known(view, &who)
        };
        self.store.with_view(knows).await
    }

    /// The calls behind figures, a page at a time.
    pub async fn list_calls(&self, ask: CallListQuery) -> Result<CallPage, StoreError> {
        let shape = self.config();
        let calls = move |view: &crate::store::StoreView<'_>| {
            let catalogue = ReportCatalog::load(view, &shape)?;
            call_list::list_calls(view, &catalogue, &ask)
        };
        self.store.with_view(calls).await
    }

    /// From when on single calls of a queue or an agent are kept; `None` where no export
    /// tells any.
    pub async fn first_call_at(&self, who: ReportSubject) -> Result<Option<Timestamp>, StoreError> {
        let shape = self.config();
        let from = move |view: &crate::store::StoreView<'_>| {
            let catalogue = ReportCatalog::load(view, &shape)?;
            let whom = match &who {
                ReportSubject::Agent(id) => catalogue.agent_ids(id),
                _ => catalogue.queue_ids(&who),
            };
            let told = catalogue.calls_from();
            let told = told.filter(|(source, _)| whom.iter().any(|id| id.source == *source));
            Ok(told.map(|(_, from)| from).min())
        };
        self.store.with_view(from).await
    }

    /// The names of those of these queues that exports name, and that are not hidden.
    pub async fn load_names(
        &self,
        queues: Vec<QueueId>,
    ) -> Result<Vec<(QueueId, String)>, StoreError> {
        let shape = self.config();
        let names = move |view: &crate::store::StoreView<'_>| {
            let catalogue = ReportCatalog::load(view, &shape)?;
            let subjects = queues
                .into_iter()
                .map(|id| (catalogue.subject_entry(NameClass::Queue, &id), id));
            let named = subjects.filter(|(queue, _)| queue.is_named && !queue.is_anonymized);
            Ok(named.map(|(queue, id)| (id, queue.name)).collect())
        };
        self.store.with_view(names).await
    }

    /// Whom there are figures of, by name.
    pub async fn load_subjects(&self) -> Result<SubjectCatalog, StoreError> {
        let shape = self.config();
        let subjects = move |view: &crate::store::StoreView<'_>| {
            let catalogue = ReportCatalog::load(view, &shape)?;
            Ok(SubjectCatalog {
                imported_until: catalogue.imported_until(view)?,
                ..catalogue.subject_catalog()
            })
        };
        self.store.with_view(subjects).await
    }
}
