//! A handle on all calendars of holidays: pages list them, the node with the sources reads those at addresses, and
//! opening hours are closed on their days.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use parking_lot::RwLock;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::error;

use wallboard_domain::error_chain;
use wallboard_store::{
    DocumentError, Record, RecordChange, RecordError, RecordFollower, RecordStore, RecordWatch,
    Records, Revision, decode_document, encode_document,
};

use super::{
    CalendarOrigin, CalendarPlan, CalendarProblem, HolidayCalendar, StoredCalendar,
    stored_calendar::{CALENDARS, record_id},
};

/// Why a calendar that was read isn't kept.
#[derive(Debug, thiserror::Error)]
pub enum HolidayError {
    #[error("the record of a calendar")]
    Document(#[from] DocumentError),
    #[error("couldn't read or write the calendars of holidays")]
    Records(#[from] RecordError),
}

/// A handle on all calendars of holidays. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Holidays(Arc<HolidayParts>);

#[derive(Debug)]
struct HolidayParts {
    records: RecordStore,
    plans: watch::Sender<Arc<Vec<CalendarPlan>>>,
    /// By name, with the record's revision.
    kept: RwLock<BTreeMap<String, (Revision, Arc<StoredCalendar>)>>,
    /// Counts changes of days.
    changes: watch::Sender<u64>,
}

/// Returns the days of calendars by their names: of those at addresses as `holidays` knows them. One whose days nobody
/// knows is missing.
pub fn days_by_calendar(
    calendars: &[CalendarPlan],
    holidays: Option<&Holidays>,
) -> BTreeMap<String, BTreeSet<Date>> {
    let known = calendars.iter().filter_map(|plan| {
        let days = match &plan.origin {
            CalendarOrigin::File { days, .. } => days.keys().copied().collect(),
            CalendarOrigin::Address { .. } => holidays?.find(plan)?.days.keys().copied().collect(),
        };
        Some((plan.name.clone(), days))
    });
    known.collect()
}

impl Holidays {
    pub fn new(records: RecordStore) -> Self {
        Self(Arc::new(HolidayParts {
            records,
            plans: watch::Sender::default(),
            kept: RwLock::default(),
            changes: watch::Sender::default(),
        }))
    }

    /// Reads the calendars that are stored, before anything uses their days.
    ///
    /// # Errors
    ///
    /// If the records can't be read.
    pub async fn load(&self) -> Result<(), RecordError> {
        let listed = self.0.records.list(CALENDARS).await?;
        for record in &listed {
            self.keep(record);
        }
        Ok(())
    }

    /// Follows the records until `stop`. What is known stays while they can't be read.
    pub async fn follow(self, stop: CancellationToken) {
        self.0.records.keep_following(&self, &stop).await;
    }

    /// Replaces the configuration.
    pub fn set_plan(&self, calendars: Vec<CalendarPlan>) {
        self.0.plans.send_replace(Arc::new(calendars));
    }

    /// The calendars of the configuration, in its order.
    pub fn list(&self) -> Arc<Vec<CalendarPlan>> {
        Arc::clone(&self.0.plans.borrow())
    }

    /// Wakes up when days have changed.
    pub fn watch_days(&self) -> watch::Receiver<u64> {
        self.0.changes.subscribe()
    }

    /// Returns a calendar at an address as it was read last; `None`: no attempt has ended yet.
    pub fn find(&self, plan: &CalendarPlan) -> Option<Arc<StoredCalendar>> {
        let CalendarOrigin::Address { url, .. } = &plan.origin else {
            return None;
        };
        let kept = self.read_kept(&plan.name)?.1;
        kept.is_of(&url.0).then_some(kept)
    }

    /// Returns the calendars at addresses that should be read now.
    pub(super) fn list_due(&self, now: Timestamp) -> Vec<CalendarPlan> {
        let is_due = |plan: &&CalendarPlan| match plan.origin {
            CalendarOrigin::Address { .. } => {
                self.find(plan).is_none_or(|stored| stored.is_due(now))
            }
            CalendarOrigin::File { .. } => false,
        };
        self.list().iter().filter(is_due).cloned().collect()
    }

    /// Keeps what was read, or why it wasn't.
    pub(super) async fn store(
        &self,
        plan: &CalendarPlan,
        read: Result<HolidayCalendar, CalendarProblem>,
        zone: &TimeZone,
    ) -> Result<(), HolidayError> {
        let CalendarOrigin::Address { url, .. } = &plan.origin else {
            return Ok(());
        };
        let now = Timestamp::now();
        let today = now.to_zoned(zone.clone()).date();
        let known = self.find(plan);
        let known = known.as_deref().cloned();
        let mut calendar = known.unwrap_or_else(|| StoredCalendar::new(&plan.name, &url.0));
        calendar.take(read, today, now);
        let expected = self.read_kept(&plan.name).map(|(revision, _)| revision);
        let (id, document) = (record_id(&plan.name), encode_document(&calendar)?);
        let put = self.0.records.put(CALENDARS, &id, expected, document);
        match put.await {
            Ok(revision) => {
                self.replace(revision, calendar);
                Ok(())
            }
            // Another node was faster, and what it read is as good.
            Err(RecordError::Conflict { .. }) => {
                let record = self.0.records.get(CALENDARS, &id).await?;
                if let Some(record) = &record {
                    self.keep(record);
                }
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    fn read_kept(&self, name: &str) -> Option<(Revision, Arc<StoredCalendar>)> {
        self.0.kept.read().get(name).cloned()
    }

    /// Keeps a record in memory; one that can't be read stays as it was.
    fn keep(&self, record: &Record) {
        match decode_document::<StoredCalendar>(&record.document) {
            Ok(calendar) => self.replace(record.revision, calendar),
            Err(cause) => error!("The calendar {} {}", record.id, error_chain(&cause)),
        }
    }

    fn replace(&self, revision: Revision, calendar: StoredCalendar) {
        let mut kept = self.0.kept.write();
        let before = kept.get(&calendar.name);
        if before.is_some_and(|(known, _)| revision < *known) {
            return;
        }
        let is_same = before.is_some_and(|(_, known)| known.days == calendar.days);
        kept.insert(calendar.name.clone(), (revision, Arc::new(calendar)));
        drop(kept);
        if !is_same {
            self.0.changes.send_modify(|count| *count += 1);
        }
    }
}

impl RecordFollower for Holidays {
    const RECORDS: &str = "the calendars of holidays";

    async fn follow_once(&self, failures: &mut u32) -> Result<(), RecordError> {
        let (listed, mut changes) = self.0.records.watch(CALENDARS).await?;
        for record in &listed {
            self.keep(record);
        }
        loop {
            let change = changes.next().await?;
            *failures = 0;
            if let RecordChange::Stored(record) = change {
                self.keep(&record);
            }
        }
    }
}
