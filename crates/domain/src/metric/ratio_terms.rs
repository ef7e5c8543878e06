//! The terms of a metric that divides counters: what the value is of.

use crate::{Counter, Counters, ServiceLevelFormula};

use super::Metric;

/// The dividend and the divisor of a ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RatioTerms {
    /// Contacts of contacts.
    Share { part: i64, whole: i64 },
    /// Milliseconds over contacts.
    Mean { millis: i64, contacts: i64 },
}

impl Metric {
    /// Returns the terms of a value that is calculated from counters; `None` if it's no ratio, or unknown.
    pub fn ratio_terms(
        self,
        counters: &Counters,
        formula: ServiceLevelFormula,
    ) -> Option<RatioTerms> {
        self.calculate(counters, formula)?;
        let mean = |millis: Option<i64>, contacts| {
            let contacts = counters.get(contacts)?;
            millis.map(|millis| RatioTerms::Mean { millis, contacts })
        };
        let share = |(part, whole)| RatioTerms::Share { part, whole };
        match self {
            Self::ServiceLevel => counters.service_level_counts(formula).map(share),
            Self::AbandonRate => counters.abandon_counts().map(share),
            Self::AverageSpeedOfAnswer => mean(counters.get(Counter::WaitTime), Counter::Waits),
            Self::AverageHandleTime => mean(counters.handle_time(), Counter::Handled),
            Self::FirstResponseTime => mean(
                counters.get(Counter::FirstResponseTime),
                Counter::FirstResponses,
            ),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    #[test]
    fn every_ratio_is_the_quotient_of_its_terms() {
        let counters = Counters::LIVE
            .with(Counter::Offered, 1060)
            .with(Counter::Answered, 1000)
            .with(Counter::AnsweredWithin, 860)
            .with(Counter::Waits, 990)
            .with(Counter::WaitTime, 12_345_678)
            .with(Counter::Abandoned, 50)
            .with(Counter::AbandonedWithin, 10)
            .with(Counter::ShortAbandoned, 10)
            .with(Counter::Handled, 900)
            .with(Counter::HandleTime, 7_654_321)
            .with(Counter::FirstResponses, 31)
            .with(Counter::FirstResponseTime, 99_000);
        let mut ratios = 0;
        for formula in ServiceLevelFormula::iter() {
            for metric in Metric::all().filter(|metric| metric.merge() == crate::Merge::Never) {
                let Some(value) = metric.calculate(&counters, formula) else {
                    continue;
                };
                #[expect(clippy::cast_precision_loss, reason = "numbers of a test are small")]
                let quotient = match metric.ratio_terms(&counters, formula).unwrap() {
                    RatioTerms::Share { part, whole } => part as f64 * 100.0 / whole as f64,
                    RatioTerms::Mean { millis, contacts } => millis as f64 / 1e3 / contacts as f64,
                };
                assert!((quotient - value).abs() < 1e-9, "{metric:?}: {quotient}");
                ratios += 1;
            }
        }
        assert_eq!(ratios, 6 * 5);
        let none = ServiceLevelFormula::ShortIgnored;
        for metric in Metric::all() {
            assert_eq!(metric.ratio_terms(&Counters::LIVE, none), None);
        }
    }
}
