//! A handle on all alerts: pages read them, people act on them, and the leader advances them.

use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use parking_lot::{Mutex, RwLock};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::error;

use wallboard_access::{AuditAction, AuditActor, AuditTrail, Screens};
use wallboard_alerts::{ActionFault, AlertAction, AlertBook, AlertId, AlertOwner, AlertSubject};
use wallboard_boards::{BoardRegistry, TileOwner, TileOwners};
use wallboard_domain::{PersonName, error_chain};
use wallboard_notify::Outbox;
use wallboard_store::{
    Record, RecordChange, RecordError, RecordFollower, RecordStore, RecordWatch, Records,
};

use super::{
    AlertPlan,
    alert_document::{ALERTS, AlertDocument, AlertDocumentError, KeptAlerts, record_id},
};

/// Changes by people and by the leader meet; each tries again on what the other made of it.
const ATTEMPTS: usize = 8;

/// Why somebody's action wasn't done.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    /// It doesn't apply to the alert as it is now.
    #[error("the alert doesn't allow it")]
    Fault(ActionFault),
    #[error("the record of all alerts")]
    Document(#[from] AlertDocumentError),
    #[error("couldn't read or write the alerts")]
    Records(#[from] RecordError),
}

/// A handle on all alerts. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Alerts(Arc<AlertParts>);

#[derive(Debug)]
struct AlertParts {
    records: RecordStore,
    audit: AuditTrail,
    boards: BoardRegistry,
    plan: watch::Sender<Arc<AlertPlan>>,
    kept: RwLock<Arc<KeptAlerts>>,
    /// The document that this node wrote last: the record that comes back needn't be read.
    written: Mutex<Option<WrittenAlerts>>,
    /// Once they're known here.
    screens: OnceLock<Screens>,
}

/// A document with its bytes.
#[derive(Debug)]
struct WrittenAlerts {
    bytes: Vec<u8>,
    document: Arc<AlertDocument>,
}

impl Alerts {
    /// Has what [`Self::follow`] reads, and shows on the boards who has what.
    pub fn new(records: RecordStore, audit: AuditTrail, boards: BoardRegistry) -> Self {
        Self(Arc::new(AlertParts {
            records,
            audit,
            boards,
            plan: watch::Sender::default(),
            kept: RwLock::default(),
            written: Mutex::default(),
            screens: OnceLock::new(),
        }))
    }

    /// Has the paired screens from now on: rules watch them.
    pub fn watch_screens(&self, screens: Screens) {
        self.0.screens.set(screens).ok();
    }

    pub(super) fn screens(&self) -> Option<&Screens> {
        self.0.screens.get()
    }

    /// Follows the record until `stop`.
    pub async fn follow(self, stop: CancellationToken) {
        self.0.records.keep_following(&self, &stop).await;
    }

    /// Replaces the configuration.
    pub fn set_plan(&self, plan: AlertPlan) {
        self.0.plan.send_replace(Arc::new(plan));
    }

    pub fn plan(&self) -> Arc<AlertPlan> {
        Arc::clone(&self.0.plan.borrow())
    }

    /// Whether some rule sounds on a screen.
    pub fn sounds_on(&self, screen: &str) -> bool {
        sounds_on(&self.0.plan.borrow(), screen)
    }

    /// Waits until it's no longer so that some rule sounds on a screen, or that none does.
    pub async fn wait_for_sound_change(&self, screen: &str, sounds: bool) {
        let mut plan = self.0.plan.subscribe();
        plan.wait_for(|plan| sounds_on(plan, screen) != sounds)
            .await
            .ok();
    }

    pub fn audit(&self) -> &AuditTrail {
        &self.0.audit
    }

    /// Reads all alerts. `read` must be short.
    pub fn read<R>(&self, read: impl FnOnce(&AlertBook) -> R) -> R {
        read(&self.kept().document.book)
    }

    /// Reads all alerts, and the messages that wait or weren't delivered. `read` must be short.
    pub fn read_all<R>(&self, read: impl FnOnce(&AlertBook, &Outbox) -> R) -> R {
        let document = &self.kept().document;
        read(&document.book, &document.outbox)
    }

    /// Does what somebody decided, with an entry in the audit trail. `subject` is how the trail calls it.
    pub async fn act(
        &self,
        id: AlertId,
        action: &AlertAction,
        by: &AuditActor,
        subject: &str,
        now: Timestamp,
    ) -> Result<(), AlertError> {
        let name = by.shown_name();
        let changed = self.change(|book| book.act(id, action, name, now));
        if !changed.await?.map_err(AlertError::Fault)? {
            return Ok(());
        }
        let (audited, subject) = match action {
            AlertAction::Take => (AuditAction::TookAlert, subject.to_owned()),
            AlertAction::Release => (AuditAction::ReleasedAlert, subject.to_owned()),
            AlertAction::Snooze(_) => (AuditAction::SnoozedAlert, subject.to_owned()),
            AlertAction::Note(text) => (AuditAction::NotedAlert, format!("{subject}: {text}")),
            AlertAction::Close => (AuditAction::ClosedAlert, subject.to_owned()),
        };
        self.0.audit.record(by, audited, &subject).await;
        Ok(())
    }

    /// Changes the book, on what others made of it meanwhile. `change` says whether it did, and may be called several
    /// times.
    pub(super) async fn change<F>(
        &self,
        mut change: impl FnMut(&mut AlertBook) -> Result<bool, F>,
    ) -> Result<Result<bool, F>, AlertError> {
        self.change_document(|document| change(&mut document.book))
            .await
    }

    /// The same of the book and the outbox.
    pub(super) async fn change_document<F>(
        &self,
        mut change: impl FnMut(&mut AlertDocument) -> Result<bool, F>,
    ) -> Result<Result<bool, F>, AlertError> {
        let mut attempts = 0;
        loop {
            let kept = self.kept();
            let mut document = AlertDocument::clone(&kept.document);
            let changed = change(&mut document);
            if !matches!(changed, Ok(true)) {
                return Ok(changed);
            }
            match self.store(&kept, document).await {
                Ok(()) => return Ok(changed),
                Err(AlertError::Records(RecordError::Conflict { .. })) if attempts < ATTEMPTS => {
                    attempts += 1;
                    self.reload().await?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    #[cfg(test)]
    pub(super) fn records(&self) -> &RecordStore {
        &self.0.records
    }

    pub(super) fn kept(&self) -> Arc<KeptAlerts> {
        Arc::clone(&self.0.kept.read())
    }

    /// Writes what became of `before`.
    pub(super) async fn store(
        &self,
        before: &KeptAlerts,
        mut document: AlertDocument,
    ) -> Result<(), AlertError> {
        let bytes = document.encode()?;
        let document = Arc::new(document);
        *self.0.written.lock() = Some(WrittenAlerts {
            bytes: bytes.clone(),
            document: Arc::clone(&document),
        });
        let revision = (self.0.records)
            .put(ALERTS, &record_id(), before.revision, bytes)
            .await?;
        self.put(KeptAlerts {
            revision: Some(revision),
            document,
        });
        Ok(())
    }

    /// Reads the record again, after somebody else wrote it. If it is gone, with the cluster's records, the alerts
    /// as they were known here are written again.
    pub(super) async fn reload(&self) -> Result<(), AlertError> {
        let record = self.0.records.get(ALERTS, &record_id()).await?;
        let kept = match record {
            Some(record) => KeptAlerts {
                revision: Some(record.revision),
                document: Arc::new(AlertDocument::decode(&record.document)?),
            },
            None => self.without_record(),
        };
        self.replace(kept);
        Ok(())
    }

    /// Reads a record that changed. One that can't be read changes nothing here.
    fn read_record(&self, record: &Record) -> Option<KeptAlerts> {
        let own = self.0.written.lock().as_ref().and_then(|written| {
            let is_own = written.bytes == record.document;
            is_own.then(|| Arc::clone(&written.document))
        });
        let document = match own {
            Some(document) => document,
            None => match AlertDocument::decode(&record.document) {
                Ok(document) => Arc::new(document),
                Err(cause) => {
                    error!("The record of all alerts {}", error_chain(&cause));
                    return None;
                }
            },
        };
        Some(KeptAlerts {
            revision: Some(record.revision),
            document,
        })
    }

    fn without_record(&self) -> KeptAlerts {
        KeptAlerts {
            revision: None,
            document: Arc::clone(&self.kept().document),
        }
    }

    /// Whether there are neither rules to watch, nor alerts to end, nor messages to send.
    pub(super) fn is_idle(&self) -> bool {
        let kept = self.kept();
        let AlertDocument { book, outbox } = &*kept.document;
        let is_sent = outbox.next_due().is_none() && outbox.in_flight().next().is_none();
        !self.0.plan.borrow().has_enabled_rule() && book.is_idle() && is_sent
    }

    /// Keeps a state, unless a newer one was faster.
    fn put(&self, new: KeptAlerts) {
        if self.kept().revision <= new.revision {
            self.replace(new);
        }
    }

    fn replace(&self, new: KeptAlerts) {
        let owners = owners(&new.document.book);
        *self.0.kept.write() = Arc::new(new);
        self.0.boards.replace_owners(owners);
    }
}

impl RecordFollower for Alerts {
    const RECORDS: &str = "the alerts";

    async fn follow_once(&self, failures: &mut u32) -> Result<(), RecordError> {
        let (listed, mut changes) = self.0.records.watch(ALERTS).await?;
        // Revisions of records that were lost and made again start over.
        match listed.first() {
            Some(record) => {
                if let Some(kept) = self.read_record(record) {
                    self.replace(kept);
                }
            }
            None => self.replace(self.without_record()),
        }
        loop {
            let change = changes.next().await?;
            *failures = 0;
            match change {
                RecordChange::Stored(record) => {
                    if let Some(kept) = self.read_record(&record) {
                        self.put(kept);
                    }
                }
                RecordChange::Deleted { .. } => self.replace(self.without_record()),
            }
        }
    }
}

fn sounds_on(plan: &AlertPlan, screen: &str) -> bool {
    let mut rules = plan.rules.iter().filter(|rule| rule.is_enabled);
    rules.any(|rule| rule.sound.iter().any(|name| name == screen))
}

fn owners(book: &AlertBook) -> TileOwners {
    let mut owners = TileOwners::default();
    for alert in book.open() {
        let Some(owner) = alert.owner.as_ref().map(tile_owner) else {
            continue;
        };
        match &alert.subject {
            AlertSubject::Queue(id) => {
                owners.queues.insert(id.clone(), owner);
            }
            AlertSubject::Target(id) => {
                owners.targets.insert(id.clone(), owner);
            }
            AlertSubject::Figure(id, queue) => {
                owners.figures.insert((id.clone(), queue.clone()), owner);
            }
            AlertSubject::Source(_)
            | AlertSubject::Import(_)
            | AlertSubject::Screen(_)
            | AlertSubject::Agent(_) => {}
        }
    }
    owners
}

fn tile_owner(owner: &AlertOwner) -> TileOwner {
    let is_known = !owner.name.is_empty();
    TileOwner {
        name: is_known.then(|| PersonName::from_name(&owner.name)),
        since: owner.since,
    }
}
