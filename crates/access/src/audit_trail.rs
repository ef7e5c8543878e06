//! The audit trail: who signed in, what they changed, and which personal data they saw.

use std::{collections::HashMap, mem::take, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use strum::{Display, EnumString, IntoStaticStr};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::error;

use wallboard_domain::error_chain;
use wallboard_store::{AuditEntry, Store, StoreError, StoredAuditEntry};

use super::AuditActor;

/// A page that refreshes itself is one view in this time.
const SAME_VIEW: SignedDuration = SignedDuration::from_hours(1);
/// How soon views are on the disk.
const FLUSH_INTERVAL: Duration = Duration::from_secs(1);
const DELETE_INTERVAL: Duration = Duration::from_hours(6);
/// Views that are written at once, without waiting longer.
const VIEWS_AT_ONCE: usize = 500;
/// The most views that wait for a disk that takes none, and that are known as seen before.
const VIEWS_MAX: usize = 10_000;
/// The most of their addresses, in bytes.
const WAITING_BYTES_MAX: usize = 8 * 1024 * 1024;

/// An audited action.
#[derive(Clone, Copy, Debug, Display, EnumString, Eq, IntoStaticStr, PartialEq)]
#[strum(serialize_all = "snake_case")]
pub enum AuditAction {
    SignedIn,
    SignInFailed,
    SignedOut,
    EndedSession,
    AddedUser,
    ChangedRole,
    DisabledUser,
    EnabledUser,
    SetPassword,
    PairedScreen,
    ChangedScreen,
    RemovedScreen,
    IdentifiedScreen,
    ReloadedScreen,
    TriedScreenSound,
    MadeScreenAddress,
    MadeToken,
    RevokedToken,
    ForgotPerson,
    ChangedSetting,
    DeletedSetting,
    MadeAnnouncement,
    EndedAnnouncement,
    AddedPicture,
    TookAlert,
    ReleasedAlert,
    SnoozedAlert,
    NotedAlert,
    ClosedAlert,
    SilencedAlerts,
    EndedSilence,
    TestedChannel,
    ResentMessage,
    DroppedMessage,
    SentReport,
    SavedView,
    DeletedView,
    /// Saw personal data.
    Viewed,
    /// Downloaded a file.
    Exported,
}

/// A handle on the audit trail. Cheap to clone.
#[derive(Clone, Debug)]
pub struct AuditTrail {
    store: Store,
    views: Arc<Mutex<RecentViews>>,
}

/// A hash of who saw which page, for which nobody can find a second view.
type ViewHash = [u8; 32];

#[derive(Debug, Default)]
struct RecentViews {
    /// Not yet on the disk.
    waiting: Vec<AuditEntry>,
    waiting_bytes: usize,
    /// How many were left out, because the disk doesn't take any.
    omitted: u64,
    recorded_at: HashMap<ViewHash, Timestamp>,
}

impl AuditTrail {
    pub fn new(store: Store) -> Self {
        Self {
            store,
            views: Arc::default(),
        }
    }

    /// Adds an entry, which is on the disk when it ends. A trail that can't be written stops nobody.
    pub async fn record(&self, actor: &AuditActor, action: AuditAction, subject: &str) {
        let entry = actor.entry(action, subject, Timestamp::now());
        if let Err(cause) = self.store.append_audit(vec![entry]).await {
            error!("Couldn't write to the audit trail: {}", error_chain(&cause));
        }
    }

    /// Notes that somebody saw or downloaded personal data, for the next write. Many at once are
    /// written first, so that a flood hides none.
    pub async fn record_view(&self, actor: &AuditActor, action: AuditAction, subject: &str) {
        let entry = actor.entry(action, subject, Timestamp::now());
        let is_full = {
            let mut views = self.views.lock();
            views.add(entry, action == AuditAction::Viewed);
            views.waiting.len() % VIEWS_AT_ONCE == VIEWS_AT_ONCE - 1
        };
        if is_full && let Err(cause) = self.write_views().await {
            error!("Couldn't write to the audit trail: {}", error_chain(&cause));
        }
    }

    /// Lists entries, the newest first, from before one of them.
    pub async fn list(
        &self,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<StoredAuditEntry>, StoreError> {
        self.write_views().await?;
        self.store.list_audit(before, limit).await
    }

    /// Writes views, and deletes old entries, until `stop`.
    pub async fn keep(self, keep_for: SignedDuration, stop: CancellationToken) {
        let mut flush = interval(FLUSH_INTERVAL);
        flush.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut delete = interval(DELETE_INTERVAL);
        loop {
            let result = tokio::select! {
                _ = flush.tick() => self.write_views().await,
                _ = delete.tick() => {
                    let before = Timestamp::now().saturating_sub(keep_for);
                    self.store.delete_audit_before(before.unwrap_or(Timestamp::MIN)).await
                }
                () = stop.cancelled() => break,
            };
            if let Err(cause) = result {
                error!("Couldn't write to the audit trail: {}", error_chain(&cause));
            }
        }
        if let Err(cause) = self.write_views().await {
            error!(
                "Couldn't write the last views to the audit trail: {}",
                error_chain(&cause)
            );
        }
    }

    /// Writes the waiting views, and keeps them if that fails.
    async fn write_views(&self) -> Result<(), StoreError> {
        let waiting = {
            let mut views = self.views.lock();
            if 0 < views.omitted {
                error!(
                    count = views.omitted,
                    "The audit trail misses views, because it couldn't be written"
                );
                views.omitted = 0;
            }
            views.waiting_bytes = 0;
            take(&mut views.waiting)
        };
        if waiting.is_empty() {
            return Ok(());
        }
        let result = self.store.append_audit(waiting.clone()).await;
        if result.is_err() {
            let mut views = self.views.lock();
            let newer = take(&mut views.waiting);
            views.waiting = [waiting, newer].concat();
            views.waiting_bytes = views.waiting.iter().map(length_of).sum();
        }
        result
    }
}

impl RecentViews {
    /// `is_repeatable`: the same in an hour isn't noted again.
    fn add(&mut self, entry: AuditEntry, is_repeatable: bool) {
        let view = hash_of(&entry);
        let recorded = self.recorded_at.get(&view);
        let is_same = recorded.is_some_and(|at| entry.at.duration_since(*at) < SAME_VIEW);
        if is_same && is_repeatable {
            return;
        }
        let bytes = self.waiting_bytes + length_of(&entry);
        if VIEWS_MAX <= self.waiting.len() || WAITING_BYTES_MAX < bytes {
            self.omitted += 1;
            return;
        }
        if VIEWS_MAX <= self.recorded_at.len() {
            self.recorded_at.clear();
        }
        self.recorded_at.insert(view, entry.at);
        self.waiting_bytes = bytes;
        self.waiting.push(entry);
    }
}

fn length_of(entry: &AuditEntry) -> usize {
    entry.actor.len() + entry.subject.len()
}

fn hash_of(entry: &AuditEntry) -> ViewHash {
    let parts = [
        &entry.actor_origin,
        &entry.actor_id,
        &entry.actor,
        &entry.address,
        &entry.subject,
    ];
    let hash = parts.iter().fold(Sha256::new(), |hash, part| {
        hash.chain_update(part.len().to_le_bytes())
            .chain_update(part.as_bytes())
    });
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(second: i64, action: AuditAction, subject: &str) -> AuditEntry {
        let at = Timestamp::from_second(second).unwrap();
        AuditActor::not_signed_in("a").entry(action, subject, at)
    }

    #[test]
    fn a_page_that_refreshes_itself_is_one_view_an_hour() {
        let mut views = RecentViews::default();
        let mut add = |entry: AuditEntry| {
            let is_repeatable = entry.action == AuditAction::Viewed.to_string();
            views.add(entry, is_repeatable);
            views.waiting.len()
        };
        let viewed = |second, subject| view(second, AuditAction::Viewed, subject);
        assert_eq!(add(viewed(0, "/agents/a")), 1);
        assert_eq!(add(viewed(5, "/agents/a")), 1);
        assert_eq!(add(viewed(5, "/agents/b")), 2);
        let other = AuditActor::command_line();
        let second = Timestamp::from_second(5).unwrap();
        assert_eq!(
            add(other.entry(AuditAction::Viewed, "/agents/a", second)),
            3
        );
        assert_eq!(add(viewed(3_599, "/agents/a")), 3);
        assert_eq!(add(viewed(3_600, "/agents/a")), 4);
        let file = view(3_601, AuditAction::Exported, "/agents/a");
        assert_eq!(add(file), 5, "each download");
    }

    #[test]
    fn what_waits_for_the_disk_is_bounded() {
        let mut views = RecentViews::default();
        for number in 0..=VIEWS_MAX {
            views.add(view(0, AuditAction::Viewed, &number.to_string()), true);
        }
        assert_eq!((views.waiting.len(), views.omitted), (VIEWS_MAX, 1));
        let mut views = RecentViews::default();
        for number in 0..1_000 {
            let address = format!("/{number}?{}", "x".repeat(16 * 1024));
            views.add(view(0, AuditAction::Viewed, &address), true);
        }
        assert!(
            views.waiting_bytes <= WAITING_BYTES_MAX,
            "{}",
            views.waiting_bytes
        );
        assert_eq!(views.waiting.len() as u64 + views.omitted, 1_000);
    }

    #[tokio::test]
    async fn a_flood_of_views_hides_none() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("w.db")).unwrap();
        let trail = AuditTrail::new(store);
        let actor = AuditActor::not_signed_in("a");
        let count = VIEWS_MAX + 1_000;
        for number in 0..count {
            let address = format!("/agents/{number}");
            trail
                .record_view(&actor, AuditAction::Viewed, &address)
                .await;
        }
        let listed = trail.list(None, u32::MAX).await.unwrap();
        assert_eq!(listed.len(), count);
    }
}
