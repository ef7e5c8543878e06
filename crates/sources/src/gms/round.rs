//! One poll round: requests everything once, and searches for statistics that break a batch.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

use wallboard_runtime::ingest::IngestClosed;

use super::{
    GmsRequest, NodeError,
    node_client::NodeClient,
    reply::{GmsAnswer, ReplyVerdict},
    session::GmsSession,
};

/// If this many recently healthy statistics fail alone, the Stat Server is at fault.
pub(super) const CONCLUSIVE_FAILURES: usize = 3;
/// The minimum time to search for statistics that break a batch.
const SEARCH_TIME_MIN: Duration = Duration::from_secs(3);

/// The reason why a round failed.
#[derive(Debug)]
pub(super) enum RoundError {
    Node(NodeError),
    Closed(IngestClosed),
}

impl From<NodeError> for RoundError {
    fn from(error: NodeError) -> Self {
        Self::Node(error)
    }
}

impl From<IngestClosed> for RoundError {
    fn from(closed: IngestClosed) -> Self {
        Self::Closed(closed)
    }
}

/// The progress of a round.
#[derive(Debug)]
struct PollRound {
    /// Halves of failed batches, requested after everything else.
    halves: VecDeque<GmsRequest>,
    /// The time when the remaining halves are deferred to the next round.
    until: Instant,
    /// Whether a statistic worked after another had failed, so failures are specific to a
    /// statistic.
    is_stat_server_confirmed: bool,
    /// The number of ambiguous failures of single statistics since then.
    ambiguous_failures: usize,
    slowest: Duration,
}

impl<A: NodeClient> GmsSession<'_, A> {
    /// Runs one round and returns the time of its slowest response.
    pub(super) async fn run_round(&mut self) -> Result<Duration, RoundError> {
        let start = Instant::now();
        let mut requests = self.memory.health.next_requests(start);
        requests.extend(self.memory.health.due_rejected(start));
        let mut round = PollRound {
            halves: VecDeque::new(),
            until: start + self.settings.interval.max(SEARCH_TIME_MIN),
            is_stat_server_confirmed: false,
            ambiguous_failures: 0,
            slowest: Duration::ZERO,
        };
        while let Some(request) = requests.pop_front().or_else(|| round.next_half()) {
            let sent_at = Instant::now();
            let verdict = self.query_current_node(&request).await;
            round.slowest = round.slowest.max(sent_at.elapsed());
            let why = match verdict {
                ReplyVerdict::Answer(answer) => {
                    self.send_values(&request, answer).await?;
                    continue;
                }
                ReplyVerdict::Failed(error) => return Err(error.into()),
                ReplyVerdict::Undefined(why) => why,
                ReplyVerdict::NotFound(status) => format!("status {status}"),
                ReplyVerdict::StatServerUnavailable(why) => {
                    self.check_stat_server(&mut round, &request, &why, true)
                        .await?;
                    why
                }
                ReplyVerdict::Ambiguous(why) => {
                    self.check_stat_server(&mut round, &request, &why, false)
                        .await?;
                    why
                }
            };
            self.split_failed(&mut round, &request, why).await?;
        }
        self.memory.health.defer_requests(round.halves);
        match self.memory.health.all_rejected() {
            Some(why) => Err(NodeError::NoStatistic(why.to_string()).into()),
            None => Ok(round.slowest),
        }
    }

    /// Fails if the Stat Server is disconnected: GMS reports it and no statistic works, or
    /// three recently healthy statistics (or all, if fewer) fail alone.
    async fn check_stat_server(
        &mut self,
        round: &mut PollRound,
        request: &GmsRequest,
        why: &str,
        reports_unavailable: bool,
    ) -> Result<(), RoundError> {
        let is_alone = matches!(request, GmsRequest::Single(_));
        round.ambiguous_failures += usize::from(is_alone);
        if round.is_stat_server_confirmed
            && !reports_unavailable
            && round.ambiguous_failures < CONCLUSIVE_FAILURES
        {
            return Ok(());
        }
        let health = &self.memory.health;
        let was_healthy = is_alone && health.is_healthy(request.members()[0]);
        let references =
            health.healthy_members(request, CONCLUSIVE_FAILURES - usize::from(was_healthy));
        let has_reference = was_healthy || !references.is_empty();
        for reference in references {
            let request = GmsRequest::Single(reference);
            match self.query_current_node(&request).await {
                ReplyVerdict::Answer(answer) => {
                    self.send_values(&request, answer).await?;
                    round.confirm_stat_server();
                    return Ok(());
                }
                ReplyVerdict::Undefined(_) => {
                    round.confirm_stat_server();
                    return Ok(());
                }
                ReplyVerdict::StatServerUnavailable(why) => {
                    return Err(NodeError::StatServer(why).into());
                }
                ReplyVerdict::Ambiguous(_) | ReplyVerdict::NotFound(_) => {}
                ReplyVerdict::Failed(error) => return Err(error.into()),
            }
        }
        // If nothing was ever healthy, a failure may be specific to its statistic.
        let conclusive = CONCLUSIVE_FAILURES.min(self.memory.health.len());
        if reports_unavailable {
            return Err(NodeError::StatServer(why.to_owned()).into());
        }
        if has_reference || conclusive <= round.ambiguous_failures {
            return Err(NodeError::failing(why.to_owned()).into());
        }
        Ok(())
    }

    /// Splits a failed batch into halves, or rejects a single failed statistic.
    async fn split_failed(
        &mut self,
        round: &mut PollRound,
        request: &GmsRequest,
        why: String,
    ) -> Result<(), IngestClosed> {
        if let Some(halves) = request.split_halves() {
            self.memory.health.mark_suspects(&halves);
            round.halves.extend(halves);
            return Ok(());
        }
        let member = request.members()[0];
        if self.memory.health.on_rejected(member, &why, Instant::now()) {
            self.rejected.push((member, why));
            self.sender
                .send_batch(self.value_mapper.unknown_updates([member]))
                .await?;
        }
        Ok(())
    }

    async fn send_values(
        &mut self,
        request: &GmsRequest,
        answer: GmsAnswer,
    ) -> Result<(), IngestClosed> {
        let (received_at, now) = (self.sender.now().wall, Instant::now());
        let GmsAnswer { values, age } = answer;
        // It may have been on its way for as long, or have waited while this process was stopped.
        let waited = self.asked_at.elapsed();
        let mut updates = Vec::with_capacity(values.len());
        for (&member, value) in request.members().iter().zip(values) {
            let value = value.as_deref();
            let (update, is_known) =
                (self.value_mapper).value_update(member, request, value, age, waited);
            if self.memory.health.on_value(member, age, is_known, now) {
                updates.push(update);
            }
        }
        self.stats.last_value_at = Some(received_at);
        self.sender.send_batch(updates).await.map(drop)
    }

    async fn query_current_node(&mut self, request: &GmsRequest) -> ReplyVerdict {
        self.asked_at = Instant::now();
        let timeout = self.memory.timeout;
        self.client.query_node(self.node, request, timeout).await
    }
}

impl PollRound {
    fn next_half(&mut self) -> Option<GmsRequest> {
        if self.until <= Instant::now() {
            return None;
        }
        self.halves.pop_front()
    }

    fn confirm_stat_server(&mut self) {
        (self.is_stat_server_confirmed, self.ambiguous_failures) = (true, 0);
    }
}
