//! Which node is asked: the first that is well.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use tracing::info;

use crate::{
    ingest::IngestClosed,
    sources::optional_wait::{BoxedTask, await_task},
};

use super::{
    GmsError, GmsRequest, NodeError, node_client::NodeClient, reply::ReplyVerdict,
    round::CONCLUSIVE_FAILURES, session::GmsSession,
};

/// How often the nodes before the one in use are looked at.
const NODE_CHECK_INTERVAL: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
struct EarlierNodes {
    /// The first that is.
    healthy: Option<usize>,
    node_errors: Vec<(usize, NodeError)>,
}

/// The look back at earlier nodes.
pub(super) struct NodeCheck {
    pending: Option<BoxedTask<EarlierNodes>>,
    /// When the next begins.
    next_at: Option<Instant>,
}

/// No look back yet.
pub(super) const NO_NODE_CHECK: NodeCheck = NodeCheck {
    pending: None,
    next_at: None,
};

impl<A: NodeClient> GmsSession<'_, A> {
    /// Takes the first node that is well, of those that have not `failed`.
    pub(super) async fn choose_node(
        &mut self,
        failed: &[(usize, NodeError)],
    ) -> Result<(), GmsError> {
        // At most one question is under way at a node.
        self.node_check = NO_NODE_CHECK;
        let mut troubles = failed.to_vec();
        for node in 0..self.memory.nodes.len() {
            if failed.iter().any(|(other, _)| *other == node) {
                continue;
            }
            let Err(trouble) = self.try_node(node).await else {
                self.node = node;
                self.node_check.next_at = Some(Instant::now() + NODE_CHECK_INTERVAL);
                return Ok(());
            };
            troubles.push((node, trouble));
        }
        troubles.sort_by_key(|(node, _)| *node);
        let nodes = &self.memory.nodes;
        let named = |(node, trouble): (usize, NodeError)| (nodes[node].address.clone(), trouble);
        Err(GmsError::Nodes(troubles.into_iter().map(named).collect()))
    }

    /// Asks a node for as little as shows that it is well.
    async fn try_node(&mut self, node: usize) -> Result<(), NodeError> {
        let now = Instant::now();
        if let Some(trouble) = self.memory.backoff_reason(node, now) {
            return Err(trouble.clone());
        }
        let tries = if self.memory.is_without_stat_server {
            1
        } else {
            CONCLUSIVE_FAILURES
        };
        let all_refused = self.memory.health.all_rejected();
        let patience = self.memory.timeout;
        let mut doubt = None;
        for member in self.memory.health.trial_members(tries) {
            match self
                .client
                .query_node(node, &GmsRequest::Single(member), patience)
                .await
            {
                ReplyVerdict::Answer(_) => {
                    // Where it was refused, it is asked for again with all others.
                    self.memory.health.clear_rejection(member);
                    return Ok(());
                }
                ReplyVerdict::Undefined(_) => {
                    let trouble = all_refused.map(|why| NodeError::NoStatistic(why.to_string()));
                    return trouble.map_or(Ok(()), Err);
                }
                ReplyVerdict::StatServerUnavailable(why) => return Err(NodeError::StatServer(why)),
                ReplyVerdict::Ambiguous(why) => doubt = Some(NodeError::Failing(why)),
                ReplyVerdict::NotFound(status) => {
                    let url = self.settings.single_url(node);
                    doubt = Some(NodeError::NoApi { url, status });
                }
                ReplyVerdict::Failed(trouble) => {
                    self.memory.on_node_error(node, &trouble, Instant::now());
                    return Err(trouble);
                }
            }
        }
        doubt.map_or(Ok(()), Err)
    }

    /// Waits for the next round, and looks meanwhile whether a node before the one
    /// in use is well again.
    pub(super) async fn wait_for_round(&mut self, round: Instant) -> Result<(), IngestClosed> {
        loop {
            let now = Instant::now();
            let due = self.node_check.next_at.filter(|_| 0 < self.node);
            if due.is_some_and(|due| due <= now) {
                self.node_check.next_at = None;
                self.node_check.pending = Some(self.check_earlier_nodes(now));
            }
            let due = due.filter(|due| now < *due);
            tokio::select! {
                () = sleep_until(round) => return Ok(()),
                () = sleep_until(due.unwrap_or(round)), if due.is_some() => {}
                earlier = await_task(&mut self.node_check.pending) => {
                    let now = Instant::now();
                    self.node_check = NO_NODE_CHECK;
                    self.node_check.next_at = Some(now + NODE_CHECK_INTERVAL);
                    for (node, trouble) in earlier.node_errors {
                        self.memory.on_node_error(node, &trouble, now);
                    }
                    if let Some(node) = earlier.healthy {
                        self.return_to_node(node).await?;
                    }
                }
            }
        }
    }

    fn check_earlier_nodes(&mut self, now: Instant) -> BoxedTask<EarlierNodes> {
        let (asker, patience) = (self.client.clone(), self.memory.timeout);
        let can_be_asked = |node: &usize| self.memory.backoff_reason(*node, now).is_none();
        let earlier: Vec<_> = (0..self.node).filter(can_be_asked).collect();
        let member = self.memory.health.trial_members(1).pop();
        Box::pin(async move {
            let mut found = EarlierNodes::default();
            let Some(question) = member.map(GmsRequest::Single) else {
                return found;
            };
            for node in earlier {
                match asker.query_node(node, &question, patience).await {
                    ReplyVerdict::Answer(_) | ReplyVerdict::Undefined(_) => {
                        found.healthy = Some(node);
                        break;
                    }
                    ReplyVerdict::Failed(trouble) => found.node_errors.push((node, trouble)),
                    ReplyVerdict::Ambiguous(_)
                    | ReplyVerdict::NotFound(_)
                    | ReplyVerdict::StatServerUnavailable(_) => {}
                }
            }
            found
        })
    }

    async fn return_to_node(&mut self, node: usize) -> Result<(), IngestClosed> {
        self.node = node;
        info!(
            source.name = %self.settings.id,
            address = %self.memory.nodes[node].address,
            "An earlier GMS node is available again; using it from now on"
        );
        self.send_stats().await
    }
}
