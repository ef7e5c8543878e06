//! A viewer of the board of all queues: how old the news in a frame is when it arrives.

use std::time::Duration;

use futures_util::StreamExt;
use jiff::Timestamp;
use serde::Deserialize;
use tokio::{io::duplex, task::JoinHandle};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, protocol::Role},
};
use tokio_util::sync::CancellationToken;
use wallboard_boards::{
    BoardRegistry,
    push::{Hub, HubLimits, ViewerRequest},
};
use wallboard_domain::BoardStyle;
use wallboard_live::LiveHandle;

const FLUSH_INTERVAL: Duration = Duration::from_millis(100);
const PIPE_BYTES: usize = 64 * 1024;

/// A viewer that reads frames until it's closed.
pub(crate) struct FrameViewer {
    stop: CancellationToken,
    ages: JoinHandle<Vec<i64>>,
}

/// The part of a change that says how old its oldest news is.
#[derive(Deserialize)]
struct Change {
    /// Milliseconds since 1970 at the source.
    o: Option<i64>,
}

impl FrameViewer {
    pub(crate) async fn open(live: &LiveHandle) -> Self {
        let limits = HubLimits {
            max_viewers: 1,
            flush_interval: FLUSH_INTERVAL,
            build: "bench".into(),
        };
        let hub = Hub::new(BoardRegistry::new(live, Vec::new()), limits);
        let publisher = hub
            .open_publisher("queues", BoardStyle::default())
            .expect("a built-in board");
        let (ours, theirs) = duplex(PIPE_BYTES);
        let upgrading = async { Some(ours) };
        let permit = hub.admit_viewer().expect("the first viewer");
        let revoked = Box::pin(std::future::pending());
        let request = ViewerRequest::default();
        hub.serve_viewer(upgrading, &publisher, request, permit, revoked);
        let socket = WebSocketStream::from_raw_socket(theirs, Role::Client, None).await;
        let stop = CancellationToken::new();
        let ages = tokio::spawn(read_ages(socket, hub, stop.clone()));
        Self { stop, ages }
    }

    /// Returns the age that 99 of 100 frames didn't exceed.
    pub(crate) async fn close(self) -> Duration {
        self.stop.cancel();
        let mut ages = self.ages.await.expect("nothing panicked");
        ages.sort_unstable();
        let index = ages.len().saturating_sub(1) * 99 / 100;
        let age = ages.get(index).copied().unwrap_or_default();
        Duration::from_millis(u64::try_from(age).unwrap_or_default())
    }
}

/// The hub lives as long as its viewer.
async fn read_ages(
    mut socket: WebSocketStream<tokio::io::DuplexStream>,
    _hub: Hub,
    stop: CancellationToken,
) -> Vec<i64> {
    let mut ages = Vec::new();
    let reading = async {
        while let Some(Ok(message)) = socket.next().await {
            let Message::Text(text) = message else {
                continue;
            };
            let change = serde_json::from_str::<Change>(&text).ok();
            if let Some(oldest) = change.and_then(|change| change.o) {
                ages.push(Timestamp::now().as_millisecond() - oldest);
            }
        }
    };
    stop.run_until_cancelled(reading).await;
    ages
}
