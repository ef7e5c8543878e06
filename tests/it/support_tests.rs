//! Tests of the test infrastructure.

use std::{sync::Arc, time::Duration};

use async_nats::jetstream::{self, kv, stream};
use lapin::ExchangeKind;
use parking_lot::Mutex;

use crate::support::{
    Azure, Broker, Disorder, NatsCluster, NatsServer, NetworkCondition, Proxy, S3, Sshd, Vep,
    judge::{self, Judge},
    page::Element,
    shown::{Figure, Shown},
    shown_needs,
    sshd::KeyFormat,
    tier,
    truth_history::TruthHistory,
    wait_until,
};

#[test]
fn a_lower_bound_is_judged_by_what_was_at_least_so_much() {
    let mut history = TruthHistory::default();
    for (at, talking) in [(0, 3), (10, 5), (20, 2)] {
        history.talking_agents.record(at, talking);
    }
    let age = |text: &str| {
        let shown = Shown::read("", Figure::TalkingAgents, text).unwrap();
        history.age(&shown, 25)
    };
    assert_eq!(age("≥ 2"), Some(0));
    assert_eq!(age("≥ 4"), Some(5));
    assert_eq!(age("4"), None);
    assert_eq!(age("≥ 6"), None);
}

#[tokio::test]
async fn a_wrong_number_of_an_alert_or_of_another_system_is_found() {
    let mut history = TruthHistory::default();
    let at = judge::now();
    let group = history.groups.entry("g1".into()).or_default();
    group.waiting.record(at, 12);
    history.orders.record(at, 7);
    let judge = Judge::new(Arc::new(Mutex::new(history)));
    let alert = |count: u64| {
        let item = format!(
            "<li><p class=\"say\"><a href=\"/queues/chat/g1\">Gruppe 1</a> {count} waiting</p></li>"
        );
        shown_needs::of_sentences(&Element::parse(&item))
    };
    let figure = |value: u64| {
        let row = format!(
            "<table><tr><td><a href=\"/figures/orders\">Orders</a></td><td class=\"value\">{value}</td></tr></table>"
        );
        shown_needs::of_figures_page(&Element::parse(&row))
    };
    judge.judge("alerts page", &alert(12));
    judge.judge("figures page", &figure(7));
    assert_eq!(judge.findings(), Vec::<String>::new());
    judge.judge("alerts page", &alert(11));
    judge.judge("figures page", &figure(8));
    assert_eq!(judge.findings().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn private_broker_restarts_after_stop_and_kill() {
    let broker = Broker::start();
    let port = broker.plain_port;
    let is_open = async || tokio::net::TcpStream::connect(("127.0.0.1", port)).await;

    broker.stop();
    assert!(is_open().await.is_err());
    broker.start_again();
    assert!(is_open().await.is_ok());
    broker.kill();
    assert!(is_open().await.is_err());
    broker.start_again();
    assert!(is_open().await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn vendor_publishes_at_the_requested_rate() {
    let broker = Broker::shared();
    let vep = Vep::open(broker, "rate", ExchangeKind::Topic, 7).await;

    vep.run(200, tier(2, 10), Disorder::HIGH).await;

    let state = vep.state().await;
    let cases = state.center.active.len() + state.center.ended.len();
    assert!(cases > 50, "{cases}");
}

#[tokio::test(flavor = "multi_thread")]
async fn data_sent_while_silent_arrives_when_normal_again() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let upstream = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = Proxy::to(upstream.local_addr().unwrap().port()).await;

    proxy.set(NetworkCondition::Silent);
    let mut client = tokio::net::TcpStream::connect(("127.0.0.1", proxy.port))
        .await
        .unwrap();
    client.write_all(b"hello").await.unwrap();
    let early = tokio::time::timeout(Duration::from_millis(200), upstream.accept()).await;
    proxy.set(NetworkCondition::Normal);
    let (mut server, _) = upstream.accept().await.unwrap();
    let mut word = [0; 5];
    server.read_exact(&mut word).await.unwrap();
    proxy.cut();

    assert!(early.is_err());
    assert_eq!(&word, b"hello");
    assert!(client.read(&mut word).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn data_sent_while_silent_is_lost_with_a_cut_connection() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let upstream = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = Proxy::to(upstream.local_addr().unwrap().port()).await;
    let mut connections = Vec::new();
    for _ in 0..16 {
        let client = tokio::net::TcpStream::connect(("127.0.0.1", proxy.port));
        connections.push((client.await.unwrap(), upstream.accept().await.unwrap().0));
    }
    let mut word = [0; 5];

    proxy.set(NetworkCondition::Silent);
    for (client, _) in &mut connections {
        client.write_all(b"hello").await.unwrap();
    }
    let first = connections[0].1.read(&mut word);
    let early = tokio::time::timeout(Duration::from_millis(200), first).await;
    proxy.cut();
    proxy.set(NetworkCondition::Normal);

    assert!(early.is_err());
    for (_, server) in &mut connections {
        assert_eq!(server.read(&mut word).await.unwrap_or(0), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refusing_proxy_refuses_connections() {
    let upstream = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = Proxy::to(upstream.local_addr().unwrap().port()).await;
    let connect = async || tokio::net::TcpStream::connect(("127.0.0.1", proxy.port)).await;
    let soon = Duration::from_secs(5);

    wait_until("connected", soon, connect).await;
    proxy.set(NetworkCondition::Refusing);
    wait_until("refused", soon, async || match connect().await {
        Ok(_) => Err("connected"),
        Err(error) => Ok(error),
    })
    .await;
    proxy.set(NetworkCondition::Slow(Duration::from_millis(1)));
    wait_until("connected again", soon, connect).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stores_preserve_slashes_and_backslashes_in_names() {
    let (s3, azure) = (S3::shared(), Azure::shared());
    let names = ["\\CCAAS\\FACTS\\a.csv", "CCAAS/FACTS/a.csv", "/CCAAS/a.csv"];

    s3.make_bucket("names").await;
    for name in names {
        s3.put("names", name, name).await;
    }
    let files = names.map(|name| (name, name.as_bytes()));
    azure.put("names", &files);

    let listing = reqwest::get(format!("{}/names?list-type=2", s3.endpoint()))
        .await
        .unwrap();
    let listing = listing.text().await.unwrap();
    for name in names {
        assert!(listing.contains(&format!("<Key>{name}</Key>")), "{listing}");
    }
    assert!(azure.sas("names", "rl", 5).contains("sig="));
}

#[tokio::test(flavor = "multi_thread")]
async fn sftp_server_accepts_only_authorized_keys() {
    let mut sshd = Sshd::start();
    sshd.put("Metrics/2026/1/2/queues.csv", "a,b\r\n");
    let (key, foreign) = (
        sshd.key("ed25519", KeyFormat::OpenSsh, ""),
        sshd.unauthorized_key("ed25519", KeyFormat::OpenSsh, ""),
    );
    let known = sshd.known_hosts();
    let lists = |key: &std::path::Path, port: u16| {
        let mut sftp = std::process::Command::new("sftp");
        sftp.args([
            "-b",
            "-",
            "-P",
            &port.to_string(),
            "-o",
            "IdentitiesOnly=yes",
        ])
        .args(["-o", &format!("UserKnownHostsFile={}", known.display())])
        .arg("-i")
        .arg(key)
        .arg(format!("{}@127.0.0.1:Metrics/2026/1/2", Sshd::user()))
        .stdin(std::process::Stdio::null());
        sftp.output().unwrap().status.success()
    };

    assert!(lists(&key, sshd.port));
    assert!(!lists(&foreign, sshd.port));
    sshd.replace_host_keys();
    assert!(!lists(&key, sshd.port));
}

const NATS_WITHIN: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread")]
async fn a_nats_server_has_its_port_and_store_after_a_restart_and_a_pause() {
    let server = NatsServer::start();
    let bucket = nats_bucket(&[server.url()], 1).await;
    bucket.put("a", "1".into()).await.unwrap();

    server.stop();
    assert!(bucket.get("a").await.is_err());
    server.start_again();
    wait_until("the value is back", NATS_WITHIN, || nats_value(&bucket)).await;
    server.signal("-STOP");
    // One of its threads may still be answering.
    let is_silent = async || match bucket.get("a").await {
        Err(_) => Ok(()),
        Ok(value) => Err(value),
    };
    wait_until("no value comes", NATS_WITHIN, is_silent).await;
    server.signal("-CONT");
    wait_until("the value is back", NATS_WITHIN, || nats_value(&bucket)).await;
    server.kill();
    server.start_again();
    wait_until("the value is back", NATS_WITHIN, || nats_value(&bucket)).await;

    assert_eq!(server.consumer_count(), 0);
    let _watch = bucket.watch_all().await.unwrap();
    assert_eq!(server.consumer_count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nats_cluster_goes_on_without_one_of_three_servers() {
    let cluster = NatsCluster::start();
    let bucket = nats_bucket(&cluster.urls(), 3).await;
    bucket.put("a", "1".into()).await.unwrap();

    for server in &cluster.servers {
        server.kill();
        cluster.wait_until_ready();
        wait_until("the value is there without one server", NATS_WITHIN, || {
            nats_value(&bucket)
        })
        .await;
        server.start_again();
        cluster.wait_until_ready();
    }
}

async fn nats_bucket(urls: &[String], num_replicas: usize) -> kv::Store {
    let options = async_nats::ConnectOptions::new().request_timeout(Some(Duration::from_secs(1)));
    let client = options.connect(urls).await.unwrap();
    let mut context = jetstream::new(client);
    context.set_timeout(Duration::from_secs(1));
    // `create_key_value` needs a newer server.
    let config = stream::Config {
        name: "KV_test".to_owned(),
        subjects: vec!["$KV.test.>".to_owned()],
        max_messages_per_subject: 1,
        num_replicas,
        ..Default::default()
    };
    context.create_stream(config).await.unwrap();
    context.get_key_value("test").await.unwrap()
}

async fn nats_value(bucket: &kv::Store) -> Result<(), String> {
    match bucket.get("a").await {
        Ok(Some(value)) if value == "1" => Ok(()),
        other => Err(format!("{other:?}")),
    }
}
