//! `/api/v1/agents`. In open mode everyone is a supervisor and sees full names.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, rejection::PathRejection},
};
use serde::Serialize;
use utoipa::ToSchema;

use wallboard_domain::{AgentStatus, Id, Metric, Moment};
use wallboard_live::{self as live, AgentPresence, Snapshot};

use super::{
    json::{ExternalIdMap, Figure, FigureMap, Time, external_id_map},
    past_moment::PastMoment,
    problem::{Failed, NoParameters, NotFound, Problem, TooMany},
    word_schemas::one_of_words,
};
use crate::web::{access::visible_state::VisibleState, parts::links};

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Agents {
    agents: Vec<Agent>,
}

/// An agent and their current status. The source `person` marks a person known to several
/// sources, whose agents are also listed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Agent {
    /// The source and the vendor's ID, joined by a slash.
    #[schema(example = "chat/77aa")]
    id: String,
    source: String,
    external_id: String,
    /// The account name.
    #[schema(required = true)]
    name: Option<Arc<str>>,
    #[schema(required = true)]
    display_name: Option<String>,
    #[schema(required = true)]
    email: Option<Arc<str>>,
    /// IDs in other systems, by system.
    #[schema(value_type = BTreeMap<String, String>)]
    external_ids: ExternalIdMap,
    /// For a person: their agents, and the status that each source reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    members: Option<Vec<Member>>,
    /// IDs of the queues they serve.
    groups: Vec<String>,
    /// `unknown` if the source doesn't report it.
    #[schema(schema_with = one_of_words::<AgentStatus>)]
    state: &'static str,
    /// Why they aren't ready.
    #[schema(required = true)]
    reason: Option<String>,
    /// When the state started.
    #[schema(required = true)]
    since: Option<Time>,
    /// Open cases. `null` unless the number is certain: `metrics.cases` has the last known one, with its mark.
    #[schema(required = true)]
    cases: Option<u32>,
    stale: bool,
    /// By metric name.
    #[schema(value_type = BTreeMap<String, Figure>)]
    metrics: FigureMap,
}

/// One of a person's agents.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Member {
    id: String,
    #[schema(schema_with = one_of_words::<AgentStatus>)]
    state: &'static str,
    #[schema(required = true)]
    since: Option<Time>,
    stale: bool,
}

/// All agents that aren't hidden, by ID
#[utoipa::path(
    get,
    path = "/agents",
    operation_id = "agents",
    tag = "agents",
    params(PastMoment),
    responses((status = OK, description = "The agents", body = Agents), Failed, NotFound, Problem, TooMany)
)]
pub(super) async fn list(VisibleState(web): VisibleState, _: NoParameters) -> Json<Agents> {
    let mut agents = web.live.read_snapshot(|snapshot, now| {
        let shown = snapshot
            .agents
            .values()
            .filter(|agent| !snapshot.is_agent_hidden(agent));
        let agents = shown.map(|agent| agent_json(snapshot, agent, now));
        let people = snapshot.site.people.iter();
        let people = people.filter_map(|known| snapshot.person_presence(known, now));
        let people = people.map(|presence| person_json(snapshot, &presence, now));
        agents.chain(people).collect::<Vec<_>>()
    });
    agents.sort_by(|a, b| a.id.cmp(&b.id));
    Json(Agents { agents })
}

/// One agent
#[utoipa::path(
    get,
    path = "/agents/{source}/{id}",
    operation_id = "agent",
    tag = "agents",
    params(
        ("source" = String, Path, description = "Id of the source"),
        ("id" = String, Path, description = "The vendor's id, percent-encoded"),
        PastMoment,
    ),
    responses((status = OK, description = "The agent", body = Agent), Failed, NotFound, Problem, TooMany)
)]
pub(super) async fn one(
    VisibleState(web): VisibleState,
    path: Result<Path<(String, String)>, PathRejection>,
    _: NoParameters,
) -> Result<Json<Agent>, Problem> {
    let Path((source, external)) = path?;
    let found = web.live.read_snapshot(|snapshot, now| {
        let agent = links::find_agent(snapshot, &source, &external);
        let agent = agent.map(|agent| agent_json(snapshot, agent, now));
        agent.or_else(|| {
            let presence = links::find_person(snapshot, &source, &external, now)?;
            Some(person_json(snapshot, &presence, now))
        })
    });
    found
        .map(Json)
        .ok_or_else(|| Problem::not_found(&format!("agent {source}/{external} not found")))
}

fn agent_json(snapshot: &Snapshot, agent: &live::AgentSnapshot, now: Moment) -> Agent {
    let id = agent.id.to_string();
    let presence = snapshot.agent_presence(agent, now);
    let figure = |metric: Metric| {
        let figure = snapshot.agent_figure(agent, metric, now)?;
        Some((metric.name(), figure.into()))
    };
    let display_name = match snapshot.site.names.get(&id) {
        Some(name) => Some(name.clone()),
        None => agent.display_name.as_deref().map(str::to_owned),
    };
    let report = agent.report.as_deref();
    Agent {
        source: agent.id.source.to_string(),
        external_id: agent.id.external.to_string(),
        name: agent.name.clone(),
        display_name,
        email: agent.email.clone(),
        external_ids: external_id_map(&agent.external_ids),
        members: None,
        groups: agent.queues.iter().map(Id::to_string).collect(),
        state: agent.status.into_str(),
        reason: report
            .and_then(|report| report.reason.as_deref())
            .map(str::to_owned),
        since: agent.since.map(Time),
        cases: presence.certain_cases(),
        stale: presence.freshness.is_out_of_date(),
        metrics: Metric::all().filter_map(figure).collect(),
        id,
    }
}

fn person_json(snapshot: &Snapshot, presence: &AgentPresence<'_>, now: Moment) -> Agent {
    let figure = |metric: Metric| {
        let figure = snapshot.presence_figure(presence, metric, now)?;
        Some((metric.name(), figure.into()))
    };
    let member = |agent: &&live::AgentSnapshot| Member {
        id: agent.id.to_string(),
        state: agent.status.into_str(),
        since: agent.since.map(Time),
        stale: snapshot.agent_freshness(agent, now).is_out_of_date(),
    };
    Agent {
        id: presence.id.to_string(),
        source: presence.id.source.to_string(),
        external_id: presence.id.external.to_string(),
        name: None,
        display_name: Some(links::displayed_name(&snapshot.site, &presence.name)),
        email: presence.agents.iter().find_map(|agent| agent.email.clone()),
        external_ids: ExternalIdMap::new(),
        members: Some(presence.agents.iter().map(member).collect()),
        groups: presence
            .assigned_queues()
            .into_iter()
            .map(Id::to_string)
            .collect(),
        state: presence.status.into_str(),
        reason: presence.not_ready_reason().map(str::to_owned),
        since: presence.since.map(Time),
        cases: presence.certain_cases(),
        stale: presence.freshness.is_out_of_date(),
        metrics: Metric::all().filter_map(figure).collect(),
    }
}
