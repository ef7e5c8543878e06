//! What is counted of the contacts of queues, and the ratios of it.

use crate::domain::{Formula, Tally};

use super::{counters, quotient};

counters! {
    /// What is summed of the contacts of one queue. Times are in whole seconds.
    Counter {
        Offered = "offered",
        Answered = "answered",
        /// Answered within the target, inclusive.
        AnsweredWithin = "answered_within",
        /// Gone before an agent, the short ones left out.
        Abandoned = "abandoned",
        /// Of those, gone within the target.
        AbandonedWithin = "abandoned_within",
        ShortAbandoned = "short_abandoned",
        FlowOuts = "flow_outs",
        /// Not ended when the export was made.
        Waiting = "waiting",
        /// Of those, already missed.
        WaitingLate = "waiting_late",
        /// Queue entry to answer, over `Waits`.
        WaitTime = "wait_time",
        Waits = "waits",
        /// Answered and ended.
        Handled = "handled",
        TalkTime = "talk_time",
        /// Talks no longer than the queue's limit, of `TalksLimited`.
        TalksWithin = "talks_within",
        TalksLimited = "talks_limited",
        WrapUpTime = "wrap_up_time",
        /// Talk and wrap-up, of a source that tells only their sum.
        HandleTime = "handle_time",
        Transferred = "transferred",
        /// The greatest, not a sum; nobody waited: unknown.
        LongestWait = "longest_wait",
        CsatSum = "csat_sum",
        CsatAnswers = "csat_answers",
        /// Of those, 4 and 5.
        CsatTop = "csat_top",
        /// NPS scores of 9 and 10, and of 0 to 6, of `NpsAnswers`.
        Promoters = "promoters",
        Detractors = "detractors",
        NpsAnswers = "nps_answers",
    }
}

/// Sums over contacts of one queue or several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counters([Option<i64>; Counter::ALL.len()]);

impl Default for Counters {
    /// Everything known, and nothing happened.
    fn default() -> Self {
        let mut counters = Self([Some(0); Counter::ALL.len()]);
        counters.set(Counter::LongestWait, None);
        counters.set(Counter::HandleTime, None);
        counters
    }
}

impl Counters {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self([None; Counter::ALL.len()]);

    pub fn get(&self, counter: Counter) -> Option<i64> {
        self.0[counter as usize]
    }

    pub fn set(&mut self, counter: Counter, value: Option<i64>) {
        self.0[counter as usize] = value;
    }

    /// Adds to a counter that is known.
    pub fn add(&mut self, counter: Counter, more: i64) {
        if let Some(value) = &mut self.0[counter as usize] {
            *value += more;
        }
    }

    /// A contact waited so long.
    pub fn waited(&mut self, seconds: i64) {
        let longest = &mut self.0[Counter::LongestWait as usize];
        *longest = Some(longest.map_or(seconds, |longest| longest.max(seconds)));
    }

    /// Adds those of another interval or queue.
    pub fn merge(&mut self, other: &Self) {
        let is_told = |counters: &Self| counters.get(Counter::HandleTime).is_some();
        let handle_time = (is_told(self) || is_told(other))
            .then(|| Some(self.handle_time()? + other.handle_time()?))
            .flatten();
        for &counter in Counter::ALL {
            let (mine, theirs) = (self.get(counter), other.get(counter));
            self.set(
                counter,
                match counter {
                    Counter::LongestWait => mine.max(theirs),
                    Counter::HandleTime => handle_time,
                    _ => mine.zip(theirs).map(|(mine, theirs)| mine + theirs),
                },
            );
        }
    }

    /// Seconds of talk and wrap-up, told together or one by one.
    fn handle_time(&self) -> Option<i64> {
        let talk = self.get(Counter::TalkTime);
        self.get(Counter::HandleTime).or(talk
            .zip(self.get(Counter::WrapUpTime))
            .map(|(talk, wrap_up)| talk + wrap_up))
    }

    /// Percent answered in time, by `formula`.
    pub fn service_level(&self, formula: Formula) -> Option<f64> {
        use Counter::{
            Abandoned, AbandonedWithin, Answered, AnsweredWithin, FlowOuts, ShortAbandoned, Waits,
        };
        let needed: &[Counter] = match formula {
            Formula::ShortIgnored | Formula::Negative | Formula::ShortMet => &[
                Answered,
                AnsweredWithin,
                Abandoned,
                ShortAbandoned,
                FlowOuts,
            ],
            Formula::Positive | Formula::QuickIgnored => &[
                Answered,
                AnsweredWithin,
                Abandoned,
                AbandonedWithin,
                ShortAbandoned,
                FlowOuts,
            ],
            Formula::AnsweredOnly => &[AnsweredWithin, Waits],
        };
        self.tally(needed)?.service_level(formula)
    }

