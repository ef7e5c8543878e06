//! The contacts planned for a queue on a day.

use jiff::Timestamp;

use wallboard_history::plan::PlannedInterval;

/// The intervals planned for a day; none without a plan of each queue.
#[derive(Clone, Debug, Default)]
pub(in crate::web) struct DayPlan(pub(super) Vec<PlannedInterval>);

impl DayPlan {
    /// The contacts planned until a moment, a part of its own interval among them, and in all. `None` without a
    /// plan of contacts.
    pub(in crate::web) fn contacts_until(&self, at: Timestamp) -> Option<(f64, f64)> {
        if self.0.is_empty() {
            return None;
        }
        let (mut until, mut total) = (0.0, 0.0);
        for interval in &self.0 {
            let volume = interval.volume?;
            let passed = (at.as_second() - interval.start).clamp(0, interval.length);
            #[expect(clippy::cast_precision_loss, reason = "minutes in seconds")]
            let share = passed as f64 / interval.length as f64;
            until += volume * share;
            total += volume;
        }
        Some((until, total))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contacts_until_a_moment_have_a_part_of_its_interval() {
        let interval = |start: i64, volume| PlannedInterval {
            start,
            length: 1_800,
            volume,
            handle_time: None,
            agents: None,
        };
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let plan = DayPlan(vec![interval(0, Some(10.0)), interval(1_800, Some(20.0))]);

        assert_eq!(plan.contacts_until(at(-1)), Some((0.0, 30.0)));
        assert_eq!(plan.contacts_until(at(2_250)), Some((15.0, 30.0)));
        assert_eq!(plan.contacts_until(at(9_000)), Some((30.0, 30.0)));
        let unknown = DayPlan(vec![interval(0, Some(10.0)), interval(1_800, None)]);
        assert_eq!(unknown.contacts_until(at(2_250)), None);
        assert_eq!(DayPlan::default().contacts_until(at(0)), None);
    }
}
