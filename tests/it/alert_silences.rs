//! Silences at a real server: over a restart nobody is told, and then once; and in a cluster at every node.

use std::time::Duration;

use lapin::ExchangeKind;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{
    alert_messages::{Receiver, critical_floor, queues, watch},
    alerts::{alerts, save},
    support::{
        Broker, Disorder, NatsServer, Vep, VngageSource, Wallboard, http,
        nodes::{Nodes, same_server},
    },
};

const SOON: Duration = Duration::from_secs(20);
/// Longer than it takes until somebody is told of a queue in need.
const TURNS: Duration = Duration::from_secs(3);

async fn silence(wallboard: &Wallboard, queue: &str) -> String {
    let until = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    let body = json!({ "queue": queue, "until": until, "reason": "New phones" });
    let request = http::client()
        .post(wallboard.url("/api/v1/silences"))
        .json(&body);
    let made = request.send().await.unwrap();
    assert_eq!(made.status(), 201);
    made.headers()["location"].to_str().unwrap().to_owned()
}

async fn end(wallboard: &Wallboard, silence: &str) {
    let request = http::client().delete(wallboard.url(silence));
    assert_eq!(request.send().await.unwrap().status(), 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silenced_queue_is_told_once_after_it_and_an_open_alert_stays() {
    let (vep, mut wallboard, receiver) = critical_floor("alert-silence").await;
    let queues = queues(&wallboard).await;
    watch(&wallboard, 0, &queues[0]).await;
    receiver.wait_for("is critical", 1, SOON).await;
    let silences = [
        silence(&wallboard, &queues[0]).await,
        silence(&wallboard, &queues[1]).await,
    ];
    watch(&wallboard, 1, &queues[1]).await;
    sleep(TURNS).await;
    wallboard.restart("-KILL").await;
    vep.run(50, Duration::from_secs(1), Disorder::NONE).await;
    sleep(TURNS).await;

    let open = alerts(&wallboard, "open").await;
    assert_eq!(open.keys().collect::<Vec<_>>(), [&queues[0]]);
    assert!(open[&queues[0]]["silenced_until"].is_string(), "{open:?}");
    assert_eq!(receiver.count(), 1);
    for silence in &silences {
        end(&wallboard, silence).await;
    }
    receiver.wait_for("is critical", 2, SOON).await;
    sleep(TURNS).await;
    assert_eq!(receiver.count(), 2);
    let open = alerts(&wallboard, "open").await;
    assert_eq!(open[&queues[1]]["silenced_until"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silence_of_one_node_holds_at_the_leader_and_after_its_kill() {
    let (broker, nats, receiver) = (Broker::shared(), NatsServer::start(), Receiver::start());
    let vep = Vep::open(broker, "cluster-silence", ExchangeKind::Topic, 79).await;
    let source = VngageSource {
        extra_toml: receiver.channel(),
        ..VngageSource::plain(broker, "cluster-silence")
    };
    let mut nodes = Nodes::start(&source, &same_server(&nats, 3)).await;
    vep.run(50, Duration::from_secs(2), Disorder::NONE).await;
    let threshold = "[thresholds.\"*\"]\nwaiting = { crit = 0 }\n";
    save(&nodes.0[0], "thresholds", "*", threshold).await;
    let queue = queues(&nodes.0[0]).await.remove(0);

    let leader = nodes.wait_until_settled().await;
    let other = (leader + 1) % nodes.0.len();
    let silence = silence(&nodes.0[other], &queue).await;
    watch(&nodes.0[other], 0, &queue).await;
    let killing = async {
        nodes.0[leader].stop("-KILL");
        nodes.wait_for_leader_after(leader).await;
        nodes.0[leader].start_again().await;
        nodes.wait_until_settled().await;
    };
    vep.run_during(30, Disorder::NONE, killing).await;
    vep.run(50, Duration::from_secs(2), Disorder::NONE).await;
    sleep(TURNS).await;
    for node in &nodes.0 {
        assert!(alerts(node, "open").await.is_empty());
    }
    assert_eq!(receiver.count(), 0);

    end(&nodes.0[other], &silence).await;
    receiver.wait_for("is critical", 1, SOON).await;
}
