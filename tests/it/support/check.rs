//! Runs `wallboard check` and captures its output and exit status.

use std::{fs, process::Command};

use tokio::task::block_in_place;

use super::{ports, wallboard::base_configuration};

#[derive(Clone, Debug)]
pub struct CheckOutput {
    pub status: Option<i32>,
    pub text: String,
}

/// Runs it with additional arguments on a base configuration plus `source`.
pub fn run(arguments: &[&str], source: &str, environment: &[(&str, String)]) -> CheckOutput {
    let port = ports::free();
    let configuration = base_configuration(port, port) + source;
    run_configuration(arguments, &configuration, environment)
}

/// Runs it on a whole configuration.
pub fn run_configuration(
    arguments: &[&str],
    configuration: &str,
    environment: &[(&str, String)],
) -> CheckOutput {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("wallboard.toml");
    fs::write(&file, configuration).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_wallboard"));
    command
        .args(["check", "--config"])
        .arg(file)
        .args(arguments);
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    let output = block_in_place(|| command.output().unwrap());
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    CheckOutput {
        status: output.status.code(),
        text: String::from_utf8(text).unwrap(),
    }
}

impl CheckOutput {
    /// Asserts the exit status and that the output contains all of `words`.
    pub fn assert_status(&self, status: i32, words: &[&str]) {
        assert_eq!(self.status, Some(status), "{}", self.text);
        for word in words {
            assert!(self.text.contains(word), "no {word:?}: {}", self.text);
        }
    }

    /// Asserts that one row contains all of `words`.
    pub fn assert_row(&self, words: &[&str]) {
        let has_all = |row: &str| words.iter().all(|word| row.contains(word));
        assert!(
            self.text.lines().any(has_all),
            "no row with {words:?}: {}",
            self.text
        );
    }

    /// Counts the rows of failed checks.
    pub fn failed_rows(&self) -> usize {
        let rows = self.text.lines();
        rows.filter(|row| row.starts_with("NOT OK")).count()
    }
}
