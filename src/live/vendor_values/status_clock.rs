//! Since when an agent has been in their state: as the state says, as a statistic of
//! its own tells, or as we heard it change.

use jiff::Timestamp;

use crate::domain::moment;

use crate::live::{snapshot::ReportStamp, source_state::OUTLIER_LIMIT};

use super::{JITTER, ReportContext, is_same_start};

/// What is ahead of our clock by less begins now; by more, its own clock is not known.
const MAX_AHEAD: i64 = 6_000;

/// What is known of when a state began.
#[derive(Clone, Debug, Default)]
pub(in crate::live) struct StatusClock {
    /// As the state came with it, by the source's clock.
    reported_start: Option<Timestamp>,
    /// The same on our wall clock, or when we heard of the change.
    local_start: Option<Timestamp>,
    /// Another state still held then, on our wall clock …
    previous_held_at: Option<Timestamp>,
    /// … and this is the source's own time for what told that it holds no more.
    changed_at: Option<Timestamp>,
    /// As the time in the state tells it, which it does of few.
    duration_start: Option<Box<ReportedStart>>,
}

#[derive(Clone, Copy, Debug)]
struct ReportedStart {
    /// On our wall clock.
    local_start: Timestamp,
    /// The source's own time.
    at: Option<Timestamp>,
    generation: u32,
}

/// How a state follows upon the one that was said before.
#[derive(Clone, Copy, Debug)]
pub(super) enum StatusChange {
    /// It is not known what held before.
    Unseen,
    Same,
    /// Another one, last heard then.
    Changed(Timestamp),
}

impl StatusClock {
    pub(super) fn record_status(
        &mut self,
        word: &ReportContext,
        turn: StatusChange,
        said: Option<Timestamp>,
    ) {
        let is_again = said.is_some() && self.reported_start == said;
        (self.previous_held_at, self.changed_at) = match turn {
            StatusChange::Same if is_again || said.is_none() => return,
            // It was left and taken up again in between.
            StatusChange::Same => (None, word.at),
            StatusChange::Unseen => (None, None),
            StatusChange::Changed(heard) => (Some(heard), word.at),
        };
        if is_again && matches!(turn, StatusChange::Unseen) {
            return;
        }
        let is_heard = matches!(turn, StatusChange::Changed(_)) && word.is_live;
        let began = said.and_then(|said| word.to_local_time(said, is_heard));
        self.local_start = began.or_else(|| is_heard.then(|| word.effective_at()));
        self.reported_start = said;
    }

    /// So many seconds in the state, which may have been told before the state itself.
    pub(super) fn record_duration(&mut self, word: &ReportContext, lasted: Option<f64>) {
        let Some(lasted) = lasted else {
            self.duration_start = None;
            return;
        };
        let last = self.duration_start.as_deref().copied();
        let last = last.filter(|told| told.generation == word.generation);
        if last.is_some_and(|told| told.at.is_some() && told.at == word.at) {
            return;
        }
        self.duration_start = Some(Box::new(ReportedStart {
            local_start: word.started_at(lasted, last.map(|last| last.local_start)),
            at: word.at,
            generation: word.generation,
        }));
    }

    pub(super) fn clear_status(&mut self) {
        let told = self.duration_start.take();
        *self = Self {
            duration_start: told,
            ..Self::default()
        };
    }

    pub(super) fn duration_reported_at(&self) -> Option<Timestamp> {
        self.duration_start.as_ref().and_then(|told| told.at)
    }

    /// Where the state began that was `said` last.
    pub(super) fn started_at(&self, said: Option<ReportStamp>) -> Option<Timestamp> {
        let said = said.filter(|said| !said.is_invalid)?;
        let told = self
            .duration_start
            .as_deref()
            .filter(|told| told.generation == said.generation && self.is_current(told));
        match (
            self.local_start.filter(|_| self.reported_start.is_some()),
            told,
        ) {
            (Some(began), Some(told)) if is_same_start(began, told.local_start) => Some(began),
            (_, Some(told)) => Some(told.local_start),
            (_, None) => self.local_start,
        }
    }

    /// Whether the time that was told is of this state, and not of the one before.
    fn is_current(&self, told: &ReportedStart) -> bool {
        let is_late = |than: Timestamp| than <= moment::plus_millis(told.local_start, JITTER);
        if self
            .reported_start
            .and(self.local_start)
            .is_some_and(|began| !is_late(began))
        {
            return false;
        }
        let behind = self.changed_at.zip(told.at);
        match behind.map(|(changed, at)| moment::millis_between(at, changed)) {
            Some(..0) => true,
            // Two statistics of one instant may be told in either order.
            Some(behind) if JITTER < behind => false,
            _ => (self.previous_held_at)
                .is_none_or(|before| moment::plus_millis(before, JITTER) <= told.local_start),
        }
    }

    /// The source's clock has become known: what came with the state is placed by it.
    pub(super) fn apply_offset(&mut self, offset: i64, now: Timestamp) {
        if let Some(said) = self.reported_start {
            self.local_start = Some(moment::plus_millis(said, offset).min(now));
        }
    }

    /// Our wall clock was put right by so much.
    pub(in crate::live) fn shift_by(&mut self, by: i64) {
        for at in [&mut self.local_start, &mut self.previous_held_at] {
            *at = at.map(|at| moment::plus_millis(at, by));
        }
        if let Some(told) = &mut self.duration_start {
            told.local_start = moment::plus_millis(told.local_start, by);
        }
    }
}

impl ReportContext {
    /// What began at `said` by the source's clock, on ours. Where the clocks disagree and
    /// this was heard as it happened, only how long it had lasted then counts.
    fn to_local_time(&self, said: Timestamp, is_heard: bool) -> Option<Timestamp> {
        let now = self.now.wall;
        let began = match self.at {
            Some(at) if self.is_outlier(at, is_heard) => {
                let lasted = moment::millis_between(said, at).max(0);
                moment::plus_millis(self.effective_at(), -lasted)
            }
            _ => moment::plus_millis(said, self.offset),
        };
        (moment::millis_between(now, began) <= MAX_AHEAD).then_some(began.min(now))
    }

    fn is_outlier(&self, at: Timestamp, is_heard: bool) -> bool {
        let late = self.lateness(at);
        late < -OUTLIER_LIMIT || (is_heard && OUTLIER_LIMIT < late)
    }
}
