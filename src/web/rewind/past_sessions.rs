//! Live states of the past that somebody looks at: few, and none for long.

use std::{collections::HashMap, net::IpAddr, sync::Arc, time::Duration};

use jiff::Timestamp;
use parking_lot::Mutex;
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep},
};
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::warn;

use wallboard_access::TokenId;
use wallboard_domain::{SiteConfig, error_chain};
use wallboard_log::input_log::{self, Playback, RewindError, RewoundState};
use wallboard_store::{self as store, EmbeddedLog, Store, StoreError};

use crate::web::WebParts;

use super::{
    WebState, past_bar, past_query::PastKey, rewind_failure::RewindFailure,
    stored_series::StoredSeries,
};

/// Each has a live state of its own.
pub(super) const SESSIONS_MAX: usize = 16;
/// Pasts of one person or program.
pub(super) const OWN_SESSIONS_MAX: usize = 3;
/// Pasts of a network, where access is open: many people may share its address.
const NETWORK_SESSIONS_MAX: usize = SESSIONS_MAX / 2;
/// Moments that are rewound to at once. Live comes first.
const REWINDS_MAX: usize = 2;
/// A session ends this long after its last use.
const IDLE_LIFETIME: Duration = Duration::from_mins(2);
const EXPIRY_INTERVAL: Duration = Duration::from_secs(5);

/// Rewinds pages to earlier moments. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Rewind {
    pub(super) log: EmbeddedLog,
    pub(super) sessions: Arc<Mutex<HashMap<PastKey, PastSession>>>,
    pub(super) permits: Arc<Semaphore>,
    pub(super) series: StoredSeries,
}

/// The owner of a past: the one who opened it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PastOwner {
    /// A session or an API token.
    Token(TokenId),
    Network(IpAddr),
}

#[derive(Debug)]
pub(super) struct PastSession {
    owner: PastOwner,
    /// Pages of this past.
    pub(super) web: WebState,
    /// The configuration whose privacy settings it follows.
    site: Arc<SiteConfig>,
    used_at: Instant,
    _playback: DropGuard,
}

impl PastOwner {
    fn sessions_max(&self) -> usize {
        match self {
            Self::Token(_) => OWN_SESSIONS_MAX,
            Self::Network(_) => NETWORK_SESSIONS_MAX,
        }
    }
}

/// Its viewers reconnect, and rendering ends.
impl Drop for PastSession {
    fn drop(&mut self) {
        self.web.hub.end();
    }
}

impl PastSession {
    fn is_watched(&self) -> bool {
        self.web.hub.viewer_count() != 0
    }

    fn is_expired(&self, site: &Arc<SiteConfig>) -> bool {
        let is_idle = !self.is_watched() && IDLE_LIFETIME <= self.used_at.elapsed();
        is_idle || !Arc::ptr_eq(&self.site, site)
    }
}

impl Rewind {
    pub fn new(log: EmbeddedLog) -> Self {
        Self {
            log,
            sessions: Arc::default(),
            permits: Arc::new(Semaphore::new(REWINDS_MAX)),
            series: StoredSeries::default(),
        }
    }

    /// Returns what the pages of a moment need.
    pub(super) async fn open(
        &self,
        web: &WebState,
        key: &PastKey,
        owner: PastOwner,
    ) -> Result<WebState, RewindFailure> {
        let site = web
            .live
            .read_snapshot(|snapshot, _| Arc::clone(&snapshot.site));
        if let Some(past) = self.find_session(key, &site) {
            return Ok(past);
        }
        self.make_room(&owner)?;
        let permit = self.wait_for_permit().await;
        // In a task of its own, which continues if the visitor leaves: the next try finds the session.
        let opening = self
            .clone()
            .open_new(permit, web.clone(), key.clone(), owner, site);
        let opened = tokio::spawn(opening).await;
        opened.unwrap_or(Err(RewindFailure::Failed))
    }

    async fn open_new(
        self,
        permit: OwnedSemaphorePermit,
        web: WebState,
        key: PastKey,
        owner: PastOwner,
        site: Arc<SiteConfig>,
    ) -> Result<WebState, RewindFailure> {
        // Others may have asked for the same moment while this one waited.
        if let Some(past) = self.find_session(&key, &site) {
            return Ok(past);
        }
        let rewound = self.rewind_with(permit, &web.store, key.at).await?;
        if let Some(past) = self.find_session(&key, &site) {
            return Ok(past);
        }
        self.make_room(&owner)?;
        let playback = rewound.into_playback(key.speed);
        let playback = playback.with_privacy_of(Arc::clone(&site));
        let past = past_state(&web, &playback, &key);
        self.insert_session(&web, key, past.clone(), owner, site, playback);
        Ok(past)
    }

    /// Returns the state of a moment, without people who were forgotten since. Runs in a thread of low
    /// priority.
    pub(in crate::web) async fn rewind_to(
        &self,
        people: &Store,
        at: Timestamp,
    ) -> Result<RewoundState<EmbeddedLog>, RewindFailure> {
        let permit = self.wait_for_permit().await;
        self.rewind_with(permit, people, at).await
    }

