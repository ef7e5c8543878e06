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
    domain::{AgentState, Id, Metric, Moment},
    live::{self, Picture, Presence, Trust},
};

use super::{
    super::{Web, names},
    json::{ExternalIds, Figure, Metrics, Time, external_ids, is_stale},
    problem::{NotFound, Problem, Unasked},
    words::one_of,
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
    external_ids: ExternalIds,
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
    metrics: Metrics,
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
    one_of(AgentState::ALL.map(AgentState::name))
}

/// Every agent that is not hidden, by id
#[utoipa::path(
    get,
    path = "/agents",
    operation_id = "agents",
    tag = "agents",
    responses((status = OK, description = "The agents", body = Agents), Problem)
)]
pub(super) async fn list(State(web): State<Web>, _: Unasked) -> Json<Agents> {
    let mut agents = web.live.read(|picture, now| {
        let shown = picture
            .agents
            .values()
            .filter(|agent| !picture.is_agent_hidden(agent));
        let agents = shown.map(|agent| json(picture, agent, now));
        let people = picture.site.people.iter();
        let people = people.filter_map(|known| picture.person(known, now));
        let people = people.map(|who| person(picture, &who, now));
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
    State(web): State<Web>,
    path: Result<Path<(String, String)>, PathRejection>,
    _: Unasked,
) -> Result<Json<Agent>, Problem> {
    let Path((source, external)) = path?;
    let found = web.live.read(|picture, now| {
        let agent = names::find_agent(picture, &source, &external);
        let agent = agent.map(|agent| json(picture, agent, now));
        agent.or_else(|| {
            let who = names::find_person(picture, &source, &external, now)?;
            Some(person(picture, &who, now))
        })
    });
    found
        .map(Json)
        .ok_or_else(|| Problem::not_found(&format!("agent {source}/{external} not found")))
}

fn json(picture: &Picture, agent: &live::Agent, now: Moment) -> Agent {
    let id = agent.id.to_string();
    let trust = picture.agent_trust(agent, now);
    let figure = |metric: Metric| {
        let figure = picture.agent_figure(agent, metric, now)?;
        Some((metric.name(), figure.into()))
    };
    let display_name = match picture.site.names.get(&id) {
        Some(name) => Some(name.clone()),
        None => agent.display_name.as_deref().map(str::to_owned),
    };
    let stated = agent.stated.as_deref();
    Agent {
        source: agent.id.source.to_string(),
        external_id: agent.id.external.to_string(),
        name: agent.name.clone(),
        display_name,
        email: agent.email.clone(),
        external_ids: external_ids(&agent.external_ids),
        members: None,
        groups: agent.queues.iter().map(Id::to_string).collect(),
        state: agent.state.name(),
        reason: stated
            .and_then(|stated| stated.reason.as_deref())
            .map(str::to_owned),
        since: agent.since.map(Time),
        cases: (stated.is_none() && trust != Trust::Unknown).then_some(agent.cases),
        stale: is_stale(trust),
        metrics: Metric::all().filter_map(figure).collect(),
        id,
    }
}

fn person(picture: &Picture, who: &Presence<'_>, now: Moment) -> Agent {
    let figure = |metric: Metric| {
        let figure = picture.presence_figure(who, metric, now)?;
        Some((metric.name(), figure.into()))
    };
    let member = |agent: &&live::Agent| Member {
        id: agent.id.to_string(),
        state: agent.state.name(),
        since: agent.since.map(Time),
        stale: is_stale(picture.agent_trust(agent, now)),
    };
    Agent {
        id: who.id.to_string(),
        source: who.id.source.to_string(),
        external_id: who.id.external.to_string(),
        name: None,
        display_name: Some(names::shown(&picture.site, &who.name)),
        email: who.agents.iter().find_map(|agent| agent.email.clone()),
        external_ids: ExternalIds::new(),
        members: Some(who.agents.iter().map(member).collect()),
        groups: who.queues().into_iter().map(Id::to_string).collect(),
        state: who.state.name(),
        reason: who.reason().map(str::to_owned),
        since: who.since.map(Time),
        cases: who.cases().filter(|_| who.trust != Trust::Unknown),
        stale: is_stale(who.trust),
        metrics: Metric::all().filter_map(figure).collect(),
    }
}
