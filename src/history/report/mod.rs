//! What pages and API ask of the past: figures of intervals, breakdowns, and the calls
//! behind them. Nothing is reckoned anew here: sums are added and ratios taken last.

mod ask;
mod calls;
mod catalogue;
mod columns;
mod cover;
mod fold;
mod rows;
mod shared_target;
#[cfg(test)]
mod tests;

use std::sync::{Arc, PoisonError, RwLock};

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    domain::{AgentCounters, Counters, QueueId, Site, SourceId},
    store::{NameClass, Store, StoreError},
};

use super::intervals::{Bucket, buckets};

pub use super::intervals::{Outcome, Step};
pub use ask::{Ask, By, Figures, Report, Row, Series, Who};
pub use calls::{Call, Calls, CallsAsk, Cursor};
pub use catalogue::{Subject, Subjects};
pub use columns::{Columns, UnmappedColumn};
pub use shared_target::SharedTarget;

use catalogue::Catalogue;

/// How many intervals a series may have: a month of quarters of an hour.
pub const MOST_INTERVALS: usize = 3_000;
/// How many intervals all series of an answer may have together.
pub const MOST_IN_ALL: usize = 60_000;

/// Every interval that has a part of a stretch of time, as long as they are not too many.
fn stretch(
    (from, to): (Timestamp, Timestamp),
    step: Step,
    zone: &TimeZone,
) -> Result<Vec<Bucket>, ReportError> {
    let buckets = buckets(from.as_second(), to.as_second(), step, zone, MOST_INTERVALS);
    if MOST_INTERVALS < buckets.len() {
        return Err(ReportError::TooMany(MOST_INTERVALS));
    }
    Ok(buckets)
}

/// What the past is told with. Changes when the configuration does.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    pub site: Arc<Site>,
    pub exports: Vec<Export>,
}

/// A source whose exports are taken in.
#[derive(Clone, Debug, PartialEq)]
pub struct Export {
    pub id: SourceId,
    /// A time without a file is one in which nothing happened, as long as there are later
    /// ones: so with Vergic.
    pub leaves_out_calm: bool,
    /// Tells single calls, and of each why it came and how it ended: so with Sangoma.
    pub tells_calls: bool,
    pub nothing: Nothing,
    /// How its files are read, where they have columns of their own.
    pub columns: Option<Columns>,
}

/// What they have of whom a source tells nothing in a time that was taken in: 0 of what
/// it tells of others, and unknown of what it never tells. As it stands, all is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nothing {
    pub contacts: Counters,
    pub agent: AgentCounters,
}

/// A handle on the past. Cheap to clone.
#[derive(Clone, Debug)]
pub struct History {
    store: Store,
    shape: Arc<RwLock<Arc<Shape>>>,
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
    pub fn new(store: Store, shape: Shape) -> Self {
        Self {
            store,
            shape: Arc::new(RwLock::new(Arc::new(shape))),
        }
    }

    /// The configuration has changed.
    pub fn reshape(&self, shape: Shape) {
        *self.shape.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(shape);
    }

    pub fn shape(&self) -> Arc<Shape> {
        self.shape
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Figures of every interval that has a part of what is asked for.
    pub async fn intervals(&self, ask: Ask) -> Result<Report, ReportError> {
        ask.check()?;
        let buckets = stretch((ask.from, ask.to), ask.step, &ask.zone)?;
        let shape = self.shape();
        let report = move |view: &crate::store::View<'_>| {
            let catalogue = Catalogue::read(view, &shape)?;
            fold::report(view, &catalogue, ask, &buckets)
        };
        let report = self.store.look(report).await?;
        report.ok_or(ReportError::TooMany(MOST_IN_ALL))
    }

    /// Whether exports, the configuration or figures name whoever is asked for.
    pub async fn knows(&self, who: Who) -> Result<bool, StoreError> {
        let shape = self.shape();
        let knows = move |view: &crate::store::View<'_>| {
            let catalogue = Catalogue::read(view, &shape)?;
            catalogue.knows(view, &who)
        };
        self.store.look(knows).await
    }

    /// The calls behind figures, a page at a time.
    pub async fn calls(&self, ask: CallsAsk) -> Result<Calls, StoreError> {
        let shape = self.shape();
        let calls = move |view: &crate::store::View<'_>| {
            let catalogue = Catalogue::read(view, &shape)?;
            calls::calls(view, &catalogue, &ask)
        };
        self.store.look(calls).await
    }

    /// From when on single calls of a queue or an agent are kept; `None` where no export
    /// tells any.
    pub async fn calls_from(&self, who: Who) -> Result<Option<Timestamp>, StoreError> {
        let shape = self.shape();
        let from = move |view: &crate::store::View<'_>| {
            let catalogue = Catalogue::read(view, &shape)?;
            let whom = match &who {
                Who::Agent(id) => catalogue.agents(id),
                _ => catalogue.queues(&who),
            };
            let told = catalogue.calls_from();
            let told = told.filter(|(source, _)| whom.iter().any(|id| id.source == *source));
            Ok(told.map(|(_, from)| from).min())
        };
        self.store.look(from).await
    }

    /// The names of those of these queues that exports name, and that are not hidden.
    pub async fn names_of(
        &self,
        queues: Vec<QueueId>,
    ) -> Result<Vec<(QueueId, String)>, StoreError> {
        let shape = self.shape();
        let names = move |view: &crate::store::View<'_>| {
            let catalogue = Catalogue::read(view, &shape)?;
            let subjects = queues
                .into_iter()
                .map(|id| (catalogue.subject(NameClass::Queue, &id), id));
            let named = subjects.filter(|(queue, _)| queue.is_named && !queue.is_hidden);
            Ok(named.map(|(queue, id)| (id, queue.name)).collect())
        };
        self.store.look(names).await
    }

    /// Whom there are figures of, by name.
    pub async fn subjects(&self) -> Result<Subjects, StoreError> {
        let shape = self.shape();
        let subjects = move |view: &crate::store::View<'_>| {
            let catalogue = Catalogue::read(view, &shape)?;
            Ok(Subjects {
                told_until: catalogue.told_until(view)?,
                ..catalogue.subjects()
            })
        };
        self.store.look(subjects).await
    }
}
