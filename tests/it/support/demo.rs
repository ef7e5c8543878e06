//! The real `wallboard demo` program, ended with the test.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use tokio::task::block_in_place;

use super::Process;

#[derive(Debug)]
pub struct Demo {
    process: Process,
    /// The address that it printed.
    pub address: String,
    folder: tempfile::TempDir,
}

impl Demo {
    pub fn start() -> Self {
        Self::at_speed(1)
    }

    pub fn at_speed(speed: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut process = Process::start(
            Command::new(env!("CARGO_BIN_EXE_wallboard"))
                .args(["demo", "--listen", "127.0.0.1:0"])
                .args(["--speed", &speed.to_string()])
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
        }
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
