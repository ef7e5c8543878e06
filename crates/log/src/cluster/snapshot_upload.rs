//! Uploads snapshots of the log for nodes that the stream no longer leads to.

use std::{convert::Infallible, time::Duration};

use tokio::{runtime::Handle, sync::oneshot, time::sleep};
use tracing::{info, warn};

use crate::input_log;
use wallboard_domain::{LogPosition, TermId, error_chain};
use wallboard_live::codec::LOG_FORMAT;
use wallboard_store::{self as store, LogSnapshot, LogStream, StreamError};

use super::{continuity, local_copy::LocalCopy};

/// How often the leader looks whether the uploaded snapshot can still be used.
const INTERVAL: Duration = Duration::from_secs(5);
/// A new node replays at most about this many entries.
const ENTRIES_MAX: u64 = 200_000;

/// Keeps a snapshot of this term uploaded, from which the stream continues.
pub(super) async fn keep_uploaded(
    stream: &LogStream,
    copy: &LocalCopy,
    term: TermId,
) -> Infallible {
    loop {
        if let Err(error) = upload_if_due(stream, copy, term).await {
            warn!("Couldn't upload a snapshot: {}", error_chain(&error));
        }
        sleep(INTERVAL).await;
    }
}

async fn upload_if_due(
    stream: &LogStream,
    copy: &LocalCopy,
    term: TermId,
) -> Result<(), StreamError> {
    let label = stream.find_snapshot_label().await?;
    let (start, end) = (
        stream.find_start().await?,
        stream.find_end().await?.position,
    );
    let is_usable = label
        .zip(start)
        .zip(end)
        .is_some_and(|((label, start), end)| {
            label.format == LOG_FORMAT
                && continuity::is_usable(label, term, start, end)
                && end.next.0 < label.position.next.0 + ENTRIES_MAX
        });
    if is_usable {
        return Ok(());
    }
    if !copy.flush().await {
        // It can't be made from a copy that has a gap.
        return Ok(());
    }
    let Some((position, snapshot)) = make_snapshot(copy).await else {
        return Ok(());
    };
    if position.term != Some(term) {
        copy.abandon(&"it doesn't lead to what was appended last");
        return Ok(());
    }
    let size = snapshot.bytes.len();
    stream.upload_snapshot(position, snapshot).await?;
    info!(bytes = size, "Uploaded a snapshot for new nodes");
    Ok(())
}

/// Makes a snapshot of the copy's end, on a thread of low priority.
async fn make_snapshot(copy: &LocalCopy) -> Option<(LogPosition, LogSnapshot)> {
    let (done, made) = oneshot::channel();
    let (runtime, log) = (Handle::current(), copy.log().clone());
    let run = move || {
        let snapshot = runtime.block_on(input_log::load_snapshot_of_end(&log));
        done.send(snapshot).ok();
    };
    store::spawn_background("uploaded snapshot", run).ok()?;
    match made.await.ok()? {
        Ok(made) => Some(made),
        Err(error) => {
            warn!(
                "Couldn't make a snapshot to upload: {}",
                error_chain(&error)
            );
            None
        }
    }
}
