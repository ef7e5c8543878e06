//! The records of cases: each one when it has ended, once, made from the log in a state of its own. Nothing
//! live waits for it, and since the records are stored together with their position in the log, a process that
//! is killed at any moment continues where it was.

mod record_sink;
mod record_writer;
mod settling;
mod shared_keeper;
mod shared_records;

use std::{io, time::Duration};

use jiff::{SignedDuration, Timestamp};
use tokio::{runtime::Handle, sync::oneshot, time::sleep};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use wallboard_domain::error_chain;
use wallboard_runtime::nats::NatsConnection;
use wallboard_store::{self as store, ReadLog, Store, StoreError};

use record_sink::{CaseRecordError, RecordSink};
use record_writer::RecordWriter;
use shared_keeper::{NodeWork, SharedKeeper};

/// The pause between two looks at the end of the log.
const INTERVAL: Duration = Duration::from_secs(1);
/// Looks per deletion of records that are too old: an hour.
const LOOKS_PER_PRUNE: u32 = 3_600;

/// Starts the thread that writes the records of a log's cases and deletes those older than `keep`, until `stop`. It
/// has a low priority. The runtime must outlive it: wait for the receiver before it ends.
pub fn keep_case_records<L: ReadLog>(
    log: L,
    store: Store,
    keep: Duration,
    stop: CancellationToken,
) -> io::Result<oneshot::Receiver<()>> {
    let runtime = Handle::current();
    let run = move || {
        runtime.block_on(stop.run_until_cancelled(run(log, store, keep)));
    };
    store::spawn_background("case records", run)
}

/// The same on a node of a cluster, with all records in a stream of NATS: the node that leads makes them, every other one
/// copies them. `leads`: whether this node does.
pub fn share_case_records<L: ReadLog>(
    log: L,
    store: Store,
    connection: NatsConnection,
    keep: Duration,
    leads: impl Fn() -> bool + Send + 'static,
    stop: CancellationToken,
) -> io::Result<oneshot::Receiver<()>> {
    let runtime = Handle::current();
    let keeper = SharedKeeper {
        log,
        store,
        connection,
        keep,
        leads,
        work: NodeWork::Nothing,
    };
    let run = move || {
        runtime.block_on(stop.run_until_cancelled(keeper.run()));
    };
    store::spawn_background("case records", run)
}

async fn run<L: ReadLog>(log: L, store: Store, keep: Duration) {
    let mut has_failed = false;
    loop {
        let Err(error) = follow(&log, &store, keep, &mut has_failed).await;
        if !has_failed {
            warn!(
                "Couldn't write case records, retrying: {}",
                error_chain(&error)
            );
            has_failed = true;
        }
        sleep(INTERVAL).await;
    }
}

/// Follows the log until something can't be read or written. What wasn't stored is made again.
async fn follow<L: ReadLog>(
    log: &L,
    store: &Store,
    keep: Duration,
    has_failed: &mut bool,
) -> Result<std::convert::Infallible, CaseRecordError> {
    let sink = RecordSink::Own(store.clone());
    let mut writer = RecordWriter::open(log.clone(), sink).await?;
    loop {
        prune(store, keep).await?;
        for _ in 0..LOOKS_PER_PRUNE {
            writer.write_new().await?;
            *has_failed = false;
            sleep(INTERVAL).await;
        }
    }
}

/// Deletes the records that are older than they are kept.
async fn prune(store: &Store, keep: Duration) -> Result<(), StoreError> {
    let keep = SignedDuration::try_from(keep).unwrap_or(SignedDuration::MAX);
    let oldest = Timestamp::now().saturating_sub(keep);
    store
        .prune_case_records(oldest.unwrap_or(Timestamp::MIN))
        .await
}

#[cfg(test)]
mod shared_tests;
#[cfg(test)]
mod tests;
