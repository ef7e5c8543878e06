//! Which node is asked: the first that is well.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use tracing::info;

use crate::{
    intake::Closed,
    sources::waiting::{Task, ended},
};

use super::{
    Error, Question, Trouble, node::Ask, reply::Verdict, round::TELLING, session::Session,
};

/// How often the nodes before the one in use are looked at.
const LOOK_BACK_EVERY: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
struct Earlier {
    /// The first that is.
    well: Option<usize>,
    troubles: Vec<(usize, Trouble)>,
}

/// The look back at earlier nodes.
pub(super) struct Look {
    going_on: Option<Task<Earlier>>,
    /// When the next begins.
    next: Option<Instant>,
}

/// No look back yet.
pub(super) const UNSEEN: Look = Look {
    going_on: None,
    next: None,
};

impl<A: Ask> Session<'_, A> {
    /// Takes the first node that is well, of those that have not `failed`.
    pub(super) async fn choose(&mut self, failed: &[(usize, Trouble)]) -> Result<(), Error> {
        // At most one question is under way at a node.
        self.look = UNSEEN;
        let mut troubles = failed.to_vec();
        for node in 0..self.memory.nodes.len() {
            if failed.iter().any(|(other, _)| *other == node) {
                continue;
            }
            let Err(trouble) = self.try_out(node).await else {
                self.node = node;
                self.look.next = Some(Instant::now() + LOOK_BACK_EVERY);
                return Ok(());
            };
            troubles.push((node, trouble));
        }
        troubles.sort_by_key(|(node, _)| *node);
        let nodes = &self.memory.nodes;
        let named = |(node, trouble): (usize, Trouble)| (nodes[node].address.clone(), trouble);
        Err(Error::Nodes(troubles.into_iter().map(named).collect()))
    }

    /// Asks a node for as little as shows that it is well.
    async fn try_out(&mut self, node: usize) -> Result<(), Trouble> {
        let now = Instant::now();
        if let Some(trouble) = self.memory.rests(node, now) {
            return Err(trouble.clone());
        }
        let tries = if self.memory.is_without_stat_server {
            1
        } else {
            TELLING
        };
        let all_refused = self.memory.roll.all_refused();
        let patience = self.memory.patience;
        let mut doubt = None;
        for member in self.memory.roll.trial(tries) {
            match self
                .asker
                .ask(node, &Question::Alone(member), patience)
                .await
            {
                Verdict::Answer(_) => {
                    // Where it was refused, it is asked for again with all others.
                    self.memory.roll.welcome(member);
                    return Ok(());
                }
                Verdict::Bad(_) => {
                    let trouble = all_refused.map(|why| Trouble::NoStatistic(why.to_string()));
                    return trouble.map_or(Ok(()), Err);
                }
                Verdict::Away(why) => return Err(Trouble::StatServer(why)),
                Verdict::Doubtful(why) => doubt = Some(Trouble::Failing(why)),
                Verdict::Strange(status) => {
                    let url = self.settings.address_of_one(node);
                    doubt = Some(Trouble::NoApi { url, status });
                }
                Verdict::Trouble(trouble) => {
                    self.memory.on_trouble(node, &trouble, Instant::now());
                    return Err(trouble);
                }
            }
        }
        doubt.map_or(Ok(()), Err)
    }

    /// Waits for the next round, and looks meanwhile whether a node before the one
    /// in use is well again.
    pub(super) async fn wait(&mut self, round: Instant) -> Result<(), Closed> {
        loop {
            let now = Instant::now();
            let due = self.look.next.filter(|_| 0 < self.node);
            if due.is_some_and(|due| due <= now) {
                self.look.next = None;
                self.look.going_on = Some(self.look_back(now));
            }
            let due = due.filter(|due| now < *due);
            tokio::select! {
                () = sleep_until(round) => return Ok(()),
                () = sleep_until(due.unwrap_or(round)), if due.is_some() => {}
                earlier = ended(&mut self.look.going_on) => {
                    let now = Instant::now();
                    self.look = UNSEEN;
                    self.look.next = Some(now + LOOK_BACK_EVERY);
                    for (node, trouble) in earlier.troubles {
                        self.memory.on_trouble(node, &trouble, now);
                    }
                    if let Some(node) = earlier.well {
                        self.return_to(node).await?;
                    }
                }
            }
        }
    }

    fn look_back(&mut self, now: Instant) -> Task<Earlier> {
        let (asker, patience) = (self.asker.clone(), self.memory.patience);
        let can_be_asked = |node: &usize| self.memory.rests(*node, now).is_none();
        let earlier: Vec<_> = (0..self.node).filter(can_be_asked).collect();
        let member = self.memory.roll.trial(1).pop();
        Box::pin(async move {
            let mut found = Earlier::default();
            let Some(question) = member.map(Question::Alone) else {
                return found;
            };
            for node in earlier {
                match asker.ask(node, &question, patience).await {
                    Verdict::Answer(_) | Verdict::Bad(_) => {
                        found.well = Some(node);
                        break;
                    }
                    Verdict::Trouble(trouble) => found.troubles.push((node, trouble)),
                    Verdict::Doubtful(_) | Verdict::Strange(_) | Verdict::Away(_) => {}
                }
            }
            found
        })
    }

    async fn return_to(&mut self, node: usize) -> Result<(), Closed> {
        self.node = node;
        info!(
            source.name = %self.settings.id,
            address = %self.memory.nodes[node].address,
            "An earlier GMS node is available again; using it from now on"
        );
        self.give_account().await
    }
}
