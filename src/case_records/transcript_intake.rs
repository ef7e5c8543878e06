//! Takes transcripts from sources, and deletes those that no receiver accepted in time.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use wallboard_domain::error_chain;
use wallboard_runtime::transcripts::{ReceivedTranscript, TranscriptInbox};

use super::{CaseRecordDeliveries, TranscriptOutbox};

/// How many are written together.
const AT_ONCE: usize = 64;
/// How long messages may wait for a disk that takes nothing. Then they're acknowledged without their transcripts:
/// sources wait for nothing else.
const PATIENCE: Duration = Duration::from_secs(3);
const RETRY_PAUSE: Duration = Duration::from_millis(300);
const EXPIRY_INTERVAL: Duration = Duration::from_secs(30);

/// Puts what sources receive into the outbox, until `stop`.
pub async fn store_transcripts(
    mut inbox: TranscriptInbox,
    outbox: TranscriptOutbox,
    deliveries: CaseRecordDeliveries,
    stop: CancellationToken,
) {
    let storing = async {
        let mut received = Vec::new();
        let mut patience = PATIENCE;
        while 0 < inbox.recv_many(&mut received, AT_ONCE).await {
            let stored = store_patiently(&outbox, &received, patience).await;
            if let Err(reason) = &stored {
                if !patience.is_zero() {
                    error!("Transcripts are lost, because they can't be stored: {reason}");
                }
                deliveries.add_lost_transcripts(received.len());
            } else if patience.is_zero() {
                info!("Transcripts can be stored again");
            }
            patience = stored.as_ref().map_or(Duration::ZERO, |()| PATIENCE);
            deliveries.set_storing_fault(stored.err());
            received.drain(..).for_each(ReceivedTranscript::settle);
        }
    };
    stop.run_until_cancelled(storing).await;
}

/// Tries until it succeeds or patience ends.
async fn store_patiently(
    outbox: &TranscriptOutbox,
    received: &[ReceivedTranscript],
    patience: Duration,
) -> Result<(), String> {
    let begun = Instant::now();
    loop {
        match outbox.add(received, Timestamp::now()).await {
            Ok(()) => return Ok(()),
            Err(error) if patience <= begun.elapsed() => return Err(error_chain(&error)),
            Err(_) => sleep(RETRY_PAUSE).await,
        }
    }
}

/// Makes the key if there is none, and deletes what has waited for a day, before anything is received or sent.
pub async fn prepare_outbox(outbox: &TranscriptOutbox, deliveries: &CaseRecordDeliveries) {
    if let Err(error) = outbox.load_key() {
        let reason = error_chain(&error);
        error!("Transcripts will be lost: {reason}");
        deliveries.set_storing_fault(Some(reason));
    }
    expire(outbox, deliveries).await;
}

/// Deletes what has waited for a day, until `stop`.
pub async fn expire_transcripts(
    outbox: TranscriptOutbox,
    deliveries: CaseRecordDeliveries,
    stop: CancellationToken,
) {
    let pause = || stop.run_until_cancelled(sleep(EXPIRY_INTERVAL));
    while pause().await.is_some() {
        expire(&outbox, &deliveries).await;
    }
}

async fn expire(outbox: &TranscriptOutbox, deliveries: &CaseRecordDeliveries) {
    match outbox.expire(Timestamp::now()).await {
        Ok(0) => {}
        Ok(count) => {
            warn!(
                count,
                "Transcripts are deleted, because nobody accepted them within a day"
            );
            deliveries.add_lost_transcripts(count);
        }
        Err(error) => error!(
            "Transcripts that waited for a day can't be deleted: {}",
            error_chain(&error)
        ),
    }
}
