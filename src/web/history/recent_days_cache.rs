//! The last two weeks as pages of queues and agents show them, kept as long as nobody wrote
//! anything to the database: such a page is read anew every five seconds, and imports come
//! once a night.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    domain::{Id, QueueId},
    history::report::ReportConfig,
    store::DataVersion,
    web::WebState,
};

use super::recent_days::{self, RecentDays};

/// More than this are not kept: some megabytes.
const CACHE_ENTRIES_MAX: usize = 300;

/// What is known of somebody's past.
#[derive(Debug, Default)]
pub(in crate::web) struct SubjectDays {
    pub(in crate::web) days: Option<RecentDays>,
    /// Of a queue: what exports call those that `[links]` says to be the same.
    pub(in crate::web) linked_queues: Vec<(QueueId, String)>,
}

/// Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct RecentDaysCache(Arc<Mutex<CacheEntries>>);

#[derive(Debug, Default)]
struct CacheEntries {
    /// Under what all of it was read.
    of: Option<CacheVersion>,
    told: HashMap<CacheKey, Arc<SubjectDays>>,
}

/// Whom it is of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum CacheKey {
    Queue(Id),
    Agent(Id),
}

#[derive(Clone, Debug)]
struct CacheVersion {
    version: DataVersion,
    shape: Arc<ReportConfig>,
    day: Date,
    zone: TimeZone,
}

impl PartialEq for CacheVersion {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version
            && Arc::ptr_eq(&self.shape, &other.shape)
            && self.day == other.day
            && self.zone == other.zone
    }
}

pub(in crate::web) async fn cached_queue_days(
    web: &WebState,
    id: &QueueId,
    zone: &TimeZone,
    now: Timestamp,
) -> Arc<SubjectDays> {
    let of = CacheVersion::current(web, zone, now).await;
    let links = web.history.config().site.linked_queues.clone();
    let read = async || SubjectDays {
        days: recent_days::load_queue_days((&web.history, &web.store), id, zone, now).await,
        linked_queues: recent_days::find_linked_queues(&web.history, links.get(id)).await,
    };
    web.pasts
        .get_or_load(of, CacheKey::Queue(id.clone()), read)
        .await
}

pub(in crate::web) async fn cached_agent_days(
    web: &WebState,
    id: &Id,
    zone: &TimeZone,
    now: Timestamp,
) -> Arc<SubjectDays> {
    let of = CacheVersion::current(web, zone, now).await;
    let read = async || SubjectDays {
        days: recent_days::load_agent_days(&web.history, id, zone, now).await,
        linked_queues: Vec::new(),
    };
    web.pasts
        .get_or_load(of, CacheKey::Agent(id.clone()), read)
        .await
}

impl CacheVersion {
    /// Looked at before anything is read. `None`: nothing can be kept.
    async fn current(web: &WebState, zone: &TimeZone, now: Timestamp) -> Option<Self> {
        Some(Self {
            version: web.store.data_version().await.ok()?,
            shape: web.history.config(),
            day: now.to_zoned(zone.clone()).date(),
            zone: zone.clone(),
        })
    }
}

impl RecentDaysCache {
    async fn get_or_load(
        &self,
        of: Option<CacheVersion>,
        key: CacheKey,
        read: impl AsyncFnOnce() -> SubjectDays,
    ) -> Arc<SubjectDays> {
        if let Some(told) = of.as_ref().and_then(|of| self.find_entry(of, &key)) {
            return told;
        }
        let told = Arc::new(read().await);
        if let Some(of) = of {
            self.insert_entry(of, key, &told);
        }
        told
    }

    fn find_entry(&self, of: &CacheVersion, key: &CacheKey) -> Option<Arc<SubjectDays>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_of_now = kept.of.as_ref() == Some(of);
        kept.told.get(key).filter(|_| is_of_now).cloned()
    }

    fn insert_entry(&self, of: CacheVersion, key: CacheKey, told: &Arc<SubjectDays>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.of.as_ref() != Some(&of) || CACHE_ENTRIES_MAX <= kept.told.len() {
            kept.told.clear();
        }
        kept.of = Some(of);
        kept.told.insert(key, Arc::clone(told));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use crate::store::Store;

    use super::*;

    struct World {
        store: Store,
        shape: Arc<ReportConfig>,
        pasts: RecentDaysCache,
        reads: AtomicUsize,
        folder: tempfile::TempDir,
    }

    impl World {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            Self {
                store: Store::open(&folder.path().join("wallboard.db")).unwrap(),
                shape: Arc::default(),
                pasts: RecentDaysCache::default(),
                reads: AtomicUsize::new(0),
                folder,
            }
        }

        async fn look(&self, id: &str, day: &str) {
            let of = CacheVersion {
                version: self.store.data_version().await.unwrap(),
                shape: Arc::clone(&self.shape),
                day: day.parse().unwrap(),
                zone: TimeZone::UTC,
            };
            let key = CacheKey::Queue(Id::new(&"voice".into(), id));
            let read = async || {
                self.reads.fetch_add(1, Ordering::Relaxed);
                SubjectDays::default()
            };
            self.pasts.get_or_load(Some(of), key, read).await;
        }

        fn reads(&self) -> usize {
            self.reads.load(Ordering::Relaxed)
        }
    }

    #[tokio::test]
    async fn the_past_is_read_once_until_somebody_writes_the_day_turns_or_the_plan_changes() {
        let mut world = World::new();
        for _ in 0..3 {
            world.look("1", "2026-11-20").await;
        }
        assert_eq!(world.reads(), 1);

        world.look("2", "2026-11-20").await;
        assert_eq!(world.reads(), 2);

        // By this process, and by another that imports.
        let basis = crate::store::ComputationBasis::default();
        let kept = world.store.store_basis("calls".into(), basis, Vec::new());
        kept.await.unwrap();
        world.look("1", "2026-11-20").await;
        world.look("1", "2026-11-20").await;
        assert_eq!(world.reads(), 3);
        let other = rusqlite::Connection::open(world.folder.path().join("wallboard.db")).unwrap();
        let cover = "INSERT INTO history_cover VALUES ('calls', 0, 900)";
        other.execute(cover, ()).unwrap();
        world.look("1", "2026-11-20").await;
        assert_eq!(world.reads(), 4);

        world.look("1", "2026-11-21").await;
        assert_eq!(world.reads(), 5);
        world.shape = Arc::default();
        world.look("1", "2026-11-21").await;
        assert_eq!(world.reads(), 6);
    }

    #[tokio::test]
    async fn no_more_is_kept_than_a_bound() {
        let world = World::new();
        for id in 0..=CACHE_ENTRIES_MAX {
            world.look(&id.to_string(), "2026-11-20").await;
        }

        let kept = world.pasts.0.lock().unwrap().told.len();
        assert!(kept <= CACHE_ENTRIES_MAX, "{kept}");
    }
}
