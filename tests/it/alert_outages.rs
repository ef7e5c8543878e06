//! Messages about a source that is lost: one, and none about its queues, which are unknown then.

use std::time::Duration;

use lapin::ExchangeKind;

use crate::{
    alert_messages::{Receiver, queues},
    alerts::{alerts, save},
    support::{
        Broker, Disorder, Proxy, Vep, VngageSource, Wallboard, is_nightly, proxy::NetworkCondition,
    },
};

const SOON: Duration = Duration::from_secs(20);
/// Signs of life, the shortest dwell, and a loaded machine.
const LOST_WITHIN: Duration = Duration::from_secs(40);

/// While no message may be about queues: at night long enough for one that would be repeated.
fn quiet_time() -> Duration {
    Duration::from_secs(if is_nightly() { 100 } else { 10 })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_source_is_one_message_and_its_queues_are_none() {
    let (name, broker, receiver) = ("alert-outage", Broker::shared(), Receiver::start());
    let proxy = Proxy::to(broker.plain_port).await;
    let vep = Vep::open(broker, name, ExchangeKind::Topic, 83).await;
    let vngage = VngageSource {
        extra_toml: receiver.channel(),
        ..VngageSource::plain(broker, name)
    };
    let wallboard = Wallboard::serve(vngage.via_proxy(proxy.port)).await;
    wallboard.wait_for_state("live", SOON).await;
    vep.run(50, Duration::from_secs(1), Disorder::NONE).await;
    let threshold = "[thresholds.\"*\"]\nwaiting = { crit = 0 }\n";
    save(&wallboard, "thresholds", "*", threshold).await;
    for (name, rest) in [
        (
            "Queues",
            "queues = [\"chat/*\"]\nfor = \"0s\"\nagain_after = \"1m\"\n",
        ),
        ("Lost", "sources = [\"*\"]\nfor = \"10s\"\n"),
    ] {
        let rule = format!("[alerts.{name}]\n{rest}notify = [\"hook\"]\n");
        save(&wallboard, "alerts", name, &rule).await;
    }
    let count = queues(&wallboard).await.len();
    receiver.wait_for("is critical", count, SOON).await;

    proxy.set(NetworkCondition::Silent);
    receiver.wait_for("connected", 1, LOST_WITHIN).await;
    receiver
        .assert_quiet("no message is about a queue", quiet_time())
        .await;
    assert!(receiver.ids("Over:").is_empty());
    let open = alerts(&wallboard, "open").await;
    let unconfirmed = open
        .values()
        .filter(|one| !one["unconfirmed_since"].is_null());
    println!(
        "measured: {count} queues critical, then their source lost: {} messages, {} about the source; {} alerts unconfirmed",
        receiver.count(),
        receiver.ids("connected").len(),
        unconfirmed.clone().count()
    );
    assert_eq!(unconfirmed.count(), count);
}
