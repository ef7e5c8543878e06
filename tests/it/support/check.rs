//! What `wallboard check` prints of a configuration, and with which status it ends.

use std::{fs, process::Command};

use tokio::task::block_in_place;

use super::{ports, wallboard::house};

#[derive(Clone, Debug)]
pub struct Said {
    pub status: Option<i32>,
    pub text: String,
}

/// Runs it with further arguments on a house with `source`.
pub fn run(more: &[&str], source: &str, environment: &[(&str, String)]) -> Said {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("wallboard.toml");
    let port = ports::free();
    fs::write(&file, house(port, port) + source).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_wallboard"));
    command.args(["check", "--config"]).arg(file).args(more);
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    let output = block_in_place(|| command.output().unwrap());
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    Said {
        status: output.status.code(),
        text: String::from_utf8(text).unwrap(),
    }
}

impl Said {
    /// It ended so, and says all of `words`.
    pub fn is(&self, status: i32, words: &[&str]) {
        assert_eq!(self.status, Some(status), "{}", self.text);
        for word in words {
            assert!(self.text.contains(word), "no {word:?}: {}", self.text);
        }
    }

    /// One row says all of `words`.
    pub fn names(&self, words: &[&str]) {
        let has_all = |row: &str| words.iter().all(|word| row.contains(word));
        assert!(
            self.text.lines().any(has_all),
            "no row with {words:?}: {}",
            self.text
        );
    }

    /// Rows of what is not well.
    pub fn faults(&self) -> usize {
        let rows = self.text.lines();
        rows.filter(|row| row.starts_with("NOT OK")).count()
    }
}
