//! Traces that a connection leaves at the broker and in the log, so that the next one can prove that
//! nobody else consumed our queue in between.

use tracing::warn;

use wallboard_domain::{
    ConnectionEvent, Discontinuity, Input, ResumeProof, SentinelId, SourceDiagnostic,
};
use wallboard_runtime::ingest::BatchOffset;

use super::{
    VngageError, VngageSession,
    restart_sentinel::{self, RestartSentinel},
};
use crate::vngage::{collect::send_diagnostic, continuity_proof::Refutation};

impl VngageSession<'_> {
    /// Reports that the queue was in use before, and that no log here leads up to this start.
    pub(super) async fn report_unknown_queue(&mut self) -> Result<(), VngageError> {
        warn!(
            source.name = %self.settings.id,
            "The broker's queue was in use before this start, and no log here leads up to it: today's figures begin now, with a gap before"
        );
        let found = SourceDiagnostic::DiscontinuityFound(Discontinuity::Start);
        Ok(send_diagnostic(self.settings, self.sender, found).await?)
    }

    /// Reports the discontinuity, if any, and replaces the sentinel. The log has both before the broker
    /// shows anything of it: a process that starts after a crash would know nothing.
    pub(super) async fn begin_catch_up(
        &mut self,
        discontinuity: Option<Discontinuity>,
        found: RestartSentinel,
    ) -> Result<(), VngageError> {
        let sentinels = self.memory.plan_sentinel(&found);
        let event = ConnectionEvent::CatchingUp { discontinuity };
        let input = self.connection_input(event);
        let sent = self.log_sentinels(vec![input], sentinels).await?;
        if sentinels.is_some() || discontinuity.is_some() {
            self.sender.wait_for_commit(sent).await?;
        }
        if discontinuity.is_some() {
            self.memory.end_resume();
        }
        if let RestartSentinel::Foreign = found {
            self.warn_not_continued();
        }
        let found = match sentinels {
            None => found,
            Some([_, own]) => {
                let replaced = self.replace_sentinel(own).await?;
                if let RestartSentinel::Present(own) = replaced {
                    self.log_sentinels(Vec::new(), Some([own, own])).await?;
                }
                replaced
            }
        };
        if let RestartSentinel::Unavailable(why) = &found
            && !std::mem::replace(&mut self.memory.has_warned_no_sentinel, true)
        {
            warn!(
                source.name = %self.settings.id,
                "Can't keep a marker on the broker, so each lost connection counts as possible data loss: {why}"
            );
        }
        Ok(())
    }

    async fn log_sentinels(
        &mut self,
        inputs: Vec<Input>,
        sentinels: Option<[SentinelId; 2]>,
    ) -> Result<BatchOffset, VngageError> {
        let proof = sentinels.map(|sentinels| ResumeProof {
            source: self.settings.id.clone(),
            held: None,
            sentinels: Some(sentinels),
        });
        Ok(self.sender.send_with_proof(inputs, proof).await?)
    }

    async fn replace_sentinel(&mut self, own: SentinelId) -> Result<RestartSentinel, VngageError> {
        let replaced = restart_sentinel::replace_sentinel(self.settings, self.connection, own);
        let replaced = replaced.await?;
        self.memory.record_own_sentinel(&replaced);
        Ok(replaced)
    }

    fn warn_not_continued(&self) {
        warn!(
            source.name = %self.settings.id,
            "The broker's queue went on without this server: messages since the connection was lost may be missing. The day's figures have a gap"
        );
    }

    /// Sends inputs with the newest message, which the log must have before an older one is acknowledged.
    /// Until the queue is known to continue where we left it, the log keeps the message that proves it.
    pub(super) async fn send_deliveries(
        &mut self,
        inputs: Vec<Input>,
    ) -> Result<BatchOffset, VngageError> {
        let held = self.newest.filter(|_| !self.proof.is_open());
        if let Some(digest) = held {
            self.memory.hold_delivery(digest, self.backlog.is_none());
        }
        let proof = held.map(|digest| ResumeProof {
            source: self.settings.id.clone(),
            held: Some(digest),
            sentinels: None,
        });
        let offset = self.sender.send_with_proof(inputs, proof).await?;
        self.acknowledgments
            .record_batch(offset, self.last_delivery, held.is_some());
        Ok(offset)
    }

    /// Ends the wait for the message that the last connection held. No more come until the messages that
    /// are here may be acknowledged.
    pub(super) async fn end_full_proof(&mut self) -> Result<(), VngageError> {
        match self.proof.close() {
            None => self.send_deliveries(Vec::new()).await.map(drop),
            Some(refutation) => self.on_refuted(refutation).await,
        }
    }

    /// Begins a discontinuity, because the queue doesn't continue where we left it.
    pub(super) async fn on_refuted(&mut self, refutation: Refutation) -> Result<(), VngageError> {
        self.warn_not_continued();
        let cause = self.memory.refutation_cause(refutation);
        self.restart_bindings(cause).await
    }

    /// Keeps the sentinel from expiring, and brings it back if it is gone.
    pub(super) async fn keep_sentinel(&mut self) -> Result<(), VngageError> {
        let ids = self.memory.sentinels();
        let found = restart_sentinel::check_sentinel(self.settings, self.connection, ids).await?;
        match (found, self.memory.sentinels().last().copied()) {
            (RestartSentinel::Missing(_) | RestartSentinel::Foreign, Some(own)) => {
                self.replace_sentinel(own).await.map(drop)
            }
            (found, _) => {
                self.memory.record_sentinel(&found);
                Ok(())
            }
        }
    }
}
