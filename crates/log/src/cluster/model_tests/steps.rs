//! The steps that a cluster can take, and the faults that it is allowed.

use super::{
    histories::{EntryKind, Histories},
    world::{BrokenRule, ModelLease, NodePhase, Outcome, World},
};

/// A step of a node, or of what is around it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// Begins a session.
    Restore(usize),
    /// Reads a batch; the last one may be heard live.
    Read(usize),
    /// Hears the leader although nothing new is in the log.
    Hear(usize),
    Acquire(usize),
    /// Looks at the stream's end, and sends its term's first entry.
    Begin(usize),
    /// Applies an input, and sends it.
    Apply(usize),
    /// The sent batch arrives, and the answer returns.
    Deliver(usize),
    /// The sent batch arrives, and the answer is lost.
    DeliverUnanswered(usize),
    Upload(usize),
    /// Marks everything. A leader stops, and what it has sent may still arrive.
    GiveUp(usize),
    Crash(usize),
    /// A crash before the last batch was written to the node's disk.
    CrashUnwritten(usize),
    /// The lease of a process that is gone expires.
    Expire,
    /// The lease of a leader expires or is deleted, which doesn't notice.
    LoseLease,
    /// A batch from a past leader arrives.
    ArriveLate,
    LoseTail(usize),
    Purge,
}

/// How many faults there may be.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FaultLimits {
    pub(super) lease_losses: u8,
    pub(super) crashes: u8,
    pub(super) purges: u8,
    pub(super) lost_tails: u8,
    /// The last term.
    pub(super) terms: u64,
    pub(super) inputs: u8,
}

impl World {
    /// Lists the steps within the limits. Not all of them are possible.
    pub(super) fn list_steps(&self, limits: FaultLimits) -> Vec<Step> {
        let mut steps = vec![Step::Expire, Step::ArriveLate];
        for n in 0..self.nodes.len() {
            steps.extend([
                Step::Restore(n),
                Step::Read(n),
                Step::Hear(n),
                Step::Acquire(n),
                Step::Deliver(n),
                Step::DeliverUnanswered(n),
                Step::Upload(n),
                Step::GiveUp(n),
            ]);
            if self.terms < limits.terms {
                steps.push(Step::Begin(n));
            }
            if self.inputs < limits.inputs {
                steps.push(Step::Apply(n));
            }
            if self.crashes < limits.crashes {
                steps.extend([Step::Crash(n), Step::CrashUnwritten(n)]);
            }
        }
        if self.lease_losses < limits.lease_losses {
            steps.push(Step::LoseLease);
        }
        if self.lost_tails < limits.lost_tails {
            steps.extend([Step::LoseTail(1), Step::LoseTail(2)]);
        }
        if self.purges < limits.purges {
            steps.push(Step::Purge);
        }
        steps
    }

    /// Returns the world after a step; `None` if the step isn't possible.
    pub(super) fn after(
        &self,
        step: Step,
        broken: BrokenRule,
        histories: &mut Histories,
    ) -> Option<Result<Self, String>> {
        let mut next = self.clone();
        let outcome = next.take(step, broken, histories)?;
        Some(outcome.map(|()| next))
    }

    fn take(
        &mut self,
        step: Step,
        broken: BrokenRule,
        histories: &mut Histories,
    ) -> Option<Outcome> {
        match step {
            Step::Restore(n) => {
                let is_marked = self.nodes[n].phase == NodePhase::Marked;
                is_marked.then(|| self.restore(n, histories))
            }
            Step::Read(n) => self.read(n, true, broken, histories),
            Step::Hear(n) => self.hear(n).map(Ok),
            Step::Acquire(n) => self.acquire(n, histories).map(Ok),
            Step::Begin(n) => self.begin(n, histories).map(Ok),
            Step::Apply(n) => self.apply(n, histories).map(Ok),
            Step::Deliver(n) => self.deliver(n, true, broken, histories),
            Step::DeliverUnanswered(n) => self.deliver(n, false, broken, histories),
            Step::Upload(n) => self.upload(n, histories).map(Ok),
            Step::GiveUp(n) => {
                let is_active = self.nodes[n].phase != NodePhase::Marked;
                is_active.then(|| self.step_down(n)).map(Ok)
            }
            Step::Crash(n) => self.crash(n, false, histories).map(Ok),
            Step::CrashUnwritten(n) => self.crash(n, true, histories).map(Ok),
            Step::Expire => {
                let is_abandoned = self.lease == ModelLease::Abandoned;
                is_abandoned.then(|| self.lease = ModelLease::Free).map(Ok)
            }
            Step::LoseLease => {
                let is_held = self.lease == ModelLease::Held;
                is_held.then(|| self.lose_lease()).map(Ok)
            }
            Step::ArriveLate => {
                let late = self.late.take()?;
                let is_next = late.last == self.last();
                Some(if is_next {
                    self.append(late.batch, histories)
                } else {
                    Ok(())
                })
            }
            Step::LoseTail(count) => self.lose_tail(count).map(Ok),
            Step::Purge => (!self.stream.is_empty()).then(|| self.purge()).map(Ok),
        }
    }

    fn apply(&mut self, n: usize, histories: &mut Histories) -> Option<()> {
        match &mut self.nodes[n].phase {
            NodePhase::Leading {
                term,
                applied,
                is_shown: true,
                sent: sent @ None,
                ..
            } => {
                *applied = histories.append(*applied, *term, EntryKind::Input);
                *sent = Some(*applied);
            }
            _ => return None,
        }
        self.inputs += 1;
        Some(())
    }
}
