//! A wallboard with a past: `wallboard import` on a configuration of the test's, and its
//! answers compared with the reckoner's.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use rusqlite::Connection;
use serde_json::Value;
use tokio::task::block_in_place;

use super::{Process, http, ports, reckon::Reckoner, until, wallboard::house};

/// Far enough back for what the generators write, wherever now is.
pub const HISTORY: &str = "settle = \"0s\"\nhistory = \"3650d\"\n";
const UP_WITHIN: std::time::Duration = std::time::Duration::from_mins(1);

/// Parameters of `/api/v1/history/intervals`.
pub type Question<'a> = Vec<(&'a str, &'a str)>;

#[derive(Debug)]
pub struct Past {
    dir: tempfile::TempDir,
    port: u16,
    store: PathBuf,
}

impl Past {
    /// With these sources; the database is `store`, beside the configuration or elsewhere.
    pub fn with(sources: &str, store: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let past = Self {
            store: dir.path().join(store),
            dir,
            port: ports::free(),
        };
        let house = house(past.port, past.port).replace(
            "sqlite:wallboard.db\"",
            &format!("sqlite:{store}\"\nkeep_calls = \"3650d\""),
        );
        fs::write(past.path("wallboard.toml"), house + sources).unwrap();
        past
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

    /// An import that runs by itself.
    pub fn importing(&self) -> Child {
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.path("import.log"));
        let log = log.unwrap();
        let mut import = self.command("import");
        import.stdout(log.try_clone().unwrap()).stderr(log);
        import.spawn().unwrap()
    }

    /// An import to its end; what it said.
    pub fn import(&self) -> String {
        let (status, said) = self.run("import");
        assert_eq!(status, Some(0), "{said}");
        said
    }

    /// The same of an export in which days are partial or missing.
    pub fn import_with_gaps(&self) -> String {
        let (status, said) = self.run("import");
        assert_eq!(status, Some(1), "{said}");
        said
    }

    /// A command to its end: its exit status and what it said.
    pub fn run(&self, command: &str) -> (Option<i32>, String) {
        let output = block_in_place(|| self.command(command).output().unwrap());
        let said = [&output.stdout[..], &output.stderr[..]].concat();
        (output.status.code(), String::from_utf8(said).unwrap())
    }

    /// The product, up and answering, until it is dropped.
    pub async fn serve(&self) -> Served {
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
        let served = Served {
            address: format!("http://127.0.0.1:{}", self.port),
            http: http::client(),
            _process: process,
        };
        until("the product is up", UP_WITHIN, async || {
            served.get("/api/v1/sources").await
        })
        .await;
        served
    }

    /// What imports that ran by themselves have said.
    pub fn log(&self) -> String {
        fs::read_to_string(self.path("import.log")).unwrap_or_default()
    }

    pub fn database(&self) -> Connection {
        Connection::open(&self.store).unwrap()
    }
}

/// What goes on in `Past::serve`.
#[derive(Debug)]
pub struct Served {
    address: String,
    http: reqwest::Client,
    /// Ended with it.
    _process: Process,
}

impl Served {
    pub async fn get(&self, path: &str) -> Result<Value, String> {
        let said = |error: reqwest::Error| format!("{path}: {error}");
        let response = self
            .http
            .get(format!("{}{path}", self.address))
            .send()
            .await;
        let response = response.map_err(said)?;
        let (status, text) = (response.status(), response.text().await.map_err(said)?);
        if !status.is_success() {
            return Err(format!("{path}: {status} {text}"));
        }
        serde_json::from_str(&text).map_err(|error| format!("{path}: {error}"))
    }

    /// A page or a file.
    pub async fn text(&self, path: &str) -> String {
        let address = format!("{}{path}", self.address);
        let response = self.http.get(address).send().await.unwrap();
        let response = response.error_for_status().unwrap();
        response.text().await.unwrap()
    }

    /// What differs from the reckoner's answer, a line each. Series of other sources than
    /// `source` are passed over.
    pub async fn differences(
        &self,
        reckoner: &mut Reckoner,
        source: &str,
        question: &Question<'_>,
    ) -> Vec<String> {
        let query = query_of(question);
        let ours = self
            .get(&format!("/api/v1/history/intervals?{query}"))
            .await
            .unwrap();
        let theirs = reckoner.ask(question);
        let mut found = Vec::new();
        match (&ours["series"], &theirs["series"]) {
            (Value::Array(ours), Value::Array(theirs)) => {
                compare_series(ours, theirs, source, &mut found);
            }
            _ => compare(&ours["intervals"], &theirs["intervals"], "", &mut found),
        }
        found
            .into_iter()
            .map(|line| format!("{query}: {line}"))
            .collect()
    }
}

