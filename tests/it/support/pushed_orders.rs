//! A system that sends a number to the wallboard, and falls silent again and again. Each number is the next, so that a
//! displayed one tells when it was sent.

use std::{sync::Arc, time::Duration};

use parking_lot::Mutex;
use serde_json::json;
use tokio::{
    task::JoinHandle,
    time::{Instant, interval, sleep},
};

use super::{http, judge, shown_needs::ORDERS_NAME, truth_history::TruthHistory};

const SEND_INTERVAL: Duration = Duration::from_millis(700);
const SENDS_FOR: Duration = Duration::from_secs(14);
/// Longer than any value may be unmarked.
const SILENT_FOR: Duration = Duration::from_secs(18);
/// Boards shorten larger numbers.
const NUMBERS: std::ops::Range<u64> = 100..1_000;

/// Its source and figure. A page of a server that hangs stays unmarked for 8 s, after what is valid here.
pub fn toml() -> String {
    format!(
        "[sources.shop]\nkind = \"values\"\n[figures.orders]\nlabel = {ORDERS_NAME:?}\n\
         source = \"shop\"\nvalid_for = \"2s\"\n"
    )
}

/// Sends until it's dropped.
#[derive(Debug)]
pub struct PushedOrders(JoinHandle<()>);

impl PushedOrders {
    /// Sends to `url`, whether or not the server runs. Records what is true in `history`.
    pub fn start(url: String, history: Arc<Mutex<TruthHistory>>) -> Self {
        Self(tokio::spawn(send(url, history)))
    }
}

impl Drop for PushedOrders {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn send(url: String, history: Arc<Mutex<TruthHistory>>) {
    let http = http::client();
    let mut due = interval(SEND_INTERVAL);
    let mut began = Instant::now();
    for number in NUMBERS.cycle() {
        if SENDS_FOR < began.elapsed() {
            history.lock().orders.record_unknown(judge::now());
            sleep(SILENT_FOR).await;
            began = Instant::now();
        }
        due.tick().await;
        let now = jiff::Timestamp::now();
        history.lock().orders.record(judge::now(), number);
        let body = json!({"source": "shop", "time": now, "figures": {"orders": number}});
        let sending = http.post(&url).json(&body).timeout(SEND_INTERVAL);
        // The server may be down, or hang.
        drop(sending.send().await);
    }
}
