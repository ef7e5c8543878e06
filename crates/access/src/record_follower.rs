//! Keeps the directories of sessions, screens and API tokens equal to the records, at whichever node
//! they change.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::error;

use wallboard_domain::error_chain;
use wallboard_store::{
    Record, RecordChange, RecordError, RecordFollower, RecordKind, RecordStore, RecordWatch,
    Records, Revision, decode_document, encode_document,
};

use super::{
    AccessRules, ApiTokenDirectory, ScreenDirectory, SessionDirectory, TokenId, User, UserId,
    api_token::API_TOKENS, screen::SCREENS, session::SESSIONS, session_directory::DueWrites,
    user::USERS,
};

/// How often expired sessions are looked for: their sockets close within 5 s.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// Records that were followed for so long can be read.
const HOLDS_AFTER: Duration = Duration::from_mins(1);

/// Follows the records until `stop`. What is in the directory stays there while they can't be read.
pub async fn follow_records(
    directories: Directories,
    records: RecordStore,
    stop: CancellationToken,
) {
    let follower = Follower {
        directories,
        records,
    };
    (follower.records.clone())
        .keep_following(&follower, &stop)
        .await;
}

/// The records that are held in memory.
#[derive(Clone, Debug, Default)]
pub struct Directories {
    pub(super) sessions: SessionDirectory,
    pub(super) screens: ScreenDirectory,
    pub(super) api_tokens: ApiTokenDirectory,
}

impl Directories {
    /// Reads all records.
    pub(super) async fn load(
        records: &RecordStore,
        rules: AccessRules,
    ) -> Result<Self, RecordError> {
        let rules = Arc::new(rules);
        let directories = Self {
            sessions: SessionDirectory::new(Arc::clone(&rules)),
            screens: ScreenDirectory::new(rules.agents_on_screens),
            api_tokens: ApiTokenDirectory::new(rules),
        };
        let (users, sessions) = (records.list(USERS).await?, records.list(SESSIONS).await?);
        let (screens, tokens) = (
            records.list(SCREENS).await?,
            records.list(API_TOKENS).await?,
        );
        directories.replace_all(&users, &sessions, &screens, &tokens);
        Ok(directories)
    }

    fn replace_all(
        &self,
        users: &[Record],
        sessions: &[Record],
        screens: &[Record],
        tokens: &[Record],
    ) {
        let users = users.iter().filter_map(decode_user).collect();
        let sessions = sessions.iter().filter_map(decode_record).collect();
        (self.sessions).replace_all(users, sessions, Timestamp::now());
        let screens = screens.iter().filter_map(decode_record).collect();
        self.screens.replace_all(screens);
        let tokens = tokens.iter().filter_map(decode_record);
        let tokens = tokens.map(|(id, _, token)| (id, token)).collect();
        self.api_tokens.replace_all(tokens);
    }
}

struct Follower {
    directories: Directories,
    records: RecordStore,
}

impl RecordFollower for Follower {
    const RECORDS: &str = "users, sessions, screens and tokens";

    async fn follow_once(&self, failures: &mut u32) -> Result<(), RecordError> {
        let began = Instant::now();
        let followed = self.follow().await;
        if HOLDS_AFTER <= began.elapsed() {
            *failures = 0;
        }
        followed
    }
}

