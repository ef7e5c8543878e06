//! A cluster whose NATS lost its data: what all nodes show is true or marked, and it recovers by
//! itself.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::Value;

use crate::{
    cluster_faults::{ACCOUNTED, Site},
    support::{
        Disorder, NatsServer, Wallboard, check_queues,
        log_stream::{ClusterLog, damage_snapshot, delete_stream, roll_back_lease},
        nodes::same_server,
        wait_until,
    },
};

/// Single earlier cases are no longer known; they are marked as unconfirmed.
async fn wait_until_queues_right(site: &Site) {
    site.nodes.wait_until_settled().await;
    for node in &site.nodes.0 {
        let check = async || check_queues(node, &site.vep).await;
        wait_until("the queues are right", ACCOUNTED, check).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_stream_and_buckets_are_a_discontinuity_and_no_end() {
    let nats = NatsServer::start();
    let site = Site::start("cluster losses", &same_server(&nats, 3)).await;
    let url = nats.url();

    ClusterLog::open(&url).await.purge().await;
    site.run_and_look(Duration::from_secs(3)).await;
    roll_back_lease(&url).await;
    site.run_and_look(Duration::from_secs(10)).await;
    delete_stream(&url, "KV_wallboard-test-lease").await;
    site.run_and_look(Duration::from_secs(8)).await;
    delete_stream(&url, "wallboard-test-log").await;
    site.run_and_look(Duration::from_secs(12)).await;

    wait_until_queues_right(&site).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_end_of_the_log_is_a_discontinuity() {
    let nats = NatsServer::start();
    let site = Site::start("cluster tail", &same_server(&nats, 3)).await;

    nats.kill();
    nats.keep_store();
    nats.start_again();
    let lost_from = Timestamp::now();
    site.run_and_look(Duration::from_secs(4)).await;
    nats.kill();
    let lost_to = Timestamp::now();
    nats.bring_store_back();
    nats.start_again();
    site.run_and_look(Duration::from_secs(10)).await;

    wait_until_queues_right(&site).await;
    for node in &site.nodes.0 {
        assert_gap_covers(node, lost_from, lost_to).await;
    }
}

/// Asserts that the day doesn't count that time, and shows the gap.
async fn assert_gap_covers(node: &Wallboard, from: Timestamp, to: Timestamp) {
    let site = node.get("/api/v1/site").await.unwrap();
    let gaps = site["metrics"]["offered"]["gaps"].as_array().unwrap();
    let time = |value: &Value| value.as_str().unwrap().parse::<Timestamp>().unwrap();
    let covers = |gap: &Value| time(&gap["from"]) <= from && to <= time(&gap["to"]);
    assert!(gaps.iter().any(covers), "{from} to {to}: {gaps:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn deleted_batch_is_no_end() {
    let nats = NatsServer::start();
    let mut site = Site::start("cluster deleted", &same_server(&nats, 3)).await;
    let log = ClusterLog::open(&nats.url()).await;

    // Only the other nodes know what the last batch said.
    let leader = site.nodes.wait_until_settled().await;
    site.nodes.0[leader].stop("-KILL");
    log.delete_last().await;
    site.nodes.0[leader].start_again().await;
    site.run_and_look(Duration::from_secs(8)).await;

    wait_until_queues_right(&site).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn node_that_needs_a_damaged_snapshot_gets_another() {
    let nats = NatsServer::start();
    let mut site = Site::start("cluster damaged", &same_server(&nats, 3)).await;
    let log = ClusterLog::open(&nats.url()).await;
    let leader = site.nodes.wait_until_settled().await;
    let follower = (leader + 1) % 3;

    site.nodes.0[follower].stop("-TERM");
    let traffic = async |time| site.vep.run(50, time, Disorder::NONE).await;
    traffic(Duration::from_secs(1)).await;
    // The follower's copy no longer leads anywhere.
    log.purge().await;
    // Until the leader has uploaded a snapshot that the stream continues from.
    traffic(Duration::from_secs(8)).await;
    damage_snapshot(&nats.url()).await;
    site.nodes.0[follower].start_again().await;

    site.nodes.wait_until_settled().await;
    site.run_until_correct().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leader_with_a_damaged_copy_goes_on_from_what_it_shows() {
    let nats = NatsServer::start();
    let mut site = Site::start("cluster copy", &same_server(&nats, 3)).await;
    let log = ClusterLog::open(&nats.url()).await;
    let leader = site.nodes.wait_until_settled().await;
    let follower = (leader + 1) % 3;

    site.nodes.0[follower].stop("-TERM");
    let traffic = async || {
        let time = Duration::from_secs(1);
        site.vep.run(50, time, Disorder::NONE).await;
    };
    traffic().await;
    let copy = site.nodes.0[leader].file("wallboard-log.db");
    let damage = "UPDATE batch SET bytes = x'00'; DELETE FROM snapshot";
    Connection::open(copy)
        .unwrap()
        .execute_batch(damage)
        .unwrap();
    // The follower needs a snapshot, which the leader makes from its copy.
    log.purge().await;
    traffic().await;
    site.nodes.0[follower].start_again().await;

    site.nodes.wait_until_settled().await;
    site.run_until_correct().await;
}
