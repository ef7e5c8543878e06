//! All users and sessions in memory: whether a request's session holds is answered without the
//! database, and an open socket hears when it no longer does.

use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use jiff::Timestamp;
use parking_lot::RwLock;
use tokio::sync::watch;

use wallboard_domain::Language;
use wallboard_store::Revision;

use super::{
    AccessRules, Permissions, Role, Session, Token, TokenId, User, UserId,
    session::USE_STORED_EVERY,
};

/// The signed-in user who made a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub user: UserId,
    pub name: Arc<str>,
    pub permissions: Permissions,
    /// The language that the user chose.
    pub language: Option<Language>,
    pub session: TokenId,
}

/// A session on the page of its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSession {
    pub id: TokenId,
    pub device: String,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
}

/// A handle on the directory. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct SessionDirectory(Arc<RwLock<DirectoryState>>);

#[derive(Debug, Default)]
struct DirectoryState {
    rules: Arc<AccessRules>,
    users: HashMap<UserId, (Revision, User)>,
    sessions: HashMap<TokenId, OpenSession>,
}

#[derive(Debug)]
struct OpenSession {
    session: Session,
    revision: Revision,
    /// In milliseconds since 1970.
    last_used: AtomicI64,
    /// The identity, while the session lasts. Open sockets watch it.
    identity: watch::Sender<Option<Arc<Identity>>>,
}

/// The writes that a check of all sessions found due.
#[derive(Debug, Default)]
pub(super) struct DueWrites {
    /// Sessions that ended.
    pub(super) ended: Vec<(TokenId, Revision)>,
    /// Sessions whose last use is to be stored.
    pub(super) used: Vec<(TokenId, Revision, Session)>,
}

impl SessionDirectory {
    /// An empty directory, where these rules hold.
    pub(super) fn new(rules: Arc<AccessRules>) -> Self {
        let state = DirectoryState {
            rules,
            ..DirectoryState::default()
        };
        Self(Arc::new(RwLock::new(state)))
    }

    /// Returns who it is, if the session holds, and counts it as used.
    pub fn identify(&self, token: &Token, now: Timestamp) -> Option<Arc<Identity>> {
        let state = self.0.read();
        let open = state.sessions.get(&token.id())?;
        if !open.is_valid(now) {
            return None;
        }
        let identity = open.identity.borrow().clone()?;
        open.last_used
            .fetch_max(now.as_millisecond(), Ordering::Relaxed);
        Some(identity)
    }

    /// Whether the session is known, valid or not.
    pub(super) fn has_session(&self, session: TokenId) -> bool {
        self.0.read().sessions.contains_key(&session)
    }

    /// Returns the user of a session, if the session is known and the user isn't.
    pub(super) fn find_missing_user(&self, session: TokenId) -> Option<UserId> {
        let state = self.0.read();
        let user = &state.sessions.get(&session)?.session.user;
        (!state.users.contains_key(user)).then(|| user.clone())
    }

    /// Watches who a session belongs to; `None` once it has ended. Until it's dropped, the session
    /// is in use.
    pub fn watch(&self, session: TokenId) -> Option<watch::Receiver<Option<Arc<Identity>>>> {
        let state = self.0.read();
        Some(state.sessions.get(&session)?.identity.subscribe())
    }

    /// Counts the open sockets of a session.
    pub fn count_watchers(&self, session: TokenId) -> usize {
        let state = self.0.read();
        let open = state.sessions.get(&session);
        open.map_or(0, |open| open.identity.receiver_count())
    }

    /// Lists the sessions of a user that hold, the last used first.
    pub fn list_sessions(&self, user: &UserId) -> Vec<OwnSession> {
        let state = self.0.read();
        let own = state.sessions.iter();
        let own = own.filter(|(_, open)| open.session.user == *user);
        let own = own.filter(|(_, open)| open.identity.borrow().is_some());
        let mut own: Vec<_> = own.map(|(id, open)| open.describe(*id)).collect();
        own.sort_by_key(|session| std::cmp::Reverse(session.last_used_at));
        own
    }

    /// Whether the identity provider says who a user is.
    pub fn is_of_provider(&self, user: &UserId) -> bool {
        let state = self.0.read();
        let found = state.users.get(user);
        found.is_some_and(|(_, user)| user.is_of_provider())
    }

    /// Whether a user signed in from a network before.
    pub(super) fn is_known_network(&self, user: &UserId, network: IpAddr) -> bool {
        let state = self.0.read();
        let found = state.users.get(user);
        found.is_some_and(|(_, user)| user.networks.contains(&network))
    }

    /// How many people have an account, at an identity provider too.
    pub fn count_users(&self) -> usize {
        self.0.read().users.len()
    }

    /// Whether anyone has an account. People of the identity provider don't count before one of them is an
    /// administrator.
    pub fn has_users(&self) -> bool {
        let state = self.0.read();
        let mut users = state.users.values();
        users.any(|(_, user)| !user.is_of_provider() || user.role == Role::Admin)
    }

