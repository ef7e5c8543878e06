//! Every formula on counters, in one place (docs/reference/metrics.md). A ratio with a zero denominator is
//! `None`, never 0 or 100; a ratio with an unknown term is unknown.

use crate::ServiceLevelFormula;

use super::{
    Counter::{
        self, Abandoned, AbandonedWithin, Answered, AnsweredWithin, FlowOuts, Handled, Offered,
        ShortAbandoned, Waiting, WaitingLate, Waits,
    },
    Counters,
};

impl Counters {
    /// Percent answered in time, by `formula`. A contact that still waits enters
    /// the denominator only when it has waited longer than the target.
    pub fn service_level(&self, formula: ServiceLevelFormula) -> Option<f64> {
        let (met, total) = self.service_level_counts(formula)?;
        quotient(met * 100, total)
    }

    /// How many contacts met the target, and of how many, by `formula`.
    pub fn service_level_counts(&self, formula: ServiceLevelFormula) -> Option<(i64, i64)> {
        let short = || self.get(ShortAbandoned);
        let abandoned_within = || Some(self.get(AbandonedWithin)? + short()?);
        let ended = || {
            let abandoned = self.get(Abandoned)? + short()?;
            Some(self.get(Answered)? + abandoned + self.get(FlowOuts)? + self.count(WaitingLate))
        };
        let met = self.get(AnsweredWithin)?;
        Some(match formula {
            ServiceLevelFormula::ShortIgnored => (met, ended()? - short()?),
            ServiceLevelFormula::Negative => (met, ended()?),
            ServiceLevelFormula::Positive => (met + abandoned_within()?, ended()?),
            ServiceLevelFormula::QuickIgnored => (met, ended()? - abandoned_within()?),
            ServiceLevelFormula::ShortMet => (met + short()?, ended()?),
            ServiceLevelFormula::AnsweredOnly => (met, self.get(Waits)?),
        })
    }

    /// Percent abandoned of the contacts that ended, excluding short abandons. Where a source doesn't
    /// report how all of them ended, those offered stand in for them.
    pub fn abandon_rate(&self) -> Option<f64> {
        let (_, ended) = self.abandon_counts()?;
        self.abandoned_of(ended)
    }

    /// How many contacts were abandoned, and of how many that ended.
    pub fn abandon_counts(&self) -> Option<(i64, i64)> {
        let gone = || Some(self.get(Offered)? - self.get(ShortAbandoned)? - self.count(Waiting));
        let ended = self.ended().or_else(gone)?;
        Some((self.get(Abandoned)?, ended))
    }

    /// The same by event: contacts offered in an interval may end in another one, so it is known only
    /// where all ends are.
    pub fn abandon_rate_by_event(&self) -> Option<f64> {
        self.abandoned_of(self.ended()?)
    }

    /// Contacts that ended, without short abandons.
    fn ended(&self) -> Option<i64> {
        Some(self.get(Answered)? + self.get(Abandoned)? + self.get(FlowOuts)?)
    }

    fn abandoned_of(&self, ended: i64) -> Option<f64> {
        let abandoned = self.get(Abandoned)?;
        // More than all is of other contacts.
        quotient(abandoned * 100, ended).filter(|_| abandoned <= ended)
    }

    /// Seconds from queue entry to answer.
    pub fn average_speed_of_answer(&self) -> Option<f64> {
        self.mean_seconds(Counter::WaitTime, Waits)
    }

    /// Seconds of handling per contact, or per agent's part of it, that ended.
    pub fn average_handle_time(&self) -> Option<f64> {
        mean_seconds(self.handle_time()?, self.get(Handled)?)
    }

    /// Seconds of talk per contact handled.
    pub fn average_talk_time(&self) -> Option<f64> {
        self.mean_seconds(Counter::TalkTime, Handled)
    }

    /// Seconds of wrap-up per contact handled.
    pub fn average_wrap_up(&self) -> Option<f64> {
        self.mean_seconds(Counter::WrapUpTime, Handled)
    }

    /// Seconds from the visitor's first message to an agent's first.
    pub fn first_response_time(&self) -> Option<f64> {
        self.mean_seconds(Counter::FirstResponseTime, Counter::FirstResponses)
    }

    /// Percent of talks within the queue's limit.
    pub fn talks_within(&self) -> Option<f64> {
        self.percent(Counter::TalksWithin, Counter::TalksLimited)
    }

