//! The surroundings of the nodes: time, the stream, the lease, the source, and every entry that was
//! ever applied, with which each state is compared.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use jiff::Timestamp;

use wallboard_domain::{
    Fact, Id, Input, LogEntry, LogPosition, Metric, MetricSubject, MetricValue, Moment,
    MonotonicTime, SiteConfig, SourceId, SourceKind, SourceSetup, TermId, Update, moment,
};
use wallboard_live::{LiveState, codec};
use wallboard_store::{BatchSearch, StreamBatch, StreamEnd};

use super::{NODES, SiteEvent, node::SimulatedNode};

/// The time between two looks of a node, in milliseconds.
const TICK: i64 = 250;
/// How long a lease lasts that isn't renewed, in milliseconds.
const LEASE_AGE_MAX: i64 = 6_000;
/// Ticks in which a cluster without faults must be well.
const HEALING_TICKS: usize = 200;

pub(super) fn chat_source() -> SourceId {
    SourceId::from("chat")
}

/// An entry, and the position that it follows; without one, offsets were skipped.
#[derive(Debug)]
pub(super) struct KnownEntry {
    pub(super) after: LogPosition,
    pub(super) entry: Option<LogEntry>,
}

/// An append on its way, and the last sequence that it expects.
#[derive(Clone, Debug)]
pub(super) struct SentBatch {
    pub(super) batch: StreamBatch,
    pub(super) last: u64,
}

#[derive(Debug, Default)]
pub(super) struct SimulatedStream {
    /// How many messages were purged.
    purged: u64,
    batches: Vec<StreamBatch>,
    pub(super) snapshot: Option<(LogPosition, Vec<u8>)>,
    pub(super) has_lost_tail: bool,
}

impl SimulatedStream {
    pub(super) fn first(&self) -> u64 {
        self.purged + 1
    }

    pub(super) fn last(&self) -> u64 {
        self.purged + self.batches.len() as u64
    }

    pub(super) fn batch_at(&self, sequence: u64) -> Option<&StreamBatch> {
        let index = sequence.checked_sub(self.first())?;
        self.batches.get(usize::try_from(index).ok()?)
    }

    pub(super) fn end(&self) -> StreamEnd {
        StreamEnd {
            sequence: self.last(),
            position: self.batches.last().map(|batch| batch.header.leads_to()),
            format: self.batches.last().map(|batch| batch.header.format),
            clock_ahead_ms: None,
        }
    }

    pub(super) fn start(&self) -> Option<LogPosition> {
        self.batches.first().map(|batch| batch.header.after)
    }

    /// The sequence of the batch that continues a position.
    pub(super) fn find_next(&self, position: LogPosition) -> Option<u64> {
        let mut search = BatchSearch::new(position, self.first(), self.last());
        while let Some(middle) = search.middle() {
            let batch = self.batch_at(middle);
            search.narrow(batch.map(|batch| &batch.header));
        }
        let continues = match self.batch_at(search.found()) {
            Some(batch) => batch.header.after == position,
            None => self.end().position.is_none_or(|end| end == position),
        };
        continues.then(|| search.found())
    }

    /// Appends if the stream ends where the sender believes. An append that is repeated succeeds too.
    pub(super) fn append(&mut self, sent: &SentBatch) -> Option<u64> {
        if sent.last == self.last() {
            self.batches.push(sent.batch.clone());
            return Some(self.last());
        }
        let found = self.batch_at(sent.last + 1);
        (found == Some(&sent.batch)).then_some(sent.last + 1)
    }
}

/// The surroundings that all nodes share.
#[derive(Debug)]
pub(super) struct Surroundings {
    pub(super) now: Moment,
    pub(super) stream: SimulatedStream,
    /// The node that has the lease, its term, and until when.
    pub(super) lease: Option<(usize, TermId, MonotonicTime)>,
    pub(super) terms: u64,
    /// Appends that arrive after their leader has given up.
    pub(super) late: Vec<SentBatch>,
    pub(super) loses_answer: bool,
    pub(super) delays_append: bool,
    pub(super) entries: HashMap<LogPosition, KnownEntry>,
    /// Positions after the entries whose inputs were acknowledged.
    pub(super) acknowledged: Vec<LogPosition>,
    /// Reports that the source hasn't had acknowledged.
    pub(super) waiting: Vec<(u64, Input)>,
    pub(super) reports: u64,
    /// The term that the source is connected to.
    pub(super) owner: Option<TermId>,
}

impl Surroundings {
    /// Takes the lease for a node, if nobody has it.
    pub(super) fn acquire_lease(&mut self, node: usize) -> Option<TermId> {
        if self.lease.is_some() {
            return None;
        }
        self.terms += 1;
        let term = TermId(self.terms);
        self.lease = Some((node, term, self.now.monotonic.plus_millis(LEASE_AGE_MAX)));
        Some(term)
    }

    /// Renews a lease. Returns whether it is still the node's.
    pub(super) fn renew_lease(&mut self, term: TermId) -> bool {
        let until = self.now.monotonic.plus_millis(LEASE_AGE_MAX);
        match &mut self.lease {
            Some((_, held, expires)) if *held == term => *expires = until,
            _ => return false,
        }
        true
    }

    pub(super) fn release_lease(&mut self, term: TermId) {
        self.lease = self.lease.filter(|(_, held, _)| *held != term);
    }

    /// Lists the positions that lead to one, itself included.
    pub(super) fn trace(&self, mut position: LogPosition) -> Vec<LogPosition> {
        let mut positions = vec![position];
        while let Some(known) = self.entries.get(&position) {
            position = known.after;
            positions.push(position);
        }
        positions.reverse();
        positions
    }