    /// Percent abandoned of what ended, short ones left out.
    pub fn abandon_rate(&self) -> Option<f64> {
        use Counter::{Abandoned, Offered, ShortAbandoned};
        self.tally(&[Abandoned, Offered, ShortAbandoned])?
            .abandon_rate()
    }

    /// Seconds from queue entry to answer.
    pub fn average_speed_of_answer(&self) -> Option<f64> {
        self.ratio(Counter::WaitTime, Counter::Waits)
    }

    /// Seconds of talk and wrap-up per contact handled.
    pub fn average_handle_time(&self) -> Option<f64> {
        quotient(self.handle_time()?, self.get(Counter::Handled)?)
    }

    /// Seconds of talk per contact handled.
    pub fn average_talk_time(&self) -> Option<f64> {
        self.ratio(Counter::TalkTime, Counter::Handled)
    }

    /// Seconds of wrap-up per contact handled.
    pub fn average_wrap_up(&self) -> Option<f64> {
        self.ratio(Counter::WrapUpTime, Counter::Handled)
    }

    /// Percent of talks within the queue's limit.
    pub fn talks_within(&self) -> Option<f64> {
        self.percent(Counter::TalksWithin, Counter::TalksLimited)
    }

    /// The mean of the answers.
    pub fn csat(&self) -> Option<f64> {
        self.ratio(Counter::CsatSum, Counter::CsatAnswers)
    }

    /// Percent of answers that are 4 or 5.
    pub fn csat_top(&self) -> Option<f64> {
        self.percent(Counter::CsatTop, Counter::CsatAnswers)
    }

    /// From -100 to 100.
    pub fn nps(&self) -> Option<f64> {
        let difference = self.get(Counter::Promoters)? - self.get(Counter::Detractors)?;
        quotient(difference * 100, self.get(Counter::NpsAnswers)?)
    }

    fn ratio(&self, sum: Counter, count: Counter) -> Option<f64> {
        quotient(self.get(sum)?, self.get(count)?)
    }

    fn percent(&self, part: Counter, of: Counter) -> Option<f64> {
        quotient(self.get(part)? * 100, self.get(of)?)
    }

    /// What the formulas of the day take, where all that is needed is known.
    fn tally(&self, needed: &[Counter]) -> Option<Tally> {
        if needed.iter().any(|counter| self.get(*counter).is_none()) {
            return None;
        }
        let of = |counter| self.get(counter).unwrap_or(0);
        Some(Tally {
            offered: of(Counter::Offered),
            answered: of(Counter::Answered),
            answered_within: of(Counter::AnsweredWithin),
            abandoned: of(Counter::Abandoned),
            abandoned_within: of(Counter::AbandonedWithin),
            short_abandoned: of(Counter::ShortAbandoned),
            flow_outs: of(Counter::FlowOuts),
            waiting_late: of(Counter::WaitingLate),
            waiting: of(Counter::Waiting),
            waits: of(Counter::Waits),
            ..Tally::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_does_not_know_the_sum_does_not_know() {
        let mut known = Counters::default();
        known.add(Counter::Offered, 3);
        known.add(Counter::Answered, 2);
        known.waited(40);
        let mut partly = Counters::UNKNOWN;
        partly.set(Counter::Offered, Some(4));

        known.merge(&partly);

        assert_eq!(known.get(Counter::Offered), Some(7));
        assert_eq!(known.get(Counter::Answered), None);
        assert_eq!(known.get(Counter::LongestWait), Some(40));
        assert_eq!(known.service_level(Formula::ShortIgnored), None);
    }

    #[test]
    fn handling_that_one_tells_as_a_sum_and_another_in_parts_is_added() {
        let mut parts = Counters::default();
        parts.add(Counter::Handled, 1);
        parts.add(Counter::TalkTime, 60);
        parts.add(Counter::WrapUpTime, 40);
        let mut sum = Counters::UNKNOWN;
        sum.set(Counter::Handled, Some(1));
        sum.set(Counter::HandleTime, Some(300));
        assert_eq!(sum.average_handle_time(), Some(300.0));
        assert_eq!(sum.average_talk_time(), None);

        parts.merge(&sum);

        assert_eq!(parts.average_handle_time(), Some(200.0));
        assert_eq!(parts.average_talk_time(), None);
    }

    #[test]
    fn ratios_are_taken_of_sums_and_of_nothing_there_is_none() {
        let nothing = Counters::default();
        assert_eq!(nothing.nps(), None);
        assert_eq!(nothing.average_handle_time(), None);

        let mut counters = Counters::default();
        for (counter, value) in [
            (Counter::Handled, 4),
            (Counter::TalkTime, 600),
            (Counter::WrapUpTime, 100),
            (Counter::Promoters, 1),
            (Counter::Detractors, 3),
            (Counter::NpsAnswers, 8),
        ] {
            counters.add(counter, value);
        }
        assert_eq!(counters.average_handle_time(), Some(175.0));
        assert_eq!(counters.nps(), Some(-25.0));
    }
}
