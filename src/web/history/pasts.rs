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
    history::report::Shape,
    store::Version,
    web::Web,
};

use super::past::{self, Past};

/// More than this are not kept: some megabytes.
const MOST: usize = 300;

/// What is known of somebody's past.
#[derive(Debug, Default)]
pub(in crate::web) struct Told {
    pub(in crate::web) past: Option<Past>,
    /// Of a queue: what exports call those that `[links]` says to be the same.
    pub(in crate::web) twins: Vec<(QueueId, String)>,
}

/// Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Pasts(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    /// Under what all of it was read.
    of: Option<Of>,
    told: HashMap<Key, Arc<Told>>,
}

/// Whom it is of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Queue(Id),
    Agent(Id),
}

#[derive(Clone, Debug)]
struct Of {
    version: Version,
    shape: Arc<Shape>,
    day: Date,
    zone: TimeZone,
}

impl PartialEq for Of {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version
            && Arc::ptr_eq(&self.shape, &other.shape)
            && self.day == other.day
            && self.zone == other.zone
    }
}

pub(in crate::web) async fn of_queue(
    web: &Web,
    id: &QueueId,
    zone: &TimeZone,
    now: Timestamp,
) -> Arc<Told> {
    let of = Of::now(web, zone, now).await;
    let links = web.history.shape().site.links.clone();
    let read = async || Told {
        past: past::of_queue((&web.history, &web.store), id, zone, now).await,
        twins: past::twins(&web.history, links.get(id)).await,
    };
    web.pasts.get(of, Key::Queue(id.clone()), read).await
}

pub(in crate::web) async fn of_agent(
    web: &Web,
    id: &Id,
    zone: &TimeZone,
    now: Timestamp,
) -> Arc<Told> {
    let of = Of::now(web, zone, now).await;
    let read = async || Told {
        past: past::of_agent(&web.history, id, zone, now).await,
        twins: Vec::new(),
    };
    web.pasts.get(of, Key::Agent(id.clone()), read).await
}

impl Of {
    /// Looked at before anything is read. `None`: nothing can be kept.
    async fn now(web: &Web, zone: &TimeZone, now: Timestamp) -> Option<Self> {
        Some(Self {
            version: web.store.version().await.ok()?,
            shape: web.history.shape(),
            day: now.to_zoned(zone.clone()).date(),
            zone: zone.clone(),
        })
    }
}

impl Pasts {
    async fn get(&self, of: Option<Of>, key: Key, read: impl AsyncFnOnce() -> Told) -> Arc<Told> {
        if let Some(told) = of.as_ref().and_then(|of| self.kept(of, &key)) {
            return told;
        }
        let told = Arc::new(read().await);
        if let Some(of) = of {
            self.keep(of, key, &told);
        }
        told
    }

    fn kept(&self, of: &Of, key: &Key) -> Option<Arc<Told>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_of_now = kept.of.as_ref() == Some(of);
        kept.told.get(key).filter(|_| is_of_now).cloned()
    }

    fn keep(&self, of: Of, key: Key, told: &Arc<Told>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.of.as_ref() != Some(&of) || MOST <= kept.told.len() {
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
        shape: Arc<Shape>,
        pasts: Pasts,
        reads: AtomicUsize,
        folder: tempfile::TempDir,
    }

    impl World {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            Self {
                store: Store::open(&folder.path().join("wallboard.db")).unwrap(),
                shape: Arc::default(),
                pasts: Pasts::default(),
                reads: AtomicUsize::new(0),
                folder,
            }
        }

        async fn look(&self, id: &str, day: &str) {
            let of = Of {
                version: self.store.version().await.unwrap(),
                shape: Arc::clone(&self.shape),
                day: day.parse().unwrap(),
                zone: TimeZone::UTC,
            };
            let key = Key::Queue(Id::new(&"voice".into(), id));
            let read = async || {
                self.reads.fetch_add(1, Ordering::Relaxed);
                Told::default()
            };
            self.pasts.get(Some(of), key, read).await;
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
        let basis = crate::store::Basis::default();
        let kept = world.store.keep_basis("calls".into(), basis, Vec::new());
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
        for id in 0..=MOST {
            world.look(&id.to_string(), "2026-11-20").await;
        }

        let kept = world.pasts.0.lock().unwrap().told.len();
        assert!(kept <= MOST, "{kept}");
    }
}
