//! Case records of a cluster whose leader is killed again and again: each case once, in one order, at every node and at
//! the webhook. The truth is what the contact center's broker published.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use lapin::ExchangeKind;
use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio::time::sleep;

use crate::{
    case_records::{Reader, published_closes},
    support::{
        Broker, Disorder, NatsServer, Nodes, Vep, VngageSource, nodes::same_server, print_measured,
        record_receiver::RecordReceiver, tier, wait_until,
    },
};

/// Until the last case has ended long enough, and the log was read.
const RECORDED: Duration = Duration::from_mins(1);
const NODES: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn each_case_is_recorded_once_at_all_nodes_over_kills_of_the_leader() {
    let broker = Broker::shared();
    let nats = NatsServer::start();
    let receiver = RecordReceiver::start();
    let vep = Vep::open(broker, "cluster recorded", ExchangeKind::Topic, 38).await;
    let source = VngageSource {
        extra_toml: format!("{}[case_records]\nwebhook = \"crm\"\n", receiver.channel()),
        ..VngageSource::plain(broker, "cluster recorded")
    };
    let mut nodes = Nodes::start(&source, &same_server(&nats, NODES)).await;
    let kills = tier(3, 20).as_secs();
    let seed = rand::random();
    println!("seed {seed}, {kills} kills");

    let mut reader = Reader::default();
    let killing = async {
        let mut random = StdRng::seed_from_u64(seed);
        for _ in 0..kills {
            let leader = nodes.wait_until_settled().await;
            sleep(Duration::from_millis(random.random_range(0..6_000))).await;
            // A program that asks any node.
            let node = random.random_range(0..NODES);
            reader.read(&nodes.0[node]).await.unwrap();
            sleep(Duration::from_millis(random.random_range(0..2_000))).await;
            nodes.0[leader].stop("-KILL");
            let (other, _) = nodes.wait_for_leader_after(leader).await;
            reader.read(&nodes.0[other]).await.unwrap();
            sleep(Duration::from_millis(random.random_range(0..2_000))).await;
            nodes.0[leader].start_again().await;
        }
        nodes.wait_until_settled().await;
    };
    vep.run_during(40, Disorder::HIGH, killing).await;

    let (published, last) = published_closes(&vep).await;
    let mut all = Vec::new();
    for node in &nodes.0 {
        let all_of_node = wait_until("every closed case is recorded", RECORDED, async || {
            let mut whole = Reader::default();
            whole.read(node).await?;
            let recorded = BTreeSet::from_iter(whole.closes());
            let missing: Vec<_> = (last.values())
                .filter(|close| !recorded.contains(close))
                .collect();
            match missing.as_slice() {
                [] => Ok(whole),
                [first, ..] => Err(format!("{} missing, such as {first:?}", missing.len())),
            }
        });
        all.push(all_of_node.await);
    }
    let node = &nodes.0[nodes.wait_until_settled().await];
    reader.read(node).await.unwrap();

    let recorded = reader.closes();
    let once = BTreeSet::from_iter(recorded.clone());
    assert_eq!(once.len(), recorded.len(), "no end is recorded twice");
    let invented: Vec<_> = once.difference(&published).take(3).collect();
    assert!(invented.is_empty(), "nobody published {invented:?}");
    let missing: Vec<_> = (last.values())
        .filter(|close| !once.contains(close))
        .collect();
    assert!(missing.is_empty(), "the reader misses {missing:?}");
    assert!(
        reader.gaps.is_empty(),
        "no message was lost: {:?}",
        reader.gaps
    );
    let ids = reader.ids();
    for whole in &all {
        assert_eq!(whole.ids(), ids, "all nodes have the same order");
    }
    wait_until(
        "the webhook has all in the same order",
        RECORDED,
        async || {
            let accepted = receiver.accepted_ids();
            if accepted == ids {
                Ok(())
            } else {
                Err((accepted.len(), ids.len()))
            }
        },
    )
    .await;
    let sent = check_repeats(&receiver);
    let count = last.len();
    assert!(20 < count, "only {count} cases were closed");
    println!(
        "{kills} kills: {count} closed cases, {} ends recorded, {} requests to the webhook, {} different",
        recorded.len(),
        receiver.received().len(),
        sent
    );
    let wrong = recorded.len() - once.len() + invented.len() + missing.len();
    print_measured(
        "ends recorded twice, invented or missing in a cluster",
        wrong,
        0,
    );
}

/// Asserts that what is sent again has the same records under the same ID. Returns how many IDs there are.
fn check_repeats(receiver: &RecordReceiver) -> usize {
    let mut sent: BTreeMap<String, String> = BTreeMap::new();
    for received in receiver.received() {
        let id = received.body["id"].as_str().unwrap().to_owned();
        let records = received.body["data"]["records"].to_string();
        let before = sent.insert(id.clone(), records.clone());
        assert!(
            before.is_none_or(|before| before == records),
            "{id} has changed"
        );
    }
    sent.len()
}
