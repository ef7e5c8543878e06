//! A cluster as a value: its stream, lease, uploaded snapshot and nodes, without time. A slow or paused
//! node takes no step for a while. Decisions about positions are the product's own.

use wallboard_domain::LogPosition;
use wallboard_store::{BatchSearch, StreamEnd};

use super::histories::{EntryKind, Histories, HistoryId, header_of};

/// Which rule of the product the model breaks, to prove that it would find out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BrokenRule {
    None,
    /// The stream accepts what doesn't follow its last sequence.
    ExpectedSequence,
    /// A state applies any batch that has its offset.
    SamePosition,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum ModelLease {
    Free,
    /// By the node whose `has_lease` is set.
    Held,
    /// By a process that is gone.
    Abandoned,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ModelBatch {
    pub(super) after: HistoryId,
    pub(super) end: HistoryId,
    pub(super) term: u64,
}

/// A batch on its way to the stream, and the last sequence that it expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ModelMessage {
    pub(super) batch: ModelBatch,
    pub(super) last: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum NodePhase {
    /// Everything is marked.
    Marked,
    /// A private state. `next`: what its reader reads.
    Restored {
        next: u64,
        is_complete: bool,
    },
    Following {
        next: u64,
    },
    /// It has the lease, and hasn't looked at the stream's end yet.
    Leased {
        is_complete: bool,
        is_stranded: bool,
    },
    /// `last`: the sequence that it knows; `sent`: what was sent and isn't acknowledged.
    Leading {
        term: u64,
        last: u64,
        applied: HistoryId,
        sent: Option<HistoryId>,
        is_shown: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ModelNode {
    pub(super) phase: NodePhase,
    /// The copy on its disk: its state, without what isn't in the stream.
    pub(super) copy: HistoryId,
    pub(super) is_copy_complete: bool,
    pub(super) has_lease: bool,
    /// The stream had lost what it has. Until it follows or leads again.
    pub(super) has_lost: bool,
    /// The history that it knew to be acknowledged: for checks alone.
    pub(super) witnessed: HistoryId,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct World {
    /// The sequence of the stream's first batch.
    pub(super) first: u64,
    pub(super) stream: Vec<ModelBatch>,
    /// The history that was appended last and not lost, also if it is purged.
    pub(super) end: HistoryId,
    pub(super) leading_term: u64,
    pub(super) lease: ModelLease,
    pub(super) snapshot: Option<HistoryId>,
    pub(super) nodes: [ModelNode; 3],
    pub(super) late: Option<ModelMessage>,
    pub(super) terms: u64,
    pub(super) inputs: u8,
    pub(super) lease_losses: u8,
    pub(super) crashes: u8,
    pub(super) purges: u8,
    pub(super) lost_tails: u8,
}

impl ModelNode {
    pub(super) fn with(copy: HistoryId, is_copy_complete: bool) -> Self {
        Self {
            phase: NodePhase::Marked,
            copy,
            is_copy_complete,
            has_lease: false,
            has_lost: false,
            witnessed: copy,
        }
    }

    pub(super) fn settle(&mut self, phase: NodePhase) {
        self.phase = phase;
        self.has_lost = false;
        self.witnessed = self.copy;
    }

    pub(super) fn message(&self) -> Option<ModelMessage> {
        match self.phase {
            NodePhase::Leading {
                term,
                last,
                sent: Some(end),
                ..
            } => {
                let batch = ModelBatch {
                    after: self.copy,
                    end,
                    term,
                };
                Some(ModelMessage { batch, last })
            }
            _ => None,
        }
    }
}

/// A step's outcome, or what it broke.
pub(super) type Outcome = Result<(), String>;

impl World {
    pub(super) fn with(nodes: [ModelNode; 3]) -> Self {
        Self {
            first: 1,
            stream: Vec::new(),
            end: HistoryId(0),
            leading_term: 0,
            lease: ModelLease::Free,
            snapshot: None,
            nodes,
            late: None,
            terms: 0,
            inputs: 0,
            lease_losses: 0,
            crashes: 0,
            purges: 0,
            lost_tails: 0,
        }
    }

    pub(super) fn last(&self) -> u64 {
        self.first - 1 + self.stream.len() as u64
    }

    pub(super) fn batch_at(&self, sequence: u64) -> Option<ModelBatch> {
        let index = sequence.checked_sub(self.first)?;
        self.stream.get(usize::try_from(index).ok()?).copied()
    }

    pub(super) fn stream_end(&self, histories: &Histories) -> StreamEnd {
        StreamEnd {
            sequence: self.last(),
            position: self
                .stream
                .last()
                .map(|batch| histories.position(batch.end)),
            format: None,
            clock_ahead_ms: None,
        }
    }

    pub(super) fn start(&self, histories: &Histories) -> Option<LogPosition> {
        self.stream
            .first()
            .map(|batch| histories.position(batch.after))
    }

    /// `LogStream::read_after`.
    pub(super) fn find_next(&self, position: LogPosition, histories: &Histories) -> Option<u64> {
        let header = |sequence| {
            let batch = self.batch_at(sequence);
            batch.map(|batch| header_of(batch, histories))
        };
        let mut search = BatchSearch::new(position, self.first, self.last());
        while let Some(middle) = search.middle() {
            search.narrow(header(middle).as_ref());
        }
        let continues = match header(search.found()) {
            Some(header) => header.after == position,
            None => self
                .stream_end(histories)
                .position
                .is_none_or(|end| end == position),
        };
        continues.then_some(search.found())
    }

    /// Appends, and checks that the batch continues the log.
    pub(super) fn append(&mut self, batch: ModelBatch, histories: &Histories) -> Outcome {
        let kind = histories.kind(batch.end);
        let is_first = matches!(kind, EntryKind::Started { .. });
        // The sequences of a lost tail are used again, so that a leader may find its own. Readers notice.
        let is_excused = self.lost_tails > 0 && !is_first;
        if !is_first && batch.term != self.leading_term && self.leading_term != 0 && !is_excused {
            return Err(format!(
                "term {} appends after its successor {}",
                batch.term, self.leading_term
            ));
        }
        let is_gap_told = kind == EntryKind::Started { is_complete: false };
        if self.last() != 0 && batch.after != self.end && !is_gap_told && !is_excused {
            return Err(format!("{batch:?} doesn't continue {:?}", self.end));
        }
        self.stream.push(batch);
        self.end = batch.end;
        self.leading_term = batch.term;
        Ok(())
    }

    /// Forgets what no longer makes a difference.
    pub(super) fn normalize(&mut self, histories: &Histories, is_tail_safe: bool) {
        let last = self.last();
        self.late = self.late.filter(|late| last <= late.last || !is_tail_safe);
        for node in &mut self.nodes {
            if histories.includes(node.copy, node.witnessed)
                || histories.position(node.witnessed).term.is_none()
            {
                node.witnessed = node.copy;
            }
        }
        self.nodes.sort_unstable();
    }

    pub(super) fn lose_lease(&mut self) {
        self.lease = ModelLease::Free;
        for node in &mut self.nodes {
            node.has_lease = false;
        }
        self.lease_losses += 1;
    }

    pub(super) fn lose_tail(&mut self, count: usize) -> Option<()> {
        if self.stream.len() < count {
            return None;
        }
        let lost = self.stream.split_off(self.stream.len() - count);
        self.end = lost[0].after;
        if let Some(last) = self.stream.last() {
            self.end = last.end;
        }
        self.leading_term = self.stream.last().map_or(0, |batch| batch.term);
        self.lost_tails += 1;
        // The servers restart: nothing is on its way to them.
        for n in 0..self.nodes.len() {
            if matches!(
                self.nodes[n].phase,
                NodePhase::Leading {
                    is_shown: false,
                    ..
                }
            ) {
                self.step_down(n);
            }
        }
        self.late = None;
        Some(())
    }

    pub(super) fn purge(&mut self) {
        self.first = self.last() + 1;
        self.stream.clear();
        self.purges += 1;
    }
}
