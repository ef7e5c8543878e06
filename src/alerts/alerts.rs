//! A handle on all alerts: pages read them, people act on them, and the leader advances them.

use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::error;

use wallboard_access::{ActorOrigin, AuditAction, AuditActor, AuditTrail};
use wallboard_alerts::{ActionFault, AlertAction, AlertBook, AlertId, AlertRule};
use wallboard_domain::error_chain;
use wallboard_store::{
    DocumentError, RecordChange, RecordError, RecordFollower, RecordStore, RecordWatch, Records,
};

use super::alert_document::{ALERTS, AlertDocument, KeptAlerts, record_id};

/// Changes by people and by the leader meet; each tries again on what the other made of it.
const ATTEMPTS: usize = 8;
/// The owner's name where nobody signs in.
const SOMEBODY: &str = "Somebody";

/// Why somebody's action wasn't done.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    /// It doesn't apply to the alert as it is now.
    #[error("the alert doesn't allow it")]
    Fault(ActionFault),
    #[error("the record of all alerts")]
    Document(#[from] DocumentError),
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
    rules: watch::Sender<Arc<Vec<AlertRule>>>,
    kept: RwLock<Arc<KeptAlerts>>,
}

impl Alerts {
    /// Has what [`Self::follow`] reads.
    pub fn new(records: RecordStore, audit: AuditTrail) -> Self {
        Self(Arc::new(AlertParts {
            records,
            audit,
            rules: watch::Sender::default(),
            kept: RwLock::default(),
        }))
    }

    /// Follows the record until `stop`.
    pub async fn follow(self, stop: CancellationToken) {
        self.0.records.keep_following(&self, &stop).await;
    }

    /// Replaces the rules of the configuration.
    pub fn set_rules(&self, rules: Vec<AlertRule>) {
        self.0.rules.send_replace(Arc::new(rules));
    }

    pub fn rules(&self) -> Arc<Vec<AlertRule>> {
        Arc::clone(&self.0.rules.borrow())
    }

    /// Reads all alerts. `read` must be short.
    pub fn read<R>(&self, read: impl FnOnce(&AlertBook) -> R) -> R {
        read(&self.kept().document.book)
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
        let name = owner_name(by);
        let mut attempts = 0;
        loop {
            let kept = self.kept();
            let mut document = kept.document.clone();
            let changed = document.book.act(id, action, name, now);
            if !changed.map_err(AlertError::Fault)? {
                return Ok(());
            }
            match self.store(&kept, document).await {
                Ok(()) => break,
                Err(AlertError::Records(RecordError::Conflict { .. })) if attempts < ATTEMPTS => {
                    attempts += 1;
                    self.reload().await?;
                }
                Err(error) => return Err(error),
            }
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

    pub(super) fn kept(&self) -> Arc<KeptAlerts> {
        let kept = self.0.kept.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&kept)
    }

    /// Writes what became of `before`.
    pub(super) async fn store(
        &self,
        before: &KeptAlerts,
        mut document: AlertDocument,
    ) -> Result<(), AlertError> {
        let bytes = document.encode()?;
        let revision = (self.0.records)
            .put(ALERTS, &record_id(), before.revision, bytes)
            .await?;
        self.put(KeptAlerts {
            revision: Some(revision),
            document,
        });
        Ok(())
    }

    /// Reads the record again, after somebody else wrote it.
    pub(super) async fn reload(&self) -> Result<(), AlertError> {
        if let Some(record) = self.0.records.get(ALERTS, &record_id()).await? {
            self.put(KeptAlerts {
                revision: Some(record.revision),
                document: AlertDocument::decode(&record.document)?,
            });
        }
        Ok(())
    }

    /// Whether there are rules to watch, or alerts to end.
    pub(super) fn is_idle(&self) -> bool {
        self.0.rules.borrow().is_empty() && self.read(AlertBook::is_idle)
    }

    /// Keeps a state, unless a newer one was faster.
    fn put(&self, new: KeptAlerts) {
        let mut kept = self.0.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.revision <= new.revision {
            *kept = Arc::new(new);
        }
    }
}

impl RecordFollower for Alerts {
    const RECORDS: &str = "the alerts";

    async fn follow_once(&self, failures: &mut u32) -> Result<(), RecordError> {
        let (listed, mut changes) = self.0.records.watch(ALERTS).await?;
        let mut next = listed.into_iter().next();
        loop {
            if let Some(record) = next.take() {
                match AlertDocument::decode(&record.document) {
                    Ok(document) => self.put(KeptAlerts {
                        revision: Some(record.revision),
                        document,
                    }),
                    Err(cause) => error!("The record of all alerts {}", error_chain(&cause)),
                }
            }
            let change = changes.next().await?;
            *failures = 0;
            if let RecordChange::Stored(record) = change {
                next = Some(record);
            }
        }
    }
}

/// The name that pages and boards show.
fn owner_name(actor: &AuditActor) -> &str {
    match actor.origin {
        ActorOrigin::NotSignedIn => SOMEBODY,
        _ => &actor.name,
    }
}
