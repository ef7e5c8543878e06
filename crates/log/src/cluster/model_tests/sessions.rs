//! The sessions of the model's nodes, as `PrivateState`, `ClusterNode` and `LeaderLog` have them.

use crate::cluster::continuity::{self, NodeHistory};
use wallboard_domain::TermId;

use super::{
    histories::{EntryKind, Histories, header_of, label_of},
    world::{BrokenRule, ModelBatch, ModelLease, ModelNode, NodePhase, Outcome, World},
};

impl World {
    /// `PrivateState::restore`, and reads to the end. A node that nothing helps takes the lease.
    pub(super) fn restore(&mut self, n: usize, histories: &Histories) -> Outcome {
        let end = self.stream_end(histories).position;
        let node = self.nodes[n];
        let position = histories.position(node.copy);
        let may_continue = node.is_copy_complete && continuity::may_continue(position, end);
        let mut next = self.find_next(position, histories).filter(|_| may_continue);
        if next.is_none() {
            let is_lost = node.is_copy_complete && continuity::may_have_lost(position);
            self.nodes[n].has_lost |= is_lost;
            if let Some(snapshot) = self.snapshot {
                next = self.find_next(histories.position(snapshot), histories);
                if next.is_some() {
                    (self.nodes[n].copy, self.nodes[n].is_copy_complete) = (snapshot, true);
                }
            }
        }
        let Some(next) = next else {
            self.strand(n);
            return Ok(());
        };
        let is_complete = !self.nodes[n].has_lost;
        self.nodes[n].phase = NodePhase::Restored { next, is_complete };
        while let Some(outcome) = self.read(n, false, BrokenRule::None, histories) {
            outcome?;
        }
        Ok(())
    }

    /// Nothing in the stream leads on.
    fn strand(&mut self, n: usize) {
        self.nodes[n].phase = NodePhase::Marked;
        if self.lease == ModelLease::Free {
            self.lease = ModelLease::Held;
            let node = &mut self.nodes[n];
            node.has_lease = true;
            node.is_copy_complete = true;
            node.phase = NodePhase::Leased {
                is_complete: false,
                is_stranded: true,
            };
        }
    }

    /// Reads what follows; `None` if there's nothing.
    pub(super) fn read(
        &mut self,
        n: usize,
        is_heard: bool,
        broken: BrokenRule,
        histories: &Histories,
    ) -> Option<Outcome> {
        let (NodePhase::Restored { next, .. } | NodePhase::Following { next }) =
            self.nodes[n].phase
        else {
            return None;
        };
        let sequence = next.max(self.first);
        let batch = self.batch_at(sequence)?;
        let (last, node) = (self.last(), &mut self.nodes[n]);
        let (header, position) = (header_of(batch, histories), histories.position(node.copy));
        let may_apply = if broken == BrokenRule::SamePosition {
            header.after.next == position.next
        } else {
            continuity::may_apply(&header, position)
        };
        if !may_apply {
            let is_restored = matches!(node.phase, NodePhase::Restored { .. });
            node.phase = NodePhase::Marked;
            if is_restored {
                self.strand(n);
            }
            return Some(Ok(()));
        }
        if batch.after != node.copy {
            return Some(Err(format!(
                "node {n} applies {batch:?} to another history"
            )));
        }
        node.copy = batch.end;
        if histories.includes(node.copy, node.witnessed) {
            node.witnessed = node.copy;
        }
        match &mut node.phase {
            NodePhase::Following { next } | NodePhase::Restored { next, .. } => {
                *next = sequence + 1;
            }
            _ => {}
        }
        if matches!(node.phase, NodePhase::Following { .. }) || is_heard && sequence == last {
            node.settle(NodePhase::Following { next: sequence + 1 });
        }
        Some(Ok(()))
    }

    /// Hears a leader that has what the node has.
    pub(super) fn hear(&mut self, n: usize) -> Option<()> {
        let NodePhase::Restored { next, .. } = self.nodes[n].phase else {
            return None;
        };
        let (last, copy) = (self.last(), self.nodes[n].copy);
        let is_heard = |node: &ModelNode| {
            matches!(node.phase, NodePhase::Leading { last: known, is_shown: true, .. } if known == last)
                && node.copy == copy
        };
        if next != last + 1 || !self.nodes.iter().any(is_heard) {
            return None;
        }
        self.nodes[n].settle(NodePhase::Following { next });
        Some(())
    }

    pub(super) fn acquire(&mut self, n: usize, histories: &Histories) -> Option<()> {
        let NodePhase::Restored { is_complete, .. } = self.nodes[n].phase else {
            return None;
        };
        let position = histories.position(self.nodes[n].copy);
        let end = self.stream_end(histories).position;
        if self.lease != ModelLease::Free || end.is_some_and(|end| end != position) {
            return None;
        }
        self.lease = ModelLease::Held;
        self.nodes[n].has_lease = true;
        self.nodes[n].phase = NodePhase::Leased {
            is_complete,
            is_stranded: false,
        };
        Some(())
    }

