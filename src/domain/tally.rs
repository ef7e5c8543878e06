//! Counters of a day and every formula on them, once (docs/metrics.md).
//!
//! Only sums are kept: tallies of queues or intervals add, and a ratio is taken
//! last. A ratio whose denominator is 0 is `None`, never 0 or 100.

use std::ops::{AddAssign, SubAssign};

use super::Formula;

/// Sums over the contacts of one business day. Times are in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub offered: i64,
    pub answered: i64,
    /// Answered within the target, inclusive.
    pub answered_within: i64,
    /// Contacts gone before an agent, the short ones left out.
    pub abandoned: i64,
    /// Of those, gone within the target.
    pub abandoned_within: i64,
    pub short_abandoned: i64,
    pub flow_outs: i64,
    /// Still waiting, longer than the target: already missed.
    pub waiting_late: i64,
    /// Still waiting in all.
    pub waiting: i64,
    /// Queue entry to answer, over `waits`.
    pub wait_time: i64,
    /// Answers whose wait is known.
    pub waits: i64,
    /// Legs ended: each agent's part of a contact is one.
    pub handled: i64,
    pub handle_time: i64,
    pub transferred: i64,
    pub positive: i64,
    pub negative: i64,
    pub neutral: i64,
    pub unresolved: i64,
    pub first_responses: i64,
    pub first_response_time: i64,
}

impl Tally {
    /// Every counter, so that adding and taking back cannot forget one.
    fn counters(&mut self) -> [&mut i64; 20] {
        [
            &mut self.offered,
            &mut self.answered,
            &mut self.answered_within,
            &mut self.abandoned,
            &mut self.abandoned_within,
            &mut self.short_abandoned,
            &mut self.flow_outs,
            &mut self.waiting_late,
            &mut self.waiting,
            &mut self.wait_time,
            &mut self.waits,
            &mut self.handled,
            &mut self.handle_time,
            &mut self.transferred,
            &mut self.positive,
            &mut self.negative,
            &mut self.neutral,
            &mut self.unresolved,
            &mut self.first_responses,
            &mut self.first_response_time,
        ]
    }

    /// Percent answered in time, by `formula`. A contact that still waits enters
    /// the denominator only when it has waited longer than the target.
    pub fn service_level(&self, formula: Formula) -> Option<f64> {
        let gone = self.abandoned + self.short_abandoned;
        let gone_within = self.abandoned_within + self.short_abandoned;
        let ended = self.answered + gone + self.flow_outs + self.waiting_late;
        let (met, of) = match formula {
            Formula::ShortIgnored => (self.answered_within, ended - self.short_abandoned),
            Formula::Negative => (self.answered_within, ended),
            Formula::Positive => (self.answered_within + gone_within, ended),
            Formula::QuickIgnored => (self.answered_within, ended - gone_within),
            Formula::ShortMet => (self.answered_within + self.short_abandoned, ended),
            Formula::AnsweredOnly => (self.answered_within, self.waits),
        };
        percent(met, of)
    }

    /// Percent abandoned of what was offered and no longer waits, short ones left out.
    pub fn abandon_rate(&self) -> Option<f64> {
        percent(
            self.abandoned,
            self.offered - self.short_abandoned - self.waiting,
        )
    }

    /// Seconds from queue entry to answer.
    pub fn average_speed_of_answer(&self) -> Option<f64> {
        mean_seconds(self.wait_time, self.waits)
    }

    /// Seconds of handling per leg that ended.
    pub fn average_handle_time(&self) -> Option<f64> {
        mean_seconds(self.handle_time, self.handled)
    }

    /// Seconds from the visitor's first message to an agent's first.
    pub fn first_response_time(&self) -> Option<f64> {
        mean_seconds(self.first_response_time, self.first_responses)
    }
}

impl AddAssign<&Tally> for Tally {
    fn add_assign(&mut self, other: &Tally) {
        let mut other = *other;
        for (mine, theirs) in self.counters().into_iter().zip(other.counters()) {
            *mine += *theirs;
        }
    }
}

impl SubAssign<&Tally> for Tally {
    fn sub_assign(&mut self, other: &Tally) {
        let mut other = *other;
        for (mine, theirs) in self.counters().into_iter().zip(other.counters()) {
            *mine -= *theirs;
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
fn percent(part: i64, of: i64) -> Option<f64> {
    (of > 0).then(|| part as f64 * 100.0 / of as f64)
}

#[expect(clippy::cast_precision_loss, reason = "sums stay far below 2^52 ms")]
fn mean_seconds(sum: i64, count: i64) -> Option<f64> {
    (count > 0).then(|| sum as f64 / 1000.0 / count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ICMI's worked example (docs/metrics.md): 1000 answered, 860 of them within
    /// 20 s; 60 abandoned, 20 of them within 20 s and 10 within 5 s.
    fn icmi() -> Tally {
        Tally {
            offered: 1060,
            answered: 1000,
            answered_within: 860,
            waits: 1000,
            abandoned: 50,
            abandoned_within: 10,
            short_abandoned: 10,
            ..Tally::default()
        }
    }

    #[test]
    fn the_six_formulas_give_the_published_figures() {
        let rounded = |formula| format!("{:.2}", icmi().service_level(formula).unwrap());

        assert_eq!(rounded(Formula::Negative), "81.13");
        assert_eq!(rounded(Formula::Positive), "83.02");
        assert_eq!(rounded(Formula::QuickIgnored), "82.69");
        assert_eq!(rounded(Formula::ShortIgnored), "81.90");
        assert_eq!(rounded(Formula::ShortMet), "82.08");
        assert_eq!(rounded(Formula::AnsweredOnly), "86.00");
    }

    #[test]
    fn nothing_counted_gives_no_ratio() {
        let nothing = Tally::default();

        assert!(
            Formula::ALL
                .iter()
                .all(|f| nothing.service_level(*f).is_none())
        );
        assert_eq!(nothing.abandon_rate(), None);
        assert_eq!(nothing.average_speed_of_answer(), None);
        assert_eq!(nothing.average_handle_time(), None);
    }

    #[test]
    fn who_waits_counts_only_when_late() {
        let mut tally = Tally {
            offered: 5,
            answered: 4,
            answered_within: 4,
            waits: 4,
            waiting: 1,
            ..Tally::default()
        };

        assert_eq!(tally.service_level(Formula::ShortIgnored), Some(100.0));
        tally.waiting_late = 1;
        assert_eq!(tally.service_level(Formula::ShortIgnored), Some(80.0));
    }

    #[test]
    fn what_is_added_can_be_taken_back() {
        let mut tally = icmi();
        tally += &icmi();
        tally -= &icmi();

        assert_eq!(tally, icmi());
    }
}
