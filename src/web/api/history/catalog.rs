//! `/api/v1/history/catalog`: what exports say besides figures.

use std::collections::BTreeMap;

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use wallboard_history::report::{CatalogItem, ItemMember};

use super::super::problem::{NoParameters, Problem};
use crate::web::access::{
    audited::{PeopleMark, ShowsPeople},
    visible_state::VisibleState,
};

/// Queues, groups, numbers and reasons of the exports, as of today. Each list is sorted by name.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct Catalog {
    queues: Vec<ExportQueue>,
    queue_groups: Vec<QueueGroup>,
    agent_groups: Vec<AgentGroup>,
    /// Numbers that can be called.
    numbers: Vec<ExportNumber>,
    logoff_reasons: Vec<CatalogName>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ExportQueue {
    #[schema(example = "calls/12")]
    id: String,
    name: String,
    /// The export's other fields, such as `strategy` and `agent_disconnection_rate`.
    fields: BTreeMap<String, String>,
    /// The agents assigned to it.
    agents: Vec<AssignedAgent>,
    /// The reasons that a call in it can have.
    reasons: Vec<CatalogName>,
}

#[derive(Debug, Serialize, ToSchema)]
struct AssignedAgent {
    id: String,
    name: String,
    #[schema(required = true)]
    priority: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
struct QueueGroup {
    id: String,
    name: String,
    fields: BTreeMap<String, String>,
    queues: Vec<CatalogName>,
}

#[derive(Debug, Serialize, ToSchema)]
struct AgentGroup {
    id: String,
    name: String,
    fields: BTreeMap<String, String>,
    agents: Vec<CatalogName>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ExportNumber {
    id: String,
    name: String,
    /// Its `description`, `destination` and `destination_type`.
    fields: BTreeMap<String, String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct CatalogName {
    id: String,
    name: String,
}

/// Groups, assigned agents, numbers and settings of queues, from imported exports
#[utoipa::path(
    get,
    path = "/history/catalog",
    operation_id = "history_catalog",
    tag = "history",
    responses((status = OK, description = "The catalog", body = Catalog), Problem)
)]
pub(in super::super) async fn show(
    VisibleState(web): VisibleState,
    _: NoParameters,
) -> Result<(Option<PeopleMark>, Json<Catalog>), Problem> {
    let catalog = web.history.load_export_catalog().await;
    let catalog = catalog.map_err(|error| Problem::store_failure(&error))?;
    let mut with_agents = catalog.queues.iter().chain(&catalog.agent_groups);
    let mark = ShowsPeople::mark_if(with_agents.any(|item| !item.members.is_empty()));
    let queue = |item: CatalogItem| ExportQueue {
        id: item.id.to_string(),
        name: item.name,
        fields: item.fields,
        agents: item.members.into_iter().map(assigned_agent).collect(),
        reasons: named(item.reasons),
    };
    let queue_group = |item: CatalogItem| QueueGroup {
        id: item.id.to_string(),
        name: item.name,
        fields: item.fields,
        queues: named(item.members),
    };
    let agent_group = |item: CatalogItem| AgentGroup {
        id: item.id.to_string(),
        name: item.name,
        fields: item.fields,
        agents: named(item.members),
    };
    let number = |item: CatalogItem| ExportNumber {
        id: item.id.to_string(),
        name: item.name,
        fields: item.fields,
    };
    let reason = |item: CatalogItem| CatalogName {
        id: item.id.to_string(),
        name: item.name,
    };
    let catalog = Catalog {
        queues: catalog.queues.into_iter().map(queue).collect(),
        queue_groups: catalog.queue_groups.into_iter().map(queue_group).collect(),
        agent_groups: catalog.agent_groups.into_iter().map(agent_group).collect(),
        numbers: catalog.numbers.into_iter().map(number).collect(),
        logoff_reasons: catalog.logoff_reasons.into_iter().map(reason).collect(),
    };
    Ok((mark, Json(catalog)))
}

fn assigned_agent(member: ItemMember) -> AssignedAgent {
    AssignedAgent {
        id: member.id.to_string(),
        name: member.name,
        priority: member.priority,
    }
}

fn named(members: Vec<ItemMember>) -> Vec<CatalogName> {
    let name = |member: ItemMember| CatalogName {
        id: member.id.to_string(),
        name: member.name,
    };
    members.into_iter().map(name).collect()
}
