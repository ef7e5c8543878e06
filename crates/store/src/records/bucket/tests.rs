use std::sync::OnceLock;

use tokio::time::timeout;

use super::*;
use crate::records::{
    RecordWatch,
    test_suite::{
        check_records, create, id, list_ids, new_records, no_change_of_those_who_race_is_lost,
    },
};
use wallboard_runtime::nats::{
    NatsSettings,
    test_server::{NatsCluster, NatsServer},
};

const BOARD: RecordKind = RecordKind::new("board");
const SOON: Duration = Duration::from_secs(20);

/// The server of those who don't stop it. Each has its own site.
fn shared_server() -> &'static NatsServer {
    static SHARED: OnceLock<NatsServer> = OnceLock::new();
    SHARED.get_or_init(NatsServer::start)
}

async fn connect(server: &NatsServer, site: &str) -> NatsConnection {
    let settings = NatsSettings::of_test(vec![server.url()], site);
    NatsConnection::open(settings).await.unwrap()
}

async fn open(server: &NatsServer, site: &str) -> BucketRecords {
    let connection = connect(server, site).await;
    BucketRecords::open(connection).await.unwrap()
}

/// Looks often, so that a test needn't wait for it.
async fn open_hasty(server: &NatsServer, site: &str) -> BucketRecords {
    let often = Duration::from_millis(50);
    BucketRecords {
        pace: WatchPace {
            look: often,
            comparison: often,
        },
        ..open(server, site).await
    }
}

async fn fell_behind(watch: &mut BucketWatch) {
    for _ in 0..2 {
        let next = timeout(SOON, watch.next()).await.unwrap();
        assert!(matches!(next, Err(RecordError::FellBehind)), "{next:?}");
    }
}

async fn delete_bucket(records: &BucketRecords, site: &str) {
    let context = jetstream_of(records);
    let name = format!("KV_wallboard-{site}-records");
    context.delete_stream(name).await.unwrap();
}

