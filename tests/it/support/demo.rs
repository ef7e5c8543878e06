//! The real `wallboard demo` or `wallboard replay` program, ended with the test.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use tokio::task::block_in_place;

use super::Process;

const PROGRAM: &str = env!("CARGO_BIN_EXE_wallboard");

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
