//! Two nodes of a cluster as each shows the other: API, metrics and the sources page.

use std::{collections::BTreeSet, time::Duration};

use serde_json::Value;

use crate::support::{
    NatsServer, Wallboard,
    openmetrics::{Scrape, documented_names},
    ports, wait_until,
    wallboard::base_configuration,
};

/// A new leader takes up to 12 s.
const SOON: Duration = Duration::from_secs(30);

async fn start_node(nats: &NatsServer, name: &str, more: &str) -> Wallboard {
    let port = ports::free();
    let configuration = format!(
        "{}[cluster]\nnats = {:?}\nsite = \"support\"\nnode = \"{name}\"\n{more}",
        base_configuration(port, port),
        nats.url()
    );
    Wallboard::start(&configuration, port, &[], Vec::new()).await
}

/// "wall1 leader, wall2 follower", as a node says.
async fn list_states(node: &Wallboard) -> Result<String, String> {
    let cluster = node.get("/api/v1/cluster").await?;
    let nodes = cluster["nodes"].as_array().unwrap().iter();
    let states = nodes.map(|node| {
        let text = |field: &str| node[field].as_str().unwrap().to_owned();
        format!("{} {}", text("name"), text("state"))
    });
    Ok(states.collect::<Vec<_>>().join(", "))
}

async fn wait_for_states(node: &Wallboard, expected: &str) {
    let what = format!("a node says {expected:?}");
    wait_until(&what, SOON, async || match list_states(node).await? {
        states if states == expected => Ok(()),
        states => Err(states),
    })
    .await;
}

async fn scrape(node: &Wallboard) -> Scrape {
    Scrape::read(&node.text("/metrics").await)
}

fn find_node(cluster: &Value, name: &str) -> Value {
    let mut nodes = cluster["nodes"].as_array().unwrap().iter();
    nodes.find(|node| node["name"] == name).unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_show_who_leads_and_how_far_the_others_are() {
    let nats = NatsServer::start();
    let mut first = start_node(&nats, "wall1", "").await;
    wait_for_states(&first, "wall1 leader").await;
    let second = start_node(&nats, "wall2", "imports = false\n").await;
    for node in [&first, &second] {
        wait_for_states(node, "wall1 leader, wall2 follower").await;
    }

    let cluster = first.get("/api/v1/cluster").await.unwrap();
    assert_eq!(
        (&cluster["site"], &cluster["node"]),
        (&"support".into(), &"wall1".into())
    );
    let other = find_node(&cluster, "wall2");
    assert_eq!(other["url"], second.url(""));
    assert_eq!(
        (&other["role"], &other["imports"]),
        (&"all".into(), &false.into())
    );
    assert!(
        other["clock_difference"].as_f64().unwrap().abs() < 2.0,
        "{other}"
    );
    wait_until("the follower's lag is known", SOON, async || {
        let cluster = second.get("/api/v1/cluster").await?;
        let own = find_node(&cluster, "wall2");
        let behind = own["behind"].as_f64();
        behind
            .filter(|behind| *behind < 2.0)
            .ok_or_else(|| own.to_string())
    })
    .await;

    let (leader, follower) = (scrape(&first).await, scrape(&second).await);
    for (metric, expected) in [
        ("wallboard_cluster_leader", [1, 0]),
        ("wallboard_cluster_following", [1, 1]),
        ("wallboard_cluster_nats_connected", [1, 1]),
        ("wallboard_cluster_terms_total", [1, 0]),
        ("wallboard_cluster_fences_total", [0, 0]),
    ] {
        let found = [leader.count(metric), follower.count(metric)];
        assert_eq!(found, expected, "{metric}");
    }
    assert!(leader.value("wallboard_cluster_append_seconds") < 2.0);
    let of_cluster = |name: &&str| name.starts_with("wallboard_cluster_");
    let mut documented = documented_names();
    documented.retain(of_cluster);
    let exported = leader.0.keys().map(String::as_str).filter(of_cluster);
    assert_eq!(exported.collect::<BTreeSet<_>>(), documented);
    assert!(nats.consumer_count() <= 2, "only the log has consumers");

    first.stop("-TERM");
    wait_for_states(&second, "wall2 leader").await;
    first.start_again().await;
    for node in [&first, &second] {
        wait_for_states(node, "wall1 follower, wall2 leader").await;
    }
    let page = second.text("/sources").await;
    let link = format!("<a href=\"{}\"><bdi>wall1</bdi></a>", first.url(""));
    for text in ["<p>2 nodes. wall2 leads.</p>", &link] {
        assert!(page.contains(text), "{text} in {page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_nats_a_node_keeps_the_last_known_list_and_says_so() {
    let nats = NatsServer::start();
    let first = start_node(&nats, "wall1", "").await;
    wait_for_states(&first, "wall1 leader").await;
    let second = start_node(&nats, "edge", "role = \"edge\"\n").await;
    wait_for_states(&second, "edge follower, wall1 leader").await;

    nats.stop();
    wait_for_states(&second, "edge disconnected, wall1 leader").await;
    let cluster = second.get("/api/v1/cluster").await.unwrap();
    assert_eq!(cluster["nats_connected"], false, "{cluster}");
    assert!(
        cluster["as_of"].is_string() && cluster["reason"].is_string(),
        "{cluster}"
    );
    let page = second.text("/sources").await;
    for sentence in ["edge can’t reach NATS", "2 nodes as of "] {
        assert!(page.contains(sentence), "{sentence} in {page}");
    }
    let start = second.text("/").await;
    assert!(
        start.contains("This server receives no updates."),
        "{start}"
    );
    let scrape = scrape(&second).await;
    assert_eq!(scrape.count("wallboard_cluster_following"), 0);
    assert_eq!(scrape.count("wallboard_cluster_disconnections_total"), 1);
    assert_eq!(scrape.count("wallboard_cluster_nats_connected"), 0);

    nats.start_again();
    for node in [&first, &second] {
        wait_for_states(node, "edge follower, wall1 leader").await;
    }
}
