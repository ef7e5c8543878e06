//! A wallboard with imported history: runs `wallboard import` on a test configuration and compares
//! the product's answers with the reference calculator's.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use rusqlite::Connection;
use serde_json::Value;
use tokio::task::block_in_place;

use super::{
    Process, http, ports, reference::ReferenceCalculator, wait_until, wallboard::configuration_in,
};

/// Reaches back far enough for everything that the generators write, whatever today's date.
pub const HISTORY_SETTINGS: &str = "settle = \"0s\"\nhistory = \"3650d\"\n";
const UP_WITHIN: std::time::Duration = std::time::Duration::from_mins(1);

/// Query parameters of `/api/v1/history/intervals`.
pub type IntervalQuery<'a> = Vec<(&'a str, &'a str)>;

#[derive(Debug)]
pub struct HistoryFixture {
    dir: tempfile::TempDir,
    port: u16,
    store: PathBuf,
}

impl HistoryFixture {
    /// Creates a fixture with these sources. The database is `store`, relative to the configuration
    /// or absolute.
    pub fn new(sources: &str, store: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let fixture = Self {
            store: dir.path().join(store),
            dir,
            port: ports::free(),
        };
        // The reference's zone of the site, whatever time it is now.
        let configuration = configuration_in("UTC", fixture.port, fixture.port).replace(
            "sqlite:wallboard.db\"",
            &format!("sqlite:{store}\"\nkeep_calls = \"3650d\""),
        );
        fs::write(fixture.path("wallboard.toml"), configuration + sources).unwrap();
        fixture
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn command(&self, command: &str) -> Command {
        let mut wallboard = Command::new(env!("CARGO_BIN_EXE_wallboard"));
        let config = self.path("wallboard.toml");
        wallboard.arg(command).arg("--config").arg(config);
        wallboard.stdin(Stdio::null());
        wallboard
    }

    /// Starts an import in the background.
    pub fn spawn_import(&self) -> Child {
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.path("import.log"));
        let log = log.unwrap();
        let mut import = self.command("import");
        import.stdout(log.try_clone().unwrap()).stderr(log);
        import.spawn().unwrap()
    }

    /// Runs an import to completion and returns its output.
    pub fn import(&self) -> String {
        let (status, output) = self.run("import");
        assert_eq!(status, Some(0), "{output}");
        output
    }

    /// Like `import`, for an export with partial or missing days.
    pub fn import_incomplete(&self) -> String {
        let (status, output) = self.run("import");
        assert_eq!(status, Some(1), "{output}");
        output
    }

    /// Runs a command to completion and returns its exit status and output.
    pub fn run(&self, command: &str) -> (Option<i32>, String) {
        let output = block_in_place(|| self.command(command).output().unwrap());
        let text = [&output.stdout[..], &output.stderr[..]].concat();
        (output.status.code(), String::from_utf8(text).unwrap())
    }

    /// Starts the product and waits until it responds. It runs until dropped.
    pub async fn serve(&self) -> RunningServer {
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.path("log"))
            .unwrap();
        let process = Process::start(
            self.command("serve")
                .stdout(log.try_clone().unwrap())
                .stderr(log),
        );
        let server = RunningServer {
            address: format!("http://127.0.0.1:{}", self.port),
            http: http::client(),
            _process: process,
        };
        wait_until("the product responds", UP_WITHIN, async || {
            server.get("/api/v1/sources").await
        })
        .await;
        server
    }

    /// Returns the output of background imports.
    pub fn log(&self) -> String {
        fs::read_to_string(self.path("import.log")).unwrap_or_default()
    }

    pub fn database(&self) -> Connection {
        Connection::open(&self.store).unwrap()
    }
}

/// A product started by [`HistoryFixture::serve`].
#[derive(Debug)]
pub struct RunningServer {
    address: String,
    http: reqwest::Client,
    /// Ends with this value.
    _process: Process,
}

impl RunningServer {
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    pub async fn get(&self, path: &str) -> Result<Value, String> {
        let describe = |error: reqwest::Error| format!("{path}: {error}");
        let response = self
            .http
            .get(format!("{}{path}", self.address))
            .send()
            .await;
        let response = response.map_err(describe)?;
        let (status, text) = (response.status(), response.text().await.map_err(describe)?);
        if !status.is_success() {
            return Err(format!("{path}: {status} {text}"));
        }
        serde_json::from_str(&text).map_err(|error| format!("{path}: {error}"))
    }

    /// Returns a page or a file.
    pub async fn text(&self, path: &str) -> String {
        let address = format!("{}{path}", self.address);
        let response = self.http.get(address).send().await.unwrap();
        let response = response.error_for_status().unwrap();
        response.text().await.unwrap()
    }

    /// Sends a form of one of its pages. Returns the page that follows.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> String {
        let request = self.http.post(format!("{}{path}", self.address));
        let request = request.header("sec-fetch-site", "same-origin").form(form);
        request.send().await.unwrap().text().await.unwrap()
    }

    /// Returns each difference from the reference answer as a line. Ignores series of sources other
    /// than `source`.
    pub async fn differences(
        &self,
        calculator: &mut ReferenceCalculator,
        source: &str,
        question: &IntervalQuery<'_>,
    ) -> Vec<String> {
        let query = encode_query(question);
        let actual = self
            .get(&format!("/api/v1/history/intervals?{query}"))
            .await
            .unwrap();
        let expected = calculator.query(question);
        let mut differences = Vec::new();
        match (&actual["series"], &expected["series"]) {
            (Value::Array(actual), Value::Array(expected)) => {
                compare_series(actual, expected, source, &mut differences);
            }
            _ => compare(
                &actual["intervals"],
                &expected["intervals"],
                "",
                &mut differences,
            ),
        }
        differences
            .into_iter()
            .map(|line| format!("{query}: {line}"))
            .collect()
    }
}

