//! Alerts of a cluster: the leading node tells, nobody is told twice with another ID, and an owner stays.

use std::{collections::BTreeSet, time::Duration};

use lapin::ExchangeKind;

use crate::{
    alert_messages::{DIALER, Receiver, queues, watch, watch_outdated_queue},
    alerts::{alerts, post, save},
    support::{
        Broker, Disorder, NatsServer, Vep, VngageSource, is_nightly,
        nodes::{Nodes, same_server},
        wait_until,
    },
};

/// A failover, and what the sources report after it.
const TOLD_WITHIN: Duration = Duration::from_secs(40);

#[tokio::test(flavor = "multi_thread")]
async fn killed_leaders_lose_no_alert_and_no_owner_and_repeat_only_by_the_same_id() {
    let (broker, nats, receiver) = (Broker::shared(), NatsServer::start(), Receiver::start());
    let vep = Vep::open(broker, "cluster-alerts", ExchangeKind::Topic, 78).await;
    let source = VngageSource {
        extra_toml: format!("{DIALER}{}", receiver.channel()),
        ..VngageSource::plain(broker, "cluster-alerts")
    };
    let mut nodes = Nodes::start(&source, &same_server(&nats, 3)).await;
    vep.run(50, Duration::from_secs(2), Disorder::NONE).await;
    let threshold = "[thresholds.\"*\"]\nwaiting = { crit = 0 }\n";
    save(&nodes.0[0], "thresholds", "*", threshold).await;
    let queues = queues(&nodes.0[0]).await;
    let leader = nodes.wait_until_settled().await;
    watch_outdated_queue(&nodes.0[leader]).await;
    // Of queues, each with so many kills.
    let (count, kills) = if is_nightly() { (6, 4) } else { (2, 1) };
    let watched: Vec<_> = queues.iter().take(count).collect();

    let mut owned = None;
    let killing = async {
        for (n, queue) in watched.iter().enumerate() {
            let leader = nodes.wait_until_settled().await;
            let other = (leader + 1) % nodes.0.len();
            // At a node that doesn't tell.
            watch(&nodes.0[other], n, queue).await;
            if owned.is_none() {
                let open = wait_until("the first alert is open", TOLD_WITHIN, async || {
                    let open = alerts(&nodes.0[other], "open").await;
                    open.into_iter().next().ok_or(())
                });
                let (subject, alert) = open.await;
                let id = alert["id"].as_str().unwrap().to_owned();
                post(
                    &nodes.0[other],
                    "/alerts/act",
                    &[("id", &id), ("act", "take")],
                )
                .await;
                owned = Some((subject, id));
            }
            for kill in 0..kills {
                let leader = nodes.wait_until_settled().await;
                let pause = 67 * (n * kills + kill) as u64 % 400;
                tokio::time::sleep(Duration::from_millis(pause)).await;
                nodes.0[leader].stop("-KILL");
                nodes.wait_for_leader_after(leader).await;
                nodes.0[leader].start_again().await;
            }
        }
        nodes.wait_until_settled().await;
    };
    vep.run_during(30, Disorder::NONE, killing).await;
    vep.run(50, Duration::from_secs(2), Disorder::NONE).await;

    for node in &nodes.0 {
        let open = wait_until("all alerts are open", TOLD_WITHIN, async || {
            let open = alerts(node, "open").await;
            if open.len() == watched.len() {
                Ok(open)
            } else {
                Err(open)
            }
        })
        .await;
        let (subject, id) = owned.as_ref().unwrap();
        assert_eq!(open[subject]["owner"], "Somebody");
        assert_eq!(open[subject]["id"], **id);
        let expected: BTreeSet<_> = open.values().filter_map(|one| one["id"].as_str()).collect();
        wait_until("everybody is told", TOLD_WITHIN, async || {
            let told = receiver.ids("is critical");
            if told.len() == expected.len() {
                Ok(())
            } else {
                Err(told)
            }
        })
        .await;
        for (thread, ids) in receiver.ids("is critical") {
            assert!(expected.contains(thread.as_str()), "{thread}");
            assert_eq!(ids.len(), 1, "{thread}: {ids:?}");
        }
    }
    assert!(receiver.ids("Dialer").is_empty());
    println!(
        "measured: {} leaders killed, {} alerts told in {} requests, none lost, none of data that was out of date",
        watched.len() * kills,
        watched.len(),
        receiver.count()
    );
}
