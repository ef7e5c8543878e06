//! Caches the last two weeks and today for queue and agent pages until the database changes: pages
//! reload every five seconds, but imports run once a night, and boards are stored every quarter of an
//! hour.

use std::{sync::Arc, time::Duration};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use parking_lot::Mutex;
use tokio::time::Instant;

use crate::web::server::versioned_cache::VersionedCache;
use wallboard_domain::{BoardSnapshot, Id, QueueId};
use wallboard_history::report::{History, ReportConfig};
use wallboard_store::{DataVersion, Store, StoreError};

use super::subject_days::SubjectDays;

/// The database is asked for its version at most this often: asking takes another thread.
const VERSION_LIFETIME: Duration = Duration::from_millis(100);

/// The figures of a queue that boards showed today.
pub(in crate::web) type TodaySnapshots = Arc<[BoardSnapshot]>;

type SharedCache<V, K, T> = Arc<Mutex<VersionedCache<V, K, T>>>;

/// The cache. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct RecentDaysCache {
    days: SharedCache<CacheVersion, CacheKey, Arc<SubjectDays>>,
    today: SharedCache<(DataVersion, Date), QueueId, TodaySnapshots>,
    /// The last version, and when it was read.
    checked: Arc<tokio::sync::Mutex<Option<(Instant, DataVersion)>>>,
}

/// The subject of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum CacheKey {
    // Each in a language, by its tag.
    Queue(Id, &'static str),
    Agent(Id, &'static str),
}

#[derive(Clone, Debug)]
pub(super) struct CacheVersion {
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

impl RecentDaysCache {
    /// The same cache for a visitor who doesn't see all history: the shared days are of everything.
    /// Figures that boards showed are for everyone who sees the queue.
    pub(in crate::web) fn without_days(&self) -> Self {
        Self {
            days: Arc::default(),
            ..self.clone()
        }
    }

    /// Loads what boards showed today of each queue, in their order.
    pub(in crate::web) async fn load_today(
        &self,
        store: &Store,
        queues: Vec<QueueId>,
        today: Date,
    ) -> Result<Vec<TodaySnapshots>, StoreError> {
        let version = (self.data_version(store).await).map(|version| (version, today));
        let cached = version.and_then(|version| {
            let entries = self.today.lock();
            let found = queues.iter().map(|id| entries.find_entry(&version, id));
            found.collect()
        });
        if let Some(snapshots) = cached {
            return Ok(snapshots);
        }
        let loaded = store.board_snapshots_of(queues.clone(), today, today);
        let loaded: Vec<TodaySnapshots> = loaded.await?.into_iter().map(Arc::from).collect();
        if let Some(version) = version {
            let mut entries = self.today.lock();
            for (id, snapshots) in queues.into_iter().zip(&loaded) {
                entries.insert_entry(version, id, Arc::clone(snapshots));
            }
        }
        Ok(loaded)
    }

    /// Read before any data. `None`: nothing can be cached.
    pub(super) async fn current_version(
        &self,
        store: &Store,
        history: &History,
        zone: &TimeZone,
        now: Timestamp,
    ) -> Option<CacheVersion> {
        Some(CacheVersion {
            version: self.data_version(store).await?,
            shape: history.config(),
            day: now.to_zoned(zone.clone()).date(),
            zone: zone.clone(),
        })
    }

    /// The version of the data, at most 100 ms old; `None` if it can't be read. Concurrent calls wait
    /// for one that reads it.
    async fn data_version(&self, store: &Store) -> Option<DataVersion> {
        let mut checked = self.checked.lock().await;
        if let Some((at, version)) = *checked
            && at.elapsed() < VERSION_LIFETIME
        {
            return Some(version);
        }
        let at = Instant::now();
        let version = store.data_version().await.ok()?;
        *checked = Some((at, version));
        Some(version)
    }

    pub(super) async fn get_or_load(
        &self,
        version: Option<CacheVersion>,
        key: CacheKey,
        read: impl AsyncFnOnce() -> SubjectDays,
    ) -> Arc<SubjectDays> {
        if let Some(days) = version
            .as_ref()
            .and_then(|version| self.days.lock().find_entry(version, &key))
        {
            return days;
        }
        let days = Arc::new(read().await);
        if let Some(version) = version {
            self.days
                .lock()
                .insert_entry(version, key, Arc::clone(&days));
        }
        days
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use crate::web::server::versioned_cache::ENTRIES_MAX;

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
            let key = CacheKey::Queue(Id::new(&"voice".into(), id), "en");
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
        let basis = wallboard_store::ComputationBasis::default();
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

    /// Time stands still but for `advance`.
    #[tokio::test(start_paused = true)]
    async fn data_version_is_read_again_after_its_lifetime() {
        let cache = TestCache::new();
        let version = async || cache.recent_days.data_version(&cache.store).await.unwrap();
        let first = version().await;
        let basis = wallboard_store::ComputationBasis::default();
        let written = cache.store.store_basis("calls".into(), basis, Vec::new());
        written.await.unwrap();

        assert_eq!(version().await, first);
        tokio::time::advance(VERSION_LIFETIME).await;
        assert_ne!(version().await, first);
    }

    #[tokio::test]
    async fn cache_size_is_bounded() {
        let cache = TestCache::new();
        for id in 0..=ENTRIES_MAX {
            cache.load(&id.to_string(), "2026-11-20").await;
        }

        let entries = cache.recent_days.days.lock().len();
        assert!(entries <= ENTRIES_MAX, "{entries}");
    }
}
