//! A cluster whose NATS lost what it had: what all nodes show is true or marked, and it goes on by itself.

use std::time::Duration;

use crate::{
    cluster_faults::{ACCOUNTED, Site},
    support::{
        NatsServer, check_queues,
        log_stream::{ClusterLog, delete_stream, roll_back_lease, spoil_snapshot},
        nodes::same_server,
        wait_until,
    },
};

/// Single cases of before aren't known any more; they are marked as unconfirmed.
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
    site.run_and_look(Duration::from_secs(4)).await;
    nats.kill();
    nats.bring_store_back();
    nats.start_again();
    site.run_and_look(Duration::from_secs(10)).await;

    wait_until_queues_right(&site).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deleted_batch_and_spoiled_snapshot_are_no_end() {
    let nats = NatsServer::start();
    let mut site = Site::start("cluster spoiled", &same_server(&nats, 3)).await;
    let (url, log) = (nats.url(), ClusterLog::open(&nats.url()).await);

    // Nobody knows what the last batch said but the other nodes.
    let leader = site.nodes.wait_until_settled().await;
    site.nodes.0[leader].stop("-KILL");
    log.delete_last().await;
    site.nodes.0[leader].start_again().await;
    site.run_and_look(Duration::from_secs(8)).await;
    site.nodes.wait_until_settled().await;

    spoil_snapshot(&url).await;
    log.purge().await;
    site.run_and_look(Duration::from_secs(8)).await;

    wait_until_queues_right(&site).await;
}
