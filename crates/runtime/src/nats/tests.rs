use std::time::Duration;

use tokio::task::JoinSet;

use super::{NatsConnection, NatsSettings, test_server::NatsServer};

/// NATS 2.9.10, which is Debian's, ended once in about 600 buckets.
#[tokio::test(flavor = "multi_thread")]
async fn new_bucket_can_be_read_by_everybody_who_opens_it() {
    let server = NatsServer::start();
    let settings = NatsSettings::of_test(vec![server.url()], "open");
    let mut connections = Vec::new();
    for _ in 0..8 {
        let connection = NatsConnection::connect_once(settings.clone()).await;
        connections.push(connection.unwrap());
    }
    for number in 0..300 {
        let mut readers = JoinSet::new();
        for connection in connections.clone() {
            readers.spawn(async move {
                let part = format!("new{number}");
                let open = || connection.open_bucket(&part, Duration::ZERO, 1 << 20);
                // It may be refused while another one creates it.
                while open().await.is_err() {
                    assert!(connection.is_connected());
                }
                connection.next_entry(&part, 0).await.unwrap()
            });
        }
        let found = readers.join_all().await;
        assert!(found.iter().all(Option::is_none), "{number}: {found:?}");
    }
}
