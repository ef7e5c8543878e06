//! Many viewers of one board. Each reads everything, reconnects as docs/reference/protocol.md says, and keeps
//! only times.

use std::{collections::BTreeMap, mem, sync::Arc, time::Duration};

use futures_util::StreamExt;
use parking_lot::Mutex as SyncMutex;
use serde_json::Value;
use tokio::{
    net::TcpStream,
    sync::{Mutex, MutexGuard, mpsc},
    time::{Instant, sleep, timeout},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{Message, protocol::WebSocketConfig},
};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::print_measured;

/// Crowds of this size don't share the file descriptors of the test process.
const LARGE: usize = 1_000;
static LARGE_CROWD: Mutex<()> = Mutex::const_new(());

#[derive(Debug)]
pub struct Crowd {
    pub count: usize,
    /// How long each viewer had been without a connection when it received a picture.
    pictures: mpsc::UnboundedReceiver<Duration>,
    seen: Arc<SyncMutex<Seen>>,
    _stop: DropGuard,
    _alone: Option<MutexGuard<'static, ()>>,
}

/// The observations of all viewers together. Times in milliseconds.
#[derive(Debug, Default)]
pub struct Seen {
    pub frames: usize,
    /// From when the source reported a change until a viewer had it.
    pub delays: Vec<i64>,
    /// The age of a viewer's newest picture when the next one arrived, at most.
    pub oldest: i64,
    /// How often a server closed a connection, by code.
    pub closed: BTreeMap<u16, usize>,
}

impl Crowd {
    /// Connects viewers to a board's socket. Returns when all have its picture.
    pub async fn connect(url: &str, count: usize, within: Duration) -> Self {
        let alone = match count {
            LARGE.. => Some(LARGE_CROWD.lock().await),
            _ => None,
        };
        let live = url.replacen("http", "ws", 1);
        let (sender, pictures) = mpsc::unbounded_channel();
        let (stop, seen) = (CancellationToken::new(), Arc::default());
        for _ in 0..count {
            let viewer = CrowdViewer {
                live: live.clone(),
                pictures: sender.clone(),
                seen: Arc::clone(&seen),
            };
            let stop = stop.clone();
            tokio::spawn(async move { stop.run_until_cancelled(viewer.follow()).await });
        }
        let mut crowd = Self {
            count,
            pictures,
            seen,
            _stop: stop.drop_guard(),
            _alone: alone,
        };
        crowd.wait_for_pictures(count, within).await;
        crowd.take_seen();
        crowd
    }

    /// Returns what was seen since the last call.
    pub fn take_seen(&self) -> Seen {
        mem::take(&mut self.seen.lock())
    }

    /// Waits until all are back after `what`, and prints how long they were away.
    pub async fn wait_until_back(&mut self, what: &str, within: Duration) {
        let gaps = self.wait_for_pictures(self.count, within).await;
        for share in [50, 99, 100] {
            let what = format!("{} viewers after {what}, p{share}", gaps.len());
            print_measured(&what, percentile(&gaps, share), within);
        }
    }

    /// Waits until this number of viewers has received another picture. Returns their gaps, in order.
    pub async fn wait_for_pictures(&mut self, count: usize, within: Duration) -> Vec<Duration> {
        let mut gaps = Vec::new();
        let all = async {
            while gaps.len() < count {
                gaps.push(self.pictures.recv().await.unwrap());
            }
        };
        let is_complete = timeout(within, all).await.is_ok();
        assert!(is_complete, "{} of {count} are back", gaps.len());
        gaps.sort_unstable();
        gaps
    }
}

impl Seen {
    /// Returns the delay that this share of all frames, in percent, didn't exceed.
    pub fn delay(&mut self, share: usize) -> Duration {
        self.delays.sort_unstable();
        let delay = percentile(&self.delays, share);
        Duration::from_millis(delay.try_into().unwrap_or_default())
    }
}

fn percentile<T: Copy>(sorted: &[T], share: usize) -> T {
    sorted[(sorted.len() - 1) * share / 100]
}

#[derive(Debug)]
struct CrowdViewer {
    live: String,
    pictures: mpsc::UnboundedSender<Duration>,
    seen: Arc<SyncMutex<Seen>>,
}

impl CrowdViewer {
    /// Follows the board and reconnects. Reports each new picture with the time since the connection
    /// was lost.
    async fn follow(self) {
        let (mut failures, mut lost_at) = (0, Instant::now());
        // The default buffer would need more than the server does.
        let config = WebSocketConfig::default().read_buffer_size(4096);
        loop {
            let mut pause_max = 500 << failures.min(4);
            let connecting = connect_async_with_config(&self.live, Some(config), false);
            if let Ok((socket, _)) = connecting.await {
                if let Some(retry) = self.read(socket, lost_at).await {
                    (failures, pause_max) = (0, retry.unwrap_or(500));
                }
                lost_at = Instant::now();
            }
            failures += 1;
            sleep(Duration::from_millis(rand::random_range(0..pause_max))).await;
        }
    }

    /// Reads until the connection ends. Returns `None` if nothing arrived, or else the pause that the
    /// server asked for, if it did.
    async fn read(
        &self,
        mut socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
        lost_at: Instant,
    ) -> Option<Option<u64>> {
        let (mut retry, mut newest) = (None, None);
        while let Some(Ok(message)) = socket.next().await {
            match message {
                Message::Text(frame) => {
                    retry.get_or_insert(None);
                    if frame.starts_with(r#"{"t":"s""#) {
                        // Nobody listens at the end of a test.
                        self.pictures.send(lost_at.elapsed()).ok();
                    } else if frame.starts_with(r#"{"t":"bye""#) {
                        let bye: Value = serde_json::from_str(&frame).unwrap();
                        retry = Some(bye["retry"].as_u64());
                    }
                    self.record(&frame, &mut newest);
                }
                Message::Close(Some(close)) => {
                    let mut seen = self.seen.lock();
                    *seen.closed.entry(close.code.into()).or_default() += 1;
                }
                _ => {}
            }
        }
        retry
    }

    /// Records a frame that arrived, after one that was sent at `newest`.
    fn record(&self, frame: &str, newest: &mut Option<i64>) {
        let now = jiff::Timestamp::now().as_millisecond();
        let mut seen = self.seen.lock();
        seen.frames += 1;
        seen.delays
            .extend(number(frame, "\"o\":").map(|at| now - at));
        if let Some(before) = *newest {
            seen.oldest = seen.oldest.max(now - before);
        }
        *newest = number(frame, "\"ts\":").or(*newest);
    }
}

/// Returns a number at the beginning of a frame. Parsing all of it costs more than the server's work.
fn number(frame: &str, key: &str) -> Option<i64> {
    let start = frame.get(..frame.floor_char_boundary(120))?;
    let (_, rest) = start.split_once(key)?;
    rest.split([',', '}']).next()?.parse().ok()
}
