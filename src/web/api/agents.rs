//! `/api/v1/agents`. In open mode everybody is a supervisor and so sees names
//! in full.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use serde::Serialize;

use crate::{
    domain::{Id, Metric, SourceId},
    live::{self, Picture, Trust},
};

use super::{
    super::Web,
    json::{ExternalIds, Metrics, Time, external_ids, is_stale},
    problem::Problem,
};

#[derive(Debug, Serialize)]
pub(super) struct Agents {
    agents: Vec<Agent>,
}

#[derive(Debug, Serialize)]
pub(super) struct Agent {
    id: String,
    source: String,
    external_id: String,
    name: Option<Arc<str>>,
    display_name: Option<String>,
    email: Option<Arc<str>>,
    external_ids: ExternalIds,
    groups: Vec<String>,
    state: &'static str,
    reason: Option<String>,
    since: Option<Time>,
    cases: Option<u32>,
    stale: bool,
    metrics: Metrics,
}

/// Every agent that is not hidden, by id.
pub(super) async fn list(State(web): State<Web>) -> Json<Agents> {
    let mut agents = web.live.read(|picture, _| {
        let shown = picture
            .agents
            .values()
            .filter(|agent| !picture.is_agent_hidden(agent));
        shown.map(|agent| json(picture, agent)).collect::<Vec<_>>()
    });
    agents.sort_by(|a, b| a.id.cmp(&b.id));
    Json(Agents { agents })
}

pub(super) async fn one(
    State(web): State<Web>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Json<Agent>, Problem> {
    let Path((source, external)) = path?;
    let id = Id::new(&SourceId::from(source.as_str()), &external);
    let found = web.live.read(|picture, _| {
        let agent = picture.agents.get(&id)?;
        (!picture.is_agent_hidden(agent)).then(|| json(picture, agent))
    });
    found
        .map(Json)
        .ok_or_else(|| Problem::not_found(&format!("there is no agent {id}")))
}

fn json(picture: &Picture, agent: &live::Agent) -> Agent {
    let id = agent.id.to_string();
    let trust = picture.agent_trust(agent);
    let figure = |metric: Metric| {
        let figure = picture.agent_figure(agent, metric)?;
        Some((metric.name(), figure.into()))
    };
    let display_name = match picture.site.names.get(&id) {
        Some(name) => Some(name.clone()),
        None => agent.display_name.as_deref().map(str::to_owned),
    };
    Agent {
        source: agent.id.source.to_string(),
        external_id: agent.id.external.to_string(),
        name: agent.name.clone(),
        display_name,
        email: agent.email.clone(),
        external_ids: external_ids(&agent.external_ids),
        groups: agent.queues.iter().map(Id::to_string).collect(),
        state: agent.state.name(),
        reason: None,
        since: agent.since.map(Time),
        cases: (trust != Trust::Unknown).then_some(agent.cases),
        stale: is_stale(trust),
        metrics: Metric::all().filter_map(figure).collect(),
        id,
    }
}
