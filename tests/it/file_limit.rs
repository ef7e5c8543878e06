//! A server that runs out of file descriptors.

use std::{
    fs::{self, File},
    process::Stdio,
    time::Duration,
};

use futures_util::{StreamExt, future::join_all};
use serde_json::Value;
use tokio::{net::TcpStream, task::block_in_place, time::timeout};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::support::{Process, QuietSite, wait_until};

const SOON: Duration = Duration::from_secs(30);

/// The server has few file descriptors, and idle connections take all of them.
#[tokio::test(flavor = "multi_thread")]
async fn lack_of_file_descriptors_disconnects_nobody_and_passes() {
    let site = QuietSite::new();
    let log = site.folder().join("log");
    let mut server = Process::start(
        site.command_in_shell("ulimit -n 96; exec \"$0\" \"$@\"")
            .stdout(Stdio::null())
            .stderr(File::create(&log).unwrap()),
    );
    site.wait_until_ready().await;
    let live = site.url("/boards/queues/live").replacen("http", "ws", 1);
    let (mut viewer, _) = connect_async(&live).await.unwrap();
    while next_frame(&mut viewer).await["t"] != "s" {}

    let idle = (0..300).map(|_| TcpStream::connect(("127.0.0.1", site.port)));
    let idle = join_all(idle).await;
    wait_until("no descriptor is left", SOON, async || {
        let text = fs::read_to_string(&log).unwrap();
        if text.contains("Couldn't accept a connection") {
            Ok(())
        } else {
            Err(text)
        }
    })
    .await;
    let frame = next_frame(&mut viewer).await;
    drop(idle);
    site.wait_until_ready().await;

    assert_eq!(frame["t"], "hb");
    assert!(connect_async(&live).await.is_ok());
    server.signal("-TERM");
    assert!(block_in_place(|| server.wait()).unwrap().success());
}

async fn next_frame(viewer: &mut WebSocketStream<MaybeTlsStream<TcpStream>>) -> Value {
    let message = timeout(SOON, viewer.next()).await.unwrap();
    serde_json::from_str(&message.unwrap().unwrap().into_text().unwrap()).unwrap()
}
