//! Withholds figures about the agents of queues that few agents serve: they would show what each person
//! does. For boards, and for people who may not see personal data.

use wallboard_domain::{AgentId, Metric, MetricValue, Moment, QueueId};

use super::{
    fast_map::FastMap,
    figure_reason::FigureReason,
    metric_reading::MetricReading,
    site_links::FoundLinks,
    small_teams::{SmallTeam, SmallTeams},
    snapshot::{MetricFigure, QueueSnapshot, Snapshot},
};

impl Snapshot {
    /// Returns a copy that withholds figures about agents of small teams; `None` if no team is small.
    /// It has no contacts and no agents' past statuses: its readers don't see them.
    pub fn withhold_small_teams(&self) -> Option<Self> {
        let small_teams = find_small_teams(self)?;
        let is_withheld = |id: &QueueId, metric: Metric| {
            metric.is_about_agents() && {
                let members = self
                    .queues
                    .get(id)
                    .and_then(|queue| queue.members.as_deref());
                let mut queues = members.unwrap_or(std::slice::from_ref(id)).iter();
                queues.any(|id| small_teams.teams.contains_key(id))
            }
        };
        let breaches = self.breaches.iter().map(|(id, breaches)| {
            let shown = breaches.of_metrics(|metric| !is_withheld(id, metric));
            (id.clone(), shown)
        });
        Some(Self {
            site: self.site.clone(),
            sources: self.sources.clone(),
            queues: self.queues.clone(),
            agents: self.agents.clone(),
            breaches: breaches.collect(),
            today: self.today.clone(),
            incidents: (self.incidents).of_causes(|id, metric| !is_withheld(id, metric)),
            warnings: (self.warnings).of_causes(|id, metric| !is_withheld(id, metric)),
            day_start: self.day_start,
            profile_revision: self.profile_revision,
            is_narrowed: self.is_narrowed,
            small_teams: Some(small_teams.into()),
            ..Self::default()
        })
    }

    /// Whether a queue's figure is withheld because few agents serve it.
    pub fn withholds(&self, queue: &QueueId, metric: Metric) -> bool {
        let small_teams = self.small_teams.as_ref();
        small_teams.is_some_and(|small| metric.is_about_agents() && small.teams.contains_key(queue))
    }

    /// The same, of a group by its queues.
    pub fn withholds_of(&self, queue: &QueueId, metric: Metric) -> bool {
        let members = self.queues.get(queue);
        let members = members.and_then(|queue| queue.members.as_deref());
        let mut members = members.unwrap_or(std::slice::from_ref(queue)).iter();
        members.any(|id| self.withholds(id, metric))
    }

    /// Returns the queues whose figures a total over all of these leaves out: those of small teams,
    /// unless the ones that have a value are a large enough team together.
    pub(super) fn excluded_from_total<'q>(
        &self,
        queues: &[&'q QueueSnapshot],
        metric: Metric,
        now: Moment,
    ) -> Vec<&'q QueueId> {
        let Some(small_teams) = self.small_teams.as_ref() else {
            return Vec::new();
        };
        let small = queues
            .iter()
            .filter(|queue| self.withholds(&queue.id, metric));
        let has_value = |queue: &&&QueueSnapshot| {
            let figure = self.own_figure(queue, metric, now);
            figure.is_some_and(|figure| figure.value.is_some())
        };
        let added: Vec<_> = small
            .clone()
            .filter(has_value)
            .map(|queue| &queue.id)
            .collect();
        if small_teams.are_large_together(&added) {
            return Vec::new();
        }
        small.map(|queue| &queue.id).collect()
    }

    /// The figure in place of one that is withheld.
    pub(super) fn withheld_figure(&self) -> MetricFigure {
        MetricFigure {
            reason: Some(FigureReason::SmallTeam(self.site.smallest_team)),
            is_withheld: true,
            ..MetricFigure::default()
        }
    }
}

/// Finds the small teams of a snapshot; `None` if there are none.
fn find_small_teams(snapshot: &Snapshot) -> Option<SmallTeams> {
    let smallest = usize::try_from(snapshot.site.smallest_team).unwrap_or(usize::MAX);
    if smallest <= 1 {
        return None;
    }
    let links = snapshot.links.find(&snapshot.site);
    let persons = persons_by_queue(snapshot, &links, smallest);
    let queues = snapshot.queues.values();
    let teams = queues.filter(|queue| queue.members.is_none());
    let teams = teams.filter_map(|queue| {
        let persons = persons.get(&queue.id).into_iter().flatten().copied();
        let team = SmallTeam {
            persons: persons.cloned().collect(),
            signed_in: signed_in_agents(queue),
        };
        let size = team.persons.len().max(team.signed_in);
        (size < smallest).then(|| (queue.id.clone(), team))
    });
    let teams: FastMap<_, _> = teams.collect();
    (!teams.is_empty()).then_some(SmallTeams { smallest, teams })
}

/// Returns the persons who serve each queue, up to so many of each.
fn persons_by_queue<'a>(
    snapshot: &'a Snapshot,
    links: &'a FoundLinks,
    most: usize,
) -> FastMap<&'a QueueId, Vec<&'a AgentId>> {
    let mut persons = FastMap::<&QueueId, Vec<&AgentId>>::default();
    for agent in snapshot.agents.values().filter(|agent| !agent.hidden) {
        let person = links.person_id(&agent.id);
        for queue in agent.queues.iter().chain(&agent.case_queues) {
            let team = persons.entry(queue).or_default();
            if team.len() < most && !team.contains(&person) {
                team.push(person);
            }
        }
    }
    persons
}

/// How many agents were signed in when the vendor last reported it.
fn signed_in_agents(queue: &QueueSnapshot) -> usize {
    let reading = queue.readings.get(Metric::AgentsLoggedIn);
    match reading.and_then(MetricReading::valid_value) {
        Some(MetricValue::Count(count)) => usize::try_from(count).unwrap_or(usize::MAX),
        Some(MetricValue::Seconds(_) | MetricValue::Percent(_)) | None => 0,
    }
}
