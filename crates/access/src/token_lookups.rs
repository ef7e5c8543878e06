//! Tokens that were made at another node in this moment, before this one heard of it: their record is read
//! once. Nobody who sends tokens that don't exist makes a node read much.

use std::{collections::HashMap, net::IpAddr, num::NonZeroU32, sync::Arc, time::Duration};

use governor::DefaultKeyedRateLimiter;
use jiff::Timestamp;
use parking_lot::Mutex;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout};

use wallboard_store::{
    Record, RecordId, RecordKind, RecordStore, Records, Revision, decode_document,
};

use super::{
    Directories, Identity, ProgramIdentity, ScreenIdentity, Token,
    api_token::API_TOKENS,
    network_of,
    screen::SCREENS,
    session::SESSIONS,
    sign_in_limits::{KEYS_MAX, check, quota},
    user::USERS,
};

/// Reads for one network: 50 at once, then five a second.
const READ_BURST: NonZeroU32 = NonZeroU32::new(50).unwrap();
const READ_PERIOD: Duration = Duration::from_millis(200);
/// A request waits no longer for a read.
const READ_WITHIN: Duration = Duration::from_secs(1);
/// How long a node remembers that there's no such record.
const MISSING_FOR: Duration = Duration::from_secs(5);
/// With so many that are remembered, nothing more is read: at most 200 a second, from however many addresses.
const MISSING_MAX: usize = 1_000;

/// Finds what another node has just made. Without a cluster there's nothing to find.
#[derive(Debug)]
pub struct TokenLookups {
    directories: Directories,
    records: RecordStore,
    limits: LookupLimits,
}

type RecordKey = (RecordKind, RecordId);

/// Which reads are allowed.
#[derive(Debug)]
struct LookupLimits {
    networks: DefaultKeyedRateLimiter<IpAddr>,
    missing: Mutex<HashMap<RecordKey, Instant>>,
}

impl TokenLookups {
    pub(super) fn new(directories: Directories, records: RecordStore) -> Self {
        Self {
            directories,
            records,
            limits: LookupLimits::new(),
        }
    }

    /// Whether there are other nodes that make tokens.
    pub fn is_needed(&self) -> bool {
        self.records.is_shared()
    }

    /// Returns who signed in at another node in this moment.
    pub async fn find_session(&self, token: &Token, address: IpAddr) -> Option<Arc<Identity>> {
        let (id, sessions) = (token.id(), &self.directories.sessions);
        if !sessions.has_session(id) {
            let put = |revision, session| {
                sessions.put_session(id, revision, session, Timestamp::now());
            };
            let remove = || sessions.remove_session(id);
            self.bring_record((SESSIONS, id.record_id()?), address, put, remove)
                .await;
        }
        if let Some(user) = sessions.find_missing_user(id) {
            let put = |revision, found| {
                sessions.put_user(user.clone(), revision, found, Timestamp::now());
            };
            let remove = || sessions.remove_user(&user, Timestamp::now());
            self.bring_record((USERS, user.record_id()?), address, put, remove)
                .await;
        }
        sessions.identify(token, Timestamp::now())
    }

    /// Returns the screen that was paired at another node in this moment.
    pub async fn find_screen(&self, token: &Token, address: IpAddr) -> Option<ScreenIdentity> {
        let (id, screens) = (token.id(), &self.directories.screens);
        if screens.find(id).is_none() {
            let put = |revision, screen| screens.put_screen(id, revision, screen);
            let remove = || screens.remove_screen(id);
            self.bring_record((SCREENS, id.record_id()?), address, put, remove)
                .await;
        }
        screens.identify(token, Timestamp::now())
    }

    /// Returns the program whose token was made at another node in this moment.
    pub async fn find_program(
        &self,
        token: &Token,
        address: IpAddr,
    ) -> Option<Arc<ProgramIdentity>> {
        let (id, programs) = (token.id(), &self.directories.api_tokens);
        if !programs.has_token(id) {
            let put = |_, token| programs.put_token(id, token);
            let remove = || programs.remove_token(id);
            self.bring_record((API_TOKENS, id.record_id()?), address, put, remove)
                .await;
        }
        programs.identify(token, Timestamp::now())
    }

    /// Reads a record into a directory, if it exists and may be read.
    async fn bring_record<T: DeserializeOwned>(
        &self,
        key: RecordKey,
        address: IpAddr,
        put: impl FnOnce(Revision, T),
        remove: impl FnOnce(),
    ) {
        if !self.records.is_shared() || !self.limits.allows(&key, address, Instant::now()) {
            return;
        }
        let found = self.read(&key).await;
        let decoded = found.and_then(|record| {
            let content = decode_document(&record.document).ok()?;
            Some((record.revision, content))
        });
        match decoded {
            Some((revision, content)) => {
                put(revision, content);
                // The node may have heard of its deletion already, and never would again.
                if self.read(&key).await.is_none() {
                    remove();
                }
            }
            None => self.limits.record_missing(key, Instant::now()),
        }
    }

    /// Reads a record. One that can't be read counts as missing.
    async fn read(&self, (kind, id): &RecordKey) -> Option<Record> {
        let read = timeout(READ_WITHIN, self.records.get(*kind, id)).await;
        read.ok()?.ok()?
    }
}

impl LookupLimits {
    fn new() -> Self {
        Self {
            networks: DefaultKeyedRateLimiter::keyed(quota(READ_PERIOD, READ_BURST)),
            missing: Mutex::default(),
        }
    }

    /// Takes a read, if there's one left.
    fn allows(&self, key: &RecordKey, address: IpAddr, now: Instant) -> bool {
        if self.is_missing(key, now) {
            return false;
        }
        if KEYS_MAX < self.networks.len() {
            self.networks.retain_recent();
        }
        check(&self.networks, &network_of(address)).is_ok()
    }

    /// Whether there's no such record, or nothing more may be read.
    fn is_missing(&self, key: &RecordKey, now: Instant) -> bool {
        let mut missing = self.missing.lock();
        if MISSING_MAX <= missing.len() {
            missing.retain(|_, since| now.duration_since(*since) < MISSING_FOR);
        }
        let since = missing.get(key);
        let is_known = since.is_some_and(|since| now.duration_since(*since) < MISSING_FOR);
        is_known || MISSING_MAX <= missing.len()
    }

    fn record_missing(&self, key: RecordKey, now: Instant) {
        self.missing.lock().insert(key, now);
    }
}

#[cfg(test)]
mod tests;
