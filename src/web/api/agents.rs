//! `/api/v1/agents`. In open mode everybody is a supervisor and so sees names
//! in full.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use serde::Serialize;
use utoipa::{ToSchema, openapi::Schema};

use crate::{
    domain::{AgentStatus, Id, Metric, Moment},
    live::{self, AgentPresence, Freshness, Snapshot},
};

use super::{
    super::{WebState, links},
    json::{ExternalIdMap, Figure, FigureMap, Time, external_id_map, is_stale},
    problem::{NoParameters, NotFound, Problem},
    word_schemas::one_of_words,
};

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Agents {
    agents: Vec<Agent>,
}

/// A person, and what they do now. With the source `person`: somebody whom several
/// sources know, whose agents stand beside them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Agent {
    /// Source and the vendor's id, with a slash between them.
    #[schema(example = "chat/77aa")]
    id: String,
    source: String,
    external_id: String,
    /// The name of the account.
    #[schema(required = true)]
    name: Option<Arc<str>>,
    #[schema(required = true)]
    display_name: Option<String>,
    #[schema(required = true)]
    email: Option<Arc<str>>,
    /// Ids in other systems, by system.
    #[schema(value_type = BTreeMap<String, String>)]
    external_ids: ExternalIdMap,
    /// Of a person: the agents they are, and what each source says that they do.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    members: Option<Vec<Member>>,
    /// Ids of the queues they serve.
    groups: Vec<String>,
    /// `unknown` where the source does not say.
    #[schema(schema_with = states)]
    state: &'static str,
    /// Why they are not ready, in words.
    #[schema(required = true)]
    reason: Option<String>,
    /// Start of the state.
    #[schema(required = true)]
    since: Option<Time>,
    /// Open cases; after a break those that are known of. `null` where the source does
    /// not tell cases.
    #[schema(required = true)]
    cases: Option<u32>,
    stale: bool,
    /// By the metric's name.
    #[schema(value_type = BTreeMap<String, Figure>)]
    metrics: FigureMap,
}

/// An agent that a person is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Member {
    id: String,
    #[schema(schema_with = states)]
    state: &'static str,
    #[schema(required = true)]
    since: Option<Time>,
    stale: bool,
}

fn states() -> Schema {
    one_of_words(AgentStatus::ALL.map(AgentStatus::name))
}

/// Every agent that is not hidden, by id
#[utoipa::path(
    get,
    path = "/agents",
    operation_id = "agents",
    tag = "agents",
    responses((status = OK, description = "The agents", body = Agents), Problem)
)]
pub(super) async fn list(State(web): State<WebState>, _: NoParameters) -> Json<Agents> {
    let mut agents = web.live.read_snapshot(|picture, now| {
        let shown = picture
            .agents
            .values()
            .filter(|agent| !picture.is_agent_hidden(agent));
        let agents = shown.map(|agent| agent_json(picture, agent, now));
        let people = picture.site.people.iter();
        let people = people.filter_map(|known| picture.person_presence(known, now));
        let people = people.map(|who| person_json(picture, &who, now));
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
    ),
    responses((status = OK, description = "The agent", body = Agent), NotFound, Problem)
)]
pub(super) async fn one(
    State(web): State<WebState>,
    path: Result<Path<(String, String)>, PathRejection>,
    _: NoParameters,
) -> Result<Json<Agent>, Problem> {
    let Path((source, external)) = path?;
    let found = web.live.read_snapshot(|picture, now| {
        let agent = links::find_agent(picture, &source, &external);
        let agent = agent.map(|agent| agent_json(picture, agent, now));
        agent.or_else(|| {
            let who = links::find_person(picture, &source, &external, now)?;
            Some(person_json(picture, &who, now))
        })
    });
    found
        .map(Json)
        .ok_or_else(|| Problem::not_found(&format!("agent {source}/{external} not found")))
}

fn agent_json(picture: &Snapshot, agent: &live::AgentSnapshot, now: Moment) -> Agent {
    let id = agent.id.to_string();
    let trust = picture.agent_freshness(agent, now);
    let figure = |metric: Metric| {
        let figure = picture.agent_figure(agent, metric, now)?;
        Some((metric.name(), figure.into()))
    };
    let display_name = match picture.site.names.get(&id) {
        Some(name) => Some(name.clone()),
        None => agent.display_name.as_deref().map(str::to_owned),
    };
    let stated = agent.report.as_deref();
    Agent {
        source: agent.id.source.to_string(),
        external_id: agent.id.external.to_string(),
        name: agent.name.clone(),
        display_name,
        email: agent.email.clone(),
        external_ids: external_id_map(&agent.external_ids),
        members: None,
        groups: agent.queues.iter().map(Id::to_string).collect(),
        state: agent.status.name(),
        reason: stated
            .and_then(|stated| stated.reason.as_deref())
            .map(str::to_owned),
        since: agent.since.map(Time),
        cases: (stated.is_none() && trust != Freshness::Unknown).then_some(agent.cases),
        stale: is_stale(trust),
        metrics: Metric::all().filter_map(figure).collect(),
        id,
    }
}

fn person_json(picture: &Snapshot, who: &AgentPresence<'_>, now: Moment) -> Agent {
    let figure = |metric: Metric| {
        let figure = picture.presence_figure(who, metric, now)?;
        Some((metric.name(), figure.into()))
    };
    let member = |agent: &&live::AgentSnapshot| Member {
        id: agent.id.to_string(),
        state: agent.status.name(),
        since: agent.since.map(Time),
        stale: is_stale(picture.agent_freshness(agent, now)),
    };
    Agent {
        id: who.id.to_string(),
        source: who.id.source.to_string(),
        external_id: who.id.external.to_string(),
        name: None,
        display_name: Some(links::displayed_name(&picture.site, &who.name)),
        email: who.agents.iter().find_map(|agent| agent.email.clone()),
        external_ids: ExternalIdMap::new(),
        members: Some(who.agents.iter().map(member).collect()),
        groups: who
            .assigned_queues()
            .into_iter()
            .map(Id::to_string)
            .collect(),
        state: who.status.name(),
        reason: who.not_ready_reason().map(str::to_owned),
        since: who.since.map(Time),
        cases: who
            .open_cases()
            .filter(|_| who.freshness != Freshness::Unknown),
        stale: is_stale(who.freshness),
        metrics: Metric::all().filter_map(figure).collect(),
    }
}
