//! Silences that people begin and end, with entries in the audit trail.

use jiff::Timestamp;
use uuid::Uuid;

use wallboard_access::{AuditAction, AuditActor};
use wallboard_alerts::{
    AlertSilence, SILENCE_DAYS_MAX, SILENCE_REASON_MAX, SILENCES_MAX, SilenceFault, SilenceId,
    SilenceScope,
};

use super::{AlertError, Alerts};

/// Somebody's choices for a silence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SilenceChoice {
    pub scope: SilenceScope,
    /// `None`: now.
    pub from: Option<Timestamp>,
    pub until: Timestamp,
    pub reason: String,
}

/// Why a silence wasn't begun or ended.
#[derive(Debug, thiserror::Error)]
pub enum SilenceError {
    #[error("{}", describe_fault(*.0))]
    Fault(SilenceFault),
    #[error("couldn't change a silence")]
    Alerts(#[from] AlertError),
}

impl Alerts {
    /// Silences alerts. `name` is how the audit trail calls them.
    pub async fn silence(
        &self,
        choice: SilenceChoice,
        by: &AuditActor,
        name: &str,
        now: Timestamp,
    ) -> Result<SilenceId, SilenceError> {
        let silence = AlertSilence {
            id: SilenceId(Uuid::new_v4()),
            scope: choice.scope,
            from: choice.from.unwrap_or(now),
            until: choice.until,
            reason: choice.reason,
            by: by.shown_name().to_owned(),
        };
        let added = self.change(|book| book.add_silence(silence.clone(), now).map(|()| true));
        added.await?.map_err(SilenceError::Fault)?;
        let subject = format!("{name}: {}", silence.reason.trim());
        (self.audit())
            .record(by, AuditAction::SilencedAlerts, &subject)
            .await;
        Ok(silence.id)
    }

    /// Ends a silence now. `name` is how the audit trail calls its alerts.
    pub async fn end_silence(
        &self,
        id: SilenceId,
        by: &AuditActor,
        name: &str,
        now: Timestamp,
    ) -> Result<(), SilenceError> {
        let ended = self.change(|book| book.end_silence(id, now).map(|()| true));
        ended.await?.map_err(SilenceError::Fault)?;
        self.audit()
            .record(by, AuditAction::EndedSilence, name)
            .await;
        Ok(())
    }
}

fn describe_fault(fault: SilenceFault) -> String {
    match fault {
        SilenceFault::NoReason => "Write a reason.".to_owned(),
        SilenceFault::ReasonTooLong => {
            format!("The reason is too long: at most {SILENCE_REASON_MAX} characters.")
        }
        SilenceFault::Over => "That time is over. Choose a later end.".to_owned(),
        SilenceFault::TooLong => {
            format!("A silence ends within {SILENCE_DAYS_MAX} days. Choose an earlier end.")
        }
        SilenceFault::TooMany => {
            format!("There are {SILENCES_MAX} silences already. End one first.")
        }
        SilenceFault::NotFound => "That silence is over.".to_owned(),
    }
}