impl Follower {
    async fn follow(&self) -> Result<(), RecordError> {
        let (users, mut user_changes) = self.records.watch(USERS).await?;
        let (sessions, mut session_changes) = self.records.watch(SESSIONS).await?;
        let (screens, mut screen_changes) = self.records.watch(SCREENS).await?;
        let (tokens, mut token_changes) = self.records.watch(API_TOKENS).await?;
        (self.directories).replace_all(&users, &sessions, &screens, &tokens);
        let mut looks = interval(LOOK_INTERVAL);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                change = user_changes.next() => self.apply_user(change?),
                change = session_changes.next() => self.apply_session(change?),
                change = screen_changes.next() => self.apply_screen(change?),
                change = token_changes.next() => self.apply_token(change?),
                _ = looks.tick() => self.look_at_all().await?,
            }
        }
    }

    fn apply_user(&self, change: RecordChange) {
        let (now, sessions) = (Timestamp::now(), &self.directories.sessions);
        match change {
            RecordChange::Stored(record) => match decode_user(&record) {
                Some((id, (revision, user))) => sessions.put_user(id, revision, user, now),
                None => sessions.remove_user(&UserId::of_record(&record.id), now),
            },
            RecordChange::Deleted { id, .. } => {
                sessions.remove_user(&UserId::of_record(&id), now);
            }
        }
    }

    fn apply_session(&self, change: RecordChange) {
        match change {
            RecordChange::Stored(record) => {
                if let Some((id, revision, session)) = decode_record(&record) {
                    let now = Timestamp::now();
                    (self.directories.sessions).put_session(id, revision, session, now);
                }
            }
            RecordChange::Deleted { id, .. } => {
                if let Some(id) = TokenId::of_record(&id) {
                    self.directories.sessions.remove_session(id);
                }
            }
        }
    }

    fn apply_screen(&self, change: RecordChange) {
        match change {
            RecordChange::Stored(record) => {
                if let Some((id, revision, screen)) = decode_record(&record) {
                    self.directories.screens.put_screen(id, revision, screen);
                }
            }
            RecordChange::Deleted { id, .. } => {
                if let Some(id) = TokenId::of_record(&id) {
                    self.directories.screens.remove_screen(id);
                }
            }
        }
    }

    fn apply_token(&self, change: RecordChange) {
        let tokens = &self.directories.api_tokens;
        match change {
            RecordChange::Stored(record) => {
                if let Some((id, _, token)) = decode_record(&record) {
                    tokens.put_token(id, token);
                }
            }
            RecordChange::Deleted { id, .. } => {
                if let Some(id) = TokenId::of_record(&id) {
                    tokens.remove_token(id);
                }
            }
        }
    }

    async fn look_at_all(&self) -> Result<(), RecordError> {
        let now = Timestamp::now();
        let DueWrites { ended, used } = self.directories.sessions.look_at_all(now);
        for (id, revision) in ended {
            let Some(record) = id.record_id() else {
                continue;
            };
            ignore_conflict(self.records.delete(SESSIONS, &record, revision).await)?;
        }
        for (id, revision, session) in used {
            self.store(SESSIONS, id, revision, &session).await?;
        }
        for (id, revision, screen) in self.directories.screens.look_at_all(now) {
            self.store(SCREENS, id, revision, &screen).await?;
        }
        Ok(())
    }

    /// Someone else may have been faster: then there is nothing left to do.
    async fn store(
        &self,
        kind: RecordKind,
        id: TokenId,
        revision: Revision,
        content: &impl Serialize,
    ) -> Result<(), RecordError> {
        let (Some(record), Ok(document)) = (id.record_id(), encode_document(content)) else {
            return Ok(());
        };
        let stored = self.records.put(kind, &record, Some(revision), document);
        ignore_conflict(stored.await)
    }
}

fn ignore_conflict<T>(result: Result<T, RecordError>) -> Result<(), RecordError> {
    match result {
        Ok(_) | Err(RecordError::Conflict { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// A user that can't be read can't sign in.
fn decode_user(record: &Record) -> Option<(UserId, (Revision, User))> {
    match decode_document(&record.document) {
        Ok(user) => Some((UserId::of_record(&record.id), (record.revision, user))),
        Err(error) => {
            error!("The user {} {}", record.id, error_chain(&error));
            None
        }
    }
}

fn decode_record<T: DeserializeOwned>(record: &Record) -> Option<(TokenId, Revision, T)> {
    let content = decode_document(&record.document).ok()?;
    Some((TokenId::of_record(&record.id)?, record.revision, content))
}
