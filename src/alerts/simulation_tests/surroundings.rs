//! The surroundings that all nodes share: the log, the lease, the record of all alerts and the receiver.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use wallboard_alerts::AlertId;
use wallboard_domain::{
    Fact, Input, LogEntry, Metric, MetricSubject, MetricValue, Moment, MonotonicTime, Update,
};
use wallboard_live::testing::{chat_id, chat_source};
use wallboard_notify::{Accepted, Message, MessageId, Outgoing, SendError};

use crate::alerts::{AlertPlan, alert_document::AlertDocument};

use super::{QUEUES, ReceiverAnswer};

/// NATS forgets a lease that wasn't renewed for so long, in milliseconds.
const LEASE_AGE_MAX: i64 = 6_000;

/// The record in NATS. Without one, the revision is 0.
pub(super) struct SimulatedRecord {
    pub(super) revision: u64,
    pub(super) bytes: Vec<u8>,
}

/// The outcome of a write, as its node knows it.
pub(super) enum Written {
    Stored(u64),
    Conflict,
    Failed,
}

/// A fault of the next write.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum WriteFault {
    #[default]
    None,
    /// It arrives, and its answer doesn't.
    AnswerLost,
    /// It doesn't arrive.
    Lost,
}

pub(super) struct Surroundings {
    pub(super) now: Moment,
    pub(super) plan: Arc<AlertPlan>,
    pub(super) log: Vec<LogEntry>,
    /// Somebody appends to the log, if only that nothing is new.
    pub(super) is_led: bool,
    pub(super) lease: Option<(usize, MonotonicTime)>,
    /// No lease is lost any longer, so that ticks can be long.
    pub(super) is_calm: bool,
    pub(super) record: SimulatedRecord,
    pub(super) fault: WriteFault,
    pub(super) answer: ReceiverAnswer,
    /// Each message that was accepted, by its ID.
    pub(super) contents: BTreeMap<MessageId, Message>,
    /// The last word that the receiver has about each queue.
    pub(super) last_words: BTreeMap<String, String>,
    pub(super) ids: u128,
    /// How many messages were written.
    pub(super) written: usize,
    /// When a message arrived, and how many it stands for.
    pub(super) arrivals: Vec<(MonotonicTime, usize)>,
    /// Alerts that somebody has taken, with an answer.
    pub(super) taken: BTreeSet<AlertId>,
    /// All alerts that were ever stored.
    pub(super) known: BTreeSet<AlertId>,
}

impl Surroundings {
    /// Takes the lease for a node, if nobody has it.
    pub(super) fn acquire_lease(&mut self, node: usize) -> bool {
        self.lease.is_none() && {
            self.lease = Some((node, self.now.plus_millis(LEASE_AGE_MAX).monotonic));
            true
        }
    }

    /// Renews a lease. Returns whether it is still the node's.
    pub(super) fn renew_lease(&mut self, node: usize) -> bool {
        let is_held = self.lease.is_some_and(|(holder, _)| holder == node);
        if is_held {
            self.lease = Some((node, self.now.plus_millis(LEASE_AGE_MAX).monotonic));
        }
        is_held
    }

    /// Writes the record if it is as the writer knows it.
    pub(super) fn write(&mut self, is_cut: bool, before: u64, bytes: Vec<u8>) -> Written {
        if is_cut {
            return Written::Failed;
        }
        let fault = std::mem::take(&mut self.fault);
        if fault == WriteFault::Lost {
            return Written::Failed;
        }
        if before != self.record.revision {
            return Written::Conflict;
        }
        let document = AlertDocument::decode(&bytes).unwrap();
        let book = &document.book;
        for id in &self.known {
            assert!(book.find(*id).is_some(), "an alert is lost");
        }
        for id in &self.taken {
            let alert = book.find(*id).unwrap();
            assert!(alert.owner.is_some(), "an action is lost");
        }
        self.known.extend(book.open().iter().map(|alert| alert.id));
        self.record = SimulatedRecord {
            revision: before + 1,
            bytes,
        };
        if fault == WriteFault::AnswerLost {
            return Written::Failed;
        }
        Written::Stored(self.record.revision)
    }

    /// A message arrives, or not. Returns the answer.
    pub(super) fn receive(&mut self, outgoing: &Outgoing) -> Result<Accepted, SendError> {
        let failed = Err(SendError::temporary("It doesn't answer."));
        if self.answer == ReceiverAnswer::Fail {
            return failed;
        }
        let message = &outgoing.message;
        let known = self.contents.entry(outgoing.id.clone());
        let known = known.or_insert_with(|| message.clone());
        assert_eq!(known, message, "an ID has one content");
        let named = message.lines.iter().map(|line| &line.value);
        let is_digest = message.thread == "digest";
        let single = (!is_digest).then_some(&message.headline);
        let count = message.headline.split(' ').next().filter(|_| is_digest);
        let count = count.map_or(1, |count| count.parse().unwrap());
        self.arrivals.push((self.now.monotonic, count));
        for headline in named.filter(|_| is_digest).chain(single) {
            let (queue, word) = headline.split_once(' ').unwrap();
            (self.last_words).insert(queue.to_owned(), word.to_owned());
        }
        if self.answer == ReceiverAnswer::AcceptUnheard {
            return failed;
        }
        Ok(Accepted {
            answer: "202 Accepted".to_owned(),
            took: Duration::from_millis(20),
        })
    }

    pub(super) fn append(&mut self, input: Input) {
        self.log.push(LogEntry {
            received_at: self.now,
            delay_ms: 0,
            inputs: vec![input],
            proof: None,
        });
    }

    pub(super) fn report(&mut self, queue: usize, waiting: u64) {
        let subject = MetricSubject::Queue(chat_id(QUEUES[queue]));
        let longest = (0 < waiting).then_some(MetricValue::Seconds(5.0));
        let readings = [
            (Metric::Waiting, Some(MetricValue::Count(waiting))),
            (Metric::LongestWait, longest),
        ];
        let at = Some(self.now.wall);
        self.append(Input::Update(Update {
            source: chat_source(),
            event: "test",
            at,
            fact: Fact::EventReadings(subject, readings.into_iter().collect()),
            mistyped: 0,
        }));
    }
}
