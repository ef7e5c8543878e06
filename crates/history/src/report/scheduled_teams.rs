//! The teams that schedules name.

use std::collections::{BTreeMap, BTreeSet};

use crate::adherence::{ClassedActivity, ClassedTime};
use wallboard_domain::{AgentId, Id, NaturalOrder};

/// A team with the days on which each agent is scheduled in it. Who changes teams is in both, each with its
/// own days.
#[derive(Clone, Debug)]
pub struct ScheduledTeam {
    /// Of the schedule's source.
    pub id: Id,
    pub agents: BTreeMap<AgentId, ClassedTime>,
}

/// Collects teams from activities in their order.
#[derive(Debug, Default)]
pub(super) struct TeamCollector {
    /// Work counts by the day, so that each has one team: that of the first activity which names one.
    days: BTreeMap<(AgentId, i64), TeamDay>,
    /// Teams with agents that the reader doesn't see.
    unseen: BTreeSet<Id>,
}

/// An agent's day.
#[derive(Debug, Default)]
struct TeamDay {
    team: Option<Id>,
    activities: Vec<ClassedActivity>,
}

impl ScheduledTeam {
    /// Its name in the schedule.
    pub fn name(&self) -> &str {
        &self.id.external
    }
}

impl TeamCollector {
    pub(super) fn add(
        &mut self,
        agent: &AgentId,
        day: i64,
        team: Option<Id>,
        activity: ClassedActivity,
    ) {
        let of_day = self.days.entry((agent.clone(), day)).or_default();
        of_day.team = of_day.team.take().or(team);
        of_day.activities.push(activity);
    }

    /// Adds the team of an agent that the reader doesn't see.
    pub(super) fn add_unseen(&mut self, team: Id) {
        self.unseen.insert(team);
    }

    /// Returns the teams by name. Part of a team would have the name of all: a reader who doesn't see the whole site
    /// has only whole ones.
    pub(super) fn into_teams(self, is_whole_site: bool) -> Vec<ScheduledTeam> {
        let mut teams: BTreeMap<Id, BTreeMap<AgentId, Vec<ClassedActivity>>> = BTreeMap::new();
        for ((agent, _), day) in self.days {
            if let Some(team) = day.team {
                let agents = teams.entry(team).or_default();
                agents.entry(agent).or_default().extend(day.activities);
            }
        }
        teams.retain(|team, _| is_whole_site || !self.unseen.contains(team));
        let team = |(id, agents): (Id, BTreeMap<AgentId, Vec<ClassedActivity>>)| ScheduledTeam {
            id,
            agents: (agents.into_iter())
                .map(|(agent, activities)| (agent, ClassedTime::new(&activities)))
                .collect(),
        };
        let mut teams: Vec<_> = teams.into_iter().map(team).collect();
        teams.sort_by(|a, b| NaturalOrder(a.name()).cmp(&NaturalOrder(b.name())));
        teams
    }
}
