//! The schedules of agents, with what exports know of the agents at these times.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    adherence::{AgentAdherence, ClassedActivity, ClassedTime, ObservedAgents, ObservedTime},
    intervals::{DAY, TimeSpan, day_number},
    plan::{ActivityClass, PlanNames, load_scheduled_agents},
    vendors::ExportVendor,
};
use wallboard_domain::{AgentId, Id, QueueId, SourceId};
use wallboard_store::{NameClass, StoreError, StoreView, subtract_ranges};

use super::{
    linked_systems::LinkedSystems,
    report_catalog::{ReportCatalog, ReportSource},
    scheduled_teams::{ScheduledTeam, TeamCollector},
    session_coverage::load_known_times,
};

/// Selects schedules.
#[derive(Clone, Debug)]
pub struct ScheduleQuery {
    pub from: Timestamp,
    pub to: Timestamp,
    /// Further agents that schedules may name by their ID.
    pub agents: Vec<AgentId>,
    /// Whether to read what exports know of the agents.
    pub with_observed: bool,
}

/// The schedules of a time, and what in them couldn't be used.
#[derive(Clone, Debug, Default)]
pub struct SiteSchedule {
    /// By agent, or by person with several.
    pub agents: BTreeMap<AgentId, AgentSchedule>,
    /// The export's groups of agents that have a scheduled one: ID, name and agents of `agents`.
    pub groups: Vec<(Id, String, BTreeSet<AgentId>)>,
    /// The teams that schedules name.
    pub teams: Vec<ScheduledTeam>,
    /// The agents of `agents` who are assigned to each queue, by its displayed ID.
    pub queues: BTreeMap<QueueId, BTreeSet<AgentId>>,
    /// Names in schedules that no agent has, or several. Empty for readers who don't see the whole site.
    pub unmatched: Vec<String>,
    /// Activities without a class.
    pub unclassed: Vec<String>,
}

/// An agent's schedule, and what is known of the agent.
#[derive(Clone, Debug, Default)]
pub struct AgentSchedule {
    pub scheduled: ClassedTime,
    pub observed: ObservedAgents,
}

impl AgentSchedule {
    /// Compares the schedule with what the agent did until `now`.
    pub fn compare(&self, now: Timestamp, zone: &TimeZone) -> AgentAdherence {
        self.compare_part(&self.scheduled, now, zone)
    }

    /// Compares a part of the schedule.
    pub fn compare_part(
        &self,
        part: &ClassedTime,
        now: Timestamp,
        zone: &TimeZone,
    ) -> AgentAdherence {
        let observed = self.observed.combine();
        AgentAdherence::new(part, &observed, now.as_second(), zone)
    }
}

/// Loads the schedules of all sources, within the reader's scope.
pub(super) fn load_site_schedule(
    view: &StoreView<'_>,
    catalog: &ReportCatalog<'_>,
    query: &ScheduleQuery,
) -> Result<SiteSchedule, StoreError> {
    let mut site = SiteSchedule::default();
    if catalog.config.schedules.is_empty() {
        return Ok(site);
    }
    let names = collect_names(view, catalog, query)?;
    let within = query.from.as_second()..query.to.as_second();
    let mut found: BTreeMap<AgentId, Vec<ClassedActivity>> = BTreeMap::new();
    let mut teams = TeamCollector::default();
    for source in &catalog.config.schedules {
        let scheduled = load_scheduled_agents(view, &source.id, &source.zone, within.clone())?;
        for (name, activities) in scheduled {
            let id = names.find(&name, &[]);
            if id.is_none() && catalog.is_whole_site() {
                site.unmatched.push(name);
            }
            let Some(id) = id.filter(|id| is_shown(catalog, id)) else {
                for team in activities.into_iter().filter_map(|one| one.team) {
                    teams.add_unseen(Id::new(&source.id, &team));
                }
                continue;
            };
            let classed = found.entry(id.clone()).or_default();
            for one in activities {
                let Some(class) = ActivityClass::find(&one.activity, &source.activities) else {
                    site.unclassed.push(one.activity);
                    continue;
                };
                let activity = (class, (one.start, one.until));
                classed.push(activity);
                let day = day_number(one.start, &source.zone).unwrap_or_default();
                let team = one.team.map(|team| Id::new(&source.id, &team));
                teams.add(&id, day, team, activity);
            }
        }
    }
    for list in [&mut site.unmatched, &mut site.unclassed] {
        list.sort();
        list.dedup();
    }
    site.teams = teams.into_teams(catalog.is_whole_site());
    let systems = LinkedSystems::new(&catalog.config.site);
    let schedule = |(id, classed): (AgentId, Vec<ClassedActivity>)| {
        let schedule = AgentSchedule {
            scheduled: ClassedTime::new(&classed),
            observed: ObservedAgents::new(systems.group(all_agents(catalog, &id))),
        };
        (id, schedule)
    };
    site.agents = found.into_iter().map(schedule).collect();
    add_groups(view, catalog, &mut site)?;
    if query.with_observed {
        add_observed(view, catalog, query, &mut site)?;
    }
    Ok(site)
}

