//! The highest that the day's service level of a queue can still be.

use wallboard_domain::{Metric, MetricValue, Moment, ServiceLevelFormula};

use super::{
    evaluation::{Evaluator, ShownFreshness},
    snapshot::{QueueSnapshot, Snapshot},
};

/// A smaller distance from the target isn't seen, in percent.
const SEEN: f64 = 0.05;

/// The highest service level of the day that a queue can still reach, and its target, in percent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BestServiceLevel {
    pub best: f64,
    pub target: f64,
}

impl BestServiceLevel {
    /// `more` contacts are answered in time, beside the `judged` ones of which `level` percent were. `None` without any.
    fn new(level: f64, judged: f64, more: f64, target: f64) -> Option<Self> {
        let all = judged + more;
        (0.0 < all).then(|| Self {
            best: (level * judged + 100.0 * more) / all,
            target,
        })
    }

    pub fn is_out_of_reach(self) -> bool {
        self.best + SEEN < self.target
    }

    /// Whether it is above its target by so many percentage points.
    pub fn is_above_by(self, points: f64) -> bool {
        self.target + points <= self.best
    }
}

impl Snapshot {
    /// Returns the highest that the day's service level of a queue or a group can still be, if everyone who waits and so
    /// many more contacts are answered in time. `None`: a figure that it needs isn't known, or not of the whole day.
    pub fn best_service_level(
        &self,
        queue: &QueueSnapshot,
        expected: f64,
        now: Moment,
    ) -> Option<BestServiceLevel> {
        let mut evaluator = Evaluator::new(self, now);
        let level = evaluator.evaluate_metric(queue, Metric::ServiceLevel);
        let waiting = evaluator.evaluate_metric(queue, Metric::Waiting);
        let is_known = [&level, &waiting]
            .iter()
            .all(|figure| figure.freshness == ShownFreshness::UpToDate);
        let is_whole = level.day_details().is_none_or(|day| day.is_complete);
        if !is_known || !is_whole {
            return None;
        }
        let (MetricValue::Percent(percent), MetricValue::Count(waiting)) =
            (level.value()?, waiting.value()?)
        else {
            return None;
        };
        // Too few judged contacts only make it seem easier to reach.
        let judged = match level.target.formula {
            Some(ServiceLevelFormula::AnsweredOnly) => {
                match evaluator.evaluate_metric(queue, Metric::Answered).value()? {
                    MetricValue::Count(answered) => i64::try_from(answered).ok()?,
                    _ => return None,
                }
            }
            _ => self.judged_contacts(&self.select_members(queue), now)?,
        };
        let target = level.target.service_level_percent?;
        #[expect(clippy::cast_precision_loss, reason = "contacts of a day")]
        BestServiceLevel::new(percent, judged as f64, waiting as f64 + expected, target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_contact_to_come_counts_as_answered_in_time() {
        // 60 of 100 in time, and 50 to come: 110 of 150.
        let level = BestServiceLevel::new(60.0, 100.0, 50.0, 80.0).unwrap();
        assert!((level.best - 110.0 / 1.5).abs() < 1e-9, "{level:?}");
        assert!(level.is_out_of_reach());
        // 100 to come are just enough: 160 of 200.
        let level = BestServiceLevel::new(60.0, 100.0, 100.0, 80.0).unwrap();
        assert!((level.best - 80.0).abs() < 1e-9);
        assert!(!level.is_out_of_reach() && !level.is_above_by(1.0));
        let level = BestServiceLevel::new(60.0, 100.0, 99.0, 80.0).unwrap();
        assert!(level.is_out_of_reach(), "79.9 %");
        // 115 to come: 175 of 215 are 81.4 %.
        let level = BestServiceLevel::new(60.0, 100.0, 115.0, 80.0).unwrap();
        assert!(level.is_above_by(1.0) && !level.is_above_by(1.5));
        // At the end of the day, it is what it was.
        let level = BestServiceLevel::new(79.9, 100.0, 0.0, 80.0).unwrap();
        assert!(level.is_out_of_reach());
        assert_eq!(BestServiceLevel::new(0.0, 0.0, 0.0, 80.0), None);
    }
}
