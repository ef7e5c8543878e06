//! Histories of a log, each with a number: the same entries have the same one.

use std::collections::HashMap;

use jiff::Timestamp;

use wallboard_domain::{LogOffset, LogPosition, MonotonicTime, TermId};
use wallboard_store::{BatchHeader, SnapshotLabel};

use super::world::ModelBatch;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct HistoryId(pub(super) u16);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum EntryKind {
    /// From before the cluster, by this node.
    Local(u8),
    Started {
        is_complete: bool,
    },
    Input,
    /// No entry: offsets are left out.
    Skipped,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct ModelEntry {
    parent: HistoryId,
    position: LogPosition,
    kind: EntryKind,
}

#[derive(Debug)]
pub(super) struct Histories {
    entries: Vec<ModelEntry>,
    ids: HashMap<ModelEntry, HistoryId>,
}

impl Histories {
    pub(super) fn new() -> Self {
        let mut histories = Self {
            entries: Vec::new(),
            ids: HashMap::new(),
        };
        histories.add(HistoryId(0), LogPosition::default(), EntryKind::Skipped);
        histories
    }

    pub(super) fn add(
        &mut self,
        parent: HistoryId,
        position: LogPosition,
        kind: EntryKind,
    ) -> HistoryId {
        let entry = ModelEntry {
            parent,
            position,
            kind,
        };
        *self.ids.entry(entry).or_insert_with(|| {
            self.entries.push(entry);
            HistoryId(u16::try_from(self.entries.len() - 1).unwrap())
        })
    }

    pub(super) fn append(&mut self, parent: HistoryId, term: u64, kind: EntryKind) -> HistoryId {
        let next = LogOffset(self.position(parent).next.0 + 1);
        let term = (term != 0).then_some(TermId(term));
        self.add(parent, LogPosition { term, next }, kind)
    }

    fn entry(&self, id: HistoryId) -> ModelEntry {
        self.entries[usize::from(id.0)]
    }
    pub(super) fn position(&self, id: HistoryId) -> LogPosition {
        self.entry(id).position
    }
    pub(super) fn kind(&self, id: HistoryId) -> EntryKind {
        self.entry(id).kind
    }
    pub(super) fn parent(&self, id: HistoryId) -> HistoryId {
        self.entry(id).parent
    }

    /// Whether a history begins with another one. Its number is larger then.
    pub(super) fn includes(&self, mut id: HistoryId, other: HistoryId) -> bool {
        while other < id {
            id = self.parent(id);
        }
        id == other
    }
}

pub(super) fn header_of(batch: ModelBatch, histories: &Histories) -> BatchHeader {
    let (after, end) = (
        histories.position(batch.after),
        histories.position(batch.end),
    );
    BatchHeader {
        after,
        term: TermId(batch.term),
        count: end.next.0 - after.next.0,
        inputs: 0,
        format: 1,
        received_at: Timestamp::UNIX_EPOCH,
        sent_at: MonotonicTime(0),
        is_last: false,
    }
}

pub(super) fn label_of(snapshot: HistoryId, histories: &Histories) -> SnapshotLabel {
    SnapshotLabel {
        position: histories.position(snapshot),
        taken_at: Timestamp::UNIX_EPOCH,
        format: 1,
    }
}
