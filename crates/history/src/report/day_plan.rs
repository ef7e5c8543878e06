//! The contacts planned for a queue or a group on a day.

use jiff::Timestamp;

use crate::plan::PlannedInterval;

/// The intervals planned for a day; none without a plan of each queue.
#[derive(Clone, Debug, Default)]
pub struct DayPlan(pub(super) Vec<PlannedInterval>);

impl DayPlan {
    /// The contacts planned until a moment, a part of its own interval among them, and in all. `None` without a
    /// plan of contacts.
    pub fn contacts_until(&self, at: Timestamp) -> Option<(f64, f64)> {
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
    use wallboard_domain::Id;

    use crate::report::SitePlan;

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

    #[test]
    fn a_groups_own_plan_counts_or_else_that_of_all_its_queues() {
        let id = |external: &str| Id::new(&"chat".into(), external);
        let planned = |volume| {
            vec![PlannedInterval {
                start: 0,
                length: 900,
                volume: Some(volume),
                handle_time: None,
                agents: None,
            }]
        };
        let mut site = SitePlan::default();
        site.queues.insert(id("1"), planned(4.0));
        let total = |site: &SitePlan| {
            let members = [id("1"), id("2")];
            let plan = site.day_plan(&id("both"), members.iter());
            plan.contacts_until(Timestamp::UNIX_EPOCH)
                .map(|(_, total)| total)
        };

        assert_eq!(total(&site), None, "one of them has no plan");
        site.queues.insert(id("2"), planned(6.0));
        assert_eq!(total(&site), Some(10.0));
        site.queues.insert(id("both"), planned(11.0));
        assert_eq!(total(&site), Some(11.0));
    }
}
