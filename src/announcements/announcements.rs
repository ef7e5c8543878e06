//! A handle on all announcements: makes and ends them, and keeps the boards' equal to the records.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use parking_lot::RwLock;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use wallboard_access::{AuditAction, AuditActor, AuditTrail};
use wallboard_boards::{BoardRegistry, order_announcements};
use wallboard_domain::{Announcement, AnnouncementKind, error_chain};
use wallboard_store::{
    DocumentError, RecordChange, RecordError, RecordFollower, RecordId, RecordStore, RecordWatch,
    Records, encode_document,
};

use super::{
    AnnouncementChoice, ChoiceFault, KeptAnnouncement,
    kept_announcement::{ANNOUNCEMENTS, AnnouncementDocument},
};

/// The most that are kept; the oldest of those that are over go first.
const KEPT_MAX: usize = 100;
/// The most at once: nobody could read them all.
pub const SHOWN_MAX: usize = 10;

/// Why an announcement wasn't made or ended.
#[derive(Debug, thiserror::Error)]
pub enum AnnouncementError {
    #[error(transparent)]
    Choice(#[from] ChoiceFault),
    #[error("There are {SHOWN_MAX} announcements already. End one first.")]
    TooMany,
    #[error("That announcement no longer exists.")]
    NotFound,
    #[error("the announcement's record")]
    Document(#[from] DocumentError),
    #[error("couldn't read or write the announcements")]
    Records(#[from] RecordError),
}

/// A handle on all announcements. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Announcements(Arc<AnnouncementParts>);

#[derive(Debug)]
struct AnnouncementParts {
    records: RecordStore,
    audit: AuditTrail,
    boards: BoardRegistry,
    kept: RwLock<BTreeMap<RecordId, Arc<KeptAnnouncement>>>,
    /// Those that nobody ended early.
    shown: watch::Sender<Arc<[Announcement]>>,
}

impl Announcements {
    /// Shows on the boards what [`Self::follow`] reads.
    pub fn new(records: RecordStore, audit: AuditTrail, boards: BoardRegistry) -> Self {
        Self(Arc::new(AnnouncementParts {
            records,
            audit,
            boards,
            kept: RwLock::default(),
            shown: watch::Sender::default(),
        }))
    }

    /// Follows the records until `stop`. What is on the boards stays there while they can't be read.
    pub async fn follow(self, stop: CancellationToken) {
        self.0.records.keep_following(&self, &stop).await;
    }

    /// All that are kept, the newest first.
    pub fn list(&self) -> Vec<Arc<KeptAnnouncement>> {
        let mut all: Vec<_> = self.0.kept.read().values().map(Arc::clone).collect();
        all.sort_by_key(|one| std::cmp::Reverse(one.announcement.from));
        all
    }

    pub fn find(&self, id: &RecordId) -> Option<Arc<KeptAnnouncement>> {
        self.0.kept.read().get(id).map(Arc::clone)
    }

    /// Those that a paired screen shows at a time whatever board it has, in the order of their turns.
    pub fn of_screen(&self, screen: &str, at: Timestamp) -> Vec<Announcement> {
        let shown = Arc::clone(&self.0.shown.borrow());
        let own = shown
            .iter()
            .filter(|one| one.is_for_screen(screen) && one.from <= at && !one.is_over(at));
        order_announcements(own).into_iter().cloned().collect()
    }

    /// Whether a board shows an emergency at a time.
    pub fn is_emergency(&self, board: &str, at: Timestamp) -> bool {
        let shown = self.0.shown.borrow();
        let is_urgent = |one: &Announcement| one.kind == AnnouncementKind::Emergency;
        shown
            .iter()
            .any(|one| is_urgent(one) && one.is_shown(board, at))
    }

    /// Whether a paired screen shows one of its own, or will.
    pub fn are_for_screen(&self, screen: &str) -> bool {
        are_for_screen(&self.0.shown.borrow(), screen)
    }

    /// Waits until it's no longer so that a paired screen has some of its own, or that it has none: somebody made one,
    /// or ended the last.
    pub async fn wait_for_screen_change(&self, screen: &str, has_some: bool) {
        let mut shown = self.0.shown.subscribe();
        shown
            .wait_for(|shown| are_for_screen(shown, screen) != has_some)
            .await
            .ok();
    }

    /// Makes an announcement, which the boards of this node show at once.
    pub async fn announce(
        &self,
        choice: AnnouncementChoice,
        by: &AuditActor,
        now: Timestamp,
    ) -> Result<Arc<KeptAnnouncement>, AnnouncementError> {
        let announcement = choice.into_announcement(by.shown_name().to_owned(), now)?;
        let current = self.list();
        let (over, shown): (Vec<_>, Vec<_>) = current.iter().partition(|one| one.is_over(now));
        if SHOWN_MAX <= shown.len() {
            return Err(AnnouncementError::TooMany);
        }
        let (kind, text) = (announcement.kind.into_str(), announcement.text.clone());
        let made = self
            .store(RecordId::random(), None, announcement, None)
            .await?;
        info!(kind, user = by.name, "Made an announcement");
        (self.0.audit)
            .record(by, AuditAction::MadeAnnouncement, &text)
            .await;
        for old in over.into_iter().skip(KEPT_MAX - SHOWN_MAX) {
            if let Err(error) = self.delete_old(old).await {
                // The new one is on the boards: the next one tries again.
                warn!(
                    "Couldn't delete an old announcement: {}",
                    error_chain(&error)
                );
                break;
            }
        }
        Ok(made)
    }

    async fn delete_old(&self, old: &KeptAnnouncement) -> Result<(), RecordError> {
        let deleted = (self.0.records)
            .delete(ANNOUNCEMENTS, &old.id, old.revision)
            .await;
        match deleted {
            // Somebody else may have deleted it.
            Ok(_) | Err(RecordError::Conflict { .. }) => {
                self.0.kept.write().remove(&old.id);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Ends an announcement now. One that is over stays as it is.
    pub async fn end(
        &self,
        id: &RecordId,
        by: &AuditActor,
        now: Timestamp,
    ) -> Result<(), AnnouncementError> {
        let kept = self.find(id).ok_or(AnnouncementError::NotFound)?;
        if kept.is_over(now) {
            return Ok(());
        }
        let ended = Announcement {
            // A planned one never began.
            from: kept.announcement.from.min(now),
            until: now,
            ..kept.announcement.clone()
        };
        let stored = self.store(
            kept.id.clone(),
            Some(&kept),
            ended,
            Some(by.shown_name().to_owned()),
        );
        match stored.await {
            // Somebody else ended it in this moment.
            Err(AnnouncementError::Records(RecordError::Conflict { .. })) => return Ok(()),
            stored => stored?,
        };
        let text = &kept.announcement.text;
        (self.0.audit)
            .record(by, AuditAction::EndedAnnouncement, text)
            .await;
        Ok(())
    }

    async fn store(
        &self,
        id: RecordId,
        before: Option<&KeptAnnouncement>,
        announcement: Announcement,
        ended_by: Option<String>,
    ) -> Result<Arc<KeptAnnouncement>, AnnouncementError> {
        let document = AnnouncementDocument {
            announcement,
            ended_by,
        };
        let bytes = encode_document(&document)?;
        let expected = before.map(|kept| kept.revision);
        let revision = (self.0.records)
            .put(ANNOUNCEMENTS, &id, expected, bytes)
            .await?;
        let kept = Arc::new(KeptAnnouncement {
            id,
            revision,
            announcement: document.announcement,
            ended_by: document.ended_by,
        });
        self.put(Arc::clone(&kept));
        self.show();
        Ok(kept)
    }

    /// Takes a record in, unless a newer one was faster.
    fn put(&self, new: Arc<KeptAnnouncement>) {
        let mut kept = self.0.kept.write();
        let is_newer = (kept.get(&new.id)).is_none_or(|old| old.revision < new.revision);
        if is_newer {
            kept.insert(new.id.clone(), new);
        }
    }

    fn show(&self) {
        let all = self.0.kept.read();
        let shown = all.values().filter(|one| one.ended_by.is_none());
        let shown: Arc<[Announcement]> = shown.map(|one| one.announcement.clone()).collect();
        drop(all);
        self.0.shown.send_replace(Arc::clone(&shown));
        self.0.boards.replace_announcements(shown);
    }
}

impl RecordFollower for Announcements {
    const RECORDS: &str = "the announcements";

    async fn follow_once(&self, failures: &mut u32) -> Result<(), RecordError> {
        let (listed, mut changes) = self.0.records.watch(ANNOUNCEMENTS).await?;
        let listed = listed.iter().filter_map(KeptAnnouncement::decode);
        *self.0.kept.write() = listed.map(|one| (one.id.clone(), Arc::new(one))).collect();
        self.show();
        loop {
            let change = changes.next().await?;
            *failures = 0;
            match change {
                RecordChange::Stored(record) => {
                    if let Some(kept) = KeptAnnouncement::decode(&record) {
                        self.put(Arc::new(kept));
                    }
                }
                RecordChange::Deleted { id, .. } => {
                    self.0.kept.write().remove(&id);
                }
            }
            self.show();
        }
    }
}

fn are_for_screen(shown: &[Announcement], screen: &str) -> bool {
    let now = Timestamp::now();
    let mut shown = shown.iter();
    shown.any(|one| one.is_for_screen(screen) && !one.is_over(now))
}
