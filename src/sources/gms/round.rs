//! One round: everything is asked for once, and what spoils a batch is looked for.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

use crate::ingest::IngestClosed;

use super::{
    GmsRequest, NodeError,
    node_client::NodeClient,
    reply::{GmsAnswer, ReplyVerdict},
    session::GmsSession,
};

/// So many statistics that fail alone, well a moment ago, are no accident.
pub(super) const CONCLUSIVE_FAILURES: usize = 3;
/// So long at least there is time to find what spoils a batch.
const SEARCH_TIME_MIN: Duration = Duration::from_secs(3);

/// Why a round did not go through.
#[derive(Debug)]
pub(super) enum RoundError {
    Node(NodeError),
    Closed(IngestClosed),
}

impl From<NodeError> for RoundError {
    fn from(trouble: NodeError) -> Self {
        Self::Node(trouble)
    }
}

impl From<IngestClosed> for RoundError {
    fn from(closed: IngestClosed) -> Self {
        Self::Closed(closed)
    }
}

/// A round as it goes.
#[derive(Debug)]
struct PollRound {
    /// Halves of what failed, which are asked for when all else was.
    halves: VecDeque<GmsRequest>,
    /// What is left of them then waits for the next round.
    until: Instant,
    /// Some statistic was well after another had failed: what fails is bad by itself.
    is_stat_server_confirmed: bool,
    /// How many failed alone since, with a doubt.
    ambiguous_failures: usize,
    slowest: Duration,
}

impl<A: NodeClient> GmsSession<'_, A> {
    /// How long its slowest answer took.
    pub(super) async fn run_round(&mut self) -> Result<Duration, RoundError> {
        let start = Instant::now();
        let mut ahead = self.memory.health.next_requests(start);
        ahead.extend(self.memory.health.due_rejected(start));
        let mut round = PollRound {
            halves: VecDeque::new(),
            until: start + self.settings.interval.max(SEARCH_TIME_MIN),
            is_stat_server_confirmed: false,
            ambiguous_failures: 0,
            slowest: Duration::ZERO,
        };
        while let Some(question) = ahead.pop_front().or_else(|| round.next_half()) {
            let asked = Instant::now();
            let verdict = self.query_current_node(&question).await;
            round.slowest = round.slowest.max(asked.elapsed());
            let why = match verdict {
                ReplyVerdict::Answer(answer) => {
                    self.send_values(&question, answer).await?;
                    continue;
                }
                ReplyVerdict::Failed(trouble) => return Err(trouble.into()),
                ReplyVerdict::Undefined(why) => why,
                ReplyVerdict::NotFound(status) => format!("status {status}"),
                ReplyVerdict::StatServerUnavailable(why) => {
                    self.check_stat_server(&mut round, &question, &why, true)
                        .await?;
                    why
                }
                ReplyVerdict::Ambiguous(why) => {
                    self.check_stat_server(&mut round, &question, &why, false)
                        .await?;
                    why
                }
            };
            self.split_failed(&mut round, &question, why).await?;
        }
        self.memory.health.defer_requests(round.halves);
        match self.memory.health.all_rejected() {
            Some(why) => Err(NodeError::NoStatistic(why.to_string()).into()),
            None => Ok(round.slowest),
        }
    }

    /// Fails where the Stat Server is away: it says so and nobody speaks against it, or
    /// three statistics that were well a moment ago (all, if they are fewer) fail alone.
    async fn check_stat_server(
        &mut self,
        round: &mut PollRound,
        question: &GmsRequest,
        why: &str,
        says_away: bool,
    ) -> Result<(), RoundError> {
        let is_alone = matches!(question, GmsRequest::Single(_));
        round.ambiguous_failures += usize::from(is_alone);
        if round.is_stat_server_confirmed
            && !says_away
            && round.ambiguous_failures < CONCLUSIVE_FAILURES
        {
            return Ok(());
        }
        let roll = &self.memory.health;
        let was_well = is_alone && roll.is_healthy(question.members()[0]);
        let witnesses = roll.healthy_members(question, CONCLUSIVE_FAILURES - usize::from(was_well));
        let is_told_by_well_ones = was_well || !witnesses.is_empty();
        for witness in witnesses {
            let question = GmsRequest::Single(witness);
            match self.query_current_node(&question).await {
                ReplyVerdict::Answer(answer) => {
                    self.send_values(&question, answer).await?;
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
                ReplyVerdict::Failed(trouble) => return Err(trouble.into()),
            }
        }
        // Where nothing was ever well, one that fails may be bad by itself.
        let telling = CONCLUSIVE_FAILURES.min(self.memory.health.len());
        if says_away {
            return Err(NodeError::StatServer(why.to_owned()).into());
        }
        if is_told_by_well_ones || telling <= round.ambiguous_failures {
            return Err(NodeError::Failing(why.to_owned()).into());
        }
        Ok(())
    }

    /// Goes on with both halves of what failed; what is but one is refused.
    async fn split_failed(
        &mut self,
        round: &mut PollRound,
        question: &GmsRequest,
        why: String,
    ) -> Result<(), IngestClosed> {
        if let Some(halves) = question.split_halves() {
            self.memory.health.mark_suspects(&halves);
            round.halves.extend(halves);
            return Ok(());
        }
        let member = question.members()[0];
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
        question: &GmsRequest,
        answer: GmsAnswer,
    ) -> Result<(), IngestClosed> {
        let (heard, now) = (self.sender.now().wall, Instant::now());
        let GmsAnswer { values, age } = answer;
        let mut updates = Vec::with_capacity(values.len());
        for (&member, value) in question.members().iter().zip(values) {
            let value = value.as_deref();
            let (update, is_known) = self.value_mapper.value_update(member, question, value, age);
            if self.memory.health.on_value(member, age, is_known, now) {
                updates.push(update);
            }
        }
        self.stats.last_value_at = Some(heard);
        self.sender.send_batch(updates).await.map(drop)
    }

    async fn query_current_node(&mut self, question: &GmsRequest) -> ReplyVerdict {
        let patience = self.memory.timeout;
        self.client.query_node(self.node, question, patience).await
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
