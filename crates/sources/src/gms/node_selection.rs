//! Selects the node to poll: the first that works.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use tracing::info;

use crate::optional_wait::{BoxedTask, await_task};
use wallboard_runtime::ingest::IngestClosed;

use super::{
    GmsError, GmsRequest, NodeError, node_client::NodeClient, reply::ReplyVerdict,
    round::CONCLUSIVE_FAILURES, session::GmsSession,
};

/// The interval between checks of the nodes before the current one.
const NODE_CHECK_INTERVAL: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
struct EarlierNodes {
    /// The first node that works.
    healthy: Option<usize>,
    node_errors: Vec<(usize, NodeError)>,
}

/// A repeated check of earlier nodes.
pub(super) struct NodeCheck {
    pending: Option<BoxedTask<EarlierNodes>>,
    /// When the next check begins.
    next_at: Option<Instant>,
}

/// The state without a check.
pub(super) const NO_NODE_CHECK: NodeCheck = NodeCheck {
    pending: None,
    next_at: None,
};

impl<A: NodeClient> GmsSession<'_, A> {
    /// Selects the first node that works, except those in `failed`.
    pub(super) async fn choose_node(
        &mut self,
        failed: &[(usize, NodeError)],
    ) -> Result<(), GmsError> {
        // Each node gets at most one request at a time.
        self.node_check = NO_NODE_CHECK;
        let mut errors = failed.to_vec();
        for node in 0..self.memory.nodes.len() {
            if failed.iter().any(|(other, _)| *other == node) {
                continue;
            }
            let Err(error) = self.try_node(node).await else {
                self.node = node;
                self.node_check.next_at = Some(Instant::now() + NODE_CHECK_INTERVAL);
                return Ok(());
            };
            errors.push((node, error));
        }
        errors.sort_by_key(|(node, _)| *node);
        let nodes = &self.memory.nodes;
        let with_address = |(node, error): (usize, NodeError)| (nodes[node].address.clone(), error);
        Err(GmsError::Nodes(
            errors.into_iter().map(with_address).collect(),
        ))
    }

    /// Requests the minimum from a node that shows whether it works.
    async fn try_node(&mut self, node: usize) -> Result<(), NodeError> {
        let now = Instant::now();
        if let Some(error) = self.memory.backoff_reason(node, now) {
            return Err(error.clone());
        }
        let tries = if self.memory.is_without_stat_server {
            1
        } else {
            CONCLUSIVE_FAILURES
        };
        let all_rejected = self.memory.health.all_rejected();
        let timeout = self.memory.timeout;
        let mut inconclusive = None;
        for member in self.memory.health.trial_members(tries) {
            match self
                .client
                .query_node(node, &GmsRequest::Single(member), timeout)
                .await
            {
                ReplyVerdict::Answer(_) => {
                    // If the statistic was rejected before, it returns to the batches.
                    self.memory.health.clear_rejection(member);
                    return Ok(());
                }
                ReplyVerdict::Undefined(_) => {
                    let error = all_rejected.map(|why| NodeError::NoStatistic(why.to_string()));
                    return error.map_or(Ok(()), Err);
                }
                ReplyVerdict::StatServerUnavailable(why) => return Err(NodeError::StatServer(why)),
                ReplyVerdict::Ambiguous(why) => inconclusive = Some(NodeError::failing(why)),
                ReplyVerdict::NotFound(status) => {
                    let url = self.settings.single_url(node);
                    inconclusive = Some(NodeError::NoApi { url, status });
                }
                ReplyVerdict::Failed(error) => {
                    self.memory.on_node_error(node, &error, Instant::now());
                    return Err(error);
                }
            }
        }
        inconclusive.map_or(Ok(()), Err)
    }

    /// Waits for the next poll round. Meanwhile checks whether an earlier node works again.
    pub(super) async fn wait_for_round(&mut self, next_round: Instant) -> Result<(), IngestClosed> {
        loop {
            let now = Instant::now();
            let due = self.node_check.next_at.filter(|_| 0 < self.node);
            if due.is_some_and(|due| due <= now) {
                self.node_check.next_at = None;
                self.node_check.pending = Some(self.check_earlier_nodes(now));
            }
            let due = due.filter(|due| now < *due);
            tokio::select! {
                () = sleep_until(next_round) => return Ok(()),
                () = sleep_until(due.unwrap_or(next_round)), if due.is_some() => {}
                earlier = await_task(&mut self.node_check.pending) => {
                    let now = Instant::now();
                    self.node_check = NO_NODE_CHECK;
                    self.node_check.next_at = Some(now + NODE_CHECK_INTERVAL);
                    for (node, error) in earlier.node_errors {
                        self.memory.on_node_error(node, &error, now);
                    }
                    if let Some(node) = earlier.healthy {
                        self.return_to_node(node).await?;
                    }
                }
            }
        }
    }

    fn check_earlier_nodes(&mut self, now: Instant) -> BoxedTask<EarlierNodes> {
        let (client, timeout) = (self.client.clone(), self.memory.timeout);
        let is_available = |node: &usize| self.memory.backoff_reason(*node, now).is_none();
        let earlier: Vec<_> = (0..self.node).filter(is_available).collect();
        let member = self.memory.health.trial_members(1).pop();
        Box::pin(async move {
            let mut found = EarlierNodes::default();
            let Some(request) = member.map(GmsRequest::Single) else {
                return found;
            };
            for node in earlier {
                match client.query_node(node, &request, timeout).await {
                    ReplyVerdict::Answer(_) | ReplyVerdict::Undefined(_) => {
                        found.healthy = Some(node);
                        break;
                    }
                    ReplyVerdict::Failed(error) => found.node_errors.push((node, error)),
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
