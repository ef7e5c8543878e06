//! Generated exports and their figures computed from the files alone, by the programs of
//! `tests/history`, which share nothing with the product.

use std::{
    collections::{BTreeMap, HashSet},
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::{Value, json};

use super::Process;

/// Writes an export with one of the generators and returns its manifest.
pub fn generate(program: &str, out: &Path, arguments: &[&str]) -> Value {
    let status = python(program).arg(out).args(arguments).status().unwrap();
    assert!(status.success(), "{program} {arguments:?}");
    serde_json::from_slice(&std::fs::read(out.join("manifest.json")).unwrap()).unwrap()
}

/// Returns a command that runs a program of `tests/history`.
pub fn python(program: &str) -> Command {
    let mut python = Command::new("python3");
    python
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONUTF8", "1")
        .arg(folder().join(program))
        .stdin(Stdio::null());
    python
}

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/history")
}

/// The reference calculator: reads an export once and answers queries about it.
#[derive(Debug)]
pub struct ReferenceCalculator {
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    _process: Process,
}

impl ReferenceCalculator {
    /// Starts it. `settings` has `end_by`, `targets` and `columns` as `compute.py` takes them.
    pub fn start(export: &Path, source: &str, settings: &Value) -> Self {
        let mut command = python("compute.py");
        command
            .arg(export)
            .args(["--ask", "--source", source, "--settings"])
            .arg(settings.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut process = Process::start(&mut command);
        Self {
            input: process.stdin.take().unwrap(),
            output: BufReader::new(process.stdout.take().unwrap()),
            _process: process,
        }
    }

    /// Returns its answer in the shape of `/api/v1/history/intervals`. `question` has that
    /// endpoint's parameters.
    pub fn query(&mut self, question: &[(&str, &str)]) -> Value {
        let question: serde_json::Map<_, _> = question
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect();
        writeln!(self.input, "{}", Value::from(question)).unwrap();
        let mut answer = String::new();
        self.output.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).expect("the reference calculator responds")
    }
}

/// Returns every malformed row of an export: file, line and reason.
pub fn rejected_rows(export: &Path) -> Vec<(String, u64, String)> {
    let output = python("compute.py")
        .arg(export)
        .arg("--rejected-rows")
        .output();
    serde_json::from_slice(&output.unwrap().stdout).unwrap()
}

/// Returns the malformed rows that the generator's manifest lists.
pub fn malformed_rows(manifest: &Value) -> HashSet<(String, u64, String)> {
    let rows = manifest["malformed"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    rows.map(|row| {
        (
            text(&row["file"]),
            row["line"].as_u64().unwrap(),
            text(&row["reason"]),
        )
    })
    .collect()
}

/// Counts the well-formed rows of each container. Duplicates count twice.
pub fn row_counts(export: &Path) -> BTreeMap<String, i64> {
    let output = python("compute.py").arg(export).arg("--rows").output();
    serde_json::from_slice(&output.unwrap().stdout).unwrap()
}
