//! Adherence of agents to their schedules, for the rows of a history page and for the API.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::web::{WebState, parts::links};
use wallboard_domain::{AgentId, Id, PersonName};
use wallboard_history::{
    intervals::split_into_buckets,
    report::{
        AdherenceFigures, AgentAdherence, AgentSchedule, ClassedTime, ReportError, RowFigures,
        ScheduleQuery, ScheduledTeam, SiteSchedule,
    },
};
use wallboard_store::StoreError;

use super::{
    choice::RowKind,
    comparison::ComparisonGaps,
    history_data::HistoryData,
    history_row::HistoryRow,
    observed_statuses, period_rows,
    scope::{HistoryScope, TargetTerms},
    subjects::HistorySubjects,
};

/// Rows of a page have a bound of their own.
const ROWS_MAX: usize = 10_000;

/// A team of schedules, or a group of an export.
pub(in crate::web) struct AdherenceGroup {
    pub(in crate::web) id: Id,
    pub(in crate::web) name: String,
    /// Of a team, only the days on which they are scheduled in it.
    pub(in crate::web) agents: BTreeMap<AgentId, AgentAdherence>,
}

/// The adherence of all agents that the reader sees.
pub(in crate::web) struct SiteAdherence {
    /// By agent, or by person with several.
    pub(in crate::web) agents: BTreeMap<AgentId, AgentAdherence>,
    /// The teams of schedules. If they name none: the export's groups.
    pub(in crate::web) groups: Vec<AdherenceGroup>,
    /// Names in schedules that no agent has, or several.
    unmatched: Vec<String>,
    /// Activities without a class.
    pub(in crate::web) unclassed: Vec<String>,
    known: HistorySubjects,
}

impl SiteAdherence {
    /// Compares the schedules of a time with what agents did until now.
    pub(in crate::web) async fn load(
        web: &WebState,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Self, StoreError> {
        let now = web.live.read_snapshot(|_, now| now.wall);
        let zone = web.history.config().site.zone.clone();
        let mut schedule = load_schedules(web, from, to, true).await?;
        observed_statuses::complete_observed(web, &mut schedule, now, &zone).await;
        let compare = |(id, agent): (&AgentId, &AgentSchedule)| {
            let adherence = agent.compare(now, &zone);
            (id.clone(), adherence)
        };
        let agents = schedule.agents.iter().map(compare).collect();
        let groups = if schedule.teams.is_empty() {
            export_groups(schedule.groups, &agents)
        } else {
            let part = |(id, scheduled): (&AgentId, &ClassedTime)| {
                let agent = schedule.agents.get(id)?;
                Some((id.clone(), agent.compare_part(scheduled, now, &zone)))
            };
            let group = |team: &ScheduledTeam| AdherenceGroup {
                id: team.id.clone(),
                name: team.name().to_owned(),
                agents: team.agents.iter().filter_map(part).collect(),
            };
            schedule.teams.iter().map(group).collect()
        };
        Ok(Self {
            agents,
            groups,
            unmatched: schedule.unmatched,
            unclassed: schedule.unclassed,
            known: HistorySubjects::load(web).await?,
        })
    }

    /// Leaves only an agent, or the person that it's of.
    pub(in crate::web) fn retain_agent(&mut self, chosen: &AgentId) {
        let people = &self.known.site.people;
        let is_chosen = |id: &AgentId| {
            let mut people = people.iter().filter(|person| person.id == *id);
            id == chosen || people.any(|person| person.agents.contains(chosen))
        };
        self.agents.retain(|id, _| is_chosen(id));
        for group in &mut self.groups {
            group.agents.retain(|id, _| is_chosen(id));
        }
    }

    /// Names of schedules that no agent has, shown as names of agents are.
    pub(in crate::web) fn unmatched_names(&self) -> Vec<String> {
        let names = self.unmatched.iter().map(|name| {
            let name = PersonName::from_name(name);
            links::displayed_name(&self.known.site, &name)
        });
        names.collect()
    }

    pub(in crate::web) fn agent_name(&self, id: &AgentId) -> String {
        self.known.agent_name(id)
    }
}

/// Sums the figures of some agents in a time; `None` if nothing was scheduled, nor worked.
pub(in crate::web) fn sum_adherence<'a>(
    agents: impl IntoIterator<Item = &'a AgentAdherence>,
    times: &[(i64, i64)],
) -> Option<AdherenceFigures> {
    let mut sum = AdherenceFigures::default();
    for agent in agents {
        for (from, to) in times {
            sum.merge(&agent.figures(*from, *to));
        }
    }
    (!sum.is_zero()).then_some(sum)
}

/// The export's groups: ID, name and agents.
fn export_groups(
    groups: Vec<(Id, String, BTreeSet<AgentId>)>,
    of_agents: &BTreeMap<AgentId, AgentAdherence>,
) -> Vec<AdherenceGroup> {
    let adherence = |id: AgentId| {
        let adherence = of_agents.get(&id)?.clone();
        Some((id, adherence))
    };
    let group = |(id, name, agents): (Id, String, BTreeSet<AgentId>)| AdherenceGroup {
        id,
        name,
        agents: agents.into_iter().filter_map(adherence).collect(),
    };
    groups.into_iter().map(group).collect()
}

/// Loads the schedules of a time, within the reader's scope.
pub(super) async fn load_schedules(
    web: &WebState,
    from: Timestamp,
    to: Timestamp,
    with_observed: bool,
) -> Result<SiteSchedule, StoreError> {
    let agents = web
        .live
        .read_snapshot(|snapshot, _| snapshot.agents.keys().cloned().collect());
    let query = ScheduleQuery {
        from,
        to,
        agents,
        with_observed,
    };
    web.history.load_schedules(query).await
}

