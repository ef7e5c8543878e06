//! Scheduled and actual time of agents. Sums come before ratios.

/// Seconds of one agent or several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AdherenceFigures {
    /// Scheduled, without absences.
    pub scheduled: i64,
    /// The part of it that is over.
    pub due: i64,
    /// The part of that in which it's known what the agent did.
    pub known: i64,
    /// The part of that in which the agent did what was scheduled.
    pub adherent: i64,
    /// Scheduled for work with contacts.
    pub scheduled_work: i64,
    /// The part of it in which it's known what the agent did.
    pub known_work: i64,
    /// Worked, at whatever times of days with such work.
    pub worked: i64,
}

impl AdherenceFigures {
    /// Adds those of another agent or time.
    pub fn merge(&mut self, more: &Self) {
        self.scheduled += more.scheduled;
        self.due += more.due;
        self.known += more.known;
        self.adherent += more.adherent;
        self.scheduled_work += more.scheduled_work;
        self.known_work += more.known_work;
        self.worked += more.worked;
    }

    /// Whether nothing was scheduled, nor worked.
    pub fn is_zero(&self) -> bool {
        self.scheduled == 0 && self.worked == 0
    }

    /// Whether it isn't known for some of the time that is over what the agents did.
    pub fn is_partial(&self) -> bool {
        self.known < self.due
    }

    /// The share of scheduled time in which agents did what was scheduled, in percent.
    pub fn adherence(&self) -> Option<f64> {
        percent(self.adherent, self.known)
    }

    /// The time worked as a share of the time scheduled for work, in percent.
    pub fn conformance(&self) -> Option<f64> {
        percent(self.worked, self.known_work)
    }

    /// The time in adherence; `None` if none is known.
    pub fn adherent_time(&self) -> Option<i64> {
        (0 < self.known).then_some(self.adherent)
    }

    /// The time worked; `None` if none is known.
    pub fn worked_time(&self) -> Option<i64> {
        (0 < self.known_work || 0 < self.worked).then_some(self.worked)
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "sums of seconds stay far below 2^52"
)]
fn percent(part: i64, whole: i64) -> Option<f64> {
    (0 < whole).then(|| 100.0 * part as f64 / whole as f64)
}