    /// Replaces everything. Sessions that are missing end.
    pub(super) fn replace_all(
        &self,
        users: HashMap<UserId, (Revision, User)>,
        sessions: Vec<(TokenId, Revision, Session)>,
        now: Timestamp,
    ) {
        let mut state = self.0.write();
        state.users = users;
        let known: HashSet<_> = sessions.iter().map(|(id, ..)| *id).collect();
        state.sessions.retain(|id, open| {
            let is_known = known.contains(id);
            if !is_known {
                open.identity.send_replace(None);
            }
            is_known
        });
        for (id, revision, session) in sessions {
            state.put_session(id, revision, session);
        }
        state.refresh_identities(now);
    }

    /// Takes a user as of a revision, unless a newer one is known: its reader may be slower than the
    /// watch.
    pub(super) fn put_user(&self, id: UserId, revision: Revision, user: User, now: Timestamp) {
        let mut state = self.0.write();
        let known = state.users.get(&id);
        if known.is_some_and(|(known, _)| revision < *known) {
            return;
        }
        state.users.insert(id, (revision, user));
        state.refresh_identities(now);
    }

    pub(super) fn remove_user(&self, id: &UserId, now: Timestamp) {
        let mut state = self.0.write();
        state.users.remove(id);
        state.refresh_identities(now);
    }

    pub(super) fn put_session(
        &self,
        id: TokenId,
        revision: Revision,
        session: Session,
        now: Timestamp,
    ) {
        let mut state = self.0.write();
        state.put_session(id, revision, session);
        state.refresh_identity(id, now);
    }

    /// Ends a session.
    pub(super) fn remove_session(&self, id: TokenId) {
        if let Some(open) = self.0.write().sessions.remove(&id) {
            open.identity.send_replace(None);
        }
    }

    /// Ends what has expired, counts open sockets as use, and returns what is to be written.
    pub(super) fn look_at_all(&self, now: Timestamp) -> DueWrites {
        let state = self.0.read();
        state.refresh_identities(now);
        let mut due = DueWrites::default();
        for (id, open) in &state.sessions {
            if open.identity.receiver_count() > 0 && open.identity.borrow().is_some() {
                open.last_used
                    .fetch_max(now.as_millisecond(), Ordering::Relaxed);
            }
            if !open.is_valid(now) {
                due.ended.push((*id, open.revision));
            } else if let Some(used) = open.unstored_use() {
                due.used.push((*id, open.revision, used));
            }
        }
        due
    }
}

impl DirectoryState {
    fn put_session(&mut self, id: TokenId, revision: Revision, session: Session) {
        let stored = session.last_used_at.as_millisecond();
        if let Some(open) = self.sessions.get_mut(&id) {
            open.last_used.fetch_max(stored, Ordering::Relaxed);
            (open.session, open.revision) = (session, revision);
            return;
        }
        let open = OpenSession {
            session,
            revision,
            last_used: AtomicI64::new(stored),
            identity: watch::Sender::new(None),
        };
        self.sessions.insert(id, open);
    }

    fn refresh_identities(&self, now: Timestamp) {
        for id in self.sessions.keys() {
            self.refresh_identity(*id, now);
        }
    }

    /// Says who a session belongs to now, and tells open sockets if that is new.
    fn refresh_identity(&self, id: TokenId, now: Timestamp) {
        let Some(open) = self.sessions.get(&id) else {
            return;
        };
        let user = self.users.get(&open.session.user);
        let user = user.filter(|(_, user)| !user.is_disabled && open.is_valid(now));
        let identity = user.map(|(_, user)| Identity {
            user: open.session.user.clone(),
            name: user.name.as_str().into(),
            permissions: self.rules.permissions_of(user.role, &user.groups),
            language: user.language,
            session: id,
        });
        open.identity.send_if_modified(|shown| {
            let is_new = shown.as_deref() != identity.as_ref();
            if is_new {
                *shown = identity.map(Arc::new);
            }
            is_new
        });
    }
}

impl OpenSession {
    fn is_valid(&self, now: Timestamp) -> bool {
        self.session.is_valid(self.last_used(), now)
    }

    fn last_used(&self) -> Timestamp {
        let last = Timestamp::from_millisecond(self.last_used.load(Ordering::Relaxed));
        last.unwrap_or(self.session.last_used_at)
    }

    /// The session with its last use, once the stored one is too old.
    fn unstored_use(&self) -> Option<Session> {
        let last_used_at = self.last_used();
        let is_due = USE_STORED_EVERY <= last_used_at.duration_since(self.session.last_used_at);
        is_due.then(|| Session {
            last_used_at,
            ..self.session.clone()
        })
    }

    fn describe(&self, id: TokenId) -> OwnSession {
        OwnSession {
            id,
            device: self.session.device.clone(),
            created_at: self.session.created_at,
            last_used_at: self.last_used(),
        }
    }
}

#[cfg(test)]
mod tests;
