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
    use crate::testing::{LiveScenario, chat_id, created_event, opened_event};

    use super::*;

    const MINUTE: i64 = 60_000;

    /// The best level of a queue in percent, with so many contacts to come.
    fn best(floor: &LiveScenario, expected: f64) -> Option<f64> {
        let snapshot = floor.state.snapshot();
        let queue = &snapshot.queues[&chat_id("1")];
        let level = snapshot.best_service_level(queue, expected, floor.now)?;
        assert!((level.target - 80.0).abs() < 1e-9, "{level:?}");
        Some(level.best)
    }

    /// One contact that is answered after so long.
    fn answer(floor: &mut LiveScenario, case: &str, waited_ms: i64) {
        floor.send_case_event(case, created_event());
        floor.advance_time(waited_ms);
        floor.send_case_event(case, opened_event("anna", "1"));
    }

    #[test]
    fn who_waits_counts_as_answered_in_time_and_what_is_unknown_as_nothing() {
        let mut floor = LiveScenario::new();
        floor.send_load("1", 2, 0, 1);
        answer(&mut floor, "a", 5_000);
        floor.send_load("1", 2, 1, 1);
        assert_eq!(
            best(&floor, 1.0),
            None,
            "the day wasn't counted from its start"
        );

        floor.advance_time(16 * 60 * MINUTE + 5 * MINUTE);
        answer(&mut floor, "b", 5_000);
        answer(&mut floor, "c", 30_000);
        floor.send_load("1", 2, 3, 1);
        floor.send_timers("1", 5.0);
        // One of two in time, two wait, one is to come: four of five.
        assert_eq!(best(&floor, 1.0), Some(80.0));
        assert_eq!(best(&floor, 0.0), Some(75.0));

        floor.disconnect_source();
        assert_eq!(best(&floor, 1.0), None);
    }

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
