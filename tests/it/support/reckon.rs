//! Exports that are generated, and their figures reckoned from the files alone: the
//! programs of `tests/history`, which share nothing with the product.

use std::{
    collections::{BTreeMap, HashSet},
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::{Value, json};

use super::Process;

/// Writes an export with one of the generators, and reads its manifest.
pub fn generate(program: &str, out: &Path, arguments: &[&str]) -> Value {
    let status = python(program).arg(out).args(arguments).status().unwrap();
    assert!(status.success(), "{program} {arguments:?}");
    serde_json::from_slice(&std::fs::read(out.join("manifest.json")).unwrap()).unwrap()
}

/// A program of `tests/history`.
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

/// The reckoner, which has read an export once and answers what it is asked.
#[derive(Debug)]
pub struct Reckoner {
    asked: ChildStdin,
    answers: BufReader<ChildStdout>,
    _process: Process,
}

impl Reckoner {
    /// `settings`: `end_by`, `targets` and `columns` as `reckon.py` takes them.
    pub fn of(export: &Path, source: &str, settings: &Value) -> Self {
        let mut command = python("reckon.py");
        command
            .arg(export)
            .args(["--ask", "--source", source, "--settings"])
            .arg(settings.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut process = Process::start(&mut command);
        Self {
            asked: process.stdin.take().unwrap(),
            answers: BufReader::new(process.stdout.take().unwrap()),
            _process: process,
        }
    }

    /// Its answer in the shape of `/api/v1/history/intervals`; `question` has that
    /// address' parameters.
    pub fn ask(&mut self, question: &[(&str, &str)]) -> Value {
        let question: serde_json::Map<_, _> = question
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect();
        writeln!(self.asked, "{}", Value::from(question)).unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).expect("the reckoner answers")
    }
}

/// Every malformed row of an export: file, line and what is wrong.
pub fn set_aside(export: &Path) -> Vec<(String, u64, String)> {
    let told = python("reckon.py").arg(export).arg("--set-aside").output();
    serde_json::from_slice(&told.unwrap().stdout).unwrap()
}

/// The same, as the generator's manifest tells them.
pub fn malformed(manifest: &Value) -> HashSet<(String, u64, String)> {
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

/// How many rows of each container are not malformed; those that come twice, twice.
pub fn rows(export: &Path) -> BTreeMap<String, i64> {
    let told = python("reckon.py").arg(export).arg("--rows").output();
    serde_json::from_slice(&told.unwrap().stdout).unwrap()
}
