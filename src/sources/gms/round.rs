//! One round: everything is asked for once, and what spoils a batch is looked for.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

use crate::intake::Closed;

use super::{
    Question, Trouble,
    node::Ask,
    reply::{Answer, Verdict},
    session::Session,
};

/// So many statistics that fail alone, well a moment ago, are no accident.
pub(super) const TELLING: usize = 3;
/// So long at least there is time to find what spoils a batch.
const SHORTEST: Duration = Duration::from_secs(3);

/// Why a round did not go through.
#[derive(Debug)]
pub(super) enum Halt {
    Node(Trouble),
    Closed(Closed),
}

impl From<Trouble> for Halt {
    fn from(trouble: Trouble) -> Self {
        Self::Node(trouble)
    }
}

impl From<Closed> for Halt {
    fn from(closed: Closed) -> Self {
        Self::Closed(closed)
    }
}

/// A round as it goes.
#[derive(Debug)]
struct Round {
    /// Halves of what failed, which are asked for when all else was.
    halves: VecDeque<Question>,
    /// What is left of them then waits for the next round.
    until: Instant,
    /// Some statistic was well after another had failed: what fails is bad by itself.
    is_vouched_for: bool,
    /// How many failed alone since, with a doubt.
    doubted: usize,
    slowest: Duration,
}

impl<A: Ask> Session<'_, A> {
    /// How long its slowest answer took.
    pub(super) async fn round(&mut self) -> Result<Duration, Halt> {
        let start = Instant::now();
        let mut ahead = self.memory.roll.questions(start);
        ahead.extend(self.memory.roll.refused_and_due(start));
        let mut round = Round {
            halves: VecDeque::new(),
            until: start + self.settings.interval.max(SHORTEST),
            is_vouched_for: false,
            doubted: 0,
            slowest: Duration::ZERO,
        };
        while let Some(question) = ahead.pop_front().or_else(|| round.next_half()) {
            let asked = Instant::now();
            let verdict = self.ask(&question).await;
            round.slowest = round.slowest.max(asked.elapsed());
            let why = match verdict {
                Verdict::Answer(answer) => {
                    self.hand_on(&question, answer).await?;
                    continue;
                }
                Verdict::Trouble(trouble) => return Err(trouble.into()),
                Verdict::Bad(why) => why,
                Verdict::Strange(status) => format!("status {status}"),
                Verdict::Away(why) => {
                    self.clear_up(&mut round, &question, &why, true).await?;
                    why
                }
                Verdict::Doubtful(why) => {
                    self.clear_up(&mut round, &question, &why, false).await?;
                    why
                }
            };
            self.divide(&mut round, &question, why).await?;
        }
        self.memory.roll.keep(round.halves);
        match self.memory.roll.all_refused() {
            Some(why) => Err(Trouble::NoStatistic(why.to_string()).into()),
            None => Ok(round.slowest),
        }
    }

    /// Fails where the Stat Server is away: it says so and nobody speaks against it, or
    /// three statistics that were well a moment ago (all, if they are fewer) fail alone.
    async fn clear_up(
        &mut self,
        round: &mut Round,
        question: &Question,
        why: &str,
        says_away: bool,
    ) -> Result<(), Halt> {
        let is_alone = matches!(question, Question::Alone(_));
        round.doubted += usize::from(is_alone);
        if round.is_vouched_for && !says_away && round.doubted < TELLING {
            return Ok(());
        }
        let roll = &self.memory.roll;
        let was_well = is_alone && roll.is_well(question.members()[0]);
        let witnesses = roll.well_ones(question, TELLING - usize::from(was_well));
        let is_told_by_well_ones = was_well || !witnesses.is_empty();
        for witness in witnesses {
            let question = Question::Alone(witness);
            match self.ask(&question).await {
                Verdict::Answer(answer) => {
                    self.hand_on(&question, answer).await?;
                    round.is_vouched_for();
                    return Ok(());
                }
                Verdict::Bad(_) => {
                    round.is_vouched_for();
                    return Ok(());
                }
                Verdict::Away(why) => return Err(Trouble::StatServer(why).into()),
                Verdict::Doubtful(_) | Verdict::Strange(_) => {}
                Verdict::Trouble(trouble) => return Err(trouble.into()),
            }
        }
        // Where nothing was ever well, one that fails may be bad by itself.
        let telling = TELLING.min(self.memory.roll.len());
        if says_away {
            return Err(Trouble::StatServer(why.to_owned()).into());
        }
        if is_told_by_well_ones || telling <= round.doubted {
            return Err(Trouble::Failing(why.to_owned()).into());
        }
        Ok(())
    }

    /// Goes on with both halves of what failed; what is but one is refused.
    async fn divide(
        &mut self,
        round: &mut Round,
        question: &Question,
        why: String,
    ) -> Result<(), Closed> {
        if let Some(halves) = question.halves() {
            self.memory.roll.suspect(&halves);
            round.halves.extend(halves);
            return Ok(());
        }
        let member = question.members()[0];
        if self.memory.roll.on_refused(member, &why, Instant::now()) {
            self.refused.push((member, why));
            self.outlet.send(self.teller.unknown([member])).await?;
        }
        Ok(())
    }

    async fn hand_on(&mut self, question: &Question, answer: Answer) -> Result<(), Closed> {
        let (heard, now) = (self.outlet.now().wall, Instant::now());
        let Answer { values, age } = answer;
        let mut updates = Vec::with_capacity(values.len());
        for (&member, value) in question.members().iter().zip(values) {
            let value = value.as_deref();
            let (update, is_known) = self.teller.update(member, question, value, age);
            if self.memory.roll.on_value(member, age, is_known, now) {
                updates.push(update);
            }
        }
        self.account.told = Some(heard);
        self.outlet.send(updates).await.map(drop)
    }

    async fn ask(&mut self, question: &Question) -> Verdict {
        let patience = self.memory.patience;
        self.asker.ask(self.node, question, patience).await
    }
}

impl Round {
    fn next_half(&mut self) -> Option<Question> {
        if self.until <= Instant::now() {
            return None;
        }
        self.halves.pop_front()
    }

    fn is_vouched_for(&mut self) {
        (self.is_vouched_for, self.doubted) = (true, 0);
    }
}