fn jetstream_of(records: &BucketRecords) -> async_nats::jetstream::Context {
    records.stream.connection().context().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_records_of_a_cluster_are_records() {
    check_records(&open(shared_server(), "suite").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stored_before_a_conflict_of_another_record_stays() {
    let records = open(shared_server(), "several").await;
    create(&records, BOARD, "theirs").await;
    let new = new_records(&["a", "theirs", "b"]);
    let stored = records.put_all(BOARD, new).await;
    assert_eq!(stored.revisions.len(), 1);
    assert_eq!(list_ids(&records, BOARD).await, ["theirs", "a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_change_of_two_nodes_that_race_is_lost() {
    let nodes = [
        open(shared_server(), "race").await,
        open(shared_server(), "race").await,
    ];
    no_change_of_those_who_race_is_lost(nodes.each_ref()).await;
}

/// Current servers refuse a write otherwise while another one of the same key isn't stored yet.
#[tokio::test(flavor = "multi_thread")]
async fn no_change_of_two_nodes_that_race_is_lost_on_current_servers() {
    let cluster = NatsCluster::start_current();
    let open = async |server: &NatsServer| {
        let mut settings = NatsSettings::of_test(vec![server.url()], "race");
        settings.replicas = 3;
        let connection = NatsConnection::open(settings).await.unwrap();
        BucketRecords::open(connection).await.unwrap()
    };
    let nodes = [
        open(&cluster.servers[0]).await,
        open(&cluster.servers[1]).await,
    ];
    no_change_of_those_who_race_is_lost(nodes.each_ref()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_seen_on_another_node_within_two_seconds() {
    let (here, there) = (
        open(shared_server(), "two-nodes").await,
        open(shared_server(), "two-nodes").await,
    );
    let (_, mut watch) = there.watch(BOARD).await.unwrap();

    for name in ["a", "b", "c"] {
        let revision = create(&here, BOARD, name).await;
        let change = timeout(Duration::from_secs(2), watch.next()).await;
        assert_eq!(change.unwrap().unwrap().revision(), revision);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_of_a_deleted_bucket_falls_behind_and_the_next_has_a_new_one() {
    let records = open_hasty(shared_server(), "deleted").await;
    create(&records, BOARD, "a").await;
    let (_, mut watch) = records.watch(BOARD).await.unwrap();

    delete_bucket(&records, "deleted").await;

    fell_behind(&mut watch).await;
    assert_eq!(records.get(BOARD, &id("a")).await.unwrap(), None);
    assert_eq!(list_ids(&records, BOARD).await, [""; 0]);
    let (existing, _watch) = records.watch(BOARD).await.unwrap();
    assert_eq!(existing, []);
    create(&records, BOARD, "b").await;
    assert_eq!(list_ids(&records, BOARD).await, ["b"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_creates_a_bucket_that_was_deleted() {
    let records = open(shared_server(), "write-again").await;
    delete_bucket(&records, "write-again").await;

    create(&records, BOARD, "a").await;

    assert_eq!(list_ids(&records, BOARD).await, ["a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_bucket_refuses_new_records_and_keeps_those_that_it_has() {
    let records = open(shared_server(), "full").await;
    let (old, document) = (id("a"), vec![7; 500]);
    let first = records.put(BOARD, &old, None, document.clone());
    let first = first.await.unwrap();
    let (_, mut watch) = records.watch(BOARD).await.unwrap();
    let context = jetstream_of(&records);
    let stream = context.get_stream("KV_wallboard-full-records").await;
    let mut config = stream.unwrap().cached_info().config.clone();
    config.max_bytes = 4_096;
    context.update_stream(&config).await.unwrap();

    let mut error = None;
    for n in 0..100 {
        let new = id(&format!("n{n}"));
        let created = records.put(BOARD, &new, None, document.clone());
        error = created.await.err();
        if error.is_some() {
            break;
        }
    }
    let error = error.expect("4 KiB have no room for 100 records");
    assert!(RecordError::is_cluster_full(&error), "{error:?}");
    let said = error_chain(&error);
    assert!(
        said.contains("max_bytes of the stream KV_wallboard-full-records"),
        "{said}"
    );

    assert!(records.get(BOARD, &old).await.unwrap().is_some());
    timeout(SOON, watch.next()).await.unwrap().unwrap();
    records.delete(BOARD, &old, first).await.unwrap();
    assert!(!list_ids(&records, BOARD).await.contains(&"a".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_notices_that_the_bucket_was_created_again() {
    let records = open_hasty(shared_server(), "created-again").await;
    for name in ["a", "b"] {
        create(&records, BOARD, name).await;
    }
    let (_, mut watch) = records.watch(BOARD).await.unwrap();

    delete_bucket(&records, "created-again").await;
    for name in ["a", "b", "c"] {
        create(&records, BOARD, name).await;
    }

    // It may read on first: revisions begin again.
    let ended = async {
        loop {
            if watch.next().await.is_err() {
                return;
            }
        }
    };
    timeout(SOON, ended).await.unwrap();
    fell_behind(&mut watch).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_notices_that_records_were_purged() {
    let records = open_hasty(shared_server(), "purged").await;
    create(&records, BOARD, "a").await;
    let (_, mut watch) = records.watch(BOARD).await.unwrap();

    let context = jetstream_of(&records);
    let stream = context.get_stream("KV_wallboard-purged-records").await;
    stream.unwrap().purge().await.unwrap();

    fell_behind(&mut watch).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_that_nobody_polls_goes_on_after_a_restart_of_nats() {
    let server = NatsServer::start();
    let records = open(&server, "restart").await;
    let (_, mut watch) = records.watch(BOARD).await.unwrap();
    let first = create(&records, BOARD, "a").await;
    for name in ["b", "c", "d"] {
        create(&records, BOARD, name).await;
    }

    server.stop();
    let error = records.get(BOARD, &id("a")).await.unwrap_err();
    let said = error_chain(&error);
    assert!(
        said.starts_with("the cluster's records can't be reached; check NATS"),
        "{said}"
    );
    server.start_again();
    let deleting = async {
        while records.delete(BOARD, &id("a"), first).await.is_err() {
            sleep(OPEN_PAUSE).await;
        }
    };
    timeout(SOON, deleting).await.unwrap();

    let mut seen = Vec::new();
    while seen.last().is_none_or(|seen| seen != "a deleted") {
        let change = timeout(SOON, watch.next()).await.unwrap().unwrap();
        seen.push(match change {
            RecordChange::Stored(record) => record.id.to_string(),
            RecordChange::Deleted { id, .. } => format!("{id} deleted"),
        });
    }
    assert_eq!(seen, ["a", "b", "c", "d", "a deleted"]);
    assert_eq!(server.consumer_count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_newest_deletions_of_a_kind_stay() {
    let records = open(shared_server(), "deletions").await;
    let (_, mut watch) = records.watch(BOARD).await.unwrap();
    for n in 0..DELETIONS_KEPT + 5 {
        let name = n.to_string();
        let created = create(&records, BOARD, &name).await;
        let deleted = records.delete(BOARD, &id(&name), created).await;
        deleted.unwrap();
    }
    create(&records, BOARD, "0").await;

    trim_deletions(&records.stream, BOARD).await.unwrap();

    assert_eq!(list_ids(&records, BOARD).await, ["0"]);
    let left = records.stream.list_ids(BOARD).await.unwrap();
    assert_eq!(left.len(), 1_001);
    assert!(
        !left.contains(&id("4")) && left.contains(&id("5")),
        "newest"
    );
    let reading = async { while watch.next().await.unwrap().revision() < Revision(2_011) {} };
    timeout(SOON, reading).await.unwrap();
}

/// How much of the bucket a session takes, for docs/about/sizing.md.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_takes_half_a_kilobyte_of_the_bucket() {
    const SESSIONS: u64 = 500;
    let records = open(shared_server(), "size").await;
    let document = format!(
        r#"{{"user":"{}","created_at":"2026-11-20T09:00:00.123456789Z","expires_at":"2026-11-20T21:00:00.123456789Z","last_used_at":"2026-11-20T09:45:00.123456789Z","device":"Samsung Internet on Android","address":"2001:db8:1234:5678:9abc:def0:1234:5678"}}"#,
        "7f".repeat(16)
    );
    for number in 0..SESSIONS {
        let id = RecordId::parse(&format!("{number:064x}")).unwrap();
        let document = document.clone().into_bytes();
        records
            .put(RecordKind::new("session"), &id, None, document)
            .await
            .unwrap();
    }
    let name = "KV_wallboard-size-records";
    let stream = jetstream_of(&records).get_stream(name).await.unwrap();
    let bytes = stream.cached_info().state.bytes / SESSIONS;
    println!("a session takes {bytes} bytes");
    assert!((400..=600).contains(&bytes), "{bytes}");
}