    /// Returns the mean answer.
    pub fn csat(&self) -> Option<f64> {
        quotient(self.get(Counter::CsatSum)?, self.get(Counter::CsatAnswers)?)
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

    /// The net promoter score of the company, from -100 to 100.
    pub fn enterprise_nps(&self) -> Option<f64> {
        let promoters = self.get(Counter::EnterprisePromoters)?;
        let difference = promoters - self.get(Counter::EnterpriseDetractors)?;
        quotient(difference * 100, self.get(Counter::EnterpriseAnswers)?)
    }

    /// Talk and wrap-up, reported as a sum or separately.
    pub(crate) fn handle_time(&self) -> Option<i64> {
        self.get(Counter::HandleTime)
            .or_else(|| Some(self.get(Counter::TalkTime)? + self.get(Counter::WrapUpTime)?))
    }

    fn mean_seconds(&self, sum: Counter, count: Counter) -> Option<f64> {
        mean_seconds(self.get(sum)?, self.get(count)?)
    }

    fn percent(&self, part: Counter, whole: Counter) -> Option<f64> {
        quotient(self.get(part)? * 100, self.get(whole)?)
    }
}

#[expect(clippy::cast_precision_loss, reason = "sums stay far below 2^52 ms")]
fn mean_seconds(sum: i64, count: i64) -> Option<f64> {
    (count > 0).then(|| sum as f64 / 1000.0 / count as f64)
}

#[expect(clippy::cast_precision_loss, reason = "sums stay far below 2^52")]
pub(crate) fn quotient(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    /// ICMI's worked example (docs/reference/metrics.md): 1000 answered, 860 of them within 20 s; 60
    /// abandoned, 20 of them within 20 s and 10 within 5 s.
    fn icmi() -> Counters {
        Counters::LIVE
            .with(Offered, 1060)
            .with(Answered, 1000)
            .with(AnsweredWithin, 860)
            .with(Waits, 1000)
            .with(Abandoned, 50)
            .with(AbandonedWithin, 10)
            .with(ShortAbandoned, 10)
    }

    #[test]
    fn six_formulas_match_the_published_values() {
        let rounded = |formula| format!("{:.2}", icmi().service_level(formula).unwrap());

        assert_eq!(rounded(ServiceLevelFormula::Negative), "81.13");
        assert_eq!(rounded(ServiceLevelFormula::Positive), "83.02");
        assert_eq!(rounded(ServiceLevelFormula::QuickIgnored), "82.69");
        assert_eq!(rounded(ServiceLevelFormula::ShortIgnored), "81.90");
        assert_eq!(rounded(ServiceLevelFormula::ShortMet), "82.08");
        assert_eq!(rounded(ServiceLevelFormula::AnsweredOnly), "86.00");
    }

    #[test]
    fn zero_counts_give_no_ratio() {
        for nothing in [Counters::LIVE, Counters::default(), Counters::UNKNOWN] {
            assert!(
                ServiceLevelFormula::iter().all(|formula| nothing.service_level(formula).is_none())
            );
            assert_eq!(nothing.abandon_rate(), None);
            assert_eq!(nothing.average_speed_of_answer(), None);
            assert_eq!(nothing.average_handle_time(), None);
            assert_eq!(nothing.nps(), None);
        }
    }

    #[test]
    fn waiting_contacts_count_only_when_late() {
        let counters = Counters::LIVE
            .with(Offered, 5)
            .with(Answered, 4)
            .with(AnsweredWithin, 4)
            .with(Waits, 4)
            .with(Waiting, 1);

        assert_eq!(
            counters.service_level(ServiceLevelFormula::ShortIgnored),
            Some(100.0)
        );
        let late = counters.with(WaitingLate, 1);
        assert_eq!(
            late.service_level(ServiceLevelFormula::ShortIgnored),
            Some(80.0)
        );
    }

    #[test]
    fn abandonment_rate_is_of_the_contacts_that_ended() {
        // Nine abandons of ten contacts that ended; seven were offered meanwhile.
        let ended = Counters::LIVE
            .with(Offered, 7)
            .with(Answered, 1)
            .with(Abandoned, 9)
            .with(ShortAbandoned, 2);
        assert_eq!(ended.abandon_rate(), Some(90.0));

        let without_overflow = |offered| {
            let known = Counters::UNKNOWN.with(Offered, offered).with(Abandoned, 9);
            known.with(ShortAbandoned, 2).abandon_rate()
        };
        assert_eq!(without_overflow(7), None);
        assert_eq!(without_overflow(20), Some(50.0));
        assert_eq!(ended.abandon_rate_by_event(), Some(90.0));
        let unknown = Counters::UNKNOWN.with(Offered, 20).with(Abandoned, 9);
        let unknown = unknown.with(ShortAbandoned, 2);
        assert_eq!(unknown.abandon_rate_by_event(), None);
    }

    #[test]
    fn ratios_are_computed_from_sums() {
        let counters = Counters::default()
            .with(Handled, 4)
            .with(Counter::TalkTime, 600_000)
            .with(Counter::WrapUpTime, 100_000)
            .with(Counter::Promoters, 1)
            .with(Counter::Detractors, 3)
            .with(Counter::NpsAnswers, 8);

        assert_eq!(counters.average_handle_time(), Some(175.0));
        assert_eq!(counters.nps(), Some(-25.0));
    }
}