    /// Looks at the stream's end, and sends the term's first entry.
    pub(super) fn begin(&mut self, n: usize, histories: &mut Histories) -> Option<()> {
        let NodePhase::Leased {
            is_complete,
            is_stranded,
        } = self.nodes[n].phase
        else {
            return None;
        };
        let term = self.terms + 1;
        let end = self.stream_end(histories);
        let position = histories.position(self.nodes[n].copy);
        let known = NodeHistory {
            position,
            is_complete,
            is_stranded,
        };
        let Some(start) = continuity::plan_term(known, end, TermId(term)) else {
            self.step_down(n);
            return Some(());
        };
        self.terms = term;
        if start.after != position {
            self.nodes[n].copy = histories.add(self.nodes[n].copy, start.after, EntryKind::Skipped);
        }
        let started = EntryKind::Started {
            is_complete: start.is_log_complete,
        };
        let applied = histories.append(self.nodes[n].copy, term, started);
        let last = self.last();
        self.nodes[n].phase = NodePhase::Leading {
            term,
            last,
            applied,
            sent: Some(applied),
            is_shown: false,
        };
        Some(())
    }

    /// The stream decides about what a leader has sent.
    pub(super) fn deliver(
        &mut self,
        n: usize,
        is_acknowledged: bool,
        broken: BrokenRule,
        histories: &Histories,
    ) -> Option<Outcome> {
        let message = self.nodes[n].message()?;
        let is_new = message.last == self.last() || broken == BrokenRule::ExpectedSequence;
        if is_new {
            if let Some(Err(error)) = self.check_start(n, message.batch, histories) {
                return Some(Err(error));
            }
            if let Err(error) = self.append(message.batch, histories) {
                return Some(Err(error));
            }
        } else if self.batch_at(message.last + 1) != Some(message.batch) {
            self.step_down(n);
            self.late = None;
            return Some(Ok(()));
        }
        let last = self.last();
        let node = &mut self.nodes[n];
        let NodePhase::Leading {
            term,
            applied,
            is_shown,
            ..
        } = node.phase
        else {
            return None;
        };
        if is_acknowledged {
            node.copy = message.batch.end;
            let last = if is_new { last } else { message.last + 1 };
            node.settle(NodePhase::Leading {
                term,
                last,
                applied,
                sent: None,
                is_shown: true,
            });
        } else if !is_shown {
            self.step_down(n);
        }
        Some(Ok(()))
    }

    /// A term that begins with a complete log has all that its node knew to be acknowledged.
    fn check_start(&self, n: usize, batch: ModelBatch, histories: &Histories) -> Option<Outcome> {
        let witnessed = self.nodes[n].witnessed;
        let is_wrong = histories.kind(batch.end) == EntryKind::Started { is_complete: true }
            && histories.position(witnessed).term.is_some()
            && !histories.includes(batch.end, witnessed);
        is_wrong.then(|| Err(format!("term {} says that nothing is missing", batch.term)))
    }

    pub(super) fn step_down(&mut self, n: usize) {
        if let Some(message) = self.nodes[n].message() {
            self.late.get_or_insert(message);
        }
        if std::mem::take(&mut self.nodes[n].has_lease) {
            self.lease = ModelLease::Free;
        }
        self.nodes[n].phase = NodePhase::Marked;
    }

    pub(super) fn upload(&mut self, n: usize, histories: &Histories) -> Option<()> {
        let NodePhase::Leading {
            term,
            is_shown: true,
            ..
        } = self.nodes[n].phase
        else {
            return None;
        };
        let copy = self.nodes[n].copy;
        let (start, end) = (self.start(histories), self.stream_end(histories).position);
        let is_usable =
            self.snapshot
                .zip(start)
                .zip(end)
                .is_some_and(|((snapshot, start), end)| {
                    continuity::is_usable(label_of(snapshot, histories), TermId(term), start, end)
                });
        if is_usable {
            return None;
        }
        self.snapshot = Some(copy);
        Some(())
    }

    /// Ends the process: only its copy remains.
    pub(super) fn crash(
        &mut self,
        n: usize,
        loses_last: bool,
        histories: &Histories,
    ) -> Option<()> {
        self.crashes += 1;
        let node = &mut self.nodes[n];
        let is_written = !matches!(
            node.phase,
            NodePhase::Following { .. } | NodePhase::Leading { is_shown: true, .. }
        );
        if loses_last && (is_written || histories.kind(node.copy) == EntryKind::Skipped) {
            return None;
        }
        let message = node.message();
        if loses_last {
            node.copy = histories.parent(node.copy);
        }
        node.settle(NodePhase::Marked);
        if std::mem::take(&mut node.has_lease) {
            self.lease = ModelLease::Abandoned;
        }
        if let Some(message) = message {
            self.late.get_or_insert(message);
        }
        Some(())
    }
}
