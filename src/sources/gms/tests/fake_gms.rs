//! A GMS made up for tests, in virtual time: nodes with moods, statistics that are
//! not defined, and a log of all questions.

use std::{
    collections::{HashMap, HashSet},
    sync::Mutex,
    time::Duration,
};

use serde_json::value::RawValue;
use tokio::time::{Instant, sleep};

use crate::{
    domain::ValueAge,
    sources::gms::{
        GmsRequest, NodeClient, NodeError,
        reply::{GmsAnswer, ReplyVerdict},
    },
};

/// So long an answer takes.
const REPLY_TIME: Duration = Duration::from_millis(20);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NodeBehavior {
    Healthy,
    Down,
    Hung,
    /// Says that its Stat Server is away.
    Away,
    /// Answers every question with 500.
    Failing,
    Refusing,
    /// Wants to be left alone for so many seconds.
    Busy(u64),
    /// Takes so many seconds for each answer.
    Slow(u64),
}

/// What is the matter with one statistic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StatisticFault {
    Undefined,
    Fails,
    /// Fine alone, and spoils every batch.
    FailsInBatch,
    Missing,
}

#[derive(Debug)]
pub(super) struct FakeGms(pub(super) Mutex<FakeGmsState>);

#[derive(Debug)]
pub(super) struct FakeGmsState {
    pub(super) behaviors: Vec<NodeBehavior>,
    pub(super) faults: HashMap<usize, StatisticFault>,
    /// Added to each statistic's own number.
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

/// Ends a question, also one that is given up.
struct RequestGuard<'a>(&'a FakeGms, usize);

impl Drop for RequestGuard<'_> {
    fn drop(&mut self) {
        self.0.0.lock().unwrap().open_requests.remove(&self.1);
    }
}

impl NodeClient for FakeGms {
    async fn query_node(
        &self,
        node: usize,
        question: &GmsRequest,
        patience: Duration,
    ) -> ReplyVerdict {
        let mood = {
            let mut world = self.0.lock().unwrap();
            let entry = (Instant::now(), node, question.clone());
            world.log.push(entry);
            assert!(
                world.open_requests.insert(node),
                "two questions at node {node}"
            );
            world.behaviors[node]
        };
        let _under = RequestGuard(self, node);
        let takes = match mood {
            NodeBehavior::Hung => patience,
            NodeBehavior::Slow(seconds) => Duration::from_secs(seconds).min(patience),
            _ => REPLY_TIME,
        };
        sleep(takes).await;
        if takes == patience {
            return ReplyVerdict::Failed(NodeError::Timeout(patience));
        }
        let trouble = match mood {
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
                return self.0.lock().unwrap().answer_request(question);
            }
        };
        ReplyVerdict::Failed(trouble)
    }
}

impl FakeGmsState {
    fn answer_request(&self, question: &GmsRequest) -> ReplyVerdict {
        let flaws = question.members().iter();
        let flaws: Vec<_> = flaws.map(|member| self.faults.get(member)).collect();
        let is_batch = matches!(question, GmsRequest::Batch(_));
        if flaws.contains(&Some(&StatisticFault::Undefined)) {
            return ReplyVerdict::Undefined("not found".into());
        }
        if flaws.contains(&Some(&StatisticFault::Fails)) {
            return ReplyVerdict::Ambiguous("oops".into());
        }
        if is_batch && flaws.contains(&Some(&StatisticFault::FailsInBatch)) {
            return ReplyVerdict::Undefined("not found".into());
        }
        let value = |(member, flaw): (&usize, Option<&StatisticFault>)| {
            let text = (self.base + member).to_string();
            let is_there = flaw != Some(&StatisticFault::Missing);
            is_there.then(|| RawValue::from_string(text).unwrap())
        };
        ReplyVerdict::Answer(GmsAnswer {
            values: question.members().iter().zip(flaws).map(value).collect(),
            age: if is_batch {
                ValueAge::Unknown
            } else {
                ValueAge::Known(0)
            },
        })
    }
}
