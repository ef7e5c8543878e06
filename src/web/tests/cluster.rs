//! The pages of a node of a cluster.

use axum::{Router, http::StatusCode};
use tempfile::TempDir;

use crate::web::build_router;
use wallboard_domain::{ConnectionEvent, Input};
use wallboard_history::report::{History, fixture::report_config};
use wallboard_log::cluster::{ClusterMonitor, NodeCondition, NodeIdentity, NodeStatus};
use wallboard_store::Store;

use super::{
    DataOrigin, assert_contains, assert_contains_none, get_json, get_page, router_without_source,
    sales_inputs, state_of_inputs, test_site,
};

pub(super) fn status(condition: NodeCondition) -> NodeStatus {
    NodeStatus {
        condition,
        ..NodeStatus::default()
    }
}

/// Node wall1, which imports no files.
fn without_imports() -> NodeIdentity {
    NodeIdentity {
        has_imports: false,
        ..NodeIdentity::of_test("wall1")
    }
}

pub(super) fn leading(identity: NodeIdentity) -> (NodeIdentity, NodeStatus) {
    (identity, status(NodeCondition::Leading))
}

/// The pages of a node whose source has reported. `hears_leader`: it knows how the source is now.
pub(super) fn router_of_node(monitor: ClusterMonitor, hears_leader: bool) -> (Router, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
    let history = History::new(store.clone(), report_config(test_site()));
    let site = Input::SiteConfig(test_site().into());
    let connected = Input::Connection("chat".into(), ConnectionEvent::Connected);
    let inputs = [vec![site, connected], sales_inputs()].concat();
    let mut web = state_of_inputs(inputs, history, store, DataOrigin::Live);
    web.server_info.cluster = Some(monitor);
    if !hears_leader {
        let now = web.live.now();
        web.live.replay(|state| state.mark_leader_lost(now));
    }
    (build_router(web), folder)
}

#[tokio::test]
async fn server_that_is_alone_has_no_cluster() {
    let router = router_without_source(test_site());

    let answer = get_page(&router, "/api/v1/cluster").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.kind, "application/problem+json");
    assert_contains(&answer.text, &["no [cluster]"]);
    let page = get_page(&router, "/sources").await.text;
    assert_contains_none(&page, &["Nodes"]);
    let metrics = get_page(&router, "/metrics").await.text;
    assert_contains_none(&metrics, &["wallboard_cluster"]);
}

#[tokio::test]
async fn nodes_are_listed_and_this_one_is_marked() {
    let others = vec![leading(NodeIdentity::of_test("wall2"))];
    let following = NodeStatus {
        behind_ms: Some(420),
        ..status(NodeCondition::Following)
    };
    let monitor = ClusterMonitor::of_test(without_imports(), following, others);
    let (router, _folder) = router_of_node(monitor, true);

    let page = get_page(&router, "/sources").await.text;
    assert_contains(
        &page,
        &[
            "<p>2 nodes. wall2 leads.</p>",
            "wall1</bdi> (this)</td><td>● Follower</td>",
            "<td>0.4 s</td>",
            "<a href=\"https://wall2.example.com\"><bdi>wall2</bdi></a></td><td>● Leader</td>",
            "data-part=\"cluster-verdict\" hidden",
        ],
    );
    let cluster = get_json(&router, "/api/v1/cluster").await;
    let expected = [("wall1", "follower", 0.42), ("wall2", "leader", 0.0)];
    for (node, (name, state, behind)) in cluster["nodes"].as_array().unwrap().iter().zip(expected) {
        assert_eq!(node["name"], name);
        assert_eq!(node["state"], state);
        assert_eq!(node["behind"], behind);
        assert_eq!(node["imports"], name == "wall2");
    }
    assert_eq!(cluster["nodes"].as_array().unwrap().len(), expected.len());
}

#[tokio::test]
async fn node_that_does_not_hear_the_leader_blames_no_source() {
    let lost = NodeStatus {
        reason: Some("no update from the leader for more than 3 s".to_owned()),
        ..status(NodeCondition::Disconnected)
    };
    let monitor = ClusterMonitor::of_test(NodeIdentity::of_test("wall1"), lost, Vec::new());
    let (router, _folder) = router_of_node(monitor, false);

    for path in ["/", "/cases"] {
        let page = get_page(&router, path).await.text;
        assert_contains(&page, &["This server has received no updates since "]);
        assert_contains_none(&page, &["chat disconnected"]);
    }
    let board = get_page(&router, "/boards/queues").await.text;
    assert_contains(&board, &["This server has received no updates since "]);
    let page = get_page(&router, "/sources").await.text;
    assert_contains(
        &page,
        &[
            "No node leads, so no source is read",
            "wall1 doesn’t follow the leader, so its values are out of date: <bdi lang=\"en\">no update from the leader for more than 3 s.</bdi>",
            "<strong>◆ Not known</strong>",
        ],
    );
    assert_contains_none(&page, &["has been disconnected since"]);
}

#[tokio::test]
async fn history_of_a_node_without_imports_is_on_another_one() {
    let following = || status(NodeCondition::Following);
    let page_with = async |others: Vec<(NodeIdentity, NodeStatus)>| {
        let monitor = ClusterMonitor::of_test(without_imports(), following(), others);
        let (router, _folder) = router_of_node(monitor, true);
        get_page(&router, "/history?range=yesterday").await.text
    };

    let page = page_with(vec![leading(NodeIdentity::of_test("wall2"))]).await;
    assert_contains(
        &page,
        &[
            "This server doesn’t import files. wall2 does.",
            "href=\"https://wall2.example.com/history?range=yesterday\">History on wall2</a>",
        ],
    );

    let shared = NodeIdentity {
        url: without_imports().url,
        ..NodeIdentity::of_test("wall2")
    };
    let page = page_with(vec![leading(shared)]).await;
    assert_contains(&page, &["Open this page on wall2."]);
    assert_contains_none(&page, &["History on wall2"]);

    let page = page_with(Vec::new()).await;
    assert_contains(&page, &["no server that does is running"]);
}
