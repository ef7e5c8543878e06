//! What proves that no open case was missed: a load that counts as many as we know
//! of, as of its own time; what is unconfirmed is over then. An event from before that
//! time may still be on its way and undo the proof, so the load is remembered.

use jiff::Timestamp;

use crate::domain::{CaseId, Mono, QueueId, SourceId};

use super::{feed::QueueFeed, ledger::Cases, state::State};

/// So many loads in a row agree with the cases by no coincidence.
const AGREEMENTS: u8 = 3;

/// A load by which a queue is accounted for.
#[derive(Clone, Debug)]
pub(super) struct Witness {
    /// The source's time of it.
    pub(super) at: Timestamp,
    said: i64,
    /// How many of ours were open then, by all that has been heard since.
    ours: i64,
    /// The unconfirmed cases that are over because it does not count them.
    pub(super) ended: Vec<CaseId>,
}

impl Witness {
    /// A load that counts as many open cases as we know of.
    pub(super) fn new(at: Timestamp, open: u64) -> Self {
        let open = i64::try_from(open).unwrap_or(i64::MAX);
        Self {
            at,
            said: open,
            ours: open,
            ended: Vec::new(),
        }
    }
}

impl Cases {
    /// Compares the open cases of a queue with the number that a load of that time counts:
    /// where one was missed, they are always fewer. Returns what proves that none was.
    pub(super) fn compare_open(
        &self,
        known: &mut QueueFeed,
        id: &QueueId,
        at: Timestamp,
        talking: u64,
        now: Mono,
    ) -> Option<Witness> {
        let open = self.talks.open_at(id, at) as u64;
        let doubted = self.doubted.open_at(id, at) as u64;
        if open + doubted < talking {
            known.short_since.get_or_insert(now);
        } else {
            known.short_since = None;
        }
        if known.accounted && doubted == 0 {
            return None;
        }
        if open != talking {
            known.agrees = 0;
        } else if known.agreed_at.is_none_or(|last| last < at) {
            known.agrees += 1;
            known.agreed_at = Some(at);
        }
        (AGREEMENTS <= known.agrees).then(|| Witness::new(at, talking))
    }
}

impl State {
    /// Takes a queue for accounted for: its load counts as many as are known to be open,
    /// so whatever is unconfirmed there is over.
    pub(super) fn prove(&mut self, id: &QueueId, mut witness: Witness) {
        witness.ended = self.cases.doubted.cases_at(id, witness.at);
        for case in &witness.ended {
            self.presume_ended(case, true);
        }
        if let Some(feed) = self.feeds.get_mut(&id.source) {
            feed.prove(id, witness);
        }
    }

    fn presume_ended(&mut self, id: &CaseId, is_over: bool) {
        if self.cases.file(id).is_some() {
            self.change_case(id, |file| {
                std::mem::replace(&mut file.presumed_ended, is_over) != is_over
            });
        }
    }

    /// Whether an event of that time may undo a proof of its source.
    pub(super) fn is_before_proof(&self, source: &SourceId, at: Timestamp) -> bool {
        let proved = self.feeds.get(source).and_then(|feed| feed.proved_until);
        proved.is_some_and(|until| at <= until)
    }

    /// The queues whose witness counts this case.
    pub(super) fn witnessed(&self, id: &CaseId) -> Vec<QueueId> {
        let file = self.cases.file(id).filter(|file| !file.verdict.unconfirmed);
        let (Some(file), Some(feed)) = (file, self.feeds.get(&id.source)) else {
            return Vec::new();
        };
        let life = file.life(&id.source, &self.picture.site);
        let legs = life.legs.into_iter().filter_map(|leg| {
            let queue = leg.queue?;
            let at = feed.queues.get(&queue)?.witness.as_ref()?.at;
            let goes_on = leg.ended_at.is_none_or(|ended| at < ended);
            (leg.opened_at <= at && goes_on).then_some(queue)
        });
        legs.collect()
    }

    /// An event from before a proof has come: whether the proof still holds, or
    /// holds again, now that other cases are known to have been open then.
    pub(super) fn weigh_again(&mut self, id: &CaseId, before: &[QueueId]) {
        let after = self.witnessed(id);
        if before == after {
            return;
        }
        let Some(feed) = self.feeds.get_mut(&id.source) else {
            return;
        };
        let changes = before.iter().map(|queue| (queue, -1));
        let mut undone = false;
        let mut ended = Vec::new();
        for (queue, change) in changes.chain(after.iter().map(|queue| (queue, 1))) {
            if let Some(known) = feed.queues.get_mut(queue)
                && let Some(witness) = &mut known.witness
            {
                witness.ours += change;
                known.accounted = witness.ours == witness.said;
                known.agrees = 0;
                if !known.accounted {
                    undone = true;
                    ended.append(&mut witness.ended);
                }
            }
        }
        for case in &ended {
            self.presume_ended(case, false);
        }
        if undone {
            self.doubt_agents(&id.source);
        }
        self.sweep_agents(&id.source);
    }

    /// Nobody of a source is fully known until that is found anew.
    pub(super) fn doubt_agents(&mut self, source: &SourceId) {
        for agent in self.picture.agents.values_mut() {
            if agent.id.source == *source && agent.stated.is_none() {
                agent.accounted = false;
            }
        }
    }
}
