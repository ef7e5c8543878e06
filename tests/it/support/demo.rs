//! The real `wallboard demo` or `wallboard replay` program, ended with the test.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;
use tokio::{
    task::block_in_place,
    time::{Duration, sleep},
};

use super::{Process, http, wait_until};

const PROGRAM: &str = env!("CARGO_BIN_EXE_wallboard");
/// The demo's ten weeks are imported within seconds; a debug build on a busy machine takes longer.
const IMPORT_WITHIN: Duration = Duration::from_mins(15);
/// Between looks at the import, which needs the processor itself.
const IMPORT_INTERVAL: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub struct Demo {
    process: Process,
    /// The address that it printed.
    pub address: String,
    folder: tempfile::TempDir,
    http: reqwest::Client,
}

impl Demo {
    pub fn start() -> Self {
        Self::at_speed(1)
    }

    pub fn at_speed(speed: u32) -> Self {
        Self::run(Command::new(PROGRAM).args(["demo", "--speed", &speed.to_string()]))
    }

    /// Plays a log file.
    pub fn replay(file: &Path, speed: u32) -> Self {
        let mut command = Command::new(PROGRAM);
        command.args(["replay", "--speed", &speed.to_string()]);
        Self::run(command.arg(file))
    }

    fn run(command: &mut Command) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut process = Process::start(
            command
                .args(["--listen", "127.0.0.1:0"])
                // Killed, it leaves its database of 100 MB behind.
                .env("TMPDIR", folder.path())
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        );
        let mut line = String::new();
        let stdout = process.stdout.take().unwrap();
        block_in_place(|| BufReader::new(stdout).read_line(&mut line).unwrap());
        let address = line
            .split_whitespace()
            .find(|word| word.starts_with("http"))
            .unwrap();
        Self {
            process,
            address: address.to_owned(),
            folder,
            http: http::patient_client(),
        }
    }

    /// Returns the text at `path`.
    pub async fn text(&self, path: &str) -> String {
        let answer = self.http.get(self.url(path)).send().await.unwrap();
        answer.text().await.unwrap()
    }

    /// Waits until all ten weeks of its history are imported.
    pub async fn wait_for_history(&self) {
        wait_until("history is imported", IMPORT_WITHIN, async || {
            let found: Value = serde_json::from_str(&self.text("/api/v1/sources").await).unwrap();
            let sources = found["sources"].as_array().unwrap().iter();
            let mut imports = sources.filter(|source| source["import"].is_object());
            if imports.all(|source| source["import"]["last_run"].is_string()) {
                return Ok(());
            }
            sleep(IMPORT_INTERVAL).await;
            Err(found)
        })
        .await;
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address.trim_end_matches('/'))
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// A folder for the test's files and the demo's, removed with it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}
