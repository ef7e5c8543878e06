//! Caches the last two weeks for queue and agent pages until the database changes: pages reload
//! every five seconds, but imports run once a night.

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

/// Maximum number of entries, a few megabytes.
const CACHE_ENTRIES_MAX: usize = 300;

/// The history of a queue or an agent.
#[derive(Debug, Default)]
pub(in crate::web) struct SubjectDays {
    pub(in crate::web) days: Option<RecentDays>,
    /// For a queue: the names that exports give its queues from `[links]`.
    pub(in crate::web) linked_queues: Vec<(QueueId, String)>,
}

/// The cache. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct RecentDaysCache(Arc<Mutex<CacheEntries>>);

#[derive(Debug, Default)]
struct CacheEntries {
    /// The state in which all entries were read.
    version: Option<CacheVersion>,
    days: HashMap<CacheKey, Arc<SubjectDays>>,
}

/// The subject of an entry.
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
    let version = CacheVersion::current(web, zone, now).await;
    let links = web.history.config().site.linked_queues.clone();
    let read = async || SubjectDays {
        days: recent_days::load_queue_days((&web.history, &web.store), id, zone, now).await,
        linked_queues: recent_days::find_linked_queues(&web.history, links.get(id)).await,
    };
    web.recent_days
        .get_or_load(version, CacheKey::Queue(id.clone()), read)
        .await
}

pub(in crate::web) async fn cached_agent_days(
    web: &WebState,
    id: &Id,
    zone: &TimeZone,
    now: Timestamp,
) -> Arc<SubjectDays> {
    let version = CacheVersion::current(web, zone, now).await;
    let read = async || SubjectDays {
        days: recent_days::load_agent_days(&web.history, id, zone, now).await,
        linked_queues: Vec::new(),
    };
    web.recent_days
        .get_or_load(version, CacheKey::Agent(id.clone()), read)
        .await
}

impl CacheVersion {
    /// Read before any data. `None`: nothing can be cached.
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
        version: Option<CacheVersion>,
        key: CacheKey,
        read: impl AsyncFnOnce() -> SubjectDays,
    ) -> Arc<SubjectDays> {
        if let Some(days) = version
            .as_ref()
            .and_then(|version| self.find_entry(version, &key))
        {
            return days;
        }
        let days = Arc::new(read().await);
        if let Some(version) = version {
            self.insert_entry(version, key, &days);
        }
        days
    }

    fn find_entry(&self, version: &CacheVersion, key: &CacheKey) -> Option<Arc<SubjectDays>> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_current = entries.version.as_ref() == Some(version);
        entries.days.get(key).filter(|_| is_current).cloned()
    }

    fn insert_entry(&self, version: CacheVersion, key: CacheKey, days: &Arc<SubjectDays>) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.version.as_ref() != Some(&version) || CACHE_ENTRIES_MAX <= entries.days.len() {
            entries.days.clear();
        }
        entries.version = Some(version);
        entries.days.insert(key, Arc::clone(days));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use crate::store::Store;

    use super::*;

    struct TestCache {
        store: Store,
        shape: Arc<ReportConfig>,
        recent_days: RecentDaysCache,
        reads: AtomicUsize,
        folder: tempfile::TempDir,
    }

    impl TestCache {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            Self {
                store: Store::open(&folder.path().join("wallboard.db")).unwrap(),
                shape: Arc::default(),
                recent_days: RecentDaysCache::default(),
                reads: AtomicUsize::new(0),
                folder,
            }
        }

        async fn load(&self, id: &str, day: &str) {
            let version = CacheVersion {
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
            self.recent_days.get_or_load(Some(version), key, read).await;
        }

        fn reads(&self) -> usize {
            self.reads.load(Ordering::Relaxed)
        }
    }

    #[tokio::test]
    async fn entries_are_reused_until_a_write_a_new_day_or_a_config_change() {
        let mut cache = TestCache::new();
        for _ in 0..3 {
            cache.load("1", "2026-11-20").await;
        }
        assert_eq!(cache.reads(), 1);

        cache.load("2", "2026-11-20").await;
        assert_eq!(cache.reads(), 2);

        // Written by this process, and by another one that imports.
        let basis = crate::store::ComputationBasis::default();
        let written = cache.store.store_basis("calls".into(), basis, Vec::new());
        written.await.unwrap();
        cache.load("1", "2026-11-20").await;
        cache.load("1", "2026-11-20").await;
        assert_eq!(cache.reads(), 3);
        let other = rusqlite::Connection::open(cache.folder.path().join("wallboard.db")).unwrap();
        let cover = "INSERT INTO history_cover VALUES ('calls', 0, 900)";
        other.execute(cover, ()).unwrap();
        cache.load("1", "2026-11-20").await;
        assert_eq!(cache.reads(), 4);

        cache.load("1", "2026-11-21").await;
        assert_eq!(cache.reads(), 5);
        cache.shape = Arc::default();
        cache.load("1", "2026-11-21").await;
        assert_eq!(cache.reads(), 6);
    }

    #[tokio::test]
    async fn cache_size_is_bounded() {
        let cache = TestCache::new();
        for id in 0..=CACHE_ENTRIES_MAX {
            cache.load(&id.to_string(), "2026-11-20").await;
        }

        let entries = cache.recent_days.0.lock().unwrap().days.len();
        assert!(entries <= CACHE_ENTRIES_MAX, "{entries}");
    }
}
