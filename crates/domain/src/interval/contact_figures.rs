//! The figures of a queue's contacts in one interval: counters, and how long they waited.

use std::ops::Deref;

use strum::IntoEnumIterator;

use crate::{Counter, Counters, ServiceLevelFormula};

use super::{Staffing, WaitDistribution};

/// Fewer abandoned contacts say nothing of the patience of all.
const PATIENCE_ABANDONED_MIN: i64 = 5;

/// Counters of contacts with their waits, which sources without single calls don't report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactFigures {
    pub counters: Counters,
    /// `None` if not all waits are known.
    pub waits: Option<WaitDistribution>,
    /// Of one queue or the site, as far as it is known: times of which it isn't are left out. `None`
    /// of anything else.
    pub staffing: Option<Staffing>,
}

impl Default for ContactFigures {
    /// All counters known and 0, and no waits.
    fn default() -> Self {
        Self {
            counters: Counters::default(),
            waits: Some(WaitDistribution::default()),
            staffing: None,
        }
    }
}

impl From<Counters> for ContactFigures {
    /// Waits aren't known.
    fn from(counters: Counters) -> Self {
        Self {
            counters,
            waits: None,
            staffing: None,
        }
    }
}

impl Deref for ContactFigures {
    type Target = Counters;

    fn deref(&self) -> &Counters {
        &self.counters
    }
}

impl ContactFigures {
    /// Adds the figures of another interval, or of another queue without its staffing.
    pub fn merge(&mut self, other: &Self) {
        self.counters.merge(&other.counters);
        if let Some(more) = &other.staffing {
            self.staffing.get_or_insert_default().merge(more);
        }
        match (&mut self.waits, &other.waits) {
            (Some(waits), Some(more)) => waits.merge(more),
            (waits, _) => *waits = None,
        }
    }

    /// Removes what the figures say about agents, see [`Counter::is_about_agents`].
    #[must_use]
    pub fn without_agents(mut self) -> Self {
        for counter in Counter::iter().filter(|counter| counter.is_about_agents()) {
            self.counters.set(counter, None);
        }
        Self {
            staffing: None,
            ..self
        }
    }

    /// The wait, in seconds, that so many percent of answered contacts didn't exceed.
    pub fn wait_percentile(&self, percent: u8) -> Option<i64> {
        self.waits.as_ref()?.answered.percentile(percent)
    }

    /// The wait, in seconds, after which so many percent of abandoned contacts had left; short abandons aren't
    /// among them.
    pub fn abandoned_wait_percentile(&self, percent: u8) -> Option<i64> {
        self.waits.as_ref()?.abandoned.percentile(percent)
    }

    /// The mean time, in seconds, that contacts are willing to wait: all waits, answered or abandoned, divided
    /// by the abandoned contacts, because the others would have waited on (the censored mean of an
    /// exponential distribution). `None` of few abandoned contacts.
    pub fn average_patience(&self) -> Option<f64> {
        let waits = self.waits.as_ref()?;
        let (_, answered_s) = waits.answered.totals();
        let (abandoned, abandoned_s) = waits.abandoned.totals();
        #[expect(clippy::cast_precision_loss, reason = "years of waits")]
        let patience = (answered_s + abandoned_s) as f64 / abandoned as f64;
        (PATIENCE_ABANDONED_MIN <= abandoned).then_some(patience)
    }

    /// The service level, in percent, if the threshold were so many seconds.
    pub fn service_level_within(&self, seconds: i64, formula: ServiceLevelFormula) -> Option<f64> {
        let waits = self.waits.as_ref()?;
        let mut counters = self.counters;
        for (counter, waits) in [
            (Counter::AnsweredWithin, &waits.answered),
            (Counter::AbandonedWithin, &waits.abandoned),
        ] {
            counters.set(counter, Some(waits.count_within(seconds)));
        }
        counters.service_level(formula)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answered after 5, 10, 15 and 40 s, abandoned after 12 s; the threshold is 10 s.
    fn figures() -> ContactFigures {
        let mut waits = WaitDistribution::default();
        for wait in [5, 10, 15, 40] {
            waits.answered.record(wait);
        }
        waits.abandoned.record(12);
        ContactFigures {
            counters: Counters::default()
                .with(Counter::Offered, 5)
                .with(Counter::Answered, 4)
                .with(Counter::AnsweredWithin, 2)
                .with(Counter::Abandoned, 1),
            waits: Some(waits),
            staffing: None,
        }
    }

    #[test]
    fn patience_counts_the_waits_of_all_from_five_abandoned_contacts_on() {
        let mut figures = figures();
        assert_eq!(figures.abandoned_wait_percentile(50), Some(12));
        assert_eq!(figures.average_patience(), None);

        for wait in [20, 28, 30, 60] {
            figures.waits.as_mut().unwrap().abandoned.record(wait);
        }

        // 70 s of answered contacts and 150 s of abandoned ones.
        assert_eq!(figures.average_patience(), Some(44.0));
        assert_eq!(figures.abandoned_wait_percentile(50), Some(28));
    }

    #[test]
    fn share_within_the_threshold_is_the_service_level() {
        let figures = figures();
        let share = |seconds, formula| figures.service_level_within(seconds, formula);

        for formula in [
            ServiceLevelFormula::ShortIgnored,
            ServiceLevelFormula::Positive,
        ] {
            assert_eq!(share(10, formula), figures.service_level(formula));
        }
        assert_eq!(share(20, ServiceLevelFormula::ShortIgnored), Some(60.0));
        assert_eq!(share(20, ServiceLevelFormula::Positive), Some(80.0));
        assert_eq!(share(60, ServiceLevelFormula::ShortIgnored), Some(80.0));
    }

    #[test]
    fn unknown_waits_make_those_of_a_sum_unknown() {
        let mut sum = figures();
        assert_eq!(sum.wait_percentile(50), Some(10));

        sum.merge(&figures().counters.into());

        assert_eq!(sum.get(Counter::Offered), Some(10));
        assert_eq!(sum.wait_percentile(50), None);
        assert_eq!(
            sum.service_level_within(20, ServiceLevelFormula::default()),
            None
        );
    }
}