/// Loads the data of a page of adherence.
pub(super) async fn load_adherence(
    web: &WebState,
    scope: &HistoryScope,
) -> Result<HistoryData, ReportError> {
    let mut site = SiteAdherence::load(web, scope.window.from, scope.window.to).await?;
    if let Some(chosen) = &scope.query.agent {
        site.retain_agent(chosen);
    }
    let times = split_times(scope)?;
    let subjects = subject_rows(scope, &site, &times);
    let has_shared_members = scope.query.rows == RowKind::AgentGroup && has_shared_agents(&site);
    let times = time_rows(scope, &site, &times);
    let notes = list_notes(scope, &site, &times);
    Ok(HistoryData {
        terms: TargetTerms::default(),
        periods: (scope.period).map(|period| period_rows::merge_days(scope, period, &times)),
        times,
        calm: Vec::new(),
        subjects,
        hidden_rows: 0,
        has_shared_members,
        heat: None,
        breakdown: None,
        upcoming: None,
        facts: Vec::new(),
        notes: notes.into_iter().map(|text| (text, None)).collect(),
        gaps: ComparisonGaps::default(),
        is_of_several: false,
        is_utc: false,
        is_blurred: false,
        known: site.known,
    })
}

/// The intervals of the page, in Unix seconds.
fn split_times(scope: &HistoryScope) -> Result<Vec<(i64, i64)>, ReportError> {
    let (from, to) = (scope.window.from.as_second(), scope.window.to.as_second());
    let times = split_into_buckets(from, to, scope.step, scope.zone(), ROWS_MAX);
    if ROWS_MAX < times.len() {
        return Err(ReportError::TooMany(ROWS_MAX));
    }
    let times = times.into_iter();
    let times = times.filter(|time| scope.includes_day_of(instant(time.start)));
    // Intervals may begin before an instant that the page begins with.
    Ok(times
        .map(|time| (time.start.max(from), time.end.min(to)))
        .collect())
}

/// One row per interval with anything scheduled.
fn time_rows(scope: &HistoryScope, site: &SiteAdherence, times: &[(i64, i64)]) -> Vec<HistoryRow> {
    let row = |(from, to)| {
        let figures = sum_adherence(site.agents.values(), &[(from, to)])?;
        Some(HistoryRow {
            name: scope.time_label(instant(from)),
            id: scope.instant_label(instant(from)),
            ..adherence_row(scope, figures, from, to)
        })
    };
    times.iter().copied().filter_map(row).collect()
}

/// One row per scheduled agent or group of agents, if the query has such rows.
fn subject_rows(
    scope: &HistoryScope,
    site: &SiteAdherence,
    times: &[(i64, i64)],
) -> Option<Vec<HistoryRow>> {
    let (from, to) = (scope.window.from.as_second(), scope.window.to.as_second());
    let row = |id: &Id, figures| HistoryRow {
        id: id.to_string(),
        ..adherence_row(scope, figures, from, to)
    };
    let mut rows: Vec<HistoryRow> = match scope.query.rows {
        RowKind::Agent => {
            let of_agent = |(id, agent): (&AgentId, &AgentAdherence)| {
                let figures = sum_adherence([agent], times)?;
                Some(HistoryRow {
                    name: site.agent_name(id),
                    href: scope.path_with(|query| {
                        query.agent = Some(id.clone());
                        query.rows = RowKind::Time;
                        query.sort = None;
                    }),
                    ..row(id, figures)
                })
            };
            site.agents.iter().filter_map(of_agent).collect()
        }
        RowKind::AgentGroup => {
            let of_group = |group: &AdherenceGroup| {
                let figures = sum_adherence(group.agents.values(), times)?;
                Some(HistoryRow {
                    name: group.name.clone(),
                    ..row(&group.id, figures)
                })
            };
            site.groups.iter().filter_map(of_group).collect()
        }
        _ => return None,
    };
    rows.sort_by(HistoryRow::compare_names);
    Some(rows)
}

fn adherence_row(
    scope: &HistoryScope,
    figures: AdherenceFigures,
    from: i64,
    to: i64,
) -> HistoryRow {
    let now = scope.now.as_second();
    HistoryRow {
        from: Some(instant(from)),
        to: Some(instant(to)),
        is_ongoing: from <= now && now < to,
        is_partial: figures.is_partial(),
        figures: Some(RowFigures::Adherence(figures)),
        ..HistoryRow::default()
    }
}

/// The parts of schedules that couldn't be used, and times that aren't known.
fn list_notes(scope: &HistoryScope, site: &SiteAdherence, times: &[HistoryRow]) -> Vec<String> {
    let texts = scope.texts;
    let mut notes = Vec::new();
    if times.is_empty() {
        notes.push(texts.no_schedule_of_period().to_owned());
    }
    if !site.unmatched.is_empty() {
        notes.push(texts.schedule_unmatched(scope.list_names(site.unmatched_names())));
    }
    if !site.unclassed.is_empty() {
        let names = scope.list_names(site.unclassed.clone());
        notes.push(texts.activities_unclassed(names));
    }
    if times.iter().any(|row| row.is_partial) {
        notes.push(texts.adherence_partly_unknown().to_owned());
    }
    notes
}

fn instant(at: i64) -> Timestamp {
    Timestamp::from_second(at).unwrap_or_default()
}

/// Whether an agent is in several groups.
fn has_shared_agents(site: &SiteAdherence) -> bool {
    let mut seen = BTreeSet::new();
    let mut agents = site.groups.iter().flat_map(|group| group.agents.keys());
    agents.any(|agent| !seen.insert(agent))
}
