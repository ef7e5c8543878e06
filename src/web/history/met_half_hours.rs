//! How many half-hours met the target: a day's service level says little about its peaks.

/// The half-hours with enough contacts to be judged, and those of them that met the target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct MetHalfHours {
    pub(super) met: u32,
    pub(super) judged: u32,
}

impl MetHalfHours {
    pub(super) fn percent(self) -> Option<f64> {
        (0 < self.judged).then(|| 100.0 * f64::from(self.met) / f64::from(self.judged))
    }

    pub(super) fn merge(self, other: Self) -> Self {
        Self {
            met: self.met + other.met,
            judged: self.judged + other.judged,
        }
    }
}
