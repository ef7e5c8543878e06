//! Keeps the case records of a cluster's node: copies them while another node leads, and makes them while this one does.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::sleep;
use tracing::{info, warn};

use wallboard_domain::{LogOffset, error_chain};
use wallboard_live::codec::LOG_FORMAT;
use wallboard_runtime::nats::NatsConnection;
use wallboard_store::{CaseRecordPosition, ReadLog, Store, StoreError, StreamError};

use super::{
    INTERVAL, LOOKS_PER_PRUNE, prune,
    record_sink::{CaseRecordError, RecordSink},
    record_writer::RecordWriter,
    shared_records::SharedRecords,
};

/// A node's part.
pub(super) struct SharedKeeper<L, F> {
    pub(super) log: L,
    pub(super) store: Store,
    pub(super) connection: NatsConnection,
    pub(super) keep: Duration,
    /// Whether this node leads.
    pub(super) leads: F,
    pub(super) work: NodeWork<L>,
}

/// The node's business with the stream.
pub(super) enum NodeWork<L> {
    /// The stream is opened next.
    Nothing,
    Copying(Box<SharedRecords>),
    Writing(Box<RecordWriter<L>>),
}

impl<L: ReadLog, F: Fn() -> bool> SharedKeeper<L, F> {
    pub(super) async fn run(mut self) {
        let mut has_failed = false;
        for look in 0_u32.. {
            let turn = self.turn(look % LOOKS_PER_PRUNE == 0).await;
            match turn {
                Ok(()) if has_failed => {
                    info!("Case records are kept again");
                    has_failed = false;
                }
                Ok(()) => {}
                Err(error) => {
                    // Records that were not appended are made again.
                    self.work = NodeWork::Nothing;
                    let is_replaced = matches!(error, CaseRecordError::Stream(StreamError::Fenced));
                    if !has_failed && !is_replaced {
                        warn!(
                            "Couldn't keep case records, retrying: {}",
                            error_chain(&error)
                        );
                        has_failed = true;
                    }
                }
            }
            sleep(INTERVAL).await;
        }
    }

    pub(super) async fn turn(&mut self, prunes: bool) -> Result<(), CaseRecordError> {
        if prunes {
            prune(&self.store, self.keep).await?;
        }
        match &mut self.work {
            NodeWork::Writing(writer) if (self.leads)() => return writer.write_new().await,
            NodeWork::Copying(_) => {}
            work => {
                let shared = SharedRecords::open(self.store.clone(), &self.connection);
                *work = NodeWork::Copying(Box::new(shared.await?));
            }
        }
        let NodeWork::Copying(shared) = &mut self.work else {
            return Ok(());
        };
        shared.copy_new().await?;
        if !(self.leads)() || !self.has_read_so_far().await? {
            return Ok(());
        }
        if let NodeWork::Copying(shared) = std::mem::replace(&mut self.work, NodeWork::Nothing) {
            let sink = RecordSink::Shared(shared);
            let mut writer = RecordWriter::open(self.log.clone(), sink).await?;
            writer.write_new().await?;
            self.work = NodeWork::Writing(Box::new(writer));
        }
        Ok(())
    }

    /// Whether this node's copy of the log, which is written later, has what the records were made of.
    async fn has_read_so_far(&self) -> Result<bool, StoreError> {
        let position = self.store.case_record_position().await?;
        let Some(CaseRecordPosition { next, .. }) = position else {
            return Ok(true);
        };
        let Some(last) = next.0.checked_sub(1) else {
            return Ok(true);
        };
        let is_written = !self.log.read_batches(LogOffset(last), 1).await?.is_empty();
        if is_written {
            return Ok(true);
        }
        let newest = self.log.find_snapshot(LOG_FORMAT, Timestamp::MAX).await?;
        Ok(newest.is_some_and(|newest| next <= newest.next))
    }
}
