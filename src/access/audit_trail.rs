//! The audit trail: who signed in, what they changed, and which personal data they saw.

use std::{
    collections::HashMap,
    mem::take,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use strum::{Display, IntoStaticStr};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::error;

use crate::{
    domain::error_chain,
    store::{AuditEntry, Store, StoreError, StoredAuditEntry},
};

/// A page that refreshes itself is one view in this time.
const SAME_VIEW: SignedDuration = SignedDuration::from_hours(1);
/// How soon views are on the disk.
const FLUSH_INTERVAL: Duration = Duration::from_secs(1);
const DELETE_INTERVAL: Duration = Duration::from_hours(6);
/// The most views that wait for the disk, or that are known as seen before.
const VIEWS_MAX: usize = 10_000;
/// In characters.
const TEXT_LENGTH_MAX: usize = 256;

/// What was done.
#[derive(Clone, Copy, Debug, Display, Eq, IntoStaticStr, PartialEq)]
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
    MadeScreenAddress,
    MadeToken,
    RevokedToken,
    ForgotPerson,
    /// Saw personal data.
    Viewed,
    /// Downloaded a file.
    Exported,
}

/// Who did something, and where.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AuditActor {
    pub name: String,
    /// `None`: at the command line.
    pub address: Option<IpAddr>,
}

/// A handle on the audit trail. Cheap to clone.
#[derive(Clone, Debug)]
pub struct AuditTrail {
    store: Store,
    views: Arc<Mutex<RecentViews>>,
}

#[derive(Debug, Default)]
struct RecentViews {
    /// Not yet on the disk.
    waiting: Vec<AuditEntry>,
    /// How many were left out, because the disk doesn't take any.
    omitted: u64,
    recorded_at: HashMap<(AuditActor, String), Timestamp>,
}

impl AuditActor {
    pub fn command_line() -> Self {
        Self {
            name: "command line".to_owned(),
            address: None,
        }
    }
}

impl AuditTrail {
    pub(super) fn new(store: Store) -> Self {
        Self {
            store,
            views: Arc::default(),
        }
    }

    /// Adds an entry, which is on the disk when it ends. A trail that can't be written stops nobody.
    pub async fn record(&self, actor: &AuditActor, action: AuditAction, subject: &str) {
        let entry = entry(actor, action, subject, Timestamp::now());
        if let Err(cause) = self.store.append_audit(vec![entry]).await {
            error!("Couldn't write to the audit trail: {}", error_chain(&cause));
        }
    }

    /// Notes that somebody saw or downloaded personal data, for the next write.
    pub fn record_view(&self, actor: &AuditActor, action: AuditAction, subject: &str) {
        self.lock_views()
            .add(actor, action, subject, Timestamp::now());
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

    /// What can't be written waits.
    async fn write_views(&self) -> Result<(), StoreError> {
        let waiting = {
            let mut views = self.lock_views();
            if 0 < views.omitted {
                error!(
                    count = views.omitted,
                    "The audit trail misses views, because it couldn't be written"
                );
                views.omitted = 0;
            }
            take(&mut views.waiting)
        };
        if waiting.is_empty() {
            return Ok(());
        }
        let result = self.store.append_audit(waiting.clone()).await;
        if result.is_err() {
            let mut views = self.lock_views();
            let newer = take(&mut views.waiting);
            views.waiting = [waiting, newer].concat();
        }
        result
    }

    fn lock_views(&self) -> MutexGuard<'_, RecentViews> {
        self.views.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RecentViews {
    fn add(&mut self, actor: &AuditActor, action: AuditAction, subject: &str, now: Timestamp) {
        let view = (actor.clone(), subject.to_owned());
        let recorded = self.recorded_at.get(&view);
        let is_same = recorded.is_some_and(|at| now.duration_since(*at) < SAME_VIEW);
        if is_same && action == AuditAction::Viewed {
            return;
        }
        if VIEWS_MAX <= self.waiting.len() {
            self.omitted += 1;
            return;
        }
        if VIEWS_MAX <= self.recorded_at.len() {
            self.recorded_at.clear();
        }
        self.recorded_at.insert(view, now);
        self.waiting.push(entry(actor, action, subject, now));
    }
}

fn entry(actor: &AuditActor, action: AuditAction, subject: &str, at: Timestamp) -> AuditEntry {
    AuditEntry {
        at,
        actor: one_line(&actor.name),
        address: actor
            .address
            .map(|address| address.to_string())
            .unwrap_or_default(),
        action: action.to_string(),
        subject: one_line(subject),
    }
}

/// Somebody may have entered anything.
fn one_line(text: &str) -> String {
    let letters = text.chars().filter(|letter| !letter.is_control());
    letters.take(TEXT_LENGTH_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_refreshes_itself_is_one_view_an_hour() {
        let actor = AuditActor::command_line();
        let mut views = RecentViews::default();
        let mut view = |seconds: i64, action, subject: &str| {
            views.add(
                &actor,
                action,
                subject,
                Timestamp::from_second(seconds).unwrap(),
            );
            views.waiting.len()
        };

        assert_eq!(view(0, AuditAction::Viewed, "/agents/a"), 1);
        assert_eq!(view(5, AuditAction::Viewed, "/agents/a"), 1);
        assert_eq!(view(5, AuditAction::Viewed, "/agents/b"), 2);
        assert_eq!(view(3_599, AuditAction::Viewed, "/agents/a"), 2);
        assert_eq!(view(3_600, AuditAction::Viewed, "/agents/a"), 3);
        assert_eq!(
            view(3_601, AuditAction::Exported, "/agents/a"),
            4,
            "each download"
        );
    }

    #[test]
    fn a_text_is_one_line_of_bounded_length() {
        assert_eq!(one_line("a\nb\u{1b}"), "ab");
        assert_eq!(one_line(&"x".repeat(1_000)).len(), TEXT_LENGTH_MAX);
    }

    #[test]
    fn what_waits_for_the_disk_is_bounded() {
        let actor = AuditActor::command_line();
        let mut views = RecentViews::default();
        for number in 0..=VIEWS_MAX {
            views.add(
                &actor,
                AuditAction::Viewed,
                &number.to_string(),
                Timestamp::UNIX_EPOCH,
            );
        }
        assert_eq!((views.waiting.len(), views.omitted), (VIEWS_MAX, 1));
    }
}
