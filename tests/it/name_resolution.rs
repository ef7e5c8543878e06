//! A name that can't be resolved, and later has another address.

use std::{fs, net::Ipv4Addr, time::Duration};

use lapin::ExchangeKind;

use crate::{
    support::{
        Broker, Disorder, NetworkCondition, Proxy, Vep, VngageSource, Wallboard, assert_throughout,
        ports, tier, wait_until, wait_until_correct,
        wallboard::{HOSTS, can_have_own_names},
    },
    vngage_breaks::check_all_stale,
};

const SOON: Duration = Duration::from_secs(20);
const SETTLED: Duration = Duration::from_secs(10);
/// Until the new address is used.
const MOVED_WITHIN: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn connection_outlives_its_name_and_the_new_address_is_used() {
    if !can_have_own_names() {
        return;
    }
    let broker = Broker::shared();
    let vep = Vep::open(broker, "moved", ExchangeKind::Topic, 27).await;
    let port = ports::free();
    let before = Proxy::between((Ipv4Addr::LOCALHOST, port), broker.plain_port).await;
    let address_after = Ipv4Addr::new(127, 0, 0, 2);
    let _after = Proxy::between((address_after, port), broker.plain_port).await;
    let mut vngage = VngageSource::plain(broker, "moved").via_proxy(port);
    vngage.url = vngage.url.replace("127.0.0.1", "broker.test");
    vngage.extra_toml = "allow_plaintext = true".into();
    let http_port = ports::free();
    let configuration = vngage.configuration(http_port, http_port);
    let hosts = [(HOSTS, "127.0.0.1 broker.test\n")];
    let wallboard = Wallboard::serve_with(vngage, http_port, &configuration, &hosts).await;
    wallboard.wait_for_state("live", SOON).await;

    fs::write(wallboard.file(HOSTS), "").unwrap();
    let outage = tier(6, 300);
    let stays = assert_throughout("the connection stays", outage, async || {
        let source = wallboard.source().await?;
        let is_live = source["state"] == "live";
        is_live.then_some(()).ok_or_else(|| source.to_string())
    });
    // Without any message for a minute, the vendor would be asked over a new connection.
    tokio::join!(stays, vep.run(20, outage, Disorder::HIGH));
    before.set(NetworkCondition::Refusing);
    before.cut();
    wait_until("the name is reported", SOON, async || {
        let source = wallboard.source().await?;
        let why = source["last_error"].as_str().unwrap_or_default();
        let is_reported = why.contains("resolve");
        is_reported.then_some(()).ok_or_else(|| source.to_string())
    })
    .await;
    check_all_stale(&wallboard).await.unwrap();
    vep.run(50, Duration::from_secs(2), Disorder::HIGH).await;
    fs::write(
        wallboard.file(HOSTS),
        format!("{address_after} broker.test\n"),
    )
    .unwrap();

    wallboard.wait_for_state("live", MOVED_WITHIN).await;
    wait_until_correct(&wallboard, &vep, SETTLED).await;
}
