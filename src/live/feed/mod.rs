//! What the fold remembers of one source besides what can be read: learned
//! clocks, the round of its configuration, how well it can be read.

mod cadence;
mod offset;
mod quality;
mod round;
mod waits;

use std::collections::HashMap;

use jiff::Timestamp;

use crate::domain::{Class, Id, Moment, Mono, QueueId, moment};

pub(super) use cadence::Cadence;
pub(super) use offset::{ODD, Offset};
pub(super) use quality::Quality;
pub(super) use round::Round;
pub(super) use waits::Waits;

use super::{
    ledger::Surplus,
    picture::{Gap, Map},
    proof::Witness,
};

#[derive(Debug, Default)]
pub(super) struct Feed {
    pub(super) offset: Offset,
    pub(super) cadence: Cadence,
    pub(super) quality: Quality,
    pub(super) round: Option<Round>,
    /// When the bindings were last renewed, or the generation began.
    pub(super) bound: Option<Mono>,
    pub(super) surplus: Surplus,
    pub(super) queues: Map<QueueId, QueueFeed>,
    /// Per name and attribute, the newest source time.
    pub(super) profiles: HashMap<(Class, Id), ProfileFeed>,
    /// Events are counted from here on; `None` before the first connection.
    pub(super) counting_since: Option<Timestamp>,
    /// The times of the first two events in what had gathered before we first came.
    pub(super) opening: [Option<Timestamp>; 2],
    /// Stretches in which events may have been missed.
    pub(super) gaps: Vec<Gap>,
    /// No event after this source time can undo a proof.
    pub(super) proved_until: Option<Timestamp>,
}

impl Feed {
    /// Notes what happened first of all that gathered before we first came. The upstream's
    /// queue has everything from its first message on. One of the first two may have been sent
    /// late, hardly both.
    pub(super) fn open_day(&mut self, at: Timestamp, now: Moment) {
        if self.counting_since.is_none()
            && let Some(free) = self.opening.iter_mut().find(|at| at.is_none())
        {
            *free = Some(moment::plus_millis(at, self.offset.millis()).min(now.wall));
        }
    }

    /// Takes a queue for accounted for, by that load.
    pub(super) fn prove(&mut self, id: &QueueId, mut witness: Witness) {
        self.proved_until = self.proved_until.max(Some(witness.at));
        if let Some(known) = self.queues.get_mut(id) {
            known.accounted = true;
            let before = known.witness.take();
            witness
                .ended
                .extend(before.into_iter().flat_map(|before| before.ended));
            known.witness = Some(witness);
        }
    }
}

/// What is remembered of one queue.
#[derive(Debug, Default)]
pub(super) struct QueueFeed {
    /// In which generation it last spoke.
    pub(super) generation: u32,
    /// When it last spoke of its timers, or should have begun to.
    pub(super) timers: Option<Mono>,
    /// The source's time of its last timers, to learn the interval.
    pub(super) timers_at: Option<Timestamp>,
    pub(super) waits: Waits,
    /// No open case of it can have been missed in this generation.
    pub(super) accounted: bool,
    /// Since when the open cases we know of are as many as it says …
    pub(super) agrees_since: Option<Mono>,
    /// … and how many of its loads in a row have agreed, each as of its own time.
    pub(super) agrees: u8,
    /// The source's time of the last that did: said twice, it is one.
    pub(super) agreed_at: Option<Timestamp>,
    /// The load that it is accounted for by; none where that needs no counting.
    pub(super) witness: Option<Witness>,
    /// How many more of our cases are open than its load counts.
    pub(super) excess: Surplus,
    /// Since when its loads count more cases than we know of.
    pub(super) short_since: Option<Mono>,
    /// When a load last contradicted our cases for long enough to be believed.
    pub(super) contradicted: Option<Mono>,
}

impl QueueFeed {
    /// Takes back that it is accounted for.
    pub(super) fn withdraw(&mut self) {
        self.accounted = false;
        self.witness = None;
        self.agrees = 0;
        self.agrees_since = None;
    }
}

/// When a subject was last heard of, and the newest source time of each attribute of its name.
#[derive(Debug, Default)]
pub(super) struct ProfileFeed {
    pub(super) heard: Mono,
    pub(super) ordered: [Option<Timestamp>; 5],
}
