//! A handle on all reports: pages list them, the node with the sources sends those that are due.

use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::RwLock;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::error;

use wallboard_access::{ActorOrigin, AuditAction, AuditActor, AuditTrail};
use wallboard_domain::error_chain;
use wallboard_notify::{Channel, MailDocument, MessageId, SendError, send_document};
use wallboard_store::{
    DocumentError, Record, RecordChange, RecordError, RecordFollower, RecordStore, RecordWatch,
    Records, Revision, decode_document, encode_document,
};

use super::{
    ReportPlan, SentReport,
    report_document::{REPORTS, ReportDocument, record_id},
    report_plan::ReportPlans,
};

/// Several nodes, and people, may write at once.
const ATTEMPTS: usize = 8;

/// Why what became of a report isn't noted.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error("the record of all reports")]
    Document(#[from] DocumentError),
    #[error("couldn't read or write the reports")]
    Records(#[from] RecordError),
}

/// A handle on all reports. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Reports(Arc<ReportParts>);

#[derive(Debug)]
struct ReportParts {
    records: RecordStore,
    audit: AuditTrail,
    plans: watch::Sender<Arc<ReportPlans>>,
    kept: RwLock<Arc<KeptReports>>,
}

#[derive(Debug, Default)]
pub(super) struct KeptReports {
    /// `None`: there is no record yet.
    revision: Option<Revision>,
    pub(super) document: ReportDocument,
}

impl Reports {
    pub fn new(records: RecordStore, audit: AuditTrail) -> Self {
        Self(Arc::new(ReportParts {
            records,
            audit,
            plans: watch::Sender::default(),
            kept: RwLock::default(),
        }))
    }

    /// Follows the record until `stop`.
    pub async fn follow(self, stop: CancellationToken) {
        self.0.records.keep_following(&self, &stop).await;
    }

    /// Replaces the configuration.
    pub fn set_plan(
        &self,
        reports: Vec<ReportPlan>,
        channels: Vec<Channel>,
        public_url: Option<String>,
    ) {
        self.0.plans.send_replace(Arc::new(ReportPlans {
            reports,
            channels,
            public_url,
        }));
    }

    pub fn list(&self) -> Vec<ReportPlan> {
        self.plans().reports.clone()
    }

    /// Whether there is a channel that reports can be sent to.
    pub fn has_channels(&self) -> bool {
        self.plans().channels.iter().any(Channel::is_email)
    }

    /// The names of the channels that reports can be sent to.
    pub fn channels(&self) -> Vec<String> {
        let plans = self.plans();
        let channels = plans.channels.iter().filter(|channel| channel.is_email());
        channels.map(|channel| channel.name.clone()).collect()
    }

    /// The address that mails link to.
    pub fn public_url(&self) -> Option<String> {
        self.plans().public_url.clone()
    }

    /// Lists what was sent, the newest first.
    pub fn sent(&self) -> Vec<SentReport> {
        self.kept().document.sent.clone()
    }

    /// Sends a report now, with an entry in the audit trail. The error says why it wasn't accepted.
    pub async fn send_now(
        &self,
        plan: &ReportPlan,
        document: &MailDocument,
        by: &AuditActor,
    ) -> Result<Result<String, SendError>, ReportError> {
        let at = document.time;
        let outcome = self.send(plan, document, None).await;
        let name = match by.origin {
            ActorOrigin::NotSignedIn => "Somebody",
            _ => by.name.as_str(),
        };
        self.note(sent_report(plan, None, at, name, &outcome))
            .await?;
        self.0
            .audit
            .record(by, AuditAction::SentReport, &plan.name)
            .await;
        Ok(outcome)
    }

    /// Sends a report. One that is due has the same ID at each attempt.
    pub(super) async fn send(
        &self,
        plan: &ReportPlan,
        document: &MailDocument,
        due: Option<Timestamp>,
    ) -> Result<String, SendError> {
        let plans = self.plans();
        let channel = plans.channels.iter().find(|one| one.name == plan.channel);
        let channel = channel.ok_or_else(|| {
            SendError::permanent(format!("There is no channel {:?}.", plan.channel))
        })?;
        if let Some(address) = plan.to.iter().find(|one| !channel.may_mail_to(one)) {
            let why = format!(
                "{address} isn't in a domain of the channel {:?}. Add an address of that domain to the channel, or remove it here.",
                plan.channel
            );
            return Err(SendError::permanent(why));
        }
        let own = (!plan.to.is_empty()).then(|| channel.clone().with_recipients(&plan.to));
        let channel = own.as_ref().unwrap_or(channel);
        let at = due.unwrap_or(document.time).as_second();
        let id = MessageId(format!("report {} {at}", plan.name));
        let accepted = send_document(channel, &id, document).await?;
        Ok(accepted.answer)
    }

    pub(super) async fn note(&self, sent: SentReport) -> Result<(), ReportError> {
        self.change(|document| {
            document.note(sent.clone());
            true
        })
        .await
    }

    /// Changes the record; `change` returns whether it did.
    pub(super) async fn change(
        &self,
        change: impl Fn(&mut ReportDocument) -> bool,
    ) -> Result<(), ReportError> {
        let mut attempts = 0;
        loop {
            let kept = self.kept();
            let mut document = kept.document.clone();
            if !change(&mut document) {
                return Ok(());
            }
            let bytes = encode_document(&document)?;
            let id = record_id();
            let put = (self.0.records).put(REPORTS, &id, kept.revision, bytes);
            match put.await {
                Ok(revision) => {
                    self.put(KeptReports {
                        revision: Some(revision),
                        document,
                    });
                    return Ok(());
                }
                Err(RecordError::Conflict { .. }) if attempts < ATTEMPTS => {
                    attempts += 1;
                    self.reload().await?;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    pub(super) fn plans(&self) -> Arc<ReportPlans> {
        Arc::clone(&self.0.plans.borrow())
    }

    pub(super) fn kept(&self) -> Arc<KeptReports> {
        Arc::clone(&self.0.kept.read())
    }

    /// Reads the record again, after somebody else wrote it.
    async fn reload(&self) -> Result<(), ReportError> {
        let record = self.0.records.get(REPORTS, &record_id()).await?;
        let kept = match record {
            Some(record) => KeptReports {
                revision: Some(record.revision),
                document: decode_document(&record.document)?,
            },
            // With the cluster's records what was known here is written again.
            None => KeptReports {
                revision: None,
                document: self.kept().document.clone(),
            },
        };
        self.replace(kept);
        Ok(())
    }

    /// Keeps a state, unless a newer one was faster.
    fn put(&self, new: KeptReports) {
        if self.kept().revision <= new.revision {
            self.replace(new);
        }
    }

    fn replace(&self, new: KeptReports) {
        *self.0.kept.write() = Arc::new(new);
    }
}

/// How an attempt ended, as it's listed.
pub(super) fn sent_report(
    plan: &ReportPlan,
    due: Option<Timestamp>,
    at: Timestamp,
    by: &str,
    outcome: &Result<String, SendError>,
) -> SentReport {
    SentReport {
        report: plan.name.clone(),
        channel: plan.destination(),
        due,
        at,
        by: by.to_owned(),
        is_accepted: outcome.is_ok(),
        answer: match outcome {
            Ok(answer) => answer.clone(),
            Err(error) => error.to_string(),
        },
    }
}

impl RecordFollower for Reports {
    const RECORDS: &str = "the reports";

    async fn follow_once(&self, failures: &mut u32) -> Result<(), RecordError> {
        let (listed, mut changes) = self.0.records.watch(REPORTS).await?;
        if let Some(kept) = listed.first().and_then(decode) {
            self.replace(kept);
        }
        loop {
            let change = changes.next().await?;
            *failures = 0;
            if let RecordChange::Stored(record) = change
                && let Some(kept) = decode(&record)
            {
                self.put(kept);
            }
        }
    }
}

fn decode(record: &Record) -> Option<KeptReports> {
    match decode_document(&record.document) {
        Ok(document) => Some(KeptReports {
            revision: Some(record.revision),
            document,
        }),
        Err(cause) => {
            error!("The record of all reports {}", error_chain(&cause));
            None
        }
    }
}
