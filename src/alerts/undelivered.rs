//! Messages that no channel accepted: people send them again or drop them, with entries in the audit trail.

use jiff::Timestamp;
use uuid::Uuid;

use wallboard_access::{AuditAction, AuditActor};
use wallboard_alerts::{Alert, AlertBook, AlertId};
use wallboard_notify::{Message, MessageId};

use super::{AlertError, Alerts};

/// Why a message that wasn't delivered is neither sent again nor dropped.
#[derive(Debug, thiserror::Error)]
pub enum UndeliveredError {
    #[error("the message was sent again or dropped already")]
    NotFound,
    #[error("a newer message about the same alert waits")]
    Superseded,
    #[error("couldn't change the outbox")]
    Alerts(#[from] AlertError),
}

impl Alerts {
    /// Sends a message again, with the ID that it had. `subject` is how the audit trail calls it.
    pub async fn resend(
        &self,
        id: &MessageId,
        by: &AuditActor,
        subject: &str,
        now: Timestamp,
    ) -> Result<(), UndeliveredError> {
        let revived = self.change_document(|document| {
            let outbox = &mut document.outbox;
            if outbox.dead_letters().all(|letter| letter.id != *id) {
                return Err(UndeliveredError::NotFound);
            }
            if outbox.revive(id, now) {
                Ok(true)
            } else {
                Err(UndeliveredError::Superseded)
            }
        });
        revived.await??;
        (self.audit())
            .record(by, AuditAction::ResentMessage, subject)
            .await;
        Ok(())
    }

    /// Drops a message that nobody needs any longer. `subject` is how the audit trail calls it.
    pub async fn drop_undelivered(
        &self,
        id: &MessageId,
        by: &AuditActor,
        subject: &str,
    ) -> Result<(), UndeliveredError> {
        let dropped = self.change_document(|document| {
            let is_dropped = document.outbox.drop_dead(id);
            is_dropped.then_some(true).ok_or(UndeliveredError::NotFound)
        });
        dropped.await??;
        (self.audit())
            .record(by, AuditAction::DroppedMessage, subject)
            .await;
        Ok(())
    }
}

/// The alert that a message is about; `None` for a digest, and once the alert is forgotten.
pub fn alert_of_message<'b>(book: &'b AlertBook, message: &Message) -> Option<&'b Alert> {
    let id = Uuid::parse_str(&message.thread).ok()?;
    book.find(AlertId(id))
}
