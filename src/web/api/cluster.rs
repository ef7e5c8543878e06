//! `/api/v1/cluster`: the nodes, and which one leads.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use wallboard_domain::moment;
use wallboard_log::cluster::{ClusterView, NodeCondition, NodeRole, NodeView};

use super::{
    json::Time,
    problem::{NoParameters, NotFound, Problem},
    word_schemas::one_of_words,
};
use crate::web::WebState;

/// The nodes of a cluster. This one is always current; the others are as of `as_of`.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Cluster {
    site: String,
    /// The name of the node that answers.
    node: String,
    /// Whether it can reach NATS.
    nats_connected: bool,
    /// When the other nodes were read last.
    #[schema(required = true)]
    as_of: Option<Time>,
    /// Why the node that answers doesn't follow the leader.
    #[schema(required = true)]
    reason: Option<String>,
    /// By name. A node that stops to report is left out after 10 s.
    nodes: Vec<Node>,
}

/// A node.
#[derive(Debug, Serialize, ToSchema)]
struct Node {
    name: String,
    #[schema(schema_with = one_of_words::<NodeCondition>)]
    state: &'static str,
    #[schema(schema_with = one_of_words::<NodeRole>)]
    role: &'static str,
    version: String,
    /// Seconds behind the leader.
    #[schema(required = true)]
    behind: Option<f64>,
    /// The log offset that it has reached.
    log_offset: u64,
    /// When it entered its state.
    since: Time,
    /// Its address for viewers.
    #[schema(required = true)]
    url: Option<String>,
    /// Whether it imports the exported files.
    imports: bool,
    /// The clock of NATS minus the node's, in seconds.
    #[schema(required = true)]
    clock_difference: Option<f64>,
    /// When it reported last, on the clock of NATS.
    #[schema(required = true)]
    seen_at: Option<Time>,
}

/// The nodes of the cluster
#[utoipa::path(
    get,
    path = "/cluster",
    operation_id = "cluster",
    tag = "cluster",
    responses((status = OK, description = "The nodes", body = Cluster), NotFound, Problem)
)]
pub(super) async fn show(
    State(web): State<WebState>,
    _: NoParameters,
) -> Result<Json<Cluster>, Problem> {
    let cluster = web.server_info.cluster.as_ref();
    let cluster = cluster.ok_or_else(|| {
        Problem::not_found("this server is alone: the configuration has no [cluster]")
    })?;
    Ok(Json(cluster_json(cluster.view())))
}

fn cluster_json(view: ClusterView) -> Cluster {
    Cluster {
        site: view.site,
        node: view.node,
        nats_connected: view.is_connected,
        as_of: view.as_of.map(Time),
        reason: view.reason,
        nodes: view.nodes.into_iter().map(node_json).collect(),
    }
}

fn node_json(node: NodeView) -> Node {
    Node {
        name: node.name,
        state: node.condition.into_str(),
        role: node.role.into_str(),
        version: node.version,
        behind: node.behind_ms.map(moment::seconds_from),
        log_offset: node.log_offset,
        since: Time(node.since),
        url: node.url,
        imports: node.has_imports,
        clock_difference: node.clock_difference_ms.map(moment::seconds_from),
        seen_at: node.seen_at.map(Time),
    }
}
