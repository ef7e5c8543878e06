//! The lease in NATS' key-value store: who may lead, and until when. It keeps two nodes from leading at
//! once where it can; that a replaced leader appends nothing is the stream's business.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use async_nats::jetstream::kv::{CreateErrorKind, Store, UpdateErrorKind};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use super::node_clock::describe_offset;
use wallboard_domain::TermId;
use wallboard_runtime::{
    ingest::elapsed_since_boot,
    nats::{NatsConnection, is_write_in_flight},
};

/// The bucket forgets a lease that wasn't renewed for so long.
pub(super) const LEASE_AGE_MAX: Duration = Duration::from_secs(6);
/// A leader that couldn't renew for so long no longer leads.
const VALID_FOR: Duration = Duration::from_secs(4);
const RENEW_INTERVAL: Duration = Duration::from_millis(1_500);
const RETRY_INTERVAL: Duration = Duration::from_millis(250);
const CHECK_INTERVAL: Duration = Duration::from_millis(100);
const BUCKET: &str = "lease";
const KEY: &str = "leader";
const BUCKET_SIZE_MAX: i64 = 1 << 20;

/// Until when this node leads, on the clock since boot: a process that was paused finds it expired.
#[derive(Clone, Debug, Default)]
pub struct LeaseValidity(Arc<AtomicU64>);

impl LeaseValidity {
    pub fn is_valid(&self) -> bool {
        millis_since_boot() < self.0.load(Relaxed)
    }

    /// Waits until this node no longer leads.
    pub(super) async fn expired(&self) {
        while self.is_valid() {
            sleep(CHECK_INTERVAL).await;
        }
    }

    fn extend_from(&self, start: u64) {
        self.0.store(start + millis(VALID_FOR), Relaxed);
    }

    fn end(&self) {
        self.0.store(0, Relaxed);
    }
}

/// The value of the lease's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct LeaseHolder {
    node: String,
    term: TermId,
}

/// A lease that this node holds.
#[derive(Debug)]
pub(super) struct Lease {
    bucket: Store,
    holder: LeaseHolder,
    revision: u64,
    validity: LeaseValidity,
}

/// Why a lease can't be had.
#[derive(Debug, thiserror::Error)]
pub(super) enum LeaseError {
    #[error("a request to NATS failed; `wallboard check` shows at which server, and what to do")]
    Unavailable(#[source] async_nats::Error),
    #[error("another node holds the lease")]
    Taken,
    #[error("the lease couldn't be renewed in time")]
    Expired,
    #[error(
        "the clock of this machine is {} the others, so it can't lead; turn on NTP, with `timedatectl set-ntp true`",
        describe_offset(*.0)
    )]
    WrongClock(i64),
}

impl Lease {
    /// Takes the lease, unless another node has it.
    pub(super) async fn acquire(
        connection: &NatsConnection,
        validity: &LeaseValidity,
    ) -> Result<Self, LeaseError> {
        let start = millis_since_boot();
        let opened = connection.open_bucket(BUCKET, LEASE_AGE_MAX, BUCKET_SIZE_MAX);
        opened.await.map_err(unavailable)?;
        let bucket = connection.bucket(BUCKET).await.map_err(unavailable)?;
        let holder = LeaseHolder {
            node: connection.settings().node.clone(),
            term: TermId(rand::random()),
        };
        match bucket.create(KEY, holder.to_bytes()).await {
            Ok(revision) => {
                validity.extend_from(start);
                Ok(Self {
                    bucket,
                    holder,
                    revision,
                    validity: validity.clone(),
                })
            }
            Err(error)
                if error.kind() == CreateErrorKind::AlreadyExists || is_write_in_flight(&error) =>
            {
                Err(LeaseError::Taken)
            }
            Err(error) => Err(unavailable(error)),
        }
    }

    /// The term that it is for.
    pub(super) fn term(&self) -> TermId {
        self.holder.term
    }

    /// Renews the lease until that fails.
    pub(super) async fn keep(&mut self) -> LeaseError {
        loop {
            sleep(RENEW_INTERVAL).await;
            while let Err(error) = self.renew().await {
                if matches!(error, LeaseError::Taken) || !self.validity.is_valid() {
                    self.validity.end();
                    return error;
                }
                sleep(RETRY_INTERVAL).await;
            }
        }
    }

    async fn renew(&mut self) -> Result<(), LeaseError> {
        let start = millis_since_boot();
        if !self.validity.is_valid() {
            return Err(LeaseError::Expired);
        }
        let value = self.holder.to_bytes();
        let update = self.bucket.update(KEY, value.clone(), self.revision);
        self.revision = match update.await {
            Ok(revision) => revision,
            Err(error) if error.kind() == UpdateErrorKind::WrongLastRevision => {
                // Ours, if only the answer to the last attempt was lost.
                let entry = self.bucket.entry(KEY).await.map_err(unavailable)?;
                let ours = entry.filter(|entry| entry.value == value);
                ours.ok_or(LeaseError::Taken)?.revision
            }
            Err(error) => return Err(unavailable(error)),
        };
        self.validity.extend_from(start);
        Ok(())
    }

    /// Gives the lease up, so that another node can lead at once.
    pub(super) async fn release(self) {
        self.validity.end();
        let deleted = self.bucket.delete_expect_revision(KEY, Some(self.revision));
        // It expires by itself.
        deleted.await.ok();
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.validity.end();
    }
}

impl LeaseHolder {
    fn to_bytes(&self) -> Bytes {
        serde_json::to_vec(self).unwrap_or_default().into()
    }
}

fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> LeaseError {
    LeaseError::Unavailable(Box::new(error))
}

fn millis_since_boot() -> u64 {
    millis(elapsed_since_boot())
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