/// The names that schedules may have for agents: IDs of live sources and exports, and names and
/// addresses that only one agent or person has. A single word may be anything.
fn collect_names(
    view: &StoreView<'_>,
    catalog: &ReportCatalog<'_>,
    query: &ScheduleQuery,
) -> Result<PlanNames, StoreError> {
    let site = &catalog.config.site;
    let mut known = view.load_agent_names(&ExportVendor::tables())?;
    known.add_configured(site);
    let subject = |agent: &AgentId| {
        let mut people = site.people.iter();
        let person = people.find(|person| person.agents.contains(agent));
        person.map_or(agent, |person| &person.id).clone()
    };
    let mut names = PlanNames::default();
    for agent in query.agents.iter().chain(known.iter().map(|(id, _)| id)) {
        let subject = subject(agent);
        names.add(&subject, &agent.external);
        names.add(&subject, &agent.to_string());
        for name in known.names(agent).filter(|name| name.contains([' ', '@'])) {
            names.add(&subject, name);
        }
    }
    Ok(names)
}

/// Whether the reader sees all agents of a person, and none is hidden.
pub(super) fn is_shown(catalog: &ReportCatalog<'_>, id: &AgentId) -> bool {
    let agents = all_agents(catalog, id);
    !agents.is_empty()
        && agents.iter().all(|agent| {
            let entry = catalog.subject_entry(NameClass::Agent, agent);
            catalog.includes(NameClass::Agent, agent) && !entry.is_hidden_by_site
        })
}

/// The agents of a person; an agent itself.
pub(super) fn all_agents(catalog: &ReportCatalog<'_>, id: &AgentId) -> Vec<AgentId> {
    let mut people = catalog.config.site.people.iter();
    let person = people.find(|person| person.id == *id);
    person.map_or_else(|| vec![id.clone()], |person| person.agents.clone())
}

fn add_groups(
    view: &StoreView<'_>,
    catalog: &ReportCatalog<'_>,
    site: &mut SiteSchedule,
) -> Result<(), StoreError> {
    // The person of each agent, or the agent itself.
    let mut subjects: BTreeMap<AgentId, AgentId> = BTreeMap::new();
    for id in site.agents.keys() {
        let agents = all_agents(catalog, id).into_iter();
        subjects.extend(agents.map(|agent| (agent, id.clone())));
    }
    let scheduled = |members: Vec<AgentId>| -> BTreeSet<AgentId> {
        let members = members.iter();
        members.filter_map(|id| subjects.get(id).cloned()).collect()
    };
    let groups = catalog.groups(view, NameClass::AgentGroup)?.into_iter();
    let groups = groups.map(|group| {
        let agents = scheduled(group.members);
        (group.id, group.name, agents)
    });
    let groups: Vec<_> = groups.filter(|(_, _, agents)| !agents.is_empty()).collect();
    let mut queues: BTreeMap<QueueId, BTreeSet<AgentId>> = BTreeMap::new();
    for source in &catalog.sources {
        let mut of_queue: BTreeMap<String, Vec<Id>> = BTreeMap::new();
        for member in view.load_members(&source.export.id)? {
            if (member.whole.0, member.member.0) == (NameClass::Queue, NameClass::Agent) {
                let agent = Id::new(&source.export.id, &member.member.1);
                of_queue.entry(member.whole.1).or_default().push(agent);
            }
        }
        for (queue, agents) in of_queue {
            let queue = catalog.displayed_queue(&Id::new(&source.export.id, &queue));
            queues.entry(queue).or_default().extend(scheduled(agents));
        }
    }
    site.groups = groups;
    site.queues = queues;
    Ok(())
}

