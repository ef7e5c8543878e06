//! A process that drives Chromium for windows of tests, through tests/browser/driver.mjs.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Write},
    process::{ChildStdin, ChildStdout, Command, Stdio},
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
};

use parking_lot::Mutex;
use serde_json::{Value, json};

/// Those that tests share, by their font: a Chromium of each test would take more of the processor than most tests do.
static SHARED: LazyLock<Mutex<HashMap<String, Arc<BrowserDriver>>>> = LazyLock::new(Mutex::default);

/// The window to the receiver of its response.
type Responses = Arc<Mutex<HashMap<u64, mpsc::Sender<Value>>>>;

/// It ends, and Chromium with it, when its standard input closes.
#[derive(Debug)]
pub struct BrowserDriver {
    input: Mutex<ChildStdin>,
    responses: Responses,
    windows: AtomicU64,
}

impl BrowserDriver {
    /// Returns the one that tests share for a font.
    pub fn of_font(font: &str) -> Arc<Self> {
        let mut shared = SHARED.lock();
        let driver = shared
            .entry(font.to_owned())
            .or_insert_with(|| Self::start("driver.mjs", &[font]));
        driver.clone()
    }

    /// Starts one with a script in tests/browser.
    pub fn start(script: &str, arguments: &[&str]) -> Arc<Self> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/");
        let mut driver = Command::new("node")
            // Node 20 hides WebSocket behind this flag.
            .arg("--experimental-websocket")
            .arg(format!("{folder}{script}"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = Mutex::new(driver.stdin.take().unwrap());
        let output = driver.stdout.take().unwrap();
        let responses = Responses::default();
        let pending = responses.clone();
        std::thread::spawn(move || {
            pass_on(output, &pending);
            // Nobody waits for the response of a driver that has ended.
            pending.lock().clear();
            driver.wait()
        });
        Arc::new(Self {
            input,
            responses,
            windows: AtomicU64::new(0),
        })
    }

    /// Returns the number of a new window.
    pub fn new_window(&self) -> u64 {
        self.windows.fetch_add(1, Ordering::Relaxed)
    }

    /// Sends a window's command and returns the response. A window has one command at a time.
    pub fn command(&self, window: u64, command: &Value) -> Value {
        let (sender, response) = mpsc::channel();
        self.responses.lock().insert(window, sender);
        self.send(window, command).expect("the driver is running");
        let response = response.recv().expect("the driver is running");
        assert!(response["error"].is_null(), "{command}: {response}");
        response["value"].clone()
    }

    /// Closes a window; its tests don't wait for it.
    pub fn close_window(&self, window: u64) {
        // A driver that has ended has no windows.
        self.send(window, &json!({"do": "close"})).ok();
    }

    fn send(&self, window: u64, command: &Value) -> std::io::Result<()> {
        let mut command = command.clone();
        command["window"] = window.into();
        writeln!(self.input.lock(), "{command}")
    }
}

/// Passes each response to the window that waits for it, until the driver ends.
fn pass_on(output: ChildStdout, responses: &Mutex<HashMap<u64, mpsc::Sender<Value>>>) {
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        let response: Value = serde_json::from_str(&line).unwrap();
        let window = response["window"].as_u64().unwrap();
        if let Some(sender) = responses.lock().remove(&window) {
            // A window that was closed meanwhile reads nothing.
            sender.send(response).ok();
        }
    }
}