/// Of every series that either tells; one that only one of them has must be empty.
fn compare_series(ours: &[Value], theirs: &[Value], source: &str, found: &mut Vec<String>) {
    let prefix = format!("{source}/");
    let is_hidden = |one: &Value| one["hidden"] == true || one["id"] == "site";
    let mut told = 0;
    for one in theirs.iter().filter(|one| !is_hidden(one)) {
        let id = one["id"].as_str().unwrap();
        let id = if id.starts_with(&prefix) {
            id.to_owned()
        } else {
            format!("{prefix}{id}")
        };
        match ours.iter().find(|ours| ours["id"] == id.as_str()) {
            Some(ours) => {
                told += 1;
                compare(&ours["intervals"], &one["intervals"], &id, found);
            }
            None if is_empty(one) => {}
            None => found.push(format!("{id} is missing")),
        }
    }
    let of_source = ours
        .iter()
        .filter(|one| one["id"].as_str().unwrap().starts_with(&prefix));
    if of_source.clone().count() != told {
        let ids: Vec<_> = of_source.map(|one| &one["id"]).collect();
        found.push(format!("{told} series are as reckoned, of {ids:?}"));
    }
}

fn is_empty(series: &Value) -> bool {
    let intervals = series["intervals"].as_array().unwrap().iter();
    intervals
        .flat_map(|interval| interval.as_object().unwrap())
        .all(|(name, value)| name == "start" || is_nothing(value))
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || *value == 0 || value.as_object().is_some_and(serde_json::Map::is_empty)
}

fn compare(ours: &Value, theirs: &Value, id: &str, found: &mut Vec<String>) {
    let (ours, theirs) = (ours.as_array().unwrap(), theirs.as_array().unwrap());
    if ours.len() != theirs.len() {
        found.push(format!(
            "{id}: {} intervals instead of {}",
            ours.len(),
            theirs.len()
        ));
    }
    for (ours, theirs) in ours.iter().zip(theirs) {
        for (name, expected) in theirs.as_object().unwrap() {
            if !equals(&ours[name], expected) {
                let start = theirs["start"].as_str().unwrap();
                found.push(format!(
                    "{id} {start} {name}: {} instead of {expected}",
                    ours[name]
                ));
            }
        }
    }
}

/// Ratios are taken of the same whole numbers, but may be taken in another order.
fn equals(ours: &Value, theirs: &Value) -> bool {
    match (ours.as_f64(), theirs.as_f64()) {
        (Some(ours), Some(theirs)) => (ours - theirs).abs() <= 1e-9 * theirs.abs().max(1.0),
        _ => ours == theirs,
    }
}

fn query_of(question: &Question<'_>) -> String {
    let plain = percent_encoding::NON_ALPHANUMERIC;
    let pairs = question.iter().map(|(name, value)| {
        format!(
            "{name}={}",
            percent_encoding::utf8_percent_encode(value, plain)
        )
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// Every file below a folder, with its path inside.
pub fn files_of(folder: &Path) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(one) = folders.pop() {
        for entry in fs::read_dir(one).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let inside = path.strip_prefix(folder).unwrap();
                found.push((inside.to_str().unwrap().to_owned(), path));
            }
        }
    }
    found.sort();
    found
}

/// `end_by` of a manifest as TOML, for a source.
pub fn end_by(source: &str, manifest: &Value) -> String {
    let wordings = manifest["end_by"].as_object().unwrap().iter();
    let lines: Vec<_> = wordings
        .map(|(wording, meaning)| format!("{wording:?} = {meaning}"))
        .collect();
    format!("[sources.{source}.end_by]\n{}\n", lines.join("\n"))
}

/// `columns` of a manifest as TOML, for a source.
pub fn columns(source: &str, manifest: &Value) -> String {
    let datasets = manifest["columns"].as_object().unwrap().iter();
    let line = |(dataset, mapping): (&String, &Value)| {
        let pairs = mapping.as_object().unwrap().iter();
        let pairs: Vec<_> = pairs
            .map(|(ours, theirs)| format!("{ours} = {theirs}"))
            .collect();
        format!("{dataset:?} = {{ {} }}", pairs.join(", "))
    };
    let lines: Vec<_> = datasets.map(line).collect();
    format!("[sources.{source}.columns]\n{}\n", lines.join("\n"))
}
