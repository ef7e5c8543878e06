//! A handle on the deliveries: they report their condition, pages and metrics read it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
};

use jiff::Timestamp;
use parking_lot::RwLock;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use wallboard_notify::Channel;

use super::{CaseRecordPlan, RecordFileFormat};

/// The condition of a delivery.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeliveryStatus {
    /// Records that aren't delivered yet, those of today included.
    pub waiting: u64,
    pub last: Option<LastDelivery>,
    /// Why the last attempt failed; `None`: it succeeded, or there was none.
    pub failure: Option<DeliveryFailure>,
}

/// The last delivery that succeeded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastDelivery {
    pub at: Timestamp,
    /// The receiver's answer, or the file's name.
    pub what: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryFailure {
    /// The fault and its cure, without a secret.
    pub reason: String,
    pub since: Timestamp,
    pub next_at: Timestamp,
}

/// Transcripts on their way to a receiver.
#[derive(Clone, Debug, PartialEq)]
pub struct TranscriptFlow {
    /// The channel's host, or its name if its address can't be read.
    pub to: String,
    pub status: DeliveryStatus,
    /// Those that nobody got, since the start.
    pub lost: u64,
}

/// A handle on the deliveries. Cheap to clone.
#[derive(Clone, Debug)]
pub struct CaseRecordDeliveries(Arc<DeliveryParts>);

#[derive(Debug)]
struct DeliveryParts {
    /// Another node of the cluster delivers.
    is_elsewhere: AtomicBool,
    webhook: Option<String>,
    file_format: Option<RecordFileFormat>,
    channels: watch::Sender<Vec<Channel>>,
    webhook_status: RwLock<DeliveryStatus>,
    file_status: RwLock<DeliveryStatus>,
    transcripts_to: Option<String>,
    transcript_status: RwLock<DeliveryStatus>,
    /// Why transcripts can't be stored.
    storing_failure: RwLock<Option<DeliveryFailure>>,
    lost_transcripts: AtomicU64,
}

impl CaseRecordDeliveries {
    pub fn new(plan: &CaseRecordPlan) -> Self {
        Self(Arc::new(DeliveryParts {
            is_elsewhere: AtomicBool::default(),
            webhook: plan.webhook.clone(),
            file_format: plan.files.as_ref().map(|files| files.format),
            channels: watch::Sender::default(),
            webhook_status: RwLock::default(),
            file_status: RwLock::default(),
            transcripts_to: (plan.transcripts.as_ref()).map(|plan| plan.channel.clone()),
            transcript_status: RwLock::default(),
            storing_failure: RwLock::default(),
            lost_transcripts: AtomicU64::default(),
        }))
    }

    /// Replaces the channels. What failed with an earlier one is tried again at once.
    pub fn set_channels(&self, channels: &[Channel]) {
        self.0.channels.send_if_modified(|current| {
            let is_other = current != channels;
            if is_other {
                channels.clone_into(current);
            }
            is_other
        });
    }

    /// Says whether another node of the cluster delivers: this one knows nothing of it.
    pub fn set_elsewhere(&self, is_elsewhere: bool) {
        self.0.is_elsewhere.store(is_elsewhere, Relaxed);
    }

    pub fn is_elsewhere(&self) -> bool {
        self.0.is_elsewhere.load(Relaxed)
    }

    /// Returns the webhook's channel and the condition of the delivery to it, if there is one.
    pub fn webhook(&self) -> Option<(&str, DeliveryStatus)> {
        let channel = self.0.webhook.as_deref()?;
        Some((channel, self.0.webhook_status.read().clone()))
    }

    /// Returns the format and the condition of the files, if there are any.
    pub fn files(&self) -> Option<(RecordFileFormat, DeliveryStatus)> {
        let format = self.0.file_format?;
        Some((format, self.0.file_status.read().clone()))
    }

    /// Returns where transcripts flow, if they do.
    pub fn transcripts(&self) -> Option<TranscriptFlow> {
        let name = self.0.transcripts_to.as_deref()?;
        let channels = self.0.channels.borrow();
        let channel = channels.iter().find(|channel| channel.name == name);
        let mut status = self.0.transcript_status.read().clone();
        status.failure = self.0.storing_failure.read().clone().or(status.failure);
        Some(TranscriptFlow {
            to: (channel.and_then(Channel::host)).unwrap_or_else(|| name.to_owned()),
            status,
            lost: self.0.lost_transcripts.load(Relaxed),
        })
    }

    pub(super) fn channels(&self) -> watch::Receiver<Vec<Channel>> {
        self.0.channels.subscribe()
    }

    pub(super) fn set_webhook_status(&self, status: DeliveryStatus) {
        *self.0.webhook_status.write() = status;
    }

    pub(super) fn set_file_status(&self, status: DeliveryStatus) {
        *self.0.file_status.write() = status;
    }

    pub(super) fn set_transcript_status(&self, status: DeliveryStatus) {
        *self.0.transcript_status.write() = status;
    }

    /// Reports a failure where it's unknown what waits.
    pub(super) fn set_transcript_failure(&self, failure: DeliveryFailure) {
        let before = self.0.transcript_status.read().clone();
        self.set_transcript_status(DeliveryStatus {
            failure: Some(failure),
            ..before
        });
    }

    /// Says whether transcripts can be stored.
    pub(super) fn set_storing_fault(&self, reason: Option<String>) {
        let before = self.0.storing_failure.read().clone();
        let since = before.map(|failure| failure.since);
        let failure = reason.map(|reason| DeliveryFailure {
            reason,
            since: since.unwrap_or_else(Timestamp::now),
            next_at: Timestamp::now(),
        });
        *self.0.storing_failure.write() = failure;
    }

    pub(super) fn add_lost_transcripts(&self, count: usize) {
        self.0.lost_transcripts.fetch_add(count as u64, Relaxed);
    }
}