/// Sets what exports with single sign-ins know.
fn add_observed(
    view: &StoreView<'_>,
    catalog: &ReportCatalog<'_>,
    query: &ScheduleQuery,
    site: &mut SiteSchedule,
) -> Result<(), StoreError> {
    let mut observed: BTreeMap<AgentId, ObservedTime> = BTreeMap::new();
    for source in &catalog.sources {
        let agents = site.agents.values().flat_map(|one| {
            let agents = one.observed.agents();
            agents.map(|agent| (agent, one.scheduled.scheduled()))
        });
        let wanted: BTreeMap<&AgentId, Vec<(i64, i64)>> = agents
            .filter(|(agent, _)| agent.source == source.export.id)
            .collect();
        if !wanted.is_empty() {
            observe_agents(view, catalog, source, query, &wanted, &mut observed)?;
        }
    }
    for schedule in site.agents.values_mut() {
        let observe = |id: &AgentId| observed.get(id).cloned().unwrap_or_default();
        schedule.observed.complete_with(observe);
    }
    Ok(())
}

/// Observes agents with their scheduled times.
fn observe_agents(
    view: &StoreView<'_>,
    catalog: &ReportCatalog<'_>,
    source: &ReportSource<'_>,
    query: &ScheduleQuery,
    wanted: &BTreeMap<&AgentId, Vec<(i64, i64)>>,
    observed: &mut BTreeMap<AgentId, ObservedTime>,
) -> Result<(), StoreError> {
    let id: &SourceId = &source.export.id;
    // Work counts on whole days of the zone.
    let within = TimeSpan::between(query.from, query.to).widen(DAY);
    let Some(sessions) = source.export.vendor.load_sessions(view, id, within)? else {
        return Ok(());
    };
    let known = load_known_times(view, catalog, source, &sessions, within)?;
    let mut spans: BTreeMap<AgentId, [Vec<(i64, i64)>; 2]> = BTreeMap::new();
    for session in sessions {
        let agent = Id::new(id, &session.agent.to_string());
        if wanted.contains_key(&agent) {
            let spans = spans.entry(agent).or_default();
            let span = (session.span.start, session.span.end);
            spans[usize::from(session.is_break)].push(span);
        }
    }
    for (agent, scheduled) in wanted {
        let [signed_in, breaks] = spans.remove(*agent).unwrap_or_default();
        let open = find_open_sessions(&known, scheduled, &signed_in);
        let known = subtract_ranges(&known, &open);
        let time = ObservedTime::of_sessions(known, signed_in, breaks);
        observed.insert((*agent).clone(), time);
    }
    Ok(())
}

/// Returns the times in which an agent may be signed in although no row says it: an export has a session
/// once it's over. An agent who is scheduled beyond the known time may have one since they last signed out.
fn find_open_sessions(
    known: &[(i64, i64)],
    scheduled: &[(i64, i64)],
    signed_in: &[(i64, i64)],
) -> Vec<(i64, i64)> {
    let spans = |times: &[(i64, i64)], at: i64| times.iter().any(|one| one.0 < at && at < one.1);
    let mut open = Vec::new();
    for (start, end) in known {
        if spans(scheduled, *end) && !spans(signed_in, *end) {
            let signed_out = signed_in.iter().map(|one| one.1);
            let last = signed_out.filter(|out| out <= end).max();
            open.push((last.map_or(*start, |last| last.max(*start)), *end));
        }
    }
    open
}