/// Compares every series in either answer. A series that only one of them has must be empty, also
/// one that is disabled at the vendor.
fn compare_series(
    actual: &[Value],
    expected: &[Value],
    source: &str,
    differences: &mut Vec<String>,
) {
    let prefix = format!("{source}/");
    let mut matched = 0;
    for one in expected.iter().filter(|one| one["id"] != "site") {
        let id = one["id"].as_str().unwrap();
        let id = if id.starts_with(&prefix) {
            id.to_owned()
        } else {
            format!("{prefix}{id}")
        };
        match actual.iter().find(|actual| actual["id"] == id.as_str()) {
            Some(actual) => {
                matched += 1;
                compare(&actual["intervals"], &one["intervals"], &id, differences);
            }
            None if is_empty(one) => {}
            None => differences.push(format!("{id} is missing")),
        }
    }
    let source_series = actual
        .iter()
        .filter(|one| one["id"].as_str().unwrap().starts_with(&prefix));
    if source_series.clone().count() != matched {
        let ids: Vec<_> = source_series.map(|one| &one["id"]).collect();
        differences.push(format!("{matched} series match, of {ids:?}"));
    }
}

/// Whether nothing happened. Agents may be signed in to a queue without contacts.
fn is_empty(series: &Value) -> bool {
    let intervals = series["intervals"].as_array().unwrap().iter();
    let beside = ["start", "partial", "staffed_agents", "occupancy"];
    intervals
        .flat_map(|interval| interval.as_object().unwrap())
        .all(|(name, value)| beside.contains(&name.as_str()) || is_nothing(value))
}

fn is_nothing(value: &Value) -> bool {
    let is_object_of_nothing =
        |object: &serde_json::Map<String, Value>| object.values().all(is_nothing);
    value.is_null() || *value == 0 || value.as_object().is_some_and(is_object_of_nothing)
}

fn compare(actual: &Value, expected: &Value, id: &str, differences: &mut Vec<String>) {
    let (actual, expected) = (actual.as_array().unwrap(), expected.as_array().unwrap());
    if actual.len() != expected.len() {
        differences.push(format!(
            "{id}: {} intervals instead of {}",
            actual.len(),
            expected.len()
        ));
    }
    for (actual, expected) in actual.iter().zip(expected) {
        let sums = expected["sums"].as_object().into_iter().flatten();
        let sums = sums.map(|(name, value)| (name, value, &actual["sums"][name]));
        let figures = expected.as_object().unwrap().iter();
        let figures = figures.filter(|(name, value)| *name != "sums" || value.is_null());
        let figures = figures.map(|(name, value)| (name, value, &actual[name]));
        for (name, value, actual) in figures.chain(sums) {
            if !nearly_equal(actual, value) {
                let start = expected["start"].as_str().unwrap();
                differences.push(format!("{id} {start} {name}: {actual} instead of {value}"));
            }
        }
    }
}

/// Both compute ratios from the same whole numbers, but maybe in a different order.
fn nearly_equal(actual: &Value, expected: &Value) -> bool {
    match (actual.as_f64(), expected.as_f64()) {
        (Some(actual), Some(expected)) => {
            (actual - expected).abs() <= 1e-9 * expected.abs().max(1.0)
        }
        _ => actual == expected,
    }
}

fn encode_query(question: &IntervalQuery<'_>) -> String {
    let plain = percent_encoding::NON_ALPHANUMERIC;
    let pairs = question.iter().map(|(name, value)| {
        format!(
            "{name}={}",
            percent_encoding::utf8_percent_encode(value, plain)
        )
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// Lists every file below a folder, with its relative path.
pub fn list_files(folder: &Path) -> Vec<(String, PathBuf)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(one) = folders.pop() {
        for entry in fs::read_dir(one).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let inside = path.strip_prefix(folder).unwrap();
                files.push((inside.to_str().unwrap().to_owned(), path));
            }
        }
    }
    files.sort();
    files
}

/// Returns a manifest's `end_by` as TOML for a source.
pub fn end_reasons_toml(source: &str, manifest: &Value) -> String {
    let reasons = manifest["end_by"].as_object().unwrap().iter();
    let lines: Vec<_> = reasons
        .map(|(reason, meaning)| format!("{reason:?} = {meaning}"))
        .collect();
    format!("[sources.{source}.end_by]\n{}\n", lines.join("\n"))
}

/// Returns a manifest's `columns` as TOML for a source.
pub fn columns_toml(source: &str, manifest: &Value) -> String {
    let datasets = manifest["columns"].as_object().unwrap().iter();
    let line = |(dataset, mapping): (&String, &Value)| {
        let pairs = mapping.as_object().unwrap().iter();
        let pairs: Vec<_> = pairs
            .map(|(column, header)| format!("{column} = {header}"))
            .collect();
        format!("{dataset:?} = {{ {} }}", pairs.join(", "))
    };
    let lines: Vec<_> = datasets.map(line).collect();
    format!("[sources.{source}.columns]\n{}\n", lines.join("\n"))
}
