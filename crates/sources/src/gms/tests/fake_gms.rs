//! A fake GMS for tests, in virtual time: nodes with behaviors, faulty statistics, and a log
//! of all requests.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use parking_lot::Mutex;
use serde_json::value::RawValue;
use tokio::time::{Instant, sleep};

use crate::gms::{
    GmsRequest, NodeClient, NodeError,
    reply::{GmsAnswer, ReplyVerdict},
};
use wallboard_domain::ValueAge;

/// The time of a response.
const REPLY_TIME: Duration = Duration::from_millis(20);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NodeBehavior {
    Healthy,
    Down,
    Hung,
    /// Reports that its Stat Server is unavailable.
    Away,
    /// Responds to every request with status 500.
    Failing,
    Refusing,
    /// Limits the request rate; retry after this many seconds.
    Busy(u64),
    /// Takes this many seconds for each response.
    Slow(u64),
}

/// A fault of one statistic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StatisticFault {
    Undefined,
    Fails,
    /// Works alone but breaks every batch.
    FailsInBatch,
    Missing,
}

#[derive(Debug)]
pub(super) struct FakeGms(pub(super) Mutex<FakeGmsState>);

#[derive(Debug)]
pub(super) struct FakeGmsState {
    pub(super) behaviors: Vec<NodeBehavior>,
    pub(super) faults: HashMap<usize, StatisticFault>,
    /// Added to each statistic's index to get its value.
    pub(super) base: usize,
    pub(super) log: Vec<(Instant, usize, GmsRequest)>,
    open_requests: HashSet<usize>,
}

impl FakeGms {
    pub(super) fn new(nodes: usize) -> Self {
        Self(Mutex::new(FakeGmsState {
            behaviors: vec![NodeBehavior::Healthy; nodes],
            faults: HashMap::new(),
            base: 0,
            log: Vec::new(),
            open_requests: HashSet::new(),
        }))
    }
}

/// Removes an open request when dropped, even if it was abandoned.
struct RequestGuard<'a>(&'a FakeGms, usize);

impl Drop for RequestGuard<'_> {
    fn drop(&mut self) {
        self.0.0.lock().open_requests.remove(&self.1);
    }
}

impl NodeClient for FakeGms {
    async fn query_node(
        &self,
        node: usize,
        request: &GmsRequest,
        timeout: Duration,
    ) -> ReplyVerdict {
        let behavior = {
            let mut state = self.0.lock();
            let entry = (Instant::now(), node, request.clone());
            state.log.push(entry);
            assert!(
                state.open_requests.insert(node),
                "two requests at once to node {node}"
            );
            state.behaviors[node]
        };
        let _guard = RequestGuard(self, node);
        let takes = match behavior {
            NodeBehavior::Hung => timeout,
            NodeBehavior::Slow(seconds) => Duration::from_secs(seconds).min(timeout),
            _ => REPLY_TIME,
        };
        sleep(takes).await;
        if takes == timeout {
            return ReplyVerdict::Failed(NodeError::Timeout(timeout));
        }
        let error = match behavior {
            NodeBehavior::Down => NodeError::Unreachable("connection refused"),
            NodeBehavior::Refusing => NodeError::Refused(401),
            NodeBehavior::Busy(seconds) => NodeError::Busy {
                status: 429,
                wait: Duration::from_secs(seconds),
            },
            NodeBehavior::Away => {
                return ReplyVerdict::StatServerUnavailable("Statistic Service unavailable".into());
            }
            NodeBehavior::Failing => return ReplyVerdict::Ambiguous("oops".into()),
            NodeBehavior::Healthy | NodeBehavior::Slow(_) | NodeBehavior::Hung => {
                return self.0.lock().answer_request(request);
            }
        };
        ReplyVerdict::Failed(error)
    }
}

impl FakeGmsState {
    fn answer_request(&self, request: &GmsRequest) -> ReplyVerdict {
        let faults = request.members().iter();
        let faults: Vec<_> = faults.map(|member| self.faults.get(member)).collect();
        let is_batch = matches!(request, GmsRequest::Batch(_));
        if faults.contains(&Some(&StatisticFault::Undefined)) {
            return ReplyVerdict::Undefined("not found".into());
        }
        if faults.contains(&Some(&StatisticFault::Fails)) {
            return ReplyVerdict::Ambiguous("oops".into());
        }
        if is_batch && faults.contains(&Some(&StatisticFault::FailsInBatch)) {
            return ReplyVerdict::Undefined("not found".into());
        }
        let value = |(member, fault): (&usize, Option<&StatisticFault>)| {
            let text = (self.base + member).to_string();
            let is_there = fault != Some(&StatisticFault::Missing);
            is_there.then(|| RawValue::from_string(text).unwrap())
        };
        ReplyVerdict::Answer(GmsAnswer {
            values: request.members().iter().zip(faults).map(value).collect(),
            age: if is_batch {
                ValueAge::Unknown
            } else {
                ValueAge::Known(0)
            },
        })
    }
}