    /// The permit belongs to the thread that it is for: that works to the end even if nobody waits for it.
    pub(super) async fn wait_for_permit(&self) -> OwnedSemaphorePermit {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        permit.expect("the semaphore is never closed")
    }

    async fn rewind_with(
        &self,
        permit: OwnedSemaphorePermit,
        people: &Store,
        at: Timestamp,
    ) -> Result<RewoundState<EmbeddedLog>, RewindFailure> {
        let forgotten = people.load_forgotten().await?.map(Arc::new);
        let (log, runtime) = (self.log.clone(), Handle::current());
        let rewind = move || {
            let _permit = permit;
            runtime.block_on(input_log::rewind_to(&log, at, forgotten))
        };
        let result = store::spawn_background("rewind", rewind).map_err(StoreError::Thread)?;
        match result.await {
            Ok(Ok(rewound)) => Ok(rewound),
            Ok(Err(RewindError::NotInLog)) => Err(RewindFailure::NotInLog),
            Ok(Err(RewindError::Store(error))) => Err(error.into()),
            Err(_) => Err(RewindFailure::Failed),
        }
    }

    fn find_session(&self, key: &PastKey, site: &Arc<SiteConfig>) -> Option<WebState> {
        let mut sessions = self.sessions.lock();
        let session = sessions
            .get_mut(key)
            .filter(|found| Arc::ptr_eq(&found.site, site))?;
        session.used_at = Instant::now();
        Some(session.web.clone())
    }

    /// Ends the session that nobody has used for longest, if there are too many of the owner's or
    /// at all.
    fn make_room(&self, owner: &PastOwner) -> Result<(), RewindFailure> {
        let mut sessions = self.sessions.lock();
        let own = sessions.values().filter(|one| one.owner == *owner);
        if owner.sessions_max() <= own.count() {
            let is_own = |one: &PastSession| one.owner == *owner;
            end_oldest(&mut sessions, is_own).ok_or(RewindFailure::TooManyOwn)?;
        }
        if SESSIONS_MAX <= sessions.len() {
            end_oldest(&mut sessions, |_| true).ok_or(RewindFailure::Busy)?;
        }
        Ok(())
    }

    fn insert_session(
        &self,
        web: &WebState,
        key: PastKey,
        past: WebState,
        owner: PastOwner,
        site: Arc<SiteConfig>,
        playback: Playback<EmbeddedLog>,
    ) {
        let stop = CancellationToken::new();
        if 0 < key.speed {
            let stopped = stop.clone();
            tokio::spawn(async move {
                if let Some(Err(error)) = stopped.run_until_cancelled(playback.play()).await {
                    warn!("A playback of the log ended: {}", error_chain(&error));
                }
            });
        }
        let session = PastSession {
            owner,
            web: past,
            site,
            used_at: Instant::now(),
            _playback: stop.drop_guard(),
        };
        self.sessions.lock().insert(key.clone(), session);
        tokio::spawn(self.clone().expire_session(web.clone(), key));
    }

    /// Ends a session once it isn't used, or names may be shown differently.
    async fn expire_session(self, web: WebState, key: PastKey) {
        loop {
            sleep(EXPIRY_INTERVAL).await;
            let site = web
                .live
                .read_snapshot(|snapshot, _| Arc::clone(&snapshot.site));
            let ended = {
                let mut sessions = self.sessions.lock();
                match sessions.get(&key) {
                    None => return,
                    Some(session) if session.is_expired(&site) => sessions.remove(&key),
                    Some(_) => None,
                }
            };
            if let Some(ended) = ended {
                ended.web.hub.disconnect_viewers().await;
                return;
            }
        }
    }
}

/// Ends the session that nobody has used for longest, of those that nobody watches.
fn end_oldest(
    sessions: &mut HashMap<PastKey, PastSession>,
    is_meant: impl Fn(&PastSession) -> bool,
) -> Option<()> {
    let unwatched = sessions.iter();
    let unwatched = unwatched.filter(|(_, one)| is_meant(one) && !one.is_watched());
    let oldest = unwatched.min_by_key(|(_, one)| one.used_at);
    let oldest = oldest.map(|(key, _)| key.clone())?;
    sessions.remove(&oldest);
    Some(())
}

/// Returns what pages need, with the past instead of the present.
fn past_state(web: &WebState, playback: &Playback<EmbeddedLog>, key: &PastKey) -> WebState {
    let live = playback.live().clone();
    let bars = past_bar::render_bars(&web.live, key);
    let boards = web.boards.of_past(&live, bars);
    let parts = WebParts {
        live,
        hub: web.hub.of_past(boards.clone()),
        boards,
        // The past can't be changed.
        editor: None,
        forecasts: None,
        ..WebParts::clone(web)
    };
    parts.into()
}
