//! `wallboard check` with the NATS servers of a cluster: each finding is a row that says what to do.

use std::{path::Path, slice, time::Duration};

use async_nats::jetstream::{
    self,
    message::PublishMessage,
    object_store,
    stream::{Config, StorageType},
};
use futures_util::TryStreamExt;

use crate::support::{
    NatsCluster, NatsServer,
    certificates::{Certificates, Pair},
    check,
    check::CheckOutput,
    ports,
    wait::wait_until,
    wallboard::base_configuration,
};

/// How long NATS' servers may take to find each other, or not to.
const FOUND_WITHIN: Duration = Duration::from_secs(30);
/// So many refusals aren't attempts that a later one makes good.
const REFUSALS: usize = 5;

/// Runs `wallboard check` with these servers and further lines of the table.
fn run_check(servers: &[String], lines: &str) -> CheckOutput {
    check::run(&[], &cluster_table(servers, lines), &[])
}

fn cluster_table(servers: &[String], lines: &str) -> String {
    format!("[cluster]\nnats = {servers:?}\nsite = \"support\"\nnode = \"wall1\"\n{lines}\n")
}

/// Returns the names of all streams on a server.
async fn stream_names(server: &NatsServer) -> Vec<String> {
    let client = async_nats::connect(server.url()).await.unwrap();
    let names = jetstream::new(client).stream_names();
    names.try_collect().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn server_that_is_ready_passes_and_keeps_nothing() {
    let server = NatsServer::start();

    for _ in 0..2 {
        let output = run_check(&[server.url()], "");

        output.assert_status(0, &[]);
        output.assert_row(&["ok", "nats", &server.url(), "alone"]);
        output.assert_row(&["ok", "nats", "JetStream"]);
        output.assert_row(&["ok", "stream", "wallboard-support-log", "first start"]);
        output.assert_row(&["ok", "clock"]);
    }
    assert_eq!(stream_names(&server).await, ["KV_wallboard-support-nodes"]);
    assert_eq!(server.consumer_count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn server_that_cannot_be_used_has_one_row_with_its_fix() {
    let users = |account: &str| {
        format!(
            "accounts {{ wall: {{ {account} users: [{{ user: wall, password: right-password }}] }} }}"
        )
    };
    let closed = NatsServer::start_with(&users("jetstream: enabled,"));
    let without_jetstream = NatsServer::start_with(&users(""));
    let small = NatsServer::start_with("max_payload: 65536");
    let nobody = format!("nats://127.0.0.1:{}", ports::free());
    let right = "user = \"wall\"\npassword = \"right-password\"";
    let wrong = "user = \"wall\"\npassword = \"wrong-password\"";
    let table = [
        (nobody, "", "connection refused"),
        (closed.url(), "", "it refuses our credentials"),
        (
            closed.url(),
            wrong,
            "check credentials_file, token, or user and password",
        ),
        (without_jetstream.url(), right, "jetstream: enabled"),
        (small.url(), "", "at most 65536 bytes; remove max_payload"),
    ];

    for (server, lines, expected) in table {
        let output = run_check(&[server], lines);

        output.assert_status(1, &[]);
        output.assert_row(&["NOT OK", "nats", expected]);
        assert_eq!(output.failed_rows(), 1, "{}", output.text);
        assert!(!output.text.contains("-password"), "{}", output.text);
    }
    run_check(&[closed.url()], right).assert_status(0, &[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn encrypted_server_needs_its_authority() {
    let dir = tempfile::tempdir().unwrap();
    let certificates = Certificates::write_to(dir.path());
    let server = NatsServer::start_with(&format!(
        "tls {{ cert_file: {:?}, key_file: {:?} }}",
        certificates.server.cert, certificates.server.key
    ));
    let url = format!("tls://localhost:{}", server.port);
    let trusting = |ca: &Path| run_check(slice::from_ref(&url), &format!("ca_file = {ca:?}"));

    trusting(&certificates.ca).assert_status(0, &[]);
    let output = trusting(&certificates.foreign_ca);
    output.assert_row(&[
        "NOT OK",
        "nats",
        "an authority that this server doesn't trust",
    ]);
    assert_eq!(output.failed_rows(), 1, "{}", output.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_missing_permission_has_a_row() {
    let server = NatsServer::start_with(
        r#"
        accounts { wall: { jetstream: enabled, users: [{
            user: wall, password: p
            permissions: {
                publish: ["$JS.API.>", "$KV.wallboard-support-nodes.>", "$KV.wallboard-support-lease.>", "$O.wallboard-support-snapshots.>"]
                subscribe: ["_INBOX.>", "$KV.wallboard-support-nodes.>", "$KV.wallboard-support-lease.>"]
            }
        }] } }"#,
    );

    let lines = "user = \"wall\"\npassword = \"p\"\n[case_records]";
    let output = run_check(&[server.url()], lines);

    output.assert_status(1, &[]);
    output.assert_row(&[
        "NOT OK",
        "nats",
        "may not publish to wallboard.support.log;",
    ]);
    output.assert_row(&["may not publish to wallboard.support.case-records;"]);
    output.assert_row(&["may not publish to $KV.wallboard-support-records.check;"]);
    output.assert_row(&["may not subscribe to $KV.wallboard-support-records.>;"]);
    assert_eq!(output.failed_rows(), 4, "{}", output.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn changed_streams_are_reported_with_the_command_that_fixes_them() {
    let server = NatsServer::start();
    let context = jetstream::new(async_nats::connect(server.url()).await.unwrap());
    let lease = Config {
        name: "KV_wallboard-support-lease".to_owned(),
        subjects: vec!["$KV.wallboard-support-lease.>".to_owned()],
        max_age: Duration::from_mins(1),
        max_messages_per_subject: 5,
        allow_direct: true,
        ..Default::default()
    };
    let log = Config {
        name: "wallboard-support-log".to_owned(),
        subjects: vec!["wallboard.support.other".to_owned()],
        storage: StorageType::Memory,
        ..Default::default()
    };
    for config in [lease, log] {
        context.create_stream(config).await.unwrap();
    }

    let output = run_check(&[server.url()], "");

    output.assert_status(1, &[]);
    let lease = "nats stream edit KV_wallboard-support-lease";
    for expected in [
        format!("values stay 60 s instead of 6 s; run `{lease} --max-age=6s`"),
        format!("more than the last value of a key; run `{lease} --max-msgs-per-subject=1`"),
        format!("so they can be old; run `{lease} --no-allow-direct`"),
        "stores the subjects wallboard.support.other; run `nats stream edit wallboard-support-log --subjects='wallboard.support.log'`".to_owned(),
        "it's in the servers' memory only".to_owned(),
    ] {
        output.assert_row(&["NOT OK", "stream", &expected]);
    }
    assert_eq!(output.failed_rows(), 5, "{}", output.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_in_use_pass_and_stay_as_they_are() {
    let cluster = NatsCluster::start();
    let client = async_nats::connect(cluster.servers[0].url()).await.unwrap();
    let context = jetstream::new(client);
    let stream = |name: &str, subject: &str, max_messages_per_subject| Config {
        name: name.to_owned(),
        subjects: vec![subject.to_owned()],
        num_replicas: 3,
        max_messages_per_subject,
        ..Default::default()
    };
    let log = stream("wallboard-support-log", "wallboard.support.log", -1);
    let mut log = context.create_stream(log).await.unwrap();
    let records = (
        "KV_wallboard-support-records",
        "$KV.wallboard-support-records.>",
    );
    let mut records = context
        .create_stream(stream(records.0, records.1, 1))
        .await
        .unwrap();
    let snapshots = object_store::Config {
        bucket: "wallboard-support-snapshots".to_owned(),
        num_replicas: 3,
        ..Default::default()
    };
    context.create_object_store(snapshots).await.unwrap();
    let append = async |last| {
        let entry = PublishMessage::build().expected_last_sequence(last);
        let sent = context.send_publish("wallboard.support.log", entry).await;
        sent.unwrap().await.unwrap().sequence
    };
    assert_eq!(append(0).await, 1);

    let output = run_check(&cluster.urls(), "replicas = 3");

    output.assert_status(0, &[]);
    for name in ["log", "records", "snapshots"] {
        output.assert_row(&["ok", "stream", &format!("-{name} (replicas: 3)")]);
    }
    assert_eq!(log.info().await.unwrap().state.messages, 1);
    assert_eq!(records.info().await.unwrap().state.messages, 0);
    assert_eq!(append(1).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_need_as_many_servers_in_one_cluster() {
    let alone = NatsServer::start();
    let fewer = run_check(&[alone.url()], "replicas = 3");
    fewer.assert_row(&["NOT OK", "stream", "fewer NATS servers than that"]);
    assert_eq!(fewer.failed_rows(), 1, "{}", fewer.text);
    let apart = run_check(&[alone.url(), NatsServer::start().url()], "");
    apart.assert_row(&["NOT OK", "nats", "isn't in one cluster with the others"]);

    let cluster = NatsCluster::start();
    run_check(&cluster.urls(), "replicas = 3").assert_status(0, &[]);
    let too_many = run_check(&cluster.urls(), "replicas = 5");
    too_many.assert_row(&["NOT OK", "stream", "it has 3 replicas"]);
    cluster.servers[2].stop();
    let two_run = wait_until("the two others have elected", FOUND_WITHIN, async || {
        let output = run_check(&cluster.urls(), "replicas = 3");
        if output.text.contains("the servers don't answer") {
            Err(output.text)
        } else {
            Ok(output)
        }
    })
    .await;
    two_run.assert_status(1, &[]);
    two_run.assert_row(&["NOT OK", "nats", &cluster.servers[2].url()]);
    two_run.assert_row(&["ok", "clock"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn certificate_without_the_servers_address_is_noted() {
    let dir = tempfile::tempdir().unwrap();
    let certificates = Certificates::write_to(dir.path());
    // Valid for `localhost` only.
    let cluster = NatsCluster::start_with(&format!(
        "tls {{ cert_file: {:?}, key_file: {:?} }}\n",
        certificates.server.cert, certificates.server.key
    ));
    let urls = cluster.servers.each_ref();
    let urls = urls.map(|server| format!("tls://localhost:{}", server.port));

    let output = run_check(
        &urls,
        &format!("replicas = 3\nca_file = {:?}", certificates.ca),
    );

    output.assert_status(0, &[]);
    for name in ["one", "two", "three"] {
        output.assert_row(&[
            &format!("note    nats {name}: its certificate has no IP address"),
            "IP:127.0.0.1",
        ]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nats_servers_trust_each_other_if_their_certificates_have_their_address() {
    let dir = tempfile::tempdir().unwrap();
    let certificates = Certificates::write_to(dir.path());
    let tls_of = |pair: &Pair| {
        let (cert, key, ca) = (&pair.cert, &pair.key, &certificates.ca);
        format!("tls {{ cert_file: {cert:?}, key_file: {key:?}, ca_file: {ca:?} }}")
    };
    let first = tls_of(&certificates.server);
    let start = |others: &Pair| {
        let others = tls_of(others);
        NatsCluster::start_encrypted([&first, &others, &others])
    };

    let addressed = start(&certificates.addressed);
    wait_until("all servers are connected", FOUND_WITHIN, async || {
        let connected = addressed.servers.each_ref();
        let connected = connected.map(NatsServer::connected_servers);
        (connected == [2; 3]).then_some(()).ok_or(connected)
    })
    .await;
    drop(addressed);

    // Two servers learn each other's address, which is in neither certificate.
    let named = start(&certificates.named);
    wait_until("servers refuse each other", FOUND_WITHIN, async || {
        let refusals: usize = named.servers.iter().map(NatsServer::refusals).sum();
        (REFUSALS <= refusals).then_some(()).ok_or(refusals)
    })
    .await;
    let connected = named.servers[1].connected_servers();
    assert_eq!(connected, 1, "the second knows the first only");
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_users_are_noted() {
    let server = NatsServer::start();
    let table = cluster_table(&[server.url()], "");
    let port = ports::free();
    let configuration = base_configuration(port, port) + &table;
    let configuration = configuration.replace("mode = \"open\"", "mode = \"login\"");
    let check = || {
        let output = check::run_configuration(&[], &configuration, &[]);
        output.assert_status(0, &[]);
        output
            .text
            .contains("wallboard-support-records: it has no user")
    };
    assert!(!check(), "nothing is there yet");

    let context = jetstream::new(async_nats::connect(server.url()).await.unwrap());
    let stream = |name: &str, subject: &str| Config {
        name: name.to_owned(),
        subjects: vec![subject.to_owned()],
        max_messages_per_subject: if name.starts_with("KV_") { 1 } else { -1 },
        ..Default::default()
    };
    let log = stream("wallboard-support-log", "wallboard.support.log");
    context.create_stream(log).await.unwrap();
    assert!(check(), "the bucket is gone");

    let records = "$KV.wallboard-support-records";
    let bucket = stream("KV_wallboard-support-records", &format!("{records}.>"));
    context.create_stream(bucket).await.unwrap();
    assert!(check(), "it was created again");
    let user = context.publish(format!("{records}.user.ab"), "{}".into());
    user.await.unwrap().await.unwrap();
    assert!(!check(), "there is a user");
}