    /// Replays everything up to a position.
    pub(super) fn replay(&self, position: LogPosition) -> LiveState {
        let mut state = LiveState::default();
        for position in &self.trace(position)[1..] {
            match &self.entries[position].entry {
                Some(entry) => drop(state.apply_entry(entry)),
                None => state.skip_to_position(*position),
            }
        }
        state
    }
}

/// A cluster, its source and its network.
pub(super) struct SimulatedSite {
    around: Surroundings,
    nodes: Vec<SimulatedNode>,
}

impl SimulatedSite {
    pub(super) fn new() -> Self {
        let now = Moment {
            wall: "2026-11-20T08:00:00Z".parse().unwrap(),
            monotonic: MonotonicTime(1_000),
        };
        Self {
            around: Surroundings {
                now,
                stream: SimulatedStream::default(),
                lease: None,
                terms: 0,
                late: Vec::new(),
                loses_answer: false,
                delays_append: false,
                entries: HashMap::new(),
                acknowledged: Vec::new(),
                waiting: Vec::new(),
                reports: 0,
                owner: None,
            },
            nodes: (0..NODES).map(SimulatedNode::new).collect(),
        }
    }

    pub(super) fn handle(&mut self, event: SiteEvent) {
        let around = &mut self.around;
        match event {
            SiteEvent::Report { queue, waiting } => {
                let report = report(around.now.wall, queue, waiting);
                around.reports += 1;
                around.waiting.push((around.reports, report));
            }
            SiteEvent::Wait { ticks } => self.run(ticks),
            SiteEvent::Cut { node } => self.nodes[node].is_cut = true,
            SiteEvent::Join { node } => self.nodes[node].is_cut = false,
            SiteEvent::Pause { node, ticks } => self.nodes[node].absent_ticks = ticks,
            SiteEvent::Kill {
                node,
                unwritten,
                ticks,
            } => {
                self.nodes[node].kill(unwritten);
                self.nodes[node].absent_ticks = ticks;
            }
            SiteEvent::LoseAnswer => around.loses_answer = true,
            SiteEvent::DelayAppend => around.delays_append = true,
            SiteEvent::LoseLease => around.lease = None,
            SiteEvent::LoseTail { messages } => {
                let batches = &mut around.stream.batches;
                batches.truncate(batches.len().saturating_sub(messages));
                around.stream.has_lost_tail = true;
                around.late.clear();
                for node in &mut self.nodes {
                    node.lose_server(around);
                }
            }
            SiteEvent::Purge => {
                around.stream.purged = around.stream.last();
                around.stream.batches.clear();
            }
        }
    }

    /// Lets time pass.
    pub(super) fn run(&mut self, ticks: usize) {
        for _ in 0..ticks {
            let around = &mut self.around;
            around.now = around.now.plus_millis(TICK);
            let now = around.now.monotonic;
            around.lease = around.lease.filter(|(_, _, until)| now < *until);
            // Some arrive before the next leader begins, and some after it.
            if now.0 % (8 * TICK) == 0 {
                for late in std::mem::take(&mut around.late) {
                    around.stream.append(&late);
                }
            }
            for node in &mut self.nodes {
                node.look(around);
            }
        }
    }

    /// Ends all faults. All nodes come to show the same, which is what the log says.
    pub(super) fn check_end(mut self) {
        for node in &mut self.nodes {
            (node.is_cut, node.absent_ticks) = (false, 0);
        }
        (self.around.loses_answer, self.around.delays_append) = (false, false);
        for _ in 0..HEALING_TICKS {
            self.run(1);
            if self.is_healed() {
                break;
            }
        }
        let phases = || self.nodes.iter().map(SimulatedNode::describe);
        assert!(self.is_healed(), "{:#?}", phases().collect::<Vec<_>>());
        let position = self.nodes[0].state.position();
        let replayed = self.around.replay(position);
        for node in &self.nodes {
            node.check_shown(&self.around);
            assert!(node.state == replayed, "node {} differs", node.number);
        }
        let encoded = codec::encode_state(&replayed).unwrap();
        assert!(codec::decode_state(&encoded).unwrap() == replayed);
        self.check_acknowledged(position);
    }

    /// Checks that acknowledged entries are in the log, unless NATS lost them.
    fn check_acknowledged(&self, end: LogPosition) {
        let stream = &self.around.stream;
        if stream.has_lost_tail || 0 < stream.purged {
            return;
        }
        let log: HashSet<LogPosition> = self.around.trace(end).into_iter().collect();
        for position in &self.around.acknowledged {
            assert!(log.contains(position), "{position:?} is missing");
        }
    }

    fn is_healed(&self) -> bool {
        let position = self.nodes[0].state.position();
        let leaders = self.nodes.iter().filter(|node| node.is_leading()).count();
        let is_same = |node: &SimulatedNode| {
            node.is_shown() && node.is_settled() && node.state.position() == position
        };
        leaders == 1 && self.around.waiting.is_empty() && self.nodes.iter().all(is_same)
    }
}

fn report(at: Timestamp, queue: usize, waiting: u64) -> Input {
    let subject = MetricSubject::Queue(Id::new(&chat_source(), ["sales", "support"][queue]));
    let readings = [(Metric::Waiting, Some(MetricValue::Count(waiting)))];
    Input::Update(Update {
        source: chat_source(),
        event: "test",
        at: Some(moment::plus_millis(at, 0)),
        fact: Fact::EventReadings(subject, readings.into_iter().collect()),
        mistyped: 0,
    })
}

pub(super) fn site_config() -> Input {
    Input::SiteConfig(Arc::new(SiteConfig {
        sources: vec![SourceSetup::new(chat_source(), SourceKind::OF_CONTACTS)],
        ..SiteConfig::default()
    }))
}
