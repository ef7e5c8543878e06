//! How many contacts at once the agents of each queue have, where their source reports no limit: as many as
//! were seen today and in the last days, but for the most of a few.

use std::collections::{BTreeMap, HashMap};

use jiff::{ToSpan, civil::Date};

use wallboard_domain::{AgentId, QueueId};
use wallboard_live::Snapshot;

/// Earlier days are forgotten.
const DAYS: i64 = 7;
/// One in so many agents may have had more.
const AGENTS_BEYOND: usize = 10;

/// The most contacts that each agent was seen with today.
#[derive(Debug, Default)]
pub(super) struct SlotCounts {
    day: Date,
    most: HashMap<QueueId, HashMap<AgentId, u32>>,
}

impl SlotCounts {
    /// Notes the cases of the agents whose source reports no status. Those who are no longer in it are forgotten.
    pub(super) fn record(&mut self, snapshot: &Snapshot, day: Date) {
        if self.day != day {
            self.most.clear();
            self.day = day;
        }
        for most in self.most.values_mut() {
            most.retain(|agent, _| snapshot.agents.contains_key(agent));
        }
        let agents = snapshot.agents.values();
        let busy = agents.filter(|agent| agent.report.is_none() && 0 < agent.cases);
        for agent in busy {
            for queue in agent.queues.iter().chain(&agent.case_queues) {
                let most = self.most.entry(queue.clone()).or_default();
                let most = most.entry(agent.id.clone()).or_default();
                *most = agent.cases.max(*most);
            }
        }
    }

    /// Returns how many an agent of a queue has had today; `None` if nobody had any.
    pub(super) fn today(&self, queue: &QueueId) -> Option<u32> {
        usual_most(self.most.get(queue)?.values().copied().collect())
    }

    /// Returns how many an agent of a queue can have. `earlier`: what was seen each day.
    pub(super) fn find(&self, queue: &QueueId, earlier: Option<&BTreeMap<Date, u32>>) -> u32 {
        let first = self.day.saturating_sub(DAYS.days());
        let earlier = earlier.into_iter().flat_map(|days| days.range(first..));
        let most = earlier.map(|(_, most)| *most).chain(self.today(queue));
        most.max().unwrap_or(1)
    }
}

/// The most that at least two agents had, and one in ten; of a single agent, all that this one had.
fn usual_most(mut most: Vec<u32>) -> Option<u32> {
    most.sort_unstable_by(|a, b| b.cmp(a));
    let beyond = (most.len() / AGENTS_BEYOND).max(1);
    most.get(beyond).or(most.first()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_agent_with_many_contacts_says_nothing_of_the_others() {
        assert_eq!(usual_most(vec![]), None);
        assert_eq!(usual_most(vec![4]), Some(4));
        assert_eq!(usual_most(vec![9, 2]), Some(2));
        assert_eq!(usual_most(vec![1, 3, 9, 3, 2]), Some(3));
        let many = [vec![9; 3], vec![3; 40]].concat();
        assert_eq!(usual_most(many), Some(3));
    }

    #[test]
    fn earlier_days_count_for_a_week() {
        let queue = QueueId::new(&"chat".into(), "1");
        let day = |day| Date::constant(2026, 11, day);
        let seen = SlotCounts {
            day: day(20),
            most: HashMap::new(),
        };
        let find = |days: &[(i8, u32)]| {
            let days = days.iter().map(|(date, most)| (day(*date), *most));
            seen.find(&queue, Some(&days.collect()))
        };
        assert_eq!(seen.find(&queue, None), 1);
        assert_eq!(find(&[(12, 4), (13, 3), (19, 2)]), 3);
        assert_eq!(find(&[(12, 4)]), 1);
    }
}
