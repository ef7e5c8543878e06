//! A screen with a board: the viewer and what the page's script does about a lost connection
//! (`static/board/line.js`). It marks everything once it has heard nothing for a time.

use std::time::Duration;

use serde_json::Value;
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

use super::{
    http,
    page::Element,
    viewer::{Socket, Viewer},
};

const LINE: &str = include_str!("../../../static/board/line.js");
/// How often the page looks at its connection.
const TICK: Duration = Duration::from_secs(1);
/// How often we look at the screen.
const LOOK_INTERVAL: Duration = Duration::from_millis(50);
const RECONNECT_MIN: Duration = Duration::from_millis(500);
const RECONNECT_MAX: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub struct Screen {
    url: String,
    board: String,
    viewer: Viewer,
    connecting: Option<JoinHandle<Option<Socket>>>,
    /// When the last frame can have arrived at the earliest.
    received: Instant,
    /// The last frame or attempt to connect.
    attempted: Instant,
    is_lost: bool,
    /// Whether the page has turned gray as a whole.
    is_marked: bool,
    failures: u32,
    next_tick: Instant,
    silent: Duration,
    /// How long after the last frame everything is marked.
    grace: Duration,
}

impl Screen {
    /// Loads the board from the server at `url`.
    pub async fn load(url: &str, board: &str) -> Self {
        let viewer = load_page(url, board).await.unwrap();
        Self {
            url: url.into(),
            board: board.into(),
            grace: grace(page_age(&viewer)),
            viewer,
            connecting: None,
            received: Instant::now(),
            attempted: Instant::now(),
            is_lost: false,
            is_marked: false,
            failures: 0,
            next_tick: Instant::now() + TICK,
            silent: script_constant("SILENT"),
        }
    }

    /// Shows the board forever. Calls `look` whenever something may have changed, with the page
    /// unless all of it is marked.
    pub async fn show(mut self, look: impl Fn(Option<&Element>)) {
        let mut looked = Instant::now();
        loop {
            let before = std::mem::replace(&mut looked, Instant::now());
            if self.viewer.is_open() {
                match timeout(LOOK_INTERVAL, self.viewer.frame()).await {
                    // It may have arrived right after the look before.
                    Ok(Some(frame)) => self.handle_frame(&frame, before).await,
                    Ok(None) => self.is_lost = true,
                    Err(_) => {}
                }
            } else {
                self.reconnect().await;
                sleep(LOOK_INTERVAL).await;
            }
            self.tick();
            look((!self.is_marked).then_some(&self.viewer.board.page));
        }
    }

    async fn handle_frame(&mut self, frame: &Value, arrived: Instant) {
        (self.received, self.attempted) = (arrived, arrived);
        self.failures = 0;
        if frame["t"] == "cmd" {
            // A server that is just leaving: the socket's end shows it.
            if let Ok(viewer) = load_page(&self.url, &self.board).await {
                self.grace = grace(page_age(&viewer));
                self.viewer = viewer;
            }
            return;
        }
        self.viewer.handle_frame(frame).await;
        let is_picture = frame["t"] != "bye" && (frame["t"] != "hi" || frame["resume"] == true);
        if is_picture {
            self.grace = grace(frame["age"].as_u64());
            self.is_lost = false;
            self.is_marked = false;
        }
    }

    /// Does the page's work of each second.
    fn tick(&mut self) {
        if Instant::now() < self.next_tick {
            return;
        }
        self.next_tick = Instant::now() + TICK;
        if self.silent < self.attempted.elapsed() {
            self.viewer.disconnect();
        }
        self.is_lost |= self.silent.min(self.grace) < self.received.elapsed();
        self.is_marked |= self.is_lost && self.grace <= self.received.elapsed();
    }

    /// Tries to open the socket again, after a random delay that grows with each failure.
    async fn reconnect(&mut self) {
        let Some(connecting) = self.connecting.take_if(|task| task.is_finished()) else {
            if self.connecting.is_none() {
                let cap = RECONNECT_MIN * 2_u32.pow(self.failures.min(6));
                let delay = cap.min(RECONNECT_MAX).mul_f64(rand::random());
                self.failures += 1;
                // A stopped process accepts a connection and says nothing.
                let (silent, opening) = (self.silent, self.viewer.connect());
                let opening = async move {
                    sleep(delay).await;
                    timeout(silent, opening).await.ok().flatten()
                };
                self.connecting = Some(tokio::spawn(opening));
            }
            return;
        };
        match connecting.await.unwrap() {
            Some(socket) => {
                self.attempted = Instant::now();
                self.viewer.attach(socket);
            }
            None => self.is_lost = true,
        }
    }
}

async fn load_page(url: &str, board: &str) -> Result<Viewer, reqwest::Error> {
    let page = http::client().get(format!("{url}/boards/{board}")).send();
    let html = page.await?.error_for_status()?.text().await?;
    Ok(Viewer::from_page(&html, url))
}

/// Returns how long a page shows values without a mark after a frame, as docs/reference/protocol.md says.
/// `age` is in seconds, since the last sign of life of their sources.
fn grace(age: Option<u64>) -> Duration {
    let left = Duration::from_secs(11).saturating_sub(Duration::from_secs(age.unwrap_or(0)));
    left.min(Duration::from_secs(8))
}

fn page_age(viewer: &Viewer) -> Option<u64> {
    let body = (viewer.board.page).find(&|element| element.attribute("data-age").is_some())?;
    body.attribute("data-age")?.parse().ok()
}

/// Reads a time of the page's script, in milliseconds.
fn script_constant(name: &str) -> Duration {
    let prefix = format!("const {name} = ");
    let line = LINE.lines().find_map(|line| line.strip_prefix(&prefix));
    let number = line.and_then(|line| line.split(';').next());
    Duration::from_millis(number.unwrap().parse().unwrap())
}
